/* SPDX-License-Identifier: MIT
 *
 * From the id of a node to its number: open addressing, at most half full.
 */
#include "observer/grove-graph-index.h"

#include <stdint.h>
#include <string.h>

#define LEAST_BITS 6

struct _GroveGraphIndex
{
  guint32 *slots; /* numbers + 1, 0: free */
  guint    bits;  /* of how many there are */
  guint    n;
};

static gsize
get_size (const GroveGraphIndex *self)
{
  return (gsize) 1 << self->bits;
}

GroveGraphIndex *
grove_graph_index_new (guint n_expected)
{
  GroveGraphIndex *self = g_new0 (GroveGraphIndex, 1);

  self->bits = LEAST_BITS;
  while (get_size (self) / 2 < n_expected)
    self->bits++;
  self->slots = g_new0 (guint32, get_size (self));
  return self;
}

void
grove_graph_index_free (GroveGraphIndex *self)
{
  if (self == NULL)
    return;
  g_free (self->slots);
  g_free (self);
}

/* Where the search for an id begins: the upper bits of a product are those that all bits of its
 * hash have had a say in. */
static gsize
get_home (const GroveGraphIndex *self, const char *id)
{
  return (gsize) ((g_str_hash (id) * UINT32_C (2654435769)) >> (32 - self->bits));
}

static void
put (GroveGraphIndex *self, const char *id, guint32 entry)
{
  const gsize mask = get_size (self) - 1;
  gsize       at = get_home (self, id);

  while (self->slots[at] != 0)
    at = (at + 1) & mask;
  self->slots[at] = entry;
}

static void
grow (GroveGraphIndex *self, GroveGraphIndexGetId get_id, gconstpointer nodes)
{
  g_autofree guint32 *before = self->slots;
  const gsize         n_before = get_size (self);

  self->bits++;
  self->slots = g_new0 (guint32, get_size (self));
  for (gsize i = 0; i < n_before; i++)
    if (before[i] != 0)
      put (self, get_id (nodes, before[i] - 1), before[i]);
}

void
grove_graph_index_add (GroveGraphIndex     *self,
                       guint                number,
                       GroveGraphIndexGetId get_id,
                       gconstpointer        nodes)
{
  if (++self->n > get_size (self) / 2)
    grow (self, get_id, nodes);
  put (self, get_id (nodes, number), number + 1);
}

guint
grove_graph_index_find (const GroveGraphIndex *self,
                        const char            *id,
                        GroveGraphIndexGetId   get_id,
                        gconstpointer          nodes)
{
  const gsize mask = get_size (self) - 1;

  for (gsize at = get_home (self, id); self->slots[at] != 0; at = (at + 1) & mask)
    if (strcmp (get_id (nodes, self->slots[at] - 1), id) == 0)
      return self->slots[at] - 1;
  return GROVE_GRAPH_NONE;
}
