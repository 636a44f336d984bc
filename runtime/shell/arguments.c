/* SPDX-License-Identifier: MIT
 *
 * Taking a line apart: words, names, processes and terms, the latter by the runtime's own parser.
 * What is wrong is said once, with what is allowed, and pointed at.
 */
#include "runtime/shell/shell-private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXCERPT 64

static bool
is_space (char character)
{
  return character == ' ' || character == '\t' || character == '\r';
}

/* ---- Errors ---------------------------------------------------------------------------------- */

static size_t
before_character (const char *text, size_t position)
{
  while (position > 0 && ((unsigned char) text[position] & 0xC0) == 0x80)
    position--;
  return position;
}

void
_grove_line_error (struct shell_line *self, size_t position, const char *format, ...)
{
  size_t  begin = position > EXCERPT ? before_character (self->text, position - EXCERPT) : 0;
  size_t  end = self->size - begin > 2 * EXCERPT ? begin + 2 * EXCERPT : self->size;
  char    text[512];
  va_list args;

  va_start (args, format);
  vsnprintf (text, sizeof text, format, args);
  va_end (args);
  _grove_shell_say (self->shell, "error: %s: %s\n  ", self->command, text);
  for (size_t i = begin; i < before_character (self->text, end); i++)
    _grove_shell_say (self->shell, "%c",
                      (unsigned char) self->text[i] < ' ' || self->text[i] == 0x7F ? ' '
                                                                                   : self->text[i]);
  _grove_shell_say (self->shell, "\n  ");
  for (size_t i = begin; i < position; i++)
    if (((unsigned char) self->text[i] & 0xC0) != 0x80)
      _grove_shell_say (self->shell, " ");
  _grove_shell_say (self->shell, "^\n");
}

bool
_grove_line_status (struct shell_line *self, enum grove_status status)
{
  if (status >= GROVE_OK)
    return true;
  _grove_shell_say (self->shell, "error: %s: %s\n", self->command, grove_status_text (status));
  return false;
}

/* ---- Words ----------------------------------------------------------------------------------- */

bool
_grove_line_at_end (struct shell_line *self)
{
  while (self->at < self->size && is_space (self->text[self->at]))
    self->at++;
  return self->at == self->size;
}

bool
_grove_line_end (struct shell_line *self)
{
  if (_grove_line_at_end (self))
    return true;
  _grove_line_error (self, self->at, "nothing more is wanted here; see \"help %s\"", self->command);
  return false;
}

/* To the next space; of a quoted atom to its quote. */
bool
_grove_line_word (struct shell_line *self,
                  const char        *wanted,
                  const char       **ret_word,
                  size_t            *ret_size)
{
  bool   quoted = false;
  size_t begin;

  if (_grove_line_at_end (self))
    {
      _grove_line_error (self, self->size, "%s is wanted here", wanted);
      return false;
    }
  begin = self->at;
  while (self->at < self->size && (quoted || !is_space (self->text[self->at])))
    {
      if (self->text[self->at] == '\'')
        quoted = !quoted;
      else if (quoted && self->text[self->at] == '\\' && self->at + 1 < self->size)
        self->at++;
      self->at++;
    }
  *ret_word = self->text + begin;
  *ret_size = self->at - begin;
  return true;
}

bool
_grove_line_name (struct shell_line *self, const char *wanted, char ret_name[SHELL_NAME_SIZE])
{
  struct grove_buffer buffer = { NULL };
  struct grove_text   text;
  const char         *word;
  size_t              size;
  bool                right;

  if (!_grove_line_word (self, wanted, &word, &size))
    return false;
  right = grove_term_parse (word, size, &buffer, NULL, NULL) == GROVE_OK &&
          grove_term_atom (grove_buffer_term (&buffer), &text) && text.size < SHELL_NAME_SIZE &&
          text.size > 0;
  if (right)
    {
      memcpy (ret_name, text.bytes, text.size);
      ret_name[text.size] = '\0';
    }
  else
    _grove_line_error (self, (size_t) (word - self->text), "%s is wanted here: an atom", wanted);
  grove_buffer_finish (&buffer);
  return right;
}

bool
_grove_line_pid (struct shell_line *self, grove_pid *ret_pid)
{
  const char *word;
  size_t      size;

  if (!_grove_line_word (self, "a pid", &word, &size))
    return false;
  if (grove_pid_parse (word, size, ret_pid))
    return true;
  _grove_line_error (self, (size_t) (word - self->text),
                     "a pid is wanted here, as it is printed: <0.12.0>");
  return false;
}

bool
_grove_line_process (struct shell_line *self, grove_pid *ret_pid)
{
  static const char wanted[] = "a process";
  char              name[SHELL_NAME_SIZE];
  const char       *word;
  size_t            size, begin;

  if (!_grove_line_word (self, wanted, &word, &size))
    return false;
  if (grove_pid_parse (word, size, ret_pid))
    return true;
  begin = (size_t) (word - self->text);
  if (word[0] != '\'' && (word[0] < 'a' || word[0] > 'z'))
    {
      _grove_line_error (self, begin,
                         "a process is wanted here: its pid, like <0.12.0>, or its name");
      return false;
    }
  self->at = begin;
  if (!_grove_line_name (self, wanted, name))
    return false;
  *ret_pid = grove_whereis (name);
  if (*ret_pid == 0)
    _grove_line_error (self, begin, "nobody has that name; see \"registered\"");
  return *ret_pid != 0;
}

/* ---- Numbers and terms ----------------------------------------------------------------------- */

/* What is left is a number of milliseconds. */
static bool
parse_ms (struct shell_line *self, size_t at, int64_t *ret_ms)
{
  int64_t value = 0;

  while (at < self->size && is_space (self->text[at]))
    at++;
  if (at == self->size)
    return false;
  for (; at < self->size && self->text[at] >= '0' && self->text[at] <= '9'; at++)
    {
      value = value * 10 + self->text[at] - '0';
      if (value > SHELL_MAX_MS)
        return false;
    }
  while (at < self->size && is_space (self->text[at]))
    at++;
  if (at < self->size)
    return false;
  *ret_ms = value;
  return true;
}

bool
_grove_line_optional_ms (struct shell_line *self, int64_t *ret_ms)
{
  if (_grove_line_at_end (self) || parse_ms (self, self->at, ret_ms))
    return true;
  _grove_line_error (self, self->at, "milliseconds are wanted here, from 0 to %d", SHELL_MAX_MS);
  return false;
}

/* Moves what was built into the process's heap, where it is freed with the process. */
static struct grove_term
keep (struct grove_buffer *buffer)
{
  uint8_t          *bytes = grove_alloc (buffer->size);
  struct grove_term term = { bytes, buffer->size };

  memcpy (bytes, buffer->bytes, buffer->size);
  grove_buffer_finish (buffer);
  return term;
}

bool
_grove_line_term_and_ms (struct shell_line *self,
                         struct grove_term *ret_term,
                         int64_t           *ret_timeout_ms)
{
  struct grove_buffer buffer = { NULL };
  const char         *message;
  size_t              position;

  if (_grove_line_at_end (self))
    {
      _grove_line_error (self, self->size, "a term is wanted here");
      return false;
    }
  if (grove_term_parse (self->text + self->at, self->size - self->at, &buffer, &position,
                        &message) != GROVE_OK)
    {
      const size_t behind = self->at + position;

      /* Where one term ends the number may stand. */
      if (ret_timeout_ms == NULL || position == 0 ||
          grove_term_parse (self->text + self->at, position, &buffer, NULL, NULL) != GROVE_OK)
        {
          _grove_line_error (self, behind, "%s", message);
          return false;
        }
      if (!parse_ms (self, behind, ret_timeout_ms))
        {
          grove_buffer_finish (&buffer);
          _grove_line_error (self, behind, "the end is wanted here, or milliseconds from 0 to %d",
                             SHELL_MAX_MS);
          return false;
        }
    }
  *ret_term = keep (&buffer);
  self->at = self->size;
  return true;
}

bool
_grove_line_term (struct shell_line *self, struct grove_term *ret_term)
{
  return _grove_line_term_and_ms (self, ret_term, NULL);
}
