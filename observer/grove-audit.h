/* SPDX-License-Identifier: MIT
 *
 * GroveAudit: what was done to the system through Grove, by all sessions, with what came of it
 * (`audit.tail`), and what this session wanted done but could not even say. A GListModel of
 * GroveRow, the newest first, asked for each second while active.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-row.h"
#include "observer/grove-session.h"

G_BEGIN_DECLS

#define GROVE_TYPE_AUDIT (grove_audit_get_type ())
G_DECLARE_FINAL_TYPE (GroveAudit, grove_audit, GROVE, AUDIT, GObject)

/* Properties: active boolean rw; loading boolean r (nothing came yet); error string r (why what
 * others did cannot be read, NULL fine); lost uint64 r (what was done before and is forgotten);
 * total uint64 r; filter string rw (words that all must be in a row). Returns: (transfer full):
 * not active. Since: 0.1 */
GroveAudit *grove_audit_new (GroveSession *session);

void        grove_audit_set_active (GroveAudit *self, gboolean active);
void        grove_audit_set_filter (GroveAudit *self, const char *words);
gboolean    grove_audit_is_loading (GroveAudit *self);
const char *grove_audit_get_error (GroveAudit *self);
guint64     grove_audit_get_lost (GroveAudit *self);
guint64     grove_audit_get_total (GroveAudit *self);
/* Returns: (array length=ret_n): always the same. Since: 0.1 */
const GroveRowColumn *grove_audit_get_columns (GroveAudit *self, guint *ret_n);

G_END_DECLS
