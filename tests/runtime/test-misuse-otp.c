/* SPDX-License-Identifier: MIT
 *
 * Wrong calls of otp/: servers, supervisors, system messages, pools, tasks and applications. Each
 * has an answer, and harms nobody else: not the process that was mistaken for another kind either.
 */
#include "tests/runtime/misuse-test.h"

static const struct grove_server_callbacks  no_callbacks = { .init = NULL };
static const struct grove_server_options    server_options = GROVE_SERVER_DEFAULTS;
static const struct grove_supervisor_spec   supervisor_spec = GROVE_SUPERVISOR_DEFAULTS;
static const struct grove_application_spec *no_applications[1];
static const struct grove_pool_spec         pool_spec = GROVE_POOL_DEFAULTS;
static const struct grove_task              no_task;
static struct grove_sys_statistics          statistics;
static struct grove_children_count          count;
static struct grove_pool_status             pool_status;
static struct grove_task                    task;
static struct grove_buffer                  out;
static struct grove_message                *reply;
static enum grove_status                    status_out;
static grove_pid                            pid;
static grove_ref                            ref;

static enum grove_status
start_nothing (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  (void) arg;
  (void) ret_pid;
  (void) ret_reason;
  return GROVE_IGNORED;
}

static void
visit (const struct grove_child_info *child, void *user_data)
{
  (void) child;
  (void) user_data;
}

static void
with_worker (grove_pid worker, void *arg)
{
  (void) worker;
  (void) arg;
}

static void
task_nothing (const void *arg, struct grove_buffer *result)
{
  (void) arg;
  (void) result;
}

static bool
hook (const struct grove_sys_event *event, void *arg)
{
  (void) event;
  (void) arg;
  return true;
}

static bool
replace (void **state, const void *arg)
{
  (void) state;
  (void) arg;
  return false;
}

/* ---- From a thread that is no process -------------------------------------------------------- */

MISUSE_CALL (grove_server_stop_reason, (grove_server_stop_reason ("x"), 0))
MISUSE_CALL (grove_server_continue, (grove_server_continue ("x"), 0))
MISUSE_CALL (grove_server_idle_timeout, (grove_server_idle_timeout (1), 0))
MISUSE_CALL (grove_server_stop, !grove_server_stop (1, 0, "x"))
MISUSE_CALL (grove_server_send_request, !grove_server_send_request (1, &ref, "x"))
MISUSE_CALL (grove_server_wait_response, !grove_server_wait_response (1, 0, &reply))
MISUSE_CALL (grove_server_receive_response, !grove_server_receive_response (1, 0, &reply))
MISUSE_CALL (grove_server_check_response, grove_server_check_response (1, NULL, &status_out))
MISUSE_CALL (grove_supervisor_start_dynamic,
             !grove_supervisor_start_dynamic (1, NULL, 0, &pid, NULL))
MISUSE_CALL (grove_supervisor_terminate_dynamic, !grove_supervisor_terminate_dynamic (1, 1))
MISUSE_CALL (grove_supervisor_which_children, !grove_supervisor_which_children (1, visit, NULL))
MISUSE_CALL (grove_supervisor_count_children, !grove_supervisor_count_children (1, &count))
MISUSE_CALL (grove_application_start_all, !grove_application_start_all (no_applications, 1))
MISUSE_CALL (grove_application_stop_all, (grove_application_stop_all (), 0))
MISUSE_CALL (grove_pool_start, !grove_pool_start (&pool_spec, &pid, NULL))
MISUSE_CALL (grove_pool_checkout, !grove_pool_checkout ("x", 0, &pid))
MISUSE_CALL (grove_pool_checkin, (grove_pool_checkin ("x", 1), 0))
MISUSE_CALL (grove_pool_transaction, !grove_pool_transaction ("x", 0, with_worker, NULL))
MISUSE_CALL (grove_pool_status, !grove_pool_status ("x", &pool_status))
MISUSE_CALL (grove_task_async_named, !grove_task_async_named ("x", task_nothing, NULL, 0, &task))
MISUSE_CALL (grove_task_await, !grove_task_await (&no_task, 0, &reply))
MISUSE_CALL (grove_task_yield, !grove_task_yield (&no_task, 0, &reply))
MISUSE_CALL (grove_task_shutdown, (grove_task_shutdown (&no_task, 0), 0))
MISUSE_CALL (grove_sys_suspend, !grove_sys_suspend (1, 0))
MISUSE_CALL (grove_sys_resume, !grove_sys_resume (1, 0))
MISUSE_CALL (grove_sys_get_state, !grove_sys_get_state (1, 0, &out))
MISUSE_CALL (grove_sys_replace_state, !grove_sys_replace_state (1, 0, replace, NULL, 0))
MISUSE_CALL (grove_sys_get_status, !grove_sys_get_status (1, 0, &out))
MISUSE_CALL (grove_sys_set_statistics, !grove_sys_set_statistics (1, 0, true))
MISUSE_CALL (grove_sys_get_statistics, !grove_sys_get_statistics (1, 0, &statistics))
MISUSE_CALL (grove_sys_set_log, !grove_sys_set_log (1, 0, 1))
MISUSE_CALL (grove_sys_get_log, !grove_sys_get_log (1, 0, &out))
MISUSE_CALL (grove_sys_install, !grove_sys_install (1, 0, NULL, hook, NULL))
MISUSE_CALL (grove_sys_remove, !grove_sys_remove (1, 0, NULL, hook))

static const struct misuse_outside outsides[] = {
  MISUSE_ROW (grove_server_stop_reason),
  MISUSE_ROW (grove_server_continue),
  MISUSE_ROW (grove_server_idle_timeout),
  MISUSE_ROW (grove_server_stop),
  MISUSE_ROW (grove_server_send_request),
  MISUSE_ROW (grove_server_wait_response),
  MISUSE_ROW (grove_server_receive_response),
  MISUSE_ROW (grove_server_check_response),
  MISUSE_ROW (grove_supervisor_start_dynamic),
  MISUSE_ROW (grove_supervisor_terminate_dynamic),
  MISUSE_ROW (grove_supervisor_which_children),
  MISUSE_ROW (grove_supervisor_count_children),
  MISUSE_ROW (grove_application_start_all),
  MISUSE_ROW (grove_application_stop_all),
  MISUSE_ROW (grove_pool_start),
  MISUSE_ROW (grove_pool_checkout),
  MISUSE_ROW (grove_pool_checkin),
  MISUSE_ROW (grove_pool_transaction),
  MISUSE_ROW (grove_pool_status),
  MISUSE_ROW (grove_task_async_named),
  MISUSE_ROW (grove_task_await),
  MISUSE_ROW (grove_task_yield),
  MISUSE_ROW (grove_task_shutdown),
  MISUSE_ROW (grove_sys_suspend),
  MISUSE_ROW (grove_sys_resume),
  MISUSE_ROW (grove_sys_get_state),
  MISUSE_ROW (grove_sys_replace_state),
  MISUSE_ROW (grove_sys_get_status),
  MISUSE_ROW (grove_sys_set_statistics),
  MISUSE_ROW (grove_sys_get_statistics),
  MISUSE_ROW (grove_sys_set_log),
  MISUSE_ROW (grove_sys_get_log),
  MISUSE_ROW (grove_sys_install),
  MISUSE_ROW (grove_sys_remove),
};

/* ---- By a process: mistakes that end it ------------------------------------------------------ */

static const struct grove_from nobody_asked;

MISUSE_CALL (continue_outside, (grove_server_continue ("x"), 0))
MISUSE_CALL (idle_outside, (grove_server_idle_timeout (1), 0))
MISUSE_CALL (cast_null, (grove_cast (grove_self (), NULL), 0))
MISUSE_CALL (reply_null, (grove_reply (nobody_asked, NULL), 0))
MISUSE_CALL (reply_format, (grove_reply (nobody_asked, "{"), 0))

static const struct misuse_mistake mistakes[] = {
  { "grove_server_continue", call_continue_outside },
  { "grove_server_idle_timeout", call_idle_outside },
  { "grove_cast", call_cast_null },
  { "grove_reply NULL", call_reply_null },
  { "grove_reply {", call_reply_format },
};

static void
test_mistakes (void *arg)
{
  grove_pid by = misuse_bystander ();

  (void) arg;
  misuse_expect_badarg (mistakes, G_N_ELEMENTS (mistakes));
  grove_reply (nobody_asked, "x");
  core_expect_nothing ();
  misuse_expect_unharmed (by);
}

/* ---- Processes that are not there ------------------------------------------------------------ */

static void
ask_sys (grove_pid who, int64_t timeout_ns, enum grove_status expected)
{
  g_assert_cmpint (grove_sys_suspend (who, timeout_ns), ==, expected);
  g_assert_cmpint (grove_sys_resume (who, timeout_ns), ==, expected);
  g_assert_cmpint (grove_sys_get_state (who, timeout_ns, &out), ==, expected);
  g_assert_cmpint (grove_sys_get_status (who, timeout_ns, &out), ==, expected);
  g_assert_cmpint (grove_sys_replace_state (who, timeout_ns, replace, NULL, 0), ==, expected);
  g_assert_cmpint (grove_sys_set_statistics (who, timeout_ns, true), ==, expected);
  g_assert_cmpint (grove_sys_get_statistics (who, timeout_ns, &statistics), ==, expected);
  g_assert_cmpint (grove_sys_set_log (who, timeout_ns, 1), ==, expected);
  g_assert_cmpint (grove_sys_get_log (who, timeout_ns, &out), ==, expected);
  g_assert_cmpint (grove_sys_install (who, timeout_ns, "x", hook, NULL), ==, expected);
  g_assert_cmpint (grove_sys_remove (who, timeout_ns, "x", NULL), ==, expected);
  g_assert_cmpuint (out.size, ==, 0);
}

static void
ask_supervisor (grove_pid who, enum grove_status expected)
{
  struct grove_child_spec child = GROVE_CHILD_DEFAULTS;

  child.id = "x";
  child.start = start_nothing;
  g_assert_cmpint (grove_supervisor_start_child (who, &child, &pid, NULL), ==, expected);
  g_assert_cmpint (grove_supervisor_start_dynamic (who, NULL, 0, &pid, NULL), ==, expected);
  g_assert_cmpint (grove_supervisor_terminate_child (who, "x"), ==, expected);
  g_assert_cmpint (grove_supervisor_terminate_dynamic (who, grove_self ()), ==, expected);
  g_assert_cmpint (grove_supervisor_restart_child (who, "x", &pid), ==, expected);
  g_assert_cmpint (grove_supervisor_delete_child (who, "x"), ==, expected);
  g_assert_cmpint (grove_supervisor_which_children (who, visit, NULL), ==, expected);
  g_assert_cmpint (grove_supervisor_count_children (who, &count), ==, expected);
}

/* The dead, nobody, and those that never were. */
static void
test_nobody (void *arg)
{
  grove_pid by = misuse_bystander ();
  grove_pid dead = grove_spawn (misuse_nothing, NULL);

  (void) arg;
  core_expect_down (dead, "_");
  for (unsigned i = 0; i < 4; i++)
    {
      const grove_pid nobody[] = { dead, 0, UINT64_MAX, (grove_pid) 1 << 40 | 77 };
      const grove_pid who = nobody[i];

      ask_sys (who, CORE_DEADLINE_NS, GROVE_ERR_NOPROC);
      ask_sys (who, -1, GROVE_ERR_BADARG);
      ask_supervisor (who, GROVE_ERR_NOPROC);
      g_assert_cmpint (grove_server_stop (who, CORE_DEADLINE_NS, "x"), ==, GROVE_ERR_NOPROC);
      if (who != 0)
        {
          g_assert_cmpint (grove_server_send_request (who, &ref, "x"), ==, GROVE_OK);
          g_assert_cmpint (grove_server_wait_response (ref, CORE_DEADLINE_NS, &reply), ==,
                           GROVE_ERR_NOPROC);
        }
      else
        g_assert_cmpint (grove_server_send_request (who, &ref, "x"), ==, GROVE_ERR_NOPROC);
      grove_pool_checkin ("no_pool", who);
    }
  core_expect_nothing ();
  misuse_expect_unharmed (by);
}

/* ---- Processes that are something else ------------------------------------------------------- */

static enum grove_status
server_init (const void *arg, void **state)
{
  (void) arg;
  (void) state;
  return GROVE_OK;
}

/* Knows no calls: one ends it. */
static const struct grove_server_callbacks simple = { .module = "simple", .init = server_init };

static enum grove_status
start_simple (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  (void) arg;
  options.link = true;
  return grove_server_start (&simple, &options, ret_pid, ret_reason);
}

static enum grove_status
start_top (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  return grove_supervisor_start (&supervisor_spec, ret_pid, ret_reason);
}

static void
test_other_kinds (void *arg)
{
  const struct grove_application_spec application = { .name = "other", .start = start_top };
  struct grove_supervisor_spec        dynamic = GROVE_SUPERVISOR_DEFAULTS;
  struct grove_child_spec             child = GROVE_CHILD_DEFAULTS;
  grove_pid                           server, supervisor, master, simple_one;
  grove_pid                           by = misuse_bystander ();

  (void) arg;
  g_assert_cmpint (grove_server_start (&simple, &server_options, &server, NULL), ==, GROVE_OK);
  g_assert_cmpint (grove_supervisor_start (&supervisor_spec, &supervisor, NULL), ==, GROVE_OK);
  g_assert_cmpint (grove_application_start (&application, &master), ==, GROVE_OK);
  child.start = start_simple;
  dynamic.strategy = GROVE_SIMPLE_ONE_FOR_ONE;
  dynamic.children = &child;
  dynamic.n_children = 1;
  g_assert_cmpint (grove_supervisor_start (&dynamic, &simple_one, NULL), ==, GROVE_OK);
  /* None of them is a supervisor; they do not hear of it. */
  ask_supervisor (by, GROVE_ERR_NOPROC);
  ask_supervisor (server, GROVE_ERR_NOPROC);
  ask_supervisor (master, GROVE_ERR_NOPROC);
  ask_supervisor (grove_self (), GROVE_ERR_CALLING_SELF);
  /* Supervisors of the other kind. */
  g_assert_cmpint (grove_supervisor_start_dynamic (supervisor, NULL, 0, &pid, NULL), ==,
                   GROVE_ERR_BADARG);
  g_assert_cmpint (grove_supervisor_terminate_dynamic (supervisor, by), ==, GROVE_ERR_NO_NAME);
  g_assert_cmpint (grove_supervisor_terminate_dynamic (simple_one, by), ==, GROVE_ERR_NO_NAME);
  g_assert_cmpint (grove_supervisor_terminate_child (simple_one, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_supervisor_start_child (simple_one, &child, &pid, NULL), ==,
                   GROVE_ERR_BADARG);
  /* No behaviour: the time is up. */
  ask_sys (by, 0, GROVE_ERR_TIMEOUT);
  ask_sys (grove_self (), 0, GROVE_ERR_CALLING_SELF);
  g_assert_cmpint (grove_server_stop (by, 0, "x"), ==, GROVE_ERR_TIMEOUT);
  g_assert_true (grove_is_alive (server));
  g_assert_true (grove_is_alive (supervisor));
  g_assert_true (grove_is_alive (master));
  g_assert_true (grove_is_alive (simple_one));
  g_assert_cmpint (grove_application_stop ("other"), ==, GROVE_OK);
  core_expect_nothing ();
  misuse_expect_unharmed (by);
}

/* ---- NULL, out of range, and formats that are none ------------------------------------------- */

static void
check_server (grove_pid server)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  options.arg_size = 8;
  g_assert_cmpint (grove_server_start (&simple, &options, &pid, NULL), ==, GROVE_ERR_BADARG);
  options.arg = &options;
  options.arg_size = SIZE_MAX;
  g_assert_cmpint (grove_server_start (&simple, &options, &pid, NULL), ==, GROVE_ERR_SYSTEM_LIMIT);
  options.arg_size = 0;
  options.start_timeout_ns = -1;
  g_assert_cmpint (grove_server_start (&simple, &options, &pid, NULL), ==, GROVE_ERR_BADARG);
  options.start_timeout_ns = 0;
  options.priority = (enum grove_priority) 9;
  g_assert_cmpint (grove_server_start (&simple, &options, &pid, NULL), ==, GROVE_ERR_BADARG);
  options.priority = GROVE_PRIORITY_NORMAL;
  options.name = "\xff";
  g_assert_cmpint (grove_server_start (&simple, &options, &pid, NULL), ==, GROVE_ERR_EXITED);
  options.name = "";
  g_assert_cmpint (grove_server_start (&simple, &options, &pid, NULL), ==, GROVE_ERR_EXITED);
  g_assert_cmpint (grove_server_start (&no_callbacks, &server_options, &pid, NULL), ==,
                   GROVE_ERR_BADARG);
  g_assert_cmpint (grove_server_start (&simple, NULL, &pid, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_server_start (&simple, &server_options, NULL, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_server_stop (server, -1, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_server_stop (server, 0, "{"), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_server_stop (server, 0, NULL), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_server_stop (grove_self (), 0, "x"), ==, GROVE_ERR_CALLING_SELF);
  g_assert_cmpint (grove_server_send_request (server, NULL, "x"), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_server_send_request (server, &ref, "{"), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_server_send_request (server, &ref, NULL), ==, GROVE_ERR_SYNTAX);
  g_assert_cmpint (grove_server_send_request (grove_self (), &ref, "x"), ==,
                   GROVE_ERR_CALLING_SELF);
  g_assert_cmpint (grove_server_wait_response (0, 0, &reply), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_server_wait_response (4711, -1, &reply), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_server_wait_response (4711, 0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_server_wait_response (4711, 0, &reply), ==, GROVE_ERR_TIMEOUT);
  g_assert_cmpint (grove_server_receive_response (0, 0, &reply), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_server_receive_response (4711, -1, &reply), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_server_receive_response (4711, 0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_server_receive_response (4711, 0, &reply), ==, GROVE_ERR_TIMEOUT);
  g_assert_false (grove_server_check_response (4711, NULL, &status_out));
}

static void
check_sys (grove_pid server)
{
  char long_id[100];

  memset (long_id, 'a', sizeof long_id);
  long_id[99] = 0;
  g_assert_cmpint (grove_sys_get_state (server, 0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_sys_get_status (server, 0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_sys_get_log (server, 0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_sys_get_statistics (server, 0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_sys_set_log (server, 0, GROVE_SYS_LOG_MAX + 1), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_sys_replace_state (server, 0, NULL, NULL, 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_sys_replace_state (server, 0, replace, NULL, 8), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_sys_replace_state (server, 0, replace, &ref, SIZE_MAX), ==,
                   GROVE_ERR_BADARG);
  g_assert_cmpint (grove_sys_install (server, 0, "x", NULL, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_sys_install (server, 0, long_id, hook, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_sys_install (server, 0, "\xff", hook, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_sys_remove (server, 0, NULL, NULL), ==, GROVE_ERR_BADARG);
  /* What it was asked in vain has changed nothing. */
  g_assert_cmpint (grove_sys_get_statistics (server, CORE_DEADLINE_NS, &statistics), ==,
                   GROVE_ERR_NO_MATCH);
  g_assert_cmpint (grove_sys_get_state (server, CORE_DEADLINE_NS, &out), ==, GROVE_ERR_NO_MATCH);
}

static void
check_supervisor (void)
{
  struct grove_child_spec      child = GROVE_CHILD_DEFAULTS;
  struct grove_supervisor_spec spec = GROVE_SUPERVISOR_DEFAULTS;
  grove_pid                    supervisor;

  spec.n_children = 1;
  g_assert_cmpint (grove_supervisor_start (&spec, &pid, NULL), ==, GROVE_ERR_BADARG);
  spec.n_children = 0;
  spec.period_s = 0;
  g_assert_cmpint (grove_supervisor_start (&spec, &pid, NULL), ==, GROVE_ERR_BADARG);
  spec.period_s = 5;
  spec.strategy = (enum grove_strategy) 17;
  g_assert_cmpint (grove_supervisor_start (&spec, &pid, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_supervisor_start (&supervisor_spec, &supervisor, NULL), ==, GROVE_OK);
  g_assert_cmpint (grove_supervisor_start_child (supervisor, &child, &pid, NULL), ==,
                   GROVE_ERR_BADARG);
  child.start = start_nothing;
  child.arg_size = 8;
  g_assert_cmpint (grove_supervisor_start_child (supervisor, &child, &pid, NULL), ==,
                   GROVE_ERR_BADARG);
  child.arg_size = 0;
  child.restart = (enum grove_restart) 17;
  g_assert_cmpint (grove_supervisor_start_child (supervisor, &child, &pid, NULL), ==,
                   GROVE_ERR_BADARG);
  g_assert_cmpint (grove_supervisor_start_child (supervisor, &child, NULL, NULL), ==,
                   GROVE_ERR_BADARG);
  g_assert_cmpint (grove_supervisor_start_dynamic (supervisor, NULL, 8, &pid, NULL), ==,
                   GROVE_ERR_BADARG);
  g_assert_cmpint (grove_supervisor_start_dynamic (supervisor, &ref, SIZE_MAX, &pid, NULL), ==,
                   GROVE_ERR_BADARG);
  g_assert_cmpint (grove_supervisor_terminate_child (supervisor, NULL), ==, GROVE_ERR_NO_NAME);
  g_assert_cmpint (grove_supervisor_delete_child (supervisor, "nobody"), ==, GROVE_ERR_NO_NAME);
  g_assert_cmpint (grove_supervisor_restart_child (supervisor, "x", NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_supervisor_which_children (supervisor, NULL, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_supervisor_count_children (supervisor, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_supervisor_count_children (supervisor, &count), ==, GROVE_OK);
  g_assert_cmpuint (count.specs, ==, 0);
}

static void
check_pool (void)
{
  struct grove_pool_spec spec = GROVE_POOL_DEFAULTS;

  g_assert_cmpint (grove_pool_start (NULL, &pid, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_pool_start (&spec, &pid, NULL), ==, GROVE_ERR_BADARG);
  spec.name = "misused";
  g_assert_cmpint (grove_pool_start (&spec, &pid, NULL), ==, GROVE_ERR_BADARG);
  spec.start = start_simple;
  g_assert_cmpint (grove_pool_start (&spec, NULL, NULL), ==, GROVE_ERR_BADARG);
  spec.arg_size = 8;
  g_assert_cmpint (grove_pool_start (&spec, &pid, NULL), ==, GROVE_ERR_BADARG);
  spec.arg_size = 0;
  spec.max_overflow = UINT_MAX;
  g_assert_cmpint (grove_pool_start (&spec, &pid, NULL), ==, GROVE_ERR_BADARG);
  spec.max_overflow = 0;
  spec.size = 1;
  g_assert_cmpint (grove_pool_start (&spec, &pid, NULL), ==, GROVE_OK);
  g_assert_cmpint (grove_pool_checkout ("misused", 0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_pool_checkout ("misused", -1, &pid), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_pool_status ("misused", NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_pool_status (NULL, &pool_status), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_pool_status ("no_pool", &pool_status), ==, GROVE_ERR_NO_NAME);
  grove_pool_checkin (NULL, grove_self ());
  grove_pool_checkin ("misused", grove_self ());
  /* Its worker is still to be had, once. */
  g_assert_cmpint (grove_pool_checkout ("misused", CORE_DEADLINE_NS, &pid), ==, GROVE_OK);
  g_assert_cmpint (grove_pool_checkout ("misused", 0, &pid), ==, GROVE_ERR_TIMEOUT);
}

static void
check_applications (void)
{
  const struct grove_application_spec nameless = { .start = start_top };
  const struct grove_application_spec no_phase = {
    .name = "x",
    .start = start_top,
    .phases = (const char *const[]){ "one", NULL },
  };
  const struct grove_application_spec *specs[] = { &nameless };

  g_assert_cmpint (grove_application_start (&nameless, &pid), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_application_start (&no_phase, &pid), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_application_start (&no_phase, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_application_start_all (NULL, 0), ==, GROVE_OK);
  g_assert_cmpint (grove_application_start_all (NULL, 1), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_application_start_all (specs, SIZE_MAX), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_application_start_all (specs, 1), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_application_start_all (no_applications, 1), ==, GROVE_ERR_BADARG);
  grove_application_stop_all ();
}

static void
test_statuses (void *arg)
{
  grove_pid by = misuse_bystander ();
  grove_pid server;

  (void) arg;
  g_assert_cmpint (grove_server_start (&simple, &server_options, &server, NULL), ==, GROVE_OK);
  check_server (server);
  check_sys (server);
  check_supervisor ();
  check_pool ();
  check_applications ();
  g_assert_true (grove_is_alive (server));
  core_expect_nothing ();
  misuse_expect_unharmed (by);
}

/* Stops the application from within its master. */
static enum grove_status
start_and_stop (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  g_assert_cmpint (grove_application_stop ("itself"), ==, GROVE_ERR_CALLING_SELF);
  return start_top (arg, ret_pid, ret_reason);
}

static void
test_application_stops_itself (void *arg)
{
  const struct grove_application_spec spec = { .name = "itself", .start = start_and_stop };

  (void) arg;
  g_assert_cmpint (grove_application_start (&spec, &pid), ==, GROVE_OK);
  g_assert_cmpint (grove_application_stop ("itself"), ==, GROVE_OK);
}

/* ---- Tasks of somebody else ------------------------------------------------------------------ */

static void
task_waits (const void *arg, struct grove_buffer *result)
{
  struct grove_message *go;

  (void) arg;
  if (grove_receive_pattern (CORE_DEADLINE_NS, &go, "go") != GROVE_OK)
    grove_exit ("nobody_asked");
  g_assert_cmpint (grove_build (result, "done"), ==, GROVE_OK);
}

static struct grove_task foreign;

static void
takes_foreign (void *arg)
{
  struct grove_message *got;

  (void) arg;
  if (grove_task_yield (&foreign, 0, &got) != GROVE_ERR_BADARG ||
      grove_task_await (&foreign, 0, &got) != GROVE_ERR_BADARG)
    grove_exit ("taken");
  grove_task_shutdown (&foreign, 0);
}

static void
test_tasks (void *arg)
{
  grove_pid by = misuse_bystander ();

  (void) arg;
  g_assert_cmpint (grove_task_async (NULL, NULL, 0, &task), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_task_async (task_waits, NULL, 8, &task), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_task_async (task_waits, &ref, SIZE_MAX, &task), ==,
                   GROVE_ERR_SYSTEM_LIMIT);
  g_assert_cmpint (grove_task_async (task_waits, NULL, 0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_task_async (task_waits, NULL, 0, &foreign), ==, GROVE_OK);
  g_assert_cmpint (grove_task_yield (NULL, 0, &reply), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_task_yield (&no_task, 0, &reply), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_task_yield (&foreign, -1, &reply), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_task_yield (&foreign, 0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_task_await (&foreign, 0, NULL), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_task_await (NULL, 0, &reply), ==, GROVE_ERR_BADARG);
  grove_task_shutdown (NULL, 0);
  grove_task_shutdown (&no_task, GROVE_FOREVER);
  {
    struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
    grove_ref                  monitor;

    options.monitor = true;
    g_assert_cmpint (grove_spawn_opt (takes_foreign, &options, &pid, &monitor), ==, GROVE_OK);
    core_expect ("{'DOWN', _, process, _, normal}");
  }
  grove_send (foreign.pid, "go");
  g_assert_cmpint (grove_task_await (&foreign, CORE_DEADLINE_NS, &reply), ==, GROVE_OK);
  g_assert_true (grove_match (grove_message_term (reply), "done"));
  grove_message_free (reply);
  core_expect_nothing ();
  misuse_expect_unharmed (by);
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/misuse-otp/mistakes", test_mistakes },
    { "/runtime/misuse-otp/nobody", test_nobody },
    { "/runtime/misuse-otp/other-kinds", test_other_kinds },
    { "/runtime/misuse-otp/statuses", test_statuses },
    { "/runtime/misuse-otp/application-stops-itself", test_application_stops_itself },
    { "/runtime/misuse-otp/tasks", test_tasks },
  };

  g_test_init (&argc, &argv, NULL);
  misuse_add_outsides ("/runtime/misuse-otp/outside", outsides, G_N_ELEMENTS (outsides));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], core_run);
  return g_test_run ();
}
