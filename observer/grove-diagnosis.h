/* SPDX-License-Identifier: MIT
 *
 * Findings from what was seen: it is told what the system's figures, windows of its tables and a
 * few answers say, look after look, and says what needs attention. Pure: no session, no clock of
 * its own; all times are the system's. What it remembers is bounded by what one look may hold.
 * Private to observer/; grove-findings.c asks the system and tells it. Plain C, one owner, main
 * thread only.
 */
#pragma once

#include "observer/grove-finding.h"
#include "observer/grove-process-item.h"
#include "observer/grove-session.h"

G_BEGIN_DECLS

/* Of one look; more are not taken in. */
#define GROVE_LOOK_ROWS        64
#define GROVE_LOOK_NAMES       512
#define GROVE_LOOK_CRASHES     256
#define GROVE_LOOK_MONITORS    32
#define GROVE_LOOK_SUPERVISORS 16

/* Messages in a mailbox from which on it is an alarm, unless told otherwise. */
#define GROVE_MAILBOX_LIMIT 1000

typedef struct grove_diagnosis GroveDiagnosis;

GroveDiagnosis *_grove_diagnosis_new (void);
void            _grove_diagnosis_free (GroveDiagnosis *self);
/* Another run of the system: nothing that was seen holds any more. */
void _grove_diagnosis_clear (GroveDiagnosis *self);
void _grove_diagnosis_set_mailbox_limit (GroveDiagnosis *self, gint64 n_messages);
/* Whether a process runs to answer what it is asked, as on a BEAM: few reductions then are ours. */
void _grove_diagnosis_set_asking_runs (GroveDiagnosis *self, gboolean asking_runs);

/* ---- What was seen --------------------------------------------------------------------------- */

void _grove_diagnosis_see_system (GroveDiagnosis *self, const GroveSample *sample);

/* Of each window all rows that are in it now; @interval_ns: how far apart its looks are. */
/* Those that have messages, the fullest first. */
void _grove_diagnosis_see_mailboxes (
  GroveDiagnosis *self, gint64 now_ns, gint64 interval_ns, const GroveProcessRow *rows, guint n);
/* Those that were running at that moment. */
void _grove_diagnosis_see_running (
  GroveDiagnosis *self, gint64 now_ns, gint64 interval_ns, const GroveProcessRow *rows, guint n);
/* The largest. */
void _grove_diagnosis_see_largest (
  GroveDiagnosis *self, gint64 now_ns, gint64 interval_ns, const GroveProcessRow *rows, guint n);
/* Those that wait in a call. */
void _grove_diagnosis_see_calls (
  GroveDiagnosis *self, gint64 now_ns, gint64 interval_ns, const GroveProcessRow *rows, guint n);

typedef struct
{
  const char *name, *pid;
  gint64      started_ns; /* of the process */
} GroveSeenName;

/* In the order of their bytes; @all: these are all there are, not only the first. */
void _grove_diagnosis_see_names (
  GroveDiagnosis *self, gint64 now_ns, const GroveSeenName *names, guint n, gboolean all);

typedef struct
{
  gint64      seq, at_ns, restarts;
  const char *pid, *name, *initial, *app, *reason, *function, *outcome, *supervisor, *successor;
} GroveSeenCrash;

/* The newest first; copied. */
void _grove_diagnosis_see_crashes (GroveDiagnosis       *self,
                                   gint64                now_ns,
                                   const GroveSeenCrash *crashes,
                                   guint                 n);
/* One that somebody restarted a child of, for a reason that need not be a crash. */
void _grove_diagnosis_see_restart (GroveDiagnosis *self,
                                   gint64          at_ns,
                                   const char     *supervisor,
                                   const char     *child);

typedef struct
{
  const char *pid, *name;
  gint64      intensity, period_s, recent_restarts;
} GroveSeenSupervisor;

void _grove_diagnosis_see_supervisor (GroveDiagnosis            *self,
                                      gint64                     now_ns,
                                      const GroveSeenSupervisor *supervisor);
/* It has ended. */
void _grove_diagnosis_see_no_supervisor (GroveDiagnosis *self, const char *pid);
/* Whom a process monitors: one that calls monitors whom it calls. */
void _grove_diagnosis_see_monitors (
  GroveDiagnosis *self, gint64 now_ns, const char *pid, const char *const *monitors, guint n);
/* How a process that had a name has ended; @reason NULL: it lives. */
void _grove_diagnosis_see_end (GroveDiagnosis *self, const char *pid, const char *reason);

/* ---- What is to be asked, to know more ------------------------------------------------------- */

/* Returns: (transfer full): pids of supervisors that restarted lately, NULL-terminated */
char **_grove_diagnosis_ask_supervisors (GroveDiagnosis *self, gint64 now_ns);
/* Returns: (transfer full): one that has been in the same call for long enough to wonder whom it
 * calls; NULL: none. The same is not named again within a few seconds. */
char *_grove_diagnosis_ask_monitors (GroveDiagnosis *self, gint64 now_ns);
/* Returns: (transfer full): who had a name that vanished, and nobody knows why; each once. */
char *_grove_diagnosis_ask_end (GroveDiagnosis *self, gint64 now_ns);
/* Whether the windows of who runs and of who is large have anything to tell. */
gboolean _grove_diagnosis_wonders_who_runs (GroveDiagnosis *self, gint64 now_ns);
gboolean _grove_diagnosis_wonders_who_grows (GroveDiagnosis *self, gint64 now_ns);
/* Whether children were restarted that no crash explains. */
gboolean _grove_diagnosis_wonders_who_restarted (GroveDiagnosis *self, gint64 now_ns);

/* ---- What it makes of it --------------------------------------------------------------------- */

/* Returns: (transfer full): GroveFinding, the worst first */
GPtrArray *_grove_diagnosis_conclude (GroveDiagnosis *self, gint64 now_ns);

/* The restart budget that is used most, of supervisors that restarted lately; FALSE: none did. The
 * texts are borrowed until something is seen. */
gboolean _grove_diagnosis_get_budget (GroveDiagnosis      *self,
                                      gint64               now_ns,
                                      GroveSeenSupervisor *ret_supervisor);

G_END_DECLS
