/* SPDX-License-Identifier: MIT
 *
 * Timers: messages that are sent after a time. A timer belongs to nobody: any process may read or
 * cancel it by its reference. One for a process ends with that process; one for a name looks the
 * name up when the time has come.
 *
 * A message is never early. By how much it is late depends on what else runs; timers whose times
 * lie more than 17 microseconds apart go off in that order. All functions: owner process only.
 */
#pragma once

#include "runtime/core/process.h"

GROVE_BEGIN_DECLS

/* What a timer that is gone has left. */
#define GROVE_NO_TIMER INT64_C (-1)

/**
 * grove_send_after:
 * @delay_ns: from now; 0 too
 * @to: any pid; for a process that is gone nothing is kept
 * @ret_timer: (out) (optional): its reference
 * @format: a build format (term.h)
 *
 * Sends the message when the time is up, unless cancelled. The name of grove_send_after_name() is
 * looked up then, and nothing is sent if nobody has it.
 *
 * ```c
 * struct grove_message *message;
 * grove_ref             timer;
 *
 * grove_assert (grove_send_after (1000000, grove_self (), NULL, "{tick, ~i}", 1) == GROVE_OK);
 * grove_assert (grove_receive (GROVE_FOREVER, &message) == GROVE_OK);
 * grove_message_free (message);
 * grove_assert (grove_send_after (INT64_C (60000000000), grove_self (), &timer, "x") == GROVE_OK);
 * grove_assert (grove_cancel_timer (timer) > 0);
 * grove_assert (grove_cancel_timer (timer) == GROVE_NO_TIMER);
 * ```
 *
 * Threads: owner process only. Blocks: no. Cost: O(size of the message).
 * Errors: GROVE_ERR_BADARG (negative, or no name), GROVE_ERR_SYNTAX, GROVE_ERR_SYSTEM_LIMIT (the
 * scheduler has options.max_timers pending); nothing is set then
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_send_after (int64_t delay_ns, grove_pid to, grove_ref *ret_timer, const char *format, ...)
  GROVE_NODISCARD;
GROVE_PUBLIC enum grove_status grove_send_after_name (int64_t     delay_ns,
                                                      const char *name,
                                                      grove_ref  *ret_timer,
                                                      const char *format,
                                                      ...) GROVE_NODISCARD;

/**
 * grove_start_timer:
 *
 * As grove_send_after(), or for grove_start_timer_name() as grove_send_after_name(), but the
 * message is {timeout, Timer, Message}: so that one that comes after its timer was cancelled and
 * set anew can be told apart.
 *
 * Threads: owner process only.
 * Blocks: no
 * Cost: O(size of the message).
 * Errors: as grove_send_after()
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_start_timer (int64_t delay_ns, grove_pid to, grove_ref *ret_timer, const char *format, ...)
  GROVE_NODISCARD;
GROVE_PUBLIC enum grove_status grove_start_timer_name (int64_t     delay_ns,
                                                       const char *name,
                                                       grove_ref  *ret_timer,
                                                       const char *format,
                                                       ...) GROVE_NODISCARD;

/**
 * grove_send_interval:
 * @period_ns: at least 1
 *
 * Sends the message again and again, first after one period, until it is cancelled or @to ends. The
 * times are counted from now, whatever delays a message; those that were missed altogether are
 * left out.
 *
 * Threads: owner process only.
 * Blocks: no
 * Cost: O(size of the message), each time.
 * Errors: as grove_send_after()
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_send_interval (int64_t period_ns, grove_pid to, grove_ref *ret_timer, const char *format, ...)
  GROVE_NODISCARD;

/**
 * grove_cancel_timer:
 * @timer: of any process; any other reference is that of no timer
 *
 * After this the message has been sent or never will be. grove_read_timer() changes nothing.
 *
 * Threads: owner process only. Blocks: when the timer was set on another scheduler, until that one
 * has answered Returns: the nanoseconds that were left; GROVE_NO_TIMER: it has gone off, or was
 * cancelled
 * Cost: O(1), and for a timer of another scheduler two signals
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC int64_t grove_cancel_timer (grove_ref timer);
GROVE_PUBLIC int64_t grove_read_timer (grove_ref timer);

/**
 * grove_cancel_timer_async:
 *
 * The same without waiting: the answer is the message {cancel_timer, Timer, Left}, where Left are
 * nanoseconds or `false`; that of grove_read_timer_async() is {read_timer, Timer, Left}. Answers
 * for timers that were set on one scheduler come in the order that was asked in, and behind the
 * timer's own message if that was sent to the caller.
 *
 * Threads: owner process only.
 * Blocks: no
 * Cost: O(1), a signal or two
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_cancel_timer_async (grove_ref timer);
GROVE_PUBLIC void grove_read_timer_async (grove_ref timer);

GROVE_END_DECLS
