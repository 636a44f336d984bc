/* SPDX-License-Identifier: MIT
 *
 * Tests protocol/session.c, dispatch.c and subscription.c: a session without a socket.
 */
#include "tests/protocol/test-wire.h"

#include <string.h>

#define OPEN_LINE                                                                                  \
  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session.open\",\"params\":{\"major\":1,"             \
  "\"client\":{\"name\":\"t\",\"version\":\"1\"},\"role\":\"control\"}}\n"

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
test_hello (void)
{
  struct test_wire   *wire = new_wire ();
  struct json_object *hello, *absent;

  test_wire_pump (wire);
  hello = test_wire_next (wire, "hello");
  g_assert_cmpint (test_int (test_member (hello, "protocol"), "major"), ==, 1);
  g_assert_cmpstr (test_text (test_member (hello, "server"), "name"), ==, "test");
  g_assert_cmpint (test_int (test_member (hello, "limits"), "line"), ==, 65536);
  absent = test_member (hello, "absent");
  g_assert_cmpstr (test_text (absent, "process.restart"), ==, "nothing here can be restarted");
  g_assert_nonnull (test_text (absent, "process.gc"));
  g_assert_false (json_object_object_get_ex (absent, "process.suspend", NULL));
  g_assert_false (json_object_object_get_ex (absent, "process.kill", NULL));
  g_assert_cmpuint (json_object_array_length (
                      test_member (test_member (hello, "tables"), "processes")),
                    ==, TEST_N_COLUMNS);
  test_wire_free (wire);
}

/* However the bytes are cut, the same is understood. */
static void
test_split (void)
{
  const char *lines =
    OPEN_LINE "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"session.ping\"}\n"
              "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"system.info\",\"params\":{}}\n";
  gsize size = strlen (lines);

  for (gsize at = 0; at <= size; at++)
    {
      struct test_wire *wire = new_wire ();

      grove_server_session_feed (wire->session, lines, at);
      grove_server_session_feed (wire->session, lines + at, size - at);
      test_wire_pump (wire);
      for (gint64 id = 1; id <= 3; id++)
        g_assert_true (
          json_object_object_get_ex (g_hash_table_lookup (wire->replies, &id), "result", NULL));
      test_wire_free (wire);
    }
  for (gsize piece = 1; piece < 7; piece++)
    {
      struct test_wire *wire = new_wire ();

      wire->piece = piece;
      test_wire_feed (wire, lines, size);
      test_wire_pump (wire);
      g_assert_cmpuint (g_hash_table_size (wire->replies), ==, 3);
      test_wire_free (wire);
    }
}

static void
test_not_open (void)
{
  struct test_wire *wire = new_wire ();
  const char       *message;

  g_assert_cmpint (test_wire_ask_error (wire, "session.ping", NULL, NULL), ==,
                   GROVE_ERROR_NOT_OPEN);
  g_assert_cmpint (test_wire_ask_error (wire, "no.such", NULL, NULL), ==, GROVE_ERROR_NOT_OPEN);
  g_assert_cmpint (test_wire_ask_error (wire, "session.open", "{\"major\":2}", &message), ==,
                   GROVE_ERROR_INVALID_PARAMS);
  g_assert_cmpstr (message, ==, "\"major\" is 1 here");
  test_wire_pump (wire);
  test_wire_free (wire);
}

struct wrong
{
  const char *path;
  const char *method;
  const char *params;
  gint        code;
  const char *says; /* part of the message */
};

static const struct wrong wrongs[] = {
  { "unknown-method", "no.such", "{}", -32601, "no.such" },
  { "reserved", "process.gc", "{\"pid\":\"<0.1.0>\"}", -32009, "process.gc" },
  { "ack-with-id", "table.ack", "{\"sub\":1,\"seq\":1}", -32601, "table.ack" },
  { "opened-twice", "session.open",
    "{\"major\":1,\"client\":{\"name\":\"t\",\"version\":\"1\"},\"role\":\"observe\"}", -32600,
    "open already" },
  { "pid-missing", "process.get", "{}", -32602, "\"pid\" is missing" },
  { "pid-number", "process.get", "{\"pid\":7}", -32602, "\"pid\" is a text" },
  { "pid-empty", "process.get", "{\"pid\":\"\"}", -32602, "\"pid\"" },
  { "pid-control", "process.get", "{\"pid\":\"<0.\\n.0>\"}", -32602, "\"pid\"" },
  { "pid-long", "process.get",
    "{\"pid\":\"<0.0000000000000000000000000000000000000000000000000000000000000001.0>\"}", -32602,
    "1 to 63" },
  { "pid-dead", "process.get", "{\"pid\":\"<0.999.0>\"}", -32003, "<0.999.0>" },
  { "pid-malformed", "process.get", "{\"pid\":\"nonsense\"}", -32003, "nonsense" },
  { "unknown-member", "process.get", "{\"pid\":\"<0.1.0>\",\"x\":1}", -32602,
    "\"x\" is not known" },
  { "priority", "process.set_priority", "{\"pid\":\"<0.1.0>\",\"priority\":\"huge\"}", -32602,
    "\"low\", \"normal\"" },
  { "wait-ms", "process.kill", "{\"pid\":\"<0.1.0>\",\"wait_ms\":5001}", -32602, "0 to 5000" },
  { "wait-ms-real", "process.kill", "{\"pid\":\"<0.1.0>\",\"wait_ms\":1.5}", -32602, "integer" },
  { "expect-member", "process.kill", "{\"pid\":\"<0.1.0>\",\"expect\":{\"nam\":\"x\"}}", -32602,
    "\"expect.nam\"" },
  { "expect-other", "process.kill", "{\"pid\":\"<0.1.0>\",\"expect\":{\"name\":\"x\"}}", -32008,
    "shop_sup" },
  { "expect-start", "process.kill", "{\"pid\":\"<0.1.0>\",\"expect\":{\"started_ns\":5}}", -32008,
    "shop_sup" },
  { "suspend-other", "process.suspend", "{\"pid\":\"<0.1.0>\",\"expect\":{\"name\":\"x\"}}", -32008,
    "shop_sup" },
  { "resume-other", "process.resume", "{\"pid\":\"<0.1.0>\",\"expect\":{\"started_ns\":5}}", -32008,
    "shop_sup" },
  { "suspend-dead", "process.suspend", "{\"pid\":\"<0.999.0>\"}", -32003, "<0.999.0>" },
  { "suspend-unknown-param", "process.suspend", "{\"pid\":\"<0.1.0>\",\"wait_ms\":5}", -32602,
    "\"wait_ms\" is not known" },
  { "absent", "process.restart", "{\"pid\":\"<0.1.0>\"}", -32009, "nothing here can be restarted" },
  { "no-subscription", "table.close", "{\"sub\":9}", -32004, "9" },
  { "table-name", "table.open",
    "{\"table\":\"x\",\"columns\":[\"pid\"],\"sort\":[],\"window\":{\"offset\":0,\"limit\":9},"
    "\"interval_ms\":100}",
    -32602, "\"table\"" },
  { "table-column", "table.open",
    "{\"table\":\"processes\",\"columns\":[\"pid\",\"zz\"],\"sort\":[],"
    "\"window\":{\"offset\":0,\"limit\":9},\"interval_ms\":100}",
    -32602, "zz" },
  { "table-sort", "table.open",
    "{\"table\":\"processes\",\"columns\":[\"pid\"],\"sort\":[[\"pid\",\"up\"]],"
    "\"window\":{\"offset\":0,\"limit\":9},\"interval_ms\":100}",
    -32602, "\"sort\"" },
  { "table-limit", "table.open",
    "{\"table\":\"processes\",\"columns\":[\"pid\"],\"sort\":[],"
    "\"window\":{\"offset\":0,\"limit\":513},\"interval_ms\":100}",
    -32602, "window.limit" },
  { "table-filter", "table.open",
    "{\"table\":\"processes\",\"columns\":[\"pid\"],\"sort\":[],\"filter\":[\"gt\",\"name\",3],"
    "\"window\":{\"offset\":0,\"limit\":5},\"interval_ms\":100}",
    -32602, "filter" },
  { "tree-metric", "tree.open",
    "{\"depth\":1,\"max_children\":9,\"metric\":\"name\",\"interval_ms\":100}", -32602,
    "\"metric\"" },
  { "interval", "system.watch", "{\"interval_ms\":99}", -32602, "100 to 60000" },
};

static void
test_wrong (gconstpointer data)
{
  const struct wrong *wrong = data;
  struct test_wire   *wire = new_wire ();
  const char         *message;

  test_wire_open (wire, "control");
  g_assert_cmpint (test_wire_ask_error (wire, wrong->method, wrong->params, &message), ==,
                   wrong->code);
  if (strstr (message, wrong->says) == NULL)
    g_error ("“%s” does not say “%s”", message, wrong->says);
  g_assert_cmpuint (wire->source->n_effects, ==, 0);
  g_assert_false (wire->closed);
  test_wire_free (wire);
}

struct bad_line
{
  const char *path;
  const char *line;
  gint        code;
  const char *says; /* part of the message; NULL: whatever */
};

static const struct bad_line bad_lines[] = {
  { "no-json", "hello there\n", -32700 },
  { "empty", "\n", -32700 },
  { "array", "[1]\n", -32700 },
  { "batch", "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session.ping\"}]\n", -32700 },
  { "trailing", "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"session.ping\"} x\n", -32700 },
  { "carriage-return", "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"session.ping\"}\r\n", -32700 },
  { "duplicate", "{\"jsonrpc\":\"2.0\",\"id\":7,\"id\":8,\"method\":\"session.ping\"}\n", -32700 },
  { "nan", "{\"jsonrpc\":\"2.0\",\"id\":NaN,\"method\":\"session.ping\"}\n", -32700 },
  { "big-id", "{\"jsonrpc\":\"2.0\",\"id\":9007199254740992,\"method\":\"session.ping\"}\n",
    -32700 },
  { "nul", "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"session.ping\\u0000\"}\n", -32700 },
  { "surrogate", "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"\\ud800\"}\n", -32700 },
  { "deep", "{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}\n", -32005, "at most 16 levels" },
  { "id-zero", "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"session.ping\"}\n", -32600 },
  { "id-text", "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"session.ping\"}\n", -32600 },
  { "id-missing", "{\"jsonrpc\":\"2.0\",\"method\":\"session.ping\"}\n", -32600 },
  { "version", "{\"jsonrpc\":\"1.0\",\"id\":7,\"method\":\"session.ping\"}\n", -32600 },
  { "method-number", "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":5}\n", -32600,
    "\\\"method\\\" is a text" },
  { "params-array", "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"session.ping\",\"params\":[]}\n",
    -32600 },
  { "extra", "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"session.ping\",\"x\":1}\n", -32600 },
  { "result", "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}\n", -32600 },
};

/* Eight of one kind: each is answered, the eighth ends the session. */
static void
test_bad_line (gconstpointer data)
{
  const struct bad_line *bad = data;
  struct test_wire      *wire = new_wire ();
  struct json_object    *goodbye;
  GString               *answers = g_string_new (NULL);
  g_auto (GStrv) lines = NULL;
  g_autofree char *code = g_strdup_printf ("\"code\":%d", bad->code);

  test_wire_open (wire, "observe");
  for (guint i = 0; i < 8; i++)
    {
      gsize       size;
      const char *bytes;

      g_assert_false (grove_server_session_is_closing (wire->session));
      test_wire_feed (wire, bad->line, strlen (bad->line));
      bytes = grove_server_session_output (wire->session, &size);
      g_string_append_len (answers, bytes, (gssize) size);
      grove_client_feed (wire->client, bytes, size);
      grove_server_session_consume (wire->session, size);
    }
  g_assert_true (grove_server_session_is_closing (wire->session));
  lines = g_strsplit (answers->str, "\n", -1);
  for (guint i = 0; i < 8; i++)
    {
      g_assert_nonnull (strstr (lines[i], code));
      g_assert_true (bad->says == NULL || strstr (lines[i], bad->says) != NULL);
    }
  goodbye = test_wire_next (wire, "goodbye");
  g_assert_cmpstr (test_text (goodbye, "reason"), ==, "errors");
  g_string_free (answers, TRUE);
  test_wire_free (wire);
}

static void
test_long_line (void)
{
  struct test_wire *wire = new_wire ();
  GString          *line = g_string_new (NULL);

  /* Before the session is open 4,096 bytes, then 65,536. */
  g_string_printf (line,
                   "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"session.ping\",\"params\":{}%*s}\n",
                   5000, "");
  test_wire_feed (wire, line->str, line->len);
  g_assert_cmpint (test_wire_ask_error (wire, "session.ping", NULL, NULL), ==,
                   GROVE_ERROR_NOT_OPEN);
  test_wire_open (wire, "observe");
  test_wire_feed (wire, line->str, line->len);
  test_wire_pump (wire);
  g_assert_nonnull (g_hash_table_lookup (wire->replies, &(gint64){ 2 }));

  for (guint i = 0; i < 50; i++)
    test_wire_feed (wire, line->str, line->len - 1);
  test_wire_feed (wire, "\n", 1);
  test_wire_pump (wire);
  g_assert_false (wire->closed);
  test_wire_ask (wire, "session.ping", NULL);
  g_string_free (line, TRUE);
  test_wire_free (wire);
}

static void
test_foreign (gconstpointer data)
{
  const char       *bytes = data;
  struct test_wire *wire = new_wire ();
  gsize             size;

  wire->piece = 1;
  test_wire_feed (wire, bytes, strlen (bytes));
  (void) grove_server_session_output (wire->session, &size);
  g_assert_true (grove_server_session_is_closing (wire->session));
  g_assert_cmpuint (size, ==, 0);
  test_wire_free (wire);
}

static void
test_roles (void)
{
  struct test_wire *wire = new_wire ();

  wire->host.read_only = wire->host.hide_payloads = true;
  g_assert_cmpint (test_wire_ask_error (wire, "session.open",
                                        "{\"major\":1,\"client\":{\"name\":\"t\",\"version\":\"1\"}"
                                        ",\"role\":\"control\"}",
                                        NULL),
                   ==, GROVE_ERROR_FORBIDDEN);
  test_wire_open (wire, "observe");
  g_assert_cmpint (test_wire_ask_error (wire, "process.kill", "{\"pid\":\"<0.1.0>\"}", NULL), ==,
                   GROVE_ERROR_FORBIDDEN);
  g_assert_cmpint (
    test_wire_ask_error (wire, "process.messages",
                         "{\"pid\":\"<0.1.0>\",\"offset\":0,\"limit\":1,\"max_bytes\":16}", NULL),
    ==, GROVE_ERROR_FORBIDDEN);
  g_assert_cmpuint (wire->source->n_effects, ==, 0);
  test_wire_free (wire);
}

static void
test_commands (void)
{
  struct test_wire   *wire = new_wire ();
  struct json_object *result;

  test_wire_open (wire, "control");
  result =
    test_wire_ask (wire, "process.set_priority", "{\"pid\":\"<0.2.0>\",\"priority\":\"high\"}");
  g_assert_cmpstr (test_text (result, "old"), ==, "normal");
  result = test_wire_ask (wire, "process.get", "{\"pid\":\"<0.2.0>\"}");
  g_assert_cmpstr (test_text (result, "priority"), ==, "high");
  result =
    test_wire_ask (wire, "process.kill",
                   "{\"pid\":\"<0.2.0>\",\"expect\":{\"name\":\"worker\",\"started_ns\":1000}}");
  g_assert_cmpstr (test_text (result, "outcome"), ==, "exited");
  g_assert_cmpuint (wire->source->n_effects, ==, 2);
  result = test_wire_ask (wire, "server.describe", NULL);
  g_assert_cmpuint (strlen (test_text (result, "hash")), ==, 64);
  g_assert_cmpstr (test_text (test_member (result, "schema"), "name"), ==, "grove");
  test_wire_ask (wire, "session.close", NULL);
  g_assert_true (wire->closed);
  test_wire_free (wire);
}

/* Answers come in the order the source gives them, each to its own question. */
static void
test_deferred (void)
{
  struct test_wire *wire = new_wire ();
  gint64            first, second;

  test_wire_open (wire, "control");
  wire->source->deferred = TRUE;
  first = test_wire_send (wire, "process.get", "{\"pid\":\"<0.1.0>\"}");
  second = test_wire_send (wire, "process.get", "{\"pid\":\"<0.2.0>\"}");
  test_wire_pump (wire);
  g_assert_cmpuint (wire->source->waiting->len, ==, 2);
  g_assert_null (g_hash_table_lookup (wire->replies, &first));
  test_source_answer (wire->source);
  test_wire_pump (wire);
  g_assert_cmpstr (test_text (test_member (g_hash_table_lookup (wire->replies, &first), "result"),
                              "name"),
                   ==, "shop_sup");
  g_assert_cmpstr (test_text (test_member (g_hash_table_lookup (wire->replies, &second), "result"),
                              "name"),
                   ==, "worker");
  test_wire_free (wire);
}

/* A session that ends cancels its calls, tables and trees; the source may still finish them. */
static void
test_cancel (void)
{
  struct test_wire *wire = new_wire ();

  test_wire_open (wire, "control");
  wire->source->deferred = TRUE;
  test_wire_send (wire, "process.get", "{\"pid\":\"<0.1.0>\"}");
  test_wire_send (wire, "process.kill", "{\"pid\":\"<0.2.0>\"}");
  test_wire_send (wire, "table.open",
                  "{\"table\":\"processes\",\"columns\":[\"pid\"],\"sort\":[],"
                  "\"filter\":[\"eq\",\"app\",\"shop\"],"
                  "\"window\":{\"offset\":0,\"limit\":9},\"interval_ms\":100}");
  test_wire_send (wire, "tree.open",
                  "{\"depth\":1,\"max_children\":9,\"metric\":\"messages\",\"interval_ms\":100}");
  test_wire_pump (wire);
  g_assert_cmpuint (wire->source->waiting->len, ==, 4);
  grove_server_session_free (wire->session);
  wire->session = NULL;
  g_assert_cmpuint (wire->source->n_cancelled, ==, 2);
  test_source_answer (wire->source);
  test_wire_free (wire);
}

/* How a session can end. */
typedef enum
{
  END_FREED, /* the connection broke */
  END_CLOSED,
  END_BAD_LINES,
  END_SHUT_DOWN,
  N_ENDS,
} End;

/* One lease a session, from its first suspension to its end; what only observes gets none. */
static void
test_lease (void)
{
  for (int end = 0; end < N_ENDS; end++)
    {
      struct test_wire    *wire = new_wire ();
      struct test_process *process = test_source_find (wire->source, "<0.2.0>");

      test_wire_open (wire, "control");
      test_wire_ask (wire, "process.get", "{\"pid\":\"<0.2.0>\"}");
      g_assert_cmpuint (wire->source->n_leases, ==, 0);
      test_wire_ask (wire, "process.suspend", "{\"pid\":\"<0.2.0>\"}");
      test_wire_ask (wire, "process.resume", "{\"pid\":\"<0.2.0>\"}");
      test_wire_ask (wire, "process.suspend",
                     "{\"pid\":\"<0.2.0>\",\"expect\":{\"name\":\"worker\"}}");
      g_assert_cmpuint (wire->source->n_leases, ==, 1);
      g_assert_cmpstr (process->status, ==, "suspended");
      switch (end)
        {
        case END_FREED:
          grove_server_session_free (wire->session);
          wire->session = NULL;
          break;
        case END_CLOSED:
          grove_server_session_feed (
            wire->session, "{\"jsonrpc\":\"2.0\",\"id\":99,\"method\":\"session.close\"}\n", 54);
          break;
        case END_BAD_LINES:
          grove_server_session_feed (wire->session, "a\nb\nc\nd\ne\nf\ng\nh\n", 16);
          break;
        default:
          grove_server_session_shut_down (wire->session);
          break;
        }
      /* At once, though its last words are not read yet. */
      g_assert_cmpuint (wire->source->n_leases, ==, 0);
      g_assert_cmpstr (process->status, ==, "waiting");
      test_wire_free (wire);
    }
}

static void
test_observers_suspend_nothing (void)
{
  struct test_wire *wire = new_wire ();

  test_wire_open (wire, "observe");
  g_assert_cmpint (test_wire_ask_error (wire, "process.suspend", "{\"pid\":\"<0.2.0>\"}", NULL), ==,
                   GROVE_ERROR_FORBIDDEN);
  g_assert_cmpint (test_wire_ask_error (wire, "process.resume", "{\"pid\":\"<0.2.0>\"}", NULL), ==,
                   GROVE_ERROR_FORBIDDEN);
  g_assert_cmpuint (wire->source->n_leases, ==, 0);
  g_assert_cmpuint (wire->source->n_effects, ==, 0);
  test_wire_free (wire);
}

static void
test_shut_down (void)
{
  struct test_wire *wire = new_wire ();
  gint64            id;

  test_wire_open (wire, "control");
  wire->source->deferred = TRUE;
  id = test_wire_send (wire, "process.get", "{\"pid\":\"<0.1.0>\"}");
  test_wire_pump (wire);
  grove_server_session_shut_down (wire->session);
  test_wire_pump (wire);
  g_assert_cmpint (test_int (test_member (g_hash_table_lookup (wire->replies, &id), "error"),
                             "code"),
                   ==, GROVE_ERROR_SHUTTING_DOWN);
  g_assert_cmpstr (test_text (test_wire_next (wire, "goodbye"), "reason"), ==, "shutdown");
  test_wire_free (wire);
}

static void
test_busy (void)
{
  struct test_wire *wire = new_wire ();

  test_wire_open (wire, "control");
  wire->source->deferred = TRUE;
  for (guint i = 0; i < GROVE_LIMIT_CALLS; i++)
    test_wire_send (wire, "process.get", "{\"pid\":\"<0.1.0>\"}");
  g_assert_cmpint (test_wire_ask_error (wire, "process.get", "{\"pid\":\"<0.1.0>\"}", NULL), ==,
                   GROVE_ERROR_BUSY);
  test_wire_free (wire);
}

static void
test_too_many_subscriptions (void)
{
  struct test_wire *wire = new_wire ();

  test_wire_open (wire, "observe");
  for (guint i = 0; i < GROVE_LIMIT_SUBSCRIPTIONS; i++)
    test_wire_ask (wire, "system.watch", "{\"interval_ms\":1000}");
  g_assert_cmpint (test_wire_ask_error (wire, "system.watch", "{\"interval_ms\":1000}", NULL), ==,
                   GROVE_ERROR_LIMIT);
  g_assert_cmpint (test_wire_ask_error (wire, "tree.open",
                                        "{\"depth\":1,\"max_children\":9,\"metric\":\"messages\","
                                        "\"interval_ms\":100}",
                                        NULL),
                   ==, GROVE_ERROR_LIMIT);
  test_wire_ask (wire, "system.unwatch", "{\"sub\":3}");
  test_wire_ask (wire, "system.watch", "{\"interval_ms\":1000}");
  test_wire_free (wire);
}

/* Two updates without an acknowledgement; then nothing is even computed. */
static void
test_credit (void)
{
  struct test_wire *wire = new_wire ();
  guint             n_ticks;
  gint64            sub, seq = 0;

  test_wire_open (wire, "observe");
  sub = test_int (test_wire_ask (wire, "system.watch", "{\"interval_ms\":100}"), "sub");
  for (guint i = 0; i < 5; i++)
    test_wire_advance (wire, 100);
  for (guint i = 0; i < 2; i++)
    {
      struct json_object *sample = test_wire_next (wire, "system.sample");

      g_assert_cmpint (test_int (sample, "seq"), ==, ++seq);
    }
  g_assert_null (test_wire_next (wire, "system.sample"));
  n_ticks = wire->source->n_ticks;
  for (guint i = 0; i < 10; i++)
    test_wire_advance (wire, 100);
  g_assert_cmpuint (wire->source->n_ticks, ==, n_ticks);

  /* An acknowledgement of what was never sent gives nothing. */
  test_wire_ack (wire, "system.ack", sub, 3);
  g_assert_null (test_wire_next (wire, "system.sample"));
  /* One of the first gives one, at once. */
  test_wire_ack (wire, "system.ack", sub, 1);
  g_assert_cmpint (test_int (test_wire_next (wire, "system.sample"), "seq"), ==, 3);
  test_wire_advance (wire, 100);
  g_assert_null (test_wire_next (wire, "system.sample"));
  /* Of the last: both. */
  test_wire_ack (wire, "system.ack", sub, 3);
  g_assert_nonnull (test_wire_next (wire, "system.sample"));
  test_wire_advance (wire, 100);
  g_assert_nonnull (test_wire_next (wire, "system.sample"));
  test_wire_advance (wire, 100);
  g_assert_null (test_wire_next (wire, "system.sample"));
  test_wire_free (wire);
}

/* Subscriptions of one interval share one sample. */
static void
test_shared_sample (void)
{
  struct test_wire *wire = new_wire ();
  guint             n_ticks;

  test_wire_open (wire, "observe");
  for (guint i = 0; i < 4; i++)
    test_wire_ask (wire, "system.watch", "{\"interval_ms\":200}");
  n_ticks = wire->source->n_ticks;
  test_wire_advance (wire, 200);
  g_assert_cmpuint (wire->source->n_ticks, ==, n_ticks + 1);
  test_wire_free (wire);
}

/* Above the budget intervals are stretched. */
static void
test_stretch (void)
{
  struct test_wire *wire = new_wire ();
  guint             n = 0;

  test_wire_open (wire, "observe");
  wire->host.stretch = 10;
  test_wire_ask (wire, "system.watch", "{\"interval_ms\":100}");
  while (test_wire_next (wire, "system.sample") != NULL)
    test_wire_ack (wire, "system.ack", 1, 1);
  for (guint i = 0; i < 30; i++)
    {
      struct json_object *sample;

      test_wire_advance (wire, 100);
      while ((sample = test_wire_next (wire, "system.sample")) != NULL)
        {
          n++;
          test_wire_ack (wire, "system.ack", 1, test_int (sample, "seq"));
        }
    }
  g_assert_cmpuint (n, ==, 3);
  test_wire_free (wire);
}

/* A peer that asks and does not read: first nothing more is read from it, and nothing grows. */
static void
test_soft_limit (void)
{
  struct test_wire *wire = new_wire ();
  gsize             size, before;
  const char *line = "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"process.messages\",\"params\":"
                     "{\"pid\":\"<0.1.0>\",\"offset\":0,\"limit\":100,\"max_bytes\":8192}}\n";

  test_wire_open (wire, "control");
  while (grove_server_session_wants_input (wire->session))
    grove_server_session_feed (wire->session, line, strlen (line));
  (void) grove_server_session_output (wire->session, &before);
  g_assert_cmpuint (before, <=, 2 * 1024 * 1024 + 1024);
  grove_server_session_feed (wire->session, line, strlen (line));
  (void) grove_server_session_output (wire->session, &size);
  g_assert_cmpuint (size, ==, before);
  /* What was kept is answered once there is room. */
  grove_server_session_consume (wire->session, before);
  (void) grove_server_session_output (wire->session, &size);
  g_assert_cmpuint (size, >, 800000);
  test_wire_free (wire);
}

/* Answers that come later cannot be held back: above the hard limit the session ends. */
static void
test_hard_limit (void)
{
  struct test_wire   *wire = new_wire ();
  gsize               size;
  const char         *bytes;
  struct grove_writer message;

  test_wire_open (wire, "control");
  grove_writer_init (&message, 0);
  grove_writer_begin_array (&message);
  for (guint i = 0; i < 100000; i++)
    grove_writer_int (&message, i);
  grove_writer_end_array (&message);
  for (guint i = 0; i < 100; i++)
    grove_server_session_send (wire->session, &message);
  grove_writer_finish (&message);
  g_assert_true (grove_server_session_is_closing (wire->session));
  bytes = grove_server_session_output (wire->session, &size);
  g_assert_cmpuint (size, <, 1024 * 1024);
  g_assert_nonnull (g_strstr_len (bytes, (gssize) size, "\"reason\":\"slow\""));
  test_wire_free (wire);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/session/hello", test_hello);
  g_test_add_func ("/protocol/session/split", test_split);
  g_test_add_func ("/protocol/session/not-open", test_not_open);
  for (gsize i = 0; i < G_N_ELEMENTS (wrongs); i++)
    {
      g_autofree char *path = g_strconcat ("/protocol/session/wrong/", wrongs[i].path, NULL);

      g_test_add_data_func (path, &wrongs[i], test_wrong);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad_lines); i++)
    {
      g_autofree char *path = g_strconcat ("/protocol/session/bad-line/", bad_lines[i].path, NULL);

      g_test_add_data_func (path, &bad_lines[i], test_bad_line);
    }
  g_test_add_func ("/protocol/session/long-line", test_long_line);
  g_test_add_data_func ("/protocol/session/foreign/get", "GET / HTTP/1.1\r\n", test_foreign);
  g_test_add_data_func ("/protocol/session/foreign/post", "POST / HTTP/1.1\r\n", test_foreign);
  g_test_add_data_func ("/protocol/session/foreign/put", "PUT /x HTTP/1.1\r\n", test_foreign);
  g_test_add_data_func ("/protocol/session/foreign/head", "HEAD / HTTP/1.1\r\n", test_foreign);
  g_test_add_data_func ("/protocol/session/foreign/options", "OPTIONS * HTTP/1.1\r\n",
                        test_foreign);
  g_test_add_data_func ("/protocol/session/foreign/tls", "\x16\x03\x01\x02", test_foreign);
  g_test_add_func ("/protocol/session/roles", test_roles);
  g_test_add_func ("/protocol/session/commands", test_commands);
  g_test_add_func ("/protocol/session/deferred", test_deferred);
  g_test_add_func ("/protocol/session/cancel", test_cancel);
  g_test_add_func ("/protocol/session/lease", test_lease);
  g_test_add_func ("/protocol/session/observers-suspend-nothing", test_observers_suspend_nothing);
  g_test_add_func ("/protocol/session/shut-down", test_shut_down);
  g_test_add_func ("/protocol/session/busy", test_busy);
  g_test_add_func ("/protocol/session/too-many-subscriptions", test_too_many_subscriptions);
  g_test_add_func ("/protocol/session/credit", test_credit);
  g_test_add_func ("/protocol/session/shared-sample", test_shared_sample);
  g_test_add_func ("/protocol/session/stretch", test_stretch);
  g_test_add_func ("/protocol/session/soft-limit", test_soft_limit);
  g_test_add_func ("/protocol/session/hard-limit", test_hard_limit);
  return g_test_run ();
}
