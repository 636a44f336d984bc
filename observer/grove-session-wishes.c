/* SPDX-License-Identifier: MIT
 *
 * How a person wishes to be told: how often at most, and how terms are written.
 */
#include "observer/grove-session-private.h"

#include <string.h>

#define INTERVAL_MAX_MS 60000

guint
grove_session_get_min_interval_ms (GroveSession *self)
{
  g_return_val_if_fail (GROVE_IS_SESSION (self), 0);
  return self->min_interval_ms;
}

void
grove_session_set_min_interval_ms (GroveSession *self, guint interval_ms)
{
  g_return_if_fail (GROVE_IS_SESSION (self));
  interval_ms = MIN (interval_ms, INTERVAL_MAX_MS);
  if (self->min_interval_ms == interval_ms)
    return;
  self->min_interval_ms = interval_ms;
  for (guint i = 0; i < self->subscriptions->len; i++)
    _grove_subscription_pace (self->subscriptions->pdata[i]);
  _grove_session_notify_prop (self, GROVE_SESSION_PROP_MIN_INTERVAL_MS);
}

const char *
grove_session_get_syntax (GroveSession *self)
{
  g_return_val_if_fail (GROVE_IS_SESSION (self), NULL);
  return self->syntax != NULL ? self->syntax : "system";
}

void
grove_session_set_syntax (GroveSession *self, const char *syntax)
{
  g_return_if_fail (GROVE_IS_SESSION (self));
  g_return_if_fail (syntax != NULL);
  if (strcmp (syntax, grove_session_get_syntax (self)) == 0)
    return;
  self->syntax = strcmp (syntax, "elixir") == 0   ? "elixir"
                 : strcmp (syntax, "erlang") == 0 ? "erlang"
                                                  : NULL;
  _grove_session_notify_prop (self, GROVE_SESSION_PROP_SYNTAX);
}

void
_grove_session_add_syntax (GroveSession *self, const char *method, struct json_object *params)
{
  static const char *const methods[] = { "process.messages", "process.dictionary",
                                         "process.state" };
  if (self->syntax == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (strcmp (method, methods[i]) == 0)
      json_object_object_add (params, "syntax", json_object_new_string (self->syntax));
}
