/* SPDX-License-Identifier: MIT
 *
 * Recent systems, kept with the preferences.
 */
#include "ui/grove-recents.h"

#include "ui/grove-preferences.h"

#define STATE     "window.recents"
#define TYPE      G_VARIANT_TYPE ("a(ss)")
#define MAX_BYTES 4096 /* of a target */

struct _GroveRecent
{
  GObject parent_instance;
  char   *target, *name;
};

G_DEFINE_FINAL_TYPE (GroveRecent, grove_recent, G_TYPE_OBJECT)

static void
grove_recent_finalize (GObject *object)
{
  GroveRecent *self = GROVE_RECENT (object);

  g_free (self->target);
  g_free (self->name);
  G_OBJECT_CLASS (grove_recent_parent_class)->finalize (object);
}

static void
grove_recent_class_init (GroveRecentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grove_recent_finalize;
}

static void
grove_recent_init (GroveRecent *self)
{
}

const char *
grove_recent_get_name (GroveRecent *self)
{
  g_return_val_if_fail (GROVE_IS_RECENT (self), NULL);
  return self->name;
}

const char *
grove_recent_get_target (GroveRecent *self)
{
  g_return_val_if_fail (GROVE_IS_RECENT (self), NULL);
  return self->target;
}

static GroveRecent *
recent_new (const char *target, const char *name)
{
  GroveRecent *self = g_object_new (GROVE_TYPE_RECENT, NULL);

  self->target = g_strdup (target);
  self->name = g_strdup (name);
  return self;
}

static void
load (GListStore *store)
{
  g_autoptr (GVariant) kept = grove_preferences_dup_state (grove_preferences_get (), STATE, TYPE);
  gsize n = kept != NULL ? g_variant_n_children (kept) : 0;

  for (gsize i = 0; i < n && i < GROVE_RECENTS_MAX; i++)
    {
      const char *target, *name;
      g_autoptr (GroveRecent) recent = NULL;

      g_variant_get_child (kept, i, "(&s&s)", &target, &name);
      if (target[0] == '\0' || name[0] == '\0' || strlen (target) > MAX_BYTES)
        continue;
      recent = recent_new (target, name);
      g_list_store_append (store, recent);
    }
}

static GListStore *
get_store (void)
{
  static GListStore *store;

  if (store == NULL)
    {
      store = g_list_store_new (GROVE_TYPE_RECENT);
      load (store);
    }
  return store;
}

static void
save (GListStore *store)
{
  GVariantBuilder builder;
  guint           n = g_list_model_get_n_items (G_LIST_MODEL (store));

  g_variant_builder_init (&builder, TYPE);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GroveRecent) recent = g_list_model_get_item (G_LIST_MODEL (store), i);

      g_variant_builder_add (&builder, "(ss)", recent->target, recent->name);
    }
  grove_preferences_set_state (grove_preferences_get (), STATE, g_variant_builder_end (&builder));
}

GListModel *
grove_recents_get (void)
{
  return G_LIST_MODEL (get_store ());
}

static guint
find (GListStore *store, const char *target)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (store));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GroveRecent) recent = g_list_model_get_item (G_LIST_MODEL (store), i);

      if (g_str_equal (recent->target, target))
        return i;
    }
  return n;
}

void
grove_recents_note (const char *target, const char *name)
{
  GListStore *store = get_store ();
  g_autoptr (GroveRecent) recent = NULL;
  guint i;

  g_return_if_fail (target != NULL && name != NULL);
  if (strlen (target) > MAX_BYTES)
    return;
  i = find (store, target);
  if (i < g_list_model_get_n_items (G_LIST_MODEL (store)))
    g_list_store_remove (store, i);
  recent = recent_new (target, name);
  g_list_store_insert (store, 0, recent);
  while (g_list_model_get_n_items (G_LIST_MODEL (store)) > GROVE_RECENTS_MAX)
    g_list_store_remove (store, GROVE_RECENTS_MAX);
  save (store);
}

void
grove_recents_forget (const char *target)
{
  GListStore *store = get_store ();
  guint       i = find (store, target);

  if (i == g_list_model_get_n_items (G_LIST_MODEL (store)))
    return;
  g_list_store_remove (store, i);
  save (store);
}
