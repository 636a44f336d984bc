/* SPDX-License-Identifier: MIT
 *
 * One row of the table `processes`: which columns are asked for, and how an array of them becomes a
 * GroveProcessRow. The two are one table, so they cannot disagree. A system of an earlier version
 * has fewer columns: only those it says it has are asked for, and what is missing stays zero.
 */
#include "observer/grove-table-mirror.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

typedef enum
{
  CELL_PID,
  CELL_TEXT,
  CELL_STATE,
  CELL_INT,
  CELL_REAL,
  CELL_BOOLEAN,
} CellType;

typedef struct
{
  const char *name;
  CellType    type;
  gsize       offset;
  gsize       size;
  gboolean    later; /* not in the protocol from the first; a system that has it says so */
} Column;

#define CELL_SINCE(name, type, field, later)                                                       \
  {                                                                                                \
    name, type, offsetof (GroveProcessRow, field), sizeof (((GroveProcessRow *) 0)->field), later  \
  }
#define CELL(name, type, field) CELL_SINCE (name, type, field, FALSE)

static const Column columns[] = {
  CELL ("pid", CELL_PID, pid),
  CELL ("name", CELL_TEXT, name),
  CELL ("status", CELL_STATE, state),
  CELL ("messages", CELL_INT, messages),
  CELL ("messages_in/s", CELL_REAL, messages_in_per_s),
  CELL ("mailbox_bytes", CELL_INT, mailbox_bytes),
  CELL ("reductions", CELL_INT, reductions),
  CELL ("reductions/s", CELL_REAL, reductions_per_s),
  CELL ("memory", CELL_INT, memory),
  CELL ("heap", CELL_INT, heap),
  CELL ("stack", CELL_INT, stack),
  CELL ("priority", CELL_TEXT, priority),
  CELL ("initial", CELL_TEXT, initial),
  CELL_SINCE ("current", CELL_TEXT, current, TRUE),
  CELL ("app", CELL_TEXT, app),
  CELL ("supervisor", CELL_TEXT, supervisor),
  CELL ("restarts", CELL_INT, restarts),
  CELL ("started_ns", CELL_INT, started_ns),
  CELL ("scheduler", CELL_INT, scheduler),
  CELL ("links", CELL_INT, links),
  CELL ("trap_exit", CELL_BOOLEAN, trap_exit),
  CELL ("system", CELL_BOOLEAN, system),
};

G_STATIC_ASSERT (G_N_ELEMENTS (columns) <= 8 * sizeof (GroveColumnSet));

#define BIT(i) ((GroveColumnSet) 1 << (i))

static int
find_column (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (g_strcmp0 (columns[i].name, name) == 0)
      return (int) i;
  return -1;
}

GroveColumnSet
_grove_columns_offered (struct json_object *hello)
{
  struct json_object *table = _grove_json_array (_grove_json_object (hello, "tables"), "processes");
  GroveColumnSet      set = 0;
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (!columns[i].later)
      set |= BIT (i);
  if (table == NULL)
    return set;
  gsize n = MIN (json_object_array_length (table), 256);
  set = BIT (0); /* the key comes, asked for or not */
  for (gsize i = 0; i < n; i++)
    {
      int column = find_column (_grove_json_text (json_object_array_get_idx (table, i), "name"));
      if (column >= 0)
        set |= BIT (column);
    }
  return set;
}

struct json_object *
_grove_columns_names (GroveColumnSet set)
{
  struct json_object *array = json_object_new_array ();
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if ((set & BIT (i)) != 0)
      json_object_array_add (array, json_object_new_string (columns[i].name));
  return array;
}

GroveColumnSet
_grove_columns_named (const char *const *names, guint n)
{
  GroveColumnSet set = BIT (0);
  for (guint i = 0; i < n; i++)
    {
      int column = find_column (names[i]);
      if (column >= 0)
        set |= BIT (column);
    }
  return set;
}

gboolean
_grove_columns_have (GroveColumnSet set, const char *column)
{
  int i = find_column (column);
  return i >= 0 && (set & BIT (i)) != 0;
}

gboolean
_grove_column_is_known (const char *column)
{
  return find_column (column) >= 0;
}

static GroveProcessState
parse_state (const char *text)
{
  static const struct
  {
    const char       *text;
    GroveProcessState state;
  } states[] = {
    { "running", GROVE_PROCESS_RUNNING }, { "runnable", GROVE_PROCESS_RUNNABLE },
    { "waiting", GROVE_PROCESS_WAITING }, { "suspended", GROVE_PROCESS_SUSPENDED },
    { "exiting", GROVE_PROCESS_EXITING },
  };
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (strcmp (states[i].text, text) == 0)
      return states[i].state;
  /* A later version may know more states than we do; waiting says the least. */
  return GROVE_PROCESS_WAITING;
}

static gboolean
parse_cell (const Column *column, struct json_object *value, char *cell)
{
  /* A source may not know a value: null leaves the field zero. Only the key must be there. */
  if (value == NULL && column->type != CELL_PID)
    return TRUE;
  switch (column->type)
    {
    case CELL_PID:
      return _grove_copy_pid (cell, column->size, value);
    case CELL_TEXT:
      if (!json_object_is_type (value, json_type_string))
        return FALSE;
      _grove_copy_text (cell, column->size, json_object_get_string (value));
      return TRUE;
    case CELL_STATE:
      if (!json_object_is_type (value, json_type_string))
        return FALSE;
      *(GroveProcessState *) (void *) cell = parse_state (json_object_get_string (value));
      return TRUE;
    case CELL_INT:
      if (!json_object_is_type (value, json_type_int))
        return FALSE;
      *(gint64 *) (void *) cell = json_object_get_int64 (value);
      return TRUE;
    case CELL_REAL:
      if (!json_object_is_type (value, json_type_double) &&
          !json_object_is_type (value, json_type_int))
        return FALSE;
      *(double *) (void *) cell = _grove_json_bound (json_object_get_double (value));
      return isfinite (json_object_get_double (value));
    case CELL_BOOLEAN:
      if (!json_object_is_type (value, json_type_boolean))
        return FALSE;
      *(gboolean *) (void *) cell = json_object_get_boolean (value);
      return TRUE;
    }
  g_return_val_if_reached (FALSE);
}

gboolean
_grove_process_row_parse (GroveColumnSet set, struct json_object *values, GroveProcessRow *ret_row)
{
  memset (ret_row, 0, sizeof *ret_row);
  if (!json_object_is_type (values, json_type_array))
    return FALSE;
  gsize n = json_object_array_length (values), at = 0;
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      if ((set & BIT (i)) == 0)
        continue;
      if (at == n || !parse_cell (&columns[i], json_object_array_get_idx (values, at),
                                  (char *) ret_row + columns[i].offset))
        return FALSE;
      at++;
    }
  return at == n;
}

static gpointer
parse_row (gpointer owner, struct json_object *values)
{
  GroveProcessRow *row = g_new (GroveProcessRow, 1);
  if (!_grove_process_row_parse (*(GroveColumnSet *) owner, values, row))
    g_clear_pointer (&row, g_free);
  return row;
}

static void
die (gpointer row)
{
  ((GroveProcessRow *) row)->state = GROVE_PROCESS_GONE;
}

const GroveMirrorKind _grove_process_mirror = {
  .key_size = sizeof ((GroveProcessRow *) 0)->pid,
  .parse = parse_row,
  .free_row = g_free,
  .die = die,
};
