/* SPDX-License-Identifier: MIT
 *
 * Tests protocol/writer.c: what is written parses to what was meant.
 */
#include "protocol/scan.h"
#include "protocol/writer.h"
#include "tests/support/grove-locale-test.h"

#include <glib.h>
#include <json-c/json.h>
#include <math.h>
#include <string.h>

static void
expect (const struct grove_writer *writer, const char *text)
{
  g_assert_true (grove_writer_ok (writer));
  g_assert_cmpmem (writer->bytes, writer->size, text, strlen (text));
}

static void
test_structure (void)
{
  struct grove_writer writer;

  grove_writer_init (&writer, 0);
  grove_writer_begin_object (&writer);
  grove_writer_member_int (&writer, "a", -5);
  grove_writer_name (&writer, "b");
  grove_writer_begin_array (&writer);
  grove_writer_null (&writer);
  grove_writer_bool (&writer, true);
  grove_writer_begin_object (&writer);
  grove_writer_end_object (&writer);
  grove_writer_raw (&writer, "[1]", 3);
  grove_writer_end_array (&writer);
  grove_writer_member_text (&writer, "c", NULL);
  grove_writer_member_bool (&writer, "d", false);
  grove_writer_member_real (&writer, "e", 0.25);
  grove_writer_end_object (&writer);
  expect (&writer, "{\"a\":-5,\"b\":[null,true,{},[1]],\"c\":null,\"d\":false,\"e\":0.25}");
  grove_writer_clear (&writer);
  grove_writer_int (&writer, 1);
  expect (&writer, "1");
  grove_writer_finish (&writer);
}

static void
test_text (void)
{
  static const struct
  {
    const char *text, *json;
  } samples[] = {
    { "plain", "\"plain\"" },
    { "", "\"\"" },
    { "\"\\/", "\"\\\"\\\\/\"" },
    { "\n\t\r\b\f\x01\x1F", "\"\\n\\t\\r\\b\\f\\u0001\\u001f\"" },
    { "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"" },
    { "a\xFFz", "\"a\xEF\xBF\xBDz\"" },
    { "\xE2\x82", "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },
    { "\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
    { "\xC0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      struct grove_writer writer;

      grove_writer_init (&writer, 0);
      grove_writer_text (&writer, samples[i].text);
      expect (&writer, samples[i].json);
      grove_writer_finish (&writer);
    }
  {
    struct grove_writer writer;

    /* What no text may hold. */
    grove_writer_init (&writer, 0);
    grove_writer_text_size (&writer, "a\0b", 3);
    expect (&writer, "\"a\xEF\xBF\xBD\x62\"");
    grove_writer_finish (&writer);
  }
}

static void
test_integers (void)
{
  struct grove_writer writer;

  grove_writer_init (&writer, 0);
  grove_writer_begin_array (&writer);
  grove_writer_int (&writer, 0);
  grove_writer_int (&writer, INT64_MAX);
  grove_writer_int (&writer, INT64_MIN);
  grove_writer_int (&writer, 9007199254740991);
  grove_writer_end_array (&writer);
  expect (&writer, "[0,9007199254740991,-9007199254740991,9007199254740991]");
  grove_writer_finish (&writer);
}

static void
expect_real (double value, const char *json)
{
  struct grove_writer writer;

  grove_writer_init (&writer, 0);
  grove_writer_real (&writer, value);
  expect (&writer, json);
  grove_writer_finish (&writer);
}

static void
test_reals (void)
{
  expect_real (0, "0");
  expect_real (1.5, "1.5");
  expect_real (-0.001, "-0.001");
  expect_real (1234567.891, "1234567.891");
  expect_real (100, "100");
  expect_real (0.1, "0.1");
  expect_real (1e300, "1e+300");
  expect_real (0.1 + 0.2, "0.30000000000000004");
  expect_real (NAN, "null");
  expect_real (INFINITY, "null");
  expect_real (-INFINITY, "null");
}

/* In a locale with a decimal comma JSON keeps its point. */
static void
test_locale (void)
{
  if (!grove_locale_test_enter ())
    g_test_skip ("no German locale can be made here");
  else
    {
      expect_real (0.1 + 0.2, "0.30000000000000004");
      expect_real (1.5, "1.5");
    }
  grove_locale_test_leave ();
}

static void
test_limit (void)
{
  struct grove_writer writer;

  grove_writer_init (&writer, 20);
  grove_writer_begin_array (&writer);
  for (guint i = 0; i < 100; i++)
    grove_writer_int (&writer, i);
  grove_writer_end_array (&writer);
  g_assert_false (grove_writer_ok (&writer));
  g_assert_cmpuint (writer.size, <=, 20);
  grove_writer_clear (&writer);
  g_assert_true (grove_writer_ok (&writer));
  for (guint i = 0; i < 100; i++)
    grove_writer_begin_array (&writer);
  g_assert_false (grove_writer_ok (&writer));
  grove_writer_finish (&writer);
}

/* Writes a random value and builds the same with json-c. */
static struct json_object *
write_random (struct grove_writer *writer, guint depth)
{
  char                text[24];
  gsize               n = (gsize) g_test_rand_int_range (0, 8);
  struct json_object *json;
  double              real;
  int64_t             integer;

  switch (g_test_rand_int_range (0, depth < 8 ? 7 : 5))
    {
    case 0:
      grove_writer_null (writer);
      return NULL;
    case 1:
      grove_writer_bool (writer, true);
      return json_object_new_boolean (true);
    case 2:
      integer = (int64_t) g_test_rand_int () * (1 << g_test_rand_int_range (0, 21));
      grove_writer_int (writer, integer);
      return json_object_new_int64 (integer);
    case 3:
      real = g_test_rand_bit () ? g_test_rand_double () * 1e6
                                : g_test_rand_int_range (-99999, 99999) / 1000.0;
      grove_writer_real (writer, real);
      return json_object_new_double (real);
    case 4:
      for (gsize i = 0; i < n; i++)
        text[i] = (char) g_test_rand_int_range (1, 128);
      grove_writer_text_size (writer, text, n);
      return json_object_new_string_len (text, (int) n);
    case 5:
      json = json_object_new_array ();
      grove_writer_begin_array (writer);
      for (gsize i = 0; i < n; i++)
        json_object_array_add (json, write_random (writer, depth + 1));
      grove_writer_end_array (writer);
      return json;
    default:
      json = json_object_new_object ();
      grove_writer_begin_object (writer);
      for (gsize i = 0; i < n; i++)
        {
          g_snprintf (text, sizeof text, "k%zu", i);
          grove_writer_name (writer, text);
          json_object_object_add (json, text, write_random (writer, depth + 1));
        }
      grove_writer_end_object (writer);
      return json;
    }
}

static void
compare (struct json_object *a, struct json_object *b)
{
  enum json_type type = json_object_get_type (b);

  if (type == json_type_double)
    {
      g_assert_cmpfloat (json_object_get_double (a), ==, json_object_get_double (b));
      return;
    }
  g_assert_cmpint (json_object_get_type (a), ==, type);
  if (type == json_type_int)
    g_assert_cmpint (json_object_get_int64 (a), ==, json_object_get_int64 (b));
  if (type == json_type_string)
    g_assert_cmpstr (json_object_get_string (a), ==, json_object_get_string (b));
  if (type == json_type_array)
    {
      g_assert_cmpuint (json_object_array_length (a), ==, json_object_array_length (b));
      for (gsize i = 0; i < json_object_array_length (a); i++)
        compare (json_object_array_get_idx (a, i), json_object_array_get_idx (b, i));
    }
  if (type == json_type_object)
    {
      g_assert_cmpint (json_object_object_length (a), ==, json_object_object_length (b));
      json_object_object_foreach (a, name, value) compare (value, json_object_object_get (b, name));
    }
}

/* What is written is what the strict scan accepts, and parses to what was meant. */
static void
test_round_trip (void)
{
  const struct grove_scan_limits limits = { .depth = 16, .string = 8192 };

  for (guint i = 0; i < 2000; i++)
    {
      struct grove_writer     writer;
      struct grove_scan_error error;
      struct json_object     *meant, *read;
      g_autofree char        *text = NULL;

      grove_writer_init (&writer, 0);
      grove_writer_begin_object (&writer);
      grove_writer_name (&writer, "v");
      meant = write_random (&writer, 0);
      grove_writer_end_object (&writer);
      text = g_strndup (writer.bytes, writer.size);
      if (!grove_scan (writer.bytes, writer.size, &limits, &error))
        g_error ("%s, at %zu of %s", error.what, error.at, text);
      read = json_tokener_parse (text);
      compare (json_object_object_get (read, "v"), meant);
      json_object_put (read);
      json_object_put (meant);
      grove_writer_finish (&writer);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/writer/structure", test_structure);
  g_test_add_func ("/protocol/writer/text", test_text);
  g_test_add_func ("/protocol/writer/integers", test_integers);
  g_test_add_func ("/protocol/writer/reals", test_reals);
  g_test_add_func ("/protocol/writer/locale", test_locale);
  g_test_add_func ("/protocol/writer/limit", test_limit);
  g_test_add_func ("/protocol/writer/round-trip", test_round_trip);
  return g_test_run ();
}
