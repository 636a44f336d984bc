/* SPDX-License-Identifier: MIT
 *
 * Methods about supervisors and their children.
 *
 * Threads: the server's.
 */
#include "protocol/call.h"
#include "protocol/methods.h"

/* How long a supervisor is given to answer, unless the client says: stopping a child may take as
 * long as its shutdown allows. */
#define WAIT_MS 10000

void
grove_handle_supervisor_info (struct grove_server_session *session,
                              int64_t                      id,
                              struct json_object          *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_OBSERVE);

  if (call != NULL)
    source->ops->supervisor_info (source->self, call, grove_params_text (params, "pid"),
                                  (uint64_t) grove_params_int (params, "offset", 0),
                                  (uint32_t) grove_params_int (params, "limit", 100));
}

static void
act (struct grove_server_session *session,
     int64_t                      id,
     struct json_object          *params,
     enum grove_supervisor_action action)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  const struct grove_expect  expect = grove_expect_of (params);
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_CONTROL);

  if (call != NULL)
    source->ops->supervisor_act (source->self, call, grove_params_text (params, "pid"), &expect,
                                 action, grove_params_text (params, "child"),
                                 (uint32_t) grove_params_int (params, "wait_ms", WAIT_MS));
}

void
grove_handle_supervisor_start_child (struct grove_server_session *session,
                                     int64_t                      id,
                                     struct json_object          *params)
{
  act (session, id, params, GROVE_SUPERVISOR_START_CHILD);
}

void
grove_handle_supervisor_terminate_child (struct grove_server_session *session,
                                         int64_t                      id,
                                         struct json_object          *params)
{
  act (session, id, params, GROVE_SUPERVISOR_TERMINATE_CHILD);
}

void
grove_handle_supervisor_restart_child (struct grove_server_session *session,
                                       int64_t                      id,
                                       struct json_object          *params)
{
  act (session, id, params, GROVE_SUPERVISOR_RESTART_CHILD);
}

void
grove_handle_supervisor_delete_child (struct grove_server_session *session,
                                      int64_t                      id,
                                      struct json_object          *params)
{
  act (session, id, params, GROVE_SUPERVISOR_DELETE_CHILD);
}
