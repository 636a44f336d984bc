/* SPDX-License-Identifier: MIT
 *
 * The last picture of the supervision graph, and what of it is out of date.
 */
#include "ui/grove-graph-frame.h"

#include <math.h>
#include <string.h>

/* With more of them, one new picture is cheaper. */
#define PATCHES_MAX 24
/* How far a node draws around itself: outlines, flashes, the cards behind a fold. */
#define MARGIN 9

typedef struct
{
  graphene_rect_t area;
  GskRenderNode  *node; /* NULL: to be painted */
} Patch;

struct _GroveGraphFrame
{
  GskRenderNode *picture; /* NULL: to be painted */
  GskRenderNode *map;     /* NULL: to be painted, or there is none */
  GArray        *patches; /* the later lie over the earlier */
  gboolean       map_current;
  GroveColours   palette; /* that all was painted in */
  double         width, height;
};

static void
clear_patch (gpointer data)
{
  g_clear_pointer (&((Patch *) data)->node, gsk_render_node_unref);
}

GroveGraphFrame *
grove_graph_frame_new (void)
{
  GroveGraphFrame *self = g_new0 (GroveGraphFrame, 1);

  self->patches = g_array_new (FALSE, FALSE, sizeof (Patch));
  g_array_set_clear_func (self->patches, clear_patch);
  return self;
}

void
grove_graph_frame_free (GroveGraphFrame *self)
{
  if (self == NULL)
    return;
  grove_graph_frame_invalidate (self);
  g_array_unref (self->patches);
  g_free (self);
}

void
grove_graph_frame_invalidate_map (GroveGraphFrame *self)
{
  g_clear_pointer (&self->map, gsk_render_node_unref);
  self->map_current = FALSE;
}

void
grove_graph_frame_invalidate (GroveGraphFrame *self)
{
  grove_graph_frame_invalidate_map (self);
  g_clear_pointer (&self->picture, gsk_render_node_unref);
  g_array_set_size (self->patches, 0);
}

void
grove_graph_frame_touch (GroveGraphFrame *self, const GroveGraphRect *rect)
{
  const double    left = floor (rect->x) - MARGIN, top = floor (rect->y) - MARGIN;
  graphene_rect_t area =
    GRAPHENE_RECT_INIT ((float) left, (float) top,
                        (float) (ceil (rect->x + rect->width) + MARGIN - left),
                        (float) (ceil (rect->y + rect->height) + MARGIN - top));
  Patch patch = { 0 };

  if (self->picture == NULL)
    return;
  graphene_rect_init_from_rect (&patch.area, &area);

  /* Those that it shares pixels with would cover it with what it looked like before. */
  for (guint i = self->patches->len; i-- > 0;)
    {
      Patch *other = &g_array_index (self->patches, Patch, i);

      if (graphene_rect_equal (&other->area, &area))
        g_array_remove_index (self->patches, i);
      else if (graphene_rect_intersection (&other->area, &area, NULL))
        clear_patch (other);
    }
  if (self->patches->len >= PATCHES_MAX)
    {
      g_clear_pointer (&self->picture, gsk_render_node_unref);
      g_array_set_size (self->patches, 0);
      return;
    }
  g_array_append_val (self->patches, patch);
}

gboolean
grove_graph_frame_is_current (GroveGraphFrame *self)
{
  if (self->picture == NULL || !self->map_current)
    return FALSE;
  for (guint i = 0; i < self->patches->len; i++)
    if (g_array_index (self->patches, Patch, i).node == NULL)
      return FALSE;
  return TRUE;
}

static GskRenderNode *
paint (const GroveGraphPainting *painting, const graphene_rect_t *area)
{
  GskRenderNode       *node = gsk_cairo_node_new (area);
  cairo_t             *cr = gsk_cairo_node_get_draw_context (node);
  GroveGraphPainting   part = *painting;
  const GroveGraphRect rect = { area->origin.x, area->origin.y, area->size.width,
                                area->size.height };

  part.area = &rect;
  grove_graph_painter_draw (&part, cr);
  cairo_destroy (cr);
  return node;
}

static void
paint_map (GroveGraphFrame *self, const GroveGraphPainting *painting, GroveGraphMinimap *minimap)
{
  GroveGraphRect rect;
  cairo_t       *cr;

  self->map_current = TRUE;
  if (!grove_graph_minimap_get_rect (painting->scene, painting->camera, &rect))
    return;
  self->map =
    gsk_cairo_node_new (&GRAPHENE_RECT_INIT ((float) rect.x - 1, (float) rect.y - 1,
                                             (float) rect.width + 2, (float) rect.height + 2));
  cr = gsk_cairo_node_get_draw_context (self->map);
  grove_graph_minimap_draw (minimap, painting, cr);
  cairo_destroy (cr);
}

void
grove_graph_frame_snapshot (GroveGraphFrame          *self,
                            const GroveGraphPainting *painting,
                            GroveGraphMinimap        *minimap,
                            GtkSnapshot              *snapshot)
{
  const GroveGraphRect view =
    grove_graph_turn (painting->scene,
                      (GroveGraphRect){ 0, 0, painting->camera->width, painting->camera->height });

  if (memcmp (&self->palette, painting->palette, sizeof self->palette) != 0)
    {
      grove_graph_minimap_invalidate (minimap);
      grove_graph_frame_invalidate (self);
      self->palette = *painting->palette;
    }
  if (self->width != view.width || self->height != view.height)
    {
      grove_graph_frame_invalidate (self);
      self->width = view.width;
      self->height = view.height;
    }

  if (self->picture == NULL)
    self->picture =
      paint (painting, &GRAPHENE_RECT_INIT (0, 0, (float) view.width, (float) view.height));
  gtk_snapshot_append_node (snapshot, self->picture);

  for (guint i = 0; i < self->patches->len; i++)
    {
      Patch *patch = &g_array_index (self->patches, Patch, i);

      if (patch->node == NULL)
        patch->node = paint (painting, &patch->area);
      gtk_snapshot_append_node (snapshot, patch->node);
    }

  if (!self->map_current)
    paint_map (self, painting, minimap);
  if (self->map != NULL)
    gtk_snapshot_append_node (snapshot, self->map);
}
