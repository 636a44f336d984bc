/* SPDX-License-Identifier: MIT
 *
 * Text as a terminal may be given it, and numbers as they fit into a column of it.
 */
#include "observer/cli/cli.h"

#include <math.h>
#include <string.h>

/* Characters that a terminal acts upon, or that make text read otherwise than it is. */
static gboolean
is_dangerous (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff ||
         (c >= 0xe0000 && c <= 0xe0fff);
}

char *
cli_clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString         *clean = g_string_sized_new (strlen (valid));
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (c == '\n')
        g_string_append (clean, "\\n");
      else if (c == '\t')
        g_string_append (clean, "\\t");
      else if (!is_dangerous (c))
        g_string_append_unichar (clean, c);
      else if (c < 0x100)
        g_string_append_printf (clean, "\\x%02x", c);
      else
        g_string_append_printf (clean, "\\u{%x}", c);
    }
  return g_string_free (clean, FALSE);
}

static int
width_of (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

int
cli_text_width (const char *text)
{
  int width = 0;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    width += width_of (g_utf8_get_char (p));
  return width;
}

char *
cli_cut (const char *text, int width, gboolean utf8)
{
  if (cli_text_width (text) <= width)
    return g_strdup (text);
  const char *mark = utf8 ? "…" : "~";
  int         room = width - 1;
  const char *p = text;
  while (*p != '\0' && room - width_of (g_utf8_get_char (p)) >= 0)
    {
      room -= width_of (g_utf8_get_char (p));
      p = g_utf8_next_char (p);
    }
  return width > 0 ? g_strdup_printf ("%.*s%s", (int) (p - text), text, mark) : g_strdup ("");
}

/* Three figures and a unit; @k is what the next unit is made of. */
static char *
say_scaled (double n, double k, const char *const *units)
{
  gsize unit = 0;
  while (fabs (n) >= k - 0.5 && units[unit + 1] != NULL)
    {
      n /= k;
      unit++;
    }
  int decimals = unit == 0 || fabs (n) >= 99.5 ? 0 : 1;
  return g_strdup_printf ("%.*f%s", decimals, n, units[unit]);
}

char *
cli_say_count (double n)
{
  static const char *const units[] = { "", "k", "M", "G", "T", NULL };
  if (!isfinite (n))
    return g_strdup ("-");
  if (fabs (n) < 10 && n != floor (n))
    return g_strdup_printf ("%.1f", n);
  if (fabs (n) < 10000)
    return g_strdup_printf ("%.0f", n);
  return say_scaled (n, 1000, units);
}

char *
cli_say_bytes (gint64 n)
{
  static const char *const units[] = { "", "K", "M", "G", "T", NULL };
  return say_scaled ((double) n, 1024, units);
}

char *
cli_say_duration (gint64 ns)
{
  gint64 s = ns / 1000000000;
  if (ns < 0)
    return g_strdup ("0s");
  if (ns < 1000000)
    return g_strdup_printf ("%" G_GINT64_FORMAT "us", ns / 1000);
  if (ns < 10000000)
    return g_strdup_printf ("%.1fms", (double) ns / 1e6);
  if (ns < 1000000000)
    return g_strdup_printf ("%" G_GINT64_FORMAT "ms", ns / 1000000);
  if (s < 10)
    return g_strdup_printf ("%.1fs", (double) ns / 1e9);
  if (s < 60)
    return g_strdup_printf ("%" G_GINT64_FORMAT "s", s);
  if (s < 3600)
    return g_strdup_printf ("%" G_GINT64_FORMAT "m%02" G_GINT64_FORMAT "s", s / 60, s % 60);
  if (s < 86400)
    return g_strdup_printf ("%" G_GINT64_FORMAT "h%02" G_GINT64_FORMAT "m", s / 3600, s / 60 % 60);
  return g_strdup_printf ("%" G_GINT64_FORMAT "d%02" G_GINT64_FORMAT "h", s / 86400, s / 3600 % 24);
}

char *
cli_say_percent (double fraction)
{
  double percent = isfinite (fraction) ? fraction * 100 : 0;
  return g_strdup_printf ("%.*f%%", percent < 9.95 ? 1 : 0, percent);
}

char *
cli_say_clock (gint64 utc_ms)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (utc_ms / 1000);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  if (local == NULL)
    return g_strdup ("?");
  g_autofree char *seconds = g_date_time_format (local, "%H:%M:%S");
  return g_strdup_printf ("%s.%03d", seconds, (int) (utc_ms % 1000));
}

CliStyle
cli_style_of_status (const char *status)
{
  static const struct
  {
    const char *status;
    CliStyle    style;
  } styles[] = {
    { "running", CLI_GOOD },   { "runnable", CLI_BUSY }, { "waiting", CLI_DIM },
    { "suspended", CLI_WARN }, { "exiting", CLI_BAD },   { "restarting", CLI_WARN },
    { "terminated", CLI_BAD },
  };
  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    if (strcmp (styles[i].status, status) == 0)
      return styles[i].style;
  return CLI_PLAIN;
}
