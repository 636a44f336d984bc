/* SPDX-License-Identifier: MIT
 *
 * A diagnosis from the inside, shared by the files it is made of: the object
 * (grove-diagnosis.c), what processes show (-processes), what crashes, restarts and names show
 * (-faults), who waits for whom (-calls).
 */
#pragma once

#include "observer/grove-diagnosis.h"
#include "observer/grove-growth.h"

G_BEGIN_DECLS

#define GROVE_SECOND_NS G_GINT64_CONSTANT (1000000000)
/* How long something has to go on to be found. */
#define GROVE_LASTING_NS (10 * GROVE_SECOND_NS)
/* How long one may be told of what is over: a crash, a name that vanished. */
#define GROVE_RECENT_NS (60 * GROVE_SECOND_NS)
#define GROVE_STALL_NS  (5 * GROVE_SECOND_NS)

struct grove_diagnosis
{
  gint64   mailbox_limit;
  gboolean asking_runs;

  gboolean    has_sample;
  GroveSample sample;
  GroveSample since_memory; /* the sample when memory began to grow */
  GroveGrowth memory, processes;
  gint64      busy_ns[G_N_ELEMENTS (((GroveSample *) 0)->scheduler_utilisation)]; /* since; 0 not */
  gint64      unexplained_ns; /* when there were last restarts that no crash explains */
  gint64      pending_ns;     /* when the oldest of these was seen; 0: none */
  gint64      n_pending;      /* restarts that a crash may yet explain */

  GHashTable *mailboxes; /* pid -> GroveMailboxTrack; likewise the next two */
  GHashTable *running;
  GHashTable *largest;
  gint64      mailboxes_ns, running_ns, largest_ns; /* of the last look */
  gint64      running_interval_ns;

  GHashTable *callers; /* pid -> GroveCallerTrack */

  GHashTable *names;   /* name -> GroveNameTrack */
  GPtrArray  *crashes; /* GroveCrashTrack, the newest first */
  GHashTable *supervisors;
};

/* Finds the track of @pid among @tracks, or makes one of @size bytes, zeroed. */
gpointer _grove_diagnosis_track (GHashTable *tracks, const char *pid, gsize size);

/* Each adds what it finds. */
void _grove_diagnosis_conclude_processes (GroveDiagnosis *self, gint64 now_ns, GPtrArray *findings);
void _grove_diagnosis_conclude_faults (GroveDiagnosis *self, gint64 now_ns, GPtrArray *findings);
void _grove_diagnosis_conclude_calls (GroveDiagnosis *self, gint64 now_ns, GPtrArray *findings);

/* How many crashes since then were followed by a restart. */
guint _grove_diagnosis_count_restarted (GroveDiagnosis *self, gint64 since_ns);

/* After calls were concluded: whether it is one of those that wait for each other. */
gboolean _grove_diagnosis_is_in_ring (GroveDiagnosis *self, const char *pid);

void _grove_diagnosis_init_faults (GroveDiagnosis *self);
void _grove_diagnosis_init_calls (GroveDiagnosis *self);
void _grove_diagnosis_init_processes (GroveDiagnosis *self);

/* How a finding names a process: its name, else what it was started with, and its pid. (transfer
 * full) */
char *_grove_diagnosis_say_process (const char *pid, const char *name, const char *initial);
/* "12 s"; (transfer full) */
char *_grove_diagnosis_say_since (gint64 now_ns, gint64 since_ns);

G_END_DECLS
