/* SPDX-License-Identifier: MIT
 *
 * The envelope. A request has exactly jsonrpc, id, method and, unless it is empty, params; what
 * lacks an id is a notification.
 *
 * Threads: any one thread at a time.
 */
#include "protocol/envelope.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

/* json-c counts scalars as a level too; the scan has checked the real depth. */
#define PARSER_DEPTH 80

static bool
refuse (struct grove_envelope_error *error, enum grove_error code, const char *message)
{
  error->code = code;
  (void) snprintf (error->message, sizeof error->message, "%s", message);
  return false;
}

static void
report_scan (struct grove_envelope_error    *error,
             const struct grove_scan_limits *limits,
             const struct grove_scan_error  *scan)
{
  switch (scan->fault)
    {
    case GROVE_SCAN_DEPTH:
      error->code = GROVE_ERROR_LIMIT;
      error->limit = "depth";
      error->value = (int64_t) limits->depth;
      break;
    case GROVE_SCAN_STRING:
      error->code = GROVE_ERROR_LIMIT;
      error->limit = "string";
      error->value = (int64_t) limits->string;
      break;
    case GROVE_SCAN_SYNTAX:
    default:
      error->code = GROVE_ERROR_PARSE;
      break;
    }
  if (error->limit != NULL)
    (void) snprintf (error->message, sizeof error->message,
                     "%s, at byte %zu of the line; at most %lld %s", scan->what, scan->at,
                     (long long) error->value,
                     scan->fault == GROVE_SCAN_DEPTH ? "levels are read" : "bytes are read");
  else
    (void) snprintf (error->message, sizeof error->message, "%s, at byte %zu of the line",
                     scan->what, scan->at);
}

struct json_object *
grove_envelope_parse_line (const char                     *line,
                           size_t                          size,
                           const struct grove_scan_limits *limits,
                           struct grove_envelope_error    *ret_error)
{
  struct grove_scan_error scan;
  struct json_tokener    *tokener;
  struct json_object     *root;

  memset (ret_error, 0, sizeof *ret_error);
  if (!grove_scan (line, size, limits, &scan))
    {
      report_scan (ret_error, limits, &scan);
      return NULL;
    }
  tokener = json_tokener_new_ex (PARSER_DEPTH);
  if (tokener == NULL)
    {
      refuse (ret_error, GROVE_ERROR_INTERNAL, "out of memory");
      return NULL;
    }
  json_tokener_set_flags (tokener, JSON_TOKENER_STRICT);
  root = json_tokener_parse_ex (tokener, line, (int) size);
  json_tokener_free (tokener);
  if (root == NULL)
    refuse (ret_error, GROVE_ERROR_PARSE, "the line is no JSON");
  return root;
}

static bool
read_id (struct json_object          *value,
         struct grove_request        *request,
         struct grove_envelope_error *error)
{
  int64_t id = json_object_get_int64 (value);

  if (json_object_get_type (value) != json_type_int || id < 1)
    return refuse (error, GROVE_ERROR_INVALID_REQUEST, "\"id\" is an integer from 1");
  request->has_id = error->has_id = true;
  request->id = error->id = id;
  return true;
}

static bool
read_members (struct grove_request *request, struct grove_envelope_error *error)
{
  struct json_object *value;
  bool                has_version = false;

  /* First the id, so that whatever else is wrong is answered to whom it concerns. */
  if (json_object_object_get_ex (request->root, "id", &value) && !read_id (value, request, error))
    return false;
  json_object_object_foreach (request->root, name, member)
  {
    enum json_type type = json_object_get_type (member);

    if (strcmp (name, "jsonrpc") == 0)
      has_version =
        type == json_type_string && strcmp (json_object_get_string (member), "2.0") == 0;
    else if (strcmp (name, "method") == 0)
      request->method = type == json_type_string ? json_object_get_string (member) : NULL;
    else if (strcmp (name, "params") == 0)
      {
        if (type != json_type_object)
          return refuse (error, GROVE_ERROR_INVALID_REQUEST, "\"params\" is an object");
        request->params = member;
      }
    else if (strcmp (name, "id") != 0)
      return refuse (error, GROVE_ERROR_INVALID_REQUEST,
                     "a request has jsonrpc, id, method and params, and nothing else");
  }
  if (!has_version)
    return refuse (error, GROVE_ERROR_INVALID_REQUEST, "\"jsonrpc\" is \"2.0\"");
  if (request->method == NULL)
    return refuse (error, GROVE_ERROR_INVALID_REQUEST, "\"method\" is a text");
  return true;
}

bool
grove_request_parse (const char                     *line,
                     size_t                          size,
                     const struct grove_scan_limits *limits,
                     struct grove_request           *ret_request,
                     struct grove_envelope_error    *ret_error)
{
  struct grove_request request = { .has_id = false };

  request.root = grove_envelope_parse_line (line, size, limits, ret_error);
  if (request.root == NULL)
    return false;
  if (!read_members (&request, ret_error))
    {
      grove_request_finish (&request);
      return false;
    }
  *ret_request = request;
  return true;
}

void
grove_request_finish (struct grove_request *self)
{
  json_object_put (self->root);
  memset (self, 0, sizeof *self);
}

static void
begin_envelope (struct grove_writer *writer)
{
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "jsonrpc", "2.0");
}

void
grove_envelope_begin_result (struct grove_writer *writer, int64_t id)
{
  begin_envelope (writer);
  grove_writer_member_int (writer, "id", id);
  grove_writer_name (writer, "result");
}

void
grove_envelope_end_result (struct grove_writer *writer)
{
  grove_writer_end_object (writer);
}

void
grove_envelope_begin_notification (struct grove_writer *writer, const char *method)
{
  begin_envelope (writer);
  grove_writer_member_text (writer, "method", method);
  grove_writer_name (writer, "params");
  grove_writer_begin_object (writer);
}

void
grove_envelope_end_notification (struct grove_writer *writer)
{
  grove_writer_end_object (writer);
  grove_writer_end_object (writer);
}

void
grove_envelope_error (struct grove_writer *writer,
                      bool                 has_id,
                      int64_t              id,
                      enum grove_error     code,
                      const char          *data_json,
                      const char          *message)
{
  begin_envelope (writer);
  grove_writer_name (writer, "id");
  if (has_id)
    grove_writer_int (writer, id);
  else
    grove_writer_null (writer);
  grove_writer_name (writer, "error");
  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "code", code);
  grove_writer_member_text (writer, "message", message);
  if (data_json != NULL)
    {
      grove_writer_name (writer, "data");
      grove_writer_raw (writer, data_json, strlen (data_json));
    }
  grove_writer_end_object (writer);
  grove_writer_end_object (writer);
}
