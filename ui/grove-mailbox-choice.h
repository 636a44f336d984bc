/* SPDX-License-Identifier: MIT
 *
 * GroveMailboxChoice: which processes are worth a card where mailboxes are watched: those that are
 * pinned, the fullest, and some of those that most is sent to. It follows the system while it is
 * active.
 *
 * Threads: main thread only.
 */
#pragma once

#include "ui/grove-pins.h"

G_BEGIN_DECLS

/* So many have a card, beside the pinned ones. */
#define GROVE_MAILBOX_CARDS_MAX 16

typedef struct _GroveMailboxChoice GroveMailboxChoice;

/* @loading_changed is called with @user_data when grove_mailbox_choice_is_loading() changes, or
 * grove_mailbox_choice_get_refusal(). */
GroveMailboxChoice *grove_mailbox_choice_new (GroveSession *session,
                                              GrovePins    *pins,
                                              void (*loading_changed) (gpointer user_data),
                                              gpointer user_data);
void                grove_mailbox_choice_free (GroveMailboxChoice *self);
void                grove_mailbox_choice_set_active (GroveMailboxChoice *self, gboolean active);
/* Whether nothing was heard yet. */
gboolean grove_mailbox_choice_is_loading (GroveMailboxChoice *self);
/* Why the system does not tell who is fullest; borrowed, NULL. */
const char *grove_mailbox_choice_get_refusal (GroveMailboxChoice *self);
/* (transfer full) (element-type utf8): the pids for now, the pinned ones first, of the others the
 * fullest first among those that have no card yet. @cards: a table by
 * the pids that have a card already; to be called twice a second. */
GPtrArray *grove_mailbox_choice_choose (GroveMailboxChoice *self, GHashTable *cards, gint64 now_us);
/* What it held when that was last told; 0 when it was not. */
gint64 grove_mailbox_choice_get_n_messages (GroveMailboxChoice *self, const char *pid);
/* The system is another one: what was remembered means nothing. */
void grove_mailbox_choice_forget (GroveMailboxChoice *self);

G_END_DECLS
