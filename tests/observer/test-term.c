/* SPDX-License-Identifier: MIT
 *
 * A term as a tree, read from what a system sends, which may be anything.
 */
#include "observer/grove-observer-private.h"

static GroveTerm *
read_term (const char *json)
{
  g_autofree char    *copy = g_strdelimit (g_strdup (json), "'", '"');
  struct json_object *object = json_tokener_parse (copy);
  GroveTerm          *term;

  g_assert_nonnull (object);
  term = _grove_term_read (object);
  json_object_put (object);
  return term;
}

/* A printed term as its shape: leaves by their kind's letter, what holds others in brackets. */
static char *
shape_of (const char *text)
{
  g_autofree char    *json = g_strescape (text, NULL);
  g_autofree char    *object_text = g_strdup_printf ("{\"text\":\"%s\"}", json);
  struct json_object *object = json_tokener_parse (object_text);
  g_autoptr (GroveTerm) term = _grove_term_read_text (object);
  GString             *shape = g_string_new (NULL);
  guint                n, depth = 0;
  const GroveTermNode *nodes = grove_term_get_nodes (term, &n);

  json_object_put (object);
  g_assert_cmpstr (grove_term_get_text (term), ==, text);
  for (guint i = 0; i < n; i++)
    {
      for (; depth > nodes[i].depth; depth--)
        g_string_append_c (shape, ')');
      if (nodes[i].improper)
        g_string_append_c (shape, '|');
      g_string_append_c (shape, "?ifabslTmprug"[nodes[i].kind]);
      if (nodes[i].n > 0)
        {
          g_string_append_c (shape, '(');
          depth++;
        }
    }
  for (; depth > 0; depth--)
    g_string_append_c (shape, ')');
  return g_string_free (shape, FALSE);
}

static void
test_printed (void)
{
  static const struct
  {
    const char *text, *shape;
  } cases[] = {
    { "normal", "a" },
    { "{card_declined,[{customer,<<\"ada\">>},{amount,-12}]}", "T(al(T(ab)T(ai)))" },
    { "{'EXIT',<0.12.3>,#{a=>1.5,\"k\" => []}}", "T(apm(afbl))" },
    { "[1,2|x]", "|l(iia)" },
    { "{noproc,{gen_server,call,[counter,get,5000]}}", "T(aT(aal(aai)))" },
    { "{undef,#Ref<0.1.2.3>,#Fun<a.1.2>,#Port<0.6>,fun lists:map/2}", "T(arugu)" },
    { "{:error, %{pid: #PID<0.1.2>, list: [a: 1, b: \"x, }\"]}}", "T(am(apal(T(ai)T(ab))))" },
    { "%Shop.Order{id: nil, \"q\" => ~c\"ab\"}", "m(aabb)" },
    { "%Shop.Order{at: ~U[2026-11-22 05:00:00Z], ok: ~r/^[a-z]\\/\\d+$/i, in: 1..10//3}",
      "m(a?a?a?)" },
    { "[MapSet.new([:new, {1, 2}]), MapSet.new([]), ~D[2026-11-22]]", "l(l(aT(ii))l?)" },
    { "<<1,2,\"a>b\">>", "b" },
    { "[<<1, 2>> <> ..., \"ab\" <> ..., <<\"ab\"...>>, ...]", "l(bbb?)" },
    { "%{a: 1, ...}", "m(ai?"
                      "?)" },
    { "{}", "T" },
    { "[]", "l" },
    { "{'a\\'b',\"c\\\"d\"}", "T(ab)" },
    /* What is not understood is not guessed at. */
    { "", "" },
    { "{a", "" },
    { "~r/open", "" },
    { "~D[2026", "" },
    { "MapSet.new([1)", "" },
    { "{a,}", "" },
    { "[|a]", "" },
    { "[a|b,c]", "" },
    { "#{a}", "" },
    { "<<\"open", "" },
    { "a b", "" },
    { "{a}}", "" },
  };
  g_autofree char *deep = g_strnfill (100000, '['), *shape = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      shape = shape_of (cases[i].text);
      g_assert_cmpstr (shape, ==, cases[i].shape);
      g_clear_pointer (&shape, g_free);
    }
  shape = shape_of (deep);
  g_assert_cmpstr (shape, ==, "");
}

#define ATOM(name) "{'kind':'atom','text':'" name "'}"

static void
test_nodes (void)
{
  g_autoptr (GroveTerm) term =
    read_term ("{'text':'{a,[b,c],d}','size':20,'tree':[{'kind':'tuple','text':'{a,[b,c],d}','n':3}"
               "," ATOM ("a") ",{'kind':'list','text':'[b,c|x]','n':3,'improper':true,'left_out':7}"
                              "," ATOM ("b") "," ATOM ("c") "," ATOM ("x") "," ATOM ("d") "]}");
  guint                n;
  const GroveTermNode *nodes = grove_term_get_nodes (term, &n);

  g_assert_cmpuint (n, ==, 7);
  g_assert_cmpint (grove_term_get_size (term), ==, 20);
  g_assert_cmpuint (nodes[0].end, ==, 7);
  g_assert_cmpuint (nodes[1].end, ==, 2);
  g_assert_cmpuint (nodes[2].end, ==, 6);
  g_assert_cmpuint (nodes[6].end, ==, 7);
  g_assert_cmpuint (nodes[0].depth, ==, 0);
  g_assert_cmpuint (nodes[4].depth, ==, 2);
  g_assert_cmpuint (nodes[6].depth, ==, 1);
  g_assert_true (nodes[2].improper);
  g_assert_cmpint (nodes[2].left_out, ==, 7);
  g_assert_cmpint (nodes[2].kind, ==, GROVE_TERM_KIND_LIST);
  g_assert_cmpstr (nodes[5].text, ==, "x");
}

/* Counts that do not add up, types that are wrong: the text is what is left. */
static void
test_lies (void)
{
  const char *const trees[] = {
    "[]",
    "[{'kind':'tuple','n':2}," ATOM ("a") "]",
    "[{'kind':'tuple','n':1}," ATOM ("a") "," ATOM ("b") "]",
    "[" ATOM ("a") "," ATOM ("b") "]",
    "[{'kind':'tuple','n':-1}]",
    "[{'kind':'tuple','n':9007199254740991}]",
    "[7]",
    "[null]",
    "'a'",
    "{}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (trees); i++)
    {
      g_autofree char *json = g_strdup_printf ("{'text':'x','tree':%s}", trees[i]);
      g_autoptr (GroveTerm) term = read_term (json);
      guint n = 99;

      g_assert_null (grove_term_get_nodes (term, &n));
      g_assert_cmpuint (n, ==, 0);
      g_assert_cmpstr (grove_term_get_text (term), ==, "x");
      g_assert_cmpint (grove_term_get_size (term), ==, -1);
    }
  g_assert_null (_grove_term_read (NULL));
}

static void
test_too_deep_or_long (void)
{
  g_autoptr (GString) deep = g_string_new ("{'text':'x','tree':[");
  g_autoptr (GString) many = g_string_new ("{'text':'x','tree':[{'kind':'list','n':1023}");
  g_autoptr (GString) too_many = g_string_new (NULL);
  guint n;

  for (int i = 0; i < 500; i++)
    g_string_append (deep, "{'kind':'list','n':1},");
  g_string_append (deep, ATOM ("a") "]}");
  for (int i = 0; i < 1023; i++)
    g_string_append (many, "," ATOM ("a"));
  g_string_printf (too_many, "%s," ATOM ("a") "]}", many->str);
  g_string_append (many, "]}");
  g_autoptr (GroveTerm) first = read_term (deep->str);
  g_autoptr (GroveTerm) second = read_term (many->str);
  g_autoptr (GroveTerm) third = read_term (too_many->str);
  g_assert_null (grove_term_get_nodes (first, &n));
  g_assert_nonnull (grove_term_get_nodes (second, &n));
  g_assert_cmpuint (n, ==, 1024);
  g_assert_null (grove_term_get_nodes (third, &n));
}

static void
test_a_megabyte (void)
{
  g_autofree char *text = g_strnfill (1 << 20, 'x');
  g_autofree char *json = g_strdup_printf ("{'text':'%s','size':1048576,'truncated':true}", text);
  g_autoptr (GroveTerm) term = read_term (json);

  g_assert_cmpuint (strlen (grove_term_get_text (term)), ==, 128 << 10);
  g_assert_true (grove_term_is_truncated (term));
}

static void
test_alike (void)
{
  g_autoptr (GroveTerm) a = read_term ("{'text':'[a]','tree':[{'kind':'list','text':'[a]','n':1}"
                                       "," ATOM ("a") "]}");
  g_autoptr (GroveTerm) b = read_term ("{'text':'[b]','tree':[{'kind':'list','text':'[b]','n':1}"
                                       "," ATOM ("b") "]}");
  g_autoptr (GroveTerm) c = read_term ("{'text':'b','tree':[" ATOM ("b") "]}");

  g_assert_true (grove_term_is_alike (a, b));
  g_assert_false (grove_term_equal (a, b));
  g_assert_false (grove_term_is_alike (a, c));
  g_assert_true (grove_term_equal (a, a));
  g_assert_false (grove_term_equal (a, NULL));
  g_assert_true (grove_term_equal (NULL, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/observer/term/nodes", test_nodes);
  g_test_add_func ("/observer/term/printed", test_printed);
  g_test_add_func ("/observer/term/lies", test_lies);
  g_test_add_func ("/observer/term/too-deep-or-long", test_too_deep_or_long);
  g_test_add_func ("/observer/term/a-megabyte", test_a_megabyte);
  g_test_add_func ("/observer/term/alike", test_alike);
  return g_test_run ();
}
