/* SPDX-License-Identifier: MIT
 *
 * From a GroveTableExport to a GroveSave, or to the clipboard: the next page is asked for when the
 * last one is on the disk.
 */
#include "ui/grove-table-save.h"

#include "observer/grove-format.h"
#include "observer/grove-table-export.h"

#include <glib/gi18n.h>

/* What is meant, until a place is chosen. */
typedef struct
{
  GroveTable *table;
  char      **keys; /* NULL: all */
} Order;

/* One that is under way. */
typedef struct
{
  GroveTableExport *export;
  GroveSave *save;
  gulong     drained_handler, finished_handler;
  gboolean   given; /* a page that is not asked to be followed yet */
} Writing;

typedef struct
{
  GtkWidget *widget; /* weak */
  GroveTableExport *export;
  GString *text;
} Copying;

static char **
dup_keys (const char *const *keys, guint n_keys)
{
  char **copy;

  if (keys == NULL)
    return NULL;
  copy = g_new0 (char *, n_keys + 1);
  for (guint i = 0; i < n_keys; i++)
    copy[i] = g_strdup (keys[i]);
  return copy;
}

static AdwToastOverlay *
find_toasts (GtkWidget *widget)
{
  return ADW_TOAST_OVERLAY (gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY));
}

/* ---- To a file ----------------------------------------------------------------------------------
 */

static void
on_piece (GBytes *piece, double part, gpointer user_data)
{
  Writing *self = user_data;

  self->given = TRUE;
  grove_save_set_progress (self->save, part);
  grove_save_write (self->save, piece);
  if (grove_save_get_pending (self->save) == 0)
    {
      self->given = FALSE;
      grove_table_export_next (self->export);
    }
}

static void
on_drained (GroveSave *save, Writing *self)
{
  if (!self->given)
    return;
  self->given = FALSE;
  grove_table_export_next (self->export);
}

static void
on_end (guint64 n_rows, const GError *error, gpointer user_data)
{
  Writing         *self = user_data;
  g_autofree char *what = NULL;

  if (error != NULL)
    {
      grove_save_fail (self->save, error);
      return;
    }
  what = grove_format_plural ((gint64) n_rows, "row", "rows");
  grove_save_finish (self->save, what);
}

static void
on_finished (GroveSave *save, gboolean saved, Writing *self)
{
  g_signal_handler_disconnect (save, self->drained_handler);
  g_signal_handler_disconnect (save, self->finished_handler);
  grove_table_export_free (self->export);
  g_free (self);
}

void
grove_table_save_to (
  GroveSave *save, GroveTable *table, const char *suffix, const char *const *keys, guint n_keys)
{
  Writing *self = g_new0 (Writing, 1);

  self->save = save;
  self->drained_handler = g_signal_connect (save, "drained", G_CALLBACK (on_drained), self);
  self->finished_handler = g_signal_connect (save, "finished", G_CALLBACK (on_finished), self);
  self->export =
    grove_table_export_new (table,
                            g_str_equal (suffix, "json") ? GROVE_EXPORT_JSON : GROVE_EXPORT_CSV,
                            keys, n_keys, on_piece, on_end, self);
}

static void
on_place (GroveSave *save, const char *suffix, gpointer user_data)
{
  Order *order = user_data;

  grove_table_save_to (save, order->table, suffix, (const char *const *) order->keys,
                       order->keys != NULL ? g_strv_length (order->keys) : 0);
}

static void
order_free (gpointer data)
{
  Order *order = data;

  g_object_unref (order->table);
  g_strfreev (order->keys);
  g_free (order);
}

void
grove_table_save (GtkWidget         *widget,
                  GroveTable        *table,
                  const char        *title,
                  const char        *name,
                  const char *const *keys,
                  guint              n_keys)
{
  const GroveSaveFormat formats[] = {
    { _ ("CSV"), "csv" },
    { _ ("JSON"), "json" },
  };
  GtkRoot *root = gtk_widget_get_root (widget);
  Order   *order = g_new0 (Order, 1);

  order->table = g_object_ref (table);
  order->keys = dup_keys (keys, n_keys);
  grove_save_ask (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, find_toasts (widget), title,
                  name, formats, G_N_ELEMENTS (formats), on_place, order, order_free);
}

/* ---- To the clipboard ---------------------------------------------------------------------------
 */

static void
say (GtkWidget *widget, const char *text)
{
  AdwToastOverlay *toasts = find_toasts (widget);
  g_autofree char *markup = g_markup_escape_text (text, -1);

  if (toasts != NULL)
    adw_toast_overlay_add_toast (toasts, adw_toast_new (markup));
}

static void
on_copied_piece (GBytes *piece, double part, gpointer user_data)
{
  Copying    *self = user_data;
  gsize       size;
  const char *text = g_bytes_get_data (piece, &size);

  g_string_append_len (self->text, text, (gssize) size);
  grove_table_export_next (self->export);
}

static void
on_copied (guint64 n_rows, const GError *error, gpointer user_data)
{
  Copying         *self = user_data;
  g_autofree char *rows = grove_format_plural ((gint64) n_rows, "row", "rows");
  g_autofree char *text = NULL;

  if (error != NULL)
    /* TRANSLATORS: why not. */
    text = g_strdup_printf (_ ("Nothing was copied: %s"), error->message);
  else
    /* TRANSLATORS: "12 rows". */
    text = g_strdup_printf (_ ("Copied %s"), rows);
  if (self->widget != NULL)
    {
      if (error == NULL)
        gdk_clipboard_set_text (gtk_widget_get_clipboard (self->widget), self->text->str);
      say (self->widget, text);
    }
  g_clear_weak_pointer (&self->widget);
  grove_table_export_free (self->export);
  g_string_free (self->text, TRUE);
  g_free (self);
}

void
grove_table_copy (GtkWidget *widget, GroveTable *table, const char *const *keys, guint n_keys)
{
  Copying *self = g_new0 (Copying, 1);

  g_set_weak_pointer (&self->widget, widget);
  self->text = g_string_new (NULL);
  self->export = grove_table_export_new (table, GROVE_EXPORT_TEXT, keys, n_keys, on_copied_piece,
                                         on_copied, self);
}
