/* SPDX-License-Identifier: MIT
 *
 * GroveProcessHistory: a table of one row, of which only the histories are read. Seconds are the
 * system's: what comes is put where it says it stands, and a process of which nothing was said in a
 * second is what it was in the one before.
 */
#include "observer/grove-process-history.h"

#include "observer/grove-observer-private.h"

#include <math.h>
#include <string.h>

#define INTERVAL_MS 1000
#define SECOND_NS   G_GINT64_CONSTANT (1000000000)
#define POINTS_MAX  180
/* After a longer silence than that a new history begins: nobody knows what was between. */
#define BRIDGED_MAX 10

static const char *const columns[GROVE_N_HISTORIES] = {
  [GROVE_HISTORY_MESSAGES] = "messages",
  [GROVE_HISTORY_MEMORY] = "memory",
  [GROVE_HISTORY_REDUCTIONS] = "reductions/s",
  [GROVE_HISTORY_MESSAGES_IN] = "messages_in/s",
};

struct _GroveProcessHistory
{
  GObject            parent_instance;
  GroveSession      *session;
  char              *pid;
  gboolean           active;
  GroveSubscription *subscription;
  gulong             reset_handler;
  gboolean           present;                   /* it was in the last update's order */
  gint64             second;                    /* of the newest point */
  GArray            *points[GROVE_N_HISTORIES]; /* double, oldest first */
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveProcessHistory, grove_process_history, G_TYPE_OBJECT)

/* A system that does not count what processes receive has no column for it; it has the others. */
static gboolean
is_known (GroveProcessHistory *self, guint kind)
{
  return grove_session_has_column (self->session, columns[kind]);
}

static struct json_object *
make_names (GroveProcessHistory *self)
{
  struct json_object *names = json_object_new_array ();
  for (guint i = 0; i < GROVE_N_HISTORIES; i++)
    if (is_known (self, i))
      json_object_array_add (names, json_object_new_string (columns[i]));
  return names;
}

static struct json_object *
open_params (gpointer owner)
{
  GroveProcessHistory *self = owner;
  struct json_object  *params = json_object_new_object (), *filter = json_object_new_array ();
  struct json_object  *window = json_object_new_object ();
  json_object_array_add (filter, json_object_new_string ("eq"));
  json_object_array_add (filter, json_object_new_string ("pid"));
  json_object_array_add (filter, json_object_new_string (self->pid));
  json_object_object_add (window, "offset", json_object_new_int (0));
  json_object_object_add (window, "limit", json_object_new_int (1));
  json_object_object_add (params, "table", json_object_new_string ("processes"));
  json_object_object_add (params, "columns", make_names (self));
  json_object_object_add (params, "sort", json_object_new_array ());
  json_object_object_add (params, "filter", filter);
  json_object_object_add (params, "window", window);
  json_object_object_add (params, "interval_ms", json_object_new_int (INTERVAL_MS));
  json_object_object_add (params, "history", make_names (self));
  return params;
}

static void
clear (GroveProcessHistory *self)
{
  for (guint i = 0; i < GROVE_N_HISTORIES; i++)
    g_array_set_size (self->points[i], 0);
}

static double
read_point (struct json_object *points, gsize i)
{
  struct json_object *value = json_object_array_get_idx (points, i);
  double              point =
    json_object_is_type (value, json_type_double) || json_object_is_type (value, json_type_int)
                   ? json_object_get_double (value)
                   : 0;
  return isfinite (point) ? point : 0;
}

/* What is not said stays as it was. */
static void
advance (GArray *points, gint64 n)
{
  double last = points->len > 0 ? g_array_index (points, double, points->len - 1) : 0;
  for (gint64 i = 0; i < MIN (n, POINTS_MAX) && points->len > 0; i++)
    g_array_append_val (points, last);
}

/* @points end in the second @second. */
static void
join (GroveProcessHistory *self, GArray *known, struct json_object *points, gint64 second)
{
  gsize  n = MIN (json_object_array_length (points), POINTS_MAX);
  gsize  skipped = json_object_array_length (points) - n;
  gint64 first = second - (gint64) n + 1;
  /* What it has from there on is replaced; what lies between is bridged. */
  gint64 n_kept = (gint64) known->len - (self->second - first + 1);
  if (n_kept <= 0 || first - self->second > BRIDGED_MAX)
    g_array_set_size (known, 0);
  else if (n_kept < (gint64) known->len)
    g_array_set_size (known, (guint) n_kept);
  else
    advance (known, first - self->second - 1);
  for (gsize i = 0; i < n; i++)
    {
      double point = read_point (points, skipped + i);
      g_array_append_val (known, point);
    }
}

static void
trim (GArray *points)
{
  if (points->len > POINTS_MAX)
    g_array_remove_range (points, 0, points->len - POINTS_MAX);
}

static gboolean
is_of_it (GroveProcessHistory *self, struct json_object *row)
{
  struct json_object *key =
    json_object_is_type (row, json_type_array) ? json_object_array_get_idx (row, 0) : NULL;
  return json_object_is_type (key, json_type_string) &&
         strcmp (json_object_get_string (key), self->pid) == 0;
}

static void
take_history (GroveProcessHistory *self, struct json_object *history)
{
  struct json_object *rows = _grove_json_array (history, "rows"), *row = NULL;
  gint64              t;
  if (rows == NULL || !_grove_json_get_int (history, "t", 0, &t))
    return;
  gint64 second = t / SECOND_NS;
  for (gsize i = 0; row == NULL && i < MIN (json_object_array_length (rows), 4); i++)
    if (is_of_it (self, json_object_array_get_idx (rows, i)))
      row = json_object_array_get_idx (rows, i);
  if (second < self->second)
    clear (self);
  gsize place = 1;
  for (guint i = 0; i < GROVE_N_HISTORIES; i++)
    {
      if (!is_known (self, i))
        continue;
      struct json_object *points = row != NULL ? json_object_array_get_idx (row, place) : NULL;
      place++;
      if (json_object_is_type (points, json_type_array))
        join (self, self->points[i], points, second);
      else if (self->present)
        advance (self->points[i], second - self->second);
      trim (self->points[i]);
    }
  self->second = second;
}

static gboolean
updated (gpointer owner, struct json_object *params, const char **ret_reason)
{
  GroveProcessHistory *self = owner;
  struct json_object  *order = _grove_json_array (params, "order");
  struct json_object  *history = _grove_json_object (params, "history");
  if (order != NULL)
    self->present = json_object_array_length (order) > 0;
  if (history == NULL)
    return TRUE;
  take_history (self, history);
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

static void
was_reset (GroveSession *session, GroveProcessHistory *self)
{
  /* Whatever has this pid now is another. */
  self->active = FALSE;
  _grove_subscription_set_wanted (self->subscription, FALSE);
}

void
grove_process_history_set_active (GroveProcessHistory *self, gboolean active)
{
  g_return_if_fail (GROVE_IS_PROCESS_HISTORY (self));
  if (self->active == active || self->subscription == NULL)
    return;
  self->active = active;
  _grove_subscription_set_wanted (self->subscription, active);
}

const double *
grove_process_history_get (GroveProcessHistory *self, GroveHistoryKind kind, guint *ret_n)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_HISTORY (self) && kind < GROVE_N_HISTORIES, NULL);
  *ret_n = self->points[kind]->len;
  return (const double *) (void *) self->points[kind]->data;
}

static void
grove_process_history_dispose (GObject *object)
{
  GroveProcessHistory *self = GROVE_PROCESS_HISTORY (object);
  g_clear_pointer (&self->subscription, _grove_subscription_free);
  if (self->session != NULL)
    g_clear_signal_handler (&self->reset_handler, self->session);
  G_OBJECT_CLASS (grove_process_history_parent_class)->dispose (object);
}

static void
grove_process_history_finalize (GObject *object)
{
  GroveProcessHistory *self = GROVE_PROCESS_HISTORY (object);
  for (guint i = 0; i < GROVE_N_HISTORIES; i++)
    g_array_unref (self->points[i]);
  g_free (self->pid);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_process_history_parent_class)->finalize (object);
}

static void
grove_process_history_class_init (GroveProcessHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_process_history_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_process_history_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_process_history_init (GroveProcessHistory *self)
{
  for (guint i = 0; i < GROVE_N_HISTORIES; i++)
    self->points[i] = g_array_new (FALSE, FALSE, sizeof (double));
}

GroveProcessHistory *
grove_process_history_new (GroveSession *session, const char *pid)
{
  static const GroveSubscriptionKind kind = {
    .open_method = "table.open",
    .set_method = "table.set",
    .close_method = "table.close",
    .ack_method = "table.ack",
    .update = "table.update",
    .open_params = open_params,
    .updated = updated,
  };
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  g_return_val_if_fail (pid != NULL, NULL);
  GroveProcessHistory *self = g_object_new (GROVE_TYPE_PROCESS_HISTORY, NULL);
  self->session = g_object_ref (session);
  self->pid = g_strdup (pid);
  self->subscription = _grove_subscription_new (session, &kind, self);
  self->reset_handler = g_signal_connect (session, "reset", G_CALLBACK (was_reset), self);
  return self;
}
