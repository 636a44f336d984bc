/* SPDX-License-Identifier: MIT
 *
 * GroveSchedulerBars: how busy each scheduler is; they are counted from 0, as everywhere.
 */
#include "ui/grove-scheduler-bars.h"

#include "ui/grove-palette.h"

#include <glib/gi18n.h>

#define BUSY           0.75
#define FULL           0.9
#define CAPTION_HEIGHT 20
#define MAX_WIDTH      18
/* Numbers below need this much room each. */
#define CAPTION_STEP 22

struct _GroveSchedulerBars
{
  GtkWidget    parent_instance;
  double       values[GROVE_SCHEDULER_BARS_MAX];
  guint        n;
  PangoLayout *layout;
};

G_DEFINE_FINAL_TYPE (GroveSchedulerBars, grove_scheduler_bars, GTK_TYPE_WIDGET)

static void
grove_scheduler_bars_measure (GtkWidget     *widget,
                              GtkOrientation orientation,
                              int            for_size,
                              int           *minimum,
                              int           *natural,
                              int           *minimum_baseline,
                              int           *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 180 : 150;
  *minimum_baseline = *natural_baseline = -1;
}

static void
append_caption (GroveSchedulerBars *self,
                GtkSnapshot        *snapshot,
                const GdkRGBA      *colour,
                guint               index,
                float               centre,
                float               y)
{
  char text[16];
  int  width, height;

  if (self->layout == NULL)
    {
      PangoAttrList *attributes = pango_attr_list_new ();

      self->layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
      pango_attr_list_insert (attributes, pango_attr_scale_new (0.78));
      pango_layout_set_attributes (self->layout, attributes);
      pango_attr_list_unref (attributes);
    }
  g_snprintf (text, sizeof text, "%u", index);
  pango_layout_set_text (self->layout, text, -1);
  pango_layout_get_pixel_size (self->layout, &width, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((int) (centre - width / 2.0f), y));
  gtk_snapshot_append_layout (snapshot, self->layout, colour);
  gtk_snapshot_restore (snapshot);
}

static void
grove_scheduler_bars_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GroveSchedulerBars *self = GROVE_SCHEDULER_BARS (widget);
  const GrovePalette *palette = grove_palette_get (widget);
  float               height = gtk_widget_get_height (widget) - CAPTION_HEIGHT;
  float               step, width;

  if (self->n == 0)
    return;
  step = gtk_widget_get_width (widget) / (float) self->n;
  width = CLAMP (step - 6, 1, MAX_WIDTH);
  for (guint i = 0; i < self->n; i++)
    {
      float          x = i * step + (step - width) / 2;
      float          top = MAX (width, height * (float) self->values[i]);
      const GdkRGBA *colour = self->values[i] > FULL   ? &palette->error
                              : self->values[i] > BUSY ? &palette->warning
                                                       : &palette->accent;

      grove_snapshot_append_round_rect (snapshot, &palette->track, x, 0, width, height, width / 2);
      grove_snapshot_append_round_rect (snapshot, colour, x, height - top, width, top, width / 2);
      if (step >= CAPTION_STEP)
        append_caption (self, snapshot, &palette->dim, i, x + width / 2, height + 5);
    }
}

static void
grove_scheduler_bars_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (grove_scheduler_bars_parent_class)->css_changed (widget, change);
  g_clear_object (&GROVE_SCHEDULER_BARS (widget)->layout);
}

static void
grove_scheduler_bars_dispose (GObject *object)
{
  g_clear_object (&GROVE_SCHEDULER_BARS (object)->layout);
  G_OBJECT_CLASS (grove_scheduler_bars_parent_class)->dispose (object);
}

static void
grove_scheduler_bars_class_init (GroveSchedulerBarsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_scheduler_bars_dispose;
  widget_class->measure = grove_scheduler_bars_measure;
  widget_class->snapshot = grove_scheduler_bars_snapshot;
  widget_class->css_changed = grove_scheduler_bars_css_changed;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
grove_scheduler_bars_init (GroveSchedulerBars *self)
{
  grove_scheduler_bars_set_values (self, NULL, 0);
}

void
grove_scheduler_bars_set_values (GroveSchedulerBars *self, const double *utilisation, guint n)
{
  GString *text = g_string_new (_ ("Schedulers:"));

  g_return_if_fail (GROVE_IS_SCHEDULER_BARS (self));
  self->n = MIN (n, GROVE_SCHEDULER_BARS_MAX);
  for (guint i = 0; i < self->n; i++)
    {
      self->values[i] = CLAMP (utilisation[i], 0, 1);
      g_string_append_printf (text, " %u %.0f %%", i, self->values[i] * 100);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text->str,
                                  -1);
  g_string_free (text, TRUE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
