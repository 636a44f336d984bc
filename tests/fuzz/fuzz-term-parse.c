/* SPDX-License-Identifier: MIT
 *
 * Text that a person typed, and formats: what is read is well-formed, and its own text reads back
 * as the same term.
 */
#include "runtime/term/term.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#define REQUIRE(condition)                                                                         \
  do                                                                                               \
    if (!(condition))                                                                              \
      abort ();                                                                                    \
  while (0)

static void
read_back (struct grove_term term)
{
  static char         text[1 << 16];
  struct grove_buffer again = { 0 };
  bool                truncated;
  size_t size = grove_term_print (term, GROVE_SYNTAX_ERLANG, 64, text, sizeof text, &truncated);

  if (!truncated)
    {
      REQUIRE (grove_term_parse (text, size, &again, NULL, NULL) == GROVE_OK);
      REQUIRE (again.size == term.size && memcmp (again.bytes, term.bytes, again.size) == 0);
    }
  grove_buffer_finish (&again);
}

/* As a format it may only be constant: nobody made arguments for it. */
static void
compile (const uint8_t *bytes, size_t size, struct grove_term term, bool parsed)
{
  struct grove_buffer built = { 0 };
  char               *format;

  if (memchr (bytes, '~', size) != NULL || memchr (bytes, 0, size) != NULL)
    return;
  format = malloc (size + 1);
  REQUIRE (format != NULL);
  memcpy (format, bytes, size);
  format[size] = 0;
  if (grove_build (&built, format) == GROVE_OK)
    {
      REQUIRE (grove_term_check (built.bytes, built.size, NULL) == GROVE_OK ||
               grove_term_check (built.bytes, built.size, NULL) == GROVE_ERR_TOO_LARGE);
      if (parsed)
        REQUIRE (grove_term_equal (grove_buffer_term (&built), term) && grove_match (term, format));
    }
  grove_buffer_finish (&built);
  free (format);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  struct grove_buffer term = { 0 };
  const char         *message = NULL;
  size_t              position = SIZE_MAX;
  enum grove_status   status =
    grove_term_parse ((const char *) bytes, size, &term, &position, &message);

  if (status == GROVE_OK)
    {
      enum grove_status check = grove_term_check (term.bytes, term.size, NULL);

      /* Maps in keys of maps can be typed deeper than they are let in from outside. */
      REQUIRE (check == GROVE_OK || check == GROVE_ERR_TOO_LARGE);
      read_back (grove_buffer_term (&term));
    }
  else
    REQUIRE (position <= size && message != NULL && term.size == 0);
  compile (bytes, size, grove_buffer_term (&term), status == GROVE_OK);
  grove_buffer_finish (&term);
  return 0;
}
