/* SPDX-License-Identifier: MIT
 *
 * GroveMessageList: the messages in one mailbox.
 */
#include "ui/grove-message-list.h"

#include "observer/grove-format.h"
#include "observer/grove-mailbox.h"
#include "ui/grove-message-pager.h"
#include "ui/grove-tab-stop.h"
#include "ui/grove-term-view.h"

#include <glib/gi18n.h>

struct _GroveMessageList
{
  AdwBin              parent_instance;
  GroveSession       *session;
  GroveMailbox       *mailbox;
  GtkSingleSelection *selection;
  char               *pid;
  gboolean            scrolled_by_hand;
  char               *sender; /* of the chosen message, kept when it is taken */

  GtkLabel          *title_label, *count_label, *empty_label;
  GtkWidget         *from_button, *term_box, *costly_button;
  GtkStack          *stack;
  GroveMessagePager *pager;
  GroveTermView     *term_view;
  GtkColumnView     *view;
  GtkScrolledWindow *scrolled;
};

enum
{
  CLOSED,
  NAVIGATE,
  N_SIGNALS
};

typedef enum
{
  COLUMN_INDEX,
  COLUMN_FROM,
  COLUMN_AGE,
  COLUMN_SIZE,
  COLUMN_TEXT,
  N_COLUMNS
} Column;

static const struct
{
  const char *title;
  int         width;
  gboolean    right, mono;
} columns[N_COLUMNS] = {
  { N_ ("#"), 64, TRUE, FALSE },        { N_ ("From"), 130, FALSE, TRUE },
  { N_ ("Age"), 96, TRUE, FALSE },      { N_ ("Size"), 90, TRUE, FALSE },
  { N_ ("Message"), 300, FALSE, TRUE },
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveMessageList, grove_message_list, ADW_TYPE_BIN)

static void
on_setup (GtkListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  gsize      column = GPOINTER_TO_SIZE (user_data);
  GtkWidget *inscription = gtk_inscription_new (NULL);

  gtk_inscription_set_xalign (GTK_INSCRIPTION (inscription), columns[column].right ? 1 : 0);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (inscription),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (inscription), 3);
  gtk_widget_add_css_class (inscription, columns[column].mono ? "mono" : "tnum");
  if (column != COLUMN_TEXT)
    gtk_widget_add_css_class (inscription, "pid");
  gtk_list_item_set_child (list_item, inscription);
}

static char *
get_cell_text (GroveMailboxMessage *message, gsize column)
{
  switch (column)
    {
    case COLUMN_INDEX:
      return grove_format_count ((gint64) grove_mailbox_message_get_index (message) + 1);
    case COLUMN_FROM:
      return g_strdup (grove_mailbox_message_get_from (message));
    case COLUMN_AGE:
      return grove_mailbox_message_get_age_ns (message) < 0
               ? g_strdup ("–")
               : grove_format_duration (grove_mailbox_message_get_age_ns (message));
    case COLUMN_SIZE:
      return grove_format_bytes (grove_mailbox_message_get_size (message));
    case COLUMN_TEXT:
    default:
      return g_strdup (grove_mailbox_message_get_text (message));
    }
}

static void
show_cell (GtkListItem *list_item, gsize column)
{
  g_autofree char *text = get_cell_text (gtk_list_item_get_item (list_item), column);

  gtk_inscription_set_text (GTK_INSCRIPTION (gtk_list_item_get_child (list_item)), text);
}

static void
on_index_changed (GtkListItem *list_item)
{
  show_cell (list_item, COLUMN_INDEX);
}

static void
on_age_changed (GtkListItem *list_item)
{
  show_cell (list_item, COLUMN_AGE);
}

/* A message that stays moves up as others are taken, and grows older. */
static void
on_bind (GtkListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  const gsize column = GPOINTER_TO_SIZE (user_data);
  gpointer    message = gtk_list_item_get_item (list_item);

  show_cell (list_item, column);
  if (column == COLUMN_INDEX)
    g_signal_connect_object (message, "notify::index", G_CALLBACK (on_index_changed), list_item,
                             G_CONNECT_SWAPPED);
  else if (column == COLUMN_AGE)
    g_signal_connect_object (message, "notify::age-ns", G_CALLBACK (on_age_changed), list_item,
                             G_CONNECT_SWAPPED);
}

static void
on_unbind (GtkListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  g_signal_handlers_disconnect_by_data (gtk_list_item_get_item (list_item), list_item);
}

static void
add_columns (GroveMessageList *self)
{
  for (gsize i = 0; i < N_COLUMNS; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr (GtkColumnViewColumn) column =
        gtk_column_view_column_new (_ (columns[i].title), factory);

      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GSIZE_TO_POINTER (i));
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), GSIZE_TO_POINTER (i));
      g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), GSIZE_TO_POINTER (i));
      gtk_column_view_column_set_fixed_width (column, columns[i].width);
      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_column_set_expand (column, i == COLUMN_TEXT);
      gtk_column_view_append_column (self->view, column);
    }
}

static void
update_count (GroveMessageList *self)
{
  guint            shown = grove_message_list_get_n_shown (self);
  guint64          total = self->mailbox != NULL ? grove_mailbox_get_total (self->mailbox) : 0;
  const char      *error = self->mailbox != NULL ? grove_mailbox_get_error (self->mailbox) : NULL;
  const char      *cost = self->mailbox != NULL ? grove_mailbox_get_cost (self->mailbox) : NULL;
  g_autofree char *count = grove_format_plural ((gint64) total, "message", "messages");

  gtk_label_set_text (self->count_label, count);
  gtk_label_set_text (self->empty_label, error != NULL ? error
                                         : cost != NULL
                                           ? cost
                                           : _ ("The mailbox is empty. What comes appears here."));
  gtk_widget_set_visible (self->costly_button, error == NULL && cost != NULL);
  gtk_stack_set_visible_child_name (self->stack, error == NULL && shown > 0 ? "messages" : "empty");
  gtk_widget_set_visible (GTK_WIDGET (self->pager), total > 0 && cost == NULL);
}

/* The list would go with the messages as older ones are taken, and show ever newer ones; what is
 * next stays in sight until a person scrolls. */
static void
on_refreshed (GroveMessageList *self)
{
  if (!self->scrolled_by_hand)
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scrolled), 0);
  update_count (self);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, GroveMessageList *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);

  self->scrolled_by_hand = dy > 0 || gtk_adjustment_get_value (adjustment) > -dy * 20;
  return GDK_EVENT_PROPAGATE;
}

static void
on_selected (GroveMessageList *self)
{
  GroveMailboxMessage *message =
    self->selection != NULL ? gtk_single_selection_get_selected_item (self->selection) : NULL;

  /* What was chosen stays readable after it was taken from the mailbox. */
  if (message == NULL)
    return;
  g_free (self->sender);
  self->sender = g_strdup (grove_mailbox_message_get_from (message));
  grove_term_view_set_term (self->term_view, grove_mailbox_message_get_term (message));
  gtk_widget_set_visible (self->term_box, TRUE);
  gtk_widget_set_sensitive (self->from_button, self->sender[0] != '\0');
}

static void
navigate (GroveMessageList *self, const char *pid)
{
  g_autofree char *copy = g_strdup (pid);

  g_signal_emit (self, signals[NAVIGATE], 0, copy);
}

static void
on_from_clicked (GroveMessageList *self)
{
  if (self->sender != NULL && self->sender[0] != '\0')
    navigate (self, self->sender);
}

static void
on_costly_clicked (GroveMessageList *self)
{
  if (self->mailbox == NULL)
    return;
  gtk_widget_set_visible (self->costly_button, FALSE);
  gtk_label_set_text (self->empty_label, _ ("The messages are copied…"));
  grove_mailbox_read_costly (self->mailbox);
}

static void
on_close_clicked (GroveMessageList *self)
{
  g_signal_emit (self, signals[CLOSED], 0);
}

static void
drop_mailbox (GroveMessageList *self)
{
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  if (self->mailbox != NULL)
    {
      grove_message_pager_set_mailbox (self->pager, NULL, NULL, NULL);
      g_signal_handlers_disconnect_by_data (self->mailbox, self);
      grove_mailbox_set_active (self->mailbox, FALSE);
    }
  g_clear_object (&self->selection);
  g_clear_object (&self->mailbox);
  g_clear_pointer (&self->sender, g_free);
}

static void
update_active (GroveMessageList *self)
{
  if (self->mailbox != NULL)
    grove_mailbox_set_active (self->mailbox, gtk_widget_get_mapped (GTK_WIDGET (self)));
}

static void
on_unmap (GroveMessageList *self)
{
  if (self->mailbox != NULL)
    grove_mailbox_set_active (self->mailbox, FALSE);
}

static void
grove_message_list_dispose (GObject *object)
{
  GroveMessageList *self = GROVE_MESSAGE_LIST (object);

  drop_mailbox (self);
  G_OBJECT_CLASS (grove_message_list_parent_class)->dispose (object);
  g_clear_pointer (&self->pid, g_free);
  g_clear_object (&self->session);
}

static void
grove_message_list_class_init (GroveMessageListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType           type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_message_list_dispose;
  g_type_ensure (GROVE_TYPE_MESSAGE_PAGER);
  g_type_ensure (GROVE_TYPE_TERM_VIEW);
  g_type_ensure (GROVE_TYPE_TAB_STOP);
  signals[CLOSED] =
    g_signal_new ("closed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[NAVIGATE] = g_signal_new ("navigate", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-message-list.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, GroveMessageList, child)
  BIND (title_label);
  BIND (count_label);
  BIND (empty_label);
  BIND (costly_button);
  BIND (pager);
  BIND (term_view);
  BIND (term_box);
  BIND (from_button);
  BIND (stack);
  BIND (view);
  BIND (scrolled);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_from_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_close_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_costly_clicked);
}

static void
grove_message_list_init (GroveMessageList *self)
{
  GtkEventController *scroll =
    gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

  gtk_widget_init_template (GTK_WIDGET (self));
  grove_term_view_set_title (self->term_view, _ ("The whole message"));
  g_signal_connect_swapped (self->term_view, "navigate", G_CALLBACK (navigate), self);
  add_columns (self);
  gtk_event_controller_set_propagation_phase (scroll, GTK_PHASE_CAPTURE);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (GTK_WIDGET (self->scrolled), scroll);
  g_signal_connect (self, "map", G_CALLBACK (update_active), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (on_unmap), NULL);
}

GtkWidget *
grove_message_list_new (GroveSession *session)
{
  GroveMessageList *self = g_object_new (GROVE_TYPE_MESSAGE_LIST, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}

void
grove_message_list_set_process (GroveMessageList *self, const char *pid, const char *title)
{
  g_autofree char *heading = NULL;

  g_return_if_fail (GROVE_IS_MESSAGE_LIST (self));
  if (g_strcmp0 (self->pid, pid) == 0)
    return;
  g_free (self->pid);
  self->pid = g_strdup (pid);
  self->scrolled_by_hand = FALSE;
  gtk_column_view_set_model (self->view, NULL);
  drop_mailbox (self);
  gtk_widget_set_visible (self->term_box, FALSE);
  gtk_widget_set_sensitive (self->from_button, FALSE);
  if (pid == NULL)
    return;
  heading = title != NULL && title[0] != '\0' && g_strcmp0 (title, pid) != 0
              ? g_strdup_printf ("%s %s", title, pid)
              : g_strdup (pid);
  gtk_label_set_text (self->title_label, heading);
  self->mailbox = grove_mailbox_new (self->session, pid);
  grove_message_pager_set_mailbox (self->pager, self->session, pid, self->mailbox);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->mailbox)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  g_signal_connect_swapped (self->selection, "notify::selected-item", G_CALLBACK (on_selected),
                            self);
  g_signal_connect_swapped (self->mailbox, "refreshed", G_CALLBACK (on_refreshed), self);
  g_signal_connect_swapped (self->mailbox, "notify::total", G_CALLBACK (update_count), self);
  g_signal_connect_swapped (self->mailbox, "notify::error", G_CALLBACK (update_count), self);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  update_active (self);
  update_count (self);
}

guint
grove_message_list_get_n_shown (GroveMessageList *self)
{
  g_return_val_if_fail (GROVE_IS_MESSAGE_LIST (self), 0);
  return self->mailbox != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->mailbox)) : 0;
}
