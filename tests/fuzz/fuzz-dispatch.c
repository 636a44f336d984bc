/* SPDX-License-Identifier: MIT
 *
 * The dispatcher behind an opening: two sessions that may control, over a source whose processes
 * come and go, and which answers at once or later, the last question first. What the sessions send
 * must be within their bounds and make sense to a client; each well-formed request is answered
 * once, whatever else happens.
 *
 * The input is lines, those of fuzz-peer.h and:
 *   +NUMBER         so many milliseconds pass          2      the other session goes on
 *   L               later answers, or again at once    !      what waits is answered
 *   SNUMBER KNUMBER RNUMBER MNUMBER TNUMBER: below the process of that index one is spawned; it is
 *   killed, restarted, moved, touched
 */
#include "tests/fuzz/fuzz-peer.h"
#include "tests/fuzz/fuzz.h"
#include "tests/protocol/test-source.h"

#include <string.h>

#define N_SESSIONS  2
#define N_PROCESSES 64
#define MS          UINT64_C (1000000)

struct world
{
  struct test_source     *source;
  struct grove_source_ops ops;
  struct grove_host       host;
  struct fuzz_peer        peers[N_SESSIONS];
  struct fuzz_peer       *peer; /* that goes on */
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
application_start (
  void *self, struct grove_call *call, const char *name, const char *type, uint32_t wait_ms)
{
  keep (self, call);
}

static void
application_stop (void *self, struct grove_call *call, const char *name, uint32_t wait_ms)
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
  world->ops.application_start = application_start;
  world->ops.application_stop = application_stop;
  world->source->source.ops = &world->ops;
}

static void
answer_all (struct world *world)
{
  test_source_answer (world->source);
  while (n_kept > 0)
    answer_one ();
}

/* ---- What a line does ------------------------------------------------------------------------
 */

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

static void
act (void *data, const char *line, size_t size)
{
  struct world *world = data;

  if (!fuzz_peer_act (world->peer, line, size))
    switch (line[0])
      {
      case '+':
        pass_time (world, fuzz_number (line + 1, size - 1));
        break;
      case 'L':
        world->source->deferred = !world->source->deferred;
        break;
      case '!':
        answer_all (world);
        break;
      case '2':
        world->peer = &world->peers[world->peer == world->peers];
        break;
      default:
        change (world, line[0], fuzz_number (line + 1, size - 1));
        break;
      }
  for (size_t i = 0; i < N_SESSIONS; i++)
    fuzz_peer_turn (&world->peers[i], &world->host);
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
        fuzz_peer_read (&world->peers[i]);
    }
  for (size_t i = 0; i < N_SESSIONS; i++)
    fuzz_peer_check_answered (&world->peers[i]);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  static struct world world;

  memset (&world, 0, sizeof world);
  world.source = test_source_new ();
  complete_source (&world);
  populate (world.source);
  grove_host_init (&world.host, &world.source->source);
  world.host.now_ns = UINT64_C (1000000000);
  for (size_t i = 0; i < N_SESSIONS; i++)
    fuzz_peer_open (&world.peers[i], &world.host);
  world.peer = &world.peers[0];
  fuzz_each_line (bytes, size, act, &world);
  settle (&world);
  grove_server_session_shut_down (world.peers[0].session);
  fuzz_peer_read (&world.peers[0]);
  for (size_t i = 0; i < N_SESSIONS; i++)
    fuzz_peer_close (&world.peers[i]);
  answer_all (&world);
  FUZZ_REQUIRE (world.source->n_leases == 0);
  grove_host_finish (&world.host);
  test_source_free (world.source);
  return 0;
}
