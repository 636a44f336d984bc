/* SPDX-License-Identifier: MIT
 *
 * GroveConnectDialog: asks where a system is: on this machine, on another one through ssh, an
 * Erlang node, or behind a command; and says what is wrong with an answer before it is tried.
 *
 * Threads: main thread only.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_CONNECT_DIALOG (grove_connect_dialog_get_type ())
G_DECLARE_FINAL_TYPE (GroveConnectDialog, grove_connect_dialog, GROVE, CONNECT_DIALOG, AdwWindow)

/* @target: what stands there at first, NULL nothing. Signal: chosen (const char *target, gboolean
 * in_new_window); it closes by itself. */
GroveConnectDialog *grove_connect_dialog_new (GtkWindow *parent, const char *target);

/* Puts the cursor where a node's cookie is typed. */
void grove_connect_dialog_ask_cookie (GroveConnectDialog *self);

G_END_DECLS
