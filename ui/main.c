/* SPDX-License-Identifier: MIT
 *
 * grove-observer: the windows.
 */
#include "ui/grove-application.h"

#include "observer/grove-locale.h"

#include <glib/gi18n.h>
#include <string.h>

/* Whether the command line asks for nothing that needs a screen. */
static gboolean
only_asks (int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], "--version") == 0 || g_str_has_prefix (argv[i], "--help") ||
        strcmp (argv[i], "-h") == 0)
      return TRUE;
  return FALSE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GroveApplication) application = NULL;
  int status;

  grove_locale_init ();
  if (!only_asks (argc, argv) && !gtk_init_check ())
    {
      g_printerr ("grove-observer: %s\n",
                  _ ("there is no display to open a window on; set DISPLAY or WAYLAND_DISPLAY"));
      return 1;
    }
  g_set_application_name ("Grove");
  g_set_prgname ("grove-observer");
  gtk_window_set_default_icon_name (GROVE_APPLICATION_ID);
  application = grove_application_new ();
  status = g_application_run (G_APPLICATION (application), argc, argv);
  return status != 0 ? status : grove_application_get_exit_status (application);
}
