/* SPDX-License-Identifier: MIT
 *
 * The last minute of numbers in rows that somebody watches: a point a second, shared by all who
 * watch the same row. A series begins when it is first watched, and is forgotten some seconds after
 * nobody watches it any more. There are at most GROVE_HISTORY_SERIES at once; what is beyond has no
 * history.
 *
 * Threads: the server's.
 */
#pragma once

#include "protocol/writer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GROVE_HISTORY_POINTS   60
#define GROVE_HISTORY_SERIES   8192
#define GROVE_HISTORY_KEY_SIZE 144 /* longer ones have no history */
#define GROVE_HISTORY_STEP_NS  UINT64_C (1000000000)

struct grove_history;
struct grove_series;

struct grove_history *grove_history_new (void);
void                  grove_history_free (struct grove_history *self);

/* Notes that @key's @column of @table was @value in @second. The first of a second counts; between
 * two looks it was what it was at the first. NULL: there is no room. Borrowed until the next call.
 */
const struct grove_series *grove_history_note (struct grove_history *self,
                                               uint32_t              table,
                                               uint32_t              column,
                                               const char           *key,
                                               uint64_t              second,
                                               double                value,
                                               uint64_t              patience);
/* Points there are of the seconds above @after, at most GROVE_HISTORY_POINTS. */
size_t grove_series_count (const struct grove_series *self, uint64_t after);
/* True when the last @n points are all what the one before them is. */
bool grove_series_is_flat (const struct grove_series *self, size_t n);
/* Writes the last @n as an array, the oldest first. */
void grove_series_write (const struct grove_series *self, size_t n, struct grove_writer *writer);
