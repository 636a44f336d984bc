/* SPDX-License-Identifier: MIT
 *
 * Which columns of a table are shown at first, in which order and how wide: what is known of the
 * tables every system has; of others all columns, as they are declared.
 *
 * Threads: any thread.
 */
#pragma once

#include "observer/grove-row.h"

G_BEGIN_DECLS

typedef struct
{
  guint    index; /* in the table's columns */
  int      width;
  gboolean shown;  /* at first */
  gboolean expand; /* takes the room that is left */
} GroveRowPlace;

/* (transfer full) (element-type GroveRowPlace): a place for each column, in the order to show them.
 */
GArray *grove_row_columns_arrange (const char *table, const GroveRowColumn *columns, guint n);

G_END_DECLS
