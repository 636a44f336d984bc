/* SPDX-License-Identifier: MIT
 *
 * A peer for tests; see peer.h.
 */
#include "peer.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

struct peer
{
  char       *runtime_directory;
  char       *directory;
  char       *path;
  char       *name;
  GSocket    *listener;
  GSource    *accept_source;
  GSocket    *socket;
  GSource    *read_source;
  guint       n_connections;
  GString    *input;
  GQueue      requests; /* json_object */
  GHashTable *acks;     /* sub -> seq */
  gboolean    mute;
  gint64      silent_ms;
  gboolean    early;
  guint       saying;  /* a line is being sent, which has to be whole before the next */
  GString    *waiting; /* lines meanwhile */
};

static gboolean
beat (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
peer_iterate (void)
{
  guint source = g_timeout_add (10, beat, NULL);
  g_main_context_iteration (NULL, TRUE);
  g_source_remove (source);
}

static void
drop_socket (Peer *peer)
{
  if (peer->read_source != NULL)
    g_source_destroy (peer->read_source);
  g_clear_pointer (&peer->read_source, g_source_unref);
  if (peer->socket != NULL)
    g_socket_close (peer->socket, NULL);
  g_clear_object (&peer->socket);
  g_string_truncate (peer->input, 0);
}

static void
hear (Peer *peer, const char *line)
{
  struct json_object *message = json_tokener_parse (line);
  struct json_object *value, *sub, *seq;
  g_assert_true (json_object_is_type (message, json_type_object));
  g_assert_true (json_object_object_get_ex (message, "method", &value));
  const char *method = json_object_get_string (value);
  if (g_str_has_suffix (method, ".ack"))
    {
      struct json_object *params = peer_params (message);
      g_assert_true (json_object_object_get_ex (params, "sub", &sub));
      g_assert_true (json_object_object_get_ex (params, "seq", &seq));
      g_assert_false (json_object_object_get_ex (message, "id", NULL));
      g_hash_table_insert (peer->acks, GINT_TO_POINTER (json_object_get_int (sub)),
                           GINT_TO_POINTER (json_object_get_int (seq)));
      json_object_put (message);
    }
  else if (strcmp (method, "session.ping") == 0)
    {
      if (peer->mute)
        json_object_put (message);
      else
        peer_reply (peer, message,
                    "{'now_ns':%" G_GINT64_FORMAT ",'silent_ms':%" G_GINT64_FORMAT "}",
                    g_get_monotonic_time () * 1000, peer->silent_ms);
    }
  else
    g_queue_push_tail (&peer->requests, message);
}

static gboolean
readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Peer  *peer = user_data;
  char   buffer[16384];
  gssize n = g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);
  if (n <= 0)
    {
      drop_socket (peer);
      return G_SOURCE_REMOVE;
    }
  g_string_append_len (peer->input, buffer, n);
  char *end;
  while ((end = memchr (peer->input->str, '\n', peer->input->len)) != NULL)
    {
      g_autofree char *line = g_strndup (peer->input->str, (gsize) (end - peer->input->str));
      g_string_erase (peer->input, 0, end - peer->input->str + 1);
      hear (peer, line);
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
acceptable (GSocket *listener, GIOCondition condition, gpointer user_data)
{
  Peer    *peer = user_data;
  GSocket *socket = g_socket_accept (listener, NULL, NULL);
  g_assert_nonnull (socket);
  drop_socket (peer);
  g_hash_table_remove_all (peer->acks);
  peer->n_connections++;
  peer->socket = socket;
  g_socket_set_blocking (socket, FALSE);
  peer->read_source = g_socket_create_source (socket, G_IO_IN | G_IO_HUP, NULL);
  g_source_set_callback (peer->read_source, G_SOURCE_FUNC (readable), peer, NULL);
  g_source_attach (peer->read_source, NULL);
  return G_SOURCE_CONTINUE;
}

Peer *
peer_new (const char *name)
{
  Peer *peer = g_new0 (Peer, 1);
  peer->runtime_directory = g_dir_make_tmp ("grove-peer-XXXXXX", NULL);
  g_assert_nonnull (peer->runtime_directory);
  g_setenv ("XDG_RUNTIME_DIR", peer->runtime_directory, TRUE);
  peer->name = g_strdup (name);
  peer->directory = g_build_filename (peer->runtime_directory, "grove", NULL);
  g_assert_cmpint (g_mkdir (peer->directory, 0700), ==, 0);
  peer->path = g_strdup_printf ("%s/%s.sock", peer->directory, name);
  peer->input = g_string_new (NULL);
  peer->waiting = g_string_new (NULL);
  peer->acks = g_hash_table_new (NULL, NULL);
  g_queue_init (&peer->requests);
  return peer;
}

void
peer_listen (Peer *peer)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (peer->path);
  g_unlink (peer->path);
  peer->listener =
    g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_assert_true (g_socket_bind (peer->listener, address, FALSE, NULL));
  g_assert_true (g_socket_listen (peer->listener, NULL));
  peer->accept_source = g_socket_create_source (peer->listener, G_IO_IN, NULL);
  g_source_set_callback (peer->accept_source, G_SOURCE_FUNC (acceptable), peer, NULL);
  g_source_attach (peer->accept_source, NULL);
}

void
peer_hang_up (Peer *peer)
{
  drop_socket (peer);
}

void
peer_crash (Peer *peer)
{
  if (peer->accept_source != NULL)
    g_source_destroy (peer->accept_source);
  g_clear_pointer (&peer->accept_source, g_source_unref);
  if (peer->listener != NULL)
    g_socket_close (peer->listener, NULL);
  g_clear_object (&peer->listener);
  drop_socket (peer);
}

void
peer_leave (Peer *peer)
{
  peer_crash (peer);
  g_unlink (peer->path);
}

void
peer_free (Peer *peer)
{
  peer_leave (peer);
  peer_forget (peer);
  g_rmdir (peer->directory);
  g_assert_cmpint (g_rmdir (peer->runtime_directory), ==, 0);
  g_string_free (peer->input, TRUE);
  g_string_free (peer->waiting, TRUE);
  g_hash_table_unref (peer->acks);
  g_free (peer->runtime_directory);
  g_free (peer->directory);
  g_free (peer->path);
  g_free (peer->name);
  g_free (peer);
}

const char *
peer_get_path (Peer *peer)
{
  return peer->path;
}

const char *
peer_get_directory (Peer *peer)
{
  return peer->directory;
}

gboolean
peer_is_connected (Peer *peer)
{
  return peer->socket != NULL;
}

guint
peer_get_n_connections (Peer *peer)
{
  return peer->n_connections;
}

static void
send_bytes (Peer *peer, const char *bytes, gsize size)
{
  g_assert_nonnull (peer->socket);
  while (size > 0)
    {
      g_autoptr (GError) error = NULL;
      gssize n = g_socket_send (peer->socket, bytes, size, NULL, &error);
      if (n < 0)
        {
          /* The session is gone; that is heard when it is read. */
          if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
            return;
          peer_iterate (); /* full: the session reads in the same main loop */
          if (peer->socket == NULL)
            return;
          continue;
        }
      bytes += n;
      size -= (gsize) n;
    }
}

/* The session reads in the same main loop, and what it asks meanwhile is answered behind it. */
void
peer_say_bytes (Peer *peer, const char *bytes, gsize size)
{
  if (peer->saying++ > 0)
    g_string_append_len (peer->waiting, bytes, (gssize) size);
  else
    {
      send_bytes (peer, bytes, size);
      while (peer->socket != NULL && peer->waiting->len > 0)
        {
          GString *waiting = peer->waiting;

          peer->waiting = g_string_new (NULL);
          send_bytes (peer, waiting->str, waiting->len);
          g_string_free (waiting, TRUE);
        }
      g_string_truncate (peer->waiting, 0);
    }
  peer->saying--;
}

static void
say (Peer *peer, const char *text)
{
  g_autoptr (GString) line = g_string_new (text);
  g_strdelimit (line->str, "'", '"');
  g_string_append_c (line, '\n');
  peer_say_bytes (peer, line->str, line->len);
}

void
peer_say (Peer *peer, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  say (peer, text);
}

/* What a system says of its table; an early version has no `current`. */
#define COLUMN(name)            "{'name':'" name "'},"
#define TYPED(name, type, unit) "{'name':'" name "','type':'" type "','unit':'" unit "'}"
#define LOG                                                                                        \
  ",'log':[" TYPED ("seq", "int",                                                                  \
                    "") "," TYPED ("at_ns", "int",                                                 \
                                   "ns") "," TYPED ("level", "text",                               \
                                                    "") "," TYPED ("pid", "text",                  \
                                                                   "") "," TYPED ("text", "text",  \
                                                                                  "") "]"
/* A table of the system's own. */
#define SHOES                                                                                      \
  ",'shoes':[" TYPED ("shoe", "text", "") "," TYPED ("size", "int", "bytes") "," TYPED (           \
    "worn_ns", "int", "ns") "," TYPED ("steps/s", "real",                                          \
                                       "1/s") "," TYPED ("left", "bool",                           \
                                                         "") "," TYPED ("lace_colour", "colour",   \
                                                                        "") "]"
#define TABLES                                                                                     \
  ",'tables':{'processes':[" COLUMN ("pid") COLUMN ("name") COLUMN ("status") COLUMN ("messages")  \
    COLUMN ("messages_in/s") COLUMN ("mailbox_bytes") COLUMN ("reductions")                        \
      COLUMN ("reductions/s") COLUMN ("memory") COLUMN ("heap") COLUMN ("stack")                   \
        COLUMN ("priority") COLUMN ("initial") COLUMN ("current") COLUMN ("app")                   \
          COLUMN ("supervisor") COLUMN ("restarts") COLUMN ("started_ns") COLUMN ("scheduler")     \
            COLUMN ("links") COLUMN ("trap_exit")                                                  \
              COLUMN ("system") "{'name':'shoe_size'}]" LOG SHOES "}"

void
peer_set_early (Peer *peer, gboolean early)
{
  peer->early = early;
}

void
peer_hello (Peer *peer, const char *instance, gboolean read_only)
{
  peer_say (peer,
            "{'jsonrpc':'2.0','method':'hello','params':{'protocol':{'major':1,'minor':0},"
            "'server':{'name':'%s','version':'0.1.0','kind':'grove'},'instance':'%s',"
            "'read_only':%s,'capabilities':['process.get','process.messages','process.kill',"
            "'process.exit','process.restart','process.set_priority','process.suspend','process."
            "send','process."
            "resume'],"
            "'absent':{'process.gc':'This system cannot collect.'},'now_ns':1000000000,"
            "'now_utc_ms':1790000000000%s}}",
            peer->name, instance, read_only ? "true" : "false", peer->early ? "" : TABLES);
}

static gint64
id_of (struct json_object *request)
{
  struct json_object *id = NULL;
  g_assert_true (json_object_object_get_ex (request, "id", &id));
  return json_object_get_int64 (id);
}

void
peer_reply (Peer *peer, struct json_object *request, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *result = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  peer_say (peer, "{'jsonrpc':'2.0','id':%" G_GINT64_FORMAT ",'result':%s}", id_of (request),
            result);
  json_object_put (request);
}

void
peer_fail (Peer *peer, struct json_object *request, int code, const char *message, const char *data)
{
  peer_say (peer,
            "{'jsonrpc':'2.0','id':%" G_GINT64_FORMAT ",'error':{'code':%d,'message':'%s'%s%s}}",
            id_of (request), code, message, data != NULL ? ",'data':" : "",
            data != NULL ? data : "");
  json_object_put (request);
}

struct json_object *
peer_params (struct json_object *request)
{
  struct json_object *params = NULL;
  g_assert_true (json_object_object_get_ex (request, "params", &params));
  return params;
}

static GList *
find_request (Peer *peer, const char *method)
{
  for (GList *link = peer->requests.head; link != NULL; link = link->next)
    {
      struct json_object *value;
      json_object_object_get_ex (link->data, "method", &value);
      if (strcmp (json_object_get_string (value), method) == 0)
        return link;
    }
  return NULL;
}

gboolean
peer_has (Peer *peer, const char *method)
{
  return find_request (peer, method) != NULL;
}

struct json_object *
peer_expect (Peer *peer, const char *method)
{
  WAIT_FOR (peer_has (peer, method));
  GList              *link = find_request (peer, method);
  struct json_object *request = link->data;
  g_queue_delete_link (&peer->requests, link);
  return request;
}

void
peer_forget (Peer *peer)
{
  struct json_object *request;
  while ((request = g_queue_pop_head (&peer->requests)) != NULL)
    json_object_put (request);
}

gint64
peer_get_acked (Peer *peer, gint64 sub)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (peer->acks, GINT_TO_POINTER ((int) sub)));
}

void
peer_set_answers_pings (Peer *peer, gboolean answers)
{
  peer->mute = !answers;
}

void
peer_set_silent_ms (Peer *peer, gint64 silent_ms)
{
  peer->silent_ms = silent_ms;
}

void
peer_bring_live (Peer *peer, GroveSession *session, const char *instance)
{
  guint before = peer->n_connections;
  if (grove_session_get_state (session) == GROVE_SESSION_IDLE)
    grove_session_open (session, peer->name);
  WAIT_FOR (peer->n_connections > before || peer->socket != NULL);
  peer_hello (peer, instance, FALSE);
  peer_reply (peer, peer_expect (peer, "session.open"), "{'session':1,'role':'control'}");
  WAIT_FOR (grove_session_get_state (session) == GROVE_SESSION_LIVE);
  peer_reply (peer, peer_expect (peer, "system.watch"), "{'sub':1}");
}

void
peer_open_table (Peer *peer, gint64 sub)
{
  struct json_object *request = peer_expect (peer, "table.open");
  struct json_object *columns = NULL;
  json_object_object_get_ex (peer_params (request), "columns", &columns);
  g_autofree char *text = g_strdup (json_object_to_json_string (columns));
  peer_reply (peer, request, "{'sub':%" G_GINT64_FORMAT ",'columns':%s,'total':0,'matched':0}", sub,
              text);
}

char *
peer_row (const char *pid, const char *name, gint64 messages)
{
  return g_strdup_printf ("['%s','%s','waiting',%" G_GINT64_FORMAT
                          ",1.5,10,100,2.5,1000,500,100,'normal','init/"
                          "1','await','shop','',0,5,0,1,"
                          "false,false]",
                          pid, name, messages);
}

char *
session_text (GroveSession *session, const char *property)
{
  char *text = NULL;
  g_object_get (session, property, &text, NULL);
  return text;
}

void
peer_fixture_set_up (PeerFixture *fixture, gconstpointer data)
{
  fixture->peer = peer_new ("shop");
  fixture->session = grove_session_new ();
  peer_listen (fixture->peer);
  peer_bring_live (fixture->peer, fixture->session, "run-1");
}

void
peer_fixture_tear_down (PeerFixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->session);
  peer_free (fixture->peer);
}

void
peer_fixture_count (gpointer instance, guint *n)
{
  (*n)++;
}
