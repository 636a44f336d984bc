/* SPDX-License-Identifier: MIT
 *
 * The answer to a command: collected, so that it is written at once, and bounded, so that no
 * process with a long name or a large state floods the terminal. Nothing that others chose is
 * written without going through the printer of terms, which leaves no control character.
 */
#include "runtime/shell/shell-private.h"

#include <stdio.h>
#include <string.h>

#define LAST_LINE 80 /* kept free, for what says that it was cut */

void
_grove_shell_say (struct shell *self, const char *format, ...)
{
  size_t  room = sizeof self->answer - LAST_LINE - self->answer_size;
  va_list args;
  int     n;

  if (self->cut)
    return;
  va_start (args, format);
  n = vsnprintf (self->answer + self->answer_size, room, format, args);
  va_end (args);
  if (n < 0 || (size_t) n >= room)
    {
      self->cut = true;
      self->answer[self->answer_size] = '\0';
    }
  else
    self->answer_size += (size_t) n;
}

void
_grove_shell_say_term (struct shell *self, struct grove_term term)
{
  char *text = grove_alloc (SHELL_TERM_SIZE);

  grove_term_print (term, GROVE_SYNTAX_ERLANG, SHELL_TERM_DEPTH, text, SHELL_TERM_SIZE, NULL);
  _grove_shell_say (self, "%s", text);
  grove_free (text);
}

void
_grove_shell_say_name (struct shell *self, const char *name)
{
  struct grove_buffer buffer = { NULL };

  if (grove_build (&buffer, "~a", name) == GROVE_OK ||
      grove_build (&buffer, "~s", name) == GROVE_OK)
    _grove_shell_say_term (self, grove_buffer_term (&buffer));
  grove_buffer_finish (&buffer);
}

void
_grove_shell_say_pid (struct shell *self, grove_pid pid)
{
  char text[GROVE_PID_TEXT_SIZE];

  grove_pid_print (pid, text);
  _grove_shell_say (self, "%s", text);
}

void
_grove_shell_say_process (struct shell *self, grove_pid pid)
{
  struct grove_process_sample sample;

  _grove_shell_say_pid (self, pid);
  if (!_grove_observe_process (pid, &sample) || !sample.name[0])
    return;
  _grove_shell_say (self, " ");
  _grove_shell_say_name (self, sample.name);
}

bool
_grove_shell_show (struct shell *self)
{
  bool written;

  if (self->cut)
    self->answer_size +=
      (size_t) snprintf (self->answer + self->answer_size, sizeof self->answer - self->answer_size,
                         "...\n(an answer has at most 65,536 bytes)\n");
  written = _grove_terminal_write (self->answer, self->answer_size);
  self->answer_size = 0;
  self->cut = false;
  return written;
}
