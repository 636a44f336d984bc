/* SPDX-License-Identifier: MIT
 *
 * What single processes show: mailboxes that grow, waits although messages wait, who keeps a
 * scheduler to himself, and whose memory grows.
 */
#include "observer/grove-diagnosis-private.h"

#include "observer/grove-format.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAILBOX_GAIN      20
#define MAILBOX_RATE      0.5 /* a second */
#define SOON_NS           (60 * GROVE_SECOND_NS)
#define MEMORY_LASTING_NS (20 * GROVE_SECOND_NS)
#define MEMORY_GAIN       (256 * 1024)
#define LOOKS_MAX         12
#define LOOKS_LEAST       4

typedef struct
{
  GroveProcessRow row;
  gint64          seen_ns;
  GroveGrowth     growth;
  gint64          waits_since_ns; /* 0: it does not, or takes what it has */
  guint           n_waits;        /* looks at which it did */
  gint64          reductions;     /* when it began to wait */
} MailboxTrack;

typedef struct
{
  GroveProcessRow row;
  gint64          seen_ns;
  gint64          since_ns;
  guint32         looks; /* a bit a look, the newest the lowest: whether it was running */
  guint           n_looks;
  gint64          reductions; /* at the first */
} RunningTrack;

typedef struct
{
  GroveProcessRow row;
  gint64          seen_ns;
  GroveGrowth     growth; /* without its mailbox */
} LargeTrack;

static GHashTable *
new_tracks (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

void
_grove_diagnosis_init_processes (GroveDiagnosis *self)
{
  self->mailboxes = new_tracks ();
  self->running = new_tracks ();
  self->largest = new_tracks ();
}

static gint64
stall_of (gint64 interval_ns)
{
  return MAX (GROVE_STALL_NS, interval_ns * 5 / 2);
}

static char *
say_row (const GroveProcessRow *row)
{
  return _grove_diagnosis_say_process (row->pid, row->name, row->initial);
}

/* ---- Mailboxes --------------------------------------------------------------------------------
 */

static gboolean
is_old_mailbox (gpointer key, gpointer value, gpointer now_ns)
{
  return ((MailboxTrack *) value)->seen_ns != *(gint64 *) now_ns;
}

static void
see_wait (MailboxTrack *track, gint64 now_ns, const GroveProcessRow *row)
{
  gboolean waits = row->state == GROVE_PROCESS_WAITING || row->state == GROVE_PROCESS_SUSPENDED;
  if (!waits || row->messages <= 0 ||
      (track->waits_since_ns != 0 && row->messages < track->row.messages))
    track->waits_since_ns = 0;
  else if (track->waits_since_ns == 0)
    {
      track->waits_since_ns = now_ns;
      track->n_waits = 1;
      track->reductions = row->reductions;
    }
  else
    track->n_waits++;
}

void
_grove_diagnosis_see_mailboxes (
  GroveDiagnosis *self, gint64 now_ns, gint64 interval_ns, const GroveProcessRow *rows, guint n)
{
  for (guint i = 0; i < MIN (n, GROVE_LOOK_ROWS); i++)
    {
      MailboxTrack *track =
        _grove_diagnosis_track (self->mailboxes, rows[i].pid, sizeof (MailboxTrack));
      _grove_growth_take (&track->growth, now_ns, rows[i].messages, stall_of (interval_ns));
      see_wait (track, now_ns, &rows[i]);
      track->row = rows[i];
      track->seen_ns = now_ns;
    }
  g_hash_table_foreach_remove (self->mailboxes, is_old_mailbox, &now_ns);
}

static gboolean
waits_long (const MailboxTrack *track)
{
  return track->waits_since_ns != 0 && track->n_waits >= 3 &&
         track->seen_ns - track->waits_since_ns >= GROVE_LASTING_NS;
}

/* Where it waits, and whether it has done anything else meanwhile. */
static char *
say_wait (const MailboxTrack *track)
{
  const GroveProcessRow *row = &track->row;
  g_autofree char       *span = _grove_diagnosis_say_since (track->seen_ns, track->waits_since_ns);
  if (row->state == GROVE_PROCESS_SUSPENDED)
    return g_strdup_printf (_ ("It is suspended, for %s at least."), span);
  if (row->reductions != track->reductions)
    return g_strdup_printf (_ ("At each look for %s it was waiting for something else."), span);
  if (row->current[0] != '\0')
    return g_strdup_printf (_ ("It has been waiting in %s for %s, for something else."),
                            row->current, span);
  return g_strdup_printf (_ ("It has been waiting for %s, for something else."), span);
}

/* The alarm, or the next power of ten times it that is not reached yet. */
static gint64
next_limit (GroveDiagnosis *self, gint64 messages)
{
  gint64 limit = self->mailbox_limit;
  while (limit <= messages && limit < G_MAXINT64 / 10)
    limit *= 10;
  return limit;
}

static gboolean
mailbox_grows (const MailboxTrack *track)
{
  return _grove_growth_lasts_ns (&track->growth) >= GROVE_LASTING_NS &&
         _grove_growth_gain (&track->growth) >= MAILBOX_GAIN &&
         _grove_growth_rate (&track->growth) >= MAILBOX_RATE;
}

static GroveFinding *
find_growth (GroveDiagnosis *self, const MailboxTrack *track)
{
  const GroveProcessRow *row = &track->row;
  gint64                 limit = next_limit (self, row->messages);
  gint64                 reaches_ns = _grove_growth_reaches_ns (&track->growth, limit);
  gboolean               alarm =
    row->messages >= self->mailbox_limit || (reaches_ns >= 0 && reaches_ns < SOON_NS);
  g_autofree char *who = say_row (row);
  g_autofree char *key = g_strdup_printf ("mailbox:%s", row->pid);
  g_autofree char *count = grove_format_count (row->messages);
  g_autofree char *rate = grove_format_rate (_grove_growth_rate (&track->growth));
  g_autofree char *span = _grove_diagnosis_say_since (track->seen_ns, track->growth.since_ns);
  g_autofree char *limit_text = grove_format_count (limit);
  g_autofree char *when = grove_format_duration (MAX (reaches_ns, GROVE_SECOND_NS));
  g_autofree char *wait = waits_long (track) ? say_wait (track) : NULL;
  GString         *evidence = g_string_new (NULL);
  g_string_append_printf (evidence, _ ("%s messages, %s more each second for %s."), count, rate,
                          span);
  if (reaches_ns >= 0)
    {
      g_string_append_c (evidence, ' ');
      g_string_append_printf (evidence, _ ("At this rate it passes %s in %s."), limit_text, when);
    }
  if (wait != NULL)
    g_string_append_printf (evidence, " %s", wait);
  return grove_finding_new (GROVE_FINDING_MAILBOX,
                            alarm ? GROVE_SEVERITY_ALARM : GROVE_SEVERITY_WARNING, key, row->pid,
                            track->growth.since_ns,
                            g_strdup_printf (_ ("The mailbox of %s grows"), who),
                            g_string_free (evidence, FALSE));
}

static GroveFinding *
find_wait (const MailboxTrack *track)
{
  const GroveProcessRow *row = &track->row;
  g_autofree char       *who = say_row (row);
  g_autofree char       *key = g_strdup_printf ("wait:%s", row->pid);
  g_autofree char       *count = grove_format_count (row->messages);
  return grove_finding_new (GROVE_FINDING_WAIT, GROVE_SEVERITY_WARNING, key, row->pid,
                            track->waits_since_ns,
                            g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                                          "%s waits although %s message is there",
                                                          "%s waits although %s messages are there",
                                                          (gulong) row->messages),
                                             who, count),
                            say_wait (track));
}

/* ---- Schedulers -------------------------------------------------------------------------------
 */

static gboolean
is_old_running (gpointer key, gpointer value, gpointer unused)
{
  return (((RunningTrack *) value)->looks & 0xf) == 0;
}

void
_grove_diagnosis_see_running (
  GroveDiagnosis *self, gint64 now_ns, gint64 interval_ns, const GroveProcessRow *rows, guint n)
{
  GHashTableIter iter;
  gpointer       value;
  for (guint i = 0; i < MIN (n, GROVE_LOOK_ROWS); i++)
    if (rows[i].state == GROVE_PROCESS_RUNNING)
      {
        RunningTrack *track =
          _grove_diagnosis_track (self->running, rows[i].pid, sizeof (RunningTrack));
        if (track->n_looks == 0)
          {
            track->since_ns = now_ns;
            track->reductions = rows[i].reductions;
          }
        track->row = rows[i];
        track->seen_ns = now_ns;
      }
  g_hash_table_iter_init (&iter, self->running);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      RunningTrack *track = value;
      track->looks = track->looks << 1 | (track->seen_ns == now_ns ? 1 : 0);
      track->n_looks++;
    }
  g_hash_table_foreach_remove (self->running, is_old_running, NULL);
  self->running_interval_ns = interval_ns;
}

/* Nine of ten looks. */
static gboolean
runs_always (const RunningTrack *track, guint *ret_n, guint *ret_of)
{
  guint of = MIN (track->n_looks, LOOKS_MAX), n = 0;
  for (guint i = 0; i < of; i++)
    n += track->looks >> i & 1;
  *ret_n = n;
  *ret_of = of;
  return of >= LOOKS_LEAST && n * 10 >= of * 9;
}

static void
conclude_running (GroveDiagnosis     *self,
                  const RunningTrack *track,
                  gint64              now_ns,
                  GPtrArray          *findings)
{
  const GroveProcessRow *row = &track->row;
  guint                  n, of, scheduler = (guint) CLAMP (row->scheduler, 0, 255);
  if (!runs_always (track, &n, &of) ||
      now_ns - track->since_ns < MAX (GROVE_LASTING_NS, 4 * self->running_interval_ns) ||
      self->busy_ns[scheduler] == 0 || now_ns - self->busy_ns[scheduler] < GROVE_LASTING_NS / 2)
    return;
  gboolean         stuck = row->reductions == track->reductions;
  g_autofree char *who = say_row (row);
  g_autofree char *key = g_strdup_printf ("scheduler:%s", row->pid);
  g_autofree char *span = _grove_diagnosis_say_since (now_ns, track->since_ns);
  g_autofree char *busy = grove_format_percent (self->sample.scheduler_utilisation[scheduler]);
  GString         *evidence = g_string_new (NULL);
  g_string_append_printf (evidence,
                          /* TRANSLATORS: a process was running at 11 of 12 looks. */
                          _ (
                            "It was running at %u of the last %u looks, for %s. Scheduler %u is %s "
                            "busy."),
                          n, of, span, scheduler, busy);
  if (stuck)
    g_string_append_printf (evidence, " %s", _ ("It has not let go of it since."));
  g_ptr_array_add (findings,
                   grove_finding_new (GROVE_FINDING_SCHEDULER,
                                      stuck ? GROVE_SEVERITY_ALARM : GROVE_SEVERITY_WARNING, key,
                                      row->pid, track->since_ns,
                                      g_strdup_printf (_ ("%s keeps a scheduler to itself"), who),
                                      g_string_free (evidence, FALSE)));
}

/* ---- Memory -----------------------------------------------------------------------------------
 */

static gboolean
is_old_large (gpointer key, gpointer value, gpointer now_ns)
{
  return ((LargeTrack *) value)->seen_ns != *(gint64 *) now_ns;
}

void
_grove_diagnosis_see_largest (
  GroveDiagnosis *self, gint64 now_ns, gint64 interval_ns, const GroveProcessRow *rows, guint n)
{
  for (guint i = 0; i < MIN (n, GROVE_LOOK_ROWS); i++)
    {
      LargeTrack *track = _grove_diagnosis_track (self->largest, rows[i].pid, sizeof (LargeTrack));
      _grove_growth_take (&track->growth, now_ns, rows[i].memory - rows[i].mailbox_bytes,
                          stall_of (interval_ns));
      track->row = rows[i];
      track->seen_ns = now_ns;
    }
  g_hash_table_foreach_remove (self->largest, is_old_large, &now_ns);
}

static void
conclude_large (const LargeTrack *track, gint64 now_ns, GPtrArray *findings)
{
  const GroveProcessRow *row = &track->row;
  gint64                 gain = _grove_growth_gain (&track->growth);
  if (_grove_growth_lasts_ns (&track->growth) < MEMORY_LASTING_NS || gain < MEMORY_GAIN ||
      gain < track->growth.from / 2)
    return;
  g_autofree char *who = say_row (row);
  g_autofree char *key = g_strdup_printf ("memory:%s", row->pid);
  g_autofree char *from = grove_format_bytes (track->growth.from);
  g_autofree char *to = grove_format_bytes (track->growth.value);
  g_autofree char *span = _grove_diagnosis_say_since (now_ns, track->growth.since_ns);
  g_autofree char *rate =
    grove_format_bytes ((gint64) MAX (_grove_growth_rate (&track->growth) * 60, 0));
  g_ptr_array_add (findings,
                   grove_finding_new (GROVE_FINDING_MEMORY, GROVE_SEVERITY_WARNING, key, row->pid,
                                      track->growth.since_ns,
                                      g_strdup_printf (_ ("The memory of %s grows"), who),
                                      g_strdup_printf (_ ("From %s to %s in %s, without its "
                                                          "mailbox; by %s a minute now."),
                                                       from, to, span, rate)));
}

/* ---- All of them ------------------------------------------------------------------------------
 */

void
_grove_diagnosis_conclude_processes (GroveDiagnosis *self, gint64 now_ns, GPtrArray *findings)
{
  GHashTableIter iter;
  gpointer       key, value;
  g_hash_table_iter_init (&iter, self->mailboxes);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (mailbox_grows (value))
      g_ptr_array_add (findings, find_growth (self, value));
    else if (waits_long (value) && !_grove_diagnosis_is_in_ring (self, key))
      g_ptr_array_add (findings, find_wait (value));
  g_hash_table_iter_init (&iter, self->running);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    conclude_running (self, value, now_ns, findings);
  g_hash_table_iter_init (&iter, self->largest);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    conclude_large (value, now_ns, findings);
}
