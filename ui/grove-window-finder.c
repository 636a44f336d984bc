/* SPDX-License-Identifier: MIT
 *
 * The command palette of a window: what can be done in it, and why not.
 */
#include "ui/grove-finder-commands.h"
#include "ui/grove-menus.h"
#include "ui/grove-window-private.h"

#include <glib/gi18n.h>

static const char *
get_obstacle (gpointer user_data, const char *action)
{
  GroveWindow      *self = user_data;
  GroveSessionState state = grove_session_get_state (self->session);
  const char       *reason = grove_process_actions_get_obstacle (self->actions, action);

  if (reason != NULL)
    return reason;
  if (g_str_equal (action, "disconnect") ||
      (state != GROVE_SESSION_LIVE && state != GROVE_SESSION_LOST))
    return _ ("Connect to a system first");
  if (g_str_equal (action, "retry"))
    return _ ("The connection stands");
  if (g_str_equal (action, "pause"))
    return _ ("The system is not connected");
  return grove_session_get_selected (self->session) == NULL ? _ ("Select a process first") : NULL;
}

/* What the commands would act on, for people; NULL nothing. */
static char *
dup_process (GroveWindow *self)
{
  g_autoptr (GPtrArray) targets = _grove_window_dup_targets (self);

  if (targets->len == 0)
    return NULL;
  if (targets->len > 1)
    return g_strdup_printf (ngettext ("%u process", "%u processes", targets->len), targets->len);
  return grove_target_describe (g_ptr_array_index (targets, 0));
}

static GPtrArray *
collect (gpointer user_data)
{
  GroveWindow     *self = user_data;
  g_autofree char *process = dup_process (self);
  GroveFinderPlace place = {
    .window = GTK_APPLICATION_WINDOW (self),
    .stack = self->stack,
    .window_menu = gtk_menu_button_get_menu_model (self->menu_button),
    .process_menu = grove_process_menu (),
    .systems = G_LIST_MODEL (self->discovery),
    .process = process,
    .obstacle = get_obstacle,
    .user_data = self,
  };

  return grove_finder_commands_collect (&place);
}

void
_grove_window_finder_init (GroveWindow *self)
{
  self->finder = GROVE_FINDER (grove_finder_new (self->session, collect, self));
  gtk_widget_set_parent (GTK_WIDGET (self->finder), GTK_WIDGET (self->toasts));
}

void
_grove_window_finder_open (GroveWindow *self)
{
  grove_discovery_refresh (self->discovery);
  grove_finder_open (self->finder, gtk_widget_get_height (self->header));
}

void
_grove_window_finder_finish (GroveWindow *self)
{
  if (self->finder != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->finder));
  self->finder = NULL;
}
