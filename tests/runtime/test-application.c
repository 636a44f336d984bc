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

static const struct otp_case cases[] = {
  { "/runtime/application/start", test_start },
  { "/runtime/application/stop", test_stop },
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
