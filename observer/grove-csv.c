/* SPDX-License-Identifier: MIT
 *
 * Fields of comma-separated values.
 */
#include "observer/grove-csv.h"

#include <string.h>

/* What the widespread ones begin a formula with; a tab or a line's end before it they pass over. */
#define BEGINS_FORMULA "=+-@\t\r\n"

void
grove_csv_append (GString *line, const char *text, gboolean is_text)
{
  gboolean formula = is_text && text[0] != '\0' && strchr (BEGINS_FORMULA, text[0]) != NULL;

  if (!formula && strpbrk (text, ",\"\r\n") == NULL)
    {
      g_string_append (line, text);
      return;
    }
  g_string_append (line, formula ? "\"'" : "\"");
  for (; *text != '\0'; text++)
    {
      if (*text == '"')
        g_string_append_c (line, '"');
      g_string_append_c (line, *text);
    }
  g_string_append_c (line, '"');
}
