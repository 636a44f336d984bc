/* SPDX-License-Identifier: MIT
 *
 * The dispatcher behind an opening: two sessions that may control, over a source whose processes
 * come and go, and which answers at once or later, the last question first. What the sessions send
 * must be within their bounds and make sense to a client; each well-formed request is answered
 * once, whatever else happens.
 *
 * The input is lines. The first character says what one does:
 *   ?METHOD PARAMS  a request, with the next id        @LINE  that line, as it is
 *   +NUMBER         so many milliseconds pass          A      all updates are acknowledged
 *   L               later answers, or again at once    !      what waits is answered
 *   W               the client stops reading, or reads 2      the other session goes on
 *   CNUMBER         the request of that number is cancelled
 *   SNUMBER KNUMBER RNUMBER MNUMBER TNUMBER: below the process of that index one is spawned; it is
 *   killed, restarted, moved, touched
 */
#include "protocol/client.h"
#include "protocol/scan.h"
#include "protocol/session.h"
#include "tests/fuzz/fuzz.h"
#include "tests/protocol/test-source.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#define REQUIRE(condition)                                                                         \
  do                                                                                               \
    if (!(condition))                                                                              \
      abort ();                                                                                    \
  while (0)

#define N_SESSIONS    2
#define N_LINES       400
#define N_SUBS        64
#define N_PROCESSES   64
#define FIRST_REQUEST 1000000
#define MS            UINT64_C (1000000)

struct update
{
  const char *ack; /* the method */
  int64_t     sub, seq;
};

struct peer
{
  struct grove_server_session *session;
  struct grove_client         *client;
  bool                         stalled;
  struct update                updates[N_SUBS]; /* the last of each subscription */
  size_t                       n_updates;
  int64_t                      n_requests;
  bool                         foreign; /* it also sent ids of its own */
  uint8_t                      n_answers[N_LINES];
};

struct world
{
  struct test_source     *source;
  struct grove_source_ops ops;
  struct grove_host       host;
  struct peer             peers[N_SESSIONS];
  struct peer            *peer; /* that goes on */
};

/* ---- What the source in memory does not do ----------------------------------------------------
 */

static const struct grove_source_ops *memory_ops;

/* Questions answered later. */
#define KEPT 16
static struct grove_call *kept[KEPT];
static size_t             n_kept;

static void
answer_one (void)
{
  struct grove_call *call = kept[--n_kept];

  if (n_kept % 2 != 0)
    {
      grove_call_fail (call, GROVE_ERROR_NOT_REACHED, NULL, "late");
      return;
    }
  grove_writer_text (grove_call_begin (call), "late");
  grove_call_end (call);
}

static void
keep (void *self, struct grove_call *call)
{
  if (n_kept == KEPT)
    answer_one ();
  kept[n_kept++] = call;
  if (!((struct test_source *) self)->deferred)
    answer_one ();
}

/* A page of a few KB says as much as one of many, and says it sooner. */
#define PAGE 8

static void
process_messages (void                          *self,
                  struct grove_call             *call,
                  const char                    *pid,
                  uint64_t                       offset,
                  uint32_t                       limit,
                  const struct grove_term_style *style)
{
  memory_ops->process_messages (self, call, pid, offset, MIN (limit, PAGE), style);
}

static void
process_dictionary (void                          *self,
                    struct grove_call             *call,
                    const char                    *pid,
                    uint64_t                       offset,
                    uint32_t                       limit,
                    const struct grove_term_style *style)
{
  keep (self, call);
}

static void
process_state (void                          *self,
               struct grove_call             *call,
               const char                    *pid,
               const struct grove_term_style *style,
               uint32_t                       timeout_ms)
{
  keep (self, call);
}

static void
process_stack (void *self, struct grove_call *call, const char *pid, uint32_t limit)
{
  keep (self, call);
}

static void
process_gc (void *self, struct grove_call *call, const char *pid, const struct grove_expect *expect)
{
  keep (self, call);
}

static void
process_send (void                      *self,
              struct grove_call         *call,
              const char                *pid,
              const struct grove_expect *expect,
              const char                *message)
{
  keep (self, call);
}

static void
process_restart (void                      *self,
                 struct grove_call         *call,
                 const char                *pid,
                 const struct grove_expect *expect,
                 uint32_t                   wait_ms)
{
  keep (self, call);
}

static void
crash_get (void *self, struct grove_call *call, uint64_t seq, bool hide_payloads)
{
  keep (self, call);
}

static void
supervisor_info (
  void *self, struct grove_call *call, const char *pid, uint64_t offset, uint32_t limit)
{
  keep (self, call);
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
  keep (self, call);
}

static void
complete_source (struct world *world)
{
  memory_ops = world->source->source.ops;
  world->ops = *memory_ops;
  world->ops.absent = NULL;
  world->ops.process_messages = process_messages;
  world->ops.process_dictionary = process_dictionary;
  world->ops.process_state = process_state;
  world->ops.process_stack = process_stack;
  world->ops.process_gc = process_gc;
  world->ops.process_send = process_send;
  world->ops.process_restart = process_restart;
  world->ops.crash_get = crash_get;
  world->ops.supervisor_info = supervisor_info;
  world->ops.supervisor_act = supervisor_act;
  world->source->source.ops = &world->ops;
}

static void
answer_all (struct world *world)
{
  test_source_answer (world->source);
  while (n_kept > 0)
    answer_one ();
}

/* ---- The client ------------------------------------------------------------------------------
 */

static void
on_reply (int64_t id, struct json_object *result, struct json_object *error, void *user_data)
{
  struct peer *peer = user_data;

  if (id >= FIRST_REQUEST && id < FIRST_REQUEST + peer->n_requests)
    peer->n_answers[id - FIRST_REQUEST]++;
}

static void
on_notification (const char *method, struct json_object *params, void *user_data)
{
  static const char *const acks[][2] = {
    { "table.update", "table.ack" },
    { "tree.update", "tree.ack" },
    { "system.sample", "system.ack" },
    { "process.sample", "process.ack" },
  };
  struct peer        *peer = user_data;
  struct json_object *sub, *seq;
  size_t              i = 0;

  if (!json_object_object_get_ex (params, "sub", &sub) ||
      !json_object_object_get_ex (params, "seq", &seq))
    return;
  while (i < peer->n_updates && peer->updates[i].sub != json_object_get_int64 (sub))
    i++;
  if (i == N_SUBS)
    return;
  if (i == peer->n_updates)
    peer->updates[peer->n_updates++] = (struct update){ .sub = json_object_get_int64 (sub) };
  REQUIRE (json_object_get_int64 (seq) == peer->updates[i].seq + 1);
  peer->updates[i].seq = json_object_get_int64 (seq);
  for (size_t n = 0; n < G_N_ELEMENTS (acks); n++)
    if (strcmp (method, acks[n][0]) == 0)
      peer->updates[i].ack = acks[n][1];
}

static void
on_broken (const char *reason, void *user_data)
{
  abort ();
}

static void
deliver (struct peer *peer)
{
  size_t      size;
  const char *bytes = grove_server_session_output (peer->session, &size);

  REQUIRE (size <= GROVE_LIMIT_HARD + GROVE_LIMIT_MESSAGE);
  if (peer->stalled || size == 0)
    return;
  grove_client_feed (peer->client, bytes, size);
  grove_server_session_consume (peer->session, size);
}

static void
feed (struct peer *peer, const char *line, size_t size)
{
  grove_server_session_feed (peer->session, line, size);
  grove_server_session_feed (peer->session, "\n", 1);
}

static void
open_session (struct world *world, struct peer *peer)
{
  static const struct grove_client_handler handler = { on_reply, on_notification, on_broken };
  static const char                        opening[] =
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session.open\",\"params\":{\"major\":1,"
    "\"client\":{\"name\":\"f\",\"version\":\"1\"},\"role\":\"control\"}}";

  peer->session = grove_server_session_new (&world->host);
  peer->client = grove_client_new (&handler, peer);
  feed (peer, opening, sizeof opening - 1);
  deliver (peer);
}

/* ---- What a line does ------------------------------------------------------------------------
 */

static bool
is_method (const char *text, size_t size)
{
  for (size_t i = 0; i < size; i++)
    if (!g_ascii_isalpha (text[i]) && strchr ("._$/", text[i]) == NULL)
      return false;
  return size > 0;
}

static void
request (struct peer *peer, const char *line, size_t size)
{
  const struct grove_scan_limits limits = { .depth = 8, .string = 4096 };
  struct grove_scan_error        error;
  const char                    *space = memchr (line, ' ', size);
  size_t                         n = space != NULL ? (size_t) (space - line) : size;
  const char                    *params = space != NULL ? space + 1 : "{}";
  size_t                         params_size = space != NULL ? size - n - 1 : 2;
  g_autoptr (GString) text = NULL;

  /* What would make no whole request comes as a line of its own. */
  if (!is_method (line, n) || n > 64 || params_size > 32768 || peer->n_requests == N_LINES ||
      !grove_scan (params, params_size, &limits, &error))
    return;
  text = g_string_new (NULL);
  g_string_printf (text, "{\"jsonrpc\":\"2.0\",\"id\":%" G_GINT64_FORMAT ",\"method\":\"%.*s\"",
                   FIRST_REQUEST + peer->n_requests, (int) n, line);
  g_string_append (text, ",\"params\":");
  g_string_append_len (text, params, (gssize) params_size);
  g_string_append_c (text, '}');
  peer->n_requests++;
  feed (peer, text->str, text->len);
}

static void
cancel (struct peer *peer, unsigned number)
{
  g_autofree char *line =
    g_strdup_printf ("{\"jsonrpc\":\"2.0\",\"method\":\"$/cancel\",\"params\":{\"id\":%u}}",
                     FIRST_REQUEST + number);

  feed (peer, line, strlen (line));
}

static void
acknowledge (struct peer *peer)
{
  for (size_t i = 0; i < peer->n_updates; i++)
    {
      const struct update *update = &peer->updates[i];
      g_autofree char     *line = NULL;

      if (update->ack == NULL || !grove_server_session_wants_input (peer->session))
        continue;
      line = g_strdup_printf ("{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"params\":{\"sub\":%" //
                              G_GINT64_FORMAT ",\"seq\":%" G_GINT64_FORMAT "}}",
                              update->ack, update->sub, update->seq);
      feed (peer, line, strlen (line));
    }
}

static void
change (struct world *world, char what, unsigned number)
{
  struct test_source  *source = world->source;
  struct test_process *process =
    source->processes->len > 0 ? source->processes->pdata[number % source->processes->len] : NULL;

  if (what == 'S' && source->processes->len < N_PROCESSES)
    test_source_spawn (source, number % 3 == 0 ? NULL : process, 0, "new")->messages = number;
  if (process == NULL)
    return;
  if (what == 'K')
    test_source_kill (source, process);
  else if (what == 'R')
    test_source_restart (source, process);
  else if (what == 'M')
    test_source_move (source, process, number / 7 % 4);
  else if (what == 'T')
    {
      process->messages = number;
      test_source_touch (source, process);
    }
}

static void
pass_time (struct world *world, unsigned ms)
{
  world->host.now_ns += ms * MS;
  world->host.now_utc_ms += ms;
  world->source->now_ns += ms * MS;
}

static unsigned
number_of (const char *text, size_t size)
{
  unsigned number = 0;

  for (size_t i = 0; i < size && i < 6 && g_ascii_isdigit (text[i]); i++)
    number = number * 10 + (unsigned) (text[i] - '0');
  return number;
}

static void
act (struct world *world, const char *line, size_t size)
{
  struct peer *peer = world->peer;

  switch (line[0])
    {
    case '?':
      if (grove_server_session_wants_input (peer->session))
        request (peer, line + 1, size - 1);
      break;
    case '@':
      peer->foreign = true;
      if (grove_server_session_wants_input (peer->session))
        feed (peer, line + 1, size - 1);
      break;
    case '+':
      pass_time (world, number_of (line + 1, size - 1));
      break;
    case 'A':
      acknowledge (peer);
      break;
    case 'C':
      if (grove_server_session_wants_input (peer->session))
        cancel (peer, number_of (line + 1, size - 1));
      break;
    case 'L':
      world->source->deferred = !world->source->deferred;
      break;
    case '!':
      answer_all (world);
      break;
    case 'W':
      peer->stalled = !peer->stalled;
      break;
    case '2':
      world->peer = &world->peers[peer == world->peers];
      break;
    default:
      change (world, line[0], number_of (line + 1, size - 1));
      break;
    }
  for (size_t i = 0; i < N_SESSIONS; i++)
    {
      if (grove_server_session_due_ns (world->peers[i].session) <= world->host.now_ns)
        grove_server_session_tick (world->peers[i].session);
      deliver (&world->peers[i]);
    }
}

/* ---- The whole -------------------------------------------------------------------------------
 */

static void
populate (struct test_source *source)
{
  struct test_process *top = test_source_spawn (source, NULL, 0, "top");
  struct test_process *pool = test_source_spawn (source, top, 0, "pool");

  test_source_spawn (source, top, 1, "cache")->messages = 12;
  for (guint i = 0; i < 3; i++)
    test_source_spawn (source, pool, i, "worker")->messages = i;
}

/* Once nothing waits any more, each request has its answer. */
static void
settle (struct world *world)
{
  world->source->deferred = FALSE;
  for (size_t i = 0; i < N_SESSIONS; i++)
    world->peers[i].stalled = false;
  for (int round = 0; round < 3; round++)
    {
      answer_all (world);
      for (size_t i = 0; i < N_SESSIONS; i++)
        deliver (&world->peers[i]);
    }
  for (size_t i = 0; i < N_SESSIONS; i++)
    {
      struct peer *peer = &world->peers[i];

      if (peer->foreign || grove_server_session_is_closing (peer->session))
        continue;
      for (int64_t n = 0; n < peer->n_requests; n++)
        REQUIRE (peer->n_answers[n] == 1);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  static struct world world;
  const char         *at = (const char *) bytes, *end = at + size;
  unsigned            n_lines = 0;

  memset (&world, 0, sizeof world);
  world.source = test_source_new ();
  complete_source (&world);
  populate (world.source);
  grove_host_init (&world.host, &world.source->source);
  world.host.now_ns = UINT64_C (1000000000);
  for (size_t i = 0; i < N_SESSIONS; i++)
    open_session (&world, &world.peers[i]);
  world.peer = &world.peers[0];
  for (; at < end && n_lines < N_LINES; n_lines++)
    {
      const char *newline = memchr (at, '\n', (size_t) (end - at));
      const char *line_end = newline != NULL ? newline : end;

      if (line_end > at)
        act (&world, at, (size_t) (line_end - at));
      at = line_end + 1;
    }
  settle (&world);
  grove_server_session_shut_down (world.peers[0].session);
  deliver (&world.peers[0]);
  for (size_t i = 0; i < N_SESSIONS; i++)
    {
      grove_server_session_free (world.peers[i].session);
      grove_client_free (world.peers[i].client);
    }
  answer_all (&world);
  REQUIRE (world.source->n_leases == 0);
  grove_host_finish (&world.host);
  test_source_free (world.source);
  return 0;
}
