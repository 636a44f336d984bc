/* SPDX-License-Identifier: MIT
 *
 * GroveMessageRow: one message in the inspector: what it begins with, who sent it and when; opened,
 * all of it.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-mailbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GROVE_TYPE_MESSAGE_ROW (grove_message_row_get_type ())
G_DECLARE_FINAL_TYPE (GroveMessageRow, grove_message_row, GROVE, MESSAGE_ROW, GtkListBoxRow)

/* Signal: navigate (const char *pid), its sender or a pid in it was chosen. */
GtkWidget *grove_message_row_new (GroveMailboxMessage *message);
/* Opens what is closed, and closes what is open. */
void grove_message_row_toggle (GroveMessageRow *self);

G_END_DECLS
