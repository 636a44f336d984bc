/* SPDX-License-Identifier: MIT
 *
 * GroveMailboxesView: watching mailboxes fill. A GroveMailboxChoice says which processes to show;
 * one GroveProcessWatch keeps those live; cards belong to processes, so that they can stand still
 * while the ranking changes. Their order follows what the mailboxes hold now, but never under the
 * pointer.
 */
#include "ui/grove-mailboxes-view.h"

#include "observer/grove-format.h"
#include "observer/grove-process-detail.h"
#include "observer/grove-process-watch.h"
#include "ui/grove-mailbox-card.h"
#include "ui/grove-mailbox-choice.h"
#include "ui/grove-mailbox-order.h"
#include "ui/grove-menus.h"
#include "ui/grove-message-list.h"
#include "ui/grove-pins.h"
#include "ui/grove-refusal-page.h"
#include "ui/grove-spinner.h"

#include <glib/gi18n.h>

#define TICK_MS     100
#define ORDER_TICKS 5
/* Of so many processes that have no card any more it is remembered what they held. */
#define MEMORIES_MAX 128

/* Cards keep their order this long after the pointer last moved over them. */
#define HOLD_US (2 * G_USEC_PER_SEC)

struct _GroveMailboxesView
{
  AdwBin              parent_instance;
  GroveSession       *session;
  GroveMailboxChoice *choice;
  GroveProcessWatch  *watch;
  GHashTable         *cards;      /* pid -> GroveMailboxCard */
  GHashTable         *memories;   /* pid -> GroveHorizon */
  GHashTable         *obituaries; /* pid -> GroveProcessDetail: of pinned ones that ended */
  GrovePins          *pins;
  guint               tick_source;
  guint               ticks, order_in; /* ticks until cards may be put in order */
  gint64              scale;
  gint64              pointed_us; /* when the pointer last moved over the cards */

  GtkPaned         *paned;
  GtkStack         *stack;
  GroveRefusalPage *refusal_page;
  GtkListBox       *list, *pinned_list;
  GtkWidget        *pinned_box;
  GtkLabel         *scale_label;
  GroveMessageList *messages;
};

G_DEFINE_FINAL_TYPE (GroveMailboxesView, grove_mailboxes_view, ADW_TYPE_BIN)

/* ---- Cards --------------------------------------------------------------------------------------
 */

static void
remember (GroveMailboxesView *self, GroveMailboxCard *card)
{
  if (g_hash_table_size (self->memories) >= MEMORIES_MAX)
    g_hash_table_remove_all (self->memories);
  g_hash_table_insert (self->memories, g_strdup (grove_mailbox_card_get_pid (card)),
                       g_memdup2 (grove_mailbox_card_get_horizon (card), sizeof (GroveHorizon)));
}

static void
remove_card (GroveMailboxesView *self, GroveMailboxCard *card)
{
  remember (self, card);
  gtk_list_box_remove (GTK_LIST_BOX (gtk_widget_get_parent (GTK_WIDGET (card))), GTK_WIDGET (card));
}

static void
on_pin_chosen (GroveMailboxCard *card, gboolean pinned, GroveMailboxesView *self)
{
  grove_pins_set (self->pins, grove_mailbox_card_get_pid (card), pinned);
}

static void
add_card (GroveMailboxesView *self, const char *pid)
{
  GtkWidget          *widget = grove_mailbox_card_new (pid);
  GroveMailboxCard   *card = GROVE_MAILBOX_CARD (widget);
  const GroveHorizon *memory = g_hash_table_lookup (self->memories, pid);
  const gboolean      pinned = grove_pins_contain (self->pins, pid);

  g_hash_table_insert (self->cards, g_strdup (pid), widget);
  if (memory != NULL)
    grove_mailbox_card_set_horizon (card, memory);
  grove_mailbox_card_set_expected (card, grove_mailbox_choice_get_n_messages (self->choice, pid));
  grove_mailbox_card_set_pinned (card, pinned);
  grove_mailbox_card_set_selected (card, g_strcmp0 (pid, grove_session_get_selected (
                                                           self->session)) == 0);
  g_signal_connect (card, "pin-chosen", G_CALLBACK (on_pin_chosen), self);
  gtk_list_box_append (pinned ? self->pinned_list : self->list, widget);
  self->order_in = MIN (self->order_in, 1);
}

static void
update_page (GroveMailboxesView *self)
{
  gboolean    loading = grove_mailbox_choice_is_loading (self->choice);
  gboolean    any = g_hash_table_size (self->cards) > 0;
  const char *refusal = grove_mailbox_choice_get_refusal (self->choice);

  if (refusal == NULL)
    refusal = grove_process_watch_get_refusal (self->watch);
  grove_refusal_page_set_refusal (self->refusal_page, refusal);

  gtk_widget_set_visible (self->pinned_box,
                          gtk_list_box_get_row_at_index (self->pinned_list, 0) != NULL);
  gtk_stack_set_visible_child_name (self->stack, refusal != NULL ? "refused"
                                                 : any           ? "cards"
                                                 : loading       ? "loading"
                                                                 : "empty");
}

static void
on_loading (gpointer self)
{
  update_page (self);
}

/* A pinned process that was restarted goes on as the one that took its place. */
static void
on_obituary (GroveProcessDetail *detail, GroveMailboxesView *self)
{
  const char      *successor = grove_process_detail_get_successor (detail);
  g_autofree char *pid = g_strdup (g_object_get_data (G_OBJECT (detail), "grove-pid"));

  if (successor != NULL && grove_process_detail_is_gone (detail))
    grove_pins_replace (self->pins, pid, successor);
}

static void
follow_ended (GroveMailboxesView *self, GroveMailboxCard *card)
{
  const char         *pid = grove_mailbox_card_get_pid (card);
  GroveProcessDetail *detail;

  if (!grove_mailbox_card_get_pinned (card) || !grove_mailbox_card_is_gone (card) ||
      g_hash_table_contains (self->obituaries, pid))
    return;
  detail = grove_process_detail_new (self->session, pid);
  g_object_set_data_full (G_OBJECT (detail), "grove-pid", g_strdup (pid), g_free);
  g_signal_connect_object (detail, "changed", G_CALLBACK (on_obituary), self, 0);
  g_hash_table_insert (self->obituaries, g_strdup (pid), detail);
  grove_process_detail_set_active (detail, TRUE);
}

/* Whose card stays, and stays where it is. */
static gboolean
keeps_card (GroveMailboxesView *self, GPtrArray *pids, const char *pid, GroveMailboxCard *card)
{
  return g_ptr_array_find_with_equal_func (pids, pid, g_str_equal, NULL) &&
         grove_mailbox_card_get_pinned (card) == grove_pins_contain (self->pins, pid);
}

static void
update_cards (GroveMailboxesView *self)
{
  g_autoptr (GPtrArray) pids =
    grove_mailbox_choice_choose (self->choice, self->cards, g_get_monotonic_time ());
  GHashTableIter iter;
  gpointer       key, value;

  g_hash_table_iter_init (&iter, self->cards);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!keeps_card (self, pids, key, value))
      {
        remove_card (self, value);
        g_hash_table_iter_remove (&iter);
      }
  for (guint i = 0; i < pids->len; i++)
    if (!g_hash_table_contains (self->cards, g_ptr_array_index (pids, i)))
      add_card (self, g_ptr_array_index (pids, i));
  grove_process_watch_set_pids (self->watch, (const char *const *) pids->pdata, pids->len);
  g_hash_table_iter_init (&iter, self->cards);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      grove_mailbox_card_set_item (value, grove_process_watch_get (self->watch, key));
      follow_ended (self, value);
    }
  update_page (self);
}

/* What a person pins is there at once. */
static void
on_pins_changed (GroveMailboxesView *self)
{
  GHashTableIter iter;
  gpointer       key;

  g_hash_table_iter_init (&iter, self->obituaries);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!grove_pins_contain (self->pins, key))
      g_hash_table_iter_remove (&iter);
  if (self->tick_source != 0)
    update_cards (self);
}

/* ---- Ten times a second -------------------------------------------------------------------------
 */

static int
compare_cards (GtkListBoxRow *a, GtkListBoxRow *b, gpointer user_data)
{
  guint place_a = grove_mailbox_card_get_place (GROVE_MAILBOX_CARD (a));
  guint place_b = grove_mailbox_card_get_place (GROVE_MAILBOX_CARD (b));

  return place_a < place_b ? -1 : place_a > place_b;
}

static void
order_cards (GroveMailboxesView *self)
{
  GroveMailboxCard *cards[GROVE_MAILBOX_CARDS_MAX];
  gint64            fills[GROVE_MAILBOX_CARDS_MAX];
  guint             order[GROVE_MAILBOX_CARDS_MAX];
  guint             n = 0;
  gboolean          moved = FALSE;
  GtkListBoxRow    *row;

  while (n < GROVE_MAILBOX_CARDS_MAX &&
         (row = gtk_list_box_get_row_at_index (self->list, (int) n)) != NULL)
    {
      cards[n] = GROVE_MAILBOX_CARD (row);
      fills[n] = grove_mailbox_card_get_fill (cards[n]);
      order[n] = n;
      n++;
    }
  grove_mailbox_order (fills, order, n, self->scale);
  for (guint i = 0; i < n; i++)
    {
      moved = moved || order[i] != i;
      grove_mailbox_card_set_place (cards[order[i]], i);
    }
  if (moved)
    gtk_list_box_invalidate_sort (self->list);
}

static void
update_scale (GroveMailboxesView *self)
{
  gint64           peak = 0;
  GHashTableIter   iter;
  gpointer         card;
  g_autofree char *count = NULL;
  g_autofree char *text = NULL;

  g_hash_table_iter_init (&iter, self->cards);
  while (g_hash_table_iter_next (&iter, NULL, &card))
    peak = MAX (peak, grove_mailbox_card_get_peak (card));
  self->scale = grove_mailbox_choose_scale (peak);
  count = grove_format_count (self->scale);
  text = g_strdup_printf (_ ("A full bar is %s messages"), count);
  if (g_strcmp0 (gtk_label_get_text (self->scale_label), text) != 0)
    gtk_label_set_text (self->scale_label, text);
}

/* As far back as is known of anybody, in steps that one can name. */
static void
update_span (GroveMailboxesView *self)
{
  static const guint spans[] = { 60, 120, GROVE_HORIZON_LENGTH };
  GHashTableIter     iter;
  gpointer           card;
  guint              n = 0, at = 0;

  g_hash_table_iter_init (&iter, self->cards);
  while (g_hash_table_iter_next (&iter, NULL, &card))
    n = MAX (n, grove_mailbox_card_get_horizon (card)->n);
  while (at + 1 < G_N_ELEMENTS (spans) && n > spans[at])
    at++;
  g_hash_table_iter_init (&iter, self->cards);
  while (g_hash_table_iter_next (&iter, NULL, &card))
    grove_mailbox_card_set_span (card, spans[at]);
}

static gboolean
on_tick (gpointer user_data)
{
  GroveMailboxesView *self = user_data;
  gint64              now = g_get_monotonic_time ();
  GHashTableIter      iter;
  gpointer            card;

  if (grove_session_get_paused (self->session) ||
      grove_session_get_state (self->session) != GROVE_SESSION_LIVE)
    return G_SOURCE_CONTINUE;
  if (self->ticks % 5 == 0)
    {
      update_cards (self);
      update_span (self);
    }
  update_scale (self);
  g_hash_table_iter_init (&iter, self->cards);
  while (g_hash_table_iter_next (&iter, NULL, &card))
    grove_mailbox_card_tick (card, now, self->scale);
  if (self->order_in > 0)
    self->order_in--;
  else if (now - self->pointed_us > HOLD_US)
    {
      order_cards (self);
      self->order_in = ORDER_TICKS;
    }
  self->ticks++;
  return G_SOURCE_CONTINUE;
}

/* ---- Opening and choosing -----------------------------------------------------------------------
 */

static void
on_row_activated (GroveMailboxesView *self, GroveMailboxCard *card)
{
  grove_session_set_selected (self->session, grove_mailbox_card_get_pid (card));
  grove_mailboxes_view_open (self, grove_mailbox_card_get_pid (card),
                             grove_mailbox_card_get_title (card));
}

static void
on_messages_closed (GroveMailboxesView *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->messages), FALSE);
  grove_message_list_set_process (self->messages, NULL, NULL);
}

static void
on_navigate (GroveMailboxesView *self, const char *pid)
{
  grove_session_set_selected (self->session, pid);
}

static void
on_selected (GroveMailboxesView *self)
{
  const char    *selected = grove_session_get_selected (self->session);
  GHashTableIter iter;
  gpointer       key, card;

  g_hash_table_iter_init (&iter, self->cards);
  while (g_hash_table_iter_next (&iter, &key, &card))
    grove_mailbox_card_set_selected (card, g_strcmp0 (key, selected) == 0);
}

static void
on_right_click (GtkGestureClick *gesture, int n_press, double x, double y, GroveMailboxesView *self)
{
  GtkWidget     *list = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  GtkListBoxRow *row = gtk_list_box_get_row_at_y (GTK_LIST_BOX (list), (int) y);

  if (row == NULL)
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  grove_session_set_selected (self->session, grove_mailbox_card_get_pid (GROVE_MAILBOX_CARD (row)));
  grove_process_menu_popup (list, x, y);
}

static GroveMailboxCard *
get_focused (GroveMailboxesView *self)
{
  GtkRoot   *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && GROVE_IS_MAILBOX_CARD (focus) ? GROVE_MAILBOX_CARD (focus) : NULL;
}

static gboolean
on_delete_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  GroveMailboxCard *card = get_focused (user_data);

  if (card == NULL)
    return GDK_EVENT_PROPAGATE;
  on_navigate (user_data, grove_mailbox_card_get_pid (card));
  gtk_widget_activate_action (widget, "win.kill", NULL);
  return GDK_EVENT_STOP;
}

static gboolean
on_menu_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  GroveMailboxCard *card = get_focused (user_data);
  graphene_point_t  point = GRAPHENE_POINT_INIT (0, 0);

  if (card == NULL ||
      !gtk_widget_compute_point (GTK_WIDGET (card), widget, &GRAPHENE_POINT_INIT (60, 40), &point))
    return GDK_EVENT_PROPAGATE;
  on_navigate (user_data, grove_mailbox_card_get_pid (card));
  grove_process_menu_popup (widget, point.x, point.y);
  return GDK_EVENT_STOP;
}

static void
on_motion (GroveMailboxesView *self)
{
  self->pointed_us = g_get_monotonic_time ();
}

static void
add_controls (GroveMailboxesView *self, GtkListBox *list)
{
  GtkGesture         *click = gtk_gesture_click_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  /* On release: a popover that opens in between loses count of the button that is down. */
  g_signal_connect (click, "released", G_CALLBACK (on_right_click), self);
  gtk_widget_add_controller (GTK_WIDGET (list), GTK_EVENT_CONTROLLER (click));
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  gtk_widget_add_controller (GTK_WIDGET (list), motion);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts),
                                        gtk_shortcut_new (gtk_shortcut_trigger_parse_string (
                                                            "Delete|KP_Delete"),
                                                          gtk_callback_action_new (on_delete_key,
                                                                                   self, NULL)));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts),
                                        gtk_shortcut_new (gtk_shortcut_trigger_parse_string (
                                                            "Menu|<Shift>F10"),
                                                          gtk_callback_action_new (on_menu_key,
                                                                                   self, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (list), shortcuts);
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
set_active (GroveMailboxesView *self, gboolean active)
{
  if (self->choice == NULL)
    return;
  grove_mailbox_choice_set_active (self->choice, active);
  grove_process_watch_set_active (self->watch, active);
  if (active && self->tick_source == 0)
    self->tick_source = g_timeout_add (TICK_MS, on_tick, self);
  else if (!active)
    g_clear_handle_id (&self->tick_source, g_source_remove);
}

static void
on_map (GroveMailboxesView *self)
{
  set_active (self, TRUE);
}

static void
on_unmap (GroveMailboxesView *self)
{
  set_active (self, FALSE);
}

/* Pids of another run mean nothing. */
static void
on_reset (GroveMailboxesView *self)
{
  GHashTableIter iter;
  gpointer       card;

  g_hash_table_iter_init (&iter, self->cards);
  while (g_hash_table_iter_next (&iter, NULL, &card))
    {
      gtk_list_box_remove (GTK_LIST_BOX (gtk_widget_get_parent (card)), card);
      g_hash_table_iter_remove (&iter);
    }
  grove_mailbox_choice_forget (self->choice);
  g_hash_table_remove_all (self->memories);
  g_hash_table_remove_all (self->obituaries);
  on_messages_closed (self);
}

static void
grove_mailboxes_view_dispose (GObject *object)
{
  GroveMailboxesView *self = GROVE_MAILBOXES_VIEW (object);

  set_active (self, FALSE);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_hash_table_remove_all (self->cards);
  g_hash_table_remove_all (self->obituaries);
  if (self->pins != NULL)
    g_signal_handlers_disconnect_by_data (self->pins, self);
  g_clear_object (&self->pins);
  g_clear_object (&self->watch);
  g_clear_pointer (&self->choice, grove_mailbox_choice_free);
  G_OBJECT_CLASS (grove_mailboxes_view_parent_class)->dispose (object);
  g_clear_object (&self->session);
}

static void
grove_mailboxes_view_finalize (GObject *object)
{
  GroveMailboxesView *self = GROVE_MAILBOXES_VIEW (object);

  g_hash_table_unref (self->cards);
  g_hash_table_unref (self->memories);
  g_hash_table_unref (self->obituaries);
  G_OBJECT_CLASS (grove_mailboxes_view_parent_class)->finalize (object);
}

static void
grove_mailboxes_view_class_init (GroveMailboxesViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_mailboxes_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_mailboxes_view_finalize;
  g_type_ensure (GROVE_TYPE_REFUSAL_PAGE);
  g_type_ensure (GROVE_TYPE_SPINNER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-mailboxes-view.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, GroveMailboxesView, child)
  BIND (paned);
  BIND (stack);
  BIND (refusal_page);
  BIND (list);
  BIND (pinned_list);
  BIND (pinned_box);
  BIND (scale_label);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
grove_mailboxes_view_init (GroveMailboxesView *self)
{
  self->cards = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->memories = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->obituaries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->scale = 10;
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_sort_func (self->list, compare_cards, NULL, NULL);
  add_controls (self, self->pinned_list);
  add_controls (self, self->list);
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (on_unmap), NULL);
}

GtkWidget *
grove_mailboxes_view_new (GroveSession *session)
{
  GroveMailboxesView *self = g_object_new (GROVE_TYPE_MAILBOXES_VIEW, NULL);

  self->session = g_object_ref (session);
  self->pins = g_object_ref (grove_pins_of (session));
  g_signal_connect_swapped (self->pins, "changed", G_CALLBACK (on_pins_changed), self);
  self->watch = grove_process_watch_new (session, TICK_MS);
  self->choice = grove_mailbox_choice_new (session, self->pins, on_loading, self);
  g_signal_connect_swapped (self->watch, "notify::refusal", G_CALLBACK (update_page), self);
  self->messages = GROVE_MESSAGE_LIST (grove_message_list_new (session));
  gtk_widget_set_visible (GTK_WIDGET (self->messages), FALSE);
  gtk_widget_set_size_request (GTK_WIDGET (self->messages), -1, 240);
  gtk_paned_set_end_child (self->paned, GTK_WIDGET (self->messages));
  g_signal_connect_swapped (session, "notify::selected", G_CALLBACK (on_selected), self);
  g_signal_connect_swapped (session, "reset", G_CALLBACK (on_reset), self);
  g_signal_connect_object (self->messages, "closed", G_CALLBACK (on_messages_closed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->messages, "navigate", G_CALLBACK (on_navigate), self,
                           G_CONNECT_SWAPPED);
  update_page (self);
  return GTK_WIDGET (self);
}

void
grove_mailboxes_view_open (GroveMailboxesView *self, const char *pid, const char *title)
{
  g_return_if_fail (GROVE_IS_MAILBOXES_VIEW (self));
  gtk_widget_set_visible (GTK_WIDGET (self->messages), TRUE);
  grove_message_list_set_process (self->messages, pid, title);
}

gboolean
grove_mailboxes_view_is_filled (GroveMailboxesView *self)
{
  GHashTableIter iter;
  gpointer       card;

  g_return_val_if_fail (GROVE_IS_MAILBOXES_VIEW (self), FALSE);
  g_hash_table_iter_init (&iter, self->cards);
  while (g_hash_table_iter_next (&iter, NULL, &card))
    if (grove_mailbox_card_get_peak (card) > 0)
      return TRUE;
  return FALSE;
}
