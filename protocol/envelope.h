/* SPDX-License-Identifier: MIT
 *
 * JSON-RPC 2.0: from a line to a request, and the outer parts of what is answered.
 *
 * Threads: any one thread at a time.
 */
#pragma once

#include "protocol/scan.h"
#include "protocol/source.h"

struct json_object;

struct grove_request
{
  struct json_object *root; /* owned; the rest points into it */
  bool                has_id;
  int64_t             id;
  const char         *method;
  struct json_object *params; /* NULL: none given */
};

#define GROVE_ENVELOPE_MESSAGE_SIZE 192

struct grove_envelope_error
{
  enum grove_error code;
  bool             has_id; /* the id could be read in spite of it */
  int64_t          id;
  const char      *limit; /* which limit was passed, with -32005; else NULL */
  int64_t          value;
  char             message[GROVE_ENVELOPE_MESSAGE_SIZE];
};

/* Scans and parses a line into a json-c object; NULL on an error. */
struct json_object *grove_envelope_parse_line (const char                     *line,
                                               size_t                          size,
                                               const struct grove_scan_limits *limits,
                                               struct grove_envelope_error    *ret_error);

/* The whole way from a line to a request. */
bool grove_request_parse (const char                     *line,
                          size_t                          size,
                          const struct grove_scan_limits *limits,
                          struct grove_request           *ret_request,
                          struct grove_envelope_error    *ret_error);
void grove_request_finish (struct grove_request *self);

/* Everything up to the value of `result`; write one, then end. */
void grove_envelope_begin_result (struct grove_writer *writer, int64_t id);
void grove_envelope_end_result (struct grove_writer *writer);
/* Everything up to the members of `params`; write them, then end. */
void grove_envelope_begin_notification (struct grove_writer *writer, const char *method);
void grove_envelope_end_notification (struct grove_writer *writer);
/* @has_id false: `id` is null. @data_json: (nullable). */
void grove_envelope_error (struct grove_writer *writer,
                           bool                 has_id,
                           int64_t              id,
                           enum grove_error     code,
                           const char          *data_json,
                           const char          *message);
