/* SPDX-License-Identifier: MIT
 *
 * Requests out of bytes; see the header. The parser calls back for each piece it has seen; pieces
 * may come in pieces.
 */
#include "web-shop-http.h"

#include "runtime/grove.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

/* For one call at a time the parser reads so much, so that a long target is known to be one before
 * the whole header is too long. */
#define STEP 2048

static int
refuse (http_parser *parser, int status)
{
  struct shop_http *self = parser->data;

  if (self->status == 0)
    self->status = status;
  return -1;
}

/* ---- What the parser has seen --------------------------------------------------------------- */

static int
on_url (http_parser *parser, const char *bytes, size_t n)
{
  struct shop_http *self = parser->data;

  if (n > SHOP_MAX_TARGET - self->target_size)
    return refuse (parser, 414);
  if (self->target == NULL)
    self->target = grove_alloc (SHOP_MAX_TARGET + 1);
  memcpy (self->target + self->target_size, bytes, n);
  self->target_size += n;
  return 0;
}

/* Keeps as much of a text as there is room for. */
static void
keep (char *text, size_t capacity, size_t *size, const char *bytes, size_t n)
{
  size_t room = capacity - *size;

  memcpy (text + *size, bytes, n < room ? n : room);
  *size += n < room ? n : room;
}

static bool
field_is (const struct shop_http *self, const char *name)
{
  return self->field_size == strlen (name) &&
         strncasecmp (self->field, name, self->field_size) == 0;
}

static int
on_header_field (http_parser *parser, const char *bytes, size_t n)
{
  struct shop_http *self = parser->data;

  if (self->in_value || self->n_headers == 0)
    {
      self->in_value = false;
      self->field_size = 0;
      if (++self->n_headers > SHOP_MAX_HEADERS)
        return refuse (parser, 431);
    }
  keep (self->field, sizeof self->field, &self->field_size, bytes, n);
  return 0;
}

static int
on_header_value (http_parser *parser, const char *bytes, size_t n)
{
  struct shop_http *self = parser->data;

  if (!self->in_value && field_is (self, "host"))
    self->n_hosts++;
  self->in_value = true;
  if (memchr (bytes, '\0', n) != NULL)
    return refuse (parser, 400);
  if (field_is (self, "expect"))
    keep (self->expect, sizeof self->expect, &self->expect_size, bytes, n);
  return 0;
}

static int
on_headers_complete (http_parser *parser)
{
  struct shop_http *self = parser->data;
  const bool        is_1_1 = parser->http_major == 1 && parser->http_minor >= 1;

  if (parser->http_major != 1)
    return refuse (parser, 505);
  if (self->n_hosts > 1 || (is_1_1 && self->n_hosts == 0))
    return refuse (parser, 400);
  if (parser->content_length != UINT64_MAX && parser->content_length > SHOP_MAX_BODY)
    return refuse (parser, 413);
  self->wants_continue = is_1_1 && self->expect_size == strlen ("100-continue") &&
                         strncasecmp (self->expect, "100-continue", self->expect_size) == 0;
  self->stage = SHOP_HTTP_BODY;
  return 0;
}

static int
on_body (http_parser *parser, const char *bytes, size_t n)
{
  struct shop_http *self = parser->data;

  if (n > SHOP_MAX_BODY - self->body_size)
    return refuse (parser, 413);
  if (self->body_size + n > self->body_capacity)
    {
      const size_t doubled = 2 * self->body_capacity;

      self->body_capacity = self->body_size + n > doubled ? self->body_size + n : doubled;
      self->body = grove_realloc (self->body, self->body_capacity);
    }
  memcpy (self->body + self->body_size, bytes, n);
  self->body_size += n;
  return 0;
}

/* What comes behind it is the next request's: the parser stops here. */
static int
on_message_complete (http_parser *parser)
{
  struct shop_http *self = parser->data;

  self->stage = SHOP_HTTP_COMPLETE;
  self->keep_alive = http_should_keep_alive (parser);
  http_parser_pause (parser, 1);
  return 0;
}

static const http_parser_settings settings = {
  .on_url = on_url,
  .on_header_field = on_header_field,
  .on_header_value = on_header_value,
  .on_headers_complete = on_headers_complete,
  .on_body = on_body,
  .on_message_complete = on_message_complete,
};

/* ---- Feeding it ------------------------------------------------------------------------------ */

void
shop_http_set_up (void)
{
  http_parser_set_max_header_size (SHOP_MAX_HEADER_BYTES);
}

void
shop_http_init (struct shop_http *self)
{
  *self = (struct shop_http){ 0 };
  http_parser_init (&self->parser, HTTP_REQUEST);
  self->parser.data = self;
}

void
shop_http_reset (struct shop_http *self)
{
  grove_free (self->target);
  grove_free (self->body);
  shop_http_init (self);
}

static void
fail (struct shop_http *self)
{
  self->stage = SHOP_HTTP_REFUSED;
  if (self->status != 0)
    return;
  if (HTTP_PARSER_ERRNO (&self->parser) == HPE_HEADER_OVERFLOW)
    self->status = 431;
  else
    self->status = 400;
}

size_t
shop_http_feed (struct shop_http *self, const char *bytes, size_t n)
{
  size_t done = 0;

  while (done < n && self->stage != SHOP_HTTP_COMPLETE && self->stage != SHOP_HTTP_REFUSED)
    {
      const size_t step = n - done < STEP ? n - done : STEP;

      if (self->stage == SHOP_HTTP_IDLE)
        self->stage = SHOP_HTTP_HEADER;
      done += http_parser_execute (&self->parser, &settings, bytes + done, step);
      if (HTTP_PARSER_ERRNO (&self->parser) != HPE_OK && self->stage != SHOP_HTTP_COMPLETE)
        fail (self);
    }
  return done;
}

const char *
shop_http_status_text (int status)
{
  switch (status)
    {
#define TEXT(number, name, text)                                                                   \
  case number:                                                                                     \
    return #text;
      HTTP_STATUS_MAP (TEXT)
#undef TEXT
    default:
      return "Unknown";
    }
}
