/* SPDX-License-Identifier: MIT
 *
 * Formats come from the program, but a program may put them together from what it is told: any text
 * either compiles or does not, and then builds and matches without harm. Directives are left out,
 * since what they take has to be there.
 */
#include "runtime/term/term.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static const char *const terms[] = {
  "{order, 3, 9.5}", "#{a => 1, b => [x | y]}", "\"abc\"", "[{k, v}, {k, v}]", "<<1, 2>>", "true",
};

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  struct grove_buffer out = { NULL };
  char               *text;

  if (memchr (data, '~', size) != NULL || memchr (data, 0, size) != NULL)
    return 0;
  text = malloc (size + 1);
  if (text == NULL)
    abort ();
  memcpy (text, data, size);
  text[size] = 0;
  /* Maps in keys of maps can be written deeper than they are let in from outside. */
  if (grove_build (&out, text) == GROVE_OK &&
      grove_term_check (out.bytes, out.size, NULL) == GROVE_ERR_SYNTAX)
    abort ();
  for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
    {
      out.size = 0;
      if (grove_term_parse (terms[i], strlen (terms[i]), &out, NULL, NULL) != GROVE_OK)
        abort ();
      (void) grove_match (grove_buffer_term (&out), text);
    }
  grove_buffer_finish (&out);
  free (text);
  return 0;
}
