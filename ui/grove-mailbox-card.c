/* SPDX-License-Identifier: MIT
 *
 * GroveMailboxCard: one mailbox being watched.
 */
#include "ui/grove-mailbox-card.h"

#include "observer/grove-format.h"
#include "observer/grove-horizon.h"
#include "ui/grove-horizon-chart.h"
#include "ui/grove-mailbox-bar.h"
#include "ui/grove-preferences.h"

#include <glib/gi18n.h>
#include <math.h>

#define TICK_MS 100
/* Rates are taken over this long: short enough to follow, long enough to read. */
#define RATE_TICKS 20
/* What is said in words, and drawn, changes twice a second: more often it could not be read. */
#define CHART_TICKS  5
#define RECENT_TICKS 50
#define URGENT_S     60
/* What a mailbox holds now, for the order, is the mean of this long. */
#define FILL_TICKS 5

struct _GroveMailboxCard
{
  GtkListBoxRow     parent_instance;
  char             *pid;
  GroveProcessItem *item;
  GroveHorizon      horizon;
  gint64            recent[RECENT_TICKS];
  guint             n_recent; /* ever pushed */
  guint             ticks;
  guint             place;    /* in the list, 0 at the top */
  gint64            expected; /* what it holds, as long as its process has not told */

  GtkLabel          *name_label, *pid_label, *figure_label;
  GtkInscription    *in_label, *out_label, *size_label, *trend_label;
  GroveMailboxBar   *bar;
  GroveHorizonChart *chart;
  GtkLabel          *span_label;
  GtkToggleButton   *pin_button;
  gboolean           pinned;
};

enum
{
  PIN_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveMailboxCard, grove_mailbox_card, GTK_TYPE_LIST_BOX_ROW)

static const GroveProcessRow *
get_row (GroveMailboxCard *self)
{
  return self->item != NULL ? grove_process_item_get_row (self->item) : NULL;
}

gint64
grove_mailbox_card_get_n_messages (GroveMailboxCard *self)
{
  const GroveProcessRow *row;

  g_return_val_if_fail (GROVE_IS_MAILBOX_CARD (self), 0);
  row = get_row (self);
  return row != NULL && row->state != GROVE_PROCESS_GONE ? row->messages : 0;
}

gint64
grove_mailbox_card_get_fill (GroveMailboxCard *self)
{
  gint64 sum = 0;
  guint  n;

  g_return_val_if_fail (GROVE_IS_MAILBOX_CARD (self), 0);
  n = MIN (self->n_recent, FILL_TICKS);
  for (guint i = 1; i <= n; i++)
    sum += self->recent[(self->n_recent - i) % RECENT_TICKS];
  return n > 0 ? sum / n : self->expected;
}

void
grove_mailbox_card_set_expected (GroveMailboxCard *self, gint64 n_messages)
{
  g_return_if_fail (GROVE_IS_MAILBOX_CARD (self));
  self->expected = n_messages;
}

gint64
grove_mailbox_card_get_recent_peak (GroveMailboxCard *self)
{
  gint64 peak = 0;

  g_return_val_if_fail (GROVE_IS_MAILBOX_CARD (self), 0);
  for (guint i = 0; i < MIN (self->n_recent, RECENT_TICKS); i++)
    peak = MAX (peak, self->recent[i]);
  return peak;
}

gint64
grove_mailbox_card_get_peak (GroveMailboxCard *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_CARD (self), 0);
  return MAX ((gint64) grove_horizon_get_peak (&self->horizon),
              grove_mailbox_card_get_recent_peak (self));
}

/* Messages a second more than before, over the last two seconds. */
static double
get_growth (GroveMailboxCard *self)
{
  guint n = MIN (self->n_recent, RATE_TICKS);

  if (n < 2)
    return 0;
  return (double) (self->recent[(self->n_recent - 1) % RECENT_TICKS] -
                   self->recent[(self->n_recent - n) % RECENT_TICKS]) *
         1000.0 / (TICK_MS * (n - 1));
}

char *
grove_mailbox_describe_trend (gint64 n_messages, double growth_per_s, gint64 limit)
{
  g_autofree char *rate = NULL, *time = NULL, *full = NULL;

  if (n_messages <= 0 && growth_per_s < 0.5)
    return g_strdup (_ ("empty"));
  if (fabs (growth_per_s) < MAX (0.5, n_messages * 0.005))
    return g_strdup (_ ("steady"));
  if (growth_per_s < 0)
    {
      time = grove_format_duration ((gint64) (n_messages / -growth_per_s * 1e9));
      return g_strdup_printf (_ ("▼ empty in %s"), time);
    }
  rate = grove_format_rate (growth_per_s);
  if (n_messages >= limit)
    return g_strdup_printf (_ ("▲ growing %s/s"), rate);
  time = grove_format_duration ((gint64) ((limit - n_messages) / growth_per_s * 1e9));
  full = grove_format_count (limit);
  return g_strdup_printf (_ ("▲ growing %s/s, %s in %s"), rate, full, time);
}

static void
set_text (GtkInscription *inscription, const char *text)
{
  if (g_strcmp0 (gtk_inscription_get_text (inscription), text) != 0)
    gtk_inscription_set_text (inscription, text);
}

static void
set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* Most that grow do so for a moment: what counts is full already, or will be within a minute. */
static gboolean
is_urgent (gint64 n_messages, double growth_per_s)
{
  GrovePreferences *preferences = grove_preferences_get ();

  return n_messages >= grove_preferences_get_mailbox_warning (preferences) ||
         n_messages + growth_per_s * URGENT_S >= grove_preferences_get_mailbox_alarm (preferences);
}

static void
show_rates (GroveMailboxCard *self, const GroveProcessRow *row)
{
  double           growth = get_growth (self);
  double           out = MAX (row->messages_in_per_s - growth, 0);
  gboolean         gone = row->state == GROVE_PROCESS_GONE, known;
  g_autofree char *trend = gone
                             ? g_strdup ("ended")
                             : grove_mailbox_describe_trend (row->messages, growth,
                                                             grove_preferences_get_mailbox_alarm (
                                                               grove_preferences_get ()));
  g_autofree char *in_rate = grove_format_rate (gone ? 0 : row->messages_in_per_s);
  g_autofree char *out_rate = grove_format_rate (gone ? 0 : out);
  g_autofree char *size = grove_format_bytes (row->mailbox_bytes);
  g_autofree char *in_text = g_strdup_printf (_ ("in %s/s"), in_rate);
  g_autofree char *out_text = g_strdup_printf (_ ("out %s/s"), out_rate);

  /* A system that does not count them tells no size of a mailbox that has messages either. */
  known = row->mailbox_bytes > 0 || row->messages <= 0;
  set_text (self->in_label, known ? in_text : "");
  set_text (self->out_label, known ? out_text : "");
  set_text (self->size_label, known ? size : "");
  set_text (self->trend_label, trend);
  set_class (GTK_WIDGET (self->trend_label), "trend-up",
             g_str_has_prefix (trend, "▲") && is_urgent (row->messages, growth));
  set_class (GTK_WIDGET (self->trend_label), "trend-down", g_str_has_prefix (trend, "▼"));
  set_class (GTK_WIDGET (self->trend_label), "dim-label",
             !gtk_widget_has_css_class (GTK_WIDGET (self->trend_label), "trend-up") &&
               !g_str_has_prefix (trend, "▼"));
}

static void
show_row (GroveMailboxCard *self)
{
  const GroveProcessRow *row = get_row (self);
  g_autofree char       *count = NULL;

  if (row == NULL)
    return;
  count = grove_format_count (row->messages);
  gtk_label_set_text (self->name_label, grove_process_item_get_title (self->item));
  gtk_label_set_text (self->figure_label, count);
  grove_mailbox_bar_set_n_messages (self->bar, (guint64) MAX (row->messages, 0));
}

/* What the system knows of the last minute, joined to what was seen here before. */
static void
update_chart (GroveMailboxCard *self)
{
  guint          n = 0;
  const guint32 *history = grove_process_item_get_history (self->item, &n);

  if (n > 0)
    grove_horizon_take (&self->horizon, history, n,
                        grove_process_item_get_history_end_s (self->item));
  grove_horizon_chart_set (self->chart, &self->horizon);
}

void
grove_mailbox_card_tick (GroveMailboxCard *self, gint64 now_us, gint64 scale)
{
  const GroveProcessRow *row;

  g_return_if_fail (GROVE_IS_MAILBOX_CARD (self));
  row = get_row (self);
  if (row == NULL)
    return;
  self->recent[self->n_recent++ % RECENT_TICKS] = grove_mailbox_card_get_n_messages (self);
  grove_mailbox_bar_set_level (self->bar,
                               CLAMP ((double) row->messages / (double) MAX (scale, 1), 0, 1));
  if (self->ticks++ % CHART_TICKS != 0)
    return;
  update_chart (self);
  show_rates (self, row);
}

static void
show_pin (GroveMailboxCard *self)
{
  const char *text = self->pinned ? _ ("Unpin: it is shown while it is among the fullest")
                                  : _ ("Pin: it stays here, also while it is empty");

  gtk_toggle_button_set_active (self->pin_button, self->pinned);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->pin_button), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pin_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Pinned"), -1);
}

static void
on_pin_toggled (GroveMailboxCard *self)
{
  const gboolean pinned = gtk_toggle_button_get_active (self->pin_button);

  if (pinned != self->pinned)
    g_signal_emit (self, signals[PIN_CHOSEN], 0, pinned);
}

static void
grove_mailbox_card_dispose (GObject *object)
{
  GroveMailboxCard *self = GROVE_MAILBOX_CARD (object);

  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (grove_mailbox_card_parent_class)->dispose (object);
}

static void
grove_mailbox_card_finalize (GObject *object)
{
  GroveMailboxCard *self = GROVE_MAILBOX_CARD (object);

  g_free (self->pid);
  G_OBJECT_CLASS (grove_mailbox_card_parent_class)->finalize (object);
}

static void
grove_mailbox_card_class_init (GroveMailboxCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_mailbox_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_mailbox_card_finalize;
  g_type_ensure (GROVE_TYPE_MAILBOX_BAR);
  g_type_ensure (GROVE_TYPE_HORIZON_CHART);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-mailbox-card.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, GroveMailboxCard, child)
  BIND (name_label);
  BIND (pid_label);
  BIND (figure_label);
  BIND (in_label);
  BIND (out_label);
  BIND (size_label);
  BIND (trend_label);
  BIND (bar);
  BIND (chart);
  BIND (pin_button);
  BIND (span_label);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_pin_toggled);
  signals[PIN_CHOSEN] = g_signal_new ("pin-chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
}

static void
grove_mailbox_card_init (GroveMailboxCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  show_pin (self);
  grove_mailbox_card_set_span (self, 60);
}

GtkWidget *
grove_mailbox_card_new (const char *pid)
{
  GroveMailboxCard *self = g_object_new (GROVE_TYPE_MAILBOX_CARD, NULL);

  self->pid = g_strdup (pid);
  self->place = G_MAXUINT; /* the last until it is put in order */
  gtk_label_set_text (self->pid_label, pid);
  return GTK_WIDGET (self);
}

const char *
grove_mailbox_card_get_pid (GroveMailboxCard *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_CARD (self), NULL);
  return self->pid;
}

void
grove_mailbox_card_set_place (GroveMailboxCard *self, guint place)
{
  g_return_if_fail (GROVE_IS_MAILBOX_CARD (self));
  self->place = place;
}

guint
grove_mailbox_card_get_place (GroveMailboxCard *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_CARD (self), 0);
  return self->place;
}

const char *
grove_mailbox_card_get_title (GroveMailboxCard *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_CARD (self), NULL);
  return gtk_label_get_text (self->name_label);
}

void
grove_mailbox_card_set_item (GroveMailboxCard *self, GroveProcessItem *item)
{
  g_return_if_fail (GROVE_IS_MAILBOX_CARD (self));
  if (self->item == item)
    return;
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_set_object (&self->item, item);
  if (item != NULL)
    g_signal_connect_swapped (item, "changed", G_CALLBACK (show_row), self);
  show_row (self);
}

void
grove_mailbox_card_set_selected (GroveMailboxCard *self, gboolean selected)
{
  GtkWidget *child;

  g_return_if_fail (GROVE_IS_MAILBOX_CARD (self));
  child = gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (self));
  set_class (child, "selected", selected);
}

gboolean
grove_mailbox_card_get_pinned (GroveMailboxCard *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_CARD (self), FALSE);
  return self->pinned;
}

void
grove_mailbox_card_set_pinned (GroveMailboxCard *self, gboolean pinned)
{
  g_return_if_fail (GROVE_IS_MAILBOX_CARD (self));
  self->pinned = !!pinned;
  show_pin (self);
}

gboolean
grove_mailbox_card_is_gone (GroveMailboxCard *self)
{
  const GroveProcessRow *row;

  g_return_val_if_fail (GROVE_IS_MAILBOX_CARD (self), FALSE);
  row = get_row (self);
  return row != NULL && row->state == GROVE_PROCESS_GONE;
}

const GroveHorizon *
grove_mailbox_card_get_horizon (GroveMailboxCard *self)
{
  g_return_val_if_fail (GROVE_IS_MAILBOX_CARD (self), NULL);
  return &self->horizon;
}

void
grove_mailbox_card_set_horizon (GroveMailboxCard *self, const GroveHorizon *horizon)
{
  g_return_if_fail (GROVE_IS_MAILBOX_CARD (self));
  self->horizon = *horizon;
}

void
grove_mailbox_card_set_span (GroveMailboxCard *self, guint span_s)
{
  g_autofree char *text = NULL;

  g_return_if_fail (GROVE_IS_MAILBOX_CARD (self));
  text = g_strdup_printf (ngettext ("%u min ago", "%u min ago", span_s / 60), span_s / 60);
  if (g_strcmp0 (gtk_label_get_text (self->span_label), text) == 0)
    return;
  gtk_label_set_text (self->span_label, text);
  grove_horizon_chart_set_span (self->chart, span_s);
}
