/* SPDX-License-Identifier: MIT
 *
 * What stands for a process in the supervision graph, and what a search is after.
 */
#include "observer/grove-graph-model-private.h"

#include "observer/grove-graph-fold.h"

#include <string.h>

guint
grove_graph_model_locate (GroveGraphModel *self, GroveGraphScene *scene, const char *pid)
{
  guint            found = grove_graph_scene_find (scene, pid);
  GroveTreeNode   *node, *parent;
  g_autofree char *stem = NULL;
  g_autofree char *fold = NULL;

  if (found != GROVE_GRAPH_NONE)
    return found;
  node = grove_tree_find (self->tree, pid);
  if (node == NULL)
    return GROVE_GRAPH_NONE;
  parent = grove_tree_node_get_parent (node);
  stem = grove_graph_fold_stem (_grove_graph_model_name_of (node));
  fold = g_strdup_printf ("%s\n%s", parent != NULL ? grove_tree_node_get_pid (parent) : "", stem);
  return grove_graph_scene_find (scene, fold);
}

const char *
grove_graph_model_find_fold (GroveGraphModel *self, GroveGraphScene *scene, const char *pid)
{
  const guint found = grove_graph_model_locate (self, scene, pid);

  return found != GROVE_GRAPH_NONE && scene->nodes[found].kind == GROVE_GRAPH_FOLD
           ? scene->nodes[found].id
           : NULL;
}

static gboolean
is_match (GroveTreeNode *node, const char *folded_text)
{
  g_autofree char *name = g_utf8_casefold (_grove_graph_model_name_of (node), -1);

  return strstr (name, folded_text) != NULL ||
         strstr (grove_tree_node_get_pid (node), folded_text) != NULL;
}

typedef struct
{
  double         y;
  guint          order;
  GroveTreeNode *node;
} Hit;

static int
compare_hits (gconstpointer a, gconstpointer b)
{
  const Hit *x = a, *y = b;

  return x->y < y->y ? -1 : x->y > y->y ? 1 : x->order < y->order ? -1 : 1;
}

GPtrArray *
grove_graph_model_search (GroveGraphModel *self, const GroveGraphScene *scene, const char *text)
{
  GPtrArray       *found = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_autoptr (GArray) hits = g_array_new (FALSE, FALSE, sizeof (Hit));

  if (folded[0] == '\0')
    return found;
  for (guint i = 0; i < scene->n_nodes; i++)
    {
      const GroveGraphSource *source = &g_array_index (self->sources, GroveGraphSource, i);
      Hit                     hit = { scene->places[i].y, hits->len, source->node };

      if (source->node != NULL && is_match (source->node, folded))
        g_array_append_val (hits, hit);
      for (guint k = 0; source->members != NULL && k < source->members->len; k++)
        {
          hit.node = g_ptr_array_index (source->members, k);
          hit.order = hits->len;
          if (is_match (hit.node, folded))
            g_array_append_val (hits, hit);
        }
    }
  g_array_sort (hits, compare_hits);
  for (guint i = 0; i < hits->len; i++)
    g_ptr_array_add (found, g_strdup (grove_tree_node_get_pid (g_array_index (hits, Hit, i).node)));
  return found;
}

guint8 *
grove_graph_model_mark (GroveGraphModel *self, const GroveGraphScene *scene, GPtrArray *found)
{
  guint8 *marks = g_new0 (guint8, MAX (1, scene->n_nodes));
  g_autoptr (GHashTable) pids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < found->len; i++)
    g_hash_table_add (pids, g_ptr_array_index (found, i));
  for (guint i = 0; i < scene->n_nodes; i++)
    {
      const GroveGraphSource *source = &g_array_index (self->sources, GroveGraphSource, i);

      marks[i] = source->node != NULL &&
                 g_hash_table_contains (pids, grove_tree_node_get_pid (source->node));
      for (guint k = 0; source->members != NULL && k < source->members->len && !marks[i]; k++)
        marks[i] =
          g_hash_table_contains (pids,
                                 grove_tree_node_get_pid (g_ptr_array_index (source->members, k)));
    }
  return marks;
}
