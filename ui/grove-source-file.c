/* SPDX-License-Identifier: MIT
 *
 * Where sources may be. A path of a compiler is absolute, or relative to where it ran; a program
 * that was not installed often stands some folders below that.
 */
#include "ui/grove-source-file.h"

#include "ui/grove-preferences.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#define STATE      "sources.folders"
#define SIZE_MAX_B (4 << 20)
#define LEVELS     6
#define FOLDERS    8

static void
add (GPtrArray *folders, const char *folder)
{
  for (guint i = 0; i < folders->len; i++)
    if (g_str_equal (folders->pdata[i], folder))
      return;
  g_ptr_array_add (folders, g_strdup (folder));
}

/* Of the observed program, where it runs on this machine. */
static void
add_process (GPtrArray *folders, int pid)
{
  g_autofree char *exe_link = g_strdup_printf ("/proc/%d/exe", pid);
  g_autofree char *cwd_link = g_strdup_printf ("/proc/%d/cwd", pid);
  g_autofree char *cwd = g_file_read_link (cwd_link, NULL);
  g_autofree char *folder = g_file_read_link (exe_link, NULL);

  if (cwd != NULL)
    add (folders, cwd);
  for (int i = 0; i < LEVELS && folder != NULL && folder[0] == '/' && folder[1] != '\0'; i++)
    {
      char *above = g_path_get_dirname (folder);

      g_free (folder);
      folder = above;
      add (folders, folder);
    }
}

static char **
get_chosen (void)
{
  g_autoptr (GVariant) state =
    grove_preferences_dup_state (grove_preferences_get (), STATE, G_VARIANT_TYPE_STRING_ARRAY);

  return state != NULL ? g_variant_dup_strv (state, NULL) : g_new0 (char *, 1);
}

char **
grove_source_file_get_folders (GroveSession *session)
{
  GPtrArray *folders = g_ptr_array_new ();
  g_auto (GStrv) chosen = get_chosen ();
  g_autofree char *own = g_get_current_dir ();
  int              pid = session != NULL ? grove_session_get_os_pid (session) : 0;

  for (guint i = 0; chosen[i] != NULL && i < FOLDERS; i++)
    add (folders, chosen[i]);
  if (pid > 0)
    add_process (folders, pid);
  add (folders, own);
  g_ptr_array_add (folders, NULL);
  return (char **) g_ptr_array_free (folders, FALSE);
}

void
grove_source_file_add_folder (const char *folder)
{
  g_auto (GStrv) chosen = get_chosen ();
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  g_variant_builder_add (&builder, "s", folder);
  for (guint i = 0; chosen[i] != NULL && i + 1 < FOLDERS; i++)
    if (!g_str_equal (chosen[i], folder))
      g_variant_builder_add (&builder, "s", chosen[i]);
  grove_preferences_set_state (grove_preferences_get (), STATE, g_variant_builder_end (&builder));
}

/* NULL: it is not there, or nothing one would read. What is no file is not opened: it may wait. */
static char *
read_file (const char *path)
{
  GStatBuf status;
  char    *contents = NULL;
  gsize    size;

  if (g_stat (path, &status) != 0 || !S_ISREG (status.st_mode) || status.st_size > SIZE_MAX_B ||
      !g_file_get_contents (path, &contents, &size, NULL))
    return NULL;
  if (!g_utf8_validate (contents, (gssize) size, NULL))
    {
      char *valid = g_utf8_make_valid (contents, (gssize) size);

      g_free (contents);
      contents = valid;
    }
  return contents;
}

/* The path without its first folders: a compiler's folder need not be called as it is here. */
static const char *
shorten (const char *path)
{
  const char *slash = strchr (path, '/');

  return slash != NULL ? slash + 1 : NULL;
}

char *
grove_source_file_find (const char        *file,
                        const char *const *folders,
                        char             **ret_path,
                        GError           **error)
{
  char *contents = g_path_is_absolute (file) ? read_file (file) : NULL;

  *ret_path = contents != NULL ? g_strdup (file) : NULL;
  while (file[0] == '/' || g_str_has_prefix (file, "../") || g_str_has_prefix (file, "./"))
    file = shorten (file);
  for (; contents == NULL && file != NULL; file = shorten (file))
    for (guint i = 0; contents == NULL && folders[i] != NULL; i++)
      {
        g_autofree char *path = g_build_filename (folders[i], file, NULL);

        contents = read_file (path);
        if (contents != NULL)
          *ret_path = g_steal_pointer (&path);
      }
  if (contents == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _ ("It is not on this machine"));
  return contents;
}
