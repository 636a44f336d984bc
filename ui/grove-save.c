/* SPDX-License-Identifier: MIT
 *
 * GroveSave: what is written waits in a queue; one operation on the file is under way at a time, in
 * GIO's threads: make the temporary file, write a piece, then rename it or throw it away.
 */
#include "ui/grove-save.h"

#include <errno.h>
#include <gio/gfiledescriptorbased.h>
#include <glib/gi18n.h>
#include <unistd.h>

/* A save that is over sooner is told of by its end alone. */
#define PROGRESS_AFTER_MS 700

struct _GroveSave
{
  GObject          parent_instance;
  AdwToastOverlay *toasts; /* weak */
  AdwToast        *toast;  /* weak: of its progress */
  GFile           *file, *temporary;
  GOutputStream   *stream;
  GCancellable    *cancellable;
  GQueue           pieces; /* GBytes */
  gsize            pending;
  gint64           started_us;
  char            *what;
  GError          *error;
  gboolean         busy, complete, over;
};

enum
{
  DRAINED,
  FINISHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveSave, grove_save, G_TYPE_OBJECT)

static GFile *last_folder;

static void step (GroveSave *self);

/* ---- What came of it ----------------------------------------------------------------------------
 */

char *
grove_save_explain (const GError *error)
{
  static const struct
  {
    GIOErrorEnum code;
    const char  *text;
  } known[] = {
    { G_IO_ERROR_NO_SPACE, N_ ("there is no space left on the disk") },
    { G_IO_ERROR_PERMISSION_DENIED, N_ ("you may not write there") },
    { G_IO_ERROR_READ_ONLY, N_ ("the disk cannot be written to") },
    { G_IO_ERROR_NOT_FOUND, N_ ("the folder is not there (any more)") },
    { G_IO_ERROR_NOT_DIRECTORY, N_ ("the folder is not there (any more)") },
    { G_IO_ERROR_IS_DIRECTORY, N_ ("there is a folder of that name") },
    { G_IO_ERROR_NOT_REGULAR_FILE, N_ ("what has that name is no ordinary file") },
    { G_IO_ERROR_FILENAME_TOO_LONG, N_ ("the name is too long") },
    { G_IO_ERROR_INVALID_FILENAME, N_ ("no file can have that name there") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_error_matches (error, G_IO_ERROR, (int) known[i].code))
      return g_strdup (_ (known[i].text));
  return g_strdup (error->message);
}

/* Titles of toasts are markup. */
static void
set_title (AdwToast *toast, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_toast_set_title (toast, markup);
}

static void
say (GroveSave *self, const char *text)
{
  AdwToast *toast;

  if (self->toasts == NULL)
    return;
  toast = adw_toast_new ("");
  set_title (toast, text);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
report (GroveSave *self)
{
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;

  if (g_error_matches (self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  name = g_file_get_parse_name (self->file);
  if (self->error != NULL)
    {
      g_autofree char *reason = grove_save_explain (self->error);

      /* TRANSLATORS: the name of a file, and why. */
      text = g_strdup_printf (_ ("%s was not saved: %s"), name, reason);
    }
  else if (self->what != NULL)
    /* TRANSLATORS: "12 processes", and the name of a file. */
    text = g_strdup_printf (_ ("Saved %s to %s"), self->what, name);
  else
    /* TRANSLATORS: the name of a file. */
    text = g_strdup_printf (_ ("Saved %s"), name);
  say (self, text);
}

static void
end (GroveSave *self)
{
  if (self->over)
    return;
  self->over = TRUE;
  g_queue_clear_full (&self->pieces, (GDestroyNotify) g_bytes_unref);
  self->pending = 0;
  if (self->toast != NULL)
    adw_toast_dismiss (self->toast);
  g_clear_weak_pointer (&self->toast);
  report (self);
  g_signal_emit (self, signals[FINISHED], 0, self->error == NULL);
  g_object_unref (self); /* it was its own */
}

/* ---- Writing ------------------------------------------------------------------------------------
 */

static void
take_error (GroveSave *self, GError *error)
{
  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
  g_cancellable_cancel (self->cancellable);
}

/* Beside @file, so that it can be renamed. */
static GFile *
choose_temporary (GFile *file)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *name = g_strdup_printf (".grove-save-%08x", g_random_int ());

  return g_file_get_child (folder != NULL ? folder : file, name);
}

/* A link leads to the file that is meant. */
static GFile *
resolve (GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  char            *real = path != NULL ? realpath (path, NULL) : NULL;
  GFile           *resolved = real != NULL ? g_file_new_for_path (real) : g_object_ref (file);

  free (real);
  return resolved;
}

/* What is there must be a file; the new one may be read by who may read that. */
static gboolean
check_place (GFile *file, guint32 *ret_mode, GError **error)
{
  g_autoptr (GFileInfo) info =
    g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_UNIX_MODE,
                       G_FILE_QUERY_INFO_NONE, NULL, NULL);

  *ret_mode = 0;
  if (info == NULL)
    return TRUE;
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      gboolean folder = g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY;

      g_set_error (error, G_IO_ERROR,
                   folder ? G_IO_ERROR_IS_DIRECTORY : G_IO_ERROR_NOT_REGULAR_FILE, "No file");
      return FALSE;
    }
  *ret_mode = g_file_info_get_attribute_uint32 (info, G_FILE_ATTRIBUTE_UNIX_MODE) & 0777;
  return TRUE;
}

typedef struct
{
  GFile         *file, *temporary;
  GOutputStream *stream;
} Opened;

static void
opened_free (Opened *self)
{
  g_clear_object (&self->file);
  g_clear_object (&self->temporary);
  g_clear_object (&self->stream);
  g_free (self);
}

static void
open_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Opened *opened = data;
  GFile  *file = resolve (opened->file);
  GError *error = NULL;
  guint32 mode;

  g_object_unref (opened->file);
  opened->file = file;
  opened->temporary = choose_temporary (file);
  if (check_place (file, &mode, &error))
    opened->stream =
      G_OUTPUT_STREAM (g_file_create (opened->temporary, G_FILE_CREATE_NONE, cancellable, &error));
  if (opened->stream != NULL && mode != 0)
    g_file_set_attribute_uint32 (opened->temporary, G_FILE_ATTRIBUTE_UNIX_MODE, mode,
                                 G_FILE_QUERY_INFO_NONE, NULL, NULL);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GroveSave) self = user_data;
  Opened *opened = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;

  self->busy = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    take_error (self, error);
  else
    {
      g_set_object (&self->file, opened->file);
      g_set_object (&self->temporary, opened->temporary);
      g_set_object (&self->stream, opened->stream);
    }
  step (self);
}

static void
open_file (GroveSave *self)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_opened, g_object_ref (self));
  Opened *opened = g_new0 (Opened, 1);

  opened->file = g_object_ref (self->file);
  /* What was opened must be told, to be thrown away. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, opened, (GDestroyNotify) opened_free);
  self->busy = TRUE;
  g_task_run_in_thread (task, open_in_thread);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GroveSave) self = user_data;
  g_autoptr (GBytes) piece = g_queue_pop_head (&self->pieces);
  GError *error = NULL;

  self->busy = FALSE;
  self->pending -= g_bytes_get_size (piece);
  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    take_error (self, error);
  if (self->error == NULL && self->pending == 0 && !self->complete)
    g_signal_emit (self, signals[DRAINED], 0);
  step (self);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GroveSave) self = user_data;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    take_error (self, error);
  g_clear_object (&self->stream);
  end (self);
}

static gboolean
put_in_place (GroveSave *self, GCancellable *cancellable, GError **error)
{
  /* Only what is on the disk may take the place of what was. */
  if (G_IS_FILE_DESCRIPTOR_BASED (self->stream) &&
      fsync (g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (self->stream))) != 0 &&
      errno != EINVAL && errno != ENOTSUP)
    {
      int code = errno;

      g_set_error_literal (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
                           g_strerror (code));
      return FALSE;
    }
  return g_output_stream_close (self->stream, NULL, error) &&
         !g_cancellable_set_error_if_cancelled (cancellable, error) &&
         g_file_move (self->temporary, self->file,
                      G_FILE_COPY_OVERWRITE | G_FILE_COPY_NO_FALLBACK_FOR_MOVE, NULL, NULL, NULL,
                      error);
}

/* Nobody else touches what it reads: the save is busy. */
static void
close_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GroveSave *self = source;
  GError    *error = NULL;

  if (self->error == NULL && put_in_place (self, cancellable, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_output_stream_close (self->stream, NULL, NULL);
  g_file_delete (self->temporary, NULL, NULL);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
close_stream (GroveSave *self)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_closed, g_object_ref (self));

  g_task_set_check_cancellable (task, FALSE);
  self->busy = TRUE;
  g_task_run_in_thread (task, close_in_thread);
}

static void
step (GroveSave *self)
{
  GBytes *piece;

  if (self->over || self->busy)
    return;
  if (self->error != NULL)
    {
      if (self->stream != NULL)
        close_stream (self);
      else
        end (self);
      return;
    }
  if (self->stream == NULL)
    {
      if (self->complete || !g_queue_is_empty (&self->pieces))
        open_file (self);
      return;
    }
  piece = g_queue_peek_head (&self->pieces);
  if (piece != NULL)
    {
      gsize         size;
      gconstpointer data = g_bytes_get_data (piece, &size);

      self->busy = TRUE;
      g_output_stream_write_all_async (self->stream, data, size, G_PRIORITY_DEFAULT,
                                       self->cancellable, on_written, g_object_ref (self));
    }
  else if (self->complete)
    close_stream (self);
}

void
grove_save_write (GroveSave *self, GBytes *bytes)
{
  g_return_if_fail (GROVE_IS_SAVE (self));
  g_return_if_fail (!self->complete);
  if (self->over || self->error != NULL || g_bytes_get_size (bytes) == 0)
    return;
  g_queue_push_tail (&self->pieces, g_bytes_ref (bytes));
  self->pending += g_bytes_get_size (bytes);
  step (self);
}

gsize
grove_save_get_pending (GroveSave *self)
{
  g_return_val_if_fail (GROVE_IS_SAVE (self), 0);
  return self->pending;
}

void
grove_save_finish (GroveSave *self, const char *what)
{
  g_return_if_fail (GROVE_IS_SAVE (self));
  if (self->complete || self->over)
    return;
  self->complete = TRUE;
  self->what = g_strdup (what);
  step (self);
}

void
grove_save_fail (GroveSave *self, const GError *error)
{
  g_return_if_fail (GROVE_IS_SAVE (self));
  g_return_if_fail (error != NULL);
  if (self->over)
    return;
  take_error (self, g_error_copy (error));
  step (self);
}

/* ---- Progress -----------------------------------------------------------------------------------
 */

static void
on_cancel_clicked (AdwToast *toast, GroveSave *self)
{
  take_error (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
  step (self);
}

void
grove_save_set_progress (GroveSave *self, double part)
{
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;
  gint64           age_us = g_get_monotonic_time () - self->started_us;

  g_return_if_fail (GROVE_IS_SAVE (self));
  if (self->over || self->error != NULL || self->toasts == NULL ||
      (self->toast == NULL && age_us < PROGRESS_AFTER_MS * G_TIME_SPAN_MILLISECOND))
    return;
  name = g_file_get_basename (self->file);
  /* TRANSLATORS: the name of a file. */
  text = g_strdup_printf (_ ("Saving %s: %d %%"), name, (int) (CLAMP (part, 0, 1) * 100));
  if (self->toast == NULL)
    {
      AdwToast *toast = adw_toast_new ("");

      adw_toast_set_timeout (toast, 0);
      adw_toast_set_button_label (toast, _ ("Cancel"));
      g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_cancel_clicked), self, 0);
      g_set_weak_pointer (&self->toast, toast);
      adw_toast_overlay_add_toast (self->toasts, toast);
    }
  set_title (self->toast, text);
}

GCancellable *
grove_save_get_cancellable (GroveSave *self)
{
  g_return_val_if_fail (GROVE_IS_SAVE (self), NULL);
  return self->cancellable;
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
grove_save_finalize (GObject *object)
{
  GroveSave *self = GROVE_SAVE (object);

  g_clear_weak_pointer (&self->toasts);
  g_clear_weak_pointer (&self->toast);
  g_clear_object (&self->file);
  g_clear_object (&self->temporary);
  g_clear_object (&self->stream);
  g_clear_object (&self->cancellable);
  g_queue_clear_full (&self->pieces, (GDestroyNotify) g_bytes_unref);
  g_clear_error (&self->error);
  g_free (self->what);
  G_OBJECT_CLASS (grove_save_parent_class)->finalize (object);
}

static void
grove_save_class_init (GroveSaveClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = grove_save_finalize;
  signals[DRAINED] =
    g_signal_new ("drained", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FINISHED] = g_signal_new ("finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
}

static void
grove_save_init (GroveSave *self)
{
  self->cancellable = g_cancellable_new ();
  self->started_us = g_get_monotonic_time ();
  g_queue_init (&self->pieces);
}

GroveSave *
grove_save_new (AdwToastOverlay *toasts, GFile *file)
{
  GroveSave *self = g_object_new (GROVE_TYPE_SAVE, NULL);

  g_set_weak_pointer (&self->toasts, toasts);
  self->file = g_object_ref (file);
  return self;
}

/* ---- Asking -------------------------------------------------------------------------------------
 */

typedef struct
{
  GtkFileChooserNative *chooser;
  GtkWindow            *parent; /* weak */
  gulong                parent_handler;
  AdwToastOverlay      *toasts; /* weak */
  GPtrArray            *suffixes;
  GroveSaveFunc         func;
  gpointer              user_data;
  GDestroyNotify        destroy;
} Question;

static void
question_free (Question *self)
{
  if (self->parent != NULL)
    g_signal_handler_disconnect (self->parent, self->parent_handler);
  g_clear_weak_pointer (&self->parent);
  g_clear_weak_pointer (&self->toasts);
  g_ptr_array_unref (self->suffixes);
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_object_unref (self->chooser);
  g_free (self);
}

/* The name tells the format; if it has no suffix of ours, the type that was chosen does. */
static const char *
choose_suffix (Question *self, GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  GtkFileFilter   *filter = gtk_file_chooser_get_filter (GTK_FILE_CHOOSER (self->chooser));
  const char      *dot = strrchr (name, '.');

  for (guint i = 0; dot != NULL && i < self->suffixes->len; i++)
    if (g_ascii_strcasecmp (dot + 1, self->suffixes->pdata[i]) == 0)
      return self->suffixes->pdata[i];
  if (filter != NULL)
    return g_object_get_data (G_OBJECT (filter), "grove-suffix");
  return self->suffixes->pdata[0];
}

static void
on_chosen (GtkNativeDialog *dialog, int response, Question *self)
{
  g_autoptr (GFile) file = NULL;
  GroveSave *save;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    {
      g_clear_object (&last_folder);
      last_folder = g_file_get_parent (file);
      save = grove_save_new (self->toasts, file);
      self->func (save, choose_suffix (self, file), self->user_data);
    }
  question_free (self);
}

static void
on_parent_destroy (GtkWidget *parent, Question *self)
{
  question_free (self);
}

static void
add_format (Question *self, const GroveSaveFormat *format)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  g_ptr_array_add (self->suffixes, g_strdup (format->suffix));
  gtk_file_filter_set_name (filter, format->name);
  gtk_file_filter_add_suffix (filter, format->suffix);
  g_object_set_data_full (G_OBJECT (filter), "grove-suffix", g_strdup (format->suffix), g_free);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  if (self->suffixes->len == 1)
    gtk_file_chooser_set_filter (GTK_FILE_CHOOSER (self->chooser), filter);
}

void
grove_save_ask (GtkWindow             *parent,
                AdwToastOverlay       *toasts,
                const char            *title,
                const char            *name,
                const GroveSaveFormat *formats,
                guint                  n_formats,
                GroveSaveFunc          func,
                gpointer               user_data,
                GDestroyNotify         destroy)
{
  Question        *self = g_new0 (Question, 1);
  g_autofree char *suggested = g_strdup_printf ("%s.%s", name, formats[0].suffix);

  g_set_weak_pointer (&self->toasts, toasts);
  g_set_weak_pointer (&self->parent, parent);
  if (parent != NULL)
    self->parent_handler =
      g_signal_connect (parent, "destroy", G_CALLBACK (on_parent_destroy), self);
  self->suffixes = g_ptr_array_new_with_free_func (g_free);
  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;
  self->chooser = gtk_file_chooser_native_new (title, parent, GTK_FILE_CHOOSER_ACTION_SAVE,
                                               _ ("_Save"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  for (guint i = 0; i < n_formats; i++)
    add_format (self, &formats[i]);
  g_strdelimit (suggested, "/", '-'); /* a name of a system may have it; the dialog does not */
  if (last_folder != NULL)
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (self->chooser), last_folder, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), suggested);
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}
