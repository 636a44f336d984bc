/* SPDX-License-Identifier: MIT
 *
 * The command line of the demonstration: runtime/examples/shop.c.
 */
#include "tests/support/grove-system-test.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

struct bad_option
{
  const char *path;
  const char *argument, *value;
  const char *about;
};

static const struct bad_option bad_options[] = {
  { "/runtime/shop/bad-option/unknown", "--colour", NULL, "--colour" },
  { "/runtime/shop/bad-option/unknown-letter", "-x", NULL, "-x" },
  { "/runtime/shop/bad-option/no-value", "--name", NULL, "--name" },
  { "/runtime/shop/bad-option/no-number", "--seconds", "soon", "\"soon\"" },
  { "/runtime/shop/bad-option/zero", "--seconds", "0", "\"0\"" },
  { "/runtime/shop/bad-option/half-a-number", "--seconds", "1x", "\"1x\"" },
  { "/runtime/shop/bad-option/too-large", "--schedulers", "99999999999999999999", "--schedulers" },
  { "/runtime/shop/bad-option/argument", "now", NULL, "now" },
};

/* One line on standard error, exit code 2. */
static void
test_bad_option (gconstpointer data)
{
  const struct bad_option *test = data;
  const char *const        argv[] = { GROVE_SHOP_PROGRAM, test->argument, test->value, NULL };
  g_autofree char         *output = NULL, *errors = NULL;

  g_assert_cmpint (grove_test_run (argv, NULL, &output, &errors), ==, 2);
  g_assert_cmpstr (output, ==, "");
  g_assert_nonnull (strstr (errors, test->about));
  g_assert_true (g_str_has_prefix (errors, "grove-shop: "));
  g_assert_true (strchr (errors, '\n') == errors + strlen (errors) - 1);
}

static void
test_help (void)
{
  const char *const argv[] = { GROVE_SHOP_PROGRAM, "--help", NULL };
  g_autofree char  *output = NULL, *errors = NULL;

  g_assert_cmpint (grove_test_run (argv, NULL, &output, &errors), ==, 0);
  g_assert_cmpstr (errors, ==, "");
  for (const char *const *option =
         (const char *const[]){ "--name", "--directory", "--read-only", "--seconds", "--schedulers",
                                "--shell", NULL };
       *option; option++)
    g_assert_nonnull (strstr (output, *option));
}

static void
test_seconds (void)
{
  const char *const argv[] = {
    GROVE_SHOP_PROGRAM, "--name", "corner-shop", "--seconds", "1", NULL
  };
  g_autofree char *output = NULL, *errors = NULL;
  g_autofree char *socket_path = grove_test_socket_path ("corner-shop");
  g_autofree char *place = g_strdup_printf ("shop: serving as corner-shop at %s\n", socket_path);

  g_assert_cmpint (grove_test_run (argv, NULL, &output, &errors), ==, 0);
  g_assert_cmpstr (output, ==, place);
  g_assert_cmpstr (errors, ==, "");
  g_assert_false (g_file_test (socket_path, G_FILE_TEST_EXISTS));
}

static void
test_signal (gconstpointer data)
{
  const char *const argv[] = { GROVE_SHOP_PROGRAM, "--name", "corner-shop", NULL };
  g_autofree char  *socket_path = grove_test_socket_path ("corner-shop");
  GroveTestSystem  *system = grove_test_system_start ("corner-shop", argv);
  int               status = grove_test_system_end (system, GPOINTER_TO_INT (data));

  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  g_assert_false (g_file_test (socket_path, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  grove_test_runtime_directory_init ();
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (bad_options); i++)
    g_test_add_data_func (bad_options[i].path, &bad_options[i], test_bad_option);
  g_test_add_func ("/runtime/shop/help", test_help);
  g_test_add_func ("/runtime/shop/seconds", test_seconds);
  g_test_add_data_func ("/runtime/shop/signal/interrupt", GINT_TO_POINTER (SIGINT), test_signal);
  g_test_add_data_func ("/runtime/shop/signal/terminate", GINT_TO_POINTER (SIGTERM), test_signal);
  return g_test_run ();
}
