/* SPDX-License-Identifier: MIT
 *
 * GroveFindingRow: follows its finding. How bad it is is told by the icon's shape and its name, not
 * by the colour alone.
 */
#include "ui/grove-finding-row.h"

#include "observer/grove-format.h"
#include "ui/grove-fixed-text.h"

#include <glib/gi18n.h>

#define SECOND_NS G_GINT64_CONSTANT (1000000000)
#define AGE_CHARS 11 /* "59 min 59 s" */

struct _GroveFindingRow
{
  AdwActionRow  parent_instance;
  GroveFinding *finding;
  GroveSession *session;
  GtkWidget    *icon, *age;
  int           severity; /* as shown; -1: not yet */
};

G_DEFINE_FINAL_TYPE (GroveFindingRow, grove_finding_row, ADW_TYPE_ACTION_ROW)

static void
show_severity (GroveFindingRow *self)
{
  gboolean    alarm = grove_finding_get_severity (self->finding) == GROVE_SEVERITY_ALARM;
  const char *name = alarm ? _ ("Alarm") : _ ("Warning");

  if (self->severity == (int) alarm)
    return;
  self->severity = alarm;
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon),
                                alarm ? "dialog-error-symbolic" : "dialog-warning-symbolic");
  gtk_widget_remove_css_class (self->icon, alarm ? "warning" : "error");
  gtk_widget_add_css_class (self->icon, alarm ? "error" : "warning");
  gtk_widget_set_tooltip_text (self->icon, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->icon), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
}

static void
show (GroveFindingRow *self)
{
  const char *evidence = grove_finding_get_evidence (self->finding);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self),
                                 grove_finding_get_title (self->finding));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), evidence);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), evidence);
  show_severity (self);
  grove_finding_row_tick (self);
}

static void
grove_finding_row_dispose (GObject *object)
{
  GroveFindingRow *self = GROVE_FINDING_ROW (object);

  if (self->finding != NULL)
    g_signal_handlers_disconnect_by_data (self->finding, self);
  g_clear_object (&self->finding);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_finding_row_parent_class)->dispose (object);
}

static void
grove_finding_row_class_init (GroveFindingRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_finding_row_dispose;
}

static void
grove_finding_row_init (GroveFindingRow *self)
{
  GtkWidget *arrow = gtk_image_new_from_icon_name ("go-next-symbolic");

  self->severity = -1;
  self->icon = gtk_image_new ();
  self->age = grove_fixed_text_new (AGE_CHARS, 1);
  gtk_widget_add_css_class (self->age, "caption");
  gtk_widget_add_css_class (self->age, "dim-label");
  gtk_widget_add_css_class (self->age, "tnum");
  gtk_widget_add_css_class (arrow, "dim-label");
  gtk_accessible_update_state (GTK_ACCESSIBLE (arrow), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (self), self->icon);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->age);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), arrow);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (self), 2);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 3);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), TRUE);
}

GtkWidget *
grove_finding_row_new (GroveFinding *finding, GroveSession *session)
{
  GroveFindingRow *self = g_object_new (GROVE_TYPE_FINDING_ROW, NULL);

  self->finding = g_object_ref (finding);
  self->session = g_object_ref (session);
  g_signal_connect_swapped (finding, "changed", G_CALLBACK (show), self);
  show (self);
  return GTK_WIDGET (self);
}

GroveFinding *
grove_finding_row_get_finding (GroveFindingRow *self)
{
  g_return_val_if_fail (GROVE_IS_FINDING_ROW (self), NULL);
  return self->finding;
}

void
grove_finding_row_tick (GroveFindingRow *self)
{
  gint64           since_ns;
  gint64           age_ns;
  g_autofree char *text = NULL;

  g_return_if_fail (GROVE_IS_FINDING_ROW (self));
  since_ns = grove_finding_get_since_ns (self->finding);
  age_ns = MAX (grove_session_now_ns (self->session) - since_ns, 0) / SECOND_NS * SECOND_NS;
  if (since_ns != 0)
    text = grove_format_duration (MAX (age_ns, SECOND_NS));
  gtk_inscription_set_text (GTK_INSCRIPTION (self->age), text);
}
