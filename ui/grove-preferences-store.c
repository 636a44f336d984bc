/* SPDX-License-Identifier: MIT
 *
 * GSettings with our schema, or a key file in the configuration directory. A file that is missing
 * or broken is an empty one, and what cannot be written is not worth a message: it is forgotten
 * with the window.
 */
#include "ui/grove-preferences-store.h"

#define SCHEMA          "io.github.grove.Observer"
#define STATE_KEY       "state"
#define GROUP           "preferences"
#define STATE_GROUP     "state"
#define STATE_MAX       256
#define STATE_MAX_BYTES 65536

struct grove_preferences_store
{
  GSettings              *settings; /* NULL: the key file */
  gulong                  handler;
  GrovePreferencesChanged changed;
  gpointer                user_data;
};

/* ---- The key file -------------------------------------------------------------------------------
 */

static char *
get_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "grove", "observer.ini", NULL);
}

static GKeyFile *
load (void)
{
  GKeyFile        *file = g_key_file_new ();
  g_autofree char *path = get_path ();

  g_key_file_load_from_file (file, path, G_KEY_FILE_KEEP_COMMENTS, NULL);
  return file;
}

static void
save (GKeyFile *file)
{
  g_autofree char *path = get_path ();
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0700) == 0)
    g_key_file_save_to_file (file, path, NULL);
}

static GVariant *
read_value (GKeyFile *file, const char *group, const char *name)
{
  g_autofree char *text = g_key_file_get_string (file, group, name, NULL);

  if (text == NULL || strlen (text) > STATE_MAX_BYTES)
    return NULL;
  return g_variant_parse (NULL, text, NULL, NULL, NULL);
}

static void
write_value (GKeyFile *file, const char *group, const char *name, GVariant *value)
{
  g_autofree char *text = value != NULL ? g_variant_print (value, TRUE) : NULL;

  if (text != NULL)
    g_key_file_set_string (file, group, name, text);
  else
    g_key_file_remove_key (file, group, name, NULL);
}

/* ---- GSettings ----------------------------------------------------------------------------------
 */

/* g_settings_new() ends the program when the schema is missing, and reading a key that an older
 * version of it has not does too. */
static GSettings *
find_settings (void)
{
  static const char *const wanted[] = {
    "update-interval-ms", "term-syntax", "units", "mailbox-warning", "mailbox-alarm",
    "colour-map",         "confirm",     "style", STATE_KEY
  };
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema =
    source != NULL ? g_settings_schema_source_lookup (source, SCHEMA, TRUE) : NULL;

  if (schema == NULL)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    if (!g_settings_schema_has_key (schema, wanted[i]))
      return NULL;
  return g_settings_new (SCHEMA);
}

static void
on_changed (GSettings *settings, const char *key, GrovePreferencesStore *self)
{
  self->changed (self->user_data, key);
}

/* ---- Both ---------------------------------------------------------------------------------------
 */

GrovePreferencesStore *
_grove_preferences_store_new (GrovePreferencesChanged changed, gpointer user_data)
{
  GrovePreferencesStore *self = g_new0 (GrovePreferencesStore, 1);

  self->settings = find_settings ();
  self->changed = changed;
  self->user_data = user_data;
  if (self->settings != NULL)
    self->handler = g_signal_connect (self->settings, "changed", G_CALLBACK (on_changed), self);
  return self;
}

void
_grove_preferences_store_free (GrovePreferencesStore *self)
{
  if (self->settings != NULL)
    g_clear_signal_handler (&self->handler, self->settings);
  g_clear_object (&self->settings);
  g_free (self);
}

GVariant *
_grove_preferences_store_read (GrovePreferencesStore *self, const char *name)
{
  g_autoptr (GKeyFile) file = NULL;

  if (self->settings != NULL)
    return g_settings_get_value (self->settings, name);
  file = load ();
  return read_value (file, GROUP, name);
}

void
_grove_preferences_store_write (GrovePreferencesStore *self, const char *name, GVariant *value)
{
  g_autoptr (GKeyFile) file = NULL;

  if (self->settings != NULL)
    {
      g_settings_set_value (self->settings, name, value);
      return;
    }
  file = load ();
  write_value (file, GROUP, name, value);
  save (file);
}

static GHashTable *
new_state (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
}

static GHashTable *
read_settings_state (GSettings *settings)
{
  GHashTable *state = new_state ();
  g_autoptr (GVariant) all = g_settings_get_value (settings, STATE_KEY);
  GVariantIter iter;
  char        *name;
  GVariant    *value;

  g_variant_iter_init (&iter, all);
  while (g_hash_table_size (state) < STATE_MAX &&
         g_variant_iter_next (&iter, "{sv}", &name, &value))
    g_hash_table_replace (state, name, value);
  return state;
}

GHashTable *
_grove_preferences_store_read_state (GrovePreferencesStore *self)
{
  GHashTable *state;
  g_autoptr (GKeyFile) file = NULL;
  g_auto (GStrv) names = NULL;

  if (self->settings != NULL)
    return read_settings_state (self->settings);
  state = new_state ();
  file = load ();
  names = g_key_file_get_keys (file, STATE_GROUP, NULL, NULL);
  for (gsize i = 0; names != NULL && names[i] != NULL && i < STATE_MAX; i++)
    {
      GVariant *value = read_value (file, STATE_GROUP, names[i]);

      if (value != NULL)
        g_hash_table_replace (state, g_strdup (names[i]), value);
    }
  return state;
}

static void
write_settings_state (GSettings *settings, GHashTable *state, GHashTable *names)
{
  g_autoptr (GHashTable) kept = read_settings_state (settings);
  GVariantBuilder builder;
  GHashTableIter  iter;
  gpointer        name, value;

  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      value = g_hash_table_lookup (state, name);
      if (value != NULL)
        g_hash_table_replace (kept, g_strdup (name), g_variant_ref (value));
      else
        g_hash_table_remove (kept, name);
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_hash_table_iter_init (&iter, kept);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_variant_builder_add (&builder, "{sv}", name, value);
  g_settings_set_value (settings, STATE_KEY, g_variant_builder_end (&builder));
}

void
_grove_preferences_store_write_state (GrovePreferencesStore *self,
                                      GHashTable            *state,
                                      GHashTable            *names)
{
  g_autoptr (GKeyFile) file = NULL;
  GHashTableIter iter;
  gpointer       name;

  if (self->settings != NULL)
    {
      write_settings_state (self->settings, state, names);
      return;
    }
  file = load ();
  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    write_value (file, STATE_GROUP, name, g_hash_table_lookup (state, name));
  save (file);
}

void
_grove_preferences_store_flush (GrovePreferencesStore *self)
{
  if (self->settings != NULL)
    g_settings_sync ();
}
