/* SPDX-License-Identifier: MIT
 *
 * Rings of values, items that tell when they changed, and histories of mailboxes.
 */
#include "observer/grove-observer-private.h"

#include <string.h>

static void
test_ring (void)
{
  g_autoptr (GroveSeries) series = grove_series_new (3);
  double min, max;
  g_assert_cmpuint (grove_series_get_capacity (series), ==, 3);
  g_assert_cmpfloat (grove_series_last (series), ==, 0);
  grove_series_range (series, &min, &max);
  g_assert_cmpfloat (min, ==, 0);
  g_assert_cmpfloat (max, ==, 0);

  for (int i = 1; i <= 5; i++)
    grove_series_push (series, i);
  g_assert_cmpuint (grove_series_get_n (series), ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpfloat (grove_series_get (series, i), ==, i + 3);
  g_assert_cmpfloat (grove_series_last (series), ==, 5);
  grove_series_push (series, -1);
  grove_series_range (series, &min, &max);
  g_assert_cmpfloat (min, ==, -1);
  g_assert_cmpfloat (max, ==, 5);

  grove_series_clear (series);
  g_assert_cmpuint (grove_series_get_n (series), ==, 0);
  grove_series_push (series, 9);
  g_assert_cmpfloat (grove_series_get (series, 0), ==, 9);
}

static void
count_changes (GroveProcessItem *item, guint *n)
{
  (*n)++;
}

static void
test_item_change (void)
{
  g_autoptr (GroveProcessItem) item = grove_process_item_new ();
  GroveProcessRow row;
  guint32         history[] = { 1, 2, 3 };
  guint           n = 0, n_history;
  memset (&row, 0, sizeof row);
  strcpy (row.pid, "<0.1.0>");
  strcpy (row.initial, "counter/1");
  g_signal_connect (item, "changed", G_CALLBACK (count_changes), &n);
  g_assert_null (grove_process_item_get_row (item));
  g_assert_cmpstr (grove_process_item_get_title (item), ==, "");

  g_assert_true (grove_process_item_set_row (item, &row, NULL, 0));
  g_assert_cmpstr (grove_process_item_get_title (item), ==, "counter/1");
  g_assert_false (grove_process_item_set_row (item, &row, NULL, 0));
  g_assert_cmpuint (n, ==, 1);

  strcpy (row.name, "counter");
  g_assert_true (grove_process_item_set_row (item, &row, NULL, 0));
  g_assert_cmpstr (grove_process_item_get_title (item), ==, "counter");
  g_assert_true (grove_process_item_set_row (item, &row, history, 3));
  g_assert_false (grove_process_item_set_row (item, &row, history, 3));
  history[2] = 4;
  g_assert_true (grove_process_item_set_row (item, &row, history, 3));
  const guint32 *kept = grove_process_item_get_history (item, &n_history);
  g_assert_cmpuint (n_history, ==, 3);
  g_assert_cmpuint (kept[2], ==, 4);
  g_assert_cmpuint (n, ==, 4);
}

static void
test_item_gone (void)
{
  g_autoptr (GroveProcessItem) item = grove_process_item_new ();
  GroveProcessRow row;
  memset (&row, 0, sizeof row);
  strcpy (row.pid, "<0.1.0>");
  row.messages = 7;
  _grove_process_item_show (item, &row, NULL, 0, 0, 42);
  g_assert_cmpint (grove_process_item_get_appeared_us (item), ==, 42);
  g_assert_cmpint (grove_process_item_get_gone_us (item), ==, 0);

  _grove_process_item_set_gone (item, "<0.1.0>");
  gint64 gone_us = grove_process_item_get_gone_us (item);
  g_assert_cmpint (gone_us, >, 0);
  g_assert_cmpint (grove_process_item_get_row (item)->state, ==, GROVE_PROCESS_GONE);
  g_assert_cmpint (grove_process_item_get_row (item)->messages, ==, 7);
  _grove_process_item_set_gone (item, "<0.1.0>");
  g_assert_cmpint (grove_process_item_get_gone_us (item), ==, gone_us);

  /* The slot shows another process: none of it is that one's. */
  strcpy (row.pid, "<0.2.0>");
  _grove_process_item_show (item, &row, NULL, 0, 0, 43);
  g_assert_cmpint (grove_process_item_get_appeared_us (item), ==, 43);
  g_assert_cmpint (grove_process_item_get_gone_us (item), ==, 0);
}

static void
test_history (void)
{
  GroveHistory *history = _grove_history_new ();
  guint         n;
  gint64        end_s;
  g_assert_null (_grove_history_get (history, "<0.1.0>", &n, &end_s));
  g_assert_cmpuint (n, ==, 0);

  _grove_history_push (history, "<0.1.0>", 5, 100);
  _grove_history_push (history, "<0.1.0>", 6, 100);
  const guint32 *values = _grove_history_get (history, "<0.1.0>", &n, &end_s);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (values[0], ==, 6);
  g_assert_cmpint (end_s, ==, 100);

  /* Seconds in which it was not seen hold what it was last known to hold. */
  _grove_history_push (history, "<0.1.0>", 9, 103);
  values = _grove_history_get (history, "<0.1.0>", &n, &end_s);
  g_assert_cmpuint (n, ==, 4);
  g_assert_cmpuint (values[1], ==, 6);
  g_assert_cmpuint (values[2], ==, 6);
  g_assert_cmpuint (values[3], ==, 9);
  g_assert_cmpint (end_s, ==, 103);

  /* After too many nobody knows: it begins anew. */
  _grove_history_push (history, "<0.1.0>", G_MAXINT64, 111);
  values = _grove_history_get (history, "<0.1.0>", &n, &end_s);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (values[0], ==, G_MAXUINT32);

  for (gint64 second = 112; second < 212; second++)
    _grove_history_push (history, "<0.1.0>", second, second);
  values = _grove_history_get (history, "<0.1.0>", &n, &end_s);
  g_assert_cmpuint (n, ==, GROVE_HISTORY_LENGTH);
  g_assert_cmpuint (values[0], ==, 212 - GROVE_HISTORY_LENGTH);
  g_assert_cmpuint (values[n - 1], ==, 211);
  _grove_history_push (history, "<0.1.0>", -5, 211);
  g_assert_cmpuint (_grove_history_get (history, "<0.1.0>", &n, &end_s)[GROVE_HISTORY_LENGTH - 1],
                    ==, 0);
  _grove_history_free (history);
}

/* What the system kept of a minute in which nobody was here takes the place of what was seen. */
static void
test_history_of_system (void)
{
  GroveHistory *history = _grove_history_new ();
  guint32       minute[GROVE_HISTORY_LENGTH];
  guint         n;
  gint64        end_s;
  for (guint i = 0; i < GROVE_HISTORY_LENGTH; i++)
    minute[i] = 1000 + i;
  _grove_history_push (history, "<0.1.0>", 7, 500);
  _grove_history_take (history, "<0.1.0>", minute, GROVE_HISTORY_LENGTH, 499);
  const guint32 *values = _grove_history_get (history, "<0.1.0>", &n, &end_s);
  g_assert_cmpuint (n, ==, GROVE_HISTORY_LENGTH);
  g_assert_cmpint (end_s, ==, 500);
  g_assert_cmpuint (values[n - 1], ==, 7);
  g_assert_cmpuint (values[n - 2], ==, 1059);
  g_assert_cmpuint (values[0], ==, 1001);

  /* News joins it. */
  _grove_history_take (history, "<0.1.0>", (const guint32[]){ 8, 9 }, 2, 501);
  values = _grove_history_get (history, "<0.1.0>", &n, &end_s);
  g_assert_cmpint (end_s, ==, 501);
  g_assert_cmpuint (n, ==, GROVE_HISTORY_LENGTH);
  g_assert_cmpuint (values[n - 1], ==, 9);
  g_assert_cmpuint (values[n - 2], ==, 8);
  g_assert_cmpuint (values[n - 3], ==, 1059);

  /* What does not join drops what there was. */
  _grove_history_take (history, "<0.1.0>", (const guint32[]){ 3, 4 }, 2, 510);
  values = _grove_history_get (history, "<0.1.0>", &n, &end_s);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (values[0], ==, 3);
  g_assert_cmpint (end_s, ==, 510);
  _grove_history_free (history);
}

static void
test_history_bounded (void)
{
  GroveHistory *history = _grove_history_new ();
  guint         n, n_kept = 0;
  gint64        end_s;
  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *pid = g_strdup_printf ("<0.%u.0>", i);
      _grove_history_push (history, pid, i, i / 40);
    }
  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *pid = g_strdup_printf ("<0.%u.0>", i);
      n_kept += _grove_history_get (history, pid, &n, &end_s) != NULL;
    }
  g_assert_cmpuint (n_kept, <=, 4096);
  g_assert_nonnull (_grove_history_get (history, "<0.9999.0>", &n, &end_s));
  g_assert_null (_grove_history_get (history, "<0.0.0>", &n, &end_s));
  _grove_history_free (history);
}

static void
test_copy_text (void)
{
  char small[4];
  _grove_copy_text (small, sizeof small, "abc");
  g_assert_cmpstr (small, ==, "abc");
  _grove_copy_text (small, sizeof small, "abcd");
  g_assert_cmpstr (small, ==, "abc");
  _grove_copy_text (small, sizeof small, "aéé"); /* 1 + 2 + 2 bytes */
  g_assert_cmpstr (small, ==, "aé");
  _grove_copy_text (small, sizeof small, "abé");
  g_assert_cmpstr (small, ==, "ab");
  _grove_copy_text (small, sizeof small, "🌳");
  g_assert_cmpstr (small, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/observer/series/ring", test_ring);
  g_test_add_func ("/observer/process-item/changed-only-when-it-did", test_item_change);
  g_test_add_func ("/observer/process-item/gone", test_item_gone);
  g_test_add_func ("/observer/history/seconds", test_history);
  g_test_add_func ("/observer/history/of-the-system", test_history_of_system);
  g_test_add_func ("/observer/history/bounded", test_history_bounded);
  g_test_add_func ("/observer/json/copy-text-on-borders", test_copy_text);
  return g_test_run ();
}
