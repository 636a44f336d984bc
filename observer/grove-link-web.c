/* SPDX-License-Identifier: MIT
 *
 * GroveLinkWeb: a round of questions, and what came of them as one list without doubles.
 */
#include "observer/grove-link-web.h"

#include "observer/grove-observer-private.h"

#include <string.h>

#define TICK_MS    200
#define REFRESH_US (3 * G_USEC_PER_SEC)
#define UNDER_WAY  4   /* questions at once */
#define TOLD_MAX   100 /* of each kind, as the protocol has it */
#define TIES_MAX   2048
#define NEVER      G_MININT64

typedef struct
{
  char *pid, *name;
} End;

/* One who is asked. */
typedef struct
{
  char    *pid, *name;
  GArray  *links, *monitors, *monitored_by; /* End */
  guint    n_untold;
  gint64   asked_us;
  gboolean asking;
} Entry;

struct _GroveLinkWeb
{
  GObject       parent_instance;
  GroveSession *session;
  GHashTable   *entries; /* pid -> Entry */
  GPtrArray    *order;   /* Entry, borrowed */
  GArray       *ties;    /* GroveTie, borrowed from entries */
  GHashTable   *serials; /* serial of a call -> pid */
  guint         serial;
  guint         tick_source;
  gboolean      active;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveLinkWeb, grove_link_web, G_TYPE_OBJECT)

static void
clear_end (gpointer data)
{
  End *end = data;
  g_free (end->pid);
  g_free (end->name);
}

static GArray *
new_ends (void)
{
  GArray *ends = g_array_new (FALSE, FALSE, sizeof (End));
  g_array_set_clear_func (ends, clear_end);
  return ends;
}

static Entry *
entry_new (const char *pid)
{
  Entry *self = g_new0 (Entry, 1);
  self->pid = g_strdup (pid);
  self->name = g_strdup ("");
  self->links = new_ends ();
  self->monitors = new_ends ();
  self->monitored_by = new_ends ();
  self->asked_us = NEVER;
  return self;
}

static void
entry_free (gpointer data)
{
  Entry *self = data;
  g_free (self->pid);
  g_free (self->name);
  g_array_unref (self->links);
  g_array_unref (self->monitors);
  g_array_unref (self->monitored_by);
  g_free (self);
}

/* ---- The list -----------------------------------------------------------------------------------
 */

static void
add_tie (GroveLinkWeb *self, GHashTable *seen, const GroveTie *tie)
{
  /* Of a link the smaller end comes first, so that both ends tell of the same. */
  const gboolean   turned = tie->kind == GROVE_TIE_LINK && strcmp (tie->from, tie->to) > 0;
  g_autofree char *key = g_strdup_printf ("%d %s %s", tie->kind, turned ? tie->to : tie->from,
                                          turned ? tie->from : tie->to);
  if (self->ties->len >= TIES_MAX || !g_hash_table_add (seen, g_steal_pointer (&key)))
    return;
  g_array_append_vals (self->ties, tie, 1);
}

static void
add_ties (GroveLinkWeb *self, GHashTable *seen, const Entry *entry, const GArray *ends, int kind)
{
  for (guint i = 0; i < ends->len; i++)
    {
      const End     *end = &g_array_index (ends, End, i);
      const GroveTie to = { entry->pid, end->pid, entry->name, end->name,
                            kind == 0 ? GROVE_TIE_LINK : GROVE_TIE_MONITOR };
      const GroveTie from = { end->pid, entry->pid, end->name, entry->name, GROVE_TIE_MONITOR };
      add_tie (self, seen, kind == 2 ? &from : &to);
    }
}

static void
collect (GroveLinkWeb *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_array_set_size (self->ties, 0);
  for (guint i = 0; i < self->order->len; i++)
    {
      const Entry *entry = g_ptr_array_index (self->order, i);
      add_ties (self, seen, entry, entry->links, 0);
      add_ties (self, seen, entry, entry->monitors, 1);
      add_ties (self, seen, entry, entry->monitored_by, 2);
    }
}

/* ---- Asking -------------------------------------------------------------------------------------
 */

/* Returns whether it differs from what was known; what does not is left as it is, since ties borrow
 * its texts. */
static gboolean
read_ends (GArray **ends, struct json_object *array)
{
  g_autoptr (GArray) read = new_ends ();
  gsize    n = array != NULL ? MIN (json_object_array_length (array), TOLD_MAX) : 0;
  gboolean same;
  for (gsize i = 0; i < n; i++)
    {
      struct json_object *object = json_object_array_get_idx (array, i);
      const char         *pid = _grove_json_text (object, "pid");
      End                 end = { g_strdup (pid), g_strdup (_grove_json_text (object, "name")) };
      if (pid[0] != '\0' && strlen (pid) < sizeof ((GroveProcessRow *) 0)->pid)
        g_array_append_val (read, end);
      else
        clear_end (&end);
    }
  same = read->len == (*ends)->len;
  for (guint i = 0; i < read->len && same; i++)
    {
      const End *a = &g_array_index (*ends, End, i), *b = &g_array_index (read, End, i);
      same = strcmp (a->pid, b->pid) == 0 && strcmp (a->name, b->name) == 0;
    }
  if (!same)
    {
      GArray *old = *ends;
      *ends = g_steal_pointer (&read);
      g_array_unref (old);
    }
  return !same;
}

/* NULL: it has ended, and is tied to nobody. */
static gboolean
take_answer (Entry *entry, struct json_object *answer)
{
  static const char *const counts[] = { "n_links", "n_monitors", "n_monitored_by" };
  const char              *name = _grove_json_text (answer, "name");
  gboolean                 differs = strcmp (entry->name, name) != 0;
  if (differs)
    {
      g_free (entry->name);
      entry->name = g_strdup (name);
    }
  differs |= read_ends (&entry->links, _grove_json_array (answer, "links"));
  differs |= read_ends (&entry->monitors, _grove_json_array (answer, "monitors"));
  differs |= read_ends (&entry->monitored_by, _grove_json_array (answer, "monitored_by"));
  entry->n_untold = 0;
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    entry->n_untold +=
      (guint) CLAMP (_grove_json_int (answer, counts[i], 0) - TOLD_MAX, 0, G_MAXINT32);
  return differs;
}

static void ask (GroveLinkWeb *self);

static void
answered (gpointer owner, const GroveReply *reply, gpointer user_data)
{
  GroveLinkWeb    *self = owner;
  g_autofree char *pid = NULL;
  Entry           *entry;
  gboolean         differs = FALSE;

  if (!g_hash_table_steal_extended (self->serials, user_data, NULL, (gpointer *) &pid))
    return;
  entry = g_hash_table_lookup (self->entries, pid);
  if (entry != NULL)
    {
      entry->asking = FALSE;
      if (reply->error == NULL || reply->error->code == GROVE_CODE_NO_PROCESS)
        differs = take_answer (entry, reply->error == NULL ? reply->result : NULL);
    }
  g_object_ref (self);
  if (differs)
    {
      collect (self);
      g_signal_emit (self, signals[CHANGED], 0);
    }
  ask (self);
  g_object_unref (self);
}

/* The one that was asked longest ago, if it is time. */
static Entry *
choose (GroveLinkWeb *self, gint64 now_us)
{
  Entry *oldest = NULL;
  for (guint i = 0; i < self->order->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->order, i);
      if (!entry->asking && (oldest == NULL || entry->asked_us < oldest->asked_us))
        oldest = entry;
    }
  return oldest != NULL && (oldest->asked_us == NEVER || now_us - oldest->asked_us >= REFRESH_US)
           ? oldest
           : NULL;
}

static void
ask (GroveLinkWeb *self)
{
  const gint64 now_us = g_get_monotonic_time ();
  while (self->active && _grove_session_is_flowing (self->session) &&
         g_hash_table_size (self->serials) < UNDER_WAY)
    {
      struct json_object *params;
      Entry              *entry = choose (self, now_us);
      if (entry == NULL)
        return;
      entry->asking = TRUE;
      entry->asked_us = now_us;
      self->serial++;
      g_hash_table_insert (self->serials, GUINT_TO_POINTER (self->serial), g_strdup (entry->pid));
      params = json_object_new_object ();
      json_object_object_add (params, "pid", json_object_new_string (entry->pid));
      _grove_session_call (self->session, "process.get", params, answered, self,
                           GUINT_TO_POINTER (self->serial));
    }
}

static gboolean
on_tick (gpointer user_data)
{
  ask (user_data);
  return G_SOURCE_CONTINUE;
}

static void
drop_calls (GroveLinkWeb *self)
{
  _grove_session_drop_calls (self->session, self);
  g_hash_table_remove_all (self->serials);
  for (guint i = 0; i < self->order->len; i++)
    ((Entry *) g_ptr_array_index (self->order, i))->asking = FALSE;
}

/* ---- The object ---------------------------------------------------------------------------------
 */

void
grove_link_web_set_active (GroveLinkWeb *self, gboolean active)
{
  g_return_if_fail (GROVE_IS_LINK_WEB (self));
  active = !!active && self->session != NULL;
  if (self->active == active)
    return;
  self->active = active;
  if (active)
    {
      self->tick_source = g_timeout_add (TICK_MS, on_tick, self);
      ask (self);
      return;
    }
  g_clear_handle_id (&self->tick_source, g_source_remove);
  drop_calls (self);
}

void
grove_link_web_set_pids (GroveLinkWeb *self, const char *const *pids, guint n)
{
  GHashTable *entries, *before = self->entries;
  gboolean    same = TRUE;

  g_return_if_fail (GROVE_IS_LINK_WEB (self));
  entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  g_ptr_array_set_size (self->order, 0);
  for (guint i = 0; i < n && self->order->len < GROVE_LINK_WEB_MAX; i++)
    {
      Entry *entry;
      if (g_hash_table_contains (entries, pids[i]))
        continue;
      entry = g_hash_table_lookup (before, pids[i]);
      same &= entry != NULL;
      if (entry != NULL)
        g_hash_table_steal (before, pids[i]);
      else
        entry = entry_new (pids[i]);
      g_hash_table_insert (entries, entry->pid, entry);
      g_ptr_array_add (self->order, entry);
    }
  same &= g_hash_table_size (before) == 0;
  self->entries = entries;
  g_hash_table_unref (before);
  if (same)
    return;
  collect (self);
  g_signal_emit (self, signals[CHANGED], 0);
  ask (self);
}

guint
grove_link_web_get_n_ties (GroveLinkWeb *self)
{
  g_return_val_if_fail (GROVE_IS_LINK_WEB (self), 0);
  return self->ties->len;
}

GroveTie
grove_link_web_get_tie (GroveLinkWeb *self, guint index)
{
  return g_array_index (self->ties, GroveTie, index);
}

guint
grove_link_web_get_n_untold (GroveLinkWeb *self)
{
  guint n = 0;
  g_return_val_if_fail (GROVE_IS_LINK_WEB (self), 0);
  for (guint i = 0; i < self->order->len; i++)
    n += ((Entry *) g_ptr_array_index (self->order, i))->n_untold;
  return n;
}

/* All pids are of the past. */
static void
was_reset (GroveLinkWeb *self)
{
  drop_calls (self);
  grove_link_web_set_pids (self, NULL, 0);
}

static void
grove_link_web_dispose (GObject *object)
{
  GroveLinkWeb *self = GROVE_LINK_WEB (object);
  grove_link_web_set_active (self, FALSE);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_link_web_parent_class)->dispose (object);
}

static void
grove_link_web_finalize (GObject *object)
{
  GroveLinkWeb *self = GROVE_LINK_WEB (object);
  g_array_unref (self->ties);
  g_ptr_array_unref (self->order);
  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->serials);
  G_OBJECT_CLASS (grove_link_web_parent_class)->finalize (object);
}

static void
grove_link_web_class_init (GroveLinkWebClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->dispose = grove_link_web_dispose;
  object_class->finalize = grove_link_web_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_link_web_init (GroveLinkWeb *self)
{
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  self->order = g_ptr_array_new ();
  self->ties = g_array_new (FALSE, FALSE, sizeof (GroveTie));
  self->serials = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

GroveLinkWeb *
grove_link_web_new (GroveSession *session)
{
  GroveLinkWeb *self;
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  self = g_object_new (GROVE_TYPE_LINK_WEB, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_swapped (session, "reset", G_CALLBACK (was_reset), self);
  return self;
}
