/* SPDX-License-Identifier: MIT
 *
 * The shell's process, and how a supervisor starts it: it takes the terminal, tells its starter so,
 * and then reads and runs lines until there are no more.
 */
#include "runtime/shell/shell-private.h"

#include "runtime/otp/application.h"

struct start
{
  struct grove_shell_options options;
  grove_pid                  starter;
  grove_ref                  alias;
};

/* ---- The process ----------------------------------------------------------------------------- */

static void
greet (struct shell *self, grove_pid before)
{
  struct grove_end end;

  if (before != 0)
    {
      _grove_shell_say (self, "shell: ");
      _grove_shell_say_pid (self, grove_self ());
      _grove_shell_say (self, " goes on for ");
      _grove_shell_say_pid (self, before);
      _grove_shell_say (self, ", which ended: %s\n",
                        _grove_observe_end (before, &end) ? end.reason : "unknown");
    }
  else if (_grove_terminal_interactive ())
    {
      _grove_shell_say (self, "Grove's shell is the process ");
      _grove_shell_say_pid (self, grove_self ());
      _grove_shell_say (self, "; \"help\" lists its commands, Ctrl-D ends it.\n");
    }
}

/* Ends without its starter's link hearing of it, which is told by its monitor. */
static GROVE_NORETURN void
give_up (const struct start *start, const char *reason)
{
  grove_unlink (start->starter);
  grove_exit ("~a", reason);
}

static void
tell_started (const struct start *start)
{
  struct grove_buffer started = { NULL };

  grove_build (&started, "started");
  grove_send_alias (start->starter, start->alias, grove_buffer_term (&started));
  grove_buffer_finish (&started);
}

static void
serve (struct shell *self)
{
  struct completer  *completer = grove_alloc (sizeof *completer);
  char              *line = grove_alloc (GROVE_LINE_SIZE + 1);
  enum terminal_line kind;
  size_t             size = 0;

  *completer = (struct completer){ _grove_shell_complete, self };
  while (_grove_shell_show (self) && !self->done &&
         (kind = _grove_terminal_read_line (line, &size, completer)) != TERMINAL_END)
    if (kind == TERMINAL_LINE_TOO_LONG)
      _grove_shell_say (self, "error: a line has at most %d bytes\n", GROVE_LINE_SIZE);
    else
      _grove_shell_run (self, line, size);
}

static void
shell_main (void *arg)
{
  const struct start *start = arg;
  struct shell       *self = grove_alloc (sizeof *self);
  const char         *name = start->options.name ? start->options.name : "shell";
  grove_pid           before;

  *self = (struct shell){ .functions = start->options.functions,
                          .n_functions = start->options.n_functions };
  if (grove_register (name, grove_self ()) != GROVE_OK)
    give_up (start, "name_taken");
  if (!_grove_terminal_claim (&before))
    give_up (start, "terminal_in_use");
  tell_started (start);
  greet (self, before);
  serve (self);
  _grove_terminal_leave ();
}

/* ---- Starting it ----------------------------------------------------------------------------- */

static enum grove_status
failure (struct grove_term down, struct grove_buffer *ret_reason)
{
  struct grove_term reason;

  if (!grove_match (down, "{_, _, _, _, ~t}", &reason))
    return GROVE_ERR_EXITED;
  if (ret_reason != NULL)
    grove_build (ret_reason, "~t", reason);
  if (grove_term_is_atom (reason, "terminal_in_use"))
    return GROVE_ERR_BUSY;
  return grove_term_is_atom (reason, "name_taken") ? GROVE_ERR_NAME_TAKEN : GROVE_ERR_EXITED;
}

static enum grove_status
start_shell (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct start               start = { .starter = grove_self (), .alias = grove_alias () };
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  struct grove_message      *answer;
  enum grove_status          status;
  grove_ref                  monitor;
  grove_pid                  pid;

  if (arg != NULL)
    start.options = *(const struct grove_shell_options *) arg;
  options.initial_call = "grove_shell";
  options.arg = &start;
  options.arg_size = sizeof start;
  options.link = true;
  options.monitor = true;
  status = grove_spawn_opt (shell_main, &options, &pid, &monitor);
  if (status == GROVE_OK)
    {
      status = grove_receive_alias (start.alias, monitor, GROVE_FOREVER, &answer);
      if (status == GROVE_OK && !grove_term_is_atom (grove_message_term (answer), "started"))
        status = failure (grove_message_term (answer), ret_reason);
      grove_message_free (answer);
      grove_demonitor (monitor, true);
    }
  grove_unalias (start.alias);
  if (status == GROVE_OK)
    *ret_pid = pid;
  return status;
}

struct grove_child_spec
grove_shell_spec (const struct grove_shell_options *options)
{
  return (struct grove_child_spec){
    .id = "shell",
    .start = start_shell,
    .arg = options,
    .arg_size = options != NULL ? sizeof *options : 0,
    .restart = GROVE_TRANSIENT,
    .type = GROVE_WORKER,
    /* It has nothing to save, and may be waiting for a person. */
    .shutdown_ms = GROVE_SHUTDOWN_KILL,
  };
}

static enum grove_status
start_top (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason)
{
  const struct grove_child_spec child = grove_shell_spec (arg);
  struct grove_supervisor_spec  spec = GROVE_SUPERVISOR_DEFAULTS;

  spec.name = "shell_sup";
  spec.intensity = 10;
  spec.period_s = 10;
  spec.children = &child;
  spec.n_children = 1;
  return grove_supervisor_start (&spec, ret_top, ret_reason);
}

enum grove_status
grove_shell_start (const struct grove_shell_options *options)
{
  const struct grove_application_spec application = {
    .name = "shell",
    .start = start_top,
    .arg = options,
  };
  grove_pid master;

  return grove_application_start (&application, &master);
}
