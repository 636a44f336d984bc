/* SPDX-License-Identifier: MIT
 *
 * The supervision graph painted without a screen: the way it grows, links over it, and files of
 * three formats.
 */
#include "observer/grove-graph-painter.h"
#include "observer/grove-picture.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#define SIZE 600

static guint
add (GroveGraphScene *scene, guint parent, const char *id, GroveGraphKind kind)
{
  const GroveGraphNode node = {
    .id = id, .name = id, .strategy = "", .status = "waiting", .fold = "", .kind = kind
  };

  return grove_graph_scene_add (scene, parent, &node);
}

/* A root, two supervisors below it, two workers below each. */
static GroveGraphScene *
make_scene (GroveGraphGrowth growth)
{
  GroveGraphScene *scene = grove_graph_scene_new ();

  grove_graph_scene_set_growth (scene, growth);
  grove_graph_scene_begin (scene);
  add (scene, GROVE_GRAPH_NONE, "top", GROVE_GRAPH_SUPERVISOR);
  add (scene, 0, "left_sup", GROVE_GRAPH_SUPERVISOR);
  add (scene, 0, "right_sup", GROVE_GRAPH_SUPERVISOR);
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *id = g_strdup_printf ("worker_%u", i);
      add (scene, 1 + i / 2, id, GROVE_GRAPH_WORKER);
    }
  grove_graph_scene_end (scene, NULL, 1, GROVE_GRAPH_JUMP, NULL);
  for (guint i = 0; i < scene->n_nodes; i++)
    grove_graph_scene_set_metric (scene, i, i,
                                  i == 5 ? GROVE_GRAPH_BAND_ALARM : GROVE_GRAPH_BAND_CALM);
  return scene;
}

static cairo_surface_t *
paint (const GroveGraphScene *scene, const GroveGraphArc *arcs, guint n_arcs)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  g_autoptr (GroveGraphText) text = grove_graph_text_new (context);
  cairo_surface_t   *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, SIZE, SIZE);
  cairo_t           *cr = cairo_create (surface);
  GroveGraphCamera   camera = { 0 };
  GroveColours       colours;
  GroveGraphPainting painting = { .palette = &colours,
                                  .text = text,
                                  .scene = scene,
                                  .camera = &camera,
                                  .selected = GROVE_GRAPH_NONE,
                                  .hovered = GROVE_GRAPH_NONE,
                                  .arcs = arcs,
                                  .n_arcs = n_arcs,
                                  .bare = TRUE };

  grove_colours_init_light (&colours);
  grove_graph_camera_set_size (&camera, scene, SIZE, SIZE);
  grove_graph_camera_fit (&camera, scene);
  grove_graph_painter_draw (&painting, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  g_object_unref (context);
  return surface;
}

static guint
count_different (cairo_surface_t *a, cairo_surface_t *b)
{
  const guchar *pixels_a = cairo_image_surface_get_data (a);
  const guchar *pixels_b = cairo_image_surface_get_data (b);
  const int     stride = cairo_image_surface_get_stride (a);
  guint         n = 0;

  for (int y = 0; y < SIZE; y++)
    for (int x = 0; x < SIZE; x++)
      n += memcmp (pixels_a + y * stride + x * 4, pixels_b + y * stride + x * 4, 3) != 0;
  return n;
}

static void
test_downwards (void)
{
  g_autoptr (GroveGraphScene) scene = make_scene (GROVE_GRAPH_DOWNWARDS);
  GroveGraphCamera camera = { 0 };
  GroveGraphRect   top, left, right, worker;

  g_test_summary ("Children stand below their parent, siblings beside each other; what is hit, "
                  "zoomed and panned is the screen's");
  grove_graph_camera_set_size (&camera, scene, 900, 500);
  grove_graph_camera_fit (&camera, scene);
  top = grove_graph_camera_get_screen_rect (&camera, scene, 0, 0);
  left = grove_graph_camera_get_screen_rect (&camera, scene, 1, 0);
  right = grove_graph_camera_get_screen_rect (&camera, scene, 2, 0);
  worker = grove_graph_camera_get_screen_rect (&camera, scene, 3, 0);
  g_assert_cmpfloat (left.y, >, top.y + top.height);
  g_assert_cmpfloat (worker.y, >, left.y + left.height);
  g_assert_cmpfloat_with_epsilon (left.y, right.y, 0.01);
  g_assert_cmpfloat (right.x, >, left.x + left.width);
  g_assert_cmpfloat_with_epsilon (top.x + top.width / 2, (left.x + right.x + right.width) / 2,
                                  0.01);
  g_assert_cmpfloat (left.width, >, left.height);
  for (guint i = 0; i < scene->n_nodes; i++)
    {
      const GroveGraphRect rect = grove_graph_camera_get_screen_rect (&camera, scene, i, 0);

      g_assert_cmpuint (grove_graph_camera_pick (&camera, scene, rect.x + rect.width / 2,
                                                 rect.y + rect.height / 2, 0),
                        ==, i);
    }
  grove_graph_camera_zoom_at (&camera, scene, 1.5, right.x, right.y + right.height / 2);
  grove_graph_camera_pan (&camera, scene, 30, -20);
  left = grove_graph_camera_get_screen_rect (&camera, scene, 2, 0);
  g_assert_cmpfloat_with_epsilon (left.x, right.x + 30, 0.01);
}

static void
test_turning (void)
{
  g_autoptr (GroveGraphScene) scene = make_scene (GROVE_GRAPH_RIGHTWARDS);
  cairo_surface_t *rightwards = paint (scene, NULL, 0);
  cairo_surface_t *back, *downwards;
  g_autoptr (GroveGraphScene) turned = NULL;
  g_autoptr (GroveGraphScene) copy = NULL;

  g_test_summary ("A graph that is turned is another picture, and the copy of one the same");
  turned = make_scene (GROVE_GRAPH_DOWNWARDS);
  downwards = paint (turned, NULL, 0);
  g_assert_cmpuint (count_different (rightwards, downwards), >, 1000);
  copy = grove_graph_scene_copy (turned);
  back = paint (copy, NULL, 0);
  g_assert_cmpuint (count_different (back, downwards), ==, 0);
  cairo_surface_destroy (back);
  cairo_surface_destroy (downwards);
  cairo_surface_destroy (rightwards);
}

static void
test_arcs (gconstpointer data)
{
  static const GroveGraphArc arcs[] = { { 3, 6, FALSE }, { 4, 2, TRUE } };
  g_autoptr (GroveGraphScene) scene = make_scene (GPOINTER_TO_UINT (data));
  cairo_surface_t *none = paint (scene, NULL, 0);
  cairo_surface_t *link = paint (scene, arcs, 1);
  cairo_surface_t *monitor = paint (scene, arcs + 1, 1);
  GroveGraphArc    solid = arcs[1];
  cairo_surface_t *as_link;

  g_test_summary ("A link and a monitor are seen, and differ from each other");
  g_assert_cmpuint (count_different (none, link), >, 50);
  g_assert_cmpuint (count_different (none, monitor), >, 50);
  solid.monitor = FALSE;
  as_link = paint (scene, &solid, 1);
  g_assert_cmpuint (count_different (as_link, monitor), >, 20);
  cairo_surface_destroy (as_link);
  cairo_surface_destroy (monitor);
  cairo_surface_destroy (link);
  cairo_surface_destroy (none);
}

static void
test_formats (gconstpointer data)
{
  static const struct
  {
    GrovePictureFormat format;
    const char        *begins;
  } formats[] = {
    { GROVE_PICTURE_SVG, "<?xml" },
    { GROVE_PICTURE_PNG, "\x89PNG" },
    { GROVE_PICTURE_PDF, "%PDF" },
  };
  g_autoptr (GroveGraphScene) scene = make_scene (GPOINTER_TO_UINT (data));
  static const GroveGraphArc arcs[] = { { 3, 5, FALSE }, { 4, 6, TRUE } };
  GroveColours               colours;

  grove_colours_init_dark (&colours);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GError) error = NULL;
      GrovePictureFacts facts;
      g_autoptr (GBytes) bytes = grove_picture_draw (scene, GROVE_GRAPH_METRIC_STATE, &colours,
                                                     formats[i].format, NULL, 0, &facts, &error);
      g_autoptr (GBytes) linked = NULL;

      g_assert_no_error (error);
      g_assert_cmpuint (g_bytes_get_size (bytes), >, 500);
      g_assert_cmpint (memcmp (g_bytes_get_data (bytes, NULL), formats[i].begins,
                               strlen (formats[i].begins)),
                       ==, 0);
      g_assert_cmpuint (facts.n_nodes, ==, 7);
      g_assert_cmpfloat (facts.scale, ==, 1);
      /* What links them is drawn over it. */
      linked = grove_picture_draw (scene, GROVE_GRAPH_METRIC_STATE, &colours, formats[i].format,
                                   arcs, G_N_ELEMENTS (arcs), NULL, &error);
      g_assert_no_error (error);
      g_assert_false (g_bytes_equal (bytes, linked));
      /* Levels follow each other the way it grows. */
      g_assert_cmpfloat (facts.width, >, scene->axes->turned ? 4 * 128 : 3 * 196);
    }
}

static void
test_huge (void)
{
  g_autoptr (GroveGraphScene) scene = grove_graph_scene_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GrovePictureFacts facts;
  GroveColours      colours;

  g_test_summary ("What no picture can hold is drawn smaller");
  grove_graph_scene_begin (scene);
  add (scene, GROVE_GRAPH_NONE, "top", GROVE_GRAPH_SUPERVISOR);
  for (guint i = 0; i < 20000; i++)
    {
      g_autofree char *id = g_strdup_printf ("worker_%u", i);
      add (scene, 0, id, GROVE_GRAPH_WORKER);
    }
  grove_graph_scene_end (scene, NULL, 1, GROVE_GRAPH_JUMP, NULL);
  grove_colours_init_light (&colours);
  bytes = grove_picture_draw (scene, GROVE_GRAPH_METRIC_MAILBOX, &colours, GROVE_PICTURE_PNG, NULL,
                              0, &facts, &error);
  g_assert_no_error (error);
  g_assert_nonnull (bytes);
  g_assert_cmpfloat (facts.scale, <, 0.1);
  g_assert_cmpfloat (facts.height, <=, 16384);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/observer/graph-picture/downwards", test_downwards);
  g_test_add_func ("/observer/graph-picture/turning", test_turning);
  g_test_add_data_func ("/observer/graph-picture/arcs", GUINT_TO_POINTER (GROVE_GRAPH_RIGHTWARDS),
                        test_arcs);
  g_test_add_data_func ("/observer/graph-picture/arcs-downwards",
                        GUINT_TO_POINTER (GROVE_GRAPH_DOWNWARDS), test_arcs);
  g_test_add_data_func ("/observer/graph-picture/formats",
                        GUINT_TO_POINTER (GROVE_GRAPH_RIGHTWARDS), test_formats);
  g_test_add_data_func ("/observer/graph-picture/formats-downwards",
                        GUINT_TO_POINTER (GROVE_GRAPH_DOWNWARDS), test_formats);
  g_test_add_func ("/observer/graph-picture/huge", test_huge);
  return g_test_run ();
}
