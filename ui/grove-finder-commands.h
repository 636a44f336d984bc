/* SPDX-License-Identifier: MIT
 *
 * What the command palette can do besides showing processes: everything the menus of a window can,
 * its views, the preferences one by one, and the systems it could show. Nothing is listed twice: it
 * is read from the menus, so that a command that is added to one is found.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-finder-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Why the action cannot be done now, or NULL. Borrowed until the next call. */
typedef const char *(*GroveFinderObstacle) (gpointer user_data, const char *action);

typedef struct
{
  GtkApplicationWindow *window;
  AdwViewStack         *stack;
  GMenuModel           *window_menu, *process_menu;
  GListModel           *systems; /* GroveSystem */
  const char           *process; /* what the process commands act on, for people; NULL nothing */
  GroveFinderObstacle   obstacle;
  gpointer              user_data;
} GroveFinderPlace;

/* (transfer full) (element-type GroveFinderItem) */
GPtrArray *grove_finder_commands_collect (const GroveFinderPlace *place);

G_END_DECLS
