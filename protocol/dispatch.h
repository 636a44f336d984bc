/* SPDX-License-Identifier: MIT
 *
 * From a request to what it asks for: is the session open, is there such a method, may this role,
 * can this source, are the params right; only then is anything done.
 *
 * Threads: the server's.
 */
#pragma once

#include "protocol/session.h"

/* False when the request lacks an id it must have; nothing was answered then. */
bool grove_dispatch (struct grove_server_session *session, const struct grove_request *request);
/* Puts `hello` into the session's output. */
void grove_dispatch_hello (struct grove_server_session *session);
