/* SPDX-License-Identifier: MIT
 *
 * Every way to call the runtime wrongly has an answer: a status; the end of the calling process
 * with `badarg`; or, from a thread that is no process, the end of the program with a line that
 * names the function. Nobody else is harmed: a bystander keeps what it has through all of it.
 */
#include "runtime/core/timer.h"
#include "runtime/grove.h"
#include "tests/runtime/misuse-test.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct grove_term no_term;

/* ---- From a thread that is no process -------------------------------------------------------- */

static struct grove_message   *message;
static grove_pid               pid;
static grove_ref               ref;
static struct grove_child_spec child;

static const struct grove_spawn_options    spawn_options = GROVE_SPAWN_DEFAULTS;
static const struct grove_server_callbacks callbacks = { .init = NULL };
static const struct grove_server_options   server_options = GROVE_SERVER_DEFAULTS;
static const struct grove_supervisor_spec  supervisor_spec = GROVE_SUPERVISOR_DEFAULTS;
static const struct grove_application_spec application_spec = { .name = "a" };
static const struct grove_from             from;

MISUSE_CALL (grove_spawn_opt, !grove_spawn_opt (misuse_nothing, &spawn_options, &pid, NULL))
MISUSE_CALL (grove_is_alive, grove_is_alive (0))
MISUSE_CALL (grove_bump_reductions, (grove_bump_reductions (1), 0))
MISUSE_CALL (grove_yield, (grove_yield (), 0))
MISUSE_CALL (grove_sleep_ms, (grove_sleep_ms (1), 0))
MISUSE_CALL (grove_hibernate, (grove_hibernate (misuse_nothing, NULL), 0))
MISUSE_CALL (grove_trap_exit, grove_trap_exit (true))
MISUSE_CALL (grove_set_priority, !grove_set_priority (GROVE_PRIORITY_LOW, NULL))
MISUSE_CALL (grove_process_label, (grove_process_label ("x"), 0))
MISUSE_CALL (grove_exit, (grove_exit ("x"), 0))
MISUSE_CALL (grove_exit_term, (grove_exit_term (no_term), 0))
MISUSE_CALL (grove_exit_process, (grove_exit_process (0, "x"), 0))
MISUSE_CALL (grove_exit_process_term, (grove_exit_process_term (0, no_term), 0))
MISUSE_CALL (grove_send, grove_send (0, "x"))
MISUSE_CALL (grove_send_term, (grove_send_term (0, no_term), 0))
MISUSE_CALL (grove_send_name, grove_send_name ("x", "x"))
MISUSE_CALL (grove_send_alias, (grove_send_alias (0, 0, no_term), 0))
MISUSE_CALL (grove_receive, !grove_receive (0, &message))
MISUSE_CALL (grove_receive_match, !grove_receive_match (NULL, NULL, 0, &message))
MISUSE_CALL (grove_receive_pattern, !grove_receive_pattern (0, &message, "x"))
MISUSE_CALL (grove_receive_alias, !grove_receive_alias (1, 0, 0, &message))
MISUSE_CALL (grove_message_free, (grove_message_free (NULL), 0))
MISUSE_CALL (grove_alias, grove_alias ())
MISUSE_CALL (grove_unalias, grove_unalias (1))
MISUSE_CALL (grove_link, grove_link (1))
MISUSE_CALL (grove_unlink, (grove_unlink (1), 0))
MISUSE_CALL (grove_monitor, grove_monitor (1))
MISUSE_CALL (grove_demonitor, grove_demonitor (1, true))
MISUSE_CALL (grove_alloc, grove_alloc (1))
MISUSE_CALL (grove_realloc, grove_realloc (NULL, 1))
MISUSE_CALL (grove_free, (grove_free (NULL), 0))
MISUSE_CALL (grove_strdup, grove_strdup ("x"))
MISUSE_CALL (grove_defer, (grove_defer (misuse_nothing, NULL), 0))
MISUSE_CALL (grove_send_after, !grove_send_after (1, 1, NULL, "x"))
MISUSE_CALL (grove_send_after_name, !grove_send_after_name (1, "x", NULL, "x"))
MISUSE_CALL (grove_start_timer, !grove_start_timer (1, 1, NULL, "x"))
MISUSE_CALL (grove_start_timer_name, !grove_start_timer_name (1, "x", NULL, "x"))
MISUSE_CALL (grove_send_interval, !grove_send_interval (1, 1, NULL, "x"))
MISUSE_CALL (grove_cancel_timer, grove_cancel_timer (1))
MISUSE_CALL (grove_read_timer, grove_read_timer (1))
MISUSE_CALL (grove_cancel_timer_async, (grove_cancel_timer_async (1), 0))
MISUSE_CALL (grove_read_timer_async, (grove_read_timer_async (1), 0))
MISUSE_CALL (grove_server_start, !grove_server_start (&callbacks, &server_options, &pid, NULL))
MISUSE_CALL (grove_call, !grove_call (1, 0, &message, "x"))
MISUSE_CALL (grove_cast, (grove_cast (1, "x"), 0))
MISUSE_CALL (grove_reply, (grove_reply (from, "x"), 0))
MISUSE_CALL (grove_supervisor_start, !grove_supervisor_start (&supervisor_spec, &pid, NULL))
MISUSE_CALL (grove_supervisor_start_child, !grove_supervisor_start_child (1, &child, &pid, NULL))
MISUSE_CALL (grove_supervisor_terminate_child, !grove_supervisor_terminate_child (1, "x"))
MISUSE_CALL (grove_supervisor_restart_child, !grove_supervisor_restart_child (1, "x", &pid))
MISUSE_CALL (grove_supervisor_delete_child, !grove_supervisor_delete_child (1, "x"))
MISUSE_CALL (grove_application_start, !grove_application_start (&application_spec, &pid))
MISUSE_CALL (grove_application_stop, !grove_application_stop ("x"))

static const struct misuse_outside outsides[] = {
  MISUSE_ROW (grove_spawn_opt),
  MISUSE_ROW (grove_is_alive),
  MISUSE_ROW (grove_bump_reductions),
  MISUSE_ROW (grove_yield),
  MISUSE_ROW (grove_sleep_ms),
  MISUSE_ROW (grove_hibernate),
  MISUSE_ROW (grove_trap_exit),
  MISUSE_ROW (grove_set_priority),
  MISUSE_ROW (grove_process_label),
  MISUSE_ROW (grove_exit),
  MISUSE_ROW (grove_exit_term),
  MISUSE_ROW (grove_exit_process),
  MISUSE_ROW (grove_exit_process_term),
  MISUSE_ROW (grove_send),
  MISUSE_ROW (grove_send_term),
  MISUSE_ROW (grove_send_name),
  MISUSE_ROW (grove_send_alias),
  MISUSE_ROW (grove_receive),
  MISUSE_ROW (grove_receive_match),
  MISUSE_ROW (grove_receive_pattern),
  MISUSE_ROW (grove_receive_alias),
  MISUSE_ROW (grove_message_free),
  MISUSE_ROW (grove_alias),
  MISUSE_ROW (grove_unalias),
  MISUSE_ROW (grove_link),
  MISUSE_ROW (grove_unlink),
  MISUSE_ROW (grove_monitor),
  MISUSE_ROW (grove_demonitor),
  MISUSE_ROW (grove_alloc),
  MISUSE_ROW (grove_realloc),
  MISUSE_ROW (grove_free),
  MISUSE_ROW (grove_strdup),
  MISUSE_ROW (grove_defer),
  MISUSE_ROW (grove_send_after),
  MISUSE_ROW (grove_send_after_name),
  MISUSE_ROW (grove_start_timer),
  MISUSE_ROW (grove_start_timer_name),
  MISUSE_ROW (grove_send_interval),
  MISUSE_ROW (grove_cancel_timer),
  MISUSE_ROW (grove_read_timer),
  MISUSE_ROW (grove_cancel_timer_async),
  MISUSE_ROW (grove_read_timer_async),
  MISUSE_ROW (grove_server_start),
  MISUSE_ROW (grove_call),
  MISUSE_ROW (grove_cast),
  MISUSE_ROW (grove_reply),
  MISUSE_ROW (grove_supervisor_start),
  MISUSE_ROW (grove_supervisor_start_child),
  MISUSE_ROW (grove_supervisor_terminate_child),
  MISUSE_ROW (grove_supervisor_restart_child),
  MISUSE_ROW (grove_supervisor_delete_child),
  MISUSE_ROW (grove_application_start),
  MISUSE_ROW (grove_application_stop),
};

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

MISUSE_CALL (strdup_null, grove_strdup (NULL))
MISUSE_CALL (defer_null, (grove_defer (NULL, NULL), 0))
MISUSE_CALL (hibernate_null, (grove_hibernate (NULL, NULL), 0))
MISUSE_CALL (stop_reason, (grove_server_stop_reason ("x"), 0))

static const struct misuse_mistake mistakes[] = {
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
test_mistakes (void *arg)
{
  grove_pid by = misuse_bystander ();

  (void) arg;
  grove_send (grove_self (), "mine");
  foreign = core_receive ();
  misuse_expect_badarg (mistakes, G_N_ELEMENTS (mistakes));
  g_assert_true (grove_match (grove_message_term (foreign), "mine"));
  grove_message_free (foreign);
  core_expect_nothing ();
  misuse_expect_unharmed (by);
}

/* ---- By a process: mistakes that have a status ----------------------------------------------- */

static void
test_statuses (void *arg)
{
  struct grove_spawn_options   options = GROVE_SPAWN_DEFAULTS;
  struct grove_monitor_options monitor_options = { 0 };
  grove_pid                    by = misuse_bystander ();
  grove_pid                    dead = grove_spawn (misuse_nothing, NULL);
  struct grove_message        *got = NULL;
  char                         long_name[300];

  (void) arg;
  memset (long_name, 'a', sizeof long_name);
  long_name[299] = 0;
  core_expect_down (dead, "_");
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
  g_assert_cmpint (grove_spawn_opt (misuse_nothing, NULL, &pid, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_spawn_opt (misuse_nothing, &options, NULL, NULL), ==, GROVE_ERR_BADARG);
  options.priority = (enum grove_priority) 4;
  g_assert_cmpint (grove_spawn_opt (misuse_nothing, &options, &pid, NULL), ==, GROVE_ERR_BADARG);
  options.priority = GROVE_PRIORITY_NORMAL;
  options.arg_size = 1;
  g_assert_cmpint (grove_spawn_opt (misuse_nothing, &options, &pid, NULL), ==, GROVE_ERR_BADARG);
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
  g_assert_cmpint (grove_run (NULL, misuse_nothing, NULL), ==, GROVE_ERR_BUSY);
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
  misuse_expect_unharmed (by);
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
  grove_pid                  by = misuse_bystander ();

  (void) arg;
  for (uintptr_t i = 0; i < 3; i++)
    core_expect_down (grove_spawn (asks_for_too_much, (void *) i), "heap_limit");
  options.arg = "x";
  options.arg_size = SIZE_MAX;
  g_assert_cmpint (grove_spawn_opt (misuse_nothing, &options, &pid, NULL), ==,
                   GROVE_ERR_SYSTEM_LIMIT);
  g_assert_cmpint (grove_send (by, "~b", "x", (size_t) 1 << 31), ==, GROVE_ERR_SYNTAX);
  misuse_expect_unharmed (by);
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
  grove_pid     by = misuse_bystander ();

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
  misuse_expect_unharmed (by);
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
  misuse_add_outsides ("/runtime/misuse/outside", outsides, G_N_ELEMENTS (outsides));
  g_test_add_func ("/runtime/misuse/no-runtime", test_no_runtime);
  g_test_add_func ("/runtime/misuse/terms", test_terms);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], core_run);
  return g_test_run ();
}
