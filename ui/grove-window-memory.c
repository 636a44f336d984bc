/* SPDX-License-Identifier: MIT
 *
 * What a window remembers from one run to the next: its size, its view, whether the inspector is
 * shown. The last window closed says how the next opens.
 */
#include "ui/grove-preferences.h"
#include "ui/grove-window-private.h"

#define WIDTH_MIN  320
#define HEIGHT_MIN 240
#define SIDE_MAX   16384

void
_grove_window_remember (GroveWindow *self)
{
  GrovePreferences *preferences = grove_preferences_get ();
  const char       *view = adw_view_stack_get_visible_child_name (self->stack);
  int               width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  if (width > 0 && height > 0)
    grove_preferences_set_state (preferences, "window.size", g_variant_new ("(ii)", width, height));
  grove_preferences_set_state_boolean (preferences, "window.maximized",
                                       gtk_window_is_maximized (GTK_WINDOW (self)));
  grove_preferences_set_state_boolean (preferences, "window.inspector",
                                       adw_flap_get_reveal_flap (self->flap));
  grove_preferences_set_state_text (preferences, "window.view", view);
  grove_preferences_set_state_text (preferences, "window.filter",
                                    grove_session_get_filter (self->session));
}

void
_grove_window_recall (GroveWindow *self)
{
  GrovePreferences *preferences = grove_preferences_get ();
  g_autoptr (GVariant) size =
    grove_preferences_dup_state (preferences, "window.size", G_VARIANT_TYPE ("(ii)"));
  g_autofree char *view = grove_preferences_dup_state_text (preferences, "window.view");
  g_autofree char *filter = grove_preferences_dup_state_text (preferences, "window.filter");
  int              width = 0, height = 0;

  if (size != NULL)
    g_variant_get (size, "(ii)", &width, &height);
  if (width >= WIDTH_MIN && height >= HEIGHT_MIN && width <= SIDE_MAX && height <= SIDE_MAX)
    gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  if (grove_preferences_get_state_boolean (preferences, "window.maximized", FALSE))
    gtk_window_maximize (GTK_WINDOW (self));
  adw_flap_set_reveal_flap (self->flap,
                            grove_preferences_get_state_boolean (preferences, "window.inspector",
                                                                 FALSE));
  if (view != NULL && adw_view_stack_get_child_by_name (self->stack, view) != NULL)
    adw_view_stack_set_visible_child_name (self->stack, view);
  if (filter != NULL)
    grove_session_set_filter (self->session, filter);
}
