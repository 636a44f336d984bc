/* SPDX-License-Identifier: MIT
 *
 * One question to the source under way: what grove_call_begin(), _end() and _fail() of source.h
 * work on. It outlives its session: then nobody waits for it, and its end only frees it.
 *
 * Threads: the server's.
 */
#pragma once

#include "protocol/session.h"

struct grove_call
{
  struct grove_server_session *session; /* NULL: it is gone */
  struct grove_call           *previous, *next;
  int64_t                      id;
  uint64_t                     audit; /* number of the command it is; 0: none */
  bool                         begun;
  bool                         changes; /* what it asks for shows in tables and trees */
  struct grove_writer          writer;
};

/* @role: what the method needs; a command's effect is shown as soon as it is answered.
 * NULL when too many are under way; that has then been answered. */
struct grove_call *
grove_call_new (struct grove_server_session *session, int64_t id, enum grove_role role);
