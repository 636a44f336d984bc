/* SPDX-License-Identifier: MIT
 *
 * What becomes of the selected process: a table of at most one row tells when it ends, and one
 * `process.get` after that, what took its place.
 */
#include "observer/grove-session-private.h"

#include <glib/gi18n-lib.h>

#define FOLLOW_INTERVAL_MS 250

static struct json_object *
open_params (gpointer owner)
{
  GroveSession       *self = owner;
  struct json_object *columns = json_object_new_array ();
  json_object_array_add (columns, json_object_new_string ("pid"));
  struct json_object *filter = json_object_new_array ();
  json_object_array_add (filter, json_object_new_string ("eq"));
  json_object_array_add (filter, json_object_new_string ("pid"));
  json_object_array_add (filter, json_object_new_string (self->selected));
  struct json_object *window = json_object_new_object ();
  json_object_object_add (window, "offset", json_object_new_int (0));
  json_object_object_add (window, "limit", json_object_new_int (1));
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "table", json_object_new_string ("processes"));
  json_object_object_add (params, "columns", columns);
  json_object_object_add (params, "sort", json_object_new_array ());
  json_object_object_add (params, "filter", filter);
  json_object_object_add (params, "window", window);
  json_object_object_add (params, "interval_ms", json_object_new_int (FOLLOW_INTERVAL_MS));
  return params;
}

/* The address of `follow` is the owner of the call, so that it can be dropped alone. */
static void
asked_after (gpointer owner, const GroveReply *reply, gpointer user_data)
{
  GroveSession *self = user_data;
  gboolean      elsewhere = _grove_json_object (reply->data, "elsewhere") != NULL;
  if (reply->error == NULL || reply->error->code > 0 || self->selected == NULL || elsewhere)
    {
      /* It lives after all, or nobody knows; the table tells again when it ends. */
      self->follow_gone = FALSE;
      return;
    }
  struct json_object *exited = _grove_json_object (reply->data, "exited");
  g_autofree char    *pid = g_strdup (self->selected);
  g_autofree char    *successor = _grove_exited_successor (exited);
  _grove_session_emit_gone (self, pid, successor);
}

static gboolean
updated (gpointer owner, struct json_object *params, const char **ret_reason)
{
  GroveSession *self = owner;
  gint64        matched;
  if (!_grove_json_get_int (params, "matched", 0, &matched))
    {
      *ret_reason = _ ("It sent a table without the number of its rows.");
      return FALSE;
    }
  if (matched == 0 && !self->follow_gone)
    {
      self->follow_gone = TRUE;
      struct json_object *get = json_object_new_object ();
      json_object_object_add (get, "pid", json_object_new_string (self->selected));
      _grove_session_call (self, "process.get", get, asked_after, &self->follow, self);
    }
  return TRUE;
}

void
_grove_session_selection_changed (GroveSession *self)
{
  static const GroveSubscriptionKind kind = {
    .open_method = "table.open",
    .close_method = "table.close",
    .ack_method = "table.ack",
    .update = "table.update",
    .open_params = open_params,
    .updated = updated,
    .fixed_pace = TRUE,
  };
  _grove_session_selection_finish (self);
  if (self->selected == NULL)
    return;
  self->follow = _grove_subscription_new (self, &kind, self);
  _grove_subscription_set_wanted (self->follow, TRUE);
}

void
_grove_session_selection_finish (GroveSession *self)
{
  _grove_session_drop_calls (self, &self->follow);
  g_clear_pointer (&self->follow, _grove_subscription_free);
  self->follow_gone = FALSE;
}
