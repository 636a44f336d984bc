/* SPDX-License-Identifier: MIT
 *
 * table.open: a window into a sorted, filtered table. `sent` is what the client has, `present` the
 * last answer; an update is their difference: rows whose bytes differ, and the order of keys when
 * that does. After sending, the two change places. Who follows a table of numbered rows gets
 * each once: nothing is compared, `query.after` says how far it is.
 *
 * A frozen table asks for the rows it showed, by their keys, and keeps those that are gone.
 *
 * Threads: the server's.
 */
#include "protocol/subscription.h"

#include "protocol/history.h"
#include "protocol/memory.h"
#include "protocol/methods.h"
#include "protocol/table-request.h"

#include <math.h>

#include <json-c/json.h>
#include <stdio.h>

/* Rows stop here, so that what follows them still fits; those left out go with the next update. */
#define UPDATE_BYTES (GROVE_LIMIT_MESSAGE - 65536)

/* Seconds: who scrolls on and back finds the history again. */
#define KEPT_S 5

struct table_subscription
{
  struct grove_subscription  base;
  struct grove_table_request request;
  int64_t                    rev;
  bool                       rev_sent;   /* the first update of this rev is out */
  int64_t                    opening_id; /* the request to answer with the first answer; 0: none */
  struct grove_rows         *present, *sent; /* sent NULL: the client has nothing */
  uint64_t                   lost;           /* by who follows, so far */
  bool                       frozen;         /* once `sent` answers what is asked for, it stays */
  bool                       ordered;        /* it does */
  uint64_t history_s; /* the client has history up to this second, counted from 1 */
};

static bool
same_order (struct grove_rows *a, struct grove_rows *b)
{
  if (a->n != b->n || a->offset != b->offset || a->anchored != b->anchored)
    return false;
  for (size_t i = 0; i < a->n; i++)
    if (strcmp (a->keys + a->rows[i].key_at, b->keys + b->rows[i].key_at) != 0)
      return false;
  return true;
}

static void
write_order (struct grove_writer *writer, const struct grove_rows *rows)
{
  grove_writer_name (writer, "order");
  grove_writer_begin_array (writer);
  for (size_t i = 0; i < rows->n; i++)
    grove_writer_text_size (writer, rows->keys + rows->rows[i].key_at, rows->rows[i].key_size);
  grove_writer_end_array (writer);
}

/* Writes the rows the client does not have as they are. Returns how many. */
static size_t
write_rows (struct grove_writer *writer, struct grove_rows *present, struct grove_rows *sent)
{
  size_t n = 0;

  grove_writer_name (writer, "rows");
  grove_writer_begin_array (writer);
  for (size_t i = 0; i < present->n; i++)
    {
      struct grove_row       *row = &present->rows[i];
      const struct grove_row *old =
        sent != NULL ? grove_rows_find (sent, present->keys + row->key_at) : NULL;

      if (old != NULL && old->size == row->size &&
          memcmp (sent->writer.bytes + old->at, present->writer.bytes + row->at, row->size) == 0)
        continue;
      n++;
      if (writer->size + row->size > UPDATE_BYTES)
        row->size = 0;
      else
        grove_writer_raw (writer, present->writer.bytes + row->at, row->size);
    }
  grove_writer_end_array (writer);
  return n;
}

static void
write_counts (struct table_subscription *self, struct grove_writer *writer)
{
  const struct grove_rows *present = self->present;

  grove_writer_member_int (writer, "rev", self->rev);
  grove_writer_member_int (writer, "t", (int64_t) present->sampled_ns);
  grove_writer_member_int (writer, "total", (int64_t) present->total);
  grove_writer_member_int (writer, "matched", (int64_t) present->matched);
  grove_writer_member_int (writer, "offset", (int64_t) present->offset);
  if (present->query.anchor[0] != '\0')
    grove_writer_member_bool (writer, "anchored", present->anchored);
}

/* To who follows: all that was found, and where that ends. */
static void
send_news (struct table_subscription *self)
{
  struct grove_rows   *present = self->present;
  struct grove_writer *writer;

  self->lost += present->lost;
  self->request.query.after = present->position;
  if (self->rev_sent && present->n == 0 && present->lost == 0)
    return;
  writer = grove_subscription_begin (&self->base, "table.update");
  write_counts (self, writer);
  grove_writer_member_int (writer, "lost", (int64_t) self->lost);
  (void) write_rows (writer, present, NULL);
  grove_writer_member_int (writer, "skipped", (int64_t) self->base.skipped);
  if (!grove_subscription_send (&self->base))
    return;
  self->rev_sent = true;
  /* There is more: without waiting for the tick, but not as fast as it can be taken either. */
  if (present->matched > present->n && present->n > 0)
    grove_subscription_hurry (&self->base);
}

/* Whether the client knows of other rows that they are gone. */
static bool
dead_changed (struct table_subscription *self)
{
  const struct grove_rows *present = self->present;
  size_t                   n_before = 0, n_now = 0;

  for (size_t i = 0; self->sent != NULL && i < self->sent->n; i++)
    n_before += self->sent->rows[i].dead;
  for (size_t i = 0; i < present->n; i++)
    {
      const struct grove_row *row = &present->rows[i], *old;

      n_now += row->dead;
      if (!row->dead)
        continue;
      old = self->sent != NULL ? grove_rows_find (self->sent, present->keys + row->key_at) : NULL;
      if (old == NULL || !old->dead || !self->rev_sent)
        return true;
    }
  return n_now != n_before;
}

/* The keys of rows that are gone, when these are others than before. */
static bool
write_dead (struct table_subscription *self, struct grove_writer *writer)
{
  const struct grove_rows *present = self->present;

  if (!dead_changed (self))
    return false;
  grove_writer_name (writer, "dead");
  grove_writer_begin_array (writer);
  for (size_t i = 0; i < present->n; i++)
    if (present->rows[i].dead)
      grove_writer_text_size (writer, present->keys + present->rows[i].key_at,
                              present->rows[i].key_size);
  grove_writer_end_array (writer);
  return true;
}

/* Where in a row the cell of @column is. */
static size_t
place_of (const struct grove_table_request *request, uint32_t column)
{
  size_t place = 0;

  while (place < request->query.n_columns && request->columns[place] != column)
    place++;
  return place;
}

static uint64_t
interval_s (const struct table_subscription *self)
{
  const struct grove_host *host = grove_server_session_host (self->base.session);

  return (uint64_t) ((double) self->base.interval_ns / 1e9 * host->stretch);
}

/* Notes what the row shows, and returns the series of its numbers; false: it has none. */
static bool
note_row (struct table_subscription  *self,
          const struct grove_row     *row,
          uint64_t                    second,
          const struct grove_series **ret_series)
{
  const struct grove_table_request *request = &self->request;
  struct grove_host                *host = grove_server_session_host (self->base.session);
  const uint64_t                    patience = KEPT_S + 2 * interval_s (self);
  char                              key[GROVE_HISTORY_KEY_SIZE];
  int                               size =
    snprintf (key, sizeof key, "%s %s", request->query.of, self->present->keys + row->key_at);

  if (size < 0 || (size_t) size >= sizeof key || row->size == 0)
    return false;
  for (size_t i = 0; i < request->n_history; i++)
    {
      const double value =
        grove_rows_number (self->present, row, place_of (request, request->history[i]));

      ret_series[i] = isnan (value)
                        ? NULL
                        : grove_history_note (host->history, request->query.table,
                                              request->history[i], key, second, value, patience);
      if (ret_series[i] == NULL)
        return false;
    }
  return true;
}

/* What the client does not have of a row's history. Returns whether there is anything to say. */
static bool
write_row_history (struct table_subscription *self,
                   struct grove_writer       *writer,
                   struct grove_row          *row,
                   uint64_t                   second)
{
  const struct grove_series *series[GROVE_TABLE_HISTORY];
  const struct grove_row    *old =
    self->sent != NULL ? grove_rows_find (self->sent, self->present->keys + row->key_at) : NULL;
  const uint64_t after = old != NULL && old->has_history ? self->history_s : 0;
  bool           flat = after != 0;

  row->has_history = row->dead ? after != 0 : note_row (self, row, second, series);
  if (row->dead || !row->has_history)
    return false;
  for (size_t i = 0; flat && i < self->request.n_history; i++)
    flat = grove_series_is_flat (series[i], grove_series_count (series[i], after));
  if (flat)
    return false;
  grove_writer_begin_array (writer);
  grove_writer_text_size (writer, self->present->keys + row->key_at, row->key_size);
  for (size_t i = 0; i < self->request.n_history; i++)
    grove_series_write (series[i], grove_series_count (series[i], after), writer);
  grove_writer_end_array (writer);
  return true;
}

/* Returns whether there is anything to say that the client cannot tell by itself. */
static bool
write_history (struct table_subscription *self, struct grove_writer *writer, uint64_t second)
{
  struct grove_host *host = grove_server_session_host (self->base.session);
  bool               any = false;

  if (self->request.n_history == 0)
    return false;
  if (host->history == NULL)
    host->history = grove_history_new ();
  grove_writer_name (writer, "history");
  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "t", (int64_t) ((second - 1) * GROVE_HISTORY_STEP_NS));
  grove_writer_name (writer, "rows");
  grove_writer_begin_array (writer);
  for (size_t i = 0; i < self->present->n; i++)
    any |= write_row_history (self, writer, &self->present->rows[i], second);
  grove_writer_end_array (writer);
  grove_writer_end_object (writer);
  return any;
}

static void
send_update (struct table_subscription *self)
{
  struct grove_rows   *present = self->present, *sent = self->sent;
  struct grove_writer *writer = grove_subscription_begin (&self->base, "table.update");
  const uint64_t       second = present->sampled_ns / GROVE_HISTORY_STEP_NS + 1;
  bool                 with_order, changed;

  with_order = !self->rev_sent || sent == NULL || !same_order (present, sent);
  changed = with_order || present->total != sent->total || present->matched != sent->matched ||
            present->lost != sent->lost;
  write_counts (self, writer);
  if (self->request.table->numbered || present->lost > 0)
    grove_writer_member_int (writer, "lost", (int64_t) present->lost);
  if (with_order)
    write_order (writer, present);
  changed |= write_dead (self, writer);
  changed |= write_rows (writer, present, sent) > 0;
  changed |= write_history (self, writer, second);
  grove_writer_member_int (writer, "skipped", (int64_t) self->base.skipped);
  if (!changed || !grove_subscription_send (&self->base))
    return;
  self->history_s = second;
  self->ordered = true;
  self->sent = present;
  self->present = sent;
  if (!self->rev_sent)
    {
      /* It answers the query of an older revision. */
      grove_rows_release (sent);
      self->present = NULL;
    }
  self->rev_sent = true;
}

static void
reply_opened (struct table_subscription *self)
{
  struct grove_server_session *session = self->base.session;
  struct grove_writer *writer = grove_server_session_begin_reply (session, self->opening_id);

  self->opening_id = 0;
  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "sub", self->base.id);
  grove_writer_name (writer, "columns");
  grove_writer_begin_array (writer);
  for (size_t i = 0; i < self->request.query.n_columns; i++)
    grove_writer_text (writer, self->request.table->columns[self->request.columns[i]].name);
  grove_writer_end_array (writer);
  grove_writer_member_int (writer, "total", (int64_t) self->present->total);
  grove_writer_member_int (writer, "matched", (int64_t) self->present->matched);
  grove_writer_end_object (writer);
  grove_server_session_end_reply (session);
}

static void
answered (struct grove_rows *rows, void *owner)
{
  struct table_subscription *self = owner;

  self->base.busy = false;
  if (rows->failed && self->opening_id != 0)
    {
      grove_server_session_fail (self->base.session, self->opening_id, rows->error,
                                 rows->error == GROVE_ERROR_BUSY ? "{\"retry_after_ms\":1000}"
                                                                 : NULL,
                                 "%s", rows->message);
      grove_server_session_unsubscribe (self->base.session, &self->base);
      return;
    }
  /* Whose table it is has ended: nothing is left of it. Else the next tick may do better. */
  if (rows->failed && rows->error != GROVE_ERROR_NO_PROCESS)
    return;
  if (self->opening_id != 0)
    reply_opened (self);
  if (self->base.paused)
    return;
  if (self->request.query.follows)
    {
      send_news (self);
      return;
    }
  if (rows->anchored)
    self->request.query.offset = rows->offset;
  if (rows->query.keys != NULL)
    {
      grove_rows_keep_gone (rows, self->sent);
      rows->matched = self->sent->matched;
      rows->anchored = self->sent->anchored;
      rows->offset = self->sent->offset;
    }
  send_update (self);
}

/* Asks the source; what a former question still brings is not wanted any more. */
static void
ask (struct table_subscription *self)
{
  struct grove_host *host = grove_server_session_host (self->base.session);

  self->request.query.columns = self->request.columns;
  if (self->present == NULL)
    self->present = grove_rows_new (&self->request.query, self->request.filter);
  self->present->query.after = self->request.query.after;
  self->present->query.offset = self->request.query.offset;
  grove_rows_hold (self->present, self->frozen && self->ordered ? self->sent : NULL);
  grove_host_sample (host);
  self->base.busy = true;
  grove_rows_ask (self->present, host, answered, self);
}

static void
tick (struct grove_subscription *base)
{
  ask ((struct table_subscription *) base);
}

static void
destroy (struct grove_subscription *base)
{
  struct table_subscription *self = (struct table_subscription *) base;

  grove_rows_release (self->present);
  grove_rows_release (self->sent);
  grove_table_request_close (&self->request);
  free (self);
}

static const struct grove_subscription_ops ops = {
  .kind = "table",
  .tick = tick,
  .free = destroy,
};

void
grove_handle_table_open (struct grove_server_session *session,
                         int64_t                      id,
                         struct json_object          *params)
{
  struct grove_host         *host = grove_server_session_host (session);
  struct table_subscription *self;
  struct grove_table_request request = { .filter = NULL };
  char                       error[256];

  request.table =
    grove_host_find_table (host, grove_params_text (params, "table"), &request.query.table);
  if (request.table == NULL)
    {
      grove_server_session_fail (session, id, GROVE_ERROR_INVALID_PARAMS, NULL,
                                 "\"table\" is the name of a table of `hello`");
      return;
    }
  request.query.hide_payloads = host->hide_payloads;
  if (!grove_table_request_open (&request, params, error, sizeof error) ||
      !grove_table_request_read (&request, params, error, sizeof error))
    {
      grove_table_request_close (&request);
      grove_server_session_fail (session, id, GROVE_ERROR_INVALID_PARAMS, NULL, "%s", error);
      return;
    }
  self = grove_must_zero (sizeof *self);
  self->request = request;
  self->rev = 1;
  self->opening_id = id;
  grove_subscription_init (&self->base, &ops, grove_params_int (params, "interval_ms", 1000));
  if (!grove_server_session_subscribe (session, &self->base))
    {
      destroy (&self->base);
      grove_subscription_refuse (session, id);
      return;
    }
  grove_subscription_start (&self->base);
  ask (self);
}

/* The query changed: the next answer is to the new one. */
static void
begin_revision (struct table_subscription *self, bool new_columns)
{
  self->rev++;
  self->rev_sent = false;
  self->base.busy = false;
  grove_rows_release (self->present);
  self->present = NULL;
  if (new_columns)
    {
      grove_rows_release (self->sent);
      self->sent = NULL;
      self->ordered = false;
    }
}

/* Of what is asked for only these leave the rows that are shown where they are. */
static bool
keeps_order (struct json_object *params)
{
  static const char *const others[] = { "columns", "sort", "filter", "window", "anchor" };

  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    if (params != NULL && json_object_object_get_ex (params, others[i], NULL))
      return false;
  return true;
}

/* The client asked for other history: it has none of that. */
static void
forget_history (struct table_subscription *self)
{
  for (size_t i = 0; self->sent != NULL && i < self->sent->n; i++)
    self->sent->rows[i].has_history = false;
}

void
grove_table_set (struct grove_server_session *session,
                 struct grove_subscription   *subscription,
                 int64_t                      id,
                 struct json_object          *params)
{
  struct table_subscription *self = (struct table_subscription *) subscription;
  struct grove_table_request request = self->request;
  struct json_object        *frozen = grove_params_get (params, "frozen");
  struct grove_writer       *writer;
  char                       error[256];

  if (self->opening_id != 0)
    {
      grove_server_session_fail (session, id, GROVE_ERROR_BUSY, "{\"retry_after_ms\":100}",
                                 "the table is still being opened");
      return;
    }
  grove_shared_filter_use (request.filter);
  if (!grove_table_request_read (&request, params, error, sizeof error))
    {
      grove_table_request_close (&request);
      grove_server_session_fail (session, id, GROVE_ERROR_INVALID_PARAMS, NULL, "%s", error);
      return;
    }
  grove_table_request_close (&self->request);
  self->request = request;
  begin_revision (self, grove_params_get (params, "columns") != NULL);
  if (!keeps_order (params))
    self->ordered = false;
  if (grove_params_get (params, "history") != NULL)
    forget_history (self);
  if (frozen != NULL)
    self->frozen = json_object_get_boolean (frozen);
  /* Of a table that is followed nothing stays where it is. */
  self->base.paused = self->frozen && self->request.query.follows;
  if (grove_params_get (params, "interval_ms") != NULL)
    grove_subscription_set_interval (subscription, grove_params_int (params, "interval_ms", 1000));
  grove_subscription_wake (subscription);

  writer = grove_server_session_begin_reply (session, id);
  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "rev", self->rev);
  grove_writer_end_object (writer);
  grove_server_session_end_reply (session);
}
