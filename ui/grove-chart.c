/* SPDX-License-Identifier: MIT
 *
 * GroveChart: one quantity over time as an area under a line. The line is monotone between samples
 * (horizontal tangents), so that it never shows a value that was not there.
 */
#include "ui/grove-chart.h"

#include "observer/grove-format.h"
#include "ui/grove-palette.h"

#include <glib/gi18n.h>
#include <math.h>

struct _GroveChart
{
  GtkWidget        parent_instance;
  GroveChartColour colour;
  gboolean         from_zero;
  double           least_top;
  char            *title;
  GArray          *values; /* double, oldest first */
  guint            capacity;
  PangoLayout     *layout; /* of the scale, NULL: not needed yet */
};

/* From this height on it has lines, and a scale. */
#define TALL 70

G_DEFINE_FINAL_TYPE (GroveChart, grove_chart, GTK_TYPE_WIDGET)

static GdkRGBA
get_colour (GroveChart *self, const GrovePalette *palette)
{
  switch (self->colour)
    {
    case GROVE_CHART_SUCCESS:
      return palette->success;
    case GROVE_CHART_PURPLE:
      return palette->purple;
    case GROVE_CHART_ORANGE:
      return palette->orange;
    case GROVE_CHART_ACCENT:
    default:
      return palette->accent;
    }
}

static void
get_range (GroveChart *self, double *ret_low, double *ret_high)
{
  double low = g_array_index (self->values, double, 0);
  double high = low;

  for (guint i = 1; i < self->values->len; i++)
    {
      low = MIN (low, g_array_index (self->values, double, i));
      high = MAX (high, g_array_index (self->values, double, i));
    }
  if (self->from_zero)
    {
      low = 0;
      high = MAX (high, self->least_top) * 1.08;
    }
  else
    {
      double pad = MAX ((high - low) * 0.15, self->least_top / 2);

      low -= pad;
      high += pad;
    }
  *ret_low = low;
  *ret_high = MAX (high, low + 1e-9);
}

static double
get_y (double value, double low, double high, double height)
{
  return height - 1.5 - (height - 4) * (value - low) / (high - low);
}

static void
trace_line (GroveChart *self, cairo_t *cr, double width, double height)
{
  double low, high, x = 0, y = 0;
  guint  first = self->capacity - self->values->len;

  get_range (self, &low, &high);
  for (guint i = 0; i < self->values->len; i++)
    {
      double value = g_array_index (self->values, double, i);
      double last_x = x, last_y = y;

      x = width * (first + i) / (double) MAX (self->capacity - 1, 1);
      y = get_y (value, low, high, height);
      if (i == 0)
        cairo_move_to (cr, x, y);
      else
        cairo_curve_to (cr, (last_x + x) / 2, last_y, (last_x + x) / 2, y, x, y);
    }
}

static PangoLayout *
get_layout (GroveChart *self)
{
  if (self->layout == NULL)
    {
      PangoAttrList *attributes = pango_attr_list_new ();

      self->layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
      pango_attr_list_insert (attributes, pango_attr_scale_new (0.78));
      pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum"));
      pango_layout_set_attributes (self->layout, attributes);
      pango_attr_list_unref (attributes);
    }
  return self->layout;
}

/* One, two or five of some power of ten, so that there are two to five lines; counts have no
 * halves.
 */
static double
get_step (double span)
{
  const double rough = span / 4;
  const double power = pow (10, floor (log10 (rough)));
  const double part = rough / power;

  return MAX ((part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10) * power, 1);
}

static char *
format_step (double value)
{
  if (value >= 1e9)
    return g_strdup_printf ("%gG", value / 1e9);
  if (value >= 1e6)
    return g_strdup_printf ("%gM", value / 1e6);
  if (value >= 1e4)
    return g_strdup_printf ("%gk", value / 1e3);
  return grove_format_count ((gint64) value);
}

/* Of a card on the window: the palette's is one on the view. */
static GdkRGBA
get_ground (const GrovePalette *palette)
{
  const GdkRGBA *card = &palette->card, *window = &palette->window, *view = &palette->view;

  return (GdkRGBA){ CLAMP (window->red + card->red - view->red, 0, 1),
                    CLAMP (window->green + card->green - view->green, 0, 1),
                    CLAMP (window->blue + card->blue - view->blue, 0, 1), .72f };
}

static void
append_step (
  GroveChart *self, GtkSnapshot *snapshot, const GrovePalette *palette, double value, float y)
{
  g_autofree char *text = format_step (value);
  const GdkRGBA    ground = get_ground (palette);
  int              width, height;

  gtk_snapshot_append_color (snapshot, &palette->grid,
                             &GRAPHENE_RECT_INIT (0, y,
                                                  (float) gtk_widget_get_width (GTK_WIDGET (self)),
                                                  1));
  pango_layout_set_text (get_layout (self), text, -1);
  pango_layout_get_pixel_size (get_layout (self), &width, &height);
  if (y < (float) height + 2)
    return;
  y -= (float) height + 1;
  /* A patch of the ground: the line that passes behind does not make it unreadable. */
  grove_snapshot_append_round_rect (snapshot, &ground, 14, y, (float) width + 8, (float) height, 5);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (18, y));
  gtk_snapshot_append_layout (snapshot, get_layout (self), &palette->dim);
  gtk_snapshot_restore (snapshot);
}

/* Lines at round values, each with the value it stands for. */
static void
append_scale (GroveChart *self, GtkSnapshot *snapshot, const GrovePalette *palette)
{
  const double height = gtk_widget_get_height (GTK_WIDGET (self));
  double       low, high, step;

  if (self->values->len == 0)
    return;
  get_range (self, &low, &high);
  step = get_step (high - low);
  for (double value = (floor (low / step) + 1) * step; value < high; value += step)
    append_step (self, snapshot, palette, value, (float) floor (get_y (value, low, high, height)));
}

static void
grove_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GroveChart         *self = GROVE_CHART (widget);
  const GrovePalette *palette = grove_palette_get (widget);
  GdkRGBA             colour = get_colour (self, palette);
  float               width = gtk_widget_get_width (widget);
  float               height = gtk_widget_get_height (widget);
  cairo_pattern_t    *gradient;
  cairo_path_t       *line;
  cairo_t            *cr;

  if (height > TALL && self->values->len < 2)
    append_scale (self, snapshot, palette);
  if (self->values->len < 2)
    return;

  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  trace_line (self, cr, width, height);
  line = cairo_copy_path (cr);
  cairo_line_to (cr, width, height);
  cairo_line_to (cr,
                 width * (self->capacity - self->values->len) /
                   (double) MAX (self->capacity - 1, 1),
                 height);
  cairo_close_path (cr);
  gradient = cairo_pattern_create_linear (0, 0, 0, height);
  cairo_pattern_add_color_stop_rgba (gradient, 0, colour.red, colour.green, colour.blue, .32);
  cairo_pattern_add_color_stop_rgba (gradient, 1, colour.red, colour.green, colour.blue, .03);
  cairo_set_source (cr, gradient);
  cairo_fill (cr);
  cairo_pattern_destroy (gradient);
  cairo_append_path (cr, line);
  cairo_path_destroy (line);
  gdk_cairo_set_source_rgba (cr, &colour);
  cairo_set_line_width (cr, height > TALL ? 2 : 1.5);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (cr);
  cairo_destroy (cr);
  /* Over the area, so that it can be read. */
  if (height > TALL)
    append_scale (self, snapshot, palette);
}

static void
grove_chart_measure (GtkWidget     *widget,
                     GtkOrientation orientation,
                     int            for_size,
                     int           *minimum,
                     int           *natural,
                     int           *minimum_baseline,
                     int           *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 60 : 28;
  *minimum_baseline = *natural_baseline = -1;
}

/* The font may have changed. */
static void
grove_chart_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (grove_chart_parent_class)->css_changed (widget, change);
  g_clear_object (&GROVE_CHART (widget)->layout);
}

static void
grove_chart_dispose (GObject *object)
{
  g_clear_object (&GROVE_CHART (object)->layout);
  G_OBJECT_CLASS (grove_chart_parent_class)->dispose (object);
}

static void
grove_chart_finalize (GObject *object)
{
  GroveChart *self = GROVE_CHART (object);

  g_free (self->title);
  g_array_unref (self->values);
  G_OBJECT_CLASS (grove_chart_parent_class)->finalize (object);
}

static void
grove_chart_class_init (GroveChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_chart_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_chart_finalize;
  widget_class->css_changed = grove_chart_css_changed;
  widget_class->measure = grove_chart_measure;
  widget_class->snapshot = grove_chart_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
update_label (GroveChart *self)
{
  g_autofree char *text = NULL;

  if (self->values->len == 0)
    text = g_strdup_printf (_ ("%s: nothing yet"), self->title);
  else
    {
      double           last = g_array_index (self->values, double, self->values->len - 1);
      double           low = last, high = last;
      g_autofree char *now = grove_format_rate (last);
      g_autofree char *from = NULL, *to = NULL;

      for (guint i = 0; i < self->values->len; i++)
        {
          low = MIN (low, g_array_index (self->values, double, i));
          high = MAX (high, g_array_index (self->values, double, i));
        }
      from = grove_format_rate (low);
      to = grove_format_rate (high);
      text =
        g_strdup_printf (_ ("%s: %s now, between %s and %s before"), self->title, now, from, to);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
grove_chart_init (GroveChart *self)
{
  self->values = g_array_new (FALSE, FALSE, sizeof (double));
  self->from_zero = TRUE;
  self->least_top = 1;
  self->title = g_strdup (_ ("Chart"));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  update_label (self);
}

void
grove_chart_set_colour (GroveChart *self, GroveChartColour colour)
{
  g_return_if_fail (GROVE_IS_CHART (self));
  self->colour = colour;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
grove_chart_set_title (GroveChart *self, const char *title)
{
  g_return_if_fail (GROVE_IS_CHART (self));
  g_free (self->title);
  self->title = g_strdup (title);
  update_label (self);
}

void
grove_chart_set_from_zero (GroveChart *self, gboolean from_zero)
{
  g_return_if_fail (GROVE_IS_CHART (self));
  self->from_zero = from_zero;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
grove_chart_set_least_top (GroveChart *self, double least_top)
{
  g_return_if_fail (GROVE_IS_CHART (self));
  self->least_top = least_top;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* A quantity that rests looks the same a sample later. */
static gboolean
shows (GroveChart *self, const GroveSeries *series, guint n, guint capacity)
{
  if (self->values->len != n || self->capacity != capacity)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (g_array_index (self->values, double, i) != grove_series_get (series, i))
      return FALSE;
  return TRUE;
}

void
grove_chart_set_series (GroveChart *self, const GroveSeries *series)
{
  guint n = series != NULL ? grove_series_get_n (series) : 0;
  guint capacity = series != NULL ? grove_series_get_capacity (series) : 0;

  g_return_if_fail (GROVE_IS_CHART (self));
  if (shows (self, series, n, capacity))
    return;
  self->capacity = capacity;
  g_array_set_size (self->values, n);
  for (guint i = 0; i < n; i++)
    g_array_index (self->values, double, i) = grove_series_get (series, i);
  update_label (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
grove_chart_seed_series (GroveSeries *series, const guint32 *values, guint n, guint n_each)
{
  for (guint i = 0; i < n; i++)
    {
      double from = i > 0 ? values[i - 1] : values[i];

      for (guint k = 1; k <= n_each; k++)
        grove_series_push (series, from + (values[i] - from) * k / n_each);
    }
}
