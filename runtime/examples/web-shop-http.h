/* SPDX-License-Identifier: MIT
 *
 * Requests out of bytes: libhttp-parser with the limits that a server on a network needs. It knows
 * nothing of sockets and of time.
 */
#pragma once

#include <http_parser.h>
#include <stdbool.h>
#include <stddef.h>

/* What is more is answered with the status in brackets. */
#define SHOP_MAX_HEADER_BYTES (16 * 1024) /* request line and header (431) */
#define SHOP_MAX_TARGET       4096        /* bytes of the request's target (414) */
#define SHOP_MAX_HEADERS      100         /* lines (431) */
#define SHOP_MAX_BODY         (64 * 1024) /* bytes (413) */

enum shop_http_stage
{
  SHOP_HTTP_IDLE,     /* nothing of a request has come yet */
  SHOP_HTTP_HEADER,   /* in its first line or header */
  SHOP_HTTP_BODY,     /* the header is complete */
  SHOP_HTTP_COMPLETE, /* it is there */
  SHOP_HTTP_REFUSED,  /* it is none, or too large: @status */
};

struct shop_http
{
  http_parser          parser;
  enum shop_http_stage stage;
  int                  status; /* why it was refused */
  char                *target; /* on the process's heap, as the body is */
  size_t               target_size;
  char                *body;
  size_t               body_size, body_capacity;
  char                 field[8]; /* the beginning of the name of the line that is being read */
  size_t               field_size;
  bool                 in_value;
  char                 expect[16];
  size_t               expect_size;
  unsigned             n_headers, n_hosts;
  bool                 wants_continue; /* the other side waits before it sends the body */
  bool                 keep_alive;     /* what it says of itself, when complete */
};

/* Once in the program. */
void shop_http_set_up (void);
/* Before the first request; shop_http_reset() before each other. */
void shop_http_init (struct shop_http *self);
void shop_http_reset (struct shop_http *self);
/* Reads until a request is complete or refused. Returns how many bytes that took. */
size_t shop_http_feed (struct shop_http *self, const char *bytes, size_t n);
/* The text after a status's number. */
const char *shop_http_status_text (int status);
