/* SPDX-License-Identifier: MIT
 *
 * Tests of runtime/term: variables, given values and guards in match formats. What needs no value
 * from C is Erlang as it stands, and is held against Erlang where that is installed.
 */
#include "runtime/term/term.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

struct row
{
  const char *pattern;
  const char *term;
  bool        matches;
};

static const struct row rows[] = {
  /* Variables. */
  { "X", "1", true },
  { "{X, X}", "{1, 1}", true },
  { "{X, X}", "{1, 1.0}", false },
  { "{X, Y}", "{1, 2}", true },
  { "{X, X}", "{\"ab\", [97, 98]}", true },
  { "[X, Y, X]", "\"aba\"", true },
  { "[X, Y, X]", "\"abc\"", false },
  { "{_X, _X}", "{1, 2}", false },
  { "{_, _}", "{1, 2}", true },
  { "[H | _]", "[1, 2]", true },
  { "[H | _Rest]", "[1 | 2]", true },
  { "#{a := X, b := X}", "#{a => 1, b => 1, c => 2}", true },
  { "#{a := X, b := X}", "#{a => 1, b => 2}", false },
  { "{T = {a, _}, T}", "{{a, b}, {a, b}}", true },
  { "{T = {a, _}, T}", "{{b, b}, {b, b}}", false },
  { "{T = {_, N}, N, T}", "{{a, 1}, 1, {a, 1}}", true },
  { "X = Y = [_]", "[1]", true },
  { "[{K, V}, {K, V}]", "[{a, 1}, {a, 1}]", true },
  /* Comparisons. */
  { "X when X > 1", "2", true },
  { "X when X > 1", "1", false },
  { "X when X >= 1", "1.0", true },
  { "X when X =< 1", "1.5", false },
  { "X when X < 1", "-123456789012345678901234567890", true },
  { "X when X == 1", "1.0", true },
  { "X when X =:= 1", "1.0", false },
  { "X when X =/= 1", "1.0", true },
  { "X when X /= 1", "1.0", false },
  { "X when X > 1", "atom", true },
  { "X when 1 < X", "2", true },
  { "{X, Y} when X < Y", "{1, a}", true },
  { "{X, Y} when X =:= Y", "{\"a\", [97]}", true },
  { "X when X =/= []", "[]", false },
  { "X when X =:= {a, [1, \"b\"]}", "{a, [1, \"b\"]}", true },
  { "X when X == <<\"abc\">>", "<<\"abc\">>", true },
  { "X when X > \"abc\"", "\"abd\"", true },
  { "X when X =:= 'when'", "'when'", true },
  /* Types. */
  { "X when is_integer(X)", "1", true },
  { "X when is_integer(X)", "1.0", false },
  { "X when is_float(X)", "1.0", true },
  { "X when is_number(X)", "1", true },
  { "X when is_number(X)", "a", false },
  { "X when is_atom(X)", "a", true },
  { "X when is_boolean(X)", "true", true },
  { "X when is_boolean(X)", "maybe", false },
  { "X when is_binary(X)", "<<1>>", true },
  { "X when is_bitstring(X)", "<<1>>", true },
  { "X when is_list(X)", "\"a\"", true },
  { "X when is_list(X)", "[]", true },
  { "X when is_list(X)", "[a | b]", true },
  { "X when is_tuple(X)", "{}", true },
  { "X when is_map(X)", "#{}", true },
  { "X when is_pid(X)", "1", false },
  { "X when is_reference(X)", "1", false },
  { "X when is_function(X)", "1", false },
  { "X when is_port(X)", "1", false },
  /* Sizes, and what has none. */
  { "X when length(X) > 1", "[1, 2]", true },
  { "X when length(X) == 3", "\"abc\"", true },
  { "X when length(X) == 0", "[]", true },
  { "X when length(X) > 0", "{1}", false },
  { "X when length(X) > 0", "[1 | 2]", false },
  { "X when not (length(X) > 0)", "{1}", false },
  { "X when tuple_size(X) == 2", "{1, 2}", true },
  { "X when tuple_size(X) == 0", "1", false },
  { "X when map_size(X) == 1", "#{a => b}", true },
  { "X when byte_size(X) == 3", "<<\"abc\">>", true },
  { "X when byte_size(X) > 0", "\"abc\"", false },
  /* Logic. */
  { "X when X > 1, X < 5", "3", true },
  { "X when X > 1, X < 5", "5", false },
  { "X when X < 1; X > 5", "6", true },
  { "X when X < 1; X > 5", "3", false },
  { "X when X > 1 andalso X < 5", "3", true },
  { "X when X < 1 orelse X > 5", "3", false },
  { "X when X < 1 orelse X > 5", "0", true },
  { "X when not is_atom(X)", "1", true },
  { "X when not is_atom(X), X > 0", "1", true },
  { "X when (X < 1 orelse X > 5) andalso is_integer(X)", "7.0", false },
  { "X when X == a orelse X == b andalso false", "a", true },
  { "X when (X == a orelse X == b) andalso false", "a", false },
  { "X when length(X) > 5; true", "a", true },
  { "X when length(X) > 5 orelse true", "a", false },
  { "X when true orelse length(X) > 5", "a", true },
  { "X when false andalso length(X) > 5", "a", false },
  { "X when X", "true", true },
  { "X when X", "false", false },
  { "X when X", "a", false },
  { "X when not X", "false", true },
  { "X when not X", "a", false },
  { "X when false; X", "true", true },
  { "a when true", "a", true },
  { "{order, N, P} when is_integer(N), N > 0, P < 10.5", "{order, 3, 9}", true },
  { "[X when X > 1", "[2]", false },
};

static struct grove_buffer
parse (const char *text)
{
  struct grove_buffer buffer = { NULL };

  g_assert_cmpint (grove_term_parse (text, strlen (text), &buffer, NULL, NULL), ==, GROVE_OK);
  return buffer;
}

static void
test_rows (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      struct grove_buffer term = parse (rows[i].term);

      if (grove_match (grove_buffer_term (&term), rows[i].pattern) != rows[i].matches)
        g_error ("%s %s %s", rows[i].term, rows[i].matches ? "does not match" : "matches",
                 rows[i].pattern);
      grove_buffer_finish (&term);
    }
}

static void
test_erlang (void)
{
  static const char script[] =
    "main([File]) ->\n"
    "  {ok, Bytes} = file:read_file(File),\n"
    "  [ask(Row) || Row <- string:lexemes(binary_to_list(Bytes), \"\\n\")].\n"
    "ask(Row) ->\n"
    "  [Pattern, Term] = string:split(Row, \"\\t\"),\n"
    "  Text = \"case \" ++ Term ++ \" of \" ++ Pattern ++ \" -> yes; _ -> no end.\",\n"
    "  {ok, Tokens, _} = erl_scan:string(Text),\n"
    "  io:format(\"~s~n\", [case erl_parse:parse_exprs(Tokens) of\n"
    "    {ok, Exprs} -> {value, V, _} = erl_eval:exprs(Exprs, []), V;\n"
    "    _ -> no end]).\n";
  g_autofree char *escript = g_find_program_in_path ("escript");
  g_autoptr (GString) data = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = NULL, *program = NULL, *in = NULL, *out = NULL, *errors = NULL;
  g_auto (GStrv) lines = NULL;
  int status;

  if (escript == NULL)
    {
      g_test_skip ("Erlang is not installed");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_string_append_printf (data, "%s\t%s\n", rows[i].pattern, rows[i].term);
  directory = g_dir_make_tmp ("grove-guard-XXXXXX", &error);
  g_assert_no_error (error);
  program = g_build_filename (directory, "ask.escript", NULL);
  in = g_build_filename (directory, "rows", NULL);
  g_file_set_contents (program, script, -1, &error);
  g_assert_no_error (error);
  g_file_set_contents (in, data->str, -1, &error);
  g_assert_no_error (error);
  {
    /* The first line of a script is not read as code. */
    g_autofree char *text = g_strconcat ("#!/usr/bin/env escript\n", script, NULL);
    const char      *argv[] = { escript, program, in, NULL };

    g_file_set_contents (program, text, -1, &error);
    g_assert_no_error (error);
    g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &errors, &status,
                  &error);
  }
  g_assert_no_error (error);
  if (status != 0)
    g_error ("escript: %s%s", out, errors);
  lines = g_strsplit (out, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, G_N_ELEMENTS (rows) + 1);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (strcmp (lines[i], rows[i].matches ? "yes" : "no") != 0)
      g_error ("Erlang says %s to %s of %s", lines[i], rows[i].pattern, rows[i].term);
  g_remove (program);
  g_remove (in);
  g_rmdir (directory);
}

/* ---- With values from C ---------------------------------------------------------------------- */

static void
test_pinned (void)
{
  struct grove_buffer buffer = { NULL }, inner = { NULL };
  struct grove_term   term;
  struct grove_text   text = { NULL };
  int                 n = 0;

  grove_term_set_creation (7);
  g_assert_cmpint (grove_build (&inner, "[x, 1]"), ==, GROVE_OK);
  g_assert_cmpint (grove_build (&buffer, "{reply, ~r, ~p, ~i, ~f, ~s, ~a, ~t, ~i}", (grove_ref) 99,
                                (grove_pid) 12, 5, 0.5, "text", "name", grove_buffer_term (&inner),
                                6),
                   ==, GROVE_OK);
  term = grove_buffer_term (&buffer);
  g_assert_true (grove_match (term, "{reply, ^~r, _, _, _, _, _, _, ~i}", (grove_ref) 99, &n));
  g_assert_cmpint (n, ==, 6);
  n = 0;
  g_assert_false (grove_match (term, "{reply, ^~r, _, _, _, _, _, _, ~i}", (grove_ref) 98, &n));
  g_assert_cmpint (n, ==, 0);
  /* Values and pointers in any order. */
  g_assert_true (grove_match (term, "{_, _, ^~p, ~i, ^~f, ~s, ^~a, ^~t, ^~l}", (grove_pid) 12, &n,
                              0.5, &text, "name", grove_buffer_term (&inner), INT64_C (6)));
  g_assert_cmpint (n, ==, 5);
  g_assert_cmpmem (text.bytes, text.size, "text", 4);
  g_assert_true (grove_match (term, "{_, _, _, ^~u, _, ^~s, _, _, ^~i}", UINT64_C (5), "text", 6));
  g_assert_true (grove_match (term, "{_, _, _, _, _, ^~b, _, _, _}", "text and more", (size_t) 4));
  g_assert_false (grove_match (term, "{_, _, _, _, _, ^~b, _, _, _}", "text and more", (size_t) 5));
  g_assert_false (grove_match (term, "{_, _, _, ^~i, _, _, _, _, _}", 6));
  g_assert_false (grove_match (term, "{_, _, _, _, ^~f, _, _, _, _}", (double) NAN));
  g_assert_false (grove_match (term, "{_, _, _, _, _, ^~s, _, _, _}", (const char *) NULL));
  g_assert_false (grove_match (term, "{_, _, _, _, _, _, ^~a, _, _}", "Name"));
  g_assert_false (
    grove_match (term, "{_, _, _, _, _, _, _, ^~t, _}", (struct grove_term){ NULL, 0 }));
  grove_buffer_finish (&buffer);
  grove_buffer_finish (&inner);
}

static bool
matches_va (struct grove_term term, const char *format, ...)
{
  va_list args;
  bool    matches;

  va_start (args, format);
  matches = grove_match_va (term, format, args);
  va_end (args);
  return matches;
}

static void
test_va_list (void)
{
  struct grove_buffer term = parse ("{a, 1, 2}");
  int                 n = 0;

  g_assert_true (matches_va (grove_buffer_term (&term), "{a, ^~i, N = ~i} when N > ~i", 1, &n, 1));
  g_assert_cmpint (n, ==, 2);
  g_assert_false (matches_va (grove_buffer_term (&term), "{b, _, ~i}", &n));
  grove_buffer_finish (&term);
}

static void
test_values_in_guards (void)
{
  struct grove_buffer buffer = { NULL }, key = { NULL };
  struct grove_term   term;
  int                 id = 0;
  double              price = 0;

  g_assert_cmpint (grove_build (&buffer, "{order, 17, 2.5, ~p}", (grove_pid) 3), ==, GROVE_OK);
  g_assert_cmpint (grove_build (&key, "order"), ==, GROVE_OK);
  term = grove_buffer_term (&buffer);
  g_assert_true (
    grove_match (term, "{order, N = ~i, P = ~f, _} when N > ~i, P =< ~f", &id, &price, 16, 2.5));
  g_assert_cmpint (id, ==, 17);
  g_assert_cmpfloat (price, ==, 2.5);
  id = 0;
  g_assert_false (grove_match (term, "{order, N = ~i, _, _} when N > ~i", &id, 17));
  g_assert_cmpint (id, ==, 0);
  g_assert_true (grove_match (term, "{K, N, _, Who} when K =:= ~t, N == ~l, N == ~u, Who =:= ~p",
                              grove_buffer_term (&key), INT64_C (17), UINT64_C (17),
                              (grove_pid) 3));
  g_assert_false (grove_match (term, "{_, _, _, Who} when Who =:= ~r", (grove_ref) 3));
  /* No number, no term: nothing can be said of it. */
  g_assert_false (grove_match (term, "{_, N, _, _} when N < ~f", (double) INFINITY));
  g_assert_false (grove_match (term, "{_, N, _, _} when N =/= ~t", (struct grove_term){ NULL, 0 }));
  g_assert_true (
    grove_match (term, "{_, N, _, _} when N =/= ~t; true", (struct grove_term){ NULL, 0 }));
  /* A pinned value and one of the guard. */
  g_assert_true (grove_match (term, "{^~a, N = ~i, _, _} when N < ~i", "order", &id, 18));
  grove_buffer_finish (&buffer);
  grove_buffer_finish (&key);
}

static void
test_bad (void)
{
  static const char *const patterns[] = {
    "X when",
    "X when Y > 1",
    "X when X > ",
    "X whenX",
    "X when X >> 1",
    "X when (X > 1",
    "X when X > 1)",
    "X when X > 1,",
    "X when foo(X)",
    "X when length X",
    "X when length(X, X)",
    "X when X > {Y}",
    "X when X > {_}",
    "X when X > ~s",
    "X when X > ^~i",
    "^1",
    "^~",
    "[H | T]",
    "{X = }",
    "X when X > #{a => b}",
    "X when X > 1 < 2",
    "X when is_integer X",
    "X when not",
    "{X when X > 1}",
  };
  struct grove_buffer term = parse ("{a, [1], 2}"), out = { NULL };
  GString            *many = g_string_new ("{");

  for (gsize i = 0; i < G_N_ELEMENTS (patterns); i++)
    g_assert_false (grove_match (grove_buffer_term (&term), patterns[i], 1, 1));
  /* None of it can be built. */
  g_assert_cmpint (grove_build (&out, "X"), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_build (&out, "{^~i}", 1), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_build (&out, "a when true"), ==, GROVE_ERR_SYNTAX);
  /* 32 variables, and nesting. */
  for (unsigned i = 0; i < 33; i++)
    g_string_append_printf (many, "%sV%u", i > 0 ? "," : "", i);
  g_string_append_c (many, '}');
  term.size = 0;
  g_assert_cmpint (grove_term_parse ("{1}", 3, &term, NULL, NULL), ==, GROVE_OK);
  g_assert_false (grove_match (grove_buffer_term (&term), many->str));
  g_string_assign (many, "X when ");
  for (unsigned i = 0; i < 100; i++)
    g_string_append (many, "not ");
  g_string_append (many, "false");
  g_assert_false (grove_match (grove_buffer_term (&term), many->str));
  g_string_free (many, TRUE);
  grove_buffer_finish (&term);
  grove_buffer_finish (&out);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/term/guard/rows", test_rows);
  g_test_add_func ("/runtime/term/guard/erlang-agrees", test_erlang);
  g_test_add_func ("/runtime/term/guard/pinned", test_pinned);
  g_test_add_func ("/runtime/term/guard/values", test_values_in_guards);
  g_test_add_func ("/runtime/term/guard/va-list", test_va_list);
  g_test_add_func ("/runtime/term/guard/bad", test_bad);
  return g_test_run ();
}
