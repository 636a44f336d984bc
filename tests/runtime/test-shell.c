/* SPDX-License-Identifier: MIT
 *
 * Starting the shell: runtime/shell/shell.c. Standard input and output are pipes meanwhile. What it
 * does once it runs is tested with the shop's, by tests/e2e/test-shell.py.
 */
#include "core-test.h"

#include "runtime/shell/shell.h"

#include <string.h>
#include <unistd.h>

/* The other ends of the pipes, and what stood in their place. */
static struct
{
  int in, out;
  int old_in, old_out;
} terminal;

static void
terminal_open (void)
{
  int in[2], out[2];

  fflush (stdout);
  g_assert_cmpint (pipe (in), ==, 0);
  g_assert_cmpint (pipe (out), ==, 0);
  terminal.old_in = dup (STDIN_FILENO);
  terminal.old_out = dup (STDOUT_FILENO);
  g_assert_cmpint (dup2 (in[0], STDIN_FILENO), ==, STDIN_FILENO);
  g_assert_cmpint (dup2 (out[1], STDOUT_FILENO), ==, STDOUT_FILENO);
  close (in[0]);
  close (out[1]);
  terminal.in = in[1];
  terminal.out = out[0];
}

static void
terminal_close (void)
{
  g_assert_cmpint (dup2 (terminal.old_in, STDIN_FILENO), ==, STDIN_FILENO);
  g_assert_cmpint (dup2 (terminal.old_out, STDOUT_FILENO), ==, STDOUT_FILENO);
  close (terminal.old_in);
  close (terminal.old_out);
  close (terminal.in);
  close (terminal.out);
}

static void
type (const char *text)
{
  g_assert_cmpint (write (terminal.in, text, strlen (text)), ==, strlen (text));
}

static grove_ref
watch (const char *name)
{
  grove_pid pid = grove_whereis (name);

  g_assert_cmpuint (pid, !=, 0);
  return grove_monitor (pid);
}

/* ---- Cases ------------------------------------------------------------------------------ */

static void
test_one_at_a_time (void *arg)
{
  const struct grove_shell_options options[2] = { { .name = "one" }, { .name = "two" } };
  const struct grove_child_spec    one = grove_shell_spec (&options[0]);
  const struct grove_child_spec    two = grove_shell_spec (&options[1]);
  struct grove_buffer              reason = { NULL };
  struct grove_message            *down;
  grove_pid                        pid, other = 0;

  terminal_open ();
  g_assert_cmpint (one.start (one.arg, &pid, &reason), ==, GROVE_OK);
  g_assert_cmpuint (grove_whereis ("one"), ==, pid);

  g_assert_cmpint (two.start (two.arg, &other, &reason), ==, GROVE_ERR_BUSY);
  g_assert_true (grove_term_is_atom (grove_buffer_term (&reason), "terminal_in_use"));
  grove_buffer_finish (&reason);
  g_assert_cmpint (one.start (one.arg, &other, NULL), ==, GROVE_ERR_NAME_TAKEN);
  g_assert_cmpuint (other, ==, 0);

  /* The link heard nothing, and no message is left. When the first has ended the terminal is free.
   */
  g_assert_cmpint (grove_receive (0, &down), ==, GROVE_ERR_TIMEOUT);
  watch ("one");
  type ("quit\n");
  g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &down, "{'DOWN', _, _, _, normal}"), ==,
                   GROVE_OK);
  grove_message_free (down);
  g_assert_cmpint (two.start (two.arg, &other, NULL), ==, GROVE_OK);
  grove_unlink (other);
  grove_exit_process (other, "kill");
  g_assert_false (grove_is_alive (other));
  terminal_close ();
}

/* One that ends is not restarted, one that is killed is; the application goes on. */
static void
test_supervised (void *arg)
{
  struct grove_children_count count;
  struct grove_message       *down;
  char                        answer[256];
  grove_pid                   first;
  ssize_t                     n;

  terminal_open ();
  g_assert_cmpint (grove_shell_start (NULL), ==, GROVE_OK);
  g_assert_cmpint (grove_shell_start (NULL), ==, GROVE_ERR_NAME_TAKEN);
  first = grove_whereis ("shell");
  watch ("shell");
  grove_exit_process (first, "kill");
  g_assert_cmpint (grove_receive (CORE_DEADLINE_NS, &down), ==, GROVE_OK);
  grove_message_free (down);
  while (grove_whereis ("shell") == first || grove_whereis ("shell") == 0)
    grove_yield ();
  g_assert_cmpint (grove_supervisor_count_children (grove_whereis ("shell_sup"), &count), ==, 0);
  g_assert_cmpuint (count.active, ==, 1);

  watch ("shell");
  type ("help spawn\nspawn something\nquit\n");
  g_assert_cmpint (grove_receive_pattern (CORE_DEADLINE_NS, &down, "{'DOWN', _, _, _, normal}"), ==,
                   GROVE_OK);
  grove_message_free (down);
  /* The supervisor may hear of it later. */
  do
    g_assert_cmpint (grove_supervisor_count_children (grove_whereis ("shell_sup"), &count), ==, 0);
  while (count.active != 0);
  n = read (terminal.out, answer, sizeof answer - 1);
  terminal_close ();
  g_assert_cmpint (n, >, 0);
  answer[n] = '\0';
  g_assert_nonnull (strstr (answer, ", which ended: killed\n"));
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/shell/one-at-a-time", test_one_at_a_time },
    { "/runtime/shell/supervised", test_supervised },
  };

  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
