/* SPDX-License-Identifier: MIT
 *
 * GroveMessageList: the messages in one mailbox, oldest first, read without taking them: position,
 * sender, age, size and the term; the whole term of the chosen one below.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_MESSAGE_LIST (grove_message_list_get_type ())
G_DECLARE_FINAL_TYPE (GroveMessageList, grove_message_list, GROVE, MESSAGE_LIST, AdwBin)

/* Signals: closed, the person has seen enough; navigate (const char *pid), a sender was chosen. */
GtkWidget *grove_message_list_new (GroveSession *session);
/* Shows the mailbox of @pid, called @title; NULL: none. */
void grove_message_list_set_process (GroveMessageList *self, const char *pid, const char *title);
/* Rows that are shown. */
guint grove_message_list_get_n_shown (GroveMessageList *self);

G_END_DECLS
