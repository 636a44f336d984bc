/* SPDX-License-Identifier: MIT
 *
 * GroveExitDialog: asks for the reason a process is told to exit with. It stays, with what was
 * wrong, when the reason is refused.
 *
 * Threads: main thread only.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_EXIT_DIALOG (grove_exit_dialog_get_type ())
G_DECLARE_FINAL_TYPE (GroveExitDialog, grove_exit_dialog, GROVE, EXIT_DIALOG, AdwWindow)

/* Signal: chosen (const char *reason). @who: what will be told, plain text. */
GroveExitDialog *grove_exit_dialog_new (GtkWindow *parent, const char *who);
void             grove_exit_dialog_set_error (GroveExitDialog *self, const char *error);
void             grove_exit_dialog_set_busy (GroveExitDialog *self, gboolean busy);

G_END_DECLS
