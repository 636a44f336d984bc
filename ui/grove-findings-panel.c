/* SPDX-License-Identifier: MIT
 *
 * GroveFindingsPanel: a few rows of the list of findings, all of them when asked, and one that
 * opens to what was looked for.
 */
#include "ui/grove-findings-panel.h"

#include "observer/grove-format.h"
#include "ui/grove-finding-row.h"

#include <glib/gi18n.h>

#define FEW 5

struct _GroveFindingsPanel
{
  AdwBin             parent_instance;
  GroveFindings     *findings;
  GroveSession      *session;
  GtkSliceListModel *few;
  gboolean           all;
  GtkWidget         *check_rows[GROVE_N_FINDINGS], *check_icons[GROVE_N_FINDINGS];
  int                checked[GROVE_N_FINDINGS]; /* as shown; -1: not yet */

  GtkListBox     *list, *checks_list;
  GtkLabel       *count_label;
  GtkWidget      *all_button;
  AdwExpanderRow *checks_row;
  GtkWidget      *nothing;
  GtkLabel       *nothing_title;
  GtkInscription *nothing_detail;
};

G_DEFINE_FINAL_TYPE (GroveFindingsPanel, grove_findings_panel, ADW_TYPE_BIN)

static void
take_label (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
}

/* ---- The list -----------------------------------------------------------------------------------
 */

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  return grove_finding_row_new (item, GROVE_FINDINGS_PANEL (user_data)->session);
}

static void
on_row_activated (GroveFindingsPanel *self, GtkListBoxRow *row)
{
  GroveFinding *finding = grove_finding_row_get_finding (GROVE_FINDING_ROW (row));
  const char   *pid = grove_finding_get_pid (finding);
  const char   *view = grove_finding_kind_get_view (grove_finding_get_kind (finding));

  gtk_widget_activate_action (GTK_WIDGET (self), "win.view", "s", view);
  if (pid != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-process", "s", pid);
}

static void
show_counts (GroveFindingsPanel *self)
{
  guint            n = g_list_model_get_n_items (G_LIST_MODEL (self->findings));
  g_autofree char *count = NULL;
  g_autofree char *all = NULL;

  count = n > 0 ? grove_format_plural ((gint64) n, "finding", "findings") : g_strdup ("");
  take_label (self->count_label, count);
  all = self->all ? g_strdup (_ ("Show Fewer")) : g_strdup_printf (_ ("Show All %u"), n);
  if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (self->all_button)), all) != 0)
    gtk_button_set_label (GTK_BUTTON (self->all_button), all);
  gtk_widget_set_visible (self->all_button, n > FEW);
  gtk_slice_list_model_set_size (self->few, self->all ? G_MAXUINT : FEW);
}

static void
on_all_clicked (GroveFindingsPanel *self)
{
  self->all = !self->all;
  show_counts (self);
}

static void
show_nothing (GroveFindingsPanel *self)
{
  gint64           watched_ns = grove_findings_get_watched_ns (self->findings);
  g_autofree char *span = grove_format_duration (watched_ns / 1000000000 * 1000000000);
  g_autofree char *detail = NULL;

  if (grove_session_get_state (self->session) != GROVE_SESSION_LIVE ||
      grove_session_get_paused (self->session))
    detail = g_strdup (_ ("Nothing is looked for now."));
  else if (watched_ns < 1000000000)
    detail = g_strdup (_ ("It is being looked for."));
  else
    detail = g_strdup_printf (_ ("Watched for %s."), span);
  take_label (self->nothing_title,
              watched_ns < 1000000000 ? _ ("Nothing found yet") : _ ("Nothing needs a look"));
  gtk_inscription_set_text (self->nothing_detail, detail);
}

/* ---- What is looked for -------------------------------------------------------------------------
 */

static void
show_check (GroveFindingsPanel *self, GroveFindingKind kind, GString *missing)
{
  g_autofree char *note = NULL;
  const char      *title = grove_finding_kind_get_title (kind);
  gboolean         checked = grove_findings_is_checked (self->findings, kind, &note);

  /* Some count seconds, and a row that is folded away would be laid out for each. */
  if (adw_expander_row_get_expanded (self->checks_row))
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self->check_rows[kind]), note != NULL ? note : "");
  if (!checked)
    {
      if (missing->len > 0)
        g_string_append (missing, " · ");
      g_string_append (missing, title);
    }
  if (self->checked[kind] == checked)
    return;
  self->checked[kind] = checked;
  gtk_image_set_from_icon_name (GTK_IMAGE (self->check_icons[kind]),
                                checked ? "object-select-symbolic" : "content-loading-symbolic");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->check_icons[kind]),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  checked ? _ ("Looked for") : _ ("Not looked for"), -1);
}

static void
show_checks (GroveFindingsPanel *self)
{
  g_autoptr (GString) missing = g_string_new (NULL);
  g_autofree char *subtitle = NULL;

  for (guint kind = 0; kind < GROVE_N_FINDINGS; kind++)
    show_check (self, kind, missing);
  subtitle = missing->len > 0 ? g_strdup_printf (_ ("Not yet, or not at all: %s"), missing->str)
                              : g_strdup (_ ("All of it"));
  adw_expander_row_set_subtitle (self->checks_row, subtitle);
}

static void
add_check_rows (GroveFindingsPanel *self)
{
  for (guint kind = 0; kind < GROVE_N_FINDINGS; kind++)
    {
      GtkWidget *row = adw_action_row_new ();
      GtkWidget *icon = gtk_image_new ();

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                     grove_finding_kind_get_title (kind));
      gtk_widget_add_css_class (icon, "dim-label");
      adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
      adw_expander_row_add_row (self->checks_row, row);
      self->check_rows[kind] = row;
      self->check_icons[kind] = icon;
      self->checked[kind] = -1;
    }
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
on_looked (GroveFindingsPanel *self)
{
  GtkWidget *row;

  if (self->findings == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  show_counts (self);
  show_nothing (self);
  show_checks (self);
  for (row = gtk_widget_get_first_child (GTK_WIDGET (self->list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (GROVE_IS_FINDING_ROW (row))
      grove_finding_row_tick (GROVE_FINDING_ROW (row));
}

static void
grove_findings_panel_dispose (GObject *object)
{
  GroveFindingsPanel *self = GROVE_FINDINGS_PANEL (object);

  if (self->findings != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->findings, self);
      g_signal_handlers_disconnect_by_data (self->session, self);
      gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
    }
  g_clear_object (&self->few);
  g_clear_object (&self->findings);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_findings_panel_parent_class)->dispose (object);
}

static void
grove_findings_panel_class_init (GroveFindingsPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_findings_panel_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-findings-panel.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, GroveFindingsPanel, child)
  BIND (list);
  BIND (checks_list);
  BIND (count_label);
  BIND (all_button);
  BIND (checks_row);
  BIND (nothing);
  BIND (nothing_title);
  BIND (nothing_detail);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_all_clicked);
}

static void
grove_findings_panel_init (GroveFindingsPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_placeholder (self->list, self->nothing);
  add_check_rows (self);
  g_signal_connect (self, "map", G_CALLBACK (on_looked), NULL);
  g_signal_connect_swapped (self->checks_row, "notify::expanded", G_CALLBACK (on_looked), self);
}

void
grove_findings_panel_set_findings (GroveFindingsPanel *self,
                                   GroveFindings      *findings,
                                   GroveSession       *session)
{
  g_return_if_fail (GROVE_IS_FINDINGS_PANEL (self));
  g_return_if_fail (self->findings == NULL);
  self->findings = g_object_ref (findings);
  self->session = g_object_ref (session);
  self->few = gtk_slice_list_model_new (g_object_ref (G_LIST_MODEL (findings)), 0, FEW);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->few), create_row, self, NULL);
  g_signal_connect_swapped (findings, "looked", G_CALLBACK (on_looked), self);
  g_signal_connect_swapped (findings, "items-changed", G_CALLBACK (on_looked), self);
  g_signal_connect_swapped (session, "notify::state", G_CALLBACK (on_looked), self);
  g_signal_connect_swapped (session, "notify::paused", G_CALLBACK (on_looked), self);
  on_looked (self);
}
