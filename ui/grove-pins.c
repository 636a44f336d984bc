/* SPDX-License-Identifier: MIT
 *
 * GrovePins: a list of pids, kept under the name of the run of the system they belong to. Pids of
 * another run mean nothing, so what is pinned goes when that has ended, and only the runs seen last
 * are remembered.
 */
#include "ui/grove-pins.h"

#include "ui/grove-preferences.h"

#include <glib/gi18n.h>
#include <string.h>

#define STATE     "mailboxes.pins"
#define RUNS_MAX  8
#define PID_MAX   63
#define QUARK_KEY "grove-pins"

struct _GrovePins
{
  GObject       parent_instance;
  GroveSession *session; /* it holds this */
  GPtrArray    *pids;
  char         *instance; /* of the run they belong to, NULL: none was reached yet */
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GrovePins, grove_pins, G_TYPE_OBJECT)

static guint
find (GrovePins *self, const char *pid)
{
  for (guint i = 0; i < self->pids->len; i++)
    if (strcmp (g_ptr_array_index (self->pids, i), pid) == 0)
      return i;
  return G_MAXUINT;
}

/* ---- From one run of the observer to the next ---------------------------------------------------
 */

static void
save (GrovePins *self)
{
  GrovePreferences *preferences = grove_preferences_get ();
  GVariantBuilder   runs;
  guint             n = 0;
  g_autoptr (GVariant) before =
    grove_preferences_dup_state (preferences, STATE, G_VARIANT_TYPE ("a(sas)"));

  if (self->instance == NULL)
    return;
  g_variant_builder_init (&runs, G_VARIANT_TYPE ("a(sas)"));
  if (self->pids->len > 0)
    {
      g_variant_builder_add (&runs, "(s@as)", self->instance,
                             g_variant_new_strv ((const char *const *) self->pids->pdata,
                                                 self->pids->len));
      n++;
    }
  for (gsize i = 0; before != NULL && i < g_variant_n_children (before) && n < RUNS_MAX; i++)
    {
      g_autoptr (GVariant) run = g_variant_get_child_value (before, i);
      const char *instance;

      g_variant_get_child (run, 0, "&s", &instance);
      if (strcmp (instance, self->instance) == 0)
        continue;
      g_variant_builder_add_value (&runs, run);
      n++;
    }
  grove_preferences_set_state (preferences, STATE, g_variant_builder_end (&runs));
}

static void
load (GrovePins *self)
{
  g_autoptr (GVariant) runs =
    grove_preferences_dup_state (grove_preferences_get (), STATE, G_VARIANT_TYPE ("a(sas)"));

  for (gsize i = 0; runs != NULL && i < g_variant_n_children (runs); i++)
    {
      const char             *instance;
      g_autofree const char **pids = NULL;

      g_variant_get_child (runs, i, "(&s^a&s)", &instance, &pids);
      if (strcmp (instance, self->instance) != 0)
        continue;
      for (guint k = 0; pids[k] != NULL && self->pids->len < GROVE_PINS_MAX; k++)
        if (strlen (pids[k]) <= PID_MAX && find (self, pids[k]) == G_MAXUINT)
          g_ptr_array_add (self->pids, g_strdup (pids[k]));
    }
}

static void
on_state (GrovePins *self)
{
  const char *instance = grove_session_get_instance (self->session);

  if (instance == NULL || g_strcmp0 (instance, self->instance) == 0)
    return;
  g_free (self->instance);
  self->instance = g_strdup (instance);
  g_ptr_array_set_size (self->pids, 0);
  load (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
tell (GrovePins *self)
{
  save (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
grove_pins_finalize (GObject *object)
{
  GrovePins *self = GROVE_PINS (object);

  g_ptr_array_unref (self->pids);
  g_free (self->instance);
  G_OBJECT_CLASS (grove_pins_parent_class)->finalize (object);
}

static void
grove_pins_class_init (GrovePinsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grove_pins_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_pins_init (GrovePins *self)
{
  self->pids = g_ptr_array_new_with_free_func (g_free);
}

GrovePins *
grove_pins_of (GroveSession *session)
{
  GrovePins *self;

  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  self = g_object_get_data (G_OBJECT (session), QUARK_KEY);
  if (self != NULL)
    return self;
  self = g_object_new (GROVE_TYPE_PINS, NULL);
  self->session = session;
  g_object_set_data_full (G_OBJECT (session), QUARK_KEY, self, g_object_unref);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (on_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "reset", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  on_state (self);
  return self;
}

guint
grove_pins_get_n (GrovePins *self)
{
  g_return_val_if_fail (GROVE_IS_PINS (self), 0);
  return self->pids->len;
}

const char *
grove_pins_get (GrovePins *self, guint index)
{
  g_return_val_if_fail (GROVE_IS_PINS (self), NULL);
  g_return_val_if_fail (index < self->pids->len, NULL);
  return g_ptr_array_index (self->pids, index);
}

gboolean
grove_pins_contain (GrovePins *self, const char *pid)
{
  g_return_val_if_fail (GROVE_IS_PINS (self), FALSE);
  return pid != NULL && find (self, pid) != G_MAXUINT;
}

void
grove_pins_set (GrovePins *self, const char *pid, gboolean pinned)
{
  const guint at = find (self, pid);

  g_return_if_fail (GROVE_IS_PINS (self));
  if ((at != G_MAXUINT) == !!pinned || strlen (pid) > PID_MAX)
    return;
  if (!pinned)
    g_ptr_array_remove_index (self->pids, at);
  else
    {
      if (self->pids->len == GROVE_PINS_MAX)
        g_ptr_array_remove_index (self->pids, 0);
      g_ptr_array_add (self->pids, g_strdup (pid));
    }
  tell (self);
}

void
grove_pins_replace (GrovePins *self, const char *pid, const char *successor)
{
  const guint at = find (self, pid);

  g_return_if_fail (GROVE_IS_PINS (self));
  if (at == G_MAXUINT || find (self, successor) != G_MAXUINT || strlen (successor) > PID_MAX)
    return;
  g_free (g_ptr_array_index (self->pids, at));
  g_ptr_array_index (self->pids, at) = g_strdup (successor);
  tell (self);
}

/* ---- The action ---------------------------------------------------------------------------------
 */

typedef struct
{
  GrovePins      *pins;
  GrovePinTargets targets;
  gpointer        user_data;
} Pinning;

static void
pinning_free (gpointer data)
{
  Pinning *self = data;

  g_object_unref (self->pins);
  g_free (self);
}

static void
on_change_state (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  Pinning *self = g_object_get_data (G_OBJECT (action), QUARK_KEY);
  g_autoptr (GPtrArray) targets = self->targets (self->user_data);

  for (guint i = 0; targets != NULL && i < targets->len; i++)
    grove_pins_set (self->pins, ((GroveTarget *) g_ptr_array_index (targets, i))->pid,
                    g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

void
grove_pins_update_action (GtkWindow *window)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), "pin");
  Pinning *self = g_object_get_data (G_OBJECT (action), QUARK_KEY);
  g_autoptr (GPtrArray) targets = self->targets (self->user_data);
  const gboolean any = targets != NULL && targets->len > 0;

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), any);
  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_boolean (
                               any &&
                               grove_pins_contain (self->pins,
                                                   ((GroveTarget *) g_ptr_array_index (targets, 0))
                                                     ->pid)));
}

void
grove_pins_add_action (GroveSession   *session,
                       GtkWindow      *window,
                       GrovePinTargets targets,
                       gpointer        user_data)
{
  g_autoptr (GSimpleAction) action =
    g_simple_action_new_stateful ("pin", NULL, g_variant_new_boolean (FALSE));
  Pinning *self = g_new0 (Pinning, 1);

  self->pins = g_object_ref (grove_pins_of (session));
  self->targets = targets;
  self->user_data = user_data;
  g_object_set_data_full (G_OBJECT (action), QUARK_KEY, self, pinning_free);
  g_signal_connect (action, "change-state", G_CALLBACK (on_change_state), NULL);
  g_action_map_add_action (G_ACTION_MAP (window), G_ACTION (action));
}
