/* SPDX-License-Identifier: MIT
 *
 * The systems that were connected to lately, the last first, remembered from one run to the next;
 * one list for all windows.
 *
 * Threads: main thread only.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GROVE_TYPE_RECENT (grove_recent_get_type ())
G_DECLARE_FINAL_TYPE (GroveRecent, grove_recent, GROVE, RECENT, GObject)
const char *grove_recent_get_name (GroveRecent *self);
const char *grove_recent_get_target (GroveRecent *self); /* as grove_session_open() takes it */

#define GROVE_RECENTS_MAX 10

/* A GListModel of GroveRecent. (transfer none) */
GListModel *grove_recents_get (void);
/* One was reached: it becomes the first. Both are copied. */
void grove_recents_note (const char *target, const char *name);
void grove_recents_forget (const char *target);

G_END_DECLS
