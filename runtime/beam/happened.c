/* SPDX-License-Identifier: MIT
 *
 * See happened.h. Each kind has a ring; what the agent could not tell is counted by leaving numbers
 * out.
 */
#include "runtime/beam/happened.h"

#include "protocol/answer.h"
#include "runtime/beam/must.h"
#include "runtime/beam/value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CRASHES     256
#define LINES       1024
#define EVENTS      8192
#define COLUMNS_MAX 20
#define TEXT_MAX    2048
#define MORE_MAX    ((size_t) 1 << 20)
/* So many are lost in one go at most: numbers do not run out. */
#define LOST_MAX (INT64_C (1) << 32)

const struct grove_column beam_crash_columns[17] = {
  { "seq", GROVE_COLUMN_INT, "" },        { "at_ns", GROVE_COLUMN_INT, "ns" },
  { "pid", GROVE_COLUMN_TEXT, "" },       { "name", GROVE_COLUMN_TEXT, "" },
  { "app", GROVE_COLUMN_TEXT, "" },       { "initial", GROVE_COLUMN_TEXT, "" },
  { "reason", GROVE_COLUMN_TEXT, "" },    { "function", GROVE_COLUMN_TEXT, "" },
  { "file", GROVE_COLUMN_TEXT, "" },      { "line", GROVE_COLUMN_INT, "" },
  { "messages", GROVE_COLUMN_INT, "" },   { "heap", GROVE_COLUMN_INT, "bytes" },
  { "outcome", GROVE_COLUMN_TEXT, "" },   { "supervisor", GROVE_COLUMN_TEXT, "" },
  { "successor", GROVE_COLUMN_TEXT, "" }, { "after_ns", GROVE_COLUMN_INT, "ns" },
  { "restarts", GROVE_COLUMN_INT, "" },
};

const struct grove_column beam_event_columns[9] = {
  { "seq", GROVE_COLUMN_INT, "" },       { "at_ns", GROVE_COLUMN_INT, "ns" },
  { "kind", GROVE_COLUMN_TEXT, "" },     { "pid", GROVE_COLUMN_TEXT, "" },
  { "name", GROVE_COLUMN_TEXT, "" },     { "peer", GROVE_COLUMN_TEXT, "" },
  { "function", GROVE_COLUMN_TEXT, "" }, { "value", GROVE_COLUMN_INT, "" },
  { "detail", GROVE_COLUMN_TEXT, "" },
};

const struct grove_column beam_log_columns[7] = {
  { "seq", GROVE_COLUMN_INT, "" },    { "at_ns", GROVE_COLUMN_INT, "ns" },
  { "level", GROVE_COLUMN_TEXT, "" }, { "pid", GROVE_COLUMN_TEXT, "" },
  { "name", GROVE_COLUMN_TEXT, "" },  { "source", GROVE_COLUMN_TEXT, "" },
  { "text", GROVE_COLUMN_TEXT, "" },
};

#define TABLE(table, table_columns)                                                                \
  {                                                                                                \
    .name = table, .columns = table_columns,                                                       \
    .n_columns = sizeof table_columns / sizeof table_columns[0], .numbered = true                  \
  }

static const struct grove_table crash_table = TABLE ("crashes", beam_crash_columns);
static const struct grove_table event_table = TABLE ("events", beam_event_columns);
static const struct grove_table log_table = TABLE ("log", beam_log_columns);

/* ---- Rings -------------------------------------------------------------------------------------
 */

union cell
{
  int64_t integer;
  char   *text; /* never NULL once the row is there */
};

struct row
{
  uint64_t            seq; /* 0: none */
  union cell          cells[COLUMNS_MAX];
  struct grove_buffer more; /* of a crash: all there is to say of it, and what followed */
  struct grove_buffer after;
};

struct ring
{
  const struct grove_table *table;
  size_t                    capacity;
  struct row               *rows;
  uint64_t                  last;    /* number of the newest */
  uint64_t                  n_added; /* rows there ever were */
};

struct beam_happened
{
  struct ring             crashes, events, log;
  uint64_t                n_restarts;
  struct grove_term_style style;
};

static void
ring_init (struct ring *self, const struct grove_table *table, size_t capacity)
{
  *self = (struct ring){ table, capacity, calloc (capacity, sizeof *self->rows), 0, 0 };
  if (self->rows == NULL)
    abort ();
}

static void
clear_row (const struct grove_table *table, struct row *row)
{
  for (size_t i = 0; i < table->n_columns; i++)
    if (table->columns[i].type == GROVE_COLUMN_TEXT)
      free (row->cells[i].text);
  grove_buffer_finish (&row->more);
  grove_buffer_finish (&row->after);
  memset (row, 0, sizeof *row);
}

static void
ring_finish (struct ring *self)
{
  for (size_t i = 0; i < self->capacity; i++)
    clear_row (self->table, &self->rows[i]);
  free (self->rows);
}

static size_t
ring_count (const struct ring *self)
{
  return self->n_added < self->capacity ? (size_t) self->n_added : self->capacity;
}

/* From the oldest on. */
static struct row *
ring_at (const struct ring *self, size_t i)
{
  return &self->rows[(self->n_added - ring_count (self) + i) % self->capacity];
}

static void
set_text (union cell *cell, struct grove_term map, const char *key)
{
  char text[TEXT_MAX];

  beam_map_text (map, key, text, sizeof text);
  free (cell->text);
  cell->text = strdup (text);
  if (cell->text == NULL)
    abort ();
}

static struct row *
ring_add (struct ring *self, struct grove_term map)
{
  struct row *row = &self->rows[self->n_added++ % self->capacity];

  clear_row (self->table, row);
  row->seq = ++self->last;
  row->cells[0].integer = (int64_t) row->seq;
  for (size_t i = 1; i < self->table->n_columns; i++)
    if (self->table->columns[i].type == GROVE_COLUMN_TEXT)
      set_text (&row->cells[i], map, self->table->columns[i].name);
    else
      row->cells[i].integer = beam_map_int (map, self->table->columns[i].name);
  return row;
}

static union cell *
cell_of (const struct ring *ring, struct row *row, const char *column)
{
  size_t i = 0;

  while (strcmp (ring->table->columns[i].name, column) != 0)
    i++;
  return &row->cells[i];
}

/* ---- What the agent tells ----------------------------------------------------------------------
 */

/* What is larger than any agent says is not kept. */
static void
keep (struct grove_buffer *buffer, struct grove_term term)
{
  buffer->size = 0;
  if (term.size <= MORE_MAX)
    memcpy (grove_buffer_extend (buffer, term.size), term.bytes, term.size);
}

static void
take_crash (struct beam_happened *self, struct grove_term what)
{
  struct grove_term row, more, event;

  if (beam_map_get (what, "row", &row) && beam_map_get (what, "crash", &more))
    keep (&ring_add (&self->crashes, row)->more, more);
  if (beam_map_get (what, "event", &event) && grove_term_type (event) == GROVE_TERM_MAP)
    (void) ring_add (&self->events, event);
}

/* The newest crash of @pid, or NULL. */
static struct row *
find_crash (struct beam_happened *self, const char *pid)
{
  for (size_t i = ring_count (&self->crashes); i-- > 0;)
    {
      struct row *row = ring_at (&self->crashes, i);

      if (strcmp (cell_of (&self->crashes, row, "pid")->text, pid) == 0)
        return row;
    }
  return NULL;
}

static void
take_pid (struct beam_happened *self, struct row *row, const char *column, struct grove_term map)
{
  struct grove_term who = { 0 };

  if (!beam_map_get (map, column, &who))
    who.size = 0;
  set_text (cell_of (&self->crashes, row, column), who, "pid");
}

/* What followed a crash. It is told as often as there is something new to say. */
static void
take_aftermath (struct beam_happened *self, struct grove_term what)
{
  char        pid[GROVE_SOURCE_PID_SIZE], outcome[16];
  struct row *row;
  int64_t     at_ns = beam_map_int (what, "at_ns"), *after_ns;

  beam_map_text (what, "pid", pid, sizeof pid);
  beam_map_text (what, "outcome", outcome, sizeof outcome);
  if (strcmp (outcome, "restarted") == 0)
    self->n_restarts++;
  row = find_crash (self, pid);
  if (row == NULL)
    return;
  set_text (cell_of (&self->crashes, row, "outcome"), what, "outcome");
  take_pid (self, row, "supervisor", what);
  take_pid (self, row, "successor", what);
  after_ns = &cell_of (&self->crashes, row, "after_ns")->integer;
  *after_ns = beam_minus (at_ns, cell_of (&self->crashes, row, "at_ns")->integer);
  if (*after_ns < 0)
    *after_ns = 0;
  cell_of (&self->crashes, row, "restarts")->integer = beam_map_int (what, "restarts");
  keep (&row->after, what);
}

static void
take_events (struct beam_happened *self, struct grove_term what)
{
  struct grove_cursor cursor;
  struct grove_term   event;

  if (grove_cursor_init (&cursor, what))
    while (grove_cursor_next (&cursor, &event))
      (void) ring_add (&self->events, event);
}

static void
take_lost (struct ring *ring, struct grove_term what)
{
  const int64_t n = beam_map_int (what, ring->table->name);

  if (n > 0)
    ring->last += (uint64_t) (n < LOST_MAX ? n : LOST_MAX);
}

void
beam_happened_take (struct beam_happened *self, struct grove_text kind, struct grove_term what)
{
  char name[16];

  (void) snprintf (name, sizeof name, "%.*s", (int) kind.size, kind.bytes);
  if (strcmp (name, "log") == 0)
    (void) ring_add (&self->log, what);
  else if (strcmp (name, "crash") == 0)
    take_crash (self, what);
  else if (strcmp (name, "aftermath") == 0)
    take_aftermath (self, what);
  else if (strcmp (name, "events") == 0)
    take_events (self, what);
  else if (strcmp (name, "lost") == 0)
    {
      take_lost (&self->log, what);
      take_lost (&self->crashes, what);
      take_lost (&self->events, what);
    }
}

/* ---- Tables ------------------------------------------------------------------------------------
 */

static const void *
numbered_row (size_t i, void *ring)
{
  return ring_at (ring, i);
}

static uint64_t
numbered_number (size_t i, void *ring)
{
  return ring_at (ring, i)->seq;
}

static void
row_value (const void *data, uint32_t column, void *user_data, struct grove_value *ret)
{
  const struct ring *ring = user_data;
  const struct row  *row = data;

  ret->type = ring->table->columns[column].type;
  if (ret->type == GROVE_COLUMN_TEXT)
    ret->u.text = row->cells[column].text;
  else
    ret->u.integer = row->cells[column].integer;
}

void
beam_happened_query (struct beam_happened           *self,
                     const struct grove_table       *table,
                     const struct grove_table_query *query,
                     struct grove_rows              *rows,
                     uint64_t                        now_ns)
{
  struct ring *ring = strcmp (table->name, "crashes") == 0  ? &self->crashes
                      : strcmp (table->name, "events") == 0 ? &self->events
                                                            : &self->log;

  const struct grove_numbered numbered = {
    .n = ring_count (ring),
    .last = ring->last,
    .row = numbered_row,
    .number = numbered_number,
    .value = row_value,
    .user_data = ring,
  };

  grove_answer_numbered (rows, query, &numbered, now_ns);
}

/* ---- One crash ---------------------------------------------------------------------------------
 */

static bool
is_one_of (struct grove_term key, const char *const *names)
{
  struct grove_text text;

  for (size_t i = 0; grove_term_atom (key, &text) && names[i] != NULL; i++)
    if (strlen (names[i]) == text.size && memcmp (names[i], text.bytes, text.size) == 0)
      return true;
  return false;
}

/* Members of what the agent told, but for those that are not its to tell; of those that are
 * payloads nothing when they are hidden. */
static void
write_members (struct beam_happened *self,
               struct grove_writer  *writer,
               struct grove_term     map,
               bool                  hide_payloads)
{
  static const char *const ours[] = { "seq", "hidden", "after", NULL };
  static const char *const lists[] = { "dictionary", NULL };
  static const char *const payloads[] = { "message", "state", NULL };
  struct grove_cursor      cursor;
  struct grove_term        key, value;

  if (grove_term_type (map) != GROVE_TERM_MAP || !grove_cursor_init (&cursor, map))
    return;
  while (grove_cursor_next (&cursor, &key) && grove_cursor_next (&cursor, &value))
    {
      if (is_one_of (key, ours) || !beam_write_name (writer, key))
        continue;
      if (hide_payloads && is_one_of (key, lists))
        {
          grove_writer_begin_array (writer);
          grove_writer_end_array (writer);
        }
      else if (hide_payloads && is_one_of (key, payloads))
        grove_writer_null (writer);
      else
        beam_write_json (writer, value, &self->style);
    }
}

static void
write_after (struct beam_happened *self, struct grove_writer *writer, struct row *row)
{
  static const char *const members[] = { "supervisor", "successor" };
  struct grove_term        after = grove_buffer_term (&row->after), value;

  grove_writer_name (writer, "after");
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "outcome", cell_of (&self->crashes, row, "outcome")->text);
  for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
    {
      grove_writer_name (writer, members[i]);
      if (after.size > 0 && beam_map_get (after, members[i], &value))
        beam_write_json (writer, value, &self->style);
      else
        grove_writer_null (writer);
    }
  grove_writer_member_int (writer, "after_ns", cell_of (&self->crashes, row, "after_ns")->integer);
  grove_writer_member_int (writer, "restarts", cell_of (&self->crashes, row, "restarts")->integer);
  grove_writer_end_object (writer);
}

void
beam_happened_tell_crash (struct beam_happened *self,
                          struct grove_call    *call,
                          uint64_t              seq,
                          bool                  hide_payloads)
{
  const size_t         n = ring_count (&self->crashes);
  struct row          *row = NULL;
  struct grove_writer *writer;

  for (size_t i = 0; i < n && row == NULL; i++)
    if (ring_at (&self->crashes, i)->seq == seq)
      row = ring_at (&self->crashes, i);
  if (row == NULL && n == 0)
    grove_call_fail (call, GROVE_ERROR_INVALID_PARAMS, NULL,
                     "nothing has crashed since the node is observed");
  else if (row == NULL)
    grove_call_fail (call, GROVE_ERROR_INVALID_PARAMS, NULL,
                     "\"seq\" is %" PRIu64 "; the crashes that are kept are %" PRIu64
                     " to %" PRIu64,
                     seq, ring_at (&self->crashes, 0)->seq, self->crashes.last);
  if (row == NULL)
    return;
  writer = grove_call_begin (call);
  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "seq", (int64_t) row->seq);
  write_members (self, writer, grove_buffer_term (&row->more), hide_payloads);
  grove_writer_member_bool (writer, "hidden", hide_payloads);
  write_after (self, writer, row);
  grove_writer_end_object (writer);
  grove_call_end (call);
}

void
beam_happened_write_end (struct beam_happened *self, const char *pid, struct grove_writer *writer)
{
  struct row *row = find_crash (self, pid);
  const char *successor;

  grove_writer_name (writer, "exited");
  if (row == NULL)
    {
      grove_writer_null (writer);
      return;
    }
  successor = cell_of (&self->crashes, row, "successor")->text;
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "reason", cell_of (&self->crashes, row, "reason")->text);
  grove_writer_member_int (writer, "ended_ns", cell_of (&self->crashes, row, "at_ns")->integer);
  grove_writer_member_text (writer, "name", cell_of (&self->crashes, row, "name")->text);
  if (successor[0] != '\0')
    grove_writer_member_text (writer, "successor", successor);
  grove_writer_end_object (writer);
}

uint64_t
beam_happened_crashes (const struct beam_happened *self)
{
  return self->crashes.last;
}

uint64_t
beam_happened_restarts (const struct beam_happened *self)
{
  return self->n_restarts;
}

/* ---- Itself ------------------------------------------------------------------------------------
 */

struct beam_happened *
beam_happened_new (bool elixir)
{
  struct beam_happened *self = calloc (1, sizeof *self);

  if (self == NULL)
    abort ();
  ring_init (&self->crashes, &crash_table, CRASHES);
  ring_init (&self->events, &event_table, EVENTS);
  ring_init (&self->log, &log_table, LINES);
  self->style = (struct grove_term_style){ .elixir = elixir, .max_bytes = 4096 };
  return self;
}

void
beam_happened_free (struct beam_happened *self)
{
  if (self == NULL)
    return;
  ring_finish (&self->crashes);
  ring_finish (&self->events);
  ring_finish (&self->log);
  free (self);
}
