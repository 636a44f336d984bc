/* SPDX-License-Identifier: MIT
 *
 * GroveProcessSelection: a GtkSelectionModel that selects processes, not positions. A selection
 * follows its processes when rows move, survives their leaving the window, and never makes rows
 * (GTK's own multi-selection would create and hold every one of a million).
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-target.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The pid at a position, NULL when not known there (yet). Borrowed until the next call. */
typedef const char *(*GrovePidAtFunc) (GListModel *model, guint position, gpointer user_data);
/* (transfer full) What is known of the process at a position whose pid is known. */
typedef GroveTarget *(*GroveTargetAtFunc) (GListModel *model, guint position, gpointer user_data);

#define GROVE_TYPE_PROCESS_SELECTION (grove_process_selection_get_type ())
G_DECLARE_FINAL_TYPE (
  GroveProcessSelection, grove_process_selection, GROVE, PROCESS_SELECTION, GObject)

/* Signal: current-changed, when the last selected process or the number of the selected changed.
 * Signal: all-selected (guint n_selected, guint n_rows), "select all" took those that are known.
 * @user_data must outlive the selection's use of @model. */
GroveProcessSelection *grove_process_selection_new (GListModel       *model,
                                                    GrovePidAtFunc    pid_at,
                                                    GroveTargetAtFunc target_at,
                                                    gpointer          user_data);
/* The last selected; NULL none. */
const char *grove_process_selection_get_current (GroveProcessSelection *self);
/* Selects @pid alone, wherever it is; NULL: nothing. Keeps a selection of several it is part of. */
void  grove_process_selection_set_current (GroveProcessSelection *self, const char *pid);
guint grove_process_selection_get_n_selected (GroveProcessSelection *self);
/* What is known of one that is selected, NULL: it is not. Borrowed. */
const GroveTarget *
grove_process_selection_get_target (GroveProcessSelection *self, const char *pid);
/* (transfer full) (element-type GroveTarget): copies, the current one first. */
GPtrArray *grove_process_selection_dup_targets (GroveProcessSelection *self);
/* Rows of that range show other processes than before. */
void grove_process_selection_rows_moved (GroveProcessSelection *self, guint first, guint n);

G_END_DECLS
