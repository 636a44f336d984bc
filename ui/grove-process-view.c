/* SPDX-License-Identifier: MIT
 *
 * GroveProcessView: the table of processes in its two shapes.
 */
#include "ui/grove-process-view.h"

#include "observer/grove-format.h"
#include "observer/grove-process-table.h"
#include "ui/grove-process-list.h"
#include "ui/grove-process-tree-list.h"
#include "ui/grove-query-entry.h"
#include "ui/grove-refusal-page.h"
#include "ui/grove-spinner.h"
#include "ui/grove-table-save.h"

#include <glib/gi18n.h>

#define INTERVAL_MS 100
/* How many are suspended; what is done here shows at once all the same. */
#define COUNT_INTERVAL_MS 1000
/* More than there can be; whoever says otherwise does not make the window wider. */
#define SUSPENDED_MAX 999999999

struct _GroveProcessView
{
  AdwBin                parent_instance;
  GroveSession         *session;
  GroveProcessTable    *table;
  GroveProcessTable    *suspended; /* never shown: counted */
  GroveProcessList     *list;
  GroveProcessTreeList *tree_list;
  GroveProcessShape     shape;
  gboolean              focus_rows;     /* as soon as there are some */
  char                 *searched;       /* a pid that is to be scrolled to when its row comes */
  char                 *filter_tooltip; /* while it can be filtered */

  GtkStack           *stack;
  GroveRefusalPage   *refusal_page;
  GtkWidget          *filter_box;
  GtkOverlay         *overlay;
  GroveQueryEntry    *filter_entry;
  GtkWidget          *all_chip, *running_chip, *waiting_chip, *suspended_chip;
  GtkMenuButton      *columns_button;
  GSimpleActionGroup *row_actions;
  GtkPopover         *columns_popover;
  GtkWidget          *flat_button, *tree_button;
  GtkLabel           *count_label, *number_label;
};

enum
{
  SELECTION_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveProcessView, grove_process_view, ADW_TYPE_BIN)

/* ---- The filter ---------------------------------------------------------------------------------
 */

static gboolean
is_or (const char *word, gsize length)
{
  return length == 2 && g_ascii_strncasecmp (word, "or", 2) == 0;
}

/* The next word, quotes kept whole. */
static const char *
next_word (const char *text, gsize *ret_length)
{
  const char *end;
  gboolean    quoted = FALSE;

  while (g_ascii_isspace (*text))
    text++;
  for (end = text; *end != '\0' && (quoted || !g_ascii_isspace (*end)); end++)
    if (*end == '"')
      quoted = !quoted;
  *ret_length = (gsize) (end - text);
  return text;
}

char *
grove_filter_combine (const char *typed, const char *condition)
{
  GString    *text = g_string_new (NULL);
  gsize       length = 0;
  const char *word = next_word (typed, &length);

  if (condition == NULL || condition[0] == '\0')
    return g_strdup (typed);
  text = g_string_new (NULL);
  for (; length > 0; word = next_word (word + length, &length))
    {
      if (is_or (word, length))
        g_string_append_printf (text, "%s%s or", text->len > 0 ? " " : "", condition);
      else
        {
          g_string_append (text, text->len > 0 ? " " : "");
          g_string_append_len (text, word, (gssize) length);
        }
    }
  g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", condition);
  return g_string_free (text, FALSE);
}

static char *
get_whole_filter (GroveProcessView *self)
{
  const char *typed = grove_session_get_filter (self->session);

  if (typed == NULL)
    typed = "";
  if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->running_chip)))
    {
      g_autofree char *running = grove_filter_combine (typed, "state:running");
      g_autofree char *runnable = grove_filter_combine (typed, "state:runnable");

      return g_strdup_printf ("%s or %s", running, runnable);
    }
  if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->waiting_chip)))
    return grove_filter_combine (typed, "state:waiting");
  if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->suspended_chip)))
    return grove_filter_combine (typed, "state:suspended");
  return g_strdup (typed);
}

static void
apply_filter (GroveProcessView *self)
{
  g_autofree char *whole = get_whole_filter (self);

  grove_process_table_set_filter (self->table, whole);
}

static void
on_filter_typed (GroveProcessView *self)
{
  grove_session_set_filter (self->session, grove_query_entry_get_text (self->filter_entry));
}

static void
on_session_filter (GroveProcessView *self)
{
  const char *filter = grove_session_get_filter (self->session);

  if (g_strcmp0 (filter != NULL ? filter : "", grove_query_entry_get_text (self->filter_entry)) !=
      0)
    grove_query_entry_set_text (self->filter_entry, filter != NULL ? filter : "");
  apply_filter (self);
}

static void
on_filter_error (GroveProcessView *self)
{
  g_autofree char *error = NULL;

  g_object_get (self->table, "filter-error", &error, NULL);
  grove_query_entry_set_refusal (self->filter_entry, error);
}

static void
on_filter_entered (GroveProcessView *self)
{
  on_filter_typed (self);
  grove_process_view_focus_rows (self);
}

static void
on_filter_left (GroveProcessView *self)
{
  grove_process_view_focus_rows (self);
}

static void
on_chip_toggled (GroveProcessView *self, GtkToggleButton *chip)
{
  if (self->table != NULL && gtk_toggle_button_get_active (chip))
    apply_filter (self);
}

static void
on_clear_clicked (GroveProcessView *self)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->all_chip), TRUE);
  grove_query_entry_set_text (self->filter_entry, "");
  grove_session_set_filter (self->session, "");
}

/* The chip says how many there are, whatever the filter shows. */
static void
update_suspended (GroveProcessView *self)
{
  guint64          n = grove_process_table_get_matched (self->suspended);
  g_autofree char *count = n > 0 ? grove_format_short ((gint64) MIN (n, SUSPENDED_MAX)) : NULL;
  g_autofree char *label =
    count != NULL ? g_strdup_printf (_ ("Suspended %s"), count) : g_strdup (_ ("Suspended"));

  if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (self->suspended_chip)), label) != 0)
    gtk_button_set_label (GTK_BUTTON (self->suspended_chip), label);
}

/* ---- What is shown ------------------------------------------------------------------------------
 */

/* Where there is no room for it all the number alone stands there. */
static void
show_count (GroveProcessView *self, const char *text, const char *number)
{
  gtk_label_set_text (self->count_label, text);
  gtk_label_set_text (self->number_label, number);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->number_label), text);
}

static void
update_count (GroveProcessView *self)
{
  guint64          total = grove_process_table_get_total (self->table);
  guint64          matched = grove_process_table_get_matched (self->table);
  g_autofree char *all = NULL, *number = NULL;

  if (self->shape == GROVE_SHAPE_TREE)
    {
      GroveTree         *tree = grove_process_tree_list_get_tree (self->tree_list);
      const GroveSample *sample = grove_session_get_sample (self->session);

      total = sample != NULL ? (guint64) sample->n_processes : grove_tree_get_n_nodes (tree);
      matched = total;
    }
  if (total == 0)
    {
      /* No system is without processes: how many there are has not been told yet, or is refused. */
      show_count (self, "", "");
      return;
    }
  all = grove_format_plural ((gint64) total, "process", "processes");
  number = grove_format_count ((gint64) total);
  if (matched != total)
    {
      g_autofree char *some = grove_format_count ((gint64) matched);
      g_autofree char *text = g_strdup_printf (_ ("%s of %s"), some, all);
      g_autofree char *numbers = g_strdup_printf (_ ("%s of %s"), some, number);

      show_count (self, text, numbers);
    }
  else
    show_count (self, all, number);
}

static void
update_page (GroveProcessView *self)
{
  const char *refusal = grove_table_get_refusal (GROVE_TABLE (self->table));
  gboolean    loading = FALSE;
  const char *page = "flat";

  grove_refusal_page_set_refusal (self->refusal_page, refusal);
  if (self->shape == GROVE_SHAPE_TREE)
    {
      GroveTree *tree = grove_process_tree_list_get_tree (self->tree_list);

      page =
        grove_tree_get_loading (tree) || grove_tree_get_n_roots (tree) > 0 ? "tree" : "no-tree";
    }
  else
    {
      g_object_get (self->table, "loading", &loading, NULL);
      if (refusal != NULL)
        page = "refused";
      else if (loading)
        page = "loading";
      else if (grove_process_table_get_matched (self->table) == 0)
        page = "none";
    }
  gtk_stack_set_visible_child_name (self->stack, page);
  if (self->focus_rows && !g_str_equal (page, "loading"))
    grove_process_view_focus_rows (self);
  update_count (self);
}

/* The two shapes have columns of their own. */
static void
on_columns_shown (GroveProcessView *self)
{
  GroveColumnLayout *layout = self->shape == GROVE_SHAPE_TREE
                                ? grove_process_tree_list_get_layout (self->tree_list)
                                : grove_process_list_get_layout (self->list);
  GtkWidget         *chooser = grove_column_layout_get_chooser (layout);

  if (gtk_popover_get_child (self->columns_popover) != chooser)
    gtk_popover_set_child (self->columns_popover, chooser);
}

static void
on_choose_columns (GroveProcessView *self)
{
  gtk_menu_button_popup (self->columns_button);
}

static void update_row_actions (GroveProcessView *self);

static void
on_shape_toggled (GroveProcessView *self)
{
  static const char unfiltered[] =
    N_ ("The tree shows every process; the flat table can be filtered (Ctrl+F)");
  gboolean          tree = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->tree_button));
  const char       *current;
  GroveProcessShape shape = tree ? GROVE_SHAPE_TREE : GROVE_SHAPE_FLAT;

  if (self->table == NULL || shape == self->shape)
    return;
  current = grove_process_selection_get_current (grove_process_view_get_selection (self));
  self->shape = shape;
  grove_process_selection_set_current (grove_process_view_get_selection (self), current);
  /* The tree shows what is above and below what; a filter would tear it apart. */
  gtk_widget_set_sensitive (self->filter_box, !tree);
  gtk_widget_set_tooltip_text (self->filter_box, tree ? _ (unfiltered) : NULL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->filter_entry),
                               tree ? _ (unfiltered) : self->filter_tooltip);
  on_filter_error (self);
  update_page (self);
  update_row_actions (self);
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

/* ---- Rows to elsewhere --------------------------------------------------------------------------
 */

/* (transfer full) (element-type utf8) */
static GPtrArray *
dup_selected (GroveProcessView *self)
{
  g_autoptr (GPtrArray) targets =
    grove_process_selection_dup_targets (grove_process_view_get_selection (self));
  GPtrArray *pids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < targets->len; i++)
    g_ptr_array_add (pids, g_strdup (((GroveTarget *) g_ptr_array_index (targets, i))->pid));
  return pids;
}

static void
save_rows (GroveProcessView *self, GPtrArray *pids)
{
  const char      *system = grove_session_get_system_name (self->session);
  g_autofree char *name = g_strdup_printf ("%s-processes", system != NULL ? system : "grove");

  grove_table_save (GTK_WIDGET (self), GROVE_TABLE (self->table), _ ("Save Processes"), name,
                    pids != NULL ? (const char *const *) pids->pdata : NULL,
                    pids != NULL ? pids->len : 0);
}

static void
on_save (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  save_rows (user_data, NULL);
}

static void
on_save_selected (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GPtrArray) pids = dup_selected (user_data);

  save_rows (user_data, pids);
}

static void
on_copy (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GroveProcessView *self = user_data;
  g_autoptr (GPtrArray) pids = dup_selected (self);

  grove_table_copy (GTK_WIDGET (self), GROVE_TABLE (self->table), (const char *const *) pids->pdata,
                    pids->len);
}

static void
update_row_actions (GroveProcessView *self)
{
  static const char *const of_selected[] = { "save-selected", "copy" };
  gboolean                 any =
    grove_process_selection_get_n_selected (grove_process_view_get_selection (self)) > 0;

  for (gsize i = 0; i < G_N_ELEMENTS (of_selected); i++)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (
                                   g_action_map_lookup_action (G_ACTION_MAP (self->row_actions),
                                                               of_selected[i])),
                                 any);
}

static void
add_row_actions (GroveProcessView *self)
{
  static const GActionEntry entries[] = {
    { .name = "save", .activate = on_save },
    { .name = "save-selected", .activate = on_save_selected },
    { .name = "copy", .activate = on_copy },
  };
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();

  self->row_actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->row_actions), entries,
                                   G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "rows", G_ACTION_GROUP (self->row_actions));
  /* Of the rows alone: a field that has the focus copies its own text. */
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts),
                                        gtk_shortcut_new (gtk_shortcut_trigger_parse_string (
                                                            "<Control>c"),
                                                          gtk_named_action_new ("rows.copy")));
  gtk_widget_add_controller (GTK_WIDGET (self->stack), shortcuts);
  update_row_actions (self);
}

/* ---- One selection ------------------------------------------------------------------------------
 */

static void
on_current_changed (GroveProcessSelection *selection, GroveProcessView *self)
{
  if (selection != grove_process_view_get_selection (self))
    return;
  grove_session_set_selected (self->session, grove_process_selection_get_current (selection));
  update_row_actions (self);
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

/* What was not read is not selected: that is said, since "all" promises more. */
static void
on_all_selected (GroveProcessView *self, guint n_selected, guint n_rows)
{
  GtkWidget       *toasts = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_TOAST_OVERLAY);
  g_autofree char *some = grove_format_count (n_selected);
  g_autofree char *all = grove_format_plural (n_rows, "row", "rows");
  g_autofree char *text = NULL;

  if (n_selected >= n_rows || toasts == NULL)
    return;
  /* TRANSLATORS: "448", "1 000 000 rows" */
  text = g_strdup_printf (_ ("Selected %s of %s: the others have not been read"), some, all);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (toasts), adw_toast_new (text));
}

static void
on_session_selected (GroveProcessView *self)
{
  grove_process_selection_set_current (grove_process_view_get_selection (self),
                                       grove_session_get_selected (self->session));
}

static void
on_refilled (GroveProcessView *self)
{
  if (self->searched != NULL && grove_process_list_reveal (self->list, self->searched))
    g_clear_pointer (&self->searched, g_free);
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
on_map (GroveProcessView *self)
{
  grove_process_table_set_active (self->table, TRUE);
  grove_process_table_set_active (self->suspended, TRUE);
}

static void
on_unmap (GroveProcessView *self)
{
  if (self->table != NULL)
    grove_process_table_set_active (self->table, FALSE);
  if (self->suspended != NULL)
    grove_process_table_set_active (self->suspended, FALSE);
}

static void
grove_process_view_dispose (GObject *object)
{
  GroveProcessView *self = GROVE_PROCESS_VIEW (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (self->table != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->table, self);
      grove_process_table_set_active (self->table, FALSE);
    }
  if (self->suspended != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->suspended, self);
      grove_process_table_set_active (self->suspended, FALSE);
    }
  g_clear_object (&self->suspended);
  g_clear_object (&self->table);
  G_OBJECT_CLASS (grove_process_view_parent_class)->dispose (object);
  g_clear_object (&self->session);
  g_clear_object (&self->row_actions);
  g_clear_pointer (&self->searched, g_free);
  g_clear_pointer (&self->filter_tooltip, g_free);
}

static void
grove_process_view_class_init (GroveProcessViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_process_view_dispose;
  signals[SELECTION_CHANGED] =
    g_signal_new ("selection-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 0);
  g_type_ensure (GROVE_TYPE_QUERY_ENTRY);
  g_type_ensure (GROVE_TYPE_REFUSAL_PAGE);
  g_type_ensure (GROVE_TYPE_SPINNER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-process-view.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, GroveProcessView, child)
  BIND (stack);
  BIND (refusal_page);
  BIND (overlay);
  BIND (filter_box);
  BIND (filter_entry);
  BIND (all_chip);
  BIND (running_chip);
  BIND (waiting_chip);
  BIND (suspended_chip);
  BIND (columns_button);
  BIND (columns_popover);
  BIND (flat_button);
  BIND (tree_button);
  BIND (count_label);
  BIND (number_label);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_filter_typed);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_entered);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_left);
  gtk_widget_class_bind_template_callback (widget_class, on_chip_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_shape_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_columns_shown);
  gtk_widget_class_bind_template_callback (widget_class, on_clear_clicked);
}

static void
grove_process_view_init (GroveProcessView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_object_set (grove_query_entry_get_entry (self->filter_entry), "placeholder-text",
                _ ("Filter, as in messages>100 app:shop"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (grove_query_entry_get_entry (self->filter_entry)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Filter processes"), -1);
  self->filter_tooltip = g_strdup (gtk_widget_get_tooltip_text (GTK_WIDGET (self->filter_entry)));
}

static void
add_shapes (GroveProcessView *self)
{
  self->list = GROVE_PROCESS_LIST (grove_process_list_new (self->session, self->table));
  self->tree_list = GROVE_PROCESS_TREE_LIST (grove_process_tree_list_new (self->session));
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->list), "flat");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->tree_list), "tree");
  g_signal_connect_object (grove_process_list_get_layout (self->list), "choose",
                           G_CALLBACK (on_choose_columns), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (grove_process_tree_list_get_layout (self->tree_list), "choose",
                           G_CALLBACK (on_choose_columns), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (grove_process_list_get_selection (self->list), "current-changed",
                           G_CALLBACK (on_current_changed), self, 0);
  g_signal_connect_object (grove_process_list_get_selection (self->list), "all-selected",
                           G_CALLBACK (on_all_selected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (grove_process_tree_list_get_selection (self->tree_list), "all-selected",
                           G_CALLBACK (on_all_selected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (grove_process_tree_list_get_tree (self->tree_list), "structure-changed",
                           G_CALLBACK (update_page), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (grove_process_tree_list_get_tree (self->tree_list), "notify::loading",
                           G_CALLBACK (update_page), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (grove_process_tree_list_get_selection (self->tree_list),
                           "current-changed", G_CALLBACK (on_current_changed), self, 0);
}

GtkWidget *
grove_process_view_new (GroveSession *session)
{
  GroveProcessView *self = g_object_new (GROVE_TYPE_PROCESS_VIEW, NULL);

  self->session = g_object_ref (session);
  self->table = grove_process_table_new (session, INTERVAL_MS);
  self->suspended = grove_process_table_new (session, COUNT_INTERVAL_MS);
  grove_process_table_set_filter (self->suspended, "state:suspended");
  grove_process_table_set_sort (self->suspended, "pid", FALSE);
  grove_process_table_set_viewport (self->suspended, 0, 1);
  g_signal_connect_swapped (self->suspended, "notify::matched", G_CALLBACK (update_suspended),
                            self);
  add_shapes (self);
  add_row_actions (self);
  grove_query_entry_set_up (self->filter_entry, GROVE_TABLE (self->table), self->overlay);
  g_signal_connect_swapped (session, "notify::filter", G_CALLBACK (on_session_filter), self);
  g_signal_connect_swapped (session, "notify::selected", G_CALLBACK (on_session_selected), self);
  g_signal_connect_swapped (session, "sample", G_CALLBACK (update_count), self);
  g_signal_connect_swapped (self->table, "notify::filter-error", G_CALLBACK (on_filter_error),
                            self);
  g_signal_connect_swapped (self->table, "notify::loading", G_CALLBACK (update_page), self);
  g_signal_connect_swapped (self->table, "notify::refusal", G_CALLBACK (update_page), self);
  g_signal_connect_swapped (self->table, "notify::matched", G_CALLBACK (update_page), self);
  g_signal_connect_swapped (self->table, "notify::total", G_CALLBACK (update_count), self);
  g_signal_connect_swapped (self->table, "refilled", G_CALLBACK (on_refilled), self);
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (on_unmap), NULL);
  update_page (self);
  return GTK_WIDGET (self);
}

void
grove_process_view_set_shape (GroveProcessView *self, GroveProcessShape shape)
{
  g_return_if_fail (GROVE_IS_PROCESS_VIEW (self));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (shape == GROVE_SHAPE_TREE ? self->tree_button
                                                                             : self->flat_button),
                                TRUE);
}

GroveProcessSelection *
grove_process_view_get_selection (GroveProcessView *self)
{
  g_return_val_if_fail (GROVE_IS_PROCESS_VIEW (self), NULL);
  return self->shape == GROVE_SHAPE_TREE ? grove_process_tree_list_get_selection (self->tree_list)
                                         : grove_process_list_get_selection (self->list);
}

void
grove_process_view_find (GroveProcessView *self)
{
  g_return_if_fail (GROVE_IS_PROCESS_VIEW (self));
  grove_process_view_set_shape (self, GROVE_SHAPE_FLAT);
  gtk_widget_grab_focus (GTK_WIDGET (self->filter_entry));
}

void
grove_process_view_release (GroveProcessView *self)
{
  g_return_if_fail (GROVE_IS_PROCESS_VIEW (self));
  grove_process_list_release (self->list);
}

void
grove_process_view_focus_rows (GroveProcessView *self)
{
  g_return_if_fail (GROVE_IS_PROCESS_VIEW (self));
  self->focus_rows = !gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_DOWN);
}

void
grove_process_view_reveal (GroveProcessView *self, const char *pid)
{
  g_return_if_fail (GROVE_IS_PROCESS_VIEW (self));
  if (self->shape == GROVE_SHAPE_TREE && grove_process_tree_list_reveal (self->tree_list, pid))
    return;
  grove_process_view_set_shape (self, GROVE_SHAPE_FLAT);
  if (grove_process_list_reveal (self->list, pid))
    return;
  /* Where it stands among a million is the server's to know; a filter finds it. */
  g_free (self->searched);
  self->searched = g_strdup (pid);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->all_chip), TRUE);
  grove_session_set_filter (self->session, pid);
}

void
grove_process_view_tell (GroveProcessView *self, GroveTarget *target)
{
  g_return_if_fail (GROVE_IS_PROCESS_VIEW (self));
  grove_target_learn (target, grove_process_tree_list_get_tree (self->tree_list));
}

gboolean
grove_process_view_has_rows (GroveProcessView *self)
{
  GroveProcessItem *item;

  g_return_val_if_fail (GROVE_IS_PROCESS_VIEW (self), FALSE);
  if (self->shape == GROVE_SHAPE_TREE)
    return grove_process_tree_list_is_filled (self->tree_list);
  item = grove_process_table_peek (self->table, 0);
  return item != NULL && grove_process_item_get_row (item) != NULL;
}

gboolean
grove_process_view_is_filled (GroveProcessView *self)
{
  guint n_history = 0;

  g_return_val_if_fail (GROVE_IS_PROCESS_VIEW (self), FALSE);
  if (self->shape == GROVE_SHAPE_TREE)
    return grove_process_tree_list_is_filled (self->tree_list);
  for (guint i = 0; i < 4; i++)
    {
      GroveProcessItem *item = grove_process_table_peek (self->table, i);

      if (item != NULL && grove_process_item_get_row (item) != NULL)
        grove_process_item_get_history (item, &n_history);
      if (n_history > 1)
        return TRUE;
    }
  return FALSE;
}
