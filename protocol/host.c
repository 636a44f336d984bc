/* SPDX-License-Identifier: MIT
 *
 * What all sessions share. Which methods a source can do follows from which of its functions are
 * there; the list below is the one place that says so.
 *
 * Threads: the server's.
 */
#include "protocol/host.h"

#include <string.h>

void
grove_host_init (struct grove_host *self, const struct grove_source *source)
{
  memset (self, 0, sizeof *self);
  self->source = source;
  self->stretch = 1;
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
grove_host_find_table (const struct grove_host *self, const char *name, uint32_t *ret_index)
{
  const struct grove_source_ops *ops = self->source->ops;

  for (size_t i = 0; i < ops->n_tables; i++)
    if (strcmp (ops->tables[i].name, name) == 0)
      {
        if (ret_index != NULL)
          *ret_index = (uint32_t) i;
        return &ops->tables[i];
      }
  return NULL;
}

int
grove_table_find_column (const struct grove_table *table, const char *name)
{
  for (size_t i = 0; i < table->n_columns; i++)
    if (strcmp (table->columns[i].name, name) == 0)
      return (int) i;
  return -1;
}

bool
grove_host_can (const struct grove_host *self, const char *method, const char **ret_why)
{
  const struct grove_source_ops *ops = self->source->ops;
  const struct
  {
    const char *method;
    bool        there;
  } needs[] = {
    { "system.info", ops->system_info != NULL },
    { "system.watch", ops->system_sample != NULL },
    { "table.open", ops->table_query != NULL && ops->n_tables > 0 },
    { "tree.open", ops->tree_children != NULL },
    { "process.get", ops->process_get != NULL },
    { "process.messages", ops->process_messages != NULL },
    { "process.kill", ops->process_exit != NULL },
    { "process.exit", ops->process_exit != NULL },
    { "process.restart", ops->process_restart != NULL },
    { "process.set_priority", ops->process_set_priority != NULL },
    { "process.suspend", ops->process_suspend != NULL },
    { "process.resume", ops->process_resume != NULL },
  };
  const char *why = NULL;

  for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++)
    if (strcmp (needs[i].method, method) == 0)
      {
        if (needs[i].there)
          return true;
        break;
      }
  if (ops->absent != NULL)
    why = ops->absent (self->source->self, method);
  *ret_why = why != NULL ? why : "this system does not offer that";
  return false;
}
