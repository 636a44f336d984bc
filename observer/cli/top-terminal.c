/* SPDX-License-Identifier: MIT
 *
 * Whether there is a terminal that grove top can draw on. Alone, since <term.h> has macros for
 * common words.
 */
#include "observer/cli/top.h"

#include <curses.h>
#include <stdlib.h>
#include <term.h>
#include <unistd.h>

gboolean
_top_can_draw (GError **error)
{
  const char *term = getenv ("TERM");
  int         status = 0;
  const char *why = NULL;
  if (!isatty (STDIN_FILENO) || !isatty (STDOUT_FILENO))
    why = "standard input or output is none";
  else if (term == NULL || term[0] == '\0')
    why = "TERM does not say which this is";
  else if (setupterm (term, STDOUT_FILENO, &status) != OK)
    why = "this kind (TERM) is not known here";
  else if (cursor_address == NULL)
    why = "this one cannot move its cursor";
  if (cur_term != NULL)
    del_curterm (set_curterm (NULL)); /* the screen will have one of its own */
  if (why == NULL)
    return TRUE;
  g_set_error (error, CLI_ERROR, CLI_USAGE,
               "top draws on a terminal, and %s\nTry: grove ps --watch", why);
  return FALSE;
}
