/* SPDX-License-Identifier: MIT
 *
 * GroveMailboxBar: how many messages a mailbox holds, as a number and a bar that fills. In a table
 * the bar is logarithmic (GROVE_MAILBOX_BAR_NUMBERED); where mailboxes stand one above another it
 * is as full as its owner says (set_level()), without the number.
 *
 * Threads: main thread only.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GROVE_TYPE_MAILBOX_BAR (grove_mailbox_bar_get_type ())
G_DECLARE_FINAL_TYPE (GroveMailboxBar, grove_mailbox_bar, GROVE, MAILBOX_BAR, GtkWidget)

/* Properties: n-messages uint64 rw; level double rw (0..1, or -1: by the number of messages). */
GtkWidget *grove_mailbox_bar_new (void);
void       grove_mailbox_bar_set_n_messages (GroveMailboxBar *self, guint64 n_messages);
guint64    grove_mailbox_bar_get_n_messages (GroveMailboxBar *self);
void       grove_mailbox_bar_set_level (GroveMailboxBar *self, double level);
double     grove_mailbox_bar_get_level (GroveMailboxBar *self);

G_END_DECLS
