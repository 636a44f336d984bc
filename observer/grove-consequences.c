/* SPDX-License-Identifier: MIT
 *
 * What follows: each process is asked about, those of one supervisor are added up, and held against
 * how many restarts it allows.
 */
#include "observer/grove-consequences.h"

#include "observer/grove-observer-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PIDS_MAX        256
#define SUPERVISORS_MAX 6 /* are named; the others are counted */

/* ---- In words -------------------------------------------------------------------------------- */

/* Those of one supervisor. */
typedef struct
{
  const GroveFate *first;
  guint            n_restarts, n_left; /* that it starts again, and does not */
} Group;

static void
add_line (GString *text, char *line)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", line);
  g_free (line);
}

static const char *
get_name (const GroveFate *fate)
{
  return fate->name[0] != '\0' ? fate->name : fate->supervisor;
}

/* How often it may, as "3 restarts in 5 s". (transfer full) */
static char *
say_allowance (const GroveFate *fate)
{
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d restart in %d s", "%d restarts in %d s",
                                       (gulong) fate->intensity),
                          (int) fate->intensity, (int) fate->period_s);
}

static void
describe_restarts (GString *text, const Group *group)
{
  const GroveFate *fate = group->first;
  /* One for all ends and starts them all at the first: that is one restart, whoever else ends. */
  gboolean         all = strcmp (fate->strategy, "one_for_all") == 0;
  gboolean         rest = strcmp (fate->strategy, "rest_for_one") == 0;
  guint            n = all ? 1 : group->n_restarts;
  g_autofree char *allowance = say_allowance (fate);
  if (n > fate->intensity && !rest)
    /* TRANSLATORS: the name of a supervisor; "3 restarts in 5 s". */
    add_line (text,
              g_strdup_printf (_ ("%s allows %s and will give up: all that it supervises ends "
                                  "with it."),
                               get_name (fate), allowance));
  else if (n + fate->recent_restarts > fate->intensity || n > fate->intensity)
    /* TRANSLATORS: the name of a supervisor; "3 restarts in 5 s"; how many of them. */
    add_line (text, g_strdup_printf (_ ("%s allows %s, of which %d were used lately, and may give "
                                        "up: all that it supervises would end with it."),
                                     get_name (fate), allowance, (int) fate->recent_restarts));
  else
    /* TRANSLATORS: the name of a supervisor; how many processes; "3 restarts in 5 s". */
    add_line (text, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                                  "%s starts %u of them again; it allows %s.",
                                                  "%s starts %u of them again; it allows %s.",
                                                  group->n_restarts),
                                     get_name (fate), group->n_restarts, allowance));
  if (all)
    add_line (text, g_strdup_printf (_ ("%s ends and starts all its children with them."),
                                     get_name (fate)));
  else if (rest)
    add_line (text, g_strdup_printf (_ ("%s ends and starts those that were started after them, "
                                        "too."),
                                     get_name (fate)));
}

static Group *
find_group (GArray *groups, const GroveFate *fate)
{
  for (guint i = 0; i < groups->len; i++)
    if (strcmp (g_array_index (groups, Group, i).first->supervisor, fate->supervisor) == 0)
      return &g_array_index (groups, Group, i);
  Group group = { .first = fate };
  g_array_append_val (groups, group);
  return &g_array_index (groups, Group, groups->len - 1);
}

/* Those that will give up first, then those that have most to do. */
static int
compare_groups (gconstpointer a, gconstpointer b)
{
  const Group *x = a, *y = b;
  int          x_over = x->n_restarts > x->first->intensity;
  int          y_over = y->n_restarts > y->first->intensity;
  if (x_over != y_over)
    return y_over - x_over;
  return (int) (y->n_restarts + y->n_left) - (int) (x->n_restarts + x->n_left);
}

char *
grove_consequences_describe (const GroveFate *fates, guint n)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GArray) groups = g_array_new (FALSE, FALSE, sizeof (Group));
  guint n_alone = 0;
  for (guint i = 0; i < n; i++)
    {
      if (fates[i].supervisor[0] == '\0')
        {
          n_alone++;
          continue;
        }
      Group *group = find_group (groups, &fates[i]);
      if (strcmp (fates[i].restart_type, "temporary") == 0)
        group->n_left++;
      else
        group->n_restarts++;
    }
  g_array_sort (groups, compare_groups);
  for (guint i = 0; i < groups->len && i < SUPERVISORS_MAX; i++)
    {
      const Group *group = &g_array_index (groups, Group, i);
      if (group->n_restarts > 0)
        describe_restarts (text, group);
      if (group->n_left > 0)
        /* TRANSLATORS: the name of a supervisor; how many processes. */
        add_line (text, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                                      "%s does not start %u of them again.",
                                                      "%s does not start %u of them again.",
                                                      group->n_left),
                                         get_name (group->first), group->n_left));
    }
  if (groups->len > SUPERVISORS_MAX)
    {
      guint more = groups->len - SUPERVISORS_MAX;
      add_line (text, g_strdup_printf (
                        g_dngettext (GETTEXT_PACKAGE, "So does %u other supervisor.",
                                     "So do %u other supervisors, as far as they allow it.", more),
                        more));
    }
  if (n_alone > 0)
    add_line (text,
              g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                            "%u has no supervisor that would start it again.",
                                            "%u have no supervisor that would start them again.",
                                            n_alone),
                               n_alone));
  return g_string_free (text, FALSE);
}

/* ---- Asking ---------------------------------------------------------------------------------- */

typedef struct
{
  GroveFate fates[PIDS_MAX];
  guint     n_known, n_left;
  gulong    cancelled_handler;
} Inquiry;

static void
read_fate (GroveFate *fate, struct json_object *process)
{
  struct json_object *supervisor = _grove_json_object (process, "supervisor");
  struct json_object *child = _grove_json_object (process, "child");
  memset (fate, 0, sizeof *fate);
  _grove_copy_text (fate->supervisor, sizeof fate->supervisor,
                    _grove_json_text (supervisor, "pid"));
  _grove_copy_text (fate->name, sizeof fate->name, _grove_json_text (supervisor, "name"));
  _grove_copy_text (fate->strategy, sizeof fate->strategy,
                    _grove_json_text (supervisor, "strategy"));
  _grove_copy_text (fate->restart_type, sizeof fate->restart_type,
                    _grove_json_text (child, "restart_type"));
  fate->intensity = CLAMP (_grove_json_int (supervisor, "intensity", 0), 0, G_MAXINT);
  fate->period_s = CLAMP (_grove_json_int (supervisor, "period_s", 0), 0, G_MAXINT);
  fate->recent_restarts = CLAMP (_grove_json_int (supervisor, "recent_restarts", 0), 0, G_MAXINT);
}

/* One that is gone already has no consequences. */
static void
answered (gpointer owner, const GroveReply *reply, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Inquiry *inquiry = g_task_get_task_data (task);
  if (reply->error == NULL)
    read_fate (&inquiry->fates[inquiry->n_known++], reply->result);
  if (--inquiry->n_left > 0)
    return;
  g_cancellable_disconnect (g_task_get_cancellable (task), inquiry->cancelled_handler);
  g_task_return_pointer (task, grove_consequences_describe (inquiry->fates, inquiry->n_known),
                         g_free);
}

static void
cancelled (GCancellable *cancellable, GTask *task)
{
  Inquiry *inquiry = g_task_get_task_data (task);
  guint    n = inquiry->n_left;
  /* Not with g_cancellable_disconnect(), which waits for this very handler. */
  g_signal_handler_disconnect (cancellable, inquiry->cancelled_handler);
  _grove_session_drop_calls (g_task_get_source_object (task), task);
  g_task_return_error_if_cancelled (task);
  for (; n > 0; n--) /* each call had its own */
    g_object_unref (task);
}

void
grove_consequences_find_async (GroveSession       *session,
                               const char *const  *pids,
                               guint               n,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data)
{
  g_return_if_fail (GROVE_IS_SESSION (session));
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);
  Inquiry *inquiry = g_new0 (Inquiry, 1);
  g_task_set_source_tag (task, grove_consequences_find_async);
  g_task_set_task_data (task, inquiry, g_free);
  if (g_task_return_error_if_cancelled (task))
    return;
  n = MIN (n, PIDS_MAX);
  if (n == 0)
    {
      g_task_return_pointer (task, g_strdup (""), g_free);
      return;
    }
  inquiry->n_left = n;
  if (cancellable != NULL)
    inquiry->cancelled_handler =
      g_cancellable_connect (cancellable, G_CALLBACK (cancelled), task, NULL);
  for (guint i = 0; i < n; i++)
    {
      struct json_object *params = json_object_new_object ();
      json_object_object_add (params, "pid", json_object_new_string (pids[i]));
      _grove_session_call (session, "process.get", params, answered, task, g_object_ref (task));
    }
}

char *
grove_consequences_find_finish (GroveSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
