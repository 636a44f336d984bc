/* SPDX-License-Identifier: MIT
 *
 * grove top: a window of the table of processes, kept current. The system sorts and filters; what
 * is asked for is what the screen has room for.
 */
#include "observer/cli/top.h"

#include <curses.h>
#include <glib-unix.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static double opt_interval = 1;
static char  *opt_sort;

const char cli_top_more[] =
  "Keys: arrows and pages move, < and > choose the column to sort by, r turns the order round,\n"
  "/ types a query, k kills, x sends an exit, e restarts, s suspends, u resumes, + and - change\n"
  "the priority, space pauses, ? lists all, q ends. What top suspends runs on when top ends.";

const GOptionEntry cli_top_entries[] = {
  { "interval", 'i', 0, G_OPTION_ARG_DOUBLE, &opt_interval, "Look so often (1)", "SECONDS" },
  { "sort", 'o', 0, G_OPTION_ARG_STRING, &opt_sort, "Begin sorted by it (reductions/s)", "COLUMN" },
  { NULL },
};

/* In the order they are given up from the right when the screen is narrow. The last is asked for,
 * and not shown. */
static const char *const wanted[] = { "pid",      "name",          "status",
                                      "messages", "messages_in/s", "reductions/s",
                                      "memory",   "app",           "current" };

void
_top_say (Top *self, CliStyle style, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_free (self->message);
  self->message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  self->message_style = style;
  self->dirty = TRUE;
}

static CliQuery
make_query (Top *self)
{
  const CliColumn *column = &self->shown[self->sort];
  json_object_put (self->order);
  self->order = _grove_table_sort (column->name, self->descending);
  return (CliQuery){ .table = "processes",
                     .columns = self->columns,
                     .sort = self->order,
                     .filter = self->filter,
                     .offset = self->first,
                     .limit = (guint) CLAMP (self->height, 1, TOP_ROWS_MAX),
                     .interval_ms = (guint) lround (opt_interval * 1000) };
}

void
_top_ask_anew (Top *self)
{
  CliQuery query = make_query (self);
  cli_rows_set (self->rows, &query, self->paused);
  self->dirty = TRUE;
}

gboolean
_top_set_query (Top *self, const char *query)
{
  g_autoptr (GError) error = NULL;
  struct json_object *filter = NULL;
  char               *words[] = { (char *) (gsize) query };
  if (!cli_parse_query (self->cli, "processes", words, 1, &filter, &error))
    {
      char *line = strchr (error->message, '\n');
      _top_say (self, CLI_BAD, "%.*s", (int) (line != NULL ? line - error->message : 200),
                error->message);
      return FALSE;
    }
  char *copy = g_strdup (query);
  g_free (self->query);
  self->query = copy;
  json_object_put (self->filter);
  self->filter = filter;
  self->first = self->cursor = 0;
  return TRUE;
}

struct json_object *
_top_get_row (Top *self)
{
  guint64 index = self->first + self->cursor, offset = cli_rows_get_offset (self->rows);
  if (index < offset || index - offset >= cli_rows_get_n (self->rows))
    return NULL;
  return cli_rows_get (self->rows, (guint) (index - offset));
}

static void
rows_changed (gpointer user_data)
{
  Top *self = user_data;
  g_autoptr (GError) error = self->rows != NULL ? cli_rows_steal_error (self->rows) : NULL;
  if (error != NULL)
    _top_say (self, CLI_BAD, "%s", error->message);
  self->dirty = TRUE;
}

static void
sample_came (GroveSession *session, Top *self)
{
  self->dirty = TRUE;
}

static void
state_changed (GroveSession *session, GParamSpec *pspec, Top *self)
{
  GroveSessionState state = grove_session_get_state (session);
  g_autofree char  *title = NULL;
  g_object_get (session, "error-title", &title, NULL);
  if (state == GROVE_SESSION_LOST)
    _top_say (self, CLI_BAD, "%s. Trying to reach it again.", title != NULL ? title : "Lost");
  else if (state == GROVE_SESSION_LIVE)
    _top_say (self, CLI_GOOD, "“%s” is back", grove_session_get_system_name (session));
  else if (state == GROVE_SESSION_REFUSED)
    self->done = TRUE;
}

/* ---- The terminal ---------------------------------------------------------------------------- */

static gboolean
key_pressed (int fd, GIOCondition condition, gpointer user_data)
{
  Top   *self = user_data;
  wint_t key;
  int    kind;
  while (!self->done && (kind = get_wch (&key)) != ERR)
    _top_press (self, (int) key, kind == KEY_CODE_YES);
  /* Nobody is at the terminal any more. */
  if ((condition & (G_IO_HUP | G_IO_ERR)) != 0)
    self->done = TRUE;
  return G_SOURCE_CONTINUE;
}

static gboolean
resized (gpointer user_data)
{
  Top           *self = user_data;
  struct winsize size;
  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
    resizeterm (size.ws_row, size.ws_col);
  self->height = _top_measure_rows ();
  self->cursor = MIN (self->cursor, (guint) MAX (self->height - 1, 0));
  clear ();
  _top_ask_anew (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
told_to_end (gpointer user_data)
{
  Top *self = user_data;
  self->done = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
begin_colors (Cli *cli)
{
  static const short colors[] = {
    [CLI_GOOD] = COLOR_GREEN, [CLI_BUSY] = COLOR_CYAN, [CLI_WARN] = COLOR_YELLOW,
    [CLI_BAD] = COLOR_RED,    [CLI_NAME] = COLOR_BLUE,
  };
  if (!cli->colored || !has_colors ())
    return;
  start_color ();
  use_default_colors ();
  for (short i = CLI_GOOD; i <= CLI_NAME; i++)
    init_pair (i, colors[i], -1);
}

static void
run_screen (Top *self)
{
  guint sources[] = {
    g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, key_pressed, self),
    g_unix_signal_add (SIGWINCH, resized, self),
    g_unix_signal_add (SIGINT, told_to_end, self),
    g_unix_signal_add (SIGTERM, told_to_end, self),
    g_unix_signal_add (SIGHUP, told_to_end, self),
  };
  SCREEN *screen = newterm (NULL, stdout, stdin);
  cbreak ();
  noecho ();
  nonl ();
  keypad (stdscr, TRUE);
  nodelay (stdscr, TRUE);
  set_escdelay (25);
  curs_set (0);
  begin_colors (self->cli);
  self->height = _top_measure_rows ();
  _top_ask_anew (self);
  while (!self->done)
    {
      if (self->dirty)
        _top_draw (self);
      self->dirty = FALSE;
      g_main_context_iteration (NULL, TRUE);
    }
  endwin ();
  delscreen (screen);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
}

/* ---- Begin and end --------------------------------------------------------------------------- */

static gboolean
choose_columns (Top *self, GError **error)
{
  struct json_object *declared = cli_table_columns (self->cli, "processes");
  const char         *first = opt_sort != NULL ? opt_sort : "reductions/s";
  gboolean            found = FALSE;
  self->columns = json_object_new_array ();
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    for (gsize j = 0; declared != NULL && j < json_object_array_length (declared); j++)
      {
        struct json_object *column = json_object_array_get_idx (declared, j);
        if (strcmp (_grove_json_text (column, "name"), wanted[i]) != 0)
          continue;
        cli_column_init (&self->shown[self->n_shown], self->cli, column);
        if (strcmp (wanted[i], first) == 0)
          {
            self->sort = self->n_shown;
            self->descending = self->shown[self->n_shown].numeric;
            found = TRUE;
          }
        self->n_shown++;
        json_object_array_add (self->columns, json_object_new_string (wanted[i]));
      }
  json_object_array_add (self->columns, json_object_new_string ("started_ns"));
  if (found)
    return TRUE;
  g_autofree char *names = g_strjoinv (", ", (char **) (gsize) (const char *const[]){
                                               "pid", "name", "status", "messages", "messages_in/s",
                                               "reductions/s", "memory", "app", "current", NULL });
  g_set_error (error, CLI_ERROR, CLI_USAGE, "top does not show a column “%s”\nIt shows %s.", first,
               names);
  return FALSE;
}

static void
finish (Top *self)
{
  g_clear_pointer (&self->rows, cli_rows_free);
  json_object_put (self->columns);
  json_object_put (self->filter);
  json_object_put (self->order);
  cli_process_clear (&self->target);
  g_string_free (self->input, TRUE);
  g_free (self->argument);
  g_free (self->query);
  g_free (self->message);
}

int
cli_run_top (Cli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  if (cli->json)
    return cli_complain_usage (cli, "top is for people; grove ps --watch --json is for programs");
  if (!(opt_interval >= 0.05 && opt_interval <= 60))
    return cli_complain_usage (cli, "--interval is 0.05 to 60 seconds, not %g", opt_interval);
  cli->figures = TRUE;
  if (!_top_can_draw (&error) || !cli_connect (cli, CLI_CONTROL, &error))
    return cli_complain (cli, error);
  Top              self = { .cli = cli, .input = g_string_new (NULL), .height = 1 };
  g_autofree char *query = g_strjoinv (" ", argv);
  if (choose_columns (&self, &error) &&
      cli_parse_query (cli, "processes", argv, argc, &self.filter, &error))
    {
      self.query = g_steal_pointer (&query);
      CliQuery first = make_query (&self);
      self.rows = cli_rows_new (cli, &first, rows_changed, &self);
      g_signal_connect (cli->session, "sample", G_CALLBACK (sample_came), &self);
      g_signal_connect (cli->session, "notify::state", G_CALLBACK (state_changed), &self);
      const gboolean known = cli_rows_wait (self.rows, 0, &error);
      if (known)
        run_screen (&self);
      g_signal_handlers_disconnect_by_data (cli->session, &self);
    }
  finish (&self);
  return error == NULL ? CLI_OK : cli_complain (cli, error);
}
