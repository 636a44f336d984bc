/* SPDX-License-Identifier: MIT
 *
 * What went wrong lately: crashes, supervisors that restart too often or gave up, and names that
 * nobody has any more.
 */
#include "observer/grove-diagnosis-private.h"

#include "observer/grove-format.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define RESTARTED_NS      (30 * GROVE_SECOND_NS)
#define REMEMBERED_NS     (600 * GROVE_SECOND_NS)
#define GONE_NS           (3 * GROVE_SECOND_NS) /* so long a restart may take */
#define NAMES_MAX         (4 * GROVE_LOOK_NAMES)
#define REASON_CHARACTERS 80

typedef struct
{
  gint64 seq, at_ns, restarts;
  char  *pid, *name, *initial, *app, *reason, *function, *outcome, *supervisor, *successor;
} CrashTrack;

typedef struct
{
  char     name[96];
  gint64   intensity, period_s, recent;
  gint64   told_ns;      /* when it was last told */
  gint64   restarted_ns; /* when it last restarted a child */
  gint64   since_ns;     /* has used more than half of what it may; 0: has not */
  char     last[96];     /* the child it was */
  gboolean ended;
} SupervisorTrack;

typedef struct
{
  char     pid[64];
  gint64   first_ns, seen_ns;
  gint64   vanished_ns; /* 0: it is there */
  gboolean asked;
  char    *reason; /* how who had it ended, NULL: not known */
  gboolean lives;  /* it has only let go of the name */
} NameTrack;

static void
free_crash (gpointer data)
{
  CrashTrack *crash = data;
  g_free (crash->pid);
  g_free (crash->name);
  g_free (crash->initial);
  g_free (crash->app);
  g_free (crash->reason);
  g_free (crash->function);
  g_free (crash->outcome);
  g_free (crash->supervisor);
  g_free (crash->successor);
  g_free (crash);
}

static void
free_name (gpointer data)
{
  NameTrack *track = data;
  g_free (track->reason);
  g_free (track);
}

void
_grove_diagnosis_init_faults (GroveDiagnosis *self)
{
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_name);
  self->supervisors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->crashes = g_ptr_array_new_with_free_func (free_crash);
}

/* One line, of bounded length. */
static char *
say_reason (const char *reason)
{
  if (g_utf8_strlen (reason, -1) <= REASON_CHARACTERS)
    return g_strdup (reason);
  g_autofree char *cut = g_utf8_substring (reason, 0, REASON_CHARACTERS);
  return g_strconcat (cut, "…", NULL);
}

/* ---- Crashes ----------------------------------------------------------------------------------
 */

static gboolean
was_restarted (const CrashTrack *crash)
{
  return strcmp (crash->outcome, "restarted") == 0;
}

static const char *
name_of (const CrashTrack *crash)
{
  return crash->name[0] != '\0' ? crash->name : crash->initial;
}

guint
_grove_diagnosis_count_restarted (GroveDiagnosis *self, gint64 since_ns)
{
  guint n = 0;
  for (guint i = 0; i < self->crashes->len; i++)
    {
      const CrashTrack *crash = self->crashes->pdata[i];
      if (crash->at_ns >= since_ns && was_restarted (crash))
        n++;
    }
  return n;
}

void
_grove_diagnosis_see_restart (GroveDiagnosis *self,
                              gint64          at_ns,
                              const char     *supervisor,
                              const char     *child)
{
  if (supervisor[0] == '\0' || (g_hash_table_size (self->supervisors) >= GROVE_LOOK_SUPERVISORS &&
                                !g_hash_table_contains (self->supervisors, supervisor)))
    return;
  SupervisorTrack *track =
    _grove_diagnosis_track (self->supervisors, supervisor, sizeof (SupervisorTrack));
  if (at_ns < track->restarted_ns)
    return;
  track->restarted_ns = at_ns;
  g_strlcpy (track->last, child, sizeof track->last);
}

void
_grove_diagnosis_see_crashes (GroveDiagnosis       *self,
                              gint64                now_ns,
                              const GroveSeenCrash *crashes,
                              guint                 n)
{
  g_ptr_array_set_size (self->crashes, 0);
  for (guint i = 0; i < MIN (n, GROVE_LOOK_CRASHES); i++)
    {
      const GroveSeenCrash *seen = &crashes[i];
      if (strcmp (seen->outcome, "restarted") == 0 && now_ns - seen->at_ns < REMEMBERED_NS)
        _grove_diagnosis_see_restart (self, seen->at_ns, seen->supervisor,
                                      seen->name[0] != '\0' ? seen->name : seen->initial);
      if (now_ns - seen->at_ns > GROVE_RECENT_NS)
        continue;
      CrashTrack *crash = g_new0 (CrashTrack, 1);
      crash->seq = seen->seq;
      crash->at_ns = seen->at_ns;
      crash->restarts = seen->restarts;
      crash->pid = g_strdup (seen->pid);
      crash->name = g_strdup (seen->name);
      crash->initial = g_strdup (seen->initial);
      crash->app = g_strdup (seen->app);
      crash->reason = say_reason (seen->reason);
      crash->function = g_strdup (seen->function);
      crash->outcome = g_strdup (seen->outcome);
      crash->supervisor = g_strdup (seen->supervisor);
      crash->successor = g_strdup (seen->successor);
      g_ptr_array_add (self->crashes, crash);
    }
}

/* Crashes of processes that are started alike, in one application. */
static gboolean
are_alike (const CrashTrack *a, const CrashTrack *b)
{
  return strcmp (a->initial, b->initial) == 0 && strcmp (a->app, b->app) == 0 &&
         (a->initial[0] != '\0' || strcmp (a->name, b->name) == 0);
}

static char *
say_outcome (const CrashTrack *crash)
{
  if (was_restarted (crash))
    return g_strdup_printf (_ ("It was restarted as %s."), crash->successor);
  if (strcmp (crash->outcome, "left") == 0)
    return g_strdup (_ ("Its supervisor does not start such a process again."));
  if (strcmp (crash->outcome, "gave_up") == 0)
    return g_strdup (_ ("Its supervisor gave up, and ended too."));
  if (strcmp (crash->outcome, "pending") == 0)
    return g_strdup (_ ("Its supervisor has not decided yet what to do."));
  return g_strdup (_ ("Nobody starts it again."));
}

static void
conclude_crash (
  GroveDiagnosis *self, guint newest, gint64 now_ns, GPtrArray *findings, gboolean *told)
{
  const CrashTrack *crash = self->crashes->pdata[newest];
  const CrashTrack *oldest = crash;
  gulong            n = 0;
  gboolean          one_name = TRUE;
  for (guint i = newest; i < self->crashes->len; i++)
    {
      const CrashTrack *other = self->crashes->pdata[i];
      if (told[i] || !are_alike (crash, other) || now_ns - other->at_ns > GROVE_RECENT_NS)
        continue;
      told[i] = TRUE;
      one_name = one_name && strcmp (crash->name, other->name) == 0;
      oldest = other;
      n++;
    }
  g_autofree char *key = g_strdup_printf ("crash:%s:%s", crash->app,
                                          crash->initial[0] != '\0' ? crash->initial : crash->name);
  g_autofree char *outcome = say_outcome (crash);
  g_autofree char *span = _grove_diagnosis_say_since (now_ns, crash->at_ns);
  g_autofree char *who = one_name && crash->name[0] != '\0' ? g_strdup (crash->name)
                         : crash->initial[0] != '\0'        ? g_strdup (crash->initial)
                                                            : g_strdup (crash->pid);
  char            *evidence = crash->function[0] != '\0'
                                ? g_strdup_printf (_ ("Last %s ago in %s: %s. %s"), span, crash->function,
                                                   crash->reason, outcome)
                                : g_strdup_printf (_ ("Last %s ago: %s. %s"), span, crash->reason, outcome);
  char            *title = n == 1 ? g_strdup_printf (_ ("%s crashed"), who)
                                  : g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s crashed %lu time",
                                                                  "%s crashed %lu times", n),
                                                     who, n);
  g_ptr_array_add (findings,
                   grove_finding_new (GROVE_FINDING_CRASH, GROVE_SEVERITY_WARNING, key,
                                      crash->successor[0] != '\0' ? crash->successor : crash->pid,
                                      oldest->at_ns, title, evidence));
}

static void
conclude_gave_up (const CrashTrack *crash, gint64 now_ns, GPtrArray *findings)
{
  g_autofree char *key = g_strdup_printf ("gave-up:%s", crash->supervisor);
  g_autofree char *span = _grove_diagnosis_say_since (now_ns, crash->at_ns);
  g_ptr_array_add (
    findings,
    grove_finding_new (GROVE_FINDING_RESTARTS, GROVE_SEVERITY_ALARM, key, crash->supervisor,
                       crash->at_ns,
                       g_strdup_printf (_ ("A supervisor of %s gave up"), name_of (crash)),
                       g_strdup_printf (_ ("%s had restarted too often, and ended itself and its "
                                           "children %s ago. Last: %s."),
                                        crash->supervisor, span, crash->reason)));
}

static void
conclude_crashes (GroveDiagnosis *self, gint64 now_ns, GPtrArray *findings)
{
  gboolean told[GROVE_LOOK_CRASHES] = { FALSE };
  for (guint i = 0; i < self->crashes->len; i++)
    {
      const CrashTrack *crash = self->crashes->pdata[i];
      if (now_ns - crash->at_ns > GROVE_RECENT_NS)
        continue;
      if (strcmp (crash->outcome, "gave_up") == 0)
        conclude_gave_up (crash, now_ns, findings);
      if (!told[i])
        conclude_crash (self, i, now_ns, findings, told);
    }
}

/* ---- Supervisors ------------------------------------------------------------------------------
 */

static gboolean
is_forgotten (gpointer key, gpointer value, gpointer now_ns)
{
  const SupervisorTrack *track = value;
  return (track->recent == 0 || track->ended) &&
         *(gint64 *) now_ns - track->restarted_ns > REMEMBERED_NS;
}

/* Nothing of its budget is used, and nothing has happened for a while. */
static gboolean
is_calm (const SupervisorTrack *track, gint64 now_ns)
{
  return track->ended ||
         (track->told_ns != 0 && track->recent == 0 && now_ns - track->restarted_ns > RESTARTED_NS);
}

char **
_grove_diagnosis_ask_supervisors (GroveDiagnosis *self, gint64 now_ns)
{
  GPtrArray     *pids = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer       key, value;
  g_hash_table_foreach_remove (self->supervisors, is_forgotten, &now_ns);
  g_hash_table_iter_init (&iter, self->supervisors);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!is_calm (value, now_ns))
      g_ptr_array_add (pids, g_strdup (key));
  g_ptr_array_add (pids, NULL);
  return (char **) g_ptr_array_free (pids, FALSE);
}

/* Half of what it allows, and more than one. */
static gboolean
restarts_often (const SupervisorTrack *track)
{
  return track->told_ns != 0 && track->recent >= 2 && track->recent * 2 >= track->intensity;
}

void
_grove_diagnosis_see_no_supervisor (GroveDiagnosis *self, const char *pid)
{
  SupervisorTrack *track = g_hash_table_lookup (self->supervisors, pid);
  if (track == NULL)
    return;
  track->ended = TRUE;
  track->recent = 0;
  track->told_ns = 0;
}

void
_grove_diagnosis_see_supervisor (GroveDiagnosis            *self,
                                 gint64                     now_ns,
                                 const GroveSeenSupervisor *supervisor)
{
  SupervisorTrack *track = g_hash_table_lookup (self->supervisors, supervisor->pid);
  if (track == NULL)
    return;
  g_strlcpy (track->name, supervisor->name, sizeof track->name);
  track->intensity = MAX (supervisor->intensity, 0);
  track->period_s = MAX (supervisor->period_s, 0);
  track->recent = MAX (supervisor->recent_restarts, 0);
  track->told_ns = now_ns;
  if (!restarts_often (track))
    track->since_ns = 0;
  else if (track->since_ns == 0)
    track->since_ns = now_ns;
}

gboolean
_grove_diagnosis_get_budget (GroveDiagnosis      *self,
                             gint64               now_ns,
                             GroveSeenSupervisor *ret_supervisor)
{
  GHashTableIter iter;
  gpointer       key, value;
  double         most = -1;
  g_hash_table_iter_init (&iter, self->supervisors);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const SupervisorTrack *track = value;
      double                 used = (double) track->recent / (double) MAX (track->intensity, 1);
      if (track->told_ns == 0 || used <= most)
        continue;
      most = used;
      *ret_supervisor =
        (GroveSeenSupervisor){ key, track->name, track->intensity, track->period_s, track->recent };
    }
  return most >= 0;
}

static void
conclude_restarts (const char            *pid,
                   const SupervisorTrack *track,
                   gint64                 now_ns,
                   GPtrArray             *findings)
{
  if (!restarts_often (track))
    return;
  gint64           left = MAX (track->intensity - track->recent, 0);
  g_autofree char *who = _grove_diagnosis_say_process (pid, track->name, "");
  g_autofree char *key = g_strdup_printf ("restarts:%s", pid);
  g_autofree char *period = grove_format_duration (track->period_s * GROVE_SECOND_NS);
  g_autofree char *used = grove_format_count (track->recent);
  g_autofree char *allowed = grove_format_count (track->intensity);
  g_autofree char *more = grove_format_count (left);
  GString         *evidence = g_string_new (NULL);
  g_string_append_printf (evidence, _ ("%s of the %s restarts it allows in %s are used."), used,
                          allowed, period);
  g_string_append_c (evidence, ' ');
  if (left == 0)
    g_string_append (evidence, _ ("With the next one it gives up."));
  else
    g_string_append_printf (evidence,
                            g_dngettext (GETTEXT_PACKAGE, "One more is left before it gives up.",
                                         "%s more are left before it gives up.", (gulong) left),
                            more);
  if (track->last[0] != '\0')
    {
      g_string_append_c (evidence, ' ');
      g_string_append_printf (evidence, _ ("The last was %s."), track->last);
    }
  g_ptr_array_add (findings,
                   grove_finding_new (GROVE_FINDING_RESTARTS,
                                      left <= 1 ? GROVE_SEVERITY_ALARM : GROVE_SEVERITY_WARNING,
                                      key, pid, track->since_ns,
                                      g_strdup_printf (_ ("%s restarts children again and again"),
                                                       who),
                                      g_string_free (evidence, FALSE)));
}

/* ---- Names ------------------------------------------------------------------------------------
 */

static const CrashTrack *
find_crash (GroveDiagnosis *self, const char *pid)
{
  for (guint i = 0; i < self->crashes->len; i++)
    if (strcmp (((CrashTrack *) self->crashes->pdata[i])->pid, pid) == 0)
      return self->crashes->pdata[i];
  return NULL;
}

typedef struct
{
  gint64      now_ns;
  const char *last; /* names behind it may be there unseen; NULL: all are seen */
} NameLook;

/* Which are to be forgotten; marks those that are not there any more. */
static gboolean
name_is_over (gpointer key, gpointer value, gpointer user_data)
{
  NameTrack      *track = value;
  const NameLook *look = user_data;
  if (track->seen_ns == look->now_ns)
    return FALSE;
  if (look->last != NULL && strcmp (key, look->last) >= 0)
    return TRUE;
  if (track->vanished_ns == 0)
    {
      if (track->seen_ns - track->first_ns < GROVE_LASTING_NS)
        return TRUE;
      track->vanished_ns = look->now_ns;
    }
  return look->now_ns - track->vanished_ns > GROVE_RECENT_NS;
}

void
_grove_diagnosis_see_names (
  GroveDiagnosis *self, gint64 now_ns, const GroveSeenName *names, guint n, gboolean all)
{
  NameLook look = { now_ns, all || n == 0 ? NULL : names[n - 1].name };
  for (guint i = 0; i < MIN (n, GROVE_LOOK_NAMES); i++)
    {
      NameTrack *track = g_hash_table_lookup (self->names, names[i].name);
      if (track == NULL && g_hash_table_size (self->names) >= NAMES_MAX)
        continue;
      track = _grove_diagnosis_track (self->names, names[i].name, sizeof (NameTrack));
      /* Not every system says when a process was started. */
      if (track->first_ns == 0)
        track->first_ns = names[i].started_ns > 0 ? MIN (names[i].started_ns, now_ns) : now_ns;
      track->seen_ns = now_ns;
      track->vanished_ns = 0;
      track->asked = track->lives = FALSE;
      g_clear_pointer (&track->reason, g_free);
      g_strlcpy (track->pid, names[i].pid, sizeof track->pid);
    }
  g_hash_table_foreach_remove (self->names, name_is_over, &look);
}

static gboolean
is_gone (const NameTrack *track, gint64 now_ns)
{
  return track->vanished_ns != 0 && now_ns - track->vanished_ns >= GONE_NS;
}

char *
_grove_diagnosis_ask_end (GroveDiagnosis *self, gint64 now_ns)
{
  GHashTableIter iter;
  gpointer       value;
  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      NameTrack *track = value;
      if (!is_gone (track, now_ns) || track->asked)
        continue;
      track->asked = TRUE;
      return g_strdup (track->pid);
    }
  return NULL;
}

void
_grove_diagnosis_see_end (GroveDiagnosis *self, const char *pid, const char *reason)
{
  GHashTableIter iter;
  gpointer       value;
  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      NameTrack *track = value;
      if (track->vanished_ns == 0 || strcmp (track->pid, pid) != 0)
        continue;
      g_free (track->reason);
      track->reason = reason != NULL ? say_reason (reason) : NULL;
      track->lives = reason == NULL;
    }
}

static void
conclude_name (GroveDiagnosis  *self,
               const char      *name,
               const NameTrack *track,
               gint64           now_ns,
               GPtrArray       *findings)
{
  const CrashTrack *crash = find_crash (self, track->pid);
  const char *reason = track->reason != NULL ? track->reason : crash != NULL ? crash->reason : NULL;
  if (!is_gone (track, now_ns))
    return;
  g_autofree char *key = g_strdup_printf ("name:%s", name);
  g_autofree char *span = _grove_diagnosis_say_since (now_ns, track->vanished_ns);
  char            *evidence =
    track->lives ? g_strdup_printf (_ ("For %s nobody has it. %s, who had it, lives on without."),
                                               span, track->pid)
               : reason != NULL ? g_strdup_printf (_ ("For %s nobody has it. %s, who had it, ended with %s."),
                                                   span, track->pid, reason)
                                : g_strdup_printf (_ ("For %s nobody has it. %s had it."), span, track->pid);
  g_ptr_array_add (findings, grove_finding_new (GROVE_FINDING_NAME, GROVE_SEVERITY_WARNING, key,
                                                track->pid, track->vanished_ns,
                                                g_strdup_printf (_ ("The name %s vanished"), name),
                                                evidence));
}

/* ---- All of them ------------------------------------------------------------------------------
 */

void
_grove_diagnosis_conclude_faults (GroveDiagnosis *self, gint64 now_ns, GPtrArray *findings)
{
  GHashTableIter iter;
  gpointer       key, value;
  conclude_crashes (self, now_ns, findings);
  g_hash_table_iter_init (&iter, self->supervisors);
  while (g_hash_table_iter_next (&iter, &key, &value))
    conclude_restarts (key, value, now_ns, findings);
  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, &key, &value))
    conclude_name (self, key, value, now_ns, findings);
}
