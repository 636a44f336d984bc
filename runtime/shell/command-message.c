/* SPDX-License-Identifier: MIT
 *
 * Commands about messages: sending, receiving, calling and casting.
 */
#include "runtime/shell/shell-private.h"

#include "runtime/otp/server.h"
#include "runtime/otp/sys.h"

/* ---- Sending --------------------------------------------------------------------------------- */

static void
run_send (struct shell_line *line)
{
  struct grove_term term;
  grove_pid         pid;

  if (!_grove_line_process (line, &pid) || !_grove_line_term (line, &term))
    return;
  grove_send_term (pid, term);
  _grove_shell_say_term (line->shell, term);
  _grove_shell_say (line->shell, "\n");
}

static void
run_cast (struct shell_line *line)
{
  struct grove_term term;
  grove_pid         pid;

  if (!_grove_line_process (line, &pid) || !_grove_line_term (line, &term))
    return;
  grove_cast (pid, "~t", term);
  _grove_shell_say (line->shell, "ok\n");
}

static void
run_call (struct shell_line *line)
{
  int64_t               timeout_ms = SHELL_TIMEOUT_MS;
  struct grove_message *reply;
  struct grove_term     term;
  grove_pid             pid;

  if (!_grove_line_process (line, &pid) || !_grove_line_term_and_ms (line, &term, &timeout_ms) ||
      !_grove_line_status (line, grove_call (pid, timeout_ms * SHELL_MS, &reply, "~t", term)))
    return;
  _grove_shell_say_term (line->shell, grove_message_term (reply));
  _grove_shell_say (line->shell, "\n");
  grove_message_free (reply);
}

/* ---- Receiving ------------------------------------------------------------------------------- */

/* When nothing more is shown, what is left stays in the mailbox. */
static void
run_flush (struct shell_line *line)
{
  struct grove_message *message;
  size_t                n = 0;

  if (!_grove_line_end (line))
    return;
  while (line->shell->answer_size < SHELL_ANSWER_SIZE - 2 * SHELL_TERM_SIZE &&
         grove_receive (0, &message) == GROVE_OK)
    {
      n++;
      _grove_shell_say_term (line->shell, grove_message_term (message));
      _grove_shell_say (line->shell, "\n");
      grove_message_free (message);
    }
  _grove_shell_say (line->shell, "%zu message%s\n", n, n == 1 ? "" : "s");
}

static void
run_receive (struct shell_line *line)
{
  int64_t               timeout_ms = SHELL_TIMEOUT_MS;
  struct grove_message *message;

  if (!_grove_line_optional_ms (line, &timeout_ms) ||
      !_grove_line_status (line, grove_receive (timeout_ms * SHELL_MS, &message)))
    return;
  _grove_shell_say_term (line->shell, grove_message_term (message));
  _grove_shell_say (line->shell, "\n");
  grove_message_free (message);
}

/* ---- System messages ------------------------------------------------------------------------- */

static void
run_state (struct shell_line *line)
{
  struct grove_buffer state = { NULL };
  enum grove_status   status;
  grove_pid           pid;

  if (!_grove_line_process (line, &pid) || !_grove_line_end (line))
    return;
  status = grove_sys_get_state (pid, SHELL_TIMEOUT_MS * SHELL_MS, &state);
  if (status == GROVE_ERR_NO_MATCH)
    _grove_shell_say (line->shell, "undescribed\n");
  else if (_grove_line_status (line, status))
    {
      _grove_shell_say_term (line->shell, grove_buffer_term (&state));
      _grove_shell_say (line->shell, "\n");
    }
  grove_buffer_finish (&state);
}

static void
run_status (struct shell_line *line)
{
  struct grove_buffer out = { NULL };
  grove_pid           pid;

  if (!_grove_line_process (line, &pid) || !_grove_line_end (line))
    return;
  if (_grove_line_status (line, grove_sys_get_status (pid, SHELL_TIMEOUT_MS * SHELL_MS, &out)))
    {
      _grove_shell_say_term (line->shell, grove_buffer_term (&out));
      _grove_shell_say (line->shell, "\n");
    }
  grove_buffer_finish (&out);
}

static void
hold (struct shell_line *line, enum grove_status (*change) (grove_pid server, int64_t timeout_ns))
{
  grove_pid pid;

  if (_grove_line_process (line, &pid) && _grove_line_end (line) &&
      _grove_line_status (line, change (pid, SHELL_TIMEOUT_MS * SHELL_MS)))
    _grove_shell_say (line->shell, "ok\n");
}

static void
run_suspend (struct shell_line *line)
{
  hold (line, grove_sys_suspend);
}

static void
run_resume (struct shell_line *line)
{
  hold (line, grove_sys_resume);
}

const struct shell_command _grove_shell_message_commands[] = {
  { "send", "PROCESS TERM", "sends a message", run_send },
  { "receive", "[MS]", "takes the oldest message; waits for it, 5000 ms", run_receive },
  { "flush", "", "takes all messages", run_flush },
  { "call", "SERVER TERM [MS]", "calls a server; waits for its reply, 5000 ms", run_call },
  { "cast", "SERVER TERM", "sends a cast to a server", run_cast },
  { "state", "SERVER", "the state of a server, as it describes it", run_state },
  { "status", "SERVER", "whether a server runs, its parent and state", run_status },
  { "suspend", "SERVER", "a server then answers system messages only", run_suspend },
  { "resume", "SERVER", "and now the others again", run_resume },
  { NULL },
};
