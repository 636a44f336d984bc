/* SPDX-License-Identifier: MIT
 *
 * Editing a line, with history and completion, by libedit. It runs on the process's stack and asks
 * for each key through a function of ours, which parks the process; what it writes is collected and
 * written before each wait. So when the process is killed, the library is always in that one
 * function, and can be ended. The history is the terminal's, and stays.
 */
#include "runtime/shell/terminal.h"

#ifdef GROVE_HAVE_EDIT

#  include <histedit.h>
#  include <locale.h>
#  include <stdio.h>
#  include <stdlib.h>
#  include <string.h>
#  include <unistd.h>
#  include <wchar.h>

#  define HISTORY_LINES 500

static struct
{
  EditLine               *library; /* of the process that has the terminal */
  History                *history;
  locale_t                utf8, before;
  FILE                   *screen;
  size_t                  n_keys; /* since the line began */
  const char             *prompt;
  const struct completer *completer;
  size_t                  n_written;
  char                    written[16384];
} edit;

/* The library converts characters by the thread's locale, and the thread is others' too while the
 * process waits. */
static void
enter_locale (void)
{
  edit.before = uselocale (edit.utf8);
}

static void
leave_locale (void)
{
  uselocale (edit.before);
}

/* ---- What the library calls ------------------------------------------------------------------ */

/* What does not fit is a screen that is drawn again with the next key. */
static ssize_t
collect (void *cookie, const char *bytes, size_t size)
{
  size_t room = sizeof edit.written - edit.n_written;
  size_t n = size < room ? size : room;

  memcpy (edit.written + edit.n_written, bytes, n);
  edit.n_written += n;
  return (ssize_t) size;
}

static void
show (void)
{
  size_t n = edit.n_written;

  fflush (edit.screen);
  n = edit.n_written;
  edit.n_written = 0;
  _grove_terminal_write (edit.written, n);
}

static char *
get_prompt (EditLine *library)
{
  return (char *) (uintptr_t) edit.prompt;
}

/* The next character; 0 at the end. */
static int
next_key (EditLine *library, wchar_t *ret_key)
{
  mbstate_t state = { 0 };
  int       result = 0;
  int       byte;

  fflush (edit.screen);
  leave_locale ();
  show ();
  while ((byte = _grove_terminal_byte ()) >= 0)
    {
      char   bytes = (char) byte;
      size_t n;

      enter_locale ();
      n = mbrtowc (ret_key, &bytes, 1, &state);
      leave_locale ();
      if (n == (size_t) -2)
        continue;
      memset (&state, 0, sizeof state);
      if (n == (size_t) -1)
        continue;
      if (byte == 0)
        *ret_key = 0;
      /* Of a line that is too long anyway no more is kept. */
      if (++edit.n_keys > 2 * GROVE_LINE_SIZE && *ret_key >= L' ')
        continue;
      result = 1;
      break;
    }
  enter_locale ();
  return result;
}

static size_t
common_size (const struct candidates *candidates)
{
  size_t size = strlen (candidates->words[0]);

  for (size_t i = 1; i < candidates->n; i++)
    for (size_t k = 0; k < size; k++)
      if (candidates->words[i][k] != candidates->words[0][k])
        size = k;
  return size;
}

static unsigned char
complete (EditLine *library, wint_t key)
{
  const LineInfo    *line = el_line (library);
  size_t             size = (size_t) (line->cursor - line->buffer);
  char              *text = grove_alloc (size + 1);
  struct candidates *found = grove_alloc (sizeof *found);
  unsigned char      result = CC_REFRESH_BEEP;
  size_t             typed = 0, common;

  memcpy (text, line->buffer, size);
  text[size] = '\0';
  while (typed < size && text[size - 1 - typed] != ' ')
    typed++;
  found->n = 0;
  leave_locale ();
  edit.completer->complete (text, size, found, edit.completer->user_data);
  enter_locale ();
  common = found->n > 0 ? common_size (found) : 0;
  if (common > typed || found->n == 1)
    {
      char word[64 + 1];

      snprintf (word, sizeof word, "%.*s%s", (int) (common - typed), found->words[0] + typed,
                found->n == 1 ? " " : "");
      el_insertstr (library, word);
      result = CC_REFRESH;
    }
  else if (found->n > 1)
    {
      fputc ('\n', edit.screen);
      for (size_t i = 0; i < found->n; i++)
        fprintf (edit.screen, "%s%s", found->words[i], i + 1 < found->n ? "  " : "\n");
      result = CC_REDISPLAY;
    }
  grove_free (found);
  grove_free (text);
  return result;
}

/* ---- Beginning and end ----------------------------------------------------------------------- */

static bool
open_once (void)
{
  static const cookie_io_functions_t functions = { .write = collect };
  HistEvent                          event;

  if (edit.history != NULL)
    return true;
  if (edit.utf8 == (locale_t) 0)
    edit.utf8 = newlocale (LC_CTYPE_MASK, "C.UTF-8", (locale_t) 0);
  if (edit.utf8 == (locale_t) 0)
    edit.utf8 = duplocale (LC_GLOBAL_LOCALE);
  if (edit.screen == NULL)
    edit.screen = fopencookie (NULL, "w", functions);
  if (edit.screen == NULL || edit.utf8 == (locale_t) 0)
    return false;
  edit.history = history_init ();
  if (edit.history == NULL)
    return false;
  history (edit.history, &event, H_SETSIZE, HISTORY_LINES);
  history (edit.history, &event, H_SETUNIQUE, 1);
  return true;
}

bool
_grove_edit_open (void)
{
  const char *kind = getenv ("TERM");

  if (kind == NULL || kind[0] == '\0' || strcmp (kind, "dumb") == 0 || !open_once ())
    return false;
  enter_locale ();
  edit.n_written = 0;
  edit.library = el_init_fd ("grove", stdin, edit.screen, edit.screen, STDIN_FILENO, STDOUT_FILENO,
                             STDERR_FILENO);
  if (edit.library != NULL)
    {
      el_set (edit.library, EL_PROMPT, get_prompt);
      el_set (edit.library, EL_GETCFN, next_key);
      el_set (edit.library, EL_HIST, history, edit.history);
      el_set (edit.library, EL_EDITOR, "emacs");
      /* With wide text: of the other kind the library keeps copies that it never frees. */
      el_wset (edit.library, EL_ADDFN, L"grove-complete", L"Completes a word", complete);
      el_set (edit.library, EL_BIND, "^I", "grove-complete", NULL);
    }
  leave_locale ();
  return edit.library != NULL;
}

void
_grove_edit_close (void)
{
  enter_locale ();
  el_set (edit.library, EL_PREP_TERM, 0);
  el_end (edit.library);
  leave_locale ();
  edit.library = NULL;
}

enum terminal_line
_grove_edit_line (const char             *prompt,
                  char                   *line,
                  size_t                 *ret_size,
                  const struct completer *completer)
{
  enum terminal_line result = TERMINAL_LINE;
  HistEvent          event;
  const char        *text;
  int                size;

  edit.prompt = prompt;
  edit.completer = completer;
  edit.n_keys = 0;
  enter_locale ();
  el_resize (edit.library);
  text = el_gets (edit.library, &size);
  if (text == NULL || size <= 0)
    result = TERMINAL_END;
  else
    {
      size -= text[size - 1] == '\n';
      if (size > GROVE_LINE_SIZE)
        result = TERMINAL_LINE_TOO_LONG;
      else
        {
          memcpy (line, text, (size_t) size);
          line[size] = '\0';
          *ret_size = (size_t) size;
          if (size > 0)
            history (edit.history, &event, H_ENTER, line);
        }
    }
  leave_locale ();
  show ();
  return result;
}

#else

bool
_grove_edit_open (void)
{
  return false;
}

void
_grove_edit_close (void)
{
}

enum terminal_line
_grove_edit_line (const char             *prompt,
                  char                   *line,
                  size_t                 *ret_size,
                  const struct completer *completer)
{
  return TERMINAL_END;
}

#endif
