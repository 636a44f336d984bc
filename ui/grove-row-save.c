/* SPDX-License-Identifier: MIT
 *
 * Saving the rows of a table: pages are read as fast as the disk takes them.
 */
#include "ui/grove-row-save.h"

#include "observer/grove-audit.h"
#include "observer/grove-format.h"
#include "observer/grove-row-reader.h"
#include "ui/grove-save.h"

#include <glib/gi18n.h>

#define PENDING_MAX ((gsize) 1 << 20)

typedef struct
{
  GroveSave      *save;
  GroveRowReader *reader; /* NULL: the rows are all there */
  gboolean        json;
  gboolean        waiting; /* for the disk */
  guint64         n;
} Writer;

typedef struct
{
  GroveSession *session;
  GListModel   *model;
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  g_object_unref (wish->session);
  g_object_unref (wish->model);
  g_free (wish);
}

static void
write_text (Writer *self, char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));

  grove_save_write (self->save, bytes);
}

static void
write_row (Writer *self, GroveRow *row)
{
  if (self->json)
    {
      g_autofree char *object = grove_row_to_json (row);

      write_text (self, g_strconcat (self->n > 0 ? ",\n" : "[\n", object, NULL));
    }
  else
    write_text (self, grove_row_to_csv (row));
  self->n++;
}

static void
finish (Writer *self)
{
  g_autofree char *count = grove_format_count ((gint64) self->n);
  g_autofree char *what = g_strdup_printf (ngettext ("%s row", "%s rows", (gulong) self->n), count);

  if (self->json)
    write_text (self, g_strdup (self->n > 0 ? "\n]\n" : "[]\n"));
  grove_save_finish (self->save, what);
}

static void
on_page (GroveRowReader *reader, GPtrArray *rows, Writer *self)
{
  for (guint i = 0; i < rows->len; i++)
    write_row (self, g_ptr_array_index (rows, i));
  grove_save_set_progress (self->save, grove_row_reader_get_progress (reader));
  self->waiting = grove_save_get_pending (self->save) > PENDING_MAX;
  if (!self->waiting)
    grove_row_reader_next (reader);
}

static void
on_read (GroveRowReader *reader, const char *why, Writer *self)
{
  g_autoptr (GError) error = NULL;

  if (why == NULL)
    {
      finish (self);
      return;
    }
  error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, why);
  grove_save_fail (self->save, error);
}

static void
on_drained (GroveSave *save, Writer *self)
{
  if (!self->waiting)
    return;
  self->waiting = FALSE;
  grove_row_reader_next (self->reader);
}

static void
on_finished (GroveSave *save, gboolean saved, Writer *self)
{
  if (self->reader != NULL)
    g_signal_handlers_disconnect_by_data (self->reader, self);
  g_signal_handlers_disconnect_by_data (save, self);
  g_clear_object (&self->reader);
  g_free (self);
}

static void
start (GroveSave *save, const char *suffix, GroveSession *session, GListModel *model)
{
  Writer               *self = g_new0 (Writer, 1);
  guint                 n_columns = 0;
  const GroveRowColumn *columns = NULL;

  self->save = save;
  self->json = g_str_equal (suffix, "json");
  g_signal_connect (save, "finished", G_CALLBACK (on_finished), self);
  if (GROVE_IS_ROWS (model))
    columns = grove_rows_get_columns (GROVE_ROWS (model), &n_columns);
  else
    columns = grove_audit_get_columns (GROVE_AUDIT (model), &n_columns);
  if (!self->json)
    write_text (self, grove_row_csv_header (columns, n_columns));
  if (GROVE_IS_ROWS (model))
    {
      self->reader = grove_row_reader_new (session, GROVE_ROWS (model));
      g_signal_connect (self->reader, "page", G_CALLBACK (on_page), self);
      g_signal_connect (self->reader, "finished", G_CALLBACK (on_read), self);
      g_signal_connect (save, "drained", G_CALLBACK (on_drained), self);
      grove_row_reader_next (self->reader);
      return;
    }
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (GroveRow) row = g_list_model_get_item (model, i);

      write_row (self, row);
    }
  finish (self);
}

static void
on_chosen (GroveSave *save, const char *suffix, gpointer user_data)
{
  Wish *wish = user_data;

  start (save, suffix, wish->session, wish->model);
}

void
grove_row_save (GtkWindow       *parent,
                AdwToastOverlay *toasts,
                GroveSession    *session,
                const char      *title,
                const char      *table,
                GListModel      *model)
{
  const GroveSaveFormat formats[] = { { _ ("CSV"), "csv" }, { _ ("JSON"), "json" } };
  const char           *system = grove_session_get_system_name (session);
  g_autofree char      *asked = g_strdup_printf (_ ("Save %s"), title);
  g_autofree char      *name = g_strdup_printf ("%s-%s", system != NULL ? system : "grove", table);
  Wish                 *wish = g_new (Wish, 1);

  wish->session = g_object_ref (session);
  wish->model = g_object_ref (model);
  g_strdelimit (name, G_DIR_SEPARATOR_S, '-');
  grove_save_ask (parent, toasts, asked, name, formats, G_N_ELEMENTS (formats), on_chosen, wish,
                  wish_free);
}

GObject *
grove_row_save_to (AdwToastOverlay *toasts,
                   GFile           *file,
                   const char      *suffix,
                   GroveSession    *session,
                   GListModel      *model)
{
  GroveSave *save = grove_save_new (toasts, file);

  start (save, suffix, session, model);
  return G_OBJECT (save);
}
