/* SPDX-License-Identifier: MIT
 *
 * GroveMailboxBar: a mailbox as a number and a bar that fills. Painted from colour nodes at a fixed
 * size: a change costs a redraw of itself and no layout.
 */
#include "ui/grove-mailbox-bar.h"

#include "observer/grove-format.h"
#include "ui/grove-palette.h"

#define THICKNESS    6
#define NUMBER_WIDTH 52
#define GAP          8

struct _GroveMailboxBar
{
  GtkWidget    parent_instance;
  guint64      n_messages;
  double       level;
  PangoLayout *layout;
  int          text_width, text_height;
};

enum
{
  PROP_0,
  PROP_N_MESSAGES,
  PROP_LEVEL,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (GroveMailboxBar, grove_mailbox_bar, GTK_TYPE_WIDGET)

static void
update_label (GroveMailboxBar *self)
{
  g_autofree char *text = grove_format_plural ((gint64) self->n_messages, "message", "messages");

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static PangoLayout *
get_layout (GroveMailboxBar *self)
{
  if (self->layout == NULL)
    {
      PangoAttrList   *attributes = pango_attr_list_new ();
      g_autofree char *text = grove_format_count ((gint64) self->n_messages);

      self->layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
      pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum"));
      pango_layout_set_attributes (self->layout, attributes);
      pango_attr_list_unref (attributes);
      pango_layout_get_pixel_size (self->layout, &self->text_width, &self->text_height);
    }
  return self->layout;
}

static void
grove_mailbox_bar_measure (GtkWidget     *widget,
                           GtkOrientation orientation,
                           int            for_size,
                           int           *minimum,
                           int           *natural,
                           int           *minimum_baseline,
                           int           *natural_baseline)
{
  gboolean numbered = GROVE_MAILBOX_BAR (widget)->level < 0;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = numbered ? NUMBER_WIDTH + GAP + 60 : 40;
  else
    *minimum = *natural = numbered ? 18 : THICKNESS;
  *minimum_baseline = *natural_baseline = -1;
}

static void
grove_mailbox_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GroveMailboxBar    *self = GROVE_MAILBOX_BAR (widget);
  const GrovePalette *palette = grove_palette_get (widget);
  gboolean            numbered = self->level < 0;
  float               width = gtk_widget_get_width (widget);
  float               height = gtk_widget_get_height (widget);
  float               left = 0;
  float               thick = numbered ? THICKNESS : MIN (height, 10);
  float               y = (int) ((height - thick) / 2);
  double              level =
    numbered ? grove_palette_get_mailbox_level ((gint64) self->n_messages) : self->level;

  if (numbered)
    {
      PangoLayout *layout = get_layout (self);
      GdkRGBA      colour = self->n_messages == 0 ? palette->idle : palette->fg;

      left = MAX (NUMBER_WIDTH, self->text_width);
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot,
                              &GRAPHENE_POINT_INIT (left - self->text_width,
                                                    (int) ((height - self->text_height) / 2)));
      gtk_snapshot_append_layout (snapshot, layout, &colour);
      gtk_snapshot_restore (snapshot);
      left += GAP;
    }
  grove_snapshot_append_round_rect (snapshot, &palette->track, left, y, width - left, thick,
                                    thick / 2);
  if (level > 0)
    grove_snapshot_append_round_rect (snapshot,
                                      grove_palette_get_mailbox (palette,
                                                                 (gint64) self->n_messages),
                                      left, y, MAX (thick, (width - left) * (float) level), thick,
                                      thick / 2);
}

/* The font may have changed. */
static void
grove_mailbox_bar_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (grove_mailbox_bar_parent_class)->css_changed (widget, change);
  g_clear_object (&GROVE_MAILBOX_BAR (widget)->layout);
}

static void
grove_mailbox_bar_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GroveMailboxBar *self = GROVE_MAILBOX_BAR (object);

  switch (id)
    {
    case PROP_N_MESSAGES:
      g_value_set_uint64 (value, self->n_messages);
      break;
    case PROP_LEVEL:
      g_value_set_double (value, self->level);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
grove_mailbox_bar_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GroveMailboxBar *self = GROVE_MAILBOX_BAR (object);

  switch (id)
    {
    case PROP_N_MESSAGES:
      grove_mailbox_bar_set_n_messages (self, g_value_get_uint64 (value));
      break;
    case PROP_LEVEL:
      grove_mailbox_bar_set_level (self, g_value_get_double (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
grove_mailbox_bar_dispose (GObject *object)
{
  g_clear_object (&GROVE_MAILBOX_BAR (object)->layout);
  G_OBJECT_CLASS (grove_mailbox_bar_parent_class)->dispose (object);
}

static void
grove_mailbox_bar_class_init (GroveMailboxBarClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass   *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = grove_mailbox_bar_get_property;
  object_class->set_property = grove_mailbox_bar_set_property;
  object_class->dispose = grove_mailbox_bar_dispose;
  widget_class->measure = grove_mailbox_bar_measure;
  widget_class->snapshot = grove_mailbox_bar_snapshot;
  widget_class->css_changed = grove_mailbox_bar_css_changed;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);

  properties[PROP_N_MESSAGES] =
    g_param_spec_uint64 ("n-messages", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_LEVEL] = g_param_spec_double ("level", NULL, NULL, -1, 1, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
grove_mailbox_bar_init (GroveMailboxBar *self)
{
  self->level = -1;
  update_label (self);
}

GtkWidget *
grove_mailbox_bar_new (void)
{
  return g_object_new (GROVE_TYPE_MAILBOX_BAR, NULL);
}

void
grove_mailbox_bar_set_n_messages (GroveMailboxBar *self, guint64 n_messages)
{
  g_return_if_fail (GROVE_IS_MAILBOX_BAR (self));
  if (self->n_messages == n_messages)
    return;
  self->n_messages = n_messages;
  g_clear_object (&self->layout);
  update_label (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_MESSAGES]);
}

guint64
grove_mailbox_bar_get_n_messages (GroveMailboxBar *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_BAR (self), 0);
  return self->n_messages;
}

void
grove_mailbox_bar_set_level (GroveMailboxBar *self, double level)
{
  g_return_if_fail (GROVE_IS_MAILBOX_BAR (self));
  level = level < 0 ? -1 : MIN (level, 1);
  if (self->level == level)
    return;
  if ((self->level < 0) != (level < 0))
    gtk_widget_queue_resize (GTK_WIDGET (self));
  self->level = level;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LEVEL]);
}

double
grove_mailbox_bar_get_level (GroveMailboxBar *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_BAR (self), 0);
  return self->level;
}
