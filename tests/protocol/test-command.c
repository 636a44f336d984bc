/* SPDX-License-Identifier: MIT
 *
 * Commands over time: what the audit says of them, what a cancelled one is answered; and watching
 * one process until it ends.
 */
#include "tests/protocol/test-wire.h"

#include <string.h>

static struct test_wire *
new_wire (void)
{
  struct test_source  *source = test_source_new ();
  struct test_process *top = test_source_spawn (source, NULL, 0, "shop_sup");

  for (guint i = 0; i < 5; i++)
    test_source_spawn (source, top, i, "worker");
  return test_wire_new (source);
}

static void
cancel (struct test_wire *wire, gint64 id)
{
  struct json_object *params = json_object_new_object ();

  json_object_object_add (params, "id", json_object_new_int64 (id));
  grove_client_notify (wire->client, "$/cancel", params);
  test_wire_pump (wire);
}

static gint
code_of (struct test_wire *wire, gint64 id)
{
  struct json_object *reply = g_hash_table_lookup (wire->replies, &id);

  g_assert_nonnull (reply);
  return (gint) test_int (test_member (reply, "error"), "code");
}

/* ---- Cancelling --------------------------------------------------------------------------------
 */

static void
test_cancel (void)
{
  struct test_wire *wire = new_wire ();
  gint64            first, second;

  test_wire_open (wire, "observe");
  wire->source->deferred = TRUE;
  first = test_wire_send (wire, "process.get", "{\"pid\":\"<0.1.0>\"}");
  second = test_wire_send (wire, "process.get", "{\"pid\":\"<0.2.0>\"}");
  test_wire_pump (wire);
  cancel (wire, first);
  g_assert_cmpint (code_of (wire, first), ==, -32800);
  g_assert_cmpuint (wire->source->n_cancelled, ==, 1);
  g_assert_null (g_hash_table_lookup (wire->replies, &second));

  /* The source finishes both; only the other one is still waited for. */
  g_hash_table_remove_all (wire->replies);
  test_source_answer (wire->source);
  test_wire_pump (wire);
  g_assert_null (g_hash_table_lookup (wire->replies, &first));
  g_assert_nonnull (g_hash_table_lookup (wire->replies, &second));

  /* What was answered, what never was, and what makes no sense: nothing happens. */
  cancel (wire, second);
  cancel (wire, 4711);
  grove_client_notify (wire->client, "$/cancel", json_object_new_object ());
  test_wire_pump (wire);
  g_assert_cmpuint (wire->source->n_cancelled, ==, 1);
  g_assert_null (wire->broken);
  g_assert_nonnull (test_wire_ask (wire, "session.ping", NULL));
  test_wire_free (wire);
}

/* ---- The audit ---------------------------------------------------------------------------------
 */

static struct json_object *
entry_at (struct json_object *tail, gsize index)
{
  struct json_object *entries = test_member (tail, "entries");

  g_assert_cmpuint (index, <, json_object_array_length (entries));
  return json_object_array_get_idx (entries, index);
}

static void
test_audit (void)
{
  struct test_wire   *wire = new_wire ();
  struct json_object *tail, *entry;

  test_wire_open (wire, "control");
  tail = test_wire_ask (wire, "audit.tail", NULL);
  g_assert_cmpuint (json_object_array_length (test_member (tail, "entries")), ==, 0);
  g_assert_cmpint (test_int (tail, "last"), ==, 0);

  test_wire_ask (wire, "process.kill", "{\"pid\":\"<0.2.0>\",\"expect\":{\"name\":\"worker\"}}");
  g_assert_cmpint (test_wire_ask_error (wire, "process.kill",
                                        "{\"pid\":\"<0.3.0>\",\"expect\":{\"name\":\"no\"}}", NULL),
                   ==, -32008);
  g_assert_cmpint (test_wire_ask_error (wire, "process.kill", "{\"pid\":7}", NULL), ==, -32602);
  g_assert_cmpint (test_wire_ask_error (wire, "process.restart", "{\"pid\":\"<0.3.0>\"}", NULL), ==,
                   -32009);
  /* Who only looks leaves nothing behind. */
  test_wire_ask (wire, "process.get", "{\"pid\":\"<0.3.0>\"}");

  tail = test_wire_ask (wire, "audit.tail", NULL);
  g_assert_cmpuint (json_object_array_length (test_member (tail, "entries")), ==, 4);
  g_assert_cmpint (test_int (tail, "lost"), ==, 0);
  entry = entry_at (tail, 0);
  g_assert_cmpint (test_int (entry, "seq"), ==, 1);
  g_assert_cmpint (test_int (entry, "session"), ==, 1);
  g_assert_cmpstr (test_text (entry, "client"), !=, "");
  g_assert_cmpstr (test_text (entry, "method"), ==, "process.kill");
  g_assert_cmpstr (test_text (test_member (entry, "params"), "pid"), ==, "<0.2.0>");
  g_assert_cmpstr (test_text (entry, "outcome"), ==, "done");
  g_assert_cmpstr (test_text (entry, "result"), ==, "exited");
  g_assert_cmpint (test_int (entry_at (tail, 1), "code"), ==, -32008);
  g_assert_cmpstr (test_text (entry_at (tail, 1), "outcome"), ==, "failed");
  g_assert_cmpint (test_int (entry_at (tail, 2), "code"), ==, -32602);
  g_assert_cmpint (test_int (entry_at (tail, 3), "code"), ==, -32009);
  g_assert_nonnull (strstr (test_text (entry_at (tail, 3), "result"), "nothing here"));

  tail = test_wire_ask (wire, "audit.tail", "{\"after\":3}");
  g_assert_cmpint (test_int (entry_at (tail, 0), "seq"), ==, 4);
  tail = test_wire_ask (wire, "audit.tail", "{\"limit\":2}");
  g_assert_cmpuint (json_object_array_length (test_member (tail, "entries")), ==, 2);
  test_wire_free (wire);
}

/* Each under its own number, however the answers come. */
static void
test_audit_deferred (void)
{
  struct test_wire   *wire = new_wire ();
  struct json_object *tail;
  gint64              third;

  test_wire_open (wire, "control");
  wire->source->deferred = TRUE;
  test_wire_send (wire, "process.kill", "{\"pid\":\"<0.2.0>\"}");
  test_wire_send (wire, "process.kill", "{\"pid\":\"<0.2.0>\"}");
  third = test_wire_send (wire, "process.kill", "{\"pid\":\"<0.3.0>\"}");
  test_wire_pump (wire);
  tail = test_wire_ask (wire, "audit.tail", NULL);
  g_assert_cmpstr (test_text (entry_at (tail, 0), "outcome"), ==, "under way");
  cancel (wire, third);
  /* The last first: the first finds nobody any more. */
  test_source_answer (wire->source);
  test_wire_pump (wire);
  tail = test_wire_ask (wire, "audit.tail", NULL);
  g_assert_cmpint (test_int (entry_at (tail, 0), "code"), ==, -32003);
  g_assert_cmpstr (test_text (entry_at (tail, 1), "outcome"), ==, "done");
  g_assert_cmpstr (test_text (entry_at (tail, 2), "outcome"), ==, "unknown");
  g_assert_cmpint (test_int (entry_at (tail, 2), "code"), ==, -32800);
  test_wire_free (wire);
}

static void
test_audit_ring (void)
{
  struct test_wire   *wire = new_wire ();
  struct json_object *tail;
  g_autofree char    *name = g_strnfill (256, 'n');
  g_autofree char    *longer =
    g_strdup_printf ("{\"pid\":\"<0.2.0>\",\"expect\":{\"name\":\"%s\"}}", name);

  test_wire_open (wire, "control");
  for (guint i = 0; i < 300; i++)
    g_assert_cmpint (test_wire_ask_error (wire, "process.kill", longer, NULL), ==, -32008);
  tail = test_wire_ask (wire, "audit.tail", NULL);
  g_assert_cmpuint (json_object_array_length (test_member (tail, "entries")), ==, 256);
  g_assert_cmpint (test_int (tail, "lost"), ==, 44);
  g_assert_cmpint (test_int (tail, "last"), ==, 300);
  g_assert_cmpint (test_int (entry_at (tail, 0), "seq"), ==, 45);
  /* What is too long is left out, but not whom it was about. */
  g_assert_cmpstr (json_object_to_json_string_ext (test_member (entry_at (tail, 0), "params"),
                                                   JSON_C_TO_STRING_PLAIN),
                   ==, "{\"pid\":\"<0.2.0>\"}");
  g_assert_null (wire->broken);
  test_wire_free (wire);
}

/* Those who may not are noted too: the observer that commands, and the one that would control what
 * is only to be observed. */
static void
test_audit_refused (void)
{
  struct test_wire         *wire = new_wire ();
  struct grove_audit_entry *entries;

  wire->host.read_only = true;
  test_wire_pump (wire);
  g_assert_cmpint (test_wire_ask_error (wire, "session.open",
                                        "{\"major\":1,\"client\":{\"name\":\"eve\",\"version\":"
                                        "\"1\"},\"role\":\"control\"}",
                                        NULL),
                   ==, -32002);
  test_wire_open (wire, "observe");
  g_assert_cmpint (test_wire_ask_error (wire, "process.kill", "{\"pid\":\"<0.2.0>\"}", NULL), ==,
                   -32002);
  g_assert_cmpint (test_wire_ask_error (wire, "audit.tail", NULL, NULL), ==, -32002);
  g_assert_cmpuint (wire->source->n_effects, ==, 0);
  entries = wire->host.audit.entries;
  g_assert_cmpuint (wire->host.audit.last, ==, 2);
  g_assert_cmpstr (entries[1].client, ==, "eve");
  g_assert_cmpint (entries[1].code, ==, -32002);
  g_assert_cmpstr (entries[2].method, ==, "process.kill");
  g_assert_cmpint (entries[2].code, ==, -32002);
  test_wire_free (wire);
}

/* ---- Watching one process ----------------------------------------------------------------------
 */

static void
test_watch (void)
{
  struct test_wire    *wire = new_wire ();
  struct test_process *process = test_source_find (wire->source, "<0.2.0>");
  struct json_object  *sample;
  gint64               sub;

  test_wire_open (wire, "observe");
  g_assert_cmpint (test_wire_ask_error (wire, "process.watch",
                                        "{\"pid\":\"<0.99.0>\",\"interval_ms\":100}", NULL),
                   ==, -32003);
  process->messages = 10;
  sub =
    test_int (test_wire_ask (wire, "process.watch", "{\"pid\":\"<0.2.0>\",\"interval_ms\":100}"),
              "sub");
  test_wire_advance (wire, 0);
  sample = test_wire_next (wire, "process.sample");
  g_assert_cmpint (test_int (sample, "sub"), ==, sub);
  g_assert_cmpint (test_int (sample, "seq"), ==, 1);
  g_assert_cmpstr (test_text (sample, "pid"), ==, "<0.2.0>");
  g_assert_cmpint (test_int (sample, "messages"), ==, 10);
  g_assert_false (json_object_object_get_ex (sample, "messages_in/s", NULL));

  process->messages = 60;
  wire->source->now_ns += 400000000;
  test_wire_advance (wire, 100);
  sample = test_wire_next (wire, "process.sample");
  g_assert_cmpfloat_with_epsilon (json_object_get_double (test_member (sample, "messages_in/s")),
                                  100, 0.11);
  /* Two are not acknowledged: nothing more comes until one is. */
  test_wire_advance (wire, 1000);
  g_assert_null (test_wire_next (wire, "process.sample"));
  test_source_kill (wire->source, process);
  test_wire_ack (wire, "process.ack", sub, 2);
  test_wire_advance (wire, 0);
  sample = test_wire_next (wire, "process.sample");
  g_assert_cmpint (test_int (sample, "seq"), ==, 3);
  g_assert_true (json_object_object_get_ex (sample, "exited", NULL));
  test_wire_ack (wire, "process.ack", sub, 3);
  test_wire_advance (wire, 5000);
  g_assert_null (test_wire_next (wire, "process.sample"));

  g_assert_cmpint (test_wire_ask_error (wire, "table.close", "{\"sub\":1}", NULL), ==, -32004);
  test_wire_ask (wire, "process.unwatch", "{\"sub\":1}");
  g_assert_cmpint (test_wire_ask_error (wire, "process.unwatch", "{\"sub\":1}", NULL), ==, -32004);
  test_wire_free (wire);
}

/* ---- Terms -------------------------------------------------------------------------------------
 */

/* The test's source shows its messages as m, and as e when it is asked for Elixir. */
static void
test_style (void)
{
  static const char question[] = "{\"pid\":\"<0.1.0>\",\"offset\":0,\"limit\":1,\"max_bytes\":16}";
  struct test_wire *wire = new_wire ();
  struct json_object *result;

  test_wire_pump (wire);
  test_wire_ask (wire, "session.open",
                 "{\"major\":1,\"client\":{\"name\":\"a\",\"version\":\"1\"},\"role\":\"observe\","
                 "\"syntax\":\"elixir\"}");
  result = test_wire_ask (wire, "process.messages", question);
  g_assert_cmpstr (json_object_get_string (
                     json_object_array_get_idx (test_member (result, "messages"), 0)),
                   ==, "eeeeeeeeeeeeeeee");
  result = test_wire_ask (wire, "process.messages",
                          "{\"pid\":\"<0.1.0>\",\"offset\":0,\"limit\":1,\"max_bytes\":16,"
                          "\"syntax\":\"erlang\"}");
  g_assert_cmpstr (json_object_get_string (
                     json_object_array_get_idx (test_member (result, "messages"), 0)),
                   ==, "mmmmmmmmmmmmmmmm");
  /* Only for that once. */
  result = test_wire_ask (wire, "process.messages", question);
  g_assert_cmpstr (json_object_get_string (
                     json_object_array_get_idx (test_member (result, "messages"), 0)),
                   ==, "eeeeeeeeeeeeeeee");
  test_wire_free (wire);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/command/cancel", test_cancel);
  g_test_add_func ("/protocol/command/audit", test_audit);
  g_test_add_func ("/protocol/command/audit-deferred", test_audit_deferred);
  g_test_add_func ("/protocol/command/audit-ring", test_audit_ring);
  g_test_add_func ("/protocol/command/audit-refused", test_audit_refused);
  g_test_add_func ("/protocol/command/watch", test_watch);
  g_test_add_func ("/protocol/command/style", test_style);
  return g_test_run ();
}
