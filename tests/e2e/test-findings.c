/* SPDX-License-Identifier: MIT
 *
 * A real system in which everything goes wrong: each kind of trouble is found, by its name and with
 * its evidence, in the window's model and by `grove doctor`.
 */
#include "observer/grove-command.h"
#include "observer/grove-findings.h"
#include "tests/support/grove-system-test.h"

#include <signal.h>
#include <string.h>

#define PATIENCE_US (120 * G_USEC_PER_SEC)

static GroveTestSystem *troubled;

static gboolean
come_round (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Turns the main loop until a finding of that title is there. */
static void
await (GroveFindings *findings, const char *title, const char *evidence)
{
  gint64 until_us = g_get_monotonic_time () + PATIENCE_US;
  guint  timer = g_timeout_add (200, come_round, NULL);
  for (;;)
    {
      for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (findings)); i++)
        {
          g_autoptr (GroveFinding) finding = g_list_model_get_item (G_LIST_MODEL (findings), i);
          if (strstr (grove_finding_get_title (finding), title) == NULL ||
              strstr (grove_finding_get_evidence (finding), evidence) == NULL)
            continue;
          g_test_message ("%s: %s", grove_finding_get_title (finding),
                          grove_finding_get_evidence (finding));
          g_source_remove (timer);
          return;
        }
      if (g_get_monotonic_time () > until_us)
        g_error ("nothing says “%s” with “%s”", title, evidence);
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
assert_all_checked (GroveFindings *findings)
{
  for (guint kind = 0; kind < GROVE_N_FINDINGS; kind++)
    {
      g_autofree char *note = NULL;
      if (!grove_findings_is_checked (findings, kind, &note))
        g_error ("%s: %s", grove_finding_kind_get_title (kind), note);
    }
}

static void
was_killed (GObject *session, GAsyncResult *result, gpointer done)
{
  g_autoptr (GroveCommandOutcome) outcome =
    grove_command_run_finish (GROVE_SESSION (session), result, NULL);
  g_assert_nonnull (outcome);
  *(gboolean *) done = TRUE;
}

static char *
find_beacon (void)
{
  g_autoptr (GroveTestWire) wire = grove_test_wire_connect_to ("troubled", "observe");
  return grove_test_wire_find_pid (wire, "beacon");
}

static void
test_found (void)
{
  g_autoptr (GroveSession) session = grove_session_new ();
  g_autoptr (GroveFindings) findings = grove_findings_new (session);
  g_autofree char *beacon = find_beacon ();
  gboolean         killed = FALSE;
  g_assert_nonnull (beacon);
  grove_session_open (session, "troubled");
  grove_findings_set_active (findings, TRUE);

  await (findings, "left", "been in a call for");
  await (findings, "flaky_sup restarts children again and again", "4 of the 5 restarts it allows");
  await (findings, "flaky crashed 4 times", "{flaky,");
  await (findings, "The mailbox of slow_reader grows", "At this rate it passes");
  await (findings, "safe waits although 3 messages are there", "for something else");
  await (findings, "cruncher keeps a scheduler to itself", "% busy");
  g_assert_cmpuint (grove_findings_count (findings, "mailboxes"), ==, 2);
  g_assert_cmpuint (grove_findings_count (findings, "supervision"), >=, 2);

  grove_command_run_async (session, GROVE_COMMAND_KILL, beacon, "beacon", 0, NULL, NULL, was_killed,
                           &killed);
  await (findings, "The name beacon vanished", "ended with killed");
  g_assert_true (killed);
  await (findings, "The memory of hoarder grows", "a minute now");
  await (findings, "The memory of the system grows", "most of it are heaps");
  assert_all_checked (findings);

  grove_findings_set_active (findings, FALSE);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (findings));
  g_assert_cmpuint (n, >, 5); /* what was found stays */
  grove_session_close (session);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (findings)), ==, 0);
}

static struct json_object *
member (struct json_object *object, const char *name)
{
  struct json_object *value = NULL;
  g_assert_true (json_object_object_get_ex (object, name, &value));
  return value;
}

/* What comes at once, of what is there already; the rest is not checked, and it says so. */
static void
test_doctor (void)
{
  const char *const   argv[] = { GROVE_PROGRAM, "doctor", "troubled", "-t", "4", "--json", NULL };
  g_autofree char    *output = NULL, *errors = NULL;
  int                 status = grove_test_run (argv, NULL, &output, &errors);
  struct json_object *document = json_tokener_parse (output);
  gboolean            seen = FALSE;
  g_assert_cmpstr (errors, ==, "");
  g_assert_cmpint (status, ==, 6); /* one more restart and it is over: an alarm */
  g_assert_nonnull (document);
  g_assert_cmpstr (grove_test_json_string (document, "system"), ==, "troubled");
  struct json_object *findings = member (document, "findings");
  for (gsize i = 0; i < json_object_array_length (findings); i++)
    {
      struct json_object *finding = json_object_array_get_idx (findings, i);
      g_assert_cmpstr (grove_test_json_string (finding, "evidence"), !=, "");
      if (strcmp (grove_test_json_string (finding, "kind"), "restarts") == 0)
        {
          seen = TRUE;
          g_assert_cmpstr (grove_test_json_string (finding, "severity"), ==, "alarm");
          g_assert_cmpstr (grove_test_json_string (finding, "pid"), !=, "");
        }
    }
  g_assert_true (seen);
  struct json_object *checks = member (document, "checks");
  g_assert_cmpuint (json_object_array_length (checks), ==, GROVE_N_FINDINGS);
  struct json_object *memory = json_object_array_get_idx (checks, GROVE_FINDING_MEMORY);
  g_assert_cmpstr (grove_test_json_string (memory, "kind"), ==, "memory");
  g_assert_false (json_object_get_boolean (member (memory, "checked")));
  g_assert_nonnull (strstr (grove_test_json_string (memory, "note"), "It takes 21 s to tell"));
  json_object_put (document);
}

static void
test_usage (void)
{
  const char *const argv[] = { GROVE_PROGRAM, "doctor", "troubled", "-t", "0", NULL };
  g_autofree char  *output = NULL, *errors = NULL;
  g_assert_cmpint (grove_test_run (argv, NULL, &output, &errors), ==, 2);
  g_assert_nonnull (strstr (errors, "--seconds is 1 to 3600, not 0"));
}

int
main (int argc, char **argv)
{
  const char *const program[] = { GROVE_TROUBLED_PROGRAM, "--observe", NULL };
  grove_test_runtime_directory_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/e2e/findings/doctor", test_doctor);
  g_test_add_func ("/e2e/findings/doctor-usage", test_usage);
  g_test_add_func ("/e2e/findings/all-found", test_found);
  troubled = grove_test_system_start ("troubled", program);
  int status = g_test_run ();
  grove_test_system_stop (troubled, "troubled");
  return status;
}
