/* SPDX-License-Identifier: MIT
 *
 * GroveGraphLegend: a row of swatches with their labels.
 */
#include "ui/grove-graph-legend.h"

#include "observer/grove-graph-painter.h"
#include "ui/grove-palette.h"

#include <glib/gi18n.h>

#define SWATCH 10

/* One swatch: a square of a band's colour. */
#define GROVE_TYPE_GRAPH_SWATCH (grove_graph_swatch_get_type ())
G_DECLARE_FINAL_TYPE (GroveGraphSwatch, grove_graph_swatch, GROVE, GRAPH_SWATCH, GtkWidget)

struct _GroveGraphSwatch
{
  GtkWidget      parent_instance;
  GroveGraphBand band;
};

G_DEFINE_FINAL_TYPE (GroveGraphSwatch, grove_graph_swatch, GTK_TYPE_WIDGET)

static void
grove_graph_swatch_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GroveGraphSwatch   *self = GROVE_GRAPH_SWATCH (widget);
  const GrovePalette *palette = grove_palette_get (widget);
  const GdkRGBA       colour =
    grove_rgba_from_colour (*grove_graph_painter_get_colour (&palette->colours, self->band));

  grove_snapshot_append_round_rect (snapshot, &colour, 0,
                                    (float) (gtk_widget_get_height (widget) - SWATCH) / 2, SWATCH,
                                    SWATCH, 3);
}

static void
grove_graph_swatch_measure (GtkWidget     *widget,
                            GtkOrientation orientation,
                            int            for_size,
                            int           *minimum,
                            int           *natural,
                            int           *minimum_baseline,
                            int           *natural_baseline)
{
  *minimum = *natural = SWATCH;
}

static void
grove_graph_swatch_class_init (GroveGraphSwatchClass *klass)
{
  GTK_WIDGET_CLASS (klass)->snapshot = grove_graph_swatch_snapshot;
  GTK_WIDGET_CLASS (klass)->measure = grove_graph_swatch_measure;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
grove_graph_swatch_init (GroveGraphSwatch *self)
{
}

struct _GroveGraphLegend
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (GroveGraphLegend, grove_graph_legend, GTK_TYPE_WIDGET)

static void
clear (GroveGraphLegend *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
}

void
grove_graph_legend_set_metric (GroveGraphLegend *self, GroveGraphMetric metric)
{
  g_return_if_fail (GROVE_IS_GRAPH_LEGEND (self));
  g_return_if_fail (metric < GROVE_GRAPH_N_METRICS);

  clear (self);
  for (guint band = 0; band < GROVE_GRAPH_N_BANDS; band++)
    {
      const char       *text = grove_graph_metric_get_legend (metric, band);
      GtkWidget        *entry, *label;
      GroveGraphSwatch *swatch;

      if (text == NULL)
        continue;
      entry = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 5);
      swatch = g_object_new (GROVE_TYPE_GRAPH_SWATCH, NULL);
      swatch->band = band;
      label = gtk_label_new (text);
      gtk_widget_add_css_class (label, "caption");
      gtk_widget_add_css_class (label, "dim-label");
      gtk_box_append (GTK_BOX (entry), GTK_WIDGET (swatch));
      gtk_box_append (GTK_BOX (entry), label);
      gtk_widget_set_parent (entry, GTK_WIDGET (self));
    }
}

static void
grove_graph_legend_dispose (GObject *object)
{
  clear (GROVE_GRAPH_LEGEND (object));
  G_OBJECT_CLASS (grove_graph_legend_parent_class)->dispose (object);
}

static void
grove_graph_legend_class_init (GroveGraphLegendClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_graph_legend_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
grove_graph_legend_init (GroveGraphLegend *self)
{
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                              14);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Legend"), -1);
}
