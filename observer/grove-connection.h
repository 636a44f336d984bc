/* SPDX-License-Identifier: MIT
 *
 * GroveConnection: one connected socket that speaks the protocol. Private to observer/. It turns
 * bytes into notifications and answers, and the protocol's errors into GErrors, once, here.
 *
 * Threads: main thread only. Blocks: never. Calls under way when it ends are answered with an
 * error, whoever ended it; `closed` tells only of ends that did not come from
 * grove_connection_close().
 */
#pragma once

#include "observer/grove-session.h"

#include <json-c/json.h>

G_BEGIN_DECLS

#define GROVE_TYPE_CONNECTION (grove_connection_get_type ())
G_DECLARE_FINAL_TYPE (GroveConnection, grove_connection, GROVE, CONNECTION, GObject)

typedef struct
{
  struct json_object *result; /* borrowed, NULL on an error */
  struct json_object *data;   /* borrowed, the error's `data`, or NULL */
  const GError       *error;  /* domain GROVE_PROTOCOL_ERROR, NULL on success */
} GroveReply;
typedef void (*GroveReplyFunc) (gpointer owner, const GroveReply *reply, gpointer user_data);

typedef struct
{
  void (*notification) (gpointer user_data, const char *method, struct json_object *params);
  /* LOST or BROKEN. */
  void (*closed) (gpointer user_data, const GError *error);
} GroveConnectionHandler;

GroveConnection *
grove_connection_new (GSocket *socket, const GroveConnectionHandler *handler, gpointer user_data);
gboolean grove_connection_is_open (GroveConnection *self);
/* Takes @params (NULL: none). Only while open. */
void grove_connection_call (GroveConnection    *self,
                            const char         *method,
                            struct json_object *params,
                            GroveReplyFunc      func,
                            gpointer            owner,
                            gpointer            user_data);
/* The answers to @owner's calls are not wanted any more. */
void grove_connection_drop_calls (GroveConnection *self, gpointer owner);
void
grove_connection_notify (GroveConnection *self, const char *method, struct json_object *params);
/* Ends it from our side. */
void grove_connection_close (GroveConnection *self);
/* Ends it as if the peer had broken the protocol. */
void grove_connection_break (GroveConnection *self, const char *reason);
/* The process at the other end, 0 not known. */
int     grove_connection_get_peer_pid (GroveConnection *self);
guint64 grove_connection_get_n_bytes (GroveConnection *self);  /* received so far */
gint64  grove_connection_get_heard_us (GroveConnection *self); /* when something came last */

G_END_DECLS
