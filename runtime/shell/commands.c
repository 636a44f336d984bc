/* SPDX-License-Identifier: MIT
 *
 * Which command a line means, what commands there are, and what could be typed next.
 */
#include "runtime/shell/shell-private.h"

#include "runtime/core/runtime.h"

#include <stdio.h>
#include <string.h>

static void run_help (struct shell_line *line);

/* ---- The shell's own ------------------------------------------------------------------------- */

static void
run_quit (struct shell_line *line)
{
  if (_grove_line_end (line))
    line->shell->done = true;
}

static void
run_halt (struct shell_line *line)
{
  if (!_grove_line_end (line))
    return;
  line->shell->done = true;
  grove_stop ();
}

static const struct shell_command own_commands[] = {
  { "help", "[COMMAND]", "this list, or what is said about one", run_help },
  { "quit", "", "ends the shell, as the end of its input does", run_quit },
  { "halt", "", "stops the system", run_halt },
  { NULL },
};

static const struct shell_command *const tables[] = {
  own_commands,
  _grove_shell_process_commands,
  _grove_shell_message_commands,
  _grove_shell_server_commands,
};
#define N_TABLES (sizeof tables / sizeof tables[0])

static const struct shell_command *
find_command (const char *name, size_t size)
{
  for (size_t i = 0; i < N_TABLES; i++)
    for (const struct shell_command *command = tables[i]; command->name != NULL; command++)
      if (strlen (command->name) == size && memcmp (command->name, name, size) == 0)
        return command;
  return NULL;
}

static void
say_command (struct shell *self, const struct shell_command *command)
{
  char usage[64];

  snprintf (usage, sizeof usage, "%s %s", command->name, command->arguments);
  _grove_shell_say (self, "%-28s %s\n", usage, command->help);
}

static void
say_functions (struct shell *self)
{
  _grove_shell_say (self,
                    self->n_functions > 0 ? "functions:\n" : "this program gives no functions\n");
  for (size_t i = 0; i < self->n_functions; i++)
    _grove_shell_say (self, "  %-26s %s\n", self->functions[i].name,
                      self->functions[i].help ? self->functions[i].help : "");
}

static void
run_help (struct shell_line *line)
{
  const struct shell_command *command;
  const char                 *word;
  size_t                      size;

  if (_grove_line_at_end (line))
    {
      for (size_t i = 0; i < N_TABLES; i++)
        for (command = tables[i]; command->name != NULL; command++)
          say_command (line->shell, command);
      _grove_shell_say (line->shell,
                        "A PROCESS, SERVER or SUPERVISOR is a pid, <0.12.0>, or a name. "
                        "A TERM is written as in Erlang.\n");
      return;
    }
  if (!_grove_line_word (line, "a command", &word, &size) || !_grove_line_end (line))
    return;
  command = find_command (word, size);
  if (command == NULL)
    {
      _grove_line_error (line, (size_t) (word - line->text),
                         "there is no such command; see \"help\"");
      return;
    }
  say_command (line->shell, command);
  if (strcmp (command->name, "spawn") == 0)
    say_functions (line->shell);
}

/* ---- Running --------------------------------------------------------------------------------- */

static bool
is_text (const char *text, size_t size)
{
  for (size_t i = 0; i < size; i++)
    if (((unsigned char) text[i] < ' ' && text[i] != '\t' && text[i] != '\r') || text[i] == 0x7F)
      return false;
  return true;
}

void
_grove_shell_run (struct shell *self, const char *text, size_t size)
{
  struct shell_line           line = { .shell = self, .text = text, .size = size };
  const struct shell_command *command;
  size_t                      begin;

  if (!is_text (text, size))
    {
      _grove_shell_say (self, "error: a line is text, without control characters\n");
      return;
    }
  if (_grove_line_at_end (&line))
    return;
  begin = line.at;
  while (line.at < size && strchr (" \t\r", text[line.at]) == NULL)
    line.at++;
  command = find_command (text + begin, line.at - begin);
  if (command == NULL)
    {
      line.command = "shell";
      _grove_line_error (&line, begin, "there is no such command; \"help\" lists them");
      return;
    }
  line.command = command->name;
  command->run (&line);
}

/* ---- Completing ------------------------------------------------------------------------------ */

struct completion
{
  const char        *word;
  size_t             size;
  struct candidates *found;
};

static void
offer (struct completion *self, const char *name)
{
  if (strncmp (name, self->word, self->size) == 0 && self->found->n < GROVE_MAX_CANDIDATES &&
      strlen (name) < sizeof self->found->words[0])
    strcpy (self->found->words[self->found->n++], name);
}

/* Names that are typed as they are. */
static bool
offer_name (const struct grove_process_sample *sample, void *user_data)
{
  struct completion *self = user_data;

  if (sample->name[0] < 'a' || sample->name[0] > 'z' ||
      sample->name[strspn (sample->name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                         "0123456789_@")])
    return true;
  offer (self, sample->name);
  return self->found->n < GROVE_MAX_CANDIDATES;
}

static void
offer_commands (struct completion *self)
{
  for (size_t i = 0; i < N_TABLES; i++)
    for (const struct shell_command *command = tables[i]; command->name != NULL; command++)
      offer (self, command->name);
}

void
_grove_shell_complete (const char        *text,
                       size_t             size,
                       struct candidates *ret_candidates,
                       void              *user_data)
{
  const struct shell *shell = user_data;
  struct completion   self = { .word = text + size, .found = ret_candidates };
  size_t              first, n_words = 0;

  while (self.word > text && self.word[-1] != ' ')
    self.word--;
  self.size = (size_t) (text + size - self.word);
  for (const char *at = text; at < self.word; at++)
    n_words += *at != ' ' && at[1] == ' ';
  first = strspn (text, " ");
  if (n_words == 0 || (n_words == 1 && strncmp (text + first, "help ", 5) == 0))
    offer_commands (&self);
  else if (n_words == 1 && strncmp (text + first, "spawn ", 6) == 0)
    for (size_t i = 0; i < shell->n_functions; i++)
      offer (&self, shell->functions[i].name);
  else
    _grove_shell_each_process (offer_name, &self);
}
