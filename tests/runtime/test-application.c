/* SPDX-License-Identifier: MIT
 *
 * Applications: runtime/otp/application.c.
 */
#include "otp-test.h"

#include "runtime/core/observe.h"
#include "runtime/otp/application.h"
#include "runtime/otp/supervision.h"

#include <string.h>

/* What exited() was told last; it runs where nothing can be received or asserted. */
static char         exited_text[256];
static _Atomic bool has_exited;

static void
exited (const char *name, const char *reason)
{
  g_snprintf (exited_text, sizeof exited_text, "Application %s exited: %s", name, reason);
  has_exited = true;
}

static void
forever (void)
{
  struct grove_message *message;

  for (;;)
    if (grove_receive (GROVE_FOREVER, &message) == GROVE_OK)
      grove_message_free (message);
}

/* Belongs to nobody but the application. */
static void
stray (void *arg)
{
  grove_trap_exit (true);
  grove_send_name ("test", "{stray, ~p}", grove_self ());
  forever ();
}

static void
worker (void *arg)
{
  grove_spawn (stray, NULL);
  grove_send_name ("test", "{worker, ~p}", grove_self ());
  forever ();
}

static enum grove_status
start_worker (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  *ret_pid = grove_spawn_link (worker, NULL);
  return GROVE_OK;
}

static enum grove_status
start_top (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason)
{
  const struct grove_child_spec      child = { .id = "worker", .start = start_worker };
  const struct grove_supervisor_spec spec = {
    .name = "top",
    .intensity = 0,
    .period_s = 5,
    .children = &child,
    .n_children = 1,
  };

  return grove_supervisor_start (&spec, ret_top, ret_reason);
}

static enum grove_status
start_nothing (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason)
{
  if (ret_reason && grove_build (ret_reason, "{no, top}") != GROVE_OK)
    return GROVE_ERR_SYNTAX;
  return GROVE_ERR_EXITED;
}

static const struct grove_application_spec garden = {
  .name = "garden",
  .start = start_top,
  .exited = exited,
};

struct garden
{
  grove_pid master, top, worker, stray;
};

static struct garden
start_garden (void)
{
  struct garden self = { 0 };

  otp_begin ();
  has_exited = false;
  g_assert_cmpint (grove_application_start (&garden, &self.master), ==, GROVE_OK);
  for (int i = 0; i < 2; i++)
    {
      struct grove_message *message;
      grove_pid             pid;

      g_assert_cmpint (grove_receive (DEADLINE_NS, &message), ==, GROVE_OK);
      if (grove_match (grove_message_term (message), "{worker, ~p}", &pid))
        self.worker = pid;
      else if (grove_match (grove_message_term (message), "{stray, ~p}", &pid))
        self.stray = pid;
      grove_message_free (message);
    }
  self.top = grove_whereis ("top");
  g_assert_cmpuint (self.worker, !=, 0);
  g_assert_cmpuint (self.stray, !=, 0);
  g_assert_cmpuint (self.top, !=, 0);
  return self;
}

static void
expect_gone (const struct garden *self)
{
  size_t                        n, total;
  struct grove_supervision_node node;

  g_assert_false (grove_is_alive (self->master));
  g_assert_false (grove_is_alive (self->top));
  g_assert_false (grove_is_alive (self->worker));
  g_assert_false (grove_is_alive (self->stray));
  g_assert_true (_grove_supervision_children (0, 0, &node, 1, &n, &total));
  g_assert_cmpuint (total, ==, 0);
}

static void
test_start (void *arg)
{
  const struct garden           self = start_garden ();
  struct grove_process_sample   sample;
  struct grove_supervision_node node;
  grove_pid                     parent, other = 0;
  size_t                        n, total;

  g_assert_true (_grove_observe_process (self.stray, &sample));
  g_assert_cmpuint (sample.group, ==, self.master);
  g_assert_true (_grove_observe_process (grove_self (), &sample));
  g_assert_cmpuint (sample.group, ==, 0);

  g_assert_true (_grove_supervision_children (0, 0, &node, 1, &n, &total));
  g_assert_cmpuint (node.pid, ==, self.master);
  g_assert_cmpstr (node.id, ==, "garden");
  g_assert_true (_grove_supervision_find (self.top, &parent, &node));
  g_assert_cmpuint (parent, ==, self.master);
  g_assert_cmpint (node.kind, ==, GROVE_NODE_SUPERVISOR);
  g_assert_cmpuint (node.n_children, ==, 1);
  /* The top supervisor is started once only. */
  g_assert_cmpint (_grove_supervision_restart (self.top), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (_grove_supervision_restart (self.master), ==, GROVE_ERR_NOPROC);

  g_assert_cmpint (grove_application_start (&garden, &other), ==, GROVE_ERR_NAME_TAKEN);
  g_assert_cmpuint (other, ==, self.master);
  g_assert_true (grove_is_alive (self.top));
  g_assert_false (has_exited);
}

/* Says who its leader is, and its child's, when it is asked. */
static void
member (void *arg)
{
  struct grove_message *message;
  grove_pid             child, asker;

  for (;;)
    if (grove_receive_pattern (GROVE_FOREVER, &message, "{leader, ~p}", &asker) == GROVE_OK)
      {
        child = grove_spawn (stray, NULL);
        grove_send (asker, "{leader, ~p, ~p}", grove_group_leader (), child);
        grove_message_free (message);
      }
}

static grove_pid
group_of (grove_pid pid)
{
  struct grove_process_sample sample;

  g_assert_true (_grove_observe_process (pid, &sample));
  return sample.group;
}

/* Who joins ends with it, and what it spawned; who left lives on. */
static void
test_move (void *arg)
{
  const struct garden   self = start_garden ();
  const grove_pid       joins = grove_spawn (member, NULL), main = grove_self ();
  struct grove_message *message;
  grove_pid             leader, child;

  g_assert_cmpint (grove_set_group_leader (joins, self.master), ==, GROVE_OK);
  g_assert_cmpint (grove_set_group_leader (self.stray, main), ==, GROVE_OK);
  g_assert_cmpuint (group_of (joins), ==, self.master);
  g_assert_cmpuint (group_of (self.stray), ==, main);
  grove_send (joins, "{leader, ~p}", main);
  g_assert_cmpint (grove_receive_pattern (DEADLINE_NS, &message, "{leader, ~p, ~p}", &leader,
                                          &child),
                   ==, GROVE_OK);
  grove_message_free (message);
  g_assert_cmpuint (leader, ==, self.master);
  g_assert_cmpuint (group_of (child), ==, self.master);

  /* The caller too; it is not part of what is stopped. */
  g_assert_cmpuint (grove_group_leader (), ==, 0);
  g_assert_cmpint (grove_set_group_leader (main, main), ==, GROVE_OK);
  g_assert_cmpuint (grove_group_leader (), ==, main);

  g_assert_cmpint (grove_application_stop ("garden"), ==, GROVE_OK);
  g_assert_false (grove_is_alive (joins));
  g_assert_false (grove_is_alive (child));
  g_assert_true (grove_is_alive (self.stray));
}

static void
test_move_to_dead (void *arg)
{
  const grove_pid lives = grove_spawn (member, NULL), dead = grove_spawn (member, NULL);
  const grove_pid leader = grove_spawn (member, NULL);

  otp_begin ();
  g_assert_cmpint (grove_set_group_leader (lives, leader), ==, GROVE_OK);
  /* On its way to it: it is dead to whoever asks behind that. */
  grove_exit_process (dead, "kill");
  g_assert_cmpint (grove_set_group_leader (lives, dead), ==, GROVE_ERR_BADARG);
  g_assert_cmpuint (group_of (lives), ==, leader);
  g_assert_cmpint (grove_set_group_leader (dead, leader), ==, GROVE_ERR_NOPROC);
  g_assert_cmpint (grove_set_group_leader (grove_self (), dead), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_set_group_leader (lives, 0), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_set_group_leader (0, leader), ==, GROVE_ERR_NOPROC);
  g_assert_cmpuint (grove_group_leader (), ==, 0);
  /* A leader that ends takes nobody along: it has no application. */
  grove_exit_process (leader, "kill");
  g_assert_false (grove_is_alive (leader));
  g_assert_true (grove_is_alive (lives));
  g_assert_cmpuint (group_of (lives), ==, leader);
}

static void
test_stop (void *arg)
{
  const struct garden self = start_garden ();

  g_assert_cmpint (grove_application_stop ("garden"), ==, GROVE_OK);
  expect_gone (&self);
  g_assert_true (has_exited);
  g_assert_cmpstr (exited_text, ==, "Application garden exited: stopped");
  g_assert_cmpint (grove_application_stop ("garden"), ==, GROVE_ERR_NO_NAME);
}

static void
test_top_killed (void *arg)
{
  const struct garden self = start_garden ();

  grove_monitor (self.master);
  grove_exit_process (self.top, "kill");
  otp_expect ("{'DOWN', _, process, _, killed}");
  otp_expect_down (self.worker, "_");
  expect_gone (&self);
  g_assert_cmpstr (exited_text, ==, "Application garden exited: killed");
}

static void
test_top_gives_up (void *arg)
{
  const struct garden self = start_garden ();

  grove_monitor (self.master);
  grove_exit_process (self.worker, "kill");
  otp_expect ("{'DOWN', _, process, _, shutdown}");
  expect_gone (&self);
  g_assert_cmpstr (exited_text, ==, "Application garden exited: shutdown");
}

static void
test_master_killed (void *arg)
{
  const struct garden self = start_garden ();

  grove_monitor (self.master);
  grove_monitor (self.top);
  grove_exit_process (self.master, "kill");
  otp_expect ("{'DOWN', _, process, _, killed}");
  otp_expect ("{'DOWN', _, process, _, killed}");
  g_assert_false (grove_is_alive (self.worker));
  g_assert_cmpuint (_grove_supervision_application ("garden"), ==, 0);
  g_assert_cmpstr (exited_text, ==, "Application garden exited: killed");
}

static void
test_start_fails (void *arg)
{
  const struct grove_application_spec spec = {
    .name = "desert",
    .start = start_nothing,
    .exited = exited,
  };
  grove_pid master;

  otp_begin ();
  g_assert_cmpint (grove_application_start (&spec, &master), ==, GROVE_ERR_EXITED);
  g_assert_cmpuint (_grove_supervision_application ("desert"), ==, 0);
  g_assert_cmpstr (exited_text, ==, "Application desert exited: {no,top}");
  otp_expect_nothing ();
}

static void
test_bad_spec (void *arg)
{
  const struct grove_application_spec bad[] = {
    { .name = "", .start = start_top },
    { .name = NULL, .start = start_top },
    { .name = "garden" },
    { .name = "a name that is longer than any application has ever had in the world",
      .start = start_top },
  };
  grove_pid master;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_cmpint (grove_application_start (&bad[i], &master), ==, GROVE_ERR_BADARG);
}

/* ---- Types ------------------------------------------------------------------------------ */

static const struct grove_application_spec *typed;

/* Ends with the application's top supervisor, or says in time that it goes on. */
static void
outlive (const char *reason, bool stops)
{
  struct grove_message *message;
  grove_pid             master;

  otp_begin ();
  has_exited = false;
  g_assert_cmpint (grove_application_start (typed, &master), ==, GROVE_OK);
  for (int i = 0; i < 2; i++)
    {
      g_assert_cmpint (grove_receive (DEADLINE_NS, &message), ==, GROVE_OK);
      grove_message_free (message);
    }
  g_assert_cmpint (grove_server_stop (grove_whereis ("top"), DEADLINE_NS, reason), ==, GROVE_OK);
  otp_expect_down (master, "_");
  g_assert_true (has_exited);
  /* Who waits here is ended by the runtime; the deadline is for one that is not. */
  if (stops && grove_receive (DEADLINE_NS, &message) == GROVE_ERR_TIMEOUT)
    g_error ("the runtime goes on");
}

static const struct grove_application_spec permanent = {
  .name = "permanent",
  .type = GROVE_APPLICATION_PERMANENT,
  .start = start_top,
  .exited = exited,
};

static const struct grove_application_spec transient = {
  .name = "transient",
  .type = GROVE_APPLICATION_TRANSIENT,
  .start = start_top,
  .exited = exited,
};

static void
test_permanent (void *arg)
{
  typed = &permanent;
  outlive ("normal", true);
}

static void
test_transient (void *arg)
{
  typed = &transient;
  outlive ("normal", false);
}

static void
test_transient_abnormal (void *arg)
{
  typed = &transient;
  outlive ("shutdown", true);
}

static void
test_temporary (void *arg)
{
  typed = &garden;
  outlive ("oops", false);
}

/* ---- Order ------------------------------------------------------------------------------ */

static void
note (const char *what, const char *name)
{
  grove_send_name ("test", "{~a, ~a}", what, name);
}

static enum grove_status
start_named (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason)
{
  const struct grove_supervisor_spec spec = { .intensity = 1, .period_s = 5 };

  note ("start", arg);
  return grove_supervisor_start (&spec, ret_top, ret_reason);
}

static enum grove_status
start_failing (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason)
{
  note ("fail", arg);
  return GROVE_ERR_EXITED;
}

static void
prep_stop (const void *arg)
{
  note ("prep_stop", arg);
}

static void
stop (const void *arg)
{
  note ("stop", arg);
}

static enum grove_status
start_phase (const char *phase, const void *arg)
{
  note (phase, arg);
  return strcmp (phase, "bad") == 0 ? GROVE_ERR_BUSY : GROVE_OK;
}

#define NAMED(application, ...)                                                                    \
  {                                                                                                \
    .name = (application), .start = start_named, .arg = (application), .prep_stop = prep_stop,     \
    .stop = stop, __VA_ARGS__                                                                      \
  }

static const char *const needs_a[] = { "a", NULL };
static const char *const needs_b[] = { "b", NULL };
static const char *const needs_c[] = { "c", NULL };
static const char *const good_phases[] = { "one", "two", NULL };
static const char *const bad_phases[] = { "one", "bad", "two", NULL };

static const struct grove_application_spec a = NAMED ("a");
static const struct grove_application_spec b = NAMED ("b", .needs = needs_a);
static const struct grove_application_spec c = NAMED ("c", .needs = needs_b);
static const struct grove_application_spec ring = NAMED ("a", .needs = needs_c);
static const struct grove_application_spec failing = {
  .name = "c",
  .start = start_failing,
  .arg = "c",
  .needs = needs_b,
};

static void
test_start_all (void *arg)
{
  const struct grove_application_spec *const all[] = { &c, &b, &a };
  grove_pid                                  master;

  otp_begin ();
  g_assert_cmpint (grove_application_start (&b, &master), ==, GROVE_ERR_NO_NAME);
  g_assert_cmpint (grove_application_start_all (all, G_N_ELEMENTS (all)), ==, GROVE_OK);
  otp_expect ("{start, a}");
  otp_expect ("{start, b}");
  otp_expect ("{start, c}");
  /* What runs is left alone. */
  g_assert_cmpint (grove_application_start_all (all, G_N_ELEMENTS (all)), ==, GROVE_OK);
  grove_application_stop_all ();
  otp_expect ("{prep_stop, c}");
  otp_expect ("{stop, c}");
  otp_expect ("{prep_stop, b}");
  otp_expect ("{stop, b}");
  otp_expect ("{prep_stop, a}");
  otp_expect ("{stop, a}");
  otp_expect_nothing ();
  g_assert_cmpuint (_grove_supervision_application ("a"), ==, 0);
  g_assert_cmpint (grove_application_start_all (NULL, 0), ==, GROVE_OK);
}

static void
test_start_all_fails (void *arg)
{
  const struct grove_application_spec *const all[] = { &failing, &b, &a };
  const struct grove_application_spec *const circle[] = { &ring, &b, &c };
  const struct grove_application_spec *const lacking[] = { &b };

  otp_begin ();
  g_assert_cmpint (grove_application_start_all (all, G_N_ELEMENTS (all)), ==, GROVE_ERR_EXITED);
  otp_expect ("{start, a}");
  otp_expect ("{start, b}");
  otp_expect ("{fail, c}");
  otp_expect ("{prep_stop, b}");
  otp_expect ("{stop, b}");
  otp_expect ("{prep_stop, a}");
  otp_expect ("{stop, a}");
  g_assert_cmpint (grove_application_start_all (circle, G_N_ELEMENTS (circle)), ==,
                   GROVE_ERR_BADARG);
  g_assert_cmpint (grove_application_start_all (lacking, G_N_ELEMENTS (lacking)), ==,
                   GROVE_ERR_NO_NAME);
  otp_expect_nothing ();
}

static void
test_phases (void *arg)
{
  const struct grove_application_spec good =
    NAMED ("a", .phases = good_phases, .start_phase = start_phase);
  const struct grove_application_spec bad =
    NAMED ("a", .phases = bad_phases, .start_phase = start_phase, .exited = exited);
  const struct grove_application_spec functionless = NAMED ("a", .phases = good_phases);
  grove_pid                           master;

  otp_begin ();
  g_assert_cmpint (grove_application_start (&bad, &master), ==, GROVE_ERR_EXITED);
  otp_expect ("{start, a}");
  otp_expect ("{one, a}");
  otp_expect ("{bad, a}");
  otp_expect ("{prep_stop, a}");
  otp_expect ("{stop, a}");
  g_assert_cmpstr (exited_text, ==, "Application a exited: {start_phase,bad}");
  g_assert_cmpint (grove_application_start (&functionless, &master), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_application_start (&good, &master), ==, GROVE_OK);
  otp_expect ("{start, a}");
  otp_expect ("{one, a}");
  otp_expect ("{two, a}");
  otp_expect_nothing ();
}

static const struct otp_case cases[] = {
  { "/runtime/application/permanent-217", test_permanent },
  { "/runtime/application/transient-217", test_transient },
  { "/runtime/application/transient-abnormal-217", test_transient_abnormal },
  { "/runtime/application/temporary-217", test_temporary },
  { "/runtime/application/start-all-216-218", test_start_all },
  { "/runtime/application/start-all-fails-218", test_start_all_fails },
  { "/runtime/application/phases-218", test_phases },
  { "/runtime/application/start-215", test_start },
  { "/runtime/application/move-215-219", test_move },
  { "/runtime/application/move-to-dead-33-219", test_move_to_dead },
  { "/runtime/application/stop-216", test_stop },
  { "/runtime/application/top-killed", test_top_killed },
  { "/runtime/application/top-gives-up", test_top_gives_up },
  { "/runtime/application/master-killed", test_master_killed },
  { "/runtime/application/start-fails", test_start_fails },
  { "/runtime/application/bad-spec", test_bad_spec },
};

int
main (int argc, char **argv)
{
  return otp_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
