/* SPDX-License-Identifier: MIT
 *
 * GroveMailboxSearch: goes through a mailbox page by page, counts kinds and finds messages by their
 * text. It reads what is there without taking it, one page at a time, and no more than some ten
 * thousand messages before it is told to go on, for each page costs the process a walk to it.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-mailbox.h"

G_BEGIN_DECLS

#define GROVE_TYPE_MAILBOX_SEARCH (grove_mailbox_search_get_type ())
G_DECLARE_FINAL_TYPE (GroveMailboxSearch, grove_mailbox_search, GROVE, MAILBOX_SEARCH, GObject)

/* Signal: changed. Returns: (transfer full): it has not begun. Since: 0.1 */
GroveMailboxSearch *grove_mailbox_search_new (GroveSession *session, const char *pid);

/* Begins at the oldest message. @text: what to look for, without regard to the case of letters; ""
 * counts kinds only. Since: 0.1 */
void grove_mailbox_search_start (GroveMailboxSearch *self, const char *text);
/* Reads on behind where it stopped, if there is more. Since: 0.1 */
void grove_mailbox_search_go_on (GroveMailboxSearch *self);
/* What it found stays. Since: 0.1 */
void grove_mailbox_search_stop (GroveMailboxSearch *self);

gboolean grove_mailbox_search_is_busy (GroveMailboxSearch *self);
/* Returns: how many it has read, of how many. Since: 0.1 */
guint64 grove_mailbox_search_get_n_read (GroveMailboxSearch *self, guint64 *ret_total);
/* Returns: (nullable): what went wrong, for people. Since: 0.1 */
const char *grove_mailbox_search_get_error (GroveMailboxSearch *self);
/* Returns: (array length=ret_n): where those are that match, at the time it read them; at most
 * 1,000. Since: 0.1 */
const guint64 *grove_mailbox_search_get_matches (GroveMailboxSearch *self, guint *ret_n);
/* As grove_mailbox_say_kinds(), of all it has read. (transfer full) Since: 0.1 */
char *grove_mailbox_search_say_kinds (GroveMailboxSearch *self);

G_END_DECLS
