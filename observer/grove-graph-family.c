/* SPDX-License-Identifier: MIT
 *
 * How the children of one process are drawn in the supervision graph: each by itself, alike ones as
 * a fold, and what the system did not send.
 */
#include "observer/grove-graph-model-private.h"

#include "observer/grove-format.h"
#include "observer/grove-graph-fold.h"

#include <glib/gi18n-lib.h>

const char *
_grove_graph_model_name_of (GroveTreeNode *node)
{
  const char *name = grove_tree_node_get_name (node);

  return name != NULL && name[0] != '\0' ? name : grove_tree_node_get_pid (node);
}

void
_grove_graph_model_collect_roots (GroveGraphModel *self, GPtrArray *roots)
{
  const guint n = grove_tree_get_n_roots (self->tree);

  for (guint i = 0; i < n; i++)
    {
      GroveTreeNode *root = grove_tree_get_root (self->tree, i);

      if (!g_hash_table_contains (self->hidden, _grove_graph_model_name_of (root)))
        g_ptr_array_add (roots, root);
    }
  if (roots->len > 0)
    return;
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (roots, grove_tree_get_root (self->tree, i));
}

static GroveGraphKind
kind_of (GroveTreeNode *node)
{
  switch (grove_tree_node_get_kind (node))
    {
    case GROVE_NODE_KIND_APPLICATION:
      return GROVE_GRAPH_APPLICATION;
    case GROVE_NODE_KIND_SUPERVISOR:
      return GROVE_GRAPH_SUPERVISOR;
    case GROVE_NODE_KIND_WORKER:
      return GROVE_GRAPH_WORKER;
    case GROVE_NODE_KIND_PROCESS:
    default:
      return GROVE_GRAPH_PROCESS;
    }
}

static void
list_process (GroveGraphModel *self, GroveTreeNode *node, const char *fold)
{
  const char *strategy = grove_tree_node_get_strategy (node);
  const char *status = grove_tree_node_get_status (node);
  const guint n_children = grove_tree_node_get_n_children (node);
  const guint n_loaded = grove_tree_node_get_n_loaded (node);
  const GroveGraphRow row = {
    .node = {
      .id = grove_tree_node_get_pid (node),
      .name = _grove_graph_model_name_of (node),
      .strategy = strategy != NULL ? strategy : "",
      .status = status != NULL ? status : "",
      .fold = fold,
      .kind = kind_of (node),
      .expandable = n_children > 0 && n_loaded == 0,
      .restarts = grove_tree_node_get_restarts (node),
      .intensity = grove_tree_node_get_intensity (node),
      .period_s = grove_tree_node_get_period_s (node),
      .recent_restarts = grove_tree_node_get_recent_restarts (node),
      .n_children = n_children,
      .appeared_us = grove_tree_node_get_appeared_us (node),
      .restarted_us = grove_tree_node_get_restarted_us (node),
    },
    .source = { .node = node, .n_loaded = n_loaded },
  };

  g_array_append_val (self->rows, row);
}

static void
list_fold (GroveGraphModel      *self,
           const char           *id,
           const GroveGraphFold *fold,
           GPtrArray            *siblings,
           const guint          *fold_of,
           guint                 index)
{
  g_autofree char *label = grove_graph_fold_label (fold->stem);
  g_autofree char *count = grove_format_count (fold->n_members);
  g_autofree char *name = g_strdup_printf ("%s × %s", count, label);
  GroveGraphRow    row = {
       .node = {
         .id = id,
         .name = g_string_chunk_insert (self->texts, name),
         .strategy = "",
         .status = "",
         .fold = id,
         .kind = GROVE_GRAPH_FOLD,
         .n_children = fold->n_members,
    },
       .source = { .members = g_ptr_array_sized_new (fold->n_members) },
  };

  for (guint i = 0; i < siblings->len; i++)
    if (fold_of[i] == index)
      {
        GroveTreeNode *member = g_ptr_array_index (siblings, i);

        /* A crash inside shows on the fold. */
        row.node.restarts += grove_tree_node_get_restarts (member);
        row.node.restarted_us =
          MAX (row.node.restarted_us, grove_tree_node_get_restarted_us (member));
        g_ptr_array_add (row.source.members, member);
      }
  g_array_append_val (self->rows, row);
}

static void
list_missing (GroveGraphModel *self, GroveTreeNode *parent, guint n_missing)
{
  g_autofree char    *count = grove_format_count (n_missing);
  g_autofree char    *name = g_strdup_printf (_ ("%s more"), count);
  g_autofree char    *id = g_strdup_printf ("%s\nmore", grove_tree_node_get_pid (parent));
  const GroveGraphRow row = { .node = { .id = g_string_chunk_insert (self->texts, id),
                                        .name = g_string_chunk_insert (self->texts, name),
                                        .strategy = "",
                                        .status = "",
                                        .fold = "",
                                        .kind = GROVE_GRAPH_MORE,
                                        .n_children = n_missing } };

  g_array_append_val (self->rows, row);
}

static void
list_siblings (GroveGraphModel *self,
               GroveTreeNode   *parent,
               GPtrArray       *siblings,
               GHashTable      *closed_before,
               GHashTable      *closed)
{
  g_autofree const char **names = g_new (const char *, siblings->len + 1);
  g_autofree guint       *fold_of = g_new (guint, siblings->len + 1);
  g_autofree const char **ids = NULL; /* of the folds that have been seen */
  g_autofree gboolean    *listed = NULL;
  g_autoptr (GArray) folds = NULL;

  for (guint i = 0; i < siblings->len; i++)
    names[i] = _grove_graph_model_name_of (g_ptr_array_index (siblings, i));
  folds = grove_graph_fold_siblings (names, siblings->len, GROVE_GRAPH_KEEP_ABOVE, fold_of);
  ids = g_new0 (const char *, folds->len + 1);
  listed = g_new0 (gboolean, folds->len + 1);

  for (guint i = 0; i < siblings->len; i++)
    {
      GroveTreeNode        *node = g_ptr_array_index (siblings, i);
      const guint           index = fold_of[i];
      const GroveGraphFold *fold;

      if (index == G_MAXUINT)
        {
          list_process (self, node, "");
          continue;
        }
      if (listed[index])
        continue;
      fold = &g_array_index (folds, GroveGraphFold, index);
      if (ids[index] == NULL)
        {
          g_autofree char *id =
            g_strdup_printf ("%s\n%s", parent != NULL ? grove_tree_node_get_pid (parent) : "",
                             fold->stem);

          ids[index] = g_string_chunk_insert (self->texts, id);
        }
      if (g_hash_table_contains (self->open, ids[index]))
        list_process (self, node, ids[index]);
      else if (fold->n_members <= GROVE_GRAPH_FOLD_ABOVE &&
               !g_hash_table_contains (closed_before, ids[index]))
        list_process (self, node, "");
      else
        {
          g_hash_table_add (closed, g_strdup (ids[index]));
          listed[index] = TRUE;
          list_fold (self, ids[index], fold, siblings, fold_of, index);
        }
    }
}

void
_grove_graph_model_list_family (GroveGraphModel *self,
                                GroveTreeNode   *parent,
                                GHashTable      *closed_before,
                                GHashTable      *closed)
{
  g_autoptr (GPtrArray) siblings = g_ptr_array_new ();
  const guint n_loaded = parent != NULL ? grove_tree_node_get_n_loaded (parent) : 0;

  g_array_set_size (self->rows, 0);
  g_string_chunk_clear (self->texts);
  if (parent == NULL)
    _grove_graph_model_collect_roots (self, siblings);
  for (guint i = 0; i < n_loaded; i++)
    g_ptr_array_add (siblings, grove_tree_node_get_child (parent, i));
  list_siblings (self, parent, siblings, closed_before, closed);
  if (parent != NULL && grove_tree_node_get_n_children (parent) > n_loaded)
    list_missing (self, parent, grove_tree_node_get_n_children (parent) - n_loaded);
}
