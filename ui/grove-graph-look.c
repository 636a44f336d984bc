/* SPDX-License-Identifier: MIT
 *
 * GroveGraph: what of the tree is drawn and how: how near, which way, which roots, coloured by
 * what.
 */
#include "ui/grove-graph-private.h"

#define ZOOM_STEP 1.25

void
grove_graph_zoom (GroveGraph *self, GroveGraphZoom zoom)
{
  const double x = gtk_widget_get_width (GTK_WIDGET (self)) / 2.0;
  const double y = gtk_widget_get_height (GTK_WIDGET (self)) / 2.0;

  g_return_if_fail (GROVE_IS_GRAPH (self));
  if (self->camera.scale <= 0)
    return;
  switch (zoom)
    {
    case GROVE_GRAPH_ZOOM_IN:
      _grove_graph_zoom_at (self, ZOOM_STEP, x, y);
      break;
    case GROVE_GRAPH_ZOOM_OUT:
      _grove_graph_zoom_at (self, 1 / ZOOM_STEP, x, y);
      break;
    case GROVE_GRAPH_ZOOM_NORMAL:
      _grove_graph_zoom_at (self, 1 / self->camera.scale, x, y);
      _grove_graph_reveal (self, _grove_graph_get_cursor (self));
      break;
    case GROVE_GRAPH_ZOOM_FIT:
    default:
      grove_graph_camera_fit (&self->camera, self->scene);
      _grove_graph_moved (self);
      self->follow = GROVE_GRAPH_FOLLOW_FIT;
      break;
    }
}

GroveGraphMetric
grove_graph_get_metric (GroveGraph *self)
{
  g_return_val_if_fail (GROVE_IS_GRAPH (self), GROVE_GRAPH_METRIC_MAILBOX);
  return self->metric;
}

void
grove_graph_set_metric (GroveGraph *self, GroveGraphMetric metric)
{
  g_return_if_fail (GROVE_IS_GRAPH (self));
  g_return_if_fail (metric < GROVE_GRAPH_N_METRICS);
  if (self->metric == metric)
    return;
  self->metric = metric;
  grove_tree_set_metric (self->tree, grove_graph_metric_get_column (metric));
  grove_graph_model_refresh (self->model, self->scene, &self->camera, metric, NULL);
  grove_graph_minimap_invalidate (self->minimap);
  _grove_graph_queue_describe (self);
  _grove_graph_redraw (self);
}

void
grove_graph_recolour (GroveGraph *self)
{
  g_return_if_fail (GROVE_IS_GRAPH (self));
  grove_graph_model_refresh (self->model, self->scene, &self->camera, self->metric, NULL);
  grove_graph_minimap_invalidate (self->minimap);
  _grove_graph_redraw (self);
}

GroveGraphGrowth
grove_graph_get_growth (GroveGraph *self)
{
  g_return_val_if_fail (GROVE_IS_GRAPH (self), GROVE_GRAPH_RIGHTWARDS);
  return self->growth;
}

void
grove_graph_set_growth (GroveGraph *self, GroveGraphGrowth growth)
{
  g_return_if_fail (GROVE_IS_GRAPH (self));
  if (self->growth == growth)
    return;
  self->growth = growth;
  grove_graph_scene_set_growth (self->scene, growth);
  _grove_graph_build (self);
}

guint
grove_graph_get_n_roots (GroveGraph *self)
{
  g_return_val_if_fail (GROVE_IS_GRAPH (self), 0);
  return grove_tree_get_n_roots (self->tree);
}

guint
grove_graph_get_n_shown_roots (GroveGraph *self)
{
  g_return_val_if_fail (GROVE_IS_GRAPH (self), 0);
  return grove_graph_model_get_n_shown_roots (self->model);
}

const char *
grove_graph_get_root (GroveGraph *self, guint index)
{
  GroveTreeNode *root;

  g_return_val_if_fail (GROVE_IS_GRAPH (self), NULL);
  root = grove_tree_get_root (self->tree, index);
  return root != NULL ? grove_graph_model_get_root_of (self->model, grove_tree_node_get_pid (root))
                      : NULL;
}

gboolean
grove_graph_is_root_shown (GroveGraph *self, const char *name)
{
  g_return_val_if_fail (GROVE_IS_GRAPH (self), FALSE);
  return grove_graph_model_is_root_shown (self->model, name);
}

/* What was wished for is there at once, and all of it is looked at anew if that is how it was. */
static void
show_other_roots (GroveGraph *self)
{
  _grove_graph_build (self);
  _grove_graph_redraw (self);
}

void
grove_graph_set_root_shown (GroveGraph *self, const char *name, gboolean shown)
{
  g_return_if_fail (GROVE_IS_GRAPH (self));
  grove_graph_model_set_root_shown (self->model, name, shown);
  show_other_roots (self);
}

void
grove_graph_show_all_roots (GroveGraph *self)
{
  g_return_if_fail (GROVE_IS_GRAPH (self));
  grove_graph_model_show_all_roots (self->model);
  show_other_roots (self);
}
