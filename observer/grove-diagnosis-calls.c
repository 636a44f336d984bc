/* SPDX-License-Identifier: MIT
 *
 * Who waits for whom. One that calls monitors whom it calls, so processes that have been in the
 * same call for a while and monitor each other, in a ring, wait for each other.
 */
#include "observer/grove-diagnosis-private.h"

#include "observer/grove-format.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define WONDER_NS    (GROVE_SECOND_NS * 3 / 2) /* a call that takes longer */
#define ASK_AGAIN_NS (4 * GROVE_SECOND_NS)
/* A look takes 6 reductions of a process on a BEAM, a question for its monitors 11, and others may
 * look too; a call that is answered and one that is begun take more. */
#define ASKED_REDUCTIONS 48

typedef struct
{
  GroveProcessRow row;
  gint64          since_ns; /* it has not run since */
  gint64          seen_ns, asked_ns;
  gboolean        told; /* since it has not run */
  guint           n_monitors;
  char            monitors[GROVE_LOOK_MONITORS][64];
  guint           mark; /* of the walk it was last met in */
  gboolean        in_ring;
} CallerTrack;

void
_grove_diagnosis_init_calls (GroveDiagnosis *self)
{
  self->callers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static gboolean
is_old_caller (gpointer key, gpointer value, gpointer now_ns)
{
  return ((CallerTrack *) value)->seen_ns != *(gint64 *) now_ns;
}

void
_grove_diagnosis_see_calls (
  GroveDiagnosis *self, gint64 now_ns, gint64 interval_ns, const GroveProcessRow *rows, guint n)
{
  const gint64 ours = self->asking_runs ? ASKED_REDUCTIONS : 0;
  for (guint i = 0; i < MIN (n, GROVE_LOOK_ROWS); i++)
    {
      CallerTrack *track =
        _grove_diagnosis_track (self->callers, rows[i].pid, sizeof (CallerTrack));
      if (track->since_ns == 0 || rows[i].reductions < track->row.reductions ||
          rows[i].reductions - track->row.reductions > ours)
        {
          track->since_ns = now_ns;
          track->told = FALSE;
          track->asked_ns = 0;
        }
      track->row = rows[i];
      track->seen_ns = now_ns;
    }
  g_hash_table_foreach_remove (self->callers, is_old_caller, &now_ns);
}

char *
_grove_diagnosis_ask_monitors (GroveDiagnosis *self, gint64 now_ns)
{
  GHashTableIter iter;
  gpointer       key, value;
  g_hash_table_iter_init (&iter, self->callers);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      CallerTrack *track = value;
      if (track->told || now_ns - track->since_ns < WONDER_NS ||
          (track->asked_ns != 0 && now_ns - track->asked_ns < ASK_AGAIN_NS))
        continue;
      track->asked_ns = now_ns;
      return g_strdup (key);
    }
  return NULL;
}

void
_grove_diagnosis_see_monitors (
  GroveDiagnosis *self, gint64 now_ns, const char *pid, const char *const *monitors, guint n)
{
  CallerTrack *track = g_hash_table_lookup (self->callers, pid);
  if (track == NULL || track->asked_ns < track->since_ns)
    return;
  track->told = TRUE;
  track->n_monitors = MIN (n, GROVE_LOOK_MONITORS);
  for (guint i = 0; i < track->n_monitors; i++)
    g_strlcpy (track->monitors[i], monitors[i], sizeof track->monitors[i]);
}

/* ---- Rings ------------------------------------------------------------------------------------
 */

typedef struct
{
  GHashTable  *callers;
  CallerTrack *path[GROVE_LOOK_ROWS];
  guint        n;
} Walk;

/* Whether one comes back from @track to the beginning of the path. */
static gboolean
comes_back (Walk *walk, CallerTrack *track, guint mark)
{
  if (walk->n == G_N_ELEMENTS (walk->path) || track->mark == mark)
    return FALSE;
  track->mark = mark;
  walk->path[walk->n++] = track;
  for (guint i = 0; track->told && i < track->n_monitors; i++)
    {
      CallerTrack *next = g_hash_table_lookup (walk->callers, track->monitors[i]);
      if (next != NULL && next->told &&
          (next == walk->path[0] ? walk->n > 1 : comes_back (walk, next, mark)))
        return TRUE;
    }
  walk->n--;
  return FALSE;
}

static int
compare_tracks (const void *a, const void *b)
{
  return strcmp ((*(CallerTrack *const *) a)->row.pid, (*(CallerTrack *const *) b)->row.pid);
}

static GroveFinding *
find_ring (Walk *walk, gint64 now_ns)
{
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GString) key = g_string_new ("calls");
  gint64 since_ns = 0;
  for (guint i = 0; i < walk->n; i++)
    {
      const GroveProcessRow *row = &walk->path[i]->row;
      g_autofree char       *who = _grove_diagnosis_say_process (row->pid, row->name, row->initial);
      if (i > 0 && i + 1 == walk->n)
        {
          g_autofree char *others = g_strdup (names->str);
          /* TRANSLATORS: the end of a list of names */
          g_string_printf (names, _ ("%s and %s"), others, who);
        }
      else
        g_string_append_printf (names, i > 0 ? ", %s" : "%s", who);
      since_ns = MAX (since_ns, walk->path[i]->since_ns);
    }
  g_autofree char *span = _grove_diagnosis_say_since (now_ns, since_ns);
  CallerTrack     *first = walk->path[0];
  qsort (walk->path, walk->n, sizeof walk->path[0], compare_tracks);
  for (guint i = 0; i < walk->n; i++)
    g_string_append_printf (key, ":%s", walk->path[i]->row.pid);
  return grove_finding_new (GROVE_FINDING_CALLS, GROVE_SEVERITY_ALARM, key->str, first->row.pid,
                            since_ns,
                            g_strdup_printf (_ ("%s seem to wait for each other"), names->str),
                            g_strdup_printf (_ ("Each has been in a call for %s without running, "
                                                "and monitors the next, as one does whom "
                                                "one calls."),
                                             span));
}

gboolean
_grove_diagnosis_is_in_ring (GroveDiagnosis *self, const char *pid)
{
  CallerTrack *track = g_hash_table_lookup (self->callers, pid);
  return track != NULL && track->in_ring;
}

void
_grove_diagnosis_conclude_calls (GroveDiagnosis *self, gint64 now_ns, GPtrArray *findings)
{
  g_autoptr (GHashTable) met = g_hash_table_new (NULL, NULL); /* in a ring already */
  GHashTableIter iter;
  gpointer       value;
  guint          mark = 0;
  g_hash_table_iter_init (&iter, self->callers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ((CallerTrack *) value)->mark = 0;
      ((CallerTrack *) value)->in_ring = FALSE;
    }
  g_hash_table_iter_init (&iter, self->callers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Walk walk = { .callers = self->callers };
      if (g_hash_table_contains (met, value) || !comes_back (&walk, value, ++mark))
        continue;
      for (guint i = 0; i < walk.n; i++)
        {
          g_hash_table_add (met, walk.path[i]);
          walk.path[i]->in_ring = TRUE;
        }
      g_ptr_array_add (findings, find_ring (&walk, now_ns));
    }
}
