/* SPDX-License-Identifier: MIT
 *
 * Scenarios of scheduling: many that want to run, priorities that a person changes, a million
 * processes; and an agent that does what it is told. How long things take is printed, not judged.
 */
#include "tests/e2e/scenario.h"

#include "observer/grove-format.h"
#include "ui/grove-process-cell.h"

#include <string.h>

/* ---- Asking ------------------------------------------------------------------------------------
 */

static gint64
get_reductions (WindowFixture *fixture, const char *pid)
{
  return scenario_get_int (fixture, pid, "reductions");
}

static gint64
count_schedulers (WindowFixture *fixture)
{
  struct json_object *info = grove_test_wire_call (fixture->wire, "system.info", NULL, "{}");
  gint64              n = grove_test_json_int (info, "schedulers");

  json_object_put (info);
  return n;
}

static gint64
count_processes (WindowFixture *fixture)
{
  return scenario_count (fixture, NULL);
}

/* How long the system takes to answer at all. */
static void
print_ping (WindowFixture *fixture, const char *when)
{
  const gint64 begin_us = g_get_monotonic_time ();

  json_object_put (grove_test_wire_call (fixture->wire, "session.ping", NULL, "{}"));
  g_print ("# %s, a ping takes %.1f ms\n", when,
           (double) (g_get_monotonic_time () - begin_us) / 1000);
}

/* ---- fairness ----------------------------------------------------------------------------------
 */

static void
test_fairness (WindowFixture *fixture)
{
  const char          sums[] = "[\"eq\",\"initial\",\"sums_for_ever\"]";
  const gint64        n_schedulers = count_schedulers (fixture);
  g_autofree char    *slowest = NULL;
  struct json_object *rows;

  g_test_summary ("A process on each core sums for ever; a hundred others answer all the same");
  g_assert_cmpint (n_schedulers, ==, g_get_num_processors ());
  g_assert_cmpint (scenario_count (fixture, sums), ==, n_schedulers);
  slowest = scenario_match_output (fixture, "100 of 100 answered, the last after ([\\d.]+ ms)\n");
  g_print ("# the last of a hundred answers came after %s\n", slowest);

  /* Each of the greedy gets on, and is seen to. */
  rows = scenario_get_rows (fixture, "processes", "\"pid\"", sums);
  for (gsize i = 0; i < json_object_array_length (rows); i++)
    {
      const char *pid =
        json_object_get_string (json_object_array_get_idx (json_object_array_get_idx (rows, i), 0));
      const gint64 before = get_reductions (fixture, pid);

      SCENARIO_WAIT (get_reductions (fixture, pid) > before);
      g_assert_false (scenario_is (fixture, pid, "status", "waiting"));
    }
  json_object_put (rows);
  grove_window_show_view (fixture->window, "processes");
  window_type_filter (fixture, "initial:sums_for_ever state!=waiting");
  SCENARIO_WAIT ((gint64) window_count_rows (fixture) == n_schedulers);
  grove_window_show_view (fixture->window, "overview");
  SCENARIO_WAIT (window_shows (fixture, "average 9") || window_shows (fixture, "average 100"));
  /* And again, beside whoever looks. */
  SCENARIO_WAIT (scenario_count_output (fixture, "100 of 100 answered") >= 2);
  print_ping (fixture, "meanwhile");
}

/* ---- priority ----------------------------------------------------------------------------------
 */

/* What both have done, seen at one moment. */
static void
get_both (WindowFixture *fixture, const char *less, const char *more, gint64 ret_done[2])
{
  g_autofree char    *filter = g_strdup_printf ("[\"in\",\"pid\",[\"%s\",\"%s\"]]", less, more);
  struct json_object *rows =
    scenario_get_rows (fixture, "processes", "\"pid\",\"reductions\"", filter);

  g_assert_cmpuint (json_object_array_length (rows), ==, 2);
  for (gsize i = 0; i < 2; i++)
    {
      struct json_object *row = json_object_array_get_idx (rows, i);
      const char         *pid = json_object_get_string (json_object_array_get_idx (row, 0));

      ret_done[g_str_equal (pid, more)] =
        json_object_get_int64 (json_object_array_get_idx (row, 1));
    }
  json_object_put (rows);
}

/* How often the second does what the first does, from now on until both have done enough. */
static double
compare (WindowFixture *fixture, const char *less, const char *more)
{
  gint64 before[2], now[2];

  get_both (fixture, less, more, before);
  SCENARIO_WAIT ((get_both (fixture, less, more, now),
                  now[0] + now[1] - before[0] - before[1] > 60000000 && now[0] > before[0]));
  return (double) (now[1] - before[1]) / (double) (now[0] - before[0]);
}

/* Which of a row's cells is being looked for. */
typedef struct
{
  const char *pid;
  guint       left; /* so many more to pass over */
} Cell;

static gboolean
is_cell (GtkWidget *widget, gpointer user_data)
{
  Cell *cell = user_data;

  return GROVE_IS_PROCESS_CELL (widget) &&
         g_strcmp0 (grove_process_cell_get_pid (GROVE_PROCESS_CELL (widget)), cell->pid) == 0 &&
         cell->left-- == 0;
}

/* What a person reads under "Reductions/s" in its row, 0: nothing. */
static double
read_rate (WindowFixture *fixture, const char *pid)
{
  Cell        cell = { pid, GROVE_COLUMN_REDUCTIONS };
  GtkWidget  *view = grove_window_get_view (fixture->window, "processes");
  GtkWidget  *found = grove_ui_test_find_if (view, is_cell, &cell);
  const char *text =
    found != NULL ? grove_ui_test_get_text (gtk_widget_get_last_child (found)) : NULL;
  GString *digits = g_string_new (NULL);
  double   rate;

  /* With spaces between the thousands. */
  for (; text != NULL && *text != '\0'; text++)
    if (g_ascii_isdigit (*text))
      g_string_append_c (digits, *text);
  rate = g_ascii_strtod (digits->str, NULL);
  g_string_free (digits, TRUE);
  return rate;
}

/* Both rows, one below the other: the second does several times what the first does. */
static void
see_shares (WindowFixture *fixture, const char *less, const char *more)
{
  double rates[2] = { 0 };

  grove_window_show_view (fixture->window, "processes");
  window_type_filter (fixture, "name:\"low loop\" or name:\"normal loop\"");
  SCENARIO_WAIT (window_count_rows (fixture) == 2);
  SCENARIO_WAIT ((rates[0] = read_rate (fixture, less)) > 0 &&
                 (rates[1] = read_rate (fixture, more)) > 3 * rates[0]);
  g_print ("# seen: %.0f/s and %.0f/s\n", rates[0], rates[1]);
}

static void
set_priority (WindowFixture *fixture, const char *filter, const char *pid, const char *priority)
{
  const char *const path[] = { "Priority", priority, NULL };
  g_autofree char  *level = g_ascii_strdown (priority, -1);

  window_choose_from_menu (scenario_inspect (fixture, filter, pid), path);
  SCENARIO_WAIT (scenario_is (fixture, pid, "priority", level));
}

static void
test_priority (WindowFixture *fixture)
{
  g_autofree char *low = scenario_await_pid (fixture, "low loop");
  g_autofree char *normal = scenario_await_pid (fixture, "normal loop"), *urgent = NULL;
  double           ratio;

  g_test_summary ("Low has an eighth beside normal; changed in the window, the shares change too");
  urgent = scenario_match_output (fixture, "a task of high priority beside them took ([\\d.]+ ms)");
  g_print ("# a task of high priority beside loops on every core took %s\n", urgent);
  /* As the program counts it itself. */
  scenario_await_output (fixture, "for every reduction of low, normal has 8\n");
  ratio = compare (fixture, low, normal);
  g_print ("# low:normal is 1:%.1f\n", ratio);
  g_assert_cmpfloat (ratio, >, 5);
  g_assert_cmpfloat (ratio, <, 13);
  see_shares (fixture, low, normal);

  set_priority (fixture, "name:\"low loop\"", low, "Normal");
  ratio = compare (fixture, low, normal);
  g_print ("# both normal: 1:%.2f\n", ratio);
  g_assert_cmpfloat (ratio, >, 0.5);
  g_assert_cmpfloat (ratio, <, 2);
  set_priority (fixture, "name:\"normal loop\"", normal, "Low");
  ratio = compare (fixture, normal, low);
  g_print ("# the other way round: 1:%.1f\n", ratio);
  g_assert_cmpfloat (ratio, >, 5);
  g_assert_cmpfloat (ratio, <, 13);
  /* What one reads follows. */
  see_shares (fixture, normal, low);
}

/* ---- million -----------------------------------------------------------------------------------
 */

/* Sanitizers give each process a stack of its own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#  define MILLION 5000
#else
#  define MILLION 1000000
#endif

/* What stands in the overview's first card. */
static gint64
read_count (WindowFixture *fixture)
{
  const GroveSample *sample = grove_session_get_sample (fixture->session);
  g_autofree char   *text = NULL;

  if (sample == NULL)
    return -1;
  text = grove_format_count (sample->n_processes);
  return window_shows (fixture, text) ? sample->n_processes : -1;
}

static void
test_million (WindowFixture *fixture)
{
  g_autofree char *spawned = NULL, *echo = NULL;
  gint64           begin_us, peak = 0;

  g_test_summary (
    "A million wait for five seconds and leave; all else goes on, and the count shows it");
  grove_window_show_view (fixture->window, "overview");
  /* While they come, stay and go. */
  while (peak < MILLION)
    {
      gint64 now = -1;

      SCENARIO_WAIT ((now = read_count (fixture)) >= 0);
      peak = MAX (peak, now);
      grove_ui_test_iterate ();
    }
  print_ping (fixture, "with all of them there");
  begin_us = g_get_monotonic_time ();
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_3, GDK_CONTROL_MASK);
  SCENARIO_WAIT (window_count_rows (fixture) > 10);
  g_print ("# with all of them there, the table of processes is on the screen after %.0f ms\n",
           (double) (g_get_monotonic_time () - begin_us) / 1000);
  spawned = scenario_match_output (fixture, "spawned " G_STRINGIFY (MILLION) " in ([\\d.]+ s)\n");
  echo = scenario_match_output (fixture, "an echo beside them took ([\\d.]+ ms)\n");
  g_print ("# %d spawned in %s; an echo beside them took %s\n", MILLION, spawned, echo);

  scenario_await_output (fixture, "all " G_STRINGIFY (MILLION) " have left\n");
  grove_ui_test_key (GTK_WIDGET (fixture->window), GDK_KEY_1, GDK_CONTROL_MASK);
  SCENARIO_WAIT (read_count (fixture) >= 0 && read_count (fixture) < peak / 2);
  g_assert_cmpint (count_processes (fixture), <, peak);
}

/* ---- secret-agent ------------------------------------------------------------------------------
 */

static void
test_secret_agent (WindowFixture *fixture)
{
  g_autofree char *pid = scenario_await_pid (fixture, "agent"), *reason = NULL;

  g_test_summary ("What a person sends it by hand is heard, and its effect is seen");
  scenario_inspect (fixture, "name:agent", pid);
  scenario_send (fixture, "{whisper, <<\"the geese fly south\">>}");
  scenario_await_output (fixture, "the agent heard: the geese fly south\n");

  /* What cannot be read is said where it is written, and nothing is sent. */
  scenario_send_bad (fixture, "{whisper, ", "message");
  scenario_send (fixture, "{whisper, \"in other words\"}");
  scenario_await_output (fixture, "the agent ");
  g_assert_cmpint (scenario_get_int (fixture, pid, "received"), ==, 2);

  SCENARIO_WAIT (scenario_is (fixture, pid, "priority", "normal"));
  scenario_send (fixture, "{set_priority, high}");
  SCENARIO_WAIT (scenario_is (fixture, pid, "priority", "high"));
  scenario_await_output (fixture, "the agent changes its priority: yes\n");
  SCENARIO_WAIT (scenario_inspector_reads (fixture, "Priority", "high"));

  scenario_send (fixture, "terminate");
  SCENARIO_WAIT (scenario_is_gone (fixture, pid));
  reason = scenario_get_exit_reason (fixture, pid);
  g_assert_cmpstr (reason, ==, "mission_accomplished");
  SCENARIO_WAIT (window_shows (fixture, "It ended with the reason mission_accomplished"));
  SCENARIO_WAIT (window_find_row (fixture, pid) == NULL);
  scenario_await_output (fixture, ",mission_accomplished}\n");
}

int
main (int argc, char **argv)
{
  static const Scenario scenarios[] = {
    SCENARIO_EXAMPLE ("fairness", "fairness", NULL, test_fairness),
    SCENARIO_EXAMPLE ("priority", "priority", NULL, test_priority),
    SCENARIO_EXAMPLE ("million", "million", G_STRINGIFY (MILLION), test_million),
    SCENARIO_EXAMPLE ("secret-agent", "secret-agent", NULL, test_secret_agent),
  };

  return scenario_main (argc, argv, scenarios, G_N_ELEMENTS (scenarios));
}
