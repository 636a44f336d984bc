/* SPDX-License-Identifier: MIT
 *
 * What one mailbox held over the last five minutes.
 */
#include "observer/grove-horizon.h"

#include <string.h>

#define GAP_MAX_S 60

static void
shift (GroveHorizon *self, guint n)
{
  const guint32 last = self->values[GROVE_HORIZON_LENGTH - 1];

  memmove (self->values, self->values + n, (GROVE_HORIZON_LENGTH - n) * sizeof self->values[0]);
  for (guint i = GROVE_HORIZON_LENGTH - n; i < GROVE_HORIZON_LENGTH; i++)
    self->values[i] = last;
  self->n = MIN (self->n + n, GROVE_HORIZON_LENGTH);
}

void
grove_horizon_take (GroveHorizon *self, const guint32 *values, guint n, gint64 end_s)
{
  const gint64 begin_s = end_s - n + 1;

  if (n == 0 || n > GROVE_HORIZON_LENGTH)
    return;
  if (self->n > 0 && (begin_s - self->end_s > GAP_MAX_S || end_s < self->end_s - GAP_MAX_S))
    self->n = 0; /* too long ago, or the clock of another run */
  if (self->n == 0)
    {
      self->end_s = end_s;
      self->n = n;
    }
  else if (end_s > self->end_s)
    {
      shift (self, (guint) MIN (end_s - self->end_s, GROVE_HORIZON_LENGTH));
      self->end_s = end_s;
    }
  for (guint i = 0; i < n; i++)
    {
      const gint64 back = self->end_s - (begin_s + i);

      if (back >= 0 && back < GROVE_HORIZON_LENGTH)
        {
          self->values[GROVE_HORIZON_LENGTH - 1 - back] = values[i];
          self->n = MAX (self->n, (guint) back + 1);
        }
    }
}

guint32
grove_horizon_get (const GroveHorizon *self, guint index)
{
  g_return_val_if_fail (index < self->n, 0);
  return self->values[GROVE_HORIZON_LENGTH - self->n + index];
}

guint32
grove_horizon_get_peak (const GroveHorizon *self)
{
  guint32 peak = 0;

  for (guint i = 0; i < self->n; i++)
    peak = MAX (peak, grove_horizon_get (self, i));
  return peak;
}

double
grove_horizon_get_level (guint32 value, guint band, guint warning, guint alarm)
{
  const double edges[GROVE_HORIZON_BANDS + 1] = { 0, MAX (warning, 1),
                                                  MAX (alarm, (double) warning + 1),
                                                  MAX (alarm, (double) warning + 1) * 10 };

  g_return_val_if_fail (band < GROVE_HORIZON_BANDS, 0);
  return CLAMP ((value - edges[band]) / (edges[band + 1] - edges[band]), 0, 1);
}
