/* SPDX-License-Identifier: MIT
 *
 * Low, normal, high and max. Higher ones go first: a process of high priority runs as soon as it
 * has something to do, whoever else would like to. Low and normal share: low has every eighth turn,
 * so that what is unimportant is slow, but not stuck.
 */
#include "example.h"

#include <stdio.h>

#define ENOUGH 20000000 /* reductions */

static void
loops (void *arg)
{
  volatile uint64_t sum = 0;

  for (uint64_t i = 0;; i++)
    sum += i;
}

static grove_pid
spawn_loop (const char *label, enum grove_priority priority, unsigned scheduler)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  pid;

  options.label = label;
  options.initial_call = "loops";
  options.priority = priority;
  options.scheduler = scheduler;
  grove_assert (grove_spawn_opt (loops, &options, &pid, NULL) == GROVE_OK);
  return pid;
}

static uint64_t
reductions (grove_pid pid)
{
  struct grove_process_figures figures;

  return grove_process_figures (pid, &figures) == GROVE_OK ? figures.reductions : 0;
}

/* Of two that share a scheduler. Reductions are what they have done, whatever the machine does
 * beside. */
static void
compare (grove_pid low, grove_pid normal)
{
  const uint64_t low_before = reductions (low), normal_before = reductions (normal);
  uint64_t       low_done, normal_done;

  do
    {
      grove_sleep_ms (10);
      low_done = reductions (low) - low_before;
      normal_done = reductions (normal) - normal_before;
    }
  while (low_done + normal_done < ENOUGH);
  if (low_done > 0 && normal_done >= low_done)
    printf ("for every reduction of low, normal has %.0f\n",
            (double) normal_done / (double) low_done);
  else
    printf ("low has done %d %% of the work\n", (int) (100 * low_done / (low_done + normal_done)));
}

static void
urgent (void *arg)
{
  grove_send_name ("main", "done");
}

static void
be_urgent (void)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  const uint64_t             begin_ns = grove_now_ns ();
  struct grove_message      *done;
  grove_pid                  pid;

  options.initial_call = "urgent";
  options.priority = GROVE_PRIORITY_HIGH;
  grove_assert (grove_spawn_opt (urgent, &options, &pid, NULL) == GROVE_OK);
  grove_assert (grove_receive_pattern (GROVE_FOREVER, &done, "done") == GROVE_OK);
  grove_message_free (done);
  printf ("a task of high priority beside them took %.3f ms\n",
          (double) (grove_now_ns () - begin_ns) / 1e6);
}

static void
first (void *arg)
{
  grove_pid low = spawn_loop ("low loop", GROVE_PRIORITY_LOW, 1);
  grove_pid normal = spawn_loop ("normal loop", GROVE_PRIORITY_NORMAL, 1);

  for (unsigned i = 2; i <= grove_schedulers (); i++)
    spawn_loop ("another low loop", GROVE_PRIORITY_LOW, i);
  grove_assert (grove_set_priority (GROVE_PRIORITY_MAX, NULL) == GROVE_OK);
  do
    {
      compare (low, normal);
      be_urgent ();
    }
  while (example_again (2000));
}

int
main (int argc, char **argv)
{
  return example_main (argc, argv, "priority", first);
}
