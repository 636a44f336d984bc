/* SPDX-License-Identifier: MIT
 *
 * Answers to table queries from rows in memory: a window that a selection chose, or, of a table
 * whose rows are numbered, what comes after a number.
 *
 * Threads: any one thread at a time. No I/O.
 */
#pragma once

#include "protocol/query.h"

/* Writes a row: the columns of @query, as @value gives them. @key: of the row, copied. */
void grove_answer_row (struct grove_rows              *rows,
                       const struct grove_table_query *query,
                       const char                     *key,
                       const void                     *row,
                       grove_row_value                 value,
                       void                           *user_data);

/* Rows in the order of their numbers, with gaps where there are some no more. */
struct grove_numbered
{
  size_t   n;
  uint64_t last; /* the newest number ever given */
  /* What `value` takes; valid until the answer is done. */
  const void *(*row) (size_t i, void *user_data);
  uint64_t (*number) (size_t i, void *user_data);
  grove_row_value value;
  void           *user_data;
};

/**
 * grove_answer_numbered:
 * @rows: (transfer full)
 * @now_ns: on the source's clock
 *
 * Answers a query for a window, or of a follower, and says what was lost.
 *
 * Cost: O(rows)
 * Since: 0.1
 */
void grove_answer_numbered (struct grove_rows              *rows,
                            const struct grove_table_query *query,
                            const struct grove_numbered    *numbered,
                            uint64_t                        now_ns);
