/* SPDX-License-Identifier: MIT
 *
 * GroveRow: one row of some table of the system, or one slot of a GroveRows (a position whose row
 * changes as rows come and the table is sorted). What it holds is read by the names of the table's
 * columns; how it is shown follows from the type and the unit that the system declares for each, so
 * that a table of a later version, or of a program's own, is shown well too. Emits "changed" when
 * what it shows did, only then.
 *
 * Main thread only.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  GROVE_CELL_TEXT,
  GROVE_CELL_PID,
  GROVE_CELL_TERM,     /* Erlang's notation */
  GROVE_CELL_FUNCTION, /* or a place in a file */
  GROVE_CELL_WORD,     /* one of few: a kind, a level, a status */
  GROVE_CELL_BOOLEAN,
  GROVE_CELL_COUNT,
  GROVE_CELL_NUMBER, /* counts nothing: a sequence number, a scheduler */
  GROVE_CELL_RATE,
  GROVE_CELL_BYTES,
  GROVE_CELL_DURATION,
  GROVE_CELL_AT,    /* a moment, said as the time of day */
  GROVE_CELL_SINCE, /* a moment, said as how long ago */
  GROVE_CELL_DUE,   /* a moment, said as how long from now */
} GroveCellKind;

typedef struct
{
  const char   *name; /* in the protocol; interned */
  const char   *title;
  GroveCellKind kind;
  gboolean      numeric; /* stands at the right */
} GroveRowColumn;

/* What a column is, from what a system declares. Since: 0.1 */
GroveCellKind grove_cell_kind (const char *name, const char *type, const char *unit);

#define GROVE_TYPE_ROW (grove_row_get_type ())
G_DECLARE_FINAL_TYPE (GroveRow, grove_row, GROVE, ROW, GObject)

/* Returns: (nullable): of the row it shows, as text; borrowed until "changed". Since: 0.1 */
const char *grove_row_get_key (GroveRow *self);

/**
 * grove_row_get_text:
 * @column: by its name, as PROTOCOL.md has it
 *
 * grove_row_get_int(), grove_row_get_real() and grove_row_get_boolean() read the other types.
 *
 * Returns: borrowed until "changed"; "" (0, FALSE) when there is none
 * Since: 0.1
 */
const char *grove_row_get_text (GroveRow *self, const char *column);
gint64      grove_row_get_int (GroveRow *self, const char *column);
double      grove_row_get_real (GroveRow *self, const char *column);
gboolean    grove_row_get_boolean (GroveRow *self, const char *column);

/**
 * grove_row_say:
 * @column: its index in the table's columns
 *
 * Returns: (transfer full): the cell as people read it; "" while nothing is known
 * Since: 0.1
 */
char *grove_row_say (GroveRow *self, guint column);

/* Returns: (transfer full): the value as it came: numbers plain, texts as they are. Since: 0.1 */
char *grove_row_dup_raw (GroveRow *self, guint column);

/* Returns: (nullable): a level, an outcome, a kind or a state of @column in words of people;
 * borrowed, NULL when it is not known here. Since: 0.1 */
const char *grove_row_translate_word (const char *column, const char *word);

G_END_DECLS
