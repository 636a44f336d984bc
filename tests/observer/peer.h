/* SPDX-License-Identifier: MIT
 *
 * A peer for tests: the other end of a session, on a real Unix socket, in the same main loop, that
 * says line by line what the test wants it to say. It answers pings and counts acknowledgements by
 * itself; everything else waits until the test asks for it.
 */
#pragma once

#include "observer/grove-session.h"

#include <json-c/json.h>

typedef struct peer Peer;

/* Iterates the main loop until @condition holds; the test fails if it does not within 2 minutes.
 */
#define WAIT_FOR(condition)                                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 until_ = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;                                \
    while (!(condition))                                                                           \
      {                                                                                            \
        if (g_get_monotonic_time () > until_)                                                      \
          g_error ("%s:%d: still not: %s", __FILE__, __LINE__, #condition);                        \
        peer_iterate ();                                                                           \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

void peer_iterate (void); /* at most 10 ms */

/* A directory of its own becomes $XDG_RUNTIME_DIR/grove. */
Peer       *peer_new (const char *name);
void        peer_free (Peer *peer);
const char *peer_get_path (Peer *peer);
const char *peer_get_directory (Peer *peer);
void        peer_listen (Peer *peer);
/* What a crash does: the socket stays, nobody listens. */
void peer_crash (Peer *peer);
/* What a good end does: the socket is gone. */
void     peer_leave (Peer *peer);
void     peer_hang_up (Peer *peer); /* closes the connection only */
gboolean peer_is_connected (Peer *peer);
guint    peer_get_n_connections (Peer *peer); /* ever */

/* A line, without its LF. */
void peer_say (Peer *peer, const char *format, ...) G_GNUC_PRINTF (2, 3);
void peer_say_bytes (Peer *peer, const char *bytes, gsize size);
void peer_hello (Peer *peer, const char *instance, gboolean read_only);
/* From now on it greets as a system of the first version, which does not say what its tables have.
 */
void peer_set_early (Peer *peer, gboolean early);
/* The next request of that method; others before it stay for later. Transfer full. */
struct json_object *peer_expect (Peer *peer, const char *method);
/* Whether one came. */
gboolean peer_has (Peer *peer, const char *method);
void     peer_forget (Peer *peer); /* drops what came and was not asked for */
/* Both take @request. @json: what is in its place; quotation marks may be written as '. */
void
peer_reply (Peer *peer, struct json_object *request, const char *format, ...) G_GNUC_PRINTF (3, 4);
void peer_fail (
  Peer *peer, struct json_object *request, int code, const char *message, const char *data);
/* The params of a request. */
struct json_object *peer_params (struct json_object *request);
gint64              peer_get_acked (Peer *peer, gint64 sub); /* the last seq, 0 none */
void                peer_set_answers_pings (Peer *peer, gboolean answers);
/* What its answers say of a system that is behind it. */
void peer_set_silent_ms (Peer *peer, gint64 silent_ms);

/* Connects @session to it until it is live: hello, session.open. */
void peer_bring_live (Peer *peer, GroveSession *session, const char *instance);
/* Answers `table.open` with @sub and the columns asked for. */
void peer_open_table (Peer *peer, gint64 sub);
/* A row as the observer asks for it: pid, name, messages and started_ns; the rest is made up. */
char *peer_row (const char *pid, const char *name, gint64 messages);

char *session_text (GroveSession *session, const char *property);

/* For tests with one system that is live from the start: set up and torn down for g_test_add(). */
typedef struct
{
  Peer         *peer;
  GroveSession *session;
  guint         n_changed; /* counted by peer_fixture_count() */
} PeerFixture;

void peer_fixture_set_up (PeerFixture *fixture, gconstpointer data);
void peer_fixture_tear_down (PeerFixture *fixture, gconstpointer data);
/* For any signal without arguments. */
void peer_fixture_count (gpointer instance, guint *n);
