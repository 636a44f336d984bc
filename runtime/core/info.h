/* SPDX-License-Identifier: MIT
 *
 * What a process may learn about itself, about another process, and about all of them. To be
 * included with process.h, which says what "owner process only" means.
 *
 * There are two ways to ask. grove_process_info() is a signal to the other process, in order behind
 * all that the caller sent to it before, and the answer is a term in Erlang's shape: exact, deep,
 * and slow (some 700 ns). grove_process_figures() copies what can be read while the other
 * process runs on: from any thread, in some 15 ns, and without any order.
 */
#pragma once

#include "runtime/status.h"
#include "runtime/term/term.h"

#include <stdbool.h>

GROVE_BEGIN_DECLS

struct grove_message;

enum grove_process_status
{
  GROVE_STATUS_RUNNABLE,
  GROVE_STATUS_RUNNING,
  GROVE_STATUS_WAITING,
  GROVE_STATUS_SUSPENDED,
  GROVE_STATUS_EXITING,
};

/* Each is a value it had while they were copied. */
struct grove_process_figures
{
  enum grove_process_status status;
  uint32_t                  scheduler;
  uint32_t                  n_links;
  bool                      trap_exit;
  grove_pid                 parent;     /* who spawned it; 0: grove_run() */
  uint64_t                  started_ns; /* by grove_now_ns() */
  uint64_t                  n_messages; /* in its mailbox */
  uint64_t                  mailbox_bytes;
  uint64_t                  heap_bytes;
  uint64_t                  stack_bytes;  /* what its live frames take */
  uint64_t                  memory_bytes; /* all of it */
  uint64_t                  reductions;   /* when it last left its scheduler */
};

/**
 * grove_process_figures:
 * @pid: any
 * @ret_figures: (out): a copy
 *
 * ```c
 * struct grove_process_figures figures;
 *
 * grove_assert (grove_process_figures (grove_self (), &figures) == GROVE_OK);
 * grove_assert (figures.status == GROVE_STATUS_RUNNING && figures.n_messages == 0);
 * ```
 *
 * Threads: any thread, while the runtime runs. Blocks: no, and costs no reductions. Cost: O(1).
 * Errors: GROVE_ERR_NOPROC, GROVE_ERR_BADARG (@ret_figures is NULL); a process that is ending is
 * still there, as GROVE_STATUS_EXITING
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_process_figures (grove_pid pid, struct grove_process_figures *ret_figures) GROVE_NODISCARD;

/**
 * grove_process_info:
 * @pid: any, the caller too
 * @items: an item, such as "status", or a list of items, such as "[status, messages]", at most 256;
 * NULL stands for all that are marked with a star
 * @ret_answer: (out) (transfer full): holds the answer; free with grove_message_free()
 *
 * Asks as the BEAM's process_info does, and is answered in its shapes: {status, waiting} to an
 * item, [{status, waiting}, {messages, [a, b]}] to a list, in its order, and twice what is in it
 * twice. The items:
 *
 *   current_function* initial_call* status* message_queue_len* links* dictionary* trap_exit*
 *   priority* group_leader* total_heap_size* heap_size* stack_size* reductions* suspending*
 *   registered_name* messages memory monitors monitored_by message_queue_data max_heap_size parent
 *
 * Sizes are in words of 8 bytes, but for memory, which is in bytes. Functions are {Function, File,
 * Line}, for they have no module and arity; File and Line as far as known. Of a process without a
 * name, registered_name alone is answered with [], and is not among those with a star. `undefined`
 * is what is not known or not there.
 *
 * ```c
 * struct grove_message *answer;
 *
 * grove_send (grove_self (), "{hello, 1}");
 * grove_assert (grove_process_info (grove_self (), "[status, messages]", &answer) == GROVE_OK);
 * grove_assert (grove_match (grove_message_term (answer),
 *                            "[{status, running}, {messages, [{hello, 1}]}]"));
 * grove_message_free (answer);
 * ```
 *
 * Threads: owner process only. Blocks: until @pid has come to the question, within a slice of
 * whatever runs on its scheduler. Cost: O(size of the answer), for the one who is asked.
 * Errors: GROVE_ERR_BADARG (no such item, or NULL), GROVE_ERR_NOPROC (@pid has ended, or is about
 * to by a signal that came before; in a deferred release any other process), GROVE_ERR_TOO_LARGE
 * (an answer of more than 1 GiB) Returns: GROVE_OK or an error Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_process_info (grove_pid              pid,
                    const char            *items,
                    struct grove_message **ret_answer) GROVE_NODISCARD;

/**
 * grove_processes:
 * @pids: (out) (nullable): room for @n
 * @n: at most so many are written
 *
 * Lists all processes: each that is there during the whole call exactly once, those that are ending
 * too. One that comes or goes meanwhile may be in it or not.
 *
 * ```c
 * static grove_pid pids[100];
 * size_t           n = grove_processes (pids, 100);
 *
 * grove_assert (n >= 1 && n <= 100);
 * ```
 *
 * Threads: owner process only. Blocks: no, but it takes turns: @pids must not be in the way of
 * others. Cost: O(the most processes there ever were), some 10 ns each.
 * Errors: none
 * Returns: how many there are, be it more than @n
 * Since: 0.1
 */
GROVE_PUBLIC size_t grove_processes (grove_pid *pids, size_t n);

/**
 * grove_group_leader:
 *
 * The master of the application that the caller belongs to. A process belongs where its parent
 * belonged when it was spawned, until it is moved (grove_set_group_leader()).
 *
 * Threads: owner process only. Blocks: no, and costs no reductions. Cost: O(1).
 * Errors: none
 * Returns: 0 when it belongs to none
 * Since: 0.1
 */
GROVE_PUBLIC grove_pid grove_group_leader (void);

/**
 * grove_set_group_leader:
 * @pid: who is to belong elsewhere; may be the caller
 * @leader: where: the master of an application, or any process
 *
 * What @pid spawns from then on belongs there too. When an application ends, the processes that
 * belong to it do; those that belong to a process that has no application end with nobody.
 *
 * Threads: owner process only. Blocks: yes, until both have answered; whatever runs on their
 * schedulers goes first. Cost: O(1).
 * Errors: GROVE_ERR_BADARG (@leader has ended, or is about to by a signal that came before; nothing
 * was changed), GROVE_ERR_NOPROC (so has @pid); in a deferred release that is any other process
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_set_group_leader (grove_pid pid, grove_pid leader) GROVE_NODISCARD;

GROVE_END_DECLS
