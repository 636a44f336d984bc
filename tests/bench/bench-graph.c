/* SPDX-License-Identifier: MIT
 *
 * The supervision graph of 100,000 processes: layout, first paint, and a frame while panning at
 * three distances, onto an image of 1400 x 900 without a screen.
 */
#include "ui/grove-graph-minimap.h"

#include <pango/pangocairo.h>
#include <stdio.h>

#define N_NODES 100000
#define WIDTH   1400
#define HEIGHT  900
#define FRAMES  60

static double
ms_since (gint64 start_us)
{
  return (double) (g_get_monotonic_time () - start_us) / 1000;
}

static void
report (const char *name, double value, const char *unit)
{
  printf ("bench %s %.2f %s\n", name, value, unit);
  fflush (stdout);
}

static guint
add (GroveGraphScene *scene, guint parent, const char *stem, GroveGraphKind kind)
{
  const guint          number = grove_graph_scene_get_n_added (scene);
  g_autofree char     *id = g_strdup_printf ("<0.%u.0>", number);
  g_autofree char     *name = g_strdup_printf ("%s_%u", stem, number);
  const gboolean       supervises = kind == GROVE_GRAPH_SUPERVISOR;
  const GroveGraphNode node = { .id = id,
                                .name = name,
                                .strategy = supervises ? "one_for_one" : "",
                                .status = "waiting",
                                .fold = "",
                                .intensity = supervises ? 3 : 0,
                                .period_s = 5,
                                .n_children = supervises ? 100 : 0,
                                .kind = kind };

  return grove_graph_scene_add (scene, parent, &node);
}

/* 10 roots of 100 supervisors of 99 workers each. */
static void
fill (GroveGraphScene *scene)
{
  grove_graph_scene_begin (scene);
  for (guint i = 0; i < 10; i++)
    add (scene, GROVE_GRAPH_NONE, "app_sup", GROVE_GRAPH_SUPERVISOR);
  for (guint i = 0; i < 1000; i++)
    add (scene, i / 100, "pool_sup", GROVE_GRAPH_SUPERVISOR);
  for (guint i = 0; grove_graph_scene_get_n_added (scene) < N_NODES; i++)
    add (scene, 10 + i / 99, "worker", GROVE_GRAPH_WORKER);
}

static void
colour (GroveGraphScene *scene)
{
  for (guint i = 0; i < scene->n_nodes; i++)
    {
      const double value = i % 17 == 0 ? i % 2000 : 0;

      grove_graph_scene_set_metric (scene, i, value,
                                    grove_graph_metric_get_band (GROVE_GRAPH_METRIC_MAILBOX, value,
                                                                 NULL));
    }
}

static GroveColours palette;

static double
paint (GroveGraphPainting *painting, GroveGraphMinimap *minimap, cairo_t *cr)
{
  const gint64 start = g_get_monotonic_time ();

  painting->now_us = start;
  grove_graph_painter_draw (painting, cr);
  grove_graph_minimap_draw (minimap, painting, cr);
  cairo_surface_flush (cairo_get_target (cr));
  return ms_since (start);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static void
bench_frames (const char         *name,
              GroveGraphPainting *painting,
              GroveGraphCamera   *camera,
              GroveGraphMinimap  *minimap,
              cairo_t            *cr)
{
  double           frames[FRAMES];
  g_autofree char *p95 = g_strdup_printf ("%s-p95", name);

  for (guint i = 0; i < FRAMES; i++)
    {
      grove_graph_camera_pan (camera, painting->scene, i % 2 == 0 ? 2 : -2,
                              i < FRAMES / 2 ? -9 : 9);
      frames[i] = paint (painting, minimap, cr);
    }
  qsort (frames, FRAMES, sizeof *frames, compare);
  report (name, frames[FRAMES / 2], "ms");
  report (p95, frames[FRAMES * 95 / 100], "ms");
}

int
main (void)
{
  g_autoptr (GroveGraphScene) scene = grove_graph_scene_new ();
  g_autoptr (GroveGraphMinimap) minimap = grove_graph_minimap_new ();
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  g_autoptr (GroveGraphText) text = grove_graph_text_new (context);
  cairo_surface_t   *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  cairo_t           *cr = cairo_create (surface);
  GroveGraphCamera   camera = { 0 };
  GroveGraphPainting painting = { .palette = &palette,
                                  .text = text,
                                  .scene = scene,
                                  .camera = &camera,
                                  .selected = GROVE_GRAPH_NONE,
                                  .hovered = GROVE_GRAPH_NONE };
  gint64             start, first;

  grove_colours_init_light (&palette);
  first = start = g_get_monotonic_time ();
  fill (scene);
  report ("graph-100k-fill", ms_since (start), "ms");
  start = g_get_monotonic_time ();
  grove_graph_scene_end (scene, NULL, start, GROVE_GRAPH_GLIDE, NULL);
  report ("graph-100k-build", ms_since (start), "ms");
  start = g_get_monotonic_time ();
  grove_tree_layout (scene->places, scene->n_nodes, &scene->axes->gaps, NULL, NULL);
  report ("graph-100k-layout", ms_since (start), "ms");

  colour (scene);
  grove_graph_camera_set_size (&camera, scene, WIDTH, HEIGHT);
  grove_graph_camera_fit (&camera, scene);
  paint (&painting, minimap, cr);
  report ("graph-100k-first-paint", ms_since (first), "ms");

  bench_frames ("graph-100k-frame-fit", &painting, &camera, minimap, cr);
  grove_graph_camera_zoom_at (&camera, scene, 0.04 / camera.scale, WIDTH / 2, HEIGHT / 2);
  bench_frames ("graph-100k-frame-heat", &painting, &camera, minimap, cr);
  grove_graph_camera_zoom_at (&camera, scene, 0.2 / camera.scale, WIDTH / 2, HEIGHT / 2);
  bench_frames ("graph-100k-frame-mid", &painting, &camera, minimap, cr);
  grove_graph_camera_zoom_at (&camera, scene, 0.9 / camera.scale, WIDTH / 2, HEIGHT / 2);
  bench_frames ("graph-100k-frame-close", &painting, &camera, minimap, cr);

  start = g_get_monotonic_time ();
  for (guint i = 0; i < 1000; i++)
    grove_graph_camera_pick (&camera, scene, i, i % HEIGHT, start);
  report ("graph-100k-pick", ms_since (start), "us");

  g_object_unref (context);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return 0;
}
