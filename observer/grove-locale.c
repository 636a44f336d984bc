/* SPDX-License-Identifier: MIT
 *
 * The language of what a person reads.
 */
#include "observer/grove-locale.h"

#include <libintl.h>
#include <locale.h>

void
grove_locale_init (void)
{
  const char *directory = g_getenv ("GROVE_LOCALE_DIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, directory != NULL ? directory : GROVE_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  /* What builder files and gtk_widget templates look their texts up in. */
  textdomain (GETTEXT_PACKAGE);
}
