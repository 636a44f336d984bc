/* SPDX-License-Identifier: MIT
 *
 * What processes learn about each other. The number in a test's name is the behaviour's in the
 * conformance list.
 */
#include "runtime/core/dictionary.h"
#include "runtime/core/suspend.h"

#include "tests/runtime/core-test.h"

#include <stdatomic.h>

static void
print_info (grove_pid pid, const char *items, char *text, size_t size)
{
  struct grove_message *answer;
  enum grove_status     status = grove_process_info (pid, items, &answer);

  if (status != GROVE_OK)
    {
      g_strlcpy (text, grove_status_text (status), size);
      return;
    }
  g_assert_cmpint (grove_term_check (grove_message_term (answer).bytes,
                                     grove_message_term (answer).size, NULL),
                   ==, GROVE_OK);
  grove_term_print (grove_message_term (answer), GROVE_SYNTAX_ERLANG, 32, text, size, NULL);
  grove_message_free (answer);
}

#define expect_info(pid, items, expected)                                                          \
  G_STMT_START                                                                                     \
  {                                                                                                \
    char info_text[2048];                                                                          \
    print_info ((pid), (items), info_text, sizeof info_text);                                      \
    g_assert_cmpstr (info_text, ==, (expected));                                                   \
  }                                                                                                \
  G_STMT_END

static uint64_t
info_number (grove_pid pid, const char *item)
{
  struct grove_message *answer;
  uint64_t              number;

  g_assert_cmpint (grove_process_info (pid, item, &answer), ==, GROVE_OK);
  g_assert_true (grove_match (grove_message_term (answer), "{_, ~u}", &number));
  grove_message_free (answer);
  return number;
}

static void
test_errors (void *arg)
{
  grove_pid             dead = grove_spawn (core_idle, NULL);
  struct grove_message *answer = NULL;
  char                  many[4000] = "[status";

  (void) arg;
  grove_exit_process (dead, "kill");
  g_assert_cmpint (grove_process_info (dead, "status", &answer), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_process_info (dead, NULL, &answer), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_process_info (dead, "[]", &answer), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_process_info (0, "status", &answer), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_process_info (UINT64_MAX, "status", &answer), ==, GROVE_ERR_NOPROC);
  /* What is asked is looked at first, as on the BEAM. */
  g_assert_cmpint (grove_process_info (dead, "nonsense", &answer), ==, GROVE_ERR_BADARG);
  for (int self = 0; self < 2; self++)
    {
      static const char *const bad[] = {
        "nonsense", "[status, nonsense]", "[status | links]", "{status}", "", "[status",
        "1",        "\"status\"",         "<<\"status\">>",
      };
      grove_pid pid = self ? grove_self () : grove_spawn (core_idle, NULL);
      for (unsigned i = 0; i < G_N_ELEMENTS (bad); i++)
        g_assert_cmpint (grove_process_info (pid, bad[i], &answer), ==, GROVE_ERR_BADARG);
      g_assert_cmpint (grove_process_info (pid, "status", NULL), ==, GROVE_ERR_BADARG);
      expect_info (pid, "[]", "[]");
    }
  for (int i = 1; i < 256; i++)
    strcat (many, ", status");
  strcat (many, "]");
  g_assert_cmpint (grove_process_info (grove_self (), many, &answer), ==, GROVE_OK);
  grove_message_free (answer);
  strcpy (strrchr (many, ']'), ", status]");
  g_assert_cmpint (grove_process_info (grove_self (), many, &answer), ==, GROVE_ERR_BADARG);
}

static void
test_list (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);

  (void) arg;
  expect_info (pid, "[trap_exit, priority, trap_exit]",
               "[{trap_exit,false},{priority,normal},{trap_exit,false}]");
  expect_info (grove_self (), "[priority, status]", "[{priority,normal},{status,running}]");
  expect_info (pid, "trap_exit", "{trap_exit,false}");
  /* 96: of one without a name. */
  expect_info (pid, "registered_name", "[]");
  expect_info (pid, "[registered_name]", "[{registered_name,[]}]");
  g_assert_cmpint (grove_register ("a name", pid), ==, GROVE_OK);
  expect_info (pid, "registered_name", "{registered_name,'a name'}");
  expect_info (pid, "[registered_name]", "[{registered_name,'a name'}]");
}

/* Every item there is, alone and in a list, of oneself and of another. */
static void
test_all_items (void *arg)
{
  static const char *const items[] = {
    "current_function", "initial_call", "status",       "message_queue_len", "links",
    "dictionary",       "trap_exit",    "priority",     "group_leader",      "total_heap_size",
    "heap_size",        "stack_size",   "reductions",   "suspending",        "messages",
    "memory",           "monitors",     "monitored_by", "registered_name",   "message_queue_data",
    "max_heap_size",    "parent",
  };
  grove_pid pids[] = { grove_self (), _grove_process_spawn_on (1, core_idle, NULL) };
  GString  *list = g_string_new ("[");

  (void) arg;
  g_assert_cmpint (grove_register ("me", grove_self ()), ==, GROVE_OK);
  g_assert_cmpint (grove_register ("other", pids[1]), ==, GROVE_OK);
  for (unsigned i = 0; i < G_N_ELEMENTS (items); i++)
    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", items[i]);
  g_string_append_c (list, ']');
  for (unsigned p = 0; p < 2; p++)
    {
      struct grove_message *answer;
      struct grove_cursor   cursor;
      struct grove_term     pair, name;

      for (unsigned i = 0; i < G_N_ELEMENTS (items); i++)
        {
          g_assert_cmpint (grove_process_info (pids[p], items[i], &answer), ==, GROVE_OK);
          g_assert_cmpuint (grove_term_arity (grove_message_term (answer)), ==, 2);
          g_assert_true (grove_term_element (grove_message_term (answer), 0, &name));
          g_assert_true (grove_term_is_atom (name, items[i]));
          grove_message_free (answer);
        }
      g_assert_cmpint (grove_process_info (pids[p], list->str, &answer), ==, GROVE_OK);
      g_assert_true (grove_cursor_init (&cursor, grove_message_term (answer)));
      for (unsigned i = 0; i < G_N_ELEMENTS (items); i++)
        {
          g_assert_true (grove_cursor_next (&cursor, &pair));
          g_assert_true (grove_term_element (pair, 0, &name));
          g_assert_true (grove_term_is_atom (name, items[i]));
        }
      g_assert_false (grove_cursor_next (&cursor, &pair));
      grove_message_free (answer);
      /* The full form: the name comes first if there is one. */
      g_assert_cmpint (grove_process_info (pids[p], NULL, &answer), ==, GROVE_OK);
      g_assert_true (grove_cursor_init (&cursor, grove_message_term (answer)));
      g_assert_true (grove_cursor_next (&cursor, &pair));
      g_assert_true (
        grove_match (pair, p == 0 ? "{registered_name, me}" : "{registered_name, other}"));
      for (unsigned i = 0; i < 14; i++)
        {
          g_assert_true (grove_cursor_next (&cursor, &pair));
          g_assert_true (grove_term_element (pair, 0, &name));
          g_assert_true (grove_term_is_atom (name, items[i]));
        }
      g_assert_false (grove_cursor_next (&cursor, &pair));
      grove_message_free (answer);
    }
  g_string_free (list, TRUE);
}

struct bound
{
  grove_pid main, peer;
};

static void
bound (void *arg)
{
  struct bound *with = arg;

  grove_trap_exit (true);
  g_assert_cmpint (grove_set_priority (GROVE_PRIORITY_HIGH, NULL), ==, GROVE_OK);
  g_assert_cmpint (grove_put ("a", "1"), ==, GROVE_OK);
  g_assert_cmpint (grove_put ("b", "{x, \"abc\"}"), ==, GROVE_OK);
  g_assert_cmpint (grove_link (with->peer), ==, GROVE_OK);
  grove_monitor (with->peer);
  g_assert_cmpint (grove_monitor_name ("peer", NULL, &(grove_ref){ 0 }), ==, GROVE_OK);
  grove_alloc (8000);
  grove_send (with->main, "ready");
  for (;;)
    {
      struct grove_message *message;
      if (grove_receive_pattern (GROVE_FOREVER, &message, "go") == GROVE_OK)
        grove_exit ("normal");
    }
}

/* 99: what each item says. */
static void
test_values (void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  struct bound               with = { grove_self (), grove_spawn (core_idle, NULL) };
  char                       self[GROVE_PID_TEXT_SIZE], peer[GROVE_PID_TEXT_SIZE];
  g_autofree char           *links = NULL, *monitors = NULL, *monitored_by = NULL, *parent = NULL;
  grove_pid                  pid;

  (void) arg;
  g_assert_cmpint (grove_register ("peer", with.peer), ==, GROVE_OK);
  options.initial_call = "bound";
  options.arg = &with;
  options.arg_size = sizeof with;
  options.monitor = true;
  options.max_heap_bytes = 1 << 20;
  g_assert_cmpint (grove_spawn_opt (bound, &options, &pid, NULL), ==, GROVE_OK);
  core_expect ("ready");
  grove_pid_print (grove_self (), self);
  grove_pid_print (with.peer, peer);
  links = g_strdup_printf ("{links,[%s]}", peer);
  monitored_by = g_strdup_printf ("{monitored_by,[%s]}", self);
  parent = g_strdup_printf ("{parent,%s}", self);
  expect_info (pid, "links", links);
  expect_info (pid, "monitored_by", monitored_by);
  expect_info (pid, "parent", parent);
  expect_info (pid, "trap_exit", "{trap_exit,true}");
  expect_info (pid, "priority", "{priority,high}");
  expect_info (pid, "dictionary", "{dictionary,[{a,1},{b,{x,\"abc\"}}]}");
  expect_info (pid, "group_leader", "{group_leader,undefined}");
  expect_info (pid, "max_heap_size", "{max_heap_size,#{kill => true,size => 131072}}");
  expect_info (pid, "[messages, message_queue_len]", "[{messages,[]},{message_queue_len,0}]");
  expect_info (pid, "status", "{status,waiting}");
  g_assert_cmpuint (info_number (pid, "total_heap_size"), >=, 1000);
  g_assert_cmpuint (info_number (pid, "total_heap_size"), <, 1200);
  g_assert_cmpuint (info_number (pid, "memory"), >=, 8000);
  g_assert_cmpuint (info_number (pid, "memory"), <, 32000);
  g_assert_cmpuint (info_number (pid, "stack_size"), >, 0);
  /* The two monitors, in any order. */
  {
    struct grove_message *answer;
    struct grove_term     first, second;
    grove_pid             watched = 0;
    g_assert_cmpint (grove_process_info (pid, "monitors", &answer), ==, GROVE_OK);
    g_assert_true (
      grove_match (grove_message_term (answer), "{monitors, [~t, ~t]}", &first, &second));
    g_assert_true (grove_match (first, "{process, ~p}", &watched) ||
                   grove_match (second, "{process, ~p}", &watched));
    g_assert_cmpuint (watched, ==, with.peer);
    g_assert_true (grove_match (first, "{process, {peer, 'nonode@nohost'}}") ||
                   grove_match (second, "{process, {peer, 'nonode@nohost'}}"));
    grove_message_free (answer);
  }
}

/* 100: the content, in order; what is looked at stays. */
static void
test_messages (void *arg)
{
  grove_pid pid = core_spawn_priority (core_spin, NULL, GROVE_PRIORITY_LOW);

  (void) arg;
  for (int i = 0; i < 3; i++)
    grove_send (pid, "{m, ~i, \"text\", <<1, 2>>}", i);
  for (int i = 0; i < 2; i++)
    expect_info (pid, "[messages, message_queue_len]",
                 "[{messages,[{m,0,\"text\",<<1,2>>},{m,1,\"text\",<<1,2>>},{m,2,\"text\",<<1,2>>}]"
                 "},"
                 "{message_queue_len,3}]");
  grove_exit_process (pid, "kill");
  for (int i = 0; i < 3; i++)
    grove_send (grove_self (), "~i", i);
  expect_info (grove_self (), "messages", "{messages,[0,1,2]}");
  core_expect ("0");
  expect_info (grove_self (), "[message_queue_len, messages]",
               "[{message_queue_len,2},{messages,[1,2]}]");
  core_expect ("1");
  core_expect ("2");
}

static void
waits_for_signals (void *arg)
{
  struct grove_message *message;

  if (grove_receive_pattern (GROVE_FOREVER, &message, "{never, ~p}", core_arg_pid (arg)) ==
      GROVE_OK)
    grove_message_free (message);
}

/* 101: serving the question is not running. */
static void
test_status (void *arg)
{
  grove_pid                   waiting = _grove_process_spawn_on (1, waits_for_signals, NULL);
  grove_pid                   starved, spinner;
  struct grove_process_sample sample;

  (void) arg;
  g_assert_true (grove_is_alive (waiting));
  /* It has looked at its signals, and it says itself that it runs until it has come to wait. */
  while (!_grove_observe_process (waiting, &sample) || sample.status != GROVE_STATUS_WAITING)
    grove_yield ();
  for (int i = 0; i < CORE_MANY (5000, 500); i++)
    expect_info (waiting, "status", "{status,waiting}");
  /* It waits for an answer of its own. */
  expect_info (grove_self (), "status", "{status,running}");
  g_assert_cmpint (grove_set_priority (GROVE_PRIORITY_MAX, NULL), ==, GROVE_OK);
  spinner = core_spawn_priority (core_spin, NULL, GROVE_PRIORITY_HIGH);
  starved = core_spawn_priority (core_spin, NULL, GROVE_PRIORITY_LOW);
  expect_info (starved, "status", "{status,runnable}");
  grove_exit_process (spinner, "kill");
  grove_exit_process (starved, "kill");
}

__attribute__ ((noinline)) static void
is_here (void *arg)
{
  struct grove_message *message;

  (void) arg;
  while (grove_receive (GROVE_FOREVER, &message) == GROVE_OK)
    grove_message_free (message);
}

static void
asks_for_functions (void *arg)
{
  for (;;)
    {
      struct grove_message *answer;
      if (grove_process_info (core_arg_pid (arg), "[current_function, current_function]",
                              &answer) == GROVE_OK)
        grove_message_free (answer);
    }
}

/* 99: where it waits; who is killed while the name is looked for leaves nothing. */
static void
test_current_function (void *arg)
{
  grove_pid             pid = _grove_process_spawn_on (1, is_here, NULL);
  struct grove_message *answer;
  struct grove_text     file;
  int                   line;

  (void) arg;
  for (unsigned i = 0; i < CORE_MANY (200, 50); i++)
    {
      grove_pid asker = _grove_process_spawn_on (i % 2, asks_for_functions, core_pid_arg (pid));
      for (volatile unsigned spin = i % 64 * 100; spin > 0; spin--)
        ;
      grove_exit_process (asker, "kill");
      core_until_gone (asker);
    }
  expect_info (pid, "status", "{status,waiting}");
  g_assert_cmpint (grove_process_info (pid, "current_function", &answer), ==, GROVE_OK);
  g_assert_true (grove_match (grove_message_term (answer), "{current_function, {is_here, ~s, ~i}}",
                              &file, &line));
  grove_message_free (answer);
  g_assert_cmpint (grove_process_info (grove_self (), "[status, current_function, trap_exit]",
                                       &answer),
                   ==, GROVE_OK);
  g_assert_true (
    grove_match (grove_message_term (answer),
                 "[{status, running}, {current_function, {test_current_function, _, _}}, "
                 "{trap_exit, false}]"));
  grove_message_free (answer);
}

/* What is suspended says so, and who suspends it. */
static void
test_suspending (void *arg)
{
  grove_pid        pid = _grove_process_spawn_on (1, core_idle, NULL);
  char             text[GROVE_PID_TEXT_SIZE];
  g_autofree char *expected = NULL;

  (void) arg;
  grove_pid_print (pid, text);
  expected = g_strdup_printf ("{suspending,[{%s,2,0}]}", text);
  expect_info (grove_self (), "suspending", "{suspending,[]}");
  g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
  g_assert_cmpint (grove_suspend (pid, 0), ==, GROVE_OK);
  expect_info (grove_self (), "suspending", expected);
  expect_info (pid, "status", "{status,suspended}");
  g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
  g_assert_cmpint (grove_resume (pid), ==, GROVE_OK);
  expect_info (grove_self (), "suspending", "{suspending,[]}");
}

static _Atomic int release_now;
static _Atomic int releasing;

static void
releases_slowly (void *data)
{
  (void) data;
  atomic_store (&releasing, 1);
  while (atomic_load (&release_now) == 0)
    ;
}

static void
ends_slowly (void *arg)
{
  (void) arg;
  grove_defer (releases_slowly, NULL);
}

static void
asks_whether_alive (void *arg)
{
  grove_pid *pids = arg; /* who to tell, who to ask about */

  grove_send (pids[0], "{alive, ~i}", grove_is_alive (pids[1]));
}

/* 13: one that is ending is listed, and is not alive. */
static void
test_exiting (void *arg)
{
  struct grove_spawn_options   options = GROVE_SPAWN_DEFAULTS;
  struct grove_process_figures figures;
  grove_pid                    pids[2] = { grove_self (), 0 };
  grove_pid                    listed[64], asker;
  size_t                       n;
  unsigned                     found = 0;
  int                          alive;

  (void) arg;
  atomic_store (&release_now, 0);
  atomic_store (&releasing, 0);
  pids[1] = _grove_process_spawn_on (1, ends_slowly, NULL);
  while (atomic_load (&releasing) == 0)
    grove_yield ();
  options.arg = pids;
  options.arg_size = sizeof pids;
  g_assert_cmpint (grove_spawn_opt (asks_whether_alive, &options, &asker, NULL), ==, GROVE_OK);
  g_assert_cmpint (grove_process_figures (pids[1], &figures), ==, GROVE_OK);
  g_assert_cmpint (figures.status, ==, GROVE_STATUS_EXITING);
  n = grove_processes (listed, G_N_ELEMENTS (listed));
  g_assert_cmpuint (n, <=, G_N_ELEMENTS (listed));
  for (size_t i = 0; i < n; i++)
    found += listed[i] == pids[1];
  g_assert_cmpuint (found, ==, 1);
  atomic_store (&release_now, 1);
  core_expect ("{alive, ~i}", &alive);
  g_assert_cmpint (alive, ==, 0);
  core_until_gone (pids[1]);
  g_assert_cmpint (grove_process_figures (pids[1], &figures), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_process_figures (pids[0], NULL), ==, GROVE_ERR_BADARG);
}

/* 33: of one that is to end by a signal that came before the question. */
static void
test_pending_exit (void *arg)
{
  struct grove_message *answer;

  (void) arg;
  for (int i = 0; i < CORE_MANY (2000, 300); i++)
    {
      static const char *const items[] = { NULL,         "status",   "group_leader",
                                           "[messages]", "priority", "registered_name" };
      grove_pid pid = _grove_process_spawn_on (i % 2, i % 4 < 2 ? core_idle : core_spin, NULL);
      grove_exit_process (pid, i % 8 < 4 ? "kill" : "die");
      g_assert_cmpint (grove_process_info (pid, items[i % G_N_ELEMENTS (items)], &answer), ==,
                       GROVE_ERR_NOPROC);
      g_assert_false (grove_is_alive (pid));
    }
}

static void
counts_up (void *arg)
{
  volatile unsigned n = 0;

  (void) arg;
  for (;;)
    if (++n % 65536 == 0)
      grove_yield ();
}

/* 102: never less than before, from wherever it is read. */
static void
test_reductions (void *arg)
{
  grove_pid                    pid = _grove_process_spawn_on (1, counts_up, NULL);
  struct grove_process_figures figures;
  uint64_t                     last = 0, copied = 0, own = 0;

  (void) arg;
  for (int i = 0; i < CORE_MANY (5000, 300); i++)
    {
      uint64_t now = info_number (pid, "reductions");
      g_assert_cmpuint (now, >=, last);
      g_assert_cmpuint (now - last, <=, UINT64_C (1) << 40);
      last = now;
      g_assert_cmpint (grove_process_figures (pid, &figures), ==, GROVE_OK);
      g_assert_cmpuint (figures.reductions, >=, copied);
      copied = figures.reductions;
      now = info_number (grove_self (), "reductions");
      g_assert_cmpuint (now, >, own);
      g_assert_cmpuint (now - own, <=, 1000000);
      own = now;
    }
  g_assert_cmpuint (last, >, 0);
  grove_exit_process (pid, "kill");
}

/* ---- Oneself --------------------------------------------------------------------------------- */

static void
tells_its_leader (void *arg)
{
  grove_pid self = grove_self ();

  for (int i = 0; i < 10; i++)
    {
      grove_yield ();
      g_assert_cmpuint (grove_self (), ==, self);
    }
  grove_send (core_arg_pid (arg), "{~p, ~p}", grove_self (), grove_group_leader ());
}

static void
leads (void *arg)
{
  _grove_process_set_group (grove_self ());
  g_assert_cmpuint (grove_group_leader (), ==, grove_self ());
  grove_spawn (tells_its_leader, arg);
  core_idle (NULL);
}

/* 15 */
static void
test_group_leader (void *arg)
{
  grove_pid        leader = grove_spawn (leads, core_pid_arg (grove_self ()));
  grove_pid        child, its;
  char             text[GROVE_PID_TEXT_SIZE];
  g_autofree char *expected = NULL;

  (void) arg;
  g_assert_cmpuint (grove_group_leader (), ==, 0);
  core_expect ("{~p, ~p}", &child, &its);
  g_assert_cmpuint (child, !=, leader);
  g_assert_cmpuint (its, ==, leader);
  grove_pid_print (leader, text);
  expected = g_strdup_printf ("{group_leader,%s}", text);
  expect_info (leader, "group_leader", expected);
}

/* 32: a question about oneself is a point where an end that has come is noticed. */
static void
asks_itself (void *arg)
{
  struct grove_message *answer;

  grove_send (core_arg_pid (arg), "ready");
  for (;;)
    if (grove_process_info (grove_self (), "status", &answer) == GROVE_OK)
      grove_message_free (answer);
}

static void
test_self_is_ended (void *arg)
{
  (void) arg;
  for (int i = 0; i < 100; i++)
    {
      grove_pid pid = _grove_process_spawn_on (i % 2, asks_itself, core_pid_arg (grove_self ()));
      core_expect ("ready");
      grove_exit_process (pid, "die");
      core_until_gone (pid);
    }
}

static void
asks_at_its_end (void *data)
{
  struct grove_message *answer;

  g_assert_cmpint (grove_process_info (core_arg_pid (data), "status", &answer), ==,
                   GROVE_ERR_NOPROC);
  expect_info (grove_self (), "status", "{status,exiting}");
}

static void
defers_a_question (void *arg)
{
  grove_defer (asks_at_its_end, arg);
}

static void
test_deferred (void *arg)
{
  (void) arg;
  core_expect_down (grove_spawn (defers_a_question, core_pid_arg (grove_self ())), "normal");
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/info/errors-98", test_errors },
    { "/runtime/info/list-96-98", test_list },
    { "/runtime/info/all-items-99", test_all_items },
    { "/runtime/info/values-99", test_values },
    { "/runtime/info/messages-100", test_messages },
    { "/runtime/info/status-101", test_status },
    { "/runtime/info/current-function-99", test_current_function },
    { "/runtime/info/suspending-99", test_suspending },
    { "/runtime/info/exiting-13", test_exiting },
    { "/runtime/info/pending-exit-33", test_pending_exit },
    { "/runtime/info/reductions-102", test_reductions },
    { "/runtime/info/group-leader-15", test_group_leader },
    { "/runtime/info/self-is-ended-32", test_self_is_ended },
    { "/runtime/info/deferred", test_deferred },
  };

  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
