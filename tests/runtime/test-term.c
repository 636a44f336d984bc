/* SPDX-License-Identifier: MIT
 *
 * Tests of runtime/term: checking foreign bytes, reading values, equality and order.
 */
#include "tests/runtime/test-term-random.h"

#include <string.h>

#define N_RANDOM 3000

/* A term from a string literal; zeros in it are fine. */
#define TERM(bytes) ((struct grove_term){ (const uint8_t *) (bytes), sizeof (bytes) - 1 })

static struct grove_term
term_of (struct grove_buffer *buffer)
{
  return grove_buffer_term (buffer);
}

/* Parses, for the tests that are not about parsing. */
static struct grove_term
parsed (struct grove_buffer *buffer, const char *text)
{
  buffer->size = 0;
  g_assert_cmpint (grove_term_parse (text, strlen (text), buffer, NULL, NULL), ==, GROVE_OK);
  return term_of (buffer);
}

/* ---- Checking -------------------------------------------------------------------------------- */

struct bytes_row
{
  const char       *path;
  const char       *bytes;
  size_t            size;
  enum grove_status status;
};

#define ROW(path, bytes, status)                                                                   \
  {                                                                                                \
    "/runtime/term/check/" path, bytes, sizeof (bytes) - 1, status                                 \
  }
#define NODE "w\1n"

static const struct bytes_row rows[] = {
  ROW ("empty", "", GROVE_ERR_SYNTAX),
  ROW ("version-byte", "\203a\1", GROVE_ERR_SYNTAX),
  ROW ("unknown-tag", "\1", GROVE_ERR_SYNTAX),
  ROW ("compressed", "P\0\0\0\1x", GROVE_ERR_SYNTAX),
  ROW ("atom-cache", "R\0", GROVE_ERR_SYNTAX),
  ROW ("trailing", "a\1a", GROVE_ERR_SYNTAX),
  ROW ("small-integer", "a\377", GROVE_OK),
  ROW ("small-integer-cut", "a", GROVE_ERR_SYNTAX),
  ROW ("integer", "b\377\0\0\0", GROVE_OK),
  ROW ("integer-cut", "b\0\0\0", GROVE_ERR_SYNTAX),
  ROW ("float", "F\77\360\0\0\0\0\0\0", GROVE_OK),
  ROW ("float-infinite", "F\177\360\0\0\0\0\0\0", GROVE_ERR_SYNTAX),
  ROW ("float-nan", "F\177\370\0\0\0\0\0\1", GROVE_ERR_SYNTAX),
  ROW ("float-cut", "F\77\360\0\0\0\0\0", GROVE_ERR_SYNTAX),
  ROW ("old-float", "c1.50000000000000000000e+00\0\0\0\0\0", GROVE_OK),
  ROW ("old-float-words",
       "cinfinity\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
       GROVE_ERR_SYNTAX),
  ROW ("old-float-infinite", "c1.50000000000000000000e+999\0\0\0\0", GROVE_ERR_SYNTAX),
  ROW ("old-float-unended", "c1.5000000000000000000000000e+00", GROVE_ERR_SYNTAX),
  ROW ("big", "n\1\0\5", GROVE_OK),
  ROW ("big-of-nothing", "n\0\0", GROVE_OK),
  ROW ("big-sign", "n\1\2\5", GROVE_ERR_SYNTAX),
  ROW ("big-cut", "n\2\0\5", GROVE_ERR_SYNTAX),
  ROW ("large-big", "o\0\0\0\1\1\5", GROVE_OK),
  ROW ("large-big-cut", "o\377\377\377\377\0\5", GROVE_ERR_SYNTAX),
  ROW ("atom", "w\2ok", GROVE_OK),
  ROW ("atom-empty", "w\0", GROVE_OK),
  ROW ("atom-cut", "w\3ok", GROVE_ERR_SYNTAX),
  ROW ("atom-long-form", "v\0\2ok", GROVE_OK),
  ROW ("atom-long-form-cut", "v\0", GROVE_ERR_SYNTAX),
  ROW ("atom-not-utf8", "w\1\351", GROVE_ERR_SYNTAX),
  ROW ("atom-overlong", "w\2\300\200", GROVE_ERR_SYNTAX),
  ROW ("atom-surrogate", "w\3\355\240\200", GROVE_ERR_SYNTAX),
  ROW ("atom-latin1", "d\0\1\351", GROVE_OK),
  ROW ("atom-small-latin1", "s\1\351", GROVE_OK),
  ROW ("nil", "j", GROVE_OK),
  ROW ("string", "k\0\2ab", GROVE_OK),
  ROW ("string-cut", "k\0\3ab", GROVE_ERR_SYNTAX),
  ROW ("list", "l\0\0\0\1a\1j", GROVE_OK),
  ROW ("list-improper", "l\0\0\0\1a\1a\2", GROVE_OK),
  ROW ("list-without-tail", "l\0\0\0\1a\1", GROVE_ERR_SYNTAX),
  ROW ("list-of-nothing", "l\0\0\0\0j", GROVE_ERR_SYNTAX),
  ROW ("list-huge", "l\377\377\377\377a\1j", GROVE_ERR_SYNTAX),
  ROW ("tuple", "h\2a\1a\2", GROVE_OK),
  ROW ("tuple-empty", "h\0", GROVE_OK),
  ROW ("tuple-cut", "h\2a\1", GROVE_ERR_SYNTAX),
  ROW ("tuple-large", "i\0\0\0\1a\1", GROVE_OK),
  ROW ("tuple-huge", "i\377\377\377\377a\1", GROVE_ERR_SYNTAX),
  ROW ("map", "t\0\0\0\1a\1a\2", GROVE_OK),
  ROW ("map-huge", "t\377\377\377\377a\1a\2", GROVE_ERR_SYNTAX),
  ROW ("map-cut", "t\0\0\0\1a\1", GROVE_ERR_SYNTAX),
  ROW ("map-same-key", "t\0\0\0\2a\1a\2a\1a\3", GROVE_ERR_SYNTAX),
  ROW ("map-same-key-apart", "t\0\0\0\3a\1a\2a\0a\2b\0\0\0\1a\3", GROVE_ERR_SYNTAX),
  ROW ("map-integer-and-float", "t\0\0\0\2a\1a\2F\77\360\0\0\0\0\0\0a\3", GROVE_OK),
  ROW ("binary", "m\0\0\0\1x", GROVE_OK),
  ROW ("binary-cut", "m\0\0\0\2x", GROVE_ERR_SYNTAX),
  ROW ("binary-huge", "m\377\377\377\377x", GROVE_ERR_SYNTAX),
  ROW ("bits", "M\0\0\0\1\3\340", GROVE_OK),
  ROW ("bits-nine", "M\0\0\0\1\11\340", GROVE_ERR_SYNTAX),
  ROW ("bits-none", "M\0\0\0\1\0\340", GROVE_ERR_SYNTAX),
  ROW ("bits-empty", "M\0\0\0\0\0", GROVE_OK),
  ROW ("bits-empty-with-bits", "M\0\0\0\0\3", GROVE_ERR_SYNTAX),
  ROW ("new-pid", "X" NODE "\0\0\0\1\0\0\0\2\0\0\0\3", GROVE_OK),
  ROW ("new-pid-cut", "X" NODE "\0\0\0\1\0\0\0\2\0\0\0", GROVE_ERR_SYNTAX),
  ROW ("new-pid-node", "Xa\1\0\0\0\1\0\0\0\2\0\0\0\3", GROVE_ERR_SYNTAX),
  ROW ("pid", "g" NODE "\0\0\0\1\0\0\0\2\3", GROVE_OK),
  ROW ("pid-cut", "g" NODE "\0\0\0\1\0\0\0\2", GROVE_ERR_SYNTAX),
  ROW ("newer-reference", "Z\0\1" NODE "\0\0\0\1\0\0\0\2", GROVE_OK),
  ROW ("newer-reference-words", "Z\0\6" NODE "\0\0\0\1\0\0\0\2", GROVE_ERR_SYNTAX),
  ROW ("newer-reference-no-words", "Z\0\0" NODE "\0\0\0\1", GROVE_ERR_SYNTAX),
  ROW ("newer-reference-cut", "Z\0\2" NODE "\0\0\0\1\0\0\0\2", GROVE_ERR_SYNTAX),
  ROW ("new-reference", "r\0\1" NODE "\1\0\0\0\2", GROVE_OK),
  ROW ("port", "f" NODE "\0\0\0\1\1", GROVE_OK),
  ROW ("new-port", "Y" NODE "\0\0\0\1\0\0\0\1", GROVE_OK),
  ROW ("v4-port", "x" NODE "\0\0\0\0\0\0\0\1\0\0\0\1", GROVE_OK),
  ROW ("export", "qw\1mw\1fa\1", GROVE_OK),
  ROW ("export-arity", "qw\1mw\1fb\0\0\0\1", GROVE_ERR_SYNTAX),
  ROW ("fun",
       "p\0\0\0\71"
       "\0"
       "0123456789abcdef"
       "\0\0\0\0"
       "\0\0\0\1"
       "w\1m"
       "a\0"
       "a\0"
       "X" NODE "\0\0\0\1\0\0\0\2\0\0\0\3"
       "w\3abc",
       GROVE_OK),
  ROW ("fun-size",
       "p\0\0\0\74"
       "\0"
       "0123456789abcdef"
       "\0\0\0\0"
       "\0\0\0\1"
       "w\1m"
       "a\0"
       "a\0"
       "X" NODE "\0\0\0\1\0\0\0\2\0\0\0\3"
       "w\3abc",
       GROVE_ERR_SYNTAX),
  ROW ("fun-tiny", "p\0\0\0\4", GROVE_ERR_SYNTAX),
  ROW ("fun-huge", "p\377\377\377\377", GROVE_ERR_SYNTAX),
};

static void
test_check (gconstpointer data)
{
  const struct bytes_row *row = data;
  /* A copy of exactly that size, so that a sanitizer sees any step beyond it. */
  g_autofree char *copy = g_memdup2 (row->bytes, row->size);

  g_assert_cmpint (grove_term_check (copy, row->size, NULL), ==, row->status);
}

/* Whatever is cut off a good term, it is not good any more. */
static void
test_check_prefixes (void)
{
  guint32 seed = random_seed ();
  g_autoptr (GRand) values = g_rand_new_with_seed (seed), forms = g_rand_new_with_seed (seed + 1);
  struct grove_buffer buffer = { 0 };

  for (int i = 0; i < 300; i++)
    {
      buffer.size = 0;
      random_term (values, forms, RANDOM_VARIED, &buffer);
      g_assert_cmpint (grove_term_check (buffer.bytes, buffer.size, NULL), ==, GROVE_OK);
      for (size_t size = 0; size < buffer.size && size < 400; size++)
        {
          g_autofree char *copy = g_memdup2 (buffer.bytes, size);

          g_assert_cmpint (grove_term_check (copy, size, NULL), !=, GROVE_OK);
        }
    }
  grove_buffer_finish (&buffer);
}

static void
test_check_rest (void)
{
  size_t size = 0;

  g_assert_cmpint (grove_term_check ("w\2okjunk", 8, &size), ==, GROVE_OK);
  g_assert_cmpuint (size, ==, 4);
}

/* [[[...]]] */
static void
nested (struct grove_buffer *buffer, unsigned depth)
{
  buffer->size = 0;
  for (unsigned i = 1; i < depth; i++)
    memcpy (grove_buffer_extend (buffer, 2), "h\1", 2);
  memcpy (grove_buffer_extend (buffer, 2), "h\0", 2);
}

static void
test_check_depth (void)
{
  struct grove_buffer buffer = { 0 };

  nested (&buffer, 256);
  g_assert_cmpint (grove_term_check (buffer.bytes, buffer.size, NULL), ==, GROVE_OK);
  nested (&buffer, 257);
  g_assert_cmpint (grove_term_check (buffer.bytes, buffer.size, NULL), ==, GROVE_ERR_TOO_LARGE);
  nested (&buffer, 100000);
  g_assert_cmpint (grove_term_check (buffer.bytes, buffer.size, NULL), ==, GROVE_ERR_TOO_LARGE);
  grove_buffer_finish (&buffer);
}

/* Comparing keys that are maps with keys that are maps costs a factor for each: there is a limit.
 */
static void
test_check_keys_of_keys (void)
{
  struct grove_buffer buffer = { 0 };

  parsed (&buffer, "#{#{#{#{#{a => 1} => 1} => 1} => 1} => 1}");
  g_assert_cmpint (grove_term_check (buffer.bytes, buffer.size, NULL), ==, GROVE_OK);
  parsed (&buffer, "#{#{#{#{#{#{a => 1} => 1} => 1} => 1} => 1} => 1}");
  g_assert_cmpint (grove_term_check (buffer.bytes, buffer.size, NULL), ==, GROVE_ERR_TOO_LARGE);
  /* In values there is none. */
  parsed (&buffer, "#{a => #{a => #{a => #{a => #{a => #{a => 1}}}}}}");
  g_assert_cmpint (grove_term_check (buffer.bytes, buffer.size, NULL), ==, GROVE_OK);
  grove_buffer_finish (&buffer);
}

static void
test_check_atom_length (void)
{
  struct grove_buffer buffer = { 0 };
  char                name[1024];

  for (unsigned n = 255; n <= 256; n++)
    {
      uint8_t *head;

      buffer.size = 0;
      head = grove_buffer_extend (&buffer, 3);
      head[0] = 'v';
      head[1] = (uint8_t) (2 * n >> 8);
      head[2] = (uint8_t) (2 * n);
      for (unsigned i = 0; i < n; i++)
        memcpy (name + 2 * i, "\303\251", 2);
      memcpy (grove_buffer_extend (&buffer, 2 * n), name, 2 * n);
      g_assert_cmpint (grove_term_check (buffer.bytes, buffer.size, NULL), ==,
                       n == 255 ? GROVE_OK : GROVE_ERR_TOO_LARGE);
    }
  grove_buffer_finish (&buffer);
}

/* ---- Values ---------------------------------------------------------------------------------- */

static void
test_types (void)
{
  g_assert_cmpint (grove_term_type ((struct grove_term){ 0 }), ==, GROVE_TERM_INVALID);
  g_assert_cmpint (grove_term_type (TERM ("n\1\0\5")), ==, GROVE_TERM_INTEGER);
  g_assert_cmpint (grove_term_type (TERM ("j")), ==, GROVE_TERM_LIST);
  g_assert_cmpint (grove_term_type (TERM ("k\0\1a")), ==, GROVE_TERM_LIST);
  g_assert_cmpint (grove_term_type (TERM ("M\0\0\0\1\10x")), ==, GROVE_TERM_BINARY);
  g_assert_cmpint (grove_term_type (TERM ("M\0\0\0\1\3x")), ==, GROVE_TERM_BITSTRING);
  g_assert_cmpint (grove_term_type (TERM ("s\1\351")), ==, GROVE_TERM_ATOM);
  g_assert_cmpint (grove_term_type (TERM ("qw\1mw\1fa\1")), ==, GROVE_TERM_FUN);
  g_assert_cmpint (grove_term_type (TERM ("f" NODE "\0\0\0\1\1")), ==, GROVE_TERM_PORT);
  g_assert_cmpint (grove_term_type (TERM ("g" NODE "\0\0\0\1\0\0\0\2\3")), ==, GROVE_TERM_PID);
  g_assert_cmpint (grove_term_type (TERM ("r\0\1" NODE "\1\0\0\0\2")), ==, GROVE_TERM_REFERENCE);
}

static void
test_integers (void)
{
  int64_t  value = 77;
  uint64_t magnitude = 77;

  g_assert_true (grove_term_int64 (TERM ("b\377\377\377\377"), &value));
  g_assert_cmpint (value, ==, -1);
  g_assert_true (grove_term_int64 (TERM ("b\200\0\0\0"), &value));
  g_assert_cmpint (value, ==, INT32_MIN);
  g_assert_true (grove_term_int64 (TERM ("n\10\1\0\0\0\0\0\0\0\200"), &value));
  g_assert_cmpint (value, ==, INT64_MIN);
  g_assert_false (grove_term_int64 (TERM ("n\10\0\0\0\0\0\0\0\0\200"), &value));
  g_assert_cmpint (value, ==, INT64_MIN);
  g_assert_true (grove_term_uint64 (TERM ("n\10\0\0\0\0\0\0\0\0\200"), &magnitude));
  g_assert_cmpuint (magnitude, ==, 1ull << 63);
  /* Zeros at the end of the magnitude change nothing. */
  g_assert_true (grove_term_uint64 (TERM ("n\12\0\5\0\0\0\0\0\0\0\0\0"), &magnitude));
  g_assert_cmpuint (magnitude, ==, 5);
  g_assert_false (grove_term_uint64 (TERM ("n\11\0\5\0\0\0\0\0\0\0\1"), &magnitude));
  g_assert_false (grove_term_uint64 (TERM ("b\377\377\377\377"), &magnitude));
  g_assert_true (grove_term_int64 (TERM ("n\1\1\0"), &value));
  g_assert_cmpint (value, ==, 0);
  g_assert_false (grove_term_int64 (TERM ("F\77\360\0\0\0\0\0\0"), &value));
  g_assert_false (grove_term_int64 (TERM ("w\2ok"), &value));
}

static void
test_floats (void)
{
  double value = 0;

  g_assert_true (grove_term_double (TERM ("F\277\370\0\0\0\0\0\0"), &value));
  g_assert_cmpfloat (value, ==, -1.5);
  g_assert_true (grove_term_double (TERM ("c1.50000000000000000000e-02\0\0\0\0\0"), &value));
  g_assert_cmpfloat (value, ==, 0.015);
  g_assert_false (grove_term_double (TERM ("a\1"), &value));
}

static void
test_texts (void)
{
  struct grove_text text;

  g_assert_true (grove_term_atom (TERM ("w\2ok"), &text));
  g_assert_cmpmem (text.bytes, text.size, "ok", 2);
  g_assert_true (grove_term_atom (TERM ("d\0\2ok"), &text));
  g_assert_cmpmem (text.bytes, text.size, "ok", 2);
  g_assert_false (grove_term_atom (TERM ("s\1\351"), &text));
  g_assert_false (grove_term_atom (TERM ("m\0\0\0\1x"), &text));
  g_assert_true (grove_term_is_atom (TERM ("s\1\351"), "\303\251"));
  g_assert_true (grove_term_is_atom (TERM ("w\2ok"), "ok"));
  g_assert_false (grove_term_is_atom (TERM ("w\2ok"), "okay"));
  g_assert_false (grove_term_is_atom (TERM ("w\2ok"), "o"));
  g_assert_false (grove_term_is_atom (TERM ("k\0\2ok"), "ok"));
  g_assert_true (grove_term_binary (TERM ("m\0\0\0\2x\0"), &text));
  g_assert_cmpmem (text.bytes, text.size, "x\0", 2);
  g_assert_true (grove_term_binary (TERM ("M\0\0\0\1\10x"), &text));
  g_assert_cmpmem (text.bytes, text.size, "x", 1);
  g_assert_false (grove_term_binary (TERM ("M\0\0\0\1\3x"), &text));
}

static void
test_elements (void)
{
  struct grove_buffer buffer = { 0 };
  struct grove_term   term = parsed (&buffer, "{a, {b, c}, [1,2], 4}"), element;

  g_assert_cmpuint (grove_term_arity (term), ==, 4);
  g_assert_true (grove_term_element (term, 0, &element));
  g_assert_true (grove_term_is_atom (element, "a"));
  g_assert_true (grove_term_element (term, 1, &element));
  g_assert_cmpuint (grove_term_arity (element), ==, 2);
  g_assert_true (grove_term_element (term, 2, &element));
  g_assert_cmpuint (grove_term_arity (element), ==, 2);
  g_assert_false (grove_term_element (element, 0, &element));
  g_assert_true (grove_term_element (term, 3, &element));
  g_assert_cmpuint (element.size, ==, 2);
  g_assert_false (grove_term_element (term, 4, &element));
  g_assert_cmpuint (grove_term_arity (parsed (&buffer, "[a, b | c]")), ==, 2);
  g_assert_cmpuint (grove_term_arity (TERM ("l\0\0\0\1a\1l\0\0\0\1a\2k\0\2ab")), ==, 4);
  g_assert_cmpuint (grove_term_arity (TERM ("j")), ==, 0);
  g_assert_cmpuint (grove_term_arity (parsed (&buffer, "#{a => 1}")), ==, 0);
  grove_buffer_finish (&buffer);
}

static void
test_cursor (void)
{
  struct grove_cursor cursor;
  struct grove_term   element, tail;
  int64_t             value, sum = 0;

  /* [1, 2, 97, 98], in pieces. */
  g_assert_true (grove_cursor_init (&cursor, TERM ("l\0\0\0\1a\1l\0\0\0\1a\2k\0\2ab")));
  while (grove_cursor_next (&cursor, &element))
    {
      g_assert_true (grove_term_int64 (element, &value));
      sum = sum * 1000 + value;
    }
  g_assert_cmpint (sum, ==, 1002097098);
  g_assert_false (grove_cursor_tail (&cursor, &tail));
  g_assert_true (grove_cursor_init (&cursor, TERM ("l\0\0\0\1a\1a\2")));
  g_assert_true (grove_cursor_next (&cursor, &element));
  g_assert_false (grove_cursor_next (&cursor, &element));
  g_assert_true (grove_cursor_tail (&cursor, &tail));
  g_assert_true (grove_term_int64 (tail, &value));
  g_assert_cmpint (value, ==, 2);
  g_assert_true (grove_cursor_init (&cursor, TERM ("j")));
  g_assert_false (grove_cursor_next (&cursor, &element));
  g_assert_false (grove_cursor_init (&cursor, TERM ("a\1")));
  g_assert_false (grove_cursor_next (&cursor, &element));
}

static void
test_get (void)
{
  struct grove_buffer map = { 0 }, key = { 0 };
  struct grove_term   term = parsed (&map, "#{a => 1, \"k\" => 2, 7 => 3}"), value;
  int64_t             number;

  g_assert_true (grove_term_get (term, TERM ("l\0\0\0\1akj"), &value));
  g_assert_true (grove_term_int64 (value, &number));
  g_assert_cmpint (number, ==, 2);
  g_assert_true (grove_term_get (term, TERM ("n\1\0\7"), &value));
  g_assert_true (grove_term_int64 (value, &number));
  g_assert_cmpint (number, ==, 3);
  g_assert_false (grove_term_get (term, parsed (&key, "7.0"), &value));
  g_assert_false (grove_term_get (parsed (&key, "[a]"), TERM ("w\1a"), &value));
  grove_buffer_finish (&map);
  grove_buffer_finish (&key);
}

/* ---- Pids and references --------------------------------------------------------------------- */

static void
test_pids (void)
{
  static const grove_pid pids[] = { 0, 1, 12, 0xffffffff, 0x300000007, UINT64_MAX };
  struct grove_buffer    buffer = { 0 };

  grove_term_set_creation (0x12345678);
  g_assert_cmpuint (grove_term_creation (), ==, 0x12345678);
  for (size_t i = 0; i < G_N_ELEMENTS (pids); i++)
    {
      char      text[GROVE_PID_TEXT_SIZE];
      grove_pid pid = 99;

      buffer.size = 0;
      g_assert_cmpint (grove_build (&buffer, "~p", pids[i]), ==, GROVE_OK);
      g_assert_cmpint (grove_term_check (buffer.bytes, buffer.size, NULL), ==, GROVE_OK);
      g_assert_true (grove_term_pid (term_of (&buffer), &pid));
      g_assert_cmpuint (pid, ==, pids[i]);
      grove_pid_print (pid, text);
      pid = 99;
      g_assert_true (grove_pid_parse (text, strlen (text), &pid));
      g_assert_cmpuint (pid, ==, pids[i]);
    }
  /* Of another run of this system, or of another node, it is nobody here. */
  grove_term_set_creation (0x12345679);
  {
    grove_pid pid;

    g_assert_false (grove_term_pid (term_of (&buffer), &pid));
    g_assert_false (grove_term_pid (TERM ("Xw\6a@host\0\0\0\1\0\0\0\2\x12\x34\x56\x79"), &pid));
    g_assert_false (grove_term_pid (TERM ("a\1"), &pid));
  }
  grove_buffer_finish (&buffer);
}

static void
test_pid_texts (void)
{
  static const char *const bad[] = { "",
                                     "<",
                                     "<0.1.2",
                                     "<0.1.2> ",
                                     "0.1.2",
                                     "<1.1.2>",
                                     "<0.1>",
                                     "<0.01.2>",
                                     "<0.1.02>",
                                     "<0.1.4294967296>",
                                     "<0.-1.2>",
                                     "<0.1.2.3>",
                                     "<0. 1.2>",
                                     "<0..2>",
                                     "<0.1.>",
                                     "#PID<0.1.2>",
                                     "<0.99999999999999999999999.1>" };
  grove_pid                pid = 5;

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i]);
      g_assert_false (grove_pid_parse (bad[i], strlen (bad[i]), &pid));
    }
  g_assert_cmpuint (pid, ==, 5);
  g_assert_true (grove_pid_parse ("<0.12.0>", 8, &pid));
  g_assert_cmpuint (pid, ==, 12);
}

static void
test_references (void)
{
  static const grove_ref refs[] = { 0, 1, 0x3ffff, 0x40000, 1ull << 49, 1ull << 50, UINT64_MAX };
  struct grove_buffer    buffer = { 0 };

  grove_term_set_creation (7);
  for (size_t i = 0; i < G_N_ELEMENTS (refs); i++)
    {
      grove_ref ref = 99;

      buffer.size = 0;
      g_assert_cmpint (grove_build (&buffer, "~r", refs[i]), ==, GROVE_OK);
      g_assert_cmpint (grove_term_check (buffer.bytes, buffer.size, NULL), ==, GROVE_OK);
      g_assert_true (grove_term_ref (term_of (&buffer), &ref));
      g_assert_cmpuint (ref, ==, refs[i]);
    }
  grove_term_set_creation (8);
  {
    grove_ref ref;

    g_assert_false (grove_term_ref (term_of (&buffer), &ref));
  }
  grove_buffer_finish (&buffer);
}

/* ---- Equality and order ---------------------------------------------------------------------- */

static void
test_equal (void)
{
  struct grove_buffer buffer = { 0 };

  /* STRING_EXT and LIST_EXT. */
  g_assert_true (grove_term_equal (TERM ("k\0\2ab"), TERM ("l\0\0\0\2aaabj")));
  g_assert_true (grove_term_equal (TERM ("k\0\2ab"), TERM ("l\0\0\0\1aak\0\1b")));
  g_assert_false (grove_term_equal (TERM ("k\0\2ab"), TERM ("l\0\0\0\2aaaba\1")));
  /* 1 and 1.0, also inside. */
  g_assert_false (grove_term_equal (TERM ("a\1"), TERM ("F\77\360\0\0\0\0\0\0")));
  g_assert_cmpint (grove_term_compare (TERM ("a\1"), TERM ("F\77\360\0\0\0\0\0\0")), ==, 0);
  g_assert_false (grove_term_equal (TERM ("h\1a\1"), TERM ("h\1F\77\360\0\0\0\0\0\0")));
  g_assert_cmpint (grove_term_compare (TERM ("h\1a\1"), TERM ("h\1F\77\360\0\0\0\0\0\0")), ==, 0);
  /* Maps in any order; their keys are told apart even where their values are not. */
  g_assert_true (grove_term_equal (TERM ("t\0\0\0\2a\1a\2a\3a\4"), TERM ("t\0\0\0\2a\3a\4a\1a\2")));
  g_assert_false (
    grove_term_equal (TERM ("t\0\0\0\2a\1a\2a\3a\4"), TERM ("t\0\0\0\2a\3a\2a\1a\4")));
  g_assert_cmpint (grove_term_compare (TERM ("t\0\0\0\1w\1aa\1"),
                                       TERM ("t\0\0\0\1w\1aF\77\360\0\0\0\0\0\0")),
                   ==, 0);
  g_assert_cmpint (grove_term_compare (TERM ("t\0\0\0\1a\1a\1"),
                                       TERM ("t\0\0\0\1F\77\360\0\0\0\0\0\0a\1")),
                   <, 0);
  /* Atoms in Latin-1 and UTF-8; old and new pids; unused bits. */
  g_assert_true (grove_term_equal (TERM ("s\1\351"), TERM ("w\2\303\251")));
  g_assert_true (grove_term_equal (TERM ("g" NODE "\0\0\0\1\0\0\0\2\3"),
                                   TERM ("X" NODE "\0\0\0\1\0\0\0\2\0\0\0\3")));
  g_assert_true (grove_term_equal (TERM ("M\0\0\0\1\3\340"), TERM ("M\0\0\0\1\3\377")));
  g_assert_false (grove_term_equal (TERM ("M\0\0\0\1\3\340"), TERM ("M\0\0\0\1\4\340")));
  grove_buffer_finish (&buffer);
}

static void
test_order (void)
{
  /* Each is smaller than the next. */
  static const char *const sorted[] = {
    "-100000000000000000000",
    "-1.0e19",
    "-5",
    "-4.5",
    "0",
    "0.5",
    "1",
    "1.5",
    "255",
    "256",
    "9007199254740992.0",
    "9007199254740993",
    "9007199254740994.0",
    "9223372036854775807",
    "9223372036854775808.0",
    "9223372036854775809",
    "100000000000000000000",
    "1.0e300",
    "''",
    "a",
    "aa",
    "b",
    "'\303\251'",
    "<0.5.0>",
    "<0.1.1>",
    "<0.2.1>",
    "{}",
    "{z}",
    "{a,b}",
    "{a,c}",
    "#{}",
    "#{a => 5}",
    "#{b => 1}",
    "#{a => 1, b => 2}",
    "#{a => 1, b => 3}",
    "[]",
    "[1|0]",
    "[1]",
    "[1,0]",
    "[1,2]",
    "[1,a|b]",
    "[1|<<>>]",
    "[2]",
    "[a]",
    "<<>>",
    "<<0>>",
    "<<0,0>>",
    "<<1>>",
    "<<\"b\">>",
  };
  struct grove_buffer a = { 0 }, b = { 0 };

  for (size_t i = 0; i < G_N_ELEMENTS (sorted); i++)
    for (size_t j = 0; j < G_N_ELEMENTS (sorted); j++)
      {
        int order = grove_term_compare (parsed (&a, sorted[i]), parsed (&b, sorted[j]));

        g_test_message ("%s, %s", sorted[i], sorted[j]);
        g_assert_cmpint (order, ==, i < j ? -1 : i > j);
        g_assert_cmpint (grove_term_equal (term_of (&a), term_of (&b)), ==, i == j);
      }
  grove_buffer_finish (&a);
  grove_buffer_finish (&b);
}

/* Whatever bytes a value comes in, it is the same value and looks the same. */
static void
test_random_forms (void)
{
  guint32             seed = random_seed ();
  struct grove_buffer a = { 0 }, b = { 0 };

  for (guint32 i = 0; i < N_RANDOM; i++)
    {
      g_autoptr (GRand) values = g_rand_new_with_seed (seed + i), forms = g_rand_new_with_seed (i);
      g_autoptr (GRand) again = g_rand_new_with_seed (seed + i);
      static char x[20000], y[20000];

      a.size = b.size = 0;
      random_term (values, forms, RANDOM_CANONICAL, &a);
      random_term (again, forms, RANDOM_VARIED, &b);
      g_assert_cmpint (grove_term_check (a.bytes, a.size, NULL), ==, GROVE_OK);
      g_assert_cmpint (grove_term_check (b.bytes, b.size, NULL), ==, GROVE_OK);
      grove_term_print (term_of (&a), GROVE_SYNTAX_ERLANG, 256, x, sizeof x, NULL);
      g_test_message ("term %u: %s", i, x);
      g_assert_true (grove_term_equal (term_of (&a), term_of (&b)));
      g_assert_cmpint (grove_term_compare (term_of (&a), term_of (&b)), ==, 0);
      g_assert_cmpint (grove_term_type (term_of (&a)), ==, grove_term_type (term_of (&b)));
      /* Only maps are printed as they are stored. */
      grove_term_print (term_of (&b), GROVE_SYNTAX_ERLANG, 256, y, sizeof y, NULL);
      if (strstr (x, "#{") == NULL)
        g_assert_cmpstr (x, ==, y);
    }
  grove_buffer_finish (&a);
  grove_buffer_finish (&b);
}

static int
compare_terms (const void *a, const void *b)
{
  const struct grove_buffer *x = a, *y = b;

  return grove_term_compare (grove_buffer_term (x), grove_buffer_term (y));
}

/* It is an order: sorting by it puts every two elements in it. */
static void
test_random_order (void)
{
  enum
  {
    N = 300
  };
  guint32 seed = random_seed ();
  g_autoptr (GRand) values = g_rand_new_with_seed (seed), forms = g_rand_new_with_seed (seed);
  struct grove_buffer terms[N] = { 0 };

  for (int i = 0; i < N; i++)
    random_term (values, forms, RANDOM_VARIED, &terms[i]);
  qsort (terms, N, sizeof *terms, compare_terms);
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++)
      {
        int order = compare_terms (&terms[i], &terms[j]);

        g_assert_cmpint (order, ==, -compare_terms (&terms[j], &terms[i]));
        if (i < j)
          g_assert_cmpint (order, <=, 0);
        if (grove_term_equal (term_of (&terms[i]), term_of (&terms[j])))
          g_assert_cmpint (order, ==, 0);
      }
  for (int i = 0; i < N; i++)
    grove_buffer_finish (&terms[i]);
}

/* Built in steps a term may be deeper than one from outside: nothing may fall over it. */
static void
test_deep (void)
{
  struct grove_buffer a = { 0 }, b = { 0 };
  struct grove_term   element;
  char                text[100];
  bool                truncated = false;

  nested (&a, 200000);
  nested (&b, 200000);
  b.bytes[b.size - 1] = 1;
  memcpy (grove_buffer_extend (&b, 1), "j", 1);
  g_assert_true (grove_term_equal (term_of (&a), term_of (&a)));
  g_assert_false (grove_term_equal (term_of (&a), term_of (&b)));
  g_assert_cmpint (grove_term_compare (term_of (&a), term_of (&b)), ==, -1);
  g_assert_true (grove_term_element (term_of (&a), 0, &element));
  g_assert_cmpuint (element.size, ==, a.size - 2);
  grove_term_print (term_of (&a), GROVE_SYNTAX_ERLANG, 1000, text, sizeof text, &truncated);
  g_assert_true (truncated);
  grove_buffer_finish (&a);
  grove_buffer_finish (&b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    g_test_add_data_func (rows[i].path, &rows[i], test_check);
  g_test_add_func ("/runtime/term/check/prefixes", test_check_prefixes);
  g_test_add_func ("/runtime/term/check/rest", test_check_rest);
  g_test_add_func ("/runtime/term/check/depth", test_check_depth);
  g_test_add_func ("/runtime/term/check/keys-of-keys", test_check_keys_of_keys);
  g_test_add_func ("/runtime/term/check/atom-length", test_check_atom_length);
  g_test_add_func ("/runtime/term/types", test_types);
  g_test_add_func ("/runtime/term/integers", test_integers);
  g_test_add_func ("/runtime/term/floats", test_floats);
  g_test_add_func ("/runtime/term/texts", test_texts);
  g_test_add_func ("/runtime/term/elements", test_elements);
  g_test_add_func ("/runtime/term/cursor", test_cursor);
  g_test_add_func ("/runtime/term/get", test_get);
  g_test_add_func ("/runtime/term/pids", test_pids);
  g_test_add_func ("/runtime/term/pid-texts", test_pid_texts);
  g_test_add_func ("/runtime/term/references", test_references);
  g_test_add_func ("/runtime/term/equal", test_equal);
  g_test_add_func ("/runtime/term/order", test_order);
  g_test_add_func ("/runtime/term/random/forms", test_random_forms);
  g_test_add_func ("/runtime/term/random/order", test_random_order);
  g_test_add_func ("/runtime/term/deep", test_deep);
  return g_test_run ();
}
