/* SPDX-License-Identifier: MIT
 *
 * The columns of the table `processes`: the values of some hundred processes, read and made one
 * column at a time, only those that somebody asks for. Private to export/.
 *
 * Threads: the server's.
 */
#pragma once

#include "protocol/query.h"
#include "protocol/schema.h"
#include "runtime/core/observe.h"

struct grove_rate;

/* The address of a function and its name. */
#define GROVE_WHERE_MEMO 256
/* A group and the name of its application. */
#define GROVE_APP_MEMO 64

struct grove_process_columns
{
  struct grove_process_batch batch;
  /* What a filter and a ranking read; of the last fill. */
  struct grove_columns columns;
  const void          *values[GROVE_N_COLUMNS_PROCESSES];

  /* What is made, not copied. */
  uint64_t    keys[GROVE_BATCH_ROWS];
  const char *pids[GROVE_BATCH_ROWS];
  const char *statuses[GROVE_BATCH_ROWS];
  const char *priorities[GROVE_BATCH_ROWS];
  const char *currents[GROVE_BATCH_ROWS];
  const char *apps[GROVE_BATCH_ROWS];
  const char *supervisors[GROVE_BATCH_ROWS];
  int64_t     restarts[GROVE_BATCH_ROWS];
  int64_t     ages[GROVE_BATCH_ROWS];
  double      messages_in_s[GROVE_BATCH_ROWS];
  double      reductions_s[GROVE_BATCH_ROWS];
  char        pid_texts[GROVE_BATCH_ROWS][GROVE_PID_TEXT_SIZE];

  /* What is known of what many have in common. */
  struct
  {
    uintptr_t   where;
    const char *function;
  } where_memo[GROVE_WHERE_MEMO];
  struct
  {
    grove_pid   group;
    const char *name;
  } app_memo[GROVE_APP_MEMO];
  struct grove_pid_texts *supervisor_texts;

  /* The earlier look at each process, by slot; address space, filled as it is used. */
  struct grove_rate *rates;
  uint32_t           n_rates;
};

_Static_assert(GROVE_BATCH_ROWS == GROVE_COLUMNS_ROWS, "a batch is what a filter takes");

void _grove_process_columns_init (struct grove_process_columns *self);
void _grove_process_columns_finish (struct grove_process_columns *self);
/* What is known of names may be old now. */
void _grove_process_columns_begin (struct grove_process_columns *self);
/* No text of the last scan is needed any more. */
void _grove_process_columns_forget (struct grove_process_columns *self);

/* What of a batch the columns in @wanted, a bit each, are made from. */
uint32_t _grove_process_columns_fields (uint64_t wanted);
/* Makes the columns in @wanted from the batch, which was read with at least those fields. */
void _grove_process_columns_make (struct grove_process_columns *self, uint64_t wanted);

/* In the order of pids: by index, then by generation; and back. */
static inline uint64_t
_grove_process_key (grove_pid pid)
{
  return pid << 32 | pid >> 32;
}
