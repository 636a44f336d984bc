/* SPDX-License-Identifier: MIT
 *
 * A command whose standard input and output are the two directions of a connection: ssh, kubectl,
 * or whatever else speaks the protocol. What it says on its standard error is kept, for people. It
 * is always reaped: whoever lets go of it has closed its input, which is its sign to end; if it
 * does not, it is made to. Private to observer/.
 *
 * Threads: main thread only. Blocks: never.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct GroveChild GroveChild;

/* @ret_fd: (out): our end of the connection, non-blocking; the caller's. NULL and an error if it
 * could not be run. */
GroveChild *_grove_child_new (char **argv, int *ret_fd, GError **error);

/* Calls @func once, later: when it has ended and all it said was read, or else after @patience_ms.
 * Not any more once it is freed. */
void
_grove_child_wait (GroveChild *self, guint patience_ms, void (*func) (gpointer), gpointer data);

/* What it said and how it ended: "ssh: ... (exit status 255)"; transfer full, NULL: nothing yet. */
char *_grove_child_get_complaint (GroveChild *self);

/* What it said, without how it ended; transfer full, NULL: nothing. */
char *_grove_child_get_said (GroveChild *self);

/* -1: it has not ended, or a signal ended it. */
int _grove_child_get_status (GroveChild *self);

/* @self: (nullable) (transfer full). */
void _grove_child_free (GroveChild *self);

/* How many are not reaped yet; a program that ends turns its main loop until there are none. */
guint _grove_child_count (void);

G_END_DECLS
