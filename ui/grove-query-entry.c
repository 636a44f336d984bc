/* SPDX-License-Identifier: MIT
 *
 * GroveQueryEntry: an entry, and two children of an overlay that are placed below a character of
 * it: the list of what may come next, and the bubble that says what is wrong.
 */
#include "ui/grove-query-entry.h"

#include <glib/gi18n.h>
#include <string.h>

#define LIST_HEIGHT_MAX 286
#define BELOW           4 /* pixels between the entry and what is below it */

struct _GroveQueryEntry
{
  GtkWidget       parent_instance;
  GtkSearchEntry *entry;
  GroveTable     *table;
  GtkOverlay     *overlay; /* weak */
  GtkWidget      *popup;   /* weak, like what is in it: the overlay's */
  GtkListBox     *list;
  GtkWidget      *bubble;
  GtkLabel       *bubble_label;
  char           *refusal;
  gsize           word_start;  /* bytes: where a completion begins */
  gsize           error_start; /* bytes */
  guint           take_source, update_source;
  gboolean        setting; /* the text is not being typed */
  gboolean        typing;  /* it was */
};

enum
{
  TYPED,
  ENTERED,
  LEFT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveQueryEntry, grove_query_entry, GTK_TYPE_WIDGET)

/* What columns are, for who does not know their names yet. */
static const struct
{
  const char *name, *text;
} meanings[] = {
  { "pid", N_ ("Process identifier") },
  { "name", N_ ("Registered name or label") },
  { "status", N_ ("What it does") },
  { "state", N_ ("What it does") },
  { "messages", N_ ("Messages that wait") },
  { "mailbox", N_ ("Messages that wait") },
  { "memory", N_ ("Bytes in all, as in 10M") },
  { "reductions/s", N_ ("Work a second") },
  { "reds", N_ ("Work a second") },
  { "app", N_ ("Application it belongs to") },
  { "priority", N_ ("Of its turns to run") },
  { "heap", N_ ("Bytes, as in 64k") },
  { "stack", N_ ("Bytes, as in 4k") },
  { "reductions", N_ ("Work since it was started") },
  { "messages_in/s", N_ ("Messages that come, a second") },
  { "in", N_ ("Messages that come, a second") },
  { "mailbox_bytes", N_ ("Bytes that wait, as in 1M") },
  { "initial", N_ ("Function it was started with") },
  { "supervisor", N_ ("Its supervisor’s PID") },
  { "restarts", N_ ("Of the child it is") },
  { "age", N_ ("Since its start, as in 5s or 2h") },
  { "started_ns", N_ ("Start, on the system’s clock") },
  { "scheduler", N_ ("Thread it runs on") },
  { "links", N_ ("Processes linked to it") },
  { "trap_exit", N_ ("Whether exits reach it as messages") },
  { "system", N_ ("Whether it is the system’s own") },
  { "current", N_ ("Function it was in") },
  { "not", N_ ("The next condition does not hold") },
  { "or", N_ ("What is before it, or what comes") },
};

static const char *
explain (const char *offer)
{
  gsize length = strcspn (offer, ":>");

  for (gsize i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (strlen (meanings[i].name) == length && strncmp (meanings[i].name, offer, length) == 0)
      return _ (meanings[i].text);
  return "";
}

static GtkText *
get_text_widget (GroveQueryEntry *self)
{
  return GTK_TEXT (gtk_editable_get_delegate (GTK_EDITABLE (self->entry)));
}

static const char *
get_text (GroveQueryEntry *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

/* ---- Placing ------------------------------------------------------------------------------------
 */

/* Below the byte at @at of the text, in the overlay. */
static graphene_point_t
get_place (GroveQueryEntry *self, gsize at)
{
  GtkText         *text = get_text_widget (self);
  const char      *typed = get_text (self);
  graphene_rect_t  cursor;
  graphene_point_t place, bottom;

  at = MIN (at, strlen (typed));
  gtk_text_compute_cursor_extents (text, (gsize) g_utf8_pointer_to_offset (typed, typed + at),
                                   &cursor, NULL);
  if (!gtk_widget_compute_point (GTK_WIDGET (text), GTK_WIDGET (self->overlay), &cursor.origin,
                                 &place) ||
      !gtk_widget_compute_point (GTK_WIDGET (self), GTK_WIDGET (self->overlay),
                                 &GRAPHENE_POINT_INIT (0,
                                                       gtk_widget_get_height (GTK_WIDGET (self))),
                                 &bottom))
    return GRAPHENE_POINT_INIT (0, 0);
  return GRAPHENE_POINT_INIT (place.x, bottom.y + BELOW);
}

static gboolean
on_get_position (GtkOverlay      *overlay,
                 GtkWidget       *child,
                 GdkRectangle    *allocation,
                 GroveQueryEntry *self)
{
  int              width = gtk_widget_get_width (GTK_WIDGET (overlay));
  int              height = gtk_widget_get_height (GTK_WIDGET (overlay));
  graphene_point_t place;
  GtkRequisition   natural;

  if (child != self->popup && child != self->bubble)
    return FALSE;
  gtk_widget_get_preferred_size (child, NULL, &natural);
  place = get_place (self, child == self->popup ? self->word_start : self->error_start);
  /* The text in it begins below the character it is about, which is inside its border. */
  place.x -= 12;
  allocation->width = MIN (natural.width, width);
  allocation->height = MIN (natural.height, MAX (height - (int) place.y, 1));
  allocation->x = (int) CLAMP (place.x, 0, MAX (width - allocation->width, 0));
  allocation->y = (int) place.y;
  return TRUE;
}

/* ---- What is wrong ------------------------------------------------------------------------------
 */

static void
mark (GroveQueryEntry *self, const char *typed, gboolean wrong)
{
  PangoAttrList *marks = pango_attr_list_new ();

  if (wrong)
    {
      gsize           start = MIN (self->error_start, strlen (typed));
      gsize           end = start + strcspn (typed + start, " \t");
      PangoAttribute *underline = pango_attr_underline_new (PANGO_UNDERLINE_ERROR);

      /* Something is missing at the end: what is before it is marked. */
      while (start > 0 && (start == end || typed[start] == '\0'))
        start = (gsize) (g_utf8_prev_char (typed + start) - typed);
      underline->start_index = (guint) start;
      underline->end_index = (guint) MAX (end, start + 1);
      pango_attr_list_insert (marks, underline);
    }
  gtk_text_set_attributes (get_text_widget (self), marks);
  pango_attr_list_unref (marks);
}

static gboolean
is_offering (GroveQueryEntry *self)
{
  return self->popup != NULL && gtk_widget_get_visible (self->popup);
}

static void
set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* What is being completed is not wrong yet. */
static void
show_error (GroveQueryEntry *self)
{
  g_autoptr (GError) error = NULL;
  const char *typed = get_text (self);
  const char *message;
  gboolean    shown, wrong, unfinished;

  if (self->table == NULL || self->bubble == NULL)
    return;
  self->error_start = 0;
  wrong = !grove_table_check_filter (self->table, typed, &self->error_start, &error);
  message = wrong ? error->message : self->refusal;
  shown = message != NULL && !is_offering (self);
  /* What is missing at the end is about to be typed: that is said, and not held against anybody. */
  unfinished = wrong && self->error_start >= strlen (typed) &&
               gtk_widget_has_focus (GTK_WIDGET (get_text_widget (self)));
  mark (self, typed, wrong && shown && !unfinished);
  set_class (self->bubble, "unfinished", unfinished);
  set_class (GTK_WIDGET (self->entry), "error", shown && !unfinished);
  if (message != NULL)
    gtk_label_set_text (self->bubble_label, message);
  gtk_widget_set_visible (self->bubble, shown && gtk_widget_is_sensitive (GTK_WIDGET (self)));
  gtk_widget_queue_allocate (GTK_WIDGET (self->overlay));
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID,
                               message != NULL ? GTK_ACCESSIBLE_INVALID_TRUE
                                               : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
}

/* ---- What may come next -------------------------------------------------------------------------
 */

static GtkWidget *
new_row (const char *offer)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  GtkWidget *word = gtk_label_new (offer);
  GtkWidget *meaning = gtk_label_new (explain (offer));

  gtk_widget_add_css_class (word, "mono");
  gtk_widget_add_css_class (meaning, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (word), 0);
  gtk_label_set_ellipsize (GTK_LABEL (word), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_width_chars (GTK_LABEL (word), 14);
  gtk_label_set_max_width_chars (GTK_LABEL (word), 40);
  gtk_label_set_xalign (GTK_LABEL (meaning), 1);
  gtk_widget_set_hexpand (meaning, TRUE);
  gtk_box_append (GTK_BOX (box), word);
  gtk_box_append (GTK_BOX (box), meaning);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_can_focus (row, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, offer,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, explain (offer), -1);
  g_object_set_data_full (G_OBJECT (row), "grove-offer", g_strdup (offer), g_free);
  return row;
}

static void
hide_offers (GroveQueryEntry *self)
{
  if (!is_offering (self))
    return;
  gtk_widget_set_visible (self->popup, FALSE);
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (self->entry),
                                 GTK_ACCESSIBLE_RELATION_ACTIVE_DESCENDANT);
}

/* Up to the cursor. (transfer full) */
static char *
dup_typed (GroveQueryEntry *self)
{
  return g_utf8_substring (get_text (self), 0,
                           gtk_editable_get_position (GTK_EDITABLE (self->entry)));
}

static void
fill_list (GroveQueryEntry *self, char **offers)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (; *offers != NULL; offers++)
    gtk_list_box_append (self->list, new_row (*offers));
}

/* @wished: somebody asked for it; else only where a word was begun. */
static void
offer (GroveQueryEntry *self, gboolean wished)
{
  g_autofree char *typed = dup_typed (self);
  gsize            start = strlen (typed);
  g_auto (GStrv) offers = NULL;
  gboolean begun;

  if (self->table == NULL || self->popup == NULL)
    return;
  offers = grove_table_complete_filter (self->table, typed, &start);
  begun = start < strlen (typed) || (start > 0 && strchr (":=~^<>,", typed[start - 1]) != NULL);
  if (offers[0] == NULL || (!begun && !wished) ||
      (offers[1] == NULL && g_strcmp0 (offers[0], typed + start) == 0))
    {
      hide_offers (self);
      return;
    }
  self->word_start = start;
  fill_list (self, offers);
  gtk_widget_set_visible (self->popup, TRUE);
  gtk_widget_queue_allocate (GTK_WIDGET (self->overlay));
}

/* After a column its value follows, after anything else another condition. */
static void
take (GroveQueryEntry *self, GtkListBoxRow *row)
{
  const char      *taken = g_object_get_data (G_OBJECT (row), "grove-offer");
  g_autofree char *typed = dup_typed (self);
  g_autofree char *word = NULL;
  const char      *after = get_text (self) + strlen (typed);
  gboolean         column = strchr (":>", taken[strlen (taken) - 1]) != NULL;
  GtkEditable     *editable = GTK_EDITABLE (self->entry);
  int              start = (int) g_utf8_pointer_to_offset (typed, typed + self->word_start);

  word = g_strconcat (taken, column || after[0] == ' ' ? NULL : " ", NULL);
  gtk_editable_delete_text (editable, start, gtk_editable_get_position (editable));
  gtk_editable_insert_text (editable, word, -1, &start);
  gtk_editable_set_position (editable, start);
  g_clear_handle_id (&self->update_source, g_source_remove);
  if (column)
    offer (self, FALSE);
  else
    hide_offers (self);
  show_error (self);
}

/* The rows go, and the list must be done with the click on one of them first. */
static gboolean
take_clicked (gpointer user_data)
{
  GroveQueryEntry *self = user_data;
  GtkListBoxRow   *row = is_offering (self) ? gtk_list_box_get_selected_row (self->list) : NULL;

  self->take_source = 0;
  if (row != NULL)
    take (self, row);
  return G_SOURCE_REMOVE;
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, GroveQueryEntry *self)
{
  gtk_list_box_select_row (list, row);
  if (self->take_source == 0)
    self->take_source = g_idle_add (take_clicked, self);
}

static void
move_selection (GroveQueryEntry *self, int by)
{
  GtkListBoxRow  *row = gtk_list_box_get_selected_row (self->list);
  int             index = row != NULL ? gtk_list_box_row_get_index (row) + by : by > 0 ? 0 : -1;
  GtkAdjustment  *adjustment;
  graphene_rect_t bounds;

  row = index >= 0 ? gtk_list_box_get_row_at_index (self->list, index) : NULL;
  if (row == NULL)
    {
      /* Above the first there is the text itself. */
      if (index < 0)
        gtk_list_box_unselect_all (self->list);
      return;
    }
  gtk_list_box_select_row (self->list, row);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->entry),
                                  GTK_ACCESSIBLE_RELATION_ACTIVE_DESCENDANT, row, -1);
  adjustment = gtk_list_box_get_adjustment (self->list);
  if (adjustment != NULL &&
      gtk_widget_compute_bounds (GTK_WIDGET (row), GTK_WIDGET (self->list), &bounds))
    gtk_adjustment_clamp_page (adjustment, bounds.origin.y, bounds.origin.y + bounds.size.height);
}

static void update (GroveQueryEntry *self);

static gboolean
on_key_of_list (GroveQueryEntry *self, guint key)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  switch (key)
    {
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      move_selection (self, 1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      move_selection (self, -1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      hide_offers (self);
      show_error (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_Tab:
    case GDK_KEY_KP_Tab:
      take (self, row != NULL ? row : gtk_list_box_get_row_at_index (self->list, 0));
      return GDK_EVENT_STOP;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      if (row == NULL)
        return GDK_EVENT_PROPAGATE;
      take (self, row);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static gboolean
on_key (GtkEventControllerKey *keys,
        guint                  key,
        guint                  code,
        GdkModifierType        modifiers,
        GroveQueryEntry       *self)
{
  /* What was typed so far counts, however quickly the next key comes. */
  if (self->update_source != 0)
    update (self);
  modifiers &= gtk_accelerator_get_default_mod_mask ();
  if (modifiers == GDK_CONTROL_MASK && key == GDK_KEY_space)
    {
      offer (self, TRUE);
      show_error (self);
      return GDK_EVENT_STOP;
    }
  if (modifiers != 0)
    return GDK_EVENT_PROPAGATE;
  if (is_offering (self))
    return on_key_of_list (self, key);
  if (key == GDK_KEY_Down || key == GDK_KEY_KP_Down)
    {
      offer (self, TRUE);
      show_error (self);
      return is_offering (self) ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
    }
  return GDK_EVENT_PROPAGATE;
}

/* ---- The entry ----------------------------------------------------------------------------------
 */

static void
update (GroveQueryEntry *self)
{
  g_clear_handle_id (&self->update_source, g_source_remove);
  if (!self->typing || !gtk_widget_has_focus (GTK_WIDGET (get_text_widget (self))))
    hide_offers (self);
  else
    offer (self, FALSE);
  self->typing = FALSE;
  show_error (self);
}

static gboolean
on_update (gpointer user_data)
{
  update (user_data);
  return G_SOURCE_REMOVE;
}

/* The cursor is moved after the text has changed. */
static void
on_changed (GroveQueryEntry *self)
{
  self->typing = !self->setting;
  if (self->update_source == 0)
    self->update_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_update, self, NULL);
}

static void
on_search_changed (GroveQueryEntry *self)
{
  g_signal_emit (self, signals[TYPED], 0);
}

static void
on_activate (GroveQueryEntry *self)
{
  self->typing = FALSE;
  hide_offers (self);
  show_error (self);
  g_signal_emit (self, signals[ENTERED], 0);
}

static void
on_stop_search (GroveQueryEntry *self)
{
  grove_query_entry_set_text (self, "");
  g_signal_emit (self, signals[LEFT], 0);
}

static void
on_focus_left (GroveQueryEntry *self)
{
  hide_offers (self);
  show_error (self);
}

static gboolean
grove_query_entry_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (GROVE_QUERY_ENTRY (widget)->entry));
}

static void
grove_query_entry_dispose (GObject *object)
{
  GroveQueryEntry *self = GROVE_QUERY_ENTRY (object);

  g_clear_handle_id (&self->take_source, g_source_remove);
  g_clear_handle_id (&self->update_source, g_source_remove);
  if (self->overlay != NULL)
    g_signal_handlers_disconnect_by_data (self->overlay, self);
  g_clear_weak_pointer (&self->overlay);
  g_clear_weak_pointer (&self->popup);
  g_clear_weak_pointer (&self->bubble);
  if (self->entry != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->entry, self);
      gtk_widget_unparent (GTK_WIDGET (self->entry));
      self->entry = NULL;
    }
  g_clear_object (&self->table);
  g_clear_pointer (&self->refusal, g_free);
  G_OBJECT_CLASS (grove_query_entry_parent_class)->dispose (object);
}

static void
grove_query_entry_class_init (GroveQueryEntryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType           type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_query_entry_dispose;
  widget_class->grab_focus = grove_query_entry_grab_focus;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  signals[TYPED] =
    g_signal_new ("typed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ENTERED] =
    g_signal_new ("entered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LEFT] =
    g_signal_new ("left", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_query_entry_init (GroveQueryEntry *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->entry = GTK_SEARCH_ENTRY (gtk_search_entry_new ());
  gtk_widget_set_parent (GTK_WIDGET (self->entry), GTK_WIDGET (self));
  gtk_widget_set_hexpand (GTK_WIDGET (self->entry), TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), 12);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->entry), 36);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->entry, "search-changed", G_CALLBACK (on_search_changed), self);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (on_activate), self);
  g_signal_connect_swapped (self->entry, "stop-search", G_CALLBACK (on_stop_search), self);
  /* Before the text, which takes the arrows and Escape for itself. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), keys);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_focus_left), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), focus);
}

GtkWidget *
grove_query_entry_new (void)
{
  return g_object_new (GROVE_TYPE_QUERY_ENTRY, NULL);
}

static void
build_popup (GroveQueryEntry *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *list = gtk_list_box_new ();

  self->list = GTK_LIST_BOX (list);
  gtk_widget_set_can_focus (list, FALSE);
  gtk_list_box_set_activate_on_single_click (self->list, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("What may come next"), -1);
  g_signal_connect_object (list, "row-activated", G_CALLBACK (on_row_activated), self, 0);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), LIST_HEIGHT_MAX);
  gtk_widget_add_css_class (scrolled, "offers");
  gtk_widget_set_visible (scrolled, FALSE);
  gtk_overlay_add_overlay (self->overlay, scrolled);
  g_set_weak_pointer (&self->popup, scrolled);
}

static void
build_bubble (GroveQueryEntry *self)
{
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *bubble = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->bubble_label = GTK_LABEL (label);
  gtk_label_set_wrap (self->bubble_label, TRUE);
  gtk_label_set_max_width_chars (self->bubble_label, 56);
  gtk_label_set_xalign (self->bubble_label, 0);
  gtk_widget_add_css_class (label, "filtererror");
  gtk_widget_add_css_class (bubble, "bubble");
  gtk_widget_set_can_target (bubble, FALSE);
  gtk_box_append (GTK_BOX (bubble), label);
  gtk_widget_set_visible (bubble, FALSE);
  gtk_overlay_add_overlay (self->overlay, bubble);
  g_set_weak_pointer (&self->bubble, bubble);
}

void
grove_query_entry_set_up (GroveQueryEntry *self, GroveTable *table, GtkOverlay *overlay)
{
  g_return_if_fail (GROVE_IS_QUERY_ENTRY (self));
  g_return_if_fail (self->table == NULL);
  self->table = g_object_ref (table);
  g_set_weak_pointer (&self->overlay, overlay);
  g_signal_connect (overlay, "get-child-position", G_CALLBACK (on_get_position), self);
  build_bubble (self);
  build_popup (self);
}

const char *
grove_query_entry_get_text (GroveQueryEntry *self)
{
  g_return_val_if_fail (GROVE_IS_QUERY_ENTRY (self), "");
  return get_text (self);
}

void
grove_query_entry_set_text (GroveQueryEntry *self, const char *text)
{
  g_return_if_fail (GROVE_IS_QUERY_ENTRY (self));
  self->setting = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  self->setting = FALSE;
}

void
grove_query_entry_set_refusal (GroveQueryEntry *self, const char *message)
{
  g_return_if_fail (GROVE_IS_QUERY_ENTRY (self));
  if (g_strcmp0 (self->refusal, message) == 0)
    return;
  g_free (self->refusal);
  self->refusal = g_strdup (message);
  show_error (self);
}

GtkSearchEntry *
grove_query_entry_get_entry (GroveQueryEntry *self)
{
  g_return_val_if_fail (GROVE_IS_QUERY_ENTRY (self), NULL);
  return self->entry;
}
