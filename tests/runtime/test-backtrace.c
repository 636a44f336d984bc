/* SPDX-License-Identifier: MIT
 *
 * Where processes are: the function of any one by copy, and the whole stack of one through an
 * inspection. What names are looked up by is never a scheduler's thread.
 */
#include "runtime/core/backtrace.h"
#include "runtime/core/stack.h"
#include "runtime/core/symbol-reader.h"
#include "runtime/core/symbol.h"
#include "tests/runtime/core-test.h"

#include <pthread.h>
#include <semaphore.h>
#include <string.h>

#define APART __attribute__ ((noinline, noclone))

/* ---- Processes in places -----------------------------------------------------------------------
 */

static volatile int keeps_frame;

APART static void
waits_deep (unsigned n)
{
  struct grove_message *message;

  if (n > 0)
    waits_deep (n - 1);
  else if (grove_receive (GROVE_FOREVER, &message) == GROVE_OK)
    grove_message_free (message);
  keeps_frame++;
}

static void
waits (void *arg)
{
  grove_send (core_arg_pid (arg), "ready");
  waits_deep (3);
  keeps_frame++;
}

APART static void
spins_here (void)
{
  for (;;)
    keeps_frame++;
}

static void
spins (void *arg)
{
  grove_send (core_arg_pid (arg), "ready");
  spins_here ();
}

static void
hibernates (void *arg)
{
  grove_send (core_arg_pid (arg), "ready");
  grove_hibernate (waits, arg);
}

/* ---- From a thread of its own ------------------------------------------------------------------
 */

struct look
{
  grove_pid                   pid;
  grove_pid                   asker;
  pthread_t                   thread;
  sem_t                       done;
  enum grove_status           status;
  struct grove_stack_view    *view;
  struct grove_process_sample sample;
  struct grove_frame          where;
  struct grove_frame          frames[GROVE_MAX_FRAMES];
  size_t                      n_frames;
};

static void
copy_stack (struct grove_inspection *inspection, void *user_data)
{
  struct look *look = user_data;

  _grove_inspection_stack (inspection, look->view);
}

static void
copied (enum grove_status status, void *user_data)
{
  struct look *look = user_data;

  look->status = status;
  sem_post (&look->done);
}

static void *
look_from_outside (void *data)
{
  static const uint8_t looked[] = { 119, 6, 'l', 'o', 'o', 'k', 'e', 'd' };
  struct look         *look = data;

  look->view = _grove_stack_view_new ();
  if (_grove_observe_process (look->pid, &look->sample))
    _grove_observe_where (&look->sample, &look->where);
  _grove_observe_inspect (look->pid, copy_stack, copied, look);
  while (sem_wait (&look->done) != 0)
    ;
  if (look->status == GROVE_OK)
    look->n_frames = _grove_stack_view_frames (look->view, look->frames, GROVE_MAX_FRAMES);
  _grove_stack_view_free (look->view);
  g_assert_cmpint (_grove_observe_send (look->asker, (struct grove_term){ looked, sizeof looked }),
                   ==, GROVE_OK);
  return NULL;
}

/* Waits as a process does, so that its scheduler serves others. */
static void
look_at (struct look *look, grove_pid pid)
{
  memset (look, 0, sizeof *look);
  look->pid = pid;
  look->asker = grove_self ();
  sem_init (&look->done, 0, 0);
  g_assert_cmpint (pthread_create (&look->thread, NULL, look_from_outside, look), ==, 0);
  core_expect ("looked");
  pthread_join (look->thread, NULL);
  sem_destroy (&look->done);
}

static grove_pid
spawn_ready (grove_entry entry)
{
  grove_pid pid = grove_spawn (entry, core_pid_arg (grove_self ()));

  core_expect ("ready");
  /* It is where it wants to be when its turn is over. */
  g_assert_true (grove_is_alive (pid));
  return pid;
}

static void
check_waits_deep (const struct look *look)
{
  g_assert_cmpint (look->status, ==, GROVE_OK);
  g_assert_cmpuint (look->n_frames, ==, 5);
  for (unsigned i = 0; i < 4; i++)
    g_assert_cmpstr (look->frames[i].function, ==, "waits_deep");
  g_assert_cmpstr (look->frames[4].function, ==, "waits");
  g_assert_cmpstr (look->frames[0].file, ==, "tests/runtime/test-backtrace.c");
  g_assert_cmpint (look->frames[0].line, >, 0);
  g_assert_cmpint (look->frames[1].line, <, look->frames[0].line);
}

static void
test_where (void *arg)
{
  static struct look look;

  (void) arg;
  look_at (&look, spawn_ready (waits));
  g_assert_cmpstr (look.where.function, ==, "waits_deep");
  look_at (&look, spawn_ready (spins));
  g_assert_cmpstr (look.where.function, ==, "spins_here");
  g_assert_cmpint (look.where.line, >, 0);
  look_at (&look, spawn_ready (hibernates));
  g_assert_cmpstr (look.where.function, ==, "waits");
  look_at (&look, grove_self ());
  g_assert_cmpstr (look.where.function, !=, "");
}

static void
test_waiting (void *arg)
{
  static struct look look;

  (void) arg;
  look_at (&look, spawn_ready (waits));
  check_waits_deep (&look);
}

/* Its frames are somewhere else. */
static void
test_copied_away (void *arg)
{
  static struct look look;
  grove_pid          pid = spawn_ready (waits);

  (void) arg;
  _grove_stack_set_chaos (4711);
  for (unsigned i = 0; i < 20; i++)
    {
      grove_yield ();
      look_at (&look, pid);
      check_waits_deep (&look);
    }
  _grove_stack_set_chaos (0);
}

static void
test_preempted (void *arg)
{
  static struct look look;

  (void) arg;
  look_at (&look, spawn_ready (spins));
  g_assert_cmpint (look.status, ==, GROVE_OK);
  g_assert_cmpuint (look.n_frames, >=, 1);
  g_assert_cmpstr (look.frames[0].function, ==, "spins_here");
}

static void
test_without_frames (void *arg)
{
  static struct look look;
  grove_pid          pid = spawn_ready (hibernates);

  (void) arg;
  look_at (&look, pid);
  g_assert_cmpint (look.status, ==, GROVE_OK);
  g_assert_cmpuint (look.n_frames, ==, 0);
  grove_exit_process (pid, "kill");
  look_at (&look, pid);
  g_assert_cmpint (look.status, ==, GROVE_ERR_NOPROC);
}

/* ---- What a stack may hold ---------------------------------------------------------------------
 */

static void
test_hostile (void)
{
  static struct grove_stack_copy copy;
  struct grove_trace             trace;
  GRand                         *random = g_rand_new_with_seed (20261121);

  for (unsigned i = 0; i < CORE_MANY (20000, 1000); i++)
    {
      uintptr_t base = (uintptr_t) g_rand_int (random) << 12;

      copy.has_frames = true;
      copy.address = base;
      copy.size = (size_t) g_rand_int_range (random, 0, GROVE_STACK_COPY_SIZE);
      copy.registers.n = 17;
      for (unsigned r = 0; r < copy.registers.n; r++)
        copy.registers.values[r] = base + g_rand_int (random) % GROVE_STACK_COPY_SIZE;
      for (size_t w = 0; w < copy.size / 8; w++)
        {
          /* Addresses in the stack, of code, and anything. */
          uint64_t word = g_rand_int (random);
          if (word % 3 == 0)
            word = base + word % GROVE_STACK_COPY_SIZE;
          else if (word % 3 == 1)
            word = (uintptr_t) waits_deep + word % 64;
          memcpy (copy.bytes + 8 * w, &word, 8);
        }
      copy.registers.pc = (uintptr_t) waits_deep + g_rand_int (random) % 64;
      _grove_symbols_lock ();
      _grove_symbol_unwind (&copy, &trace);
      _grove_symbols_unlock ();
      g_assert_cmpuint (trace.n, <=, GROVE_TRACE_DEPTH);
    }
  g_rand_free (random);
}

/* ---- Names -------------------------------------------------------------------------------------
 */

static void
test_names (void)
{
  const struct grove_symbol *symbol = _grove_symbol_find ((uintptr_t) test_names + 1);

  g_assert_cmpstr (symbol->function, ==, "test_names");
  g_assert_cmpstr (symbol->file, ==, "tests/runtime/test-backtrace.c");
  g_assert_cmpint (symbol->line, >, 0);
  g_assert_true (_grove_symbol_find ((uintptr_t) test_names + 1) == symbol);
  g_assert_true (_grove_symbol_cached ((uintptr_t) test_names + 1) == symbol);
  /* A library without debugging information. */
  symbol = _grove_symbol_find ((uintptr_t) g_rand_new_with_seed + 1);
  g_assert_cmpstr (symbol->function, ==, "g_rand_new_with_seed");
  g_assert_cmpstr (symbol->file, !=, "");
  symbol = _grove_symbol_find (64);
  g_assert_cmpstr (symbol->function, ==, "");
  g_assert_cmpstr (symbol->file, ==, "");
  g_assert_cmpint (symbol->line, ==, 0);
}

static void
raises (void *arg)
{
  (void) arg;
  grove_raise ("oops");
}

static void
raises_elsewhere (void *arg)
{
  (void) arg;
  grove_throw ("{x, 1}");
}

/* There is a limit; behind it are numbers. */
static void
test_names_limit (void *arg)
{
  (void) arg;
  core_expect_down (grove_spawn (raises, NULL), "{oops, [{raises, _, _} | _]}");
  for (uintptr_t pc = 1; pc < 40000; pc++)
    g_assert_cmpstr (_grove_symbol_find (pc)->function, ==, "");
  core_expect_down (grove_spawn (raises, NULL), "{oops, [{raises, _, _} | _]}");
  core_expect_down (grove_spawn (raises_elsewhere, NULL), "{{nocatch, {x, 1}}, [_ | _]}");
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/backtrace/where", test_where },
    { "/runtime/backtrace/waiting", test_waiting },
    { "/runtime/backtrace/copied-away", test_copied_away },
    { "/runtime/backtrace/preempted", test_preempted },
    { "/runtime/backtrace/without-frames", test_without_frames },
  };
  static const struct core_case last[] = {
    { "/runtime/backtrace/names-limit", test_names_limit },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], core_run);
  g_test_add_func ("/runtime/backtrace/hostile", test_hostile);
  g_test_add_func ("/runtime/backtrace/names", test_names);
  g_test_add_data_func (last[0].path, &last[0], core_run);
  return g_test_run ();
}
