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

/* Answers @id with {"closed": true}. */
void grove_reply_closed (struct grove_server_session *session, int64_t id);
