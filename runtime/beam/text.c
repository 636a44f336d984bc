/* SPDX-License-Identifier: MIT
 *
 * See text.h.
 */
#include "runtime/beam/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

char *
beam_text (const char *format, ...)
{
  char   *text = NULL;
  va_list values;

  va_start (values, format);
  if (vasprintf (&text, format, values) < 0)
    abort ();
  va_end (values);
  return text;
}
