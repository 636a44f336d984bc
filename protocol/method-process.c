/* SPDX-License-Identifier: MIT
 *
 * Methods that ask the source about the system or one process.
 *
 * Threads: the server's.
 */
#include "protocol/call.h"
#include "protocol/methods.h"

#include <json-c/json.h>

/* What texts are cut at, and a server is given to tell its state, unless the client says. */
#define TEXT_BYTES  1024
#define STATE_BYTES 8192
#define STATE_MS    5000

void
grove_handle_system_info (struct grove_server_session *session,
                          int64_t                      id,
                          struct json_object          *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_OBSERVE);

  if (call != NULL)
    source->ops->system_info (source->self, call);
}

void
grove_handle_process_get (struct grove_server_session *session,
                          int64_t                      id,
                          struct json_object          *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_OBSERVE);

  if (call != NULL)
    source->ops->process_get (source->self, call, grove_params_text (params, "pid"));
}

void
grove_handle_process_messages (struct grove_server_session *session,
                               int64_t                      id,
                               struct json_object          *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_term_style    style = grove_style_of (session, params, 16);
  struct json_object        *costly = grove_params_get (params, "costly");
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_OBSERVE);

  style.costly = costly != NULL && json_object_get_boolean (costly);
  if (call != NULL)
    source->ops->process_messages (source->self, call, grove_params_text (params, "pid"),
                                   (uint64_t) grove_params_int (params, "offset", 0),
                                   (uint32_t) grove_params_int (params, "limit", 1), &style);
}

void
grove_handle_process_dictionary (struct grove_server_session *session,
                                 int64_t                      id,
                                 struct json_object          *params)
{
  const struct grove_source    *source = grove_server_session_host (session)->source;
  const struct grove_term_style style = grove_style_of (session, params, TEXT_BYTES);
  struct grove_call            *call = grove_call_new (session, id, GROVE_ROLE_OBSERVE);

  if (call != NULL)
    source->ops->process_dictionary (source->self, call, grove_params_text (params, "pid"),
                                     (uint64_t) grove_params_int (params, "offset", 0),
                                     (uint32_t) grove_params_int (params, "limit", 100), &style);
}

void
grove_handle_process_state (struct grove_server_session *session,
                            int64_t                      id,
                            struct json_object          *params)
{
  const struct grove_source    *source = grove_server_session_host (session)->source;
  const struct grove_term_style style = grove_style_of (session, params, STATE_BYTES);
  struct grove_call            *call = grove_call_new (session, id, GROVE_ROLE_OBSERVE);

  if (call != NULL)
    source->ops->process_state (source->self, call, grove_params_text (params, "pid"), &style,
                                (uint32_t) grove_params_int (params, "timeout_ms", STATE_MS));
}

void
grove_handle_process_stack (struct grove_server_session *session,
                            int64_t                      id,
                            struct json_object          *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_OBSERVE);

  if (call != NULL)
    source->ops->process_stack (source->self, call, grove_params_text (params, "pid"),
                                (uint32_t) grove_params_int (params, "limit", 32));
}

void
grove_handle_crash_get (struct grove_server_session *session,
                        int64_t                      id,
                        struct json_object          *params)
{
  const struct grove_host *host = grove_server_session_host (session);
  struct grove_call       *call = grove_call_new (session, id, GROVE_ROLE_OBSERVE);

  if (call != NULL)
    host->source->ops->crash_get (host->source->self, call,
                                  (uint64_t) grove_params_int (params, "seq", 0),
                                  host->hide_payloads);
}
