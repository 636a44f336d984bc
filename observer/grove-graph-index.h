/* SPDX-License-Identifier: MIT
 *
 * GroveGraphIndex: from the id of a node to its number in the scene's array. A scene is built anew
 * whenever something moves in a tree of up to 100,000 nodes, so this is small, keeps no pointers,
 * and is as large as it will be from the start.
 *
 * Threads: any thread, one at a time.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GROVE_GRAPH_NONE G_MAXUINT

typedef struct _GroveGraphIndex GroveGraphIndex;

/* @n_expected: as many fit without its growing. */
GroveGraphIndex *grove_graph_index_new (guint n_expected);
void             grove_graph_index_free (GroveGraphIndex *self);

/* The id of node @number: ids are where the nodes are. */
typedef const char *(*GroveGraphIndexGetId) (gconstpointer nodes, guint number);
/* Its id must not be there yet. A node that changed its id is added again under the new one. */
void grove_graph_index_add (GroveGraphIndex     *self,
                            guint                number,
                            GroveGraphIndexGetId get_id,
                            gconstpointer        nodes);
/* Returns the number of @id, or GROVE_GRAPH_NONE. */
guint grove_graph_index_find (const GroveGraphIndex *self,
                              const char            *id,
                              GroveGraphIndexGetId   get_id,
                              gconstpointer          nodes);

G_END_DECLS
