/* SPDX-License-Identifier: MIT
 *
 * GroveSupervisorSection: a GroveSupervisorInfo, and the first rows of the table `children`.
 */
#include "ui/grove-supervisor-section.h"

#include "observer/grove-format.h"
#include "observer/grove-rows.h"
#include "observer/grove-supervisor-info.h"
#include "ui/grove-target.h"

#include <glib/gi18n.h>

#define INTERVAL_MS  500
#define CHILDREN_MAX 30

struct _GroveSupervisorSection
{
  GroveSection         parent_instance;
  GroveSession        *session;
  char                *pid;
  gboolean             known;    /* that it is a supervisor */
  GroveSupervisorInfo *info;     /* NULL: it is none */
  GroveRows           *children; /* likewise */
  GPtrArray           *held;     /* GroveRow, that are shown */

  GtkListBox  *facts, *list;
  GtkLabel    *strategy_label, *budget_label, *children_label;
  GtkLevelBar *budget_bar;
  GtkWidget   *budget_row, *all_button;
};

G_DEFINE_FINAL_TYPE (GroveSupervisorSection, grove_supervisor_section, GROVE_TYPE_SECTION)

/* ---- What it is ---------------------------------------------------------------------------------
 */

static void
show_budget (GroveSupervisorSection *self)
{
  gint64           intensity, period_s, recent, left;
  g_autofree char *count = NULL, *all = NULL, *period = NULL;

  grove_supervisor_info_get_budget (self->info, &intensity, &period_s, &recent);
  /* An application's master restarts nothing. */
  gtk_widget_set_visible (self->budget_row, period_s > 0);
  left = MAX (intensity - recent, 0);
  count = grove_format_count (left);
  all = grove_format_count (intensity);
  period = grove_format_duration (period_s * G_GINT64_CONSTANT (1000000000));
  /* TRANSLATORS: restarts left, restarts allowed, time */
  grove_section_take_label (self->budget_label,
                            g_strdup_printf (_ ("%s of %s left in %s"), count, all, period));
  gtk_level_bar_set_max_value (self->budget_bar, (double) MAX (intensity, 1));
  gtk_level_bar_set_value (self->budget_bar, (double) left);
}

static void
on_info (GroveSupervisorSection *self)
{
  const char *strategy = grove_supervisor_info_get_strategy (self->info);

  grove_section_take_label (self->strategy_label,
                            g_strdup (strategy[0] != '\0' ? strategy : _ ("application")));
  show_budget (self);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

/* ---- Children -----------------------------------------------------------------------------------
 */

static char *
describe_child (GroveRow *row)
{
  const char *status = grove_row_get_text (row, "status");
  const char *word = grove_row_translate_word ("status", status);
  const char *shutdown = grove_row_get_text (row, "shutdown");
  gint64      restarts = grove_row_get_int (row, "restarts");
  GString    *text = g_string_new (word != NULL ? word : status);

  g_string_append_printf (text, " · %s", grove_row_get_text (row, "restart_type"));
  if (g_str_equal (shutdown, "brutal_kill") || g_str_equal (shutdown, "infinity"))
    g_string_append_printf (text, " · %s", shutdown);
  else if (shutdown[0] != '\0')
    /* TRANSLATORS: milliseconds that a child is given to end */
    g_string_append_printf (text, _ (" · %s ms to end"), shutdown);
  if (restarts > 0)
    {
      g_autofree char *count = grove_format_count (restarts);

      g_string_append_printf (text, ngettext (" · %s restart", " · %s restarts", (gulong) restarts),
                              count);
    }
  return g_string_free (text, FALSE);
}

static void
show_child (GtkWidget *widget, GroveRow *row)
{
  const char      *name = grove_row_get_text (row, "name");
  const char      *pid = grove_row_get_text (row, "pid");
  const char      *id = grove_row_get_text (row, "id");
  g_autofree char *title = g_markup_escape_text (name[0] != '\0' ? name
                                                 : id[0] != '\0' ? id
                                                                 : pid,
                                                 -1);
  g_autofree char *text = describe_child (row);
  g_autofree char *subtitle = g_markup_escape_text (text, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (widget), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (widget), subtitle);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (widget), pid[0] != '\0');
  g_object_set_data_full (G_OBJECT (widget), "grove-pid", g_strdup (pid), g_free);
}

static GtkWidget *
new_child (void)
{
  GtkWidget *row = adw_action_row_new ();

  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 2);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             g_object_new (GTK_TYPE_IMAGE, "icon-name", "go-next-symbolic",
                                           "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                           NULL));
  return row;
}

static void
on_children (GroveSupervisorSection *self)
{
  guint            n = g_list_model_get_n_items (G_LIST_MODEL (self->children)), n_shown = 0;
  g_autofree char *count = NULL;
  GtkListBoxRow   *last;
  /* Slots live as long as they are held. */
  g_autoptr (GPtrArray) before = self->held;

  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < MIN (n, CHILDREN_MAX); i++)
    {
      GroveRow *row = g_list_model_get_item (G_LIST_MODEL (self->children), i);

      g_ptr_array_add (self->held, row);
      if (grove_row_get_key (row) == NULL)
        continue;
      if (gtk_list_box_get_row_at_index (self->list, (int) n_shown) == NULL)
        gtk_list_box_append (self->list, new_child ());
      show_child (GTK_WIDGET (gtk_list_box_get_row_at_index (self->list, (int) n_shown++)), row);
    }
  while ((last = gtk_list_box_get_row_at_index (self->list, (int) n_shown)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (last));
  gtk_widget_set_visible (GTK_WIDGET (self->list), n_shown > 0);
  gtk_widget_set_visible (self->all_button, n > n_shown && n_shown > 0);
  count = grove_format_count (n);
  grove_section_take_label (self->children_label,
                            n > n_shown && n_shown > 0
                              ? g_strdup_printf (_ ("%s, the first %u shown"), count, n_shown)
                              : g_strdup (count));
}

static void
on_activated (GroveSupervisorSection *self, GtkListBoxRow *row)
{
  grove_section_navigate (GROVE_SECTION (self), g_object_get_data (G_OBJECT (row), "grove-pid"));
}

/* All of them are a filter away. */
static void
on_all (GroveSupervisorSection *self)
{
  g_autofree char *filter = g_strdup_printf ("supervisor:%s", self->pid);

  grove_session_set_filter (self->session, filter);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.view", "s", "processes");
}

/* ---- Whom it follows ----------------------------------------------------------------------------
 */

static void
set_active (GroveSupervisorSection *self, gboolean active)
{
  if (self->info == NULL)
    return;
  grove_supervisor_info_set_active (self->info, active);
  grove_table_set_active (GROVE_TABLE (self->children), active);
}

static void
drop (GroveSupervisorSection *self)
{
  set_active (self, FALSE);
  g_ptr_array_set_size (self->held, 0);
  if (self->info != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->info, self);
      g_signal_handlers_disconnect_by_data (self->children, self);
    }
  g_clear_object (&self->info);
  g_clear_object (&self->children);
  self->known = FALSE;
}

static void
begin (GroveSupervisorSection *self)
{
  self->info = grove_supervisor_info_new (self->session, self->pid);
  self->children = grove_rows_new (self->session, "children", self->pid, INTERVAL_MS);
  g_signal_connect_swapped (self->info, "changed", G_CALLBACK (on_info), self);
  g_signal_connect_swapped (self->children, "items-changed", G_CALLBACK (on_children), self);
  g_signal_connect_swapped (self->children, "refilled", G_CALLBACK (on_children), self);
  grove_table_set_viewport (GROVE_TABLE (self->children), 0, CHILDREN_MAX);
  set_active (self, grove_section_is_seen (GROVE_SECTION (self)));
}

static void
follow (GroveSection *section, GroveSession *session, const char *pid)
{
  GroveSupervisorSection *self = GROVE_SUPERVISOR_SECTION (section);
  GtkListBoxRow          *row;

  drop (self);
  g_set_object (&self->session, session);
  g_free (self->pid);
  self->pid = g_strdup (pid);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
}

static void
fill (GroveSection *section, GroveProcessDetail *detail)
{
  GroveSupervisorSection *self = GROVE_SUPERVISOR_SECTION (section);

  if (self->known || self->pid == NULL)
    return;
  self->known = TRUE;
  if (!grove_process_detail_is_gone (detail) &&
      grove_target_is_supervisor_call (grove_process_detail_get_text (detail, "initial_call")))
    begin (self);
}

static void
set_seen (GroveSection *section, gboolean seen)
{
  set_active (GROVE_SUPERVISOR_SECTION (section), seen);
}

static void
grove_supervisor_section_dispose (GObject *object)
{
  GroveSupervisorSection *self = GROVE_SUPERVISOR_SECTION (object);

  drop (self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_supervisor_section_parent_class)->dispose (object);
}

static void
grove_supervisor_section_finalize (GObject *object)
{
  GroveSupervisorSection *self = GROVE_SUPERVISOR_SECTION (object);

  g_ptr_array_unref (self->held);
  g_free (self->pid);
  G_OBJECT_CLASS (grove_supervisor_section_parent_class)->finalize (object);
}

static void
grove_supervisor_section_class_init (GroveSupervisorSectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_supervisor_section_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_supervisor_section_finalize;
  GROVE_SECTION_CLASS (klass)->set_seen = set_seen;
  GROVE_SECTION_CLASS (klass)->follow = follow;
  GROVE_SECTION_CLASS (klass)->fill = fill;
}

static GtkLabel *
add_fact (GtkListBox *list, const char *title, GtkWidget **ret_row)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *label = gtk_label_new ("");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "tnum");
  gtk_widget_add_css_class (label, "dim-label");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_append (list, row);
  *ret_row = row;
  return GTK_LABEL (label);
}

static GtkListBox *
new_list (void)
{
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  return GTK_LIST_BOX (list);
}

static void
add_budget (GroveSupervisorSection *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  self->budget_bar = GTK_LEVEL_BAR (gtk_level_bar_new ());
  gtk_widget_set_size_request (GTK_WIDGET (self->budget_bar), 90, -1);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  self->budget_label = GTK_LABEL (gtk_label_new (""));
  gtk_label_set_xalign (self->budget_label, 1);
  gtk_widget_add_css_class (GTK_WIDGET (self->budget_label), "tnum");
  gtk_widget_add_css_class (GTK_WIDGET (self->budget_label), "dim-label");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->budget_label));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->budget_bar));
  self->budget_row = adw_action_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->budget_row), _ ("Restarts"));
  gtk_widget_set_tooltip_text (self->budget_row,
                               _ ("When it has none left, the next crash makes it give up"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (self->budget_row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self->budget_row), FALSE);
  gtk_list_box_append (self->facts, self->budget_row);
}

static void
grove_supervisor_section_init (GroveSupervisorSection *self)
{
  GtkWidget *group = adw_preferences_group_new (), *row;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  self->facts = new_list ();
  self->list = new_list ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("Supervision"));
  self->strategy_label = add_fact (self->facts, _ ("Strategy"), &row);
  gtk_widget_add_css_class (GTK_WIDGET (self->strategy_label), "mono");
  add_budget (self);
  self->children_label = add_fact (self->facts, _ ("Children"), &row);
  self->all_button = gtk_button_new_with_label (_ ("Show All in Processes"));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->facts));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->list));
  gtk_box_append (GTK_BOX (box), self->all_button);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), box);
  adw_bin_set_child (ADW_BIN (self), group);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (on_activated), self);
  g_signal_connect_swapped (self->all_button, "clicked", G_CALLBACK (on_all), self);
}
