/* SPDX-License-Identifier: MIT
 *
 * GroveColumnLayout: what is wished of each column, kept apart from whether it is visible, which
 * the system has a say in.
 */
#include "ui/grove-column-layout.h"

#include "ui/grove-preferences.h"
#include "ui/grove-process-columns.h"

#include <glib/gi18n.h>

#define LIST_HEIGHT_MAX 420
#define WIDTH_MIN       40
#define WIDTH_MAX       2000
#define REMEMBERED      G_VARIANT_TYPE ("a(sib)")

struct _GroveColumnLayout
{
  GObject             parent_instance;
  GtkColumnView      *view; /* weak */
  GroveSession       *session;
  char               *memory;
  GSimpleActionGroup *actions;
  GtkWidget          *chooser;
  GtkWidget          *checks;
  GroveColumn         order[GROVE_N_COLUMNS]; /* at first */
  guint               n;
  gboolean            shown[GROVE_N_COLUMNS]; /* at first */
  gboolean            wished[GROVE_N_COLUMNS];
  int                 widths[GROVE_N_COLUMNS]; /* also of what is not shown */
  gboolean            restoring, applying;
};

enum
{
  CHOOSE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveColumnLayout, grove_column_layout, G_TYPE_OBJECT)

/* ---- The columns of the view --------------------------------------------------------------------
 */

GtkColumnViewColumn *
grove_column_layout_find (GroveColumnLayout *self, GroveColumn column)
{
  GListModel *columns;

  g_return_val_if_fail (GROVE_IS_COLUMN_LAYOUT (self), NULL);
  if (self->view == NULL)
    return NULL;
  columns = gtk_column_view_get_columns (self->view);
  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) candidate = g_list_model_get_item (columns, i);

      if (grove_process_columns_get_column (candidate) == column)
        return candidate; /* the view holds it */
    }
  return NULL;
}

/* Whether the system has what the column shows. */
static gboolean
is_offered (GroveColumnLayout *self, GroveColumn column)
{
  const char *name = grove_column_get_info (column)->sort;

  return name == NULL || grove_session_get_state (self->session) != GROVE_SESSION_LIVE ||
         grove_session_has_column (self->session, name);
}

static GroveColumn
find_by_id (const char *id)
{
  for (guint i = 0; i < GROVE_N_COLUMNS; i++)
    if (g_str_equal (grove_column_get_info ((GroveColumn) i)->id, id))
      return (GroveColumn) i;
  return GROVE_N_COLUMNS;
}

/* These share the room that is left: one alone would stand far from the others in a wide window. */
static gboolean
is_text (GroveColumn column)
{
  return column == GROVE_COLUMN_NAME || column == GROVE_COLUMN_CURRENT ||
         column == GROVE_COLUMN_INITIAL;
}

static void
apply (GroveColumnLayout *self, GroveColumn column)
{
  GtkColumnViewColumn *shown = grove_column_layout_find (self, column);
  GAction             *action =
    g_action_map_lookup_action (G_ACTION_MAP (self->actions), grove_column_get_info (column)->id);
  gboolean visible;

  if (shown == NULL)
    return;
  visible = self->wished[column] && is_offered (self, column);
  /* GTK 4.8 makes room for columns that are not visible, too. */
  self->applying = TRUE;
  gtk_column_view_column_set_visible (shown, visible);
  gtk_column_view_column_set_expand (shown, visible && is_text (column));
  gtk_column_view_column_set_fixed_width (shown, visible ? self->widths[column] : 0);
  self->applying = FALSE;
  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_boolean (self->wished[column]));
  g_simple_action_set_enabled (G_SIMPLE_ACTION (action),
                               column != GROVE_COLUMN_NAME && is_offered (self, column));
}

static void
apply_all (GroveColumnLayout *self)
{
  for (guint i = 0; i < self->n; i++)
    apply (self, self->order[i]);
}

/* ---- Remembering --------------------------------------------------------------------------------
 */

static void
remember (GroveColumnLayout *self)
{
  GListModel     *columns;
  GVariantBuilder builder;

  if (self->restoring || self->view == NULL)
    return;
  columns = gtk_column_view_get_columns (self->view);
  g_variant_builder_init (&builder, REMEMBERED);
  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      GroveColumn which = grove_process_columns_get_column (column);

      g_variant_builder_add (&builder, "(sib)", grove_column_get_info (which)->id,
                             self->widths[which], self->wished[which]);
    }
  grove_preferences_set_state (grove_preferences_get (), self->memory,
                               g_variant_builder_end (&builder));
}

/* Those that another version did not know keep their place behind the others. */
static void
restore (GroveColumnLayout *self)
{
  g_autoptr (GVariant) state =
    grove_preferences_dup_state (grove_preferences_get (), self->memory, REMEMBERED);
  GVariantIter iter;
  const char  *id;
  int          width;
  gboolean     wished;
  guint        position = 0;

  if (state == NULL)
    return;
  g_variant_iter_init (&iter, state);
  while (g_variant_iter_next (&iter, "(&sib)", &id, &width, &wished))
    {
      GroveColumn          which = find_by_id (id);
      GtkColumnViewColumn *column =
        which != GROVE_N_COLUMNS ? grove_column_layout_find (self, which) : NULL;

      if (column == NULL)
        continue;
      self->wished[which] = wished || which == GROVE_COLUMN_NAME;
      if (width >= WIDTH_MIN && width <= WIDTH_MAX)
        self->widths[which] = width;
      gtk_column_view_insert_column (self->view, position++, column);
    }
}

static void
on_reset (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GroveColumnLayout *self = user_data;

  if (self->view == NULL)
    return;
  self->restoring = TRUE;
  for (guint i = 0; i < self->n; i++)
    {
      GtkColumnViewColumn *column = grove_column_layout_find (self, self->order[i]);

      self->wished[self->order[i]] = self->shown[self->order[i]];
      self->widths[self->order[i]] = grove_process_columns_get_width (column);
      gtk_column_view_insert_column (self->view, i, column);
    }
  self->restoring = FALSE;
  grove_preferences_set_state (grove_preferences_get (), self->memory, NULL);
  apply_all (self);
}

static void
on_column (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  GroveColumnLayout *self = user_data;
  GroveColumn        column = find_by_id (g_action_get_name (G_ACTION (action)));

  self->wished[column] = g_variant_get_boolean (state);
  apply (self, column);
  remember (self);
}

static void
on_choose (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_signal_emit (user_data, signals[CHOOSE], 0);
}

/* ---- The chooser --------------------------------------------------------------------------------
 */

static GtkWidget *
find_check (GroveColumnLayout *self, GroveColumn column)
{
  for (GtkWidget *check = gtk_widget_get_first_child (self->checks); check != NULL;
       check = gtk_widget_get_next_sibling (check))
    if (g_object_get_data (G_OBJECT (check), "grove-column") == GINT_TO_POINTER (column))
      return check;
  return NULL;
}

/* The checks in the order of the columns. */
static void
sort_checks (GroveColumnLayout *self)
{
  GListModel *columns = gtk_column_view_get_columns (self->view);
  GtkWidget  *before = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      GtkWidget *check = find_check (self, grove_process_columns_get_column (column));

      gtk_box_reorder_child_after (GTK_BOX (self->checks), check, before);
      before = check;
    }
}

/* Alt with an arrow moves the column whose check has the focus. */
static gboolean
on_move (GtkWidget *check, GVariant *args, gpointer user_data)
{
  GroveColumnLayout   *self = user_data;
  int                  by = g_variant_get_int32 (args);
  GListModel          *columns;
  GtkColumnViewColumn *column;

  column = grove_column_layout_find (self, (GroveColumn) GPOINTER_TO_INT (
                                             g_object_get_data (G_OBJECT (check), "grove-column")));
  if (column == NULL)
    return GDK_EVENT_PROPAGATE;
  columns = gtk_column_view_get_columns (self->view);
  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) candidate = g_list_model_get_item (columns, i);
      int to = (int) i + by;

      if (candidate != column)
        continue;
      if (to >= 0 && to < (int) g_list_model_get_n_items (columns))
        gtk_column_view_insert_column (self->view, (guint) to, column);
      break;
    }
  sort_checks (self);
  gtk_widget_grab_focus (check);
  return GDK_EVENT_STOP;
}

static void
add_move (GroveColumnLayout *self, GtkEventController *shortcuts, const char *trigger, int by)
{
  GtkShortcut *shortcut = gtk_shortcut_new (gtk_shortcut_trigger_parse_string (trigger),
                                            gtk_callback_action_new (on_move, self, NULL));

  gtk_shortcut_set_arguments (shortcut, g_variant_new_int32 (by));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts), shortcut);
}

static void
add_check (GroveColumnLayout *self, GroveColumn column)
{
  const GroveColumnInfo *info = grove_column_get_info (column);
  g_autofree char       *action = g_strdup_printf ("columns.%s", info->id);
  GtkWidget             *check = gtk_check_button_new_with_label (_ (info->title));
  GtkEventController    *shortcuts = gtk_shortcut_controller_new ();

  gtk_actionable_set_action_name (GTK_ACTIONABLE (check), action);
  g_object_set_data (G_OBJECT (check), "grove-column", GINT_TO_POINTER (column));
  gtk_widget_set_tooltip_text (check, column == GROVE_COLUMN_NAME
                                        ? _ ("The name is always shown")
                                        : _ ("Alt+Up and Alt+Down move the column"));
  add_move (self, shortcuts, "<Alt>Up|<Alt>KP_Up", -1);
  add_move (self, shortcuts, "<Alt>Down|<Alt>KP_Down", 1);
  gtk_widget_add_controller (check, shortcuts);
  gtk_box_append (GTK_BOX (self->checks), check);
}

static void
build_chooser (GroveColumnLayout *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *reset = gtk_button_new_with_mnemonic (_ ("_Reset Columns"));

  self->chooser = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_VERTICAL, 6));
  self->checks = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gtk_widget_set_margin_end (self->checks, 18); /* for the scroll bar */
  for (guint i = 0; i < self->n; i++)
    add_check (self, self->order[i]);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->checks);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), LIST_HEIGHT_MAX);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (reset), "columns.reset");
  gtk_box_append (GTK_BOX (self->chooser), scrolled);
  gtk_box_append (GTK_BOX (self->chooser), reset);
  gtk_widget_insert_action_group (self->chooser, "columns", G_ACTION_GROUP (self->actions));
}

static void
on_width (GtkColumnViewColumn *column, GParamSpec *pspec, GroveColumnLayout *self)
{
  int width = gtk_column_view_column_get_fixed_width (column);

  if (self->applying || width < WIDTH_MIN)
    return;
  self->widths[grove_process_columns_get_column (column)] = width;
  remember (self);
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
on_columns_changed (GroveColumnLayout *self)
{
  remember (self);
}

static void
add_column (GroveColumnLayout *self, GtkColumnViewColumn *column)
{
  GroveColumn            which = grove_process_columns_get_column (column);
  const GroveColumnInfo *info = grove_column_get_info (which);
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) section = g_menu_new ();
  g_autoptr (GSimpleAction) action =
    g_simple_action_new_stateful (info->id, NULL, g_variant_new_boolean (TRUE));
  g_autofree char *name = g_strdup_printf ("columns.%s", info->id);

  self->order[self->n++] = which;
  g_signal_connect_object (action, "change-state", G_CALLBACK (on_column), self, 0);
  g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (action));
  self->widths[which] = grove_process_columns_get_width (column);
  g_signal_connect_object (column, "notify::fixed-width", G_CALLBACK (on_width), self, 0);
  if (which != GROVE_COLUMN_NAME)
    g_menu_append (menu, _ ("_Show This Column"), name);
  g_menu_append (section, _ ("_Choose Columns…"), "columns.choose");
  g_menu_append (section, _ ("_Reset Columns"), "columns.reset");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
  gtk_column_view_column_set_header_menu (column, G_MENU_MODEL (menu));
}

static void
grove_column_layout_dispose (GObject *object)
{
  GroveColumnLayout *self = GROVE_COLUMN_LAYOUT (object);

  g_clear_weak_pointer (&self->view);
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (grove_column_layout_parent_class)->dispose (object);
}

static void
grove_column_layout_finalize (GObject *object)
{
  GroveColumnLayout *self = GROVE_COLUMN_LAYOUT (object);

  g_clear_object (&self->session);
  g_clear_object (&self->actions);
  g_free (self->memory);
  G_OBJECT_CLASS (grove_column_layout_parent_class)->finalize (object);
}

static void
grove_column_layout_class_init (GroveColumnLayoutClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_column_layout_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_column_layout_finalize;
  signals[CHOOSE] = g_signal_new ("choose", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_column_layout_init (GroveColumnLayout *self)
{
  self->actions = g_simple_action_group_new ();
}

GroveColumnLayout *
grove_column_layout_new (GtkColumnView     *view,
                         GroveSession      *session,
                         const char        *memory,
                         const GroveColumn *shown,
                         guint              n_shown)
{
  static const GActionEntry entries[] = {
    { .name = "reset", .activate = on_reset },
    { .name = "choose", .activate = on_choose },
  };
  GroveColumnLayout *self = g_object_new (GROVE_TYPE_COLUMN_LAYOUT, NULL);
  GListModel        *columns = gtk_column_view_get_columns (view);

  g_set_weak_pointer (&self->view, view);
  self->session = g_object_ref (session);
  self->memory = g_strdup (memory);
  for (guint i = 0; i < n_shown; i++)
    self->shown[shown[i]] = self->wished[shown[i]] = TRUE;
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      add_column (self, column);
    }
  self->restoring = TRUE;
  restore (self);
  self->restoring = FALSE;
  apply_all (self);
  build_chooser (self);
  sort_checks (self);
  gtk_widget_insert_action_group (GTK_WIDGET (view), "columns", G_ACTION_GROUP (self->actions));
  g_signal_connect_object (columns, "items-changed", G_CALLBACK (on_columns_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (apply_all), self,
                           G_CONNECT_SWAPPED);
  return self;
}

GtkWidget *
grove_column_layout_get_chooser (GroveColumnLayout *self)
{
  g_return_val_if_fail (GROVE_IS_COLUMN_LAYOUT (self), NULL);
  if (self->view != NULL)
    sort_checks (self);
  return self->chooser;
}
