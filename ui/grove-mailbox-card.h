/* SPDX-License-Identifier: MIT
 *
 * GroveMailboxCard: one mailbox being watched: a bar that fills, how many messages it holds, how
 * fast they come and go, its last minutes, and when it will be empty, or past the alarm limit, at
 * this rate.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-horizon.h"
#include "observer/grove-process-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GROVE_TYPE_MAILBOX_CARD (grove_mailbox_card_get_type ())
G_DECLARE_FINAL_TYPE (GroveMailboxCard, grove_mailbox_card, GROVE, MAILBOX_CARD, GtkListBoxRow)

/* Signal: pin-chosen (gboolean), a person wants it pinned, or not; it is told what comes of it. */
GtkWidget  *grove_mailbox_card_new (const char *pid);
const char *grove_mailbox_card_get_pid (GroveMailboxCard *self);
const char *grove_mailbox_card_get_title (GroveMailboxCard *self);
/* What it shows from now on; follows it. */
void grove_mailbox_card_set_item (GroveMailboxCard *self, GroveProcessItem *item);
/* Takes a sample for the rates and the chart; ten times a second. @scale: messages of a full bar.
 */
void grove_mailbox_card_tick (GroveMailboxCard *self, gint64 now_us, gint64 scale);
/* Where it stands in the list, 0 at the top; G_MAXUINT until that is said. */
void  grove_mailbox_card_set_place (GroveMailboxCard *self, guint place);
guint grove_mailbox_card_get_place (GroveMailboxCard *self);
/* The messages it holds; how many of late, for the order; the most of the last seconds and of the
 * last minutes, for the common scale. */
gint64 grove_mailbox_card_get_n_messages (GroveMailboxCard *self);
gint64 grove_mailbox_card_get_fill (GroveMailboxCard *self);
/* What is known of it before its own values come. */
void     grove_mailbox_card_set_expected (GroveMailboxCard *self, gint64 n_messages);
gint64   grove_mailbox_card_get_recent_peak (GroveMailboxCard *self);
gint64   grove_mailbox_card_get_peak (GroveMailboxCard *self);
void     grove_mailbox_card_set_selected (GroveMailboxCard *self, gboolean selected);
gboolean grove_mailbox_card_get_pinned (GroveMailboxCard *self);
void     grove_mailbox_card_set_pinned (GroveMailboxCard *self, gboolean pinned);
gboolean grove_mailbox_card_is_gone (GroveMailboxCard *self);
/* What it has seen, for another card of the same process. */
const GroveHorizon *grove_mailbox_card_get_horizon (GroveMailboxCard *self);
void grove_mailbox_card_set_horizon (GroveMailboxCard *self, const GroveHorizon *horizon);

/* How far back the chart goes: the same for all, so that they can be compared. */
void grove_mailbox_card_set_span (GroveMailboxCard *self, guint span_s);

/* What a mailbox does, in words: "growing 24/s, 1,000 in 12 s", "empty in 12 s", "steady". @limit:
 * of messages, past which it alarms. (transfer full) */
char *grove_mailbox_describe_trend (gint64 n_messages, double growth_per_s, gint64 limit);

G_END_DECLS
