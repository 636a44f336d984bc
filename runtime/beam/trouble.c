/* SPDX-License-Identifier: MIT
 *
 * See trouble.h.
 */
#include "runtime/beam/trouble.h"

#include <stdarg.h>
#include <stdio.h>

void
beam_trouble_set (struct beam_trouble *self, enum beam_kind kind, const char *format, ...)
{
  va_list values;

  va_start (values, format);
  (void) vsnprintf (self->text, sizeof self->text, format, values);
  va_end (values);
  self->kind = kind;
}
