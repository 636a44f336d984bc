/* SPDX-License-Identifier: MIT
 *
 * What the files of the server share: its state, and how system messages (sys.h) reach it. All of
 * it belongs to the server's process and lies in its heap. Private to otp/.
 */
#pragma once

#include "runtime/otp/scratch.h"
#include "runtime/otp/server.h"

struct grove_sys;

/* The behaviour of the process. */
struct grove_server
{
  const struct grove_server_callbacks *callbacks;
  void                                *state;
  grove_pid                            parent;       /* 0: started without a link */
  struct grove_term                    reason;       /* for the GROVE_STOP to come; empty: none */
  struct grove_term                    continuation; /* comes before any message; empty: none */
  int64_t                              idle_ns;      /* for the next wait only; < 0: none */
  struct grove_sys                    *sys;          /* NULL: nobody ever asked */
  bool                                 suspended;
  bool answering_system; /* what is answered now is nobody's business but the asker's */
};

/* ---- The loop (server.c) ---------------------------------------------------------------- */

/* Serves what comes, for ever. */
void _grove_server_serve (void *server);
/* Runs terminate() and ends with @reason. */
GROVE_NORETURN void _grove_server_end (struct grove_server *self, struct grove_term reason);

/* What it says when a callback ends the process. */
void _grove_server_crashed (void *server, struct grove_term reason);

/* ---- Calls (server-call.c) -------------------------------------------------------------- */

enum grove_request_kind
{
  GROVE_REQUEST_CALL,
  GROVE_REQUEST_SYSTEM,
};

/* grove_call() of either kind. */
enum grove_status _grove_call_va (grove_pid               server,
                                  enum grove_request_kind kind,
                                  int64_t                 timeout_ns,
                                  struct grove_message  **ret_reply,
                                  const char             *format,
                                  va_list                 args);

/* ---- System messages (sys.c) ------------------------------------------------------------ */

/* False: @message is none. */
bool _grove_sys_handle (struct grove_server *self, struct grove_term message);
/* Whether a receive of a server that is suspended takes @message. */
bool _grove_sys_wanted (const struct grove_server *self, struct grove_term message);
/* A message came in, or an answer went out, of a server that somebody watches. */
void _grove_sys_saw_in (struct grove_server *self, struct grove_term message);
void _grove_sys_saw_out (struct grove_server *self, struct grove_term reply, grove_pid to);
