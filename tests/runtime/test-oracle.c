/* SPDX-License-Identifier: MIT
 *
 * The facts that the oracles print (oracle.c, oracle-otp.c), held line by line against those
 * recorded from OTP 25 (tests/data/oracle-otp25.txt), and these against the Erlang that is here, if
 * it is that one.
 */
#include <glib.h>
#include <string.h>

/* Where C departs: what it says instead, to the letter, and why. */
static const struct
{
  const char *fact; /* its first three characters */
  const char *line; /* what follows them */
  const char *reason;
} departures[] = {
  { "R01", " register dup name: {error,name_taken}", "a status says which of badarg's reasons" },
  { "R02", " second name for same pid: {error,name_taken}", "likewise" },
  { "R04", " register dead pid: {error,noproc}", "likewise" },
  { "R06", " unregister unknown: {error,no_name}", "likewise" },
  { "R07", " send to unknown name: {error,no_name}", "likewise" },
  { "I05",
    " keys of process_info/1: [current_function,initial_call,status,message_queue_len,links,"
    "dictionary,trap_exit,priority,group_leader,total_heap_size,heap_size,stack_size,reductions,"
    "suspending]",
    "nothing is loaded, so no error_handler; nothing is collected, so no garbage_collection" },
  { "U01",
    " suspend counts: {{status,suspended},{status,suspended},{status,waiting},{error,badarg}}",
    "who waited before it was suspended waits on; Erlang lets it run for a moment" },
  { "G07", " crash in call: {exit,{exited,gen_server_call}}",
    "a status says that the server ended; why, its crash report and monitors say" },
  { "G11", " bad return: {{exit,{exited,gen_server_call}},[{terminate,{bad_return_value,17}}]}",
    "likewise; and what a callback returns is a number" },
  { "G17", " start_link init stop: EXIT msgs to trapper: {{error,nope},[]}",
    "a start that fails leaves nothing behind, as since OTP 26" },
  { "P09",
    " second child fails to start: {{error,{shutdown,{failed_to_start_child,b,nope}}},"
    "[{start,a},{stop,a,shutdown}]}",
    "likewise" },
  { "P15",
    " s1f1 which/count/terminate by id/pid/again: {[undefined],[{specs,1},{active,1},"
    "{supervisors,0},{workers,1}],{error,badarg},ok,ok,{error,badarg},{error,badarg}}",
    "a status; asking a supervisor of that strategy by id is a mistake" },
};

static char **recorded; /* without the line that says of what */
static char **printed;

static char **
lines_of (const char *text)
{
  char  *trimmed = g_strchomp (g_strdup (text));
  char **lines = g_strsplit (trimmed, "\n", -1);

  g_free (trimmed);
  return lines;
}

/* The lines of the facts; what it says of itself comes before, in one line. */
static char **
read_record (const char *path, char **ret_head)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  char            *body;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  body = strchr (text, '\n');
  g_assert_nonnull (body);
  if (ret_head != NULL)
    *ret_head = g_strndup (text, body - text);
  return lines_of (body + 1);
}

/* What both print, one after the other. */
static char **
run_oracles (void)
{
  const char *const programs[] = { ORACLE_PROGRAM, ORACLE_OTP_PROGRAM };
  g_autofree char  *all = g_strdup ("");

  for (unsigned i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      char *const      argv[] = { (char *) programs[i], NULL };
      g_autofree char *output = NULL, *before = g_steal_pointer (&all);
      g_autoptr (GError) error = NULL;
      int status;

      g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status,
                    &error);
      g_assert_no_error (error);
      g_spawn_check_wait_status (status, &error);
      g_assert_no_error (error);
      all = g_strconcat (before, output, NULL);
    }
  return lines_of (all);
}

static const char *
find_fact (char *const *lines, const char *fact)
{
  for (; *lines != NULL; lines++)
    if (strncmp (*lines, fact, 3) == 0)
      return *lines;
  return NULL;
}

static void
test_fact (gconstpointer data)
{
  const char *expected = data;
  const char *line;

  if (printed == NULL)
    printed = run_oracles ();
  line = find_fact (printed, expected);
  g_assert_nonnull (line);
  for (unsigned i = 0; i < G_N_ELEMENTS (departures); i++)
    if (strncmp (expected, departures[i].fact, 3) == 0)
      {
        g_test_message ("Erlang says \"%s\": %s", expected, departures[i].reason);
        /* One that says the same is none. */
        g_assert_cmpstr (line, !=, expected);
        g_assert_cmpstr (line + 3, ==, departures[i].line);
        return;
      }
  g_assert_cmpstr (line, ==, expected);
}

/* In the same order, and nothing else. */
static void
test_order (void)
{
  if (printed == NULL)
    printed = run_oracles ();
  g_assert_cmpuint (g_strv_length (printed), ==, g_strv_length (recorded));
  for (unsigned i = 0; recorded[i] != NULL; i++)
    g_assert_cmpmem (printed[i], 3, recorded[i], 3);
}

/* What was recorded is what Erlang says. */
static void
test_erlang (void)
{
  g_autofree char *escript = g_find_program_in_path ("escript");
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "runtime", "oracle.escript", NULL);
  g_autofree char *output = NULL, *errors = NULL, *head = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "oracle-otp25.txt", NULL);
  char *const      argv[] = { escript, script, NULL };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;
  g_auto (GStrv) facts = NULL;
  int status;

  if (escript == NULL)
    {
      g_test_skip ("Erlang is not installed");
      return;
    }
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, &errors, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpstr (errors, ==, "");
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
  facts = read_record (path, &head);
  lines = lines_of (output);
  if (strncmp (lines[0], head, strlen ("OTP 25")) != 0)
    {
      g_test_skip_printf ("the facts are of %s, this is %s", head, lines[0]);
      return;
    }
  for (unsigned i = 0; facts[i] != NULL; i++)
    g_assert_cmpstr (lines[i + 1], ==, facts[i]);
  g_assert_cmpuint (g_strv_length (lines), ==, g_strv_length (facts) + 1);
}

int
main (int argc, char **argv)
{
  g_autofree char *path = NULL;

  g_test_init (&argc, &argv, NULL);
  path = g_test_build_filename (G_TEST_DIST, "data", "oracle-otp25.txt", NULL);
  recorded = read_record (path, NULL);
  for (unsigned i = 0; recorded[i] != NULL; i++)
    {
      g_autofree char *name = g_strdup_printf ("/runtime/oracle/%.3s", recorded[i]);
      g_autofree char *lower = g_ascii_strdown (name, -1);
      g_test_add_data_func (lower, recorded[i], test_fact);
    }
  g_test_add_func ("/runtime/oracle/order", test_order);
  g_test_add_func ("/runtime/oracle/erlang", test_erlang);
  return g_test_run ();
}
