/* SPDX-License-Identifier: MIT
 *
 * Links and monitors: who hears of whose end. To be included with process.h, which says what "owner
 * process only" means and what misuse is answered with.
 */
#pragma once

#include "runtime/core/message.h"
#include "runtime/status.h"
#include "runtime/term/term.h"

#include <stdbool.h>

GROVE_BEGIN_DECLS

/**
 * grove_link:
 * @pid: any; the caller itself: nothing happens
 *
 * Ties two processes: when one ends, the other gets an exit signal. There is one link between two,
 * however often it is asked for.
 *
 * ```c
 * static void
 * lingers (void *arg)
 * {
 *   struct grove_message *message;
 *
 *   (void) arg;
 *   (void) !grove_receive (GROVE_FOREVER, &message);
 * }
 *
 * grove_pid             pid = grove_spawn (lingers, NULL);
 * struct grove_message *message;
 * grove_ref             monitor;
 *
 * grove_trap_exit (true);
 * grove_assert (grove_link (pid) == GROVE_OK);
 * grove_unlink (pid);
 * monitor = grove_monitor (pid);
 * grove_exit_process (pid, "kill");
 * grove_assert (grove_receive_pattern (GROVE_FOREVER, &message, "{'DOWN', _, process, _, killed}")
 *               == GROVE_OK); // and no {'EXIT', _, killed}
 * grove_message_free (message);
 * grove_assert (!grove_demonitor (monitor, true));
 * ```
 *
 * Threads: owner process only. Blocks: no. Cost: O(1).
 * Errors: GROVE_ERR_NOPROC; who traps exits gets GROVE_OK and {'EXIT', Pid, noproc} instead
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_link (grove_pid pid);

/**
 * grove_unlink:
 * @pid: any; one that is not linked to the caller has no effect
 *
 * No exit signal of that link comes in after this; earlier ones stay.
 *
 * Threads: owner process only. Blocks: no. Cost: O(1).
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_unlink (grove_pid pid);

/**
 * grove_monitor:
 * @pid: any
 *
 * {'DOWN', Ref, process, Pid, Reason} arrives once when @pid ends; at once, with the reason
 * `noproc`, when there is no such process. Each call makes a monitor of its own.
 *
 * Threads: owner process only. Blocks: no. Cost: O(1).
 * Errors: none
 * Returns: the Ref
 * Since: 0.1
 */
GROVE_PUBLIC grove_ref grove_monitor (grove_pid pid);

struct grove_monitor_options
{
  struct grove_term     tag;   /* stands in the message for 'DOWN'; copied; no bytes: 'DOWN' */
  enum grove_alias_mode alias; /* makes the reference an alias too */
};

/**
 * grove_monitor_opt:
 * @pid: any
 * @options: (nullable): see the struct; not kept. Its tag has at most 64 KiB
 * @ret_monitor: (out): the Ref
 *
 * As grove_monitor(). When the reference is an alias too, one grove_receive_alias() waits for both:
 * for what is sent to it, and for the message that says that @pid has ended.
 *
 * ```c
 * static void
 * adds_one (void *arg)
 * {
 *   struct grove_message *request;
 *   struct grove_buffer   reply = { NULL };
 *   grove_ref             alias;
 *   int                   n;
 *
 *   (void) arg;
 *   grove_assert (grove_receive_pattern (GROVE_FOREVER, &request, "{add, ~r, ~i}", &alias, &n)
 *                 == GROVE_OK);
 *   grove_assert (grove_build (&reply, "{sum, ~i}", n + 1) == GROVE_OK);
 *   grove_send_alias (grove_message_sender (request), alias, grove_buffer_term (&reply));
 *   grove_buffer_finish (&reply);
 *   grove_message_free (request);
 * }
 *
 * struct grove_monitor_options options = { .alias = GROVE_ALIAS_REPLY_DEMONITOR };
 * grove_pid                    adder = grove_spawn (adds_one, NULL);
 * struct grove_message        *reply;
 * grove_ref                    request;
 *
 * grove_assert (grove_monitor_opt (adder, &options, &request) == GROVE_OK);
 * grove_send (adder, "{add, ~r, 41}", request);
 * grove_assert (grove_receive_alias (request, request, GROVE_FOREVER, &reply) == GROVE_OK);
 * grove_assert (grove_match (grove_message_term (reply), "{sum, 42}"));
 * grove_message_free (reply); // and neither monitor nor alias is left
 * ```
 *
 * Threads: owner process only. Blocks: no. Cost: O(size of the tag).
 * Errors: GROVE_ERR_BADARG (nothing is monitored then)
 * Returns: GROVE_OK or the error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_monitor_opt (grove_pid                           pid,
                                                  const struct grove_monitor_options *options,
                                                  grove_ref *ret_monitor) GROVE_NODISCARD;

/**
 * grove_monitor_name:
 * @name: whoever is registered so when it is called
 * @options: (nullable): see the struct; not kept
 * @ret_monitor: (out): the Ref
 *
 * As grove_monitor_opt(), but the message is {'DOWN', Ref, process, {Name, Node}, Reason}: at once,
 * with the reason `noproc`, when nobody is registered so. When it comes the name is free again.
 *
 * Threads: owner process only. Blocks: no. Cost: O(1), and a lock.
 * Errors: GROVE_ERR_BADARG when nobody can be named so, or for @options
 * Returns: GROVE_OK or the error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_monitor_name (const char                         *name,
                                                   const struct grove_monitor_options *options,
                                                   grove_ref *ret_monitor) GROVE_NODISCARD;

/**
 * grove_demonitor:
 * @monitor: one that is not the caller's has no effect
 * @flush: also removes a DOWN message that is in the mailbox already
 *
 * Threads: owner process only. Blocks: no. Cost: O(1), with @flush O(messages).
 * Errors: none
 * Returns: true when no DOWN was delivered nor will be
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_demonitor (grove_ref monitor, bool flush);

GROVE_END_DECLS
