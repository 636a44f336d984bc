/* SPDX-License-Identifier: MIT
 *
 * grove top from the inside: what is looked at (command-top.c), how it is drawn (top-screen.c), and
 * what the keys do (top-act.c). The screen is the one of ncurses; there is only one.
 */
#pragma once

#include "observer/cli/cli.h"

#define TOP_ROWS_MAX    500
#define TOP_COLUMNS_MAX 12

typedef enum
{
  TOP_LIST,
  TOP_FILTER,  /* a query is typed */
  TOP_REASON,  /* the reason of an exit is typed */
  TOP_CONFIRM, /* a command waits for y or n */
  TOP_HELP,
} TopMode;

typedef struct
{
  Cli                *cli;
  CliRows            *rows;
  struct json_object *columns; /* names, as they are asked for */
  struct json_object *filter;  /* NULL: none */
  struct json_object *order;   /* what it is sorted by */
  CliColumn           shown[TOP_COLUMNS_MAX];
  guint               n_shown;
  guint               sort; /* of those shown */
  gboolean            descending;
  char               *query; /* as it was typed */
  gboolean            paused;

  guint64 first;  /* the row at the top of the screen, counted from 0 */
  guint   cursor; /* from there on */
  int     height; /* rows there is room for */

  TopMode      mode;
  GString     *input;    /* what is typed */
  CliProcess   target;   /* whom it is about */
  GroveCommand command;  /* that waits to be confirmed */
  char        *argument; /* its own */
  char        *message;  /* the last line */
  CliStyle     message_style;

  gboolean dirty; /* to be drawn again */
  gboolean done;
} Top;

/* ---- command-top.c ---- */
/* The order, the filter, the place or the pause are others now. */
void _top_ask_anew (Top *self);
/* FALSE: it says what is wrong, and nothing has changed. */
gboolean _top_set_query (Top *self, const char *query);
void     _top_say (Top *self, CliStyle style, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* The row under the cursor, NULL: none is there. */
struct json_object *_top_get_row (Top *self);

/* ---- top-terminal.c ---- */
gboolean _top_can_draw (GError **error);

/* ---- top-screen.c ---- */
void _top_draw (Top *self);
/* Of the table, on a screen as it is now. */
int _top_measure_rows (void);

/* ---- top-act.c ---- */
void _top_press (Top *self, int key, gboolean is_function);
