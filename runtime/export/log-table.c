/* SPDX-License-Identifier: MIT
 *
 * The table `log`. Lines are copied from the core once, when somebody first looks at them; what the
 * core still has and nobody has looked at yet is there for who comes later.
 *
 * Server thread only.
 */
#include "protocol/answer.h"
#include "protocol/schema.h"
#include "runtime/export/runtime-source.h"

#include <stdlib.h>

struct reading
{
  struct grove_log_line *lines; /* grove_runtime_source.lines */
  uint64_t               first; /* number of the first row */
  char                   text[4][GROVE_PID_TEXT_SIZE];
  unsigned               next;
};

static const char *
source_name (enum grove_log_source source)
{
  switch (source)
    {
    case GROVE_LOG_CRASH:
      return "crash";
    case GROVE_LOG_SUPERVISOR:
      return "supervisor";
    case GROVE_LOG_APPLICATION:
      return "application";
    case GROVE_LOG_PROGRAM:
      break;
    }
  return "program";
}

static void
line_value (const void *row, uint32_t column, void *user_data, struct grove_value *ret)
{
  const struct grove_log_line *line = row;
  struct reading              *reading = user_data;
  char                        *text;

  ret->type = grove_schema_tables[GROVE_TABLE_LOG].columns[column].type;
  switch ((enum grove_log_column) column)
    {
    case GROVE_COLUMN_LOG_SEQ:
      ret->u.integer = (int64_t) line->seq;
      break;
    case GROVE_COLUMN_LOG_AT_NS:
      ret->u.integer = (int64_t) line->at_ns;
      break;
    case GROVE_COLUMN_LOG_LEVEL:
      ret->u.text = _grove_log_level_name (line->level);
      break;
    case GROVE_COLUMN_LOG_PID:
      text = reading->text[reading->next++ % 4];
      text[0] = '\0';
      if (line->pid)
        grove_pid_print (line->pid, text);
      ret->u.text = text;
      break;
    case GROVE_COLUMN_LOG_NAME:
      ret->u.text = line->name;
      break;
    case GROVE_COLUMN_LOG_SOURCE:
      ret->u.text = source_name (line->source);
      break;
    case GROVE_COLUMN_LOG_TEXT:
    case GROVE_N_COLUMNS_LOG:
    default:
      ret->u.text = line->text;
      break;
    }
}

static struct grove_log_line *
line_at (const struct reading *reading, size_t i)
{
  return &reading->lines[(reading->first + i) % GROVE_LOG_LINES];
}

static const void *
numbered_row (size_t i, void *user_data)
{
  return line_at (user_data, i);
}

static uint64_t
numbered_number (size_t i, void *user_data)
{
  return line_at (user_data, i)->seq;
}

/* Copies what is new up to @last; returns the number of the first from which on all are there. */
static uint64_t
read_lines (struct grove_log_line *lines, uint64_t last)
{
  uint64_t first = last > GROVE_LOG_LINES ? last - GROVE_LOG_LINES + 1 : 1;

  for (uint64_t seq = first; seq <= last; seq++)
    {
      struct grove_log_line *line = &lines[seq % GROVE_LOG_LINES];

      /* The oldest may have been overwritten since. */
      if (line->seq != seq && !_grove_observe_log_line (seq, line))
        first = seq + 1;
    }
  return first;
}

void
_grove_source_log_table (struct grove_runtime_source    *self,
                         const struct grove_table_query *query,
                         struct grove_rows              *rows)
{
  const uint64_t        last = _grove_observe_log ();
  struct reading        reading = { .next = 0 };
  struct grove_numbered numbered = {
    .last = last,
    .row = numbered_row,
    .number = numbered_number,
    .value = line_value,
    .user_data = &reading,
  };

  if (!self->lines)
    self->lines = calloc (GROVE_LOG_LINES, sizeof *self->lines);
  if (!self->lines)
    abort ();
  reading.lines = self->lines;
  reading.first = read_lines (self->lines, last);
  numbered.n = (size_t) (last + 1 - reading.first);
  grove_answer_numbered (rows, query, &numbered, grove_now_ns ());
}

void
_grove_source_forget_lines (struct grove_runtime_source *self)
{
  free (self->lines);
  self->lines = NULL;
}
