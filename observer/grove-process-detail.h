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

/**
 * grove_process_detail_new:
 * @pid: whose; it may be dead
 *
 * Signal: changed. Property: active boolean rw.
 *
 * Returns: (transfer full): not active
 * Since: 0.1
 */
GroveProcessDetail *grove_process_detail_new (GroveSession *session, const char *pid);

/* Asks while active, and the session is live and not paused. Since: 0.1 */
void grove_process_detail_set_active (GroveProcessDetail *self, gboolean active);

/* Returns: whether an answer came yet. Since: 0.1 */
gboolean grove_process_detail_is_loaded (GroveProcessDetail *self);

/* Returns: whether the process has ended. Since: 0.1 */
gboolean grove_process_detail_is_gone (GroveProcessDetail *self);

/* Returns: (nullable): a term's text, once gone and known; borrowed. Since: 0.1 */
const char *grove_process_detail_get_exit_reason (GroveProcessDetail *self);

/* Returns: (nullable): the pid that took its place; borrowed. Since: 0.1 */
const char *grove_process_detail_get_successor (GroveProcessDetail *self);

/* Returns: (transfer none): whose process it is, when it is one of another node of the cluster, and
 * what it is called there; else FALSE. Borrowed. Since: 0.1 */
gboolean grove_process_detail_get_elsewhere (GroveProcessDetail *self,
                                             const char        **ret_node,
                                             const char        **ret_pid);

/**
 * grove_process_detail_get_text:
 * @member: of `process.get`, as PROTOCOL.md names it; "child.restarts" is the member `restarts` of
 * the member `child`
 *
 * grove_process_detail_get_int() and grove_process_detail_get_boolean() read the other types.
 *
 * Returns: borrowed until the next "changed"; "" (0, FALSE) when it is absent
 * Since: 0.1
 */
const char *grove_process_detail_get_text (GroveProcessDetail *self, const char *member);
gint64      grove_process_detail_get_int (GroveProcessDetail *self, const char *member);
gboolean    grove_process_detail_get_boolean (GroveProcessDetail *self, const char *member);

/**
 * grove_process_detail_get_links:
 * @member: "links", "monitors", "monitored_by", "suspending", or "ports", of which the pid is what
 * the port is called
 * @ret_n: (out): how many, at most 100
 *
 * Returns: (array length=ret_n): borrowed until the next "changed"
 * Since: 0.1
 */
const GroveProcessLink *
grove_process_detail_get_links (GroveProcessDetail *self, const char *member, guint *ret_n);

/* Returns: its members are borrowed, and NULL when there is none. Since: 0.1 */
GroveProcessLink grove_process_detail_get_supervisor (GroveProcessDetail *self);

/* Returns: likewise. Since: 0.1 */
GroveProcessLink grove_process_detail_get_application (GroveProcessDetail *self);

G_END_DECLS
