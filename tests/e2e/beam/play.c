/* SPDX-License-Identifier: MIT
 *
 * Scenarios through the real window on a real Erlang and Elixir node: what all of them begin with.
 */
#include "tests/e2e/beam/play.h"

#include <sys/socket.h>

/* ---- The node ----------------------------------------------------------------------------------
 */

static GroveTestWire *
connect_to_node (void)
{
  const char *const argv[] = { g_getenv ("GROVE_BEAM"), g_getenv ("GROVE_TEST_NODE"), NULL };
  g_autoptr (GError) error = NULL;
  GroveTestWire *wire;
  int            ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  g_spawn_async_with_fds (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, ends[1],
                          ends[1], -1, &error);
  g_assert_no_error (error);
  close (ends[1]);
  wire = grove_test_wire_new (ends[0]);
  json_object_put (grove_test_wire_open (wire, "control"));
  return wire;
}

static void
run (WindowFixture *fixture, gconstpointer data)
{
  const PlayScene *scene = data;
  g_autofree char *target = g_strconcat ("beam:", g_getenv ("GROVE_TEST_NODE"), NULL);

  fixture->wire = connect_to_node ();
  window_fixture_open (fixture, target);
  SCENARIO_WAIT (grove_session_get_state (fixture->session) == GROVE_SESSION_LIVE);
  scene->test (fixture);
  g_clear_pointer (&fixture->wire, grove_test_wire_free);
}

char *
play_scene (WindowFixture *fixture, const char *scene, const char *name)
{
  g_autofree char *conductor = scenario_await_pid (fixture, "conductor");
  char            *pid = grove_test_wire_find_pid (fixture->wire, name);

  if (pid != NULL)
    return pid;
  json_object_put (grove_test_wire_call (fixture->wire, "process.send", NULL,
                                         "{\"pid\":\"%s\",\"message\":\"%s\"}", conductor, scene));
  return scenario_await_pid (fixture, name);
}

char *
play_await_other (WindowFixture *fixture, const char *name, const char *old)
{
  char *pid = NULL;

  SCENARIO_WAIT ((g_free (pid), pid = grove_test_wire_find_pid (fixture->wire, name)) != NULL &&
                 g_strcmp0 (pid, old) != 0);
  return pid;
}

gint64
play_count_recent_restarts (WindowFixture *fixture, const char *supervisor)
{
  struct json_object *info =
    grove_test_wire_call (fixture->wire, "supervisor.info", NULL, "{\"pid\":\"%s\"}", supervisor);
  gint64 n = grove_test_json_int (info, "recent_restarts");

  json_object_put (info);
  return n;
}

/* ---- The tests ---------------------------------------------------------------------------------
 */

int
play_main (int argc, char **argv, const char *name, const PlayScene *scenes, gsize n_scenes)
{
  window_tests_init (&argc, &argv);
  for (gsize i = 0; i < n_scenes; i++)
    {
      g_autofree char *path = g_strdup_printf ("/e2e/%s/%s", name, scenes[i].name);

      window_test_add_bare (path, run, &scenes[i]);
    }
  return window_tests_run ();
}
