/* SPDX-License-Identifier: MIT
 *
 * Tests protocol/client.c: what it composes, what it understands, and when it breaks off.
 */
#include "protocol/client.h"

#include <glib.h>
#include <json-c/json.h>
#include <string.h>

struct heard
{
  struct grove_client *client;
  GString             *text;
  gboolean             free_in_handler;
};

static void
on_reply (int64_t id, struct json_object *result, struct json_object *error, void *user_data)
{
  struct heard *heard = user_data;

  g_string_append_printf (heard->text, "%s %d %s;", error != NULL ? "error" : "result", (gint) id,
                          json_object_to_json_string_ext (error != NULL ? error : result,
                                                          JSON_C_TO_STRING_PLAIN));
}

static void
on_notification (const char *method, struct json_object *params, void *user_data)
{
  struct heard *heard = user_data;

  g_string_append_printf (heard->text, "%s %s;", method,
                          json_object_to_json_string_ext (params, JSON_C_TO_STRING_PLAIN));
  if (heard->free_in_handler)
    grove_client_free (heard->client);
}

static void
on_broken (const char *reason, void *user_data)
{
  g_string_append (((struct heard *) user_data)->text, "broken;");
}

static const struct grove_client_handler handler = { on_reply, on_notification, on_broken };

static void
begin (struct heard *heard)
{
  heard->text = g_string_new (NULL);
  heard->free_in_handler = FALSE;
  heard->client = grove_client_new (&handler, heard);
}

static void
end (struct heard *heard)
{
  grove_client_free (heard->client);
  g_string_free (heard->text, TRUE);
}

static void
test_compose (void)
{
  struct heard        heard;
  struct json_object *params = json_object_new_object ();
  g_autofree char    *composed = NULL;
  const char         *bytes;
  gsize               size;

  begin (&heard);
  json_object_object_add (params, "pid", json_object_new_string ("<0.1.0>\n\"\xC3\xA9/"));
  g_assert_cmpint (grove_client_request (heard.client, "process.get", params), ==, 1);
  g_assert_cmpint (grove_client_request (heard.client, "session.ping", NULL), ==, 2);
  grove_client_notify (heard.client, "tree.ack", NULL);
  bytes = grove_client_output (heard.client, &size);
  composed = g_strndup (bytes, size);
  g_assert_cmpstr (composed, ==,
                   "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"process.get\",\"params\":"
                   "{\"pid\":\"<0.1.0>\\n\\\"\xC3\xA9/\"}}\n"
                   "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"session.ping\",\"params\":{}}\n"
                   "{\"jsonrpc\":\"2.0\",\"method\":\"tree.ack\",\"params\":{}}\n");
  grove_client_consume (heard.client, 10);
  bytes = grove_client_output (heard.client, &size);
  g_assert_cmpmem (bytes, size, composed + 10, strlen (composed) - 10);
  grove_client_consume (heard.client, size);
  (void) grove_client_output (heard.client, &size);
  g_assert_cmpuint (size, ==, 0);
  end (&heard);
}

static void
test_understand (void)
{
  static const char text[] =
    "{\"jsonrpc\":\"2.0\",\"method\":\"hello\",\"params\":{\"a\":1}}\n"
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"b\":2}}\n"
    "{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-32601,\"message\":\"m\"},\"later\":1}\n"
    "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"m\"}}\n";

  for (gsize at = 0; at < sizeof text; at++)
    {
      struct heard heard;

      begin (&heard);
      g_assert_true (grove_client_feed (heard.client, text, at));
      if (at < sizeof text - 1)
        g_assert_true (grove_client_feed (heard.client, text + at, sizeof text - 1 - at));
      g_assert_cmpstr (heard.text->str, ==,
                       "hello {\"a\":1};result 1 {\"b\":2};"
                       "error 2 {\"code\":-32601,\"message\":\"m\"};"
                       "error 0 {\"code\":-32700,\"message\":\"m\"};");
      end (&heard);
    }
}

static void
test_broken (void)
{
  static const char *const lines[] = {
    "hello\n",
    "{}\n",
    "{\"jsonrpc\":\"1.0\",\"id\":1,\"result\":1}\n",
    "{\"jsonrpc\":\"2.0\",\"id\":1}\n",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1,\"error\":{}}\n",
    "{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":1}\n",
    "{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":1}\n",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":5}\n",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":\"x\",\"message\":\"m\"}}\n",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1}}\n",
    "{\"jsonrpc\":\"2.0\",\"method\":\"hello\"}\n",
    "{\"jsonrpc\":\"2.0\",\"method\":\"hello\",\"params\":[]}\n",
    "{\"jsonrpc\":\"2.0\",\"method\":5,\"params\":{}}\n",
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"a\":1,\"a\":2}}\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      struct heard heard;

      begin (&heard);
      g_assert_false (grove_client_feed (heard.client, lines[i], strlen (lines[i])));
      g_assert_false (grove_client_feed (heard.client, lines[i], strlen (lines[i])));
      g_assert_cmpstr (heard.text->str, ==, "broken;");
      end (&heard);
    }
}

static void
test_too_long (void)
{
  struct heard     heard;
  g_autofree char *piece = g_strnfill (1 << 20, ' ');

  begin (&heard);
  g_assert_true (grove_client_feed (heard.client, piece, 1 << 20));
  g_assert_true (grove_client_feed (heard.client, piece, 1));
  g_assert_false (grove_client_feed (heard.client, "\n", 1));
  g_assert_cmpstr (heard.text->str, ==, "broken;");
  end (&heard);
}

/* A handler may free the client; the lines after it are not read. */
static void
test_free_in_handler (void)
{
  static const char text[] = "{\"jsonrpc\":\"2.0\",\"method\":\"goodbye\",\"params\":{}}\n"
                             "{\"jsonrpc\":\"2.0\",\"method\":\"hello\",\"params\":{}}\n";
  struct heard      heard;

  begin (&heard);
  heard.free_in_handler = TRUE;
  g_assert_false (grove_client_feed (heard.client, text, sizeof text - 1));
  g_assert_cmpstr (heard.text->str, ==, "goodbye {};");
  g_string_free (heard.text, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/client/compose", test_compose);
  g_test_add_func ("/protocol/client/understand", test_understand);
  g_test_add_func ("/protocol/client/broken", test_broken);
  g_test_add_func ("/protocol/client/too-long", test_too_long);
  g_test_add_func ("/protocol/client/free-in-handler", test_free_in_handler);
  return g_test_run ();
}
