/* SPDX-License-Identifier: MIT
 *
 * Tests of runtime/term: reading what a person typed, and saying what is wrong with it.
 */
#include "runtime/term/term.h"

#include <glib.h>
#include <string.h>

/* ---- What is read ---------------------------------------------------------------------------- */

struct good
{
  const char *text;
  const char *bytes;
  size_t      size;
};

#define GOOD(text, bytes)                                                                          \
  {                                                                                                \
    text, bytes, sizeof (bytes) - 1                                                                \
  }

/* The bytes are what Erlang/OTP 25 writes for the same text. */
static const struct good good[] = {
  GOOD ("ok", "w\2ok"),
  GOOD ("ok.", "w\2ok"),
  GOOD ("  ok \n . % really\n", "w\2ok"),
  GOOD ("'two words'", "w\11two words"),
  GOOD ("'a\\'b\\n\\x41\\x{e9}\\101\\^A\\s'", "w\12a'b\nA\303\251A\1 "),
  GOOD ("''", "w\0"),
  GOOD ("a@b_1X", "w\6a@b_1X"),
  GOOD ("\303\251t\303\251", "w\5\303\251t\303\251"),
  GOOD ("'\303\211'", "w\2\303\211"),
  GOOD ("0", "a\0"),
  GOOD ("-0", "a\0"),
  GOOD ("255", "a\377"),
  GOOD ("256", "b\0\0\1\0"),
  GOOD ("-1", "b\377\377\377\377"),
  GOOD ("+7", "a\7"),
  GOOD ("1_000_000", "b\0\17\102\100"),
  GOOD ("16#fF", "a\377"),
  GOOD ("-16#80000000", "b\200\0\0\0"),
  GOOD ("2#1010_1010", "a\252"),
  GOOD ("36#zz", "b\0\0\5\17"),
  GOOD ("2147483648", "n\4\0\0\0\0\200"),
  GOOD ("18446744073709551616", "n\11\0\0\0\0\0\0\0\0\0\1"),
  GOOD ("-18446744073709551616", "n\11\1\0\0\0\0\0\0\0\0\1"),
  GOOD ("$a", "aa"),
  GOOD ("$\\n", "a\12"),
  GOOD ("$ ", "a "),
  GOOD ("$\342\202\254", "b\0\0\40\254"),
  GOOD ("1.5", "F\77\370\0\0\0\0\0\0"),
  GOOD ("-1.5", "F\277\370\0\0\0\0\0\0"),
  GOOD ("15.0e-1", "F\77\370\0\0\0\0\0\0"),
  GOOD ("0.15E+1", "F\77\370\0\0\0\0\0\0"),
  GOOD ("1.0e-999", "F\0\0\0\0\0\0\0\0"),
  GOOD ("\"\"", "j"),
  GOOD ("\"abc\"", "k\0\3abc"),
  GOOD ("\"ab\" % and\n \"c\"", "k\0\3abc"),
  GOOD ("\"\\\"\\\\\\d\"", "k\0\3\"\\\177"),
  GOOD ("\"\342\202\254\"", "l\0\0\0\1b\0\0\40\254j"),
  GOOD ("<<>>", "m\0\0\0\0"),
  GOOD ("<< 1, 2,\"abc\" , 255>>", "m\0\0\0\6\1\2abc\377"),
  GOOD ("<<\"\303\251\">>", "m\0\0\0\1\351"),
  GOOD ("<<\"\303\251\"/utf8>>", "m\0\0\0\2\303\251"),
  GOOD ("<<16#ff>>", "m\0\0\0\1\377"),
  GOOD ("[]", "j"),
  GOOD ("[1,2]", "k\0\2\1\2"),
  GOOD ("[1,256]", "l\0\0\0\2a\1b\0\0\1\0j"),
  GOOD ("[a|b]", "l\0\0\0\1w\1aw\1b"),
  GOOD ("[1|2]", "l\0\0\0\1a\1a\2"),
  GOOD ("[1|[2,3]]", "k\0\3\1\2\3"),
  GOOD ("[1|\"a\"]", "k\0\2\1a"),
  GOOD ("[a|\"b\"]", "l\0\0\0\2w\1aabj"),
  GOOD ("[a|[b|\"cd\"]]", "l\0\0\0\4w\1aw\1bacadj"),
  GOOD ("[a|[]]", "l\0\0\0\1w\1aj"),
  GOOD ("[1|[b|c]]", "l\0\0\0\2a\1w\1bw\1c"),
  GOOD ("[106|106]", "l\0\0\0\1ajaj"),
  GOOD ("{}", "h\0"),
  GOOD ("{ok,[1,2]}", "h\2w\2okk\0\2\1\2"),
  GOOD ("{a,{b,{}}}", "h\2w\1ah\2w\1bh\0"),
  GOOD ("#{}", "t\0\0\0\0"),
  GOOD ("#{b=>1,a => #{}}", "t\0\0\0\2w\1at\0\0\0\0w\1ba\1"),
  GOOD ("#{1.0=>a,1=>b}", "t\0\0\0\2a\1w\1bF\77\360\0\0\0\0\0\0w\1a"),
  GOOD ("<0.12.3>", "Xw\15nonode@nohost\0\0\0\14\0\0\0\3\0\0\0\5"),
};

static void
test_good (void)
{
  grove_term_set_creation (5);
  for (size_t i = 0; i < G_N_ELEMENTS (good); i++)
    {
      struct grove_buffer buffer = { 0 };
      g_autofree char    *shown = g_strescape (good[i].text, NULL);
      /* Of exactly its size, with no NUL. */
      g_autofree char *text = g_memdup2 (good[i].text, strlen (good[i].text));

      g_test_message ("%s", shown);
      memcpy (grove_buffer_extend (&buffer, 2), "xy", 2);
      g_assert_cmpint (grove_term_parse (text, strlen (good[i].text), &buffer, NULL, NULL), ==,
                       GROVE_OK);
      g_assert_cmpmem (buffer.bytes + 2, buffer.size - 2, good[i].bytes, good[i].size);
      g_assert_cmpint (grove_term_check (buffer.bytes + 2, buffer.size - 2, NULL), ==, GROVE_OK);
      grove_buffer_finish (&buffer);
    }
}

/* ---- What is not ----------------------------------------------------------------------------- */

static const struct
{
  const char *text;
  size_t      position;
  const char *message; /* its beginning */
} bad[] = {
  { "", 0, "a term expected" },
  { "   ", 3, "a term expected" },
  { ".", 0, "a term expected" },
  { "ok ok", 3, "the end expected" },
  { "ok..", 3, "the end expected" },
  { "{a, b", 5, "',' or '}' expected" },
  { "{a, b]", 5, "',' or '}' expected" },
  { "{a,}", 3, "a term expected" },
  { "{,a}", 1, "a term expected" },
  { "[a, b", 5, "',', '|' or ']' expected" },
  { "[a|b|c]", 4, "',', '|' or ']' expected" },
  { "[|a]", 1, "a term expected" },
  { "#{a}", 3, "'=>' expected" },
  { "#{a=>}", 5, "a term expected" },
  { "#{a=>1 b=>2}", 7, "',' or '}' expected" },
  { "#{a=>1,a=>2}", 2, "a key is in this map twice" },
  { "#[a]", 0, "only maps" },
  { "Name", 0, "variables have no value" },
  { "{ok, _}", 5, "variables have no value" },
  { "'abc", 0, "the quote is not closed" },
  { "{a, \"abc}", 4, "the quote is not closed" },
  { "\"\\x4\"", 1, "\\x needs" },
  { "\"\\x{}\"", 1, "\\x needs" },
  { "\"\\x{110000}\"", 1, "no such character" },
  { "\"\\x{d800}\"", 1, "no such character" },
  { "\"\\x{ffffffffffff}\"", 1, "\\x needs" },
  { "\"\\", 2, "unexpected end" },
  { "$", 1, "unexpected end" },
  { "-", 1, "digits expected" },
  { "- 1", 1, "digits expected" },
  { "--1", 1, "digits expected" },
  { "16#", 3, "digits expected" },
  { "16#xyz", 3, "digits expected" },
  { "1#0", 0, "a base is between 2 and 36" },
  { "37#0", 0, "a base is between 2 and 36" },
  { "1_", 1, "the end expected" },
  { "1__0", 1, "the end expected" },
  { "1.5e", 4, "digits expected" },
  { "1.5e+", 5, "digits expected" },
  { "1.0e309", 0, "the number is too large" },
  { "<0.1>", 0, "a pid is written <0.12.0>" },
  { "{a, <0.1.2}", 4, "a pid is written <0.12.0>" },
  { "<1.1.2>", 0, "a pid is written <0.12.0>" },
  { "<", 0, "a pid is written <0.12.0>" },
  { "<<1", 3, "',' or '>>' expected" },
  { "<<1,>>", 4, "a byte or a \"text\" expected" },
  { "<<256>>", 2, "a byte is between 0 and 255" },
  { "<<a>>", 2, "a byte or a \"text\" expected" },
  { "<<-1>>", 2, "a byte or a \"text\" expected" },
  { "<<1:4>>", 3, "',' or '>>' expected" },
  { "<<\"\342\202\254\">>", 2, "this text needs /utf8" },
  { "fun() -> ok end", 3, "the end expected" },
  { "a(b)", 1, "the end expected" },
  { "\377", 0, "not UTF-8" },
  { "'\377'", 1, "not UTF-8" },
  { "\"\303\"", 1, "not UTF-8" },
  { "#Ref<0.1.2.3>", 0, "only maps" },
};

static void
test_bad (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      struct grove_buffer buffer = { 0 };
      const char         *message = NULL;
      size_t              position = 99;
      g_autofree char    *shown = g_strescape (bad[i].text, NULL);
      g_autofree char    *text = g_malloc (MAX (strlen (bad[i].text), 1));

      g_test_message ("%s", shown);
      memcpy (text, bad[i].text, strlen (bad[i].text));
      memcpy (grove_buffer_extend (&buffer, 2), "xy", 2);
      g_assert_cmpint (grove_term_parse (text, strlen (bad[i].text), &buffer, &position, &message),
                       ==, GROVE_ERR_SYNTAX);
      g_assert_cmpstr (message, !=, NULL);
      if (!g_str_has_prefix (message, bad[i].message))
        g_assert_cmpstr (message, ==, bad[i].message);
      g_assert_cmpuint (position, ==, bad[i].position);
      g_assert_cmpmem (buffer.bytes, buffer.size, "xy", 2);
      grove_buffer_finish (&buffer);
    }
}

/* A NUL is a byte like others, and not the end. */
static void
test_nul (void)
{
  struct grove_buffer buffer = { 0 };
  size_t              position = 0;

  g_assert_cmpint (grove_term_parse ("ok\0ok", 5, &buffer, &position, NULL), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpuint (position, ==, 2);
  g_assert_cmpint (grove_term_parse ("'a\0b'", 5, &buffer, NULL, NULL), ==, GROVE_OK);
  g_assert_cmpmem (buffer.bytes, buffer.size, "w\3a\0b", 5);
  grove_buffer_finish (&buffer);
}

/* ---- Limits ---------------------------------------------------------------------------------- */

static void
assert_status (const GString *text, enum grove_status expected, const char *beginning)
{
  struct grove_buffer buffer = { 0 };
  const char         *message = "";

  g_assert_cmpint (grove_term_parse (text->str, text->len, &buffer, NULL, &message), ==, expected);
  g_assert_true (g_str_has_prefix (message, beginning));
  if (expected == GROVE_OK)
    g_assert_cmpint (grove_term_check (buffer.bytes, buffer.size, NULL), ==, GROVE_OK);
  grove_buffer_finish (&buffer);
}

static GString *
repeat (const char *before, int n_before, const char *middle, const char *after, int n_after)
{
  GString *text = g_string_new (NULL);

  while (n_before-- > 0)
    g_string_append (text, before);
  g_string_append (text, middle);
  while (n_after-- > 0)
    g_string_append (text, after);
  return text;
}

static void
test_limits (void)
{
  static const struct
  {
    const char       *before;
    int               n_before;
    const char       *middle;
    const char       *after;
    int               n_after;
    enum grove_status status;
    const char       *message;
  } rows[] = {
    { "{", 64, "", "}", 64, GROVE_OK, "" },
    { "{", 65, "", "}", 65, GROVE_ERR_TOO_LARGE, "nested too deep" },
    { "[", 64, "", "]", 64, GROVE_OK, "" },
    { "[a|", 65, "a", "]", 65, GROVE_ERR_TOO_LARGE, "nested too deep" },
    { "#{a=>", 64, "a", "}", 64, GROVE_OK, "" },
    { "#{a=>", 30000, "a", "}", 30000, GROVE_ERR_TOO_LARGE, "the text is longer" },
    { "{", 30000, "", "}", 30000, GROVE_ERR_TOO_LARGE, "nested too deep" },
    { "", 0, "1", " ", 65535, GROVE_OK, "" },
    { "", 0, "1", " ", 65536, GROVE_ERR_TOO_LARGE, "the text is longer" },
    { "", 0, "1", "0", 2499, GROVE_OK, "" },
    { "", 0, "1", "0", 2500, GROVE_ERR_SYNTAX, "the integer has too many digits" },
    { "", 0, "36#", "z", 2500, GROVE_OK, "" },
    { "", 0, "0.", "1", 300, GROVE_OK, "" },
    { "", 0, "0.", "1", 500, GROVE_ERR_SYNTAX, "the number has too many digits" },
    { "", 0, "a", "a", 254, GROVE_OK, "" },
    { "", 0, "a", "a", 255, GROVE_ERR_SYNTAX, "an atom has at most 255 characters" },
    { "", 0, "\303\251", "\303\251", 254, GROVE_OK, "" },
    { "", 0, "\303\251", "\303\251", 255, GROVE_ERR_SYNTAX, "an atom has at most 255 characters" },
    { "", 0, "{1", ",1", 299, GROVE_ERR_SYNTAX, "',' or '}' expected" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      GString *text =
        repeat (rows[i].before, rows[i].n_before, rows[i].middle, rows[i].after, rows[i].n_after);

      g_test_message ("row %zu", i);
      assert_status (text, rows[i].status, rows[i].message);
      g_string_free (text, TRUE);
    }
}

/* Long tuples, lists and texts have encodings of their own. */
static void
test_long (void)
{
  static const struct
  {
    const char *before;
    const char *middle;
    int         n;
    const char *after;
    char        tag;
    size_t      arity;
  } rows[] = {
    { "{a", ",a", 254, "}", 'h', 255 },     { "{a", ",a", 255, "}", 'i', 256 },
    { "[1", ",2", 30000, "]", 'k', 30001 }, { "[1,a", ",2", 30000, "]", 'l', 30002 },
    { "\"", "x", 60000, "\"", 'k', 60000 }, { "'", "\303\251", 200, "'", 'v', 0 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      struct grove_buffer buffer = { 0 };
      g_autoptr (GString) text = g_string_new (rows[i].before);

      for (int n = 0; n < rows[i].n; n++)
        g_string_append (text, rows[i].middle);
      g_string_append (text, rows[i].after);
      g_assert_cmpint (grove_term_parse (text->str, text->len, &buffer, NULL, NULL), ==, GROVE_OK);
      g_assert_cmpint (grove_term_check (buffer.bytes, buffer.size, NULL), ==, GROVE_OK);
      g_assert_cmpint (buffer.bytes[0], ==, rows[i].tag);
      g_assert_cmpuint (grove_term_arity (grove_buffer_term (&buffer)), ==, rows[i].arity);
      grove_buffer_finish (&buffer);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/term/parse/good", test_good);
  g_test_add_func ("/runtime/term/parse/bad", test_bad);
  g_test_add_func ("/runtime/term/parse/nul", test_nul);
  g_test_add_func ("/runtime/term/parse/limits", test_limits);
  g_test_add_func ("/runtime/term/parse/long", test_long);
  return g_test_run ();
}
