/* SPDX-License-Identifier: MIT
 *
 * What kind of message a text is: what a process tells messages apart by. Pure.
 *
 * Threads: any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "ping", "{order,…}", "cast add", "call get", "{pid,pong,…}", "integer"; short, of a text that may
 * be cut, in Erlang's syntax or Elixir's. (transfer full) Since: 0.1 */
char *grove_message_kind (const char *text);

/* How many there are of each. Private to observer/. */
typedef struct grove_kinds GroveKinds;
GroveKinds                *_grove_kinds_new (void);
void                       _grove_kinds_free (GroveKinds *self);
void                       _grove_kinds_add (GroveKinds *self, const char *kind);
/* The most frequent first, the rest as how many other kinds; "" when there are none. */
char *_grove_kinds_say (GroveKinds *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GroveKinds, _grove_kinds_free)

G_END_DECLS
