/* SPDX-License-Identifier: MIT
 *
 * One answer about the children of a node.
 *
 * Threads: the server's.
 */
#include "protocol/nodes.h"

#include "protocol/memory.h"

#include <stdio.h>

/* All children of one answer fit into one message. */
#define NODES_BYTES_MAX 786432

struct grove_nodes *
grove_nodes_new (void)
{
  struct grove_nodes *self = grove_must_zero (sizeof *self);

  grove_writer_init (&self->writer, 0);
  return self;
}

static void
destroy (struct grove_nodes *self)
{
  grove_writer_finish (&self->writer);
  free (self->entries);
  free (self);
}

void
grove_nodes_release (struct grove_nodes *self)
{
  if (self == NULL)
    return;
  self->owner = NULL;
  if (!self->working)
    destroy (self);
}

void
grove_nodes_ask (struct grove_nodes        *self,
                 const struct grove_source *source,
                 const char                *pid,
                 uint32_t                   limit,
                 void (*finished) (struct grove_nodes *, void *),
                 void *owner)
{
  self->n = 0;
  self->gone = self->unknown = false;
  self->revision = 0;
  self->limit = limit;
  self->finished = finished;
  self->owner = owner;
  self->working = true;
  grove_writer_clear (&self->writer);
  source->ops->tree_children (source->self, pid, limit, self);
}

static void
write_text (struct grove_writer *writer, const char *name, const char *text)
{
  if (text != NULL && *text != '\0')
    grove_writer_member_text (writer, name, text);
}

static void
write_count (struct grove_writer *writer, const char *name, uint32_t count)
{
  if (count != 0)
    grove_writer_member_int (writer, name, count);
}

void
grove_nodes_add (struct grove_nodes *self, const struct grove_tree_node *node)
{
  struct grove_writer     *writer = &self->writer;
  struct grove_node_entry *entry;

  if (self->n == self->limit || writer->size > NODES_BYTES_MAX || node->pid[0] == '\0')
    return;
  if (self->n == self->capacity)
    {
      self->capacity = self->capacity == 0 ? 32 : self->capacity * 2;
      self->entries = grove_must_resize (self->entries, self->capacity, sizeof *self->entries);
    }
  entry = &self->entries[self->n++];
  (void) snprintf (entry->pid, sizeof entry->pid, "%s", node->pid);
  (void) snprintf (entry->replaces, sizeof entry->replaces, "%s", node->replaces);
  entry->handle = node->handle;
  entry->n_children = node->n_children;
  writer->has_value = 0;
  entry->at = writer->size;
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "pid", entry->pid);
  write_text (writer, "kind", node->kind);
  write_text (writer, "name", node->name);
  write_count (writer, "children", node->n_children);
  write_text (writer, "status", node->status);
  write_text (writer, "strategy", node->strategy);
  write_count (writer, "restarts", node->restarts);
  write_count (writer, "intensity", node->intensity);
  write_count (writer, "period_s", node->period_s);
  write_count (writer, "recent_restarts", node->recent_restarts);
  grove_writer_end_object (writer);
  entry->size = writer->size - entry->at - 1;
}

static void
finish (struct grove_nodes *self)
{
  self->working = false;
  if (self->owner != NULL)
    self->finished (self, self->owner);
  else
    destroy (self);
}

void
grove_nodes_done (struct grove_nodes *self, uint64_t total, uint64_t revision)
{
  self->revision = revision;
  finish (self);
}

void
grove_nodes_gone (struct grove_nodes *self)
{
  self->n = 0;
  self->gone = true;
  finish (self);
}

void
grove_nodes_unknown (struct grove_nodes *self)
{
  self->n = 0;
  self->unknown = true;
  finish (self);
}
