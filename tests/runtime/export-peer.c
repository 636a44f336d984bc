/* SPDX-License-Identifier: MIT
 *
 * A client over a real socket; see export-peer.h.
 */
#include "tests/runtime/export-peer.h"

#include "tests/runtime/export-schema.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void
on_reply (int64_t id, json_object *result, json_object *error, void *user_data)
{
  struct peer *peer = user_data;

  json_object_put (peer->result);
  json_object_put (peer->error);
  peer->answered = id;
  peer->n_answers++;
  peer->result = json_object_get (result);
  peer->error = json_object_get (error);
}

static void
on_notification (const char *method, json_object *params, void *user_data)
{
  struct peer *peer = user_data;

  if (strcmp (method, "hello") == 0)
    {
      peer->hello = json_object_get (params);
      return;
    }
  if (peer->schema)
    schema_check_notification (peer->schema, method, params);
  json_object_put (peer->notified);
  g_free (peer->notified_method);
  peer->notified = json_object_get (params);
  peer->notified_method = g_strdup (method);
  if (peer->on_notification)
    peer->on_notification (method, params, peer->on_notification_data);
}

static void
on_broken (const char *reason, void *user_data)
{
  g_error ("the server broke the protocol: %s", reason);
}

void
peer_read (struct peer *peer)
{
  char          bytes[65536];
  const ssize_t n = read (peer->fd, bytes, sizeof bytes);

  g_assert_cmpint (n, >, 0);
  g_assert_true (grove_client_feed (peer->client, bytes, (size_t) n));
}

bool
peer_wait_ms (struct peer *peer, int ms)
{
  struct pollfd ready = { .fd = peer->fd, .events = POLLIN };

  return poll (&ready, 1, ms) > 0;
}

void
peer_send (struct peer *peer)
{
  size_t      size;
  const char *bytes = grove_client_output (peer->client, &size);

  g_assert_cmpint (write (peer->fd, bytes, size), ==, (ssize_t) size);
  grove_client_consume (peer->client, size);
}

/* Asks, and returns the error's code, 0 for a result; both stand in @peer until the next. */
int
ask (struct peer *peer, const char *method, const char *params)
{
  json_object *object = json_tokener_parse (params);
  int64_t      id;

  g_assert_nonnull (object);
  id = grove_client_request (peer->client, method, object);
  peer_send (peer);
  while (peer->answered != id)
    peer_read (peer);
  if (!peer->error && peer->schema)
    schema_check_result (peer->schema, method, peer->result);
  return peer->error ? json_object_get_int (json_object_object_get (peer->error, "code")) : 0;
}

json_object *
member (json_object *object, const char *name)
{
  json_object *value = NULL;

  g_assert_true (json_object_object_get_ex (object, name, &value));
  return value;
}

const char *
text (json_object *object, const char *name)
{
  return json_object_get_string (member (object, name));
}

int64_t
integer (json_object *object, const char *name)
{
  return json_object_get_int64 (member (object, name));
}

const char *
error_message (struct peer *peer)
{
  return text (peer->error, "message");
}

/* The pid of whoever has @name now; free it. */
char *
pid_of (struct peer *peer, const char *name)
{
  g_autofree char *params =
    g_strdup_printf ("{\"table\":\"processes\",\"columns\":[\"pid\",\"name\"],\"sort\":[],"
                     "\"filter\":[\"eq\",\"name\",\"%s\"],\"window\":{\"offset\":0,\"limit\":5},"
                     "\"interval_ms\":1000}",
                     name);
  g_autofree char *close = NULL;
  json_object     *rows;
  char            *pid;

  g_assert_cmpint (ask (peer, "table.open", params), ==, 0);
  close = g_strdup_printf ("{\"sub\":%d}", (int) integer (peer->result, "sub"));
  while (g_strcmp0 (peer->notified_method, "table.update") != 0)
    peer_read (peer);
  rows = member (peer->notified, "rows");
  g_assert_cmpuint (json_object_array_length (rows), ==, 1);
  pid = g_strdup (
    json_object_get_string (json_object_array_get_idx (json_object_array_get_idx (rows, 0), 0)));
  g_clear_pointer (&peer->notified_method, g_free);
  g_assert_cmpint (ask (peer, "table.close", close), ==, 0);
  g_clear_pointer (&peer->notified_method, g_free);
  return pid;
}

int
ask_about (struct peer *peer, const char *method, const char *pid, const char *more)
{
  g_autofree char *params = g_strdup_printf ("{\"pid\":\"%s\"%s}", pid, more);

  return ask (peer, method, params);
}

void
peer_connect (struct peer *peer, const char *directory, const char *name)
{
  static const struct grove_client_handler handler = { on_reply, on_notification, on_broken };
  struct sockaddr_un                       address = { .sun_family = AF_UNIX };

  memset (peer, 0, sizeof *peer);
  g_snprintf (address.sun_path, sizeof address.sun_path, "%s/%s.sock", directory, name);
  peer->fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (connect (peer->fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  peer->client = grove_client_new (&handler, peer);
}

int
peer_try_open (struct peer *peer, const char *role, const char *more)
{
  g_autofree char *params = g_strdup_printf (
    "{\"major\":1,\"client\":{\"name\":\"test\",\"version\":\"1\"},\"role\":\"%s\"%s}", role, more);

  while (!peer->hello)
    peer_read (peer);
  return ask (peer, "session.open", params);
}

/* All that is told from here on is what the server itself says it is. */
static void
take_schema (struct peer *peer)
{
  g_assert_cmpint (ask (peer, "server.describe", "{}"), ==, 0);
  peer->schema = json_object_get (member (peer->result, "schema"));
  schema_check_result (peer->schema, "server.describe", peer->result);
  schema_check_notification (peer->schema, "hello", peer->hello);
}

void
peer_open (struct peer *peer, const char *role)
{
  g_assert_cmpint (peer_try_open (peer, role, ""), ==, 0);
  take_schema (peer);
}

void
peer_close (struct peer *peer)
{
  grove_client_free (peer->client);
  close (peer->fd);
  json_object_put (peer->result);
  json_object_put (peer->error);
  json_object_put (peer->hello);
  json_object_put (peer->schema);
  json_object_put (peer->notified);
  g_free (peer->notified_method);
}

/* ---- The system --------------------------------------------------------------------------------
 */

struct running
{
  const struct lab *lab;
  char             *directory;
  sem_t             ready;
};

void
lab_wait (void)
{
  struct grove_message *message;

  for (;;)
    g_assert_cmpint (grove_receive_pattern (GROVE_FOREVER, &message, "never"), ==, GROVE_OK);
}

static void
lab_main (void *arg)
{
  struct running                   *running = arg;
  const struct grove_export_options options = {
    .name = "lab",
    .directory = running->directory,
    .hide_payloads = running->lab->hide_payloads,
    .read_only = running->lab->read_only,
  };
  char *error = NULL;

  running->lab->start ();
  if (grove_export_start (&options, &error) != GROVE_OK)
    g_error ("%s", error);
  sem_post (&running->ready);
  lab_wait ();
}

static void *
check_thread (void *arg)
{
  struct running *running = arg;
  struct peer     peer;

  while (sem_wait (&running->ready) != 0)
    ;
  peer_connect (&peer, running->directory, "lab");
  peer_open (&peer, running->lab->role != NULL ? running->lab->role : "control");
  running->lab->check (&peer);
  peer_close (&peer);
  grove_export_stop ();
  grove_stop ();
  return NULL;
}

void
lab_run (const struct lab *lab)
{
  const struct grove_options runtime = { .name = "lab", .n_schedulers = 2, .max_processes = 4096 };
  struct running             running = { .lab = lab };
  pthread_t                  thread;

  if (lab->environment != NULL)
    g_setenv ("GROVE_OBSERVE", lab->environment, TRUE);
  else
    g_unsetenv ("GROVE_OBSERVE");
  running.directory = g_dir_make_tmp ("grove-test-XXXXXX", NULL);
  sem_init (&running.ready, 0, 0);
  g_assert_cmpint (pthread_create (&thread, NULL, check_thread, &running), ==, 0);
  g_assert_cmpint (grove_run (&runtime, lab_main, &running), ==, GROVE_OK);
  pthread_join (thread, NULL);
  g_assert_cmpint (g_rmdir (running.directory), ==, 0);
  g_free (running.directory);
  sem_destroy (&running.ready);
}
