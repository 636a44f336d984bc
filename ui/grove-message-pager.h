/* SPDX-License-Identifier: MIT
 *
 * GroveMessagePager: the way through a long mailbox: page by page, to what holds a text, and how
 * many there are of each kind. Searching and counting read the mailbox on demand, in the open: how
 * far it has got, and a way to stop.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-mailbox.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_MESSAGE_PAGER (grove_message_pager_get_type ())
G_DECLARE_FINAL_TYPE (GroveMessagePager, grove_message_pager, GROVE, MESSAGE_PAGER, AdwBin)

GtkWidget *grove_message_pager_new (void);
/* The mailbox of @pid, NULL: none. Its offset is the pager's to set from then on. */
void grove_message_pager_set_mailbox (GroveMessagePager *self,
                                      GroveSession      *session,
                                      const char        *pid,
                                      GroveMailbox      *mailbox);

G_END_DECLS
