/* SPDX-License-Identifier: MIT
 *
 * Commands about processes: making them, looking at them, relations, names and ends.
 */
#include "runtime/shell/shell-private.h"

#include <stdio.h>
#include <string.h>

#define MAX_ROWS     500
#define MAX_PRIORITY 4

/* ---- Making and looking ---------------------------------------------------------------------- */

struct spawned
{
  void (*run) (struct grove_term argument);
  size_t  size;
  uint8_t bytes[];
};

static void
spawned_main (void *arg)
{
  const struct spawned *self = arg;

  self->run ((struct grove_term){ self->bytes, self->size });
}

static const struct grove_shell_function *
find_function (const struct shell *self, const char *name)
{
  for (size_t i = 0; i < self->n_functions; i++)
    if (strcmp (self->functions[i].name, name) == 0)
      return &self->functions[i];
  return NULL;
}

static grove_pid
spawn (const struct grove_shell_function *function, struct grove_term argument)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  size_t                     size = sizeof (struct spawned) + argument.size;
  struct spawned            *copy = grove_alloc (size);
  grove_pid                  pid = 0;

  copy->run = function->run;
  copy->size = argument.size;
  memcpy (copy->bytes, argument.bytes, argument.size);
  options.initial_call = function->name;
  options.arg = copy;
  options.arg_size = size;
  if (grove_spawn_opt (spawned_main, &options, &pid, NULL) != GROVE_OK)
    pid = 0;
  grove_free (copy);
  return pid;
}

static void
run_spawn (struct shell_line *line)
{
  const struct grove_shell_function *function;
  struct grove_buffer                none = { NULL };
  struct grove_term                  argument;
  char                               name[SHELL_NAME_SIZE];
  size_t                             begin;
  grove_pid                          pid;

  _grove_line_at_end (line);
  begin = line->at;
  if (!_grove_line_name (line, "the name of a function", name))
    return;
  function = find_function (line->shell, name);
  if (function == NULL)
    {
      _grove_line_error (line, begin, "there is no such function; see \"help spawn\"");
      return;
    }
  if (_grove_line_at_end (line))
    {
      grove_build (&none, "undefined");
      pid = spawn (function, grove_buffer_term (&none));
      grove_buffer_finish (&none);
    }
  else if (_grove_line_term (line, &argument))
    pid = spawn (function, argument);
  else
    return;
  if (!_grove_line_status (line, pid ? GROVE_OK : GROVE_ERR_SYSTEM_LIMIT))
    return;
  _grove_shell_say_pid (line->shell, pid);
  _grove_shell_say (line->shell, "\n");
}

static void
run_self (struct shell_line *line)
{
  if (!_grove_line_end (line))
    return;
  _grove_shell_say_pid (line->shell, grove_self ());
  _grove_shell_say (line->shell, "\n");
}

void
_grove_shell_each_process (bool (*visit) (const struct grove_process_sample *sample,
                                          void                              *user_data),
                           void *user_data)
{
  size_t     n = grove_processes (NULL, 0) + 64, all;
  grove_pid *pids = grove_alloc (n * sizeof *pids);

  all = grove_processes (pids, n);
  for (size_t i = 0; i < n && i < all; i++)
    {
      struct grove_process_sample sample;

      if (_grove_observe_process (pids[i], &sample) && !visit (&sample, user_data))
        break;
      if (i % 1024 == 1023)
        grove_yield ();
    }
  grove_free (pids);
}

struct listing
{
  struct shell *shell;
  const char   *filter; /* "": all */
  size_t        n, shown;
};

static const char *const status_names[] = {
  [GROVE_STATUS_RUNNABLE] = "runnable", [GROVE_STATUS_RUNNING] = "running",
  [GROVE_STATUS_WAITING] = "waiting",   [GROVE_STATUS_SUSPENDED] = "suspended",
  [GROVE_STATUS_EXITING] = "exiting",
};

static bool
list_process (const struct grove_process_sample *sample, void *user_data)
{
  struct listing *listing = user_data;
  char            pid[GROVE_PID_TEXT_SIZE];
  const char     *called = sample->name[0] ? sample->name : sample->label;

  grove_pid_print (sample->pid, pid);
  if (listing->filter[0] && !strstr (sample->name, listing->filter) &&
      !strstr (sample->label, listing->filter) && !strstr (sample->initial, listing->filter) &&
      !strstr (pid, listing->filter))
    return true;
  if (listing->n++ >= MAX_ROWS)
    return true;
  listing->shown++;
  _grove_shell_say (listing->shell, "%-14s %-10s %8llu %10llu %12llu  ", pid,
                    status_names[sample->status], (unsigned long long) sample->n_messages,
                    (unsigned long long) sample->memory_bytes,
                    (unsigned long long) sample->reductions);
  _grove_shell_say_name (listing->shell, called[0] ? called : sample->initial);
  _grove_shell_say (listing->shell, "\n");
  return true;
}

static void
run_processes (struct shell_line *line)
{
  struct listing listing = { .shell = line->shell };
  const char    *word = "";
  size_t         size = 0;
  char           filter[SHELL_NAME_SIZE];

  if (!_grove_line_at_end (line) && !_grove_line_word (line, "a filter", &word, &size))
    return;
  if (!_grove_line_end (line))
    return;
  snprintf (filter, sizeof filter, "%.*s", (int) (size < 255 ? size : 255), word);
  listing.filter = filter;
  _grove_shell_say (line->shell, "%-14s %-10s %8s %10s %12s  %s\n", "pid", "status", "messages",
                    "memory", "reductions", "name, label or function");
  _grove_shell_each_process (list_process, &listing);
  if (listing.n > listing.shown)
    _grove_shell_say (line->shell, "and %zu more; a filter shows fewer\n",
                      listing.n - listing.shown);
  _grove_shell_say (line->shell, "%zu process%s\n", listing.n, listing.n == 1 ? "" : "es");
}

static void
run_info (struct shell_line *line)
{
  static const char items[] = "[registered_name, current_function, initial_call, status, parent, "
                              "group_leader, message_queue_len, messages, links, monitors, "
                              "monitored_by, dictionary, trap_exit, priority, memory, "
                              "total_heap_size, heap_size, stack_size, reductions, suspending]";
  struct grove_message *answer;
  struct grove_cursor   cursor;
  struct grove_term     item;
  grove_pid             pid;

  if (!_grove_line_process (line, &pid) || !_grove_line_end (line) ||
      !_grove_line_status (line, grove_process_info (pid, items, &answer)))
    return;
  if (grove_cursor_init (&cursor, grove_message_term (answer)))
    while (grove_cursor_next (&cursor, &item))
      {
        _grove_shell_say_term (line->shell, item);
        _grove_shell_say (line->shell, "\n");
      }
  grove_message_free (answer);
}

/* ---- Relations ------------------------------------------------------------------------------- */

static void
run_link (struct shell_line *line)
{
  grove_pid pid;

  if (_grove_line_process (line, &pid) && _grove_line_end (line) &&
      _grove_line_status (line, grove_link (pid)))
    _grove_shell_say (line->shell, "true\n");
}

static void
run_unlink (struct shell_line *line)
{
  grove_pid pid;

  if (!_grove_line_process (line, &pid) || !_grove_line_end (line))
    return;
  grove_unlink (pid);
  _grove_shell_say (line->shell, "true\n");
}

static void
run_monitor (struct shell_line *line)
{
  struct shell         *shell = line->shell;
  struct shell_monitor *monitor = &shell->monitors[shell->n_monitors];
  struct grove_buffer   buffer = { NULL };
  grove_pid             pid;

  if (!_grove_line_process (line, &pid) || !_grove_line_end (line))
    return;
  if (shell->n_monitors == SHELL_MAX_MONITORS)
    {
      _grove_line_error (line, 0, "at most %d monitors; demonitor some", SHELL_MAX_MONITORS);
      return;
    }
  *monitor = (struct shell_monitor){ pid, grove_monitor (pid) };
  shell->n_monitors++;
  grove_build (&buffer, "~r", monitor->ref);
  _grove_shell_say_term (shell, grove_buffer_term (&buffer));
  _grove_shell_say (shell, "\n");
  grove_buffer_finish (&buffer);
}

/* All that the shell has on that process: a reference cannot be typed. */
static void
run_demonitor (struct shell_line *line)
{
  struct shell *shell = line->shell;
  size_t        n_left = 0, n;
  grove_pid     pid;

  if (!_grove_line_process (line, &pid) || !_grove_line_end (line))
    return;
  for (size_t i = 0; i < shell->n_monitors; i++)
    if (shell->monitors[i].pid == pid)
      grove_demonitor (shell->monitors[i].ref, true);
    else
      shell->monitors[n_left++] = shell->monitors[i];
  n = shell->n_monitors - n_left;
  shell->n_monitors = n_left;
  if (n > 0)
    _grove_shell_say (shell, "true\n");
  else
    _grove_line_error (line, 0, "the shell does not monitor it");
}

static void
run_exit (struct shell_line *line)
{
  struct grove_process_sample sample;
  struct grove_term           reason;
  grove_pid                   pid;

  if (!_grove_line_process (line, &pid) || !_grove_line_term (line, &reason))
    return;
  if (_grove_observe_process (pid, &sample) && sample.system)
    {
      _grove_line_error (line, 0, "that one is protected: the whole system ends with it; see halt");
      return;
    }
  grove_exit_process_term (pid, reason);
  _grove_shell_say (line->shell, "true\n");
}

/* One that is ending has none any more. */
static enum grove_status
set_priority (grove_pid pid, enum grove_priority level, enum grove_priority *ret_old)
{
  struct grove_process_sample sample;

  if (!_grove_observe_process (pid, &sample) || sample.status == GROVE_STATUS_EXITING)
    return GROVE_ERR_NOPROC;
  return _grove_observe_set_priority (pid, level, ret_old);
}

static void
run_priority (struct shell_line *line)
{
  static const char *const names[MAX_PRIORITY] = { "low", "normal", "high", "max" };
  char                     name[SHELL_NAME_SIZE];
  enum grove_priority      old;
  int                      level = 0;
  size_t                   begin;
  grove_pid                pid;

  if (!_grove_line_process (line, &pid))
    return;
  _grove_line_at_end (line);
  begin = line->at;
  if (!_grove_line_name (line, "low, normal, high or max", name) || !_grove_line_end (line))
    return;
  while (level < MAX_PRIORITY && strcmp (names[level], name) != 0)
    level++;
  if (level == MAX_PRIORITY)
    _grove_line_error (line, begin, "low, normal, high or max is wanted here");
  else if (_grove_line_status (line, set_priority (pid, (enum grove_priority) level, &old)))
    _grove_shell_say (line->shell, "%s\n", names[old]);
}

static void
run_trap_exit (struct shell_line *line)
{
  char   name[SHELL_NAME_SIZE];
  size_t begin;
  bool   on;

  _grove_line_at_end (line);
  begin = line->at;
  if (!_grove_line_name (line, "on or off", name) || !_grove_line_end (line))
    return;
  on = strcmp (name, "on") == 0;
  if (on || strcmp (name, "off") == 0)
    _grove_shell_say (line->shell, "%s\n", grove_trap_exit (on) ? "on" : "off");
  else
    _grove_line_error (line, begin, "on or off is wanted here");
}

/* ---- Names ----------------------------------------------------------------------------------- */

static void
run_register (struct shell_line *line)
{
  char      name[SHELL_NAME_SIZE];
  grove_pid pid;

  if (_grove_line_name (line, "a name", name) && _grove_line_pid (line, &pid) &&
      _grove_line_end (line) && _grove_line_status (line, grove_register (name, pid)))
    _grove_shell_say (line->shell, "true\n");
}

static void
run_unregister (struct shell_line *line)
{
  char name[SHELL_NAME_SIZE];

  if (_grove_line_name (line, "a name", name) && _grove_line_end (line) &&
      _grove_line_status (line, grove_unregister (name)))
    _grove_shell_say (line->shell, "true\n");
}

static void
run_whereis (struct shell_line *line)
{
  char      name[SHELL_NAME_SIZE];
  grove_pid pid;

  if (!_grove_line_name (line, "a name", name) || !_grove_line_end (line))
    return;
  pid = grove_whereis (name);
  if (pid != 0)
    _grove_shell_say_pid (line->shell, pid);
  else
    _grove_shell_say (line->shell, "undefined");
  _grove_shell_say (line->shell, "\n");
}

static bool
list_name (const struct grove_process_sample *sample, void *user_data)
{
  struct shell *shell = user_data;

  if (!sample->name[0])
    return true;
  _grove_shell_say_name (shell, sample->name);
  _grove_shell_say (shell, " ");
  _grove_shell_say_pid (shell, sample->pid);
  _grove_shell_say (shell, "\n");
  return !shell->cut;
}

static void
run_registered (struct shell_line *line)
{
  if (_grove_line_end (line))
    _grove_shell_each_process (list_name, line->shell);
}

const struct shell_command _grove_shell_process_commands[] = {
  { "spawn", "FUNCTION [TERM]", "starts a process that runs it", run_spawn },
  { "self", "", "the pid of the shell", run_self },
  { "processes", "[TEXT]", "those with that text in pid, name, label or function", run_processes },
  { "info", "PROCESS", "all there is to say about one", run_info },
  { "link", "PROCESS", "links the shell to it", run_link },
  { "unlink", "PROCESS", "takes the link away", run_unlink },
  { "monitor", "PROCESS", "its end will be a message", run_monitor },
  { "demonitor", "PROCESS", "or will not", run_demonitor },
  { "exit", "PROCESS REASON", "sends an exit signal; kill cannot be trapped", run_exit },
  { "priority", "PROCESS LEVEL", "low, normal, high or max; answers the old one", run_priority },
  { "trap_exit", "on|off", "whether exit signals to the shell are messages", run_trap_exit },
  { "register", "NAME PID", "gives a process a name", run_register },
  { "unregister", "NAME", "takes it away", run_unregister },
  { "whereis", "NAME", "who has that name", run_whereis },
  { "registered", "", "all names", run_registered },
  { NULL },
};
