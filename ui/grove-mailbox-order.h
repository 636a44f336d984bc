/* SPDX-License-Identifier: MIT
 *
 * How mailboxes are compared: the round number a full bar stands for, and who stands above whom.
 *
 * Threads: any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A round number of messages not below @peak that a full bar stands for: 1, 2 or 5 times a power of
 * ten, 10 at the least. */
gint64 grove_mailbox_choose_scale (gint64 peak);
/* Puts the fuller of @n mailboxes first: @order holds their indices in @fills as they stand, and
 * one passes another only when it clearly holds more, as is seen on bars of @scale. */
void grove_mailbox_order (const gint64 *fills, guint *order, guint n, gint64 scale);

G_END_DECLS
