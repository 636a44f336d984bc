/* SPDX-License-Identifier: MIT
 *
 * Table queries that need to look at every process, answered together: one walk over the process
 * table serves all that are under way, a slice at a time, so that whatever else the server's thread
 * has to do waits for a slice and not for a walk. The walk goes round and round while anybody needs
 * it; who comes in the middle goes once round from there. Private to export/.
 *
 * Threads: the server's.
 */
#pragma once

#include "runtime/export/process-columns.h"

#include <stdbool.h>

struct grove_scan_query;

struct grove_process_scan
{
  struct grove_process_columns columns;
  struct grove_scan_query     *active;
  struct grove_scan_query     *waiting; /* the oldest first; for memory that others have */
  unsigned                     n_deep;  /* of the active ones */
  uint32_t                     slot;    /* where the next slice begins */
};

void _grove_process_scan_init (struct grove_process_scan *self);
/* Ends what is under way, unanswered. */
void _grove_process_scan_finish (struct grove_process_scan *self);

/* Answers at once what names its processes, else with the slices to come. */
void _grove_process_scan_ask (struct grove_process_scan      *self,
                              const struct grove_table_query *query,
                              struct grove_rows              *rows);
/* One slice. True: there are more. */
bool _grove_process_scan_run (struct grove_process_scan *self);
bool _grove_process_scan_is_busy (const struct grove_process_scan *self);
