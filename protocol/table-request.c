/* SPDX-License-Identifier: MIT
 *
 * See table-request.h. The schema has been checked; here names are looked up, and what the members
 * say together is.
 *
 * Threads: the server's.
 */
#include "protocol/table-request.h"

#include "protocol/envelope.h"
#include "protocol/host.h"
#include "protocol/schema.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
grove_table_request_close (struct grove_table_request *self)
{
  grove_shared_filter_drop (self->filter);
  self->filter = NULL;
}

/* Puts the key column first, where every row has it, whether it was asked for or not. */
static bool
read_columns (struct grove_table_request *self,
              struct json_object         *json,
              char                       *error,
              size_t                      error_size)
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
      if (self->query.n_columns == GROVE_TABLE_COLUMNS)
        {
          (void) snprintf (error, error_size, "\"columns\": at most %d", GROVE_TABLE_COLUMNS);
          return false;
        }
      self->columns[self->query.n_columns++] = (uint32_t) column;
    }
  return true;
}

static bool
read_sort (struct grove_table_request *self,
           struct json_object         *json,
           char                       *error,
           size_t                      error_size)
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
read_filter (struct grove_table_request *self,
             struct json_object         *json,
             char                       *error,
             size_t                      error_size)
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

static bool
has_column (const struct grove_table_request *self, uint32_t column)
{
  for (size_t i = 0; i < self->query.n_columns; i++)
    if (self->columns[i] == column)
      return true;
  return false;
}

/* Numbers that change, of what is shown. */
static bool
read_history (struct grove_table_request *self, struct json_object *json, char *error, size_t size)
{
  self->n_history = json_object_array_length (json);
  for (size_t i = 0; i < self->n_history; i++)
    {
      const char *name = json_object_get_string (json_object_array_get_idx (json, i));
      int         column = grove_table_find_column (self->table, name);

      if (column <= 0 || (self->table->columns[column].type != GROVE_COLUMN_INT &&
                          self->table->columns[column].type != GROVE_COLUMN_REAL))
        {
          (void) snprintf (error, size, "\"history\": there is no column \"%.64s\" of numbers",
                           name);
          return false;
        }
      self->history[i] = (uint32_t) column;
    }
  return true;
}

/* @json NULL: none. */
static void
read_anchor (struct grove_table_request *self, struct json_object *json)
{
  self->query.anchor[0] = '\0';
  if (json == NULL)
    return;
  (void) snprintf (self->query.anchor, sizeof self->query.anchor, "%s",
                   grove_params_text (json, "key"));
  self->query.anchor_row = (uint32_t) grove_params_int (json, "row", 0);
}

/* What the members say together. */
static bool
check_request (const struct grove_table_request *self, char *error, size_t error_size)
{
  const struct grove_table_query *query = &self->query;

  /* Who follows gets rows in the order of their numbers. */
  if (query->follows &&
      (query->n_sort > 0 || query->offset > 0 || query->anchor[0] != '\0' || self->n_history > 0))
    {
      (void) snprintf (error, error_size,
                       "a table that is followed has \"sort\" [] and a window from \"offset\" 0, "
                       "without \"anchor\" and \"history\"");
      return false;
    }
  if (query->anchor[0] != '\0' && query->anchor_row >= query->limit)
    {
      (void) snprintf (error, error_size,
                       "\"anchor\": its \"row\" is below the window's \"limit\", %u", query->limit);
      return false;
    }
  for (size_t i = 0; i < self->n_history; i++)
    if (!has_column (self, self->history[i]))
      {
        (void) snprintf (error, error_size, "\"history\": \"%s\" is not in \"columns\"",
                         self->table->columns[self->history[i]].name);
        return false;
      }
  return true;
}

/* Reads the members that are there into @self. */
bool
grove_table_request_read (struct grove_table_request *self,
                          struct json_object         *params,
                          char                       *error,
                          size_t                      error_size)
{
  struct json_object *json = grove_params_get (params, "columns");
  struct json_object *filter = NULL, *anchor = NULL;

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
      /* Somewhere else: what was in its place need not be in it any more. */
      self->query.anchor[0] = '\0';
    }
  if (params != NULL && json_object_object_get_ex (params, "anchor", &anchor))
    read_anchor (self, anchor);
  json = grove_params_get (params, "history");
  if (json != NULL && !read_history (self, json, error, error_size))
    return false;
  return check_request (self, error, error_size);
}

/* What belongs to the whole life of the subscription. */
bool
grove_table_request_open (struct grove_table_request *self,
                          struct json_object         *params,
                          char                       *error,
                          size_t                      error_size)
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
