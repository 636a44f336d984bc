/* SPDX-License-Identifier: MIT
 *
 * Numbers, sizes and times as people read them.
 */
#include "observer/grove-format.h"
#include "ui/grove-mailbox-card.h"
#include "ui/grove-mailbox-order.h"
#include "ui/grove-palette.h"
#include "ui/grove-process-view.h"

#include <math.h>

typedef struct
{
  gint64      value;
  const char *text;
} IntCase;

typedef struct
{
  double      value;
  const char *text;
} RealCase;

#define THIN "\u202f"

static void
assert_takes (char *actual, const char *expected)
{
  g_assert_cmpstr (actual, ==, expected);
  g_free (actual);
}

static void
test_count (void)
{
  static const IntCase cases[] = {
    { 0, "0" },
    { 999, "999" },
    { 1000, "1" THIN "000" },
    { 13738, "13" THIN "738" },
    { 1000000, "1" THIN "000" THIN "000" },
    { -1234, "\u2212"
             "1" THIN "234" },
    { G_MAXINT64, "9" THIN "223" THIN "372" THIN "036" THIN "854" THIN "775" THIN "807" },
    { G_MININT64, "\u2212"
                  "9" THIN "223" THIN "372" THIN "036" THIN "854" THIN "775" THIN "808" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_takes (grove_format_count (cases[i].value), cases[i].text);
}

static void
test_short (void)
{
  static const IntCase cases[] = {
    { 0, "0" },         { 9999, "9999" },     { 10000, "10.0k" },
    { 137400, "137k" }, { 1240000, "1.24M" }, { 24000000, "24.0M" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_takes (grove_format_short (cases[i].value), cases[i].text);
}

static void
test_rate (void)
{
  static const RealCase cases[] = {
    { 0, "0" },
    { 0.04, "0" },
    { 3.44, "3.4" },
    { 9.96, "10" },
    { -2.5, "\u2212"
            "2.5" },
    { 35658, "35" THIN "658" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_takes (grove_format_rate (cases[i].value), cases[i].text);
  assert_takes (grove_format_rate (NAN), "0");
  assert_takes (grove_format_rate (INFINITY), "0");
}

static void
test_bytes (void)
{
  static const IntCase cases[] = {
    { 0, "0" THIN "B" },           { 1023, "1023" THIN "B" },         { 2662, "2.6" THIN "KiB" },
    { 1048575, "1.0" THIN "MiB" }, { 2394444431, "2.23" THIN "GiB" }, { -5, "0" THIN "B" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_takes (grove_format_bytes (cases[i].value), cases[i].text);
}

static void
test_duration (void)
{
  static const IntCase cases[] = {
    { -7, "0 ns" },
    { 640, "640 ns" },
    { 1500, "1.5 \u00b5s" },
    { 42000, "42 \u00b5s" },
    { 400000, "0.4 ms" },
    { 12000000, "12 ms" },
    { 999999999, "999 ms" },
    { 1400000000, "1.4 s" },
    { 59900000000, "59 s" },
    { 200000000000, "3 min 20 s" },
    { 7500000000000, "2 h 5 min" },
    { 352800000000000, "4 d 2 h" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_takes (grove_format_duration (cases[i].value), cases[i].text);
}

static void
test_percent (void)
{
  assert_takes (grove_format_percent (0.003), "0.3" THIN "%");
  assert_takes (grove_format_percent (0.55), "55" THIN "%");
  assert_takes (grove_format_percent (NAN), "0.0" THIN "%");
}

static void
test_plural (void)
{
  assert_takes (grove_format_plural (1, "process", "processes"), "1 process");
  assert_takes (grove_format_plural (0, "process", "processes"), "0 processes");
  assert_takes (grove_format_plural (13738, "process", "processes"), "13" THIN "738 processes");
}

static void
test_trend (void)
{
  assert_takes (grove_mailbox_describe_trend (0, 0.1, 1000), "empty");
  assert_takes (grove_mailbox_describe_trend (0, -3, 1000), "empty");
  assert_takes (grove_mailbox_describe_trend (1000, 0.2, 1000), "steady");
  assert_takes (grove_mailbox_describe_trend (1000, 24, 1000), "▲ growing 24/s");
  assert_takes (grove_mailbox_describe_trend (120, -10, 1000), "▼ empty in 12 s");
  assert_takes (grove_mailbox_describe_trend (760, 20, 1000),
                "▲ growing 20/s, 1" THIN "000 in 12 s");
}

static void
test_scale (void)
{
  static const struct
  {
    gint64 peak, scale;
  } cases[] = {
    { 0, 10 },   { 10, 10 },   { 11, 20 },     { 21, 50 },
    { 51, 100 }, { 101, 200 }, { 4999, 5000 }, { 58257, 100000 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (grove_mailbox_choose_scale (cases[i].peak), ==, cases[i].scale);
  g_assert_cmpint (grove_mailbox_choose_scale (G_MAXINT64), >, 0);
}

static void
test_order (void)
{
  static const struct
  {
    gint64 fills[4];
    guint  order[4];
    gint64 scale;
  } cases[] = {
    { { 100, 40, 7, 0 }, { 0, 1, 2, 3 }, 100 }, /* right as it stands */
    { { 0, 7, 40, 100 }, { 3, 2, 1, 0 }, 100 }, /* all wrong */
    { { 20, 24, 22, 0 }, { 0, 1, 2, 3 }, 100 }, /* not clearly more: nothing moves */
    { { 10, 12, 16, 0 }, { 2, 0, 1, 3 }, 100 }, /* one between does not bar the way */
    { { 1000, 1200, 1251, 4 }, { 2, 0, 1, 3 }, 100 },
    { { 0, 4, 5, G_MAXINT64 }, { 3, 2, 0, 1 }, 100 },
    { { 21, 35, 36, 0 }, { 2, 0, 1, 3 }, 500 }, /* one step on a bar of 500 is 15 */
  };

  g_test_summary ("A mailbox passes another when it clearly holds more, and then it stays");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint order[] = { 0, 1, 2, 3 };

      for (guint round = 0; round < 2; round++)
        {
          grove_mailbox_order (cases[i].fills, order, 4, cases[i].scale);
          g_assert_cmpmem (order, sizeof order, cases[i].order, sizeof cases[i].order);
        }
    }
  grove_mailbox_order (NULL, NULL, 0, 10);
}

static void
test_mailbox_level (void)
{
  g_assert_cmpfloat (grove_palette_get_mailbox_level (0), ==, 0);
  g_assert_cmpfloat (grove_palette_get_mailbox_level (-3), ==, 0);
  g_assert_cmpfloat (grove_palette_get_mailbox_level (1), >, 0);
  g_assert_cmpfloat (grove_palette_get_mailbox_level (100), <,
                     grove_palette_get_mailbox_level (1000));
  g_assert_cmpfloat (grove_palette_get_mailbox_level (65536), ==, 1);
  g_assert_cmpfloat (grove_palette_get_mailbox_level (G_MAXINT64), ==, 1);
}

static void
test_combine (void)
{
  g_test_summary ("A state chosen beside the filter holds for each alternative of an or");
  assert_takes (grove_filter_combine ("", "state:waiting"), "state:waiting");
  assert_takes (grove_filter_combine ("conn", ""), "conn");
  assert_takes (grove_filter_combine ("a b", "state:waiting"), "a b state:waiting");
  assert_takes (grove_filter_combine ("a or b c", "x:1"), "a x:1 or b c x:1");
  assert_takes (grove_filter_combine ("name:\"a or b\"", "x:1"), "name:\"a or b\" x:1");
  assert_takes (grove_filter_combine ("  a   OR b ", "x:1"), "a x:1 or b x:1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/format/count", test_count);
  g_test_add_func ("/ui/format/short", test_short);
  g_test_add_func ("/ui/format/rate", test_rate);
  g_test_add_func ("/ui/format/bytes", test_bytes);
  g_test_add_func ("/ui/format/duration", test_duration);
  g_test_add_func ("/ui/format/percent", test_percent);
  g_test_add_func ("/ui/format/plural", test_plural);
  g_test_add_func ("/ui/mailboxes/trend", test_trend);
  g_test_add_func ("/ui/mailboxes/scale", test_scale);
  g_test_add_func ("/ui/palette/mailbox-level", test_mailbox_level);
  g_test_add_func ("/ui/mailboxes/order", test_order);
  g_test_add_func ("/ui/filter/combine", test_combine);
  return g_test_run ();
}
