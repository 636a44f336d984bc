/* SPDX-License-Identifier: MIT
 *
 * GroveMailbox: the messages in one process's mailbox, read in pages, never consumed. A GListModel
 * of GroveMailboxMessage for one page of them, read again each second while active.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-session.h"
#include "observer/grove-term.h"

G_BEGIN_DECLS

#define GROVE_TYPE_MAILBOX_MESSAGE (grove_mailbox_message_get_type ())
G_DECLARE_FINAL_TYPE (GroveMailboxMessage, grove_mailbox_message, GROVE, MAILBOX_MESSAGE, GObject)
/* A message that is still there after a reading is the same object; its properties index (uint64)
 * and age-ns (int64) notify. Also properties: size int64, from string, text string; all read. */
guint64     grove_mailbox_message_get_index (GroveMailboxMessage *self);
const char *grove_mailbox_message_get_from (GroveMailboxMessage *self);   /* pid or "" */
gint64      grove_mailbox_message_get_age_ns (GroveMailboxMessage *self); /* -1 not known */
gint64      grove_mailbox_message_get_size (GroveMailboxMessage *self);
const char *grove_mailbox_message_get_text (GroveMailboxMessage *self);
/* What its receiver tells it by: see grove_message_kind(). Since: 0.1 */
const char *grove_mailbox_message_get_kind (GroveMailboxMessage *self);
/* Never NULL; of a large one only its text came. Since: 0.1 */
GroveTerm *grove_mailbox_message_get_term (GroveMailboxMessage *self);

#define GROVE_TYPE_MAILBOX (grove_mailbox_get_type ())
G_DECLARE_FINAL_TYPE (GroveMailbox, grove_mailbox, GROVE, MAILBOX, GObject)

/**
 * grove_mailbox_new:
 * @pid: whose; it may be dead
 *
 * Properties: active boolean rw; total uint64 r (in the mailbox); error string r (why it cannot be
 * read, NULL fine); offset uint64 rw (the first shown). Signal: refreshed. A page has 100 messages.
 *
 * Returns: (transfer full): not active
 * Since: 0.1
 */
GroveMailbox *grove_mailbox_new (GroveSession *session, const char *pid);

/* Reads while active, and the session is live and not paused. Since: 0.1 */
void    grove_mailbox_set_active (GroveMailbox *self, gboolean active);
guint64 grove_mailbox_get_total (GroveMailbox *self);

/* @n: messages of a page, 1 to 200; a page of large ones may have fewer. Since: 0.1 */
void    grove_mailbox_set_page (GroveMailbox *self, guint n);
guint   grove_mailbox_get_page (GroveMailbox *self);
void    grove_mailbox_set_offset (GroveMailbox *self, guint64 offset);
guint64 grove_mailbox_get_offset (GroveMailbox *self);
/* How many of each kind the page has, the most frequent first: "12 × ping, 3 × {order,…}"; "" when
 * it is empty. (transfer full) Since: 0.1 */
char *grove_mailbox_say_kinds (GroveMailbox *self);

/* Returns: (nullable): why it cannot be read, for people; borrowed. Since: 0.1 */
const char *grove_mailbox_get_error (GroveMailbox *self);

/**
 * grove_mailbox_get_cost:
 *
 * What reading this mailbox would cost the system, in words, where that is so much that it is to be
 * asked for: until grove_mailbox_read_costly() there are no messages, only how many. Afterwards a
 * page is read once, not again and again.
 *
 * Returns: (nullable): NULL when there is nothing to be said
 * Since: 0.1
 */
const char *grove_mailbox_get_cost (GroveMailbox *self);
void        grove_mailbox_read_costly (GroveMailbox *self);

G_END_DECLS
