/* SPDX-License-Identifier: MIT
 *
 * For the tests of otp/: each case is the first process of a runtime of its own. What other
 * processes do is heard of in messages to the name `test`, so that nothing has to be waited for by
 * the clock.
 */
#pragma once

#include "runtime/core/runtime.h"
#include "runtime/otp/server.h"

#include <glib.h>

#define SECOND_NS INT64_C (1000000000)
/* Longer than anything here takes, on any machine; a test that waits so long has failed. */
#define DEADLINE_NS (20 * SECOND_NS)

struct otp_case
{
  const char *path;
  grove_entry entry;
};

static inline void
otp_run (gconstpointer data)
{
  const struct otp_case     *test = data;
  const struct grove_options options = { .name = "test", .n_schedulers = 2 };

  g_assert_cmpint (grove_run (&options, test->entry, NULL), ==, GROVE_OK);
}

/* The first thing a case does: others can then send to `test`. */
static inline void
otp_begin (void)
{
  g_assert_cmpint (grove_register ("test", grove_self ()), ==, GROVE_OK);
}

/* Takes the oldest message, which must be this one. */
#define otp_expect(...)                                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    struct grove_message *otp_message;                                                             \
    char                  otp_text[512];                                                           \
    g_assert_cmpint (grove_receive (DEADLINE_NS, &otp_message), ==, GROVE_OK);                     \
    grove_term_print (grove_message_term (otp_message), GROVE_SYNTAX_ERLANG, 16, otp_text,         \
                      sizeof otp_text, NULL);                                                      \
    if (!grove_match (grove_message_term (otp_message), __VA_ARGS__))                              \
      g_error ("%s:%d: an unexpected message: %s", __FILE__, __LINE__, otp_text);                  \
    grove_message_free (otp_message);                                                              \
  }                                                                                                \
  G_STMT_END

static inline void
otp_expect_nothing (void)
{
  struct grove_message *message;
  char                  text[512];

  if (grove_receive (0, &message) == GROVE_ERR_TIMEOUT)
    return;
  grove_term_print (grove_message_term (message), GROVE_SYNTAX_ERLANG, 16, text, sizeof text, NULL);
  g_error ("a message too many: %s", text);
}

/* Waits for the end of @pid, whose reason must match. */
#define otp_expect_down(pid, reason_format)                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    grove_ref             otp_monitor = grove_monitor (pid);                                       \
    struct grove_message *otp_down;                                                                \
    struct grove_term     otp_reason;                                                              \
    g_assert_cmpint (grove_receive_alias (grove_alias (), otp_monitor, DEADLINE_NS, &otp_down),    \
                     ==, GROVE_OK);                                                                \
    g_assert_true (                                                                                \
      grove_match (grove_message_term (otp_down), "{'DOWN', _, process, _, ~t}", &otp_reason));    \
    g_assert_true (grove_match (otp_reason, reason_format));                                       \
    grove_message_free (otp_down);                                                                 \
  }                                                                                                \
  G_STMT_END

static inline int
otp_main (int argc, char **argv, const struct otp_case *cases, gsize n)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < n; i++)
    g_test_add_data_func (cases[i].path, &cases[i], otp_run);
  return g_test_run ();
}
