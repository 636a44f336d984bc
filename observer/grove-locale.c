/* SPDX-License-Identifier: MIT
 *
 * The language of what a person reads.
 */
#include "observer/grove-locale.h"

#include <libintl.h>
#include <locale.h>

/* The translations that stand beside the program, as an installation puts them, wherever that was
 * moved; NULL if there are none. */
static char *
find_beside (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *directory = NULL;

  if (program == NULL)
    return NULL;
  directory = g_path_get_dirname (program);
  g_free (program);
  program = g_build_filename (directory, "..", "share", "locale", NULL);
  return g_file_test (program, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&program) : NULL;
}

void
grove_locale_init (void)
{
  const char      *wished = g_getenv ("GROVE_LOCALE_DIR");
  g_autofree char *beside = find_beside ();

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, wished != NULL   ? wished
                                   : beside != NULL ? beside
                                                    : GROVE_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  /* What builder files and templates of widgets look their texts up in. */
  textdomain (GETTEXT_PACKAGE);
}
