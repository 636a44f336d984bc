/* SPDX-License-Identifier: MIT
 *
 * See process-scan.h. A query keeps 16 bytes of a row for one sort key; a shallow window keeps as
 * many as it shows, a deep one as many as there are, which is why only a few of those are under way
 * at once. The rows of the window are read again when it is known, and put in order by what is then
 * shown.
 *
 * Server thread only.
 */
#include "runtime/export/process-scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK        8192 /* slots between two looks at the clock */
#define SLICE_NS     UINT64_C (1000000)
#define SPARE        16 /* rows that may be gone when the window is read */
#define DEEP_AT_ONCE 2

_Static_assert(GROVE_COLUMNS_ROWS >= 512 + SPARE, "the largest window, and what is to spare");

struct grove_scan_query
{
  struct grove_scan_query        *next;
  const struct grove_table_query *query; /* lives as long as the rows */
  struct grove_rows              *rows;
  struct grove_ranking           *ranking;
  uint64_t                        wanted; /* columns of filter and order, a bit each */
  uint64_t                        total;
  uint32_t                        first; /* slot; back there it is done */
  bool                            anchored;
};

/* ---- Rows -------------------------------------------------------------------------------------
 */

static uint64_t
shown_columns (const struct grove_table_query *query)
{
  uint64_t columns = 0;

  for (size_t i = 0; i < query->n_columns; i++)
    columns |= UINT64_C (1) << query->columns[i];
  return columns;
}

static void
write_value (struct grove_writer *writer, uint32_t column, const void *values, size_t row)
{
  double real;

  switch (grove_schema_tables[GROVE_TABLE_PROCESSES].columns[column].type)
    {
    case GROVE_COLUMN_INT:
      grove_writer_int (writer, ((const int64_t *) values)[row]);
      break;
    case GROVE_COLUMN_REAL:
      /* Whole numbers for what changes all the time: half a reduction is no news. */
      real = ((const double *) values)[row];
      grove_writer_real (writer, real < 10 ? round (real * 10) / 10 : round (real));
      break;
    case GROVE_COLUMN_TEXT:
      grove_writer_text (writer, ((const char *const *) values)[row]);
      break;
    case GROVE_COLUMN_BOOL:
    default:
      grove_writer_bool (writer, ((const int64_t *) values)[row] != 0);
      break;
    }
}

/* Writes some rows of what was read last, with all columns that are shown. */
static void
write_rows (const struct grove_process_columns *columns,
            const struct grove_table_query     *query,
            const uint32_t                     *which,
            size_t                              n,
            struct grove_rows                  *rows)
{
  for (size_t i = 0; i < n; i++)
    {
      struct grove_writer *writer = grove_rows_begin (rows, columns->pids[which[i]]);

      for (size_t c = 0; c < query->n_columns; c++)
        write_value (writer, query->columns[c], columns->values[query->columns[c]], which[i]);
      grove_rows_end (rows);
    }
}

/* Reads some processes, with the columns in @wanted. */
static void
read_pids (struct grove_process_columns *columns, const grove_pid *pids, size_t n, uint64_t wanted)
{
  _grove_observe_pids (pids, n, _grove_process_columns_fields (wanted), &columns->batch);
  _grove_process_columns_make (columns, wanted);
}

/* ---- What names its processes -----------------------------------------------------------------
 */

static uint64_t
count_all (void)
{
  struct grove_runtime_sample runtime;

  _grove_observe_counts (&runtime, NULL, 0);
  return runtime.n_processes;
}

static size_t
parse_pids (const char *const *names, size_t n_names, grove_pid pids[GROVE_COLUMNS_ROWS])
{
  size_t n = 0;

  for (size_t i = 0; i < n_names && n < GROVE_COLUMNS_ROWS; i++)
    n += grove_pid_parse (names[i], strlen (names[i]), &pids[n]);
  return n;
}

/* The rows of a window that is frozen. */
static void
answer_keys (struct grove_process_scan      *self,
             const struct grove_table_query *query,
             struct grove_rows              *rows)
{
  grove_pid    pids[GROVE_COLUMNS_ROWS];
  uint32_t     which[GROVE_COLUMNS_ROWS];
  const size_t n = parse_pids (query->keys, query->n_keys, pids);

  read_pids (&self->columns, pids, n, shown_columns (query) | 1);
  for (uint32_t i = 0; i < self->columns.columns.n; i++)
    which[i] = i;
  write_rows (&self->columns, query, which, self->columns.columns.n, rows);
  grove_rows_done (rows, count_all (), self->columns.columns.n, grove_now_ns ());
}

static int
compare_pids (const void *a, const void *b)
{
  const grove_pid x = *(const grove_pid *) a, y = *(const grove_pid *) b;

  return x < y ? -1 : x > y;
}

/* A filter that names its processes: a tree's visible rows, an inspector. */
static bool
answer_named (struct grove_process_scan      *self,
              const struct grove_table_query *query,
              struct grove_rows              *rows)
{
  grove_pid             pids[GROVE_COLUMNS_ROWS];
  uint32_t              which[GROVE_COLUMNS_ROWS];
  bool                  accepted[GROVE_COLUMNS_ROWS];
  const char *const    *names;
  const size_t          n_names = grove_filter_keys (query->filter, &names);
  size_t                n, n_once = 0, first;
  struct grove_ranking *ranking;

  if (n_names == 0)
    return false;
  n = parse_pids (names, n_names, pids);
  /* Sorted, so that one that is named twice is there once. */
  qsort (pids, n, sizeof pids[0], compare_pids);
  for (size_t i = 0; i < n; i++)
    if (i == 0 || pids[i] != pids[i - 1])
      pids[n_once++] = pids[i];
  ranking = grove_ranking_new (query, &grove_schema_tables[GROVE_TABLE_PROCESSES], 0);
  read_pids (&self->columns, pids, n_once,
             shown_columns (query) | grove_ranking_columns (ranking) | 1);
  memset (accepted, true, sizeof accepted);
  n = grove_ranking_sort (ranking, &self->columns.columns, accepted, which);
  grove_ranking_free (ranking);
  first = query->offset < n ? (size_t) query->offset : n;
  write_rows (&self->columns, query, which + first,
              n - first < query->limit ? n - first : query->limit, rows);
  grove_rows_done (rows, count_all (), n, grove_now_ns ());
  return true;
}

/* ---- What needs a walk ------------------------------------------------------------------------
 */

static void
join (struct grove_process_scan *self, struct grove_scan_query *query)
{
  query->first = self->slot;
  query->next = self->active;
  self->active = query;
  self->n_deep += grove_ranking_is_deep (query->ranking);
}

static void
set_anchor (struct grove_process_scan *self, struct grove_scan_query *query)
{
  const char *name = query->query->anchor;
  bool        accepted[GROVE_COLUMNS_ROWS];
  grove_pid   pid;

  if (name[0] == '\0' || !grove_pid_parse (name, strlen (name), &pid))
    return;
  read_pids (&self->columns, &pid, 1, query->wanted);
  if (self->columns.columns.n == 0)
    return;
  grove_filter_select (query->query->filter, &self->columns.columns, accepted);
  if (!accepted[0])
    return;
  grove_ranking_set_anchor (query->ranking, &self->columns.columns, 0);
  query->anchored = true;
}

void
_grove_process_scan_ask (struct grove_process_scan      *self,
                         const struct grove_table_query *table_query,
                         struct grove_rows              *rows)
{
  struct grove_scan_query *query, **last = &self->waiting;

  _grove_process_columns_begin (&self->columns);
  if (table_query->keys)
    {
      answer_keys (self, table_query, rows);
      return;
    }
  if (answer_named (self, table_query, rows))
    return;

  query = calloc (1, sizeof *query);
  if (!query)
    abort ();
  query->query = table_query;
  query->rows = rows;
  query->ranking =
    grove_ranking_new (table_query, &grove_schema_tables[GROVE_TABLE_PROCESSES], SPARE);
  query->wanted =
    grove_ranking_columns (query->ranking) | grove_filter_columns (table_query->filter);
  grove_filter_begin (table_query->filter);
  set_anchor (self, query);
  if (!grove_ranking_is_deep (query->ranking) || self->n_deep < DEEP_AT_ONCE)
    {
      join (self, query);
      return;
    }
  while (*last)
    last = &(*last)->next;
  *last = query;
}

/* All have gone round: reads the window's rows as they are now. */
static void
answer (struct grove_process_scan *self, struct grove_scan_query *query)
{
  const struct grove_table_query *table_query = query->query;
  uint64_t                        keys[GROVE_COLUMNS_ROWS], offset;
  grove_pid                       pids[GROVE_COLUMNS_ROWS];
  uint32_t                        which[GROVE_COLUMNS_ROWS];
  bool                            accepted[GROVE_COLUMNS_ROWS];
  size_t                          n = grove_ranking_window (query->ranking, keys, &offset);

  for (size_t i = 0; i < n; i++)
    pids[i] = _grove_process_key (keys[i]);
  read_pids (&self->columns, pids, n, query->wanted | shown_columns (table_query) | 1);
  grove_filter_select (table_query->filter, &self->columns.columns, accepted);
  n = grove_ranking_sort (query->ranking, &self->columns.columns, accepted, which);
  write_rows (&self->columns, table_query, which, n < table_query->limit ? n : table_query->limit,
              query->rows);
  if (query->anchored)
    grove_rows_anchored (query->rows, offset);
  grove_rows_done (query->rows, query->total, grove_ranking_matched (query->ranking),
                   grove_now_ns ());
}

static void
query_free (struct grove_scan_query *query)
{
  grove_ranking_free (query->ranking);
  free (query);
}

/* Takes *@link out of the active ones. */
static struct grove_scan_query *
leave (struct grove_process_scan *self, struct grove_scan_query **link)
{
  struct grove_scan_query *query = *link;

  *link = query->next;
  self->n_deep -= grove_ranking_is_deep (query->ranking);
  return query;
}

static void
drop (struct grove_scan_query *query, enum grove_error code, const char *why)
{
  grove_rows_fail (query->rows, code, why);
  query_free (query);
}

/* Those whom nobody waits for any more go, those who waited for their memory come. */
static void
tidy (struct grove_process_scan *self)
{
  struct grove_scan_query **link = &self->active, *query;

  while (*link)
    if (!grove_rows_wanted ((*link)->rows))
      drop (leave (self, link), GROVE_ERROR_INTERNAL, "nobody waits for it");
    else
      link = &(*link)->next;
  link = &self->waiting;
  while ((query = *link) != NULL)
    {
      const bool wanted = grove_rows_wanted (query->rows);

      if (wanted && self->n_deep == DEEP_AT_ONCE)
        {
          link = &query->next;
          continue;
        }
      *link = query->next;
      if (wanted)
        join (self, query);
      else
        drop (query, GROVE_ERROR_INTERNAL, "nobody waits for it");
    }
}

/* The next slots, up to the end of the table. */
static void
walk_chunk (struct grove_process_scan *self)
{
  const uint32_t used = _grove_observe_used ();
  const uint32_t end = used - self->slot > CHUNK ? self->slot + CHUNK : used;
  uint64_t       wanted = 0;
  uint32_t       fields;
  bool           accepted[GROVE_COLUMNS_ROWS];

  for (const struct grove_scan_query *query = self->active; query; query = query->next)
    wanted |= query->wanted;
  fields = _grove_process_columns_fields (wanted);
  while (self->slot < end)
    {
      self->slot = _grove_observe_slots (self->slot, end, fields, &self->columns.batch);
      _grove_process_columns_make (&self->columns, wanted);
      for (struct grove_scan_query *query = self->active; query; query = query->next)
        {
          query->total += self->columns.columns.n;
          grove_filter_select (query->query->filter, &self->columns.columns, accepted);
          grove_ranking_offer (query->ranking, &self->columns.columns, accepted);
        }
    }
  if (self->slot >= used)
    self->slot = 0;
}

bool
_grove_process_scan_run (struct grove_process_scan *self)
{
  const uint64_t            until_ns = grove_now_ns () + SLICE_NS;
  struct grove_scan_query **link;

  tidy (self);
  if (!self->active)
    return false;
  _grove_process_columns_begin (&self->columns);
  do
    {
      walk_chunk (self);
      link = &self->active;
      while (*link)
        if ((*link)->first == self->slot)
          {
            struct grove_scan_query *query = leave (self, link);

            /* It may lead to another question at once. */
            answer (self, query);
            query_free (query);
            link = &self->active;
          }
        else
          link = &(*link)->next;
      tidy (self);
    }
  while (self->active && grove_now_ns () < until_ns);
  if (!self->active)
    _grove_process_columns_forget (&self->columns);
  return self->active != NULL;
}

bool
_grove_process_scan_is_busy (const struct grove_process_scan *self)
{
  return self->active || self->waiting;
}

void
_grove_process_scan_init (struct grove_process_scan *self)
{
  memset (self, 0, sizeof *self);
  _grove_process_columns_init (&self->columns);
}

void
_grove_process_scan_finish (struct grove_process_scan *self)
{
  struct grove_scan_query **lists[] = { &self->active, &self->waiting };

  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    while (*lists[i])
      {
        struct grove_scan_query *query = *lists[i];

        *lists[i] = query->next;
        drop (query, GROVE_ERROR_SHUTTING_DOWN, "the system is shutting down");
      }
  _grove_process_columns_finish (&self->columns);
}
