/* SPDX-License-Identifier: MIT
 *
 * Tables of a node: what is asked for goes to the agent as it came, filter and all, and only the
 * rows of the window come back.
 *
 * Threads: the server's.
 */
#include "runtime/beam/source-private.h"

#include "runtime/beam/must.h"

#include "protocol/query.h"
#include "runtime/beam/value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The agent tells events for a minute after it was asked. */
#define EVENTS_NS UINT64_C (10000000000)

static const struct grove_column process_columns[] = {
  { "pid", GROVE_COLUMN_TEXT, "" },        { "name", GROVE_COLUMN_TEXT, "" },
  { "status", GROVE_COLUMN_TEXT, "" },     { "messages", GROVE_COLUMN_INT, "" },
  { "reductions", GROVE_COLUMN_INT, "" },  { "reductions/s", GROVE_COLUMN_REAL, "1/s" },
  { "memory", GROVE_COLUMN_INT, "bytes" }, { "heap", GROVE_COLUMN_INT, "bytes" },
  { "stack", GROVE_COLUMN_INT, "bytes" },  { "priority", GROVE_COLUMN_TEXT, "" },
  { "initial", GROVE_COLUMN_TEXT, "" },    { "current", GROVE_COLUMN_TEXT, "" },
  { "app", GROVE_COLUMN_TEXT, "" },        { "trap_exit", GROVE_COLUMN_BOOL, "" },
};

static const struct grove_column name_columns[] = {
  { "name", GROVE_COLUMN_TEXT, "" },       { "pid", GROVE_COLUMN_TEXT, "" },
  { "status", GROVE_COLUMN_TEXT, "" },     { "app", GROVE_COLUMN_TEXT, "" },
  { "initial", GROVE_COLUMN_TEXT, "" },    { "messages", GROVE_COLUMN_INT, "" },
  { "memory", GROVE_COLUMN_INT, "bytes" },
};

static const struct grove_column application_columns[] = {
  { "name", GROVE_COLUMN_TEXT, "" },    { "pid", GROVE_COLUMN_TEXT, "" },
  { "status", GROVE_COLUMN_TEXT, "" },  { "type", GROVE_COLUMN_TEXT, "" },
  { "version", GROVE_COLUMN_TEXT, "" }, { "processes", GROVE_COLUMN_INT, "" },
  { "needs", GROVE_COLUMN_TEXT, "" },   { "needed_by", GROVE_COLUMN_TEXT, "" },
  { "system", GROVE_COLUMN_BOOL, "" },
};

static const struct grove_column timer_columns[] = {
  { "ref", GROVE_COLUMN_TEXT, "" },     { "kind", GROVE_COLUMN_TEXT, "" },
  { "pid", GROVE_COLUMN_TEXT, "" },     { "name", GROVE_COLUMN_TEXT, "" },
  { "due_ns", GROVE_COLUMN_INT, "ns" }, { "period_ns", GROVE_COLUMN_INT, "ns" },
  { "message", GROVE_COLUMN_TEXT, "" },
};

static const struct grove_column child_columns[] = {
  { "id", GROVE_COLUMN_TEXT, "" },         { "pid", GROVE_COLUMN_TEXT, "" },
  { "name", GROVE_COLUMN_TEXT, "" },       { "kind", GROVE_COLUMN_TEXT, "" },
  { "status", GROVE_COLUMN_TEXT, "" },     { "restart_type", GROVE_COLUMN_TEXT, "" },
  { "shutdown", GROVE_COLUMN_TEXT, "" },   { "significant", GROVE_COLUMN_BOOL, "" },
  { "restarts", GROVE_COLUMN_INT, "" },    { "children", GROVE_COLUMN_INT, "" },
  { "strategy", GROVE_COLUMN_TEXT, "" },   { "messages", GROVE_COLUMN_INT, "" },
  { "memory", GROVE_COLUMN_INT, "bytes" }, { "reductions", GROVE_COLUMN_INT, "" },
  { "initial", GROVE_COLUMN_TEXT, "" },    { "place", GROVE_COLUMN_INT, "" },
};

static const struct grove_column ets_columns[] = {
  { "table", GROVE_COLUMN_TEXT, "" },  { "name", GROVE_COLUMN_TEXT, "" },
  { "objects", GROVE_COLUMN_INT, "" }, { "memory", GROVE_COLUMN_INT, "bytes" },
  { "owner", GROVE_COLUMN_TEXT, "" },  { "owner_name", GROVE_COLUMN_TEXT, "" },
  { "type", GROVE_COLUMN_TEXT, "" },   { "protection", GROVE_COLUMN_TEXT, "" },
};

static const struct grove_column object_columns[] = {
  { "index", GROVE_COLUMN_INT, "" },
  { "key", GROVE_COLUMN_TEXT, "" },
  { "size", GROVE_COLUMN_INT, "bytes" },
  { "object", GROVE_COLUMN_TEXT, "" },
};

static const struct grove_column port_columns[] = {
  { "port", GROVE_COLUMN_TEXT, "" },         { "name", GROVE_COLUMN_TEXT, "" },
  { "owner", GROVE_COLUMN_TEXT, "" },        { "owner_name", GROVE_COLUMN_TEXT, "" },
  { "bytes_in", GROVE_COLUMN_INT, "bytes" }, { "bytes_out", GROVE_COLUMN_INT, "bytes" },
  { "queued", GROVE_COLUMN_INT, "bytes" },   { "memory", GROVE_COLUMN_INT, "bytes" },
  { "os_pid", GROVE_COLUMN_INT, "" },
};

static const struct grove_column socket_columns[] = {
  { "socket", GROVE_COLUMN_TEXT, "" },        { "kind", GROVE_COLUMN_TEXT, "" },
  { "local", GROVE_COLUMN_TEXT, "" },         { "peer", GROVE_COLUMN_TEXT, "" },
  { "state", GROVE_COLUMN_TEXT, "" },         { "owner", GROVE_COLUMN_TEXT, "" },
  { "owner_name", GROVE_COLUMN_TEXT, "" },    { "bytes_in", GROVE_COLUMN_INT, "bytes" },
  { "bytes_out", GROVE_COLUMN_INT, "bytes" }, { "queued", GROVE_COLUMN_INT, "bytes" },
};

static const struct grove_column allocator_columns[] = {
  { "allocator", GROVE_COLUMN_TEXT, "" },    { "blocks", GROVE_COLUMN_INT, "bytes" },
  { "carriers", GROVE_COLUMN_INT, "bytes" }, { "unused", GROVE_COLUMN_INT, "bytes" },
  { "used", GROVE_COLUMN_REAL, "" },         { "instances", GROVE_COLUMN_INT, "" },
};

static const struct grove_column limit_columns[] = {
  { "name", GROVE_COLUMN_TEXT, "" },
  { "used", GROVE_COLUMN_INT, "" },
  { "limit", GROVE_COLUMN_INT, "" },
  { "share", GROVE_COLUMN_REAL, "" },
};

static const struct grove_column node_columns[] = {
  { "node", GROVE_COLUMN_TEXT, "" },
  { "kind", GROVE_COLUMN_TEXT, "" },
};

/* Of what happened: happened.h. */
#define NUMBERED(table, table_columns)                                                             \
  {                                                                                                \
    .name = table, .columns = table_columns,                                                       \
    .n_columns = sizeof table_columns / sizeof table_columns[0], .numbered = true                  \
  }
/* Of one of the table `ets`, by its key. */
#define OF(table, table_columns)                                                                   \
  {                                                                                                \
    .name = table, .columns = table_columns,                                                       \
    .n_columns = sizeof table_columns / sizeof table_columns[0], .of = true                        \
  }
#define TABLE(table, table_columns)                                                                \
  {                                                                                                \
    .name = table, .columns = table_columns,                                                       \
    .n_columns = sizeof table_columns / sizeof table_columns[0]                                    \
  }

const struct grove_table beam_tables[] = {
  TABLE ("processes", process_columns),
  TABLE ("names", name_columns),
  TABLE ("applications", application_columns),
  NUMBERED ("crashes", beam_crash_columns),
  NUMBERED ("events", beam_event_columns),
  NUMBERED ("log", beam_log_columns),
  OF ("children", child_columns),
  TABLE ("ets", ets_columns),
  OF ("objects", object_columns),
  TABLE ("timers", timer_columns),
  TABLE ("ports", port_columns),
  TABLE ("sockets", socket_columns),
  TABLE ("allocators", allocator_columns),
  TABLE ("limits", limit_columns),
  TABLE ("nodes", node_columns),
};
const size_t beam_n_tables = sizeof beam_tables / sizeof beam_tables[0];

/* ---- Lists, written element by element ----------------------------------------------------------
 */

#define LIST_TAG 108
#define NIL_TAG  106

static void
begin_list (struct grove_buffer *out, uint32_t n)
{
  uint8_t *header;

  if (n == 0)
    return;
  header = grove_buffer_extend (out, 5);
  header[0] = LIST_TAG;
  for (unsigned i = 0; i < 4; i++)
    header[1 + i] = (uint8_t) (n >> (24 - 8 * i));
}

static void
end_list (struct grove_buffer *out)
{
  *grove_buffer_extend (out, 1) = NIL_TAG;
}

static void
add_text (struct grove_buffer *out, const char *text)
{
  beam_must (grove_build (out, "~s", text) == GROVE_OK);
}

/* ---- Filters
 * -------------------------------------------------------------------------------------
 */

static void
add_value (struct grove_buffer *out, const struct grove_value *value)
{
  switch (value->type)
    {
    case GROVE_COLUMN_TEXT:
      add_text (out, value->u.text);
      break;
    case GROVE_COLUMN_BOOL:
      beam_must (grove_build (out, value->u.integer != 0 ? "true" : "false") == GROVE_OK);
      break;
    case GROVE_COLUMN_REAL:
      beam_must (grove_build (out, "~f", value->u.real) == GROVE_OK);
      break;
    case GROVE_COLUMN_INT:
    default:
      beam_must (grove_build (out, "~l", value->u.integer) == GROVE_OK);
      break;
    }
}

/* [<<"and">>, ...] as on the wire, for the part @at. */
static void
add_filter (struct grove_buffer       *out,
            const struct grove_filter *filter,
            uint32_t                   at,
            const struct grove_table  *table)
{
  const struct grove_filter_part part = grove_filter_part (filter, at);
  uint32_t                       n = 0;

  if (!part.joins)
    {
      begin_list (out, 2 + (uint32_t) part.n_values);
      add_text (out, part.name);
      add_text (out, table->columns[part.column].name);
      for (size_t i = 0; i < part.n_values; i++)
        {
          const struct grove_value value = grove_filter_part_value (filter, at, i);

          add_value (out, &value);
        }
      end_list (out);
      return;
    }
  for (uint32_t i = at + 1; i < part.end; i = grove_filter_part (filter, i).end)
    n++;
  begin_list (out, 1 + n);
  add_text (out, part.name);
  for (uint32_t i = at + 1; i < part.end; i = grove_filter_part (filter, i).end)
    add_filter (out, filter, i, table);
  end_list (out);
}

/* ---- Asking
 * --------------------------------------------------------------------------------------
 */

struct table_question
{
  struct beam_source *source;
  struct grove_rows  *rows;
  size_t              n_columns;
};

static void
write_row (struct grove_rows *rows, struct grove_term row, size_t n_columns)
{
  struct grove_cursor  cursor;
  struct grove_term    value;
  struct grove_text    key;
  int64_t              number;
  struct grove_writer *writer;
  char                 text[GROVE_SOURCE_PID_SIZE * 4];

  if (!grove_cursor_init (&cursor, row) || !grove_cursor_next (&cursor, &value))
    return;
  if (grove_match (value, "~l", &number))
    {
      (void) snprintf (text, sizeof text, "%" PRId64, number);
      writer = grove_rows_begin (rows, text);
      grove_writer_int (writer, number);
    }
  else if (grove_match (value, "~s", &key))
    {
      (void) snprintf (text, sizeof text, "%.*s",
                       (int) (key.size < sizeof text ? key.size : sizeof text - 1), key.bytes);
      writer = grove_rows_begin (rows, text);
      grove_writer_text (writer, text);
    }
  else
    return;
  /* As many as there are columns, whatever the node says. */
  for (size_t i = 1; i < n_columns; i++)
    if (grove_cursor_next (&cursor, &value))
      beam_write_json (writer, value, &beam_plain_style);
    else
      grove_writer_null (writer);
  grove_rows_end (rows);
}

static void
answered (const struct beam_answer *answer, void *user_data)
{
  struct table_question *question = user_data;
  struct grove_term      rows, row;
  struct grove_cursor    cursor;

  if (!answer->ok)
    grove_rows_fail (question->rows, answer->code, answer->text);
  else
    {
      if (grove_rows_wanted (question->rows) && beam_map_get (answer->result, "rows", &rows) &&
          grove_cursor_init (&cursor, rows))
        while (grove_cursor_next (&cursor, &row))
          write_row (question->rows, row, question->n_columns);
      grove_rows_done (question->rows, beam_map_count (answer->result, "total"),
                       beam_map_count (answer->result, "matched"),
                       beam_map_count (answer->result, "now"));
    }
  free (question);
}

static void
add_sort (struct beam_params *params, const struct grove_table_query *query)
{
  const struct grove_table *table = &beam_tables[query->table];
  struct grove_buffer       list = { NULL };

  begin_list (&list, (uint32_t) query->n_sort);
  for (size_t i = 0; i < query->n_sort; i++)
    beam_must (grove_build (&list, "[~s, ~s]", table->columns[query->sort[i].column].name,
                            query->sort[i].descending ? "desc" : "asc") == GROVE_OK);
  end_list (&list);
  beam_params_term (params, "sort", grove_buffer_term (&list));
  grove_buffer_finish (&list);
}

static void
ignore (const struct beam_answer *answer, void *user_data)
{
}

/* Events are told as long as somebody looks at them. */
static void
tell_what_happened (struct beam_source             *self,
                    const struct grove_table       *table,
                    const struct grove_table_query *query,
                    struct grove_rows              *rows)
{
  const uint64_t now = beam_now_ns ();

  if (strcmp (table->name, "events") == 0 && now - self->events_ns > EVENTS_NS)
    {
      struct beam_params params;

      self->events_ns = now;
      beam_params_begin (&params);
      (void) beam_agent_ask (self->agent, "events", beam_params_end (&params), ignore, NULL);
      beam_params_finish (&params);
    }
  beam_happened_query (self->happened, table, query, rows,
                       (uint64_t) ((int64_t) now + self->offset_ns));
}

void
beam_table_query (void *data, const struct grove_table_query *query, struct grove_rows *rows)
{
  struct beam_source       *self = data;
  const struct grove_table *table = &beam_tables[query->table];
  struct table_question    *question;
  struct beam_params        params;
  struct grove_buffer       list = { NULL };

  if (table->numbered)
    {
      tell_what_happened (self, table, query, rows);
      return;
    }
  question = malloc (sizeof *question);
  if (question == NULL)
    abort ();
  *question = (struct table_question){ self, rows, query->n_columns };
  beam_params_begin (&params);
  beam_params_text (&params, "name", table->name);
  begin_list (&list, (uint32_t) query->n_columns);
  for (size_t i = 0; i < query->n_columns; i++)
    add_text (&list, table->columns[query->columns[i]].name);
  end_list (&list);
  beam_params_term (&params, "columns", grove_buffer_term (&list));
  add_sort (&params, query);
  beam_params_int (&params, "offset", (int64_t) query->offset);
  beam_params_int (&params, "limit", query->limit);
  if (table->of)
    beam_params_text (&params, "of", query->of);
  if (query->hide_payloads)
    beam_params_int (&params, "hide", 1);
  list.size = 0;
  if (query->keys != NULL)
    {
      begin_list (&list, (uint32_t) query->n_keys);
      for (size_t i = 0; i < query->n_keys; i++)
        add_text (&list, query->keys[i]);
      end_list (&list);
      beam_params_term (&params, "keys", grove_buffer_term (&list));
    }
  else if (query->filter != NULL)
    {
      add_filter (&list, query->filter, 0, table);
      beam_params_term (&params, "filter", grove_buffer_term (&list));
    }
  grove_buffer_finish (&list);
  (void) beam_agent_ask (self->agent, "table", beam_params_end (&params), answered, question);
  beam_params_finish (&params);
}
