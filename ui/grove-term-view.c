/* SPDX-License-Identifier: MIT
 *
 * GroveTermView: a list of lines; a line is there when all that it is in is unfolded. A term has at
 * most some hundred nodes, and only those that are in sight have lines.
 */
#include "ui/grove-term-view.h"

#include "observer/grove-format.h"
#include "ui/grove-term-row.h"

#include <glib/gi18n.h>

#define GLANCE 30

struct _GroveTermView
{
  GtkWidget  parent_instance;
  GroveTerm *term;
  guint      n_lines;
  guint      chosen; /* the node whose menu is open */

  GtkListBox *list;
  GtkLabel   *text_label, *note_label;
  GMenuModel *menu;
  GtkWidget  *popover; /* NULL until it is asked for */
};

enum
{
  NAVIGATE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveTermView, grove_term_view, GTK_TYPE_WIDGET)

/* ---- Lines --------------------------------------------------------------------------------------
 */

static void
insert_line (GroveTermView *self, int place, guint index, int key, gboolean more)
{
  gtk_list_box_insert (self->list, grove_term_row_new (self->term, index, key, more), place);
  self->n_lines++;
}

/* The lines of what is right below the node @index, all folded, and how many there are. */
static int
insert_below (GroveTermView *self, int place, guint index)
{
  guint                n;
  const GroveTermNode *nodes = grove_term_get_nodes (self->term, &n);
  gboolean             pairs = nodes[index].kind == GROVE_TERM_KIND_MAP;
  int                  first = place;

  for (guint child = index + 1; child < nodes[index].end; child = nodes[child].end)
    {
      guint value = nodes[child].end;

      if (pairs && value < nodes[index].end)
        {
          insert_line (self, place++, value, (int) child, FALSE);
          child = value;
        }
      else
        insert_line (self, place++, child, -1, FALSE);
    }
  if (nodes[index].left_out > 0)
    insert_line (self, place++, index, -1, TRUE);
  return place - first;
}

static GroveTermRow *
get_row (GroveTermView *self, int place)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, place);

  return row != NULL ? GROVE_TERM_ROW (row) : NULL;
}

static void
remove_below (GroveTermView *self, GroveTermRow *row)
{
  int           place = gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)) + 1;
  guint         depth = grove_term_row_get_depth (row);
  GroveTermRow *next;

  while ((next = get_row (self, place)) != NULL && grove_term_row_get_depth (next) > depth)
    {
      gtk_list_box_remove (self->list, GTK_WIDGET (next));
      self->n_lines--;
    }
}

static void
set_open (GroveTermView *self, GroveTermRow *row, gboolean open)
{
  guint                n;
  const GroveTermNode *nodes = grove_term_get_nodes (self->term, &n);

  if (!grove_term_row_can_open (row) || grove_term_row_is_open (row) == open)
    return;
  grove_term_row_set_open (row, open);
  if (nodes[grove_term_row_get_index (row)].n == 0)
    return;
  if (open)
    insert_below (self, gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)) + 1,
                  grove_term_row_get_index (row));
  else
    remove_below (self, row);
}

static void
clear_lines (GroveTermView *self)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  self->n_lines = 0;
}

static void
set_all_open (GroveTermView *self, gboolean open)
{
  GroveTermRow *row;

  /* Lines that appear are walked to in their turn. */
  for (int i = 0; (row = get_row (self, i)) != NULL; i++)
    set_open (self, row, open);
}

/* ---- All of it ----------------------------------------------------------------------------------
 */

static void
show_note (GroveTermView *self)
{
  guint            n = 0;
  gboolean         cut = self->term != NULL && grove_term_is_truncated (self->term);
  gint64           size = self->term != NULL ? grove_term_get_size (self->term) : -1;
  g_autofree char *bytes = grove_format_bytes (MAX (size, 0));
  g_autofree char *note = NULL;

  if (self->term != NULL && grove_term_get_nodes (self->term, &n) == NULL && cut)
    note = size >= 0 ? g_strdup_printf (_ ("Cut: all of it takes %s."), bytes)
                     : g_strdup (_ ("Cut: the system sends no more of it."));
  gtk_widget_set_visible (GTK_WIDGET (self->note_label), note != NULL);
  if (note != NULL)
    gtk_label_set_text (self->note_label, note);
}

static void
show_text (GroveTermView *self)
{
  g_autofree char *text = NULL;

  if (self->term != NULL)
    text = g_strdup_printf ("%s%s", grove_term_get_text (self->term),
                            grove_term_is_truncated (self->term) ? "…" : "");
  if (g_strcmp0 (gtk_label_get_text (self->text_label), text != NULL ? text : "") != 0)
    gtk_label_set_text (self->text_label, text != NULL ? text : "");
}

static void
refresh_lines (GroveTermView *self)
{
  GroveTermRow *row;

  for (int i = 0; (row = get_row (self, i)) != NULL; i++)
    grove_term_row_set_term (row, self->term);
}

static void
build_lines (GroveTermView *self)
{
  clear_lines (self);
  insert_line (self, 0, 0, -1, FALSE);
  /* What is read at a glance is better read in one line. */
  if (g_utf8_strlen (grove_term_get_text (self->term), -1) > GLANCE)
    set_open (self, get_row (self, 0), TRUE);
}

void
grove_term_view_set_term (GroveTermView *self, GroveTerm *term)
{
  gboolean alike;
  guint    n = 0;

  g_return_if_fail (GROVE_IS_TERM_VIEW (self));
  if (grove_term_equal (self->term, term))
    return;
  alike = grove_term_is_alike (self->term, term);
  if (term != NULL)
    grove_term_ref (term);
  g_clear_pointer (&self->term, grove_term_unref);
  self->term = term;
  if (term != NULL)
    grove_term_get_nodes (term, &n);
  gtk_widget_set_visible (GTK_WIDGET (self->list), n > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->text_label), n == 0 && term != NULL);
  if (n == 0)
    {
      clear_lines (self);
      show_text (self);
    }
  else if (alike)
    refresh_lines (self);
  else
    build_lines (self);
  show_note (self);
}

void
grove_term_view_set_title (GroveTermView *self, const char *title)
{
  g_return_if_fail (GROVE_IS_TERM_VIEW (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
}

guint
grove_term_view_get_n_lines (GroveTermView *self)
{
  g_return_val_if_fail (GROVE_IS_TERM_VIEW (self), 0);
  return self->n_lines;
}

/* ---- What a person does in it -------------------------------------------------------------------
 */

static const GroveTermNode *
get_node (GroveTermView *self, guint index)
{
  guint                n = 0;
  const GroveTermNode *nodes = self->term != NULL ? grove_term_get_nodes (self->term, &n) : NULL;

  return index < n ? &nodes[index] : NULL;
}

static void
on_row_activated (GroveTermView *self, GroveTermRow *row)
{
  const GroveTermNode *node = get_node (self, grove_term_row_get_index (row));

  if (node != NULL && node->kind == GROVE_TERM_KIND_PID && strchr (node->text, '<') != NULL &&
      !grove_term_row_is_more (row))
    {
      /* Elixir prints #PID<0.1.0>. */
      g_autofree char *pid = g_strdup (strchr (node->text, '<'));

      g_signal_emit (self, signals[NAVIGATE], 0, pid);
    }
  else
    set_open (self, row, !grove_term_row_is_open (row));
}

static GroveTermRow *
get_focused (GroveTermView *self)
{
  GtkWidget *focus = gtk_widget_get_focus_child (GTK_WIDGET (self->list));

  return focus != NULL && GROVE_IS_TERM_ROW (focus) ? GROVE_TERM_ROW (focus) : NULL;
}

/* What it is in is the next line above that is less deep. */
static void
focus_parent (GroveTermView *self, GroveTermRow *row)
{
  for (int i = gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)) - 1; i >= 0; i--)
    if (grove_term_row_get_depth (get_row (self, i)) < grove_term_row_get_depth (row))
      {
        gtk_widget_grab_focus (GTK_WIDGET (get_row (self, i)));
        return;
      }
}

static gboolean
on_key (GtkEventControllerKey *controller,
        guint                  keyval,
        guint                  keycode,
        GdkModifierType        modifiers,
        GroveTermView         *self)
{
  GroveTermRow *row = get_focused (self);
  gboolean      right = keyval == GDK_KEY_Right || keyval == GDK_KEY_KP_Right;
  gboolean      left = keyval == GDK_KEY_Left || keyval == GDK_KEY_KP_Left;

  if (row == NULL || (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    {
      gboolean swap = right;

      right = left;
      left = swap;
    }
  if (!left && !right)
    return GDK_EVENT_PROPAGATE;
  if (left && !grove_term_row_is_open (row))
    focus_parent (self, row);
  else
    set_open (self, row, right);
  return GDK_EVENT_STOP;
}

static void
copy (GtkWidget *widget, const char *text)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

static void
copy_all (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GroveTermView *self = GROVE_TERM_VIEW (widget);

  if (self->term != NULL)
    copy (widget, grove_term_get_text (self->term));
}

static void
copy_value (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GroveTermView       *self = GROVE_TERM_VIEW (widget);
  GroveTermRow        *row = get_focused (self);
  gboolean             open = self->popover != NULL && gtk_widget_get_mapped (self->popover);
  const GroveTermNode *node =
    get_node (self, row != NULL && !open ? grove_term_row_get_index (row) : self->chosen);

  if (node != NULL)
    copy (widget, node->text);
}

static void
unfold_all (GtkWidget *widget, const char *action, GVariant *parameter)
{
  set_all_open (GROVE_TERM_VIEW (widget), TRUE);
}

static void
fold_all (GtkWidget *widget, const char *action, GVariant *parameter)
{
  set_all_open (GROVE_TERM_VIEW (widget), FALSE);
}

static void
on_right_click (GtkGestureClick *gesture, int n_press, double x, double y, GroveTermView *self)
{
  GtkListBoxRow   *row = gtk_list_box_get_row_at_y (self->list, (int) y);
  graphene_point_t point;

  if (row == NULL ||
      !gtk_widget_compute_point (GTK_WIDGET (self->list), GTK_WIDGET (self),
                                 &GRAPHENE_POINT_INIT ((float) x, (float) y), &point))
    return;
  self->chosen = grove_term_row_get_index (GROVE_TERM_ROW (row));
  if (self->popover == NULL)
    {
      self->popover = gtk_popover_menu_new_from_model (self->menu);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
      gtk_widget_set_halign (self->popover, GTK_ALIGN_START);
      gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover),
                               &(GdkRectangle){ (int) point.x, (int) point.y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
grove_term_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GroveTermView *self = GROVE_TERM_VIEW (widget);

  GTK_WIDGET_CLASS (grove_term_view_parent_class)->size_allocate (widget, width, height, baseline);
  if (self->popover != NULL)
    gtk_popover_present (GTK_POPOVER (self->popover));
}

static void
grove_term_view_dispose (GObject *object)
{
  GroveTermView *self = GROVE_TERM_VIEW (object);

  g_clear_pointer (&self->popover, gtk_widget_unparent);
  g_clear_pointer ((GtkWidget **) &self->list, gtk_widget_unparent);
  g_clear_pointer ((GtkWidget **) &self->text_label, gtk_widget_unparent);
  g_clear_pointer ((GtkWidget **) &self->note_label, gtk_widget_unparent);
  g_clear_pointer (&self->term, grove_term_unref);
  G_OBJECT_CLASS (grove_term_view_parent_class)->dispose (object);
}

static void
grove_term_view_class_init (GroveTermViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_term_view_dispose;
  widget_class->size_allocate = grove_term_view_size_allocate;
  signals[NAVIGATE] = g_signal_new ("navigate", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-term-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GroveTermView, list);
  gtk_widget_class_bind_template_child (widget_class, GroveTermView, text_label);
  gtk_widget_class_bind_template_child (widget_class, GroveTermView, note_label);
  gtk_widget_class_bind_template_child (widget_class, GroveTermView, menu);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_key);
  gtk_widget_class_bind_template_callback (widget_class, on_right_click);
  gtk_widget_class_install_action (widget_class, "term.copy", NULL, copy_all);
  gtk_widget_class_install_action (widget_class, "term.copy-value", NULL, copy_value);
  gtk_widget_class_install_action (widget_class, "term.unfold", NULL, unfold_all);
  gtk_widget_class_install_action (widget_class, "term.fold", NULL, fold_all);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "term.copy-value",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "term.copy", NULL);
}

static void
grove_term_view_init (GroveTermView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (
                                    gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
}

GtkWidget *
grove_term_view_new (void)
{
  return g_object_new (GROVE_TYPE_TERM_VIEW, NULL);
}
