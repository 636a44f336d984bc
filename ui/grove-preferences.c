/* SPDX-License-Identifier: MIT
 *
 * GrovePreferences: the properties, and what is remembered by name. Where they are kept is
 * grove-preferences-store.c.
 */
#include "ui/grove-preferences.h"

#include "observer/grove-format.h"
#include "ui/grove-preferences-store.h"

#define WRITE_DELAY_MS 300

enum
{
  PROP_0,
  PROP_UPDATE_INTERVAL_MS,
  PROP_TERM_SYNTAX,
  PROP_UNITS,
  PROP_MAILBOX_WARNING,
  PROP_MAILBOX_ALARM,
  PROP_COLOUR_MAP,
  PROP_CONFIRM,
  PROP_STYLE,
  N_PROPS
};

/* A preference is a number between two others, or one of a few words. */
typedef struct
{
  const char *name;
  guint       min, max, fallback;
  const char *words[4]; /* NULL: a number; the first is what it is at first */
} Key;

static const Key keys[N_PROPS] = {
  [PROP_UPDATE_INTERVAL_MS] = { .name = "update-interval-ms", 100, 10000, 100 },
  [PROP_TERM_SYNTAX] = { .name = "term-syntax", .words = { "system", "erlang", "elixir" } },
  [PROP_UNITS] = { .name = "units", .words = { "iec", "si" } },
  [PROP_MAILBOX_WARNING] = { .name = "mailbox-warning",
                             1,
                             1000000000,
                             GROVE_MAILBOX_WARNING_DEFAULT },
  [PROP_MAILBOX_ALARM] = { .name = "mailbox-alarm", 1, 1000000000, GROVE_MAILBOX_ALARM_DEFAULT },
  [PROP_COLOUR_MAP] = { .name = "colour-map", .words = { "standard", "colour-blind" } },
  [PROP_CONFIRM] = { .name = "confirm", .words = { "risky", "always", "never" } },
  [PROP_STYLE] = { .name = "style", .words = { "follow", "light", "dark" } },
};

struct _GrovePreferences
{
  GObject                parent_instance;
  GrovePreferencesStore *store;
  guint                  numbers[N_PROPS];
  const char            *words[N_PROPS];
  GHashTable            *state;   /* name -> GVariant */
  GHashTable            *unsaved; /* names */
  guint                  write_source;
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (GrovePreferences, grove_preferences, G_TYPE_OBJECT)

/* ---- Properties ---------------------------------------------------------------------------------
 */

static const char *
find_word (const Key *key, const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (key->words) && key->words[i] != NULL; i++)
    if (g_strcmp0 (key->words[i], word) == 0)
      return key->words[i];
  return NULL;
}

/* Sizes are said in many places, by functions that know no preferences. */
static void
apply (guint prop, const char *word)
{
  if (prop == PROP_UNITS)
    grove_format_set_units (g_str_equal (word, "si") ? GROVE_UNITS_SI : GROVE_UNITS_IEC);
}

static void
set_word (GrovePreferences *self, guint prop, const char *word)
{
  const char *known = find_word (&keys[prop], word);
  g_autoptr (GVariant) value = NULL;

  if (known == NULL || known == self->words[prop])
    return;
  self->words[prop] = known;
  value = g_variant_ref_sink (g_variant_new_string (known));
  _grove_preferences_store_write (self->store, keys[prop].name, value);
  apply (prop, known);
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

static void
set_number (GrovePreferences *self, guint prop, guint number)
{
  g_autoptr (GVariant) value = NULL;

  number = CLAMP (number, keys[prop].min, keys[prop].max);
  if (number == self->numbers[prop])
    return;
  self->numbers[prop] = number;
  value = g_variant_ref_sink (g_variant_new_uint32 (number));
  _grove_preferences_store_write (self->store, keys[prop].name, value);
  /* Red begins where yellow does, or later. */
  if (prop == PROP_MAILBOX_WARNING && self->numbers[PROP_MAILBOX_ALARM] < number)
    set_number (self, PROP_MAILBOX_ALARM, number);
  else if (prop == PROP_MAILBOX_ALARM && self->numbers[PROP_MAILBOX_WARNING] > number)
    set_number (self, PROP_MAILBOX_WARNING, number);
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

static void
grove_preferences_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  GrovePreferences *self = GROVE_PREFERENCES (object);

  if (keys[prop_id].words[0] != NULL)
    g_value_set_string (value, self->words[prop_id]);
  else
    g_value_set_uint (value, self->numbers[prop_id]);
}

static void
grove_preferences_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  GrovePreferences *self = GROVE_PREFERENCES (object);

  if (keys[prop_id].words[0] != NULL)
    set_word (self, prop_id, g_value_get_string (value));
  else
    set_number (self, prop_id, g_value_get_uint (value));
}

/* What is kept may have been written by hand. */
static void
load (GrovePreferences *self, guint prop)
{
  g_autoptr (GVariant) value = _grove_preferences_store_read (self->store, keys[prop].name);
  const char *word = NULL;

  if (keys[prop].words[0] != NULL)
    {
      if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
        word = find_word (&keys[prop], g_variant_get_string (value, NULL));
      self->words[prop] = word != NULL ? word : keys[prop].words[0];
      apply (prop, self->words[prop]);
    }
  else if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    self->numbers[prop] = CLAMP (g_variant_get_uint32 (value), keys[prop].min, keys[prop].max);
  else
    self->numbers[prop] = keys[prop].fallback;
}

/* Another program of ours, or a settings editor, changed it. */
static void
on_store_changed (gpointer user_data, const char *name)
{
  GrovePreferences *self = user_data;

  for (guint prop = 1; prop < N_PROPS; prop++)
    if (g_str_equal (keys[prop].name, name))
      {
        guint       number = self->numbers[prop];
        const char *word = self->words[prop];

        load (self, prop);
        if (number != self->numbers[prop] || word != self->words[prop])
          g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
      }
}

/* ---- State --------------------------------------------------------------------------------------
 */

static gboolean
is_name (const char *name)
{
  return name != NULL && name[0] >= 'a' && name[0] <= 'z' && strlen (name) <= 64 &&
         strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789.-") == strlen (name);
}

GVariant *
grove_preferences_dup_state (GrovePreferences *self, const char *name, const GVariantType *type)
{
  GVariant *value;

  g_return_val_if_fail (GROVE_IS_PREFERENCES (self), NULL);
  g_return_val_if_fail (is_name (name), NULL);
  value = g_hash_table_lookup (self->state, name);
  return value != NULL && g_variant_is_of_type (value, type) ? g_variant_ref (value) : NULL;
}

static gboolean
write_state (gpointer user_data)
{
  GrovePreferences *self = user_data;

  self->write_source = 0;
  _grove_preferences_store_write_state (self->store, self->state, self->unsaved);
  g_hash_table_remove_all (self->unsaved);
  return G_SOURCE_REMOVE;
}

void
grove_preferences_set_state (GrovePreferences *self, const char *name, GVariant *value)
{
  g_autoptr (GVariant) held = value != NULL ? g_variant_ref_sink (value) : NULL;
  GVariant *before;

  g_return_if_fail (GROVE_IS_PREFERENCES (self));
  g_return_if_fail (is_name (name));
  before = g_hash_table_lookup (self->state, name);
  if (before == held || (before != NULL && held != NULL && g_variant_equal (before, held)))
    return;
  if (held != NULL)
    g_hash_table_replace (self->state, g_strdup (name), g_steal_pointer (&held));
  else
    g_hash_table_remove (self->state, name);
  g_hash_table_add (self->unsaved, g_strdup (name));
  if (self->write_source == 0)
    self->write_source = g_timeout_add (WRITE_DELAY_MS, write_state, self);
}

char *
grove_preferences_dup_state_text (GrovePreferences *self, const char *name)
{
  g_autoptr (GVariant) value = grove_preferences_dup_state (self, name, G_VARIANT_TYPE_STRING);

  return value != NULL ? g_variant_dup_string (value, NULL) : NULL;
}

void
grove_preferences_set_state_text (GrovePreferences *self, const char *name, const char *text)
{
  grove_preferences_set_state (self, name, text != NULL ? g_variant_new_string (text) : NULL);
}

gboolean
grove_preferences_get_state_boolean (GrovePreferences *self, const char *name, gboolean fallback)
{
  g_autoptr (GVariant) value = grove_preferences_dup_state (self, name, G_VARIANT_TYPE_BOOLEAN);

  return value != NULL ? g_variant_get_boolean (value) : fallback;
}

void
grove_preferences_set_state_boolean (GrovePreferences *self, const char *name, gboolean value)
{
  grove_preferences_set_state (self, name, g_variant_new_boolean (value));
}

void
grove_preferences_flush (GrovePreferences *self)
{
  g_return_if_fail (GROVE_IS_PREFERENCES (self));
  if (self->write_source != 0)
    {
      g_clear_handle_id (&self->write_source, g_source_remove);
      write_state (self);
    }
  _grove_preferences_store_flush (self->store);
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
grove_preferences_finalize (GObject *object)
{
  GrovePreferences *self = GROVE_PREFERENCES (object);

  grove_preferences_flush (self);
  g_hash_table_unref (self->state);
  g_hash_table_unref (self->unsaved);
  _grove_preferences_store_free (self->store);
  G_OBJECT_CLASS (grove_preferences_parent_class)->finalize (object);
}

static void
grove_preferences_class_init (GrovePreferencesClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = grove_preferences_finalize;
  object_class->get_property = grove_preferences_get_property;
  object_class->set_property = grove_preferences_set_property;
  for (guint prop = 1; prop < N_PROPS; prop++)
    {
      const Key *key = &keys[prop];

      /* Bounds are kept by the setter, which clamps without complaining. */
      properties[prop] =
        key->words[0] != NULL
          ? g_param_spec_string (key->name, NULL, NULL, key->words[0], flags)
          : g_param_spec_uint (key->name, NULL, NULL, 0, G_MAXUINT, key->fallback, flags);
    }
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
grove_preferences_init (GrovePreferences *self)
{
  self->store = _grove_preferences_store_new (on_store_changed, self);
  self->unsaved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->state = _grove_preferences_store_read_state (self->store);
  for (guint prop = 1; prop < N_PROPS; prop++)
    load (self, prop);
  if (self->numbers[PROP_MAILBOX_ALARM] < self->numbers[PROP_MAILBOX_WARNING])
    self->numbers[PROP_MAILBOX_ALARM] = self->numbers[PROP_MAILBOX_WARNING];
}

GrovePreferences *
grove_preferences_new (void)
{
  return g_object_new (GROVE_TYPE_PREFERENCES, NULL);
}

GrovePreferences *
grove_preferences_get (void)
{
  static GrovePreferences *preferences;

  if (preferences == NULL)
    preferences = grove_preferences_new ();
  return preferences;
}

void
grove_preferences_reset (GrovePreferences *self)
{
  g_return_if_fail (GROVE_IS_PREFERENCES (self));
  for (guint prop = 1; prop < N_PROPS; prop++)
    if (keys[prop].words[0] != NULL)
      set_word (self, prop, keys[prop].words[0]);
    else
      set_number (self, prop, keys[prop].fallback);
}

guint
grove_preferences_get_update_interval_ms (GrovePreferences *self)
{
  g_return_val_if_fail (GROVE_IS_PREFERENCES (self), 100);
  return self->numbers[PROP_UPDATE_INTERVAL_MS];
}

const char *
grove_preferences_get_term_syntax (GrovePreferences *self)
{
  g_return_val_if_fail (GROVE_IS_PREFERENCES (self), NULL);
  return self->words[PROP_TERM_SYNTAX];
}

const char *
grove_preferences_get_units (GrovePreferences *self)
{
  g_return_val_if_fail (GROVE_IS_PREFERENCES (self), NULL);
  return self->words[PROP_UNITS];
}

guint
grove_preferences_get_mailbox_warning (GrovePreferences *self)
{
  g_return_val_if_fail (GROVE_IS_PREFERENCES (self), 1);
  return self->numbers[PROP_MAILBOX_WARNING];
}

guint
grove_preferences_get_mailbox_alarm (GrovePreferences *self)
{
  g_return_val_if_fail (GROVE_IS_PREFERENCES (self), 1);
  return self->numbers[PROP_MAILBOX_ALARM];
}

const char *
grove_preferences_get_colour_map (GrovePreferences *self)
{
  g_return_val_if_fail (GROVE_IS_PREFERENCES (self), NULL);
  return self->words[PROP_COLOUR_MAP];
}

const char *
grove_preferences_get_confirm (GrovePreferences *self)
{
  g_return_val_if_fail (GROVE_IS_PREFERENCES (self), NULL);
  return self->words[PROP_CONFIRM];
}

const char *
grove_preferences_get_style (GrovePreferences *self)
{
  g_return_val_if_fail (GROVE_IS_PREFERENCES (self), NULL);
  return self->words[PROP_STYLE];
}
