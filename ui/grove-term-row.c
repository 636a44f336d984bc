/* SPDX-License-Identifier: MIT
 *
 * One line of a term: an arrow where there is something to unfold, the key, the value. The value of
 * what is unfolded says in words what it is, since its elements follow.
 */
#include "ui/grove-term-row.h"

#include "observer/grove-format.h"

#include <glib/gi18n.h>

#define INDENT 14
/* Of a value's text that is surely longer than a line of the inspector; it unfolds to all lines. */
#define LONG_TEXT 36

struct _GroveTermRow
{
  GtkListBoxRow parent_instance;
  GroveTerm    *term;
  guint         index;
  int           key;
  gboolean      more, open;
  GtkImage     *arrow;
  GtkLabel     *key_label, *label;
};

G_DEFINE_FINAL_TYPE (GroveTermRow, grove_term_row, GTK_TYPE_LIST_BOX_ROW)

static const GroveTermNode *
get_node (GroveTermRow *self)
{
  guint                n;
  const GroveTermNode *nodes = grove_term_get_nodes (self->term, &n);

  return &nodes[self->index];
}

static const char *
get_class (GroveTermKind kind)
{
  switch (kind)
    {
    case GROVE_TERM_KIND_INTEGER:
    case GROVE_TERM_KIND_FLOAT:
      return "term-number";
    case GROVE_TERM_KIND_BINARY:
    case GROVE_TERM_KIND_BITSTRING:
      return "term-text";
    case GROVE_TERM_KIND_PID:
      return "term-pid";
    case GROVE_TERM_KIND_REFERENCE:
    case GROVE_TERM_KIND_FUN:
    case GROVE_TERM_KIND_PORT:
      return "term-other";
    case GROVE_TERM_KIND_LIST:
    case GROVE_TERM_KIND_TUPLE:
    case GROVE_TERM_KIND_MAP:
    case GROVE_TERM_KIND_ATOM:
    case GROVE_TERM_KIND_OTHER:
    default:
      return "term-atom";
    }
}

/* "tuple of 3", "map of 2 pairs". */
static char *
describe (const GroveTermNode *node)
{
  gint64           n = (gint64) node->n - node->improper + node->left_out;
  g_autofree char *count = grove_format_count (node->kind == GROVE_TERM_KIND_MAP ? n / 2 : n);

  switch (node->kind)
    {
    case GROVE_TERM_KIND_MAP:
      return g_strdup_printf (ngettext ("map of %s pair", "map of %s pairs", (gulong) (n / 2)),
                              count);
    case GROVE_TERM_KIND_TUPLE:
      return g_strdup_printf (ngettext ("tuple of %s", "tuple of %s", (gulong) n), count);
    case GROVE_TERM_KIND_LIST:
      return g_strdup_printf (ngettext ("list of %s", "list of %s", (gulong) n), count);
    case GROVE_TERM_KIND_OTHER:
    case GROVE_TERM_KIND_INTEGER:
    case GROVE_TERM_KIND_FLOAT:
    case GROVE_TERM_KIND_ATOM:
    case GROVE_TERM_KIND_BINARY:
    case GROVE_TERM_KIND_BITSTRING:
    case GROVE_TERM_KIND_PID:
    case GROVE_TERM_KIND_REFERENCE:
    case GROVE_TERM_KIND_FUN:
    case GROVE_TERM_KIND_PORT:
    default:
      return g_strdup_printf (ngettext ("%s element", "%s elements", (gulong) n), count);
    }
}

static char *
describe_left_out (const GroveTermNode *node)
{
  gint64 n = node->kind == GROVE_TERM_KIND_MAP ? (node->left_out + 1) / 2 : node->left_out;
  g_autofree char *count = grove_format_count (n);

  return g_strdup_printf (ngettext ("%s more is not shown", "%s more are not shown", (gulong) n),
                          count);
}

static gboolean
is_branch (GroveTermRow *self)
{
  return !self->more && get_node (self)->n > 0;
}

static void
show_key (GroveTermRow *self)
{
  guint                n;
  const GroveTermNode *nodes = grove_term_get_nodes (self->term, &n);

  gtk_widget_set_visible (GTK_WIDGET (self->key_label), self->key >= 0);
  if (self->key >= 0)
    gtk_label_set_text (self->key_label, nodes[self->key].text);
}

static void
show_value (GroveTermRow *self)
{
  const GroveTermNode *node = get_node (self);
  gboolean             branch = is_branch (self);
  g_autofree char     *text = NULL;

  if (self->more)
    text = describe_left_out (node);
  else if (branch && self->open)
    text = describe (node);
  else
    text = g_strdup_printf ("%s%s", node->text, node->truncated ? "…" : "");
  if (g_strcmp0 (gtk_label_get_text (self->label), text) != 0)
    gtk_label_set_text (self->label, text);
  gtk_label_set_wrap (self->label, self->open && !branch);
  gtk_label_set_ellipsize (self->label,
                           self->open && !branch ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
  if (self->more || (branch && self->open))
    gtk_widget_add_css_class (GTK_WIDGET (self->label), "dim-label");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->label), "dim-label");
}

static void
tell_assistive (GroveTermRow *self)
{
  g_autofree char *text = self->key >= 0
                            ? g_strdup_printf ("%s: %s", gtk_label_get_text (self->key_label),
                                               gtk_label_get_text (self->label))
                            : g_strdup (gtk_label_get_text (self->label));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  GTK_ACCESSIBLE_PROPERTY_LEVEL,
                                  (int) grove_term_row_get_depth (self) + 1, -1);
  if (grove_term_row_can_open (self))
    gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_EXPANDED, self->open,
                                 -1);
  else
    gtk_accessible_reset_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_EXPANDED);
}

static void
show (GroveTermRow *self)
{
  show_key (self);
  show_value (self);
  gtk_widget_set_opacity (GTK_WIDGET (self->arrow), grove_term_row_can_open (self) ? 1 : 0);
  gtk_image_set_from_icon_name (self->arrow, self->open ? "pan-down-symbolic" : "pan-end-symbolic");
  tell_assistive (self);
}

static void
grove_term_row_finalize (GObject *object)
{
  grove_term_unref (GROVE_TERM_ROW (object)->term);
  G_OBJECT_CLASS (grove_term_row_parent_class)->finalize (object);
}

static void
grove_term_row_class_init (GroveTermRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grove_term_row_finalize;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_TREE_ITEM);
}

static GtkLabel *
new_label (void)
{
  GtkWidget     *label = gtk_label_new ("");
  PangoAttrList *attributes = pango_attr_list_new ();

  /* A hyphen would read as part of the value. */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (GTK_LABEL (label), attributes);
  pango_attr_list_unref (attributes);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, "mono");
  return GTK_LABEL (label);
}

static void
grove_term_row_init (GroveTermRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->key = -1;
  self->arrow = GTK_IMAGE (gtk_image_new ());
  self->key_label = new_label ();
  self->label = new_label ();
  gtk_widget_set_valign (GTK_WIDGET (self->arrow), GTK_ALIGN_START);
  gtk_widget_add_css_class (GTK_WIDGET (self->key_label), "term-key");
  /* A key may be as long as it likes: a third of the line is for the value. */
  gtk_label_set_max_width_chars (self->key_label, 22);
  gtk_widget_set_hexpand (GTK_WIDGET (self->label), TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->arrow));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->key_label));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->label));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
}

GtkWidget *
grove_term_row_new (GroveTerm *term, guint index, int key, gboolean more)
{
  GroveTermRow *self = g_object_new (GROVE_TYPE_TERM_ROW, NULL);
  GtkWidget    *box = gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (self));

  self->term = grove_term_ref (term);
  self->index = index;
  self->key = key;
  self->more = more;
  gtk_widget_set_margin_start (box, (int) grove_term_row_get_depth (self) * INDENT);
  if (!more)
    gtk_widget_add_css_class (GTK_WIDGET (self->label), get_class (get_node (self)->kind));
  show (self);
  return GTK_WIDGET (self);
}

void
grove_term_row_set_term (GroveTermRow *self, GroveTerm *term)
{
  g_return_if_fail (GROVE_IS_TERM_ROW (self));
  grove_term_ref (term);
  grove_term_unref (self->term);
  self->term = term;
  show (self);
}

void
grove_term_row_set_open (GroveTermRow *self, gboolean open)
{
  g_return_if_fail (GROVE_IS_TERM_ROW (self));
  self->open = open;
  show (self);
}

guint
grove_term_row_get_index (GroveTermRow *self)
{
  g_return_val_if_fail (GROVE_IS_TERM_ROW (self), 0);
  return self->index;
}

gboolean
grove_term_row_is_more (GroveTermRow *self)
{
  g_return_val_if_fail (GROVE_IS_TERM_ROW (self), FALSE);
  return self->more;
}

gboolean
grove_term_row_can_open (GroveTermRow *self)
{
  g_return_val_if_fail (GROVE_IS_TERM_ROW (self), FALSE);
  return is_branch (self) || (!self->more && g_utf8_strlen (get_node (self)->text, -1) > LONG_TEXT);
}

gboolean
grove_term_row_is_open (GroveTermRow *self)
{
  g_return_val_if_fail (GROVE_IS_TERM_ROW (self), FALSE);
  return self->open;
}

guint
grove_term_row_get_depth (GroveTermRow *self)
{
  g_return_val_if_fail (GROVE_IS_TERM_ROW (self), 0);
  return get_node (self)->depth + self->more;
}
