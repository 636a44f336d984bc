/* SPDX-License-Identifier: MIT
 *
 * GroveActivityView: what happened in the system, what was done to it, and what it consists of
 * besides processes: each table that it declares, in a list at the side, one of them shown. What is
 * not shown is not asked for.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-session.h"
#include "ui/grove-row-list.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_ACTIVITY_VIEW (grove_activity_view_get_type ())
G_DECLARE_FINAL_TYPE (GroveActivityView, grove_activity_view, GROVE, ACTIVITY_VIEW, AdwBin)

/* Its actions: activity.table (s), activity.follow (boolean state), activity.copy, activity.save,
 * activity.details; activity.sidebar (boolean state) while the side list is folded away. Signal:
 * open-supervisor (const char *pid), one is to be shown in the tree. */
GtkWidget *grove_activity_view_new (GroveSession *session);
/* "crashes", "events", "log", "audit", "applications", "names", "timers", "sessions" or another the
 * system declares. One that it does not declare is said not to be there. */
void        grove_activity_view_show_table (GroveActivityView *self, const char *table);
const char *grove_activity_view_get_table (GroveActivityView *self);
/* The list that is shown; NULL: none. */
GroveRowList *grove_activity_view_get_list (GroveActivityView *self);
/* Ctrl+F: to the filter. */
void grove_activity_view_find (GroveActivityView *self);
/* Rows keep their order no longer for a pointer that moves over them. */
void grove_activity_view_release (GroveActivityView *self);
void grove_activity_view_focus_rows (GroveActivityView *self);
/* Where what came of copying and saving is said. */
void grove_activity_view_set_toasts (GroveActivityView *self, AdwToastOverlay *toasts);
/* The table that is shown has rows, or says why not. */
gboolean grove_activity_view_is_filled (GroveActivityView *self);

G_END_DECLS
