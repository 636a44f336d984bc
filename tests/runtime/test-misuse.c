/* SPDX-License-Identifier: MIT
 *
 * Every way to call the runtime wrongly has an answer: a status; the end of the calling process
 * with `badarg`; or, from a thread that is no process, the end of the program with a line that
 * names the function. Nobody else is harmed: a bystander keeps what it has through all of it.
 */
#include "runtime/core/timer.h"
#include "runtime/grove.h"
#include "tests/runtime/core-test.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct grove_term no_term;

/* ---- From a thread that is no process -------------------------------------------------------- */

struct outside
{
  const char *function;
  void (*call) (void);
};

static struct grove_message   *message;
static grove_pid               pid;
static grove_ref               ref;
static struct grove_child_spec child;

#define OUTSIDE(name, ...)                                                                         \
  static void call_##name (void) { (void) __VA_ARGS__; }

static void
nothing (void *arg)
{
  (void) arg;
}

static const struct grove_spawn_options    spawn_options = GROVE_SPAWN_DEFAULTS;
static const struct grove_server_callbacks callbacks = { .init = NULL };
static const struct grove_server_options   server_options = GROVE_SERVER_DEFAULTS;
static const struct grove_supervisor_spec  supervisor_spec = GROVE_SUPERVISOR_DEFAULTS;
static const struct grove_application_spec application_spec = { .name = "a" };
static const struct grove_from             from;

OUTSIDE (grove_spawn_opt, !grove_spawn_opt (nothing, &spawn_options, &pid, NULL))
OUTSIDE (grove_is_alive, grove_is_alive (0))
OUTSIDE (grove_bump_reductions, (grove_bump_reductions (1), 0))
OUTSIDE (grove_yield, (grove_yield (), 0))
OUTSIDE (grove_sleep_ms, (grove_sleep_ms (1), 0))
OUTSIDE (grove_hibernate, (grove_hibernate (nothing, NULL), 0))
OUTSIDE (grove_trap_exit, grove_trap_exit (true))
OUTSIDE (grove_set_priority, !grove_set_priority (GROVE_PRIORITY_LOW, NULL))
OUTSIDE (grove_process_label, (grove_process_label ("x"), 0))
OUTSIDE (grove_exit, (grove_exit ("x"), 0))
OUTSIDE (grove_exit_term, (grove_exit_term (no_term), 0))
OUTSIDE (grove_exit_process, (grove_exit_process (0, "x"), 0))
OUTSIDE (grove_exit_process_term, (grove_exit_process_term (0, no_term), 0))
OUTSIDE (grove_send_va, grove_send (0, "x"))
OUTSIDE (grove_send_term, (grove_send_term (0, no_term), 0))
OUTSIDE (grove_send_name, grove_send_name ("x", "x"))
OUTSIDE (grove_send_alias, (grove_send_alias (0, 0, no_term), 0))
OUTSIDE (grove_receive, !grove_receive (0, &message))
OUTSIDE (grove_receive_match, !grove_receive_match (NULL, NULL, 0, &message))
OUTSIDE (grove_receive_pattern, !grove_receive_pattern (0, &message, "x"))
OUTSIDE (grove_receive_alias, !grove_receive_alias (1, 0, 0, &message))
OUTSIDE (grove_message_free, (grove_message_free (NULL), 0))
OUTSIDE (grove_alias, grove_alias ())
OUTSIDE (grove_unalias, grove_unalias (1))
OUTSIDE (grove_link, grove_link (1))
OUTSIDE (grove_unlink, (grove_unlink (1), 0))
OUTSIDE (grove_monitor, grove_monitor (1))
OUTSIDE (grove_demonitor, grove_demonitor (1, true))
OUTSIDE (grove_alloc, grove_alloc (1))
OUTSIDE (grove_realloc, grove_realloc (NULL, 1))
OUTSIDE (grove_free, (grove_free (NULL), 0))
OUTSIDE (grove_strdup, grove_strdup ("x"))
OUTSIDE (grove_defer, (grove_defer (nothing, NULL), 0))
OUTSIDE (grove_send_after, !grove_send_after (1, 1, NULL, "x"))
OUTSIDE (grove_send_after_name, !grove_send_after_name (1, "x", NULL, "x"))
OUTSIDE (grove_start_timer, !grove_start_timer (1, 1, NULL, "x"))
OUTSIDE (grove_start_timer_name, !grove_start_timer_name (1, "x", NULL, "x"))
OUTSIDE (grove_send_interval, !grove_send_interval (1, 1, NULL, "x"))
OUTSIDE (grove_cancel_timer, grove_cancel_timer (1))
OUTSIDE (grove_read_timer, grove_read_timer (1))
OUTSIDE (grove_cancel_timer_async, (grove_cancel_timer_async (1), 0))
OUTSIDE (grove_read_timer_async, (grove_read_timer_async (1), 0))
OUTSIDE (grove_server_start, !grove_server_start (&callbacks, &server_options, &pid, NULL))
OUTSIDE (grove_call, !grove_call (1, 0, &message, "x"))
OUTSIDE (grove_cast, (grove_cast (1, "x"), 0))
OUTSIDE (grove_reply, (grove_reply (from, "x"), 0))
OUTSIDE (grove_supervisor_start, !grove_supervisor_start (&supervisor_spec, &pid, NULL))
OUTSIDE (grove_supervisor_start_child, !grove_supervisor_start_child (1, &child, &pid, NULL))
OUTSIDE (grove_supervisor_terminate_child, !grove_supervisor_terminate_child (1, "x"))
OUTSIDE (grove_supervisor_restart_child, !grove_supervisor_restart_child (1, "x", &pid))
OUTSIDE (grove_supervisor_delete_child, !grove_supervisor_delete_child (1, "x"))
OUTSIDE (grove_application_start, !grove_application_start (&application_spec, &pid))
OUTSIDE (grove_application_stop, !grove_application_stop ("x"))

#define ROW(name)                                                                                  \
  {                                                                                                \
#    name, call_##name                                                                             \
  }
static const struct outside outsides[] = {
  ROW (grove_spawn_opt),
  ROW (grove_is_alive),
  ROW (grove_bump_reductions),
  ROW (grove_yield),
  ROW (grove_sleep_ms),
  ROW (grove_hibernate),
  ROW (grove_trap_exit),
  ROW (grove_set_priority),
  ROW (grove_process_label),
  ROW (grove_exit),
  ROW (grove_exit_term),
  ROW (grove_exit_process),
  ROW (grove_exit_process_term),
  ROW (grove_send_va),
  ROW (grove_send_term),
  ROW (grove_send_name),
  ROW (grove_send_alias),
  ROW (grove_receive),
  ROW (grove_receive_match),
  ROW (grove_receive_pattern),
  ROW (grove_receive_alias),
  ROW (grove_message_free),
  ROW (grove_alias),
  ROW (grove_unalias),
  ROW (grove_link),
  ROW (grove_unlink),
  ROW (grove_monitor),
  ROW (grove_demonitor),
  ROW (grove_alloc),
  ROW (grove_realloc),
  ROW (grove_free),
  ROW (grove_strdup),
  ROW (grove_defer),
  ROW (grove_send_after),
  ROW (grove_send_after_name),
  ROW (grove_start_timer),
  ROW (grove_start_timer_name),
  ROW (grove_send_interval),
  ROW (grove_cancel_timer),
  ROW (grove_read_timer),
  ROW (grove_cancel_timer_async),
  ROW (grove_read_timer_async),
  ROW (grove_server_start),
  ROW (grove_call),
  ROW (grove_cast),
  ROW (grove_reply),
  ROW (grove_supervisor_start),
  ROW (grove_supervisor_start_child),
  ROW (grove_supervisor_terminate_child),
  ROW (grove_supervisor_restart_child),
  ROW (grove_supervisor_delete_child),
  ROW (grove_application_start),
  ROW (grove_application_stop),
};

/* In a child of its own, whose stderr comes through a pipe. */
static void
test_outside (gconstpointer data)
{
  const struct outside *outside = data;
  g_autofree char      *expected = NULL;
  char                  text[1024] = { 0 };
  gsize                 size = 0;
  gssize                n;
  int                   ends[2], status;
  pid_t                 child_pid;

  g_assert_cmpint (pipe (ends), ==, 0);
  child_pid = fork ();
  g_assert_cmpint (child_pid, >=, 0);
  if (child_pid == 0)
    {
      struct rlimit none = { 0, 0 };

      setrlimit (RLIMIT_CORE, &none);
      signal (SIGABRT, SIG_DFL);
      dup2 (ends[1], STDERR_FILENO);
      outside->call ();
      _exit (0);
    }
  close (ends[1]);
  while (size < sizeof text - 1 && (n = read (ends[0], text + size, sizeof text - 1 - size)) > 0)
    size += (gsize) n;
  close (ends[0]);
  g_assert_cmpint (waitpid (child_pid, &status, 0), ==, child_pid);
  expected =
    g_strdup_printf ("grove: %s() was called by a thread that is no process", outside->function);
  if (!g_str_has_prefix (text, expected) || strchr (text, '\n') != text + strlen (text) - 1)
    g_error ("%s: %s", outside->function, text);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGABRT);
}

/* What any thread may ask has an answer without a runtime. */
static void
test_no_runtime (void)
{
  char *error = NULL;

  g_assert_cmpuint (grove_self (), ==, 0);
  g_assert_cmpuint (grove_make_ref (), !=, grove_make_ref ());
  g_assert_cmpuint (grove_now_ns (), >, 0);
  g_assert_cmpuint (grove_whereis ("x"), ==, 0);
  g_assert_cmpuint (grove_whereis (NULL), ==, 0);
  g_assert_cmpint (grove_register ("x", 1), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_unregister ("x"), ==, GROVE_ERR_NO_NAME);
  g_assert_cmpint (grove_run (NULL, NULL, NULL), ==, GROVE_ERR_BADARG);
  grove_stop ();
  grove_export_stop ();
  g_assert_cmpint (grove_export_start (NULL, &error), ==, GROVE_ERR_BADARG);
  g_assert_nonnull (error);
  free (error);
  g_assert_cmpint (grove_export_start (NULL, NULL), ==, GROVE_ERR_BADARG);
  g_assert_nonnull (grove_status_text ((enum grove_status) 4711));
}

/* ---- By a process: mistakes that end it ------------------------------------------------------ */

static bool
receives (struct grove_term term, void *user_data)
{
  struct grove_message *inner;

  (void) term;
  (void) user_data;
  (void) !grove_receive (0, &inner);
  return true;
}

static void
nested_receive (void)
{
  grove_send (grove_self (), "one");
  grove_send (grove_self (), "two");
  (void) !grove_receive_match (receives, NULL, 0, &message);
}

static struct grove_message *_Atomic foreign;

/* A message that the test process holds. */
static void
free_foreign (void)
{
  grove_message_free (foreign);
}

static void
call_spawn_null (void)
{
  grove_spawn_named ("x", NULL, NULL);
}

static void
call_format_exit (void)
{
  grove_exit (NULL);
}

static void
call_cast_format (void)
{
  grove_cast (grove_self (), "{");
}

OUTSIDE (strdup_null, grove_strdup (NULL))
OUTSIDE (defer_null, (grove_defer (NULL, NULL), 0))
OUTSIDE (hibernate_null, (grove_hibernate (NULL, NULL), 0))
OUTSIDE (stop_reason, (grove_server_stop_reason ("x"), 0))

static const struct
{
  const char *name;
  void (*call) (void);
} mistakes[] = {
  { "grove_spawn", call_spawn_null },
  { "grove_exit", call_format_exit },
  { "grove_exit_term", call_grove_exit_term },
  { "grove_exit_process_term", call_grove_exit_process_term },
  { "grove_send_term", call_grove_send_term },
  { "grove_send_alias", call_grove_send_alias },
  { "grove_strdup", call_strdup_null },
  { "grove_defer", call_defer_null },
  { "grove_hibernate", call_hibernate_null },
  { "grove_receive_match", nested_receive },
  { "grove_message_free", free_foreign },
  { "grove_cast", call_cast_format },
  { "grove_server_stop_reason", call_stop_reason },
};

static void
makes_mistake (void *arg)
{
  mistakes[(uintptr_t) arg].call ();
}

/* Holds a message, memory and a link through everything that the others do. */
static void
bystander (void *arg)
{
  struct grove_message *held;
  struct grove_text     text;
  char                 *memory = grove_strdup ("memory of its own");

  grove_send (core_arg_pid (arg), "ready");
  if (grove_receive_pattern (CORE_DEADLINE_NS, &held, "{keep, _}") != GROVE_OK)
    grove_exit ("no_message");
  if (grove_receive_pattern (2 * CORE_DEADLINE_NS, &message, "look") != GROVE_OK)
    grove_exit ("nobody_asked");
  if (!grove_match (grove_message_term (held), "{keep, ~s}", &text) || text.size != 4 ||
      memcmp (text.bytes, "this", 4) != 0 || strcmp (memory, "memory of its own") != 0)
    grove_exit ("harmed");
}

static grove_pid
spawn_bystander (void)
{
  grove_pid by = grove_spawn (bystander, core_pid_arg (grove_self ()));

  core_expect ("ready");
  grove_send (by, "{keep, ~s}", "this");
  return by;
}

static void
expect_unharmed (grove_pid by)
{
  grove_send (by, "look");
  core_expect_down (by, "normal");
}

static void
test_mistakes (void *arg)
{
  grove_pid by = spawn_bystander ();

  (void) arg;
  grove_send (grove_self (), "mine");
  foreign = core_receive ();
  for (uintptr_t i = 0; i < G_N_ELEMENTS (mistakes); i++)
    {
      grove_pid             maker = grove_spawn (makes_mistake, (void *) i);
      struct grove_message *down;
      struct grove_term     reason;

      grove_monitor (maker);
      g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &down, "{'DOWN', _, _, _, ~t}",
                                              &reason),
                       ==, GROVE_OK);
      if (!grove_match (reason, "badarg") && !grove_match (reason, "{badarg, _}"))
        {
          char text[256];
          grove_term_print (reason, GROVE_SYNTAX_ERLANG, 8, text, sizeof text, NULL);
          g_error ("%s: %s", mistakes[i].name, text);
        }
      grove_message_free (down);
    }
  g_assert_true (grove_match (grove_message_term (foreign), "mine"));
  grove_message_free (foreign);
  core_expect_nothing ();
  expect_unharmed (by);
}

/* ---- By a process: mistakes that have a status ----------------------------------------------- */

static void
test_statuses (void *arg)
{
  struct grove_spawn_options   options = GROVE_SPAWN_DEFAULTS;
  struct grove_monitor_options monitor_options = { 0 };
  grove_pid                    by = spawn_bystander ();
  grove_pid                    dead = grove_spawn (nothing, NULL);
  struct grove_message        *got = NULL;
  char                         long_name[300];

  (void) arg;
  memset (long_name, 'a', sizeof long_name);
  long_name[299] = 0;
  core_expect_down (dead, "normal");
  /* The dead, nobody, and those that never were. */
  for (unsigned i = 0; i < 4; i++)
    {
      grove_pid nobody[] = { dead, 0, UINT64_MAX, (grove_pid) 1 << 40 | 77 };
      grove_pid who = nobody[i];

      g_assert_cmpint (grove_send (who, "x"), ==, GROVE_OK);
      grove_exit_process (who, "kill");
      g_assert_false (grove_is_alive (who));
      g_assert_cmpint (grove_link (who), ==, GROVE_ERR_NOPROC);
      grove_unlink (who);
      core_expect_down (who, "noproc");
      g_assert_cmpint (grove_call (who, CORE_DEADLINE_NS, &got, "x"), ==, GROVE_ERR_NOPROC);
      grove_cast (who, "x");
      g_assert_cmpint (grove_register ("dead", who), ==, GROVE_ERR_NOPROC);
      g_assert_cmpint (grove_supervisor_terminate_child (who, "x"), ==, GROVE_ERR_NOPROC);
      g_assert_cmpint (grove_supervisor_restart_child (who, "x", &pid), ==, GROVE_ERR_NOPROC);
      g_assert_cmpint (grove_supervisor_delete_child (who, "x"), ==, GROVE_ERR_NOPROC);
      grove_demonitor (who, true);
      grove_unalias (who);
    }
  /* Formats that are none. */
  g_assert_cmpint (grove_send (by, "{"), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_send (by, NULL), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_send (by, "~s", (const char *) NULL), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_send (by, "~t", no_term), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_send_name ("nobody", "x"), ==, GROVE_ERR_NO_NAME);
  g_assert_cmpint (grove_send_name (NULL, "x"), ==, GROVE_ERR_NO_NAME);
  g_assert_cmpint (grove_receive_pattern (GROVE_FOREVER, &got, "{"), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_receive_pattern (GROVE_FOREVER, &got, NULL), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_receive_pattern (1000, &got, "X when Y"), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_call (by, CORE_DEADLINE_NS, &got, "{"), ==, GROVE_ERR_SYNTAX);
  /* Out of range, and NULL. */
  g_assert_cmpint (grove_receive (-1, &got), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_receive (0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_receive_match (NULL, NULL, -1, &got), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_receive_match (NULL, NULL, 0, &got), ==, GROVE_ERR_TIMEOUT);
  g_assert_cmpint (grove_receive_pattern (-1, &got, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_receive_alias (0, 0, 0, &got), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_receive_alias (1, 0, -1, &got), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_receive_alias (1, 0, 0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_call (by, -1, &got, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_call (by, 0, NULL, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_call (grove_self (), 0, &got, "x"), ==, GROVE_ERR_CALLING_SELF);
  g_assert_cmpint (grove_set_priority ((enum grove_priority) 4, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_spawn_opt (NULL, &options, &pid, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_spawn_opt (nothing, NULL, &pid, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_spawn_opt (nothing, &options, NULL, NULL), ==, GROVE_ERR_BADARG);
  options.priority = (enum grove_priority) 4;
  g_assert_cmpint (grove_spawn_opt (nothing, &options, &pid, NULL), ==, GROVE_ERR_BADARG);
  options.priority = GROVE_PRIORITY_NORMAL;
  options.arg_size = 1;
  g_assert_cmpint (grove_spawn_opt (nothing, &options, &pid, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_register (NULL, grove_self ()), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_register ("", grove_self ()), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_register (long_name, grove_self ()), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_register ("\xff", grove_self ()), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_register ("undefined", grove_self ()), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_unregister (NULL), ==, GROVE_ERR_NO_NAME);
  g_assert_cmpint (grove_alias_opt ((enum grove_alias_mode) 9, &ref), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_alias_opt (GROVE_ALIAS_REPLY, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_monitor_opt (by, &monitor_options, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_monitor_name (NULL, NULL, &ref), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_run (NULL, nothing, NULL), ==, GROVE_ERR_BUSY);
  g_assert_cmpint (grove_send_after (-1, by, NULL, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_send_after (0, by, NULL, "{"), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_send_after_name (0, NULL, NULL, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_start_timer (-1, by, NULL, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_start_timer_name (0, "", NULL, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_send_interval (0, by, NULL, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_cancel_timer (4711), ==, GROVE_NO_TIMER);
  g_assert_cmpint (grove_read_timer (0), ==, GROVE_NO_TIMER);
  g_assert_cmpint (grove_server_start (NULL, &server_options, &pid, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_server_start (&callbacks, &server_options, &pid, NULL), ==,
                   GROVE_ERR_BADARG);
  g_assert_cmpint (grove_supervisor_start (NULL, &pid, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_supervisor_start (&supervisor_spec, NULL, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_supervisor_start_child (by, NULL, &pid, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_application_start (NULL, &pid), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_application_start (&application_spec, &pid), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_application_stop (NULL), ==, GROVE_ERR_NO_NAME);
  g_assert_cmpint (grove_application_stop ("nobody"), ==, GROVE_ERR_NO_NAME);
  g_assert_cmpuint (grove_message_term (NULL).size, ==, 0);
  g_assert_cmpuint (grove_message_sender (NULL), ==, 0);
  grove_message_free (NULL);
  grove_free (NULL);
  grove_process_label (NULL);
  grove_bump_reductions (UINT32_MAX);
  g_assert_null (got);
  core_expect_nothing ();
  expect_unharmed (by);
}

/* ---- Values ---------------------------------------------------------------------------------- */

/* No bytes are no value, to everybody that is asked; and nobody insists on an answer. */
static void
test_terms (void)
{
  struct grove_buffer out = { NULL }, key = { NULL };
  struct grove_term   term, element;
  struct grove_cursor cursor;
  char                text[8] = "unused";
  bool                cut;

  g_assert_cmpint (grove_term_type (no_term), ==, GROVE_TERM_INVALID);
  g_assert_false (grove_term_int64 (no_term, NULL));
  g_assert_false (grove_term_uint64 (no_term, NULL));
  g_assert_false (grove_term_double (no_term, NULL));
  g_assert_false (grove_term_pid (no_term, NULL));
  g_assert_false (grove_term_ref (no_term, NULL));
  g_assert_false (grove_term_atom (no_term, NULL));
  g_assert_false (grove_term_binary (no_term, NULL));
  g_assert_false (grove_term_is_atom (no_term, "x"));
  g_assert_cmpuint (grove_term_arity (no_term), ==, 0);
  g_assert_false (grove_term_element (no_term, 0, NULL));
  g_assert_false (grove_term_get (no_term, no_term, NULL));
  g_assert_false (grove_cursor_init (&cursor, no_term));
  g_assert_false (grove_cursor_next (&cursor, &element));
  g_assert_false (grove_cursor_tail (&cursor, &element));
  g_assert_true (grove_term_equal (no_term, no_term));
  g_assert_cmpint (grove_term_compare (no_term, no_term), ==, 0);
  g_assert_false (grove_match (no_term, "_"));
  g_assert_cmpint (grove_term_check (NULL, 1, NULL), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_term_check ("", 0, NULL), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpuint (grove_term_print (no_term, GROVE_SYNTAX_ERLANG, 8, text, sizeof text, &cut), ==,
                    strlen (text));
  text[0] = 'u';
  g_assert_cmpuint (grove_term_print (no_term, GROVE_SYNTAX_ERLANG, 8, text, 0, NULL), ==, 0);
  g_assert_cmpint (text[0], ==, 'u');
  g_assert_false (grove_pid_parse (NULL, 5, NULL));
  g_assert_cmpint (grove_build (&out, NULL), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_build (&out, "{1, 1.5, a, <<\"b\">>, #{k => v}, ~p, ~r}", (grove_pid) 1,
                                (grove_ref) 1),
                   ==, GROVE_OK);
  g_assert_cmpint (grove_build (&key, "k"), ==, GROVE_OK);
  term = grove_buffer_term (&out);
  g_assert_false (grove_match (term, NULL));
  g_assert_false (grove_term_equal (term, no_term));
  g_assert_cmpint (grove_term_compare (term, no_term), >, 0);
  g_assert_cmpint (grove_term_compare (no_term, term), <, 0);
  g_assert_false (grove_term_element (term, 7, &element));
  g_assert_false (grove_term_element (term, SIZE_MAX, &element));
  g_assert_true (grove_term_element (term, 0, NULL));
  for (size_t i = 0; i < 7; i++)
    {
      g_assert_true (grove_term_element (term, i, &element));
      g_assert_cmpint (grove_term_int64 (element, NULL), ==, i == 0);
      g_assert_cmpint (grove_term_uint64 (element, NULL), ==, i == 0);
      g_assert_cmpint (grove_term_double (element, NULL), ==, i == 1);
      g_assert_cmpint (grove_term_atom (element, NULL), ==, i == 2);
      g_assert_cmpint (grove_term_binary (element, NULL), ==, i == 3);
      g_assert_cmpint (grove_term_get (element, grove_buffer_term (&key), NULL), ==, i == 4);
      g_assert_cmpint (grove_term_pid (element, NULL), ==, i == 5);
      g_assert_cmpint (grove_term_ref (element, NULL), ==, i == 6);
      g_assert_false (grove_term_is_atom (element, NULL));
    }
  grove_buffer_finish (&out);
  grove_buffer_finish (&key);
  grove_buffer_finish (NULL);
}

/* ---- Limits ---------------------------------------------------------------------------------- */

static void
spawns_one_more (void *arg)
{
  (void) arg;
  grove_spawn (core_idle, NULL);
}

static void
test_table_full (void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  spawner = grove_spawn (core_idle, NULL);
  grove_pid                  last = 0;

  (void) arg;
  options.initial_call = "test";
  while (grove_spawn_opt (core_idle, &options, &pid, NULL) == GROVE_OK)
    last = pid;
  g_assert_cmpint (grove_spawn_opt (core_idle, &options, &pid, &ref), ==, GROVE_ERR_SYSTEM_LIMIT);
  /* Room for one, which finds none for its own. */
  grove_exit_process (last, "kill");
  g_assert_false (grove_is_alive (last));
  pid = grove_spawn (spawns_one_more, NULL);
  core_expect_down (pid, "system_limit");
  g_assert_true (grove_is_alive (spawner));
}

static void
asks_for_too_much (void *arg)
{
  switch ((int) (uintptr_t) arg)
    {
    case 0:
      grove_alloc (SIZE_MAX);
      break;
    case 1:
      grove_realloc (grove_alloc (1), SIZE_MAX - 64);
      break;
    default:
      grove_alloc (SIZE_MAX / 2 + 1);
    }
}

static void
test_too_much_memory (void *arg)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  by = spawn_bystander ();

  (void) arg;
  for (uintptr_t i = 0; i < 3; i++)
    core_expect_down (grove_spawn (asks_for_too_much, (void *) i), "heap_limit");
  options.arg = "x";
  options.arg_size = SIZE_MAX;
  g_assert_cmpint (grove_spawn_opt (nothing, &options, &pid, NULL), ==, GROVE_ERR_SYSTEM_LIMIT);
  g_assert_cmpint (grove_send (by, "~b", "x", (size_t) 1 << 31), ==, GROVE_ERR_SYNTAX);
  expect_unharmed (by);
}

#ifndef GROVE_OWN_STACKS
#  define MUCH ((gsize) 256 << 20)

static void
sends_much (void *arg)
{
  if (grove_send (grove_self (), "~b", arg, MUCH) != GROVE_ERR_SYSTEM_LIMIT)
    grove_exit ("sent");
  /* A term that lies there already. */
  ((uint8_t *) arg)[0] = 109;
  ((uint8_t *) arg)[1] = (MUCH - 5) >> 24;
  ((uint8_t *) arg)[2] = (MUCH - 5) >> 16 & 0xff;
  ((uint8_t *) arg)[3] = (MUCH - 5) >> 8 & 0xff;
  ((uint8_t *) arg)[4] = (MUCH - 5) & 0xff;
  grove_send_term (grove_self (), (struct grove_term){ arg, MUCH });
}

/* The machine has no memory for a message: that ends who sends it. */
static void
test_out_of_memory (void *arg)
{
  struct rlimit limit, narrow;
  void         *much = calloc (1, MUCH);
  char         *statm = NULL;
  grove_pid     by = spawn_bystander ();

  (void) arg;
  g_assert_nonnull (much);
  g_assert_true (g_file_get_contents ("/proc/self/statm", &statm, NULL, NULL));
  g_assert_cmpint (getrlimit (RLIMIT_AS, &limit), ==, 0);
  narrow = limit;
  narrow.rlim_cur =
    g_ascii_strtoull (statm, NULL, 10) * (guint64) sysconf (_SC_PAGESIZE) + MUCH / 2;
  pid = grove_spawn (sends_much, much);
  g_assert_cmpint (setrlimit (RLIMIT_AS, &narrow), ==, 0);
  core_expect_down (pid, "system_limit");
  g_assert_cmpint (setrlimit (RLIMIT_AS, &limit), ==, 0);
  expect_unharmed (by);
  g_free (statm);
  free (much);
}
#endif

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
#ifndef GROVE_OWN_STACKS
    { "/runtime/misuse/out-of-memory", test_out_of_memory, .n_schedulers = 1 },
#endif
    { "/runtime/misuse/mistakes", test_mistakes },
    { "/runtime/misuse/statuses", test_statuses },
    { "/runtime/misuse/table-full", test_table_full, .max_processes = 64 },
    { "/runtime/misuse/too-much-memory", test_too_much_memory },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (outsides); i++)
    {
      g_autofree char *path = g_strdup_printf ("/runtime/misuse/outside/%s", outsides[i].function);
      g_test_add_data_func (path, &outsides[i], test_outside);
    }
  g_test_add_func ("/runtime/misuse/no-runtime", test_no_runtime);
  g_test_add_func ("/runtime/misuse/terms", test_terms);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], core_run);
  return g_test_run ();
}
