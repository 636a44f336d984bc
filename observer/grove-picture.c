/* SPDX-License-Identifier: MIT
 *
 * Pictures are made in memory, so that a file is never half written. Nothing here is shared, so
 * that a thread can draw a large one while the window goes on.
 */
#include "observer/grove-picture.h"

#include "observer/grove-graph-model.h"
#include "observer/grove-graph-painter.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <pango/pangocairo.h>

#define MARGIN         24.0
#define PIXELS_MAX     16384.0
#define ALL_PIXELS_MAX 64e6
#define POINTS_MAX     14400.0
#define FONT           "Cantarell, Sans 11"
/* Below the graph, as large as it is in any picture. */
#define LEGEND       34.0
#define LEGEND_RIGHT 14.0
#define SWATCH       10.0
#define WIDTH_MIN    560.0

static cairo_status_t
take_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

/* The fonts are those of the desktop's size, at one pixel a unit. */
static GroveGraphText *
make_text (void)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  PangoFontDescription *font = pango_font_description_from_string (FONT);
  GroveGraphText       *text;

  pango_context_set_font_description (context, font);
  pango_cairo_context_set_resolution (context, 96);
  text = grove_graph_text_new (context);
  pango_font_description_free (font);
  g_object_unref (context);
  return text;
}

/* How much smaller than life it must be. */
static double
choose_scale (GrovePictureFormat format, double width, double height)
{
  const double longest = MAX (width, height);

  switch (format)
    {
    case GROVE_PICTURE_PNG:
      return MIN (1,
                  MIN ((PIXELS_MAX - LEGEND) / longest, sqrt (ALL_PIXELS_MAX / (width * height))));
    case GROVE_PICTURE_PDF:
      return MIN (1, (POINTS_MAX - LEGEND) / longest);
    case GROVE_PICTURE_SVG:
    default:
      return 1;
    }
}

static cairo_surface_t *
make_surface (GrovePictureFormat format, double width, double height, GByteArray *bytes)
{
  switch (format)
    {
    case GROVE_PICTURE_SVG:
      return cairo_svg_surface_create_for_stream (take_bytes, bytes, width, height);
    case GROVE_PICTURE_PDF:
      return cairo_pdf_surface_create_for_stream (take_bytes, bytes, width, height);
    case GROVE_PICTURE_PNG:
    default:
      return cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) ceil (width),
                                         (int) ceil (height));
    }
}

/* What the colours say, in a row at the foot of the page. */
static void
draw_legend (const GroveGraphPainting *painting, cairo_t *cr, double width, double height)
{
  const GroveColours *palette = painting->palette;
  const double        middle = height - LEGEND / 2 - 4;
  const char         *title = grove_graph_metric_get_title (painting->metric);
  double              x = MARGIN;

  grove_graph_painter_set_colour (cr, &palette->view, 1);
  cairo_rectangle (cr, 0, height - LEGEND, width, LEGEND);
  cairo_fill (cr);
  grove_graph_painter_set_colour (cr, &palette->fg, 1);
  x +=
    grove_graph_text_show (painting->text, cr, GROVE_GRAPH_TEXT_STRONG, title, x, middle, 200, 1) +
    LEGEND_RIGHT;
  for (guint band = 0; band < GROVE_GRAPH_N_BANDS; band++)
    {
      const char          *text = grove_graph_metric_get_legend (painting->metric, band);
      const GroveGraphRect swatch = { x, middle - SWATCH / 2, SWATCH, SWATCH };

      if (text == NULL)
        continue;
      grove_graph_painter_round_rect (cr, &swatch, 3);
      grove_graph_painter_set_colour (cr, grove_graph_painter_get_colour (palette, band), 1);
      cairo_fill (cr);
      grove_graph_painter_set_colour (cr, &palette->dim, 1);
      x += SWATCH + 5;
      x += grove_graph_text_show (painting->text, cr, GROVE_GRAPH_TEXT_SMALL, text, x, middle, 120,
                                  1) +
           LEGEND_RIGHT;
    }
}

/* Draws a scene onto a page of its size; the bytes of the file come into @bytes. */
static cairo_status_t
draw (GroveGraphPainting *painting,
      GroveGraphCamera   *camera,
      GrovePictureFormat  format,
      GrovePictureFacts  *facts,
      GByteArray         *bytes)
{
  /* Pixels that are too small for names are drawn as what one sees of them from afar; a page can be
   * looked at closely. */
  const double     zoom = format == GROVE_PICTURE_PNG ? 1 : facts->scale;
  cairo_surface_t *surface;
  cairo_t         *cr;
  cairo_status_t   status;

  if (format == GROVE_PICTURE_PNG)
    {
      camera->scale = camera->x_least = facts->scale;
      camera->ox = camera->oy = MARGIN * facts->scale;
      camera->width *= facts->scale;
      camera->height *= facts->scale;
    }
  surface = make_surface (format, facts->width, facts->height, bytes);
  cr = cairo_create (surface);
  grove_graph_painter_set_colour (cr, &painting->palette->view, 1);
  cairo_paint (cr);
  cairo_save (cr);
  cairo_scale (cr, zoom, zoom);
  grove_graph_painter_draw (painting, cr);
  cairo_restore (cr);
  draw_legend (painting, cr, facts->width, facts->height);
  cairo_show_page (cr);
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS && format == GROVE_PICTURE_PNG)
    status = cairo_surface_write_to_png_stream (surface, take_bytes, bytes);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  return status;
}

GBytes *
grove_picture_draw (const GroveGraphScene *scene,
                    GroveGraphMetric       metric,
                    const GroveColours    *colours,
                    GrovePictureFormat     format,
                    const GroveGraphArc   *arcs,
                    guint                  n_arcs,
                    GrovePictureFacts     *ret_facts,
                    GError               **error)
{
  g_autoptr (GroveGraphText) text = make_text ();
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const GroveGraphRect page =
    grove_graph_turn (scene, (GroveGraphRect){ 0, 0, scene->width + 2 * MARGIN,
                                               scene->height + 2 * MARGIN });
  GroveGraphCamera   camera = { .scale = 1,
                                .x_least = 1,
                                .ox = MARGIN,
                                .oy = MARGIN,
                                .width = scene->width + 2 * MARGIN,
                                .height = scene->height + 2 * MARGIN };
  GroveGraphPainting painting = { .palette = colours,
                                  .text = text,
                                  .scene = scene,
                                  .camera = &camera,
                                  .metric = metric,
                                  .arcs = arcs,
                                  .n_arcs = n_arcs,
                                  .selected = GROVE_GRAPH_NONE,
                                  .hovered = GROVE_GRAPH_NONE,
                                  .still = TRUE,
                                  .bare = TRUE };
  const double       scale = choose_scale (format, MAX (page.width, WIDTH_MIN), page.height);
  GrovePictureFacts  facts = { .width = MAX (page.width * scale, WIDTH_MIN),
                               .height = page.height * scale + LEGEND,
                               .scale = scale,
                               .n_nodes = scene->n_nodes };
  cairo_status_t     status = draw (&painting, &camera, format, &facts, bytes);

  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The picture could not be drawn: %s"),
                   cairo_status_to_string (status));
      return NULL;
    }
  if (ret_facts != NULL)
    *ret_facts = facts;
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

gboolean
grove_picture_save (GroveTree          *tree,
                    GroveGraphMetric    metric,
                    const GroveColours *colours,
                    GrovePictureFormat  format,
                    const char         *path,
                    GrovePictureFacts  *ret_facts,
                    GError            **error)
{
  g_autoptr (GroveGraphModel) model = grove_graph_model_new (tree);
  g_autoptr (GroveGraphScene) scene = grove_graph_scene_new ();
  g_autoptr (GBytes) bytes = NULL;
  const GroveGraphCamera near = { .scale = 1 };

  g_return_val_if_fail (GROVE_IS_TREE (tree), FALSE);
  grove_graph_model_begin (model, scene);
  while (!grove_graph_model_step (model, scene, G_MAXINT64))
    ;
  grove_graph_model_end (model, scene, NULL, 0, GROVE_GRAPH_JUMP, NULL);
  grove_graph_model_refresh (model, scene, &near, metric, NULL);
  bytes = grove_picture_draw (scene, metric, colours, format, NULL, 0, ret_facts, error);
  return bytes != NULL && g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
                                               (gssize) g_bytes_get_size (bytes), error);
}
