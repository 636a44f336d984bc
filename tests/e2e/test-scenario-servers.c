/* SPDX-License-Identifier: MIT
 *
 * Scenarios of links, servers and supervisors: who ends with whom, what is started again, and when
 * that stops. A person kills in the window; what comes of it is seen there and asked for outside.
 */
#include "tests/e2e/activity.h"
#include "tests/e2e/scenario.h"

#include "ui/grove-graph-private.h"

#include <string.h>

/* ---- Asking ------------------------------------------------------------------------------------
 */

/* The process of that name in that application; NULL: there is none. (transfer full) */
static char *
find_in (WindowFixture *fixture, const char *application, const char *name)
{
  g_autofree char *filter =
    g_strdup_printf ("[\"and\",[\"eq\",\"app\",\"%s\"],[\"eq\",\"name\",\"%s\"]]", application,
                     name);

  return scenario_find (fixture, filter);
}

/* Waits until somebody else than @old has that name; NULL: anybody. (transfer full) */
static char *
await_other (WindowFixture *fixture, const char *application, const char *name, const char *old)
{
  char *pid = NULL;

  SCENARIO_WAIT ((g_free (pid), pid = find_in (fixture, application, name)) != NULL &&
                 g_strcmp0 (pid, old) != 0);
  return pid;
}

static gint64
count_applications (WindowFixture *fixture)
{
  struct json_object *info = grove_test_wire_call (fixture->wire, "system.info", NULL, "{}");
  gint64 n = (gint64) json_object_array_length (grove_test_json_object (info, "applications"));

  json_object_put (info);
  return n;
}

/* ---- The graph ---------------------------------------------------------------------------------
 */

static GroveGraph *
get_graph (WindowFixture *fixture)
{
  return GROVE_GRAPH (
    grove_ui_test_find (GTK_WIDGET (fixture->window), GROVE_TYPE_GRAPH, NULL, NULL));
}

static guint
count_nodes (WindowFixture *fixture)
{
  GroveGraph *graph = get_graph (fixture);

  return graph != NULL ? graph->scene->n_nodes : 0;
}

/* ---- kill-top-supervisor -----------------------------------------------------------------------
 */

static void
test_kill_top_supervisor (WindowFixture *fixture)
{
  g_autofree char *top = scenario_await_pid (fixture, "village_sup");
  g_autofree char *baker = scenario_await_pid (fixture, "baker"), *reason = NULL;

  g_test_summary ("From the graph: it does not come back, and the application is gone with it");
  g_assert_cmpint (count_applications (fixture), ==, 1);
  window_select_in_graph (fixture, "village_sup", top);
  scenario_kill (fixture, SCENARIO_SUPERVISOR);

  SCENARIO_WAIT (window_has_toast (fixture, "Killed village_sup"));
  scenario_await_output (fixture, "Application village exited: killed\n");
  SCENARIO_WAIT (count_nodes (fixture) == 0);
  g_assert_cmpint (count_applications (fixture), ==, 0);
  reason = scenario_get_exit_reason (fixture, top);
  g_assert_cmpstr (reason, ==, "killed");
  g_assert_true (scenario_is_gone (fixture, baker));
  json_object_put (scenario_await_row (fixture, "log", "\"seq\",\"text\"",
                                       "[\"contains\",\"text\","
                                       "\"Application village exited: killed\"]"));
  /* Nobody started another. */
  g_assert_null (grove_test_wire_find_pid (fixture->wire, "village_sup"));
  g_assert_null (grove_test_wire_find_pid (fixture->wire, "baker"));
}

/* ---- link --------------------------------------------------------------------------------------
 */

/* Of the only process that was started as @initial, who its link leads to. (transfer full) */
static char *
get_partner (WindowFixture *fixture, const char *pid)
{
  struct json_object *is = shop_get (fixture->wire, pid);
  struct json_object *links = grove_test_json_object (is, "links");
  char               *partner;

  g_assert_cmpuint (json_object_array_length (links), ==, 1);
  partner = g_strdup (grove_test_json_string (json_object_array_get_idx (links, 0), "pid"));
  json_object_put (is);
  return partner;
}

static char *
await_started_as (WindowFixture *fixture, const char *initial)
{
  g_autofree char *filter = g_strdup_printf ("[\"eq\",\"initial\",\"%s\"]", initial);
  char            *pid = NULL;

  SCENARIO_WAIT ((pid = scenario_find (fixture, filter)) != NULL);
  return pid;
}

static void
test_link (WindowFixture *fixture)
{
  g_autofree char *fragile = await_started_as (fixture, "fragile"), *reason = NULL;
  g_autofree char *partner = get_partner (fixture, fragile);
  g_autofree char *careful = NULL, *other = NULL, *expected = NULL;

  g_test_summary ("Linked to one that crashes one crashes too; trapping exits one gets a message");
  scenario_inspect (fixture, "initial:crashes_when_told", partner);
  SCENARIO_WAIT (window_shows (fixture, "Linked processes"));
  scenario_kill (fixture, SCENARIO_PLAIN);
  SCENARIO_WAIT (scenario_is_gone (fixture, fragile));
  reason = scenario_get_exit_reason (fixture, fragile);
  g_assert_cmpstr (reason, ==, "killed");
  expected = g_strdup_printf ("process,%s,killed}\n", fragile);
  scenario_await_output (fixture, expected);

  /* The other traps exits. It crashes by itself this time, of what it was sent. */
  careful = await_started_as (fixture, "careful");
  other = get_partner (fixture, careful);
  g_assert_true (scenario_is_set (fixture, careful, "trap_exit"));
  scenario_inspect (fixture, "initial:crashes_when_told", other);
  scenario_kill (fixture, SCENARIO_PLAIN);
  g_free (expected);
  expected = g_strdup_printf ("the careful one got: {'EXIT',%s,killed}\n", other);
  scenario_await_output (fixture, expected);
  scenario_await_output (fixture, ",normal}\n");
}

/* ---- counter -----------------------------------------------------------------------------------
 */

static void
test_counter (WindowFixture *fixture)
{
  g_autofree char *pid = NULL, *state = NULL;

  g_test_summary ("From 10, two casts, a call: 12; 10,000 callers; 1,000 counters");
  scenario_await_output (fixture, "10, 1 and 1: 12\n");
  scenario_await_output (fixture, "and 10000 callers at once: 10012\n");
  scenario_await_output (fixture, "1000 of 1000 counters have their own count\n");
  pid = scenario_await_pid (fixture, "counter");
  state = scenario_get_state (fixture, pid);
  g_assert_cmpint (atoi (state), >=, 10012);
  /* Each caller's message, two casts, and two calls have come in. */
  g_assert_cmpint (scenario_get_int (fixture, pid, "received"), >=, 10004);
  g_assert_cmpint (scenario_count (fixture, "[\"eq\",\"initial\",\"counter\"]"), ==, 1001);
  scenario_inspect (fixture, "name:counter", pid);
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Initial call", "counter"));
}

/* ---- self-healing ------------------------------------------------------------------------------
 */

static void
test_self_healing (WindowFixture *fixture)
{
  g_autofree char *supervisor = scenario_await_pid (fixture, "counter_sup");
  g_autofree char *sibling = scenario_await_pid (fixture, "sibling"), *sibling_after = NULL;
  char            *pid = scenario_await_pid (fixture, "counter");
  g_autofree char *reason = NULL;

  g_test_summary (
    "Killed in the graph: a new one in its place; too often: the supervisor gives up");
  scenario_await_output (fixture, "the counter is at 12\n");
  for (guint i = 1; i <= 3; i++)
    {
      const gint64     begin_us = g_get_monotonic_time ();
      char            *successor;
      g_autofree char *state = NULL;

      window_select_in_graph (fixture, "counter", pid);
      scenario_kill (fixture, SCENARIO_PLAIN);
      successor = await_other (fixture, "counting", "counter", pid);
      SCENARIO_WAIT (window_get_node (fixture, successor) != NULL &&
                     window_get_node (fixture, successor)->restarts == i);
      g_print ("# killed, and there again on the screen after %.0f ms\n",
               (double) (g_get_monotonic_time () - begin_us) / 1000);
      SCENARIO_WAIT (window_has_toast (fixture, successor));
      g_assert_cmpint (shop_get_restarts (fixture->wire, successor), ==, i);
      /* With the value that it begins with. */
      state = scenario_get_state (fixture, successor);
      g_assert_cmpstr (state, ==, "10");
      /* How much of the intensity is used up. */
      SCENARIO_WAIT (window_get_node (fixture, supervisor)->recent_restarts == i);
      g_assert_cmpuint (window_get_node (fixture, supervisor)->intensity, ==, 3);
      g_free (pid);
      pid = successor;
    }
  sibling_after = scenario_await_pid (fixture, "sibling");
  g_assert_cmpstr (sibling_after, ==, sibling);
  g_assert_cmpint (shop_get_restarts (fixture->wire, sibling), ==, 0);

  /* Once more is more than it allows. */
  window_select_in_graph (fixture, "counter", pid);
  scenario_kill (fixture, SCENARIO_PLAIN);
  scenario_await_output (fixture, "Application counting exited: shutdown\n");
  SCENARIO_WAIT (scenario_is_gone (fixture, supervisor));
  reason = scenario_get_exit_reason (fixture, supervisor);
  g_assert_cmpstr (reason, ==, "shutdown");
  json_object_put (
    scenario_await_row (fixture, "log", "\"seq\",\"text\"",
                        "[\"contains\",\"text\",\"gives up, more than 3 restarts in 60 s\"]"));
  SCENARIO_WAIT (window_has_toast (fixture, "counter_sup gave up: it had restarted too often"));
  SCENARIO_WAIT (count_nodes (fixture) == 0);
  g_assert_true (scenario_is_gone (fixture, sibling));
  g_free (pid);
}

/* ---- strategies --------------------------------------------------------------------------------
 */

typedef struct
{
  const char *application;
  const char *output; /* what comes of the kill, in order */
  gboolean    a_stays, c_stays;
} Strategy;

static const Strategy strategies[] = {
  { "one_for_one", "main got: {started,b}\n", TRUE, TRUE },
  { "one_for_all",
    "main got: {stopped,c}\nmain got: {stopped,a}\n"
    "main got: {started,a}\nmain got: {started,b}\nmain got: {started,c}\n",
    FALSE, FALSE },
  { "rest_for_one", "main got: {stopped,c}\nmain got: {started,b}\nmain got: {started,c}\n", TRUE,
    FALSE },
};

static void
see_strategy (WindowFixture *fixture, const Strategy *strategy)
{
  const char      *application = strategy->application;
  g_autofree char *a = find_in (fixture, application, "a");
  g_autofree char *b = find_in (fixture, application, "b");
  g_autofree char *c = find_in (fixture, application, "c");
  g_autofree char *a_after = NULL, *b_after = NULL, *c_after = NULL;
  const guint      n_before = scenario_count_output (fixture, "main got: ");
  guint            n_events = 0;

  for (const char *line = strategy->output; (line = strchr (line, '\n')) != NULL; line++)
    n_events++;
  window_select_in_graph (fixture, b, b);
  scenario_kill (fixture, SCENARIO_PLAIN);
  SCENARIO_WAIT (scenario_count_output (fixture, "main got: ") == n_before + n_events);
  scenario_await_output (fixture, strategy->output);

  a_after = await_other (fixture, application, "a", strategy->a_stays ? NULL : a);
  b_after = await_other (fixture, application, "b", b);
  c_after = await_other (fixture, application, "c", strategy->c_stays ? NULL : c);
  g_assert_cmpint (g_str_equal (a, a_after), ==, strategy->a_stays);
  g_assert_cmpint (g_str_equal (c, c_after), ==, strategy->c_stays);
  SCENARIO_WAIT (window_get_node (fixture, a_after) != NULL &&
                 window_get_node (fixture, b_after) != NULL &&
                 window_get_node (fixture, c_after) != NULL);
  SCENARIO_WAIT (window_get_node (fixture, a) == NULL || strategy->a_stays);
  SCENARIO_WAIT (window_get_node (fixture, c) == NULL || strategy->c_stays);
  g_assert_cmpstr (window_get_node (fixture, b_after)->name, ==, "b");
}

static void
test_strategies (WindowFixture *fixture)
{
  g_test_summary ("The middle child is killed in the graph: the right ones restart, in order");
  scenario_await_output (fixture, "rest_for_one: {stopped,c}\nrest_for_one: {started,b}\n"
                                  "rest_for_one: {started,c}\n");
  for (gsize i = 0; i < G_N_ELEMENTS (strategies); i++)
    see_strategy (fixture, &strategies[i]);
}

/* ---- poison ------------------------------------------------------------------------------------
 */

/* In the list of crashes: why and where, the message that did it, and what followed. */
static void
see_crash (WindowFixture *fixture, const char *pid, const char *successor)
{
  g_autofree char *filter = g_strdup_printf ("pid:%s outcome:restarted", pid);
  GtkWidget       *cell;

  activity_open (fixture, "Crashes");
  activity_filter (fixture, filter);
  cell = activity_await_row (fixture, "pid", pid);
  g_assert_true (
    g_str_has_prefix (grove_row_get_text (activity_get_row (cell), "reason"), "{{signal,sigsegv,"));
  g_assert_cmpstr (grove_row_get_text (activity_get_row (cell), "successor"), ==, successor);
  activity_select (fixture, cell);
  SCENARIO_WAIT (activity_details_read (fixture, "{signal,sigsegv,"));
  SCENARIO_WAIT (activity_details_read (fixture, "taste_amanita"));
  g_assert_true (activity_details_read (fixture, "poison.c:"));
  g_assert_true (activity_details_read (fixture, "{taste,amanita}"));
  g_assert_true (activity_details_read (fixture, "Restarted, after "));
}

static void
test_poison (WindowFixture *fixture)
{
  g_autofree char *first = scenario_match_output (fixture, "(?s)(the cook died).*soup: delicious");
  g_autofree char *pid = scenario_await_pid (fixture, "cook"), *reason = NULL, *after = NULL;

  g_test_summary ("A message that crashes a server: why, where, and the restart that followed");
  scenario_await_output (fixture, "amanita: the other process ended first\n"
                                  "the cook died of sigsegv in taste_amanita\n");
  scenario_inspect (fixture, "name:cook", pid);
  /* The next one is on its way. */
  SCENARIO_WAIT (scenario_is_gone (fixture, pid));
  SCENARIO_WAIT (window_shows (fixture, "It ended with the reason {{signal,sigsegv,"));
  reason = scenario_get_exit_reason (fixture, pid);
  g_assert_true (g_str_has_prefix (reason, "{{signal,sigsegv,"));
  g_assert_nonnull (strstr (reason, "taste_amanita"));
  after = await_other (fixture, "restaurant", "cook", pid);
  g_assert_cmpint (shop_get_restarts (fixture->wire, after), >=, 1);
  SCENARIO_WAIT (window_shows (fixture, "Show Successor"));
  see_crash (fixture, pid, after);
}

int
main (int argc, char **argv)
{
  static const Scenario scenarios[] = {
    SCENARIO_EXAMPLE ("kill-top-supervisor", "kill-top-supervisor", NULL, test_kill_top_supervisor),
    /* They do not crash by themselves before one has looked. */
    SCENARIO_EXAMPLE ("link", "link", "600000", test_link),
    SCENARIO_EXAMPLE ("counter", "counter", NULL, test_counter),
    SCENARIO_EXAMPLE ("self-healing", "self-healing", NULL, test_self_healing),
    SCENARIO_EXAMPLE ("strategies", "strategies", NULL, test_strategies),
    SCENARIO_EXAMPLE ("poison", "poison", NULL, test_poison),
  };

  return scenario_main (argc, argv, scenarios, G_N_ELEMENTS (scenarios));
}
