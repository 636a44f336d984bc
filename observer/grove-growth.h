/* SPDX-License-Identifier: MIT
 *
 * Whether a quantity that is looked at again and again keeps growing, since when, and how fast.
 * Pure: it knows only what it is told. Private to observer/. Plain C, part of its owner.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GROVE_GROWTH_POINTS 16

typedef struct
{
  gint64 since_ns; /* 0: nothing was told yet */
  gint64 from;     /* what it was then */
  gint64 peak;
  gint64 value;   /* the last */
  gint64 now_ns;  /* and when that was */
  gint64 grew_ns; /* when the peak was last passed */
  guint  n_steps; /* how often it was passed */

  struct
  {
    gint64 t_ns, value;
  } points[GROVE_GROWTH_POINTS]; /* oldest first, since `since_ns` */
  guint n_points;
} GroveGrowth;

/**
 * _grove_growth_take:
 * @stall_ns: growth that pauses for longer is over, and what comes later begins anew
 *
 * Falling by more than a twentieth, and by more than two, ends it too.
 */
void _grove_growth_take (GroveGrowth *self, gint64 t_ns, gint64 value, gint64 stall_ns);

/* Returns: for how long it has been growing, in at least three steps; 0: it has not. */
gint64 _grove_growth_lasts_ns (const GroveGrowth *self);

/* Returns: how much more it has become since it began to grow */
gint64 _grove_growth_gain (const GroveGrowth *self);

/* Returns: by how much a second, over the last points; 0: not known */
double _grove_growth_rate (const GroveGrowth *self);

/* Returns: nanoseconds until it is @limit at this rate; -1: never, 0: it is already. */
gint64 _grove_growth_reaches_ns (const GroveGrowth *self, gint64 limit);

G_END_DECLS
