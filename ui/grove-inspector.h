/* SPDX-License-Identifier: MIT
 *
 * GroveInspector: all there is to know of one process, live. When the process ends it stays, marked
 * with the reason, showing the last that was known and the way to its successor.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-process-actions.h"

G_BEGIN_DECLS

#define GROVE_TYPE_INSPECTOR (grove_inspector_get_type ())
G_DECLARE_FINAL_TYPE (GroveInspector, grove_inspector, GROVE, INSPECTOR, AdwBin)

/* Properties: pid string rw; gone boolean r. Signal: navigate (const char *pid), another process
 * was chosen in it. */
GtkWidget *grove_inspector_new (GroveSession *session);
/* For one made by a template; once. */
void     grove_inspector_set_session (GroveInspector *self, GroveSession *session);
void     grove_inspector_set_pid (GroveInspector *self, const char *pid);
gboolean grove_inspector_is_gone (GroveInspector *self);
/* Whether values are shown. */
gboolean grove_inspector_is_filled (GroveInspector *self);
/* (transfer full) The process as a target of commands; NULL when there is none. */
GroveTarget *grove_inspector_dup_target (GroveInspector *self);
void         grove_inspector_set_actions (GroveInspector *self, GroveProcessActions *actions);

G_END_DECLS
