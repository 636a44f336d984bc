/* SPDX-License-Identifier: MIT
 *
 * How a session reaches its system: connect, be greeted, open, stay, and mend it when it breaks.
 *
 * A target that was never live ends in REFUSED at the first trouble, so that a person hears of a
 * typing error at once. One that was live is LOST and tried again for ever, 0.25 s to 5 s apart,
 * unless what is wrong would be wrong again (another version, not our protocol).
 */
#include "observer/grove-session-private.h"

#include "observer/grove-cookies.h"
#include "observer/grove-socket-note.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKOFF_MIN_MS 250
#define BACKOFF_MAX_MS 5000
#define GREETING_MS    5000
#define BUSY_RETRY_MS  100
#define CHILD_MS       60000 /* until a command has brought a greeting: a person may type a password */
#define CHILD_END_MS   2000 /* until it has said why it ended */
#define PROTOCOL_MAJOR 1

static void     schedule (GroveSession *self, guint delay_ms);
static gboolean attempt (gpointer user_data);

static void
drop_connection (GroveSession *self)
{
  g_clear_handle_id (&self->attempt_source, g_source_remove);
  g_clear_handle_id (&self->deadline_source, g_source_remove);
  self->stage = GROVE_STAGE_NONE;
  g_autoptr (GroveConnection) connection = g_steal_pointer (&self->connection);
  if (connection != NULL)
    grove_connection_close (connection);
  g_clear_pointer (&self->child, _grove_child_free);
  for (guint i = 0; i < self->subscriptions->len; i++)
    _grove_subscription_lost (self->subscriptions->pdata[i]);
  _grove_session_pulse_stop (self);
}

static gboolean
would_be_wrong_again (GroveTrouble trouble)
{
  switch ((int) trouble)
    {
    case GROVE_TROUBLE_BAD_ADDRESS:
    case GROVE_TROUBLE_NO_COMMAND:
    case GROVE_TROUBLE_PERMISSION:
    case GROVE_TROUBLE_NO_SOCKET:
    case GROVE_TROUBLE_NOT_GROVE:
    case GROVE_TROUBLE_VERSION:
    case GROVE_TROUBLE_NOT_OPENED:
    case GROVE_TROUBLE_BROKEN:
      return TRUE;
    default:
      return FALSE;
    }
}

/* What was tried: a socket's path, or a command as it could be typed. Transfer full, NULL: nothing.
 */
static char *
place_of (GroveSession *self)
{
  if (self->address == NULL)
    return NULL;
  return self->address->path != NULL ? g_filename_display_name (self->address->path)
                                     : g_strjoinv (" ", self->address->argv);
}

static void
describe (GroveSession *self, GroveTrouble what, const char *fact, char **title, char **detail)
{
  g_autofree char *place = place_of (self);
  g_autofree char *said = self->node_trouble != 0 ? g_steal_pointer (&self->node_said) : NULL;
  if (!_grove_node_trouble_describe (self->node_trouble, self->system_name, said, title, detail))
    {
      _grove_trouble_describe (what, self->system_name, place, fact, title, detail);
      return;
    }
  /* Not we are on the way there. */
  if (self->address->node == NULL)
    {
      g_free (*detail);
      *detail =
        g_strdup_printf (_ ("Who serves it tries again from time to time. It said: %s"), said);
    }
}

void
_grove_session_trouble (GroveSession *self, GroveTrouble what, const char *fact)
{
  g_object_ref (self);
  g_autofree char *copy = g_strdup (fact); /* @fact may live in the connection */
  gboolean         was_open = self->stage == GROVE_STAGE_OPEN;
  g_object_freeze_notify (G_OBJECT (self));
  drop_connection (self);

  gboolean mend = self->was_live && !would_be_wrong_again (what) &&
                  !_grove_node_trouble_stays (self->node_trouble);
  /* While it is being mended, the reason it was lost is of more use than why it is not back yet;
   * but who asked to try again has forgotten that one. */
  if (!mend || was_open || self->error_title == NULL)
    {
      g_autofree char *title = NULL, *detail = NULL;
      describe (self, what, copy, &title, &detail);
      _grove_session_set_error (self, title, detail);
    }
  _grove_session_set_state (self, mend ? GROVE_SESSION_LOST : GROVE_SESSION_REFUSED);
  if (mend)
    {
      schedule (self, self->backoff_ms);
      self->backoff_ms = MIN (self->backoff_ms * 2, BACKOFF_MAX_MS);
    }
  g_object_thaw_notify (G_OBJECT (self));
  g_object_unref (self);
}

/* The command has ended, or it has been waited for long enough. */
static void
child_has_spoken (gpointer user_data)
{
  GroveSession    *self = user_data;
  g_autofree char *complaint = _grove_child_get_complaint (self->child);
  if (self->address != NULL && self->address->node != NULL)
    {
      self->node_trouble = MAX (_grove_child_get_status (self->child), 0);
      g_free (self->node_said);
      self->node_said = _grove_child_get_said (self->child);
    }
  _grove_session_trouble (self, self->was_live ? GROVE_TROUBLE_COMMAND_LOST : GROVE_TROUBLE_COMMAND,
                          complaint);
}

static void
handle_closed (gpointer user_data, const GError *error)
{
  GroveSession    *self = user_data;
  gboolean         broken = error->code == GROVE_PROTOCOL_ERROR_BROKEN;
  g_autofree char *said = g_steal_pointer (&self->goodbye_message);
  GroveTrouble     goodbye = self->goodbye;
  self->goodbye = GROVE_TROUBLE_NONE;

  /* Why it ended is what the command says at its end. */
  if (self->child != NULL && !broken && goodbye == GROVE_TROUBLE_NONE)
    {
      g_clear_handle_id (&self->deadline_source, g_source_remove);
      g_clear_handle_id (&self->tick_source, g_source_remove);
      _grove_child_wait (self->child, CHILD_END_MS, child_has_spoken, self);
    }
  else if (self->stage == GROVE_STAGE_OPEN)
    {
      if (broken)
        _grove_session_trouble (self, GROVE_TROUBLE_BROKEN, error->message);
      else
        _grove_session_trouble (self, goodbye != GROVE_TROUBLE_NONE ? goodbye : GROVE_TROUBLE_LOST,
                                said);
    }
  else if (broken)
    _grove_session_trouble (self, GROVE_TROUBLE_NOT_GROVE, error->message);
  else if (goodbye == GROVE_TROUBLE_LIMIT)
    _grove_session_trouble (self, GROVE_TROUBLE_FULL, said);
  else if (goodbye != GROVE_TROUBLE_NONE)
    _grove_session_trouble (self, GROVE_TROUBLE_NOT_OPENED, said);
  else
    _grove_session_trouble (self, GROVE_TROUBLE_REJECTED, NULL);
}

static void
enter_live (GroveSession *self)
{
  g_object_ref (self);
  g_object_freeze_notify (G_OBJECT (self));
  g_clear_handle_id (&self->deadline_source, g_source_remove);
  self->stage = GROVE_STAGE_OPEN;
  self->was_live = TRUE;
  self->backoff_ms = BACKOFF_MIN_MS;
  _grove_session_set_error (self, NULL, NULL);
  _grove_session_set_state (self, GROVE_SESSION_LIVE);
  _grove_session_pulse_start (self);
  _grove_session_sync (self);
  g_object_thaw_notify (G_OBJECT (self));
  g_object_unref (self);
}

static void open_as (GroveSession *self, const char *role);

static void
opened (gpointer owner, const GroveReply *reply, gpointer user_data)
{
  GroveSession *self = owner;
  const char   *role = user_data;
  if (self->stage != GROVE_STAGE_OPENING)
    return;
  if (reply->error == NULL)
    {
      gboolean observing = strcmp (_grove_json_text (reply->result, "role"), "control") != 0;
      g_object_freeze_notify (G_OBJECT (self));
      if (observing != self->observing)
        {
          self->observing = observing;
          _grove_session_notify_prop (self, GROVE_SESSION_PROP_READ_ONLY);
        }
      enter_live (self);
      g_object_thaw_notify (G_OBJECT (self));
    }
  else if (reply->error->code == GROVE_CODE_FORBIDDEN && strcmp (role, "control") == 0)
    open_as (self, "observe");
  else if (reply->error->code == GROVE_CODE_LIMIT || reply->error->code == GROVE_CODE_BUSY)
    _grove_session_trouble (self, GROVE_TROUBLE_FULL, reply->error->message);
  else if (reply->error->code < 0)
    _grove_session_trouble (self, GROVE_TROUBLE_NOT_OPENED, reply->error->message);
  /* Else the connection ended, and handle_closed() is about to say so. */
}

static void
open_as (GroveSession *self, const char *role)
{
  struct json_object *client = json_object_new_object ();
  json_object_object_add (client, "name", json_object_new_string (self->client));
  json_object_object_add (client, "version", json_object_new_string (GROVE_VERSION));
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "major", json_object_new_int (PROTOCOL_MAJOR));
  json_object_object_add (params, "client", client);
  json_object_object_add (params, "role", json_object_new_string (role));
  self->stage = GROVE_STAGE_OPENING;
  grove_connection_call (self->connection, "session.open", params, opened, self,
                         (gpointer) (gsize) role);
}

static void
read_capabilities (GroveSession *self, struct json_object *hello)
{
  g_hash_table_remove_all (self->capabilities);
  g_hash_table_remove_all (self->absent);
  struct json_object *names = _grove_json_array (hello, "capabilities");
  gsize               n = names != NULL ? json_object_array_length (names) : 0;
  for (gsize i = 0; i < MIN (n, 256); i++)
    {
      struct json_object *name = json_object_array_get_idx (names, i);
      if (json_object_is_type (name, json_type_string))
        g_hash_table_add (self->capabilities, g_strndup (json_object_get_string (name), 64));
    }
  struct json_object *absent = _grove_json_object (hello, "absent");
  if (absent == NULL)
    return;
  guint n_absent = 0;
  json_object_object_foreach (absent, key, value)
  {
    char why[256];
    if (!json_object_is_type (value, json_type_string) || n_absent++ == 256)
      continue;
    _grove_copy_text (why, sizeof why, json_object_get_string (value));
    g_hash_table_insert (self->absent, g_strndup (key, 64), g_strdup (why));
  }
}

/* Another run of the system: what was known of processes is of the past. */
static void
take_instance (GroveSession *self, const char *instance)
{
  gboolean another = g_strcmp0 (self->instance, instance) != 0;
  gboolean first = self->instance == NULL;
  if (!another)
    return;
  g_free (self->instance);
  self->instance = g_strndup (instance, 64);
  self->first_seen_ns = grove_session_now_ns (self);
  if (!first)
    _grove_session_emit_reset (self);
}

static void
greet (GroveSession *self, struct json_object *hello)
{
  struct json_object *protocol = _grove_json_object (hello, "protocol");
  struct json_object *server = _grove_json_object (hello, "server");
  gint64              major;
  if (!_grove_json_get_int (protocol, "major", 0, &major) || server == NULL ||
      _grove_json_text (hello, "instance")[0] == '\0')
    {
      _grove_session_trouble (self, GROVE_TROUBLE_NOT_GROVE,
                              _ ("Its greeting lacks what it must say."));
      return;
    }
  if (major != PROTOCOL_MAJOR)
    {
      g_autofree char *version = g_strdup_printf ("%" G_GINT64_FORMAT, major);
      _grove_session_trouble (self, GROVE_TROUBLE_VERSION, version);
      return;
    }
  self->server_read_only = _grove_json_boolean (hello, "read_only");
  gint64 now_ns = _grove_json_int (hello, "now_ns", 0);
  if (now_ns > 0)
    self->clock_offset_ns = now_ns - g_get_monotonic_time () * 1000;
  json_object_put (self->hello);
  self->hello = json_object_get (hello);
  read_capabilities (self, hello);
  self->columns = _grove_columns_offered (hello);
  self->stage = GROVE_STAGE_OPENING;
  take_instance (self, _grove_json_text (hello, "instance"));
  char name[65];
  _grove_copy_text (name, sizeof name, _grove_json_text (server, "name"));
  if (name[0] != '\0' && self->stage == GROVE_STAGE_OPENING)
    _grove_session_set_system_name (self, name);
  /* Whoever was told of either may have closed the session. */
  if (self->stage == GROVE_STAGE_OPENING)
    open_as (self, self->server_read_only || self->only_observe ? "observe" : "control");
}

static void
hear_goodbye (GroveSession *self, struct json_object *params)
{
  static const struct
  {
    const char  *reason;
    GroveTrouble trouble;
  } reasons[] = {
    { "shutdown", GROVE_TROUBLE_SHUTDOWN },
    { "slow", GROVE_TROUBLE_SLOW },
    { "errors", GROVE_TROUBLE_ERRORS },
    { "limit", GROVE_TROUBLE_LIMIT },
  };
  char message[256];
  _grove_copy_text (message, sizeof message, _grove_json_text (params, "message"));
  g_free (self->goodbye_message);
  self->goodbye_message = g_strdup (message);
  self->goodbye = GROVE_TROUBLE_GOODBYE;
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (strcmp (reasons[i].reason, _grove_json_text (params, "reason")) == 0)
      self->goodbye = reasons[i].trouble;
}

static void
handle_notification (gpointer user_data, const char *method, struct json_object *params)
{
  GroveSession *self = user_data;
  gint64        sub;
  if (strcmp (method, "goodbye") == 0)
    {
      hear_goodbye (self, params);
      return;
    }
  if (self->stage == GROVE_STAGE_HELLO)
    {
      if (strcmp (method, "hello") == 0)
        greet (self, params);
      else
        _grove_session_trouble (self, GROVE_TROUBLE_NOT_GROVE,
                                _ ("It did not begin with a greeting."));
      return;
    }
  /* Notifications of later versions carry no `sub` of ours; they are not for us. */
  if (!_grove_json_get_int (params, "sub", 0, &sub))
    {
      if (g_str_has_suffix (method, ".update") || strcmp (method, "system.sample") == 0)
        _grove_session_break (self, _ ("It sent an update that names no subscription."));
      return;
    }
  self->n_updates++;
  for (guint i = 0; i < self->subscriptions->len; i++)
    if (_grove_subscription_receive (self->subscriptions->pdata[i], method, sub, params))
      break;
}

static gboolean
greeting_is_late (gpointer user_data)
{
  GroveSession *self = user_data;
  self->deadline_source = 0;
  _grove_session_trouble (self, GROVE_TROUBLE_SILENT, NULL);
  return G_SOURCE_REMOVE;
}

GroveTrouble
_grove_session_trouble_of_errno (int error, const char *path)
{
  struct stat status;
  switch (error)
    {
    case ENOENT:
    case ENOTDIR:
      return GROVE_TROUBLE_NO_SYSTEM;
    case EACCES:
    case EPERM:
      return GROVE_TROUBLE_PERMISSION;
    case EPROTOTYPE:
      return GROVE_TROUBLE_NO_SOCKET;
    case ECONNREFUSED:
      if (stat (path, &status) == 0 && !S_ISSOCK (status.st_mode))
        return GROVE_TROUBLE_NO_SOCKET;
      return GROVE_TROUBLE_STALE;
    default:
      return GROVE_TROUBLE_OTHER;
    }
}

int
_grove_session_connect_to (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  if (strlen (path) >= sizeof address.sun_path)
    {
      errno = ENAMETOOLONG;
      return -1;
    }
  strcpy (address.sun_path, path);
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0 && connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    {
      int error = errno;
      close (fd);
      errno = error;
      return -1;
    }
  return fd;
}

/* Takes @fd. */
static void
talk_through (GroveSession *self, int fd)
{
  static const GroveConnectionHandler handler = {
    .notification = handle_notification,
    .closed = handle_closed,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);
  if (socket == NULL)
    {
      close (fd);
      _grove_session_trouble (self, GROVE_TROUBLE_OTHER, error->message);
      return;
    }
  self->goodbye = GROVE_TROUBLE_NONE;
  g_clear_pointer (&self->goodbye_message, g_free);
  self->connection = grove_connection_new (socket, &handler, self);
  self->stage = GROVE_STAGE_HELLO;
  self->deadline_source =
    g_timeout_add (self->child != NULL ? CHILD_MS : GREETING_MS, greeting_is_late, self);
}

/* A node that is served, and not there: why is written where its socket was. */
static void
read_why_absent (GroveSession *self)
{
  g_auto (GroveSocketNote) note = { NULL };
  _grove_socket_note_read (self->address->path, &note);
  self->node_trouble = note.trouble;
  g_free (self->node_said);
  self->node_said = g_steal_pointer (&note.said);
}

static void
attempt_socket (GroveSession *self)
{
  int    fd = _grove_session_connect_to (self->address->path);
  int    error = errno;
  gint64 tried_us = g_get_monotonic_time () - self->attempt_started_us;
  if (fd >= 0)
    talk_through (self, fd);
  else if (error == EAGAIN && tried_us < GREETING_MS * 1000)
    /* More are waiting to be let in than the system has room for. */
    self->attempt_source = g_timeout_add (BUSY_RETRY_MS, attempt, self);
  else if (error == EAGAIN)
    _grove_session_trouble (self, GROVE_TROUBLE_SILENT, NULL);
  else
    {
      if (error == ENOENT)
        read_why_absent (self);
      _grove_session_trouble (self, _grove_session_trouble_of_errno (error, self->address->path),
                              g_strerror (error));
    }
}

/* It is the first line the command reads: nobody else can see it. */
static GroveChild *
run_with_cookie (char **argv, const char *cookie, int *ret_fd, GError **error)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  for (char **word = argv; *word != NULL; word++)
    g_ptr_array_add (words, *word);
  g_ptr_array_add (words, (char *) "--cookie-stdin");
  g_ptr_array_add (words, NULL);
  GroveChild *child = _grove_child_new ((char **) words->pdata, ret_fd, error);
  if (child == NULL)
    return NULL;
  /* A socket that was just made has room for both. */
  (void) !send (*ret_fd, cookie, strlen (cookie), MSG_NOSIGNAL | MSG_MORE);
  (void) !send (*ret_fd, "\n", 1, MSG_NOSIGNAL);
  return child;
}

static void
attempt_command (GroveSession *self)
{
  g_autoptr (GError) error = NULL;
  int         fd;
  const char *cookie = self->address->node != NULL ? grove_cookie_get (self->address->node) : NULL;
  self->child = cookie != NULL ? run_with_cookie (self->address->argv, cookie, &fd, &error)
                               : _grove_child_new (self->address->argv, &fd, &error);
  if (self->child == NULL)
    _grove_session_trouble (self, GROVE_TROUBLE_NO_COMMAND, error->message);
  else
    talk_through (self, fd);
}

static gboolean
attempt (gpointer user_data)
{
  GroveSession *self = user_data;
  self->attempt_source = 0;
  self->node_trouble = 0;
  if (self->address == NULL)
    {
      /* Once more, for what is wrong with it. */
      g_autoptr (GError) error = NULL;
      grove_address_free (grove_address_parse (self->target, &error));
      _grove_session_trouble (self, GROVE_TROUBLE_BAD_ADDRESS,
                              error != NULL ? error->message : NULL);
    }
  else if (self->address->path != NULL)
    attempt_socket (self);
  else
    attempt_command (self);
  return G_SOURCE_REMOVE;
}

static void
schedule (GroveSession *self, guint delay_ms)
{
  self->attempt_started_us = g_get_monotonic_time () + delay_ms * 1000;
  self->attempt_source =
    delay_ms > 0 ? g_timeout_add (delay_ms, attempt, self) : g_idle_add (attempt, self);
}

void
_grove_session_link_start (GroveSession *self)
{
  drop_connection (self);
  self->backoff_ms = BACKOFF_MIN_MS;
  schedule (self, 0);
}

void
_grove_session_link_stop (GroveSession *self)
{
  drop_connection (self);
  self->was_live = FALSE;
  self->node_trouble = 0;
  g_clear_pointer (&self->node_said, g_free);
  g_clear_pointer (&self->instance, g_free);
  g_clear_pointer (&self->goodbye_message, g_free);
}
