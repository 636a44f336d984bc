/* SPDX-License-Identifier: MIT
 *
 * Processes: a C function on a stack of its own that blocks anywhere in receive. Killing a process
 * releases its heap, the messages it holds, and what it deferred.
 *
 * Invariants: signals from one process to another arrive in the order they were sent, of whatever
 * kind they are. A pid is never that of another process later.
 *
 * "Owner process only" means: called by a process, about itself. A thread that is no process ends
 * the program with it, and a line that names the function. A pid of a process that is gone, and 0,
 * are answered like any dead process. What no status can tell, such as NULL where it is not
 * allowed, ends the calling process with the reason `badarg`, and nobody else; having no memory for
 * a message ends who sends it with `system_limit`.
 *
 * Costs are without the reductions that sending to a full mailbox adds. Everything may be
 * pre-empted and killed as it returns, unless it says that it does not wait and costs nothing.
 */
#pragma once

#include "runtime/core/link.h"
#include "runtime/core/message.h"

#include <stdarg.h>
#include <stdbool.h>

GROVE_BEGIN_DECLS

/* A process entry function. Returning from it ends the process with reason `normal`. */
typedef void (*grove_entry) (void *arg);

enum grove_priority
{
  GROVE_PRIORITY_LOW,
  GROVE_PRIORITY_NORMAL,
  GROVE_PRIORITY_HIGH,
  GROVE_PRIORITY_MAX,
};

struct grove_spawn_options
{
  const char *label;            /* shown where the process has no name; copied; may be NULL */
  const char *initial_call;     /* what it runs, as text; static storage; set by grove_spawn() */
  const void *arg;              /* handed to the entry function */
  size_t      arg_size;         /* > 0: @arg is copied into the child's heap first */
  enum grove_priority priority; /* set with the initialiser GROVE_SPAWN_DEFAULTS */
  bool                link;     /* linked to the caller, atomically with the spawn */
  bool                monitor;  /* monitored by the caller, atomically with the spawn */
  /* 0: that of the runtime (grove_options); SIZE_MAX: none. What a process allocates beyond it ends
   * it with `heap_limit`; with @max_heap_reports it is only told to observers, as an event, each
   * time that the limit is passed upwards. Large messages that it has received and not freed
   * count. */
  size_t                              max_heap_bytes;
  bool                                max_heap_reports;
  const struct grove_monitor_options *monitor_options; /* of @monitor; may be NULL */
  /* From 1 to grove_schedulers(): it runs on that one and never on another; 0: anywhere. */
  unsigned scheduler;
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
 * Makes a process, with all that can be said about it before it runs.
 *
 * ```c
 * static void
 * opt_child (void *arg)
 * {
 *   grove_exit ("{got, ~i}", *(const int *) arg);
 * }
 *
 * struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
 * struct grove_message      *message;
 * grove_pid                  pid;
 * grove_ref                  monitor;
 * int                        number = 42, got;
 *
 * options.arg = &number;
 * options.arg_size = sizeof number;
 * options.monitor = true;
 * grove_assert (grove_spawn_opt (opt_child, &options, &pid, &monitor) == GROVE_OK);
 * grove_assert (grove_receive_pattern (GROVE_FOREVER, &message,
 *                                      "{'DOWN', _, process, _, {got, ~i}}", &got) == GROVE_OK);
 * grove_assert (got == 42);
 * grove_message_free (message);
 * ```
 *
 * Threads: owner process only (the first process is made by grove_run()).
 * Blocks: no. Cost: O(options->arg_size), some 100 ns.
 * Errors: GROVE_ERR_BADARG, GROVE_ERR_SYSTEM_LIMIT (nothing is created then)
 * Returns: GROVE_OK or an error
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
 * ```c
 * static void
 * greeter (void *arg)
 * {
 *   const grove_pid *parent = arg;
 *
 *   grove_send (*parent, "{hello, ~p}", grove_self ());
 * }
 *
 * static grove_pid      self; // the child reads it later: it must not lie on this stack
 * struct grove_message *message;
 *
 * self = grove_self ();
 * grove_pid child = grove_spawn (greeter, &self), from;
 * grove_assert (grove_receive_pattern (GROVE_FOREVER, &message, "{hello, ~p}", &from) == GROVE_OK);
 * grove_assert (from == child);
 * grove_message_free (message);
 * ```
 *
 * Threads: owner process only. Blocks: no. Cost: O(1).
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

/**
 * grove_self:
 *
 * Threads: any thread. Blocks: no. Cost: O(1), not pre-empted.
 * Errors: none
 * Returns: the caller's pid; 0 when it is no process
 * Since: 0.1
 */
GROVE_PUBLIC grove_pid grove_self (void);

/**
 * grove_make_ref:
 *
 * Threads: any thread. Blocks: no. Cost: O(1), not pre-empted.
 * Errors: none
 * Returns: a reference that no call has given before
 * Since: 0.1
 */
GROVE_PUBLIC grove_ref grove_make_ref (void);

/**
 * grove_is_alive:
 * @pid: any
 *
 * Asks by a signal, in order behind all the caller sent to @pid before: after
 * grove_exit_process (pid, "kill") the answer is always false.
 *
 * Threads: owner process only. Blocks: until @pid has come to the question. Cost: O(1).
 * Errors: none
 * Returns: whether it lived then
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_is_alive (grove_pid pid);

/**
 * grove_yield:
 *
 * Gives up the slice; the caller becomes the last of its own priority.
 *
 * Threads: owner process only. Blocks: until its next turn. Cost: 1 reduction.
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_yield (void);

/**
 * grove_bump_reductions:
 * @reductions: at most a whole slice counts
 *
 * Charges the caller for work that was not counted, in a library that was built without counting.
 *
 * Threads: owner process only. Blocks: no. Cost: O(1) and @reductions.
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_bump_reductions (unsigned reductions);

/**
 * grove_sleep_ms:
 * @ms: milliseconds, at least; what is beyond the clock is for ever
 *
 * Waits without looking at the mailbox. Exit signals end it meanwhile, as in any wait.
 *
 * Threads: owner process only. Blocks: yes, gives up the scheduler's thread. Cost: O(1).
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_sleep_ms (uint64_t ms);

/**
 * grove_now_ns:
 *
 * Threads: any thread. Blocks: no. Cost: O(1), some 20 ns, not pre-empted.
 * Errors: none
 * Returns: the monotonic clock that all times here are on, in nanoseconds
 * Since: 0.1
 */
GROVE_PUBLIC uint64_t grove_now_ns (void);

/**
 * grove_hibernate:
 * @continuation: runs on a fresh stack as soon as there is a message, at once if there is one
 * @arg: must not point into the stack
 *
 * Drops the caller's frames: a process that waits so owns no stack and may move between schedulers.
 *
 * ```c
 * static void
 * counts (void *arg)
 * {
 *   uintptr_t             n = (uintptr_t) arg;
 *   struct grove_message *message;
 *
 *   while (grove_receive (0, &message) == GROVE_OK)
 *     {
 *       grove_message_free (message);
 *       n++;
 *     }
 *   if (n == 3)
 *     grove_exit ("enough");
 *   grove_hibernate (counts, (void *) n);
 * }
 *
 * grove_pid             pid = grove_spawn (counts, NULL);
 * struct grove_message *message;
 *
 * grove_monitor (pid);
 * for (int i = 0; i < 3; i++)
 *   grove_send (pid, "tick");
 * grove_assert (grove_receive_pattern (GROVE_FOREVER, &message, "{'DOWN', _, _, _, enough}") == 0);
 * grove_message_free (message);
 * ```
 *
 * Threads: owner process only. Blocks: yes, and does not return. Cost: O(1).
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC GROVE_NORETURN void grove_hibernate (grove_entry continuation, void *arg);

/**
 * grove_trap_exit:
 * @trap: whether exit signals, but for `kill`, arrive as messages {'EXIT', Pid, Reason}
 *
 * ```c
 * static void
 * stumbles (void *arg)
 * {
 *   (void) arg;
 *   grove_exit ("oops");
 * }
 *
 * struct grove_message *message;
 *
 * grove_trap_exit (true);
 * grove_spawn_link (stumbles, NULL);
 * grove_assert (grove_receive_pattern (GROVE_FOREVER, &message, "{'EXIT', _, oops}") == GROVE_OK);
 * grove_message_free (message);
 * ```
 *
 * Threads: owner process only. Blocks: no. Cost: O(signals that wait).
 * Errors: none
 * Returns: the old value
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_trap_exit (bool trap);

/**
 * grove_set_priority:
 * @priority: of the caller, from its next turn on
 * @ret_old: (out) (optional): what it was
 *
 * Threads: owner process only. Blocks: no. Cost: O(1).
 * Errors: GROVE_ERR_BADARG (nothing changes)
 * Returns: GROVE_OK or the error
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
 * Threads: owner process only. Blocks: no. Cost: O(size of the label), and a lock.
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_process_label (const char *label);

/* ---- Ending ----------------------------------------------------------------------------------
 *
 * Besides ending itself or being ended, a process ends by a fault in its own code:
 *
 *   {{signal, Signal, Address}, Stack}   sigsegv, sigbus, sigfpe, sigill; Address as an integer
 *   {{signal, sigabrt, Address}, Stack}  it called abort(), or failed an assert()
 *   {stack_overflow, Stack}              it used more than its stack
 *
 * with Stack as grove_raise() has it. What it deferred is released, and its links and monitors hear
 * of it, as of any end; a deferred release that faults is left, and the next one runs. Process code
 * is the program, and shared libraries that are compiled as process code. A function of the C
 * library that it calls and that calls nothing (strlen(), memcpy()) counts as process code too.
 *
 * A fault in the runtime, in any other library (malloc() may hold a lock there), in what a library
 * calls back other than qsort() and bsearch(), or in a thread that is no scheduler ends the
 * program: one line on stderr says why, and then what was there before grove_run() has the signal.
 */

/**
 * grove_exit:
 * @reason_format: a build format (term.h), e.g. "normal" or "{bad_order, ~i}"
 *
 * Ends the calling process with that reason; a bad format ends it with `badarg`. grove_exit_term()
 * takes a term, which is copied.
 *
 * ```c
 * static void
 * refuses (void *arg)
 * {
 *   (void) arg;
 *   grove_exit ("{refused, ~i}", 7);
 * }
 *
 * struct grove_message *message;
 * int                   order;
 *
 * grove_monitor (grove_spawn (refuses, NULL));
 * grove_assert (grove_receive_pattern (GROVE_FOREVER, &message,
 *                                      "{'DOWN', _, process, _, {refused, ~i}}", &order) == 0);
 * grove_assert (order == 7);
 * grove_message_free (message);
 * ```
 *
 * Threads: owner process only. Blocks: no. Cost: O(what the process holds).
 * Errors: none; it does not return
 * Since: 0.1
 */
GROVE_PUBLIC GROVE_NORETURN void grove_exit (const char *reason_format, ...);
GROVE_PUBLIC GROVE_NORETURN void grove_exit_term (struct grove_term reason);

/**
 * grove_raise:
 * @reason_format: a build format (term.h), e.g. "badarith"; a bad one stands for `badarg`
 *
 * Ends the calling process as an error, Erlang's error/1: with the reason {Reason, Stack}.
 * grove_throw() ends it as a throw that nobody catches, {{nocatch, Term}, Stack}.
 * grove_raise_term() and grove_throw_term() take a term, which is copied; one of no bytes stands
 * for `badarg` too.
 *
 * Stack is a list of {Function, File, Line}, innermost first: an atom, the source file and the
 * line; or the library's file and 0, where there is no debugging information.
 *
 * ```c
 * static void
 * divides_by (void *arg)
 * {
 *   if (arg == NULL)
 *     grove_raise ("badarith");
 * }
 *
 * struct grove_message *message;
 *
 * grove_monitor (grove_spawn (divides_by, NULL));
 * grove_assert (grove_receive_pattern (GROVE_FOREVER, &message,
 *                                      "{'DOWN', _, process, _, {badarith, [{_, _, _} | _]}}")
 *               == GROVE_OK);
 * grove_message_free (message);
 * ```
 *
 * Threads: owner process only. Blocks: the first time from one place, until the names are found.
 * Cost: O(depth of the stack and what the process holds).
 * Errors: none; it does not return
 * Since: 0.1
 */
GROVE_PUBLIC GROVE_NORETURN void grove_raise (const char *reason_format, ...);
GROVE_PUBLIC GROVE_NORETURN void grove_raise_term (struct grove_term reason);
GROVE_PUBLIC GROVE_NORETURN void grove_throw (const char *format, ...);
GROVE_PUBLIC GROVE_NORETURN void grove_throw_term (struct grove_term term);

/**
 * grove_assert_failed:
 *
 * What a failed grove_assert() calls: ends the process with the reason
 * {{assert, Expression}, [{Function, File, Line}]}. A grove_assert() is never compiled out.
 *
 * ```c
 * static void
 * divides (void *arg)
 * {
 *   int by = *(const int *) arg;
 *
 *   grove_assert (by != 0);
 * }
 *
 * static int            zero = 0;
 * struct grove_message *message;
 * struct grove_text     expression;
 *
 * grove_monitor (grove_spawn (divides, &zero));
 * grove_assert (grove_receive_pattern (GROVE_FOREVER, &message,
 *                                      "{'DOWN', _, process, _, {{assert, ~s}, _}}", &expression)
 *               == GROVE_OK);
 * grove_assert (expression.size == strlen ("by != 0"));
 * grove_message_free (message);
 * ```
 *
 * Threads: owner process only. Blocks: no. Cost: as grove_exit().
 * Errors: none; it does not return
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
 * ```c
 * static void
 * endless (void *arg)
 * {
 *   (void) arg;
 *   for (volatile unsigned n = 0;; n++)
 *     ;
 * }
 *
 * grove_pid pid = grove_spawn (endless, NULL);
 *
 * grove_exit_process (pid, "kill");
 * grove_assert (!grove_is_alive (pid));
 * ```
 *
 * Threads: owner process only. Blocks: no. Cost: O(size of the reason).
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_exit_process (grove_pid pid, const char *reason_format, ...);
GROVE_PUBLIC void grove_exit_process_term (grove_pid pid, struct grove_term reason);

/* ---- Names ----------------------------------------------------------------------------------- */

/**
 * grove_register:
 * @name: 1 to 255 bytes of UTF-8
 * @pid: a process without a name
 *
 * The name is free again before anybody hears of the process's end.
 *
 * Threads: any thread. Blocks: no. Cost: O(size of the name), and a lock.
 * Errors: GROVE_ERR_NAME_TAKEN, GROVE_ERR_NOPROC, GROVE_ERR_BADARG (the reserved "undefined" too),
 * GROVE_ERR_SYSTEM_LIMIT
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_register (const char *name, grove_pid pid) GROVE_NODISCARD;

/**
 * grove_unregister:
 * @name: of any process
 *
 * Threads: any thread. Blocks: no. Cost: O(size of the name), and a lock.
 * Errors: GROVE_ERR_NO_NAME
 * Returns: GROVE_OK or the error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_unregister (const char *name);

/**
 * grove_whereis:
 * @name: (nullable): any text
 *
 * Threads: any thread. Blocks: no. Cost: O(size of the name), and a lock; not pre-empted.
 * Errors: none
 * Returns: who has that name; 0 when nobody is registered so
 * Since: 0.1
 */
GROVE_PUBLIC grove_pid grove_whereis (const char *name);

/* ---- The process's own heap ------------------------------------------------------------------ */

/**
 * grove_alloc:
 * @size: in bytes; 0 too
 *
 * Takes from the heap of the calling process, which is given back whole when the process ends,
 * however it ends. grove_realloc() and grove_free() take a block of the caller, or NULL for no
 * block; grove_strdup() copies.
 *
 * ```c
 * char *text = grove_strdup ("grove");
 *
 * text = grove_realloc (text, 2 * sizeof "grove");
 * grove_assert (strcmp (strcat (text, "!"), "grove!") == 0);
 * grove_free (text); // or leave it: it goes with the process
 * ```
 *
 * Threads: owner process only. Blocks: no. Cost: that of malloc(), not pre-empted.
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
 * ```c
 * static void
 * release (void *data)
 * {
 *   fclose (data);
 * }
 *
 * static void
 * reads (void *arg)
 * {
 *   FILE *file = fopen ("/dev/null", "r");
 *
 *   (void) arg;
 *   grove_assert (file != NULL);
 *   grove_defer (release, file);
 *   grove_exit ("never_mind"); // the file is closed whatever happens here
 * }
 *
 * struct grove_message *message;
 *
 * grove_monitor (grove_spawn (reads, NULL));
 * grove_assert (grove_receive (GROVE_FOREVER, &message) == GROVE_OK);
 * grove_message_free (message);
 * ```
 *
 * Threads: owner process only. Blocks: no. Cost: O(1).
 * Errors: none, but as grove_alloc()
 * Since: 0.1
 */
GROVE_PUBLIC void grove_defer (void (*release) (void *), void *data);

GROVE_END_DECLS
