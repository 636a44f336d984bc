/* SPDX-License-Identifier: MIT
 *
 * Parting the text of another node's pid: its node's name may have dots and be quoted.
 */
#include "observer/grove-foreign-pid.h"

#include <string.h>

/* An atom as terms have it, without its quotation marks; transfer full. */
static char *
unquote (const char *text, gsize length)
{
  if (length < 2 || text[0] != '\'' || text[length - 1] != '\'')
    return g_strndup (text, length);
  g_autofree char *inner = g_strndup (text + 1, length - 2);
  return g_strcompress (inner);
}

gboolean
grove_foreign_pid_parse (const char *text, char **ret_node, char **ret_pid)
{
  g_return_val_if_fail (text != NULL, FALSE);
  gsize length = strlen (text);
  if (!(g_str_has_prefix (text, "#Pid<") || g_str_has_prefix (text, "#PID<")) ||
      text[length - 1] != '>')
    return FALSE;
  const char *begin = text + strlen ("#Pid<"), *end = text + length - 1, *at = end;
  /* Two numbers at the end, each with a dot before it. */
  for (guint i = 0; i < 2; i++)
    {
      const char *after = at;
      while (at > begin && g_ascii_isdigit (at[-1]))
        at--;
      if (at == after || after - at > 10 || at == begin || at[-1] != '.')
        return FALSE;
      at--;
    }
  g_autofree char *node = unquote (begin, (gsize) (at - begin));
  if (strchr (node, '@') == NULL)
    return FALSE;
  *ret_pid = g_strdup_printf ("<0.%.*s>", (int) (end - at - 1), at + 1);
  *ret_node = g_steal_pointer (&node);
  return TRUE;
}
