/* SPDX-License-Identifier: MIT
 *
 * Registered names. The number in a test's name is the behaviour's in the conformance list.
 */
#include "tests/runtime/core-test.h"

#include <string.h>

static void
test_refused (void *arg)
{
  grove_pid pid = grove_spawn (core_idle, NULL);
  grove_pid dead = grove_spawn (core_idle, NULL);
  char      name[300];

  (void) arg;
  g_assert_cmpint (grove_register ("first", pid), ==, GROVE_OK);
  g_assert_cmpint (grove_register ("first", grove_self ()), ==, GROVE_ERR_NAME_TAKEN);
  g_assert_cmpint (grove_register ("second", pid), ==, GROVE_ERR_NAME_TAKEN);
  g_assert_cmpint (grove_register ("undefined", grove_self ()), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_register ("", grove_self ()), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_register ("\xff", grove_self ()), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_register ("\xc3", grove_self ()), ==, GROVE_ERR_BADARG);
  g_assert_cmpint (grove_register ("\xed\xa0\x80", grove_self ()), ==, GROVE_ERR_BADARG);
  grove_exit_process (dead, "kill");
  g_assert_false (grove_is_alive (dead));
  g_assert_cmpint (grove_register ("third", dead), ==, GROVE_ERR_NOPROC);
  g_assert_cmpuint (grove_whereis ("third"), ==, 0);
  memset (name, 'n', sizeof name);
  name[256] = '\0';
  g_assert_cmpint (grove_register (name, grove_self ()), ==, GROVE_ERR_BADARG);
  name[255] = '\0';
  g_assert_cmpint (grove_register (name, grove_self ()), ==, GROVE_OK);
  g_assert_cmpuint (grove_whereis (name), ==, grove_self ());
}

static void
test_found (void *arg)
{
  grove_pid pid = core_spawn_trapper ();

  (void) arg;
  g_assert_cmpuint (grove_whereis ("\xc3\xa9t\xc3\xa9"), ==, 0);
  g_assert_cmpint (grove_unregister ("\xc3\xa9t\xc3\xa9"), ==, GROVE_ERR_NO_NAME);
  g_assert_cmpint (grove_register ("\xc3\xa9t\xc3\xa9", pid), ==, GROVE_OK);
  g_assert_cmpuint (grove_whereis ("\xc3\xa9t\xc3\xa9"), ==, pid);
  g_assert_cmpint (grove_send_name ("\xc3\xa9t\xc3\xa9", "hello"), ==, GROVE_OK);
  core_expect ("{got, hello}");
  g_assert_cmpint (grove_unregister ("\xc3\xa9t\xc3\xa9"), ==, GROVE_OK);
  g_assert_cmpuint (grove_whereis ("\xc3\xa9t\xc3\xa9"), ==, 0);
  g_assert_cmpint (grove_register ("other", pid), ==, GROVE_OK);
}

static void
test_many (void *arg)
{
  (void) arg;
  for (int i = 0; i < 1000; i++)
    {
      char name[32];
      g_snprintf (name, sizeof name, "n%d", i);
      g_assert_cmpint (grove_register (name, grove_spawn (core_idle, NULL)), ==, GROVE_OK);
    }
  for (int i = 0; i < 1000; i++)
    {
      char      name[32];
      grove_pid pid;
      g_snprintf (name, sizeof name, "n%d", i);
      pid = grove_whereis (name);
      g_assert_cmpuint (pid, !=, 0);
      if (i % 2 == 0)
        {
          grove_exit_process (pid, "kill");
          g_assert_false (grove_is_alive (pid));
          g_assert_cmpuint (grove_whereis (name), ==, 0);
        }
    }
}

/* 95: never taken by nobody. */
static void
test_again (void *arg)
{
  (void) arg;
  for (int i = 0; i < CORE_MANY (100000, 3000); i++)
    {
      grove_pid         pid = _grove_process_spawn_on (i % 2, core_idle, NULL);
      enum grove_status status = grove_register ("again", pid);

      if (status == GROVE_ERR_NAME_TAKEN)
        g_error ("taken, by %" G_GUINT64_FORMAT, grove_whereis ("again"));
      g_assert_cmpint (status, ==, GROVE_OK);
      grove_exit_process (pid, "kill");
      g_assert_false (grove_is_alive (pid));
    }
}

static void
ends_at_once (void *arg)
{
  (void) arg;
}

/* The name is given while the process ends: it has it or not, and it never keeps it. */
static void
test_ending (void *arg)
{
  (void) arg;
  for (unsigned i = 0; i < CORE_MANY (20000, 3000); i++)
    {
      grove_pid pid = _grove_process_spawn_on (1, ends_at_once, NULL);
      for (volatile unsigned spin = i % 64 * 100; spin > 0; spin--)
        ;
      (void) !grove_register ("ending", pid);
      while (grove_is_alive (pid))
        grove_yield ();
      g_assert_cmpuint (grove_whereis ("ending"), ==, 0);
    }
}

/* 97: a runtime that begins knows no names, whatever the one before had. */
static void
test_instance (void *arg)
{
  (void) arg;
  g_assert_cmpuint (grove_whereis ("instance"), ==, 0);
  g_assert_cmpint (grove_unregister ("instance"), ==, GROVE_ERR_NO_NAME);
  g_assert_cmpint (grove_register ("instance", grove_self ()), ==, GROVE_OK);
}

/* A program that labels every process differently, for months. */
static void
test_many_labels (void *arg)
{
  struct grove_process_sample sample;

  (void) arg;
  for (unsigned i = 0; i < 500100; i++)
    {
      char label[32];
      g_snprintf (label, sizeof label, "session %u", i);
      grove_process_label (label);
    }
  g_assert_true (_grove_observe_process (grove_self (), &sample));
  g_assert_cmpstr (sample.label, ==, "");
  g_assert_cmpint (grove_register ("a name", grove_self ()), ==, GROVE_OK);
  /* One that is known is still shown. */
  grove_process_label ("session 1");
  g_assert_true (_grove_observe_process (grove_self (), &sample));
  g_assert_cmpstr (sample.label, ==, "session 1");
}

int
main (int argc, char **argv)
{
  static const struct core_case cases[] = {
    { "/runtime/registry/refused-93", test_refused },
    { "/runtime/registry/found-94-97", test_found },
    { "/runtime/registry/many-16", test_many },
    { "/runtime/registry/again-95", test_again },
    { "/runtime/registry/ending", test_ending },
    { "/runtime/registry/many-labels", test_many_labels },
    { "/runtime/registry/instance-97", test_instance },
    { "/runtime/registry/next-instance-97", test_instance },
  };

  return core_main (argc, argv, cases, G_N_ELEMENTS (cases));
}
