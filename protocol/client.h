/* SPDX-License-Identifier: MIT
 *
 * The client side without I/O: cuts bytes into lines, checks them strictly, tells replies from
 * notifications, numbers requests. Whoever owns the socket feeds it and sends what it composed.
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

struct grove_client *grove_client_new (const struct grove_client_handler *handler, void *user_data);
void                 grove_client_free (struct grove_client *self);
/* Calls the handler for every whole line. Returns false once broken. */
bool grove_client_feed (struct grove_client *self, const void *bytes, size_t size);
/* Takes (and puts) @params; appends one request line to the output. Returns its id. */
int64_t
grove_client_request (struct grove_client *self, const char *method, struct json_object *params);
void
grove_client_notify (struct grove_client *self, const char *method, struct json_object *params);
/* What waits to be sent; after sending @n bytes of it, consume them. */
const char *grove_client_output (struct grove_client *self, size_t *ret_size);
void        grove_client_consume (struct grove_client *self, size_t n);
