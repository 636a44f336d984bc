/* SPDX-License-Identifier: MIT
 *
 * The client side without I/O: cuts bytes into lines, checks them strictly, tells replies from
 * notifications, numbers requests. Whoever owns the socket feeds it and sends what it composed.
 *
 * Threads: any one thread at a time. No I/O.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;
struct grove_client;

struct grove_client_handler
{
  /* @error: NULL on success, else {"code","message","data"?}. Objects are borrowed. */
  void (*reply) (int64_t             id,
                 struct json_object *result,
                 struct json_object *error,
                 void               *user_data);
  void (*notification) (const char *method, struct json_object *params, void *user_data);
  /* The peer broke the protocol; @reason is one sentence. Nothing more is read. */
  void (*broken) (const char *reason, void *user_data);
};

/**
 * grove_client_new:
 * @handler: static storage, or longer lived than the client
 * @user_data: for the handler
 *
 * Returns: (transfer full): free with grove_client_free()
 * Since: 0.1
 */
struct grove_client *grove_client_new (const struct grove_client_handler *handler, void *user_data);

/* @self: (nullable) (transfer full): also from within its handler. Since: 0.1 */
void grove_client_free (struct grove_client *self);

/**
 * grove_client_feed:
 * @bytes: what came, cut anywhere
 *
 * Calls the handler for every whole line.
 *
 * Returns: false once the peer broke the protocol; nothing more is read then
 * Since: 0.1
 */
bool grove_client_feed (struct grove_client *self, const void *bytes, size_t size);

/**
 * grove_client_request:
 * @params: (nullable) (transfer full): an object
 *
 * Appends one request to the output.
 *
 * Returns: its id, counted from 1
 * Since: 0.1
 */
int64_t
grove_client_request (struct grove_client *self, const char *method, struct json_object *params);

/* @params: (nullable) (transfer full). Appends one notification to the output. Since: 0.1 */
void
grove_client_notify (struct grove_client *self, const char *method, struct json_object *params);

/**
 * grove_client_output:
 * @ret_size: (out)
 *
 * Returns: what waits to be sent, borrowed until the next call; after sending some of it,
 * grove_client_consume()
 * Since: 0.1
 */
const char *grove_client_output (struct grove_client *self, size_t *ret_size);

/* @n: bytes of the output that were sent. Since: 0.1 */
void grove_client_consume (struct grove_client *self, size_t n);
