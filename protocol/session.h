/* SPDX-License-Identifier: MIT
 *
 * One connection on the server's side, without I/O: bytes go in, bytes come out, time is told. It
 * cuts lines, counts the bad ones, holds subscriptions and calls, and bounds everything the peer
 * can make it keep: input is not read while output is above the soft limit, and above the hard one
 * the session ends.
 *
 * Threads: the server's.
 */
#pragma once

#include "protocol/envelope.h"
#include "protocol/frame.h"
#include "protocol/host.h"
#include "protocol/schema.h"

struct grove_call;
struct grove_server_session;
struct grove_subscription;

/* Its output begins with `hello`. */
struct grove_server_session *grove_server_session_new (struct grove_host *host);
/* The program at the other end, when it is on this machine. */
void grove_server_session_set_os_pid (struct grove_server_session *self, int64_t os_pid);
/* Subscriptions end, what it suspends is resumed; calls under way are cancelled and outlive it. */
void grove_server_session_free (struct grove_server_session *self);

void grove_server_session_feed (struct grove_server_session *self, const char *bytes, size_t size);
/* False while nothing more should be read. */
bool        grove_server_session_wants_input (const struct grove_server_session *self);
const char *grove_server_session_output (const struct grove_server_session *self, size_t *ret_size);
/* @n bytes of the output were sent. */
void grove_server_session_consume (struct grove_server_session *self, size_t n);

/* When grove_server_session_tick() has something to do, or GROVE_NEVER. */
uint64_t grove_server_session_due_ns (const struct grove_server_session *self);
void     grove_server_session_tick (struct grove_server_session *self);

/* Nothing after it is accepted; the connection closes once the output is sent. */
void grove_server_session_goodbye (struct grove_server_session *self,
                                   const char                  *reason,
                                   const char                  *message);
/* The system ends: calls under way are answered with -32012, then goodbye. */
void grove_server_session_shut_down (struct grove_server_session *self);
/* True: no more input; close the connection when the output is sent. */
bool grove_server_session_is_closing (const struct grove_server_session *self);
/* One line that says goodbye to someone who gets no session. */
void grove_server_session_write_goodbye (struct grove_writer *writer,
                                         const char          *reason,
                                         const char          *message);

/* For the dispatcher, calls and subscriptions. */
struct grove_host *grove_server_session_host (struct grove_server_session *self);
bool               grove_server_session_is_open (const struct grove_server_session *self);
enum grove_role    grove_server_session_role (const struct grove_server_session *self);
/* How the client wants terms, unless a request says otherwise; may be changed. */
struct grove_term_style *grove_server_session_style (struct grove_server_session *self);
/* @client, @version: as it names itself; cut at what the schema allows. */
int64_t grove_server_session_open (struct grove_server_session *self,
                                   enum grove_role              role,
                                   const char                  *client,
                                   const char                  *version);
void    grove_server_session_close (struct grove_server_session *self);
/* Puts one whole message and its LF into the output. */
void
grove_server_session_send (struct grove_server_session *self, const struct grove_writer *message);
/* A writer where the `result` of @id goes; write one value, then end. Not to be nested. */
struct grove_writer      *
grove_server_session_begin_reply (struct grove_server_session *self, int64_t id);
void grove_server_session_end_reply (struct grove_server_session *self);
void grove_server_session_fail (struct grove_server_session *self,
                                int64_t                      id,
                                enum grove_error             code,
                                const char                  *data_json,
                                const char                  *format,
                                ...) __attribute__ ((format (printf, 5, 6)));
/* A cleared writer for one message; and the same one as it stands. */
struct grove_writer *grove_server_session_scratch (struct grove_server_session *self);
struct grove_writer *grove_server_session_scratch_current (struct grove_server_session *self);
/* False above the soft limit: nothing more is computed for it. */
bool grove_server_session_has_room (const struct grove_server_session *self);

/* Takes the subscription and numbers it; false when there are too many. */
bool grove_server_session_subscribe (struct grove_server_session *self,
                                     struct grove_subscription   *subscription);
/* @kind: "table", "tree" or "system". */
struct grove_subscription      *
grove_server_session_find_subscription (struct grove_server_session *self,
                                             const char                  *kind,
                                             int64_t                      id);
void grove_server_session_unsubscribe (struct grove_server_session *self,
                                       struct grove_subscription   *subscription);

/* What it holds of the source, made when first asked for. Ended once the session is closing, though
 * the peer may be slow to read the last of it. */
struct grove_source_lease *grove_server_session_lease (struct grove_server_session *self);

/* A command was carried out: tables and trees show it without waiting for their ticks. */
void grove_server_session_hurry (struct grove_server_session *self);

/* What the table `sessions` says of one. */
struct grove_session_facts
{
  int64_t         number;
  char            client[129], version[65];
  enum grove_role role;
  int64_t         os_pid; /* 0: not known */
  uint64_t        opened_ns;
  uint64_t bytes_in, bytes_out, queued; /* bytes_out: since it was connected, like bytes_in */
  uint64_t n_requests;
  size_t   n_calls, n_subscriptions;
  uint32_t n_suspends;
};
void
grove_server_session_facts (struct grove_server_session *self, struct grove_session_facts *ret);
/* The next of grove_host.sessions; NULL: that was the last. */
struct grove_server_session *grove_server_session_next (const struct grove_server_session *self);

/* The number in the audit of the command that is being dispatched; 0: none. */
uint64_t grove_server_session_command (const struct grove_server_session *self);
void     grove_server_session_set_command (struct grove_server_session *self, uint64_t seq);

/* Calls under way. */
bool grove_server_session_add_call (struct grove_server_session *self, struct grove_call *call);
/* The request @id, if it is under way, is answered with -32800; its source hears of it. */
void grove_server_session_cancel (struct grove_server_session *self, int64_t id);
void grove_server_session_remove_call (struct grove_server_session *self, struct grove_call *call);
