/* SPDX-License-Identifier: MIT
 *
 * GroveMailboxCard: one mailbox being watched.
 */
#include "ui/grove-mailbox-card.h"

#include "observer/grove-format.h"
#include "observer/grove-series.h"
#include "ui/grove-chart.h"
#include "ui/grove-mailbox-bar.h"

#include <glib/gi18n.h>
#include <math.h>

#define TICK_MS 100
/* Rates are taken over this long: short enough to follow, long enough to read. */
#define RATE_TICKS 20
/* Half a second a point, a minute in all. */
#define CHART_TICKS  5
#define CHART_LENGTH 120
#define RECENT_TICKS 50
/* What a mailbox holds now, for the order, is the mean of this long. */
#define FILL_TICKS 5

struct _GroveMailboxCard
{
  GtkListBoxRow     parent_instance;
  char             *pid;
  GroveProcessItem *item;
  GroveSeries      *minute; /* for the chart */
  gint64            recent[RECENT_TICKS];
  guint             n_recent; /* ever pushed */
  guint             ticks;
  guint             place; /* in the list, 0 at the top */

  GtkLabel        *name_label, *pid_label, *figure_label;
  GtkInscription  *in_label, *out_label, *size_label, *trend_label;
  GroveMailboxBar *bar;
  GroveChart      *chart;
};

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
  return n > 0 ? sum / n : 0;
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
grove_mailbox_card_get_minute_peak (GroveMailboxCard *self)
{
  double low = 0, high = 0;

  g_return_val_if_fail (GROVE_IS_MAILBOX_CARD (self), 0);
  if (grove_series_get_n (self->minute) > 0)
    grove_series_range (self->minute, &low, &high);
  return MAX ((gint64) high, grove_mailbox_card_get_recent_peak (self));
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
grove_mailbox_describe_trend (gint64 n_messages, double growth_per_s)
{
  g_autofree char *text = NULL;

  if (n_messages <= 0)
    return g_strdup (_ ("empty"));
  if (fabs (growth_per_s) < MAX (0.5, n_messages * 0.005))
    return g_strdup (_ ("steady"));
  if (growth_per_s > 0)
    {
      text = grove_format_rate (growth_per_s);
      return g_strdup_printf (_ ("▲ growing %s/s"), text);
    }
  text = grove_format_duration ((gint64) (n_messages / -growth_per_s * 1e9));
  return g_strdup_printf (_ ("▼ empty in %s"), text);
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

static void
show_rates (GroveMailboxCard *self, const GroveProcessRow *row)
{
  double           growth = get_growth (self);
  double           out = MAX (row->messages_in_per_s - growth, 0);
  gboolean         gone = row->state == GROVE_PROCESS_GONE;
  g_autofree char *trend =
    gone ? g_strdup ("ended") : grove_mailbox_describe_trend (row->messages, growth);
  g_autofree char *in_rate = grove_format_rate (gone ? 0 : row->messages_in_per_s);
  g_autofree char *out_rate = grove_format_rate (gone ? 0 : out);
  g_autofree char *size = grove_format_bytes (row->mailbox_bytes);
  g_autofree char *in_text = g_strdup_printf (_ ("in %s/s"), in_rate);
  g_autofree char *out_text = g_strdup_printf (_ ("out %s/s"), out_rate);

  set_text (self->in_label, in_text);
  set_text (self->out_label, out_text);
  set_text (self->size_label, size);
  set_text (self->trend_label, trend);
  set_class (GTK_WIDGET (self->trend_label), "trend-up", g_str_has_prefix (trend, "▲"));
  set_class (GTK_WIDGET (self->trend_label), "trend-down", g_str_has_prefix (trend, "▼"));
  set_class (GTK_WIDGET (self->trend_label), "dim-label",
             !g_str_has_prefix (trend, "▲") && !g_str_has_prefix (trend, "▼"));
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

/* What the observer knows of the last minute begins the chart. */
static void
seed_minute (GroveMailboxCard *self)
{
  guint          n = 0;
  const guint32 *history = grove_process_item_get_history (self->item, &n);

  grove_chart_seed_series (self->minute, history, n, CHART_LENGTH / GROVE_HISTORY_LENGTH);
}

void
grove_mailbox_card_tick (GroveMailboxCard *self, gint64 now_us, gint64 scale)
{
  const GroveProcessRow *row;

  g_return_if_fail (GROVE_IS_MAILBOX_CARD (self));
  row = get_row (self);
  if (row == NULL)
    return;
  if (grove_series_get_n (self->minute) == 0)
    seed_minute (self);
  self->recent[self->n_recent++ % RECENT_TICKS] = grove_mailbox_card_get_n_messages (self);
  grove_mailbox_bar_set_level (self->bar,
                               CLAMP ((double) row->messages / (double) MAX (scale, 1), 0, 1));
  if (self->ticks++ % CHART_TICKS != 0)
    return;
  grove_series_push (self->minute, (double) grove_mailbox_card_get_n_messages (self));
  grove_chart_set_series (self->chart, self->minute);
  show_rates (self, row);
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
  grove_series_free (self->minute);
  G_OBJECT_CLASS (grove_mailbox_card_parent_class)->finalize (object);
}

static void
grove_mailbox_card_class_init (GroveMailboxCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_mailbox_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_mailbox_card_finalize;
  g_type_ensure (GROVE_TYPE_MAILBOX_BAR);
  g_type_ensure (GROVE_TYPE_CHART);
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
#undef BIND
}

static void
grove_mailbox_card_init (GroveMailboxCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->minute = grove_series_new (CHART_LENGTH);
  grove_chart_set_title (self->chart, _ ("Messages over the last minute"));
  grove_chart_set_least_top (self->chart, 8);
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
