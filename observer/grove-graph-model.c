/* SPDX-License-Identifier: MIT
 *
 * From the observer's tree to the graph's scene.
 */
#include "observer/grove-graph-model.h"

#include "observer/grove-format.h"
#include "observer/grove-graph-fold.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* So many may go at once, side by side, and those behind them are still found where they stood. */
#define KEPT_AHEAD 16

/* What a node of the scene stands for: one process, or several of the array of members. */
typedef struct
{
  GroveTreeNode *node; /* NULL of a fold and of what is missing */
  guint          first_member, n_members;
  guint          n_loaded; /* children of the one */
} Source;

struct _GroveGraphModel
{
  GroveTree  *tree;
  GHashTable *hidden; /* names of roots */
  GHashTable *open;   /* ids of folds that a person has opened */
  GHashTable *closed; /* ids of those in the scene, and of those that were in the one before */
  GHashTable *closed_before;
  GArray     *sources; /* Source, beside the scene's nodes */
  GPtrArray  *kept;    /* GroveTreeNode: all that sources point to */
  GPtrArray  *before;  /* what was kept, while a scene is built; NULL what is kept again */
  guint       next;    /* of those */
  GPtrArray  *members; /* GroveTreeNode, borrowed from kept */
};

static void
release_kept (gpointer node)
{
  if (node != NULL)
    g_object_unref (node);
}

GroveGraphModel *
grove_graph_model_new (GroveTree *tree)
{
  GroveGraphModel *self = g_new0 (GroveGraphModel, 1);

  self->tree = g_object_ref (tree);
  self->hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->closed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->closed_before = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->sources = g_array_new (FALSE, FALSE, sizeof (Source));
  self->kept = g_ptr_array_new_with_free_func (release_kept);
  self->members = g_ptr_array_new ();
  return self;
}

void
grove_graph_model_free (GroveGraphModel *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->tree);
  g_hash_table_unref (self->hidden);
  g_hash_table_unref (self->open);
  g_hash_table_unref (self->closed);
  g_hash_table_unref (self->closed_before);
  g_array_unref (self->sources);
  g_ptr_array_unref (self->members);
  g_ptr_array_unref (self->kept);
  g_free (self);
}

/* Most are those of before, in the same order: they change hands without being touched. */
static void
keep (GroveGraphModel *self, GroveTreeNode *node)
{
  const guint end = MIN (self->next + KEPT_AHEAD, self->before->len);

  g_ptr_array_add (self->kept, node);
  for (guint i = self->next; i < end; i++)
    if (self->before->pdata[i] == node)
      {
        self->before->pdata[i] = NULL;
        self->next = i + 1;
        return;
      }
  g_object_ref (node);
}

static const char *
name_of (GroveTreeNode *node)
{
  const char *name = grove_tree_node_get_name (node);

  return name != NULL && name[0] != '\0' ? name : grove_tree_node_get_pid (node);
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
add_process (GroveGraphModel *self,
             GroveGraphScene *scene,
             guint            parent,
             GroveTreeNode   *node,
             const char      *fold)
{
  const char          *strategy = grove_tree_node_get_strategy (node);
  const char          *status = grove_tree_node_get_status (node);
  const guint          n_children = grove_tree_node_get_n_children (node);
  const guint          n_loaded = grove_tree_node_get_n_loaded (node);
  const Source         source = { .node = node, .n_loaded = n_loaded };
  const GroveGraphNode added = {
    .id = grove_tree_node_get_pid (node),
    .name = name_of (node),
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
  };

  grove_graph_scene_add (scene, parent, &added);
  keep (self, node);
  g_array_append_val (self->sources, source);
}

static void
add_fold (GroveGraphModel      *self,
          GroveGraphScene      *scene,
          guint                 parent,
          const char           *id,
          const GroveGraphFold *fold,
          GPtrArray            *siblings,
          const guint          *fold_of,
          guint                 index)
{
  g_autofree char *label = grove_graph_fold_label (fold->stem);
  g_autofree char *count = grove_format_count (fold->n_members);
  g_autofree char *name = g_strdup_printf ("%s × %s", count, label);
  const Source     source = { NULL, self->members->len, fold->n_members, 0 };
  GroveGraphNode   added = {
      .id = id,
      .name = name,
      .strategy = "",
      .status = "",
      .fold = id,
      .kind = GROVE_GRAPH_FOLD,
      .n_children = fold->n_members,
  };

  for (guint i = 0; i < siblings->len; i++)
    if (fold_of[i] == index)
      {
        GroveTreeNode *member = g_ptr_array_index (siblings, i);

        /* A crash inside shows on the fold. */
        added.restarts += grove_tree_node_get_restarts (member);
        added.restarted_us = MAX (added.restarted_us, grove_tree_node_get_restarted_us (member));
        g_ptr_array_add (self->members, member);
        keep (self, member);
      }
  grove_graph_scene_add (scene, parent, &added);
  g_array_append_val (self->sources, source);
}

static void
add_missing (GroveGraphModel *self, GroveGraphScene *scene, guint parent, guint n_missing)
{
  g_autofree char     *count = grove_format_count (n_missing);
  g_autofree char     *name = g_strdup_printf (_ ("%s more"), count);
  g_autofree char     *id = g_strdup_printf ("%s\nmore", scene->nodes[parent].id);
  const Source         source = { 0 };
  const GroveGraphNode added = { .id = id,
                                 .name = name,
                                 .strategy = "",
                                 .status = "",
                                 .fold = "",
                                 .kind = GROVE_GRAPH_MORE,
                                 .n_children = n_missing };

  grove_graph_scene_add (scene, parent, &added);
  g_array_append_val (self->sources, source);
}

static void
add_siblings (GroveGraphModel *self, GroveGraphScene *scene, guint parent, GPtrArray *siblings)
{
  g_autofree const char **names = g_new (const char *, siblings->len + 1);
  g_autofree guint       *fold_of = g_new (guint, siblings->len + 1);
  g_autofree gboolean    *done = NULL;
  g_autoptr (GArray) folds = NULL;

  for (guint i = 0; i < siblings->len; i++)
    names[i] = name_of (g_ptr_array_index (siblings, i));
  folds = grove_graph_fold_siblings (names, siblings->len, GROVE_GRAPH_KEEP_ABOVE, fold_of);
  done = g_new0 (gboolean, folds->len + 1);

  for (guint i = 0; i < siblings->len; i++)
    {
      GroveTreeNode        *node = g_ptr_array_index (siblings, i);
      const GroveGraphFold *fold;
      g_autofree char      *id = NULL;

      if (fold_of[i] == G_MAXUINT)
        {
          add_process (self, scene, parent, node, "");
          continue;
        }
      if (done[fold_of[i]])
        continue;
      fold = &g_array_index (folds, GroveGraphFold, fold_of[i]);
      id = g_strdup_printf ("%s\n%s", parent == GROVE_GRAPH_NONE ? "" : scene->nodes[parent].id,
                            fold->stem);
      if (g_hash_table_contains (self->open, id))
        {
          add_process (self, scene, parent, node, id);
          continue;
        }
      if (fold->n_members <= GROVE_GRAPH_FOLD_ABOVE &&
          !g_hash_table_contains (self->closed_before, id))
        {
          add_process (self, scene, parent, node, "");
          continue;
        }
      g_hash_table_add (self->closed, g_strdup (id));
      done[fold_of[i]] = TRUE;
      add_fold (self, scene, parent, id, fold, siblings, fold_of, fold_of[i]);
    }
}

/* Those of them that are shown: all when that would be none. */
static void
collect_roots (GroveGraphModel *self, GPtrArray *roots)
{
  const guint n = grove_tree_get_n_roots (self->tree);

  for (guint i = 0; i < n; i++)
    {
      GroveTreeNode *root = grove_tree_get_root (self->tree, i);

      if (!g_hash_table_contains (self->hidden, name_of (root)))
        g_ptr_array_add (roots, root);
    }
  if (roots->len > 0)
    return;
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (roots, grove_tree_get_root (self->tree, i));
}

void
grove_graph_model_build (GroveGraphModel *self, GroveGraphScene *scene)
{
  g_autoptr (GPtrArray) siblings = g_ptr_array_new ();

  g_hash_table_unref (self->closed_before);
  self->closed_before = self->closed;
  self->closed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->before = g_steal_pointer (&self->kept);
  self->next = 0;
  self->kept = g_ptr_array_new_full (self->before->len, release_kept);
  g_ptr_array_set_size (self->members, 0);
  g_array_set_size (self->sources, 0);

  collect_roots (self, siblings);
  add_siblings (self, scene, GROVE_GRAPH_NONE, siblings);

  for (guint i = 0; i < scene->n_nodes; i++)
    {
      GroveTreeNode *node = g_array_index (self->sources, Source, i).node;
      const guint    n_loaded = g_array_index (self->sources, Source, i).n_loaded;
      guint          n_children;

      if (n_loaded == 0)
        continue;
      n_children = grove_tree_node_get_n_children (node);
      g_ptr_array_set_size (siblings, 0);
      for (guint k = 0; k < n_loaded; k++)
        g_ptr_array_add (siblings, grove_tree_node_get_child (node, k));
      add_siblings (self, scene, i, siblings);
      if (n_children > n_loaded)
        add_missing (self, scene, i, n_children - n_loaded);
    }
  g_clear_pointer (&self->before, g_ptr_array_unref);
}

static double
value_of (GroveTreeNode *node, GroveGraphMetric metric, GroveGraphBand *ret_band)
{
  const double value = grove_tree_node_get_metric (node);

  *ret_band = grove_graph_metric_get_band (metric, value, grove_tree_node_get_status (node));
  return value;
}

/* A fold shows the worst of its members. */
static double
refresh_fold (GroveGraphModel *self,
              const Source    *source,
              GroveGraphNode  *node,
              GroveGraphMetric metric,
              GroveGraphBand  *ret_band,
              gboolean        *ret_changed)
{
  guint  counts[GROVE_GRAPH_N_BANDS] = { 0 };
  double most = 0;

  *ret_band = GROVE_GRAPH_BAND_OFF;
  for (guint i = 0; i < source->n_members; i++)
    {
      GroveGraphBand band;
      const double   value =
        value_of (g_ptr_array_index (self->members, source->first_member + i), metric, &band);

      counts[band]++;
      most = MAX (most, value);
      *ret_band = MAX (*ret_band, band);
    }
  *ret_changed = memcmp (counts, node->band_counts, sizeof counts) != 0;
  memcpy (node->band_counts, counts, sizeof counts);
  return most;
}

gboolean
grove_graph_model_refresh (GroveGraphModel        *self,
                           GroveGraphScene        *scene,
                           const GroveGraphCamera *camera,
                           GroveGraphMetric        metric,
                           GArray                 *ret_seen)
{
  gboolean       recoloured = FALSE;
  const gboolean numbers = camera->scale >= scene->axes->shapes_scale;

  for (guint level = 0; level < scene->n_levels; level++)
    {
      const GroveGraphRange *all = &scene->levels[level];
      const GroveGraphRange  seen = grove_graph_camera_get_range (camera, scene, level);

      for (guint i = all->begin; i < all->end; i++)
        {
          const Source   *source = &g_array_index (self->sources, Source, i);
          GroveGraphNode *node = &scene->nodes[i];
          const gboolean  in_sight = i >= seen.begin && i < seen.end;
          GroveGraphBand  band = GROVE_GRAPH_BAND_CALM;
          gboolean        shares_changed = FALSE, looks_different;
          double          value = 0;

          if (source->node != NULL)
            {
              const char *status = grove_tree_node_get_status (source->node);

              value = value_of (source->node, metric, &band);
              if (status != NULL && strcmp (status, node->status) != 0)
                {
                  node->status = g_string_chunk_insert_const (scene->strings, status);
                  shares_changed = metric == GROVE_GRAPH_METRIC_STATE;
                }
            }
          else if (source->n_members > 0)
            value = refresh_fold (self, source, node, metric, &band, &shares_changed);

          looks_different = shares_changed || (numbers && value != node->metric);
          if (grove_graph_scene_set_metric (scene, i, value, band))
            looks_different = recoloured = TRUE;
          if (looks_different && in_sight && ret_seen != NULL)
            g_array_append_val (ret_seen, i);
        }
    }
  return recoloured;
}

void
grove_graph_model_set_root_shown (GroveGraphModel *self, const char *name, gboolean shown)
{
  if (shown)
    g_hash_table_remove (self->hidden, name);
  else
    g_hash_table_add (self->hidden, g_strdup (name));
}

void
grove_graph_model_show_all_roots (GroveGraphModel *self)
{
  g_hash_table_remove_all (self->hidden);
}

guint
grove_graph_model_get_n_shown_roots (GroveGraphModel *self)
{
  g_autoptr (GPtrArray) roots = g_ptr_array_new ();

  collect_roots (self, roots);
  return roots->len;
}

gboolean
grove_graph_model_is_root_shown (GroveGraphModel *self, const char *name)
{
  return !g_hash_table_contains (self->hidden, name) ||
         grove_graph_model_get_n_shown_roots (self) == grove_tree_get_n_roots (self->tree);
}

const char *
grove_graph_model_get_root_of (GroveGraphModel *self, const char *pid)
{
  GroveTreeNode *node = grove_tree_find (self->tree, pid);

  if (node == NULL)
    return NULL;
  for (GroveTreeNode *above = node; above != NULL; above = grove_tree_node_get_parent (node))
    node = above;
  return name_of (node);
}

void
grove_graph_model_open_fold (GroveGraphModel *self, const char *fold)
{
  g_hash_table_add (self->open, g_strdup (fold));
}

void
grove_graph_model_close_fold (GroveGraphModel *self, const char *fold)
{
  g_hash_table_remove (self->open, fold);
}

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
  stem = grove_graph_fold_stem (name_of (node));
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
  g_autofree char *name = g_utf8_casefold (name_of (node), -1);

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
      const Source *source = &g_array_index (self->sources, Source, i);
      Hit           hit = { scene->places[i].y, hits->len, source->node };

      if (source->node != NULL && is_match (source->node, folded))
        g_array_append_val (hits, hit);
      for (guint k = 0; k < source->n_members; k++)
        {
          hit.node = g_ptr_array_index (self->members, source->first_member + k);
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
      const Source *source = &g_array_index (self->sources, Source, i);

      marks[i] = source->node != NULL &&
                 g_hash_table_contains (pids, grove_tree_node_get_pid (source->node));
      for (guint k = 0; k < source->n_members && !marks[i]; k++)
        marks[i] =
          g_hash_table_contains (pids,
                                 grove_tree_node_get_pid (
                                   g_ptr_array_index (self->members, source->first_member + k)));
    }
  return marks;
}
