/* SPDX-License-Identifier: MIT
 *
 * The rings of events: what is in them, and that readers on other threads get each event once and
 * whole, or know how many they missed.
 */
#include "runtime/core/event.h"
#include "runtime/core/scheduler.h"
#include "tests/runtime/core-test.h"

#include <string.h>

/* The next event of @kind about @pid; those in between are skipped. */
static struct grove_event
next_event (struct grove_event_cursor *cursor, enum grove_event_kind kind, grove_pid pid)
{
  uint64_t deadline = grove_now_ns () + CORE_DEADLINE_NS;

  while (grove_now_ns () < deadline)
    {
      struct grove_event event;
      uint64_t           lost;
      if (_grove_observe_events (cursor, &event, 1, &lost) == 1 && event.kind == kind &&
          event.pid == pid)
        return event;
      g_assert_cmpuint (lost, ==, 0);
      grove_yield ();
    }
  g_error ("no event %d came", (int) kind);
}

static void
crashes (void *arg)
{
  (void) arg;
  grove_process_label ("weak");
  grove_exit ("{bad_order, 5}");
}

static void
test_kinds (void *arg)
{
  struct grove_event_cursor cursor;
  struct grove_event        event;
  grove_pid                 self = grove_self ();
  grove_pid                 pid;

  (void) arg;
  _grove_observe_events_from_now (&cursor);
  pid = grove_spawn (core_idle, NULL);
  event = next_event (&cursor, GROVE_EVENT_SPAWN, pid);
  g_assert_cmpuint (event.a, ==, self);
  g_assert_cmpstr ((const char *) (uintptr_t) event.b, ==, "core_idle");
  g_assert_cmpuint (event.at_ns, <=, grove_now_ns ());
  g_assert_cmpuint (event.scheduler, <, 2);
  g_assert_cmpint (grove_register ("idler", pid), ==, GROVE_OK);
  event = next_event (&cursor, GROVE_EVENT_REGISTER, pid);
  g_assert_cmpstr ((const char *) (uintptr_t) event.a, ==, "idler");
  g_assert_cmpint (grove_unregister ("idler"), ==, GROVE_OK);
  event = next_event (&cursor, GROVE_EVENT_UNREGISTER, pid);
  g_assert_cmpstr ((const char *) (uintptr_t) event.a, ==, "idler");
  g_assert_cmpint (grove_link (pid), ==, GROVE_OK);
  g_assert_cmpuint (next_event (&cursor, GROVE_EVENT_LINK, self).a, ==, pid);
  grove_unlink (pid);
  g_assert_cmpuint (next_event (&cursor, GROVE_EVENT_UNLINK, self).a, ==, pid);
  grove_exit_process (pid, "kill");
  event = next_event (&cursor, GROVE_EVENT_EXIT, pid);
  g_assert_cmpuint (event.a, ==, 0);
  g_assert_cmpuint (event.b, ==, GROVE_EVENT_EXIT_KILLED);
  grove_trap_exit (true);
  pid = grove_spawn_link (crashes, NULL);
  g_assert_cmpuint (next_event (&cursor, GROVE_EVENT_LINK, self).a, ==, pid);
  event = next_event (&cursor, GROVE_EVENT_CRASH, pid);
  g_assert_cmpstr ((const char *) (uintptr_t) event.a, ==, "weak");
  event = next_event (&cursor, GROVE_EVENT_EXIT, pid);
  g_assert_cmpuint (event.b, ==, GROVE_EVENT_EXIT_CRASH);
}

static void
ends_as_told (void *arg)
{
  grove_exit ((const char *) arg);
}

static void
test_kinds_of_ends (void *arg)
{
  static const struct
  {
    const char           *reason;
    enum grove_event_exit kind;
  } ends[] = {
    { "normal", GROVE_EVENT_EXIT_NORMAL },
    { "shutdown", GROVE_EVENT_EXIT_SHUTDOWN },
    { "{shutdown, 7}", GROVE_EVENT_EXIT_SHUTDOWN },
    { "kill", GROVE_EVENT_EXIT_KILLED },
    { "killed", GROVE_EVENT_EXIT_KILLED },
    { "{shutdown}", GROVE_EVENT_EXIT_CRASH },
    { "boom", GROVE_EVENT_EXIT_CRASH },
  };
  struct grove_event_cursor cursor;

  (void) arg;
  _grove_observe_events_from_now (&cursor);
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      grove_pid pid = grove_spawn (ends_as_told, (void *) (uintptr_t) ends[i].reason);
      g_assert_cmpuint (next_event (&cursor, GROVE_EVENT_EXIT, pid).b, ==, ends[i].kind);
    }
}

/* A cursor that is all zero begins with the very first event: the spawn of the first process. */
static void
test_from_the_beginning (void *arg)
{
  struct grove_event_cursor cursor = { 0 };
  struct grove_event        event;
  uint64_t                  lost;

  (void) arg;
  do
    g_assert_cmpuint (_grove_observe_events (&cursor, &event, 1, &lost), ==, 1);
  while (event.scheduler != 0);
  g_assert_cmpuint (event.seq, ==, 1);
  g_assert_cmpint (event.kind, ==, GROVE_EVENT_SPAWN);
  g_assert_cmpuint (event.pid, ==, grove_self ());
  g_assert_cmpuint (event.a, ==, 0);
  g_assert_cmpstr ((const char *) (uintptr_t) event.b, ==, "main");
  g_assert_cmpuint (lost, ==, 0);
  /* One that is of a runtime before begins anew. */
  cursor.last[0] = UINT64_C (1) << 40;
  g_assert_cmpuint (_grove_observe_events (&cursor, &event, 1, &lost), <=, 1);
  g_assert_cmpuint (cursor.last[0], <, 100);
}

/* With nobody else writing the numbers are exact to one: the slot that is next is never read. */
static void
test_loss_is_counted (void *arg)
{
  static struct grove_event out[2 * GROVE_EVENTS];
  struct grove_event_cursor cursor;
  uint64_t                  lost;
  gsize                     n;

  (void) arg;
  _grove_observe_events_from_now (&cursor);
  for (unsigned i = 0; i < 3 * GROVE_EVENTS; i++)
    _grove_event (GROVE_EVENT_LONG_QUEUE, grove_self (), i, 1);
  n = _grove_observe_events (&cursor, out, G_N_ELEMENTS (out), &lost);
  g_assert_cmpuint (n, ==, GROVE_EVENTS - 1);
  g_assert_cmpuint (lost, ==, 2 * GROVE_EVENTS + 1);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpuint (out[i].a, ==, 2 * GROVE_EVENTS + 1 + i);
  n = _grove_observe_events (&cursor, out, G_N_ELEMENTS (out), &lost);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpuint (lost, ==, 0);
  /* Room for none loses none, and takes none. */
  _grove_event (GROVE_EVENT_LONG_QUEUE, grove_self (), 7, 1);
  g_assert_cmpuint (_grove_observe_events (&cursor, out, 0, &lost), ==, 0);
  g_assert_cmpuint (lost, ==, 0);
  g_assert_cmpuint (_grove_observe_events (&cursor, out, 1, &lost), ==, 1);
  g_assert_cmpuint (out[0].a, ==, 7);
}

/* Told once when it is long, and once when it is not any more. */
static void
lets_wait (void *arg)
{
  struct grove_message *message;
  int                   rounds = 0;

  (void) arg;
  while (rounds++ < 2)
    {
      g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &message, "go"), ==, GROVE_OK);
      grove_message_free (message);
      for (int i = 0; i < GROVE_LONG_QUEUE + 1000; i++)
        grove_message_free (core_receive ());
    }
  core_idle (NULL);
}

static void
test_long_queue (void *arg)
{
  struct grove_event_cursor cursor;
  struct grove_event        event;
  grove_pid                 pid = grove_spawn (lets_wait, NULL);
  uint64_t                  lost;

  (void) arg;
  _grove_observe_events_from_now (&cursor);
  for (int round = 0; round < 2; round++)
    {
      for (int i = 0; i < GROVE_LONG_QUEUE + 1000; i++)
        grove_send (pid, "x");
      event = next_event (&cursor, GROVE_EVENT_LONG_QUEUE, pid);
      g_assert_cmpuint (event.b, ==, 1);
      g_assert_cmpuint (event.a, >=, GROVE_LONG_QUEUE);
      g_assert_cmpuint (event.a, <, GROVE_LONG_QUEUE + 1000);
      while (_grove_observe_events (&cursor, &event, 1, &lost) == 1)
        g_assert_cmpint (event.kind, !=, GROVE_EVENT_LONG_QUEUE);
      grove_send (pid, "go");
      event = next_event (&cursor, GROVE_EVENT_LONG_QUEUE, pid);
      g_assert_cmpuint (event.b, ==, 0);
      g_assert_cmpuint (event.a, <, GROVE_LONG_QUEUE / 2);
    }
}

/* ---- Readers beside writers ---------------------------------------------------------------------
 */

#define N_WRITES CORE_MANY (3000000U, 200000U)

static struct
{
  _Atomic unsigned n_done;
  grove_pid        first;
} race;

/* Events whose words belong together, so that half of one and half of another would be seen. */
static void
writes (void *arg)
{
  uint64_t mark = (uint64_t) (uintptr_t) arg;

  for (uint64_t i = 1; i <= N_WRITES; i++)
    _grove_event (GROVE_EVENT_LARGE_HEAP, mark << 32 | i, i * 3, i * 7 + mark);
  atomic_fetch_add (&race.n_done, 1);
  grove_send (race.first, "done");
}

static gpointer
reads (gpointer data)
{
  struct grove_event        out[64];
  struct grove_event_cursor cursor = { 0 };
  uint64_t                  n_lost = 0, n_read = 0;
  uint64_t                  last[3] = { 0 };
  bool                      done;

  do
    {
      gsize n;
      done = atomic_load (&race.n_done) == 3;
      do
        {
          uint64_t lost;
          n = _grove_observe_events (&cursor, out, G_N_ELEMENTS (out), &lost);
          n_lost += lost;
          n_read += n;
          for (gsize i = 0; i < n; i++)
            {
              unsigned ring = out[i].scheduler == GROVE_EVENT_OUTSIDE ? 2 : out[i].scheduler;
              uint64_t count = (uint32_t) out[i].pid, mark = out[i].pid >> 32;
              g_assert_cmpuint (out[i].seq, >, last[ring]);
              last[ring] = out[i].seq;
              if (out[i].kind != GROVE_EVENT_LARGE_HEAP)
                continue;
              g_assert_cmpuint (out[i].a, ==, count * 3);
              g_assert_cmpuint (out[i].b, ==, count * 7 + mark);
            }
        }
      while (n > 0);
    }
  while (!done);
  /* Read and lost are all there ever were. */
  g_assert_cmpuint (n_read + n_lost, ==, last[0] + last[1] + last[2]);
  g_assert_cmpuint (n_read + n_lost, >=, UINT64_C (3) * N_WRITES);
  return data;
}

static gpointer
writes_outside (gpointer data)
{
  for (uint64_t i = 1; i <= N_WRITES; i++)
    _grove_event (GROVE_EVENT_LARGE_HEAP, UINT64_C (3) << 32 | i, i * 3, i * 7 + 3);
  atomic_fetch_add (&race.n_done, 1);
  return data;
}

static void
test_readers_beside_writers (void *arg)
{
  GThread *readers[2];
  GThread *writer;

  (void) arg;
  atomic_store (&race.n_done, 0);
  race.first = grove_self ();
  for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
    readers[i] = g_thread_new ("reader", reads, NULL);
  writer = g_thread_new ("writer", writes_outside, NULL);
  for (unsigned i = 0; i < 2; i++)
    _grove_process_spawn_on (i, writes, (void *) (uintptr_t) (i + 1));
  for (unsigned i = 0; i < 2; i++)
    core_expect ("done");
  g_thread_join (writer);
  for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
    g_thread_join (readers[i]);
}

static const struct core_case cases[] = {
  { "/runtime/event/kinds", test_kinds, 0, 0 },
  { "/runtime/event/kinds-of-ends", test_kinds_of_ends, 0, 0 },
  { "/runtime/event/from-the-beginning", test_from_the_beginning, 0, 0 },
  { "/runtime/event/loss-is-counted", test_loss_is_counted, 1, 0 },
  { "/runtime/event/long-queue-129", test_long_queue, 1, 0 },
  { "/runtime/event/readers-beside-writers", test_readers_beside_writers, 0, 0 },
};

int
main (int argc, char **argv)
{
  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
