/* SPDX-License-Identifier: MIT
 *
 * What can be asked of one process, and sent to it, over the real runtime and a real socket:
 * stacks, messages from outside.
 */
#include "runtime/grove.h"
#include "tests/runtime/export-peer.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>

struct world
{
  char *directory;
  sem_t ready;
  void (*check) (struct peer *peer);
};

/* ---- Who is watched ----------------------------------------------------------------------------
 */

/* Waits three calls deep, for what never comes. */
static __attribute__ ((noinline)) void
innermost (void)
{
  struct grove_message *message;

  for (;;)
    g_assert_cmpint (grove_receive_pattern (GROVE_FOREVER, &message, "never"), ==, GROVE_OK);
}

static __attribute__ ((noinline)) void
middle (void)
{
  innermost ();
  __asm__ volatile("");
}

static void
deep (void *arg)
{
  g_assert_cmpint (grove_register ("deep", grove_self ()), ==, GROVE_OK);
  middle ();
  __asm__ volatile("");
}

/* Ends with the number it is told. */
static void
listener (void *arg)
{
  struct grove_message *message;
  int                   number;

  g_assert_cmpint (grove_register ("listener", grove_self ()), ==, GROVE_OK);
  g_assert_cmpint (grove_receive_pattern (GROVE_FOREVER, &message, "{stop, ~i}", &number), ==,
                   GROVE_OK);
  grove_exit ("{told, ~i}", number);
}

static void
world_main (void *arg)
{
  struct world                     *world = arg;
  const struct grove_export_options options = { .name = "lab", .directory = world->directory };
  struct grove_message             *message;
  char                             *error = NULL;

  grove_spawn (deep, NULL);
  grove_spawn (listener, NULL);
  while (!grove_whereis ("deep") || !grove_whereis ("listener"))
    grove_yield ();
  if (grove_export_start (&options, &error) != GROVE_OK)
    g_error ("%s", error);
  sem_post (&world->ready);
  for (;;)
    g_assert_cmpint (grove_receive_pattern (GROVE_FOREVER, &message, "never"), ==, GROVE_OK);
}

static void *
client_thread (void *arg)
{
  struct world *world = arg;
  struct peer   peer;

  while (sem_wait (&world->ready) != 0)
    ;
  peer_connect (&peer, world->directory, "lab");
  peer_open (&peer, "control");
  world->check (&peer);
  peer_close (&peer);
  grove_export_stop ();
  grove_stop ();
  return NULL;
}

static void
run (gconstpointer check)
{
  const struct grove_options runtime = { .name = "lab", .n_schedulers = 2, .max_processes = 4096 };
  struct world               world = { .check = NULL };
  pthread_t                  thread;

  memcpy (&world.check, &check, sizeof world.check);
  world.directory = g_dir_make_tmp ("grove-test-XXXXXX", NULL);
  sem_init (&world.ready, 0, 0);
  g_assert_cmpint (pthread_create (&thread, NULL, client_thread, &world), ==, 0);
  g_assert_cmpint (grove_run (&runtime, world_main, &world), ==, GROVE_OK);
  pthread_join (thread, NULL);
  g_assert_cmpint (g_rmdir (world.directory), ==, 0);
  g_free (world.directory);
  sem_destroy (&world.ready);
}

/* ---- Stacks ------------------------------------------------------------------------------------
 */

/* The place of @function among the frames; -1: it is not there. */
static int
frame_of (json_object *frames, const char *function)
{
  for (size_t i = 0; i < json_object_array_length (frames); i++)
    if (strcmp (text (json_object_array_get_idx (frames, i), "function"), function) == 0)
      return (int) i;
  return -1;
}

static void
check_stack (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "deep");
  json_object     *frames, *frame;

  g_assert_cmpint (ask_about (peer, "process.stack", pid, ""), ==, 0);
  g_assert_cmpstr (text (peer->result, "pid"), ==, pid);
  g_assert_cmpstr (text (peer->result, "name"), ==, "deep");
  g_assert_cmpstr (text (peer->result, "status"), ==, "waiting");
  frames = member (peer->result, "frames");
  g_assert_cmpint (frame_of (frames, "innermost"), >=, 0);
  g_assert_cmpint (frame_of (frames, "innermost"), <, frame_of (frames, "middle"));
  g_assert_cmpint (frame_of (frames, "middle"), <, frame_of (frames, "deep"));
  frame = json_object_array_get_idx (frames, (size_t) frame_of (frames, "middle"));
  g_assert_true (g_str_has_suffix (text (frame, "file"), "test-export-process.c"));
  g_assert_cmpint (integer (frame, "line"), >, 0);
  g_assert_false (json_object_get_boolean (member (peer->result, "truncated")));

  g_assert_cmpint (ask_about (peer, "process.stack", pid, ",\"limit\":1"), ==, 0);
  g_assert_cmpuint (json_object_array_length (member (peer->result, "frames")), ==, 1);
  g_assert_true (json_object_get_boolean (member (peer->result, "truncated")));

  g_assert_cmpint (ask_about (peer, "process.stack", "<0.4000.7>", ""), ==, -32003);
  g_assert_cmpint (ask_about (peer, "process.stack", pid, ",\"limit\":0"), ==, -32602);
}

/* ---- Messages from outside ---------------------------------------------------------------------
 */

static void
check_send (struct peer *peer)
{
  g_autofree char *deep_pid = pid_of (peer, "deep");
  g_autofree char *pid = pid_of (peer, "listener");

  g_assert_cmpint (ask_about (peer, "process.send", deep_pid,
                              ",\"message\":\"{hello, <<\\\"you\\\">>}.\""),
                   ==, 0);
  g_assert_cmpstr (text (member (peer->result, "message"), "text"), ==, "{hello,<<\"you\">>}");
  g_assert_cmpint (ask_about (peer, "process.messages", deep_pid,
                              ",\"offset\":0,\"limit\":9,\"max_bytes\":64"),
                   ==, 0);
  g_assert_cmpint (integer (peer->result, "total"), ==, 1);
  g_assert_cmpstr (text (member (json_object_array_get_idx (member (peer->result, "messages"), 0),
                                 "term"),
                         "text"),
                   ==, "{hello,<<\"you\">>}");

  g_assert_cmpint (ask_about (peer, "process.send", pid, ",\"message\":\"{stop, 7}\""), ==, 0);
  /* Waits until it has ended, then says of what. */
  while (ask_about (peer, "process.get", pid, "") == 0)
    continue;
  g_assert_cmpstr (text (member (member (peer->error, "data"), "exited"), "reason"), ==,
                   "{told,7}");
  g_assert_cmpint (ask_about (peer, "process.send", pid, ",\"message\":\"a\""), ==, -32003);
}

static void
check_send_refused (struct peer *peer)
{
  g_autofree char *pid = pid_of (peer, "listener");

  g_assert_cmpint (ask_about (peer, "process.send", pid, ",\"message\":\"{stop, [1}\""), ==,
                   -32602);
  g_assert_cmpint (integer (member (peer->error, "data"), "position"), ==, 9);
  g_assert_cmpstr (text (member (peer->error, "data"), "param"), ==, "message");
  g_assert_cmpint (ask_about (peer, "process.send", pid,
                              ",\"message\":\"{stop,1}\",\"expect\":{\"name\":\"x\"}"),
                   ==, -32008);
  g_assert_cmpint (ask_about (peer, "process.send", "<0.1.0>", ",\"message\":\"never\""), ==,
                   -32011);
  g_assert_cmpint (ask_about (peer, "process.get", pid, ""), ==, 0);
  g_assert_cmpint (integer (peer->result, "messages"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/runtime/export-process/stack", check_stack, run);
  g_test_add_data_func ("/runtime/export-process/send", check_send, run);
  g_test_add_data_func ("/runtime/export-process/send-refused", check_send_refused, run);
  return g_test_run ();
}
