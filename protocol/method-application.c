/* SPDX-License-Identifier: MIT
 *
 * Methods that start and stop applications.
 *
 * Threads: the server's.
 */
#include "protocol/call.h"
#include "protocol/methods.h"

/* How long it may take, unless the client says: each process has a time of its own to end. */
#define WAIT_MS 10000

void
grove_handle_application_start (struct grove_server_session *session,
                                int64_t                      id,
                                struct json_object          *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_CONTROL);

  if (call != NULL)
    source->ops->application_start (source->self, call, grove_params_text (params, "name"),
                                    grove_params_text (params, "type"),
                                    (uint32_t) grove_params_int (params, "wait_ms", WAIT_MS));
}

void
grove_handle_application_stop (struct grove_server_session *session,
                               int64_t                      id,
                               struct json_object          *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_CONTROL);

  if (call != NULL)
    source->ops->application_stop (source->self, call, grove_params_text (params, "name"),
                                   (uint32_t) grove_params_int (params, "wait_ms", WAIT_MS));
}
