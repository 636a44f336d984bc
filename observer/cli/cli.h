/* SPDX-License-Identifier: MIT
 *
 * What the files of the program `grove` share: the command that is running and its options, what it
 * prints with, the system it talks to, and the way it ends.
 *
 * A command is a function in a file of its own (or of its family's), named in cli_commands[] of
 * main.c. It talks to one system through a GroveSession, and waits for each answer in turn: there
 * is one thread, and nothing else to do.
 *
 * Text of the system is never printed as it comes: everything goes through cli_put() or a table,
 * which show control characters instead of sending them to the terminal.
 */
#pragma once

#include "observer/grove-observer-private.h"
#include "observer/grove-table-mirror.h"
#include "observer/grove-tree.h"

#include <gio/gio.h>
#include <stdbool.h>

/* How the program ends; a part of what is promised to scripts (see grove(1)). */
typedef enum
{
  CLI_OK = 0,
  CLI_REFUSED = 1,     /* the system said no, or there is no such thing */
  CLI_USAGE = 2,       /* what was typed makes no sense */
  CLI_UNREACHABLE = 3, /* no system to talk to, or the connection ended */
  CLI_UNKNOWN = 4,     /* what came of it is not known, or it is busy */
  CLI_FINDINGS = 5,    /* grove doctor: something needs a look */
  CLI_ALARM = 6,       /* likewise, now */
} CliExit;

/* Errors of the program itself; the code is a CliExit. */
#define CLI_ERROR (cli_error_quark ())
GQuark cli_error_quark (void);

typedef struct Cli Cli;

typedef struct
{
  const char *name;
  const char *arguments; /* "[QUERY]": what follows the options */
  const char *summary;   /* one line, for the list of commands */
  const char *more;      /* (nullable): what else --help says */
  int (*run) (Cli *cli, int argc, char **argv);
  const GOptionEntry *entries;   /* (nullable) */
  const char         *table;     /* (nullable): that a QUERY is about */
  bool                hidden;    /* not in the list */
  bool                takes_all; /* options end at the first argument: the rest is not ours */
} CliCommand;

extern const CliCommand   cli_commands[]; /* ends with a NULL name */
extern const GOptionEntry cli_common_entries[];

/* NULL: there is none of that name. */
const CliCommand *cli_find_command (const char *name);

struct Cli
{
  const CliCommand *command;
  char             *target; /* --system */
  gboolean          json;
  gboolean          colored;
  gboolean          utf8;    /* of the terminal */
  int               width;   /* of the terminal; 0: none, nothing is cut */
  int               height;  /* likewise */
  gboolean          figures; /* the session watches the system's figures too */
  GroveSession     *session;
};

/* ---- Ending: main.c -------------------------------------------------------------------------- */

/* Says what is wrong on standard error; returns what the program ends with. */
int cli_complain (Cli *cli, const GError *error);
int cli_complain_usage (Cli *cli, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Whether there are at least @min and at most @max arguments; complains if not. */
gboolean cli_check_arguments (Cli *cli, int argc, char **argv, int min, int max);
/* The argument that names the system, for commands that take no other: as --system would. */
gboolean cli_take_system (Cli *cli, int argc, char **argv);

/* ---- Printing: print.c ----------------------------------------------------------------------- */

typedef enum
{
  CLI_PLAIN,
  CLI_BOLD,
  CLI_DIM,
  CLI_GOOD,
  CLI_BUSY,
  CLI_WARN,
  CLI_BAD,
  CLI_NAME,
} CliStyle;

void cli_print_init (Cli *cli, const char *color_when);
/* Text that is ours, in UTF-8; what the terminal's language lacks is written otherwise. */
void cli_put (Cli *cli, const char *text);
/* In the terminal's character set; transfer full. */
char *cli_to_locale (const char *text);
void  cli_printf (Cli *cli, const char *format, ...) G_GNUC_PRINTF (2, 3);
void  cli_put_styled (Cli *cli, CliStyle style, const char *text);
/* One line of JSON; the object stays the caller's. */
void cli_put_json (Cli *cli, struct json_object *object);
/* Where a picture that is drawn again and again begins: an empty screen on a terminal. */
void cli_begin_picture (Cli *cli);
/* What is wrong, for standard error: a line each for what happened and for what to do. */
void cli_put_error (const char *text);
/* Returns: whether all of it could be written. */
gboolean cli_flush (void);
/* Reads the size of the terminal again. */
void cli_measure (Cli *cli);

/* ---- Text: text.c; all results are transfer full --------------------------------------------- */

/* Text of a system as it may be shown: control characters, those that turn the direction of
 * writing, and what is not UTF-8 are written out. */
char *cli_clean (const char *text);
/* In cells of a terminal. */
int cli_text_width (const char *text);
/* At most @width cells, with a mark where it was cut. */
char *cli_cut (const char *text, int width, gboolean utf8);
/* "17", "35.7k", "1.24M". */
char *cli_say_count (double n);
/* "640", "2.6K", "1.2G": units of 1,024. */
char *cli_say_bytes (gint64 n);
/* "0.4ms", "12s", "3m20s", "2h05m", "4d02h". */
char *cli_say_duration (gint64 ns);
char *cli_say_percent (double fraction);
/* "20:15:03.042", in the local time. */
char *cli_say_clock (gint64 utc_ms);
/* How a process's state looks. */
CliStyle cli_style_of_status (const char *status);

/* ---- Tables of text: grid.c ------------------------------------------------------------------ */

typedef struct CliGrid CliGrid;

enum cli_grid_flags
{
  CLI_LEFT = 0,
  CLI_RIGHT = 1 << 0,
  CLI_ELASTIC = 1 << 1, /* gives way when the terminal is narrow */
};

CliGrid *cli_grid_new (Cli *cli);
void     cli_grid_free (CliGrid *self);
void     cli_grid_add_column (CliGrid *self, const char *title, int flags);
/* Cells go from left to right; after the last column begins a row. Text of a system is welcome. */
void cli_grid_add (CliGrid *self, CliStyle style, const char *text);
void cli_grid_add_count (CliGrid *self, gint64 n);
/* At most @max_rows rows, 0: all. */
void cli_grid_print (CliGrid *self, int max_rows);
/* For what goes on: prints the rows, under the titles the first time, and forgets them; columns do
 * not become narrower again. */
void cli_grid_print_more (CliGrid *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliGrid, cli_grid_free)

/* ---- The system: client.c -------------------------------------------------------------------- */

typedef enum
{
  CLI_OBSERVE,
  CLI_CONTROL,
} CliRole;

/* Connects to the system that was chosen, or to the only one there is. */
gboolean cli_connect (Cli *cli, CliRole role, GError **error);
/* Returns: (transfer full): the address to connect to, NULL on an error. */
char *cli_choose_system (Cli *cli, GError **error);
/**
 * cli_call:
 * @params: (nullable) (transfer full)
 * @ret_data: (out) (optional) (transfer full): the error's `data`, or NULL
 *
 * Returns: (transfer full): the result; NULL on an error
 */
struct json_object *cli_call (Cli                 *cli,
                              const char          *method,
                              struct json_object  *params,
                              struct json_object **ret_data,
                              GError             **error);
/* Whether the system offers the method; if not, the error says why. */
/* UTC in milliseconds when the system's clock was 0. */
gint64   cli_epoch_ms (Cli *cli);
gboolean cli_can (Cli *cli, const char *method, GError **error);
/* Handles what comes, until @done or the connection is lost. */
gboolean cli_wait (Cli *cli, const gboolean *done, GError **error);
/* What the system offers of a table: an array of {name, type, unit}; borrowed, NULL: no such table.
 */
struct json_object *cli_table_columns (Cli *cli, const char *table);
void                cli_disconnect (Cli *cli);

/* ---- Tables of the system: rows.c ------------------------------------------------------------ */

typedef struct
{
  const char         *table;
  struct json_object *columns; /* array of names, the key first */
  struct json_object *sort;
  struct json_object *filter; /* NULL: none */
  const char         *of;     /* NULL: not a table of one process */
  guint64             offset;
  guint               limit;  /* 1 to 512 */
  gboolean            follow; /* a numbered table: each row once, from behind @after */
  gint64              after;  /* -1: only what comes from now on */
  guint               interval_ms;
} CliQuery;

typedef struct CliRows CliRows;

/* Opens it and waits for the first of it. The query's members stay the caller's, and must stay. */
CliRows *cli_rows_open (Cli *cli, const CliQuery *query, GError **error);
/* Opens it, and tells of each update and of each refusal. */
CliRows *cli_rows_new (Cli *cli, const CliQuery *query, void (*changed) (gpointer), gpointer data);
/* Other rows of the same columns: sort, filter and window. A frozen table stands still. */
void cli_rows_set (CliRows *self, const CliQuery *query, gboolean frozen);
/* Closes it. */
void cli_rows_free (CliRows *self);
/* Waits for the next update; FALSE with no error after @timeout_ms (0: none) without one. */
gboolean            cli_rows_wait (CliRows *self, guint timeout_ms, GError **error);
guint               cli_rows_get_n (CliRows *self);
struct json_object *cli_rows_get (CliRows *self, guint index); /* an array, borrowed */
guint64             cli_rows_get_total (CliRows *self);
guint64             cli_rows_get_matched (CliRows *self);
gint64              cli_rows_get_time_ns (CliRows *self);
guint64             cli_rows_get_lost (CliRows *self); /* rows that were gone before they came */
guint64             cli_rows_get_offset (CliRows *self);
GError             *cli_rows_steal_error (CliRows *self); /* that it was refused with, or NULL */
/* The next row of a table that is followed, NULL: none is left; transfer full. */
struct json_object *cli_rows_pop (CliRows *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliRows, cli_rows_free)

/* For containers. */
void cli_json_unref (gpointer object);

/* ---- Columns and cells: cells.c -------------------------------------------------------------- */

typedef enum
{
  CLI_CELL_TEXT,
  CLI_CELL_STATUS,
  CLI_CELL_BOOLEAN,
  CLI_CELL_COUNT,
  CLI_CELL_REAL,  /* a share, of one */
  CLI_CELL_ROUGH, /* a number nobody reads to the last digit */
  CLI_CELL_BYTES,
  CLI_CELL_SINCE, /* a point in time that has been */
  CLI_CELL_DUE,   /* one that is to come */
  CLI_CELL_AT,    /* one by the clock on the wall */
  CLI_CELL_DURATION,
} CliCellKind;

typedef struct
{
  const char *name; /* as in the protocol */
  CliCellKind kind;
  gboolean    numeric;
  gboolean    rate;
  gint64      epoch_ms; /* UTC when the system's clock was 0 */
} CliColumn;

/* @declared: {name, type, unit}, as the system's greeting has it. */
void        cli_column_init (CliColumn *self, Cli *cli, struct json_object *declared);
const char *cli_column_get_title (const CliColumn *self);
int         cli_column_get_flags (const CliColumn *self);
/* @now_ns: the system's clock. Transfer full. */
char *cli_column_say (const CliColumn    *self,
                      struct json_object *value,
                      gint64              now_ns,
                      CliStyle           *ret_style);
void  cli_grid_add_columns (CliGrid *grid, const CliColumn *columns, guint n);
void  cli_grid_add_row (
   CliGrid *grid, const CliColumn *columns, guint n, struct json_object *row, gint64 now_ns);
/* {column: value, ...}; transfer full. */
struct json_object *cli_row_to_json (struct json_object *columns, struct json_object *row);

/* ---- Listings: listing.c --------------------------------------------------------------------- */

typedef struct
{
  const char *table;
  const char *columns; /* shown unless others are asked for; those the system lacks are left out */
  const char *sort;
  const char *of; /* NULL: not a table of one process */
  gboolean chats; /* numbered rows that come and go: the last are shown, the oldest of them first */
} CliListing;

extern char    *cli_opt_columns, *cli_opt_sort;
extern gint64   cli_opt_limit;
extern gboolean cli_opt_watch, cli_opt_follow;
extern double   cli_opt_interval;

/* clang-format off */
#define CLI_LISTING_ENTRIES                                                                        \
  { "columns", 'c', 0, G_OPTION_ARG_STRING, &cli_opt_columns, "Which, parted by commas, or all",   \
    "COLUMN,..." },                                                                                \
  { "sort", 'o', 0, G_OPTION_ARG_STRING, &cli_opt_sort, "By which, first first", "COLUMN[:asc|:desc],..." }, \
  { "limit", 'n', 0, G_OPTION_ARG_INT64, &cli_opt_limit, "At most N rows; 0: all (512)", "N" },    \
  { "watch", 'w', 0, G_OPTION_ARG_NONE, &cli_opt_watch, "Again whenever something changed", NULL }, \
  { "interval", 'i', 0, G_OPTION_ARG_DOUBLE, &cli_opt_interval, "At most so often, with --watch (1)", "SECONDS" }
/* clang-format on */

/* Connects if need be, lists the rows that the words match, and complains. Returns what to end
 * with. */
int cli_run_listing (Cli *cli, const CliListing *listing, char **words, int n_words);

/* ---- Which process is meant: process.c ------------------------------------------------------- */

typedef struct
{
  char  *pid;
  char  *name; /* "" when it has none */
  gint64 started_ns;
} CliProcess;

/* @text: a pid, a name, or a query that matches exactly one. */
gboolean cli_process_find (Cli *cli, const char *text, CliProcess *ret, GError **error);
void     cli_process_clear (CliProcess *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliProcess, cli_process_clear)
/* "<0.5.0>", with or without its brackets; NULL if it is no pid. */
char *cli_parse_pid (const char *text);
/* Params of a command about it: what it is expected to be, so that another in its place is not hit.
 * Transfer full. */
struct json_object *cli_process_expect (const CliProcess *self);
/* "ledger <0.5.0>", as it may be shown. */
char *cli_process_describe (const CliProcess *self);

/* The words of a query as one, compiled; the error points at the place. NULL without an error:
 * none. */
gboolean cli_parse_query (Cli                 *cli,
                          const char          *table,
                          char               **words,
                          int                  n,
                          struct json_object **ret_filter,
                          GError             **error);

/* As cli_call(), of a method that takes a pid; that it has ended is said with what is known of its
 * end. */
struct json_object *cli_call_about (Cli                *cli,
                                    const char         *method,
                                    const CliProcess   *process,
                                    struct json_object *params,
                                    GError            **error);
/* An error that says that there is no such process says why, from the error's `data`. */
void cli_explain_gone (const CliProcess *process, struct json_object *data, GError **error);
/* Does it, and says what came of it; returns what to end with, and an error if it is not said yet.
 */
int cli_act (
  Cli *cli, GroveCommand command, const CliProcess *process, const char *argument, GError **error);
/* Waits until the tree is whole. */
gboolean cli_tree_load (Cli *cli, GroveTree *tree, GError **error);

/* ---- Commands -------------------------------------------------------------------------------- */

extern const GOptionEntry cli_ps_entries[], cli_tree_entries[], cli_messages_entries[],
  cli_control_entries[], cli_system_entries[], cli_table_entries[], cli_any_table_entries[],
  cli_chat_entries[], cli_state_entries[], cli_term_entries[], cli_top_entries[],
  cli_supervisor_entries[], cli_app_entries[], cli_audit_entries[], cli_graph_entries[],
  cli_doctor_entries[];
extern const char cli_ps_more[], cli_table_more[], cli_top_more[], cli_doctor_more[];
extern gboolean   cli_opt_elixir, cli_opt_erlang;

#define CLI_SYNTAX_ENTRIES                                                                         \
  { "elixir",                                                                                      \
    'e',                                                                                           \
    0,                                                                                             \
    G_OPTION_ARG_NONE,                                                                             \
    &cli_opt_elixir,                                                                               \
    "Terms as Elixir writes them, as on a node that runs Elixir",                                  \
    NULL },                                                                                        \
  {                                                                                                \
    "erlang", 'E', 0, G_OPTION_ARG_NONE, &cli_opt_erlang, "Terms as Erlang writes them", NULL      \
  }

int cli_run_names (Cli *cli, int argc, char **argv);
int cli_run_apps (Cli *cli, int argc, char **argv);
int cli_run_timers (Cli *cli, int argc, char **argv);
int cli_run_table (Cli *cli, int argc, char **argv);
int cli_run_sessions (Cli *cli, int argc, char **argv);
int cli_run_crashes (Cli *cli, int argc, char **argv);
int cli_run_events (Cli *cli, int argc, char **argv);
int cli_run_log (Cli *cli, int argc, char **argv);
int cli_run_children (Cli *cli, int argc, char **argv);
int cli_run_state (Cli *cli, int argc, char **argv);
int cli_run_dictionary (Cli *cli, int argc, char **argv);
int cli_run_stack (Cli *cli, int argc, char **argv);
int cli_run_crash (Cli *cli, int argc, char **argv);
int cli_run_send (Cli *cli, int argc, char **argv);
int cli_run_gc (Cli *cli, int argc, char **argv);
int cli_run_app (Cli *cli, int argc, char **argv);
int cli_run_supervisor (Cli *cli, int argc, char **argv);
int cli_run_audit (Cli *cli, int argc, char **argv);
int cli_run_complete (Cli *cli, int argc, char **argv);
int cli_run_graph (Cli *cli, int argc, char **argv);
int cli_run_top (Cli *cli, int argc, char **argv);
int cli_run_ls (Cli *cli, int argc, char **argv);
int cli_run_ps (Cli *cli, int argc, char **argv);
int cli_run_tree (Cli *cli, int argc, char **argv);
int cli_run_info (Cli *cli, int argc, char **argv);
int cli_run_messages (Cli *cli, int argc, char **argv);
int cli_run_kill (Cli *cli, int argc, char **argv);
int cli_run_exit (Cli *cli, int argc, char **argv);
int cli_run_restart (Cli *cli, int argc, char **argv);
int cli_run_priority (Cli *cli, int argc, char **argv);
int cli_run_suspend (Cli *cli, int argc, char **argv);
int cli_run_resume (Cli *cli, int argc, char **argv);
int cli_run_system (Cli *cli, int argc, char **argv);
int cli_run_describe (Cli *cli, int argc, char **argv);
int cli_run_doctor (Cli *cli, int argc, char **argv);
int cli_run_dial_stdio (Cli *cli, int argc, char **argv);
