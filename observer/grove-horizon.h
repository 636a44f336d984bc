/* SPDX-License-Identifier: MIT
 *
 * What one mailbox held over the last five minutes, a value a second: of which the last minute
 * comes from the system at once, and the rest grows with watching. Plain data, one owner.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GROVE_HORIZON_LENGTH 300

typedef struct
{
  gint64  end_s; /* of the system's clock: what the last value is of */
  guint   n;     /* known; they stand at the end */
  guint32 values[GROVE_HORIZON_LENGTH];
} GroveHorizon;

/**
 * grove_horizon_take:
 * @values: (array length=n): a second each, the oldest first
 * @end_s: the second of the last
 *
 * Takes what the system says of its last minute, which replaces what was known of those seconds.
 * Seconds between what was known and what came are drawn as if nothing had changed; after a gap of
 * more than a minute it begins anew.
 */
void grove_horizon_take (GroveHorizon *self, const guint32 *values, guint n, gint64 end_s);
/* @index: 0 the oldest known. */
guint32 grove_horizon_get (const GroveHorizon *self, guint index);
guint32 grove_horizon_get_peak (const GroveHorizon *self);

/**
 * grove_horizon_get_level:
 * @value: messages
 * @band: 0: up to @warning, 1: up to @alarm, 2: up to ten times that
 *
 * Returns: how full that band is, 0 to 1
 */
double grove_horizon_get_level (guint32 value, guint band, guint warning, guint alarm);
#define GROVE_HORIZON_BANDS 3

G_END_DECLS
