/* SPDX-License-Identifier: MIT
 *
 * Numbers, sizes and times as people read them.
 */
#include "observer/grove-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Narrow, and never broken at a line's end. */
#define THIN_SPACE "\u202f"

char *
grove_format_count (gint64 n)
{
  char     digits[24];
  GString *text = g_string_sized_new (32);
  guint64  amount = n < 0 ? (guint64) 0 - (guint64) n : (guint64) n;
  int      length = g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, amount);

  if (n < 0)
    g_string_append (text, "\u2212");
  for (int i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append (text, THIN_SPACE);
      g_string_append_c (text, digits[i]);
    }
  return g_string_free (text, FALSE);
}

char *
grove_format_short (gint64 n)
{
  static const struct
  {
    double      from, unit;
    const char *suffix;
  } scales[] = { { 1e9, 1e9, "G" }, { 1e6, 1e6, "M" }, { 1e4, 1e3, "k" } };

  for (gsize i = 0; i < G_N_ELEMENTS (scales); i++)
    if (n >= scales[i].from)
      {
        double value = n / scales[i].unit;

        return g_strdup_printf ("%.*f%s", value < 10 ? 2 : (value < 100 ? 1 : 0), value,
                                scales[i].suffix);
      }
  return g_strdup_printf ("%" G_GINT64_FORMAT, n);
}

char *
grove_format_rate (double per_second)
{
  if (!isfinite (per_second) || fabs (per_second) < 0.05)
    return g_strdup ("0");
  if (fabs (per_second) < 9.95)
    return g_strdup_printf ("%s%.1f", per_second < 0 ? "\u2212" : "", fabs (per_second));
  return grove_format_count ((gint64) llround (CLAMP (per_second, -9e15, 9e15)));
}

static int byte_units = GROVE_UNITS_IEC;

void
grove_format_set_units (GroveUnits units)
{
  g_atomic_int_set (&byte_units, (int) units);
}

char *
grove_format_bytes (gint64 n_bytes)
{
  static const char *const names[][4] = {
    [GROVE_UNITS_IEC] = { "KiB", "MiB", "GiB", "TiB" },
    [GROVE_UNITS_SI] = { "kB", "MB", "GB", "TB" },
  };
  int    units = g_atomic_int_get (&byte_units);
  double base = units == GROVE_UNITS_SI ? 1000.0 : 1024.0;
  double value = (double) n_bytes / base;
  gsize  unit = 0;

  if ((double) n_bytes < base)
    return g_strdup_printf ("%" G_GINT64_FORMAT THIN_SPACE "B", MAX (n_bytes, 0));
  while (value >= base - 0.05 && unit + 1 < G_N_ELEMENTS (names[0]))
    {
      value /= base;
      unit++;
    }
  return g_strdup_printf ("%.*f" THIN_SPACE "%s",
                          value >= 999.5 ? 0
                          : unit >= 2    ? 2
                                         : 1,
                          value, names[units][unit]);
}

char *
grove_format_duration (gint64 duration_ns)
{
  gint64 seconds;

  if (duration_ns < 0)
    duration_ns = 0;
  if (duration_ns < 1000)
    return g_strdup_printf ("%" G_GINT64_FORMAT " ns", duration_ns);
  if (duration_ns < 100 * 1000)
    return g_strdup_printf ("%.*f \u00b5s", duration_ns < 10 * 1000 ? 1 : 0, duration_ns / 1e3);
  if (duration_ns < 10 * 1000 * 1000)
    return g_strdup_printf ("%.1f ms", duration_ns / 1e6);
  if (duration_ns < 1000 * 1000 * 1000)
    return g_strdup_printf ("%.0f ms", MIN (duration_ns / 1e6, 999.0));
  if (duration_ns < 9950LL * 1000 * 1000)
    return g_strdup_printf ("%.1f s", duration_ns / 1e9);
  seconds = duration_ns / (1000 * 1000 * 1000);
  if (seconds < 60)
    return g_strdup_printf ("%" G_GINT64_FORMAT " s", seconds);
  if (seconds < 3600)
    return g_strdup_printf ("%" G_GINT64_FORMAT " min %" G_GINT64_FORMAT " s", seconds / 60,
                            seconds % 60);
  if (seconds < 86400)
    return g_strdup_printf ("%" G_GINT64_FORMAT " h %" G_GINT64_FORMAT " min", seconds / 3600,
                            seconds / 60 % 60);
  return g_strdup_printf ("%" G_GINT64_FORMAT " d %" G_GINT64_FORMAT " h", seconds / 86400,
                          seconds / 3600 % 24);
}

char *
grove_format_moment (gint64 utc_us)
{
  g_autoptr (GDateTime) moment = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *text = NULL;

  if (utc_us >= 0)
    moment = g_date_time_new_from_unix_local (utc_us / G_USEC_PER_SEC);
  if (moment == NULL)
    return g_strdup ("");
  text = g_date_time_format (moment, g_date_time_get_day_of_year (moment) ==
                                           g_date_time_get_day_of_year (now) &&
                                         g_date_time_get_year (moment) == g_date_time_get_year (now)
                                       ? "%H:%M:%S"
                                       : "%F %H:%M:%S");
  return g_strdup_printf ("%s.%03d", text, (int) (utc_us % G_USEC_PER_SEC / 1000));
}

char *
grove_format_percent (double fraction)
{
  double percent = fraction * 100.0;

  if (!isfinite (percent))
    percent = 0.0;
  return g_strdup_printf ("%.*f" THIN_SPACE "%%", percent < 9.95 ? 1 : 0, percent);
}

char *
grove_format_plural (gint64 n, const char *one, const char *many)
{
  g_autofree char *count = grove_format_count (n);

  return g_strdup_printf ("%s %s", count,
                          g_dngettext (GETTEXT_PACKAGE, one, many, (gulong) ABS (n)));
}
