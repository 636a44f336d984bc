/* SPDX-License-Identifier: MIT
 *
 * The dispatcher. Every method of the schema has one handler here; params reach it checked, so
 * handlers only read them.
 *
 * Threads: the server's.
 */
#include "protocol/dispatch.h"

#include "protocol/call.h"
#include "protocol/subscription.h"

#include <json-c/json.h>
#include <string.h>

typedef void (*handler) (struct grove_server_session *session,
                         int64_t                      id,
                         struct json_object          *params);

static void
session_open (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  const char          *role = grove_params_text (params, "role");
  bool                 control = strcmp (role, "control") == 0;
  struct grove_writer *writer;
  int64_t              number;

  if (control && grove_server_session_host (session)->read_only)
    {
      grove_server_session_fail (session, id, GROVE_ERROR_FORBIDDEN, NULL,
                                 "this system can only be observed; open with \"role\" "
                                 "\"observe\"");
      return;
    }
  number = grove_server_session_open (session, control ? GROVE_ROLE_CONTROL : GROVE_ROLE_OBSERVE);
  writer = grove_server_session_begin_reply (session, id);
  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "session", number);
  grove_writer_member_text (writer, "role", role);
  grove_writer_end_object (writer);
  grove_server_session_end_reply (session);
}

static void
session_ping (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_writer       *writer = grove_server_session_begin_reply (session, id);

  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "now_ns", (int64_t) source->ops->now_ns (source->self));
  grove_writer_end_object (writer);
  grove_server_session_end_reply (session);
}

static void
reply_closed (struct grove_server_session *session, int64_t id)
{
  struct grove_writer *writer = grove_server_session_begin_reply (session, id);

  grove_writer_begin_object (writer);
  grove_writer_member_bool (writer, "closed", true);
  grove_writer_end_object (writer);
  grove_server_session_end_reply (session);
}

static void
session_close (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  reply_closed (session, id);
  grove_server_session_close (session);
}

static void
server_describe (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  struct grove_writer *writer = grove_server_session_begin_reply (session, id);

  grove_writer_begin_object (writer);
  grove_writer_name (writer, "schema");
  grove_writer_raw (writer, grove_schema_json, strlen (grove_schema_json));
  grove_writer_member_text (writer, "hash", grove_schema_hash);
  grove_writer_end_object (writer);
  grove_server_session_end_reply (session);
}

/* The subscription `sub` of params; NULL after answering that there is none. */
static struct grove_subscription *
subscription_of (struct grove_server_session *session,
                 int64_t                      id,
                 const char                  *kind,
                 struct json_object          *params)
{
  int64_t                    number = grove_params_int (params, "sub", 0);
  struct grove_subscription *found = grove_server_session_find_subscription (session, kind, number);

  if (found == NULL)
    grove_server_session_fail (session, id, GROVE_ERROR_NO_SUBSCRIPTION, NULL,
                               "this session has no %s subscription %lld", kind,
                               (long long) number);
  return found;
}

static void
close_subscription (struct grove_server_session *session,
                    int64_t                      id,
                    const char                  *kind,
                    struct json_object          *params)
{
  struct grove_subscription *subscription = subscription_of (session, id, kind, params);

  if (subscription == NULL)
    return;
  grove_server_session_unsubscribe (session, subscription);
  reply_closed (session, id);
}

static void
system_unwatch (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  close_subscription (session, id, "system", params);
}

static void
table_close (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  close_subscription (session, id, "table", params);
}

static void
tree_close (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  close_subscription (session, id, "tree", params);
}

static void
table_set (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  struct grove_subscription *subscription = subscription_of (session, id, "table", params);

  if (subscription != NULL)
    grove_table_set (session, subscription, id, params);
}

static void
tree_set (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  struct grove_subscription *subscription = subscription_of (session, id, "tree", params);

  if (subscription != NULL)
    grove_tree_set (session, subscription, id, params);
}

static void
tree_expand (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  struct grove_subscription *subscription = subscription_of (session, id, "tree", params);

  if (subscription != NULL)
    grove_tree_fold (session, subscription, id, grove_params_text (params, "pid"), true);
}

static void
tree_collapse (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  struct grove_subscription *subscription = subscription_of (session, id, "tree", params);

  if (subscription != NULL)
    grove_tree_fold (session, subscription, id, grove_params_text (params, "pid"), false);
}

static void
system_info (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_OBSERVE);

  if (call != NULL)
    source->ops->system_info (source->self, call);
}

static void
process_get (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_OBSERVE);

  if (call != NULL)
    source->ops->process_get (source->self, call, grove_params_text (params, "pid"));
}

static void
process_messages (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  struct grove_host *host = grove_server_session_host (session);
  struct grove_call *call;

  if (host->hide_payloads)
    {
      grove_server_session_fail (session, id, GROVE_ERROR_FORBIDDEN, NULL,
                                 "this system does not show what is in its messages");
      return;
    }
  call = grove_call_new (session, id, GROVE_ROLE_OBSERVE);
  if (call != NULL)
    host->source->ops->process_messages (host->source->self, call,
                                         grove_params_text (params, "pid"),
                                         (uint64_t) grove_params_int (params, "offset", 0),
                                         (uint32_t) grove_params_int (params, "limit", 1),
                                         (uint32_t) grove_params_int (params, "max_bytes", 16));
}

static struct grove_expect
expect_of (struct json_object *params)
{
  struct json_object *json = grove_params_get (params, "expect");
  struct grove_expect expect = { .name = grove_params_text (json, "name") };

  expect.started_ns = (uint64_t) grove_params_int (json, "started_ns", 0);
  return expect;
}

static void
process_exit (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_expect        expect = expect_of (params);
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_CONTROL);

  /* process.kill has no reason, and no reason kills. */
  if (call != NULL)
    source->ops->process_exit (source->self, call, grove_params_text (params, "pid"), &expect,
                               grove_params_text (params, "reason"),
                               (uint32_t) grove_params_int (params, "wait_ms", 0));
}

static void
process_restart (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_expect        expect = expect_of (params);
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_CONTROL);

  if (call != NULL)
    source->ops->process_restart (source->self, call, grove_params_text (params, "pid"), &expect,
                                  (uint32_t) grove_params_int (params, "wait_ms", 0));
}

static void
process_set_priority (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_expect        expect = expect_of (params);
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_CONTROL);

  if (call != NULL)
    source->ops->process_set_priority (source->self, call, grove_params_text (params, "pid"),
                                       &expect, grove_params_text (params, "priority"));
}

static void
process_suspend (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_expect        expect = expect_of (params);
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_CONTROL);

  if (call != NULL)
    source->ops->process_suspend (source->self, call, grove_server_session_lease (session),
                                  grove_params_text (params, "pid"), &expect);
}

static void
process_resume (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  const struct grove_source *source = grove_server_session_host (session)->source;
  struct grove_expect        expect = expect_of (params);
  struct grove_call         *call = grove_call_new (session, id, GROVE_ROLE_CONTROL);

  if (call != NULL)
    source->ops->process_resume (source->self, call, grove_server_session_lease (session),
                                 grove_params_text (params, "pid"), &expect);
}

static const handler handlers[GROVE_N_METHODS] = {
  [GROVE_METHOD_SESSION_OPEN] = session_open,
  [GROVE_METHOD_SESSION_PING] = session_ping,
  [GROVE_METHOD_SESSION_CLOSE] = session_close,
  [GROVE_METHOD_SERVER_DESCRIBE] = server_describe,
  [GROVE_METHOD_SYSTEM_INFO] = system_info,
  [GROVE_METHOD_SYSTEM_WATCH] = grove_system_watch,
  [GROVE_METHOD_SYSTEM_UNWATCH] = system_unwatch,
  [GROVE_METHOD_TABLE_OPEN] = grove_table_open,
  [GROVE_METHOD_TABLE_SET] = table_set,
  [GROVE_METHOD_TABLE_CLOSE] = table_close,
  [GROVE_METHOD_TREE_OPEN] = grove_tree_open,
  [GROVE_METHOD_TREE_EXPAND] = tree_expand,
  [GROVE_METHOD_TREE_COLLAPSE] = tree_collapse,
  [GROVE_METHOD_TREE_SET] = tree_set,
  [GROVE_METHOD_TREE_CLOSE] = tree_close,
  [GROVE_METHOD_PROCESS_GET] = process_get,
  [GROVE_METHOD_PROCESS_MESSAGES] = process_messages,
  [GROVE_METHOD_PROCESS_KILL] = process_exit,
  [GROVE_METHOD_PROCESS_EXIT] = process_exit,
  [GROVE_METHOD_PROCESS_RESTART] = process_restart,
  [GROVE_METHOD_PROCESS_SET_PRIORITY] = process_set_priority,
  [GROVE_METHOD_PROCESS_SUSPEND] = process_suspend,
  [GROVE_METHOD_PROCESS_RESUME] = process_resume,
};

/* Methods whose source function may be missing; the others are the server's own. */
static bool
needs_source (const char *method)
{
  static const char *const names[] = {
    "system.info",          "system.watch",     "table.open",      "tree.open",
    "process.get",          "process.kill",     "process.exit",    "process.restart",
    "process.set_priority", "process.messages", "process.suspend", "process.resume",
  };

  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (strcmp (names[i], method) == 0)
      return true;
  return false;
}

/* Acknowledgements are never answered, even when they make no sense. */
static void
acknowledge (struct grove_server_session *session,
             const struct grove_method   *method,
             struct json_object          *params)
{
  struct grove_subscription *subscription;
  char                       error[GROVE_PARAMS_ERROR_SIZE];
  char                       kind[16];

  if (!grove_server_session_is_open (session) || !grove_params_check (method, params, error))
    return;
  memset (kind, 0, sizeof kind);
  memcpy (kind, method->name, strcspn (method->name, "."));
  subscription =
    grove_server_session_find_subscription (session, kind, grove_params_int (params, "sub", 0));
  if (subscription != NULL)
    grove_subscription_acknowledge (subscription, grove_params_int (params, "seq", 0));
}

/* Everything that can be wrong before anything is done; true when nothing is. */
static bool
may_run (struct grove_server_session *session,
         const struct grove_request  *request,
         const struct grove_method   *method)
{
  char        error[GROVE_PARAMS_ERROR_SIZE];
  const char *why;

  if (method->role == GROVE_ROLE_OPENING && grove_server_session_is_open (session))
    {
      grove_server_session_fail (session, request->id, GROVE_ERROR_INVALID_REQUEST, NULL,
                                 "the session is open already");
      return false;
    }
  if (method->role == GROVE_ROLE_CONTROL &&
      grove_server_session_role (session) != GROVE_ROLE_CONTROL)
    {
      grove_server_session_fail (session, request->id, GROVE_ERROR_FORBIDDEN, NULL,
                                 "%s needs the role \"control\"; this session observes",
                                 method->name);
      return false;
    }
  if (needs_source (method->name) &&
      !grove_host_can (grove_server_session_host (session), method->name, &why))
    {
      grove_server_session_fail (session, request->id, GROVE_ERROR_NOT_SUPPORTED, NULL, "%s: %s",
                                 method->name, why);
      return false;
    }
  if (!grove_params_check (method, request->params, error))
    {
      grove_server_session_fail (session, request->id, GROVE_ERROR_INVALID_PARAMS, NULL, "%s",
                                 error);
      return false;
    }
  return true;
}

/* A method that is only reserved is no mistake of who asks: this source cannot do it, and why. */
static void
fail_unknown (struct grove_server_session *session, const struct grove_request *request)
{
  const char *why;

  for (const char *const *name = grove_reserved_names; *name != NULL; name++)
    if (strcmp (*name, request->method) == 0 &&
        !grove_host_can (grove_server_session_host (session), *name, &why))
      {
        grove_server_session_fail (session, request->id, GROVE_ERROR_NOT_SUPPORTED, NULL, "%s: %s",
                                   request->method, why);
        return;
      }
  grove_server_session_fail (session, request->id, GROVE_ERROR_UNKNOWN_METHOD, NULL,
                             "no such method: \"%.64s\"", request->method);
}

bool
grove_dispatch (struct grove_server_session *session, const struct grove_request *request)
{
  const struct grove_method *method = grove_method_find (request->method);

  if (!request->has_id)
    {
      if (method == NULL || !method->is_notification)
        return false;
      acknowledge (session, method, request->params);
      return true;
    }
  if (!grove_server_session_is_open (session) &&
      (method == NULL || method->role != GROVE_ROLE_OPENING))
    grove_server_session_fail (session, request->id, GROVE_ERROR_NOT_OPEN, NULL,
                               "the session is not open; begin with session.open");
  else if (method == NULL || method->is_notification)
    fail_unknown (session, request);
  else if (may_run (session, request, method))
    handlers[method - grove_methods](session, request->id, request->params);
  return true;
}

static void
write_absent (struct grove_writer *writer, const struct grove_host *host, const char *name)
{
  const char *why;

  if (strcmp (name, "process.messages") == 0 && host->hide_payloads)
    grove_writer_member_text (writer, name, "this system does not show what is in its messages");
  else if (!grove_host_can (host, name, &why))
    grove_writer_member_text (writer, name, why);
}

static void
write_capabilities (struct grove_writer *writer, const struct grove_host *host)
{
  const char *why;

  grove_writer_name (writer, "capabilities");
  grove_writer_begin_array (writer);
  for (size_t i = 0; i < GROVE_N_METHODS; i++)
    {
      const char *name = grove_methods[i].name;

      if (!needs_source (name) || !grove_host_can (host, name, &why) ||
          (strcmp (name, "process.messages") == 0 && host->hide_payloads))
        continue;
      grove_writer_text (writer, name);
    }
  grove_writer_end_array (writer);
  grove_writer_name (writer, "absent");
  grove_writer_begin_object (writer);
  for (size_t i = 0; i < GROVE_N_METHODS; i++)
    if (needs_source (grove_methods[i].name))
      write_absent (writer, host, grove_methods[i].name);
  for (const char *const *name = grove_reserved_names; *name != NULL; name++)
    write_absent (writer, host, *name);
  grove_writer_end_object (writer);
}

static void
write_tables (struct grove_writer *writer, const struct grove_source_ops *ops)
{
  static const char *const types[] = { "int", "real", "text", "bool" };

  grove_writer_name (writer, "tables");
  grove_writer_begin_object (writer);
  for (size_t t = 0; t < ops->n_tables; t++)
    {
      const struct grove_table *table = &ops->tables[t];

      grove_writer_name (writer, table->name);
      grove_writer_begin_array (writer);
      for (size_t i = 0; i < table->n_columns; i++)
        {
          grove_writer_begin_object (writer);
          grove_writer_member_text (writer, "name", table->columns[i].name);
          grove_writer_member_text (writer, "type", types[table->columns[i].type]);
          grove_writer_member_text (writer, "unit", table->columns[i].unit);
          grove_writer_end_object (writer);
        }
      grove_writer_end_array (writer);
    }
  grove_writer_end_object (writer);
}

void
grove_dispatch_hello (struct grove_server_session *session)
{
  const struct grove_host   *host = grove_server_session_host (session);
  const struct grove_source *source = host->source;
  struct grove_writer       *writer = grove_server_session_scratch (session);

  grove_envelope_begin_notification (writer, "hello");
  grove_writer_name (writer, "protocol");
  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "major", GROVE_PROTOCOL_MAJOR);
  grove_writer_member_int (writer, "minor", GROVE_PROTOCOL_MINOR);
  grove_writer_end_object (writer);
  grove_writer_name (writer, "server");
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "name", source->ops->name (source->self));
  grove_writer_member_text (writer, "version", source->ops->version);
  grove_writer_member_text (writer, "kind", source->ops->kind);
  grove_writer_end_object (writer);
  grove_writer_member_text (writer, "instance", source->ops->instance (source->self));
  grove_writer_member_bool (writer, "read_only", host->read_only);
  write_capabilities (writer, host);
  grove_writer_name (writer, "limits");
  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "line", GROVE_LIMIT_LINE);
  grove_writer_member_int (writer, "message", GROVE_LIMIT_MESSAGE);
  grove_writer_member_int (writer, "depth", GROVE_LIMIT_DEPTH);
  grove_writer_member_int (writer, "string", GROVE_LIMIT_STRING);
  grove_writer_end_object (writer);
  grove_writer_member_int (writer, "now_ns", (int64_t) source->ops->now_ns (source->self));
  grove_writer_member_int (writer, "now_utc_ms", (int64_t) host->now_utc_ms);
  write_tables (writer, source->ops);
  grove_envelope_end_notification (writer);
  grove_server_session_send (session, writer);
}
