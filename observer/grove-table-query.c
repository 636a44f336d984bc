/* SPDX-License-Identifier: MIT
 *
 * What a table asks of the system: which rows, in which order, and when.
 *
 * Two kinds of change go to the system. A new window (scrolling) leaves the query as it is, so what
 * still comes for the old window is right where it says it is. A new query (sort, filter) does not:
 * from asking until the first update that knows it, updates are taken in but not shown. One change
 * is under way at a time; what is wished meanwhile goes as one when it is answered.
 */
#include "observer/grove-table-private.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#define SYNC_DELAY_MS 8
#define VIEWPORT_MAX  480
#define PAD           16 /* rows subscribed to beyond the viewport, on either side */
#define MARGIN        6  /* of which so many must be left, or the window moves */

gboolean
_grove_table_is_stale (GroveTablePrivate *self)
{
  return self->mirror.rev < self->min_rev || (self->set_under_way && self->set_changes_query);
}

static void
wanted_window (GroveTablePrivate *self, guint64 *ret_offset, guint *ret_limit)
{
  guint64 first = self->viewport_first;
  guint   n = CLAMP (self->viewport_n, 1, VIEWPORT_MAX);
  guint64 offset = first > PAD ? first - PAD : 0;
  *ret_offset = offset;
  *ret_limit = (guint) (first - offset) + n + PAD;
}

/* The window told still does, if the viewport is inside with a little to spare. */
static gboolean
window_does (GroveTablePrivate *self)
{
  guint64 first = self->viewport_first;
  guint64 end = first + CLAMP (self->viewport_n, 1, VIEWPORT_MAX);
  guint64 low = first > MARGIN ? first - MARGIN : 0;
  guint64 offset;
  guint   limit;
  wanted_window (self, &offset, &limit);
  return self->sent_offset <= low && end + MARGIN <= self->sent_offset + self->sent_limit &&
         self->sent_limit <= limit + 2 * PAD;
}

/* What a person last sorted by, on another system, may be no column of this one. */
struct json_object *
_grove_table_make_sort (GroveTablePrivate *self)
{
  if (self->kind->has_column (self->object, self->sort_column))
    return _grove_table_sort (self->sort_column, self->sort_descending);
  if (self->kind->has_column (self->object, self->default_sort))
    return _grove_table_sort (self->default_sort, self->default_descending);
  return json_object_new_array ();
}

/* @filter is an `or` of rows that all must hold, or less: the condition is written into each row,
 * so that the tree grows no deeper than the protocol allows. (transfer full) */
static struct json_object *
add_condition (struct json_object *filter, struct json_object *condition)
{
  const char *operation = json_object_get_string (json_object_array_get_idx (filter, 0));
  gboolean    rows = strcmp (operation, "or") == 0;
  if (!rows && strcmp (operation, "and") != 0)
    {
      struct json_object *both = json_object_new_array ();
      json_object_array_add (both, json_object_new_string ("and"));
      json_object_array_add (both, json_object_get (filter));
      json_object_array_add (both, json_object_get (condition));
      return both;
    }
  struct json_object *all = json_object_new_array ();
  json_object_array_add (all, json_object_new_string (operation));
  for (gsize i = 1; i < json_object_array_length (filter); i++)
    {
      struct json_object *part = json_object_array_get_idx (filter, i);
      json_object_array_add (all, rows ? add_condition (part, condition) : json_object_get (part));
    }
  if (!rows)
    json_object_array_add (all, json_object_get (condition));
  return all;
}

struct json_object *
_grove_table_make_filter (GroveTablePrivate *self)
{
  if (self->condition == NULL)
    return json_object_get (self->filter_json);
  if (self->filter_json == NULL)
    return json_object_get (self->condition);
  return add_condition (self->filter_json, self->condition);
}

static gboolean
is_offered (gpointer owner)
{
  GroveTablePrivate *self = owner;
  return self->kind->is_offered == NULL || self->kind->is_offered (self->object);
}

static struct json_object *
open_params (gpointer owner)
{
  GroveTablePrivate *self = owner;
  guint64            offset;
  guint              limit;
  wanted_window (self, &offset, &limit);
  struct json_object *columns = self->kind->choose_columns (self->object);
  if (!self->filter_refused)
    _grove_table_read_filter (self);
  self->sent_query = self->query;
  self->sent_offset = offset;
  self->sent_limit = limit;
  self->sent_frozen = FALSE;
  self->set_under_way = FALSE;
  struct json_object *params =
    _grove_table_open_params (self->name, columns, _grove_table_make_sort (self),
                              _grove_table_make_filter (self), _grove_table_window (offset, limit),
                              self->interval_ms);
  if (self->mirror.history != NULL)
    _grove_table_ask_history (params);
  if (self->of != NULL)
    json_object_object_add (params, "of", json_object_new_string (self->of));
  return params;
}

static void
opened (gpointer owner, struct json_object *result)
{
  GroveTablePrivate *self = owner;
  if (!_grove_table_mirror_open (&self->mirror, self->kind->get_columns (self->object), result))
    {
      _grove_session_break (self->session,
                            _ ("It opened a table with other columns than asked for."));
      return;
    }
  self->min_rev = 0;
  self->wait_rev = 0;
  self->waiting = TRUE;
  self->strangers = TRUE;
  _grove_table_sync_later (self);
}

static void
sync_now (GroveTablePrivate *self)
{
  if (self->set_under_way || !_grove_subscription_is_open (self->subscription))
    return;
  gboolean new_query = self->sent_query != self->query;
  gboolean new_window = !window_does (self);
  gboolean frozen = self->frozen && !self->waiting && !new_query && !new_window;
  if (!new_query && !new_window && frozen == self->sent_frozen)
    return;

  struct json_object *params = json_object_new_object ();
  if (new_query)
    {
      json_object_object_add (params, "sort", _grove_table_make_sort (self));
      json_object_object_add (params, "filter", _grove_table_make_filter (self));
      self->sent_query = self->query;
    }
  if (new_window)
    {
      wanted_window (self, &self->sent_offset, &self->sent_limit);
      json_object_object_add (params, "window",
                              _grove_table_window (self->sent_offset, self->sent_limit));
    }
  if (frozen != self->sent_frozen)
    json_object_object_add (params, "frozen", json_object_new_boolean (frozen));
  self->sent_frozen = frozen;
  self->set_under_way = TRUE;
  self->set_changes_query = new_query;
  if (new_query || new_window)
    self->waiting = TRUE;
  _grove_subscription_set (self->subscription, params);
}

static gboolean
sync_timeout (gpointer user_data)
{
  GroveTablePrivate *self = user_data;
  self->sync_source = 0;
  sync_now (self);
  return G_SOURCE_REMOVE;
}

/* Scrolling asks for many windows a second; only where it stands after a moment is told. */
void
_grove_table_sync_later (GroveTablePrivate *self)
{
  if (self->sync_source == 0 && self->subscription != NULL)
    self->sync_source = g_timeout_add (SYNC_DELAY_MS, sync_timeout, self);
}

static void
was_set (gpointer owner, struct json_object *result)
{
  GroveTablePrivate *self = owner;
  gint64             rev;
  if (!_grove_json_get_int (result, "rev", 0, &rev))
    {
      _grove_session_break (self->session, _ ("It changed a table without saying its revision."));
      return;
    }
  self->set_under_way = FALSE;
  self->wait_rev = rev;
  if (self->set_changes_query)
    {
      self->min_rev = rev;
      self->strangers = TRUE;
    }
  _grove_table_sync_later (self);
}

/* The system does not take the query. It keeps the old one, or nothing was opened; then it is
 * opened without the filter, which is the one part a person wrote. */
static void
failed (gpointer owner, const GError *error)
{
  GroveTablePrivate *self = owner;
  g_object_ref (self->object);
  self->set_under_way = FALSE;
  self->waiting = FALSE;
  if (self->filter_json != NULL && error->code == GROVE_CODE_INVALID_PARAMS)
    {
      g_clear_pointer (&self->filter_json, json_object_put);
      self->filter_refused = TRUE;
      _grove_table_set_filter_error (self, error->message);
      if (self->subscription != NULL && self->active &&
          !_grove_subscription_is_open (self->subscription))
        {
          _grove_subscription_set_wanted (self->subscription, FALSE);
          _grove_subscription_set_wanted (self->subscription, TRUE);
        }
    }
  g_object_unref (self->object);
}

static void
refusal_changed (gpointer owner)
{
  _grove_table_refusal_changed (owner);
}

void
_grove_table_query_changed (GroveTablePrivate *self)
{
  self->query++;
  _grove_table_sync_later (self);
}

void
_grove_table_viewport_changed (GroveTablePrivate *self)
{
  if (!window_does (self))
    _grove_table_sync_later (self);
}

GroveSubscription *
_grove_table_subscribe (GroveTablePrivate *self)
{
  static const GroveSubscriptionKind kind = {
    .open_method = "table.open",
    .set_method = "table.set",
    .close_method = "table.close",
    .ack_method = "table.ack",
    .update = "table.update",
    .is_offered = is_offered,
    .open_params = open_params,
    .opened = opened,
    .updated = _grove_table_updated,
    .failed = failed,
    .refusal_changed = refusal_changed,
    .was_set = was_set,
  };
  return _grove_subscription_new (self->session, &kind, self);
}
