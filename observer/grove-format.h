/* SPDX-License-Identifier: MIT
 *
 * Numbers, sizes and times as people read them. Every view says a quantity through here, so that it
 * reads the same everywhere. All results are (transfer full) and never NULL.
 *
 * Threads: any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Groups of three with narrow no-break spaces: "13 738". */
char *grove_format_count (gint64 n);
/* Five characters at most: "912", "13.7k", "1.24M". */
char *grove_format_short (gint64 n);
/* A rate a second, without its unit: "0", "3.4", "35 658". */
char *grove_format_rate (double per_second);
/* "640 B", "2.6 KiB", "2.23 GiB", or "2.7 kB" and "2.40 GB" where those units are wished. */
char *grove_format_bytes (gint64 n_bytes);
typedef enum
{
  GROVE_UNITS_IEC, /* 1 KiB is 1,024 bytes */
  GROVE_UNITS_SI,  /* 1 kB is 1,000 */
} GroveUnits;
/* From now on, for the whole program; IEC at first. */
void grove_format_set_units (GroveUnits units);
/* The two largest units that matter: "0.4 ms", "12 s", "3 min 20 s", "2 h 5 min", "4 d 2 h". */
char *grove_format_duration (gint64 duration_ns);
/* A moment as g_get_real_time() has it, by the clock on the wall: "14:03:22.187", of another day
 * with its date before; "" when it is not known (negative). */
char *grove_format_moment (gint64 utc_us);
/* A fraction of one: "0.3 %", "55 %". */
char *grove_format_percent (double fraction);
/* "1 process", "13 738 processes". */
char *grove_format_plural (gint64 n, const char *one, const char *many);

G_END_DECLS
