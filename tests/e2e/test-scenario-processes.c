/* SPDX-License-Identifier: MIT
 *
 * Scenarios of processes and their mailboxes: they come, wait, answer, fall behind and go, and a
 * person sees it in the window.
 */
#include "tests/e2e/activity.h"
#include "tests/e2e/scenario.h"

#include "observer/grove-format.h"

#include <signal.h>
#include <string.h>

#define GREETERS "[\"eq\",\"initial\",\"greeter\"]"
#define WORKERS  "[\"eq\",\"initial\",\"worker\"]"

/* ---- spawn-and-die -----------------------------------------------------------------------------
 */

/* Until a person has a greeter before them in the table: each lives for three seconds, which may be
 * over before one has looked. (transfer full) */
static char *
see_greeter (WindowFixture *fixture)
{
  grove_window_show_view (fixture->window, "processes");
  window_type_filter (fixture, "initial:greeter");
  for (;;)
    {
      char *pid = NULL;

      SCENARIO_WAIT ((pid = scenario_find (fixture, GREETERS)) != NULL);
      SCENARIO_WAIT (window_find_row (fixture, pid) != NULL || scenario_is_gone (fixture, pid));
      if (window_find_row (fixture, pid) != NULL && !scenario_is_gone (fixture, pid))
        return pid;
      g_free (pid);
    }
}

/* In the list of events: with what it began, and how it ended. */
static void
see_events (WindowFixture *fixture, const char *pid)
{
  g_autofree char *filter = g_strdup_printf ("pid:%s", pid);

  activity_open (fixture, "Events");
  activity_filter (fixture, filter);
  g_assert_cmpstr (grove_row_get_text (activity_get_row (
                                         activity_await_row (fixture, "kind", "spawn")),
                                       "function"),
                   ==, "greeter");
  g_assert_cmpstr (grove_row_get_text (activity_get_row (
                                         activity_await_row (fixture, "kind", "exit")),
                                       "detail"),
                   ==, "normal");
}

static void
test_spawn_and_die (WindowFixture *fixture)
{
  g_autofree char *pid = see_greeter (fixture), *reason = NULL, *down = NULL;

  g_test_summary ("A process prints and ends: it was alive, then is not, and its row leaves");
  grove_session_set_selected (fixture->session, pid);
  grove_window_set_inspector_visible (fixture->window, TRUE);

  SCENARIO_WAIT (scenario_is_gone (fixture, pid));
  SCENARIO_WAIT (window_find_row (fixture, pid) == NULL);
  SCENARIO_WAIT (window_shows (fixture, "It ended with the reason normal"));
  reason = scenario_get_exit_reason (fixture, pid);
  g_assert_cmpstr (reason, ==, "normal");

  see_events (fixture, pid);
  down = g_strdup_printf ("process,%s,normal}\nalive: no\n", pid);
  scenario_await_output (fixture, down);
  scenario_await_output (fixture, "alive: yes\nhello, world\nit ended: ");
}

/* ---- echo-worker -------------------------------------------------------------------------------
 */

static gint64
count_messages (WindowFixture *fixture, const char *pid)
{
  return scenario_get_int (fixture, pid, "messages");
}

static void
test_echo_worker (WindowFixture *fixture)
{
  static const char *const suspend[] = { "Suspend", NULL };
  g_autofree char         *worker = scenario_await_pid (fixture, "echo_worker");
  g_autofree char         *sender = scenario_await_pid (fixture, "main");
  g_autofree char         *messages = NULL, *expected = NULL, *shown = NULL, *exchange = NULL;
  guint                    n_before;

  g_test_summary ("Two sends: two replies, in order; the sender does not wait for the worker");
  exchange =
    g_strdup_printf ("the worker got: {%s,ping_1}\nthe worker got: {%s,ping_2}\n", sender, sender);
  scenario_await_output (fixture, exchange);
  scenario_await_output (fixture, "reply: {ok,pong}\nreply: {ok,pong}\n");

  /* The worker stands still, so nothing is answered; both messages are sent all the same. */
  window_choose_from_menu (scenario_inspect (fixture, "name:echo_worker", worker), suspend);
  SCENARIO_WAIT (scenario_is (fixture, worker, "status", "suspended"));
  n_before = scenario_count_output (fixture, "reply: {ok,pong}\n");
  SCENARIO_WAIT (count_messages (fixture, worker) == 2);
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Mailbox", "2"));
  expected = g_strdup_printf ("{%s,ping_1} {%s,ping_2}", sender, sender);
  messages = scenario_get_messages (fixture, worker);
  g_assert_cmpstr (messages, ==, expected);
  /* It is past both sends, and waits for a reply. */
  shown = scenario_find (fixture, "[\"and\",[\"eq\",\"name\",\"main\"],[\"eq\",\"current\","
                                  "\"example_show_next\"],[\"eq\",\"status\",\"waiting\"]]");
  g_assert_cmpstr (shown, ==, sender);
  g_assert_cmpuint (scenario_count_output (fixture, "reply: {ok,pong}\n"), ==, n_before);

  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_F8, GDK_SHIFT_MASK);
  SCENARIO_WAIT (scenario_count_output (fixture, "reply: {ok,pong}\n") >= n_before + 2);
  g_assert_cmpuint (scenario_count_output (fixture, "ping_1}\n"), ==,
                    scenario_count_output (fixture, exchange));
}

/* ---- slow-worker -------------------------------------------------------------------------------
 */

/* Once more, with naps that one can wait for: the mailbox empties one by one, and never quicker
 * than that. */
static void
see_it_drain (WindowFixture *fixture)
{
  const char *const argv[] = { EXAMPLES "slow-worker", "--observe", "250", NULL };
  g_autofree char  *pid = NULL;
  gint64            begin_us, last = 4;

  window_fixture_close (fixture);
  window_fixture_stop (fixture);
  window_fixture_start (fixture, "slow-worker", argv);
  pid = scenario_await_pid (fixture, "slow_worker");
  SCENARIO_WAIT (count_messages (fixture, pid) == 4);
  begin_us = g_get_monotonic_time ();
  while (last > 0)
    {
      const gint64 now = count_messages (fixture, pid);

      /* It is filled again when it is empty. */
      g_assert_true (now <= last || last <= 1);
      if (now < last)
        g_assert_cmpint (g_get_monotonic_time () - begin_us, >, (4 - now - 1) * 250000);
      if (now > last)
        break;
      last = now;
      grove_ui_test_iterate ();
    }
  g_assert_cmpint (last, <=, 1);
  scenario_await_output (fixture, "reply: {ok,pong}\nreply: {ok,pong}\nreply: {ok,pong}\n"
                                  "reply: {ok,pong}\nreply: {ok,pong}\n");
}

/* The line of the source that its stack says it is in. (transfer full) */
static char *
get_current_line (WindowFixture *fixture, const char *pid)
{
  struct json_object *stack =
    grove_test_wire_call (fixture->wire, "process.stack", NULL, "{\"pid\":\"%s\"}", pid);
  struct json_object *frame =
    json_object_array_get_idx (grove_test_json_object (stack, "frames"), 0);
  g_autofree char *source =
    g_test_build_filename (G_TEST_DIST, "..", "runtime", "examples", "slow-worker.c", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  char *line;

  g_assert_cmpstr (grove_test_json_string (frame, "function"), ==, "worker");
  g_assert_true (g_str_has_suffix (grove_test_json_string (frame, "file"), "slow-worker.c"));
  g_assert_true (g_file_get_contents (source, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  line = g_strdup (lines[grove_test_json_int (frame, "line") - 1]);
  json_object_put (stack);
  return line;
}

static void
test_slow_worker (WindowFixture *fixture)
{
  const gint64     begin_us = g_get_monotonic_time ();
  g_autofree char *pid = scenario_await_pid (fixture, "slow_worker");
  g_autofree char *sender = scenario_await_pid (fixture, "main"), *messages = NULL;
  g_autofree char *expected =
    g_strdup_printf ("{%s,ping} {%s,ping} {%s,ping} {%s,ping}", sender, sender, sender, sender);
  g_autofree char *seen = NULL, *line = NULL;

  g_test_summary ("20 s a message, five messages: four in the mailbox, listed in order");
  SCENARIO_WAIT (count_messages (fixture, pid) == 4);
  g_print ("# 4 messages counted %.0f ms after the window was live\n",
           (double) (g_get_monotonic_time () - begin_us) / 1000);
  messages = scenario_get_messages (fixture, pid);
  g_assert_cmpstr (messages, ==, expected);

  scenario_open_mailbox (fixture, pid);
  SCENARIO_WAIT (scenario_read_mailbox_card (fixture, pid) == 4);
  SCENARIO_WAIT (window_shows (fixture, "4 messages"));
  seen = scenario_read_messages (fixture);
  g_assert_cmpstr (seen, ==, expected);

  scenario_inspect (fixture, "name:slow_worker", pid);
  SCENARIO_WAIT (window_shows (fixture, "Waiting"));
  g_assert_true (scenario_is (fixture, pid, "status", "waiting"));
  /* A runtime in C says in which of the program's functions it sleeps. */
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Function", "worker"));

  line = get_current_line (fixture, pid);
  g_assert_nonnull (strstr (line, "grove_sleep_ms ("));

  see_it_drain (fixture);
}

/* ---- dispatcher --------------------------------------------------------------------------------
 */

static void
test_dispatcher (WindowFixture *fixture)
{
  g_autofree char *dispatcher = scenario_await_pid (fixture, "dispatcher");
  char            *workers[3] = { NULL };

  g_test_summary ("A worker for each message: the mailbox stays empty, workers come and leave");
  grove_window_show_view (fixture->window, "processes");
  window_type_filter (fixture, "initial:worker");
  SCENARIO_WAIT (window_count_rows (fixture) == 3);
  g_assert_cmpint (count_messages (fixture, dispatcher), ==, 0);
  for (int i = 0; i < 3; i++)
    {
      struct json_object *rows = scenario_get_rows (fixture, "processes", "\"pid\"", WORKERS);

      /* They may have left in the meantime, and others come. */
      if (json_object_array_length (rows) == 3)
        workers[i] = g_strdup (json_object_get_string (
          json_object_array_get_idx (json_object_array_get_idx (rows, (gsize) i), 0)));
      json_object_put (rows);
    }
  scenario_await_output (fixture, "3 jobs begun, 0 messages wait for the dispatcher\n"
                                  "reply: {done,1}\nreply: {done,2}\nreply: {done,3}\n");
  for (int i = 0; i < 3; i++)
    {
      SCENARIO_WAIT (workers[i] == NULL || scenario_is_gone (fixture, workers[i]));
      SCENARIO_WAIT (workers[i] == NULL || window_find_row (fixture, workers[i]) == NULL);
      g_free (workers[i]);
    }
  /* It has taken in all of them, and waits for more. */
  g_assert_cmpint (scenario_get_int (fixture, dispatcher, "received"), >=, 3);
  scenario_inspect (fixture, "name:dispatcher", dispatcher);
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Mailbox", "0"));
}

/* ---- dead-letter -------------------------------------------------------------------------------
 */

static void
test_dead_letter (WindowFixture *fixture)
{
  g_autofree char *pid = scenario_match_output (fixture, "process,(<[\\d.]+>),normal}\nsending");
  g_autofree char *sender = scenario_await_pid (fixture, "main"), *reason = NULL;

  g_test_summary ("Sending to a dead process succeeds and delivers nothing");
  scenario_await_output (fixture, "sending to it: done\n");
  scenario_await_output (fixture, "alive: no\n");
  scenario_await_output (fixture, ",noproc}\n");
  reason = scenario_get_exit_reason (fixture, pid);
  g_assert_cmpstr (reason, ==, "normal");

  /* No process has anything in its mailbox, and nobody has the pid. */
  g_assert_cmpint (scenario_count (fixture, "[\"gt\",\"messages\",0]"), ==, 0);
  g_assert_cmpint (count_messages (fixture, sender), ==, 0);
  grove_window_show_view (fixture->window, "processes");
  SCENARIO_WAIT (window_find_row (fixture, sender) != NULL);
  g_assert_null (window_find_row (fixture, pid));
}

/* ---- shell -------------------------------------------------------------------------------------
 */

/* Not the application's master, which is called the same. (transfer full) */
static char *
find_shell (WindowFixture *fixture)
{
  return scenario_find (fixture, "[\"and\",[\"eq\",\"name\",\"shell\"],[\"ne\",\"initial\","
                                 "\"application_master\"]]");
}

static void
test_shell (WindowFixture *fixture)
{
  g_autofree char *pid = NULL, *now = NULL;

  g_test_summary ("The shell is a process; killed, another stands in its place");
  SCENARIO_WAIT ((pid = find_shell (fixture)) != NULL);
  grove_test_system_type (fixture->system, "self\n");
  scenario_await_output (fixture, pid);

  scenario_inspect (fixture, "name:shell initial!=application_master", pid);
  scenario_kill (fixture, SCENARIO_PLAIN);
  SCENARIO_WAIT (scenario_is_gone (fixture, pid));
  SCENARIO_WAIT ((now = find_shell (fixture)) != NULL);
  g_assert_cmpstr (now, !=, pid);
  SCENARIO_WAIT (window_has_toast (fixture, now));
  SCENARIO_WAIT (window_find_row (fixture, now) != NULL);
  g_assert_cmpint (shop_get_restarts (fixture->wire, now), ==, 1);
  grove_test_system_type (fixture->system, "self\n");
  scenario_await_output (fixture, now);
}

/* ---- process-info, anatomy ---------------------------------------------------------------------
 */

/* What the runtime counts of it, as the inspector writes it. */
static gboolean
reads_bytes (WindowFixture *fixture, const char *title, gint64 n_bytes)
{
  g_autofree char *count = grove_format_count (n_bytes);
  g_autofree char *text = g_strdup_printf ("%s\u202fB", count);

  return scenario_inspector_reads (fixture, title, text);
}

static void
test_process_info (WindowFixture *fixture)
{
  g_autofree char *pid = scenario_await_pid (fixture, "patient");
  GtkWidget       *window = GTK_WIDGET (fixture->window), *row;

  g_test_summary ("All there is to know of a process, or why a runtime in C does not have it");
  SCENARIO_WAIT (count_messages (fixture, pid) == 2);
  scenario_inspect (fixture, "name:patient", pid);
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Function", "patient"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Initial call", "patient"));
  SCENARIO_WAIT (window_shows (fixture, "Waiting"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Mailbox", "2"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Linked processes", "1"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Traps exits", "Yes"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Error handler", "does not link in C"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Priority", "normal"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Group leader", "None"));
  SCENARIO_WAIT (reads_bytes (fixture, "Heap", scenario_get_int (fixture, pid, "heap_bytes")) &&
                 window_shows (fixture, "it is the total heap too") &&
                 reads_bytes (fixture, "Stack", scenario_get_int (fixture, pid, "stack_bytes")));
  SCENARIO_WAIT (scenario_read_inspector (fixture, "Reductions")[0] != '\0');
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Garbage collection", "no collector"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Suspending", "None"));

  /* What the dictionary holds is asked for when one opens it; the messages are in its mailbox. */
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Dictionary", "1 pair"));
  row = grove_ui_test_find (window, GTK_TYPE_LABEL, "Dictionary", NULL);
  gtk_widget_activate (gtk_widget_get_ancestor (row, GTK_TYPE_LIST_BOX_ROW));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "favourite", "{colour,green}"));
  scenario_open_mailbox (fixture, pid);
  SCENARIO_WAIT (window_shows (fixture, "2 messages"));
  SCENARIO_WAIT (window_shows (fixture, "{flowers,12}") && window_shows (fixture, "grapes"));
}

static void
test_anatomy (WindowFixture *fixture)
{
  static const char *const parts[] = { "heap_bytes", "stack_bytes", "mailbox_bytes" };
  g_autofree char *pid = scenario_await_pid (fixture, "patient"), *printed = NULL, *text = NULL;
  gint64           control;

  g_test_summary ("Stack, heap, mailbox, control block and pid, each with its size in bytes");
  SCENARIO_WAIT (count_messages (fixture, pid) == 2);
  printed = scenario_match_output (fixture, "heap: +(\\d+) bytes");
  control = scenario_get_int (fixture, pid, "memory_bytes");
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    control -= scenario_get_int (fixture, pid, parts[i]);
  g_assert_cmpint (control, >, 0);
  /* As the program counts it itself. */
  text = g_strdup_printf ("%" G_GINT64_FORMAT, scenario_get_int (fixture, pid, "heap_bytes"));
  g_assert_cmpstr (text, ==, printed);

  scenario_inspect (fixture, "name:patient", pid);
  SCENARIO_WAIT (reads_bytes (fixture, "Stack", scenario_get_int (fixture, pid, "stack_bytes")));
  SCENARIO_WAIT (reads_bytes (fixture, "Heap", scenario_get_int (fixture, pid, "heap_bytes")));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Messages", "The mailbox in bytes"));
  SCENARIO_WAIT (reads_bytes (fixture, "Control block", control));
  SCENARIO_WAIT (reads_bytes (fixture, "PID", 8));
}

/* ---- selective-receive -------------------------------------------------------------------------
 */

static void
test_selective_receive (WindowFixture *fixture)
{
  static const char expected[] = "letter {key,1111} {parcel,<<\"a teapot\">>}";
  g_autofree char  *pid = scenario_await_pid (fixture, "safe");
  g_autofree char  *sender = scenario_await_pid (fixture, "main"), *messages = NULL, *seen = NULL;
  g_autofree char  *found = NULL;

  g_test_summary ("Waiting, with a mailbox that is not empty: for something it does not have");
  /* On an empty mailbox one waits, and on one with other messages only too. */
  SCENARIO_WAIT (scenario_is (fixture, sender, "status", "waiting"));
  g_assert_cmpint (count_messages (fixture, sender), ==, 0);
  SCENARIO_WAIT (count_messages (fixture, pid) == 3);
  SCENARIO_WAIT (scenario_is (fixture, pid, "status", "waiting"));
  messages = scenario_get_messages (fixture, pid);
  g_assert_cmpstr (messages, ==, expected);

  /* Who waits though there is something: it alone. */
  found =
    scenario_find (fixture, "[\"and\",[\"eq\",\"status\",\"waiting\"],[\"gt\",\"messages\",0]]");
  g_assert_cmpstr (found, ==, pid);
  scenario_inspect (fixture, "state:waiting messages>0", pid);
  SCENARIO_WAIT (window_shows (fixture, "Waiting"));
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Function", "safe"));
  scenario_open_mailbox (fixture, pid);
  SCENARIO_WAIT (window_shows (fixture, "3 messages"));
  seen = scenario_read_messages (fixture);
  g_assert_cmpstr (seen, ==, expected);

  /* What it waits for, by hand: the others were kept for later, in their order. */
  scenario_inspect (fixture, "name:safe", pid);
  scenario_send (fixture, "{key, 1234}");
  scenario_await_output (fixture, "opened with: {key,1234}\ninside: letter\ninside: {key,1111}\n"
                                  "inside: {parcel,<<\"a teapot\">>}\n");
  SCENARIO_WAIT (scenario_is_gone (fixture, pid));
}

int
main (int argc, char **argv)
{
  static const Scenario scenarios[] = {
    SCENARIO_EXAMPLE ("spawn-and-die", "spawn-and-die", NULL, test_spawn_and_die),
    SCENARIO_EXAMPLE ("echo-worker", "echo-worker", NULL, test_echo_worker),
    SCENARIO_EXAMPLE ("slow-worker", "slow-worker", NULL, test_slow_worker),
    SCENARIO_EXAMPLE ("dispatcher", "dispatcher", "3000", test_dispatcher),
    SCENARIO_EXAMPLE ("dead-letter", "dead-letter", NULL, test_dead_letter),
    { .name = "shell",
      .program = GROVE_SHOP_PROGRAM,
      .system = SHOP,
      .arguments = { "--shell" },
      .test = test_shell },
    SCENARIO_EXAMPLE ("process-info", "anatomy", NULL, test_process_info),
    SCENARIO_EXAMPLE ("anatomy", "anatomy", NULL, test_anatomy),
    SCENARIO_EXAMPLE ("selective-receive", "selective-receive", NULL, test_selective_receive),
  };

  return scenario_main (argc, argv, scenarios, G_N_ELEMENTS (scenarios));
}
