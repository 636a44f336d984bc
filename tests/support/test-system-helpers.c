/* SPDX-License-Identifier: MIT
 *
 * The helpers that end-to-end tests trust: the hand-written client against a peer that is a few
 * recorded lines, and the starting of programs against small ones every system has.
 */
#include "tests/support/grove-system-test.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define OK(id, result) "{\"jsonrpc\":\"2.0\",\"id\":" #id ",\"result\":" result "}\n"
#define HELLO          "{\"jsonrpc\":\"2.0\",\"method\":\"hello\",\"params\":{\"instance\":\"i1\"}}\n"
#define UPDATE(sub, rows)                                                                          \
  "{\"jsonrpc\":\"2.0\",\"method\":\"table.update\",\"params\":{\"sub\":" #sub ",\"rows\":" rows   \
  "}}\n"

/* A wire whose other end has said all of @lines already and closed. */
static GroveTestWire *
wire_to_recording (const char *lines, int *ret_peer)
{
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
  g_assert_cmpint (write (fds[1], lines, strlen (lines)), ==, strlen (lines));
  g_assert_no_errno (shutdown (fds[1], SHUT_WR));
  *ret_peer = fds[1];
  return grove_test_wire_new (fds[0]);
}

static char *
sent_to (int peer)
{
  char    bytes[4096];
  ssize_t n = recv (peer, bytes, sizeof bytes - 1, 0);

  g_assert_cmpint (n, >=, 0);
  close (peer);
  return g_strndup (bytes, (gsize) n);
}

static void
test_calls (void)
{
  int                 peer;
  struct json_object *greeting, *result;
  g_autofree char    *sent = NULL;
  g_autoptr (GroveTestWire) wire =
    wire_to_recording (HELLO OK (1, "{\"session\":1}") UPDATE (9, "[]")
                         OK (2,
                             "{\"now_ns\":5}") "{\"jsonrpc\":\"2.0\",\"id\":3,\"error\":{\"code\":-"
                                               "32003,\"message\":\"no such process\"}}\n",
                       &peer);

  greeting = grove_test_wire_open (wire, "observe");
  g_assert_cmpstr (grove_test_json_string (greeting, "instance"), ==, "i1");
  json_object_put (greeting);
  result = grove_test_wire_call (wire, "session.ping", NULL, "{}");
  g_assert_cmpint (grove_test_json_int (result, "now_ns"), ==, 5);
  json_object_put (result);
  g_assert_cmpint (grove_test_wire_call_error (wire, "process.get", "{\"pid\":\"%s\"}", "<0.1.0>"),
                   ==, -32003);
  g_assert_null (grove_test_wire_read (wire));

  sent = sent_to (peer);
  g_assert_nonnull (strstr (sent, "\n{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"process.get\","
                                  "\"params\":{\"pid\":\"<0.1.0>\"}}\n"));
}

static void
test_find_pid (void)
{
  int              peer;
  g_autofree char *pid = NULL, *none = NULL;
  g_autoptr (GroveTestWire) wire =
    wire_to_recording (OK (1, "{\"sub\":4}") UPDATE (2, "[[\"<0.1.0>\"]]")
                         UPDATE (4, "[[\"<0.7.0>\"]]") OK (2, "{\"closed\":true}")
                           OK (3, "{\"sub\":5}") UPDATE (5, "[]") OK (4, "{\"closed\":true}"),
                       &peer);

  pid = grove_test_wire_find_pid (wire, "counter");
  g_assert_cmpstr (pid, ==, "<0.7.0>");
  none = grove_test_wire_find_pid (wire, "nobody");
  g_assert_null (none);
  close (peer);
}

static void
test_run (void)
{
  const char *const shell[] = { "/bin/sh", "-c", "echo out; echo err >&2; exit 3", NULL };
  const char *const killed[] = { "/bin/sh", "-c", "kill -9 $$", NULL };
  g_autofree char  *output = NULL, *errors = NULL;

  g_assert_cmpint (grove_test_run (shell, NULL, &output, &errors), ==, 3);
  g_assert_cmpstr (output, ==, "out\n");
  g_assert_cmpstr (errors, ==, "err\n");
  g_assert_cmpint (grove_test_run (killed, NULL, NULL, NULL), ==, 128 + SIGKILL);
}

static void
test_directory (void)
{
  g_autofree char *path = grove_test_socket_path ("shop");

  g_assert_true (g_str_has_prefix (path, g_getenv ("XDG_RUNTIME_DIR")));
  g_assert_true (g_str_has_suffix (path, "/grove/shop.sock"));
}

/* A program that ends before its socket is there must fail the test, with what it said. */
static void
test_start_fails (void)
{
  if (g_test_subprocess ())
    {
      const char *const argv[] = { "/bin/sh", "-c", "echo name taken; exit 1", NULL };

      grove_test_system_start ("shop", argv);
      return;
    }
  g_test_trap_subprocess (NULL, 20 * G_TIME_SPAN_SECOND, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*it said: name taken*");
}

int
main (int argc, char **argv)
{
  grove_test_runtime_directory_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/support/wire/calls", test_calls);
  g_test_add_func ("/support/wire/find-pid", test_find_pid);
  g_test_add_func ("/support/system/run", test_run);
  g_test_add_func ("/support/system/directory", test_directory);
  g_test_add_func ("/support/system/start-fails", test_start_fails);
  return g_test_run ();
}
