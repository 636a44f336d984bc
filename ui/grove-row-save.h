/* SPDX-License-Identifier: MIT
 *
 * Saving the rows of a table, all that match its filter, as CSV or JSON.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Asks where. @title: of the table, translated; @table: its name, for that of the file. @model: a
 * GroveRows, which is read page by page, or the rows themselves. */
void grove_row_save (GtkWindow       *parent,
                     AdwToastOverlay *toasts,
                     GroveSession    *session,
                     const char      *title,
                     const char      *table,
                     GListModel      *model);

/* The same to a place that is known; @suffix: "csv" or "json". Returns: (transfer none): the save,
 * to hear when it is over. */
GObject *grove_row_save_to (AdwToastOverlay *toasts,
                            GFile           *file,
                            const char      *suffix,
                            GroveSession    *session,
                            GListModel      *model);

G_END_DECLS
