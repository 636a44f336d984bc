/* SPDX-License-Identifier: MIT
 *
 * Looking into a running behaviour and holding it, as OTP's sys does: whatever is built on a server
 * (supervisors and applications too) answers system messages, {system, From, Request}, between its
 * others. While it is suspended it answers nothing else, and what is sent to it waits.
 *
 * All functions here are for processes: "Threads: owner process only. Blocks: yes, until the answer
 * or @timeout_ns. Cost: a call." Errors: GROVE_ERR_TIMEOUT, GROVE_ERR_NOPROC, GROVE_ERR_EXITED,
 * GROVE_ERR_CALLING_SELF, GROVE_ERR_BADARG, and what they name. What a process that is no behaviour
 * is sent stays in its mailbox, and the time will be up.
 */
#pragma once

#include "runtime/otp/server.h"

GROVE_BEGIN_DECLS

/**
 * grove_sys_suspend:
 * @server: any pid but the caller's
 * @timeout_ns: nanoseconds; GROVE_FOREVER waits
 *
 * Holds it until grove_sys_resume(). Twice is as good as once.
 *
 * Threads: owner process only. Blocks: yes. Cost: a call.
 * Errors: see above
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_sys_suspend (grove_pid server, int64_t timeout_ns) GROVE_NODISCARD;

/**
 * grove_sys_resume:
 * @server: any pid but the caller's
 * @timeout_ns: nanoseconds; GROVE_FOREVER waits
 *
 * It then serves what has come meanwhile, in order. One that runs goes on running.
 *
 * Threads: owner process only. Blocks: yes. Cost: a call.
 * Errors: see above
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_sys_resume (grove_pid server, int64_t timeout_ns) GROVE_NODISCARD;

/**
 * grove_sys_get_state:
 * @server: any pid but the caller's
 * @timeout_ns: nanoseconds; GROVE_FOREVER waits
 * @out: the state, as its `describe` tells it, is appended
 *
 * Threads: owner process only. Blocks: yes. Cost: a call.
 * Errors: see above; GROVE_ERR_NO_MATCH: it has no `describe`
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_sys_get_state (grove_pid            server,
                                                    int64_t              timeout_ns,
                                                    struct grove_buffer *out) GROVE_NODISCARD;

/* May change *state, or put another there; false: it did not, and left all as it was. Runs in the
 * server's process. */
typedef bool (*grove_sys_replace_func) (void **state, const void *arg);

/**
 * grove_sys_replace_state:
 * @server: any pid but the caller's
 * @timeout_ns: nanoseconds; GROVE_FOREVER waits
 * @replace: called there
 * @arg: for @replace; copied when @arg_size > 0 (at most 1 MiB), else it must outlive the call
 *
 * Changes the state of a server, running or suspended: for repairs by hand.
 *
 * Threads: owner process only. Blocks: yes. Cost: a call.
 * Errors: see above; GROVE_ERR_NO_MATCH: @replace answered false
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_sys_replace_state (grove_pid              server,
                                                        int64_t                timeout_ns,
                                                        grove_sys_replace_func replace,
                                                        const void            *arg,
                                                        size_t arg_size) GROVE_NODISCARD;

/**
 * grove_sys_get_status:
 * @server: any pid but the caller's
 * @timeout_ns: nanoseconds; GROVE_FOREVER waits
 * @out: {status, Pid, {module, Module}, [running | suspended, Parent | none, State | undescribed]}
 * is appended
 *
 * Threads: owner process only. Blocks: yes. Cost: a call.
 * Errors: see above
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_sys_get_status (grove_pid            server,
                                                     int64_t              timeout_ns,
                                                     struct grove_buffer *out) GROVE_NODISCARD;

/* ---- Watching --------------------------------------------------------------------------- */

struct grove_sys_statistics
{
  uint64_t elapsed_ns; /* since counting began */
  uint64_t reductions;
  uint64_t messages_in;
  uint64_t messages_out; /* answers */
};

/**
 * grove_sys_set_statistics:
 * @server: any pid but the caller's
 * @timeout_ns: nanoseconds; GROVE_FOREVER waits
 * @on: begins to count, from 0; or ends
 *
 * Threads: owner process only. Blocks: yes. Cost: a call.
 * Errors: see above
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_sys_set_statistics (grove_pid server, int64_t timeout_ns, bool on) GROVE_NODISCARD;

/**
 * grove_sys_get_statistics:
 * @server: any pid but the caller's
 * @timeout_ns: nanoseconds; GROVE_FOREVER waits
 * @ret_statistics: (out): untouched when there is an error
 *
 * Threads: owner process only. Blocks: yes. Cost: a call.
 * Errors: see above; GROVE_ERR_NO_MATCH: it does not count
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_sys_get_statistics (grove_pid                    server,
                          int64_t                      timeout_ns,
                          struct grove_sys_statistics *ret_statistics) GROVE_NODISCARD;

/* The most that a log holds, and the largest term it keeps; of larger ones it keeps `too_large`. */
#define GROVE_SYS_LOG_MAX  1000
#define GROVE_SYS_LOG_TERM 4096

/**
 * grove_sys_set_log:
 * @server: any pid but the caller's
 * @timeout_ns: nanoseconds; GROVE_FOREVER waits
 * @n: keeps the last so many, at most GROVE_SYS_LOG_MAX; 0: ends, and forgets them
 *
 * Threads: owner process only. Blocks: yes. Cost: a call.
 * Errors: see above
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_sys_set_log (grove_pid server, int64_t timeout_ns, unsigned n) GROVE_NODISCARD;

/**
 * grove_sys_get_log:
 * @server: any pid but the caller's
 * @timeout_ns: nanoseconds; GROVE_FOREVER waits
 * @out: a list of {in, Message} and {out, Answer, To}, oldest first, is appended
 *
 * Threads: owner process only. Blocks: yes. Cost: a call.
 * Errors: see above
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_sys_get_log (grove_pid server, int64_t timeout_ns, struct grove_buffer *out) GROVE_NODISCARD;

struct grove_sys_event
{
  grove_pid         server;
  grove_pid         to;   /* of an answer; 0: a message came in */
  struct grove_term term; /* gone when the hook returns */
};

/* Runs in the server's process. false: it is done, and is removed. */
typedef bool (*grove_sys_hook) (const struct grove_sys_event *event, void *arg);

/**
 * grove_sys_install:
 * @server: any pid but the caller's
 * @timeout_ns: nanoseconds; GROVE_FOREVER waits
 * @id: (nullable): what it is removed by; NULL: the hook itself
 * @hook: called for each message that comes in and each answer that goes out
 * @arg: for @hook; must outlive it
 *
 * The same id, or the same hook without one, is installed once: a second time changes nothing.
 *
 * Threads: owner process only. Blocks: yes. Cost: a call.
 * Errors: see above; GROVE_ERR_BADARG for an @id that is no atom
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_sys_install (grove_pid      server,
                                                  int64_t        timeout_ns,
                                                  const char    *id,
                                                  grove_sys_hook hook,
                                                  void          *arg) GROVE_NODISCARD;

/**
 * grove_sys_remove:
 * @server: any pid but the caller's
 * @timeout_ns: nanoseconds; GROVE_FOREVER waits
 * @id: (nullable): as installed
 * @hook: (nullable): as installed; not looked at when there is an @id
 *
 * One that is not there is no mistake.
 *
 * Threads: owner process only. Blocks: yes. Cost: a call.
 * Errors: see above
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_sys_remove (grove_pid      server,
                                                 int64_t        timeout_ns,
                                                 const char    *id,
                                                 grove_sys_hook hook) GROVE_NODISCARD;

GROVE_END_DECLS
