/* SPDX-License-Identifier: MIT
 *
 * The two programs where they cannot do what they were started for: each says so in one sentence,
 * ends with an error, and harms nobody.
 */
#include "tests/e2e/shop.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

/* One line that names the program and mentions @about. */
static void
assert_one_sentence (const char *text, const char *about)
{
  g_test_message ("said: %s", text);
  g_assert_cmpstr (text, !=, "");
  g_assert_true (g_str_has_suffix (text, "\n"));
  g_assert_true (strchr (text, '\n') == text + strlen (text) - 1);
  g_assert_nonnull (strstr (text, about));
}

static void
assert_serves (void)
{
  g_autoptr (GroveTestWire) wire = shop_connect ("observe");
  g_autofree char *pid = grove_test_wire_find_pid (wire, SHOP_COUNTER);

  g_assert_nonnull (pid);
}

static void
test_second_server (void)
{
  const char *const argv[] = { GROVE_SHOP_PROGRAM, NULL };
  GroveTestSystem  *shop = shop_start ();
  g_autofree char  *output = NULL, *errors = NULL;

  g_assert_cmpint (grove_test_run (argv, NULL, &output, &errors), ==, 1);
  assert_one_sentence (errors, SHOP);
  assert_serves ();
  shop_stop (shop);
}

/* A shop that was killed leaves its socket; the next one takes its place all the same. */
static void
test_stale_socket (void)
{
  g_autofree char *socket_path = grove_test_socket_path (SHOP);
  GroveTestSystem *shop = shop_start ();
  int              status = grove_test_system_end (shop, SIGKILL);

  g_assert_true (WIFSIGNALED (status));
  g_assert_true (g_file_test (socket_path, G_FILE_TEST_EXISTS));
  shop = shop_start ();
  assert_serves ();
  shop_stop (shop);
}

static void
test_modes (void)
{
  g_autofree char *socket_path = grove_test_socket_path (SHOP);
  GroveTestSystem *shop = shop_start ();
  GStatBuf         info;

  g_assert_no_errno (g_stat (grove_test_socket_directory (), &info));
  g_assert_cmphex (info.st_mode & 07777, ==, 0700);
  g_assert_no_errno (g_stat (socket_path, &info));
  g_assert_cmphex (info.st_mode & 07777, ==, 0600);
  shop_stop (shop);
}

/* ---- A socket directory that cannot be had ------------------------------------------------------
 */

static void
assert_shop_refuses (const char *runtime_directory)
{
  const char *const argv[] = { GROVE_SHOP_PROGRAM, NULL };
  g_auto (GStrv) environment =
    g_environ_setenv (g_get_environ (), "XDG_RUNTIME_DIR", runtime_directory, TRUE);
  g_autofree char *output = NULL, *errors = NULL;

  g_assert_cmpint (grove_test_run (argv, environment, &output, &errors), ==, 1);
  assert_one_sentence (errors, runtime_directory);
}

static void
test_no_permission_to_make (void)
{
  /* Where not even root can make a directory. */
  assert_shop_refuses ("/proc/self");
}

static void
test_no_permission_not_ours (void)
{
  g_autofree char *runtime_directory = g_dir_make_tmp ("grove-e2e-XXXXXX", NULL);
  g_autofree char *directory = g_build_filename (runtime_directory, "grove", NULL);

  if (geteuid () != 0)
    {
      g_test_skip ("only root can give a directory away");
      g_rmdir (runtime_directory);
      return;
    }
  g_assert_no_errno (g_mkdir (directory, 0700));
  g_assert_no_errno (chown (directory, NOBODY, NOBODY));
  assert_shop_refuses (runtime_directory);
  /* And it left nothing there. */
  g_assert_no_errno (g_rmdir (directory));
  g_rmdir (runtime_directory);
}

static void
test_no_permission_a_file (void)
{
  g_autofree char *runtime_directory = g_dir_make_tmp ("grove-e2e-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (runtime_directory, "grove", NULL);

  g_assert_true (g_file_set_contents (file, "mine", -1, NULL));
  assert_shop_refuses (runtime_directory);
  g_unlink (file);
  g_rmdir (runtime_directory);
}

/* ---- What is typed ------------------------------------------------------------------------------
 */

static void
test_no_display (gconstpointer data)
{
  const char *const argv[] = { GROVE_OBSERVER_PROGRAM, SHOP, NULL };
  g_auto (GStrv) environment = g_get_environ ();
  g_autofree char *output = NULL, *errors = NULL;

  environment = data != NULL ? g_environ_setenv (environment, "DISPLAY", data, TRUE)
                             : g_environ_unsetenv (environment, "DISPLAY");
  environment = g_environ_unsetenv (environment, "WAYLAND_DISPLAY");
  g_assert_cmpint (grove_test_run (argv, environment, &output, &errors), !=, 0);
  assert_one_sentence (errors, "display");
}

static void
test_unknown_option (gconstpointer data)
{
  const char *const argv[] = { data, "--no-such-option", NULL };
  g_autofree char  *output = NULL, *errors = NULL;

  g_assert_cmpint (grove_test_run (argv, NULL, &output, &errors), !=, 0);
  g_assert_nonnull (strstr (errors, "--no-such-option"));
}

/* It ends by itself when told for how long to run, and takes its socket with it. */
static void
test_seconds (void)
{
  const char *const argv[] = { GROVE_SHOP_PROGRAM, "--seconds", "1", NULL };
  g_autofree char  *socket_path = grove_test_socket_path (SHOP);
  g_autofree char  *output = NULL, *errors = NULL;

  g_assert_cmpint (grove_test_run (argv, NULL, &output, &errors), ==, 0);
  g_assert_false (g_file_test (socket_path, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  grove_test_runtime_directory_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/e2e/second-server", test_second_server);
  g_test_add_func ("/e2e/stale-socket", test_stale_socket);
  g_test_add_func ("/e2e/modes", test_modes);
  g_test_add_func ("/e2e/no-permission/cannot-make", test_no_permission_to_make);
  g_test_add_func ("/e2e/no-permission/not-ours", test_no_permission_not_ours);
  g_test_add_func ("/e2e/no-permission/a-file", test_no_permission_a_file);
  g_test_add_data_func ("/e2e/no-display/none", NULL, test_no_display);
  g_test_add_data_func ("/e2e/no-display/nobody-there", ":4242", test_no_display);
  g_test_add_data_func ("/e2e/unknown-option/shop", GROVE_SHOP_PROGRAM, test_unknown_option);
  g_test_add_data_func ("/e2e/unknown-option/observer", GROVE_OBSERVER_PROGRAM,
                        test_unknown_option);
  g_test_add_func ("/e2e/seconds", test_seconds);
  return g_test_run ();
}
