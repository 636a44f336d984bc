/* SPDX-License-Identifier: MIT
 *
 * What all sessions share. Which methods a source can do follows from which of its functions are
 * there; the schema says which a method needs.
 *
 * Threads: the server's.
 */
#include "protocol/host.h"

#include "protocol/history.h"

#include "protocol/schema.h"
#include "protocol/sessions.h"

#include <string.h>

void
grove_host_init (struct grove_host *self, const struct grove_source *source)
{
  memset (self, 0, sizeof *self);
  self->source = source;
  self->stretch = 1;
}

void
grove_host_finish (struct grove_host *self)
{
  grove_audit_finish (&self->audit);
  grove_history_free (self->history);
  self->history = NULL;
}

void
grove_host_sample (struct grove_host *self)
{
  const struct grove_source *source = self->source;

  if (self->sampled_ns != 0 && self->now_ns - self->sampled_ns < GROVE_SAMPLE_SHARED_NS)
    return;
  self->sampled_ns = self->now_ns;
  if (source->ops->begin_tick != NULL)
    source->ops->begin_tick (source->self);
}

const struct grove_table *
grove_host_table (const struct grove_host *self, size_t index)
{
  const struct grove_source_ops *ops = self->source->ops;

  if (index < ops->n_tables)
    return &ops->tables[index];
  return index == ops->n_tables ? &grove_schema_tables[GROVE_TABLE_SESSIONS] : NULL;
}

const struct grove_table *
grove_host_find_table (const struct grove_host *self, const char *name, uint32_t *ret_index)
{
  const struct grove_table *table;

  for (uint32_t i = 0; (table = grove_host_table (self, i)) != NULL; i++)
    if (strcmp (table->name, name) == 0)
      {
        if (ret_index != NULL)
          *ret_index = i;
        return table;
      }
  return NULL;
}

void
grove_host_query (const struct grove_host        *self,
                  const struct grove_table_query *query,
                  struct grove_rows              *rows)
{
  const struct grove_source *source = self->source;

  if (query->table < source->ops->n_tables)
    source->ops->table_query (source->self, query, rows);
  else
    grove_sessions_query (self, query, rows);
}

int
grove_table_find_column (const struct grove_table *table, const char *name)
{
  for (size_t i = 0; i < table->n_columns; i++)
    if (strcmp (table->columns[i].name, name) == 0)
      return (int) i;
  return -1;
}

/* Each member from the first a method needs on is a pointer to a function. */
static bool
is_there (const struct grove_source_ops *ops, size_t offset)
{
  void (*function) (void);

  memcpy (&function, (const char *) ops + offset, sizeof function);
  return function != NULL;
}

bool
grove_host_can (const struct grove_host *self, const char *method, const char **ret_why)
{
  const struct grove_source_ops *ops = self->source->ops;
  const struct grove_method     *found = grove_method_find (method);
  const char                    *why = NULL;

  if (found != NULL && (found->source == GROVE_NO_SOURCE || is_there (ops, found->source)))
    return true;
  if (ops->absent != NULL)
    why = ops->absent (self->source->self, method);
  *ret_why = why != NULL ? why : "this system does not offer that";
  return false;
}
