/* SPDX-License-Identifier: MIT
 *
 * GroveProcessWatch: live values of processes named by pid (the visible rows of a tree, an
 * inspector, a pinned mailbox). A process that ends keeps its last values with state GONE.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-process-item.h"
#include "observer/grove-session.h"

G_BEGIN_DECLS

#define GROVE_TYPE_PROCESS_WATCH (grove_process_watch_get_type ())
G_DECLARE_FINAL_TYPE (GroveProcessWatch, grove_process_watch, GROVE, PROCESS_WATCH, GObject)

/* Signal: changed. Property: active boolean rw. */
GroveProcessWatch *grove_process_watch_new (GroveSession *session, guint interval_ms);
void               grove_process_watch_set_active (GroveProcessWatch *self, gboolean active);
/* Replaces the set; at most 400 pids, the rest is left out. */
void grove_process_watch_set_pids (GroveProcessWatch *self, const char *const *pids, guint n);
/* Borrowed, stays the same object while watched; NULL when not watched. */
GroveProcessItem *grove_process_watch_get (GroveProcessWatch *self, const char *pid);

G_END_DECLS
