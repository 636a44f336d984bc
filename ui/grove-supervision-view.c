/* SPDX-License-Identifier: MIT
 *
 * GroveSupervisionView: the supervision graph with its tools.
 */
#include "ui/grove-supervision-view.h"

#include "observer/grove-format.h"
#include "ui/grove-graph-legend.h"
#include "ui/grove-graph.h"

#include <glib/gi18n.h>

/* Trees are opened whole; the system itself limits the children of one node. */
#define TREE_DEPTH 16

struct _GroveSupervisionView
{
  AdwBin parent_instance;

  GroveTree        *tree;
  GroveGraph       *graph;
  GtkStack         *stack;
  GtkSpinner       *spinner;
  GtkOverlay       *overlay;
  GtkDropDown      *metric_drop_down;
  GroveGraphLegend *legend;
  GtkEditable      *search_entry;
  GtkLabel         *match_label;
};

G_DEFINE_FINAL_TYPE (GroveSupervisionView, grove_supervision_view, ADW_TYPE_BIN)

static void
update_page (GroveSupervisionView *self)
{
  const gboolean loading = grove_tree_get_loading (self->tree);
  const char    *page = gtk_stack_get_visible_child_name (self->stack);

  /* A tree that is read again, after a reconnection or another page, leaves its picture standing.
   */
  if (grove_tree_get_n_roots (self->tree) > 0)
    page = "graph";
  else if (!loading)
    page = "empty";
  else if (page == NULL || !g_str_equal (page, "graph"))
    page = "loading";
  gtk_stack_set_visible_child_name (self->stack, page);
  gtk_spinner_set_spinning (self->spinner, g_str_equal (page, "loading"));
}

static void
update_matches (GroveSupervisionView *self)
{
  const gboolean   searching = gtk_editable_get_text (self->search_entry)[0] != '\0';
  const guint      n = grove_graph_get_n_matches (self->graph);
  const int        at = grove_graph_get_match (self->graph);
  g_autofree char *count = grove_format_count (n);
  g_autofree char *text = NULL;

  if (n == 0)
    text = g_strdup (_ ("no match"));
  else if (at < 0)
    text = grove_format_plural (n, "match", "matches");
  else
    text = g_strdup_printf (_ ("%d of %s"), at + 1, count);
  gtk_label_set_label (self->match_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->match_label), searching);
  if (searching && n == 0)
    gtk_widget_add_css_class (GTK_WIDGET (self->search_entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->search_entry), "error");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "graph.next-match", n > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "graph.previous-match", n > 0);
}

static void
on_metric_chosen (GroveSupervisionView *self)
{
  const guint metric = gtk_drop_down_get_selected (self->metric_drop_down);

  if (self->graph == NULL || metric >= GROVE_GRAPH_N_METRICS)
    return;
  grove_graph_set_metric (self->graph, metric);
  grove_graph_legend_set_metric (self->legend, metric);
}

static void
on_search_changed (GroveSupervisionView *self)
{
  grove_graph_set_search (self->graph, gtk_editable_get_text (self->search_entry));
  update_matches (self);
}

static void
on_search_next (GroveSupervisionView *self)
{
  /* Enter may come before the pause that a search waits for. */
  grove_graph_set_search (self->graph, gtk_editable_get_text (self->search_entry));
  grove_graph_step_match (self->graph, GROVE_GRAPH_NEXT);
}

static void
on_search_previous (GroveSupervisionView *self)
{
  grove_graph_set_search (self->graph, gtk_editable_get_text (self->search_entry));
  grove_graph_step_match (self->graph, GROVE_GRAPH_PREVIOUS);
}

static void
on_search_stopped (GroveSupervisionView *self)
{
  gtk_editable_set_text (self->search_entry, "");
  gtk_widget_grab_focus (GTK_WIDGET (self->graph));
}

static gboolean
on_search_key (GroveSupervisionView *self, guint key, guint code, GdkModifierType state)
{
  if ((key != GDK_KEY_Return && key != GDK_KEY_KP_Enter) || !(state & GDK_SHIFT_MASK))
    return FALSE;
  on_search_previous (self);
  return TRUE;
}

void
grove_supervision_view_find (GroveSupervisionView *self)
{
  g_return_if_fail (GROVE_IS_SUPERVISION_VIEW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
  gtk_editable_select_region (self->search_entry, 0, -1);
}

static void
on_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GroveSupervisionView *self = GROVE_SUPERVISION_VIEW (widget);

  if (g_str_equal (name, "graph.zoom-in"))
    grove_graph_zoom (self->graph, GROVE_GRAPH_ZOOM_IN);
  else if (g_str_equal (name, "graph.zoom-out"))
    grove_graph_zoom (self->graph, GROVE_GRAPH_ZOOM_OUT);
  else if (g_str_equal (name, "graph.zoom-fit"))
    grove_graph_zoom (self->graph, GROVE_GRAPH_ZOOM_FIT);
  else if (g_str_equal (name, "graph.next-match"))
    grove_graph_step_match (self->graph, GROVE_GRAPH_NEXT);
  else if (g_str_equal (name, "graph.previous-match"))
    grove_graph_step_match (self->graph, GROVE_GRAPH_PREVIOUS);
  else
    grove_supervision_view_find (self);
}

static void
grove_supervision_view_map (GtkWidget *widget)
{
  GroveSupervisionView *self = GROVE_SUPERVISION_VIEW (widget);

  grove_tree_set_active (self->tree, TRUE);
  GTK_WIDGET_CLASS (grove_supervision_view_parent_class)->map (widget);
}

static void
grove_supervision_view_unmap (GtkWidget *widget)
{
  GroveSupervisionView *self = GROVE_SUPERVISION_VIEW (widget);

  GTK_WIDGET_CLASS (grove_supervision_view_parent_class)->unmap (widget);
  if (self->tree != NULL)
    grove_tree_set_active (self->tree, FALSE);
}

static gboolean
grove_supervision_view_grab_focus (GtkWidget *widget)
{
  GroveSupervisionView *self = GROVE_SUPERVISION_VIEW (widget);

  return self->graph != NULL && gtk_widget_grab_focus (GTK_WIDGET (self->graph));
}

void
grove_supervision_view_tell (GroveSupervisionView *self, GroveTarget *target)
{
  g_return_if_fail (GROVE_IS_SUPERVISION_VIEW (self));
  if (self->tree != NULL)
    grove_target_learn (target, self->tree);
}

static void
grove_supervision_view_dispose (GObject *object)
{
  GroveSupervisionView *self = GROVE_SUPERVISION_VIEW (object);

  if (self->tree != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->tree, self);
      g_signal_handlers_disconnect_by_data (self->graph, self);
      grove_tree_set_active (self->tree, FALSE);
    }
  self->graph = NULL;
  /* Not gtk_widget_dispose_template(): it unparents the child behind AdwBin's back. */
  g_clear_object (&self->tree);
  G_OBJECT_CLASS (grove_supervision_view_parent_class)->dispose (object);
}

static void
grove_supervision_view_class_init (GroveSupervisionViewClass *klass)
{
  static const char *const actions[] = { "graph.zoom-in",        "graph.zoom-out",
                                         "graph.zoom-fit",       "graph.next-match",
                                         "graph.previous-match", "graph.find" };
  GtkWidgetClass          *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_supervision_view_dispose;
  widget_class->map = grove_supervision_view_map;
  widget_class->unmap = grove_supervision_view_unmap;
  widget_class->grab_focus = grove_supervision_view_grab_focus;

  g_type_ensure (GROVE_TYPE_GRAPH_LEGEND);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/grove/Observer/"
                                                             "grove-supervision-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GroveSupervisionView, stack);
  gtk_widget_class_bind_template_child (widget_class, GroveSupervisionView, spinner);
  gtk_widget_class_bind_template_child (widget_class, GroveSupervisionView, overlay);
  gtk_widget_class_bind_template_child (widget_class, GroveSupervisionView, metric_drop_down);
  gtk_widget_class_bind_template_child (widget_class, GroveSupervisionView, legend);
  gtk_widget_class_bind_template_child (widget_class, GroveSupervisionView, search_entry);
  gtk_widget_class_bind_template_child (widget_class, GroveSupervisionView, match_label);
  gtk_widget_class_bind_template_callback (widget_class, on_metric_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_next);
  gtk_widget_class_bind_template_callback (widget_class, on_search_previous);
  gtk_widget_class_bind_template_callback (widget_class, on_search_stopped);

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i], NULL, on_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "graph.find",
                                       NULL);
}

static void
grove_supervision_view_init (GroveSupervisionView *self)
{
  GtkStringList      *titles = gtk_string_list_new (NULL);
  GtkEventController *key = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < GROVE_GRAPH_N_METRICS; i++)
    gtk_string_list_append (titles, grove_graph_metric_get_title (i));
  gtk_drop_down_set_model (self->metric_drop_down, G_LIST_MODEL (titles));
  grove_graph_legend_set_metric (self->legend, GROVE_GRAPH_METRIC_MAILBOX);
  g_object_unref (titles);

  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (key, "key-pressed", G_CALLBACK (on_search_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->search_entry), key);
}

GtkWidget *
grove_supervision_view_new (GroveSession *session)
{
  GroveSupervisionView *self = g_object_new (GROVE_TYPE_SUPERVISION_VIEW, NULL);

  self->tree = grove_tree_new (session, TREE_DEPTH);
  self->graph = GROVE_GRAPH (grove_graph_new (session, self->tree));
  gtk_overlay_set_child (self->overlay, GTK_WIDGET (self->graph));
  g_signal_connect_swapped (self->graph, "changed", G_CALLBACK (update_matches), self);
  g_signal_connect_swapped (self->tree, "structure-changed", G_CALLBACK (update_page), self);
  g_signal_connect_swapped (self->tree, "notify::loading", G_CALLBACK (update_page), self);
  update_page (self);
  update_matches (self);
  return GTK_WIDGET (self);
}
