/* SPDX-License-Identifier: MIT
 *
 * GroveActivityView: a list of tables at the side, folded away where there is no room for it, and a
 * page for each table that was looked at.
 */
#include "ui/grove-activity-view.h"

#include "observer/grove-application-command.h"
#include "observer/grove-format.h"
#include "ui/grove-activity-page.h"
#include "ui/grove-menus.h"
#include "ui/grove-preferences.h"
#include "ui/grove-row-pane.h"
#include "ui/grove-row-save.h"

#include <glib/gi18n.h>

#define STATE_TABLE "activity.table"

struct _GroveActivityView
{
  AdwBin              parent_instance;
  GroveSession       *session;
  AdwToastOverlay    *toasts; /* weak */
  GHashTable         *pages;  /* table -> GroveActivityPage, of the page stack */
  GroveActivityPage  *page;   /* that is shown; NULL before the first */
  GSimpleActionGroup *actions;
  GMenuModel         *row_menu;
  char               *application_status; /* of the row that is selected */
  gboolean            focus_rows;         /* as soon as there are some */
  gboolean            details; /* one wants to see them, as far as something is selected */
  guint               fold_source;

  AdwFlap      *flap;
  GtkListBox   *table_list;
  GtkWidget    *sidebar_button;
  GtkLabel     *table_label;
  GtkStack     *filter_stack, *page_stack;
  GtkWidget    *follow_button, *new_button, *more_button;
  GtkLabel     *count_label;
  GtkPaned     *paned;
  GroveRowPane *pane;
  GMenu        *columns_submenu;
};

enum
{
  OPEN_SUPERVISOR,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveActivityView, grove_activity_view, ADW_TYPE_BIN)

typedef struct
{
  const char *table, *title, *section;
} TableInfo;

#define OF_THIS_SYSTEM N_ ("Of This System")

/* What every system has, and an Erlang node; what else it declares follows by its own name. */
static const TableInfo tables[] = {
  { "crashes", N_ ("Crashes"), N_ ("What Happened") },
  { "events", N_ ("Events"), N_ ("What Happened") },
  { "log", N_ ("Log"), N_ ("What Happened") },
  { "audit", N_ ("What Was Done"), N_ ("What Happened") },
  { "applications", N_ ("Applications"), N_ ("System") },
  { "names", N_ ("Names"), N_ ("System") },
  { "timers", N_ ("Timers"), N_ ("System") },
  { "sessions", N_ ("Sessions"), N_ ("System") },
  { "nodes", N_ ("Nodes"), OF_THIS_SYSTEM },
  { "ets", N_ ("ETS Tables"), OF_THIS_SYSTEM },
  { "sockets", N_ ("Sockets"), OF_THIS_SYSTEM },
  { "ports", N_ ("Ports"), OF_THIS_SYSTEM },
  { "allocators", N_ ("Allocators"), OF_THIS_SYSTEM },
  { "limits", N_ ("Limits"), OF_THIS_SYSTEM },
};

/* Tables that are looked at elsewhere, or only of somebody. */
static const char *const elsewhere[] = { "processes", "children", "objects", NULL };

/* The pages of what is in a table of the system's own are called this and its key. */
#define OBJECTS "objects/"

static const TableInfo *
find_info (const char *table)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    if (g_str_equal (tables[i].table, table))
      return &tables[i];
  return NULL;
}

/* ---- The list of tables -------------------------------------------------------------------------
 */

static GtkWidget *
new_table_row (const char *table, const char *title, const char *section)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *label = gtk_label_new (title);
  GtkWidget *count = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (count, "dim-label");
  gtk_widget_add_css_class (count, "tnum");
  gtk_widget_add_css_class (count, "caption");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), count);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data_full (G_OBJECT (row), "grove-table", g_strdup (table), g_free);
  g_object_set_data_full (G_OBJECT (row), "grove-section", g_strdup (section), g_free);
  g_object_set_data (G_OBJECT (row), "grove-count", count);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  return row;
}

static const char *
table_of (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "grove-table");
}

static GtkListBoxRow *
find_table_row (GroveActivityView *self, const char *table)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->table_list, i)) != NULL; i++)
    if (g_strcmp0 (table_of (row), table) == 0)
      return row;
  return NULL;
}

static void
add_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer user_data)
{
  const char *section = g_object_get_data (G_OBJECT (row), "grove-section");
  const char *last = before != NULL ? g_object_get_data (G_OBJECT (before), "grove-section") : NULL;
  GtkWidget  *label;

  if (g_strcmp0 (section, last) == 0)
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  label = gtk_label_new (section);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "section-title");
  gtk_list_box_row_set_header (row, label);
}

static void
select_table_row (GroveActivityView *self)
{
  const char    *table = self->page != NULL ? grove_activity_page_get_table (self->page) : "";
  GtkListBoxRow *row = find_table_row (self, g_str_has_prefix (table, OBJECTS) ? "ets" : table);

  gtk_list_box_select_row (self->table_list, row);
}

static gboolean
is_listed (char *const *declared, const char *table)
{
  return g_str_equal (table, "audit") || g_strv_contains ((const char *const *) declared, table);
}

static void
fill_tables (GroveActivityView *self)
{
  g_auto (GStrv) declared = grove_rows_list_tables (self->session);
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->table_list, 0)) != NULL)
    gtk_list_box_remove (self->table_list, GTK_WIDGET (row));
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    if ((declared[0] == NULL && !g_str_equal (tables[i].section, OF_THIS_SYSTEM)) ||
        is_listed (declared, tables[i].table))
      gtk_list_box_append (self->table_list, new_table_row (tables[i].table, _ (tables[i].title),
                                                            _ (tables[i].section)));
  for (guint i = 0; declared[i] != NULL; i++)
    if (find_info (declared[i]) == NULL && !g_strv_contains (elsewhere, declared[i]))
      gtk_list_box_append (self->table_list,
                           new_table_row (declared[i], declared[i], _ (OF_THIS_SYSTEM)));
  select_table_row (self);
}

static void
on_state (GroveActivityView *self)
{
  if (grove_session_get_state (self->session) == GROVE_SESSION_LIVE)
    fill_tables (self);
}

/* How many crashes there were is known without asking. */
static void
on_sample (GroveActivityView *self)
{
  const GroveSample *sample = grove_session_get_sample (self->session);
  GtkListBoxRow     *row = find_table_row (self, "crashes");
  g_autofree char   *text = NULL;

  if (sample == NULL || row == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  text = sample->n_crashes > 0 ? grove_format_short (sample->n_crashes) : g_strdup ("");
  gtk_label_set_text (g_object_get_data (G_OBJECT (row), "grove-count"), text);
}

static void
on_table_selected (GroveActivityView *self, GtkListBoxRow *row)
{
  if (row == NULL || self->session == NULL)
    return;
  grove_activity_view_show_table (self, table_of (row));
}

/* Over the rows the list goes once one was chosen: by a click, or Enter. */
static void
on_table_activated (GroveActivityView *self, GtkListBoxRow *row)
{
  /* From what is in one of its rows back to the table, which is selected all the time. */
  if (self->session != NULL)
    grove_activity_view_show_table (self, table_of (row));
  if (adw_flap_get_folded (self->flap))
    {
      adw_flap_set_reveal_flap (self->flap, FALSE);
      grove_activity_view_focus_rows (self);
    }
}

/* ---- What stands beside the rows ----------------------------------------------------------------
 */

static void
set_enabled (GroveActivityView *self, const char *name, gboolean enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (
                                 g_action_map_lookup_action (G_ACTION_MAP (self->actions), name)),
                               enabled);
}

/* Whether that may be done to the application of the selected row. */
static gboolean
can_command (GroveActivityView *self, GroveApplicationCommand command, GroveRow *row)
{
  g_autofree char *obstacle = NULL;

  if (row == NULL || !g_str_equal (grove_activity_page_get_table (self->page), "applications"))
    return FALSE;
  obstacle = grove_application_command_get_obstacle (self->session, command, row);
  return obstacle == NULL;
}

static void
update_actions (GroveActivityView *self)
{
  GroveRow *row = self->page != NULL ? grove_activity_page_get_selected (self->page) : NULL;

  set_enabled (self, "start-application", can_command (self, GROVE_APPLICATION_COMMAND_START, row));
  set_enabled (self, "stop-application", can_command (self, GROVE_APPLICATION_COMMAND_STOP, row));

  set_enabled (self, "copy", row != NULL);
  set_enabled (self, "details", row != NULL);
  set_enabled (self, "contents",
               row != NULL && g_str_equal (grove_activity_page_get_table (self->page), "ets"));
  set_enabled (self, "show-process", row != NULL && grove_row_get_text (row, "pid")[0] != '\0');
  set_enabled (self, "save",
               self->page != NULL &&
                 g_list_model_get_n_items (grove_activity_page_get_model (self->page)) > 0);
}

static void
update_follow (GroveActivityView *self)
{
  gboolean can = grove_activity_page_can_follow (self->page);
  gboolean following = grove_activity_page_is_following (self->page);
  guint64  n_new = grove_activity_page_get_n_new (self->page);
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "follow");

  gtk_widget_set_visible (self->follow_button, can);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), can);
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (following));
  gtk_widget_set_tooltip_text (self->follow_button,
                               following ? _ ("The newest come first as they come; press to hold "
                                              "the rows still")
                                         : _ ("The rows are held; press to follow the newest"));
  gtk_widget_set_visible (self->new_button, can && n_new > 0);
  if (n_new > 0)
    {
      g_autofree char *count = grove_format_count ((gint64) n_new);
      g_autofree char *text =
        g_strdup_printf (ngettext ("%s new", "%s new", (gulong) MIN (n_new, G_MAXULONG)), count);

      gtk_button_set_label (GTK_BUTTON (self->new_button), text);
    }
}

static void
on_page_changed (GroveActivityPage *page, GroveActivityView *self)
{
  g_autofree char *text = NULL;

  if (page != self->page)
    return;
  text = grove_activity_page_describe (page);
  gtk_label_set_text (self->count_label, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->count_label), text);
  update_follow (self);
  update_actions (self);
  if (self->focus_rows && grove_activity_page_is_filled (page))
    {
      GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

      self->focus_rows = FALSE;
      if (root != NULL && gtk_root_get_focus (root) == NULL)
        grove_activity_view_focus_rows (self);
    }
}

/* ---- Details ------------------------------------------------------------------------------------
 */

static void
show_details (GroveActivityView *self)
{
  guint                 n;
  GroveRow             *row = grove_activity_page_get_selected (self->page);
  const GroveRowColumn *columns = grove_activity_page_get_columns (self->page, &n);

  if (self->details && row != NULL)
    grove_row_pane_show (self->pane, self->session, grove_activity_page_get_table (self->page),
                         columns, n, row);
  gtk_widget_set_visible (GTK_WIDGET (self->pane),
                          self->details &&
                            grove_process_selection_get_current (grove_row_list_get_selection (
                              grove_activity_page_get_list (self->page))) != NULL);
}

/* One selection for all views: what is selected here is a process, too, as far as it is about one.
 */
static void
on_page_selected (GroveActivityPage *page, GroveActivityView *self)
{
  GroveRow   *row = grove_activity_page_get_selected (page);
  const char *pid = row != NULL ? grove_row_get_text (row, "pid") : "";

  if (page != self->page)
    return;
  if (row != NULL)
    self->details = self->details || g_str_equal (grove_activity_page_get_table (page), "crashes");
  if (pid[0] != '\0')
    grove_session_set_selected (self->session, pid);
  show_details (self);
  update_actions (self);
}

static void
show_contents (GroveActivityView *self)
{
  GroveRow        *row = grove_activity_page_get_selected (self->page);
  g_autofree char *table =
    row != NULL ? g_strconcat (OBJECTS, grove_row_get_text (row, "table"), NULL) : NULL;

  if (table == NULL)
    return;
  if (g_str_equal (grove_row_get_text (row, "protection"), "private"))
    {
      if (self->toasts != NULL)
        adw_toast_overlay_add_toast (self->toasts,
                                     adw_toast_new (_ ("Only its owner can read this table")));
      return;
    }
  grove_activity_view_show_table (self, table);
  grove_activity_view_focus_rows (self);
}

static void
on_row_activated (GroveActivityPage *page, GroveActivityView *self)
{
  if (g_str_equal (grove_activity_page_get_table (self->page), "ets"))
    {
      show_contents (self);
      return;
    }
  self->details = TRUE;
  show_details (self);
}

static void
on_pane_closed (GroveActivityView *self)
{
  self->details = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->pane), FALSE);
  grove_activity_view_focus_rows (self);
}

static void
on_navigate (GroveRowPane *pane, const char *pid, GroveActivityView *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-process", "s", pid);
}

static void
on_open_supervisor (GroveRowPane *pane, const char *pid, GroveActivityView *self)
{
  g_signal_emit (self, signals[OPEN_SUPERVISOR], 0, pid);
}

static void
on_menu (GroveRowList *list, double x, double y, GroveActivityView *self)
{
  grove_menu_popup (GTK_WIDGET (list), self->row_menu, x, y);
}

/* What can be done to an application is another thing when it has started or stopped. */
static void
on_applications (GroveActivityView *self, guint first, guint n, gboolean moved, GroveRows *rows)
{
  GroveRow   *row;
  const char *status;

  if (self->page == NULL || grove_activity_page_get_rows (self->page) != rows)
    return;
  row = grove_activity_page_get_selected (self->page);
  status = row != NULL ? grove_row_get_text (row, "status") : "";
  if (g_strcmp0 (status, self->application_status) == 0)
    return;
  g_free (self->application_status);
  self->application_status = g_strdup (status);
  show_details (self);
  update_actions (self);
}

/* ---- Pages --------------------------------------------------------------------------------------
 */

static GroveActivityPage *
add_page (GroveActivityView *self, const char *table)
{
  const TableInfo   *info = find_info (table);
  g_autofree char   *contents = g_str_has_prefix (table, OBJECTS)
                                  ? g_strdup_printf (_ ("Contents of %s"), table + strlen (OBJECTS))
                                  : NULL;
  const char        *title = contents != NULL ? contents : info != NULL ? _ (info->title) : table;
  GtkWidget         *widget = grove_activity_page_new (self->session, table, title);
  GroveActivityPage *page = GROVE_ACTIVITY_PAGE (widget);
  GroveRowList      *list = grove_activity_page_get_list (page);

  g_hash_table_insert (self->pages, g_strdup (table), page);
  gtk_stack_add_named (self->page_stack, widget, table);
  gtk_stack_add_named (self->filter_stack, grove_activity_page_get_filter (page), table);
  g_signal_connect_object (page, "changed", G_CALLBACK (on_page_changed), self, 0);
  g_signal_connect_object (page, "selected", G_CALLBACK (on_page_selected), self, 0);
  if (g_str_equal (table, "applications"))
    g_signal_connect_object (grove_activity_page_get_rows (page), "refilled",
                             G_CALLBACK (on_applications), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "menu", G_CALLBACK (on_menu), self, 0);
  g_signal_connect_object (list, "activated", G_CALLBACK (on_row_activated), self, 0);
  return page;
}

void
grove_activity_view_show_table (GroveActivityView *self, const char *table)
{
  GroveActivityPage *page;
  GroveRowList      *list;

  g_return_if_fail (GROVE_IS_ACTIVITY_VIEW (self));
  g_return_if_fail (table != NULL && table[0] != '\0');
  page = g_hash_table_lookup (self->pages, table);
  if (page == NULL)
    page = add_page (self, table);
  if (page == self->page)
    return;
  self->page = page;
  list = grove_activity_page_get_list (page);
  gtk_stack_set_visible_child_name (self->page_stack, table);
  gtk_stack_set_visible_child_name (self->filter_stack, table);
  gtk_label_set_text (self->table_label, grove_activity_page_get_title (page));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "columns",
                                  grove_row_list_get_column_actions (list));
  g_menu_remove_all (self->columns_submenu);
  g_menu_append_section (self->columns_submenu, NULL, grove_row_list_get_column_menu (list));
  select_table_row (self);
  on_page_changed (page, self);
  show_details (self);
  /* What is in one table is of this run of the system. */
  if (!g_str_has_prefix (table, OBJECTS))
    grove_preferences_set_state_text (grove_preferences_get (), STATE_TABLE, table);
}

const char *
grove_activity_view_get_table (GroveActivityView *self)
{
  g_return_val_if_fail (GROVE_IS_ACTIVITY_VIEW (self), NULL);
  return self->page != NULL ? grove_activity_page_get_table (self->page) : NULL;
}

GroveRowList *
grove_activity_view_get_list (GroveActivityView *self)
{
  g_return_val_if_fail (GROVE_IS_ACTIVITY_VIEW (self), NULL);
  return self->page != NULL ? grove_activity_page_get_list (self->page) : NULL;
}

void
grove_activity_view_find (GroveActivityView *self)
{
  g_return_if_fail (GROVE_IS_ACTIVITY_VIEW (self));
  grove_activity_page_find (self->page);
}

void
grove_activity_view_release (GroveActivityView *self)
{
  g_return_if_fail (GROVE_IS_ACTIVITY_VIEW (self));
  grove_row_list_release (grove_activity_page_get_list (self->page));
}

void
grove_activity_view_focus_rows (GroveActivityView *self)
{
  g_return_if_fail (GROVE_IS_ACTIVITY_VIEW (self));
  /* Where they are still to come, the keyboard waits for them. */
  self->focus_rows = !gtk_widget_child_focus (GTK_WIDGET (self->page_stack), GTK_DIR_DOWN);
}

void
grove_activity_view_set_toasts (GroveActivityView *self, AdwToastOverlay *toasts)
{
  g_return_if_fail (GROVE_IS_ACTIVITY_VIEW (self));
  g_set_weak_pointer (&self->toasts, toasts);
}

gboolean
grove_activity_view_is_filled (GroveActivityView *self)
{
  g_return_val_if_fail (GROVE_IS_ACTIVITY_VIEW (self), FALSE);
  return grove_activity_page_is_filled (self->page) &&
         (!gtk_widget_get_visible (GTK_WIDGET (self->pane)) ||
          grove_row_pane_is_filled (self->pane));
}

/* ---- Actions ------------------------------------------------------------------------------------
 */

static void
on_table (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *table = g_variant_get_string (parameter, NULL);

  if (table[0] != '\0')
    grove_activity_view_show_table (user_data, table);
}

static void
on_follow (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  GroveActivityView *self = user_data;

  grove_activity_page_set_following (self->page, g_variant_get_boolean (state));
}

static void
on_new_clicked (GroveActivityView *self)
{
  grove_activity_page_set_following (self->page, TRUE);
  grove_activity_view_focus_rows (self);
}

static void
on_details (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GroveActivityView *self = user_data;

  self->details = TRUE;
  show_details (self);
}

static void
on_contents (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  show_contents (user_data);
}

static void
on_show_process (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GroveActivityView *self = user_data;
  GroveRow          *row = grove_activity_page_get_selected (self->page);

  if (row != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-process", "s",
                                grove_row_get_text (row, "pid"));
}

/* `activity.stop-application` is `win.stop-application` of the selected row. */
static void
on_application (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GroveActivityView *self = user_data;
  GroveRow          *row = grove_activity_page_get_selected (self->page);
  g_autofree char   *name = g_strconcat ("win.", g_action_get_name (G_ACTION (action)), NULL);

  if (row != NULL && grove_row_get_key (row) != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), name, "s", grove_row_get_key (row));
}

static void
on_copy (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GroveActivityView *self = user_data;
  guint              n = 0;
  g_autofree char   *text = grove_row_list_copy (grove_activity_page_get_list (self->page), &n);
  g_autofree char   *said = NULL;

  if (text == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  said = g_strdup_printf (ngettext ("Copied %u row", "Copied %u rows", n), n);
  if (self->toasts != NULL)
    adw_toast_overlay_add_toast (self->toasts, adw_toast_new (said));
}

static void
on_save (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GroveActivityView *self = user_data;
  GtkRoot           *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->toasts != NULL)
    grove_row_save (GTK_WINDOW (root), self->toasts, self->session,
                    grove_activity_page_get_title (self->page),
                    grove_activity_page_get_table (self->page),
                    grove_activity_page_get_model (self->page));
}

static gboolean
on_escape (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  GroveActivityView *self = GROVE_ACTIVITY_VIEW (widget);

  if (!gtk_widget_get_visible (GTK_WIDGET (self->pane)))
    return GDK_EVENT_PROPAGATE;
  on_pane_closed (self);
  return GDK_EVENT_STOP;
}

static gboolean
on_copy_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  GroveActivityView *self = GROVE_ACTIVITY_VIEW (widget);

  if (grove_activity_page_get_selected (self->page) == NULL)
    return GDK_EVENT_PROPAGATE;
  g_action_group_activate_action (G_ACTION_GROUP (self->actions), "copy", NULL);
  return GDK_EVENT_STOP;
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static gboolean
on_fold (gpointer user_data)
{
  GroveActivityView *self = user_data;
  gboolean           folded = adw_flap_get_folded (self->flap);

  self->fold_source = 0;
  gtk_widget_set_visible (self->sidebar_button, folded);
  adw_flap_set_reveal_flap (self->flap, !folded);
  return G_SOURCE_REMOVE;
}

/* It is told while it is given its size, when nothing may ask for another; this is done before the
 * next frame. */
static void
on_folded (GroveActivityView *self)
{
  if (self->fold_source == 0)
    self->fold_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_fold, self, NULL);
}

/* A flap that finds out while it is given its size that it is to fold asks for another size then,
 * which GTK warns of where nothing is animated. So it is told before. */
static void
fold_ahead (GroveActivityView *self)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  int        content = 0, sidebar = 0;

  gtk_widget_measure (adw_flap_get_content (self->flap), GTK_ORIENTATION_HORIZONTAL, -1, &content,
                      NULL, NULL, NULL);
  gtk_widget_measure (adw_flap_get_flap (self->flap), GTK_ORIENTATION_HORIZONTAL, -1, &sidebar,
                      NULL, NULL, NULL);
  adw_flap_set_fold_policy (self->flap, content + sidebar >= gtk_widget_get_width (parent)
                                          ? ADW_FLAP_FOLD_POLICY_ALWAYS
                                          : ADW_FLAP_FOLD_POLICY_NEVER);
  adw_flap_set_fold_policy (self->flap, ADW_FLAP_FOLD_POLICY_AUTO);
}

static void
on_map (GroveActivityView *self)
{
  fold_ahead (self);
  on_sample (self);
}

static void
grove_activity_view_dispose (GObject *object)
{
  GroveActivityView *self = GROVE_ACTIVITY_VIEW (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_weak_pointer (&self->toasts);
  g_clear_handle_id (&self->fold_source, g_source_remove);
  if (self->actions != NULL)
    {
      /* A property action holds its object, which is a child of this view. */
      g_action_map_remove_action (G_ACTION_MAP (self->actions), "sidebar");
      gtk_widget_insert_action_group (GTK_WIDGET (self), "columns", NULL);
    }
  g_clear_object (&self->actions);
  g_clear_object (&self->row_menu);
  g_clear_object (&self->columns_submenu);
  self->page = NULL;
  g_clear_pointer (&self->pages, g_hash_table_unref);
  g_clear_pointer (&self->application_status, g_free);
  G_OBJECT_CLASS (grove_activity_view_parent_class)->dispose (object);
  g_clear_object (&self->session);
}

static void
grove_activity_view_class_init (GroveActivityViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_activity_view_dispose;
  signals[OPEN_SUPERVISOR] =
    g_signal_new ("open-supervisor", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  g_type_ensure (GROVE_TYPE_ROW_PANE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-activity-view.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, GroveActivityView, child)
  BIND (flap);
  BIND (table_list);
  BIND (sidebar_button);
  BIND (table_label);
  BIND (filter_stack);
  BIND (page_stack);
  BIND (follow_button);
  BIND (new_button);
  BIND (more_button);
  BIND (count_label);
  BIND (paned);
  BIND (pane);
  BIND (columns_submenu);
  BIND (row_menu);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_table_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_table_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_new_clicked);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, on_copy_key, NULL);
}

static void
grove_activity_view_init (GroveActivityView *self)
{
  static const GActionEntry entries[] = {
    { .name = "table", .activate = on_table, .parameter_type = "s" },
    { .name = "follow", .state = "true", .change_state = on_follow },
    { .name = "copy", .activate = on_copy },
    { .name = "save", .activate = on_save },
    { .name = "details", .activate = on_details },
    { .name = "contents", .activate = on_contents },
    { .name = "start-application", .activate = on_application },
    { .name = "stop-application", .activate = on_application },
    { .name = "show-process", .activate = on_show_process },
  };
  g_autoptr (GPropertyAction) sidebar = NULL;

  self->pages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_object_ref (self->row_menu);
  g_object_ref (self->columns_submenu);
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  sidebar = g_property_action_new ("sidebar", self->flap, "reveal-flap");
  g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (sidebar));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "activity", G_ACTION_GROUP (self->actions));
  gtk_list_box_set_header_func (self->table_list, add_header, NULL, NULL);
  g_signal_connect_object (self->flap, "notify::folded", G_CALLBACK (on_folded), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pane, "closed", G_CALLBACK (on_pane_closed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pane, "navigate", G_CALLBACK (on_navigate), self, 0);
  g_signal_connect_object (self->pane, "open-supervisor", G_CALLBACK (on_open_supervisor), self, 0);
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  on_folded (self);
}

GtkWidget *
grove_activity_view_new (GroveSession *session)
{
  GroveActivityView *self = g_object_new (GROVE_TYPE_ACTIVITY_VIEW, NULL);
  g_autofree char *table = grove_preferences_dup_state_text (grove_preferences_get (), STATE_TABLE);

  self->session = g_object_ref (session);
  g_signal_connect_swapped (session, "notify::state", G_CALLBACK (on_state), self);
  g_signal_connect_swapped (session, "sample", G_CALLBACK (on_sample), self);
  /* It hears from the first on of what could not be done. */
  add_page (self, "audit");
  grove_activity_view_show_table (self,
                                  table != NULL && find_info (table) != NULL ? table : "crashes");
  fill_tables (self);
  return GTK_WIDGET (self);
}
