/* SPDX-License-Identifier: MIT
 *
 * Scenarios on a real Erlang and Elixir node, as far as a person acts in them or looks: through the
 * real window. The node runs scenarios.ex and is $GROVE_TEST_NODE (see node.py); what is so is
 * asked over a second bridge.
 */
#include "tests/e2e/activity.h"
#include "tests/e2e/beam/play.h"

#include <string.h>

#define SHELL "shell-window@127.0.0.1"

static gboolean
runs_application (WindowFixture *fixture, const char *name)
{
  g_autofree char *filter =
    g_strdup_printf ("[\"and\",[\"eq\",\"name\",\"%s\"],[\"eq\",\"status\",\"running\"]]", name);
  struct json_object *rows = scenario_get_rows (fixture, "applications", "\"name\"", filter);
  gboolean            has = json_object_array_length (rows) > 0;

  json_object_put (rows);
  return has;
}

/* ---- Processes ---------------------------------------------------------------------------------
 */

/* Events are told from when the node has heard that somebody looks: until one is that is made for
 * this, again each second. */
static gboolean
has_events (WindowFixture *fixture, const char *conductor, gint64 *again_us)
{
  if (g_get_monotonic_time () >= *again_us)
    {
      *again_us = g_get_monotonic_time () + G_USEC_PER_SEC;
      json_object_put (grove_test_wire_call (fixture->wire, "process.send", NULL,
                                             "{\"pid\":\"%s\",\"message\":\"{callers, 0}\"}",
                                             conductor));
    }
  return activity_has_row (fixture, "kind", "spawn");
}

static void
await_events (WindowFixture *fixture)
{
  g_autofree char *conductor = scenario_await_pid (fixture, "conductor");
  gint64           again_us = 0;

  activity_open (fixture, "Events");
  activity_filter (fixture, "kind:spawn");
  SCENARIO_WAIT (has_events (fixture, conductor, &again_us));
}

static void
test_spawn_and_die (WindowFixture *fixture)
{
  g_autofree char *pid = play_scene (fixture, "spawn_and_die", "greeter"), *filter = NULL;

  g_test_summary ("A process prints and ends, told to by hand: its exit is in the list of events");
  await_events (fixture);
  grove_window_show_view (fixture->window, "processes");
  scenario_inspect (fixture, "name:greeter", pid);
  activity_open (fixture, "Events");
  filter = g_strdup_printf ("kind:exit pid:%s", pid);
  activity_filter (fixture, filter);
  scenario_send (fixture, "greet");
  SCENARIO_WAIT (scenario_is_gone (fixture, pid));
  g_assert_cmpstr (grove_row_get_text (activity_get_row (activity_await_row (fixture, "pid", pid)),
                                       "detail"),
                   ==, "normal");
  SCENARIO_WAIT (window_shows (fixture, "It ended. Below is the last that was known."));
  grove_window_show_view (fixture->window, "processes");
  SCENARIO_WAIT (window_find_row (fixture, pid) == NULL);
}

static void
click_in_inspector (WindowFixture *fixture, const char *label)
{
  GtkWidget *inspector = grove_window_get_view (fixture->window, "inspector"), *button = NULL;

  SCENARIO_WAIT ((button = grove_ui_test_find (inspector, GTK_TYPE_LABEL, label, NULL)) != NULL);
  grove_ui_test_settle (button);
  grove_ui_test_click (button, GROVE_UI_TEST_LEFT);
}

static void
test_echo_worker (WindowFixture *fixture)
{
  g_autofree char *sender = play_scene (fixture, "echo_worker", "echo_sender");
  g_autofree char *worker = scenario_await_pid (fixture, "echo_worker");

  g_test_summary ("A worker that is suspended: two pings wait, who sent them does not; resumed, it "
                  "answers; who leaves lets go of it");
  scenario_inspect (fixture, "name:echo_worker", worker);
  click_in_inspector (fixture, "Suspend");
  SCENARIO_WAIT (window_has_toast (fixture, "Suspended echo_worker"));
  SCENARIO_WAIT (scenario_is (fixture, worker, "status", "suspended"));
  SCENARIO_WAIT (
    grove_ui_test_find (GTK_WIDGET (fixture->window), GTK_TYPE_LABEL, "Suspended 1", NULL) != NULL);
  scenario_inspect (fixture, "name:echo_sender", sender);
  scenario_send (fixture, "go");
  SCENARIO_WAIT (scenario_get_int (fixture, worker, "messages") == 2);
  SCENARIO_WAIT (scenario_is (fixture, sender, "status", "waiting"));

  scenario_inspect (fixture, "name:echo_worker", worker);
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Mailbox", "2"));
  click_in_inspector (fixture, "Resume");
  SCENARIO_WAIT (scenario_get_int (fixture, worker, "messages") == 0);
  SCENARIO_WAIT (scenario_is (fixture, worker, "status", "waiting"));

  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_F8, 0);
  SCENARIO_WAIT (scenario_is (fixture, worker, "status", "suspended"));
  grove_session_close (fixture->session);
  SCENARIO_WAIT (scenario_is (fixture, worker, "status", "waiting"));
}

/* ---- The shell ---- */

/* What it has said of itself that is numbered so; NULL: not yet. (transfer full) */
static char *
read_shell (const char *path, int number)
{
  g_autofree char *pattern = g_strdup_printf ("shell (<0\\.\\d+\\.\\d+>) is %d\n", number);
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *said = NULL;

  return g_file_get_contents (path, &said, NULL, NULL) && g_regex_match (regex, said, 0, &match)
           ? g_match_info_fetch (match, 1)
           : NULL;
}

/* Has it say who it is; its answers are in the file @path. (transfer full) */
static char *
ask_shell (GSubprocess *shell, const char *path, int number)
{
  g_autofree char *question =
    g_strdup_printf ("io:format(\"shell ~p is %d~n\", [self()]).\n", number);
  char *pid = NULL;

  g_assert_true (g_output_stream_write_all (g_subprocess_get_stdin_pipe (shell), question,
                                            strlen (question), NULL, NULL, NULL));
  SCENARIO_WAIT ((pid = read_shell (path, number)) != NULL);
  return pid;
}

static void
test_shell (WindowFixture *fixture)
{
  g_autofree char *path = g_build_filename (g_getenv ("GROVE_TEST_PLACE"), "shell", NULL);
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE);
  g_autoptr (GSubprocess) shell = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL, *after = NULL, *filter = NULL;

  g_test_summary ("The shell of a node is a process: killed, there is another, with a new pid");
  g_subprocess_launcher_set_stdout_file_path (launcher, path);
  shell = g_subprocess_launcher_spawn (launcher, &error, "erl", "-name", SHELL, "-kernel",
                                       "inet_dist_use_interface", "{127,0,0,1}", NULL);
  g_assert_no_error (error);
  before = ask_shell (shell, path, 1);
  grove_session_open (fixture->session, "beam:" SHELL);
  SCENARIO_WAIT (grove_session_get_state (fixture->session) == GROVE_SESSION_LIVE);
  filter = g_strconcat ("pid:", before, NULL);
  scenario_inspect (fixture, filter, before);
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Function", "shell"));
  scenario_kill (fixture, SCENARIO_PLAIN);
  SCENARIO_WAIT (window_has_toast (fixture, "Killed"));
  SCENARIO_WAIT (window_find_row (fixture, before) == NULL);
  after = ask_shell (shell, path, 2);
  g_assert_cmpstr (after, !=, before);
  g_free (filter);
  filter = g_strconcat ("pid:", after, NULL);
  scenario_inspect (fixture, filter, after);

  grove_session_close (fixture->session);
  g_subprocess_force_exit (shell);
  g_assert_true (g_subprocess_wait (shell, NULL, NULL));
}

static void
test_slow_worker (WindowFixture *fixture)
{
  g_autofree char *pid =
    play_scene (fixture, "{slow_worker, {slow_worker, 3600000}}", "slow_worker");
  g_autofree char *messages = NULL, *seen = NULL;

  g_test_summary ("A worker that takes its time: four messages in its mailbox, listed in order");
  SCENARIO_WAIT (scenario_get_int (fixture, pid, "messages") == 4);
  messages = scenario_get_messages (fixture, pid);
  scenario_open_mailbox (fixture, pid);
  SCENARIO_WAIT (scenario_read_mailbox_card (fixture, pid) == 4);
  SCENARIO_WAIT (window_shows (fixture, "4 messages"));
  SCENARIO_WAIT ((g_free (seen), seen = scenario_read_messages (fixture)) != NULL &&
                 g_str_equal (seen, messages));
  g_assert_true (g_str_has_prefix (seen, "{#PID<0."));

  scenario_inspect (fixture, "name:slow_worker", pid);
  SCENARIO_WAIT (window_shows (fixture, "Waiting"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Function", "sleep/1"));
}

static void
test_process_info (WindowFixture *fixture)
{
  g_autofree char *pid = play_scene (fixture, "process_info", "patient");
  GtkWidget       *window = GTK_WIDGET (fixture->window);

  g_test_summary ("All there is to know of a process");
  SCENARIO_WAIT (scenario_get_int (fixture, pid, "messages") == 2);
  scenario_inspect (fixture, "name:patient", pid);
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Function", "process_info/0"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Initial call", "process_info/0"));
  SCENARIO_WAIT (window_shows (fixture, "Waiting"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Mailbox", "2"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Linked processes", "1"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Traps exits", "Yes"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Error handler", "error_handler"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Priority", "normal"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Group leader", "<0."));
  SCENARIO_WAIT (
    scenario_inspector_reads (fixture, "Garbage collection", "the heap is never below"));
  SCENARIO_WAIT (scenario_read_inspector (fixture, "Reductions")[0] != '\0');
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Suspending", "None"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Control block", "\u202fB"));
  grove_ui_test_settle (window);
}

static void
test_secret_agent (WindowFixture *fixture)
{
  g_autofree char *pid = play_scene (fixture, "secret_agent", "agent");

  g_test_summary ("What a person sends it by hand is heard, and its effect is seen");
  scenario_inspect (fixture, "name:agent", pid);
  scenario_send (fixture, "{whisper, <<\"the geese fly south\">>}");
  scenario_send_bad (fixture, "{whisper, ", "message");
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Priority", "normal"));
  scenario_send (fixture, "{set_priority, high}");
  SCENARIO_WAIT (scenario_is (fixture, pid, "priority", "high"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Priority", "high"));
  scenario_send (fixture, "terminate");
  SCENARIO_WAIT (scenario_is_gone (fixture, pid));
  SCENARIO_WAIT (window_find_row (fixture, pid) == NULL);
}

static void
test_priority (WindowFixture *fixture)
{
  static const char *const low[] = { "Priority", "Low", NULL };
  g_autofree char         *pid = play_scene (fixture, "{priority, 1}", "loop_1");

  g_test_summary ("Of a loop that never rests, changed in the window while it runs");
  window_choose_from_menu (scenario_inspect (fixture, "name:loop_1", pid), low);
  SCENARIO_WAIT (scenario_is (fixture, pid, "priority", "low"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Priority", "low"));
  /* It has done its part. */
  scenario_kill (fixture, SCENARIO_PLAIN);
  SCENARIO_WAIT (scenario_is_gone (fixture, pid));
  SCENARIO_WAIT (window_find_row (fixture, pid) == NULL);
}

static void
test_silent (WindowFixture *fixture)
{
  struct json_object *info = grove_test_wire_call (fixture->wire, "system.info", NULL, "{}");

  g_test_summary ("A node that is stopped has not answered for so long; it does again");
  window_check_silence (fixture, (int) grove_test_json_int (info, "os_pid"));
  json_object_put (info);
}

static void
test_link (WindowFixture *fixture)
{
  g_autofree char *first = play_scene (fixture, "link", "first");
  g_autofree char *second = scenario_await_pid (fixture, "second");
  g_autofree char *third = scenario_await_pid (fixture, "third");
  g_autofree char *trapper = scenario_await_pid (fixture, "trapper");

  g_test_summary ("One is killed: who is linked goes too, or, if it traps exits, gets a message");
  scenario_inspect (fixture, "name:first", first);
  scenario_kill (fixture, SCENARIO_PLAIN);
  SCENARIO_WAIT (scenario_is_gone (fixture, first) && scenario_is_gone (fixture, second));
  scenario_inspect (fixture, "name:third", third);
  scenario_kill (fixture, SCENARIO_PLAIN);
  SCENARIO_WAIT (scenario_is_gone (fixture, third));
  scenario_inspect (fixture, "name:trapper", trapper);
  SCENARIO_WAIT (scenario_get_int (fixture, trapper, "n_links") == 0);
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Traps exits", "Yes"));
}

/* ---- Supervisors -------------------------------------------------------------------------------
 */

static void
test_kill_top_supervisor (WindowFixture *fixture)
{
  g_autofree char *top = play_scene (fixture, "supervisors", "doomed_sup");
  g_autofree char *weed = scenario_await_pid (fixture, "weed");

  g_test_summary ("From the graph: it does not come back, and the application is gone with it");
  g_assert_true (runs_application (fixture, "doomed"));
  window_select_in_graph (fixture, "doomed_sup", top);
  scenario_kill (fixture, SCENARIO_SUPERVISOR);
  SCENARIO_WAIT (window_has_toast (fixture, "Killed doomed_sup"));
  SCENARIO_WAIT (!runs_application (fixture, "doomed"));
  SCENARIO_WAIT (scenario_is_gone (fixture, weed));
  SCENARIO_WAIT (!window_graph_shows (fixture, top) && !window_graph_shows (fixture, weed));
}

static void
test_restart (WindowFixture *fixture)
{
  g_autofree char *old = play_scene (fixture, "supervisors", "all_2"), *now = NULL;
  g_autofree char *first = scenario_await_pid (fixture, "all_1"), *first_after = NULL;
  GtkWidget       *inspector, *button = NULL;

  g_test_summary ("Through its supervisor, by a button of the inspector: that one, and no other");
  scenario_inspect (fixture, "name:all_2", old);
  inspector = grove_window_get_view (fixture->window, "inspector");
  SCENARIO_WAIT ((button = grove_ui_test_find (inspector, GTK_TYPE_LABEL, "Restart", NULL)) !=
                 NULL);
  grove_ui_test_settle (button);
  grove_ui_test_click (button, GROVE_UI_TEST_LEFT);
  now = play_await_other (fixture, "all_2", old);
  SCENARIO_WAIT (window_has_toast (fixture, now));
  SCENARIO_WAIT (window_find_row (fixture, now) != NULL);
  first_after = scenario_await_pid (fixture, "all_1");
  g_assert_cmpstr (first_after, ==, first);
}

static void
test_poison (WindowFixture *fixture)
{
  g_autofree char *pid = play_scene (fixture, "poison", "taster"), *after = NULL, *filter = NULL;
  GtkWidget       *cell;

  g_test_summary ("A message sent by hand crashes a server: why, where, and what followed");
  scenario_inspect (fixture, "name:taster", pid);
  scenario_send (fixture, "{eat, apple}");
  scenario_send (fixture, "{eat, poison}");
  SCENARIO_WAIT (scenario_is_gone (fixture, pid));
  after = play_await_other (fixture, "taster", pid);

  filter = g_strdup_printf ("pid:%s outcome:restarted", pid);
  activity_open (fixture, "Crashes");
  activity_filter (fixture, filter);
  cell = activity_await_row (fixture, "pid", pid);
  g_assert_cmpstr (grove_row_get_text (activity_get_row (cell), "successor"), ==, after);
  activity_select (fixture, cell);
  SCENARIO_WAIT (activity_details_read (fixture, "function_clause"));
  SCENARIO_WAIT (activity_details_read (fixture, "servers:digest/1"));
  g_assert_true (activity_details_read (fixture, "servers.erl:"));
  g_assert_true (activity_details_read (fixture, "{:eat, :poison}"));
  g_assert_true (activity_details_read (fixture, "Restarted, after "));
}

int
main (int argc, char **argv)
{
  static const PlayScene scenes[] = {
    { "spawn-and-die", test_spawn_and_die },
    { "echo-worker", test_echo_worker },
    { "slow-worker", test_slow_worker },
    { "shell", test_shell },
    { "process-info", test_process_info },
    { "secret-agent", test_secret_agent },
    { "priority", test_priority },
    { "link", test_link },
    { "kill-top-supervisor", test_kill_top_supervisor },
    { "restart", test_restart },
    { "poison", test_poison },
    { "silent", test_silent },
  };

  return play_main (argc, argv, "beam-window", scenes, G_N_ELEMENTS (scenes));
}
