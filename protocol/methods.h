/* SPDX-License-Identifier: MIT
 *
 * What the files of methods share. A handler's name is that of its method, with _ for a dot;
 * schema-handlers.h, which is made from the schema, declares them all.
 *
 * Threads: the server's.
 */
#pragma once

#include "protocol/session.h"

#include "protocol/schema-handlers.h"

/* The members `capabilities` and `absent`. */
void grove_hello_write_capabilities (struct grove_writer *writer, const struct grove_host *host);
/* Answers @id with {"closed": true}. */
void grove_reply_closed (struct grove_server_session *session, int64_t id);

struct grove_expect grove_expect_of (struct json_object *params);
/* What @params (of session.open, or of a question) say about terms. */
void grove_style_read (struct grove_term_style *style, struct json_object *params);
/* How the answer to @params shows terms, each text at most @max_bytes long unless they say. */
struct grove_term_style grove_style_of (struct grove_server_session *session,
                                        struct json_object          *params,
                                        uint32_t                     max_bytes);
