/* SPDX-License-Identifier: MIT
 *
 * GroveProcessDetail: all that can be asked of one process (`process.get`), asked again each second
 * while active. When the process ends it stays, with the reason and what took its place.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-session.h"

G_BEGIN_DECLS

typedef struct
{
  char *pid;
  char *name; /* "" when it has none */
} GroveProcessLink;

#define GROVE_TYPE_PROCESS_DETAIL (grove_process_detail_get_type ())
G_DECLARE_FINAL_TYPE (GroveProcessDetail, grove_process_detail, GROVE, PROCESS_DETAIL, GObject)

/* Signal: changed. Property: active boolean rw. */
GroveProcessDetail *grove_process_detail_new (GroveSession *session, const char *pid);
void                grove_process_detail_set_active (GroveProcessDetail *self, gboolean active);
gboolean            grove_process_detail_is_loaded (GroveProcessDetail *self);
gboolean            grove_process_detail_is_gone (GroveProcessDetail *self);
/* Once gone: why, as a term's text, NULL when not known; and its successor's pid, or NULL. */
const char *grove_process_detail_get_exit_reason (GroveProcessDetail *self);
const char *grove_process_detail_get_successor (GroveProcessDetail *self);
/* Members of `process.get`, as PROTOCOL.md names them; "" and 0 when absent. "child.restarts" is
 * the member `restarts` of the member `child`. A text is valid until the next "changed". */
const char *grove_process_detail_get_text (GroveProcessDetail *self, const char *member);
gint64      grove_process_detail_get_int (GroveProcessDetail *self, const char *member);
gboolean    grove_process_detail_get_boolean (GroveProcessDetail *self, const char *member);
/* "links", "monitors", "monitored_by": array of GroveProcessLink, borrowed; at most 100. */
const GroveProcessLink *
grove_process_detail_get_links (GroveProcessDetail *self, const char *member, guint *ret_n);
/* Its supervisor and application; members NULL when there is none. */
GroveProcessLink grove_process_detail_get_supervisor (GroveProcessDetail *self);
GroveProcessLink grove_process_detail_get_application (GroveProcessDetail *self);

G_END_DECLS
