/* SPDX-License-Identifier: MIT
 *
 * GroveSpareRoom: it needs no width of its own, would like its child's, and hides the child by not
 * mapping it, which asks nobody for another size.
 */
#include "ui/grove-spare-room.h"

struct _GroveSpareRoom
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (GroveSpareRoom, grove_spare_room, GTK_TYPE_WIDGET)

static void
grove_spare_room_measure (GtkWidget     *widget,
                          GtkOrientation orientation,
                          int            for_size,
                          int           *minimum,
                          int           *natural,
                          int           *minimum_baseline,
                          int           *natural_baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  if (child == NULL || !gtk_widget_should_layout (child))
    return;
  gtk_widget_measure (child, orientation, -1, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = 0;
}

static void
grove_spare_room_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);
  int        natural, x;

  if (child == NULL || !gtk_widget_should_layout (child))
    return;
  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  gtk_widget_set_child_visible (child, natural <= width);
  if (natural > width)
    return;
  x = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL ? width - natural : 0;
  gtk_widget_size_allocate (child, &(GtkAllocation){ x, 0, natural, height }, baseline);
}

static void
grove_spare_room_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (grove_spare_room_parent_class)->dispose (object);
}

static void
grove_spare_room_class_init (GroveSpareRoomClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_spare_room_dispose;
  widget_class->measure = grove_spare_room_measure;
  widget_class->size_allocate = grove_spare_room_size_allocate;
}

static void
grove_spare_room_init (GroveSpareRoom *self)
{
}
