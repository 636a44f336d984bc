/* SPDX-License-Identifier: MIT
 *
 * Wrong calls of what came to core/ after test-misuse.c: asking about processes, their dictionary,
 * suspending, tracing, timers, forwarding and errors. Each has an answer, and harms nobody else.
 */
#include "tests/runtime/misuse-test.h"

static const struct grove_term            no_term;
static const struct grove_monitor_options watch_options;
static struct grove_message              *message;
static struct grove_process_figures       figures;
static grove_pid                          pid;
static grove_ref                          ref;
static unsigned                           trace_flags;

/* ---- From a thread that is no process -------------------------------------------------------- */

MISUSE_CALL (grove_spawn_named, grove_spawn_named ("x", misuse_nothing, NULL))
MISUSE_CALL (grove_spawn_link_named, grove_spawn_link_named ("x", misuse_nothing, NULL))
MISUSE_CALL (grove_raise, (grove_raise ("x"), 0))
MISUSE_CALL (grove_raise_term, (grove_raise_term (no_term), 0))
MISUSE_CALL (grove_throw, (grove_throw ("x"), 0))
MISUSE_CALL (grove_throw_term, (grove_throw_term (no_term), 0))
MISUSE_CALL (grove_alias_opt, !grove_alias_opt (GROVE_ALIAS_EXPLICIT, &ref))
MISUSE_CALL (grove_monitor_opt, !grove_monitor_opt (1, &watch_options, &ref))
MISUSE_CALL (grove_monitor_name, !grove_monitor_name ("x", &watch_options, &ref))
MISUSE_CALL (grove_forward, (grove_forward (1, NULL), 0))
MISUSE_CALL (grove_forward_part, !grove_forward_part (1, NULL, no_term))
MISUSE_CALL (grove_message_new, !grove_message_new (&message, "x"))
MISUSE_CALL (grove_set_schedulers_online, grove_set_schedulers_online (1))
MISUSE_CALL (grove_process_info, !grove_process_info (1, "status", &message))
MISUSE_CALL (grove_processes, grove_processes (NULL, 0))
MISUSE_CALL (grove_group_leader, grove_group_leader ())
MISUSE_CALL (grove_put, grove_put ("x", "x"))
MISUSE_CALL (grove_put_term, grove_put_term (no_term, no_term))
MISUSE_CALL (grove_get, grove_get (NULL, NULL))
MISUSE_CALL (grove_get_term, grove_get_term (no_term, NULL))
MISUSE_CALL (grove_erase, grove_erase ("x"))
MISUSE_CALL (grove_erase_term, grove_erase_term (no_term))
MISUSE_CALL (grove_suspend, grove_suspend (1, 0))
MISUSE_CALL (grove_suspend_tagged, grove_suspend_tagged (1, 0, "x"))
MISUSE_CALL (grove_resume, grove_resume (1))
MISUSE_CALL (grove_trace, grove_trace (1, GROVE_TRACE_ON, GROVE_TRACE_SEND, 0))
MISUSE_CALL (grove_trace_all,
             grove_trace_all (GROVE_TRACE_ALL, GROVE_TRACE_ON, GROVE_TRACE_SEND, 0, NULL))
MISUSE_CALL (grove_trace_info, grove_trace_info (1, &trace_flags, &pid))
MISUSE_CALL (grove_trace_delivered, grove_trace_delivered (0))

static const struct misuse_outside outsides[] = {
  MISUSE_ROW (grove_spawn_named),
  MISUSE_ROW (grove_spawn_link_named),
  MISUSE_ROW (grove_raise),
  MISUSE_ROW (grove_raise_term),
  MISUSE_ROW (grove_throw),
  MISUSE_ROW (grove_throw_term),
  MISUSE_ROW (grove_alias_opt),
  MISUSE_ROW (grove_monitor_opt),
  MISUSE_ROW (grove_monitor_name),
  MISUSE_ROW (grove_forward),
  MISUSE_ROW (grove_forward_part),
  MISUSE_ROW (grove_message_new),
  MISUSE_ROW (grove_set_schedulers_online),
  MISUSE_ROW (grove_process_info),
  MISUSE_ROW (grove_processes),
  MISUSE_ROW (grove_group_leader),
  MISUSE_ROW (grove_put),
  MISUSE_ROW (grove_put_term),
  MISUSE_ROW (grove_get),
  MISUSE_ROW (grove_get_term),
  MISUSE_ROW (grove_erase),
  MISUSE_ROW (grove_erase_term),
  MISUSE_ROW (grove_suspend),
  MISUSE_ROW (grove_suspend_tagged),
  MISUSE_ROW (grove_resume),
  MISUSE_ROW (grove_trace),
  MISUSE_ROW (grove_trace_all),
  MISUSE_ROW (grove_trace_info),
  MISUSE_ROW (grove_trace_delivered),
};

static void
test_no_runtime (void)
{
  g_assert_cmpint (grove_process_figures (1, &figures), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_process_figures (1, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpuint (grove_schedulers (), ==, 0);
  g_assert_cmpuint (grove_schedulers_online (), ==, 0);
}

/* ---- By a process: mistakes that end it ------------------------------------------------------ */

MISUSE_CALL (raise_format, (grove_raise ("{"), 0))
MISUSE_CALL (raise_null, (grove_raise (NULL), 0))
MISUSE_CALL (forward_null, (grove_forward (grove_self (), NULL), 0))

static const struct misuse_mistake mistakes[] = {
  { "grove_raise {", call_raise_format },
  { "grove_raise NULL", call_raise_null },
  { "grove_raise_term", call_grove_raise_term },
  { "grove_forward", call_forward_null },
};

static const struct misuse_mistake no_throw = { "grove_throw_term", call_grove_throw_term };

static void
test_mistakes (void *arg)
{
  grove_pid by = misuse_bystander ();

  (void) arg;
  misuse_expect_badarg (mistakes, G_N_ELEMENTS (mistakes));
  misuse_make_watched (&no_throw);
  core_expect ("{'DOWN', _, process, _, {{nocatch, badarg}, _}}");
  core_expect_nothing ();
  misuse_expect_unharmed (by);
}

/* ---- By a process: mistakes that have a status ----------------------------------------------- */

/* The dead, nobody, and those that never were. */
static void
test_nobody (void *arg)
{
  grove_pid dead = grove_spawn (misuse_nothing, NULL);
  grove_pid by = misuse_bystander ();

  (void) arg;
  core_expect_down (dead, "_");
  for (unsigned i = 0; i < 4; i++)
    {
      const grove_pid nobody[] = { dead, 0, UINT64_MAX, (grove_pid) 1 << 40 | 77 };
      const grove_pid who = nobody[i];

      g_assert_cmpint (grove_process_figures (who, &figures), ==, GROVE_ERR_NOPROC);
      g_assert_cmpint (grove_process_info (who, "status", &message), ==, GROVE_ERR_NOPROC);
      g_assert_cmpint (grove_suspend (who, 0), ==, GROVE_ERR_NOPROC);
      g_assert_cmpint (grove_suspend (who, GROVE_SUSPEND_ASYNCHRONOUS), ==, GROVE_OK);
      g_assert_cmpint (grove_suspend_tagged (who, 0, "{tag, ~i}", 1), ==, GROVE_OK);
      core_expect ("{{tag, 1}, exited}");
      g_assert_cmpint (grove_resume (who), ==, GROVE_ERR_BADARG);
      g_assert_cmpint (grove_trace (who, GROVE_TRACE_ON, GROVE_TRACE_SEND, 0), ==,
                       GROVE_ERR_NOPROC);
      g_assert_cmpint (grove_trace (who, GROVE_TRACE_OFF, GROVE_TRACE_SEND, 0), ==,
                       GROVE_ERR_NOPROC);
      if (who != 0)
        {
          g_assert_cmpint (grove_trace (by, GROVE_TRACE_ON, GROVE_TRACE_SEND, who), ==,
                           GROVE_ERR_BADARG);
          g_assert_cmpint (grove_trace_info (who, &trace_flags, &pid), ==, GROVE_ERR_NOPROC);
        }
      ref = grove_trace_delivered (who);
      core_expect ("{trace_delivered, _, _}");
      g_assert_cmpint (grove_send_after (0, who, NULL, "x"), ==, GROVE_OK);
      g_assert_cmpint (grove_start_timer (1000, who, &ref, "x"), ==, GROVE_OK);
      g_assert_cmpint (grove_send_interval (1, who, NULL, "x"), ==, GROVE_OK);
      g_assert_cmpint (grove_message_new (&message, "x"), ==, GROVE_OK);
      grove_forward (who, message);
      g_assert_cmpint (grove_forward_part (who, message, grove_message_term (message)), ==,
                       GROVE_OK);
      grove_message_free (message);
    }
  core_expect_nothing ();
  misuse_expect_unharmed (by);
}

static void
check_info (grove_pid by)
{
  char long_list[2048] = "[status";

  for (unsigned i = 0; i < 256; i++)
    strcat (long_list, ",memory");
  strcat (long_list, "]");
  g_assert_cmpint (grove_process_figures (by, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_process_info (by, "status", NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_process_info (by, "no_such_item", &message), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_process_info (by, "[status | memory]", &message), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_process_info (by, "{", &message), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_process_info (by, "", &message), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_process_info (by, long_list, &message), ==, GROVE_ERR_BADARG);
  g_assert_cmpuint (grove_processes (NULL, SIZE_MAX), >=, 2);
  g_assert_cmpuint (grove_group_leader (), ==, 0);
}

static void
check_dictionary (void)
{
  struct grove_buffer key = { NULL };
  struct grove_term   value;
  char                long_name[300];

  memset (long_name, 'a', sizeof long_name);
  long_name[299] = 0;
  g_assert_cmpint (grove_put (NULL, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_put (long_name, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_put ("\xff", "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_put ("k", "{"), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_put ("k", NULL), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_put ("k", "~t", no_term), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_build (&key, "k"), ==, GROVE_OK);
  g_assert_cmpint (grove_put_term (no_term, grove_buffer_term (&key)), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_put_term (grove_buffer_term (&key), no_term), ==, GROVE_ERR_BADARG);
  grove_buffer_finish (&key);
  g_assert_false (grove_get (NULL, &value));
  g_assert_false (grove_get ("k", NULL));
  g_assert_false (grove_get_term (no_term, &value));
  g_assert_false (grove_erase (NULL));
  g_assert_false (grove_erase_term (no_term));
}

static void
check_suspend (grove_pid by)
{
  g_assert_cmpint (grove_suspend (grove_self (), 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_suspend (by, 1 << 9), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_suspend_tagged (grove_self (), 0, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_suspend_tagged (by, ~0U, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_suspend_tagged (by, 0, "{"), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_suspend_tagged (by, 0, NULL), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_resume (by), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_resume (grove_self ()), ==, GROVE_ERR_BADARG);
}

static void
check_trace (grove_pid by)
{
  const enum grove_trace_how   no_how = (enum grove_trace_how) 2;
  const enum grove_trace_which no_which = (enum grove_trace_which) 3;
  size_t                       n = 4711;

  g_assert_cmpint (grove_trace (by, no_how, GROVE_TRACE_SEND, 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_trace (by, GROVE_TRACE_ON, 0, 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_trace (by, GROVE_TRACE_ON, ~0U, 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_trace (by, GROVE_TRACE_ON, GROVE_TRACE_SEND, by), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_trace_all (no_which, GROVE_TRACE_ON, GROVE_TRACE_SEND, 0, &n), ==,
                   GROVE_ERR_BADARG);
  g_assert_cmpint (grove_trace_all (GROVE_TRACE_ALL, no_how, GROVE_TRACE_SEND, 0, &n), ==,
                   GROVE_ERR_BADARG);
  g_assert_cmpint (grove_trace_all (GROVE_TRACE_ALL, GROVE_TRACE_ON, 1 << 30, 0, &n), ==,
                   GROVE_ERR_BADARG);
  g_assert_cmpuint (n, ==, 4711);
  g_assert_cmpint (grove_trace_info (by, NULL, &pid), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_trace_info (by, &trace_flags, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_trace_info (by, &trace_flags, &pid), ==, GROVE_OK);
  g_assert_cmpuint (trace_flags, ==, 0);
}

static void
check_timers (grove_pid by)
{
  g_assert_cmpint (grove_send_after (INT64_MIN, by, NULL, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_send_interval (-1, by, NULL, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_send_interval (1, by, NULL, "{"), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_start_timer (1, by, NULL, NULL), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_start_timer_name (1, NULL, NULL, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_send_after_name (1, "\xff", NULL, "x"), ==, GROVE_ERR_BADARG);
  /* Later than any clock goes: it never comes, and can be cancelled like any other. */
  g_assert_cmpint (grove_send_after (INT64_MAX, by, &ref, "x"), ==, GROVE_OK);
  g_assert_cmpint (grove_cancel_timer (ref), >, 0);
  g_assert_cmpint (grove_send_interval (INT64_MAX, by, &ref, "x"), ==, GROVE_OK);
  g_assert_cmpint (grove_read_timer (ref), >, 0);
  g_assert_cmpint (grove_cancel_timer (ref), >, 0);
  g_assert_cmpint (grove_cancel_timer (UINT64_MAX), ==, GROVE_NO_TIMER);
  grove_cancel_timer_async (UINT64_MAX);
  core_expect ("{cancel_timer, _, false}");
  grove_read_timer_async (0);
  core_expect ("{read_timer, _, false}");
}

static void
check_messages (grove_pid by)
{
  struct grove_message *own;

  g_assert_cmpint (grove_message_new (NULL, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_message_new (&own, "{"), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_message_new (&own, NULL), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_message_new (&own, "{a, b}"), ==, GROVE_OK);
  g_assert_cmpint (grove_forward_part (by, own, no_term), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_forward_part (by, own, (struct grove_term){ (const uint8_t *) "j", 1 }),
                   ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_forward_part (by, NULL, no_term), ==, GROVE_ERR_BADARG);
  grove_message_free (own);
  g_assert_cmpuint (grove_set_schedulers_online (0), ==, 2);
  g_assert_cmpuint (grove_set_schedulers_online (UINT_MAX), ==, 2);
  g_assert_cmpuint (grove_schedulers_online (), ==, 2);
}

static void
test_statuses (void *arg)
{
  grove_pid by = misuse_bystander ();

  (void) arg;
  check_info (by);
  check_dictionary ();
  check_suspend (by);
  check_trace (by);
  check_timers (by);
  check_messages (by);
  core_expect_nothing ();
  misuse_expect_unharmed (by);
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/misuse-core/mistakes", test_mistakes },
    { "/runtime/misuse-core/nobody", test_nobody },
    { "/runtime/misuse-core/statuses", test_statuses },
  };

  g_test_init (&argc, &argv, NULL);
  misuse_add_outsides ("/runtime/misuse-core/outside", outsides, G_N_ELEMENTS (outsides));
  g_test_add_func ("/runtime/misuse-core/no-runtime", test_no_runtime);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], core_run);
  return g_test_run ();
}
