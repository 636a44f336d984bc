/* SPDX-License-Identifier: MIT
 *
 * What a diagnosis makes of made samples: each kind of trouble is found once it has gone on for
 * long enough, says its evidence, and ends; what looks like it and is none is not found.
 */
#include "observer/grove-diagnosis.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT (1000000000)

typedef struct
{
  GroveDiagnosis *diagnosis;
  gint64          now_ns;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->diagnosis = _grove_diagnosis_new ();
  self->now_ns = 1000 * SECOND;
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  _grove_diagnosis_free (self->diagnosis);
}

static GroveProcessRow
make_row (const char *pid, const char *name, gint64 messages)
{
  GroveProcessRow row = { .state = GROVE_PROCESS_RUNNABLE, .messages = messages };
  g_strlcpy (row.pid, pid, sizeof row.pid);
  g_strlcpy (row.name, name, sizeof row.name);
  return row;
}

/* The finding of that key, NULL: there is none. (transfer full) */
static GroveFinding *
find (Fixture *self, const char *key)
{
  g_autoptr (GPtrArray) findings = _grove_diagnosis_conclude (self->diagnosis, self->now_ns);
  for (guint i = 0; i < findings->len; i++)
    if (strcmp (grove_finding_get_key (findings->pdata[i]), key) == 0)
      return g_object_ref (findings->pdata[i]);
  return NULL;
}

static void
assert_none (Fixture *self, const char *key)
{
  g_autoptr (GroveFinding) finding = find (self, key);
  g_assert_null (finding);
}

static void
assert_says (GroveFinding *finding, const char *part)
{
  g_assert_nonnull (finding);
  if (strstr (grove_finding_get_evidence (finding), part) == NULL)
    g_error ("no “%s” in “%s”", part, grove_finding_get_evidence (finding));
}

/* ---- Mailboxes --------------------------------------------------------------------------------
 */

static void
see_mailbox (Fixture *self, GroveProcessRow row, gint64 interval_s)
{
  self->now_ns += interval_s * SECOND;
  _grove_diagnosis_see_mailboxes (self->diagnosis, self->now_ns, interval_s * SECOND, &row, 1);
}

static void
test_mailbox_grows (Fixture *self, gconstpointer data)
{
  for (int i = 0; i <= 9; i++)
    see_mailbox (self, make_row ("<0.5.0>", "billing", i * 10), 1);
  assert_none (self, "mailbox:<0.5.0>"); /* not for ten seconds yet */
  see_mailbox (self, make_row ("<0.5.0>", "billing", 100), 1);

  g_autoptr (GroveFinding) finding = find (self, "mailbox:<0.5.0>");
  g_assert_nonnull (finding);
  g_assert_cmpstr (grove_finding_get_title (finding), ==, "The mailbox of billing grows");
  g_assert_cmpstr (grove_finding_get_pid (finding), ==, "<0.5.0>");
  g_assert_cmpint (grove_finding_get_kind (finding), ==, GROVE_FINDING_MAILBOX);
  g_assert_cmpint (grove_finding_get_severity (finding), ==, GROVE_SEVERITY_WARNING);
  g_assert_cmpint (grove_finding_get_since_ns (finding), ==, 1001 * SECOND);
  assert_says (finding, "100 messages, 10 more each second for 10 s.");
  assert_says (finding, "passes 1\u202f000 in 1 min 30 s.");
}

static void
test_mailbox_alarms (Fixture *self, gconstpointer data)
{
  for (int i = 0; i <= 10; i++)
    see_mailbox (self, make_row ("<0.5.0>", "billing", 500 + i * 10), 1);
  g_autoptr (GroveFinding) soon = find (self, "mailbox:<0.5.0>");
  g_assert_nonnull (soon);
  g_assert_cmpint (grove_finding_get_severity (soon), ==, GROVE_SEVERITY_ALARM);
  assert_says (soon, "passes 1\u202f000 in 40 s.");

  for (int i = 11; i <= 60; i++)
    see_mailbox (self, make_row ("<0.5.0>", "billing", 500 + i * 10), 1);
  g_autoptr (GroveFinding) past = find (self, "mailbox:<0.5.0>");
  g_assert_cmpint (grove_finding_get_severity (past), ==, GROVE_SEVERITY_ALARM);
  assert_says (past, "passes 10\u202f000 in 14 min");

  _grove_diagnosis_set_mailbox_limit (self->diagnosis, 2000);
  g_autoptr (GroveFinding) less = find (self, "mailbox:<0.5.0>");
  g_assert_cmpint (grove_finding_get_severity (less), ==, GROVE_SEVERITY_WARNING);
  assert_says (less, "passes 2\u202f000 in");
}

/* Fills and is emptied, again and again: that is what mailboxes are for. */
static void
test_mailbox_breathes (Fixture *self, gconstpointer data)
{
  for (int i = 0; i < 60; i++)
    {
      see_mailbox (self, make_row ("<0.5.0>", "billing", i % 6 * 100), 1);
      assert_none (self, "mailbox:<0.5.0>");
    }
}

static void
test_mailbox_stops (Fixture *self, gconstpointer data)
{
  for (int i = 0; i <= 12; i++)
    see_mailbox (self, make_row ("<0.5.0>", "billing", i * 10), 1);
  g_autoptr (GroveFinding) finding = find (self, "mailbox:<0.5.0>");
  g_assert_nonnull (finding);
  for (int i = 0; i < 7; i++) /* full, but not growing any more */
    see_mailbox (self, make_row ("<0.5.0>", "billing", 120), 1);
  assert_none (self, "mailbox:<0.5.0>");

  for (int i = 0; i <= 12; i++)
    see_mailbox (self, make_row ("<0.5.0>", "billing", 120 + i * 10), 1);
  g_autoptr (GroveFinding) again = find (self, "mailbox:<0.5.0>");
  g_assert_nonnull (again);
  self->now_ns += SECOND;
  _grove_diagnosis_see_mailboxes (self->diagnosis, self->now_ns, SECOND, NULL, 0); /* emptied */
  assert_none (self, "mailbox:<0.5.0>");
}

/* A large system is looked at every ten seconds. */
static void
test_mailbox_seldom (Fixture *self, gconstpointer data)
{
  for (int i = 0; i < 3; i++)
    see_mailbox (self, make_row ("<0.5.0>", "billing", i * 100), 10);
  assert_none (self, "mailbox:<0.5.0>"); /* two steps are no trend */
  see_mailbox (self, make_row ("<0.5.0>", "billing", 300), 10);
  g_autoptr (GroveFinding) finding = find (self, "mailbox:<0.5.0>");
  assert_says (finding, "10 more each second for 30 s.");
}

/* ---- Waits ------------------------------------------------------------------------------------
 */

static GroveProcessRow
make_waiting (gint64 messages, gint64 reductions)
{
  GroveProcessRow row = make_row ("<0.7.0>", "safe", messages);
  row.state = GROVE_PROCESS_WAITING;
  row.reductions = reductions;
  g_strlcpy (row.current, "open_safe", sizeof row.current);
  return row;
}

static void
test_wait (Fixture *self, gconstpointer data)
{
  for (int i = 0; i <= 10; i++)
    {
      assert_none (self, "wait:<0.7.0>");
      see_mailbox (self, make_waiting (3, 50), 1);
    }
  g_autoptr (GroveFinding) finding = find (self, "wait:<0.7.0>");
  g_assert_nonnull (finding);
  g_assert_cmpstr (grove_finding_get_title (finding), ==,
                   "safe waits although 3 messages are there");
  assert_says (finding, "waiting in open_safe for 10 s");
  g_assert_cmpint (grove_finding_get_kind (finding), ==, GROVE_FINDING_WAIT);

  see_mailbox (self, make_waiting (2, 60), 1); /* it has taken one */
  assert_none (self, "wait:<0.7.0>");
}

static void
test_wait_busy (Fixture *self, gconstpointer data)
{
  for (int i = 0; i < 30; i++)
    {
      GroveProcessRow row = make_waiting (3, i);
      if (i % 4 == 0)
        row.state = GROVE_PROCESS_RUNNING;
      see_mailbox (self, row, 1);
      assert_none (self, "wait:<0.7.0>");
    }
}

static void
test_wait_suspended (Fixture *self, gconstpointer data)
{
  for (int i = 0; i <= 10; i++)
    {
      GroveProcessRow row = make_waiting (3, 50);
      row.state = GROVE_PROCESS_SUSPENDED;
      see_mailbox (self, row, 1);
    }
  g_autoptr (GroveFinding) finding = find (self, "wait:<0.7.0>");
  assert_says (finding, "It is suspended");
}

/* One that takes nothing and gets more is one finding, not two. */
static void
test_wait_grows (Fixture *self, gconstpointer data)
{
  for (int i = 0; i <= 11; i++)
    see_mailbox (self, make_waiting (10 + i * 5, 50), 1);
  g_autoptr (GroveFinding) finding = find (self, "mailbox:<0.7.0>");
  assert_says (finding, "waiting in open_safe");
  assert_none (self, "wait:<0.7.0>");
}

/* ---- Schedulers -------------------------------------------------------------------------------
 */

static void
see_figures (Fixture *self, double utilisation)
{
  GroveSample sample = { .t_ns = self->now_ns,
                         .n_processes = 100,
                         .max_processes = 1000,
                         .n_schedulers = 2,
                         .memory_total = 1 << 20 };
  sample.scheduler_utilisation[1] = utilisation;
  _grove_diagnosis_see_system (self->diagnosis, &sample);
}

static void
see_running (Fixture *self, double utilisation, gint64 reductions, gboolean runs)
{
  GroveProcessRow row = make_row ("<0.9.0>", "cruncher", 0);
  row.state = GROVE_PROCESS_RUNNING;
  row.scheduler = 1;
  row.reductions = reductions;
  self->now_ns += SECOND;
  see_figures (self, utilisation);
  _grove_diagnosis_see_running (self->diagnosis, self->now_ns, SECOND, &row, runs ? 1 : 0);
}

static void
test_scheduler (Fixture *self, gconstpointer data)
{
  g_assert_false (_grove_diagnosis_wonders_who_runs (self->diagnosis, self->now_ns));
  for (int i = 0; i <= 10; i++)
    {
      assert_none (self, "scheduler:<0.9.0>");
      see_running (self, 0.99, i * 1000, TRUE);
    }
  g_assert_true (_grove_diagnosis_wonders_who_runs (self->diagnosis, self->now_ns));
  g_autoptr (GroveFinding) finding = find (self, "scheduler:<0.9.0>");
  g_assert_nonnull (finding);
  g_assert_cmpstr (grove_finding_get_title (finding), ==, "cruncher keeps a scheduler to itself");
  g_assert_cmpint (grove_finding_get_severity (finding), ==, GROVE_SEVERITY_WARNING);
  assert_says (finding, "11 of the last 11 looks, for 10 s. Scheduler 1 is 99\u202f% busy.");
}

static void
test_scheduler_stuck (Fixture *self, gconstpointer data)
{
  for (int i = 0; i <= 10; i++)
    see_running (self, 1, 77, TRUE);
  g_autoptr (GroveFinding) finding = find (self, "scheduler:<0.9.0>");
  assert_says (finding, "It has not let go of it since.");
  g_assert_cmpint (grove_finding_get_severity (finding), ==, GROVE_SEVERITY_ALARM);
}

static void
test_scheduler_shared (Fixture *self, gconstpointer data)
{
  for (int i = 0; i <= 30; i++)
    {
      see_running (self, 1, i, i % 3 != 0); /* another has it every third time */
      assert_none (self, "scheduler:<0.9.0>");
    }
  for (int i = 0; i <= 30; i++)
    {
      see_running (self, 0.3, i, TRUE); /* seen at it, but the scheduler idles most of the time */
      assert_none (self, "scheduler:<0.9.0>");
    }
}

/* ---- Memory and limits ------------------------------------------------------------------------
 */

static void
test_memory_system (Fixture *self, gconstpointer data)
{
  for (int i = 0; i <= 21; i++)
    {
      GroveSample sample = { .t_ns = self->now_ns,
                             .memory_total = (20 << 20) + i * (1 << 20),
                             .memory_heaps = (10 << 20) + i * (1 << 20),
                             .memory_stacks = 10 << 20 };
      _grove_diagnosis_see_system (self->diagnosis, &sample);
      if (i < 20)
        assert_none (self, "memory");
      g_assert_cmpint (_grove_diagnosis_wonders_who_grows (self->diagnosis, self->now_ns), ==,
                       i > 0);
      self->now_ns += SECOND;
    }
  g_autoptr (GroveFinding) finding = find (self, "memory");
  assert_says (finding, "From 20.0\u202fMiB to 41.0\u202fMiB");
  assert_says (finding, "60.0\u202fMiB a minute now; most of it are heaps.");
}

static void
test_memory_process (Fixture *self, gconstpointer data)
{
  GroveProcessRow row = make_row ("<0.3.0>", "hoarder", 0);
  for (int i = 0; i <= 21; i++)
    {
      row.memory = 100000 + i * 50000 + i * 10000;
      row.mailbox_bytes = i * 10000;
      _grove_diagnosis_see_largest (self->diagnosis, self->now_ns, SECOND, &row, 1);
      self->now_ns += SECOND;
    }
  g_autoptr (GroveFinding) finding = find (self, "memory:<0.3.0>");
  g_assert_nonnull (finding);
  g_assert_cmpstr (grove_finding_get_title (finding), ==, "The memory of hoarder grows");
  assert_says (finding, "without its mailbox");

  /* What grows is its mailbox alone: that is another finding's. */
  _grove_diagnosis_clear (self->diagnosis);
  for (int i = 0; i <= 30; i++)
    {
      row.memory = 100000 + i * 50000;
      row.mailbox_bytes = i * 50000;
      _grove_diagnosis_see_largest (self->diagnosis, self->now_ns, SECOND, &row, 1);
      self->now_ns += SECOND;
    }
  assert_none (self, "memory:<0.3.0>");
}

static void
test_limit (Fixture *self, gconstpointer data)
{
  GroveSample sample = { .t_ns = self->now_ns, .n_processes = 799, .max_processes = 1000 };
  _grove_diagnosis_see_system (self->diagnosis, &sample);
  assert_none (self, "limit:processes");
  sample.n_processes = 800;
  _grove_diagnosis_see_system (self->diagnosis, &sample);
  g_autoptr (GroveFinding) near = find (self, "limit:processes");
  assert_says (near, "800 of 1\u202f000 are used (80\u202f%).");
  g_assert_cmpint (grove_finding_get_severity (near), ==, GROVE_SEVERITY_WARNING);
  sample.n_processes = 960;
  _grove_diagnosis_see_system (self->diagnosis, &sample);
  g_autoptr (GroveFinding) very_near = find (self, "limit:processes");
  g_assert_cmpint (grove_finding_get_severity (very_near), ==, GROVE_SEVERITY_ALARM);
}

static void
test_limit_foreseen (Fixture *self, gconstpointer data)
{
  GroveSample sample = { .max_processes = 1000 };
  for (int i = 0; i <= 12; i++)
    {
      self->now_ns += SECOND;
      sample.t_ns = self->now_ns;
      sample.n_processes = 100 + i * 5;
      _grove_diagnosis_see_system (self->diagnosis, &sample);
    }
  g_autoptr (GroveFinding) finding = find (self, "limit:processes");
  assert_says (finding, "at this rate all of it in 2 min 48 s");
}

/* ---- Crashes and restarts ---------------------------------------------------------------------
 */

static GroveSeenCrash
make_crash (gint64 seq, gint64 at_ns, const char *name, const char *outcome)
{
  return (GroveSeenCrash){ .seq = seq,
                           .at_ns = at_ns,
                           .pid = "<0.40.0>",
                           .name = name,
                           .initial = "conn",
                           .app = "shop",
                           .reason = "badarg",
                           .function = "handle",
                           .outcome = outcome,
                           .supervisor = "<0.4.0>",
                           .successor = strcmp (outcome, "restarted") == 0 ? "<0.41.0>" : "" };
}

static void
test_crashes (Fixture *self, gconstpointer data)
{
  const gint64   t = self->now_ns;
  GroveSeenCrash crashes[] = {
    make_crash (3, t - 5 * SECOND, "conn_1", "restarted"),
    make_crash (2, t - 20 * SECOND, "conn_2", "restarted"),
    make_crash (1, t - 90 * SECOND, "conn_3", "restarted"), /* long ago */
  };
  _grove_diagnosis_see_crashes (self->diagnosis, t, crashes, G_N_ELEMENTS (crashes));
  g_autoptr (GroveFinding) finding = find (self, "crash:shop:conn");
  g_assert_nonnull (finding);
  g_assert_cmpstr (grove_finding_get_title (finding), ==, "conn crashed 2 times");
  g_assert_cmpstr (grove_finding_get_pid (finding), ==, "<0.41.0>"); /* who took its place */
  assert_says (finding, "Last 5 s ago in handle: badarg. It was restarted as <0.41.0>.");

  self->now_ns += 50 * SECOND;
  g_autoptr (GroveFinding) one = find (self, "crash:shop:conn");
  g_assert_cmpstr (grove_finding_get_title (one), ==, "conn_1 crashed");
  self->now_ns += 10 * SECOND;
  assert_none (self, "crash:shop:conn");
}

static void
see_supervisor (Fixture *self, gint64 intensity, gint64 recent)
{
  const GroveSeenSupervisor supervisor = { "<0.4.0>", "conn_sup", intensity, 10, recent };
  _grove_diagnosis_see_supervisor (self->diagnosis, self->now_ns, &supervisor);
}

static void
assert_asks (Fixture *self, const char *pid)
{
  g_auto (GStrv) pids = _grove_diagnosis_ask_supervisors (self->diagnosis, self->now_ns);
  g_assert_cmpstr (pids[0], ==, pid);
}

static void
test_restarts (Fixture *self, gconstpointer data)
{
  GroveSeenSupervisor budget;
  GroveSeenCrash      crash = make_crash (1, self->now_ns, "conn_1", "restarted");
  assert_asks (self, NULL);
  g_assert_false (_grove_diagnosis_get_budget (self->diagnosis, self->now_ns, &budget));
  _grove_diagnosis_see_crashes (self->diagnosis, self->now_ns, &crash, 1);
  assert_asks (self, "<0.4.0>");

  see_supervisor (self, 10, 1);
  assert_none (self, "restarts:<0.4.0>"); /* once is what supervisors are for */
  see_supervisor (self, 10, 5);
  g_autoptr (GroveFinding) often = find (self, "restarts:<0.4.0>");
  assert_says (often, "5 of the 10 restarts it allows in 10 s are used. 5 more are left");
  assert_says (often, "The last was conn_1.");
  g_assert_cmpint (grove_finding_get_severity (often), ==, GROVE_SEVERITY_WARNING);
  g_assert_true (_grove_diagnosis_get_budget (self->diagnosis, self->now_ns, &budget));
  g_assert_cmpint (budget.recent_restarts, ==, 5);

  see_supervisor (self, 10, 10);
  g_autoptr (GroveFinding) all = find (self, "restarts:<0.4.0>");
  assert_says (all, "With the next one it gives up.");
  g_assert_cmpint (grove_finding_get_severity (all), ==, GROVE_SEVERITY_ALARM);

  see_supervisor (self, 10, 0);
  assert_none (self, "restarts:<0.4.0>");
  self->now_ns += 31 * SECOND;
  assert_asks (self, NULL); /* it has been calm for so long that it is not asked any more */
}

static void
test_gave_up (Fixture *self, gconstpointer data)
{
  GroveSeenCrash crash = make_crash (1, self->now_ns, "conn_1", "gave_up");
  _grove_diagnosis_see_crashes (self->diagnosis, self->now_ns, &crash, 1);
  g_autoptr (GroveFinding) finding = find (self, "gave-up:<0.4.0>");
  assert_says (finding, "had restarted too often");
  g_assert_cmpint (grove_finding_get_severity (finding), ==, GROVE_SEVERITY_ALARM);
}

/* Children that end normally, and are restarted, do not crash. */
static void
test_unexplained_restarts (Fixture *self, gconstpointer data)
{
  GroveSample sample = { .n_processes = 1 };
  for (int explained = 1; explained >= 0; explained--)
    {
      GroveSeenCrash crash = make_crash (1, self->now_ns, "conn_1", "restarted");
      _grove_diagnosis_clear (self->diagnosis);
      for (int i = 0; i < 8; i++)
        {
          sample.t_ns = self->now_ns += SECOND / 2;
          sample.n_restarts = i > 0;
          _grove_diagnosis_see_system (self->diagnosis, &sample);
          if (i == 3 && explained) /* its crash is heard of later */
            _grove_diagnosis_see_crashes (self->diagnosis, self->now_ns, &crash, 1);
        }
      g_assert_cmpint (_grove_diagnosis_wonders_who_restarted (self->diagnosis, self->now_ns), ==,
                       !explained);
    }
  _grove_diagnosis_see_restart (self->diagnosis, self->now_ns, "<0.4.0>", "ticker");
  see_supervisor (self, 4, 3);
  g_autoptr (GroveFinding) finding = find (self, "restarts:<0.4.0>");
  assert_says (finding, "One more is left before it gives up. The last was ticker.");
}

/* ---- Names ------------------------------------------------------------------------------------
 */

static void
see_names (Fixture *self, const char *const *names, gboolean all)
{
  GroveSeenName seen[8];
  guint         n = 0;
  for (; names[n] != NULL; n++)
    seen[n] = (GroveSeenName){ names[n], "<0.8.0>", 1 * SECOND };
  self->now_ns += SECOND;
  _grove_diagnosis_see_names (self->diagnosis, self->now_ns, seen, n, all);
}

static void
test_name (Fixture *self, gconstpointer data)
{
  const char *const both[] = { "beacon", "counter", NULL }, *const one[] = { "counter", NULL };
  see_names (self, both, TRUE);
  for (int i = 0; i < 3; i++)
    {
      see_names (self, one, TRUE);
      assert_none (self, "name:beacon"); /* a restart takes a moment */
    }
  see_names (self, one, TRUE);
  g_autofree char *pid = _grove_diagnosis_ask_end (self->diagnosis, self->now_ns);
  g_assert_cmpstr (pid, ==, "<0.8.0>");
  g_assert_null (_grove_diagnosis_ask_end (self->diagnosis, self->now_ns));
  _grove_diagnosis_see_end (self->diagnosis, pid, "shutdown");
  g_autoptr (GroveFinding) finding = find (self, "name:beacon");
  g_assert_nonnull (finding);
  g_assert_cmpstr (grove_finding_get_title (finding), ==, "The name beacon vanished");
  assert_says (finding, "<0.8.0>, who had it, ended with shutdown.");
  _grove_diagnosis_see_end (self->diagnosis, pid, NULL);
  g_autoptr (GroveFinding) lives = find (self, "name:beacon");
  assert_says (lives, "lives on without");

  see_names (self, both, TRUE);
  assert_none (self, "name:beacon");
  for (int i = 0; i < 4; i++)
    see_names (self, one, TRUE);
  g_autoptr (GroveFinding) again = find (self, "name:beacon");
  g_assert_nonnull (again);
  self->now_ns += 60 * SECOND;
  see_names (self, one, TRUE); /* old news */
  assert_none (self, "name:beacon");
}

/* Pushed out of the end of what is seen, not gone. */
static void
test_name_unseen (Fixture *self, gconstpointer data)
{
  const char *const before[] = { "b", "d", "f", NULL }, *const after[] = { "a", "b", "e", NULL };
  see_names (self, before, FALSE);
  for (int i = 0; i < 5; i++)
    see_names (self, after, FALSE);
  assert_none (self, "name:f");
  g_autoptr (GroveFinding) finding = find (self, "name:d");
  g_assert_nonnull (finding);
}

/* ---- Calls ------------------------------------------------------------------------------------
 */

static void
see_callers (Fixture *self, int n, gint64 reductions)
{
  GroveProcessRow rows[3];
  for (int i = 0; i < n; i++)
    {
      char pid[16], name[2] = { (char) ('a' + i), '\0' };
      g_snprintf (pid, sizeof pid, "<0.%d.0>", i + 1);
      rows[i] = make_row (pid, name, 0);
      rows[i].state = GROVE_PROCESS_WAITING;
      rows[i].reductions = reductions;
    }
  self->now_ns += SECOND;
  _grove_diagnosis_see_calls (self->diagnosis, self->now_ns, SECOND, rows, (guint) n);
}

/* Answers each question with the process that is @step further, of @n. */
static int
answer_monitors (Fixture *self, int n, int step)
{
  int   n_asked = 0;
  char *pid;
  while ((pid = _grove_diagnosis_ask_monitors (self->diagnosis, self->now_ns)) != NULL)
    {
      char        monitored[16];
      const char *monitors[] = { "<0.99.0>", monitored };
      int         next = atoi (pid + 3) - 1 + step;
      g_snprintf (monitored, sizeof monitored, "<0.%d.0>",
                  step > 0 && next < 3 * n ? next % n + 1 : 99);
      _grove_diagnosis_see_monitors (self->diagnosis, self->now_ns, pid, monitors, 2);
      g_free (pid);
      n_asked++;
    }
  return n_asked;
}

static void
test_calls (Fixture *self, gconstpointer data)
{
  see_callers (self, 2, 5);
  g_assert_cmpint (answer_monitors (self, 2, 1), ==, 0); /* a call takes a moment */
  see_callers (self, 2, 5);
  see_callers (self, 2, 5);
  g_assert_cmpint (answer_monitors (self, 2, 1), ==, 2);
  g_assert_cmpint (answer_monitors (self, 2, 1), ==, 0); /* that is known now */
  g_autoptr (GroveFinding) finding = find (self, "calls:<0.1.0>:<0.2.0>");
  g_assert_nonnull (finding);
  g_assert_true (strstr (grove_finding_get_title (finding), "a and b seem to wait") != NULL ||
                 strstr (grove_finding_get_title (finding), "b and a seem to wait") != NULL);
  g_assert_cmpint (grove_finding_get_severity (finding), ==, GROVE_SEVERITY_ALARM);
  see_callers (self, 2, 6); /* they ran */
  assert_none (self, "calls:<0.1.0>:<0.2.0>");
}

/* On a BEAM each look makes them run a little. */
static void
test_calls_asked (Fixture *self, gconstpointer data)
{
  _grove_diagnosis_set_asking_runs (self->diagnosis, TRUE);
  for (int i = 0; i < 3; i++)
    {
      see_callers (self, 2, 5 + 6 * i);
      answer_monitors (self, 2, 1);
    }
  g_autoptr (GroveFinding) finding = find (self, "calls:<0.1.0>:<0.2.0>");
  g_assert_nonnull (finding);
  see_callers (self, 2, 90); /* that is more than an answer */
  assert_none (self, "calls:<0.1.0>:<0.2.0>");
}

static void
test_calls_ring (Fixture *self, gconstpointer data)
{
  for (int i = 0; i < 3; i++)
    see_callers (self, 3, 5);
  g_assert_cmpint (answer_monitors (self, 3, 1), ==, 3);
  g_autoptr (GroveFinding) finding = find (self, "calls:<0.1.0>:<0.2.0>:<0.3.0>");
  g_assert_nonnull (finding);
  g_autoptr (GPtrArray) findings = _grove_diagnosis_conclude (self->diagnosis, self->now_ns);
  g_assert_cmpuint (findings->len, ==, 1);
}

/* Somebody waits for somebody who waits for somebody else: that is no ring. */
static void
test_calls_chain (Fixture *self, gconstpointer data)
{
  for (int i = 0; i < 3; i++)
    see_callers (self, 2, 5);
  g_assert_cmpint (answer_monitors (self, 2, 0), ==, 2);
  g_autoptr (GPtrArray) findings = _grove_diagnosis_conclude (self->diagnosis, self->now_ns);
  g_assert_cmpuint (findings->len, ==, 0);
}

/* ---- The order --------------------------------------------------------------------------------
 */

static void
test_order (Fixture *self, gconstpointer data)
{
  GroveSeenCrash crashes[] = {
    make_crash (2, self->now_ns - SECOND, "conn_1", "gave_up"),
    make_crash (1, self->now_ns - 9 * SECOND, "conn_1", "restarted"),
  };
  _grove_diagnosis_see_crashes (self->diagnosis, self->now_ns, crashes, 2);
  g_autoptr (GPtrArray) findings = _grove_diagnosis_conclude (self->diagnosis, self->now_ns);
  g_assert_cmpuint (findings->len, ==, 2);
  g_assert_cmpstr (grove_finding_get_key (findings->pdata[0]), ==, "gave-up:<0.4.0>");
  g_assert_cmpstr (grove_finding_get_key (findings->pdata[1]), ==, "crash:shop:conn");
  for (guint kind = 0; kind < GROVE_N_FINDINGS; kind++)
    {
      g_assert_cmpstr (grove_finding_kind_get_name (kind), !=, "");
      g_assert_cmpstr (grove_finding_kind_get_title (kind), !=, "");
      g_assert_cmpstr (grove_finding_kind_get_view (kind), !=, "");
    }
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *self, gconstpointer data);
  } tests[] = {
    { "mailbox/grows", test_mailbox_grows },
    { "mailbox/alarms", test_mailbox_alarms },
    { "mailbox/breathes", test_mailbox_breathes },
    { "mailbox/stops", test_mailbox_stops },
    { "mailbox/seldom-looked-at", test_mailbox_seldom },
    { "wait/found", test_wait },
    { "wait/busy-is-none", test_wait_busy },
    { "wait/suspended", test_wait_suspended },
    { "wait/grows-is-one", test_wait_grows },
    { "scheduler/found", test_scheduler },
    { "scheduler/stuck", test_scheduler_stuck },
    { "scheduler/shared-is-none", test_scheduler_shared },
    { "memory/system", test_memory_system },
    { "memory/process", test_memory_process },
    { "limit/near", test_limit },
    { "limit/foreseen", test_limit_foreseen },
    { "crash/alike-are-one", test_crashes },
    { "restarts/budget", test_restarts },
    { "restarts/gave-up", test_gave_up },
    { "restarts/without-a-crash", test_unexplained_restarts },
    { "name/vanishes-and-returns", test_name },
    { "name/unseen-is-none", test_name_unseen },
    { "calls/two", test_calls },
    { "calls/three", test_calls_ring },
    { "calls/chain-is-none", test_calls_chain },
    { "calls/asking-runs", test_calls_asked },
    { "order", test_order },
  };
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/observer/diagnosis/", tests[i].path, NULL);
      g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
    }
  return g_test_run ();
}
