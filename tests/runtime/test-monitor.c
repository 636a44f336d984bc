/* SPDX-License-Identifier: MIT
 *
 * Monitors. The number in a test's name is the behaviour's in the conformance list.
 */
#include "tests/runtime/core-test.h"

#include <stdatomic.h>

static struct
{
  size_t      n_monitors, n_monitored_by;
  _Atomic int done;
} looked;

static void
look (struct grove_inspection *view, void *user_data)
{
  grove_pid pids[64];

  (void) user_data;
  looked.n_monitors = _grove_inspection_monitors (view, pids, G_N_ELEMENTS (pids));
  looked.n_monitored_by = _grove_inspection_monitored_by (view, pids, G_N_ELEMENTS (pids));
}

static void
looked_done (enum grove_status status, void *user_data)
{
  (void) user_data;
  g_assert_cmpint (status, ==, GROVE_OK);
  atomic_store (&looked.done, 1);
}

static void
look_at (grove_pid pid)
{
  atomic_store (&looked.done, 0);
  _grove_observe_inspect (pid, look, looked_done, NULL);
  while (atomic_load (&looked.done) == 0)
    grove_yield ();
}

static void
test_once (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);
  grove_ref monitor = grove_monitor (pid);
  grove_ref got;
  grove_pid from;

  (void) arg;
  grove_exit_process (pid, "{r, 1}");
  core_expect ("{'DOWN', ~r, process, ~p, {r, 1}}", &got, &from);
  g_assert_cmpuint (got, ==, monitor);
  g_assert_cmpuint (from, ==, pid);
  g_assert_false (grove_is_alive (pid));
  core_expect_nothing ();
}

static void
test_many (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);

  (void) arg;
  for (int i = 0; i < 30; i++)
    grove_monitor (pid);
  look_at (pid);
  g_assert_cmpuint (looked.n_monitored_by, ==, 30);
  grove_exit_process (pid, "kill");
  for (int i = 0; i < 30; i++)
    core_expect ("{'DOWN', _, process, _, killed}");
  core_expect_nothing ();
}

static void
test_dead (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);
  grove_pid from;

  (void) arg;
  grove_exit_process (pid, "kill");
  g_assert_false (grove_is_alive (pid));
  grove_monitor (pid);
  core_expect ("{'DOWN', _, process, ~p, noproc}", &from);
  g_assert_cmpuint (from, ==, pid);
  grove_monitor (UINT64_C (0xfffffffffffffff0));
  core_expect ("{'DOWN', _, process, _, noproc}");
}

static void
test_self (void *arg)
{
  (void) arg;
  g_assert_cmpuint (grove_monitor (grove_self ()), !=, 0);
  look_at (grove_self ());
  g_assert_cmpuint (looked.n_monitors + looked.n_monitored_by, ==, 0);
}

static void
demonitors_what_it_is_sent (void *arg)
{
  struct grove_message *message = core_receive ();
  grove_ref             monitor;

  g_assert_true (grove_match (grove_message_term (message), "~r", &monitor));
  grove_demonitor (monitor, true);
  grove_message_free (message);
  grove_send (core_arg_pid (arg), "demonitored");
}

static void
test_demonitor_by_another (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);
  grove_ref monitor = grove_monitor (pid);
  grove_pid other = grove_spawn (demonitors_what_it_is_sent, core_pid_arg (grove_self ()));

  (void) arg;
  grove_send (other, "~r", monitor);
  core_expect ("demonitored");
  grove_exit_process (pid, "die");
  core_expect ("{'DOWN', _, process, _, die}");
}

static void
test_demonitor (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);
  grove_ref monitor = grove_monitor (pid);

  (void) arg;
  g_assert_true (grove_demonitor (monitor, false));
  g_assert_false (grove_demonitor (monitor, false));
  grove_exit_process (pid, "kill");
  core_until_gone (pid);
  core_expect_nothing ();
}

static void
test_flush (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);
  grove_ref monitor = grove_monitor (pid);

  (void) arg;
  grove_exit_process (pid, "die");
  core_until_gone (pid);
  grove_send (grove_self (), "marker");
  core_expect ("{'DOWN', _, process, _, die}");
  core_expect ("marker");

  pid = grove_spawn (core_idle, NULL);
  monitor = grove_monitor (pid);
  grove_send (grove_self (), "before");
  grove_exit_process (pid, "die");
  core_until_gone (pid);
  grove_send (grove_self (), "after");
  g_assert_false (grove_demonitor (monitor, true));
  core_expect ("before");
  core_expect ("after");
  core_expect_nothing ();
}

static void
dies_at_once (void *arg)
{
  (void) arg;
}

/* 52: the answer tells exactly whether a DOWN is there, however the two race. */
static void
test_race (void *arg)
{
  unsigned n_late = 0;

  (void) arg;
  for (unsigned i = 0; i < CORE_MANY (10000, 2000); i++)
    {
      grove_pid pid = _grove_process_spawn_on (1, dies_at_once, NULL);
      grove_ref monitor = grove_monitor (pid);

      /* From well before the end to well after. */
      for (volatile unsigned spin = i % 64 * 300; spin > 0; spin--)
        ;
      if (grove_demonitor (monitor, false))
        {
          while (grove_is_alive (pid))
            grove_yield ();
          core_expect_nothing ();
        }
      else
        {
          struct grove_message *message;
          n_late++;
          g_assert_cmpint (grove_receive (0, &message), ==, GROVE_OK);
          grove_message_free (message);
        }
    }
  g_test_message ("%u too late", n_late);
  g_assert_cmpuint (n_late, >, 0);
}

static void
watches_and_dies (void *arg)
{
  for (int i = 0; i < 10; i++)
    grove_monitor (core_arg_pid (arg));
  grove_exit ("bored");
}

static void
test_cleaned_up (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);
  grove_pid watched;
  grove_ref monitor;

  (void) arg;
  core_expect_down (grove_spawn (watches_and_dies, core_pid_arg (pid)), "bored");
  look_at (pid);
  g_assert_cmpuint (looked.n_monitored_by, ==, 0);

  monitor = grove_monitor (pid);
  look_at (pid);
  g_assert_cmpuint (looked.n_monitored_by, ==, 1);
  grove_demonitor (monitor, false);
  look_at (pid);
  g_assert_cmpuint (looked.n_monitored_by, ==, 0);

  watched = grove_spawn (core_idle, NULL);
  grove_monitor (watched);
  grove_exit_process (watched, "kill");
  core_expect ("{'DOWN', _, process, _, killed}");
  look_at (grove_self ());
  g_assert_cmpuint (looked.n_monitors, ==, 0);
}

/* 55: the watched kills its watcher and ends. */
static void
kills_its_watcher (void *arg)
{
  grove_message_free (core_receive ());
  grove_exit_process (core_arg_pid (arg), "kill");
}

static void
watcher (void *arg)
{
  grove_pid pid = grove_spawn (kills_its_watcher, core_pid_arg (grove_self ()));

  (void) arg;
  grove_monitor (pid);
  grove_message_free (core_receive ());
  grove_send (pid, "go");
  core_idle (NULL);
}

static void
test_watched_kills_watcher (void *arg)
{
  (void) arg;
  for (int i = 0; i < 200; i++)
    {
      grove_pid pid = _grove_process_spawn_on (i % 2, watcher, NULL);
      grove_monitor (pid);
      grove_send (pid, "go");
      core_expect ("{'DOWN', _, process, _, killed}");
    }
}

static void
test_name_is_free (void *arg)
{
  (void) arg;
  for (int i = 0; i < 500; i++)
    {
      grove_pid pid = _grove_process_spawn_on (1, core_idle, NULL);
      g_assert_cmpint (grove_register ("named", pid), ==, GROVE_OK);
      grove_monitor (pid);
      g_assert_cmpint (grove_monitor_name ("named", NULL, &(grove_ref){ 0 }), ==, GROVE_OK);
      grove_exit_process (pid, "kill");
      for (int j = 0; j < 2; j++)
        {
          core_expect ("{'DOWN', _, process, _, killed}");
          g_assert_cmpuint (grove_whereis ("named"), ==, 0);
        }
    }
}

/* 48: named in the message as it was named in the call. */
static void
test_name (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);
  grove_ref monitor, got;

  (void) arg;
  g_assert_cmpint (grove_register ("b\xc3\xa4r", pid), ==, GROVE_OK);
  g_assert_cmpint (grove_monitor_name ("b\xc3\xa4r", NULL, &monitor), ==, GROVE_OK);
  look_at (pid);
  g_assert_cmpuint (looked.n_monitored_by, ==, 1);
  grove_exit_process (pid, "{die, 1}");
  core_expect ("{'DOWN', ~r, process, {'b\xc3\xa4r', 'nonode@nohost'}, {die, 1}}", &got);
  g_assert_cmpuint (got, ==, monitor);

  /* Nobody has it. */
  g_assert_cmpint (grove_monitor_name ("b\xc3\xa4r", NULL, &monitor), ==, GROVE_OK);
  core_expect ("{'DOWN', ~r, process, {'b\xc3\xa4r', _}, noproc}", &got);
  g_assert_cmpuint (got, ==, monitor);
  look_at (grove_self ());
  g_assert_cmpuint (looked.n_monitors, ==, 0);

  /* Taken down before the end. */
  pid = grove_spawn (core_idle, NULL);
  g_assert_cmpint (grove_register ("other", pid), ==, GROVE_OK);
  g_assert_cmpint (grove_monitor_name ("other", NULL, &monitor), ==, GROVE_OK);
  g_assert_true (grove_demonitor (monitor, false));
  grove_exit_process (pid, "kill");
  core_until_gone (pid);
  core_expect_nothing ();

  /* Oneself. */
  g_assert_cmpint (grove_register ("self", grove_self ()), ==, GROVE_OK);
  g_assert_cmpint (grove_monitor_name ("self", NULL, &monitor), ==, GROVE_OK);
  look_at (grove_self ());
  g_assert_cmpuint (looked.n_monitors + looked.n_monitored_by, ==, 0);

  /* What can be nobody's name. */
  monitor = 0;
  g_assert_cmpint (grove_monitor_name (NULL, NULL, &monitor), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_monitor_name ("", NULL, &monitor), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_monitor_name ("\xff", NULL, &monitor), ==, GROVE_ERR_BADARG);
  g_assert_cmpuint (monitor, ==, 0);
}

/* 57: an atom, and something large, in all ways to make a monitor. */
static void
test_tag (void *arg)
{
  struct grove_buffer          large = { NULL };
  struct grove_monitor_options options = { .alias = GROVE_ALIAS_NONE };
  struct grove_spawn_options   spawning = GROVE_SPAWN_DEFAULTS;
  grove_pid                    pid, from;
  grove_ref                    monitor, got;

  (void) arg;
  g_assert_cmpint (grove_build (&large, "{my, [1, <<\"tag\">>], #{a => 1.5}}"), ==, GROVE_OK);
  options.tag = grove_buffer_term (&large);
  spawning.monitor = true;
  spawning.monitor_options = &options;
  g_assert_cmpint (grove_spawn_opt (dies_at_once, &spawning, &pid, &monitor), ==, GROVE_OK);
  core_expect ("{{my, [1, <<\"tag\">>], #{a => 1.5}}, ~r, process, ~p, normal}", &got, &from);
  g_assert_cmpuint (got, ==, monitor);
  g_assert_cmpuint (from, ==, pid);

  g_assert_cmpint (grove_monitor_name ("nobody", &options, &monitor), ==, GROVE_OK);
  core_expect ("{{my, _, _}, _, process, {nobody, _}, noproc}");
  grove_buffer_finish (&large);

  options.tag = (struct grove_term){ (const uint8_t[]){ 119, 1, 'T' }, 3 };
  pid = grove_spawn (core_idle, NULL);
  g_assert_cmpint (grove_monitor_opt (pid, &options, &monitor), ==, GROVE_OK);
  grove_monitor (pid);
  grove_exit_process (pid, "die");
  core_until_gone (pid);
  /* A flush knows it whatever its tag is. */
  grove_send (grove_self (), "marker");
  g_assert_false (grove_demonitor (monitor, true));
  core_expect ("{'DOWN', _, process, _, die}");
  core_expect ("marker");
  core_expect_nothing ();

  options.tag = (struct grove_term){ NULL, 3 };
  g_assert_cmpint (grove_monitor_opt (pid, &options, &monitor), ==, GROVE_ERR_BADARG);
  options.tag = (struct grove_term){ (const uint8_t *) "x", 65537 };
  g_assert_cmpint (grove_monitor_opt (pid, &options, &monitor), ==, GROVE_ERR_BADARG);
  options.tag = (struct grove_term){ NULL, 0 };
  options.alias = GROVE_ALIAS_REPLY;
  g_assert_cmpint (grove_monitor_opt (pid, &options, &monitor), ==, GROVE_ERR_BADARG);
  core_expect_nothing ();
}

/* Monitors with names and tags that nobody ends are freed with their owner. */
static void
monitors_and_dies (void *arg)
{
  struct grove_monitor_options options = { .tag = { (const uint8_t[]){ 119, 1, 'T' }, 3 },
                                           .alias = GROVE_ALIAS_DEMONITOR };

  for (int i = 0; i < 100; i++)
    {
      grove_ref monitor;
      g_assert_cmpint (grove_monitor_opt (core_arg_pid (arg), &options, &monitor), ==, GROVE_OK);
      g_assert_cmpint (grove_monitor_name ("watched", &options, &monitor), ==, GROVE_OK);
    }
}

static void
test_many_options (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);

  (void) arg;
  g_assert_cmpint (grove_register ("watched", pid), ==, GROVE_OK);
  for (int i = 0; i < 10; i++)
    core_expect_down (grove_spawn (monitors_and_dies, core_pid_arg (pid)), "normal");
  look_at (pid);
  g_assert_cmpuint (looked.n_monitored_by, ==, 0);
}

static void
sends_and_dies (void *arg)
{
  for (int i = 0; i < 10; i++)
    grove_send (core_arg_pid (arg), "{m, ~i}", i);
  grove_exit ("x");
}

static void
test_after_messages (void *arg)
{
  (void) arg;
  for (int round = 0; round < 200; round++)
    {
      grove_pid pid = _grove_process_spawn_on (1, sends_and_dies, core_pid_arg (grove_self ()));
      grove_monitor (pid);
      for (int i = 0; i < 10; i++)
        {
          int got;
          core_expect ("{m, ~i}", &got);
          g_assert_cmpint (got, ==, i);
        }
      core_expect ("{'DOWN', _, process, _, ~t}", &(struct grove_term){ 0 });
    }
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/monitor/once-45", test_once },
    { "/runtime/monitor/many-46", test_many },
    { "/runtime/monitor/dead-47", test_dead },
    { "/runtime/monitor/self-49", test_self },
    { "/runtime/monitor/demonitor-by-another-50", test_demonitor_by_another },
    { "/runtime/monitor/demonitor-51", test_demonitor },
    { "/runtime/monitor/race-52", test_race },
    { "/runtime/monitor/flush-53", test_flush },
    { "/runtime/monitor/cleaned-up-54", test_cleaned_up },
    { "/runtime/monitor/watched-kills-watcher-55", test_watched_kills_watcher },
    { "/runtime/monitor/name-is-free-56", test_name_is_free },
    { "/runtime/monitor/after-messages-58", test_after_messages },
    { "/runtime/monitor/name-48", test_name },
    { "/runtime/monitor/tag-57", test_tag },
    { "/runtime/monitor/many-options", test_many_options },
  };

  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
