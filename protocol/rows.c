/* SPDX-License-Identifier: MIT
 *
 * The encoded rows of a window. Two of them, the last sent and the present, are compared byte by
 * byte to find what changed.
 *
 * Threads: the server's.
 */
#include "protocol/rows.h"

#include "protocol/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows of a window never take more; a source that writes more is cut off. */
#define ROWS_BYTES_MAX ((size_t) 8 << 20)

struct grove_shared_filter *
grove_shared_filter_new (struct grove_filter *filter)
{
  struct grove_shared_filter *self = grove_must_zero (sizeof *self);

  self->n_users = 1;
  self->filter = filter;
  return self;
}

struct grove_shared_filter *
grove_shared_filter_use (struct grove_shared_filter *self)
{
  if (self != NULL)
    self->n_users++;
  return self;
}

void
grove_shared_filter_drop (struct grove_shared_filter *self)
{
  if (self == NULL || --self->n_users > 0)
    return;
  grove_filter_free (self->filter);
  free (self);
}

struct grove_rows *
grove_rows_new (const struct grove_table_query *query, struct grove_shared_filter *filter)
{
  struct grove_rows *self = grove_must_zero (sizeof *self);

  self->query = *query;
  self->columns = grove_must_resize (NULL, query->n_columns, sizeof *self->columns);
  memcpy (self->columns, query->columns, query->n_columns * sizeof *self->columns);
  self->query.columns = self->columns;
  self->filter = grove_shared_filter_use (filter);
  self->query.filter = filter != NULL ? filter->filter : NULL;
  grove_writer_init (&self->writer, ROWS_BYTES_MAX);
  return self;
}

void
grove_rows_reset (struct grove_rows *self)
{
  grove_writer_clear (&self->writer);
  self->keys_size = 0;
  self->n = 0;
  self->index_size = 0;
  self->lost = self->position = 0;
  self->anchored = false;
  self->offset = self->query.offset;
  self->failed = false;
}

static void
destroy (struct grove_rows *self)
{
  grove_writer_finish (&self->writer);
  grove_shared_filter_drop (self->filter);
  free (self->columns);
  free (self->held);
  free (self->held_keys);
  free (self->keys);
  free (self->rows);
  free (self->index);
  free (self);
}

void
grove_rows_release (struct grove_rows *self)
{
  if (self == NULL)
    return;
  self->owner = NULL;
  if (!self->working)
    destroy (self);
}

void
grove_rows_ask (struct grove_rows       *self,
                const struct grove_host *host,
                void (*finished) (struct grove_rows *, void *),
                void *owner)
{
  grove_rows_reset (self);
  self->finished = finished;
  self->owner = owner;
  self->working = true;
  grove_host_query (host, &self->query, self);
}

static void
finish (struct grove_rows *self)
{
  self->working = false;
  if (self->owner != NULL)
    self->finished (self, self->owner);
  else
    destroy (self);
}

struct grove_writer *
grove_rows_begin (struct grove_rows *self, const char *key)
{
  size_t            size = strlen (key) + 1;
  struct grove_row *row;

  if (self->n == self->capacity)
    {
      self->capacity = self->capacity == 0 ? 64 : self->capacity * 2;
      self->rows = grove_must_resize (self->rows, self->capacity, sizeof *self->rows);
    }
  if (self->keys_size + size > self->keys_capacity)
    {
      self->keys_capacity = (self->keys_size + size) * 2;
      self->keys = grove_must_resize (self->keys, self->keys_capacity, 1);
    }
  row = &self->rows[self->n];
  row->dead = row->has_history = false;
  row->key_at = self->keys_size;
  row->key_size = size - 1;
  memcpy (self->keys + self->keys_size, key, size);
  self->keys_size += size;
  /* Each row is a value of its own, without a comma before it. */
  self->writer.has_value = 0;
  row->at = self->writer.size;
  grove_writer_begin_array (&self->writer);
  return &self->writer;
}

void
grove_rows_end (struct grove_rows *self)
{
  struct grove_row *row = &self->rows[self->n];

  grove_writer_end_array (&self->writer);
  row->size = self->writer.size - row->at;
  if (grove_writer_ok (&self->writer) && self->n < self->query.limit)
    self->n++;
}

void
grove_rows_lost (struct grove_rows *self, uint64_t n, uint64_t position)
{
  self->lost = n;
  self->position = position;
}

void
grove_rows_anchored (struct grove_rows *self, uint64_t offset)
{
  self->anchored = true;
  self->offset = offset;
}

bool
grove_rows_wanted (const struct grove_rows *self)
{
  return self->owner != NULL;
}

void
grove_rows_done (struct grove_rows *self, uint64_t total, uint64_t matched, uint64_t sampled_ns)
{
  self->total = total;
  self->matched = matched;
  self->sampled_ns = sampled_ns;
  finish (self);
}

void
grove_rows_fail (struct grove_rows *self, enum grove_error code, const char *message)
{
  grove_rows_reset (self);
  self->total = self->matched = 0;
  self->failed = true;
  self->error = code;
  (void) snprintf (self->message, sizeof self->message, "%s", message);
  finish (self);
}

void
grove_rows_hold (struct grove_rows *self, const struct grove_rows *order)
{
  free (self->held);
  free (self->held_keys);
  self->held = NULL;
  self->held_keys = NULL;
  self->query.keys = NULL;
  self->query.n_keys = 0;
  if (order == NULL)
    return;
  self->held = grove_must_resize (NULL, order->keys_size, 1);
  self->held_keys = grove_must_resize (NULL, order->n, sizeof *self->held_keys);
  if (order->keys_size > 0)
    memcpy (self->held, order->keys, order->keys_size);
  for (size_t i = 0; i < order->n; i++)
    self->held_keys[i] = self->held + order->rows[i].key_at;
  self->query.keys = self->held_keys;
  self->query.n_keys = order->n;
}

/* The row of @order that is gone, behind the last. */
static void
keep_row (struct grove_rows *self, const struct grove_rows *order, const struct grove_row *row)
{
  struct grove_row *kept;

  (void) grove_rows_begin (self, order->keys + row->key_at);
  kept = &self->rows[self->n++];
  self->writer.size = kept->at;
  self->writer.has_value = 0;
  self->writer.depth = 0;
  grove_writer_raw (&self->writer, order->writer.bytes + row->at, row->size);
  kept->size = row->size;
  kept->dead = true;
  kept->has_history = row->has_history;
}

void
grove_rows_keep_gone (struct grove_rows *self, const struct grove_rows *order)
{
  struct grove_row *rows = grove_must_resize (NULL, order->n, sizeof *rows);

  for (size_t i = 0; i < order->n; i++)
    {
      struct grove_row *row = grove_rows_find (self, order->keys + order->rows[i].key_at);

      if (row == NULL)
        {
          keep_row (self, order, &order->rows[i]);
          row = &self->rows[self->n - 1];
        }
      rows[i] = *row;
    }
  free (self->rows);
  self->rows = rows;
  self->n = self->capacity = order->n;
  self->index_size = 0;
}

/* Behind the cell at @at: a text, or what ends with a comma or bracket. */
static const char *
skip_cell (const char *at, const char *end)
{
  bool text = at < end && *at == '"';

  if (!text)
    {
      while (at < end && *at != ',' && *at != ']')
        at++;
      return at;
    }
  for (at++; at < end && *at != '"'; at++)
    if (*at == '\\')
      at++;
  return at + 1;
}

/* What a writer writes for a number; strtod() would go by the program's locale. */
static double
parse_number (const char *at, const char *end)
{
  const bool negative = *at == '-';
  double     digits = 0, scale = 1;
  int        exponent = 0;

  for (at += negative; at < end && *at >= '0' && *at <= '9'; at++)
    digits = digits * 10 + (*at - '0');
  if (at < end && *at == '.')
    for (at++; at < end && *at >= '0' && *at <= '9'; at++, scale *= 10)
      digits = digits * 10 + (*at - '0');
  if (at < end && (*at == 'e' || *at == 'E'))
    exponent = atoi (at + 1);
  digits = digits / scale * (exponent != 0 ? pow (10, exponent) : 1);
  return negative ? -digits : digits;
}

double
grove_rows_number (const struct grove_rows *self, const struct grove_row *row, size_t column)
{
  const char *at = self->writer.bytes + row->at + 1;
  const char *end = self->writer.bytes + row->at + row->size;

  for (; column > 0 && at < end; column--)
    at = skip_cell (at, end) + 1;
  /* Neither a text nor null, true or false. */
  if (at >= end || strchr ("-0123456789", *at) == NULL)
    return NAN;
  return parse_number (at, end);
}

static size_t
hash_key (const char *key)
{
  uint64_t hash = UINT64_C (14695981039346656037);

  for (; *key != '\0'; key++)
    hash = (hash ^ (unsigned char) *key) * UINT64_C (1099511628211);
  return (size_t) (hash ^ hash >> 32);
}

static void
make_index (struct grove_rows *self)
{
  size_t size = 64;

  while (size < self->n * 2)
    size *= 2;
  self->index = grove_must_resize (self->index, size, sizeof *self->index);
  memset (self->index, 0, size * sizeof *self->index);
  self->index_size = size;
  for (size_t i = 0; i < self->n; i++)
    {
      size_t at = hash_key (self->keys + self->rows[i].key_at) & (size - 1);

      while (self->index[at] != 0)
        at = (at + 1) & (size - 1);
      self->index[at] = (uint32_t) i + 1;
    }
}

struct grove_row *
grove_rows_find (struct grove_rows *self, const char *key)
{
  size_t at;

  if (self->index_size == 0)
    make_index (self);
  at = hash_key (key) & (self->index_size - 1);
  while (self->index[at] != 0)
    {
      struct grove_row *row = &self->rows[self->index[at] - 1];

      if (strcmp (self->keys + row->key_at, key) == 0)
        return row;
      at = (at + 1) & (self->index_size - 1);
    }
  return NULL;
}
