/* SPDX-License-Identifier: MIT
 *
 * The table `processes` as a source's: its windows, and single numbers of many processes.
 *
 * Server thread only.
 */
#include "runtime/export/runtime-source.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

static void
wake (struct grove_runtime_source *self)
{
  const uint64_t one = 1;

  (void) !write (self->wake_fd, &one, sizeof one);
}

void
_grove_source_process_table (struct grove_runtime_source    *self,
                             const struct grove_table_query *query,
                             struct grove_rows              *rows)
{
  /* Not begun here: who else asks in this turn of the loop is served by the same walk. */
  _grove_process_scan_ask (&self->scan, query, rows);
  if (_grove_process_scan_is_busy (&self->scan))
    wake (self);
}

void
_grove_source_process_walk (struct grove_runtime_source *self)
{
  if (_grove_process_scan_run (&self->scan))
    wake (self);
}

/* The values of one batch; @values as it was filled before where a process is gone. */
static void
take_metrics (const struct grove_process_columns *columns,
              uint32_t                            column,
              const grove_pid                    *pids,
              size_t                              n,
              double                             *values)
{
  const void *from = columns->values[column];

  for (size_t i = 0, row = 0; i < n && row < columns->columns.n; i++)
    {
      if (columns->batch.pid[row] != pids[i])
        continue;
      if (column == GROVE_COLUMN_PROCESSES_STATUS)
        values[i] = columns->batch.status[row];
      else if (grove_schema_tables[GROVE_TABLE_PROCESSES].columns[column].type == GROVE_COLUMN_REAL)
        values[i] = round (((const double *) from)[row]);
      else
        values[i] = (double) ((const int64_t *) from)[row];
      row++;
    }
}

void
_grove_source_tree_metrics (
  void *data, uint32_t column, const uint64_t *handles, size_t n, double *values)
{
  struct grove_runtime_source  *self = data;
  struct grove_process_columns *columns = &self->scan.columns;
  const uint64_t                wanted = UINT64_C (1) << column;

  for (size_t i = 0; i < n; i++)
    values[i] = NAN;
  for (size_t first = 0; first < n; first += GROVE_BATCH_ROWS)
    {
      const size_t n_batch = n - first < GROVE_BATCH_ROWS ? n - first : GROVE_BATCH_ROWS;

      _grove_observe_pids (handles + first, n_batch, _grove_process_columns_fields (wanted),
                           &columns->batch);
      _grove_process_columns_make (columns, wanted);
      take_metrics (columns, column, handles + first, n_batch, values + first);
    }
}
