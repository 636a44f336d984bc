/* SPDX-License-Identifier: MIT
 *
 * The window's findings, and the badges of the views: how much of it is to be looked at where. The
 * overview's counts all of them.
 */
#include "observer/grove-findings.h"
#include "ui/grove-preferences.h"
#include "ui/grove-window-private.h"

static void
show_badge (GroveWindow *self, const char *view, guint n)
{
  GtkWidget *child = adw_view_stack_get_child_by_name (self->stack, view);

  if (child != NULL)
    adw_view_stack_page_set_badge_number (adw_view_stack_get_page (self->stack, child), n);
}

static void
show_badges (GroveWindow *self)
{
  static const char *const views[] = { "supervision", "mailboxes" };

  show_badge (self, "overview", grove_findings_count (self->findings, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    show_badge (self, views[i], grove_findings_count (self->findings, views[i]));
}

void
_grove_window_badges_init (GroveWindow *self)
{
  self->findings = grove_findings_new (self->session);
  g_object_bind_property (grove_preferences_get (), "mailbox-alarm", self->findings,
                          "mailbox-limit", G_BINDING_SYNC_CREATE);
  g_signal_connect_swapped (self->findings, "looked", G_CALLBACK (show_badges), self);
  g_signal_connect_swapped (self->findings, "items-changed", G_CALLBACK (show_badges), self);
  grove_findings_set_active (self->findings, TRUE);
}

void
_grove_window_badges_finish (GroveWindow *self)
{
  if (self->findings == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->findings, self);
  grove_findings_set_active (self->findings, FALSE);
  g_clear_object (&self->findings);
}
