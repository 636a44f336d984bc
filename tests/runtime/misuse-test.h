/* SPDX-License-Identifier: MIT
 *
 * For the tests of wrong calls: from a thread that is no process, by a process that ends with
 * `badarg`, and a bystander that keeps what it has through all of it.
 */
#pragma once

#include "runtime/grove.h"
#include "tests/runtime/core-test.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* A function that makes one call, and drops what that answers. */
#define MISUSE_CALL(name, ...)                                                                     \
  static void call_##name (void) { (void) __VA_ARGS__; }

static inline void
misuse_nothing (void *arg)
{
  (void) arg;
}

/* ---- From a thread that is no process -------------------------------------------------------- */

struct misuse_outside
{
  const char *function;
  void (*call) (void);
};

#define MISUSE_ROW(name)                                                                           \
  {                                                                                                \
#    name, call_##name                                                                             \
  }

/* In a child of its own, whose stderr comes through a pipe. */
static inline void
misuse_run_outside (gconstpointer data)
{
  const struct misuse_outside *outside = data;
  g_autofree char             *expected = NULL;
  char                         text[1024] = { 0 };
  gsize                        size = 0;
  gssize                       n;
  int                          ends[2], status;
  pid_t                        child_pid;

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

static inline void
misuse_add_outsides (const char *path, const struct misuse_outside *outsides, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/%s", path, outsides[i].function);
      g_test_add_data_func (name, &outsides[i], misuse_run_outside);
    }
}

/* ---- By a process: mistakes that end it ------------------------------------------------------ */

struct misuse_mistake
{
  const char *name;
  void (*call) (void);
};

static inline void
misuse_make (void *arg)
{
  const struct misuse_mistake *mistake = arg;

  mistake->call ();
}

/* Watched from the beginning: it may have ended before anybody could ask. */
static inline void
misuse_make_watched (const struct misuse_mistake *mistake)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  grove_pid                  maker;
  grove_ref                  monitor;

  options.arg = mistake;
  options.monitor = true;
  g_assert_cmpint (grove_spawn_opt (misuse_make, &options, &maker, &monitor), ==, GROVE_OK);
}

/* Each ends who makes it with `badarg`, be it with details or as an error with its stack. */
static inline void
misuse_expect_badarg (const struct misuse_mistake *mistakes, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      struct grove_message *down;
      struct grove_term     reason;

      misuse_make_watched (&mistakes[i]);
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
}

/* ---- Somebody else --------------------------------------------------------------------------- */

/* Holds a message, memory and a link through everything that the others do. */
static inline void
misuse_bystands (void *arg)
{
  struct grove_message *held, *look;
  struct grove_text     text;
  char                 *memory = grove_strdup ("memory of its own");

  grove_send (core_arg_pid (arg), "ready");
  if (grove_receive_pattern (CORE_DEADLINE_NS, &held, "{keep, _}") != GROVE_OK)
    grove_exit ("no_message");
  if (grove_receive_pattern (2 * CORE_DEADLINE_NS, &look, "look") != GROVE_OK)
    grove_exit ("nobody_asked");
  if (!grove_match (grove_message_term (held), "{keep, ~s}", &text) || text.size != 4 ||
      memcmp (text.bytes, "this", 4) != 0 || strcmp (memory, "memory of its own") != 0)
    grove_exit ("harmed");
}

static inline grove_pid
misuse_bystander (void)
{
  grove_pid by = grove_spawn (misuse_bystands, core_pid_arg (grove_self ()));

  core_expect ("ready");
  grove_send (by, "{keep, ~s}", "this");
  return by;
}

static inline void
misuse_expect_unharmed (grove_pid by)
{
  grove_send (by, "look");
  core_expect_down (by, "normal");
}
