/* SPDX-License-Identifier: MIT
 *
 * Recorded sessions (tests/data/protocol), one message a line as it was on the wire: each passes
 * the strict scan, comes out of json-c as it went in, and a client understands all of them.
 */
#include "protocol/client.h"
#include "protocol/scan.h"
#include "protocol/schema-names.h"

#include <glib.h>
#include <json-c/json.h>
#include <string.h>

struct heard
{
  guint n_replies, n_errors, n_notifications;
};

static void
on_reply (int64_t id, struct json_object *result, struct json_object *error, void *user_data)
{
  struct heard *heard = user_data;

  if (error != NULL)
    heard->n_errors++;
  else
    heard->n_replies++;
}

static void
on_notification (const char *method, struct json_object *params, void *user_data)
{
  ((struct heard *) user_data)->n_notifications++;
}

static void
on_broken (const char *reason, void *user_data)
{
  g_error ("%s", reason);
}

static void
check_line (const char *line, gsize size)
{
  const struct grove_scan_limits limits = { .depth = GROVE_LIMIT_DEPTH,
                                            .string = GROVE_LIMIT_MESSAGE };
  struct grove_scan_error        error;
  struct json_object            *json;
  g_autofree char               *text = g_strndup (line, size);

  if (!grove_scan (line, size, &limits, &error))
    g_error ("%s, at %zu of %s", error.what, error.at, text);
  json = json_tokener_parse (text);
  g_assert_nonnull (json);
  g_assert_cmpstr (json_object_to_json_string_ext (json, JSON_C_TO_STRING_PLAIN |
                                                           JSON_C_TO_STRING_NOSLASHESCAPE),
                   ==, text);
  json_object_put (json);
}

static void
test_recorded (gconstpointer path)
{
  const struct grove_client_handler handler = { on_reply, on_notification, on_broken };
  struct heard                      heard = { 0 };
  struct grove_client              *client = grove_client_new (&handler, &heard);
  g_autofree char                  *bytes = NULL;
  gsize                             size;
  guint                             n_lines = 0;

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  for (const char *at = bytes, *end; (end = strchr (at, '\n')) != NULL; at = end + 1)
    {
      check_line (at, (gsize) (end - at));
      n_lines++;
    }
  g_assert_true (grove_client_feed (client, bytes, size));
  g_assert_cmpuint (heard.n_replies + heard.n_errors + heard.n_notifications, ==, n_lines);
  g_assert_cmpuint (heard.n_replies, >, 5);
  g_assert_cmpuint (heard.n_errors, >, 0);
  g_assert_cmpuint (heard.n_notifications, >, 5);
  grove_client_free (client);
}

int
main (int argc, char **argv)
{
  g_autofree char *directory =
    g_build_filename (g_getenv ("G_TEST_SRCDIR"), "data", "protocol", NULL);
  g_autoptr (GDir) files = NULL;
  const char *name;

  g_test_init (&argc, &argv, NULL);
  files = g_dir_open (directory, 0, NULL);
  g_assert_nonnull (files);
  while ((name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *path = g_strconcat ("/protocol/recorded/", name, NULL);

      g_test_add_data_func_full (path, g_build_filename (directory, name, NULL), test_recorded,
                                 g_free);
    }
  return g_test_run ();
}
