/* SPDX-License-Identifier: MIT
 *
 * What happened on the node since we are there: crashes, lines of its log, events. The agent tells,
 * and the last of each kind are kept here, so that the node keeps nothing.
 *
 * Threads: the server's.
 */
#pragma once

#include "protocol/source.h"
#include "runtime/term/term.h"

struct beam_happened;

/* Of its tables. */
extern const struct grove_column beam_crash_columns[17];
extern const struct grove_column beam_event_columns[9];
extern const struct grove_column beam_log_columns[7];

/* @elixir: terms are told in Elixir's syntax. */
struct beam_happened *beam_happened_new (bool elixir);
/* @self: (nullable) (transfer full) */
void beam_happened_free (struct beam_happened *self);

/* Takes in what the agent told: {happened, KIND, WHAT}. */
void
beam_happened_take (struct beam_happened *self, struct grove_text kind, struct grove_term what);

/* Answers a query for one of the tables above. @rows: (transfer full) */
void beam_happened_query (struct beam_happened           *self,
                          const struct grove_table       *table,
                          const struct grove_table_query *query,
                          struct grove_rows              *rows,
                          uint64_t                        now_ns);

/* crash.get */
void beam_happened_tell_crash (struct beam_happened *self,
                               struct grove_call    *call,
                               uint64_t              seq,
                               bool                  hide_payloads);

/* Writes what is known of the end of @pid as the member `exited`, which is null if nothing is. */
void
beam_happened_write_end (struct beam_happened *self, const char *pid, struct grove_writer *writer);

/* All there were. */
uint64_t beam_happened_crashes (const struct beam_happened *self);
uint64_t beam_happened_restarts (const struct beam_happened *self);
