/* SPDX-License-Identifier: MIT
 *
 * Servers: a process that keeps a state and answers calls, casts and other messages, one at a time.
 * It waits frameless (grove_hibernate), so an idle one owns no stack. The semantics are
 * gen_server's; departures are named in otp/DESIGN.md.
 */
#pragma once

#include "runtime/core/process.h"

GROVE_BEGIN_DECLS

/* Who called: answer with grove_reply(), now or later, from any process. */
struct grove_from
{
  grove_pid pid;
  grove_ref alias;
};

enum grove_next
{
  GROVE_CONTINUE, /* wait for the next message */
  GROVE_STOP,     /* end; the reason was given with grove_server_stop_reason(), else normal */
};

/* All callbacks run in the server's process. @state is what init set; a term is gone when the
 * callback returns. They may be NULL, except init: a message without a callback is dropped, a call
 * or a cast without one is a crash with {bad_call, Request} or {bad_cast, Request}. */
struct grove_server_callbacks
{
  const char *module; /* shown as the initial call; static storage */
  /* Sets *state (from grove_alloc) and returns GROVE_OK. To fail it gives a reason with
   * grove_server_stop_reason() and returns an error: the starter gets that reason, and its link
   * hears nothing. grove_exit() is a crash: it reaches the link like any other. GROVE_IGNORED: it
   * has nothing to do, and ends normally; its starter is told so. */
  enum grove_status (*init) (const void *arg, void **state);
  enum grove_next (*handle_call) (struct grove_term request, struct grove_from from, void *state);
  enum grove_next (*handle_cast) (struct grove_term request, void *state);
  /* Any other message; and the atom `timeout`, when grove_server_idle_timeout() has passed. */
  enum grove_next (*handle_info) (struct grove_term message, void *state);
  /* What grove_server_continue() asked for, before any message. */
  enum grove_next (*handle_continue) (struct grove_term continuation, void *state);
  /* Before it ends by GROVE_STOP, because a callback ended it (grove_exit() and the like), or
   * because its parent did while it traps exits. Not when a signal or a fault ends it: what must be
   * released then is registered with grove_defer(). */
  void (*terminate) (struct grove_term reason, void *state);
  /* Appends the state as one term, for those who look at it (sys.h). */
  void (*describe) (const void *state, struct grove_buffer *out);
};

struct grove_server_options
{
  const char         *name;  /* registered; may be NULL */
  const char         *label; /* shown where there is no name; may be NULL */
  const void         *arg; /* for init; copied when arg_size > 0, and kept as long as the server */
  size_t              arg_size;
  bool                link;     /* to the caller (supervisors need it) */
  enum grove_priority priority; /* with GROVE_SERVER_DEFAULTS: normal */
  int64_t start_timeout_ns;     /* init that takes longer is killed; 0: it may take for ever */
};
#define GROVE_SERVER_DEFAULTS                                                                      \
  {                                                                                                \
    .priority = GROVE_PRIORITY_NORMAL                                                              \
  }

/**
 * grove_server_start:
 * @callbacks: static storage; init must be there
 * @options: not kept
 * @ret_pid: (out): the server; with GROVE_ERR_NAME_TAKEN the process that holds the name
 * @ret_reason: (optional): why init failed is appended
 *
 * Starts a server and returns after its init has returned.
 *
 * ```c
 * static enum grove_status
 * counter_init (const void *arg, void **state)
 * {
 *   int *n = grove_alloc (sizeof *n);
 *
 *   *n = *(const int *) arg;
 *   *state = n;
 *   return GROVE_OK;
 * }
 *
 * static enum grove_next
 * counter_call (struct grove_term request, struct grove_from from, void *state)
 * {
 *   int *n = state;
 *
 *   if (!grove_match (request, "next"))
 *     {
 *       grove_server_stop_reason ("{unknown, ~t}", request);
 *       return GROVE_STOP;
 *     }
 *   grove_reply (from, "~i", ++*n);
 *   return GROVE_CONTINUE;
 * }
 *
 * static enum grove_next
 * counter_cast (struct grove_term request, void *state)
 * {
 *   return grove_match (request, "{set, ~i}", (int *) state) ? GROVE_CONTINUE : GROVE_STOP;
 * }
 *
 * static const struct grove_server_callbacks counter = {
 *   .module = "counter",
 *   .init = counter_init,
 *   .handle_call = counter_call,
 *   .handle_cast = counter_cast,
 * };
 *
 * struct grove_server_options options = GROVE_SERVER_DEFAULTS;
 * struct grove_message       *reply;
 * grove_pid                   pid;
 * int                         begin = 41, n;
 *
 * options.arg = &begin;
 * options.arg_size = sizeof begin;
 * grove_assert (grove_server_start (&counter, &options, &pid, NULL) == GROVE_OK);
 * grove_assert (grove_call (pid, GROVE_FOREVER, &reply, "next") == GROVE_OK);
 * grove_assert (grove_match (grove_message_term (reply), "42"));
 * grove_message_free (reply);
 * grove_cast (pid, "{set, ~i}", 7);
 * grove_assert (grove_call (pid, GROVE_FOREVER, &reply, "next") == GROVE_OK);
 * grove_assert (grove_match (grove_message_term (reply), "~i", &n) && n == 8);
 * grove_message_free (reply);
 * grove_assert (grove_call (pid, GROVE_FOREVER, &reply, "other") == GROVE_ERR_EXITED);
 * ```
 *
 * Threads: owner process only. Blocks: yes, for as long as init takes. Cost: a spawn and a call.
 * Errors: GROVE_ERR_NAME_TAKEN, GROVE_ERR_EXITED (init failed), GROVE_ERR_TIMEOUT,
 * GROVE_ERR_SYSTEM_LIMIT, GROVE_ERR_BADARG; nothing is left behind then: no process, no name, no
 * EXIT message
 * Returns: GROVE_OK, GROVE_IGNORED (and @ret_pid is 0) or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_server_start (const struct grove_server_callbacks *callbacks,
                                                   const struct grove_server_options   *options,
                                                   grove_pid                           *ret_pid,
                                                   struct grove_buffer *ret_reason) GROVE_NODISCARD;

/**
 * grove_call:
 * @server: any pid
 * @timeout_ns: nanoseconds; GROVE_FOREVER waits
 * @ret_reply: (out) (transfer full): its term is the reply itself; free with grove_message_free()
 * @format: a build format (term.h): the request
 *
 * Sends {'$gen_call', {Pid, Ref}, Request} and waits for the answer; one that comes too late is
 * dropped before the mailbox.
 *
 * Threads: owner process only. Blocks: yes, until the answer or @timeout_ns.
 * Cost: O(size of the request and the reply), two switches.
 * Errors: GROVE_ERR_TIMEOUT, GROVE_ERR_NOPROC, GROVE_ERR_CALLING_SELF, GROVE_ERR_EXITED (it ended
 * before it answered), GROVE_ERR_SYNTAX, GROVE_ERR_BADARG; @ret_reply is then untouched
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_call (grove_pid              server,
                                           int64_t                timeout_ns,
                                           struct grove_message **ret_reply,
                                           const char            *format,
                                           ...) GROVE_NODISCARD;

/**
 * grove_cast:
 * @server: any pid; one that is gone, or 0, hears nothing
 * @format: a build format (term.h); a bad one is a crash of the caller, here and below
 *
 * Sends {'$gen_cast', Request}.
 *
 * Threads: owner process only. Blocks: no. Cost: O(size of what is sent).
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_cast (grove_pid server, const char *format, ...);

/**
 * grove_reply:
 * @from: of handle_call, from any process, once
 * @format: a build format (term.h)
 *
 * Answers a call. A caller that does not wait any more hears nothing.
 *
 * Threads: owner process only. Blocks: no. Cost: O(size of what is sent).
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_reply (struct grove_from from, const char *format, ...);

/**
 * grove_server_stop_reason:
 * @format: a build format (term.h)
 *
 * Sets the reason of the GROVE_STOP, or the failure of init, that the callback is about to return.
 *
 * Threads: owner process only, inside a callback. Blocks: no. Cost: O(size of the reason).
 * Errors: none; outside a callback it ends the caller with `badarg`
 * Since: 0.1
 */
GROVE_PUBLIC void grove_server_stop_reason (const char *format, ...);

/**
 * grove_server_continue:
 * @format: a build format (term.h)
 *
 * Has handle_continue() called with that term when the callback has returned, before any message:
 * for the rest of a long init, which its starter need not wait for.
 *
 * Threads: owner process only, inside a callback. Blocks: no. Cost: O(size of the term).
 * Errors: none; outside a callback it ends the caller with `badarg`
 * Since: 0.1
 */
GROVE_PUBLIC void grove_server_continue (const char *format, ...);

/**
 * grove_server_idle_timeout:
 * @timeout_ns: nanoseconds; 0: unless a message is there already; GROVE_FOREVER takes it back
 *
 * Has handle_info() called with the atom `timeout` unless a message comes within that time after
 * the callback has returned. It holds for one wait; whoever wants it again says so again.
 *
 * Threads: owner process only, inside a callback. Blocks: no. Cost: O(1).
 * Errors: none; outside a callback, or when negative, it ends the caller with `badarg`
 * Since: 0.1
 */
GROVE_PUBLIC void grove_server_idle_timeout (int64_t timeout_ns);

/**
 * grove_server_stop:
 * @server: any pid
 * @timeout_ns: nanoseconds; GROVE_FOREVER waits
 * @reason_format: a build format (term.h)
 *
 * Asks the server to run terminate() and to end with that reason, and waits until it has, and its
 * name is free.
 *
 * Threads: owner process only. Blocks: yes. Cost: a call.
 * Errors: GROVE_ERR_NOPROC, GROVE_ERR_EXITED (it ended for another reason), GROVE_ERR_TIMEOUT (it
 * ends when it comes to the request), GROVE_ERR_CALLING_SELF, GROVE_ERR_SYNTAX, GROVE_ERR_BADARG
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_server_stop (grove_pid   server,
                                                  int64_t     timeout_ns,
                                                  const char *reason_format,
                                                  ...) GROVE_NODISCARD;

/**
 * grove_server_send_request:
 * @server: any pid
 * @ret_request: (out): for the functions below
 * @format: a build format (term.h): the request
 *
 * Calls without waiting: several servers can work at the same time. Whoever does not want the
 * answer any more says so with grove_server_receive_response() and a time of 0.
 *
 * Threads: owner process only. Blocks: no. Cost: O(size of the request).
 * Errors: GROVE_ERR_NOPROC (for 0 only: another pid that is gone answers), GROVE_ERR_CALLING_SELF,
 * GROVE_ERR_SYNTAX
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_server_send_request (grove_pid   server,
                                                          grove_ref  *ret_request,
                                                          const char *format,
                                                          ...) GROVE_NODISCARD;

/**
 * grove_server_wait_response:
 * @request: of grove_server_send_request(), not answered yet
 * @timeout_ns: nanoseconds; GROVE_FOREVER waits
 * @ret_reply: (out) (transfer full): as for grove_call()
 *
 * Waits for the answer; when the time is up first, the request stands and can be waited for again.
 *
 * Threads: owner process only. Blocks: yes. Cost: as grove_receive_alias().
 * Errors: GROVE_ERR_TIMEOUT, GROVE_ERR_NOPROC, GROVE_ERR_EXITED, GROVE_ERR_BADARG
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_server_wait_response (grove_ref              request,
                            int64_t                timeout_ns,
                            struct grove_message **ret_reply) GROVE_NODISCARD;

/**
 * grove_server_receive_response:
 * @request: of grove_server_send_request(), not answered yet
 * @timeout_ns: nanoseconds; GROVE_FOREVER waits
 * @ret_reply: (out) (transfer full): as for grove_call()
 *
 * Waits for the answer; when the time is up first, the request is given up: what comes later is
 * dropped before the mailbox.
 *
 * Threads: owner process only. Blocks: yes. Cost: as grove_receive_alias().
 * Errors: GROVE_ERR_TIMEOUT, GROVE_ERR_NOPROC, GROVE_ERR_EXITED, GROVE_ERR_BADARG
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_server_receive_response (grove_ref              request,
                               int64_t                timeout_ns,
                               struct grove_message **ret_reply) GROVE_NODISCARD;

/**
 * grove_server_check_response:
 * @request: of grove_server_send_request()
 * @message: one that the caller received
 * @ret_status: (out): when true: GROVE_OK and @message is the reply, GROVE_ERR_NOPROC or
 * GROVE_ERR_EXITED
 *
 * For those who wait for anything: whether a message is the answer.
 *
 * Threads: owner process only. Blocks: no. Cost: O(1).
 * Errors: none
 * Returns: false for any other message
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_server_check_response (grove_ref                   request,
                                               const struct grove_message *message,
                                               enum grove_status          *ret_status);

GROVE_END_DECLS
