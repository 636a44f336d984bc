/* SPDX-License-Identifier: MIT
 *
 * GroveFindings from the inside: the object (grove-findings.c), what it asks of the system
 * (grove-findings-look.c), and what it does not see (grove-findings-coverage.c).
 */
#pragma once

#include "observer/grove-diagnosis.h"
#include "observer/grove-findings.h"
#include "observer/grove-probe.h"

G_BEGIN_DECLS

typedef enum
{
  GROVE_PROBE_MAILBOXES, /* the fullest */
  GROVE_PROBE_RUNNING,   /* while a scheduler is busy */
  GROVE_PROBE_LARGEST,   /* while memory grows */
  GROVE_PROBE_CALLS,     /* who waits in a call */
  GROVE_PROBE_RESTARTED, /* after restarts that no crash explains */
  GROVE_PROBE_NAMES,
  GROVE_PROBE_CRASHES,
  GROVE_N_PROBES,
} GroveProbeIndex;

struct _GroveFindings
{
  GObject         parent_instance;
  GroveSession   *session; /* NULL once disposed */
  gboolean        active;
  gint64          mailbox_limit;
  guint           timer;
  GroveDiagnosis *diagnosis;
  GPtrArray      *findings;
  gint64          begun_ns, looked_ns; /* 0: not yet */
  GroveProbe     *probes[GROVE_N_PROBES];
  GHashTable     *questions; /* under way: whom each is about */
};

void _grove_findings_init (GroveFindings *self);
void _grove_findings_finish (GroveFindings *self);
void _grove_findings_close (GroveFindings *self);
/* Tells the diagnosis what is there, and asks what it wonders. */
void _grove_findings_look (GroveFindings *self, gint64 now_ns);
/* Whether the system has what it takes. */
gboolean _grove_findings_can_look (GroveFindings *self, GroveProbeIndex index);

G_END_DECLS
