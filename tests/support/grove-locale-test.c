/* SPDX-License-Identifier: MIT
 *
 * German numbers in a directory that LOCPATH names.
 */
#include "tests/support/grove-locale-test.h"

#include <glib.h>
#include <locale.h>

static char *directory;

static void
run (const char *const *argv)
{
  g_spawn_sync (NULL, (char **) argv, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                NULL, NULL, NULL, NULL, NULL);
}

bool
grove_locale_test_enter (void)
{
  g_autofree char *target = NULL;

  directory = g_dir_make_tmp ("grove-locale-XXXXXX", NULL);
  g_assert_nonnull (directory);
  target = g_build_filename (directory, "de_DE.UTF-8", NULL);
  run ((const char *const[]){ "localedef", "-i", "de_DE", "-f", "UTF-8", target, NULL });
  g_setenv ("LOCPATH", directory, TRUE);
  return setlocale (LC_ALL, "de_DE.UTF-8") != NULL;
}

void
grove_locale_test_leave (void)
{
  setlocale (LC_ALL, "C");
  g_unsetenv ("LOCPATH");
  run ((const char *const[]){ "rm", "-rf", directory, NULL });
  g_clear_pointer (&directory, g_free);
}
