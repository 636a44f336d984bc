/* SPDX-License-Identifier: MIT
 *
 * GroveFindings: what needs a look in a system, as a list of GroveFinding, the worst first; and
 * what was not looked for, and why. It looks once a second through small windows that the system
 * itself keeps sorted, and asks about single processes that something points to; it walks nothing,
 * and in systems of more than 50,000 processes it looks more seldom.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-finding.h"
#include "observer/grove-session.h"

G_BEGIN_DECLS

#define GROVE_TYPE_FINDINGS (grove_findings_get_type ())
G_DECLARE_FINAL_TYPE (GroveFindings, grove_findings, GROVE, FINDINGS, GObject)

/* Properties: active boolean rw; mailbox-limit int64 rw: messages from which on a mailbox is an
 * alarm. Signal: looked, once a second while it looks, after the list is up to date.
 *
 * Returns: (transfer full): not active
 * Since: 0.1 */
GroveFindings *grove_findings_new (GroveSession *session);

/* Looks only while active; what was found stays. Since: 0.1 */
void grove_findings_set_active (GroveFindings *self, gboolean active);

/* Returns: how many there are; @view: to be looked at there, NULL: all. Since: 0.1 */
guint grove_findings_count (GroveFindings *self, const char *view);

/* Returns: for how long it has been looking, 0: nothing was seen yet. Since: 0.1 */
gint64 grove_findings_get_watched_ns (GroveFindings *self);

/**
 * grove_findings_is_checked:
 * @ret_note: (out) (transfer full) (nullable): why not, or what was left out, in words
 *
 * Returns: whether @kind was looked for
 * Since: 0.1
 */
gboolean grove_findings_is_checked (GroveFindings *self, GroveFindingKind kind, char **ret_note);

typedef struct
{
  const char *pid, *name; /* of the supervisor */
  gint64      intensity, period_s, recent_restarts;
} GroveRestartBudget;

/* The one used most, of supervisors that restarted lately; its texts are borrowed until "looked".
 *
 * Returns: FALSE: none did
 * Since: 0.1 */
gboolean grove_findings_get_budget (GroveFindings *self, GroveRestartBudget *ret_budget);

G_END_DECLS
