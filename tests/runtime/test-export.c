/* SPDX-License-Identifier: MIT
 *
 * runtime/export over the real runtime, the real server and a real socket: a small world of
 * processes runs on the main thread, a client thread asks about it and acts on it.
 */
#include "runtime/grove.h"
#include "runtime/otp/supervision.h"
#include "tests/runtime/export-peer.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* ---- The world that is watched -----------------------------------------------------------------
 */

#define N_QUEUED  10
#define N_HOARDED 200

struct world
{
  char *directory;
  sem_t ready;
  void (*check) (struct peer *peer);
  bool hide_payloads, read_only, hoards, sulks;
};

static enum grove_status
counter_init (const void *arg, void **state)
{
  *state = grove_alloc (sizeof (int));
  *(int *) *state = 0;
  return GROVE_OK;
}

static enum grove_next
counter_cast (struct grove_term request, void *state)
{
  ++*(int *) state;
  return GROVE_CONTINUE;
}

static const struct grove_server_callbacks counter = {
  .module = "counter",
  .init = counter_init,
  .handle_cast = counter_cast,
};

static atomic_int failing; /* so many starts to come */

static enum grove_status
start_counter (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  const struct grove_server_options options = {
    .name = arg,
    .link = true,
    .priority = GROVE_PRIORITY_NORMAL,
  };

  if (atomic_load (&failing) > 0)
    {
      atomic_fetch_sub (&failing, 1);
      return GROVE_ERR_BADARG;
    }
  return grove_server_start (&counter, &options, ret_pid, ret_reason);
}

static enum grove_status
start_top (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason)
{
  static const struct grove_child_spec children[] = {
    { .id = "alpha", .start = start_counter, .arg = "alpha", .shutdown_ms = 1000 },
    { .id = "beta", .start = start_counter, .arg = "beta", .shutdown_ms = 1000 },
    { .id = "brief", .start = start_counter, .arg = "brief", .restart = GROVE_TEMPORARY },
  };
  const struct grove_supervisor_spec spec = {
    .name = "lab_sup",
    .strategy = GROVE_ONE_FOR_ONE,
    .intensity = 5,
    .period_s = 10,
    .children = children,
    .n_children = G_N_ELEMENTS (children),
  };

  return grove_supervisor_start (&spec, ret_top, ret_reason);
}

/* Waits for what never comes, so that the mailbox keeps what it gets. */
static GROVE_NORETURN void
wait_for_ever (void)
{
  struct grove_message *message;

  for (;;)
    g_assert_cmpint (grove_receive_pattern (GROVE_FOREVER, &message, "never"), ==, GROVE_OK);
}

static void
full (void *arg)
{
  g_assert_cmpint (grove_register ("full", grove_self ()), ==, GROVE_OK);
  for (int i = 0; i < N_QUEUED; i++)
    grove_send (grove_self (), "{ping, ~i}", i);
  wait_for_ever ();
}

/* More text than one message takes. */
static void
hoard (void *arg)
{
  char big[8001];

  memset (big, '"', sizeof big - 1);
  big[sizeof big - 1] = '\0';
  for (int i = 0; i < N_HOARDED; i++)
    grove_send (grove_self (), "~s", big);
  g_assert_cmpint (grove_register ("hoard", grove_self ()), ==, GROVE_OK);
  wait_for_ever ();
}

static atomic_bool     sulking;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void
trapper (void *arg)
{
  grove_trap_exit (true);
  g_assert_cmpint (grove_register ("trapper", grove_self ()), ==, GROVE_OK);
  wait_for_ever ();
}

/* In a call of the C library that does not come back while the client does not let it; there are
 * two schedulers, so that the others go on. */
static void
sulk (void *arg)
{
  g_assert_cmpint (grove_register ("sulker", grove_self ()), ==, GROVE_OK);
  while (!atomic_load (&sulking))
    grove_yield ();
  pthread_mutex_lock (&gate);
  pthread_mutex_unlock (&gate);
  wait_for_ever ();
}

static void
linked (void *arg)
{
  wait_for_ever ();
}

#define N_LINKED 150

static void
popular (void *arg)
{
  for (int i = 0; i < N_LINKED; i++)
    grove_spawn_link (linked, NULL);
  g_assert_cmpint (grove_register ("popular", grove_self ()), ==, GROVE_OK);
  wait_for_ever ();
}

static void
world_main (void *arg)
{
  struct world                       *world = arg;
  const struct grove_application_spec application = { .name = "lab", .start = start_top };
  const struct grove_export_options   options = {
      .name = "lab",
      .directory = world->directory,
      .hide_payloads = world->hide_payloads,
      .read_only = world->read_only,
  };
  grove_pid master;
  char     *error = NULL;

  g_assert_cmpint (grove_application_start (&application, &master), ==, GROVE_OK);
  grove_spawn (full, NULL);
  grove_spawn (trapper, NULL);
  if (world->hoards)
    grove_spawn (hoard, NULL);
  if (world->sulks)
    grove_spawn (sulk, NULL);
  grove_spawn (popular, NULL);
  while (!grove_whereis ("full") || !grove_whereis ("trapper") ||
         (world->hoards && !grove_whereis ("hoard")) || !grove_whereis ("popular"))
    grove_yield ();

  if (grove_export_start (&options, &error) != GROVE_OK)
    g_error ("%s", error);
  sem_post (&world->ready);
  wait_for_ever ();
}

/* ---- The client --------------------------------------------------------------------------------
 */

static void *
client_thread (void *arg)
{
  struct world *world = arg;
  struct peer   peer;

  while (sem_wait (&world->ready) != 0)
    ;
  peer_connect (&peer, world->directory, "lab");
  peer_open (&peer, world->read_only ? "observe" : "control");
  world->check (&peer);
  peer_close (&peer);
  grove_export_stop ();
  grove_stop ();
  return NULL;
}

static void
run (const struct world *options)
{
  const struct grove_options runtime = { .name = "lab", .n_schedulers = 2, .max_processes = 4096 };
  struct world               world = *options;
  g_autofree char           *socket_path = NULL;
  pthread_t                  thread;

  world.directory = g_dir_make_tmp ("grove-test-XXXXXX", NULL);
  sem_init (&world.ready, 0, 0);
  g_assert_cmpint (pthread_create (&thread, NULL, client_thread, &world), ==, 0);
  g_assert_cmpint (grove_run (&runtime, world_main, &world), ==, GROVE_OK);
  /* Nothing of it is taken for the next one's. */
  for (uint32_t i = 1; i < 64; i++)
    g_assert_cmpuint (_grove_supervision_successor (i), ==, 0);
  pthread_join (thread, NULL);

  socket_path = g_build_filename (world.directory, "lab.sock", NULL);
  g_assert_false (g_file_test (socket_path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rmdir (world.directory), ==, 0);
  g_free (world.directory);
  sem_destroy (&world.ready);
}

/* ---- Reading -----------------------------------------------------------------------------------
 */

static void
check_get (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "alpha");

  g_assert_cmpint (ask_about (peer, "process.get", pid, ""), ==, 0);
  g_assert_cmpstr (text (peer->result, "pid"), ==, pid);
  g_assert_cmpstr (text (peer->result, "name"), ==, "alpha");
  g_assert_cmpstr (text (peer->result, "status"), ==, "waiting");
  g_assert_cmpstr (text (peer->result, "priority"), ==, "normal");
  g_assert_cmpstr (text (member (peer->result, "current"), "function"), !=, "");
  g_assert_cmpstr (text (member (peer->result, "group_leader"), "pid"), ==,
                   text (member (peer->result, "application"), "pid"));
  g_assert_cmpint (integer (peer->result, "n_dictionary"), >=, 0);
  g_assert_cmpint (integer (peer->result, "n_suspending"), ==, 0);
  g_assert_cmpint (integer (member (peer->result, "sizes"), "control_block") +
                     integer (member (peer->result, "sizes"), "heap") +
                     integer (member (peer->result, "sizes"), "stack") +
                     integer (member (peer->result, "sizes"), "mailbox"),
                   ==, integer (peer->result, "memory_bytes"));
  g_assert_cmpuint (strlen (text (member (peer->result, "absent"), "error_handler")), >, 20);
  g_assert_cmpstr (text (member (peer->result, "supervisor"), "name"), ==, "lab_sup");
  g_assert_cmpstr (text (member (peer->result, "supervisor"), "strategy"), ==, "one_for_one");
  g_assert_cmpint (integer (member (peer->result, "supervisor"), "intensity"), ==, 5);
  g_assert_cmpstr (text (member (peer->result, "application"), "name"), ==, "lab");
  g_assert_cmpstr (text (member (peer->result, "child"), "id"), ==, "alpha");
  g_assert_cmpint (integer (peer->result, "n_links"), ==, 1);
  g_assert_cmpstr (text (json_object_array_get_idx (member (peer->result, "links"), 0), "name"), ==,
                   "lab_sup");
  g_assert_cmpint (integer (peer->result, "memory_bytes"), >, 0);
  g_assert_cmpint (integer (peer->result, "now_ns"), >, integer (peer->result, "started_ns"));
}

/* The list is cut, the count is not. */
static void
check_many_links (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "popular");

  g_assert_cmpint (ask_about (peer, "process.get", pid, ""), ==, 0);
  g_assert_cmpint (integer (peer->result, "n_links"), ==, N_LINKED);
  g_assert_cmpuint (json_object_array_length (member (peer->result, "links")), ==, 100);
}

static void
check_messages (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "full");
  json_object     *messages, *message;

  g_assert_cmpint (ask_about (peer, "process.messages", pid,
                              ",\"offset\":3,\"limit\":4,\"max_bytes\":64"),
                   ==, 0);
  g_assert_cmpint (integer (peer->result, "total"), ==, N_QUEUED);
  messages = member (peer->result, "messages");
  g_assert_cmpuint (json_object_array_length (messages), ==, 4);
  message = json_object_array_get_idx (messages, 0);
  g_assert_cmpint (integer (message, "index"), ==, 3);
  g_assert_cmpstr (text (message, "from"), ==, pid);
  g_assert_cmpstr (text (member (message, "term"), "text"), ==, "{ping,3}");
  g_assert_false (json_object_get_boolean (member (member (message, "term"), "truncated")));

  /* Reading consumes nothing, and past the end there is nothing. */
  g_assert_cmpint (ask_about (peer, "process.messages", pid,
                              ",\"offset\":10,\"limit\":4,\"max_bytes\":64"),
                   ==, 0);
  g_assert_cmpint (integer (peer->result, "total"), ==, N_QUEUED);
  g_assert_cmpuint (json_object_array_length (member (peer->result, "messages")), ==, 0);
}

/* What does not fit comes with the next question. */
static void
check_many_messages (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "hoard");
  json_object     *messages;
  size_t           n = 0;

  while (n < N_HOARDED)
    {
      g_autofree char *window =
        g_strdup_printf (",\"offset\":%zu,\"limit\":200,\"max_bytes\":8192", n);

      g_assert_cmpint (ask_about (peer, "process.messages", pid, window), ==, 0);
      g_assert_cmpint (integer (peer->result, "total"), ==, N_HOARDED);
      messages = member (peer->result, "messages");
      g_assert_cmpuint (json_object_array_length (messages), >, 0);
      g_assert_cmpint (integer (json_object_array_get_idx (messages, 0), "index"), ==, (int) n);
      n += json_object_array_length (messages);
    }
  g_assert_cmpuint (n, ==, N_HOARDED);
}

static void
check_hidden_payloads (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "full");

  g_assert_cmpint (ask_about (peer, "process.messages", pid,
                              ",\"offset\":0,\"limit\":4,\"max_bytes\":64"),
                   ==, -32002);
}

static void
check_read_only (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "alpha");

  g_assert_cmpint (ask_about (peer, "process.kill", pid, ""), ==, -32002);
  g_assert_cmpint (ask_about (peer, "process.get", pid, ""), ==, 0);
}

static void
check_table (struct peer *peer)
{
  json_object *rows, *row;

  g_assert_cmpint (ask (peer, "table.open",
                        "{\"table\":\"processes\",\"columns\":[\"pid\",\"name\",\"messages\","
                        "\"app\","
                        "\"status\",\"current\"],\"sort\":[[\"messages\",\"desc\"]],\"window\":{"
                        "\"offset\":0,"
                        "\"limit\":3},\"interval_ms\":100}"),
                   ==, 0);
  while (g_strcmp0 (peer->notified_method, "table.update") != 0)
    peer_read (peer);
  rows = member (peer->notified, "rows");
  g_assert_cmpuint (json_object_array_length (rows), ==, 3);
  row = json_object_array_get_idx (rows, 0);
  g_assert_cmpstr (json_object_get_string (json_object_array_get_idx (row, 1)), ==, "full");
  g_assert_cmpint (json_object_get_int (json_object_array_get_idx (row, 2)), ==, N_QUEUED);
  g_assert_cmpstr (json_object_get_string (json_object_array_get_idx (row, 4)), ==, "waiting");
  g_assert_cmpstr (json_object_get_string (json_object_array_get_idx (row, 5)), !=, "");
}

static void
check_tree (struct peer *peer)
{
  json_object *ops, *node;
  bool         found = false;

  g_assert_cmpint (ask (peer, "tree.open",
                        "{\"depth\":4,\"max_children\":100,\"metric\":\"messages\","
                        "\"interval_ms\":100}"),
                   ==, 0);
  while (!found)
    {
      while (g_strcmp0 (peer->notified_method, "tree.update") != 0)
        peer_read (peer);
      g_clear_pointer (&peer->notified_method, g_free);
      ops = member (peer->notified, "ops");
      for (size_t i = 0; i < json_object_array_length (ops); i++)
        {
          json_object *op = json_object_array_get_idx (ops, i);

          g_assert_cmpstr (json_object_get_string (json_object_array_get_idx (op, 0)), ==, "add");
          node = json_object_array_get_idx (op, 3);
          if (strcmp (text (node, "name"), "lab_sup") == 0)
            {
              g_assert_cmpstr (text (node, "kind"), ==, "supervisor");
              g_assert_cmpint (integer (node, "children"), ==, 3);
            }
          found = found || strcmp (text (node, "name"), "beta") == 0;
        }
    }
}

/* ---- Acting ------------------------------------------------------------------------------------
 */

static void
check_kill (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "alpha");
  g_autofree char *beta = pid_of (peer, "beta");
  g_autofree char *after = NULL, *beta_after = NULL;

  g_assert_cmpint (ask_about (peer, "process.kill", pid, ",\"wait_ms\":5000"), ==, 0);
  g_assert_cmpstr (text (peer->result, "outcome"), ==, "exited");
  g_assert_cmpstr (text (peer->result, "name"), ==, "alpha");
  g_assert_cmpstr (text (member (peer->result, "reason"), "text"), ==, "killed");
  g_assert_cmpstr (text (member (peer->result, "successor"), "name"), ==, "alpha");
  g_assert_cmpstr (text (member (member (peer->result, "successor"), "supervisor"), "name"), ==,
                   "lab_sup");
  after = g_strdup (text (member (peer->result, "successor"), "pid"));
  g_assert_cmpstr (after, !=, pid);

  g_assert_cmpint (ask_about (peer, "process.get", after, ""), ==, 0);
  g_assert_cmpint (integer (member (peer->result, "child"), "restarts"), ==, 1);
  beta_after = pid_of (peer, "beta");
  g_assert_cmpstr (beta, ==, beta_after);

  /* The old pid is dead and known to be, never the process that took its place. */
  g_assert_cmpint (ask_about (peer, "process.get", pid, ""), ==, -32003);
  g_assert_cmpstr (text (member (member (peer->error, "data"), "exited"), "reason"), ==, "killed");
  g_assert_cmpstr (text (member (member (peer->error, "data"), "exited"), "successor"), ==, after);
  g_assert_cmpint (ask_about (peer, "process.kill", pid, ""), ==, -32003);
}

/* The answer waits while the supervisor tries again what has failed. */
static void
check_kill_restarted_late (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "alpha");

  atomic_store (&failing, 3);
  g_assert_cmpint (ask_about (peer, "process.kill", pid, ",\"wait_ms\":5000"), ==, 0);
  g_assert_cmpint (atomic_load (&failing), ==, 0);
  g_assert_cmpstr (text (member (peer->result, "successor"), "name"), ==, "alpha");
}

static void
check_kill_temporary (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "brief");
  const gint64     before_us = g_get_monotonic_time ();

  g_assert_cmpint (ask_about (peer, "process.kill", pid, ",\"wait_ms\":5000"), ==, 0);
  g_assert_cmpstr (text (peer->result, "outcome"), ==, "exited");
  g_assert_false (json_object_object_get_ex (peer->result, "successor", NULL));
  /* Nobody takes its place, so the answer does not wait for that. */
  g_assert_cmpint (g_get_monotonic_time () - before_us, <, 4500000);
}

static void
check_exit (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "beta");
  g_autofree char *stubborn = pid_of (peer, "trapper");

  g_assert_cmpint (ask_about (peer, "process.exit", pid,
                              ",\"reason\":\"{oops, \\\"x\\\"\",\"wait_ms\":100"),
                   ==, -32602);
  g_assert_nonnull (strstr (error_message (peer), "byte"));
  g_assert_cmpint (ask_about (peer, "process.get", pid, ""), ==, 0);

  g_assert_cmpint (ask_about (peer, "process.exit", pid,
                              ",\"reason\":\"{oops, 1}\",\"wait_ms\":5000"),
                   ==, 0);
  g_assert_cmpstr (text (peer->result, "outcome"), ==, "exited");
  g_assert_cmpstr (text (member (peer->result, "reason"), "text"), ==, "{oops,1}");

  g_assert_cmpint (ask_about (peer, "process.exit", stubborn,
                              ",\"reason\":\"shutdown\",\"wait_ms\":50"),
                   ==, 0);
  g_assert_cmpstr (text (peer->result, "outcome"), ==, "alive");
}

static void
check_restart (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "alpha");
  g_autofree char *lonely = pid_of (peer, "full");

  g_assert_cmpint (ask_about (peer, "process.restart", pid, ",\"wait_ms\":5000"), ==, 0);
  g_assert_cmpstr (text (peer->result, "pid"), !=, pid);
  g_assert_cmpstr (text (peer->result, "name"), ==, "alpha");
  g_assert_cmpint (integer (peer->result, "restarts"), ==, 1);

  g_assert_cmpint (ask_about (peer, "process.restart", lonely, ""), ==, -32009);
  g_assert_nonnull (strstr (error_message (peer), "no supervisor"));
}

static void
check_priority (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "alpha");

  g_assert_cmpint (ask_about (peer, "process.set_priority", pid, ",\"priority\":\"high\""), ==, 0);
  g_assert_cmpstr (text (peer->result, "old"), ==, "normal");
  g_assert_cmpint (ask_about (peer, "process.get", pid, ""), ==, 0);
  g_assert_cmpstr (text (peer->result, "priority"), ==, "high");
  g_assert_cmpint (ask_about (peer, "process.set_priority", pid, ",\"priority\":\"urgent\""), ==,
                   -32602);
}

static void
check_expect (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "alpha");

  g_assert_cmpint (ask_about (peer, "process.kill", pid, ",\"expect\":{\"name\":\"omega\"}"), ==,
                   -32008);
  g_assert_cmpint (ask_about (peer, "process.kill", pid, ",\"expect\":{\"started_ns\":1}"), ==,
                   -32008);
  g_assert_cmpint (ask_about (peer, "process.get", pid, ""), ==, 0);
}

static void
assert_status_at (int line, struct peer *peer, const char *pid, const char *status)
{
  if (ask_about (peer, "process.get", pid, "") != 0)
    g_error ("line %d: %s is not %s: %s", line, pid, status, error_message (peer));
  g_assert_cmpstr (text (peer->result, "status"), ==, status);
}

#define assert_status(peer, pid, status) assert_status_at (__LINE__, peer, pid, status)

static void
check_suspend (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "alpha");
  g_autofree char *successor = NULL;

  g_assert_cmpint (ask_about (peer, "process.suspend", pid, ",\"expect\":{\"name\":\"omega\"}"), ==,
                   -32008);
  g_assert_cmpint (ask_about (peer, "process.suspend", "<0.1.0>", ""), ==, -32011);
  g_assert_cmpint (ask_about (peer, "process.suspend", "<0.4000.7>", ""), ==, -32003);
  assert_status (peer, pid, "waiting");

  g_assert_cmpint (ask_about (peer, "process.suspend", pid, ",\"expect\":{\"name\":\"alpha\"}"), ==,
                   0);
  g_assert_cmpstr (text (peer->result, "pid"), ==, pid);
  g_assert_cmpstr (text (peer->result, "name"), ==, "alpha");
  g_assert_cmpstr (text (peer->result, "status"), ==, "suspended");
  g_assert_false (json_object_get_boolean (member (peer->result, "already")));
  assert_status (peer, pid, "suspended");

  /* Twice is once: one resume undoes both. */
  g_assert_cmpint (ask_about (peer, "process.suspend", pid, ""), ==, 0);
  g_assert_true (json_object_get_boolean (member (peer->result, "already")));
  g_assert_cmpint (ask_about (peer, "process.resume", pid, ",\"expect\":{\"started_ns\":1}"), ==,
                   -32008);
  g_assert_cmpint (ask_about (peer, "process.resume", pid, ""), ==, 0);
  g_assert_cmpstr (text (peer->result, "status"), ==, "waiting");
  g_assert_false (json_object_get_boolean (member (peer->result, "already")));
  g_assert_cmpint (ask_about (peer, "process.resume", pid, ""), ==, 0);
  g_assert_true (json_object_get_boolean (member (peer->result, "already")));
  assert_status (peer, pid, "waiting");

  /* One that stands still can be killed, and who takes its place runs. */
  g_assert_cmpint (ask_about (peer, "process.suspend", pid, ""), ==, 0);
  g_assert_cmpint (ask_about (peer, "process.kill", pid, ",\"wait_ms\":5000"), ==, 0);
  g_assert_cmpstr (text (peer->result, "outcome"), ==, "exited");
  successor = g_strdup (text (member (peer->result, "successor"), "pid"));
  assert_status (peer, successor, "waiting");
  g_assert_cmpint (ask_about (peer, "process.resume", pid, ""), ==, -32003);
}

/* Asked all at once: the last word counts. */
static void
check_suspend_at_once (struct peer *peer)
{
  static const char *const methods[] = { "process.suspend", "process.suspend", "process.resume",
                                         "process.suspend", "process.resume" };
  g_autofree char         *pid = pid_of (peer, "beta");

  for (int n = 4; n <= 5; n++)
    {
      const uint32_t all = peer->n_answers + (uint32_t) n;

      for (int i = 0; i < n; i++)
        {
          json_object *params = json_object_new_object ();

          json_object_object_add (params, "pid", json_object_new_string (pid));
          (void) grove_client_request (peer->client, methods[i], params);
        }
      peer_send (peer);
      while (peer->n_answers != all)
        peer_read (peer);
      assert_status (peer, pid, n == 4 ? "suspended" : "waiting");
      g_assert_cmpint (ask_about (peer, "process.resume", pid, ""), ==, 0);
    }
}

/* What does not stop in time is let run on: it is not suspended later, when nobody expects it. */
static void
check_suspend_late (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "sulker");
  int              code;

  pthread_mutex_lock (&gate);
  atomic_store (&sulking, true);
  /* Caught on its way there, it goes on to where it cannot be. */
  while ((code = ask_about (peer, "process.suspend", pid, "")) == 0)
    g_assert_cmpint (ask_about (peer, "process.resume", pid, ""), ==, 0);
  g_assert_cmpint (code, ==, -32007);
  g_assert_nonnull (strstr (error_message (peer), "sulker"));
  pthread_mutex_unlock (&gate);
  g_assert_cmpint (ask_about (peer, "process.messages", pid,
                              ",\"offset\":0,\"limit\":1,\"max_bytes\":16"),
                   ==, 0);
  assert_status (peer, pid, "waiting");
}

/* The first process: the system would end with it. */
static void
check_protected (struct peer *peer)
{
  g_assert_cmpint (ask_about (peer, "process.kill", "<0.1.0>", ",\"wait_ms\":100"), ==, -32011);
  g_assert_nonnull (strstr (error_message (peer), "protected"));
  g_assert_cmpint (ask_about (peer, "process.get", "<0.1.0>", ""), ==, 0);
  g_assert_true (json_object_get_boolean (member (peer->result, "system")));
}

static void
check_bad_pids (struct peer *peer)
{
  g_assert_cmpint (ask_about (peer, "process.get", "0.1.2", ""), ==, -32602);
  g_assert_cmpint (ask_about (peer, "process.get", "<0.1.2", ""), ==, -32602);
  g_assert_cmpint (ask_about (peer, "process.get", "<0.4000000000000.0>", ""), ==, -32602);
  g_assert_cmpint (ask_about (peer, "process.get", "<0.4000.7>", ""), ==, -32003);
  g_assert_cmpint (ask_about (peer, "process.kill", "<0.4294967295.4294967295>", ""), ==, -32003);
}

#define WORLD(...) (&(const struct world){ __VA_ARGS__ })

static void
run_world (gconstpointer world)
{
  run (world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, ...)                                                                             \
  g_test_add_data_func ("/runtime/export/" path, WORLD (__VA_ARGS__), run_world)
  ADD ("process-get", .check = check_get);
  ADD ("many-links", .check = check_many_links);
  ADD ("process-messages", .check = check_messages);
  ADD ("many-messages", .check = check_many_messages, .hoards = true);
  ADD ("hidden-payloads", .check = check_hidden_payloads, .hide_payloads = true);
  ADD ("read-only", .check = check_read_only, .read_only = true);
  ADD ("table", .check = check_table);
  ADD ("tree", .check = check_tree);
  ADD ("kill", .check = check_kill);
  ADD ("kill-restarted-late", .check = check_kill_restarted_late);
  ADD ("kill-temporary", .check = check_kill_temporary);
  ADD ("exit", .check = check_exit);
  ADD ("restart", .check = check_restart);
  ADD ("priority", .check = check_priority);
  ADD ("expect", .check = check_expect);
  ADD ("suspend", .check = check_suspend);
  ADD ("suspend-at-once", .check = check_suspend_at_once);
  ADD ("suspend-late", .check = check_suspend_late, .sulks = true);
  ADD ("protected", .check = check_protected);
  ADD ("bad-pids", .check = check_bad_pids);
  return g_test_run ();
}
