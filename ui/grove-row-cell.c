/* SPDX-License-Identifier: MIT
 *
 * GroveRowCell: one cell of a table of any kind. Its text is in a GtkInscription, which never asks
 * for a new layout; the patch behind a word is painted as wide as the word.
 */
#include "ui/grove-row-cell.h"

#define PATCH_MARGIN 8
#define PATCH_HEIGHT 20

struct _GroveRowCell
{
  GtkWidget      parent_instance;
  GroveRowColumn column;
  guint          index;
  GtkWidget     *content;
  const char    *tone; /* the style of the word shown, "" none */
  GroveRow      *row;
  gulong         row_handler;
  GtkListItem   *list_item; /* borrowed while bound */
};

G_DEFINE_FINAL_TYPE (GroveRowCell, grove_row_cell, GTK_TYPE_WIDGET)

static const struct
{
  const char *column, *word, *tone;
} tones[] = {
  { "level", "error", "tone-bad" },      { "level", "warning", "tone-warn" },
  { "level", "notice", "tone-note" },    { "level", "info", "tone-plain" },
  { "level", "debug", "tone-faint" },    { "outcome", "restarted", "tone-good" },
  { "outcome", "gave_up", "tone-bad" },  { "outcome", "pending", "tone-warn" },
  { "outcome", "left", "tone-plain" },   { "outcome", "none", "tone-plain" },
  { "answer", "done", "tone-good" },     { "answer", "failed", "tone-bad" },
  { "answer", "unknown", "tone-warn" },  { "answer", "under way", "tone-note" },
  { "status", "running", "tone-good" },  { "status", "suspended", "tone-warn" },
  { "status", "exiting", "tone-bad" },   { "status", "restarting", "tone-warn" },
  { "status", "stopping", "tone-warn" }, { "kind", "crash", "tone-bad" },
  { "kind", "spawn", "tone-good" },      { "kind", "link", "tone-note" },
  { "kind", "unlink", "tone-note" },     { "kind", "register", "tone-note" },
  { "kind", "unregister", "tone-note" }, { "kind", "suspend", "tone-warn" },
  { "kind", "overrun", "tone-warn" },    { "kind", "long_schedule", "tone-warn" },
  { "kind", "large_heap", "tone-warn" }, { "kind", "long_queue", "tone-warn" },
  { "kind", "trace_lost", "tone-warn" }, { "source", "crash", "tone-bad" },
  { "source", "program", "tone-note" },  { "role", "control", "tone-warn" },
};

const char *
grove_row_cell_get_tone (const char *column, const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tones); i++)
    if (g_str_equal (tones[i].column, column) && g_str_equal (tones[i].word, word))
      return tones[i].tone;
  return word[0] != '\0' ? "tone-plain" : "";
}

static void
set_tone (GroveRowCell *self, const char *tone)
{
  if (g_str_equal (self->tone, tone))
    return;
  if (self->tone[0] != '\0')
    gtk_widget_remove_css_class (self->content, self->tone);
  if (tone[0] != '\0')
    gtk_widget_add_css_class (self->content, tone);
  self->tone = tone;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
grove_row_cell_refresh (GroveRowCell *self)
{
  g_autofree char *text = NULL;

  g_return_if_fail (GROVE_IS_ROW_CELL (self));
  text = self->row != NULL ? grove_row_say (self->row, self->index) : g_strdup ("");
  if (g_strcmp0 (gtk_inscription_get_text (GTK_INSCRIPTION (self->content)), text) != 0)
    {
      gtk_inscription_set_text (GTK_INSCRIPTION (self->content), text);
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
  if (self->column.kind == GROVE_CELL_WORD)
    set_tone (self,
              self->row == NULL
                ? ""
                : grove_row_cell_get_tone (self->column.name,
                                           grove_row_get_text (self->row, self->column.name)));
}

/* The patch has the colour of its word, thinned. */
static void
snapshot_patch (GroveRowCell *self, GtkSnapshot *snapshot)
{
  g_autoptr (PangoLayout) layout =
    gtk_widget_create_pango_layout (self->content,
                                    gtk_inscription_get_text (GTK_INSCRIPTION (self->content)));
  GskRoundedRect  patch;
  graphene_rect_t bounds;
  GdkRGBA         colour;
  int             width = 0, height = 0;

  pango_layout_get_pixel_size (layout, &width, &height);
  gtk_style_context_get_color (gtk_widget_get_style_context (self->content), &colour);
  colour.alpha *= 0.14f;
  graphene_rect_init (&bounds, 0, (gtk_widget_get_height (GTK_WIDGET (self)) - PATCH_HEIGHT) / 2,
                      MIN (width + 2 * PATCH_MARGIN, gtk_widget_get_width (GTK_WIDGET (self))),
                      PATCH_HEIGHT);
  gsk_rounded_rect_init_from_rect (&patch, &bounds, PATCH_HEIGHT / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &patch);
  gtk_snapshot_append_color (snapshot, &colour, &bounds);
  gtk_snapshot_pop (snapshot);
}

static void
grove_row_cell_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GroveRowCell *self = GROVE_ROW_CELL (widget);

  if (self->tone[0] != '\0')
    snapshot_patch (self, snapshot);
  gtk_widget_snapshot_child (widget, self->content, snapshot);
}

static void
grove_row_cell_dispose (GObject *object)
{
  GroveRowCell *self = GROVE_ROW_CELL (object);

  g_clear_signal_handler (&self->row_handler, self->row);
  g_clear_object (&self->row);
  g_clear_pointer (&self->content, gtk_widget_unparent);
  G_OBJECT_CLASS (grove_row_cell_parent_class)->dispose (object);
}

static void
grove_row_cell_class_init (GroveRowCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_row_cell_dispose;
  widget_class->snapshot = grove_row_cell_snapshot;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
grove_row_cell_init (GroveRowCell *self)
{
  self->tone = "";
}

static void
style (GroveRowCell *self)
{
  GtkWidget *content = self->content;

  switch (self->column.kind)
    {
    case GROVE_CELL_PID:
      gtk_widget_add_css_class (content, "pid");
      gtk_widget_add_css_class (content, "mono");
      break;
    case GROVE_CELL_TERM:
    case GROVE_CELL_FUNCTION:
      gtk_widget_add_css_class (content, "mono");
      break;
    case GROVE_CELL_AT:
      gtk_widget_add_css_class (content, "mono");
      gtk_widget_add_css_class (content, "dim-label");
      break;
    case GROVE_CELL_WORD:
      gtk_widget_add_css_class (content, "row-word");
      gtk_widget_set_margin_start (content, PATCH_MARGIN);
      break;
    case GROVE_CELL_NUMBER:
      gtk_widget_add_css_class (content, "tnum");
      gtk_widget_add_css_class (content, "dim-label");
      break;
    case GROVE_CELL_TEXT:
    case GROVE_CELL_BOOLEAN:
    case GROVE_CELL_COUNT:
    case GROVE_CELL_RATE:
    case GROVE_CELL_BYTES:
    case GROVE_CELL_DURATION:
    case GROVE_CELL_SINCE:
    case GROVE_CELL_DUE:
      gtk_widget_add_css_class (content, "tnum");
      break;
    }
}

GtkWidget *
grove_row_cell_new (const GroveRowColumn *column, guint index)
{
  GroveRowCell *self = g_object_new (GROVE_TYPE_ROW_CELL, NULL);

  self->column = *column;
  self->index = index;
  self->content = gtk_inscription_new (NULL);
  gtk_inscription_set_xalign (GTK_INSCRIPTION (self->content), column->numeric ? 1 : 0);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (self->content),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (self->content), 3);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (self->content), 3);
  gtk_widget_set_parent (self->content, GTK_WIDGET (self));
  style (self);
  return GTK_WIDGET (self);
}

void
grove_row_cell_set_row (GroveRowCell *self, GroveRow *row)
{
  g_return_if_fail (GROVE_IS_ROW_CELL (self));
  if (self->row != row)
    {
      g_clear_signal_handler (&self->row_handler, self->row);
      g_set_object (&self->row, row);
      if (row != NULL)
        self->row_handler =
          g_signal_connect_swapped (row, "changed", G_CALLBACK (grove_row_cell_refresh), self);
    }
  grove_row_cell_refresh (self);
}

GroveRow *
grove_row_cell_get_row (GroveRowCell *self)
{
  g_return_val_if_fail (GROVE_IS_ROW_CELL (self), NULL);
  return self->row;
}

void
grove_row_cell_set_list_item (GroveRowCell *self, GtkListItem *list_item)
{
  g_return_if_fail (GROVE_IS_ROW_CELL (self));
  self->list_item = list_item;
}

guint
grove_row_cell_get_position (GroveRowCell *self)
{
  g_return_val_if_fail (GROVE_IS_ROW_CELL (self), G_MAXUINT);
  return self->list_item != NULL ? gtk_list_item_get_position (self->list_item) : G_MAXUINT;
}
