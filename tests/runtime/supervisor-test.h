/* SPDX-License-Identifier: MIT
 *
 * Children and supervisors to test with: what a child does is told to the name `test`.
 */
#pragma once

#include "otp-test.h"

#include "runtime/otp/supervision.h"
#include "runtime/otp/supervisor.h"

/* ---- Children to test with -------------------------------------------------------------- */

enum how
{
  NORMAL,
  STUBBORN,   /* traps exits and does not care */
  UNLINKED,   /* leaves its supervisor */
  FAILING,    /* its start fails */
  FAIL_LATER, /* its start fails from the second time on, until `may_start` is set */
  IGNORING,   /* chooses not to run */
  TELLING,    /* tells its starter {info, Id} */
};

struct child_arg
{
  char     id[32];
  enum how how;
};

static _Atomic int  n_started;
static _Atomic bool may_start;

static inline enum grove_status
child_init (const void *arg, void **state)
{
  const struct child_arg *self = arg;

  *state = (void *) (uintptr_t) arg;
  if (self->how == FAILING || (self->how == FAIL_LATER && n_started++ > 0 && !may_start))
    {
      grove_send_name ("test", "{failed, ~a}", self->id);
      grove_server_stop_reason ("nope");
      return GROVE_ERR_BADARG;
    }
  grove_trap_exit (self->how != UNLINKED);
  grove_send_name ("test", "{start, ~a}", self->id);
  return GROVE_OK;
}

static inline enum grove_next
child_cast (struct grove_term request, void *state)
{
  struct grove_term reason;

  if (grove_match (request, "{stop, ~t}", &reason))
    {
      grove_server_stop_reason ("~t", reason);
      return GROVE_STOP;
    }
  return GROVE_CONTINUE;
}

static inline void
child_terminate (struct grove_term reason, void *state)
{
  const struct child_arg *self = state;

  grove_send_name ("test", "{stop, ~a, ~t}", self->id, reason);
}

static const struct grove_server_callbacks child_callbacks = {
  .module = "child",
  .init = child_init,
  .handle_cast = child_cast,
  .terminate = child_terminate,
};

/* Says so first, because it cannot be asked later. */
static inline void
stubborn_main (void *arg)
{
  struct grove_message *message;

  grove_trap_exit (true);
  for (;;)
    {
      grove_send_name ("test", "stubborn");
      if (grove_receive (GROVE_FOREVER, &message) == GROVE_OK)
        grove_message_free (message);
    }
}

static inline enum grove_status
start_child (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  const struct child_arg     *self = arg;
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;
  enum grove_status           status;

  if (self->how == IGNORING)
    return GROVE_IGNORED;
  if (self->how == STUBBORN)
    {
      *ret_pid = grove_spawn_link (stubborn_main, NULL);
      return GROVE_OK;
    }
  options.name = self->id;
  options.arg = self;
  options.arg_size = sizeof *self;
  options.link = true;
  status = grove_server_start (&child_callbacks, &options, ret_pid, ret_reason);
  if (status == GROVE_OK && self->how == UNLINKED)
    grove_unlink (*ret_pid);
  if (status == GROVE_OK && self->how == TELLING)
    g_assert_cmpint (grove_build (ret_reason, "{info, ~a}", self->id), ==, GROVE_OK);
  return status;
}

static inline struct child_arg
child_arg (const char *id, enum how how)
{
  struct child_arg arg = { .how = how };

  g_strlcpy (arg.id, id, sizeof arg.id);
  return arg;
}

#define CHILD(argument, ...)                                                                       \
  {                                                                                                \
    .id = (argument).id, .start = start_child, .arg = &(argument),                                 \
    .arg_size = sizeof (struct child_arg), __VA_ARGS__                                             \
  }

static inline grove_pid
start_supervisor (const struct grove_child_spec *children,
                  size_t                         n,
                  unsigned                       intensity,
                  unsigned                       period_s)
{
  const struct grove_supervisor_spec spec = {
    .name = "sup",
    .intensity = intensity,
    .period_s = period_s,
    .children = children,
    .n_children = n,
  };
  grove_pid pid;

  g_assert_cmpint (grove_supervisor_start (&spec, &pid, NULL), ==, GROVE_OK);
  return pid;
}

/* a, b and c, each asked with `shutdown` and given time. */
static inline grove_pid
start_abc (unsigned intensity, unsigned period_s)
{
  struct child_arg        a = child_arg ("a", NORMAL);
  struct child_arg        b = child_arg ("b", NORMAL);
  struct child_arg        c = child_arg ("c", NORMAL);
  struct grove_child_spec specs[] = {
    CHILD (a, .shutdown_ms = 20000),
    CHILD (b, .shutdown_ms = 20000),
    CHILD (c, .shutdown_ms = 20000),
  };
  grove_pid pid = start_supervisor (specs, 3, intensity, period_s);

  otp_expect ("{start, a}");
  otp_expect ("{start, b}");
  otp_expect ("{start, c}");
  return pid;
}

/* What the supervisor was sent before is done when it has answered. */
static inline void
settle (grove_pid supervisor)
{
  struct grove_message *reply;

  g_assert_cmpint (grove_call (supervisor, DEADLINE_NS, &reply, "count_children"), ==, GROVE_OK);
  grove_message_free (reply);
}

#define expect_answer(supervisor, request, ...)                                                    \
  G_STMT_START                                                                                     \
  {                                                                                                \
    struct grove_message *answer;                                                                  \
    g_assert_cmpint (grove_call (supervisor, DEADLINE_NS, &answer, request), ==, GROVE_OK);        \
    g_assert_true (grove_match (grove_message_term (answer), __VA_ARGS__));                        \
    grove_message_free (answer);                                                                   \
  }                                                                                                \
  G_STMT_END

static inline struct grove_supervision_node
node_of (grove_pid pid)
{
  struct grove_supervision_node node;

  g_assert_true (_grove_supervision_find (pid, NULL, &node));
  return node;
}

static inline void
end_child (const char *name, const char *reason)
{
  grove_cast (grove_whereis (name), "{stop, ~a}", reason);
  otp_expect ("{stop, _, _}");
}
