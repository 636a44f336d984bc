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
  _grove_process_item_show (item, &row, NULL, 0, 42);
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
  _grove_process_item_show (item, &row, NULL, 0, 43);
  g_assert_cmpint (grove_process_item_get_appeared_us (item), ==, 43);
  g_assert_cmpint (grove_process_item_get_gone_us (item), ==, 0);
}

static void
test_history (void)
{
  const gint64  bucket_us = 60 * G_USEC_PER_SEC / GROVE_HISTORY_LENGTH;
  GroveHistory *history = _grove_history_new ();
  guint         n;
  g_assert_null (_grove_history_get (history, "<0.1.0>", &n));
  g_assert_cmpuint (n, ==, 0);

  _grove_history_push (history, "<0.1.0>", 5, 0);
  _grove_history_push (history, "<0.1.0>", 6, 1);
  const guint32 *values = _grove_history_get (history, "<0.1.0>", &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (values[0], ==, 6);

  /* Two buckets in which it was not seen hold what it was last known to hold. */
  _grove_history_push (history, "<0.1.0>", 9, 3 * bucket_us);
  values = _grove_history_get (history, "<0.1.0>", &n);
  g_assert_cmpuint (n, ==, 4);
  g_assert_cmpuint (values[1], ==, 6);
  g_assert_cmpuint (values[2], ==, 6);
  g_assert_cmpuint (values[3], ==, 9);

  /* After three nobody knows: it begins anew. */
  _grove_history_push (history, "<0.1.0>", G_MAXINT64, 7 * bucket_us);
  values = _grove_history_get (history, "<0.1.0>", &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (values[0], ==, G_MAXUINT32);

  for (gint64 bucket = 8; bucket < 100; bucket++)
    _grove_history_push (history, "<0.1.0>", bucket, bucket * bucket_us);
  values = _grove_history_get (history, "<0.1.0>", &n);
  g_assert_cmpuint (n, ==, GROVE_HISTORY_LENGTH);
  g_assert_cmpuint (values[0], ==, 100 - GROVE_HISTORY_LENGTH);
  g_assert_cmpuint (values[n - 1], ==, 99);
  _grove_history_push (history, "<0.1.0>", -5, 99 * bucket_us);
  g_assert_cmpuint (_grove_history_get (history, "<0.1.0>", &n)[GROVE_HISTORY_LENGTH - 1], ==, 0);
  _grove_history_free (history);
}

static void
test_history_bounded (void)
{
  const gint64  bucket_us = 60 * G_USEC_PER_SEC / GROVE_HISTORY_LENGTH;
  GroveHistory *history = _grove_history_new ();
  guint         n, n_kept = 0;
  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *pid = g_strdup_printf ("<0.%u.0>", i);
      _grove_history_push (history, pid, i, (gint64) i * bucket_us / 100);
    }
  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *pid = g_strdup_printf ("<0.%u.0>", i);
      n_kept += _grove_history_get (history, pid, &n) != NULL;
    }
  g_assert_cmpuint (n_kept, <=, 4096);
  g_assert_nonnull (_grove_history_get (history, "<0.9999.0>", &n));
  g_assert_null (_grove_history_get (history, "<0.0.0>", &n));
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
  g_test_add_func ("/observer/history/buckets", test_history);
  g_test_add_func ("/observer/history/bounded", test_history_bounded);
  g_test_add_func ("/observer/json/copy-text-on-borders", test_copy_text);
  return g_test_run ();
}
