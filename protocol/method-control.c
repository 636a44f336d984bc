/* SPDX-License-Identifier: MIT
 *
 * Commands to processes, and what became of commands. Each may say by `expect` which process is
 * meant.
 *
 * Threads: the server's.
 */
#include "protocol/call.h"
#include "protocol/methods.h"

struct grove_expect
grove_expect_of (struct json_object *params)
{
  struct json_object *json = grove_params_get (params, "expect");
  struct grove_expect expect = { .name = grove_params_text (json, "name") };

  expect.started_ns = (uint64_t) grove_params_int (json, "started_ns", 0);
  return expect;
}

/* process.kill has no reason, and no reason kills. */
void
grove_handle_process_kill (struct grove_server_session *session,
                           int64_t                      id,
                           struct json_object          *params)
{
  grove_handle_process_exit (session, id, params);
}

void
grove_handle_process_exit (struct grove_server_session *session,
                           int64_t                      id,
                           struct json_object          *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_expect        expect = grove_expect_of (params);
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_CONTROL);

  if (call != NULL)
    source->ops->process_exit (source->self, call, grove_params_text (params, "pid"), &expect,
                               grove_params_text (params, "reason"),
                               (uint32_t) grove_params_int (params, "wait_ms", 0));
}

void
grove_handle_process_restart (struct grove_server_session *session,
                              int64_t                      id,
                              struct json_object          *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_expect        expect = grove_expect_of (params);
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_CONTROL);

  if (call != NULL)
    source->ops->process_restart (source->self, call, grove_params_text (params, "pid"), &expect,
                                  (uint32_t) grove_params_int (params, "wait_ms", 0));
}

void
grove_handle_process_set_priority (struct grove_server_session *session,
                                   int64_t                      id,
                                   struct json_object          *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_expect        expect = grove_expect_of (params);
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_CONTROL);

  if (call != NULL)
    source->ops->process_set_priority (source->self, call, grove_params_text (params, "pid"),
                                       &expect, grove_params_text (params, "priority"));
}

void
grove_handle_process_suspend (struct grove_server_session *session,
                              int64_t                      id,
                              struct json_object          *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_expect        expect = grove_expect_of (params);
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_CONTROL);

  if (call != NULL)
    source->ops->process_suspend (source->self, call, grove_server_session_lease (session),
                                  grove_params_text (params, "pid"), &expect);
}

void
grove_handle_process_resume (struct grove_server_session *session,
                             int64_t                      id,
                             struct json_object          *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_expect        expect = grove_expect_of (params);
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_CONTROL);

  if (call != NULL)
    source->ops->process_resume (source->self, call, grove_server_session_lease (session),
                                 grove_params_text (params, "pid"), &expect);
}

void
grove_handle_process_send (struct grove_server_session *session,
                           int64_t                      id,
                           struct json_object          *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_expect        expect = grove_expect_of (params);
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_CONTROL);

  if (call != NULL)
    source->ops->process_send (source->self, call, grove_params_text (params, "pid"), &expect,
                               grove_params_text (params, "message"));
}

void
grove_handle_process_gc (struct grove_server_session *session,
                         int64_t                      id,
                         struct json_object          *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_expect        expect = grove_expect_of (params);
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_CONTROL);

  if (call != NULL)
    source->ops->process_gc (source->self, call, grove_params_text (params, "pid"), &expect);
}

void
grove_handle_audit_tail (struct grove_server_session *session,
                         int64_t                      id,
                         struct json_object          *params)
{
  struct grove_writer *writer = grove_server_session_begin_reply (session, id);

  grove_writer_begin_object (writer);
  grove_audit_write (&grove_server_session_host (session)->audit,
                     (uint64_t) grove_params_int (params, "after", 0),
                     (size_t) grove_params_int (params, "limit", GROVE_LIMIT_AUDIT), writer);
  grove_writer_end_object (writer);
  grove_server_session_end_reply (session);
}
