/* SPDX-License-Identifier: MIT
 *
 * From the observer's tree to the graph's scene: a build in as many turns as it takes, and what has
 * changed since in place, where nothing needs to move for it.
 *
 * The tree goes on changing while a build walks it. What is walked was there at some time of the
 * walk, and stands under one parent only; what the tree says of it meanwhile is kept, and looked at
 * when the build is done.
 */
#include "observer/grove-graph-model-private.h"

#include <string.h>

/* A turn does that much whatever the clock says: a scene of no more is built at once. */
#define WORK_LEAST 4096
/* With more families than that changed, a build is the cheaper way. */
#define FAMILIES_MAX 64
/* Names that are no longer shown stay in memory until there is a build: after so many changes in
 * place, and a quarter of the nodes. */
#define PATCHES_MAX 2048

static void
release_node (gpointer node)
{
  if (node != NULL)
    g_object_unref (node);
}

static void
clear_source (gpointer data)
{
  g_clear_pointer (&((GroveGraphSource *) data)->members, g_ptr_array_unref);
}

static void
clear_row (gpointer data)
{
  clear_source (&((GroveGraphRow *) data)->source);
}

static GArray *
sources_new (void)
{
  GArray *sources = g_array_new (FALSE, FALSE, sizeof (GroveGraphSource));

  g_array_set_clear_func (sources, clear_source);
  return sources;
}

static GHashTable *
names_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* ---- The tree -----------------------------------------------------------------------------------
 */

static void
on_removed (GroveGraphModel *self, GroveTreeNode *node)
{
  g_ptr_array_add (self->gone, g_object_ref (node));
}

static void
note_changed (GroveGraphModel *self, GroveTreeNode *parent)
{
  if (self->all_changed || g_hash_table_contains (self->changed, parent))
    return;
  if (g_hash_table_size (self->changed) < FAMILIES_MAX)
    {
      g_hash_table_add (self->changed, parent != NULL ? g_object_ref (parent) : NULL);
      return;
    }
  self->all_changed = TRUE;
  g_hash_table_remove_all (self->changed);
}

static void
on_family_changed (GroveGraphModel *self, GroveTreeNode *parent)
{
  if (parent == NULL && grove_tree_get_n_roots (self->tree) == 0)
    self->lost = TRUE;
  note_changed (self, parent);
  /* It says how many children it has. */
  if (parent != NULL)
    note_changed (self, grove_tree_node_get_parent (parent));
}

GroveGraphModel *
grove_graph_model_new (GroveTree *tree)
{
  GroveGraphModel *self = g_new0 (GroveGraphModel, 1);

  self->tree = g_object_ref (tree);
  self->hidden = names_new ();
  self->open = names_new ();
  self->closed = names_new ();
  self->sources = sources_new ();
  self->gone = g_ptr_array_new_with_free_func (g_object_unref);
  self->changed = g_hash_table_new_full (NULL, NULL, release_node, NULL);
  self->all_changed = TRUE;
  self->rows = g_array_new (FALSE, FALSE, sizeof (GroveGraphRow));
  g_array_set_clear_func (self->rows, clear_row);
  self->texts = g_string_chunk_new (1024);
  g_signal_connect_swapped (tree, "removed", G_CALLBACK (on_removed), self);
  g_signal_connect_swapped (tree, "family-changed", G_CALLBACK (on_family_changed), self);
  return self;
}

static void
drop_sources (GroveGraphModel *self)
{
  g_clear_pointer (&self->next_sources, g_array_unref);
  g_clear_pointer (&self->next_closed, g_hash_table_unref);
}

void
grove_graph_model_free (GroveGraphModel *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->tree, self);
  drop_sources (self);
  g_hash_table_unref (self->hidden);
  g_hash_table_unref (self->open);
  g_hash_table_unref (self->closed);
  g_hash_table_unref (self->changed);
  g_array_unref (self->sources);
  g_array_unref (self->rows);
  g_string_chunk_free (self->texts);
  g_ptr_array_unref (self->gone);
  g_object_unref (self->tree);
  g_free (self);
}

/* ---- Building -----------------------------------------------------------------------------------
 */

void
grove_graph_model_drop (GroveGraphModel *self, GroveGraphScene *scene)
{
  if (self->next_sources == NULL)
    return;
  drop_sources (self);
  grove_graph_scene_drop (scene);
  /* What changed before it began is forgotten. */
  self->all_changed = TRUE;
}

/* Returns how many rows there are. */
static guint
add_family (GroveGraphModel *self, GroveGraphScene *scene, guint number, GroveTreeNode *parent)
{
  const gboolean disturbed = self->all_changed || g_hash_table_size (self->changed) > 0;

  _grove_graph_model_list_family (self, parent, self->closed, self->next_closed);
  for (guint i = 0; i < self->rows->len; i++)
    {
      GroveGraphRow *row = &g_array_index (self->rows, GroveGraphRow, i);

      /* It may have been walked where it stood before. */
      if (disturbed && grove_graph_scene_has_added (scene, row->node.id))
        continue;
      grove_graph_scene_add (scene, number, &row->node);
      g_array_append_val (self->next_sources, row->source);
      row->source.members = NULL;
    }
  return self->rows->len;
}

void
grove_graph_model_begin (GroveGraphModel *self, GroveGraphScene *scene)
{
  drop_sources (self);
  grove_graph_scene_begin (scene);
  self->next_sources = sources_new ();
  self->next_closed = names_new ();
  self->at = 0;
  self->n_gone = self->gone->len;
  self->lost = FALSE;
  self->all_changed = FALSE;
  g_hash_table_remove_all (self->changed);
  add_family (self, scene, GROVE_GRAPH_NONE, NULL);
}

gboolean
grove_graph_model_step (GroveGraphModel *self, GroveGraphScene *scene, gint64 until_us)
{
  guint work = 0;

  g_return_val_if_fail (self->next_sources != NULL, TRUE);
  if (self->lost)
    grove_graph_model_begin (self, scene);

  for (; self->at < self->next_sources->len; self->at++)
    {
      GroveGraphSource *source = &g_array_index (self->next_sources, GroveGraphSource, self->at);
      GroveTreeNode    *node = source->node;

      if (source->n_loaded == 0)
        continue;
      if (work >= WORK_LEAST && g_get_monotonic_time () >= until_us)
        return FALSE;
      source->n_loaded = grove_tree_node_get_n_loaded (node);
      work += source->n_loaded;
      if (source->n_loaded > 0)
        add_family (self, scene, self->at, node);
    }
  do
    {
      if (work >= WORK_LEAST && g_get_monotonic_time () >= until_us)
        return FALSE;
      work += self->next_sources->len;
    }
  while (grove_graph_scene_prepare (scene));
  return TRUE;
}

void
grove_graph_model_end (GroveGraphModel *self,
                       GroveGraphScene *scene,
                       const char      *anchor,
                       gint64           now_us,
                       GroveGraphMotion motion,
                       double          *ret_dy)
{
  g_return_if_fail (self->next_sources != NULL);
  grove_graph_scene_end (scene, anchor, now_us, motion, ret_dy);
  g_array_unref (self->sources);
  self->sources = g_steal_pointer (&self->next_sources);
  g_hash_table_unref (self->closed);
  self->closed = g_steal_pointer (&self->next_closed);
  if (self->n_gone > 0)
    g_ptr_array_remove_range (self->gone, 0, self->n_gone);
}

/* ---- In place -----------------------------------------------------------------------------------
 */

static gboolean
looks_the_same (const GroveGraphNode *a, const GroveGraphNode *b)
{
  return strcmp (a->id, b->id) == 0 && strcmp (a->name, b->name) == 0 &&
         strcmp (a->strategy, b->strategy) == 0 && strcmp (a->status, b->status) == 0 &&
         strcmp (a->fold, b->fold) == 0 && a->kind == b->kind && a->expandable == b->expandable &&
         a->restarts == b->restarts && a->intensity == b->intensity && a->period_s == b->period_s &&
         a->recent_restarts == b->recent_restarts && a->n_children == b->n_children &&
         a->appeared_us == b->appeared_us && a->restarted_us == b->restarted_us;
}

static gboolean
patch_row (GroveGraphModel *self,
           GroveGraphScene *scene,
           guint            number,
           GroveGraphRow   *row,
           gint64           now_us,
           GArray          *ret_changed)
{
  GroveGraphSource *source = &g_array_index (self->sources, GroveGraphSource, number);

  if ((row->source.n_loaded == 0) != (source->n_loaded == 0) ||
      (source->n_loaded > 0 && row->source.node != source->node) ||
      (row->source.members == NULL) != (source->members == NULL))
    return FALSE;
  if (!looks_the_same (&scene->nodes[number], &row->node))
    {
      if (!grove_graph_scene_patch (scene, number, &row->node, now_us))
        return FALSE;
      g_array_append_val (ret_changed, number);
    }
  clear_source (source);
  *source = row->source;
  row->source.members = NULL;
  return TRUE;
}

static gboolean
patch_family (GroveGraphModel *self,
              GroveGraphScene *scene,
              GroveTreeNode   *parent,
              gint64           now_us,
              GArray          *ret_changed)
{
  guint first = 0, n = scene->n_levels > 0 ? scene->levels[0].end : 0;

  if (parent != NULL)
    {
      const guint number = grove_graph_scene_find (scene, grove_tree_node_get_pid (parent));
      const GroveGraphSource *source;

      /* It is in a fold, below one or below a root that is not shown; or new, and then the family
       * that it is new in is another, too. */
      if (number == GROVE_GRAPH_NONE)
        return TRUE;
      source = &g_array_index (self->sources, GroveGraphSource, number);
      if (source->node != parent ||
          (source->n_loaded == 0) != (grove_tree_node_get_n_loaded (parent) == 0))
        return FALSE;
      if (source->n_loaded == 0)
        return TRUE;
      first = scene->places[number].first_child;
      n = scene->places[number].n_children;
    }
  _grove_graph_model_list_family (self, parent, self->closed, self->closed);
  if (self->rows->len != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!patch_row (self, scene, first + i, &g_array_index (self->rows, GroveGraphRow, i), now_us,
                    ret_changed))
      return FALSE;
  return TRUE;
}

gboolean
grove_graph_model_patch (GroveGraphModel *self,
                         GroveGraphScene *scene,
                         gint64           now_us,
                         GArray          *ret_changed)
{
  GHashTableIter iter;
  gpointer       parent;

  g_return_val_if_fail (self->next_sources == NULL, FALSE);
  if (self->all_changed || scene->n_patched >= MAX (PATCHES_MAX, scene->n_nodes / 4))
    return FALSE;
  g_hash_table_iter_init (&iter, self->changed);
  while (g_hash_table_iter_next (&iter, &parent, NULL))
    if (!patch_family (self, scene, parent, now_us, ret_changed))
      {
        self->all_changed = TRUE;
        g_hash_table_remove_all (self->changed);
        return FALSE;
      }
  g_hash_table_remove_all (self->changed);
  g_ptr_array_set_size (self->gone, 0);
  grove_graph_scene_end_patches (scene);
  return TRUE;
}

/* ---- What it shows ------------------------------------------------------------------------------
 */

static double
value_of (GroveTreeNode *node, GroveGraphMetric metric, GroveGraphBand *ret_band)
{
  const double value = grove_tree_node_get_metric (node);

  *ret_band = grove_graph_metric_get_band (metric, value, grove_tree_node_get_status (node));
  return value;
}

/* A fold shows the worst of its members. */
static double
refresh_fold (const GroveGraphSource *source,
              GroveGraphNode         *node,
              GroveGraphMetric        metric,
              GroveGraphBand         *ret_band,
              gboolean               *ret_changed)
{
  guint  counts[GROVE_GRAPH_N_BANDS] = { 0 };
  double most = 0;

  *ret_band = GROVE_GRAPH_BAND_OFF;
  for (guint i = 0; i < source->members->len; i++)
    {
      GroveGraphBand band;
      const double   value = value_of (g_ptr_array_index (source->members, i), metric, &band);

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
          const GroveGraphSource *source = &g_array_index (self->sources, GroveGraphSource, i);
          GroveGraphNode         *node = &scene->nodes[i];
          const gboolean          in_sight = i >= seen.begin && i < seen.end;
          GroveGraphBand          band = GROVE_GRAPH_BAND_CALM;
          gboolean                shares_changed = FALSE, looks_different;
          double                  value = 0;

          if (source->node != NULL)
            {
              const char *status = grove_tree_node_get_status (source->node);

              value = value_of (source->node, metric, &band);
              if (status != NULL && strcmp (status, node->status) != 0)
                {
                  grove_graph_scene_set_status (scene, i, status);
                  shares_changed = metric == GROVE_GRAPH_METRIC_STATE;
                }
            }
          else if (source->members != NULL)
            value = refresh_fold (source, node, metric, &band, &shares_changed);

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

  _grove_graph_model_collect_roots (self, roots);
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
  return _grove_graph_model_name_of (node);
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
