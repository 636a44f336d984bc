/* SPDX-License-Identifier: MIT
 *
 * Flat formats: what is matched in the bytes that building writes against the long way, which a
 * guard leads to.
 */
#include "runtime/term/term.h"

#include <glib.h>
#include <string.h>

/* Each with the three values it has, and the same with a guard. */
#define FLAT(text)                                                                                 \
  {                                                                                                \
    text, text " when true"                                                                        \
  }
static const struct
{
  const char *format, *long_way;
} formats[] = {
  FLAT ("{~l, ~p, ~r}"),
  FLAT ("{a, ~l, ~p, ~r}"),
  FLAT ("{~l, abcd, ~p, x, y, ~r, 1000}"),
  FLAT ("{call, {~l, ~p}, [], {abcdefghijkl, {~r, \"text that is long\"}}}"),
  FLAT ("{{{~l}}, {{~p}}, {{~r}}}"),
};

struct values
{
  int64_t   number;
  grove_pid pid;
  grove_ref ref;
};

static struct values
draw_values (void)
{
  uint64_t number =
    ((uint64_t) g_random_int () << 32 | g_random_int ()) >> g_random_int_range (0, 64);

  return (struct values){
    .number = (int64_t) (g_random_boolean () ? number : 0 - number),
    .pid = (grove_pid) g_random_int () << 32 | g_random_int (),
    .ref = (grove_ref) g_random_int () << 32 | g_random_int (),
  };
}

static void
assert_same (const struct values *a, const struct values *b)
{
  g_assert_cmpint (a->number, ==, b->number);
  g_assert_cmpuint (a->pid, ==, b->pid);
  g_assert_cmpuint (a->ref, ==, b->ref);
}

static bool
match (struct grove_term term, const char *format, struct values *ret)
{
  *ret = (struct values){ 1, 2, 3 };
  return grove_match (term, format, &ret->number, &ret->pid, &ret->ref);
}

static void
test_back (void)
{
  for (int round = 0; round < 5000; round++)
    {
      const char         *format = formats[round % G_N_ELEMENTS (formats)].format;
      struct values       values = draw_values (), matched;
      struct grove_buffer buffer = { NULL };

      g_assert_cmpint (grove_build (&buffer, format, values.number, values.pid, values.ref), ==,
                       GROVE_OK);
      g_assert_true (match (grove_buffer_term (&buffer), format, &matched));
      assert_same (&values, &matched);
      grove_buffer_finish (&buffer);
    }
}

/* Another byte somewhere: still a term, perhaps, but mostly none that matches. */
static void
test_changed (void)
{
  unsigned n_terms = 0, n_matched = 0;

  for (int round = 0; round < 50000; round++)
    {
      const char         *format = formats[round % G_N_ELEMENTS (formats)].format;
      const char         *long_way = formats[round % G_N_ELEMENTS (formats)].long_way;
      struct values       values = draw_values (), matched, expected;
      struct grove_buffer buffer = { NULL };
      bool                does, should;

      g_assert_cmpint (grove_build (&buffer, format, values.number, values.pid, values.ref), ==,
                       GROVE_OK);
      buffer.bytes[g_random_int_range (0, (int) buffer.size)] ^=
        (uint8_t) g_random_int_range (1, 256);
      if (grove_term_check (buffer.bytes, buffer.size, NULL) == GROVE_OK)
        {
          does = match (grove_buffer_term (&buffer), format, &matched);
          should = match (grove_buffer_term (&buffer), long_way, &expected);
          g_assert_cmpint (does, ==, should);
          assert_same (&expected, &matched);
          n_terms++;
          n_matched += does;
        }
      grove_buffer_finish (&buffer);
    }
  g_assert_cmpuint (n_matched, >, 1000);
  g_assert_cmpuint (n_terms - n_matched, >, 1000);
}

/* Of each size that a number can have, as each kind, in as many bytes as there are. */
static void
test_numbers (void)
{
  for (unsigned shift = 0; shift < 64; shift++)
    for (int step = -1; step <= 1; step++)
      for (int sign = -1; sign <= 1; sign += 2)
        {
          uint64_t            power = ((uint64_t) 1 << shift) + (uint64_t) step;
          int64_t             number = (int64_t) (sign > 0 ? power : 0 - power);
          int64_t             as_int64 = 7, long_int64 = 7;
          uint64_t            as_uint64 = 7, long_uint64 = 7;
          int                 as_int = 7, long_int = 7;
          struct grove_buffer buffer = { NULL };
          struct grove_term   term;

          g_assert_cmpint (grove_build (&buffer, "~l", number), ==, GROVE_OK);
          g_assert_cmpint (grove_term_check (buffer.bytes, buffer.size, NULL), ==, GROVE_OK);
          term = grove_buffer_term (&buffer);
          g_assert_true (grove_match (term, "~l", &as_int64));
          g_assert_cmpint (as_int64, ==, number);
          g_assert_cmpint (grove_match (term, "~l", &as_int64), ==,
                           grove_match (term, "~l when true", &long_int64));
          g_assert_cmpint (grove_match (term, "~u", &as_uint64), ==,
                           grove_match (term, "~u when true", &long_uint64));
          g_assert_cmpint (grove_match (term, "~i", &as_int), ==,
                           grove_match (term, "~i when true", &long_int));
          g_assert_cmpint (as_int64, ==, long_int64);
          g_assert_cmpuint (as_uint64, ==, long_uint64);
          g_assert_cmpint (as_int, ==, long_int);
          buffer.size = 0;
          g_assert_cmpint (grove_build (&buffer, "~u", (uint64_t) number), ==, GROVE_OK);
          g_assert_true (grove_match (grove_buffer_term (&buffer), "~u", &as_uint64));
          g_assert_cmpuint (as_uint64, ==, (uint64_t) number);
          g_assert_cmpint (grove_match (grove_buffer_term (&buffer), "~l", &as_int64), ==,
                           grove_match (grove_buffer_term (&buffer), "~l when true", &long_int64));
          grove_buffer_finish (&buffer);
        }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/term/flat/back", test_back);
  g_test_add_func ("/runtime/term/flat/changed", test_changed);
  g_test_add_func ("/runtime/term/flat/numbers", test_numbers);
  return g_test_run ();
}
