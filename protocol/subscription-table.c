/* SPDX-License-Identifier: MIT
 *
 * table.open: a window into a sorted, filtered table. `sent` is what the client has, `present` the
 * last answer; an update is their difference: rows whose bytes differ, and the order of keys when
 * that does. After sending, the two change places. Who follows a table of numbered rows gets
 * each once: nothing is compared, `query.after` says how far it is.
 *
 * Threads: the server's.
 */
#include "protocol/subscription.h"

#include "protocol/memory.h"
#include "protocol/methods.h"
#include "protocol/rows.h"

#include <json-c/json.h>
#include <stdio.h>

#define MAX_COLUMNS 64
/* Rows stop here, so that what follows them still fits; those left out go with the next update. */
#define UPDATE_BYTES (GROVE_LIMIT_MESSAGE - 65536)

/* What the client asked for, checked. */
struct request
{
  const struct grove_table   *table;
  struct grove_table_query    query;
  uint32_t                    columns[MAX_COLUMNS];
  struct grove_shared_filter *filter;
};

struct table_subscription
{
  struct grove_subscription base;
  struct request            request;
  int64_t                   rev;
  bool                      rev_sent;   /* the first update of this rev is out */
  int64_t                   opening_id; /* the request to answer with the first answer; 0: none */
  struct grove_rows        *present, *sent; /* sent NULL: the client has nothing */
  uint64_t                  lost;           /* by who follows, so far */
};

static void
close_request (struct request *self)
{
  grove_shared_filter_drop (self->filter);
  self->filter = NULL;
}

/* Puts the key column first, where every row has it, whether it was asked for or not. */
static bool
read_columns (struct request *self, struct json_object *json, char *error, size_t error_size)
{
  size_t n = json_object_array_length (json);

  self->columns[0] = 0;
  self->query.n_columns = 1;
  for (size_t i = 0; i < n; i++)
    {
      const char *name = json_object_get_string (json_object_array_get_idx (json, i));
      int         column = grove_table_find_column (self->table, name);

      if (column < 0)
        {
          (void) snprintf (error, error_size, "\"columns\": there is no column \"%.64s\"", name);
          return false;
        }
      for (size_t j = 0; j < i; j++)
        if (strcmp (name, json_object_get_string (json_object_array_get_idx (json, j))) == 0)
          {
            (void) snprintf (error, error_size, "\"columns\": \"%.64s\" is there twice", name);
            return false;
          }
      if (column == 0)
        continue;
      if (self->query.n_columns == MAX_COLUMNS)
        {
          (void) snprintf (error, error_size, "\"columns\": at most %d", MAX_COLUMNS);
          return false;
        }
      self->columns[self->query.n_columns++] = (uint32_t) column;
    }
  return true;
}

static bool
read_sort (struct request *self, struct json_object *json, char *error, size_t error_size)
{
  self->query.n_sort = json_object_array_length (json);
  for (size_t i = 0; i < self->query.n_sort; i++)
    {
      struct json_object *pair = json_object_array_get_idx (json, i);
      const char         *name = json_object_get_string (json_object_array_get_idx (pair, 0));
      const char         *direction = json_object_get_string (json_object_array_get_idx (pair, 1));
      int                 column = grove_table_find_column (self->table, name);

      if (column < 0)
        {
          (void) snprintf (error, error_size, "\"sort\": there is no column \"%.64s\"", name);
          return false;
        }
      self->query.sort[i].column = (uint32_t) column;
      self->query.sort[i].descending = strcmp (direction, "desc") == 0;
    }
  return true;
}

/* @json NULL: no filter. */
static bool
read_filter (struct request *self, struct json_object *json, char *error, size_t error_size)
{
  struct grove_filter *filter;
  char                *why = NULL;

  grove_shared_filter_drop (self->filter);
  self->filter = NULL;
  if (json == NULL)
    return true;
  filter = grove_filter_new (json, self->table, &why);
  if (filter == NULL)
    {
      (void) snprintf (error, error_size, "%s", why);
      free (why);
      return false;
    }
  self->filter = grove_shared_filter_new (filter);
  return true;
}

/* Who follows gets rows in the order of their numbers. */
static bool
check_request (const struct request *self, char *error, size_t error_size)
{
  if (!self->query.follows || (self->query.n_sort == 0 && self->query.offset == 0))
    return true;
  (void) snprintf (error, error_size,
                   "a table that is followed has \"sort\" [] and a window from \"offset\" 0");
  return false;
}

/* Reads the members that are there into @self. */
static bool
read_request (struct request *self, struct json_object *params, char *error, size_t error_size)
{
  struct json_object *json = grove_params_get (params, "columns");
  struct json_object *filter = NULL;

  if (json != NULL && !read_columns (self, json, error, error_size))
    return false;
  json = grove_params_get (params, "sort");
  if (json != NULL && !read_sort (self, json, error, error_size))
    return false;
  /* null is there and says: none. */
  if (params != NULL && json_object_object_get_ex (params, "filter", &filter) &&
      !read_filter (self, filter, error, error_size))
    return false;
  json = grove_params_get (params, "window");
  if (json != NULL)
    {
      self->query.offset = (uint64_t) grove_params_int (json, "offset", 0);
      self->query.limit = (uint32_t) grove_params_int (json, "limit", 0);
    }
  return check_request (self, error, error_size);
}

/* What belongs to the whole life of the subscription. */
static bool
read_opening (struct request *self, struct json_object *params, char *error, size_t error_size)
{
  const char         *of = grove_params_text (params, "of");
  struct json_object *after = NULL;

  if (self->table->of != (of != NULL))
    {
      (void) snprintf (error, error_size,
                       of != NULL ? "the table \"%s\" is not \"of\" anything"
                                  : "\"of\" says whose table \"%s\" is wanted: a pid",
                       self->table->name);
      return false;
    }
  (void) snprintf (self->query.of, sizeof self->query.of, "%s", of != NULL ? of : "");
  self->query.follows = params != NULL && json_object_object_get_ex (params, "after", &after) != 0;
  if (!self->query.follows)
    return true;
  if (!self->table->numbered)
    {
      (void) snprintf (error, error_size,
                       "\"after\": the rows of \"%s\" are not numbered; it cannot be followed",
                       self->table->name);
      return false;
    }
  self->query.after = after != NULL ? (uint64_t) json_object_get_int64 (after) : GROVE_AFTER_NEWEST;
  return true;
}

static bool
same_order (struct grove_rows *a, struct grove_rows *b)
{
  if (a->n != b->n || a->query.offset != b->query.offset)
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
  grove_writer_member_int (writer, "offset", (int64_t) present->query.offset);
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
  if (present->matched > present->n && present->n > 0)
    grove_subscription_wake (&self->base);
}

static void
send_update (struct table_subscription *self)
{
  struct grove_rows   *present = self->present, *sent = self->sent;
  struct grove_writer *writer = grove_subscription_begin (&self->base, "table.update");
  bool                 with_order, changed;

  with_order = !self->rev_sent || sent == NULL || !same_order (present, sent);
  changed = with_order || present->total != sent->total || present->matched != sent->matched ||
            present->lost != sent->lost;
  write_counts (self, writer);
  if (self->request.table->numbered || present->lost > 0)
    grove_writer_member_int (writer, "lost", (int64_t) present->lost);
  if (with_order)
    write_order (writer, present);
  if (write_rows (writer, present, sent) > 0)
    changed = true;
  grove_writer_member_int (writer, "skipped", (int64_t) self->base.skipped);
  if (!changed || !grove_subscription_send (&self->base))
    return;
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
    send_news (self);
  else
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
  close_request (&self->request);
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
  struct request             request = { .filter = NULL };
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
  if (!read_opening (&request, params, error, sizeof error) ||
      !read_request (&request, params, error, sizeof error))
    {
      close_request (&request);
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
    }
}

void
grove_table_set (struct grove_server_session *session,
                 struct grove_subscription   *subscription,
                 int64_t                      id,
                 struct json_object          *params)
{
  struct table_subscription *self = (struct table_subscription *) subscription;
  struct request             request = self->request;
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
  if (!read_request (&request, params, error, sizeof error))
    {
      close_request (&request);
      grove_server_session_fail (session, id, GROVE_ERROR_INVALID_PARAMS, NULL, "%s", error);
      return;
    }
  close_request (&self->request);
  self->request = request;
  begin_revision (self, grove_params_get (params, "columns") != NULL);
  if (frozen != NULL)
    self->base.paused = json_object_get_boolean (frozen);
  if (grove_params_get (params, "interval_ms") != NULL)
    grove_subscription_set_interval (subscription, grove_params_int (params, "interval_ms", 1000));
  grove_subscription_wake (subscription);

  writer = grove_server_session_begin_reply (session, id);
  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "rev", self->rev);
  grove_writer_end_object (writer);
  grove_server_session_end_reply (session);
}
