/* SPDX-License-Identifier: MIT
 *
 * A whole session fed with anything, in pieces; and a client fed with what the session answered.
 * The session must stay within its bounds, and the client must find nothing wrong with it.
 */
#include "protocol/client.h"
#include "protocol/query.h"
#include "protocol/session.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_ROWS 20

static const struct grove_column columns[] = {
  { "pid", GROVE_COLUMN_TEXT, "" },
  { "name", GROVE_COLUMN_TEXT, "" },
  { "messages", GROVE_COLUMN_INT, "" },
  { "rate", GROVE_COLUMN_REAL, "1/s" },
};
static const struct grove_table table = { "processes", columns, 4 };

static const char *
text_of (void *self)
{
  return "fuzz";
}

static uint64_t
now_ns (void *self)
{
  return 1;
}

static void
sample (void *self, struct grove_writer *writer)
{
  grove_writer_member_int (writer, "t", 1);
}

static void
pid_of (int number, char *pid, size_t size)
{
  (void) snprintf (pid, size, "<0.%d.0>", number);
}

static void
value_of (const void *row, uint32_t column, void *user_data, struct grove_value *ret)
{
  int number = *(const int *) row;

  ret->type = columns[column].type;
  if (ret->type == GROVE_COLUMN_TEXT)
    ret->u.text = number % 2 ? "odd" : "even";
  else if (ret->type == GROVE_COLUMN_REAL)
    ret->u.real = number / 3.0;
  else
    ret->u.integer = number % 7;
}

static int
compare (const void *a, const void *b)
{
  return *(const int *) a - *(const int *) b;
}

static void
query_table (void *self, const struct grove_table_query *query, struct grove_rows *rows)
{
  struct grove_selection *selection =
    grove_selection_new (query, sizeof (int), value_of, compare, NULL);
  const void **window;
  size_t       n;

  for (int i = 0; i < N_ROWS; i++)
    grove_selection_offer (selection, &i);
  n = grove_selection_window (selection, &window);
  for (size_t i = 0; i < n; i++)
    {
      char                 pid[GROVE_SOURCE_PID_SIZE];
      struct grove_writer *writer;

      pid_of (*(const int *) window[i], pid, sizeof pid);
      writer = grove_rows_begin (rows, pid);
      for (size_t c = 0; c < query->n_columns; c++)
        grove_writer_text (writer, pid);
      grove_rows_end (rows);
    }
  grove_rows_done (rows, grove_selection_total (selection), grove_selection_matched (selection), 1);
  grove_selection_free (selection);
}

/* Process n has the children 2n + 1 and 2n + 2. */
static void
tree_children (void *self, const char *pid, uint32_t limit, struct grove_nodes *nodes)
{
  int parent = -1, first, last;

  if (pid != NULL && sscanf (pid, "<0.%d.0>", &parent) != 1)
    {
      grove_nodes_gone (nodes);
      return;
    }
  first = pid != NULL ? 2 * parent + 1 : 0;
  last = pid != NULL ? 2 * parent + 2 : 0;
  for (int i = first; i <= last && i < N_ROWS; i++)
    {
      struct grove_tree_node node = { .kind = "worker", .status = "waiting", .strategy = "" };

      pid_of (i, node.pid, sizeof node.pid);
      node.n_children = 2 * i + 1 < N_ROWS ? 2 : 0;
      grove_nodes_add (nodes, &node);
    }
  grove_nodes_done (nodes, 2, 1);
}

static void
tree_metrics (void *self, uint32_t column, const uint64_t *handles, size_t n, double *values)
{
  for (size_t i = 0; i < n; i++)
    values[i] = i % 3 == 0 ? NAN : (double) i;
}

static void
process_get (void *self, struct grove_call *call, const char *pid)
{
  grove_writer_text (grove_call_begin (call), pid);
  grove_call_end (call);
}

static void
process_exit (void                      *self,
              struct grove_call         *call,
              const char                *pid,
              const struct grove_expect *expect,
              const char                *reason,
              uint32_t                   wait_ms)
{
  grove_call_fail (call, GROVE_ERROR_PROTECTED, "{\"a\":1}", "%s %s", pid,
                   reason != NULL ? reason : "");
}

/* Questions that are answered later, if at all in time: what is cancelled, or whose session has
 * gone, is answered all the same. */
#define KEPT 16
static struct grove_call *kept[KEPT];
static unsigned           n_kept;

static void
answer_one (void)
{
  struct grove_call *call = kept[--n_kept];

  grove_call_fail (call, GROVE_ERROR_NOT_REACHED, NULL, "late");
}

static void
keep (struct grove_call *call)
{
  if (n_kept == KEPT)
    answer_one ();
  kept[n_kept++] = call;
}

static void
process_messages (void                          *self,
                  struct grove_call             *call,
                  const char                    *pid,
                  uint64_t                       offset,
                  uint32_t                       limit,
                  const struct grove_term_style *style)
{
  struct grove_writer *writer = grove_call_begin (call);

  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "limit", limit);
  grove_writer_member_bool (writer, "tree", style->tree);
  grove_writer_end_object (writer);
  grove_call_end (call);
}

static void
process_state (void                          *self,
               struct grove_call             *call,
               const char                    *pid,
               const struct grove_term_style *style,
               uint32_t                       timeout_ms)
{
  keep (call);
}

static void
process_stack (void *self, struct grove_call *call, const char *pid, uint32_t limit)
{
  keep (call);
}

static bool
process_sample (void                        *self,
                const char                  *pid,
                struct grove_writer         *writer,
                struct grove_process_counts *ret_counts)
{
  static uint64_t n;

  *ret_counts = (struct grove_process_counts){ ++n, n * 3, n };
  grove_writer_member_int (writer, "messages", (int64_t) n);
  return n % 5 != 0;
}

static void
process_send (void                      *self,
              struct grove_call         *call,
              const char                *pid,
              const struct grove_expect *expect,
              const char                *message)
{
  struct grove_writer *writer = grove_call_begin (call);

  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "outcome", message);
  grove_writer_end_object (writer);
  grove_call_end (call);
}

static void
application_start (
  void *self, struct grove_call *call, const char *name, const char *type, uint32_t wait_ms)
{
  keep (call);
}

static void
application_stop (void *self, struct grove_call *call, const char *name, uint32_t wait_ms)
{
  keep (call);
}

static void
supervisor_info (
  void *self, struct grove_call *call, const char *pid, uint64_t offset, uint32_t limit)
{
  keep (call);
}

static void
supervisor_act (void                        *self,
                struct grove_call           *call,
                const char                  *pid,
                const struct grove_expect   *expect,
                enum grove_supervisor_action action,
                const char                  *child,
                uint32_t                     wait_ms)
{
  keep (call);
}

static const struct grove_source_ops ops = {
  .kind = "grove",
  .version = "1",
  .tables = &table,
  .n_tables = 1,
  .name = text_of,
  .instance = text_of,
  .now_ns = now_ns,
  .system_sample = sample,
  .table_query = query_table,
  .tree_children = tree_children,
  .tree_metrics = tree_metrics,
  .process_get = process_get,
  .process_exit = process_exit,
  .process_messages = process_messages,
  .process_dictionary = process_messages,
  .process_state = process_state,
  .process_stack = process_stack,
  .process_sample = process_sample,
  .process_send = process_send,
  .supervisor_info = supervisor_info,
  .supervisor_act = supervisor_act,
  .application_start = application_start,
  .application_stop = application_stop,
};

static void
on_broken (const char *reason, void *user_data)
{
  abort ();
}

static void
deliver (struct grove_server_session *session, struct grove_client *client)
{
  size_t      size;
  const char *bytes = grove_server_session_output (session, &size);

  if (size > GROVE_LIMIT_HARD + GROVE_LIMIT_MESSAGE)
    abort ();
  if (size > 0)
    grove_client_feed (client, bytes, size);
  grove_server_session_consume (session, size);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  static const struct grove_client_handler handler = { .broken = on_broken };
  static const char                        opening[] =
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session.open\",\"params\":{\"major\":1,"
    "\"client\":{\"name\":\"f\",\"version\":\"1\"},\"role\":\"control\"}}\n";
  struct grove_source          source = { .ops = &ops };
  struct grove_host            host;
  struct grove_server_session *session;
  struct grove_client         *client = grove_client_new (&handler, NULL);
  size_t                       piece;

  if (size == 0)
    {
      grove_client_free (client);
      return 0;
    }
  grove_host_init (&host, &source);
  host.now_ns = UINT64_C (1000000000);
  session = grove_server_session_new (&host);
  /* The first byte says how the rest is cut, and whether the session is open already. */
  piece = bytes[0] % 64 + 1u;
  if (bytes[0] & 128)
    grove_server_session_feed (session, opening, sizeof opening - 1);
  for (size_t at = 1; at < size; at += piece)
    {
      size_t n = size - at < piece ? size - at : piece;

      if (grove_server_session_wants_input (session))
        grove_server_session_feed (session, (const char *) bytes + at, n);
      host.now_ns += UINT64_C (20000000);
      grove_server_session_tick (session);
      if (n_kept > 0 && at % 3 == 0)
        answer_one ();
      deliver (session, client);
    }
  grove_server_session_shut_down (session);
  deliver (session, client);
  grove_server_session_free (session);
  while (n_kept > 0)
    answer_one ();
  grove_host_finish (&host);
  grove_client_free (client);
  return 0;
}
