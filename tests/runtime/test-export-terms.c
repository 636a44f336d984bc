/* SPDX-License-Identifier: MIT
 *
 * Terms on the wire: random and hostile ones, shown as trees. A tree is read back as a client
 * would: each node has the children it promised, and what is left out is counted.
 */
#include "runtime/export/terms.h"
#include "runtime/grove.h"
#include "tests/runtime/test-term-random.h"

#include <glib.h>
#include <json-c/json.h>
#include <string.h>

static const struct grove_term_style styles[] = {
  { .tree = true, .max_bytes = 200 },
  { .tree = true, .max_bytes = 16, .elixir = true },
};

static json_object *
shown (struct grove_term term, const struct grove_term_style *style)
{
  struct grove_writer writer;
  json_object        *json;

  grove_writer_init (&writer, GROVE_LIMIT_MESSAGE);
  _grove_write_term (&writer, term, style);
  g_assert_true (grove_writer_ok (&writer));
  json = json_tokener_parse (grove_writer_text_of (&writer));
  g_assert_nonnull (json);
  grove_writer_finish (&writer);
  return json;
}

static int64_t
number (json_object *object, const char *name)
{
  return json_object_get_int64 (json_object_object_get (object, name));
}

static const char *
text (json_object *object, const char *name)
{
  return json_object_get_string (json_object_object_get (object, name));
}

/* How many elements there are, as the tree counts them. */
static size_t
count (struct grove_term term)
{
  struct grove_cursor cursor;
  struct grove_term   element;
  size_t              n = 0;

  if (!grove_cursor_init (&cursor, term))
    return 0;
  while (grove_cursor_next (&cursor, &element))
    n++;
  return n + (grove_term_type (term) == GROVE_TERM_LIST && grove_cursor_tail (&cursor, &element));
}

static const char *const kinds[] = {
  [GROVE_TERM_INVALID] = "invalid",
  [GROVE_TERM_INTEGER] = "integer",
  [GROVE_TERM_FLOAT] = "float",
  [GROVE_TERM_ATOM] = "atom",
  [GROVE_TERM_BINARY] = "binary",
  [GROVE_TERM_BITSTRING] = "bitstring",
  [GROVE_TERM_LIST] = "list",
  [GROVE_TERM_TUPLE] = "tuple",
  [GROVE_TERM_MAP] = "map",
  [GROVE_TERM_PID] = "pid",
  [GROVE_TERM_REFERENCE] = "reference",
  [GROVE_TERM_FUN] = "fun",
  [GROVE_TERM_PORT] = "port",
};

/* Reads the node at @at and all below it, beside the term it shows; returns what comes after. */
static size_t
read_node (json_object *tree, size_t at, struct grove_term term, unsigned level, bool erlang)
{
  char                beginning[257];
  json_object        *node = json_object_array_get_idx (tree, at);
  struct grove_cursor cursor;
  struct grove_term   element;
  const size_t        n = (size_t) number (node, "n");
  size_t              n_read = 0;

  g_assert_nonnull (node);
  g_assert_cmpuint (level, <=, GROVE_LIMIT_TERM_LEVELS);
  g_assert_cmpuint (n, <=, GROVE_LIMIT_TERM_WIDTH + 1);
  g_assert_cmpuint (strlen (text (node, "text")), <=, 256);
  g_assert_cmpstr (text (node, "kind"), ==, kinds[grove_term_type (term)]);
  grove_term_print (term, GROVE_SYNTAX_ERLANG, 3, beginning, sizeof beginning, NULL);
  if (erlang)
    g_assert_true (strncmp (text (node, "text"), beginning, 40) == 0);
  at++;
  /* A list that is text is one value. */
  if (n == 0 && number (node, "left_out") == 0)
    return at;
  g_assert_cmpuint (n + (size_t) number (node, "left_out"), ==, count (term));
  if (n == 0 || !grove_cursor_init (&cursor, term))
    return at;
  for (; n_read < n && grove_cursor_next (&cursor, &element); n_read++)
    at = read_node (tree, at, element, level + 1, erlang);
  if (n_read < n)
    {
      g_assert_true (json_object_get_boolean (json_object_object_get (node, "improper")));
      g_assert_true (grove_cursor_tail (&cursor, &element));
      at = read_node (tree, at, element, level + 1, erlang);
    }
  return at;
}

static void
check (struct grove_term term)
{
  for (gsize i = 0; i < G_N_ELEMENTS (styles); i++)
    {
      json_object *json = shown (term, &styles[i]);
      json_object *tree = json_object_object_get (json, "tree");

      g_assert_cmpint (number (json, "size"), ==, (int64_t) term.size);
      g_assert_cmpuint (strlen (text (json, "text")), <=, styles[i].max_bytes);
      g_assert_cmpuint (json_object_array_length (tree), <=, GROVE_LIMIT_TERM_NODES);
      g_assert_cmpuint (read_node (tree, 0, term, 1, !styles[i].elixir), ==,
                        json_object_array_length (tree));
      json_object_put (json);
    }
}

static void
test_random (void)
{
  const guint32       seed = random_seed ();
  GRand              *values = g_rand_new_with_seed (seed);
  GRand              *forms = g_rand_new_with_seed (seed + 1);
  struct grove_buffer term = { NULL };

  for (guint i = 0; i < 3000; i++)
    {
      term.size = 0;
      random_term (values, forms, RANDOM_VARIED, &term);
      check (grove_buffer_term (&term));
    }
  grove_buffer_finish (&term);
  g_rand_free (values);
  g_rand_free (forms);
}

static void
put (struct grove_buffer *out, const void *bytes, size_t size)
{
  memcpy (grove_buffer_extend (out, size), bytes, size);
}

static void
test_deep (void)
{
  struct grove_buffer term = { NULL };
  json_object        *json, *tree;

  for (guint i = 0; i < 200; i++)
    put (&term, (const uint8_t[]){ 104, 1 }, 2);
  put (&term, (const uint8_t[]){ 106 }, 1);
  check (grove_buffer_term (&term));
  json = shown (grove_buffer_term (&term), &styles[0]);
  tree = json_object_object_get (json, "tree");
  g_assert_cmpuint (json_object_array_length (tree), ==, GROVE_LIMIT_TERM_LEVELS);
  json_object_put (json);
  grove_buffer_finish (&term);
}

/* A million numbers, and a list of a thousand such lists that are short. */
static void
test_wide (void)
{
  struct grove_buffer term = { NULL };
  json_object        *json, *tree;

  put (&term, (const uint8_t[]){ 108, 0, 15, 66, 64 }, 5);
  for (guint i = 0; i < 1000000; i++)
    put (&term, (const uint8_t[]){ 97, (uint8_t) i }, 2);
  put (&term, (const uint8_t[]){ 106 }, 1);
  json = shown (grove_buffer_term (&term), &styles[0]);
  tree = json_object_object_get (json, "tree");
  g_assert_cmpuint (json_object_array_length (tree), ==, 1 + GROVE_LIMIT_TERM_WIDTH);
  g_assert_cmpint (number (json_object_array_get_idx (tree, 0), "left_out"), ==,
                   1000000 - GROVE_LIMIT_TERM_WIDTH);
  json_object_put (json);

  term.size = 0;
  put (&term, (const uint8_t[]){ 108, 0, 0, 3, 232 }, 5);
  for (guint i = 0; i < 1000; i++)
    put (&term, (const uint8_t[]){ 104, 3, 97, 1, 97, 2, 97, (uint8_t) i }, 8);
  put (&term, (const uint8_t[]){ 119, 4, 't', 'a', 'i', 'l' }, 6);
  check (grove_buffer_term (&term));
  grove_buffer_finish (&term);
}

/* What is not copied is shown as text, and so is what there is no room for any more. */
static void
test_store (void)
{
  struct grove_buffer      term = { NULL };
  struct grove_term_store  store;
  struct grove_stored_term stored;
  struct grove_writer      writer;
  static const uint8_t     head[] = { 109, 0, 1, 17, 112 }; /* a binary of 70,000 bytes */
  guint                    n = 0;

  put (&term, head, sizeof head);
  memset (grove_buffer_extend (&term, 70000), 'x', 70000);
  _grove_term_store_init (&store, 4, &styles[0]);
  g_assert_true (_grove_term_store_take (&store, grove_buffer_term (&term), &styles[0], &stored));
  g_assert_true (stored.printed && stored.truncated);
  grove_writer_init (&writer, 0);
  _grove_write_stored_term (&writer, &store, &stored, &styles[0]);
  g_assert_null (strstr (grove_writer_text_of (&writer), "tree"));
  g_assert_nonnull (strstr (grove_writer_text_of (&writer), "\"size\":70005"));
  grove_writer_finish (&writer);

  /* The room is for four of 64 KiB. */
  term.bytes[2] = 0;
  term.bytes[3] = 195;
  term.bytes[4] = 80;
  term.size = 5 + 50000;
  while (_grove_term_store_take (&store, grove_buffer_term (&term), &styles[0], &stored))
    n++;
  g_assert_cmpuint (n, ==, 5);
  _grove_term_store_finish (&store);
  grove_buffer_finish (&term);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/export-terms/random", test_random);
  g_test_add_func ("/runtime/export-terms/deep", test_deep);
  g_test_add_func ("/runtime/export-terms/wide", test_wide);
  g_test_add_func ("/runtime/export-terms/store", test_store);
  return g_test_run ();
}
