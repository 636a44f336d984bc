/* SPDX-License-Identifier: MIT
 *
 * For the tests of core/: each case is the first process of a runtime of its own, with two
 * schedulers. Waiting is for messages, with a deadline that only a failure reaches.
 */
#pragma once

#include "runtime/core/observe.h"
#include "runtime/core/process-private.h"
#include "runtime/core/runtime.h"

#include <glib.h>

#define CORE_SECOND_NS   INT64_C (1000000000)
#define CORE_DEADLINE_NS (30 * CORE_SECOND_NS)

/* Sanitizers make everything slower, and every process needs two mappings of its own there. */
#ifdef GROVE_OWN_STACKS
#  define CORE_MANY(plain, sanitized) (sanitized)
#else
#  define CORE_MANY(plain, sanitized) (plain)
#endif

struct core_case
{
  const char *path;
  grove_entry entry;
  unsigned    n_schedulers;  /* 0: two */
  uint32_t    max_processes; /* 0: the default */
};

static inline void
core_run (gconstpointer data)
{
  const struct core_case    *test = data;
  const struct grove_options options = {
    .name = "test",
    .n_schedulers = test->n_schedulers != 0 ? test->n_schedulers : 2,
    .max_processes = test->max_processes,
  };

  g_assert_cmpint (grove_run (&options, test->entry, NULL), ==, GROVE_OK);
}

static inline int
core_main (int argc, char **argv, const struct core_case *cases, gsize n)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < n; i++)
    g_test_add_data_func (cases[i].path, &cases[i], core_run);
  return g_test_run ();
}

/* A pid as the argument of an entry function, and back. */
static inline void *
core_pid_arg (grove_pid pid)
{
  return (void *) (uintptr_t) pid;
}

static inline grove_pid
core_arg_pid (void *arg)
{
  return (grove_pid) (uintptr_t) arg;
}

static inline struct grove_message *
core_receive (void)
{
  struct grove_message *message;

  g_assert_cmpint (grove_receive (CORE_DEADLINE_NS, &message), ==, GROVE_OK);
  return message;
}

/* Takes the oldest message, which must match; what is bound must be no view into it. */
#define core_expect(...)                                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    struct grove_message *core_message = core_receive ();                                          \
    if (!grove_match (grove_message_term (core_message), __VA_ARGS__))                             \
      {                                                                                            \
        char core_text[512];                                                                       \
        grove_term_print (grove_message_term (core_message), GROVE_SYNTAX_ERLANG, 16, core_text,   \
                          sizeof core_text, NULL);                                                 \
        g_error ("%s:%d: an unexpected message: %s", __FILE__, __LINE__, core_text);               \
      }                                                                                            \
    grove_message_free (core_message);                                                             \
  }                                                                                                \
  G_STMT_END

static inline void
core_expect_nothing (void)
{
  struct grove_message *message;
  char                  text[512];

  if (grove_receive (0, &message) == GROVE_ERR_TIMEOUT)
    return;
  grove_term_print (grove_message_term (message), GROVE_SYNTAX_ERLANG, 16, text, sizeof text, NULL);
  g_error ("a message too many: %s", text);
}

/* Waits for the end of @pid; its reason must match. */
#define core_expect_down(pid, ...)                                                                 \
  G_STMT_START                                                                                     \
  {                                                                                                \
    grove_ref             core_alias = grove_alias ();                                             \
    grove_ref             core_monitor = grove_monitor (pid);                                      \
    struct grove_message *core_down;                                                               \
    g_assert_cmpint (grove_receive_alias (core_alias, core_monitor, CORE_DEADLINE_NS, &core_down), \
                     ==, GROVE_OK);                                                                \
    core_check_down (core_down, __VA_ARGS__);                                                      \
    grove_unalias (core_alias);                                                                    \
  }                                                                                                \
  G_STMT_END

#define core_check_down(message, ...)                                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    struct grove_term core_reason;                                                                 \
    g_assert_true (                                                                                \
      grove_match (grove_message_term (message), "{'DOWN', _, process, _, ~t}", &core_reason));    \
    if (!grove_match (core_reason, __VA_ARGS__))                                                   \
      {                                                                                            \
        char core_text[512];                                                                       \
        grove_term_print (core_reason, GROVE_SYNTAX_ERLANG, 16, core_text, sizeof core_text,       \
                          NULL);                                                                   \
        g_error ("%s:%d: an unexpected reason: %s", __FILE__, __LINE__, core_text);                \
      }                                                                                            \
    grove_message_free (message);                                                                  \
  }                                                                                                \
  G_STMT_END

/* ---- Processes that most tests need ------------------------------------------------------------
 */

static inline void
core_idle (void *arg)
{
  (void) arg;
  for (;;)
    grove_message_free (core_receive ());
}

/* Never calls the runtime. */
static inline void
core_spin (void *arg)
{
  volatile unsigned n = 0;

  (void) arg;
  for (;;)
    n++;
}

/* Traps exits, says `ready` to its parent, and passes on what it gets. */
static inline void
core_trapper (void *arg)
{
  grove_trap_exit (true);
  grove_send (core_arg_pid (arg), "ready");
  for (;;)
    {
      struct grove_message *message;
      if (grove_receive (GROVE_FOREVER, &message) != GROVE_OK)
        return;
      grove_send (core_arg_pid (arg), "{got, ~t}", grove_message_term (message));
      grove_message_free (message);
    }
}

static inline grove_pid
core_spawn_trapper (void)
{
  grove_pid pid = grove_spawn (core_trapper, core_pid_arg (grove_self ()));

  core_expect ("ready");
  return pid;
}

/* Waits until nothing is left of @pid: all who are told of its end have been, and the caller has
 * what was for it. */
static inline void
core_until_gone (grove_pid pid)
{
  struct grove_process_sample sample;

  while (_grove_observe_process (pid, &sample))
    grove_yield ();
  g_assert_false (grove_is_alive (pid));
}

static inline grove_pid
core_spawn_priority (grove_entry entry, void *arg, enum grove_priority priority)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  pid;

  options.initial_call = "test";
  options.arg = arg;
  options.priority = priority;
  g_assert_cmpint (grove_spawn_opt (entry, &options, &pid, NULL), ==, GROVE_OK);
  return pid;
}
