/* SPDX-License-Identifier: MIT
 *
 * A ring of the last values of one quantity. `head` is where the next value goes; the oldest kept
 * is `n` places before it.
 */
#include "observer/grove-series.h"

struct grove_series
{
  guint  capacity;
  guint  head;
  guint  n;
  double values[];
};

GroveSeries *
grove_series_new (guint capacity)
{
  g_return_val_if_fail (capacity > 0 && capacity <= 1u << 24, NULL);
  GroveSeries *self = g_malloc0 (sizeof *self + capacity * sizeof (double));
  self->capacity = capacity;
  return self;
}

void
grove_series_free (GroveSeries *self)
{
  g_free (self);
}

void
grove_series_push (GroveSeries *self, double value)
{
  self->values[self->head] = value;
  self->head = (self->head + 1) % self->capacity;
  if (self->n < self->capacity)
    self->n++;
}

void
grove_series_clear (GroveSeries *self)
{
  self->head = 0;
  self->n = 0;
}

guint
grove_series_get_capacity (const GroveSeries *self)
{
  return self->capacity;
}

guint
grove_series_get_n (const GroveSeries *self)
{
  return self->n;
}

double
grove_series_get (const GroveSeries *self, guint index)
{
  g_return_val_if_fail (index < self->n, 0);
  return self->values[(self->head + self->capacity - self->n + index) % self->capacity];
}

double
grove_series_last (const GroveSeries *self)
{
  return self->n > 0 ? grove_series_get (self, self->n - 1) : 0;
}

void
grove_series_range (const GroveSeries *self, double *ret_min, double *ret_max)
{
  double min = 0, max = 0;
  for (guint i = 0; i < self->n; i++)
    {
      double value = grove_series_get (self, i);
      if (i == 0 || value < min)
        min = value;
      if (i == 0 || value > max)
        max = value;
    }
  *ret_min = min;
  *ret_max = max;
}
