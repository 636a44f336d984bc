/* SPDX-License-Identifier: MIT
 *
 * GroveLossBar: says that what is shown is of before, and why.
 */
#include "ui/grove-loss-bar.h"

#include "ui/grove-fixed-text.h"
#include "ui/grove-spinner.h"

#include <glib/gi18n.h>

struct _GroveLossBar
{
  AdwBin        parent_instance;
  GroveSession *session; /* not counted: the window holds it */
  GtkRevealer  *revealer;
  GtkBox       *box;
  GtkWidget    *spinner, *retry_button;
  GtkLabel     *label;
  GtkWidget    *since;
};

G_DEFINE_FINAL_TYPE (GroveLossBar, grove_loss_bar, ADW_TYPE_BIN)

static void
show (GroveLossBar *self, gboolean lost, const char *text, const char *advice)
{
  if (lost)
    gtk_widget_remove_css_class (GTK_WIDGET (self->box), "silent");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->box), "silent");
  gtk_widget_set_visible (self->spinner, lost);
  gtk_widget_set_visible (self->retry_button, lost);
  gtk_widget_set_visible (self->since, !lost);
  /* It is an alert: what has not changed is not said again. */
  if (g_strcmp0 (gtk_label_get_text (self->label), text) != 0)
    gtk_label_set_text (self->label, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->label), advice);
}

static void
show_loss (GroveLossBar *self)
{
  g_autofree char *trouble = NULL, *advice = NULL, *text = NULL;

  g_object_get (self->session, "error-title", &trouble, "error-detail", &advice, NULL);
  if (trouble == NULL)
    trouble = g_strdup (grove_session_get_system_name (self->session));
  text = g_strdup_printf (_ ("%s. Reconnecting…"), trouble);
  show (self, TRUE, text, advice);
}

static void
show_silence (GroveLossBar *self, guint silent_ms)
{
  g_autofree char *text =
    g_strdup_printf (_ ("“%s” does not answer; what is shown is its last state"),
                     grove_session_get_system_name (self->session));

  show (self, FALSE, text,
        _ (
          "It may be stopped, suspended or overloaded, or the network is cut. What was asked of it "
          "is done when it answers again; after a while it is taken to be lost."));
  /* TRANSLATORS: for how long a system has not answered. */
  grove_fixed_text_take (GTK_INSCRIPTION (self->since),
                         g_strdup_printf (_ ("for %u s"), silent_ms / 1000));
}

static void
update (GroveLossBar *self)
{
  GroveSessionState state = grove_session_get_state (self->session);
  gboolean          lost = state == GROVE_SESSION_LOST;
  guint             silent_ms = 0;

  g_object_get (self->session, "silent-ms", &silent_ms, NULL);
  if (lost)
    show_loss (self);
  else if (state == GROVE_SESSION_LIVE && silent_ms > 0)
    show_silence (self, silent_ms);
  gtk_revealer_set_reveal_child (self->revealer, lost || silent_ms > 0);
}

static GtkWidget *
new_button (const char *label, const char *action)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  return button;
}

static void
grove_loss_bar_class_init (GroveLossBarClass *klass)
{
}

static void
grove_loss_bar_init (GroveLossBar *self)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_ALERT,
                                   "hexpand", TRUE, "xalign", 0.0, "wrap", TRUE, NULL);

  self->revealer = GTK_REVEALER (gtk_revealer_new ());
  self->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10));
  gtk_widget_add_css_class (GTK_WIDGET (self->box), "lossbar");
  self->spinner = g_object_new (GROVE_TYPE_SPINNER, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->spinner), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Reconnecting"), -1);
  self->label = GTK_LABEL (label);
  self->since = grove_fixed_text_new (12, 1);
  self->retry_button = new_button (_ ("Try _Now"), "win.retry");
  gtk_box_append (self->box, self->spinner);
  gtk_box_append (self->box, label);
  gtk_box_append (self->box, self->since);
  gtk_box_append (self->box, self->retry_button);
  gtk_box_append (self->box, new_button (_ ("_Stop"), "win.disconnect"));
  gtk_revealer_set_child (self->revealer, GTK_WIDGET (self->box));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->revealer));
}

void
grove_loss_bar_set_session (GroveLossBar *self, GroveSession *session)
{
  static const char *const properties[] = { "state", "error-title", "system-name", "silent-ms" };

  g_return_if_fail (GROVE_IS_LOSS_BAR (self));
  self->session = session;
  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++)
    {
      g_autofree char *signal = g_strconcat ("notify::", properties[i], NULL);

      g_signal_connect_object (session, signal, G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    }
  update (self);
}
