/* SPDX-License-Identifier: MIT
 *
 * The keys of grove top. Whom a command is about is fixed when its key is pressed: rows may move on
 * while a person thinks, and another must not be hit.
 */
#include "observer/cli/top.h"

#include "observer/grove-filter.h"

#include <curses.h>
#include <string.h>

#define ESCAPE    27
#define INPUT_MAX 1000

/* ---- Commands -------------------------------------------------------------------------------- */

static gboolean
take_target (Top *self)
{
  struct json_object *row = _top_get_row (self);
  cli_process_clear (&self->target);
  if (row == NULL)
    {
      _top_say (self, CLI_WARN, "No process is selected");
      return FALSE;
    }
  gsize last = json_object_array_length (row) - 1;
  self->target.pid = g_strdup (json_object_get_string (json_object_array_get_idx (row, 0)));
  self->target.name = g_strdup (json_object_get_string (json_object_array_get_idx (row, 1)));
  self->target.started_ns = json_object_get_int64 (json_object_array_get_idx (row, last));
  return TRUE;
}

static void
done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Top *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GroveCommandOutcome) outcome =
    grove_command_run_finish (GROVE_SESSION (source), result, &error);
  if (self->done)
    return;
  if (outcome != NULL)
    _top_say (self, outcome->had_effect ? CLI_GOOD : CLI_WARN, "%s", outcome->summary);
  else
    _top_say (self, CLI_BAD, "%s", error->message);
}

static void
run (Top *self)
{
  grove_command_run_async (self->cli->session, self->command, self->target.pid, self->target.name,
                           self->target.started_ns, self->argument, NULL, done, self);
}

/* Takes @argument. */
static void
confirm (Top *self, GroveCommand command, char *argument, const char *verb)
{
  g_autofree char *who = cli_process_describe (&self->target);
  self->command = command;
  g_free (self->argument);
  self->argument = argument;
  self->mode = TOP_CONFIRM;
  _top_say (self, CLI_BOLD, "%s %s?", verb, who);
}

static void
ask_to (Top *self, GroveCommand command, const char *verb)
{
  if (take_target (self))
    confirm (self, command, NULL, verb);
}

static void
run_at_once (Top *self, GroveCommand command, const char *argument)
{
  if (!take_target (self))
    return;
  self->command = command;
  g_free (self->argument);
  self->argument = g_strdup (argument);
  run (self);
}

/* The table does not show the priority: the process is asked for it. */
static void
got_priority (gpointer owner, const GroveReply *reply, gpointer user_data)
{
  static const char *const priorities[] = { "low", "normal", "high", "max" };
  Top                     *self = owner;
  int                      step = GPOINTER_TO_INT (user_data);
  if (reply->error != NULL)
    {
      _top_say (self, CLI_BAD, "%s", reply->error->message);
      return;
    }
  const char *now = _grove_json_text (reply->result, "priority");
  for (int i = 0; i < 4; i++)
    if (strcmp (priorities[i], now) == 0)
      {
        int other = CLAMP (i + step, 0, 3);
        if (other == i)
          {
            _top_say (self, CLI_WARN, "Its priority is %s already", now);
            return;
          }
        self->command = GROVE_COMMAND_SET_PRIORITY;
        g_free (self->argument);
        self->argument = g_strdup (priorities[other]);
        run (self);
        return;
      }
}

static void
change_priority (Top *self, int step)
{
  if (!take_target (self))
    return;
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "pid", json_object_new_string (self->target.pid));
  _grove_session_call (self->cli->session, "process.get", params, got_priority, self,
                       GINT_TO_POINTER (step));
}

/* ---- Moving and sorting ---------------------------------------------------------------------- */

static void
move_to (Top *self, gint64 index)
{
  gint64 n = (gint64) cli_rows_get_matched (self->rows);
  gint64 height = self->height;
  gint64 first = (gint64) self->first;
  index = CLAMP (index, 0, MAX (n - 1, 0));
  if (index < first)
    first = index;
  else if (index >= first + height)
    first = index - height + 1;
  self->cursor = (guint) (index - first);
  self->dirty = TRUE;
  if ((guint64) first != self->first)
    {
      self->first = (guint64) first;
      _top_ask_anew (self);
    }
}

static void
sort_by (Top *self, const char *name)
{
  for (guint i = 0; i < self->n_shown; i++)
    if (strcmp (self->shown[i].name, name) == 0)
      {
        self->sort = i;
        self->descending = self->shown[i].numeric;
        self->first = self->cursor = 0;
        _top_ask_anew (self);
      }
}

static void
sort_beside (Top *self, int step)
{
  guint other = (self->sort + self->n_shown + (guint) (step + (int) self->n_shown)) % self->n_shown;
  sort_by (self, self->shown[other].name);
}

/* ---- Typing ---------------------------------------------------------------------------------- */

static void
begin_typing (Top *self, TopMode mode, const char *text)
{
  self->mode = mode;
  g_string_assign (self->input, text);
  g_clear_pointer (&self->message, g_free);
  self->dirty = TRUE;
}

static void
stop_typing (Top *self)
{
  self->mode = TOP_LIST;
  self->dirty = TRUE;
}

static void
complete (Top *self)
{
  const GroveFilterScope scope = { "processes", cli_table_columns (self->cli, "processes") };
  gsize                  start;
  g_auto (GStrv) offers = grove_filter_complete (&scope, self->input->str, &start);
  guint n = g_strv_length (offers);
  if (n == 0)
    return;
  /* As much as all have in common. */
  gsize common = strlen (offers[0]);
  for (guint i = 1; i < n; i++)
    {
      gsize same = 0;
      while (same < common && offers[i][same] == offers[0][same])
        same++;
      common = same;
    }
  if (common > self->input->len - start)
    {
      g_string_truncate (self->input, start);
      g_string_append_len (self->input, offers[0], (gssize) common);
    }
  g_autofree char *all = n > 1 ? g_strjoinv (" ", offers) : g_strdup ("");
  _top_say (self, CLI_DIM, "%s", all);
}

static void
end_typing (Top *self)
{
  if (self->mode == TOP_FILTER)
    {
      if (!_top_set_query (self, self->input->str))
        return;
      g_clear_pointer (&self->message, g_free);
      stop_typing (self);
      _top_ask_anew (self);
      return;
    }
  stop_typing (self);
  if (self->input->str[strspn (self->input->str, " ")] == '\0')
    _top_say (self, CLI_WARN, "Nothing was done: a reason is a term such as shutdown");
  else
    {
      g_autofree char *verb = g_strdup_printf ("Send an exit with %s to", self->input->str);
      confirm (self, GROVE_COMMAND_EXIT, g_strdup (self->input->str), verb);
    }
}

static void
erase_last (Top *self)
{
  if (self->input->len == 0)
    return;
  const char *last = g_utf8_prev_char (self->input->str + self->input->len);
  g_string_truncate (self->input, (gsize) (last - self->input->str));
}

static void
type (Top *self, int key, gboolean is_function)
{
  self->dirty = TRUE;
  if ((is_function && key == KEY_BACKSPACE) || (!is_function && (key == 127 || key == '\b')))
    erase_last (self);
  else if ((is_function && key == KEY_ENTER) || (!is_function && (key == '\n' || key == '\r')))
    end_typing (self);
  else if (is_function)
    return;
  else if (key == ESCAPE)
    {
      g_clear_pointer (&self->message, g_free);
      stop_typing (self);
    }
  else if (key == '\t' && self->mode == TOP_FILTER)
    complete (self);
  else if (key == ('u' & 0x1f))
    g_string_truncate (self->input, 0);
  else if (key >= ' ' && self->input->len < INPUT_MAX && g_unichar_validate ((gunichar) key))
    g_string_append_unichar (self->input, (gunichar) key);
}

/* ---- The list -------------------------------------------------------------------------------- */

static void
press_function (Top *self, int key)
{
  gint64 index = (gint64) self->first + self->cursor;
  switch (key)
    {
    case KEY_UP:
      move_to (self, index - 1);
      break;
    case KEY_DOWN:
      move_to (self, index + 1);
      break;
    case KEY_PPAGE:
      move_to (self, index - self->height);
      break;
    case KEY_NPAGE:
      move_to (self, index + self->height);
      break;
    case KEY_HOME:
      move_to (self, 0);
      break;
    case KEY_END:
      move_to (self, G_MAXINT64);
      break;
    default:
      break;
    }
}

static void
press_in_list (Top *self, int key)
{
  g_clear_pointer (&self->message, g_free);
  self->dirty = TRUE;
  switch (key)
    {
    case 'q':
      self->done = TRUE;
      break;
    case '?':
    case 'h':
      self->mode = TOP_HELP;
      break;
    case '/':
      begin_typing (self, TOP_FILTER, self->query);
      break;
    case '<':
      sort_beside (self, -1);
      break;
    case '>':
      sort_beside (self, 1);
      break;
    case 'r':
      self->descending = !self->descending;
      _top_ask_anew (self);
      break;
    case 'n':
      sort_by (self, "name");
      break;
    case 'm':
      sort_by (self, "messages");
      break;
    case 'c':
      sort_by (self, "reductions/s");
      break;
    case 'M':
      sort_by (self, "memory");
      break;
    case ' ':
      self->paused = !self->paused;
      _top_ask_anew (self);
      break;
    case 'k':
      ask_to (self, GROVE_COMMAND_KILL, "Kill");
      break;
    case 'e':
      ask_to (self, GROVE_COMMAND_RESTART, "Restart");
      break;
    case 'x':
      if (take_target (self))
        begin_typing (self, TOP_REASON, "shutdown");
      break;
    case 's':
      ask_to (self, GROVE_COMMAND_SUSPEND, "Suspend");
      break;
    case 'u':
      run_at_once (self, GROVE_COMMAND_RESUME, NULL);
      break;
    case '+':
      change_priority (self, 1);
      break;
    case '-':
      change_priority (self, -1);
      break;
    default:
      break;
    }
}

void
_top_press (Top *self, int key, gboolean is_function)
{
  if (is_function && key == KEY_RESIZE)
    return; /* the signal has been heard of */
  switch (self->mode)
    {
    case TOP_FILTER:
    case TOP_REASON:
      type (self, key, is_function);
      break;
    case TOP_HELP:
      self->mode = TOP_LIST;
      self->dirty = TRUE;
      break;
    case TOP_CONFIRM:
      self->mode = TOP_LIST;
      if (!is_function && (key == 'y' || key == 'Y'))
        {
          _top_say (self, CLI_DIM, "...");
          run (self);
        }
      else
        _top_say (self, CLI_DIM, "Nothing was done");
      break;
    case TOP_LIST:
      if (is_function)
        press_function (self, key);
      else
        press_in_list (self, key);
      break;
    }
}
