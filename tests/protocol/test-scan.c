/* SPDX-License-Identifier: MIT
 *
 * Tests protocol/scan.c and frame.c: what is let through to json-c, and how lines are cut.
 */
#include "protocol/frame.h"
#include "protocol/scan.h"

#include <glib.h>
#include <json-c/json.h>
#include <string.h>

static const struct grove_scan_limits limits = { .depth = 16, .string = 8192 };

struct sample
{
  const char *path;
  const char *line;
  gsize       at; /* where it goes wrong */
};

static const struct sample good[] = {
  { "empty-object", "{}", 0 },
  { "spaces", "  { \"a\" : [ 1 , 2 ] , \"b\" : { } }  ", 0 },
  { "numbers",
    "{\"a\":[0,-0,1,-1,10,0.5,-1.25,1e5,1E+5,1.5e-300,9007199254740991,-9007199254740991]}", 0 },
  { "biggest-real", "{\"a\":1e307}", 0 },
  { "words", "{\"a\":[true,false,null]}", 0 },
  { "escapes", "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20ac\"}", 0 },
  { "surrogate-pair", "{\"a\":\"\\ud83d\\ude00\"}", 0 },
  { "utf8", "{\"a\":\"h\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"}", 0 },
  { "last-character", "{\"a\":\"\xF4\x8F\xBF\xBF\"}", 0 },
  { "same-key-elsewhere", "{\"a\":{\"a\":[{\"a\":1},{\"a\":2}]},\"b\":{\"a\":1}}", 0 },
  { "deep", "{\"a\":[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}", 0 },
};

static const struct sample bad[] = {
  { "nothing", "", 0 },
  { "no-object", "[1]", 0 },
  { "scalar", "1", 0 },
  { "open", "{\"a\":1", 6 },
  { "open-string", "{\"a", 3 },
  { "trailing", "{} {}", 3 },
  { "trailing-brace", "{}}", 2 },
  { "wrong-bracket", "{\"a\":[1}", 7 },
  { "trailing-comma", "{\"a\":1,}", 7 },
  { "trailing-comma-array", "{\"a\":[1,]}", 8 },
  { "leading-comma", "{\"a\":[,1]}", 6 },
  { "missing-comma", "{\"a\":1 \"b\":2}", 7 },
  { "missing-colon", "{\"a\" 1}", 5 },
  { "missing-value", "{\"a\":}", 5 },
  { "bare-key", "{a:1}", 1 },
  { "single-quotes", "{'a':1}", 1 },
  { "single-quoted-value", "{\"a\":'b'}", 5 },
  { "comment", "{/**/}", 1 },
  { "nan", "{\"a\":NaN}", 5 },
  { "infinity", "{\"a\":Infinity}", 5 },
  { "minus-infinity", "{\"a\":-Infinity}", 6 },
  { "capital-true", "{\"a\":True}", 5 },
  { "cut-word", "{\"a\":tru}", 5 },
  { "plus", "{\"a\":+1}", 5 },
  { "leading-zero", "{\"a\":01}", 7 },
  { "point-first", "{\"a\":.5}", 5 },
  { "point-last", "{\"a\":1.}", 7 },
  { "no-exponent", "{\"a\":1e}", 7 },
  { "hexadecimal", "{\"a\":0x10}", 6 },
  { "minus", "{\"a\":-}", 6 },
  { "big", "{\"a\":9007199254740992}", 5 },
  { "big-negative", "{\"a\":-9007199254740992}", 5 },
  { "very-big", "{\"a\":123456789012345678901234567890}", 5 },
  { "infinite-real", "{\"a\":1e309}", 5 },
  { "long-exponent", "{\"a\":1e99999999999999999999}", 5 },
  { "long-number", "{\"a\":0.00000000000000000000000000000000000000000000000000000000000000001}",
    5 },
  { "tab", "{\t}", 1 },
  { "carriage-return", "{}\r", 2 },
  { "control-in-string", "{\"a\":\"\x01\"}", 6 },
  { "delete-is-no-space", "{\x7F}", 1 },
  { "nul-escape", "{\"a\":\"x\\u0000y\"}", 13 },
  { "nul-escape-in-key", "{\"x\\u0000y\":1}", 9 },
  { "high-surrogate", "{\"a\":\"\\ud800\"}", 12 },
  { "low-surrogate", "{\"a\":\"\\udc00\"}", 12 },
  { "two-high", "{\"a\":\"\\ud800\\ud800\"}", 18 },
  { "bad-escape", "{\"a\":\"\\x41\"}", 7 },
  { "bad-hex", "{\"a\":\"\\u00g0\"}", 10 },
  { "overlong", "{\"a\":\"\xC0\x80\"}", 6 },
  { "overlong-3", "{\"a\":\"\xE0\x80\x80\"}", 6 },
  { "overlong-4", "{\"a\":\"\xF0\x80\x80\x80\"}", 6 },
  { "utf8-surrogate", "{\"a\":\"\xED\xA0\x80\"}", 6 },
  { "above-unicode", "{\"a\":\"\xF4\x90\x80\x80\"}", 6 },
  { "cut-utf8", "{\"a\":\"\xE2\x82\"}", 6 },
  { "continuation", "{\"a\":\"\x80\"}", 6 },
  { "byte-ff", "{\"a\":\"\xFF\"}", 6 },
  { "duplicate", "{\"a\":1,\"a\":2}", 7 },
  { "duplicate-escaped", "{\"a\":1,\"\\u0061\":2}", 7 },
  { "duplicate-deep", "{\"a\":{\"b\":1,\"c\":{\"b\":1},\"b\":2}}", 24 },
  { "deep", "{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", 20 },
};

static void
test_good (gconstpointer data)
{
  const struct sample    *sample = data;
  struct grove_scan_error error;
  struct json_object     *json;

  if (!grove_scan (sample->line, strlen (sample->line), &limits, &error))
    g_error ("%s, at %zu", error.what, error.at);
  json = json_tokener_parse (sample->line);
  g_assert_nonnull (json);
  json_object_put (json);
}

static void
test_bad (gconstpointer data)
{
  const struct sample    *sample = data;
  struct grove_scan_error error = { .what = NULL };

  g_assert_false (grove_scan (sample->line, strlen (sample->line), &limits, &error));
  g_assert_nonnull (error.what);
  g_assert_cmpuint (error.at, ==, sample->at);
}

/* A byte 0 in the line ends nothing. */
static void
test_nul (void)
{
  struct grove_scan_error error;
  static const char       line[] = "{\"a\":\"x\0y\"}";

  g_assert_false (grove_scan (line, sizeof line - 1, &limits, &error));
  g_assert_cmpuint (error.at, ==, 7);
  g_assert_false (grove_scan ("{}\0", 3, &limits, &error));
}

/* A string is counted with its escapes resolved. */
static void
test_long_string (void)
{
  struct grove_scan_error error;
  g_autofree char        *fits = g_strnfill (8192, 's');
  g_autofree char        *line = g_strdup_printf ("{\"a\":\"%s\"}", fits);
  g_autofree char        *over = g_strdup_printf ("{\"a\":\"%sx\"}", fits);
  g_autofree char        *escaped = g_strdup_printf ("{\"a\":\"%s\\u0041\"}", fits + 1);

  g_assert_true (grove_scan (line, strlen (line), &limits, &error));
  g_assert_true (grove_scan (escaped, strlen (escaped), &limits, &error));
  g_assert_false (grove_scan (over, strlen (over), &limits, &error));
  g_assert_cmpint (error.fault, ==, GROVE_SCAN_STRING);
  g_assert_cmpuint (error.at, ==, 5);
}

/* Thousands of keys are no duplicates, until one is. */
static void
test_many_keys (void)
{
  struct grove_scan_error error;
  GString                *line = g_string_new ("{\"first\":0");

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (line, ",\"k%u\":{\"first\":%u}", i, i);
  g_string_append (line, "}");
  g_assert_true (grove_scan (line->str, line->len, &limits, &error));
  g_string_truncate (line, line->len - 1);
  g_string_append (line, ",\"k17\":1}");
  g_assert_false (grove_scan (line->str, line->len, &limits, &error));
  g_assert_cmpuint (error.at, ==, line->len - 8);
  g_string_free (line, TRUE);
}

/* One byte of a good line changed: what still passes, json-c reads too. */
static void
test_mutations (void)
{
  static const char line[] = "{\"jsonrpc\":\"2.0\",\"id\":12,\"params\":{\"pid\":\"<0.1.0>"
                             "\\u0041\xC3\xA9\",\"x\":[1.5e3,true,null]}}";
  guint             n_passed = 0;

  for (gsize at = 0; at < sizeof line - 1; at++)
    for (guint byte = 0; byte < 256; byte++)
      {
        struct grove_scan_error error;
        char                    changed[sizeof line];
        struct json_tokener    *tokener;
        struct json_object     *json;

        memcpy (changed, line, sizeof line);
        changed[at] = (char) byte;
        if (!grove_scan (changed, sizeof line - 1, &limits, &error))
          continue;
        n_passed++;
        tokener = json_tokener_new ();
        json_tokener_set_flags (tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
        json = json_tokener_parse_ex (tokener, changed, sizeof line - 1);
        g_assert_nonnull (json);
        g_assert_cmpuint (json_tokener_get_parse_end (tokener), ==, sizeof line - 1);
        json_object_put (json);
        json_tokener_free (tokener);
      }
  g_assert_cmpuint (n_passed, >, 100);
}

static void
expect_line (struct grove_frame *frame, const char **bytes, gsize *size, const char *wanted)
{
  const char *line;
  gsize       n;

  g_assert_cmpint (grove_frame_next (frame, bytes, size, &line, &n), ==, GROVE_FRAME_LINE);
  g_assert_cmpmem (line, n, wanted, strlen (wanted));
}

static void
test_frame_cut (void)
{
  static const char text[] = "one\n\ntwo\nthree";

  for (gsize at = 0; at < sizeof text; at++)
    {
      struct grove_frame frame;
      GString           *lines = g_string_new (NULL);
      const char        *bytes = text, *line;
      gsize              size = at, n;

      grove_frame_init (&frame, 100);
      for (guint part = 0; part < 2; part++)
        {
          while (grove_frame_next (&frame, &bytes, &size, &line, &n) == GROVE_FRAME_LINE)
            {
              g_string_append_len (lines, line, (gssize) n);
              g_string_append_c (lines, '|');
            }
          g_assert_cmpuint (size, ==, 0);
          size = sizeof text - 1 - MIN (at, sizeof text - 1);
        }
      g_assert_cmpstr (lines->str, ==, "one||two|");
      g_string_free (lines, TRUE);
      grove_frame_finish (&frame);
    }
}

static void
test_frame_oversized (void)
{
  struct grove_frame frame;
  const char        *bytes = "12345\n123456\n12345678", *line;
  gsize              size = strlen (bytes), n;

  grove_frame_init (&frame, 5);
  expect_line (&frame, &bytes, &size, "12345");
  g_assert_cmpint (grove_frame_next (&frame, &bytes, &size, &line, &n), ==, GROVE_FRAME_TOO_LONG);
  g_assert_cmpuint (n, ==, 6);
  g_assert_cmpint (grove_frame_next (&frame, &bytes, &size, &line, &n), ==, GROVE_FRAME_MORE);
  /* Megabytes more, and nothing is kept. */
  for (guint i = 0; i < 1000; i++)
    {
      bytes = "0123456789";
      size = 10;
      g_assert_cmpint (grove_frame_next (&frame, &bytes, &size, &line, &n), ==, GROVE_FRAME_MORE);
    }
  g_assert_cmpuint (frame.capacity, <=, 512);
  bytes = "\nok\n";
  size = 4;
  g_assert_cmpint (grove_frame_next (&frame, &bytes, &size, &line, &n), ==, GROVE_FRAME_TOO_LONG);
  g_assert_cmpuint (n, ==, 10008);
  expect_line (&frame, &bytes, &size, "ok");
  grove_frame_finish (&frame);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *path = g_strconcat ("/protocol/scan/good/", good[i].path, NULL);

      g_test_add_data_func (path, &good[i], test_good);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *path = g_strconcat ("/protocol/scan/bad/", bad[i].path, NULL);

      g_test_add_data_func (path, &bad[i], test_bad);
    }
  g_test_add_func ("/protocol/scan/nul", test_nul);
  g_test_add_func ("/protocol/scan/long-string", test_long_string);
  g_test_add_func ("/protocol/scan/many-keys", test_many_keys);
  g_test_add_func ("/protocol/scan/mutations", test_mutations);
  g_test_add_func ("/protocol/frame/cut", test_frame_cut);
  g_test_add_func ("/protocol/frame/oversized", test_frame_oversized);
  return g_test_run ();
}
