/* SPDX-License-Identifier: MIT
 *
 * Processes: a C function on a stack of its own that blocks anywhere in receive. Every function
 * here is called by a process ("owner process only": about the process that calls), unless it says
 * otherwise. Killing a process releases its heap, the messages it holds, and what it deferred.
 */
#pragma once

#include "runtime/status.h"
#include "runtime/term/term.h"

#include <stdarg.h>
#include <stdbool.h>

/* A process entry function. Returning from it ends the process with reason `normal`. */
typedef void (*grove_entry) (void *arg);

enum grove_priority
{
  GROVE_PRIORITY_LOW,
  GROVE_PRIORITY_NORMAL,
  GROVE_PRIORITY_HIGH,
  GROVE_PRIORITY_MAX,
};

/* A received message. It belongs to the process that received it until freed. */
struct grove_message;

struct grove_spawn_options
{
  const char *label;            /* shown where the process has no name; copied; may be NULL */
  const char *initial_call;     /* what it runs, as text; static storage; set by grove_spawn() */
  const void *arg;              /* handed to the entry function */
  size_t      arg_size;         /* > 0: @arg is copied into the child's heap first */
  enum grove_priority priority; /* set with the initialiser GROVE_SPAWN_DEFAULTS */
  bool                link;     /* linked to the caller, atomically with the spawn */
  bool                monitor;  /* monitored by the caller, atomically with the spawn */
  size_t              max_heap_bytes; /* 0: no limit */
};

#define GROVE_SPAWN_DEFAULTS                                                                       \
  {                                                                                                \
    .priority = GROVE_PRIORITY_NORMAL                                                              \
  }

/**
 * grove_spawn_opt:
 * @entry: runs as the new process, never on the caller's stack
 * @options: see the struct; not kept
 * @ret_pid: (out): the new process
 * @ret_monitor: (out) (optional): the monitor's reference when options->monitor
 *
 * Threads: owner process only (the runtime's own threads use grove_run()).
 * Errors: GROVE_ERR_BADARG, GROVE_ERR_SYSTEM_LIMIT (nothing is created then)
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_spawn_opt (grove_entry                       entry,
                                                const struct grove_spawn_options *options,
                                                grove_pid                        *ret_pid,
                                                grove_ref *ret_monitor) GROVE_NODISCARD;

/* The common case: aborts the calling process with `system_limit` when there is no room. */
GROVE_PUBLIC grove_pid grove_spawn_named (const char *initial_call, grove_entry entry, void *arg);
GROVE_PUBLIC grove_pid grove_spawn_link_named (const char *initial_call,
                                               grove_entry entry,
                                               void       *arg);
#define grove_spawn(entry, arg)      grove_spawn_named (#entry, entry, arg)
#define grove_spawn_link(entry, arg) grove_spawn_link_named (#entry, entry, arg)

GROVE_PUBLIC grove_pid grove_self (void);
GROVE_PUBLIC grove_ref grove_make_ref (void);

/* A signal in order behind all the caller sent to @pid before: false after exit(pid, kill), always.
 */
GROVE_PUBLIC bool grove_is_alive (grove_pid pid);

/* Gives up the rest of the slice; last in the caller's own priority. */
GROVE_PUBLIC void grove_yield (void);

/* Charges the caller @reductions. */
GROVE_PUBLIC void grove_bump_reductions (unsigned reductions);

/* Waits without looking at the mailbox. Owner process only. Signals are served meanwhile. */
GROVE_PUBLIC void grove_sleep_ms (uint64_t ms);

/* Nanoseconds of the runtime's monotonic clock. Any thread. */
GROVE_PUBLIC uint64_t grove_now_ns (void);

/* ---- Ending ---------------------------------------------------------------------------------- */

/**
 * grove_exit:
 * @reason_format: a build format (term.h), e.g. "normal" or "{bad_order, ~i}"
 *
 * Ends the calling process with that reason; a bad format ends it with `badarg`.
 */
GROVE_PUBLIC GROVE_NORETURN void grove_exit (const char *reason_format, ...);
GROVE_PUBLIC GROVE_NORETURN void grove_exit_term (struct grove_term reason);

/* Ends the process with {{assert, Expression}, [{Function, File, Line}]}. */
GROVE_PUBLIC GROVE_NORETURN void
grove_assert_failed (const char *expression, const char *function, const char *file, int line);
#define grove_assert(expression)                                                                   \
  ((expression) ? (void) 0 : grove_assert_failed (#expression, __func__, __FILE__, __LINE__))

/* Sends an exit signal; the rules are the BEAM's exit/2 (`kill` cannot be trapped). Never fails. */
GROVE_PUBLIC void grove_exit_process (grove_pid pid, const char *reason_format, ...);
GROVE_PUBLIC void grove_exit_process_term (grove_pid pid, struct grove_term reason);

/* ---- Messages -------------------------------------------------------------------------------- */

/**
 * grove_send:
 * @to: any pid; sending to a process that is gone succeeds and delivers nothing
 * @format: a build format (term.h)
 *
 * Returns: GROVE_OK, or GROVE_ERR_SYNTAX for a bad format (nothing is sent)
 */
GROVE_PUBLIC enum grove_status grove_send (grove_pid to, const char *format, ...);
GROVE_PUBLIC enum grove_status grove_send_va (grove_pid to, const char *format, va_list args);
GROVE_PUBLIC void              grove_send_term (grove_pid to, struct grove_term term);
/* GROVE_ERR_NO_NAME when nobody is registered so. */
GROVE_PUBLIC enum grove_status grove_send_name (const char *name, const char *format, ...);
/* Delivered only while @alias is active at the receiver (grove_alias). For replies. */
GROVE_PUBLIC void grove_send_alias (grove_pid to, grove_ref alias, struct grove_term term);

/**
 * grove_receive:
 * @timeout_ns: 0 scans once; GROVE_FOREVER waits
 * @ret_message: (out) (transfer full)
 *
 * Takes the oldest message.
 *
 * Errors: GROVE_ERR_TIMEOUT, GROVE_ERR_BADARG (negative)
 */
GROVE_PUBLIC enum grove_status
grove_receive (int64_t timeout_ns, struct grove_message **ret_message) GROVE_NODISCARD;

/* Takes the oldest message that @match accepts; the others stay in order. @match is pure: it must
 * not send, receive or allocate. */
typedef bool (*grove_match_func) (struct grove_term term, void *user_data);
GROVE_PUBLIC enum grove_status
grove_receive_match (grove_match_func       match,
                     void                  *user_data,
                     int64_t                timeout_ns,
                     struct grove_message **ret_message) GROVE_NODISCARD;

/* Takes the oldest message with the shape of a match format (term.h), binding into the pointers
 * that follow; what is bound points into the message, which must be freed after. */
GROVE_PUBLIC enum grove_status grove_receive_pattern (int64_t                timeout_ns,
                                                      struct grove_message **ret_message,
                                                      const char            *format,
                                                      ...) GROVE_NODISCARD;

GROVE_PUBLIC struct grove_term grove_message_term (const struct grove_message *message);
GROVE_PUBLIC grove_pid         grove_message_sender (const struct grove_message *message);
GROVE_PUBLIC void              grove_message_free (struct grove_message *message);

/* An active alias lets replies in; after grove_unalias() later ones are dropped before the queue.
 * The messages that were in the mailbox when an alias was made cannot carry it, so waiting for it
 * with grove_receive_alias() starts behind them and stays fast with a full mailbox. */
GROVE_PUBLIC grove_ref grove_alias (void);
GROVE_PUBLIC void      grove_unalias (grove_ref alias);
/* The next message that was sent to @alias, or the DOWN message of @monitor (0: none). */
GROVE_PUBLIC enum grove_status
grove_receive_alias (grove_ref              alias,
                     grove_ref              monitor,
                     int64_t                timeout_ns,
                     struct grove_message **ret_message) GROVE_NODISCARD;

/**
 * grove_hibernate:
 * @continuation: runs on a fresh stack as soon as there is a message, at once if there is one
 * @arg: must not point into the stack
 *
 * Drops the caller's frames: a process that waits so owns no stack and may move between schedulers.
 */
GROVE_PUBLIC GROVE_NORETURN void grove_hibernate (grove_entry continuation, void *arg);

/* ---- Links and monitors ---------------------------------------------------------------------- */

/* Idempotent. To a process that is gone: GROVE_ERR_NOPROC, or, when trapping, GROVE_OK and an
 * {'EXIT', Pid, noproc} message. */
GROVE_PUBLIC enum grove_status grove_link (grove_pid pid);
GROVE_PUBLIC void              grove_unlink (grove_pid pid);

/* {'DOWN', Ref, process, Pid, Reason} arrives once; reason `noproc` when there was no such process.
 */
GROVE_PUBLIC grove_ref grove_monitor (grove_pid pid);
/* true: no DOWN was delivered nor will be. With @flush a queued one is removed. */
GROVE_PUBLIC bool grove_demonitor (grove_ref monitor, bool flush);

/* Returns the old value. Trapped exits arrive as {'EXIT', Pid, Reason}. */
GROVE_PUBLIC bool grove_trap_exit (bool trap);

/* Returns the old value of the calling process. */
GROVE_PUBLIC enum grove_priority grove_set_priority (enum grove_priority priority);

/* What the caller is shown as where it has no name; copied; NULL: nothing. */
GROVE_PUBLIC void grove_process_label (const char *label);

/* ---- Names ----------------------------------------------------------------------------------- */

/* 1 to 255 bytes of UTF-8. Freed before anybody hears of the process's end.
 * Errors: GROVE_ERR_NAME_TAKEN, GROVE_ERR_NOPROC, GROVE_ERR_BADARG (reserved: "undefined") */
GROVE_PUBLIC enum grove_status grove_register (const char *name, grove_pid pid) GROVE_NODISCARD;
GROVE_PUBLIC enum grove_status grove_unregister (const char *name);
/* 0 when nobody is registered so. Any thread. */
GROVE_PUBLIC grove_pid grove_whereis (const char *name);

/* ---- The process's own heap ------------------------------------------------------------------ */

/* Never NULL: passing the limit, or the machine's memory, ends the process with `heap_limit`. */
GROVE_PUBLIC void *grove_alloc (size_t size);
GROVE_PUBLIC void *grove_realloc (void *block, size_t size);
GROVE_PUBLIC void  grove_free (void *block);
GROVE_PUBLIC char *grove_strdup (const char *text);

/* @release runs when the process ends, however it ends, in reverse order of registration. It must
 * not receive or spawn, and the stack of the process is gone: @data must not point there. */
GROVE_PUBLIC void grove_defer (void (*release) (void *), void *data);
