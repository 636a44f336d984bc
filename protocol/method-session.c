/* SPDX-License-Identifier: MIT
 *
 * Methods about the session and the server themselves: opening, closing, what there is.
 *
 * Threads: the server's.
 */
#include "protocol/methods.h"

#include <string.h>

void
grove_handle_session_open (struct grove_server_session *session,
                           int64_t                      id,
                           struct json_object          *params)
{
  struct grove_host   *host = grove_server_session_host (session);
  struct json_object  *client = grove_params_get (params, "client");
  const char          *role = grove_params_text (params, "role");
  bool                 control = strcmp (role, "control") == 0;
  struct grove_writer *writer;
  int64_t              number;

  if (control && host->read_only)
    {
      grove_server_session_set_command (session,
                                        grove_audit_begin (&host->audit, host->now_ns, 0,
                                                           grove_params_text (client, "name"),
                                                           "session.open", params,
                                                           host->hide_payloads));
      grove_server_session_fail (session, id, GROVE_ERROR_FORBIDDEN, NULL,
                                 "this system can only be observed; open with \"role\" "
                                 "\"observe\"");
      return;
    }
  grove_style_read (grove_server_session_style (session), params);
  number = grove_server_session_open (session, control ? GROVE_ROLE_CONTROL : GROVE_ROLE_OBSERVE,
                                      grove_params_text (client, "name"),
                                      grove_params_text (client, "version"));
  writer = grove_server_session_begin_reply (session, id);
  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "session", number);
  grove_writer_member_text (writer, "role", role);
  grove_writer_end_object (writer);
  grove_server_session_end_reply (session);
}

void
grove_style_read (struct grove_term_style *style, struct json_object *params)
{
  const char *syntax = grove_params_text (params, "syntax");
  const char *form = grove_params_text (params, "form");

  if (syntax != NULL)
    style->elixir = strcmp (syntax, "elixir") == 0;
  if (form != NULL)
    style->tree = strcmp (form, "tree") == 0;
}

struct grove_term_style
grove_style_of (struct grove_server_session *session,
                struct json_object          *params,
                uint32_t                     max_bytes)
{
  struct grove_term_style style = *grove_server_session_style (session);

  grove_style_read (&style, params);
  style.max_bytes = (uint32_t) grove_params_int (params, "max_bytes", max_bytes);
  return style;
}

void
grove_handle_session_ping (struct grove_server_session *session,
                           int64_t                      id,
                           struct json_object          *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_writer       *writer = grove_server_session_begin_reply (session, id);

  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "now_ns", (int64_t) source->ops->now_ns (source->self));
  if (source->ops->silent_ns != NULL)
    grove_writer_member_int (writer, "silent_ms",
                             (int64_t) (source->ops->silent_ns (source->self) / 1000000));
  grove_writer_end_object (writer);
  grove_server_session_end_reply (session);
}

void
grove_reply_closed (struct grove_server_session *session, int64_t id)
{
  struct grove_writer *writer = grove_server_session_begin_reply (session, id);

  grove_writer_begin_object (writer);
  grove_writer_member_bool (writer, "closed", true);
  grove_writer_end_object (writer);
  grove_server_session_end_reply (session);
}

void
grove_handle_session_close (struct grove_server_session *session,
                            int64_t                      id,
                            struct json_object          *params)
{
  grove_reply_closed (session, id);
  grove_server_session_close (session);
}

void
grove_handle_server_describe (struct grove_server_session *session,
                              int64_t                      id,
                              struct json_object          *params)
{
  struct grove_writer *writer = grove_server_session_begin_reply (session, id);

  grove_writer_begin_object (writer);
  grove_writer_name (writer, "schema");
  grove_writer_raw (writer, grove_schema_json, strlen (grove_schema_json));
  grove_writer_member_text (writer, "hash", grove_schema_hash);
  grove_hello_write_capabilities (writer, grove_server_session_host (session));
  grove_writer_end_object (writer);
  grove_server_session_end_reply (session);
}
