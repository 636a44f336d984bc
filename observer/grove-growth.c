/* SPDX-License-Identifier: MIT
 *
 * Growth as a run that a fall or a long pause ends, and its rate over the last points.
 */
#include "observer/grove-growth.h"

#include <string.h>

#define SLACK_LEAST    2
#define SLACK_PART     20 /* of the peak */
#define STEPS_LEAST    3
#define POINT_SPAN_NS  (G_GINT64_CONSTANT (900) * 1000 * 1000)
#define NS_PER_SECOND  1e9
#define REACH_SPAN_MAX 1e9 /* seconds; later is never */

static void
add_point (GroveGrowth *self)
{
  if (self->n_points > 0 && self->now_ns - self->points[self->n_points - 1].t_ns < POINT_SPAN_NS)
    return;
  if (self->n_points == GROVE_GROWTH_POINTS)
    {
      memmove (self->points, self->points + 1, sizeof self->points - sizeof self->points[0]);
      self->n_points--;
    }
  self->points[self->n_points].t_ns = self->now_ns;
  self->points[self->n_points].value = self->value;
  self->n_points++;
}

static void
begin (GroveGrowth *self, gint64 t_ns, gint64 value)
{
  memset (self, 0, sizeof *self);
  self->since_ns = self->now_ns = self->grew_ns = t_ns;
  self->from = self->peak = self->value = value;
  add_point (self);
}

void
_grove_growth_take (GroveGrowth *self, gint64 t_ns, gint64 value, gint64 stall_ns)
{
  gint64 slack = MAX (SLACK_LEAST, self->peak / SLACK_PART);
  if (self->since_ns == 0 || t_ns < self->now_ns || value < self->peak - slack ||
      (t_ns - self->grew_ns > stall_ns && value <= self->peak))
    {
      begin (self, t_ns, value);
      return;
    }
  self->now_ns = t_ns;
  self->value = value;
  if (value > self->peak)
    {
      self->peak = value;
      self->grew_ns = t_ns;
      self->n_steps++;
    }
  add_point (self);
}

gint64
_grove_growth_lasts_ns (const GroveGrowth *self)
{
  return self->n_steps >= STEPS_LEAST ? self->now_ns - self->since_ns : 0;
}

gint64
_grove_growth_gain (const GroveGrowth *self)
{
  return self->value - self->from;
}

double
_grove_growth_rate (const GroveGrowth *self)
{
  if (self->n_points == 0 || self->now_ns <= self->points[0].t_ns)
    return 0;
  return (double) (self->value - self->points[0].value) /
         ((double) (self->now_ns - self->points[0].t_ns) / NS_PER_SECOND);
}

gint64
_grove_growth_reaches_ns (const GroveGrowth *self, gint64 limit)
{
  double rate = _grove_growth_rate (self);
  if (self->value >= limit)
    return 0;
  if (rate <= 0 || (double) (limit - self->value) / rate > REACH_SPAN_MAX)
    return -1;
  return (gint64) ((double) (limit - self->value) / rate * NS_PER_SECOND);
}
