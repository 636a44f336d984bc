/* SPDX-License-Identifier: MIT
 *
 * Which file answers for which table, and what several of them need.
 *
 * Server thread only.
 */
#include "protocol/schema.h"
#include "runtime/export/runtime-source.h"

static const grove_table_answer answers[GROVE_TABLE_SESSIONS] = {
  [GROVE_TABLE_PROCESSES] = _grove_source_process_table,
  [GROVE_TABLE_NAMES] = _grove_source_name_table,
  [GROVE_TABLE_APPLICATIONS] = _grove_source_application_table,
  [GROVE_TABLE_CHILDREN] = _grove_source_child_table,
  [GROVE_TABLE_CRASHES] = _grove_source_crash_table,
  [GROVE_TABLE_EVENTS] = _grove_source_event_table,
  [GROVE_TABLE_LOG] = _grove_source_log_table,
  [GROVE_TABLE_TIMERS] = _grove_source_timer_table,
};

void
_grove_source_table_query (void                           *self,
                           const struct grove_table_query *query,
                           struct grove_rows              *rows)
{
  answers[query->table](self, query, rows);
}

/* Names are interned for the life of the runtime, so they need no copy. */
const char *
_grove_application_name (grove_pid master)
{
  struct grove_process_sample sample;

  if (!master || !_grove_observe_process (master, &sample))
    return "";
  return _grove_sample_name (&sample);
}
