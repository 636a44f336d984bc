/* SPDX-License-Identifier: MIT
 *
 * The diagnosis, the object: the system's own figures, and putting together what the parts find.
 */
#include "observer/grove-diagnosis-private.h"

#include "observer/grove-format.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define BUSY              0.85 /* of a scheduler: so busy that one may keep it to itself */
#define MEMORY_LASTING_NS (20 * GROVE_SECOND_NS)
#define MEMORY_GAIN       (4 * 1024 * 1024)
#define MEMORY_PART       10
#define PATIENCE_NS       (3 * GROVE_SECOND_NS)
/* Of the room for processes. */
#define NEAR        0.8
#define VERY_NEAR   0.95
#define FORESEEN_NS (10 * 60 * GROVE_SECOND_NS)

gpointer
_grove_diagnosis_track (GHashTable *tracks, const char *pid, gsize size)
{
  gpointer track = g_hash_table_lookup (tracks, pid);
  if (track == NULL)
    {
      track = g_malloc0 (size);
      g_hash_table_insert (tracks, g_strdup (pid), track);
    }
  return track;
}

char *
_grove_diagnosis_say_process (const char *pid, const char *name, const char *initial)
{
  if (name != NULL && name[0] != '\0')
    return g_strdup (name);
  if (initial != NULL && initial[0] != '\0')
    return g_strdup_printf ("%s %s", initial, pid);
  return g_strdup (pid);
}

char *
_grove_diagnosis_say_since (gint64 now_ns, gint64 since_ns)
{
  /* Whole seconds: what changes each look for a tenth of one is hard to read. */
  gint64 n = MAX ((now_ns - since_ns) / GROVE_SECOND_NS, 1);
  return n < 60 ? g_strdup_printf (_ ("%d s"), (int) n)
                : grove_format_duration (n * GROVE_SECOND_NS);
}

/* ---- The system's figures ---------------------------------------------------------------------
 */

/* A restart is seen in the figures before the crash that it came after is seen in its table. */
static void
see_restarts (GroveDiagnosis *self, const GroveSample *sample)
{
  gint64 n_new = self->has_sample ? sample->n_restarts - self->sample.n_restarts : 0;
  if (n_new > 0)
    {
      if (self->pending_ns == 0)
        self->pending_ns = sample->t_ns;
      self->n_pending += n_new;
    }
  if (self->pending_ns == 0 || sample->t_ns - self->pending_ns < PATIENCE_NS)
    return;
  if (self->n_pending > _grove_diagnosis_count_restarted (self, self->pending_ns - GROVE_SECOND_NS))
    self->unexplained_ns = sample->t_ns;
  self->pending_ns = self->n_pending = 0;
}

void
_grove_diagnosis_see_system (GroveDiagnosis *self, const GroveSample *sample)
{
  gint64 since_ns = self->memory.since_ns;
  see_restarts (self, sample);
  for (guint i = 0; i < G_N_ELEMENTS (self->busy_ns); i++)
    if (i >= sample->n_schedulers || sample->scheduler_utilisation[i] < BUSY)
      self->busy_ns[i] = 0;
    else if (self->busy_ns[i] == 0)
      self->busy_ns[i] = sample->t_ns;
  _grove_growth_take (&self->memory, sample->t_ns, sample->memory_total, GROVE_STALL_NS);
  _grove_growth_take (&self->processes, sample->t_ns, sample->n_processes, GROVE_STALL_NS);
  if (self->memory.since_ns != since_ns)
    self->since_memory = *sample;
  self->sample = *sample;
  self->has_sample = TRUE;
}

static const char *
largest_part (GroveDiagnosis *self)
{
  const GroveSample *now = &self->sample, *then = &self->since_memory;
  const struct
  {
    const char *name;
    gint64      gain;
  } parts[] = {
    { N_ ("heaps"), now->memory_heaps - then->memory_heaps },
    { N_ ("stacks"), now->memory_stacks - then->memory_stacks },
    { N_ ("mailboxes"), now->memory_mailboxes - then->memory_mailboxes },
    { N_ ("control blocks"), now->memory_control - then->memory_control },
    { N_ ("binaries outside the heaps"), now->memory_binaries - then->memory_binaries },
    { N_ ("ETS tables"), now->memory_tables - then->memory_tables },
    { N_ ("loaded modules"), now->memory_code - then->memory_code },
    { N_ ("atoms"), now->memory_atoms - then->memory_atoms },
    { N_ ("structures of the runtime system"), now->memory_rest - then->memory_rest },
  };
  guint best = 0;
  for (guint i = 1; i < G_N_ELEMENTS (parts); i++)
    if (parts[i].gain > parts[best].gain)
      best = i;
  return _ (parts[best].name);
}

static void
conclude_memory (GroveDiagnosis *self, gint64 now_ns, GPtrArray *findings)
{
  gint64 gain = _grove_growth_gain (&self->memory);
  if (_grove_growth_lasts_ns (&self->memory) < MEMORY_LASTING_NS || gain < MEMORY_GAIN ||
      gain < self->memory.from / MEMORY_PART)
    return;
  g_autofree char *from = grove_format_bytes (self->memory.from);
  g_autofree char *to = grove_format_bytes (self->memory.value);
  g_autofree char *span = _grove_diagnosis_say_since (now_ns, self->memory.since_ns);
  g_autofree char *rate =
    grove_format_bytes ((gint64) MAX (_grove_growth_rate (&self->memory) * 60, 0));
  g_ptr_array_add (findings,
                   grove_finding_new (GROVE_FINDING_MEMORY, GROVE_SEVERITY_WARNING, "memory", NULL,
                                      self->memory.since_ns,
                                      g_strdup (_ ("The memory of the system grows")),
                                      g_strdup_printf (_ ("From %s to %s in %s, by %s a minute "
                                                          "now; most of it are %s."),
                                                       from, to, span, rate, largest_part (self))));
}

static void
conclude_room (GroveDiagnosis *self, GPtrArray *findings)
{
  gint64 limit = self->sample.max_processes;
  if (limit <= 0)
    return;
  double   part = (double) self->sample.n_processes / (double) limit;
  gint64   reaches_ns = _grove_growth_lasts_ns (&self->processes) >= GROVE_LASTING_NS
                          ? _grove_growth_reaches_ns (&self->processes, limit)
                          : -1;
  gboolean foreseen = reaches_ns >= 0 && reaches_ns < FORESEEN_NS;
  if (part < NEAR && !foreseen)
    return;
  g_autofree char *used = grove_format_count (self->sample.n_processes);
  g_autofree char *room = grove_format_count (limit);
  g_autofree char *percent = grove_format_percent (part);
  g_autofree char *when = foreseen ? grove_format_duration (reaches_ns) : NULL;
  g_ptr_array_add (
    findings,
    grove_finding_new (
      GROVE_FINDING_LIMIT, part >= VERY_NEAR ? GROVE_SEVERITY_ALARM : GROVE_SEVERITY_WARNING,
      "limit:processes", NULL, foreseen ? self->processes.since_ns : 0,
      g_strdup (_ ("The room for processes is nearly used up")),
      foreseen ? g_strdup_printf (_ ("%s of %s are used (%s); at this rate all of it in %s."), used,
                                  room, percent, when)
               : g_strdup_printf (_ ("%s of %s are used (%s). Then no more can be started."), used,
                                  room, percent)));
}

gboolean
_grove_diagnosis_wonders_who_runs (GroveDiagnosis *self, gint64 now_ns)
{
  for (guint i = 0; i < self->sample.n_schedulers; i++)
    if (self->busy_ns[i] != 0)
      return TRUE;
  return FALSE;
}

gboolean
_grove_diagnosis_wonders_who_grows (GroveDiagnosis *self, gint64 now_ns)
{
  return self->has_sample && _grove_growth_gain (&self->memory) >=
                               MIN (MEMORY_GAIN / 8, self->memory.from / (2 * MEMORY_PART));
}

gboolean
_grove_diagnosis_wonders_who_restarted (GroveDiagnosis *self, gint64 now_ns)
{
  return self->unexplained_ns != 0 && now_ns - self->unexplained_ns < GROVE_RECENT_NS / 2;
}

/* ---- The object -------------------------------------------------------------------------------
 */

static void
forget (GroveDiagnosis *self)
{
  g_clear_pointer (&self->mailboxes, g_hash_table_unref);
  g_clear_pointer (&self->running, g_hash_table_unref);
  g_clear_pointer (&self->largest, g_hash_table_unref);
  g_clear_pointer (&self->callers, g_hash_table_unref);
  g_clear_pointer (&self->names, g_hash_table_unref);
  g_clear_pointer (&self->supervisors, g_hash_table_unref);
  g_clear_pointer (&self->crashes, g_ptr_array_unref);
}

void
_grove_diagnosis_clear (GroveDiagnosis *self)
{
  gint64 limit = self->mailbox_limit;
  forget (self);
  memset (self, 0, sizeof *self);
  self->mailbox_limit = limit;
  _grove_diagnosis_init_processes (self);
  _grove_diagnosis_init_faults (self);
  _grove_diagnosis_init_calls (self);
}

GroveDiagnosis *
_grove_diagnosis_new (void)
{
  GroveDiagnosis *self = g_new0 (GroveDiagnosis, 1);
  self->mailbox_limit = GROVE_MAILBOX_LIMIT;
  _grove_diagnosis_clear (self);
  return self;
}

void
_grove_diagnosis_free (GroveDiagnosis *self)
{
  if (self == NULL)
    return;
  forget (self);
  g_free (self);
}

void
_grove_diagnosis_set_mailbox_limit (GroveDiagnosis *self, gint64 n_messages)
{
  self->mailbox_limit = MAX (n_messages, 1);
}

void
_grove_diagnosis_set_asking_runs (GroveDiagnosis *self, gboolean asking_runs)
{
  self->asking_runs = asking_runs;
}

GPtrArray *
_grove_diagnosis_conclude (GroveDiagnosis *self, gint64 now_ns)
{
  GPtrArray *findings = g_ptr_array_new_with_free_func (g_object_unref);
  _grove_diagnosis_conclude_calls (self, now_ns, findings);
  _grove_diagnosis_conclude_processes (self, now_ns, findings);
  _grove_diagnosis_conclude_faults (self, now_ns, findings);
  if (self->has_sample)
    {
      conclude_memory (self, now_ns, findings);
      conclude_room (self, findings);
    }
  g_ptr_array_sort (findings, grove_finding_compare);
  return findings;
}
