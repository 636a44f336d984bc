/* SPDX-License-Identifier: MIT
 *
 * Foreign bytes: what passes the check can be walked, compared, printed and matched.
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
print (struct grove_term term, size_t capacity)
{
  static char text[4096];

  for (int syntax = GROVE_SYNTAX_ERLANG; syntax <= GROVE_SYNTAX_ELIXIR; syntax++)
    {
      bool   truncated;
      size_t size = grove_term_print (term, syntax, 30, text, capacity, &truncated);

      REQUIRE (size < capacity && text[size] == 0 && strlen (text) == size);
      for (size_t i = 0; i < size; i++)
        REQUIRE ((unsigned char) text[i] >= ' ' && text[i] != 0x7f);
    }
}

static void
walk (struct grove_term term)
{
  struct grove_cursor cursor;
  struct grove_term   element, previous = term;
  struct grove_text   text;
  int64_t             number;
  double              value;
  grove_pid           pid;
  grove_ref           ref;

  grove_term_int64 (term, &number);
  grove_term_double (term, &value);
  grove_term_pid (term, &pid);
  grove_term_ref (term, &ref);
  grove_term_atom (term, &text);
  grove_term_binary (term, &text);
  grove_term_arity (term);
  grove_cursor_init (&cursor, term);
  for (int i = 0; i < 50 && grove_cursor_next (&cursor, &element); i++)
    {
      int order = grove_term_compare (previous, element);

      REQUIRE (order == -grove_term_compare (element, previous));
      REQUIRE (!grove_term_equal (previous, element) || order == 0);
      previous = element;
    }
  grove_cursor_tail (&cursor, &element);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  struct grove_term term = { bytes, 0 };
  struct grove_term a, b;
  struct grove_text text;
  int               number;

  if (grove_term_check (bytes, size, &term.size) != GROVE_OK)
    return 0;
  REQUIRE (term.size > 0 && term.size <= size);
  REQUIRE (grove_term_type (term) != GROVE_TERM_INVALID);
  REQUIRE (grove_term_equal (term, term) && grove_term_compare (term, term) == 0);
  walk (term);
  print (term, 4096);
  print (term, 1 + size % 64);
  grove_match (term, "{~t, ~t}", &a, &b);
  grove_match (term, "[~i, _ | _]", &number);
  grove_match (term, "#{a => ~s, [1, 2] => _}", &text);
  grove_match (term, "{ok, [{~a, 1.5}], \"abc\"}", &text);
  return 0;
}
