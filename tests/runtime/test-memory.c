/* SPDX-License-Identifier: MIT
 *
 * Memory of the runtime itself: what a peak took goes back to the system, what schedulers hand to
 * each other does not grow, and being out of memory has the answers that the headers name.
 */
#include "core-test.h"
#include "runtime/core/block.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/slab.h"

#include <sys/resource.h>
#include <unistd.h>

#define MIB ((gsize) 1024 * 1024)

/* ---- Slabs ----------------------------------------------------------------------------------- */

#define N_OBJECTS CORE_MANY (50000U, 10000U)

/* Takes and gives at random; every object keeps what was written into all of it. */
static void
test_slab_random (void)
{
  struct grove_slabs  slabs = { .n_spare = 0 };
  g_autofree guint8 **objects = g_new0 (guint8 *, N_OBJECTS);
  g_autofree gsize   *sizes = g_new0 (gsize, N_OBJECTS);
  gsize               total = 0;

  for (guint i = 0; i < 8 * N_OBJECTS; i++)
    {
      guint at = (guint) g_test_rand_int_range (0, N_OBJECTS);
      if (objects[at] == NULL)
        {
          sizes[at] = (gsize) g_test_rand_int_range (1, GROVE_SLAB_LARGEST + 1);
          objects[at] = _grove_slab_take (&slabs, sizes[at]);
          g_assert_cmpuint ((guintptr) objects[at] % 16, ==, 0);
          memset (objects[at], (int) (at % 251), sizes[at]);
          total += sizes[at];
        }
      else
        {
          for (gsize j = 0; j < sizes[at]; j++)
            if (objects[at][j] != at % 251)
              g_error ("byte %zu of object %u is wrong", j, at);
          _grove_slab_give (&slabs, objects[at]);
          objects[at] = NULL;
          total -= sizes[at];
        }
    }
  g_assert_cmpuint (atomic_load (&slabs.bytes), >=, total);
  for (guint i = 0; i < N_OBJECTS; i++)
    if (objects[i] != NULL)
      _grove_slab_give (&slabs, objects[i]);
  /* The spare ones, and what describes the regions that are left. */
  g_assert_cmpuint (atomic_load (&slabs.bytes), <=, 5 * MIB);
  _grove_slabs_finish (&slabs);
  g_assert_cmpuint (atomic_load (&slabs.bytes), ==, 0);
}

/* Chains are taken, shuffled into one another, and given back: nothing is there twice, and nothing
 * is left. */
static void
test_slab_chains (void)
{
  struct grove_slabs  slabs = { .n_spare = 0 };
  guint               n = N_OBJECTS;
  g_autofree guint8 **objects = g_new0 (guint8 *, n);
  guint               n_taken = 0, n_kept = 0;

  for (guint round = 0; round < 4; round++)
    {
      while (n_taken < n)
        {
          unsigned n_more;
          void    *chain =
            _grove_slab_take_some (&slabs, 192, MIN (n - n_taken, 1 + n_taken % 200), &n_more);
          g_assert_cmpuint (n_more, >, 0);
          for (; n_more > 0; n_more--)
            {
              objects[n_taken++] = chain;
              chain = *(void **) chain;
            }
          g_assert_null (chain);
        }
      for (guint i = 0; i < n; i++)
        memset (objects[i], (int) (i % 251), 192);
      for (guint i = 0; i < n; i++)
        for (guint j = 0; j < 192; j += 191)
          g_assert_cmpuint (objects[i][j], ==, i % 251);
      for (guint i = 0; i < n; i++)
        {
          guint   other = (guint) g_test_rand_int_range (0, (gint32) n);
          guint8 *object = objects[i];
          objects[i] = objects[other];
          objects[other] = object;
        }
      n_kept = round == 3 ? 0 : n / 3;
      for (void *chain = NULL; n_taken > n_kept;)
        {
          *(void **) objects[--n_taken] = chain;
          chain = objects[n_taken];
          if (n_taken % 100 == 0 || n_taken == n_kept)
            {
              _grove_slab_give_chain (&slabs, chain);
              chain = NULL;
            }
        }
    }
  g_assert_cmpuint (atomic_load (&slabs.bytes), <=, 5 * MIB);
  _grove_slabs_finish (&slabs);
}

/* One object in a hundred stays: slabs that are empty go back all the same. */
static void
test_slab_survivors (void)
{
  struct grove_slabs slabs = { .n_spare = 0 };
  guint              n = 200000;
  g_autofree void  **objects = g_new0 (void *, n);
  guint64            peak;

  for (guint i = 0; i < n; i++)
    objects[i] = _grove_slab_take (&slabs, 512);
  peak = atomic_load (&slabs.bytes);
  g_assert_cmpuint (peak, >=, (guint64) n * 512);
  for (guint i = 0; i < n; i++)
    if (i % 100 != 0)
      _grove_slab_give (&slabs, objects[i]);
  g_assert_cmpuint (atomic_load (&slabs.bytes), <, peak / 2);
  /* What was given back is there again, zeroed by the system, when it is wanted. */
  for (guint i = 0; i < n; i++)
    if (i % 100 != 0)
      *(guint *) (objects[i] = _grove_slab_take (&slabs, 512)) = i;
  for (guint i = 0; i < n; i++)
    g_assert_true (i % 100 == 0 || *(guint *) objects[i] == i);
  g_assert_cmpuint (atomic_load (&slabs.bytes), <=, peak);
  _grove_slabs_finish (&slabs);
}

/* ---- Peaks ----------------------------------------------------------------------------------- */

#define N_PARKED CORE_MANY (200000U, 2000U)

static gsize
resident_bytes (void)
{
  gulong pages = 0;
  FILE  *file = fopen ("/proc/self/statm", "r");

  g_assert_nonnull (file);
  g_assert_cmpint (fscanf (file, "%*d %lu", &pages), ==, 1);
  fclose (file);
  return pages * (gsize) sysconf (_SC_PAGESIZE);
}

static void
parks (void *arg)
{
  grove_send (core_arg_pid (arg), "parked");
  core_idle (NULL);
}

static void
peak (grove_pid *pids)
{
  for (guint i = 0; i < N_PARKED; i++)
    pids[i] = grove_spawn (parks, core_pid_arg (grove_self ()));
  for (guint i = 0; i < N_PARKED; i++)
    core_expect ("parked");
}

static void
end_all (grove_pid *pids)
{
  for (guint i = 0; i < N_PARKED; i++)
    grove_exit_process (pids[i], "kill");
  for (guint i = 0; i < N_PARKED; i++)
    g_assert_false (grove_is_alive (pids[i]));
}

/* What stays of each is its control block; the rest goes back but for a reserve. */
static void
test_peak (void *arg)
{
  grove_pid *pids = grove_alloc (N_PARKED * sizeof *pids);
  gsize      before, after;

  (void) arg;
  memset (pids, 0, N_PARKED * sizeof *pids);
  before = resident_bytes ();
  for (int i = 0; i < 3; i++)
    {
      peak (pids);
#ifndef GROVE_OWN_STACKS
      g_assert_cmpuint (resident_bytes () - before, >=, N_PARKED * (gsize) 400);
#endif
      end_all (pids);
    }
  after = resident_bytes ();
  g_test_message ("%zu bytes before, %zu after", before, after);
#ifndef GROVE_OWN_STACKS
  g_assert_cmpuint (_grove_block_bytes (), <=, 6 * GROVE_BLOCK_CLASSES * MIB);
  g_assert_cmpuint (after, <=, before + N_PARKED * sizeof (struct grove_process) + 32 * MIB);
#endif
}

/* ---- From one scheduler to another ----------------------------------------------------------- */

#define N_ROUND 20000

static void
consumes (void *arg)
{
  for (;;)
    {
      for (guint i = 0; i < N_ROUND; i++)
        grove_message_free (core_receive ());
      grove_send (core_arg_pid (arg), "round");
    }
}

/* One allocates and the other frees, all the time. */
static void
test_one_way (void *arg)
{
  grove_pid consumer = _grove_process_spawn_on (1, consumes, core_pid_arg (grove_self ()));
  guint64   first = 0;

  (void) arg;
  for (guint round = 0; round < CORE_MANY (100, 10); round++)
    {
      for (guint i = 0; i < N_ROUND; i++)
        grove_send (consumer, "{round, ~i}", (int) i);
      core_expect ("round");
      if (round == 0)
        first = N_ROUND * (guint64) 128 + 6 * GROVE_BLOCK_CLASSES * MIB;
      g_assert_cmpuint (_grove_block_bytes (), <=, first);
    }
}

/* ---- Out of memory --------------------------------------------------------------------------- */

#ifndef GROVE_OWN_STACKS
#  define TOO_MUCH (128 * MIB)

static uint8_t source[TOO_MUCH];

static void
allocates (void *arg)
{
  (void) arg;
  grove_alloc (TOO_MUCH);
}

static void
reallocates (void *arg)
{
  void *memory = grove_alloc (100);

  (void) arg;
  grove_realloc (memory, TOO_MUCH);
}

static void
sends_term (void *arg)
{
  grove_send_term (core_arg_pid (arg), (struct grove_term){ source, TOO_MUCH });
}

static void
is_out_of_memory (void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  struct rlimit              limit = { .rlim_cur = 0 };
  struct grove_message      *message;
  gulong                     pages = 0;
  FILE                      *file = fopen ("/proc/self/statm", "r");
  grove_pid                  pid;

  (void) arg;
  g_assert_nonnull (file);
  g_assert_cmpint (fscanf (file, "%lu", &pages), ==, 1);
  fclose (file);
  limit.rlim_cur = limit.rlim_max = pages * (gsize) sysconf (_SC_PAGESIZE) + TOO_MUCH / 2;
  g_assert_cmpint (setrlimit (RLIMIT_AS, &limit), ==, 0);
  core_expect_down (grove_spawn (allocates, NULL), "heap_limit");
  core_expect_down (grove_spawn (reallocates, NULL), "heap_limit");
  g_assert_cmpint (grove_send (grove_self (), "~b", source, TOO_MUCH), ==, GROVE_ERR_SYSTEM_LIMIT);
  g_assert_cmpint (grove_message_new (&message, "~b", source, TOO_MUCH), ==,
                   GROVE_ERR_SYSTEM_LIMIT);
  /* A binary of just that size, as it stands. */
  source[0] = 109;
  source[1] = (uint8_t) ((TOO_MUCH - 5) >> 24);
  source[2] = (uint8_t) ((TOO_MUCH - 5) >> 16);
  source[3] = (uint8_t) ((TOO_MUCH - 5) >> 8);
  source[4] = (uint8_t) (TOO_MUCH - 5);
  core_expect_down (grove_spawn (sends_term, core_pid_arg (grove_self ())), "system_limit");
  g_assert_cmpint (_grove_observe_send (grove_self (), (struct grove_term){ source, TOO_MUCH }), ==,
                   GROVE_ERR_SYSTEM_LIMIT);
  options.arg = source;
  options.arg_size = TOO_MUCH;
  g_assert_cmpint (grove_spawn_opt (core_idle, &options, &pid, NULL), ==, GROVE_ERR_SYSTEM_LIMIT);
  core_expect_nothing ();
  /* All goes on. */
  g_assert_cmpint (grove_send (grove_self (), "~b", source, MIB), ==, GROVE_OK);
  grove_message_free (core_receive ());
}

static void
test_out_of_memory (void)
{
  const struct core_case test = { "", is_out_of_memory, .max_processes = 1000 };

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, 0);
      g_test_trap_assert_passed ();
      return;
    }
  core_run (&test);
}
#endif

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/memory/peak", test_peak },
    { "/runtime/memory/one-way", test_one_way },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/memory/slab-random", test_slab_random);
  g_test_add_func ("/runtime/memory/slab-chains", test_slab_chains);
  g_test_add_func ("/runtime/memory/slab-survivors", test_slab_survivors);
#ifndef GROVE_OWN_STACKS
  g_test_add_func ("/runtime/memory/out-of-memory", test_out_of_memory);
#endif
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], core_run);
  return g_test_run ();
}
