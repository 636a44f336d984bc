/* SPDX-License-Identifier: MIT
 *
 * A session and a client with nothing between them but a loop: bytes of one are fed to the other,
 * in pieces of `piece` bytes, and time is a number. What the client got is kept in order.
 *
 * Threads: any one.
 */
#pragma once

#include "protocol/client.h"
#include "protocol/session.h"
#include "tests/protocol/test-source.h"

#include <json-c/json.h>

struct test_wire
{
  struct test_source          *source;
  struct grove_host            host;
  struct grove_server_session *session;
  struct grove_client         *client;
  gsize                        piece; /* 0: as it comes */
  gboolean                     closed;
  char                        *broken;  /* why the client broke off */
  GHashTable                  *replies; /* id -> struct json_object of {"result"|"error"} */
  GPtrArray                   *notifications;
  guint                        next; /* of notifications, not looked at yet */
};

struct test_notification
{
  char               *method;
  struct json_object *params;
};

struct test_wire *test_wire_new (struct test_source *source);
/* Also frees the source. */
void test_wire_free (struct test_wire *self);
/* Until both sides are quiet. */
void test_wire_pump (struct test_wire *self);
void test_wire_open (struct test_wire *self, const char *role);
/* Time passes, ticks happen, messages go over. */
void test_wire_advance (struct test_wire *self, guint ms);
/* Raw bytes to the session. */
void test_wire_feed (struct test_wire *self, const char *bytes, gsize size);
/* @params: JSON, or NULL. */
gint64 test_wire_send (struct test_wire *self, const char *method, const char *params);
/* Sends, pumps, and returns the result; fails on an error. Borrowed. */
struct json_object *test_wire_ask (struct test_wire *self, const char *method, const char *params);
/* Sends, pumps, and returns the code of the error. @ret_message: (nullable): borrowed. */
gint test_wire_ask_error (struct test_wire *self,
                          const char       *method,
                          const char       *params,
                          const char      **ret_message);
/* The next notification not looked at yet, if it is @method; else NULL. Borrowed. */
struct json_object *test_wire_next (struct test_wire *self, const char *method);
void test_wire_ack (struct test_wire *self, const char *method, gint64 sub, gint64 seq);

/* Members of objects that have to be there. */
gint64              test_int (struct json_object *object, const char *name);
const char         *test_text (struct json_object *object, const char *name);
struct json_object *test_member (struct json_object *object, const char *name);
