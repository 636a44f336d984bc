/* SPDX-License-Identifier: MIT
 *
 * GroveProcessView: the table of processes in its two shapes, flat and tree, with the filter, the
 * choice of states and the count above.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-process-selection.h"

#include "observer/grove-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

typedef enum
{
  GROVE_SHAPE_FLAT,
  GROVE_SHAPE_TREE,
} GroveProcessShape;

#define GROVE_TYPE_PROCESS_VIEW (grove_process_view_get_type ())
G_DECLARE_FINAL_TYPE (GroveProcessView, grove_process_view, GROVE, PROCESS_VIEW, AdwBin)

/* Signal: selection-changed, when other processes are selected or the shape changed. */
GtkWidget *grove_process_view_new (GroveSession *session);
void       grove_process_view_set_shape (GroveProcessView *self, GroveProcessShape shape);
/* Of the shape that is shown. */
GroveProcessSelection *grove_process_view_get_selection (GroveProcessView *self);
/* Puts the cursor into the filter. */
void grove_process_view_find (GroveProcessView *self);
/* Lets rows that hold still under the pointer go on. */
void grove_process_view_release (GroveProcessView *self);
/* Puts the keyboard into the rows. */
void grove_process_view_focus_rows (GroveProcessView *self);
/* Brings a process into view, by a filter if need be. */
void grove_process_view_reveal (GroveProcessView *self, const char *pid);
/* Completes what is known of @target by the tree, as far as that is loaded. */
void grove_process_view_tell (GroveProcessView *self, GroveTarget *target);
/* Whether the shape that is shown has live rows on the screen. */
gboolean grove_process_view_is_filled (GroveProcessView *self);
/* Whether there is anything to read in it, were it the last that one sees of the system. */
gboolean grove_process_view_has_rows (GroveProcessView *self);

/* @typed, and @condition too: the grammar has no brackets, so it is put into each alternative of an
 * `or`. (transfer full) */
char *grove_filter_combine (const char *typed, const char *condition);

G_END_DECLS
