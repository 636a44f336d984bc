/* SPDX-License-Identifier: MIT
 *
 * GroveStateSection: the question, how it stands, and the state as a term that can be folded.
 */
#include "ui/grove-state-section.h"

#include "observer/grove-format.h"
#include "observer/grove-server-state.h"
#include "ui/grove-term-view.h"

#include <glib/gi18n.h>

struct _GroveStateSection
{
  GroveFoldedSection parent_instance;
  GroveSession      *session;
  GroveServerState  *state; /* NULL: nobody is shown */
  guint              source;
  gboolean           gone;
  GtkLabel          *status_label;
  GtkSpinner        *spinner;
  GtkWidget         *ask_button;
  GroveTermView     *term_view;
};

G_DEFINE_FINAL_TYPE (GroveStateSection, grove_state_section, GROVE_TYPE_FOLDED_SECTION)

/* How old what is shown is, and why it is not newer. */
static char *
describe (GroveStateSection *self)
{
  gint64           time_us = grove_server_state_get_time_us (self->state);
  const char      *error = grove_server_state_get_error (self->state);
  g_autofree char *age = grove_format_duration ((g_get_monotonic_time () - time_us) / 1000000 *
                                                G_GINT64_CONSTANT (1000000000));

  if (grove_server_state_is_busy (self->state))
    return g_strdup (_ ("Asking; a busy server may take its time…"));
  if (time_us == 0)
    return g_strdup (error != NULL ? error : "");
  if (error != NULL)
    return g_strdup_printf (_ ("%s. This is from %s ago."), error, age);
  if (grove_server_state_is_suspended (self->state))
    return g_strdup_printf (_ ("%s ago · suspended by sys"), age);
  return g_strdup_printf (_ ("%s ago"), age);
}

static void
show (GroveStateSection *self)
{
  gboolean    busy = grove_server_state_is_busy (self->state);
  const char *module = grove_server_state_get_module (self->state);

  grove_section_take_label (self->status_label, describe (self));
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
  gtk_widget_set_sensitive (self->ask_button, !busy && !self->gone);
  grove_term_view_set_term (self->term_view, grove_server_state_get_term (self->state));
  if (module[0] != '\0')
    grove_folded_section_set_subtitle (GROVE_FOLDED_SECTION (self), module);
}

static gboolean
show_age (gpointer user_data)
{
  show (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_ask (GroveStateSection *self)
{
  if (self->state != NULL)
    grove_server_state_ask (self->state);
}

static void
set_active (GroveFoldedSection *section, gboolean active)
{
  GroveStateSection *self = GROVE_STATE_SECTION (section);

  g_clear_handle_id (&self->source, g_source_remove);
  if (self->state == NULL || !active)
    return;
  self->source = g_timeout_add_seconds (1, show_age, self);
  if (!self->gone && grove_server_state_get_time_us (self->state) == 0)
    grove_server_state_ask (self->state);
  show (self);
}

static void
drop_state (GroveStateSection *self)
{
  if (self->state != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->state, self);
      g_object_run_dispose (G_OBJECT (self->state));
    }
  g_clear_object (&self->state);
}

static void
follow (GroveSection *section, GroveSession *session, const char *pid)
{
  GroveStateSection *self = GROVE_STATE_SECTION (section);
  gboolean           active = grove_folded_section_is_active (GROVE_FOLDED_SECTION (self));

  drop_state (self);
  g_set_object (&self->session, session);
  self->gone = FALSE;
  grove_term_view_set_term (self->term_view, NULL);
  grove_folded_section_set_subtitle (GROVE_FOLDED_SECTION (self), "");
  if (pid == NULL)
    return;
  self->state = grove_server_state_new (session, pid);
  g_signal_connect_swapped (self->state, "changed", G_CALLBACK (show), self);
  if (active)
    set_active (GROVE_FOLDED_SECTION (self), TRUE);
}

static void
fill (GroveSection *section, GroveProcessDetail *detail)
{
  GroveStateSection *self = GROVE_STATE_SECTION (section);
  const char        *obstacle = NULL;
  gboolean           can = grove_session_can (self->session, "process.state", &obstacle);
  gboolean           has = self->state != NULL && grove_server_state_get_time_us (self->state) != 0;

  self->gone = grove_process_detail_is_gone (detail);
  if (self->gone && !has)
    obstacle = _ ("It was not asked before the process ended");
  else if (can)
    obstacle = NULL;
  grove_folded_section_set_enabled (GROVE_FOLDED_SECTION (self), has || (can && !self->gone));
  if (!has)
    grove_folded_section_set_subtitle (GROVE_FOLDED_SECTION (self),
                                       obstacle != NULL ? obstacle
                                                        : _ ("Opening it asks the server in it"));
  if (self->gone && grove_folded_section_is_active (GROVE_FOLDED_SECTION (self)))
    show (self);
}

static void
grove_state_section_dispose (GObject *object)
{
  GroveStateSection *self = GROVE_STATE_SECTION (object);

  g_clear_handle_id (&self->source, g_source_remove);
  drop_state (self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_state_section_parent_class)->dispose (object);
}

static void
grove_state_section_class_init (GroveStateSectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_state_section_dispose;
  GROVE_SECTION_CLASS (klass)->follow = follow;
  GROVE_SECTION_CLASS (klass)->fill = fill;
  GROVE_FOLDED_SECTION_CLASS (klass)->set_active = set_active;
  g_type_ensure (GROVE_TYPE_TERM_VIEW);
}

static void
grove_state_section_init (GroveStateSection *self)
{
  g_autoptr (GtkBuilder) builder =
    gtk_builder_new_from_resource ("/io/github/grove/Observer/grove-state-section.ui");

  self->status_label = GTK_LABEL (gtk_builder_get_object (builder, "status_label"));
  self->spinner = GTK_SPINNER (gtk_builder_get_object (builder, "spinner"));
  self->ask_button = GTK_WIDGET (gtk_builder_get_object (builder, "ask_button"));
  self->term_view = GROVE_TERM_VIEW (gtk_builder_get_object (builder, "term_view"));
  grove_folded_section_set_up (GROVE_FOLDED_SECTION (self), _ ("State"),
                               GTK_WIDGET (gtk_builder_get_object (builder, "content")));
  grove_term_view_set_title (self->term_view, _ ("State"));
  g_signal_connect_swapped (self->ask_button, "clicked", G_CALLBACK (on_ask), self);
  grove_section_hand_on (GROVE_SECTION (self), self->term_view);
}
