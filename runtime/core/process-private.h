/* SPDX-License-Identifier: MIT
 *
 * What the other rooms of runtime/ may ask of the calling process, and nobody else. "Owner process
 * only" throughout.
 */
#pragma once

#include "runtime/core/process.h"

/* The master of the application the caller belongs to. Children inherit it when they are spawned.
 */
void      _grove_process_set_group (grove_pid master);
grove_pid _grove_process_group (void);

/* What kind of thing runs in this process, for the code that runs it: one pointer, which nobody but
 * its setter looks at. It points into the process's heap, or is static. */
void  _grove_process_set_behaviour (void *behaviour);
void *_grove_process_behaviour (void);

/* @say is called when the caller is about to end by a call of its own, such as grove_exit(), where
 * it made that call: it may send and wait. Not when a signal or a fault ends it. Once; NULL: it has
 * nothing to say. */
void _grove_process_set_last_words (void (*say) (void *behaviour, struct grove_term reason));

/* Marks the caller as the runtime's own: observers are not allowed to end it. */
void _grove_process_set_system (void);

/* Between the two the caller is not pre-empted: it holds a lock. They nest. Receiving, and whatever
 * else waits, is not allowed in between. */
void _grove_preempt_disable (void);
void _grove_preempt_enable (void);

/* Watches @pid, another process, for the time of a request to it, by what is an alias as well:
 * whichever comes first, its one answer or the end of the process, ends both. The caller is a
 * process. */
grove_ref _grove_monitor_request (grove_pid pid);

/* Sends a call (term/envelope.h) of what the format says, to be answered to @alias; and, to an
 * alias of @to's, what the format says. The caller is a process. */
enum grove_status
_grove_send_call_va (grove_pid to, grove_ref alias, const char *format, va_list args);
enum grove_status
_grove_send_alias_va (grove_pid to, grove_ref alias, const char *format, va_list args);

/* Whether nothing has come for the caller that it has not received, nor any other signal. */
bool _grove_nothing_came (void);

/* Waits like grove_hibernate() with @entry and @arg, but has not lost its frames yet if what it
 * waits for comes very soon: true, and it goes on where it is. False: that is not to be had now,
 * and nothing has been done. To be called when nothing has come. */
bool _grove_linger (grove_entry entry, void *arg);

/* Spawns a process bound to a certain scheduler, counted from 0: for tests of what happens between
 * two. 0: there is no such scheduler, or no room. */
grove_pid _grove_process_spawn_on (unsigned scheduler, grove_entry entry, void *arg);

/* First thing in a public function of another room that only a process may call: who is none ends
 * the program with the name of that function. */
#define _grove_process_demand() _grove_process_demand_in (__func__, __builtin_return_address (0))
void _grove_process_demand_in (const char *function, const void *caller);
