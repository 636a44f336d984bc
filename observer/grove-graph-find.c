/* SPDX-License-Identifier: MIT
 *
 * What stands for a process in the supervision graph, and what a search is after.
 */
#include "observer/grove-graph-model-private.h"

#include "observer/grove-graph-fold.h"

#include <string.h>

#define PLAIN_MAX 128

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

/* Most names are plain, and need no memory of their own to be looked through: a search is of a
 * hundred thousand. */
static gboolean
contains (const char *text, const char *folded_text)
{
  char  plain[PLAIN_MAX];
  gsize n = 0;

  for (; n < sizeof plain - 1 && text[n] != '\0' && (text[n] & 0x80) == 0; n++)
    plain[n] = g_ascii_tolower (text[n]);
  if (text[n] != '\0')
    {
      g_autofree char *folded = g_utf8_casefold (text, -1);

      return strstr (folded, folded_text) != NULL;
    }
  plain[n] = '\0';
  return strstr (plain, folded_text) != NULL;
}

static gboolean
is_match (GroveTreeNode *node, const char *folded_text)
{
  return contains (_grove_graph_model_name_of (node), folded_text) ||
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

static gboolean
note_hit (GArray *hits, GroveTreeNode *node, double y, const char *folded_text)
{
  const Hit hit = { y, hits->len, node };

  if (!is_match (node, folded_text))
    return FALSE;
  g_array_append_val (hits, hit);
  return TRUE;
}

static GArray *
find_hits (GroveGraphModel       *self,
           const GroveGraphScene *scene,
           const char            *folded_text,
           guint8                *marks)
{
  GArray *hits = g_array_new (FALSE, FALSE, sizeof (Hit));

  for (guint i = 0; i < scene->n_nodes; i++)
    {
      const GroveGraphSource *source = &g_array_index (self->sources, GroveGraphSource, i);
      const double            y = scene->places[i].y;

      if (source->node != NULL)
        marks[i] = note_hit (hits, source->node, y, folded_text);
      for (guint k = 0; source->members != NULL && k < source->members->len; k++)
        if (note_hit (hits, g_ptr_array_index (source->members, k), y, folded_text))
          marks[i] = TRUE;
    }
  g_array_sort (hits, compare_hits);
  return hits;
}

GPtrArray *
grove_graph_model_search (GroveGraphModel       *self,
                          const GroveGraphScene *scene,
                          const char            *text,
                          guint8               **ret_marks)
{
  GPtrArray       *found = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_autoptr (GArray) hits = NULL;

  *ret_marks = NULL;
  if (folded[0] == '\0')
    return found;
  *ret_marks = g_new0 (guint8, MAX (1, scene->n_nodes));
  hits = find_hits (self, scene, folded, *ret_marks);
  for (guint i = 0; i < hits->len; i++)
    g_ptr_array_add (found, g_object_ref (g_array_index (hits, Hit, i).node));
  return found;
}
