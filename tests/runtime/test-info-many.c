/* SPDX-License-Identifier: MIT
 *
 * Many processes that ask each other, and the list of them all, while others come and go. The
 * number in a test's name is the behaviour's in the conformance list.
 */
#include "tests/runtime/core-test.h"

#include <string.h>

#define STORMERS 24

struct storm
{
  grove_pid main;
  grove_pid pids[STORMERS];
  unsigned  n;
};

/* Asks all others, who ask it. */
static void
storms (void *arg)
{
  struct grove_message *message = core_receive ();
  struct grove_text     text;
  struct storm          storm;
  unsigned              n_answers = 0;

  (void) arg;
  g_assert_true (grove_match (grove_message_term (message), "{storm, ~b}", &text));
  g_assert_cmpuint (text.size, ==, sizeof storm);
  memcpy (&storm, text.bytes, sizeof storm);
  grove_message_free (message);
  for (unsigned i = 0; i < storm.n; i++)
    {
      struct grove_message *answer;
      grove_pid             pid = storm.pids[(i * 7 + (unsigned) grove_self ()) % STORMERS];
      if (grove_process_info (pid, i % 3 == 0 ? NULL : "[status, links, registered_name]",
                              &answer) == GROVE_OK)
        {
          n_answers++;
          grove_message_free (answer);
        }
      if (i % 16 == 0)
        {
          char name[32];
          g_snprintf (name, sizeof name, "storm %u", (unsigned) grove_self ());
          if (grove_register (name, grove_self ()) == GROVE_OK)
            (void) grove_unregister (name);
        }
    }
  grove_send (storm.main, "{done, ~i}", n_answers);
  core_idle (NULL);
}

/* 103, 125: everybody asks everybody, on both schedulers, and all are answered. */
static void
test_storm (void *arg)
{
  struct storm storm = { .main = grove_self (), .n = CORE_MANY (2000, 200) };

  (void) arg;
  for (unsigned i = 0; i < STORMERS; i++)
    storm.pids[i] = _grove_process_spawn_on (i % 2, storms, NULL);
  for (unsigned i = 0; i < STORMERS; i++)
    grove_send (storm.pids[i], "{storm, ~b}", &storm, sizeof storm);
  for (unsigned i = 0; i < STORMERS; i++)
    {
      unsigned n;
      core_expect ("{done, ~i}", &n);
      g_assert_cmpuint (n, ==, storm.n);
    }
}

static void
asks_many (void *arg)
{
  struct grove_message *answer;

  for (int i = 0; i < 3; i++)
    {
      g_assert_cmpint (grove_process_info (core_arg_pid (arg), "status", &answer), ==, GROVE_OK);
      grove_message_free (answer);
    }
}

/* 125: many questions to one that is starved, from many. */
static void
test_blast (void *arg)
{
  grove_pid starved;
  unsigned  n = CORE_MANY (3000, 200);

  (void) arg;
  starved = core_spawn_priority (core_spin, NULL, GROVE_PRIORITY_LOW);
  for (unsigned i = 0; i < n; i++)
    grove_monitor (_grove_process_spawn_on (i % 2, asks_many, core_pid_arg (starved)));
  for (unsigned i = 0; i < n; i++)
    core_expect ("{'DOWN', _, process, _, _}"); /* normal, or noproc for one that was quick */
  grove_exit_process (starved, "kill");
}

static void
passes_on (void *arg)
{
  for (;;)
    {
      struct grove_message *message = core_receive ();
      grove_message_free (message);
      grove_send (core_arg_pid (arg), "pong");
    }
}

/* 126: a question that comes together with a message does not hide it. */
static void
test_wake_up (void *arg)
{
  grove_pid pid = _grove_process_spawn_on (1, passes_on, core_pid_arg (grove_self ()));

  (void) arg;
  for (unsigned i = 0; i < CORE_MANY (20000, 1000); i++)
    {
      struct grove_message *answer;
      for (volatile unsigned spin = i % 32 * 50; spin > 0; spin--)
        ;
      if (i % 2 == 0)
        grove_send (pid, "ping");
      g_assert_cmpint (grove_process_info (pid, "status", &answer), ==, GROVE_OK);
      grove_message_free (answer);
      if (i % 2 == 1)
        grove_send (pid, "ping");
      core_expect ("pong");
    }
}

/* Killed while it waits for an answer that has come, and while it holds one. */
static void
asks_and_is_killed (void *arg)
{
  for (;;)
    {
      struct grove_message *answer;
      if (grove_process_info (core_arg_pid (arg), NULL, &answer) != GROVE_OK)
        return;
    }
}

static void
test_killed_asker (void *arg)
{
  grove_pid pid = _grove_process_spawn_on (1, core_idle, NULL);

  (void) arg;
  for (unsigned i = 0; i < CORE_MANY (2000, 300); i++)
    {
      grove_pid asker = _grove_process_spawn_on (i % 2, asks_and_is_killed, core_pid_arg (pid));
      for (volatile unsigned spin = i % 64 * 100; spin > 0; spin--)
        ;
      if (i % 3 == 0)
        grove_yield ();
      grove_exit_process (asker, "kill");
      core_until_gone (asker);
    }
}

static void
child_of_churn (void *arg)
{
  (void) arg;
}

static void
churns (void *arg)
{
  for (unsigned i = 0; i < (unsigned) (uintptr_t) arg; i++)
    {
      struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
      grove_pid                  pid;
      options.initial_call = "churn";
      if (grove_spawn_opt (child_of_churn, &options, &pid, NULL) != GROVE_OK)
        grove_yield ();
      if (i % 8 == 0)
        grove_yield ();
    }
}

static int
compare_pids (const void *a, const void *b)
{
  grove_pid x = *(const grove_pid *) a, y = *(const grove_pid *) b;

  return (x > y) - (x < y);
}

/* 11: all that stay are in it once, however many come and go. */
static void
test_processes (void *arg)
{
  static grove_pid stay[500], listed[20000];
  unsigned         n_churn = CORE_MANY (10000, 1000);
  grove_pid        churners[2];

  (void) arg;
  for (unsigned i = 0; i < G_N_ELEMENTS (stay); i++)
    stay[i] = i == 0 ? grove_self () : _grove_process_spawn_on (i % 2, core_idle, NULL);
  qsort (stay, G_N_ELEMENTS (stay), sizeof stay[0], compare_pids);
  for (unsigned i = 0; i < 2; i++)
    churners[i] = _grove_process_spawn_on (i, churns, (void *) (uintptr_t) n_churn);
  do
    {
      size_t n = grove_processes (listed, G_N_ELEMENTS (listed));
      size_t at = 0;
      g_assert_cmpuint (n, <=, G_N_ELEMENTS (listed));
      qsort (listed, n, sizeof listed[0], compare_pids);
      for (size_t i = 1; i < n; i++)
        g_assert_cmpuint (listed[i - 1], <, listed[i]);
      for (unsigned i = 0; i < G_N_ELEMENTS (stay); i++, at++)
        {
          while (at < n && listed[at] < stay[i])
            at++;
          g_assert_cmpuint (at, <, n);
          g_assert_cmpuint (listed[at], ==, stay[i]);
        }
    }
  while (grove_is_alive (churners[0]) || grove_is_alive (churners[1]));
  /* Room for fewer, and for none. */
  {
    grove_pid few[3] = { 0, 0, 1 };
    g_assert_cmpuint (grove_processes (few, 2), >=, G_N_ELEMENTS (stay));
    g_assert_cmpuint (few[2], ==, 1);
    g_assert_cmpuint (grove_processes (NULL, 17), >=, G_N_ELEMENTS (stay));
  }
}

/* It does not keep others from their turns. */
static void
lists (void *arg)
{
  (void) arg;
  for (;;)
    grove_processes (NULL, 0);
}

static void
test_processes_yields (void *arg)
{
  grove_pid many[300], lister;

  (void) arg;
  for (unsigned i = 0; i < G_N_ELEMENTS (many); i++)
    many[i] = grove_spawn (core_idle, NULL);
  lister = grove_spawn (lists, NULL);
  for (int i = 0; i < 100; i++)
    grove_yield ();
  grove_exit_process (lister, "kill");
  g_assert_false (grove_is_alive (lister));
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/info-many/storm-103-125", test_storm },
    { "/runtime/info-many/blast-125", test_blast },
    { "/runtime/info-many/wake-up-126", test_wake_up },
    { "/runtime/info-many/killed-asker", test_killed_asker },
    { "/runtime/info-many/processes-11", test_processes },
    { "/runtime/info-many/processes-yields-11", test_processes_yields },
  };

  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
