/* SPDX-License-Identifier: MIT
 *
 * Tests of runtime/term: building and matching by format, and the cache of formats.
 */
#include "runtime/term/term.h"

#include <glib.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

/* ---- Building -------------------------------------------------------------------------------- */

static void
assert_bytes (const char          *expected,
              size_t               size,
              enum grove_status    status,
              struct grove_buffer *built)
{
  g_assert_cmpint (status, ==, GROVE_OK);
  g_assert_cmpmem (built->bytes, built->size, expected, size);
  g_assert_cmpint (grove_term_check (built->bytes, built->size, NULL), ==, GROVE_OK);
  built->size = 0;
}

/* The bytes are what Erlang/OTP 25 writes with term_to_binary (Term, [{minor_version, 2}]). */
#define ASSERT_BUILDS(expected, ...)                                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    struct grove_buffer built = { 0 };                                                             \
    enum grove_status   status = grove_build (&built, __VA_ARGS__);                                \
    assert_bytes (expected, sizeof (expected) - 1, status, &built);                                \
    grove_buffer_finish (&built);                                                                  \
  }                                                                                                \
  G_STMT_END

#define ASSERT_FAILS(expected, ...)                                                                \
  G_STMT_START                                                                                     \
  {                                                                                                \
    struct grove_buffer buffer = { 0 };                                                            \
    memcpy (grove_buffer_extend (&buffer, 3), "abc", 3);                                           \
    g_assert_cmpint (grove_build (&buffer, __VA_ARGS__), ==, expected);                            \
    g_assert_cmpmem (buffer.bytes, buffer.size, "abc", 3);                                         \
    grove_buffer_finish (&buffer);                                                                 \
  }                                                                                                \
  G_STMT_END

static void
test_literals (void)
{
  ASSERT_BUILDS ("w\2ok", "ok");
  ASSERT_BUILDS ("w\13hello world", "'hello world'");
  ASSERT_BUILDS ("w\0", "''");
  ASSERT_BUILDS ("w\2\303\251", "'\303\251'");
  ASSERT_BUILDS ("a\52", "42");
  ASSERT_BUILDS ("b\377\377\377\377", "-1");
  ASSERT_BUILDS ("a\377", "16#ff");
  ASSERT_BUILDS ("F\77\370\0\0\0\0\0\0", "1.5");
  ASSERT_BUILDS ("h\2w\1aw\1b", "{a, b}");
  ASSERT_BUILDS ("h\0", "{}");
  ASSERT_BUILDS ("j", "[]");
  ASSERT_BUILDS ("k\0\2\1\2", "[1, 2]");
  ASSERT_BUILDS ("k\0\3abc", "\"abc\"");
  ASSERT_BUILDS ("j", "\"\"");
  ASSERT_BUILDS ("l\0\0\0\1b\0\0\40\254j", "\"\342\202\254\"");
  ASSERT_BUILDS ("m\0\0\0\3abc", "<<\"abc\">>");
  ASSERT_BUILDS ("m\0\0\0\0", "<<>>");
  ASSERT_BUILDS ("l\0\0\0\2a\1w\1aj", "[1, a]");
  ASSERT_BUILDS ("l\0\0\0\1w\1aw\1b", "[a | b]");
  ASSERT_BUILDS ("k\0\3\1\2\3", "[1 | [2, 3]]");
  ASSERT_BUILDS ("k\0\1\1", "[1 | []]");
  ASSERT_BUILDS ("l\0\0\0\1a\1a\2", "[1 | 2]");
  ASSERT_BUILDS ("t\0\0\0\0", "#{}");
  ASSERT_BUILDS ("t\0\0\0\2w\1aa\1w\1ba\2", "#{b => 2, a => 1}");
  ASSERT_BUILDS ("h\2w\1ah\1h\2a\1k\0\1\2", "{a, {{1, [2]}}}");
  ASSERT_BUILDS ("w\2ok", "  ok % and a comment");
}

static void
test_integers (void)
{
  ASSERT_BUILDS ("a\0", "~i", 0);
  ASSERT_BUILDS ("a\377", "~i", 255);
  ASSERT_BUILDS ("b\0\0\1\0", "~i", 256);
  ASSERT_BUILDS ("b\377\377\377\377", "~i", -1);
  ASSERT_BUILDS ("b\200\0\0\0", "~i", INT_MIN);
  ASSERT_BUILDS ("b\177\377\377\377", "~l", (int64_t) INT32_MAX);
  ASSERT_BUILDS ("n\4\0\0\0\0\200", "~l", (int64_t) INT32_MAX + 1);
  ASSERT_BUILDS ("n\4\1\1\0\0\200", "~l", (int64_t) INT32_MIN - 1);
  ASSERT_BUILDS ("n\10\1\0\0\0\0\0\0\0\200", "~l", INT64_MIN);
  ASSERT_BUILDS ("n\10\0\377\377\377\377\377\377\377\377", "~u", UINT64_MAX);
}

static void
test_directives (void)
{
  struct grove_term term = { (const uint8_t *) "w\2ok", 4 };

  grove_term_set_creation (5);
  ASSERT_BUILDS ("h\2w\7whisperm\0\0\0\2hi", "{whisper, ~s}", "hi");
  ASSERT_BUILDS ("m\0\0\0\0", "~s", "");
  ASSERT_BUILDS ("m\0\0\0\3a\0b", "~b", "a\0b", (size_t) 3);
  ASSERT_BUILDS ("m\0\0\0\0", "~b", NULL, (size_t) 0);
  ASSERT_BUILDS ("w\3foo", "~a", "foo");
  ASSERT_BUILDS ("F\77\270\0\0\0\0\0\0", "~f", 0.09375);
  ASSERT_BUILDS ("Xw\15nonode@nohost\0\0\0\14\0\0\0\3\0\0\0\5", "~p", (grove_pid) 3 << 32 | 12);
  ASSERT_BUILDS ("Z\0\3w\15nonode@nohost\0\0\0\5\0\0\0\7\0\0\0\0\0\0\0\0", "~r", (grove_ref) 7);
  ASSERT_BUILDS ("h\2w\2okw\2ok", "{~t,~t}", term, term);
  ASSERT_BUILDS ("h\3a\1h\2w\1aa\2w\1b", "{~i, {a, ~i}, b}", 1, 2);
}

/* A list of bytes is a string only if all of them turn out to be bytes. */
static void
test_lists (void)
{
  struct grove_term nil = { (const uint8_t *) "j", 1 }, string = { (const uint8_t *) "k\0\2ab", 5 };
  struct grove_term list = { (const uint8_t *) "l\0\0\0\1w\1xj", 9 }, big = { NULL, 0 };
  struct grove_term seven = { (const uint8_t *) "a\7", 2 }, atom = { (const uint8_t *) "w\1y", 3 };
  g_autofree uint8_t *bytes = g_malloc0 (3 + 65535);
  struct grove_buffer buffer = { 0 };

  ASSERT_BUILDS ("k\0\3\1\2\3", "[~i, 2, ~i]", 1, 3);
  ASSERT_BUILDS ("l\0\0\0\3b\0\0\1\0a\2a\3j", "[~i, 2, ~i]", 256, 3);
  ASSERT_BUILDS ("l\0\0\0\3a\1a\2b\377\377\377\377j", "[~i, 2, ~i]", 1, -1);
  ASSERT_BUILDS ("k\0\2\7\1", "[~t, 1]", seven);
  ASSERT_BUILDS ("l\0\0\0\2w\1ya\1j", "[~t, 1]", atom);
  ASSERT_BUILDS ("l\0\0\0\2h\1a\1w\1bj", "[{~i}, b]", 1);
  ASSERT_BUILDS ("h\2k\0\1\1l\0\0\0\1w\1aj", "{[~i], [~a]}", 1, "a");
  ASSERT_BUILDS ("l\0\0\0\2k\0\1\1k\0\1\2j", "[[~i], [~i]]", 1, 2);
  ASSERT_BUILDS ("k\0\1\1", "[~i | ~t]", 1, nil);
  ASSERT_BUILDS ("k\0\3\1ab", "[~i | ~t]", 1, string);
  ASSERT_BUILDS ("l\0\0\0\3b\0\0\1\0aaabj", "[~i | ~t]", 256, string);
  ASSERT_BUILDS ("l\0\0\0\3w\1zaaabj", "[z | ~t]", string);
  ASSERT_BUILDS ("l\0\0\0\2a\1w\1xj", "[~i | ~t]", 1, list);
  ASSERT_BUILDS ("l\0\0\0\1a\1w\1y", "[~i | ~t]", 1, atom);
  ASSERT_BUILDS ("l\0\0\0\1a\1a\7", "[~i | ~t]", 1, seven);
  ASSERT_BUILDS ("l\0\0\0\1a\1a\2", "[~i | ~i]", 1, 2);
  ASSERT_BUILDS ("l\0\0\0\1a\1h\1a\2", "[~i | {~i}]", 1, 2);
  /* One more than a string can hold. */
  bytes[0] = 'k';
  bytes[1] = bytes[2] = 0xff;
  big = (struct grove_term){ bytes, 3 + 65535 };
  g_assert_cmpint (grove_build (&buffer, "[~i | ~t]", 1, big), ==, GROVE_OK);
  g_assert_cmpint (buffer.bytes[0], ==, 'l');
  g_assert_cmpuint (buffer.size, ==, 5 + 2 * 65536 + 1);
  g_assert_cmpuint (grove_term_arity (grove_buffer_term (&buffer)), ==, 65536);
  grove_buffer_finish (&buffer);
}

static void
test_maps (void)
{
  ASSERT_BUILDS ("t\0\0\0\2w\1aa\1w\1ba\2", "#{~a => ~i, ~a => ~i}", "b", 2, "a", 1);
  ASSERT_BUILDS ("t\0\0\0\2a\1a\2F\77\360\0\0\0\0\0\0a\1", "#{~f => 1, 1 => ~i}", 1.0, 2);
  ASSERT_BUILDS ("t\0\0\0\2w\1aa\1w\1bt\0\0\0\2a\1a\1a\2a\2", "#{b => #{2 => ~i, 1 => 1}, a => ~i}",
                 2, 1);
  ASSERT_FAILS (GROVE_ERR_SYNTAX, "#{~a => 1, ~a => 2}", "a", "a");
}

static void
test_bad_arguments (void)
{
  char long_name[300];

  memset (long_name, 'a', sizeof long_name);
  long_name[256] = 0;
  ASSERT_FAILS (GROVE_ERR_TOO_LARGE, "~a", long_name);
  long_name[255] = 0;
  {
    struct grove_buffer buffer = { 0 };

    g_assert_cmpint (grove_build (&buffer, "~a", long_name), ==, GROVE_OK);
    g_assert_cmpint (grove_term_check (buffer.bytes, buffer.size, NULL), ==, GROVE_OK);
    grove_buffer_finish (&buffer);
  }
  ASSERT_FAILS (GROVE_ERR_SYNTAX, "~a", "\377");
  ASSERT_FAILS (GROVE_ERR_SYNTAX, "~a", NULL);
  ASSERT_FAILS (GROVE_ERR_SYNTAX, "{a, ~s}", NULL);
  ASSERT_FAILS (GROVE_ERR_SYNTAX, "~b", NULL, (size_t) 1);
  ASSERT_FAILS (GROVE_ERR_TOO_LARGE, "~b", "", (size_t) 1 << 40);
  ASSERT_FAILS (GROVE_ERR_SYNTAX, "~f", (double) NAN);
  ASSERT_FAILS (GROVE_ERR_SYNTAX, "~f", (double) INFINITY);
  ASSERT_FAILS (GROVE_ERR_SYNTAX, "{~t}", (struct grove_term){ 0 });
}

static void
test_bad_formats (void)
{
  static const char *const bad[] = {
    "",       " ",      "{",       "{a",      "{a,",          "{a,}", "}",   "a b",
    "[a",     "[a,]",   "[a|b",    "[a||b]",  "[a|b,c]",      "[|a]", "#{",  "#{a}",
    "#{a=>}", "#{a=>1", "#a",      "~",       "~x",           "~ i",  "A",   "'abc",
    "\"abc",  "<<a>>",  "<<\"a\"", "<<256>>", "1.5.",         "-",    "16#", "37#1",
    "_",      "{_}",    "[a|_]",   "\377",    "#{a=>1,a=>2}", "ok.",  "(a)", "[~i|\"abc\"]",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *shown = g_strescape (bad[i], NULL);

      g_test_message ("%s", shown);
      ASSERT_FAILS (GROVE_ERR_SYNTAX, bad[i]);
    }
}

/* Size, nesting and number of directives of a format are bounded. */
static void
test_large_formats (void)
{
  g_autoptr (GString) deep = g_string_new (NULL), many = g_string_new ("{0"),
                      large = g_string_new ("\"");

  for (int i = 0; i < 40; i++)
    g_string_append (deep, "{");
  for (int i = 0; i < 40; i++)
    g_string_append (deep, "}");
  for (int i = 0; i < 300; i++)
    g_string_append (many, ",0");
  g_string_append (many, "}");
  for (int i = 0; i < 5000; i++)
    g_string_append (large, "x");
  g_string_append (large, "\"");
  ASSERT_FAILS (GROVE_ERR_SYNTAX, deep->str);
  ASSERT_FAILS (GROVE_ERR_SYNTAX, many->str);
  ASSERT_FAILS (GROVE_ERR_TOO_LARGE, large->str);
}

static size_t
build_into (void *bytes, size_t capacity, const char *format, ...)
{
  va_list args;
  size_t  size;

  va_start (args, format);
  size = grove_build_into (bytes, capacity, format, args);
  va_end (args);
  return size;
}

/* For every capacity: the same size is reported, and nothing is written behind it. */
static void
test_into (void)
{
#define FORMAT "{whisper, ~s, [~i, 2], [~i, 2 | ~t], #{~a => ~p, b => <<1>>}, ~r}"
#define ARGS   "hello", 1, 1000, string, "z", (grove_pid) 5, (grove_ref) 6
  struct grove_term string = { (const uint8_t *) "k\0\2ab", 5 };
  uint8_t           all[200], bytes[200];
  size_t            size = build_into (all, sizeof all, FORMAT, ARGS);

  g_assert_cmpuint (size, >, 50);
  g_assert_cmpint (grove_term_check (all, size, NULL), ==, GROVE_OK);
  for (size_t capacity = 0; capacity < sizeof bytes; capacity++)
    {
      memset (bytes, 0xee, sizeof bytes);
      g_assert_cmpuint (build_into (bytes, capacity, FORMAT, ARGS), ==, size);
      if (capacity >= size)
        g_assert_cmpmem (bytes, size, all, size);
      for (size_t i = MIN (capacity, sizeof bytes); i < sizeof bytes; i++)
        g_assert_cmpint (bytes[i], ==, 0xee);
    }
  g_assert_cmpuint (build_into (NULL, 0, FORMAT, ARGS), ==, size);
  g_assert_cmpuint (build_into (bytes, sizeof bytes, "{a"), ==, 0);
#undef FORMAT
#undef ARGS
}

static void
test_appends (void)
{
  struct grove_buffer buffer = { 0 };

  for (int i = 0; i < 1000; i++)
    g_assert_cmpint (grove_build (&buffer, "{~i}", i % 200), ==, GROVE_OK);
  g_assert_cmpuint (buffer.size, ==, 4000);
  for (size_t at = 0, n = 0; at < buffer.size; n++)
    {
      size_t used;

      g_assert_cmpint (grove_term_check (buffer.bytes + at, buffer.size - at, &used), ==, GROVE_OK);
      g_assert_cmpint (buffer.bytes[at + 3], ==, n % 200);
      at += used;
    }
  grove_buffer_finish (&buffer);
  g_assert_null (buffer.bytes);
}

/* ---- Matching -------------------------------------------------------------------------------- */

static bool
matches (const char *term, const char *format)
{
  struct grove_buffer buffer = { 0 };
  bool                matched;

  g_assert_cmpint (grove_term_parse (term, strlen (term), &buffer, NULL, NULL), ==, GROVE_OK);
  matched = grove_match (grove_buffer_term (&buffer), format);
  grove_buffer_finish (&buffer);
  return matched;
}

static void
test_patterns (void)
{
  static const struct
  {
    const char *term;
    const char *format;
    bool        matched;
  } rows[] = {
    { "ok", "ok", true },
    { "ok", "'ok'", true },
    { "ok", "error", false },
    { "ok", "_", true },
    { "{a, b}", "{a, _}", true },
    { "{a, b}", "{a}", false },
    { "{a, b}", "{a, b, _}", false },
    { "{a, {b, [c]}}", "{_, {b, [c]}}", true },
    { "{a, {b, [c]}}", "{_, {b, [d]}}", false },
    { "[1, 2, 3]", "[1, 2, 3]", true },
    { "[1, 2, 3]", "[_, 2, _]", true },
    { "[1, 2, 3]", "[_, 2]", false },
    { "[1, 2, 3]", "[_, 2 | _]", true },
    { "[1, 2, 3]", "[_, _, _ | _]", true },
    { "[1, 2, 3]", "[_, _, _, _ | _]", false },
    { "[1, 2, 3]", "[_, _, _, _]", false },
    { "[1, 2, 3]", "\"\\1\\2\\3\"", true },
    { "[a | b]", "[_ | b]", true },
    { "[a | b]", "[_ | c]", false },
    { "[a | b]", "[_]", false },
    { "[a]", "[_ | b]", false },
    { "[a | {b, c}]", "[_ | {b, _}]", true },
    { "[a | {b, c}]", "[_ | {c, _}]", false },
    { "[a | #{b => c}]", "[a | #{}]", true },
    { "[]", "[]", true },
    { "[]", "[_ | _]", false },
    { "[]", "\"\"", true },
    { "a", "[_ | _]", false },
    { "1", "1.0", false },
    { "1.0", "1.0", true },
    { "1.0", "1", false },
    { "#{a => 1, b => 2}", "#{a => 1}", true },
    { "#{a => 1, b => 2}", "#{a := 1}", true },
    { "#{a => 1, b => 2}", "#{b => _, a => _}", true },
    { "#{a => 1, b => 2}", "#{c => _}", false },
    { "#{a => 1, b => 2}", "#{a => 2}", false },
    { "#{a => 1}", "#{}", true },
    { "#{[1, 2] => {x}}", "#{[1, 2] => {_}}", true },
    { "{}", "#{}", false },
    { "<<\"abc\">>", "<<\"abc\">>", true },
    { "<<\"abc\">>", "\"abc\"", false },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s against %s", rows[i].term, rows[i].format);
      g_assert_cmpint (matches (rows[i].term, rows[i].format), ==, rows[i].matched);
    }
}

static void
test_bad_patterns (void)
{
  static const char *const bad[] = { "", "{a", "~q", "[_ | ~t]", "#{~a => _}", "#{_ => 1}" };

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i]);
      g_assert_false (matches ("[a]", bad[i]));
      g_assert_false (matches ("#{a => 1}", bad[i]));
    }
}

static void
test_bindings (void)
{
  struct grove_buffer buffer = { 0 };
  struct grove_text   atom, text, bytes;
  struct grove_term   term, wrong = { NULL, 0 };
  int                 small;
  int64_t             middle;
  uint64_t            large;
  double              number;
  grove_pid           pid;
  grove_ref           ref;

#define FORMAT "{~a, [~i, ~l], ~u, #{f => ~f}, ~p, ~r, ~s, ~b, ~t}"
  g_assert_cmpint (grove_build (&buffer,
                                "{~a, [~i, ~l], ~u, #{f => ~f, g => 1}, ~p, ~r, ~s, ~b, {x, ~i}}",
                                "name", -7, INT64_MIN, UINT64_MAX, 0.25, (grove_pid) 1 << 40 | 9,
                                (grove_ref) 1 << 60 | 8, "text", "by\0es", (size_t) 5, 3),
                   ==, GROVE_OK);
  g_assert_true (grove_match (grove_buffer_term (&buffer), FORMAT, &atom, &small, &middle, &large,
                              &number, &pid, &ref, &text, &bytes, &term));
  g_assert_cmpmem (atom.bytes, atom.size, "name", 4);
  g_assert_cmpint (small, ==, -7);
  g_assert_cmpint (middle, ==, INT64_MIN);
  g_assert_cmpuint (large, ==, UINT64_MAX);
  g_assert_cmpfloat (number, ==, 0.25);
  g_assert_cmpuint (pid, ==, (grove_pid) 1 << 40 | 9);
  g_assert_cmpuint (ref, ==, (grove_ref) 1 << 60 | 8);
  g_assert_cmpmem (text.bytes, text.size, "text", 4);
  g_assert_cmpmem (bytes.bytes, bytes.size, "by\0es", 5);
  g_assert_true (grove_match (term, "{x, 3}"));
  /* What is bound points into the term. */
  g_assert_true (term.bytes > buffer.bytes && term.bytes < buffer.bytes + buffer.size);
  /* NULL for what is not wanted. */
  g_assert_true (grove_match (grove_buffer_term (&buffer), FORMAT, NULL, NULL, NULL, NULL, NULL,
                              NULL, NULL, NULL, NULL, &wrong));
  g_assert_cmpuint (wrong.size, ==, term.size);
#undef FORMAT
  grove_buffer_finish (&buffer);
}

/* A string has no terms in it, yet its elements can be bound. */
static void
test_bind_in_string (void)
{
  struct grove_buffer buffer = { 0 };
  struct grove_term   element;
  int                 number = 0;

  g_assert_cmpint (grove_build (&buffer, "[1, 2, 250]"), ==, GROVE_OK);
  g_assert_true (grove_match (grove_buffer_term (&buffer), "[1, ~i, ~t]", &number, &element));
  g_assert_cmpint (number, ==, 2);
  grove_buffer_finish (&buffer);
  g_assert_true (grove_match (element, "250"));
}

static void
test_unfit (void)
{
  struct grove_buffer buffer = { 0 };
  int                 small = 5, other = 6;
  uint64_t            large = 5;
  double              number = 5;
  grove_pid           pid = 5;

  /* The first fits and the second does not: neither is bound. */
  g_assert_cmpint (grove_build (&buffer, "{1, ~l}", (int64_t) INT_MAX + 1), ==, GROVE_OK);
  g_assert_false (grove_match (grove_buffer_term (&buffer), "{~i, ~i}", &small, &other));
  g_assert_cmpint (small, ==, 5);
  g_assert_cmpint (other, ==, 6);
  buffer.size = 0;
  g_assert_cmpint (grove_build (&buffer, "-1"), ==, GROVE_OK);
  g_assert_false (grove_match (grove_buffer_term (&buffer), "~u", &large));
  g_assert_false (grove_match (grove_buffer_term (&buffer), "~f", &number));
  g_assert_false (grove_match (grove_buffer_term (&buffer), "~p", &pid));
  g_assert_false (grove_match ((struct grove_term){ 0 }, "_"));
  g_assert_cmpfloat (number, ==, 5);
  g_assert_cmpuint (large + pid, ==, 10);
  grove_buffer_finish (&buffer);
}

/* ---- The cache ------------------------------------------------------------------------------- */

/* The text decides and not its address. */
static void
test_reused_buffer (void)
{
  struct grove_buffer buffer = { 0 };
  char                format[20];

  for (int i = 0; i < 2000; i++)
    {
      int number;

      g_snprintf (format, sizeof format, "{%d, ~i}", i % 100);
      buffer.size = 0;
      g_assert_cmpint (grove_build (&buffer, format, i), ==, GROVE_OK);
      g_assert_true (grove_match (grove_buffer_term (&buffer), "{~i, _}", &number));
      g_assert_cmpint (number, ==, i % 100);
    }
  grove_buffer_finish (&buffer);
}

/* More formats than are kept. Without an end to the table this would also show as a leak. */
static void
test_many_formats (void)
{
  struct grove_buffer buffer = { 0 };
  char                format[32];

  for (int i = 0; i < 10000; i++)
    {
      int number, other;

      g_snprintf (format, sizeof format, "{many, %d, ~i}", i);
      buffer.size = 0;
      g_assert_cmpint (grove_build (&buffer, format, 7), ==, GROVE_OK);
      g_assert_true (grove_match (grove_buffer_term (&buffer), "{many, ~i, ~i}", &number, &other));
      g_assert_cmpint (number, ==, i);
      g_assert_cmpint (other, ==, 7);
    }
  grove_buffer_finish (&buffer);
}

static void *
build_and_match (void *arg)
{
  int                 id = GPOINTER_TO_INT (arg);
  struct grove_buffer buffer = { 0 };
  char                format[40];

  for (int i = 0; i < 3000; i++)
    {
      int number, other;

      g_snprintf (format, sizeof format, "{shared, %d, ~i}", i % 200);
      buffer.size = 0;
      g_assert_cmpint (grove_build (&buffer, format, id), ==, GROVE_OK);
      g_assert_true (
        grove_match (grove_buffer_term (&buffer), "{shared, ~i, ~i}", &number, &other));
      g_assert_cmpint (number, ==, i % 200);
      g_assert_cmpint (other, ==, id);
    }
  grove_buffer_finish (&buffer);
  return NULL;
}

static void
test_threads (void)
{
  pthread_t threads[4];

  for (int i = 0; i < 4; i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, build_and_match, GINT_TO_POINTER (i)), ==,
                     0);
  for (int i = 0; i < 4; i++)
    g_assert_cmpint (pthread_join (threads[i], NULL), ==, 0);
}

/* ---- How long it takes ----------------------------------------------------------------------- */

static double
ns_each (gint64 start_us, int n)
{
  return (double) (g_get_monotonic_time () - start_us) * 1000 / n;
}

static void
test_speed (void)
{
  enum
  {
    N = 200000
  };
  struct grove_buffer buffer = { 0 };
  struct grove_text   text;
  uint8_t             bytes[64];
  int                 number;
  gint64              start = g_get_monotonic_time ();

  for (int i = 0; i < N; i++)
    g_assert_cmpuint (build_into (bytes, sizeof bytes, "~i", i & 127), ==, 2);
  g_test_message ("build ~~i: %.1f ns", ns_each (start, N));
  start = g_get_monotonic_time ();
  for (int i = 0; i < N; i++)
    g_assert_cmpuint (build_into (bytes, sizeof bytes, "{whisper, ~s}", "hello"), ==, 21);
  g_test_message ("build {whisper, ~~s}: %.1f ns", ns_each (start, N));
  g_assert_cmpint (grove_build (&buffer, "{whisper, ~s}", "hello"), ==, GROVE_OK);
  start = g_get_monotonic_time ();
  for (int i = 0; i < N; i++)
    g_assert_true (grove_match (grove_buffer_term (&buffer), "{whisper, ~s}", &text));
  g_test_message ("match {whisper, ~~s}: %.1f ns", ns_each (start, N));
  buffer.size = 0;
  g_assert_cmpint (grove_build (&buffer, "~i", 5), ==, GROVE_OK);
  start = g_get_monotonic_time ();
  for (int i = 0; i < N; i++)
    g_assert_true (grove_match (grove_buffer_term (&buffer), "~i", &number));
  g_test_message ("match ~~i: %.1f ns", ns_each (start, N));
  grove_buffer_finish (&buffer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/term/build/literals", test_literals);
  g_test_add_func ("/runtime/term/build/integers", test_integers);
  g_test_add_func ("/runtime/term/build/directives", test_directives);
  g_test_add_func ("/runtime/term/build/lists", test_lists);
  g_test_add_func ("/runtime/term/build/maps", test_maps);
  g_test_add_func ("/runtime/term/build/bad-arguments", test_bad_arguments);
  g_test_add_func ("/runtime/term/build/bad-formats", test_bad_formats);
  g_test_add_func ("/runtime/term/build/large-formats", test_large_formats);
  g_test_add_func ("/runtime/term/build/into", test_into);
  g_test_add_func ("/runtime/term/build/appends", test_appends);
  g_test_add_func ("/runtime/term/match/patterns", test_patterns);
  g_test_add_func ("/runtime/term/match/bad-patterns", test_bad_patterns);
  g_test_add_func ("/runtime/term/match/bindings", test_bindings);
  g_test_add_func ("/runtime/term/match/bind-in-string", test_bind_in_string);
  g_test_add_func ("/runtime/term/match/unfit", test_unfit);
  g_test_add_func ("/runtime/term/format/reused-buffer", test_reused_buffer);
  g_test_add_func ("/runtime/term/format/many", test_many_formats);
  g_test_add_func ("/runtime/term/format/threads", test_threads);
  g_test_add_func ("/runtime/term/format/speed", test_speed);
  return g_test_run ();
}
