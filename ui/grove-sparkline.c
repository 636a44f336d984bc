/* SPDX-License-Identifier: MIT
 *
 * GroveSparkline: a mailbox's last minute as a row of bars. One colour node a bar: 25 of them cost
 * the frame nothing that can be measured, where a cairo picture in each row costs 3 ms.
 *
 * A bar is the most of two and a half seconds, and stands for the same seconds for as long as it is
 * seen: bars move to the left as time goes on, and do not change on their way.
 */
#include "ui/grove-sparkline.h"

#include "ui/grove-palette.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define N_BARS   25
#define BAR_STEP 4 /* pixels, one of them between two bars */

struct _GroveSparkline
{
  GtkWidget parent_instance;
  guint     n;
  gint64    end_s;
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
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? BAR_STEP * N_BARS : 18;
  *minimum_baseline = *natural_baseline = -1;
}

/* The bar that a second is part of. */
static gint64
bar_of (gint64 second)
{
  return second * 2 / 5;
}

/* Where nothing is known yet there is no bar: -1. */
static void
fill_bars (GroveSparkline *self, gint64 bars[N_BARS])
{
  for (guint i = 0; i < N_BARS; i++)
    bars[i] = -1;
  for (guint i = 0; i < self->n; i++)
    {
      gint64 age = bar_of (self->end_s) - bar_of (self->end_s - (self->n - 1 - i));

      if (age >= 0 && age < N_BARS)
        bars[N_BARS - 1 - age] = MAX (bars[N_BARS - 1 - age], self->values[i]);
    }
}

static void
grove_sparkline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GroveSparkline     *self = GROVE_SPARKLINE (widget);
  const GrovePalette *palette = grove_palette_get (widget);
  float               height = gtk_widget_get_height (widget);
  float               step = floorf (gtk_widget_get_width (widget) / (float) N_BARS);
  gint64              bars[N_BARS];
  /* A mailbox that never held more than a few is drawn low, not as a mountain range. */
  gint64 largest = 8;

  step = CLAMP (step, 2, 2 * BAR_STEP);
  fill_bars (self, bars);
  for (guint i = 0; i < N_BARS; i++)
    largest = MAX (largest, bars[i]);
  for (guint i = 0; i < N_BARS; i++)
    {
      double  share = sqrt ((double) MAX (bars[i], 0) / (double) largest);
      float   top = MAX (1.5f, (float) share * height);
      double  age = i / (double) (N_BARS - 1);
      GdkRGBA colour;

      if (bars[i] < 0)
        continue;
      colour = grove_rgba_fade (*grove_palette_get_mailbox (palette, bars[i]), 0.35 + 0.65 * age);
      gtk_snapshot_append_color (snapshot, &colour,
                                 &GRAPHENE_RECT_INIT (i * step, height - top, step - 1, top));
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
grove_sparkline_set_values (GroveSparkline *self, const guint32 *values, guint n, gint64 end_s)
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
  if (n == self->n && end_s == self->end_s &&
      (n == 0 || memcmp (values, self->values, n * sizeof *values) == 0))
    return;
  self->n = n;
  self->end_s = end_s;
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
