/* SPDX-License-Identifier: MIT
 *
 * GrovePreferencesWindow: where a person sets what GrovePreferences holds. What is set holds at
 * once, in all windows.
 *
 * Threads: main thread only.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_PREFERENCES_WINDOW (grove_preferences_window_get_type ())
G_DECLARE_FINAL_TYPE (
  GrovePreferencesWindow, grove_preferences_window, GROVE, PREFERENCES_WINDOW, AdwPreferencesWindow)

/* @parent may be NULL. */
GtkWindow *grove_preferences_window_new (GtkWindow *parent);

G_END_DECLS
