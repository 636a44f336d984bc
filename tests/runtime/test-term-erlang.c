/* SPDX-License-Identifier: MIT
 *
 * Tests of runtime/term against Erlang itself, where it is installed: random terms go to a real
 * node, which says what it writes for them, how it orders them, and whether it can read our text.
 */
#include "tests/runtime/test-term-random.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_TERMS 3000

struct record
{
  struct grove_buffer a;
  struct grove_buffer b;
  char               *text;
  bool                readable; /* our text has nothing in it that has no syntax */
};

static void
put_part (GByteArray *data, const void *bytes, size_t size)
{
  guint32 head = GUINT32_TO_BE ((guint32) size);

  g_byte_array_append (data, (const guint8 *) &head, sizeof head);
  g_byte_array_append (data, bytes, (guint) size);
}

/* Every other pair is one value in two forms, or nearly so; the rest are any two. */
static void
record_init (struct record *self, guint32 seed, guint32 i)
{
  static char text[1 << 20];
  g_autoptr (GRand) values = g_rand_new_with_seed (seed + i), forms = g_rand_new_with_seed (i);
  g_autoptr (GRand) again = g_rand_new_with_seed (i % 2 == 0 ? seed + i : seed + i + 1);
  bool truncated;

  random_term (values, forms, RANDOM_CANONICAL, &self->a);
  random_term (again, forms, RANDOM_VARIED, &self->b);
  grove_term_print (grove_buffer_term (&self->a), GROVE_SYNTAX_ERLANG, 256, text, sizeof text,
                    &truncated);
  g_assert_false (truncated);
  self->text = g_strdup (text);
  self->readable = strstr (text, "Pid<") == NULL && strstr (text, "Ref<") == NULL &&
                   strstr (text, "Port<") == NULL;
}

static void
record_finish (struct record *self)
{
  grove_buffer_finish (&self->a);
  grove_buffer_finish (&self->b);
  g_free (self->text);
}

/* The line that Erlang answers: bytes order equal read text. */
static void
assert_agrees (struct record *self, const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, " ", 5);
  struct grove_term a = grove_buffer_term (&self->a), b = grove_buffer_term (&self->b);

  g_test_message ("%s", self->text);
  g_assert_cmpuint (g_strv_length (parts), ==, 5);
  g_assert_cmpstr (parts[0], ==, "true");
  g_assert_cmpint (grove_term_compare (a, b), ==, atoi (parts[1]));
  g_assert_cmpstr (grove_term_equal (a, b) ? "true" : "false", ==, parts[2]);
  g_assert_cmpstr (parts[3], ==, self->readable ? "true" : "none");
  /* Text outside of ASCII is shown as UTF-8 here and as Latin-1 there, and the words of later
   * releases are quoted here. */
  if (self->readable && g_str_is_ascii (parts[4]) && g_str_is_ascii (self->text) &&
      strstr (self->text, "maybe") == NULL && strstr (self->text, "else") == NULL)
    g_assert_cmpstr (self->text, ==, parts[4]);
}

/* What Erlang can read, so can we, and write the same bytes. */
static void
assert_reads_back (struct record *self)
{
  struct grove_buffer again = { 0 };
  const char         *message = NULL;
  size_t              size = strlen (self->text), position = 0;

  if (!self->readable || size > 64 * 1024 || strstr (self->text, ":") != NULL)
    return;
  if (grove_term_parse (self->text, size, &again, &position, &message) != GROVE_OK)
    g_error ("%s at %zu of %s", message, position, self->text);
  g_assert_cmpmem (again.bytes, again.size, self->a.bytes, self->a.size);
  grove_buffer_finish (&again);
}

static void
ask (const char *in, const char *out)
{
  g_autofree char *escript = g_find_program_in_path ("escript");
  g_autofree char *script =
    g_test_build_filename (G_TEST_DIST, "runtime", "test-term-erlang.escript", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL, *errors = NULL;
  char *const      argv[] = { escript, script, (char *) in, (char *) out, NULL };
  int              status = 0;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, &errors, &status,
                &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("escript: %s%s", output, errors);
}

static void
test_agrees (void)
{
  guint32              seed;
  static struct record records[N_TERMS];
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = NULL, *in = NULL, *out = NULL, *answer = NULL, *found = NULL;
  g_auto (GStrv) lines = NULL;

  found = g_find_program_in_path ("escript");
  if (found == NULL)
    {
      g_test_skip ("Erlang is not installed");
      return;
    }
  seed = random_seed ();
  for (guint32 i = 0; i < N_TERMS; i++)
    {
      record_init (&records[i], seed, i);
      put_part (data, records[i].a.bytes, records[i].a.size);
      put_part (data, records[i].b.bytes, records[i].b.size);
      put_part (data, records[i].text, records[i].readable ? strlen (records[i].text) : 0);
    }
  directory = g_dir_make_tmp ("grove-term-XXXXXX", &error);
  g_assert_no_error (error);
  in = g_build_filename (directory, "terms", NULL);
  out = g_build_filename (directory, "answers", NULL);
  g_file_set_contents (in, (const char *) data->data, data->len, &error);
  g_assert_no_error (error);
  ask (in, out);
  g_file_get_contents (out, &answer, NULL, &error);
  g_assert_no_error (error);
  g_remove (in);
  g_remove (out);
  g_rmdir (directory);
  lines = g_strsplit (answer, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, N_TERMS + 1);
  for (guint32 i = 0; i < N_TERMS; i++)
    {
      assert_agrees (&records[i], lines[i]);
      assert_reads_back (&records[i]);
      record_finish (&records[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/term/erlang/agrees", test_agrees);
  return g_test_run ();
}
