/* SPDX-License-Identifier: MIT
 *
 * GroveFinding: one thing that needs a look: what it is, how bad, the evidence, since when, and
 * where to look: a process and a view. Emits "changed" when what it says did.
 *
 * Threads: main thread only.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Each is also a check: looked for, or not and why. */
typedef enum
{
  GROVE_FINDING_MAILBOX,   /* one that grows */
  GROVE_FINDING_WAIT,      /* waits although messages wait */
  GROVE_FINDING_RESTARTS,  /* a supervisor near the restarts it allows, or past them */
  GROVE_FINDING_CRASH,     /* processes that crashed within the last minute */
  GROVE_FINDING_SCHEDULER, /* one process keeps a scheduler to itself */
  GROVE_FINDING_MEMORY,    /* of the system, or of a process, grows */
  GROVE_FINDING_NAME,      /* was registered, and is no more */
  GROVE_FINDING_LIMIT,     /* nearly reached */
  GROVE_FINDING_CALLS,     /* servers that wait for each other */
  GROVE_N_FINDINGS,
} GroveFindingKind;

typedef enum
{
  GROVE_SEVERITY_WARNING, /* needs a look */
  GROVE_SEVERITY_ALARM,   /* now */
} GroveSeverity;

/* Returns: "mailbox" and the like, for programs; static. Since: 0.1 */
const char *grove_finding_kind_get_name (GroveFindingKind kind);
/* Returns: what is looked for, for people: "Mailboxes that grow". Since: 0.1 */
const char *grove_finding_kind_get_title (GroveFindingKind kind);
/* Returns: the view to look in: "mailboxes" and the like; static. Since: 0.1 */
const char *grove_finding_kind_get_view (GroveFindingKind kind);
/* Returns: "warning" or "alarm", for programs; static. Since: 0.1 */
const char *grove_severity_get_name (GroveSeverity severity);

#define GROVE_TYPE_FINDING (grove_finding_get_type ())
G_DECLARE_FINAL_TYPE (GroveFinding, grove_finding, GROVE, FINDING, GObject)

/**
 * grove_finding_new:
 * @key: the same for the same trouble, as long as it lasts
 * @pid: (nullable): the process to look at
 * @since_ns: by the system's clock
 * @title: (transfer full): one line
 * @evidence: (transfer full): a sentence or two
 *
 * Returns: (transfer full)
 * Since: 0.1
 */
GroveFinding *grove_finding_new (GroveFindingKind kind,
                                 GroveSeverity    severity,
                                 const char      *key,
                                 const char      *pid,
                                 gint64           since_ns,
                                 char            *title,
                                 char            *evidence);

GroveFindingKind grove_finding_get_kind (GroveFinding *self);
GroveSeverity    grove_finding_get_severity (GroveFinding *self);
const char      *grove_finding_get_key (GroveFinding *self);
const char      *grove_finding_get_pid (GroveFinding *self); /* NULL: no one process */
gint64           grove_finding_get_since_ns (GroveFinding *self);
const char      *grove_finding_get_title (GroveFinding *self);
const char      *grove_finding_get_evidence (GroveFinding *self);

/* Says what @other does from now on; they have one key. Since: 0.1 */
void grove_finding_take (GroveFinding *self, GroveFinding *other);

/* The worst first, of equal ones what began first: a GCompareFunc of pointers to them. */
gint grove_finding_compare (gconstpointer a, gconstpointer b);

G_END_DECLS
