/* SPDX-License-Identifier: MIT
 *
 * Supervisors of a real node at work, in the supervision graph: who took whose place, how often,
 * how much of what its supervisor allows is used up, and that it gives up when that is exceeded.
 */
#include "tests/e2e/beam/play.h"

#include <string.h>

/* Its successor is drawn where it was, with the badge of so many restarts. */
static gboolean
is_restarted (WindowFixture *fixture, const char *pid, guint restarts)
{
  const GroveGraphNode *node = window_get_node (fixture, pid);

  return node != NULL && node->restarts == restarts && window_graph_shows (fixture, pid);
}

static gboolean
has_used (WindowFixture *fixture, const char *supervisor, guint n, guint intensity)
{
  const GroveGraphNode *node = window_get_node (fixture, supervisor);

  return node != NULL && node->recent_restarts == n && node->intensity == intensity;
}

/* Selects @name there and presses Delete. */
static void
kill_in_graph (WindowFixture *fixture, const char *name, const char *pid)
{
  window_select_in_graph (fixture, name, pid);
  scenario_kill (fixture, SCENARIO_PLAIN);
}

static void
check_stays (WindowFixture *fixture, const char *name, const char *pid)
{
  g_autofree char *now = scenario_await_pid (fixture, name);

  g_assert_cmpstr (now, ==, pid);
  g_assert_cmpuint (window_get_node (fixture, pid)->restarts, ==, 0);
}

/* Three times its supervisor starts another one. Returns the last. (transfer full) */
static char *
heal (WindowFixture *fixture, const char *supervisor)
{
  char *pid = scenario_await_pid (fixture, "tulip");

  for (guint i = 1; i <= 3; i++)
    {
      const gint64     begin_us = g_get_monotonic_time ();
      g_autofree char *old = pid, *state = NULL;

      kill_in_graph (fixture, "tulip", old);
      pid = play_await_other (fixture, "tulip", old);
      SCENARIO_WAIT (is_restarted (fixture, pid, i));
      g_print ("# killed, and there again on the screen after %.0f ms\n",
               (double) (g_get_monotonic_time () - begin_us) / 1000);
      SCENARIO_WAIT (window_has_toast (fixture, pid));
      g_assert_null (window_get_node (fixture, old));
      /* With the value that it begins with. */
      state = scenario_get_state (fixture, pid);
      g_assert_nonnull (strstr (state, "count: 10"));
      SCENARIO_WAIT (has_used (fixture, supervisor, i, 3));
      g_assert_cmpint (play_count_recent_restarts (fixture, supervisor), ==, i);
    }
  return pid;
}

static void
test_self_healing (WindowFixture *fixture)
{
  g_autofree char *supervisor = play_scene (fixture, "supervisors", "healer"), *healer = NULL;
  g_autofree char *rose = scenario_await_pid (fixture, "rose"), *violet = NULL;
  g_autofree char *top = scenario_await_pid (fixture, "garden_sup"), *tulip = NULL;

  g_test_summary ("Killed in the graph: a new one in its place, and counted; too often: the "
                  "supervisor gives up, and the window says so");
  tulip = heal (fixture, supervisor);
  check_stays (fixture, "rose", rose);

  kill_in_graph (fixture, "tulip", tulip);
  SCENARIO_WAIT (window_has_toast (fixture, "healer gave up: it had restarted too often"));
  SCENARIO_WAIT (scenario_is_gone (fixture, supervisor) && scenario_is_gone (fixture, rose));
  /* Its own supervisor starts another, which has all of its allowance and new children. */
  healer = play_await_other (fixture, "healer", supervisor);
  violet = scenario_await_pid (fixture, "violet");
  SCENARIO_WAIT (is_restarted (fixture, healer, 1) && window_graph_shows (fixture, violet));
  SCENARIO_WAIT (has_used (fixture, healer, 0, 3) && has_used (fixture, top, 1, 50));
  SCENARIO_WAIT (window_get_node (fixture, supervisor) == NULL &&
                 window_get_node (fixture, rose) == NULL &&
                 window_get_node (fixture, tulip) == NULL);
}

typedef struct
{
  const char *supervisor, *names[3];
  gboolean    first_stays;
} Bed;

/* Kills the middle one. */
static void
see_strategy (WindowFixture *fixture, const Bed *bed)
{
  g_autofree char *supervisor = play_scene (fixture, "supervisors", bed->supervisor);
  char            *before[3];

  for (guint i = 0; i < 3; i++)
    before[i] = scenario_await_pid (fixture, bed->names[i]);
  kill_in_graph (fixture, bed->names[1], before[1]);
  for (guint i = bed->first_stays; i < 3; i++)
    {
      g_autofree char *pid = play_await_other (fixture, bed->names[i], before[i]);

      SCENARIO_WAIT (is_restarted (fixture, pid, 1));
      SCENARIO_WAIT (window_get_node (fixture, before[i]) == NULL);
    }
  if (bed->first_stays)
    check_stays (fixture, bed->names[0], before[0]);
  /* However many of them: it was one restart. */
  SCENARIO_WAIT (has_used (fixture, supervisor, 1, 3));
  for (guint i = 0; i < 3; i++)
    g_free (before[i]);
}

static void
test_strategies (WindowFixture *fixture)
{
  static const Bed beds[] = {
    { "all_sup", { "all_1", "all_2", "all_3" }, FALSE },
    { "rest_sup", { "rest_1", "rest_2", "rest_3" }, TRUE },
  };

  g_test_summary ("The middle one of three is killed in the graph: the right ones take the places "
                  "of those before, each with its badge");
  for (gsize i = 0; i < G_N_ELEMENTS (beds); i++)
    see_strategy (fixture, &beds[i]);
}

int
main (int argc, char **argv)
{
  static const PlayScene scenes[] = {
    { "strategies", test_strategies },
    { "self-healing", test_self_healing },
  };

  return play_main (argc, argv, "beam-graph", scenes, G_N_ELEMENTS (scenes));
}
