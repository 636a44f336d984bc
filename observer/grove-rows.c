/* SPDX-License-Identifier: MIT
 *
 * GroveRows: a table whose slots are rows of whatever the system declares.
 */
#include "observer/grove-rows.h"

#include "observer/grove-row-private.h"
#include "observer/grove-table-private.h"

#include <string.h>

#define TABLES_MAX 256

struct _GroveRows
{
  GroveTable       parent_instance;
  GroveSession    *session;
  char            *table;
  GroveRowColumns *columns;         /* NULL: the system has no such table, or none was reached */
  gboolean         columns_changed; /* and nobody was told yet */
  gboolean         available;
  gulong           state_handler, reset_handler;
};

enum
{
  PROP_0,
  PROP_AVAILABLE,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  COLUMNS_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveRows, grove_rows, GROVE_TYPE_TABLE)

/* What reads best first; of others, the first column says. */
static const struct
{
  const char *table, *column;
} sorts[] = {
  { "timers", "due_ns" },
  { "children", "place" },
};

static struct json_object *
get_offered (GroveTable *table)
{
  GroveRows *self = GROVE_ROWS (table);
  return _grove_json_array (_grove_json_object (_grove_session_get_hello (self->session), "tables"),
                            self->table);
}

static gboolean
is_offered (GroveTable *table)
{
  struct json_object *offered = get_offered (table);
  return offered != NULL && json_object_array_length (offered) > 0;
}

static gboolean
is_numbered (const GroveRowColumns *columns)
{
  return columns != NULL && strcmp (columns->columns[0].name, "seq") == 0;
}

static void
choose_sort (GroveRows *self)
{
  GroveTablePrivate *table = _grove_table_get_private (GROVE_TABLE (self));
  table->default_sort = self->columns->columns[0].name;
  table->default_descending = is_numbered (self->columns);
  for (guint i = 0; i < G_N_ELEMENTS (sorts); i++)
    if (strcmp (sorts[i].table, self->table) == 0 &&
        _grove_row_columns_find (self->columns, sorts[i].column) != G_MAXUINT)
      table->default_sort = sorts[i].column;
}

/* What is asked for is what the last greeting declares; those that show it are told once the system
 * counts as live. */
static void
read_columns (GroveRows *self)
{
  GroveRowColumns *now = _grove_row_columns_new (self->session, get_offered (GROVE_TABLE (self)));
  if (now == NULL || _grove_row_columns_equal (self->columns, now))
    {
      _grove_row_columns_unref (now);
      return;
    }
  _grove_row_columns_unref (self->columns);
  self->columns = now;
  self->columns_changed = TRUE;
  choose_sort (self);
}

static void
tell (GroveRows *self)
{
  g_object_ref (self);
  read_columns (self);
  if (self->columns_changed)
    {
      self->columns_changed = FALSE;
      g_signal_emit (self, signals[COLUMNS_CHANGED], 0);
    }
  gboolean available = is_offered (GROVE_TABLE (self));
  if (self->available != available)
    {
      self->available = available;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AVAILABLE]);
    }
  g_object_unref (self);
}

/* ---- As a table ---------------------------------------------------------------------------------
 */

static gpointer
parse (gpointer owner, struct json_object *values)
{
  return _grove_row_columns_check (GROVE_ROWS (owner)->columns, values) ? json_object_get (values)
                                                                        : NULL;
}

static void
free_row (gpointer row)
{
  json_object_put (row);
}

static gpointer
new_item (GroveTable *table)
{
  return _grove_row_new ();
}

static gboolean
fill (GroveTable *table, gpointer item, const GroveMirrorEntry *entry)
{
  return _grove_row_show (item, GROVE_ROWS (table)->columns, entry->row);
}

static void
clear (gpointer item)
{
  _grove_row_clear (item);
}

static const char *
get_key (gpointer item)
{
  return grove_row_get_key (item);
}

static struct json_object *
get_columns (GroveTable *table)
{
  GroveRows          *self = GROVE_ROWS (table);
  struct json_object *names = json_object_new_array ();
  for (guint i = 0; self->columns != NULL && i < self->columns->n; i++)
    json_object_array_add (names, json_object_new_string (self->columns->columns[i].name));
  return names;
}

static struct json_object *
choose_columns (GroveTable *table)
{
  read_columns (GROVE_ROWS (table));
  return get_columns (table);
}

static gboolean
has_column (GroveTable *table, const char *column)
{
  return _grove_row_columns_find (GROVE_ROWS (table)->columns, column) != G_MAXUINT;
}

static gboolean
knows_column (GroveTable *table, const char *column)
{
  return column[0] != '\0';
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
on_state (GroveSession *session, GParamSpec *pspec, GroveRows *self)
{
  if (grove_session_get_state (session) == GROVE_SESSION_LIVE)
    tell (self);
}

/* Numbers begin anew with another run. */
static void
on_reset (GroveSession *session, GroveRows *self)
{
  _grove_table_set_condition (GROVE_TABLE (self), NULL);
}

static void
grove_rows_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_AVAILABLE)
    g_value_set_boolean (value, GROVE_ROWS (object)->available);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
grove_rows_dispose (GObject *object)
{
  GroveRows *self = GROVE_ROWS (object);
  if (self->session != NULL)
    {
      g_clear_signal_handler (&self->state_handler, self->session);
      g_clear_signal_handler (&self->reset_handler, self->session);
    }
  G_OBJECT_CLASS (grove_rows_parent_class)->dispose (object);
}

static void
grove_rows_finalize (GObject *object)
{
  GroveRows *self = GROVE_ROWS (object);
  _grove_row_columns_unref (self->columns);
  g_clear_object (&self->session);
  g_free (self->table);
  G_OBJECT_CLASS (grove_rows_parent_class)->finalize (object);
}

static void
grove_rows_class_init (GroveRowsClass *klass)
{
  static const GroveMirrorKind mirror = {
    .key_size = G_MAXSIZE, /* bounded by the size of a message */
    .parse = parse,
    .free_row = free_row,
  };
  static const GroveTableKind kind = {
    .mirror = &mirror,
    .get_item_type = grove_row_get_type,
    .new_item = new_item,
    .fill = fill,
    .clear = clear,
    .get_key = get_key,
    .is_offered = is_offered,
    .choose_columns = choose_columns,
    .get_columns = get_columns,
    .get_offered = get_offered,
    .has_column = has_column,
    .knows_column = knows_column,
  };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = grove_rows_get_property;
  object_class->dispose = grove_rows_dispose;
  object_class->finalize = grove_rows_finalize;
  GROVE_TABLE_CLASS (klass)->kind = &kind;
  properties[PROP_AVAILABLE] =
    g_param_spec_boolean ("available", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[COLUMNS_CHANGED] = g_signal_new ("columns-changed", G_TYPE_FROM_CLASS (klass),
                                           G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_rows_init (GroveRows *self)
{
}

GroveRows *
grove_rows_new (GroveSession *session, const char *table, const char *of, guint interval_ms)
{
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  g_return_val_if_fail (table != NULL, NULL);
  GroveRows *self = g_object_new (GROVE_TYPE_ROWS, NULL);
  self->session = g_object_ref (session);
  self->table = g_strdup (table);
  _grove_table_set_up (GROVE_TABLE (self), session, table, of, "", FALSE, interval_ms);
  self->state_handler = g_signal_connect (session, "notify::state", G_CALLBACK (on_state), self);
  self->reset_handler = g_signal_connect (session, "reset", G_CALLBACK (on_reset), self);
  on_state (session, NULL, self);
  return self;
}

const char *
grove_rows_get_table (GroveRows *self)
{
  g_return_val_if_fail (GROVE_IS_ROWS (self), NULL);
  return self->table;
}

gboolean
grove_rows_is_available (GroveRows *self)
{
  g_return_val_if_fail (GROVE_IS_ROWS (self), FALSE);
  return self->available;
}

const GroveRowColumn *
grove_rows_get_columns (GroveRows *self, guint *ret_n)
{
  g_return_val_if_fail (GROVE_IS_ROWS (self), NULL);
  *ret_n = self->columns != NULL ? self->columns->n : 0;
  return self->columns != NULL ? self->columns->columns : NULL;
}

guint
grove_rows_find_column (GroveRows *self, const char *name)
{
  g_return_val_if_fail (GROVE_IS_ROWS (self), G_MAXUINT);
  return _grove_row_columns_find (self->columns, name);
}

const char *
grove_rows_get_default_sort (GroveRows *self, gboolean *ret_descending)
{
  g_return_val_if_fail (GROVE_IS_ROWS (self), NULL);
  GroveTablePrivate *table = _grove_table_get_private (GROVE_TABLE (self));
  *ret_descending = table->default_descending;
  return table->default_sort;
}

gboolean
grove_rows_is_numbered (GroveRows *self)
{
  g_return_val_if_fail (GROVE_IS_ROWS (self), FALSE);
  return is_numbered (self->columns);
}

static struct json_object *
new_comparison (const char *operation, gint64 number)
{
  struct json_object *comparison = json_object_new_array_ext (3);
  json_object_array_add (comparison, json_object_new_string (operation));
  json_object_array_add (comparison, json_object_new_string ("seq"));
  json_object_array_add (comparison, json_object_new_int64 (number));
  return comparison;
}

void
grove_rows_set_range (GroveRows *self, gint64 after, gint64 until)
{
  g_return_if_fail (GROVE_IS_ROWS (self));
  g_return_if_fail (is_numbered (self->columns) || (after < 0 && until < 0));
  struct json_object *condition = NULL;
  if (after >= 0 && until >= 0)
    {
      condition = json_object_new_array_ext (3);
      json_object_array_add (condition, json_object_new_string ("and"));
      json_object_array_add (condition, new_comparison ("gt", after));
      json_object_array_add (condition, new_comparison ("le", until));
    }
  else if (after >= 0)
    condition = new_comparison ("gt", after);
  else if (until >= 0)
    condition = new_comparison ("le", until);
  _grove_table_set_condition (GROVE_TABLE (self), condition);
}

GroveRow *
grove_rows_peek (GroveRows *self, guint position)
{
  return grove_table_peek (GROVE_TABLE (self), position);
}

GroveRow *
grove_rows_find (GroveRows *self, const char *key, guint *ret_position)
{
  return grove_table_find (GROVE_TABLE (self), key, ret_position);
}

char **
grove_rows_list_tables (GroveSession *session)
{
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  GStrvBuilder       *names = g_strv_builder_new ();
  struct json_object *tables = _grove_json_object (_grove_session_get_hello (session), "tables");
  guint               n = 0;
  if (tables != NULL)
    {
      json_object_object_foreach (tables, name, columns)
      {
        if (json_object_is_type (columns, json_type_array) && n++ < TABLES_MAX)
          g_strv_builder_add (names, name);
      }
    }
  char **list = g_strv_builder_end (names);
  g_strv_builder_unref (names);
  return list;
}
