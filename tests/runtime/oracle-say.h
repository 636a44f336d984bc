/* SPDX-License-Identifier: MIT
 *
 * What the oracles share: printing facts, each in one line, and collecting messages. "Collecting"
 * waits until whatever the fact is about is over, and takes all messages then.
 */
#pragma once

#include "runtime/grove.h"

#define MILLISECOND_NS INT64_C (1000000)
#define SECOND_NS      INT64_C (1000000000)

/* ---- Printing -------------------------------------------------------------------------------- */

/* @format: a build format; what it builds follows the fact. */
void say (const char *fact, const char *format, ...);
/* What a call gave, as Erlang has it: {ok, Value} or {error, Reason}; good until the next call. */
struct grove_term outcome (enum grove_status status, const char *value);
const char       *boolean (bool value);

/* ---- Messages -------------------------------------------------------------------------------- */

/* {Reason, Stack} becomes {Reason, 'STACK'}. */
void put_reason (struct grove_buffer *out, struct grove_term reason);
/* Without pids, references and stacks. */
void put_message (struct grove_buffer *out, struct grove_term term);
void put_all (struct grove_buffer *out);
/* All messages there are, in order; good until the next call. */
struct grove_term collect (void);
/* Waits until all have been told of the end of @pid, and then takes the messages. */
struct grove_term collect_after (grove_pid pid);
/* The reason in the DOWN of @monitor; good until the next call. */
struct grove_term down_reason (grove_ref monitor);
/* Takes a message that is there, or comes. */
void      await (const char *atom);
grove_pid await_pid (void);
