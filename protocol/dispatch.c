/* SPDX-License-Identifier: MIT
 *
 * The dispatcher. Every method of the schema has one handler, in the method-*.c of its subject or
 * with its subscription; params reach it checked, so handlers only read them.
 *
 * Threads: the server's.
 */
#include "protocol/dispatch.h"

#include "protocol/schema-handlers.h"
#include "protocol/subscription.h"

#include <string.h>

typedef void (*handler) (struct grove_server_session *session,
                         int64_t                      id,
                         struct json_object          *params);

static const handler handlers[GROVE_N_METHODS] = { GROVE_HANDLERS };

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
  if (method == &grove_methods[GROVE_METHOD_CANCEL])
    {
      grove_server_session_cancel (session, grove_params_int (params, "id", 0));
      return;
    }
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
  if (!grove_host_can (grove_server_session_host (session), method->name, &why))
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
  if (method->payloads && grove_server_session_host (session)->hide_payloads)
    {
      grove_server_session_fail (session, request->id, GROVE_ERROR_FORBIDDEN, NULL, "%s",
                                 GROVE_PAYLOADS_HIDDEN);
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

/* Notes who wants what done, before it is known whether it may. */
static uint64_t
begin_command (struct grove_server_session *session,
               const struct grove_request  *request,
               const struct grove_method   *method)
{
  struct grove_host         *host = grove_server_session_host (session);
  struct grove_session_facts facts;

  if (!method->audited)
    return 0;
  grove_server_session_facts (session, &facts);
  return grove_audit_begin (&host->audit, host->now_ns, facts.number, facts.client, method->name,
                            request->params, host->hide_payloads);
}

static void
run (struct grove_server_session *session,
     const struct grove_request  *request,
     const struct grove_method   *method)
{
  grove_server_session_set_command (session, begin_command (session, request, method));
  if (may_run (session, request, method))
    handlers[method - grove_methods](session, request->id, request->params);
  grove_server_session_set_command (session, 0);
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
  else
    run (session, request, method);
  return true;
}
