/* SPDX-License-Identifier: MIT
 *
 * Processes: a C function on a stack of its own that blocks anywhere in receive. Every function
 * here is called by a process ("owner process only": about the process that calls), unless it says
 * otherwise. Killing a process releases its heap, the messages it holds, and what it deferred.
 *
 * Invariants: signals from one process to another arrive in the order they were sent, of whatever
 * kind they are. A pid is never that of another process later.
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

/**
 * grove_spawn_named:
 * @initial_call: static storage; shown to observers
 * @arg: not copied: it must outlive the new process, or be static
 *
 * The common case; mostly through grove_spawn() and grove_spawn_link(), which take the function's
 * name for @initial_call. grove_spawn_link_named() links it to the caller, atomically.
 *
 * Errors: none; the caller ends with `system_limit` when there is no room
 * Returns: the new process
 * Since: 0.1
 */
GROVE_PUBLIC grove_pid grove_spawn_named (const char *initial_call, grove_entry entry, void *arg);
GROVE_PUBLIC grove_pid grove_spawn_link_named (const char *initial_call,
                                               grove_entry entry,
                                               void       *arg);
#define grove_spawn(entry, arg)      grove_spawn_named (#entry, entry, arg)
#define grove_spawn_link(entry, arg) grove_spawn_link_named (#entry, entry, arg)

/* Returns: the caller's pid. Since: 0.1 */
GROVE_PUBLIC grove_pid grove_self (void);

/* Returns: a reference that no call has given before. Since: 0.1 */
GROVE_PUBLIC grove_ref grove_make_ref (void);

/**
 * grove_is_alive:
 * @pid: any
 *
 * Asks by a signal, in order behind all the caller sent to @pid before: after
 * grove_exit_process (pid, "kill") the answer is always false.
 *
 * Blocks: until @pid has come to the question
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_is_alive (grove_pid pid);

/* Gives up the slice; the caller becomes the last of its own priority. Since: 0.1 */
GROVE_PUBLIC void grove_yield (void);

/* Charges the caller @reductions, at most a whole slice. Since: 0.1 */
GROVE_PUBLIC void grove_bump_reductions (unsigned reductions);

/* Waits without looking at the mailbox; signals are served. Blocks: yes. Since: 0.1 */
GROVE_PUBLIC void grove_sleep_ms (uint64_t ms);

/* Returns: the runtime's monotonic clock. Threads: any thread. Since: 0.1 */
GROVE_PUBLIC uint64_t grove_now_ns (void);

/* ---- Ending ---------------------------------------------------------------------------------- */

/**
 * grove_exit:
 * @reason_format: a build format (term.h), e.g. "normal" or "{bad_order, ~i}"
 *
 * Ends the calling process with that reason; a bad format ends it with `badarg`. grove_exit_term()
 * takes a term, which is copied.
 *
 * Since: 0.1
 */
GROVE_PUBLIC GROVE_NORETURN void grove_exit (const char *reason_format, ...);
GROVE_PUBLIC GROVE_NORETURN void grove_exit_term (struct grove_term reason);

/**
 * grove_assert_failed:
 *
 * What a failed grove_assert() calls: ends the process with the reason
 * {{assert, Expression}, [{Function, File, Line}]}.
 *
 * Since: 0.1
 */
GROVE_PUBLIC GROVE_NORETURN void
grove_assert_failed (const char *expression, const char *function, const char *file, int line);
#define grove_assert(expression)                                                                   \
  ((expression) ? (void) 0 : grove_assert_failed (#expression, __func__, __FILE__, __LINE__))

/**
 * grove_exit_process:
 * @pid: any; a process that is gone hears nothing
 * @reason_format: a build format (term.h); a bad one stands for `badarg`
 *
 * Sends an exit signal, by the rules of the BEAM's exit/2: `kill` cannot be trapped.
 * grove_exit_process_term() takes a term, which is copied.
 *
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_exit_process (grove_pid pid, const char *reason_format, ...);
GROVE_PUBLIC void grove_exit_process_term (grove_pid pid, struct grove_term reason);

/* ---- Messages -------------------------------------------------------------------------------- */

/**
 * grove_send:
 * @to: any pid; sending to a process that is gone succeeds and delivers nothing
 * @format: a build format (term.h)
 *
 * The message is copied. Sending never waits for the receiver, but costs the sender reductions when
 * that one's mailbox is full. grove_send_va() takes a va_list, grove_send_term() a term.
 *
 * Cost: O(size of the message)
 * Errors: GROVE_ERR_SYNTAX for a bad format (nothing is sent)
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_send (grove_pid to, const char *format, ...);
GROVE_PUBLIC enum grove_status grove_send_va (grove_pid to, const char *format, va_list args);
GROVE_PUBLIC void              grove_send_term (grove_pid to, struct grove_term term);

/**
 * grove_send_name:
 * @name: whoever is registered so when it is called
 * @format: a build format (term.h)
 *
 * Errors: GROVE_ERR_NO_NAME when nobody is, GROVE_ERR_SYNTAX; nothing is sent then
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_send_name (const char *name, const char *format, ...);

/**
 * grove_send_alias:
 * @to: the process that made @alias
 * @alias: of grove_alias()
 * @term: copied
 *
 * For replies: delivered only while @alias is active there, else dropped.
 *
 * Since: 0.1
 */
GROVE_PUBLIC void grove_send_alias (grove_pid to, grove_ref alias, struct grove_term term);

/**
 * grove_receive:
 * @timeout_ns: 0 looks once; GROVE_FOREVER waits
 * @ret_message: (out) (transfer full): free with grove_message_free()
 *
 * Takes the oldest message.
 *
 * Blocks: yes, and gives up the scheduler's thread
 * Errors: GROVE_ERR_TIMEOUT, GROVE_ERR_BADARG (negative); @ret_message is then untouched
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_receive (int64_t timeout_ns, struct grove_message **ret_message) GROVE_NODISCARD;

/* Takes the oldest message that @match accepts; the others stay in order. @match is pure: it must
 * not send, receive or allocate. */
typedef bool (*grove_match_func) (struct grove_term term, void *user_data);

/**
 * grove_receive_match:
 * @match: (scope call)
 * @timeout_ns: as for grove_receive()
 * @ret_message: (out) (transfer full): free with grove_message_free()
 *
 * Takes the oldest message that @match accepts; the others keep their order.
 *
 * Blocks: yes. Cost: O(messages); while it waits each one is looked at once
 * Errors: as grove_receive()
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_receive_match (grove_match_func       match,
                     void                  *user_data,
                     int64_t                timeout_ns,
                     struct grove_message **ret_message) GROVE_NODISCARD;

/**
 * grove_receive_pattern:
 * @timeout_ns: as for grove_receive()
 * @ret_message: (out) (transfer full): free with grove_message_free() after the last use of what
 * was bound, which points into it
 * @format: a match format (term.h), and the pointers it binds to
 *
 * Takes the oldest message of that shape; the others keep their order.
 *
 * Blocks: yes. Cost: as grove_receive_match()
 * Errors: as grove_receive(); nothing is bound then
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_receive_pattern (int64_t                timeout_ns,
                                                      struct grove_message **ret_message,
                                                      const char            *format,
                                                      ...) GROVE_NODISCARD;

/* Returns: what it says, borrowed from the message. Since: 0.1 */
GROVE_PUBLIC struct grove_term grove_message_term (const struct grove_message *message);

/* Returns: who sent it; 0: no process. Since: 0.1 */
GROVE_PUBLIC grove_pid grove_message_sender (const struct grove_message *message);

/* @message: (nullable) (transfer full): one that the caller received. Since: 0.1 */
GROVE_PUBLIC void grove_message_free (struct grove_message *message);

/**
 * grove_alias:
 *
 * A reference that lets replies in (grove_send_alias()) until grove_unalias(); later ones are
 * dropped before the mailbox. The messages that were there when it was made cannot carry it, so
 * waiting for it with grove_receive_alias() starts behind them and stays fast with a full mailbox.
 *
 * Returns: the alias, active
 * Since: 0.1
 */
GROVE_PUBLIC grove_ref grove_alias (void);

/* @alias: one that is not the caller's has no effect. Since: 0.1 */
GROVE_PUBLIC void grove_unalias (grove_ref alias);

/**
 * grove_receive_alias:
 * @alias: of grove_alias()
 * @monitor: (optional): of grove_monitor(); 0: none
 * @timeout_ns: as for grove_receive()
 * @ret_message: (out) (transfer full): free with grove_message_free()
 *
 * Takes the next message that was sent to @alias, or the DOWN message of @monitor.
 *
 * Blocks: yes. Cost: O(messages that came after the alias was made)
 * Errors: as grove_receive()
 * Since: 0.1
 */
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

/**
 * grove_link:
 * @pid: any; the caller itself: nothing happens
 *
 * Ties two processes: when one ends, the other gets an exit signal. There is one link between two,
 * however often it is asked for.
 *
 * Errors: GROVE_ERR_NOPROC; who traps exits gets GROVE_OK and {'EXIT', Pid, noproc} instead
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_link (grove_pid pid);

/* No exit signal of that link comes in after this; earlier ones stay. Since: 0.1 */
GROVE_PUBLIC void grove_unlink (grove_pid pid);

/**
 * grove_monitor:
 * @pid: any
 *
 * {'DOWN', Ref, process, Pid, Reason} arrives once when @pid ends; at once, with the reason
 * `noproc`, when there is no such process. Each call makes a monitor of its own.
 *
 * Returns: the Ref
 * Since: 0.1
 */
GROVE_PUBLIC grove_ref grove_monitor (grove_pid pid);

/**
 * grove_demonitor:
 * @monitor: one that is not the caller's has no effect
 * @flush: also removes a DOWN message that is in the mailbox already
 *
 * Returns: true when no DOWN was delivered nor will be
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_demonitor (grove_ref monitor, bool flush);

/* Trapped exits arrive as {'EXIT', Pid, Reason}. Returns: the old value. Since: 0.1 */
GROVE_PUBLIC bool grove_trap_exit (bool trap);

/**
 * grove_set_priority:
 * @priority: of the caller, from its next turn on
 * @ret_old: (out) (optional): what it was
 *
 * Errors: GROVE_ERR_BADARG (nothing changes)
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_set_priority (enum grove_priority priority, enum grove_priority *ret_old);

/**
 * grove_process_label:
 * @label: (nullable): what the caller is shown as where it has no name; copied
 *
 * Labels are kept for as long as the runtime runs: half a million different ones; no more are shown
 * after that.
 *
 * Since: 0.1
 */
GROVE_PUBLIC void grove_process_label (const char *label);

/* ---- Names ----------------------------------------------------------------------------------- */

/**
 * grove_register:
 * @name: 1 to 255 bytes of UTF-8
 * @pid: a process without a name
 *
 * The name is free again before anybody hears of the process's end.
 *
 * Errors: GROVE_ERR_NAME_TAKEN, GROVE_ERR_NOPROC, GROVE_ERR_BADARG (the reserved "undefined" too),
 * GROVE_ERR_SYSTEM_LIMIT
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_register (const char *name, grove_pid pid) GROVE_NODISCARD;

/* Errors: GROVE_ERR_NO_NAME. Since: 0.1 */
GROVE_PUBLIC enum grove_status grove_unregister (const char *name);

/* Returns: 0 when nobody is registered so. Threads: any thread. Since: 0.1 */
GROVE_PUBLIC grove_pid grove_whereis (const char *name);

/* ---- The process's own heap ------------------------------------------------------------------ */

/**
 * grove_alloc:
 * @size: in bytes; 0 too
 *
 * Takes from the heap of the calling process, which is given back whole when the process ends,
 * however it ends. grove_realloc() and grove_free() take NULL for no block; grove_strdup() copies.
 *
 * Errors: none; passing the limit, or the machine's memory, ends the process with `heap_limit`
 * Returns: (transfer full): never NULL
 * Since: 0.1
 */
GROVE_PUBLIC void *grove_alloc (size_t size);
GROVE_PUBLIC void *grove_realloc (void *block, size_t size);
GROVE_PUBLIC void  grove_free (void *block);
GROVE_PUBLIC char *grove_strdup (const char *text);

/**
 * grove_defer:
 * @release: runs when the process ends, however it ends, in reverse order of registration; it must
 * not receive or spawn
 * @data: for @release; the stack is gone by then, so it must not point there
 *
 * For what the process holds outside its heap.
 *
 * Since: 0.1
 */
GROVE_PUBLIC void grove_defer (void (*release) (void *), void *data);
