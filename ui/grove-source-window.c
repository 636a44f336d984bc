/* SPDX-License-Identifier: MIT
 *
 * GroveSourceWindow: looks for the file in a thread, then shows it in a GtkSourceView, or in a
 * plain view where Grove was built without.
 */
#include "ui/grove-source-window.h"

#include "ui/grove-source-file.h"

#include <glib/gi18n.h>
#ifdef GROVE_HAVE_SOURCEVIEW
#  include <gtksourceview/gtksource.h>
#endif

struct _GroveSourceWindow
{
  AdwWindow             parent_instance;
  GroveSession         *session;
  char                 *file;
  int                   line;
  GCancellable         *cancellable;
  GtkFileChooserNative *chooser; /* NULL: none is open */

  AdwWindowTitle    *title;
  GtkStack          *stack;
  GtkScrolledWindow *scrolled;
  AdwStatusPage     *missing_page;
};

G_DEFINE_FINAL_TYPE (GroveSourceWindow, grove_source_window, ADW_TYPE_WINDOW)

/* ---- Showing ------------------------------------------------------------------------------------
 */

#ifdef GROVE_HAVE_SOURCEVIEW
static void
follow_style (GtkSourceBuffer *buffer)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());

  gtk_source_buffer_set_style_scheme (buffer, gtk_source_style_scheme_manager_get_scheme (
                                                gtk_source_style_scheme_manager_get_default (),
                                                dark ? "Adwaita-dark" : "Adwaita"));
}

static GtkWidget *
new_view (GroveSourceWindow *self)
{
  GtkSourceBuffer   *buffer = gtk_source_buffer_new (NULL);
  GtkWidget         *view = gtk_source_view_new_with_buffer (buffer);
  GtkSourceLanguage *language =
    gtk_source_language_manager_guess_language (gtk_source_language_manager_get_default (),
                                                self->file, NULL);

  gtk_source_buffer_set_language (buffer, language);
  gtk_source_view_set_show_line_numbers (GTK_SOURCE_VIEW (view), TRUE);
  gtk_source_view_set_highlight_current_line (GTK_SOURCE_VIEW (view), TRUE);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (follow_style), buffer, G_CONNECT_SWAPPED);
  follow_style (buffer);
  g_object_unref (buffer);
  return view;
}
#else
static GtkWidget *
new_view (GroveSourceWindow *self)
{
  return gtk_text_view_new ();
}
#endif

static gboolean
scroll_to_line (gpointer user_data)
{
  GtkTextView   *view = user_data;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);

  gtk_text_view_scroll_to_mark (view, gtk_text_buffer_get_insert (buffer), 0, TRUE, 0, 0.4);
  return G_SOURCE_REMOVE;
}

static void
show_line (GroveSourceWindow *self, GtkTextView *view)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);
  GtkTextIter    begin, end;

  if (self->line <= 0)
    return;
  gtk_text_buffer_get_iter_at_line (buffer, &begin, self->line - 1);
  end = begin;
  if (!gtk_text_iter_ends_line (&end))
    gtk_text_iter_forward_to_line_end (&end);
  gtk_text_buffer_create_tag (buffer, "line", "weight", PANGO_WEIGHT_BOLD, NULL);
  gtk_text_buffer_apply_tag_by_name (buffer, "line", &begin, &end);
  gtk_text_buffer_place_cursor (buffer, &begin);
  /* It knows where its lines are once it has been laid out. */
  g_idle_add_full (G_PRIORITY_LOW, scroll_to_line, g_object_ref (view), g_object_unref);
}

static void
show_source (GroveSourceWindow *self, const char *contents, const char *path)
{
  GtkWidget     *view = new_view (self);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));

  gtk_text_buffer_set_text (buffer, contents, -1);
  gtk_text_view_set_editable (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (view), TRUE);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (view), 8);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, path, -1);
  gtk_scrolled_window_set_child (self->scrolled, view);
  adw_window_title_set_subtitle (self->title, path);
  gtk_stack_set_visible_child_name (self->stack, "source");
  show_line (self, GTK_TEXT_VIEW (view));
  gtk_widget_grab_focus (view);
}

static void
show_missing (GroveSourceWindow *self)
{
  g_autofree char *text =
    g_strdup_printf (_ ("The system calls it %s. Choose the folder that has it, and it is looked "
                        "for there from now on."),
                     self->file);
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_status_page_set_description (self->missing_page, markup);
  gtk_stack_set_visible_child_name (self->stack, "missing");
}

/* ---- Finding ------------------------------------------------------------------------------------
 */

typedef struct
{
  char  *file;
  char **folders;
  char  *path; /* where it was found */
} Search;

static void
free_search (gpointer data)
{
  Search *search = data;

  g_free (search->file);
  g_free (search->path);
  g_strfreev (search->folders);
  g_free (search);
}

static void
find (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Search *search = data;
  GError *error = NULL;
  char   *contents = grove_source_file_find (search->file, (const char *const *) search->folders,
                                             &search->path, &error);

  if (contents != NULL)
    g_task_return_pointer (task, contents, g_free);
  else
    g_task_return_error (task, error);
}

static void
on_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GroveSourceWindow *self = GROVE_SOURCE_WINDOW (object);
  Search            *search = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (contents != NULL)
    show_source (self, contents, search->path);
  else
    show_missing (self);
}

static void
look (GroveSourceWindow *self)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_found, NULL);
  Search *search = g_new0 (Search, 1);

  search->file = g_strdup (self->file);
  search->folders = grove_source_file_get_folders (self->session);
  g_task_set_task_data (task, search, free_search);
  gtk_stack_set_visible_child_name (self->stack, "loading");
  g_task_run_in_thread (task, find);
}

static void
on_chosen (GroveSourceWindow *self, int response)
{
  g_autoptr (GFile) folder = response == GTK_RESPONSE_ACCEPT
                               ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser))
                               : NULL;
  g_autofree char *path = folder != NULL ? g_file_get_path (folder) : NULL;

  g_clear_object (&self->chooser);
  if (path == NULL)
    return;
  grove_source_file_add_folder (path);
  look (self);
}

static void
on_choose (GroveSourceWindow *self)
{
  if (self->chooser != NULL)
    return;
  self->chooser =
    gtk_file_chooser_native_new (_ ("Folder of the Sources"), GTK_WINDOW (self),
                                 GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Choose"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_swapped (self->chooser, "response", G_CALLBACK (on_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
grove_source_window_dispose (GObject *object)
{
  GroveSourceWindow *self = GROVE_SOURCE_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_source_window_parent_class)->dispose (object);
}

static void
grove_source_window_finalize (GObject *object)
{
  GroveSourceWindow *self = GROVE_SOURCE_WINDOW (object);

  g_object_unref (self->cancellable);
  g_free (self->file);
  G_OBJECT_CLASS (grove_source_window_parent_class)->finalize (object);
}

static void
grove_source_window_class_init (GroveSourceWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_source_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_source_window_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-source-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GroveSourceWindow, title);
  gtk_widget_class_bind_template_child (widget_class, GroveSourceWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, GroveSourceWindow, scrolled);
  gtk_widget_class_bind_template_child (widget_class, GroveSourceWindow, missing_page);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
grove_source_window_init (GroveSourceWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
grove_source_window_open (
  GtkWindow *parent, GroveSession *session, const char *file, int line, const char *function)
{
  GroveSourceWindow *self = g_object_new (GROVE_TYPE_SOURCE_WINDOW, "transient-for", parent,
                                          "destroy-with-parent", TRUE, NULL);
  g_autofree char   *base = g_path_get_basename (file);
  g_autofree char   *title = line > 0 ? g_strdup_printf ("%s:%d", base, line) : g_strdup (base);

  g_set_object (&self->session, session);
  self->file = g_strdup (file);
  self->line = line;
  adw_window_title_set_title (self->title, title);
  adw_window_title_set_subtitle (self->title, function);
  gtk_window_set_title (GTK_WINDOW (self), title);
  look (self);
  gtk_window_present (GTK_WINDOW (self));
}

gboolean
grove_source_window_is_filled (GroveSourceWindow *self)
{
  g_return_val_if_fail (GROVE_IS_SOURCE_WINDOW (self), FALSE);
  return g_str_equal (gtk_stack_get_visible_child_name (self->stack), "source");
}
