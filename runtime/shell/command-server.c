/* SPDX-License-Identifier: MIT
 *
 * Commands about supervisors and applications. Only who is a supervisor is ever asked what only
 * supervisors understand: another server could crash on it.
 */
#include "runtime/shell/shell-private.h"

#include "runtime/otp/supervision.h"

#include <string.h>

#define MAX_LEVELS 32

/* A supervisor, not the master of an application. */
static bool
take_supervisor (struct shell_line *line, grove_pid *ret_pid)
{
  struct grove_supervision_node node;
  size_t                        begin, n, total;

  _grove_line_at_end (line);
  begin = line->at;
  if (!_grove_line_process (line, ret_pid))
    return false;
  if (_grove_supervision_children (*ret_pid, 0, NULL, 0, &n, &total) &&
      !(_grove_supervision_find (*ret_pid, NULL, &node) && node.kind == GROVE_NODE_APPLICATION))
    return true;
  _grove_line_error (line, begin, "a supervisor is wanted here; see \"tree\"");
  return false;
}

static void
say_child (const struct grove_child_info *child, void *user_data)
{
  struct shell *shell = user_data;

  if (child->pid != 0)
    _grove_shell_say_pid (shell, child->pid);
  else
    _grove_shell_say (shell, "%s", child->restarting ? "restarting" : "undefined");
  _grove_shell_say (shell, " %s ", child->type == GROVE_SUPERVISOR ? "supervisor" : "worker");
  _grove_shell_say_name (shell, child->id != NULL ? child->id : "undefined");
  _grove_shell_say (shell, "\n");
}

static void
run_children (struct shell_line *line)
{
  grove_pid pid;

  if (take_supervisor (line, &pid) && _grove_line_end (line))
    _grove_line_status (line, grove_supervisor_which_children (pid, say_child, line->shell));
}

static void
run_count (struct shell_line *line)
{
  struct grove_children_count count;
  grove_pid                   pid;

  if (!take_supervisor (line, &pid) || !_grove_line_end (line) ||
      !_grove_line_status (line, grove_supervisor_count_children (pid, &count)))
    return;
  _grove_shell_say (line->shell, "[{specs,%llu},{active,%llu},{supervisors,%llu},{workers,%llu}]\n",
                    (unsigned long long) count.specs, (unsigned long long) count.active,
                    (unsigned long long) count.supervisors, (unsigned long long) count.workers);
}

static void
run_restart (struct shell_line *line)
{
  char              id[SHELL_NAME_SIZE];
  enum grove_status status;
  grove_pid         supervisor, pid = 0;

  if (!take_supervisor (line, &supervisor) || !_grove_line_name (line, "the id of a child", id) ||
      !_grove_line_end (line))
    return;
  status = grove_supervisor_restart_child (supervisor, id, &pid);
  if (status == GROVE_ERR_NO_NAME)
    _grove_line_error (line, 0, "it has no such child; see \"children\"");
  else if (status == GROVE_ERR_BUSY)
    _grove_line_error (line, 0, "that child runs; terminate it first");
  else if (_grove_line_status (line, status))
    {
      if (status == GROVE_OK)
        _grove_shell_say_pid (line->shell, pid);
      else
        _grove_shell_say (line->shell, "ignore");
      _grove_shell_say (line->shell, "\n");
    }
}

/* A child of a supervisor for one kind of children is named by its pid. */
static void
run_terminate (struct shell_line *line)
{
  char              id[SHELL_NAME_SIZE];
  enum grove_status status;
  grove_pid         supervisor, pid;

  if (!take_supervisor (line, &supervisor))
    return;
  if (!_grove_line_at_end (line) && line->text[line->at] == '<')
    {
      if (!_grove_line_pid (line, &pid) || !_grove_line_end (line))
        return;
      status = grove_supervisor_terminate_dynamic (supervisor, pid);
      if (status == GROVE_ERR_BADARG)
        {
          _grove_line_error (line, 0, "the children of this supervisor are named by their ids");
          return;
        }
    }
  else
    {
      if (!_grove_line_name (line, "the id of a child", id) || !_grove_line_end (line))
        return;
      status = grove_supervisor_terminate_child (supervisor, id);
      if (status == GROVE_ERR_BADARG)
        {
          _grove_line_error (line, 0, "the children of this supervisor are named by their pids");
          return;
        }
    }
  if (status == GROVE_ERR_NO_NAME)
    _grove_line_error (line, 0, "it has no such child; see \"children\"");
  else if (_grove_line_status (line, status))
    _grove_shell_say (line->shell, "ok\n");
}

static void
run_delete (struct shell_line *line)
{
  char              id[SHELL_NAME_SIZE];
  enum grove_status status;
  grove_pid         supervisor;

  if (!take_supervisor (line, &supervisor) || !_grove_line_name (line, "the id of a child", id) ||
      !_grove_line_end (line))
    return;
  status = grove_supervisor_delete_child (supervisor, id);
  if (status == GROVE_ERR_NO_NAME)
    _grove_line_error (line, 0, "it has no such child; see \"children\"");
  else if (status == GROVE_ERR_BUSY)
    _grove_line_error (line, 0, "that child runs; terminate it first");
  else if (_grove_line_status (line, status))
    _grove_shell_say (line->shell, "ok\n");
}

/* ---- The forest ------------------------------------------------------------------------------ */

static void
say_node (struct shell *shell, const struct grove_supervision_node *node, unsigned level)
{
  struct grove_process_sample sample;

  _grove_shell_say (shell, "%*s", (int) level * 2, "");
  if (node->pid != 0)
    _grove_shell_say_pid (shell, node->pid);
  else
    _grove_shell_say (shell, "undefined");
  _grove_shell_say (shell, " ");
  _grove_shell_say_name (shell, node->id);
  if (node->pid != 0 && _grove_observe_process (node->pid, &sample) && sample.name[0] &&
      strcmp (sample.name, node->id) != 0)
    {
      _grove_shell_say (shell, " (");
      _grove_shell_say_name (shell, sample.name);
      _grove_shell_say (shell, ")");
    }
  if (node->kind == GROVE_NODE_SUPERVISOR)
    _grove_shell_say (shell, " %s", node->strategy);
  if (node->restarts > 0)
    _grove_shell_say (shell, ", %u restart%s", node->restarts, node->restarts == 1 ? "" : "s");
  _grove_shell_say (shell, "\n");
}

static void
say_branch (struct shell *shell, grove_pid parent, unsigned level)
{
  struct grove_supervision_node node;
  size_t                        n, total;

  for (size_t i = 0;
       !shell->cut && _grove_supervision_children (parent, i, &node, 1, &n, &total) && n == 1; i++)
    {
      say_node (shell, &node, level);
      if (node.kind != GROVE_NODE_WORKER && node.pid != 0 && level + 1 < MAX_LEVELS)
        say_branch (shell, node.pid, level + 1);
    }
}

static void
run_tree (struct shell_line *line)
{
  grove_pid pid;

  if (_grove_line_at_end (line))
    say_branch (line->shell, 0, 0);
  else if (take_supervisor (line, &pid) && _grove_line_end (line))
    {
      _grove_shell_say_process (line->shell, pid);
      _grove_shell_say (line->shell, "\n");
      say_branch (line->shell, pid, 1);
    }
}

static void
run_applications (struct shell_line *line)
{
  struct grove_supervision_node node;
  size_t                        n, total;

  if (!_grove_line_end (line))
    return;
  for (size_t i = 0; _grove_supervision_children (0, i, &node, 1, &n, &total) && n == 1; i++)
    say_node (line->shell, &node, 0);
}

const struct shell_command _grove_shell_server_commands[] = {
  { "applications", "", "all that run", run_applications },
  { "tree", "[SUPERVISOR]", "who supervises whom", run_tree },
  { "children", "SUPERVISOR", "its children, newest first", run_children },
  { "count", "SUPERVISOR", "how many there are of which kind", run_count },
  { "terminate", "SUPERVISOR ID|PID", "stops a child", run_terminate },
  { "restart", "SUPERVISOR ID", "starts a child that was stopped", run_restart },
  { "delete", "SUPERVISOR ID", "forgets a child that was stopped", run_delete },
  { NULL },
};
