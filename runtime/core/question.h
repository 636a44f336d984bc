/* SPDX-License-Identifier: MIT
 *
 * Questions: how a process waits for the answer of a thread or another process that is no message.
 * One at a time; an answer to an older one is ignored, so who has waited long enough just goes on.
 */
#pragma once

#include "runtime/core/control.h"

/* By the asking process, before it asks, and while it holds nothing: where it must not wait it ends
 * here. */
grove_ref _grove_question_new (void);

/* Waits for the answer: a number, or a signal, which is then in the bonds for the caller to take.
 * Does not return to a process that is killed meanwhile. False: the time was up first, and
 * *ret_answer is untouched. @deadline_ns: UINT64_MAX: none. */
bool _grove_question_wait (grove_ref question, uint64_t deadline_ns, int64_t *ret_answer);

/* The caller does not wait for an answer after all. */
void _grove_question_drop (void);

/* Answers, from any thread; for whoever does not wait any more it does nothing. */
void _grove_question_answer (grove_pid to, grove_ref question, int64_t answer);
