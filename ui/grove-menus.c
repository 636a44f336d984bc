/* SPDX-License-Identifier: MIT
 *
 * The menus that several surfaces share.
 */
#include "ui/grove-menus.h"

#define RESOURCE "/io/github/grove/Observer/grove-menus.ui"

GMenuModel *
grove_process_menu (void)
{
  static GMenuModel *menu;

  if (menu == NULL)
    {
      g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource (RESOURCE);

      menu = G_MENU_MODEL (g_object_ref (gtk_builder_get_object (builder, "process_menu")));
    }
  return menu;
}

typedef struct
{
  GtkWidget *parent;
  GtkWidget *popover;
  GtkWidget *focus; /* weak: where the focus was */
} Popup;

/* The X server's last events for a menu may come when it is hidden already. GTK 4.8 then takes the
 * pointer to be in it, keeps that when the menu is taken away, and crashes in the window's next
 * layout, which asks the widget under the pointer for its surface. Made insensitive first, GTK
 * looks anew. */
static void
take_away (GtkWidget *popover)
{
  gtk_widget_set_sensitive (popover, FALSE);
  gtk_widget_unparent (popover);
}

static gboolean
discard_popover (gpointer user_data)
{
  GtkWidget *popover = user_data;

  if (gtk_widget_get_parent (popover) != NULL)
    take_away (popover);
  g_object_unref (popover);
  return G_SOURCE_REMOVE;
}

static void
popup_free (Popup *self)
{
  g_clear_weak_pointer (&self->focus);
  g_clear_weak_pointer (&self->parent);
  g_free (self);
}

static void
on_parent_destroy (GtkWidget *parent, GtkWidget *popover)
{
  if (gtk_widget_get_parent (popover) == parent)
    take_away (popover);
}

static void
on_closed (GtkPopover *popover, Popup *self)
{
  if (self->focus != NULL && gtk_widget_get_root (self->focus) != NULL)
    gtk_widget_grab_focus (self->focus);
  /* The chosen item's action runs after "closed", through the popover: it must still stand then. */
  g_idle_add (discard_popover, g_object_ref (popover));
}

/* GTK puts the lines between sections in when idle; a menu that pops up before is too short for its
 * last items. This comes after that. */
static gboolean
popup_when_complete (gpointer user_data)
{
  GtkWidget *popover = user_data;

  if (gtk_widget_get_parent (popover) != NULL)
    gtk_popover_popup (GTK_POPOVER (popover));
  return G_SOURCE_REMOVE;
}

void
grove_process_menu_popup (GtkWidget *parent, double x, double y)
{
  grove_menu_popup (parent, grove_process_menu (), x, y);
}

void
grove_menu_popup (GtkWidget *parent, GMenuModel *menu, double x, double y)
{
  GtkWidget *popover = gtk_popover_menu_new_from_model_full (menu, GTK_POPOVER_MENU_NESTED);
  GtkRoot   *root = gtk_widget_get_root (parent);
  Popup     *self = g_new0 (Popup, 1);

  g_set_weak_pointer (&self->parent, parent);
  if (root != NULL)
    g_set_weak_pointer (&self->focus, gtk_root_get_focus (root));
  gtk_widget_set_parent (popover, parent);
  gtk_widget_set_halign (popover, GTK_ALIGN_START);
  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  gtk_popover_set_position (GTK_POPOVER (popover), GTK_POS_BOTTOM);
  gtk_popover_set_pointing_to (GTK_POPOVER (popover), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  g_signal_connect_data (popover, "closed", G_CALLBACK (on_closed), self,
                         (GClosureNotify) (void *) popup_free, 0);
  g_signal_connect_object (parent, "destroy", G_CALLBACK (on_parent_destroy), popover, 0);
  g_idle_add_full (G_PRIORITY_LOW, popup_when_complete, g_object_ref (popover), g_object_unref);
}
