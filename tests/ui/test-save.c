/* SPDX-License-Identifier: MIT
 *
 * A file is there whole or not at all, and people are told which.
 */
#include "tests/support/grove-ui-test.h"
#include "ui/grove-save.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

typedef struct
{
  GtkWidget       *window;
  AdwToastOverlay *toasts;
  char            *folder, *path;
  int              saved; /* -1: not over */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->window = gtk_window_new ();
  self->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());
  adw_toast_overlay_set_child (self->toasts, gtk_label_new ("Nothing"));
  gtk_window_set_child (GTK_WINDOW (self->window), GTK_WIDGET (self->toasts));
  gtk_window_set_default_size (GTK_WINDOW (self->window), 700, 300);
  gtk_window_present (GTK_WINDOW (self->window));
  self->folder = g_dir_make_tmp ("grove-save-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "rows.csv", NULL);
  self->saved = -1;
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  g_remove (self->path);
  /* Nothing else was left behind. */
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->path);
  g_free (self->folder);
}

static void
on_finished (GroveSave *save, gboolean saved, Fixture *self)
{
  self->saved = saved;
}

static GroveSave *
begin (Fixture *self)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->path);
  GroveSave *save = grove_save_new (self->toasts, file);

  g_signal_connect (save, "finished", G_CALLBACK (on_finished), self);
  return save;
}

static void
write_text (GroveSave *save, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  grove_save_write (save, bytes);
}

static void
assert_contents (Fixture *self, const char *expected)
{
  g_autofree char *found = NULL;

  g_assert_true (g_file_get_contents (self->path, &found, NULL, NULL));
  g_assert_cmpstr (found, ==, expected);
}

static gboolean
is_label_with (GtkWidget *widget, gpointer part)
{
  return GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), part) != NULL;
}

static gboolean
says (Fixture *self, const char *part)
{
  return grove_ui_test_find_if (GTK_WIDGET (self->toasts), is_label_with, (gpointer) part) != NULL;
}

static void
test_whole (Fixture *self, gconstpointer data)
{
  GroveSave *save = begin (self);

  g_assert_true (g_file_set_contents (self->path, "what was there", -1, NULL));
  write_text (save, "pid,name\n");
  write_text (save, "<0.1.0>,shop\n");
  assert_contents (self, "what was there");
  grove_save_finish (save, "1 process");
  GROVE_WAIT (self->saved >= 0, GROVE_PATIENCE_MS);
  g_assert_true (self->saved);
  assert_contents (self, "pid,name\n<0.1.0>,shop\n");
  GROVE_WAIT (says (self, "Saved 1 process to "), GROVE_PATIENCE_MS);
}

static void
test_empty (Fixture *self, gconstpointer data)
{
  grove_save_finish (begin (self), NULL);
  GROVE_WAIT (self->saved >= 0, GROVE_PATIENCE_MS);
  assert_contents (self, "");
}

/* The disk takes only so much: as long a file as this process may write. */
static void
test_full (Fixture *self, gconstpointer data)
{
  struct rlimit    unlimited, limit;
  g_autofree char *much = g_strnfill (200000, 'x');
  GroveSave       *save = begin (self);

  g_assert_true (g_file_set_contents (self->path, "what was there", -1, NULL));
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &unlimited), ==, 0);
  limit = unlimited;
  limit.rlim_cur = 65536;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  write_text (save, much);
  grove_save_finish (save, NULL);
  GROVE_WAIT (self->saved >= 0, GROVE_PATIENCE_MS);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &unlimited), ==, 0);
  g_assert_false (self->saved);
  assert_contents (self, "what was there");
  GROVE_WAIT (says (self, "was not saved: "), GROVE_PATIENCE_MS);
}

/* A new file that could not be written whole is not there. */
static void
test_full_new (Fixture *self, gconstpointer data)
{
  struct rlimit    unlimited, limit;
  g_autofree char *much = g_strnfill (200000, 'x');
  GroveSave       *save = begin (self);

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &unlimited), ==, 0);
  limit = unlimited;
  limit.rlim_cur = 65536;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  write_text (save, much);
  GROVE_WAIT (self->saved >= 0, GROVE_PATIENCE_MS);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &unlimited), ==, 0);
  g_assert_false (self->saved);
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
}

/* What is no file is not replaced by one. */
static void
test_no_file (Fixture *self, gconstpointer data)
{
  GroveSave *save;

  g_assert_cmpint (mkfifo (self->path, 0600), ==, 0);
  save = begin (self);
  write_text (save, "x");
  GROVE_WAIT (self->saved >= 0, GROVE_PATIENCE_MS);
  g_assert_false (self->saved);
  GROVE_WAIT (says (self, "is no ordinary file"), GROVE_PATIENCE_MS);
}

static void
test_no_folder (Fixture *self, gconstpointer data)
{
  GroveSave *save;

  g_free (self->path);
  self->path = g_build_filename (self->folder, "gone", "rows.csv", NULL);
  save = begin (self);
  write_text (save, "x");
  GROVE_WAIT (self->saved >= 0, GROVE_PATIENCE_MS);
  g_assert_false (self->saved);
  GROVE_WAIT (says (self, "the folder is not there"), GROVE_PATIENCE_MS);
}

static void
test_cancelled (Fixture *self, gconstpointer data)
{
  GroveSave *save = begin (self);
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");

  write_text (save, "half of it");
  grove_save_fail (save, error);
  GROVE_WAIT (self->saved >= 0, GROVE_PATIENCE_MS);
  g_assert_false (self->saved);
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
}

/* What a link leads to is written, and the link stays one. */
static void
test_link (Fixture *self, gconstpointer data)
{
  g_autofree char *link = g_strdup (self->path);
  GroveSave       *save;

  g_free (self->path);
  self->path = g_build_filename (self->folder, "target.csv", NULL);
  g_assert_true (g_file_set_contents (self->path, "old", -1, NULL));
  g_assert_cmpint (symlink ("target.csv", link), ==, 0);
  {
    g_autoptr (GFile) file = g_file_new_for_path (link);

    save = grove_save_new (self->toasts, file);
    g_signal_connect (save, "finished", G_CALLBACK (on_finished), self);
  }
  write_text (save, "new");
  grove_save_finish (save, NULL);
  GROVE_WAIT (self->saved >= 0, GROVE_PATIENCE_MS);
  assert_contents (self, "new");
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_remove (link);
}

static void
on_place (GroveSave *save, const char *suffix, gpointer user_data)
{
  Fixture *self = user_data;

  g_signal_connect (save, "finished", G_CALLBACK (on_finished), self);
  write_text (save, suffix);
  grove_save_finish (save, "3 rows");
}

/* The dialog asks for a name; its ending says in which format. */
static void
test_asked (Fixture *self, gconstpointer data)
{
  static const GroveSaveFormat formats[] = { { "CSV", "csv" }, { "JSON", "json" } };
  GtkWidget                   *entry;

  g_free (self->path);
  self->path = g_build_filename (self->folder, "rows.json", NULL);
  GROVE_WAIT (gtk_widget_get_mapped (self->window), GROVE_PATIENCE_MS);
  grove_save_ask (GTK_WINDOW (self->window), self->toasts, "Save Rows", "rows/of-it", formats,
                  G_N_ELEMENTS (formats), on_place, self, NULL);
  GROVE_WAIT ((entry = grove_ui_test_find_anywhere (GTK_TYPE_ENTRY, "rows-of-it.csv", NULL)) !=
                NULL,
              GROVE_PATIENCE_MS);
  gtk_editable_set_text (GTK_EDITABLE (entry), self->path);
  grove_ui_test_settle (entry);
  grove_ui_test_key (GTK_WIDGET (gtk_widget_get_root (entry)), GDK_KEY_Return, 0);
  GROVE_WAIT (self->saved >= 0, GROVE_PATIENCE_MS);
  assert_contents (self, "json");
}

static void
test_explained (void)
{
  g_autoptr (GError) full = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NO_SPACE, "ENOSPC");
  g_autoptr (GError) other = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "The cat did it");
  g_autofree char *one = grove_save_explain (full);
  g_autofree char *two = grove_save_explain (other);

  g_assert_cmpstr (one, ==, "there is no space left on the disk");
  g_assert_cmpstr (two, ==, "The cat did it");
}

#define TEST(name, func) g_test_add ("/ui/save/" name, Fixture, NULL, set_up, func, tear_down)

/* What file choosers leak is known by whole stacks only: see lsan.supp. */
__attribute__ ((visibility ("default"))) const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0";
}

int
main (int argc, char **argv)
{
  grove_ui_test_init (&argc, &argv);
  TEST ("whole", test_whole);
  TEST ("empty", test_empty);
  TEST ("full-disk", test_full);
  TEST ("full-disk-new-file", test_full_new);
  TEST ("no-file", test_no_file);
  TEST ("no-folder", test_no_folder);
  TEST ("cancelled", test_cancelled);
  TEST ("through-a-link", test_link);
  TEST ("asked", test_asked);
  g_test_add_func ("/ui/save/explained", test_explained);
  return g_test_run ();
}
