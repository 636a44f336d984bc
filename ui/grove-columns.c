/* SPDX-License-Identifier: MIT
 *
 * GroveColumns: all columns have the same width, and are given only when each has as much as one
 * needs to be read.
 */
#include "ui/grove-columns.h"

#define SPACING      12
#define COLUMN_WIDTH 330

struct _GroveColumns
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (GroveColumns, grove_columns, GTK_TYPE_WIDGET)

static guint
count_children (GtkWidget *widget)
{
  guint n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += gtk_widget_should_layout (child);
  return n;
}

static gboolean
is_wide (GtkWidget *widget, int width)
{
  int n = (int) count_children (widget);

  return n > 1 && width >= n * COLUMN_WIDTH + (n - 1) * SPACING;
}

static int
get_column_width (GtkWidget *widget, int width)
{
  int n = (int) count_children (widget);

  return is_wide (widget, width) ? (width - (n - 1) * SPACING) / n : width;
}

static GtkSizeRequestMode
grove_columns_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
grove_columns_measure (GtkWidget     *widget,
                       GtkOrientation orientation,
                       int            for_size,
                       int           *minimum,
                       int           *natural,
                       int           *minimum_baseline,
                       int           *natural_baseline)
{
  gboolean vertical = orientation == GTK_ORIENTATION_VERTICAL;
  gboolean below = vertical && !is_wide (widget, for_size);
  int      width = vertical && for_size >= 0 ? get_column_width (widget, for_size) : -1;
  int      n = 0;

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum, child_natural;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, orientation, width, &child_minimum, &child_natural, NULL, NULL);
      *minimum = below ? *minimum + child_minimum : MAX (*minimum, child_minimum);
      *natural = below ? *natural + child_natural : MAX (*natural, child_natural);
      n++;
    }
  if (below && n > 1)
    {
      *minimum += (n - 1) * SPACING;
      *natural += (n - 1) * SPACING;
    }
}

static void
grove_columns_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gboolean wide = is_wide (widget, width);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int      column = get_column_width (widget, width), x = 0, y = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int minimum = 0, natural = 0;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, column, &minimum, &natural, NULL, NULL);
      gtk_widget_size_allocate (child,
                                &(GtkAllocation){ rtl ? width - x - column : x, y, column,
                                                  natural },
                                -1);
      if (wide)
        x += column + SPACING;
      else
        y += natural + SPACING;
    }
}

static void
grove_columns_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (grove_columns_parent_class)->dispose (object);
}

static void
grove_columns_class_init (GroveColumnsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_columns_dispose;
  widget_class->get_request_mode = grove_columns_get_request_mode;
  widget_class->measure = grove_columns_measure;
  widget_class->size_allocate = grove_columns_size_allocate;
}

static void
grove_columns_init (GroveColumns *self)
{
}
