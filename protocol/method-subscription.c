/* SPDX-License-Identifier: MIT
 *
 * Methods about subscriptions that exist: which one is meant, and that it is of that kind.
 *
 * Threads: the server's.
 */
#include "protocol/methods.h"
#include "protocol/subscription.h"

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
  grove_reply_closed (session, id);
}

void
grove_handle_system_unwatch (struct grove_server_session *session,
                             int64_t                      id,
                             struct json_object          *params)
{
  close_subscription (session, id, "system", params);
}

void
grove_handle_process_unwatch (struct grove_server_session *session,
                              int64_t                      id,
                              struct json_object          *params)
{
  close_subscription (session, id, "process", params);
}

void
grove_handle_table_close (struct grove_server_session *session,
                          int64_t                      id,
                          struct json_object          *params)
{
  close_subscription (session, id, "table", params);
}

void
grove_handle_tree_close (struct grove_server_session *session,
                         int64_t                      id,
                         struct json_object          *params)
{
  close_subscription (session, id, "tree", params);
}

void
grove_handle_table_set (struct grove_server_session *session,
                        int64_t                      id,
                        struct json_object          *params)
{
  struct grove_subscription *subscription = subscription_of (session, id, "table", params);

  if (subscription != NULL)
    grove_table_set (session, subscription, id, params);
}

void
grove_handle_tree_set (struct grove_server_session *session, int64_t id, struct json_object *params)
{
  struct grove_subscription *subscription = subscription_of (session, id, "tree", params);

  if (subscription != NULL)
    grove_tree_set (session, subscription, id, params);
}

void
grove_handle_tree_expand (struct grove_server_session *session,
                          int64_t                      id,
                          struct json_object          *params)
{
  struct grove_subscription *subscription = subscription_of (session, id, "tree", params);

  if (subscription != NULL)
    grove_tree_fold (session, subscription, id, grove_params_text (params, "pid"), true);
}

void
grove_handle_tree_collapse (struct grove_server_session *session,
                            int64_t                      id,
                            struct json_object          *params)
{
  struct grove_subscription *subscription = subscription_of (session, id, "tree", params);

  if (subscription != NULL)
    grove_tree_fold (session, subscription, id, grove_params_text (params, "pid"), false);
}
