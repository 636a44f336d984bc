/* SPDX-License-Identifier: MIT
 *
 * GroveRowReader: a table of its own whose viewport walks from the first row to the last.
 */
#include "observer/grove-row-reader.h"

#include "observer/grove-csv.h"
#include "observer/grove-row-private.h"
#include "observer/grove-table-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PAGE_ROWS   448
#define INTERVAL_MS 50

struct _GroveRowReader
{
  GObject       parent_instance;
  GroveSession *session;
  GroveRows    *rows;
  GPtrArray    *held; /* the slots of the page */
  GHashTable   *seen; /* keys */
  guint         first;
  gboolean      wanted; /* the page, as soon as it is there */
  gboolean      over;
  gulong        state_handler;
};

enum
{
  PAGE,
  FINISHED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveRowReader, grove_row_reader, G_TYPE_OBJECT)

static void
finish (GroveRowReader *self, const char *error)
{
  if (self->over)
    return;
  self->over = TRUE;
  g_ptr_array_set_size (self->held, 0);
  grove_table_set_active (GROVE_TABLE (self->rows), FALSE);
  g_signal_emit (self, signals[FINISHED], 0, error);
}

/* All slots of the page are held, and each shows a row. */
static gboolean
is_whole (GroveRowReader *self)
{
  for (guint i = 0; i < self->held->len; i++)
    if (grove_row_get_key (self->held->pdata[i]) == NULL)
      return FALSE;
  return TRUE;
}

static void
hold_page (GroveRowReader *self)
{
  GListModel *model = G_LIST_MODEL (self->rows);
  guint       end = MIN (self->first + PAGE_ROWS, g_list_model_get_n_items (model));
  g_ptr_array_set_size (self->held, 0);
  for (guint i = self->first; i < end; i++)
    g_ptr_array_add (self->held, g_list_model_get_item (model, i));
}

static void
give_page (GroveRowReader *self)
{
  g_autoptr (GPtrArray) page = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < self->held->len; i++)
    {
      GroveRow *row = self->held->pdata[i];
      if (g_hash_table_add (self->seen, g_strdup (grove_row_get_key (row))))
        g_ptr_array_add (page, g_object_ref (row));
    }
  self->wanted = FALSE;
  self->first += self->held->len;
  g_object_ref (self);
  g_signal_emit (self, signals[PAGE], 0, page);
  g_object_unref (self);
}

static void
look (GroveRowReader *self)
{
  gboolean loading = TRUE;
  g_object_get (self->rows, "loading", &loading, NULL);
  if (self->over || !self->wanted || loading)
    return;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  if (self->first >= n)
    {
      finish (self, NULL);
      return;
    }
  hold_page (self);
  if (is_whole (self))
    give_page (self);
}

static void
on_state (GroveRowReader *self)
{
  if (grove_session_get_state (self->session) != GROVE_SESSION_LIVE)
    finish (self, _ ("The connection was lost before all of it was read"));
}

void
grove_row_reader_next (GroveRowReader *self)
{
  g_return_if_fail (GROVE_IS_ROW_READER (self));
  if (self->over)
    return;
  self->wanted = TRUE;
  grove_table_set_viewport (GROVE_TABLE (self->rows), self->first, PAGE_ROWS);
  grove_table_set_active (GROVE_TABLE (self->rows), TRUE);
  look (self);
}

double
grove_row_reader_get_progress (GroveRowReader *self)
{
  g_return_val_if_fail (GROVE_IS_ROW_READER (self), 0);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  return n > 0 ? MIN ((double) self->first / n, 1) : 0;
}

static void
grove_row_reader_dispose (GObject *object)
{
  GroveRowReader *self = GROVE_ROW_READER (object);
  self->over = TRUE;
  if (self->rows != NULL)
    g_signal_handlers_disconnect_by_data (self->rows, self);
  if (self->session != NULL)
    g_clear_signal_handler (&self->state_handler, self->session);
  g_clear_pointer (&self->held, g_ptr_array_unref);
  g_clear_object (&self->rows);
  g_clear_object (&self->session);
  g_clear_pointer (&self->seen, g_hash_table_unref);
  G_OBJECT_CLASS (grove_row_reader_parent_class)->dispose (object);
}

static void
grove_row_reader_class_init (GroveRowReaderClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = grove_row_reader_dispose;
  signals[PAGE] = g_signal_new ("page", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_PTR_ARRAY);
  signals[FINISHED] = g_signal_new ("finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
grove_row_reader_init (GroveRowReader *self)
{
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

GroveRowReader *
grove_row_reader_new (GroveSession *session, GroveRows *like)
{
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  g_return_val_if_fail (GROVE_IS_ROWS (like), NULL);
  GroveTablePrivate *of = _grove_table_get_private (GROVE_TABLE (like));
  GroveRowReader    *self = g_object_new (GROVE_TYPE_ROW_READER, NULL);
  self->session = g_object_ref (session);
  self->rows = grove_rows_new (session, of->name, of->of, INTERVAL_MS);
  grove_table_set_filter (GROVE_TABLE (self->rows), of->filter);
  if (of->sort_column[0] != '\0')
    grove_table_set_sort (GROVE_TABLE (self->rows), of->sort_column, of->sort_descending);
  _grove_table_set_condition (GROVE_TABLE (self->rows), json_object_get (of->condition));
  g_signal_connect_swapped (self->rows, "refilled", G_CALLBACK (look), self);
  g_signal_connect_swapped (self->rows, "notify::loading", G_CALLBACK (look), self);
  self->state_handler =
    g_signal_connect_swapped (session, "notify::state", G_CALLBACK (on_state), self);
  return self;
}

/* ---- Lines --------------------------------------------------------------------------------------
 */

static void
add_field (GString *line, const char *text, gboolean is_text)
{
  if (line->len > 0)
    g_string_append_c (line, ',');
  grove_csv_append (line, text, is_text);
}

char *
grove_row_csv_header (const GroveRowColumn *columns, guint n_columns)
{
  GString *line = g_string_new (NULL);
  for (guint i = 0; i < n_columns; i++)
    add_field (line, columns[i].name, FALSE);
  g_string_append (line, "\r\n");
  return g_string_free (line, FALSE);
}

char *
grove_row_to_csv (GroveRow *row)
{
  g_return_val_if_fail (GROVE_IS_ROW (row), NULL);
  GString               *line = g_string_new (NULL);
  struct json_object    *values;
  const GroveRowColumns *columns = _grove_row_get (row, &values);
  for (guint i = 0; columns != NULL && i < columns->n; i++)
    {
      g_autofree char *text = grove_row_dup_raw (row, i);
      if (i > 0 && line->len == 0)
        g_string_append (line, "\"\"");
      add_field (line, text, columns->columns[i].kind < GROVE_CELL_BOOLEAN);
    }
  g_string_append (line, "\r\n");
  return g_string_free (line, FALSE);
}

char *
grove_row_to_json (GroveRow *row)
{
  g_return_val_if_fail (GROVE_IS_ROW (row), NULL);
  struct json_object    *object = json_object_new_object (), *values;
  const GroveRowColumns *columns = _grove_row_get (row, &values);
  for (guint i = 0; columns != NULL && i < columns->n; i++)
    json_object_object_add (object, columns->columns[i].name,
                            json_object_get (json_object_array_get_idx (values, i)));
  char *text = g_strdup (json_object_to_json_string_ext (object, JSON_C_TO_STRING_NOSLASHESCAPE));
  json_object_put (object);
  return text;
}
