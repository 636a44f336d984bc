/* SPDX-License-Identifier: MIT
 *
 * The systems that bench-observers and bench-window observe, a program each: `observed-system KIND
 * DIRECTORY PAGE READY`. PAGE is the descriptor of a page that it shares with who started it, in
 * which it counts its work and is told whether to work; READY that of a pipe to which it says that
 * all its processes are there.
 */
#include "observed-page.h"
#include "observed.h"

#include "runtime/grove.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BATCH       100 /* round trips between two messages to one of the million */
#define SUPERVISORS 100

static struct observed_page *page;
static int                   ready_fd;
static const char           *directory;
static grove_pid            *pids;

static void
say_ready (void)
{
  const struct grove_export_options options = { .name = "bench", .directory = directory };
  char                             *error = NULL;

  if (grove_export_start (&options, &error) != GROVE_OK || write (ready_fd, "r", 1) != 1)
    {
      fprintf (stderr, "%s\n", error != NULL ? error : "the bench is gone");
      abort ();
    }
}

static struct grove_message *
receive (void)
{
  struct grove_message *message;

  if (grove_receive (GROVE_FOREVER, &message) != GROVE_OK)
    abort ();
  return message;
}

static void
rest (void)
{
  int pace = atomic_load_explicit (&page->pace, memory_order_relaxed);

  if (pace == OBSERVED_STROLLS)
    grove_sleep_ms (5);
  while (pace == OBSERVED_RESTS)
    {
      grove_sleep_ms (5);
      pace = atomic_load_explicit (&page->pace, memory_order_relaxed);
    }
}

/* ---- A million --------------------------------------------------------------------------------
 */

static void
takes (void *arg)
{
  (void) arg;
  for (;;)
    grove_message_free (receive ());
}

static void
pongs (void *arg)
{
  (void) arg;
  for (;;)
    {
      struct grove_message *message = receive ();
      grove_pid             from;

      if (!grove_match (grove_message_term (message), "{~p, ping}", &from))
        abort ();
      grove_message_free (message);
      grove_send (from, "pong");
    }
}

static void
pings (void *arg)
{
  const size_t me = (size_t) (uintptr_t) arg;
  uint64_t     random = 88172645463325252 + me;
  grove_pid    peer = grove_spawn (pongs, NULL);

  for (;;)
    {
      rest ();
      for (int i = 0; i < BATCH; i++)
        {
          grove_send (peer, "{~p, ping}", grove_self ());
          grove_message_free (receive ());
        }
      random ^= random << 13;
      random ^= random >> 7;
      random ^= random << 17;
      grove_send (pids[random % OBSERVED_PROCESSES], "news");
      atomic_fetch_add_explicit (&page->work[me].n, BATCH, memory_order_relaxed);
    }
}

static void
run_million (void *arg)
{
  (void) arg;
  pids = malloc (OBSERVED_PROCESSES * sizeof *pids);
  if (pids == NULL)
    abort ();
  for (size_t i = 0; i < OBSERVED_PROCESSES; i++)
    pids[i] = grove_spawn (takes, NULL);
  for (size_t i = 0; i < grove_schedulers () && i < MAX_WORKERS; i++)
    grove_spawn (pings, (void *) (uintptr_t) i);
  say_ready ();
  takes (NULL);
}

/* ---- A mailbox --------------------------------------------------------------------------------
 */

/* Has a long mailbox, and takes from its front as fast as it adds to its end. */
static void
hoards (void *arg)
{
  (void) arg;
  for (int i = 0; i < OBSERVED_MESSAGES; i++)
    grove_send (grove_self (), "{order, ~i, \"a jumper, two sizes too small\"}", i);
  atomic_store (&page->target, grove_self ());
  for (uint64_t n = 1;; n++)
    {
      rest ();
      grove_send (grove_self (), "{order, 1, \"another of the same kind\"}");
      grove_message_free (receive ());
      atomic_store_explicit (&page->work[0].n, n, memory_order_relaxed);
    }
}

static void
run_mailbox (void *arg)
{
  (void) arg;
  grove_spawn (hoards, NULL);
  while (atomic_load (&page->target) == 0)
    grove_sleep_ms (1);
  say_ready ();
  takes (NULL);
}

/* ---- A tree -----------------------------------------------------------------------------------
 */

/* Whether each is called something that no other is called but for digits. */
static bool named;

/* Waits until it is sent something, and ends. */
static void
ends (void *arg)
{
  static _Atomic unsigned n_named;
  char                    name[5] = "";

  (void) arg;
  if (named)
    {
      char     label[16];
      unsigned n = atomic_fetch_add (&n_named, 1);

      for (size_t i = 0; i < 4; i++, n /= 26)
        name[i] = (char) ('a' + n % 26);
      name[4] = '\0';
      snprintf (label, sizeof label, "worker_%s", name);
      grove_process_label (label);
    }
  grove_message_free (receive ());
  atomic_store (&page->ended_ns, grove_now_ns ());
}

static enum grove_status
start_child (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  (void) arg;
  (void) ret_reason;
  *ret_pid = grove_spawn_link (ends, NULL);
  return GROVE_OK;
}

static enum grove_status
start_shop (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  static struct grove_child_spec children[OBSERVED_CHILDREN / SUPERVISORS];
  struct grove_supervisor_spec   spec = GROVE_SUPERVISOR_DEFAULTS;
  const size_t                   n = sizeof children / sizeof *children;
  static char                    name[16] = "pool_";
  static unsigned                n_shops;

  (void) arg;
  if (named)
    {
      name[5] = (char) ('a' + n_shops / 26);
      name[6] = (char) ('a' + n_shops++ % 26);
      spec.name = name;
      spec.intensity = 1000; /* they are ended for a purpose */
    }
  for (size_t i = 0; i < n; i++)
    {
      children[i] = (struct grove_child_spec) GROVE_CHILD_DEFAULTS;
      children[i].start = start_child;
    }
  spec.children = children;
  spec.n_children = n;
  return grove_supervisor_start (&spec, ret_pid, ret_reason);
}

static enum grove_status
start_top (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_child_spec      children[SUPERVISORS];
  struct grove_supervisor_spec spec = GROVE_SUPERVISOR_DEFAULTS;

  (void) arg;
  for (size_t i = 0; i < SUPERVISORS; i++)
    {
      children[i] = (struct grove_child_spec) GROVE_CHILD_DEFAULTS;
      children[i].start = start_shop;
      children[i].type = GROVE_SUPERVISOR;
      children[i].shutdown_ms = GROVE_SHUTDOWN_INFINITY;
    }
  spec.children = children;
  spec.n_children = SUPERVISORS;
  return grove_supervisor_start (&spec, ret_pid, ret_reason);
}

/* Sends those to their end that are told to. */
static void
condemns (void *arg)
{
  (void) arg;
  for (;;)
    {
      const uint64_t pid = atomic_exchange (&page->condemned, 0);

      if (pid != 0)
        grove_send (pid, "end");
      grove_sleep_ms (1);
    }
}

static void
run_tree (void *arg)
{
  const struct grove_application_spec spec = { .name = "chain", .start = start_top };
  grove_pid                           master;

  (void) arg;
  if (grove_application_start (&spec, &master) != GROVE_OK)
    abort ();
  grove_spawn (condemns, NULL);
  say_ready ();
  takes (NULL);
}

static void
run_forest (void *arg)
{
  named = true;
  run_tree (arg);
}

/* ---- Mortals ----------------------------------------------------------------------------------
 */

static void
run_mortals (void *arg)
{
  (void) arg;
  named = true;
  for (size_t i = 0; i < OBSERVED_MORTALS; i++)
    grove_spawn (ends, NULL);
  grove_spawn (condemns, NULL);
  say_ready ();
  takes (NULL);
}

/* ---- Which of them -----------------------------------------------------------------------------
 */

int
main (int argc, char **argv)
{
  static const grove_entry   entries[] = { run_million, run_mailbox, run_tree, run_forest,
                                           run_mortals };
  const struct grove_options options = { .name = "bench" };
  const size_t               kind = argc == 5 ? (size_t) atoi (argv[1]) : SIZE_MAX;

  if (kind >= sizeof entries / sizeof *entries)
    return 2;
  directory = argv[2];
  page = mmap (NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, atoi (argv[3]), 0);
  ready_fd = atoi (argv[4]);
  if (page == MAP_FAILED)
    return 2;
  return grove_run (&options, entries[kind], NULL) == GROVE_OK ? 0 : 1;
}
