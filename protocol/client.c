/* SPDX-License-Identifier: MIT
 *
 * The client. It checks what a server says as strictly as a server checks a client, with the limits
 * of what servers send.
 *
 * Threads: any one thread at a time. A handler may free the client it is called from.
 */
#include "protocol/client.h"

#include "protocol/envelope.h"
#include "protocol/frame.h"
#include "protocol/memory.h"
#include "protocol/schema-names.h"

#include <json-c/json.h>
#include <stdio.h>

struct grove_client
{
  struct grove_client_handler handler;
  void                       *user_data;
  struct grove_frame          frame;
  bool                        broken;
  bool                        feeding; /* a handler may be on the stack */
  bool                        freed;   /* by that handler */
  int64_t                     last_id;
  char                       *output;
  size_t                      output_start, output_size, output_capacity;
};

struct grove_client *
grove_client_new (const struct grove_client_handler *handler, void *user_data)
{
  struct grove_client *self = grove_must_zero (sizeof *self);

  self->handler = *handler;
  self->user_data = user_data;
  grove_frame_init (&self->frame, GROVE_LIMIT_MESSAGE);
  return self;
}

static void
destroy (struct grove_client *self)
{
  grove_frame_finish (&self->frame);
  free (self->output);
  free (self);
}

void
grove_client_free (struct grove_client *self)
{
  if (self == NULL)
    return;
  self->freed = true;
  if (!self->feeding)
    destroy (self);
}

static void
break_off (struct grove_client *self, const char *reason)
{
  self->broken = true;
  if (self->handler.broken != NULL)
    self->handler.broken (reason, self->user_data);
}

/* A reply has an id and one of result and error. */
static bool
read_reply (struct grove_client *self, struct json_object *root)
{
  struct json_object *id = NULL, *result = NULL, *error = NULL, *member;
  bool                has_result, has_error;

  json_object_object_get_ex (root, "id", &id);
  has_result = json_object_object_get_ex (root, "result", &result);
  has_error = json_object_object_get_ex (root, "error", &error);
  if (has_result == has_error)
    return false;
  if (has_error && (json_object_get_type (error) != json_type_object ||
                    !json_object_object_get_ex (error, "code", &member) ||
                    json_object_get_type (member) != json_type_int ||
                    !json_object_object_get_ex (error, "message", &member) ||
                    json_object_get_type (member) != json_type_string))
    return false;
  /* An error without an id is about a line the server could not read as a request. */
  if (id == NULL ? !has_error
                 : json_object_get_type (id) != json_type_int || json_object_get_int64 (id) < 1)
    return false;
  if (self->handler.reply != NULL)
    self->handler.reply (id != NULL ? json_object_get_int64 (id) : 0, result, error,
                         self->user_data);
  return true;
}

static bool
read_message (struct grove_client *self, struct json_object *root)
{
  struct json_object *version, *method, *params = NULL;

  if (!json_object_object_get_ex (root, "jsonrpc", &version) ||
      json_object_get_type (version) != json_type_string ||
      strcmp (json_object_get_string (version), "2.0") != 0)
    return false;
  if (!json_object_object_get_ex (root, "method", &method))
    return read_reply (self, root);
  if (json_object_get_type (method) != json_type_string ||
      !json_object_object_get_ex (root, "params", &params) ||
      json_object_get_type (params) != json_type_object)
    return false;
  if (self->handler.notification != NULL)
    self->handler.notification (json_object_get_string (method), params, self->user_data);
  return true;
}

static void
read_line (struct grove_client *self, const char *line, size_t size)
{
  const struct grove_scan_limits limits = { .depth = GROVE_LIMIT_DEPTH,
                                            .string = GROVE_LIMIT_MESSAGE };
  struct grove_envelope_error    error;
  struct json_object            *root = grove_envelope_parse_line (line, size, &limits, &error);
  char                           reason[GROVE_ENVELOPE_MESSAGE_SIZE + 64];

  if (root == NULL)
    {
      (void) snprintf (reason, sizeof reason, "The system sent something that is no message: %s.",
                       error.message);
      break_off (self, reason);
      return;
    }
  if (!read_message (self, root) && !self->freed)
    break_off (self, "The system sent something that is neither an answer nor a notification.");
  json_object_put (root);
}

bool
grove_client_feed (struct grove_client *self, const void *bytes, size_t size)
{
  const char *at = bytes;
  bool        more = true;

  if (self->broken)
    return false;
  self->feeding = true;
  while (more && !self->broken && !self->freed)
    {
      const char *line;
      size_t      line_size;

      switch (grove_frame_next (&self->frame, &at, &size, &line, &line_size))
        {
        case GROVE_FRAME_LINE:
          read_line (self, line, line_size);
          break;
        case GROVE_FRAME_TOO_LONG:
          break_off (self, "The system sent a line that is longer than a message may be.");
          break;
        case GROVE_FRAME_MORE:
        default:
          more = false;
          break;
        }
    }
  self->feeding = false;
  if (self->freed)
    {
      destroy (self);
      return false;
    }
  return !self->broken;
}

static void
put_bytes (struct grove_client *self, const char *bytes, size_t size)
{
  if (self->output_size + size > self->output_capacity)
    {
      self->output_capacity = (self->output_size + size) * 2;
      self->output = grove_must_resize (self->output, self->output_capacity, 1);
    }
  memcpy (self->output + self->output_size, bytes, size);
  self->output_size += size;
}

static void
put_message (struct grove_client *self, int64_t id, const char *method, struct json_object *params)
{
  struct grove_writer writer;
  const char         *json = params != NULL
                               ? json_object_to_json_string_ext (params, JSON_C_TO_STRING_PLAIN |
                                                                           JSON_C_TO_STRING_NOSLASHESCAPE)
                               : "{}";

  grove_writer_init (&writer, 0);
  grove_writer_begin_object (&writer);
  grove_writer_member_text (&writer, "jsonrpc", "2.0");
  if (id != 0)
    grove_writer_member_int (&writer, "id", id);
  grove_writer_member_text (&writer, "method", method);
  grove_writer_name (&writer, "params");
  grove_writer_raw (&writer, json, strlen (json));
  grove_writer_end_object (&writer);
  put_bytes (self, writer.bytes, writer.size);
  put_bytes (self, "\n", 1);
  grove_writer_finish (&writer);
  json_object_put (params);
}

int64_t
grove_client_request (struct grove_client *self, const char *method, struct json_object *params)
{
  put_message (self, ++self->last_id, method, params);
  return self->last_id;
}

void
grove_client_notify (struct grove_client *self, const char *method, struct json_object *params)
{
  put_message (self, 0, method, params);
}

const char *
grove_client_output (struct grove_client *self, size_t *ret_size)
{
  *ret_size = self->output_size - self->output_start;
  /* Before the first request there are no bytes to point into. */
  return *ret_size > 0 ? self->output + self->output_start : "";
}

void
grove_client_consume (struct grove_client *self, size_t n)
{
  self->output_start += n;
  if (self->output_start == self->output_size)
    self->output_start = self->output_size = 0;
}
