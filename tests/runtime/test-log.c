/* SPDX-License-Identifier: MIT
 *
 * The log: runtime/core/log.c. What is kept of each line, who is said to have written it, and what
 * goes to standard error.
 */
#include "core-test.h"

#include "runtime/core/log-private.h"

#include <pthread.h>
#include <string.h>

static void
in_runtime (grove_entry main, enum grove_log_level log_stderr)
{
  const struct grove_options options = { .n_schedulers = 2, .log_stderr = log_stderr };

  g_assert_cmpint (grove_run (&options, main, NULL), ==, GROVE_OK);
}

static struct grove_log_line
last_line (void)
{
  struct grove_log_line line;

  g_assert_true (_grove_observe_log_line (_grove_observe_log (), &line));
  return line;
}

/* ---- Who and what ------------------------------------------------------------------------------
 */

static void *
other_thread (void *arg)
{
  grove_log (GROVE_LOG_INFO, "from outside");
  return NULL;
}

static void
writer (void *arg)
{
  struct grove_log_line line;
  pthread_t             thread;

  grove_log (GROVE_LOG_NOTICE, "%s is %d\n", "seven", 7);
  line = last_line ();
  g_assert_cmpuint (line.seq, ==, 1);
  g_assert_cmpuint (line.pid, ==, grove_self ());
  g_assert_cmpstr (line.text, ==, "seven is 7 ");
  g_assert_cmpstr (line.name, ==, "");
  g_assert_cmpint (line.level, ==, GROVE_LOG_NOTICE);

  g_assert_cmpint (grove_register ("scribe", grove_self ()), ==, GROVE_OK);
  grove_log (GROVE_LOG_DEBUG, "named");
  g_assert_cmpstr (last_line ().name, ==, "scribe");

  g_assert_cmpint (pthread_create (&thread, NULL, other_thread, NULL), ==, 0);
  pthread_join (thread, NULL);
  line = last_line ();
  g_assert_cmpuint (line.pid, ==, 0);
  g_assert_cmpstr (line.text, ==, "from outside");

  g_assert_cmpuint (_grove_observe_log (), ==, 3);
  grove_log ((enum grove_log_level) 0, "nothing");
  g_assert_cmpuint (_grove_observe_log (), ==, 3);
  g_assert_false (_grove_observe_log_line (0, &line));
  g_assert_false (_grove_observe_log_line (4, &line));
}

static void
test_who (void)
{
  in_runtime (writer, (enum grove_log_level) 0);
  /* The next runtime begins anew. */
  g_assert_cmpuint (_grove_observe_log (), ==, 0);
}

/* ---- Terms -------------------------------------------------------------------------------------
 */

#define LARGE 100000

/* Small ones are kept as they are, of large ones the beginning; neither runs over. */
static void
with_terms (void *arg)
{
  struct grove_buffer   buffer = { NULL };
  struct grove_log_line line;
  char                 *text = g_malloc (LARGE + 1);

  g_assert_cmpint (grove_build (&buffer, "{small, [1, 2]}"), ==, GROVE_OK);
  _grove_log_self (GROVE_LOG_ERROR, GROVE_LOG_CRASH, grove_buffer_term (&buffer), "ended: ");
  line = last_line ();
  g_assert_cmpstr (line.text, ==, "ended: {small,[1,2]}");
  g_assert_cmpint (line.source, ==, GROVE_LOG_CRASH);

  for (size_t size = 1; size < LARGE; size += size < 600 ? 1 : 9001)
    {
      memset (text, 'x', size);
      text[size] = '\0';
      buffer.size = 0;
      g_assert_cmpint (grove_build (&buffer, "~s", text), ==, GROVE_OK);
      _grove_log_self (GROVE_LOG_ERROR, GROVE_LOG_CRASH, grove_buffer_term (&buffer), "%s: ", text);
      line = last_line ();
      g_assert_cmpuint (strlen (line.text), <, sizeof line.text);
      g_assert_true (strncmp (line.text, text, MIN (size, 479)) == 0);
    }
  grove_buffer_finish (&buffer);
  g_free (text);
}

static void
test_terms (void)
{
  in_runtime (with_terms, (enum grove_log_level) 0);
}

/* ---- Standard error ----------------------------------------------------------------------------
 */

static void
crasher (void *arg)
{
  grove_exit ("{bad, luck}");
}

static void
both_levels (void *arg)
{
  struct grove_message *message;

  grove_log (GROVE_LOG_INFO, "not told");
  grove_log (GROVE_LOG_WARNING, "told %d times", 1);
  grove_monitor (grove_spawn (crasher, NULL));
  g_assert_cmpint (grove_receive (GROVE_FOREVER, &message), ==, GROVE_OK);
  grove_message_free (message);
}

static void
test_stderr (void)
{
  if (g_test_subprocess ())
    {
      in_runtime (both_levels, GROVE_LOG_NOTICE);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr (
    "*Z warning <0.*>: told 1 times\n*Z error <0.*>: Process <0.*> crashed: "
    "{bad,luck}\n*");
  g_test_trap_assert_stderr_unmatched ("*not told*");
}

static void
test_silent (void)
{
  if (g_test_subprocess ())
    {
      in_runtime (both_levels, (enum grove_log_level) 0);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr_unmatched ("*told*");
  g_test_trap_assert_stderr_unmatched ("*crashed*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/log/who", test_who);
  g_test_add_func ("/runtime/log/terms", test_terms);
  g_test_add_func ("/runtime/log/stderr", test_stderr);
  g_test_add_func ("/runtime/log/silent", test_silent);
  return g_test_run ();
}
