/* SPDX-License-Identifier: MIT
 *
 * GroveSparkline: a mailbox's last minute as a row of bars. One colour node a bar: 24 of them cost
 * the frame nothing that can be measured, where a cairo picture in each row costs 3 ms.
 */
#include "ui/grove-sparkline.h"

#include "ui/grove-palette.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

struct _GroveSparkline
{
  GtkWidget parent_instance;
  guint     n;
  guint32   values[GROVE_HISTORY_LENGTH];
};

G_DEFINE_FINAL_TYPE (GroveSparkline, grove_sparkline, GTK_TYPE_WIDGET)

static void
grove_sparkline_measure (GtkWidget     *widget,
                         GtkOrientation orientation,
                         int            for_size,
                         int           *minimum,
                         int           *natural,
                         int           *minimum_baseline,
                         int           *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 4 * GROVE_HISTORY_LENGTH : 18;
  *minimum_baseline = *natural_baseline = -1;
}

static void
grove_sparkline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GroveSparkline     *self = GROVE_SPARKLINE (widget);
  const GrovePalette *palette = grove_palette_get (widget);
  float               height = gtk_widget_get_height (widget);
  float               step = floorf (gtk_widget_get_width (widget) / (float) GROVE_HISTORY_LENGTH);
  guint               first = GROVE_HISTORY_LENGTH - self->n;
  /* A mailbox that never held more than a few is drawn low, not as a mountain range. */
  double largest = 8;

  for (guint i = 0; i < self->n; i++)
    largest = MAX (largest, self->values[i]);
  for (guint i = 0; i < self->n; i++)
    {
      double  share = sqrt (self->values[i] / largest);
      float   top = MAX (1.5f, (float) share * height);
      double  age = (first + i) / (double) (GROVE_HISTORY_LENGTH - 1);
      GdkRGBA colour =
        grove_rgba_fade (*grove_palette_get_mailbox (palette, self->values[i]), 0.35 + 0.65 * age);

      gtk_snapshot_append_color (snapshot, &colour,
                                 &GRAPHENE_RECT_INIT ((first + i) * step, height - top,
                                                      MAX (1, step - 1), top));
    }
}

static void
grove_sparkline_class_init (GroveSparklineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = grove_sparkline_measure;
  widget_class->snapshot = grove_sparkline_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
grove_sparkline_init (GroveSparkline *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("No history yet"), -1);
}

GtkWidget *
grove_sparkline_new (void)
{
  return g_object_new (GROVE_TYPE_SPARKLINE, NULL);
}

void
grove_sparkline_set_values (GroveSparkline *self, const guint32 *values, guint n)
{
  g_autofree char *text = NULL;
  guint32          lowest = G_MAXUINT32;
  guint32          highest = 0;

  g_return_if_fail (GROVE_IS_SPARKLINE (self));
  if (n > GROVE_HISTORY_LENGTH)
    {
      values += n - GROVE_HISTORY_LENGTH;
      n = GROVE_HISTORY_LENGTH;
    }
  if (n == self->n && (n == 0 || memcmp (values, self->values, n * sizeof *values) == 0))
    return;
  self->n = n;
  if (n > 0)
    memcpy (self->values, values, n * sizeof *values);
  for (guint i = 0; i < n; i++)
    {
      lowest = MIN (lowest, values[i]);
      highest = MAX (highest, values[i]);
    }
  text = n == 0
           ? g_strdup (_ ("No history yet"))
           : g_strdup_printf (_ ("Between %u and %u messages in the last minute"), lowest, highest);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
