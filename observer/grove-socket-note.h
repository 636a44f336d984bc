/* SPDX-License-Identifier: MIT
 *
 * What stands in the lock of a system's name, for who looks for systems (protocol/place.h): which
 * cluster it belongs to, and why it is not there just now. Private to observer/.
 *
 * Threads: any thread. Blocks: as reading a small file does.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *cluster; /* NULL: none */
  int   trouble; /* an enum grove_node_trouble, or another number; 0: it is there */
  char *said;    /* if it is not: a sentence, in English */
} GroveSocketNote;

/* @socket_path: of the system, NAME.sock; its lock is beside it. Nothing said, nothing there and
 * nonsense are all the same. */
void _grove_socket_note_read (const char *socket_path, GroveSocketNote *ret_note);
void _grove_socket_note_clear (GroveSocketNote *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GroveSocketNote, _grove_socket_note_clear)

G_END_DECLS
