/* SPDX-License-Identifier: MIT
 *
 * A ring of the last values of one quantity, for charts. Plain C, one owner.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct grove_series GroveSeries;

/* Returns: (transfer full): empty; free with grove_series_free(). Since: 0.1 */
GroveSeries *grove_series_new (guint capacity);
void         grove_series_free (GroveSeries *self);

/* When full the oldest value goes. Since: 0.1 */
void  grove_series_push (GroveSeries *self, double value);
void  grove_series_clear (GroveSeries *self);
guint grove_series_get_capacity (const GroveSeries *self);
guint grove_series_get_n (const GroveSeries *self);

/* @index: 0 is the oldest kept. Since: 0.1 */
double grove_series_get (const GroveSeries *self, guint index);

/* Returns: the newest; 0 when empty. Since: 0.1 */
double grove_series_last (const GroveSeries *self);
/* @ret_min: (out), @ret_max: (out): both 0 when empty. Since: 0.1 */
void grove_series_range (const GroveSeries *self, double *ret_min, double *ret_max);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GroveSeries, grove_series_free)

G_END_DECLS
