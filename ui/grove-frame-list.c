/* SPDX-License-Identifier: MIT
 *
 * GroveFrameList: a row for each frame. Rows are made anew only when the frames are others.
 */
#include "ui/grove-frame-list.h"

#include "ui/grove-source-window.h"

#include <glib/gi18n.h>

struct _GroveFrameList
{
  AdwBin        parent_instance;
  GroveSession *session;
  GtkListBox   *list;
  GtkLabel     *note_label;
  char         *shown; /* what the rows stand for */
};

G_DEFINE_FINAL_TYPE (GroveFrameList, grove_frame_list, ADW_TYPE_BIN)

typedef struct
{
  char *file, *function;
  int   line;
} Place;

static void
free_place (gpointer data)
{
  Place *place = data;

  g_free (place->file);
  g_free (place->function);
  g_free (place);
}

static void
on_activated (GroveFrameList *self, GtkListBoxRow *row)
{
  const Place *place = g_object_get_data (G_OBJECT (row), "grove-place");
  GtkRoot     *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (place != NULL && GTK_IS_WINDOW (root))
    grove_source_window_open (GTK_WINDOW (root), self->session, place->file, place->line,
                              place->function);
}

static GtkWidget *
new_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  /* Of a path the end says most. */
  gtk_label_set_ellipsize (GTK_LABEL (label), g_str_equal (css_class, "caption")
                                                ? PANGO_ELLIPSIZE_START
                                                : PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
new_row (const GroveFrame *frame)
{
  GtkWidget       *row = gtk_list_box_row_new ();
  GtkWidget       *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gboolean         known = frame->file[0] != '\0';
  g_autofree char *where = known && frame->line > 0
                             ? g_strdup_printf ("%s:%" G_GINT64_FORMAT, frame->file, frame->line)
                             : g_strdup (known ? frame->file : _ ("its source is not known"));
  GtkWidget       *place = new_label (where, "caption");

  gtk_widget_add_css_class (place, "dim-label");
  gtk_box_append (GTK_BOX (box),
                  new_label (frame->function[0] != '\0' ? frame->function : "?", "mono"));
  gtk_box_append (GTK_BOX (box), place);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), known);
  if (known)
    {
      Place *data = g_new (Place, 1);

      *data = (Place){ g_strdup (frame->file), g_strdup (frame->function), (int) frame->line };
      g_object_set_data_full (G_OBJECT (row), "grove-place", data, free_place);
      gtk_widget_set_tooltip_text (row, _ ("Show the source"));
    }
  return row;
}

void
grove_frame_list_set_frames (
  GroveFrameList *self, GroveSession *session, const GroveFrame *frames, guint n, const char *note)
{
  GString       *shown = g_string_new (NULL);
  GtkListBoxRow *row;

  g_return_if_fail (GROVE_IS_FRAME_LIST (self));
  g_set_object (&self->session, session);
  gtk_label_set_text (self->note_label, note != NULL ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->note_label), note != NULL);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (shown, "%s\n%s:%" G_GINT64_FORMAT "\n", frames[i].function,
                            frames[i].file, frames[i].line);
  if (g_strcmp0 (self->shown, shown->str) == 0)
    {
      g_string_free (shown, TRUE);
      return;
    }
  g_free (self->shown);
  self->shown = g_string_free (shown, FALSE);
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < n; i++)
    gtk_list_box_append (self->list, new_row (&frames[i]));
  gtk_widget_set_visible (GTK_WIDGET (self->list), n > 0);
}

static void
grove_frame_list_dispose (GObject *object)
{
  g_clear_object (&GROVE_FRAME_LIST (object)->session);
  G_OBJECT_CLASS (grove_frame_list_parent_class)->dispose (object);
}

static void
grove_frame_list_finalize (GObject *object)
{
  g_free (GROVE_FRAME_LIST (object)->shown);
  G_OBJECT_CLASS (grove_frame_list_parent_class)->finalize (object);
}

static void
grove_frame_list_class_init (GroveFrameListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_frame_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_frame_list_finalize;
}

static void
grove_frame_list_init (GroveFrameList *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "term-lines");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Frames, innermost first"), -1);
  gtk_widget_set_visible (GTK_WIDGET (self->list), FALSE);
  self->note_label = GTK_LABEL (gtk_label_new (""));
  gtk_label_set_xalign (self->note_label, 0);
  gtk_label_set_wrap (self->note_label, TRUE);
  gtk_label_set_wrap_mode (self->note_label, PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (GTK_WIDGET (self->note_label), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->note_label), "dim-label");
  gtk_widget_set_visible (GTK_WIDGET (self->note_label), FALSE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->list));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->note_label));
  adw_bin_set_child (ADW_BIN (self), box);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (on_activated), self);
}

GtkWidget *
grove_frame_list_new (void)
{
  return g_object_new (GROVE_TYPE_FRAME_LIST, NULL);
}
