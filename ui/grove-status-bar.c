/* SPDX-License-Identifier: MIT
 *
 * GroveStatusBar: one line about the connection.
 */
#include "ui/grove-status-bar.h"

#include "observer/grove-format.h"

#include <glib/gi18n.h>

#define INTERVAL_MS 500

struct _GroveStatusBar
{
  GtkWidget     parent_instance;
  GroveSession *session;
  GtkWidget    *left, *right;
  guint         n_selected;
  guint         source;
};

G_DEFINE_FINAL_TYPE (GroveStatusBar, grove_status_bar, GTK_TYPE_WIDGET)

static gboolean
is_silent (GroveSession *session)
{
  guint silent_ms = 0;

  g_object_get (session, "silent-ms", &silent_ms, NULL);
  return silent_ms > 0;
}

static const char *
get_state_word (GroveSession *session)
{
  switch (grove_session_get_state (session))
    {
    case GROVE_SESSION_CONNECTING:
      return _ ("Connecting");
    case GROVE_SESSION_LIVE:
      if (is_silent (session))
        return _ ("Not answering");
      return grove_session_get_paused (session) ? _ ("Paused") : _ ("Connected");
    case GROVE_SESSION_LOST:
      return _ ("Lost, reconnecting");
    case GROVE_SESSION_REFUSED:
      return _ ("Refused");
    case GROVE_SESSION_IDLE:
    default:
      return _ ("Not connected");
    }
}

static void
append (GString *text, const char *part)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", part);
}

static void
set_label (GtkWidget *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (GTK_LABEL (label)), text) != 0)
    gtk_label_set_text (GTK_LABEL (label), text);
}

/* All of what the label may have no room for. Said when it is asked for: with a tooltip text that
 * changes, GTK looks what is under the pointer each time. */
static gboolean
on_query_tooltip (
  GtkWidget *label, int x, int y, gboolean by_keyboard, GtkTooltip *tooltip, gpointer user_data)
{
  const char *text = gtk_label_get_text (GTK_LABEL (label));

  gtk_tooltip_set_text (tooltip, text);
  return text[0] != '\0';
}

static void
update_left (GroveStatusBar *self, gboolean live)
{
  GString    *text = g_string_new (get_state_word (self->session));
  const char *name = grove_session_get_system_name (self->session);
  gint64      round_trip = -1;

  if (name != NULL && name[0] != '\0')
    append (text, name);
  g_object_get (self->session, "round-trip-us", &round_trip, NULL);
  if (live && round_trip >= 0)
    {
      g_autofree char *part = grove_format_duration (round_trip * 1000);

      append (text, part);
    }
  if (self->n_selected > 1)
    {
      g_autofree char *part = g_strdup_printf (_ ("%u selected"), self->n_selected);

      append (text, part);
    }
  set_label (self->left, text->str);
  g_string_free (text, TRUE);
}

static void
update_right (GroveStatusBar *self, gboolean live)
{
  GString           *text = g_string_new (NULL);
  const GroveSample *sample = grove_session_get_sample (self->session);
  gboolean           read_only = FALSE;
  double             rate = 0, bytes = 0, cost = -1;
  guint              slowed_ms = 0;

  g_object_get (self->session, "read-only", &read_only, "update-rate", &rate, "byte-rate", &bytes,
                "cost", &cost, "slowed-ms", &slowed_ms, NULL);
  if (sample != NULL)
    {
      g_autofree char *part = grove_format_plural (sample->n_processes, "process", "processes");

      append (text, part);
    }
  if (live)
    {
      g_autofree char *updates = grove_format_rate (rate);
      g_autofree char *volume = grove_format_bytes ((gint64) bytes);
      g_autofree char *part = g_strdup_printf (_ ("%s updates/s · %s/s"), updates, volume);

      append (text, part);
    }
  if (live && cost >= 0)
    {
      g_autofree char *percent = grove_format_percent (cost);
      g_autofree char *part = g_strdup_printf (_ ("observing costs %s of a core"), percent);

      append (text, part);
    }
  if (live && slowed_ms > 0)
    {
      g_autofree char *interval = grove_format_duration ((gint64) slowed_ms * 1000 * 1000);
      /* TRANSLATORS: the system sends updates less often than it is asked to; %s is a time. */
      g_autofree char *part = g_strdup_printf (_ ("slowed to one in %s, to spare it"), interval);

      append (text, part);
    }
  if (read_only && live)
    append (text, _ ("read-only"));
  set_label (self->right, text->str);
  g_string_free (text, TRUE);
}

static gboolean
update (gpointer user_data)
{
  GroveStatusBar *self = user_data;
  gboolean        live =
    grove_session_get_state (self->session) == GROVE_SESSION_LIVE && !is_silent (self->session);

  update_left (self, live);
  update_right (self, live);
  return G_SOURCE_CONTINUE;
}

static void
on_session_changed (GroveStatusBar *self)
{
  update (self);
}

/* Rates change with every message: twice a second is enough to read them. */
static void
on_map (GroveStatusBar *self)
{
  update (self);
  if (self->source == 0)
    self->source = g_timeout_add (INTERVAL_MS, update, self);
}

static void
on_unmap (GroveStatusBar *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
}

static void
grove_status_bar_dispose (GObject *object)
{
  GroveStatusBar *self = GROVE_STATUS_BAR (object);

  g_clear_handle_id (&self->source, g_source_remove);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  g_clear_pointer (&self->left, gtk_widget_unparent);
  g_clear_pointer (&self->right, gtk_widget_unparent);
  G_OBJECT_CLASS (grove_status_bar_parent_class)->dispose (object);
}

static void
grove_status_bar_class_init (GroveStatusBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_status_bar_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_STATUS);
}

static GtkWidget *
new_label (GroveStatusBar *self, float xalign)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_widget_set_has_tooltip (label, TRUE);
  g_signal_connect (label, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
  gtk_widget_set_parent (label, GTK_WIDGET (self));
  return label;
}

static void
grove_status_bar_init (GroveStatusBar *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), "statusbar");
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                              18);
  self->left = new_label (self, 0);
  self->right = new_label (self, 1);
  gtk_widget_set_hexpand (self->right, TRUE);
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (on_unmap), NULL);
}

GtkWidget *
grove_status_bar_new (GroveSession *session)
{
  GroveStatusBar *self = g_object_new (GROVE_TYPE_STATUS_BAR, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_swapped (session, "notify::state", G_CALLBACK (on_session_changed), self);
  g_signal_connect_swapped (session, "notify::paused", G_CALLBACK (on_session_changed), self);
  g_signal_connect_swapped (session, "notify::read-only", G_CALLBACK (on_session_changed), self);
  update (self);
  return GTK_WIDGET (self);
}

void
grove_status_bar_set_n_selected (GroveStatusBar *self, guint n_selected)
{
  g_return_if_fail (GROVE_IS_STATUS_BAR (self));
  self->n_selected = n_selected;
  update (self);
}
