/* SPDX-License-Identifier: MIT
 *
 * GroveMailboxesView: watching mailboxes fill: the fullest at the top, ten updates a second;
 * opening one lists its messages.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_MAILBOXES_VIEW (grove_mailboxes_view_get_type ())
G_DECLARE_FINAL_TYPE (GroveMailboxesView, grove_mailboxes_view, GROVE, MAILBOXES_VIEW, AdwBin)

GtkWidget *grove_mailboxes_view_new (GroveSession *session);
/* Lists the messages of @pid. */
void     grove_mailboxes_view_open (GroveMailboxesView *self, const char *pid, const char *title);
gboolean grove_mailboxes_view_is_filled (GroveMailboxesView *self);

G_END_DECLS
