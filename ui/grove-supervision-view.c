/* SPDX-License-Identifier: MIT
 *
 * GroveSupervisionView: the supervision graph with its tools.
 */
#include "ui/grove-supervision-view.h"

#include "observer/grove-format.h"
#include "ui/grove-graph-export.h"
#include "ui/grove-graph-legend.h"
#include "ui/grove-preferences.h"
#include "ui/grove-refusal-page.h"
#include "ui/grove-root-chooser.h"
#include "ui/grove-spare-room.h"
#include "ui/grove-spinner.h"

#include <glib/gi18n.h>

/* Trees are opened whole; the system itself limits the children of one node. */
#define TREE_DEPTH 16

struct _GroveSupervisionView
{
  AdwBin parent_instance;

  GroveSession     *session;
  GroveTree        *tree;
  GroveGraph       *graph;
  GtkStack         *stack;
  GroveRefusalPage *refusal_page;
  GtkOverlay       *overlay;
  GtkDropDown      *metric_drop_down;
  GroveGraphLegend *legend;
  GtkEditable      *search_entry;
  GtkLabel         *match_label;
  GroveRootChooser *roots;
  GtkWidget        *links_note;
  GtkLabel         *links_label;
};

/* What of it actions set, and what is remembered. */
enum
{
  PROP_0,
  PROP_DIRECTION,
  PROP_LINKS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static GType grove_supervision_direction_get_type (void);
G_DEFINE_ENUM_TYPE (GroveSupervisionDirection,
                    grove_supervision_direction,
                    G_DEFINE_ENUM_VALUE (GROVE_GRAPH_RIGHTWARDS, "rightwards"),
                    G_DEFINE_ENUM_VALUE (GROVE_GRAPH_DOWNWARDS, "downwards"))

static GType grove_supervision_links_get_type (void);
G_DEFINE_ENUM_TYPE (GroveSupervisionLinks,
                    grove_supervision_links,
                    G_DEFINE_ENUM_VALUE (GROVE_GRAPH_LINKS_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (GROVE_GRAPH_LINKS_SELECTED, "selected"),
                    G_DEFINE_ENUM_VALUE (GROVE_GRAPH_LINKS_IN_SIGHT, "in-sight"))

#define STATE_DIRECTION "supervision.direction"
#define STATE_LINKS     "supervision.links"
#define STATE_METRIC    "supervision.metric"

G_DEFINE_FINAL_TYPE (GroveSupervisionView, grove_supervision_view, ADW_TYPE_BIN)

static void
update_page (GroveSupervisionView *self)
{
  const gboolean loading = grove_tree_get_loading (self->tree);
  const char    *refusal = grove_tree_get_refusal (self->tree);
  const char    *page = gtk_stack_get_visible_child_name (self->stack);

  grove_refusal_page_set_refusal (self->refusal_page, refusal);
  /* A tree that is read again, after a reconnection or another page, leaves its picture standing.
   */
  if (refusal != NULL)
    page = "refused";
  else if (grove_tree_get_n_roots (self->tree) > 0)
    page = "graph";
  else if (!loading)
    page = "empty";
  else if (page == NULL || !g_str_equal (page, "graph"))
    page = "loading";
  gtk_stack_set_visible_child_name (self->stack, page);
}

static void
update_note (GroveSupervisionView *self)
{
  g_autofree char *text = grove_graph_describe_overlay (self->graph);

  gtk_widget_set_visible (self->links_note, text != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->links_label), text != NULL && text[0] != '\0');
  gtk_label_set_text (self->links_label, text != NULL ? text : "");
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
  grove_preferences_set_state_text (grove_preferences_get (), STATE_METRIC,
                                    grove_graph_metric_get_name (metric));
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
save_picture (GroveSupervisionView *self)
{
  const char      *system = grove_session_get_system_name (self->session);
  g_autofree char *name =
    g_strdup_printf ("%s-supervision", system != NULL && system[0] != '\0' ? system : "grove");

  grove_graph_export_ask (self->graph, name);
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
  else if (g_str_equal (name, "graph.save-picture"))
    save_picture (self);
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

/* As a widget without focus of its own has it, which grabbing it above would keep the Tab key from:
 * it would lead past the tools. */
static gboolean
grove_supervision_view_focus (GtkWidget *widget, GtkDirectionType direction)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  return child != NULL && gtk_widget_child_focus (child, direction);
}

void
grove_supervision_view_tell (GroveSupervisionView *self, GroveTarget *target)
{
  g_return_if_fail (GROVE_IS_SUPERVISION_VIEW (self));
  if (self->tree != NULL)
    grove_target_learn (target, self->tree);
}

static void
grove_supervision_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GroveSupervisionView *self = GROVE_SUPERVISION_VIEW (object);

  switch (id)
    {
    case PROP_DIRECTION:
      g_value_set_enum (value, self->graph != NULL ? grove_graph_get_growth (self->graph) : 0);
      break;
    case PROP_LINKS:
      g_value_set_enum (value, self->graph != NULL ? grove_graph_get_links (self->graph)
                                                   : GROVE_GRAPH_LINKS_SELECTED);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
remember (const char *name, const GValue *value)
{
  GEnumClass *class = g_type_class_peek (G_VALUE_TYPE (value));

  grove_preferences_set_state_text (grove_preferences_get (), name,
                                    g_enum_get_value (class, g_value_get_enum (value))->value_nick);
}

static void
grove_supervision_view_set_property (GObject      *object,
                                     guint         id,
                                     const GValue *value,
                                     GParamSpec   *pspec)
{
  GroveSupervisionView *self = GROVE_SUPERVISION_VIEW (object);

  if (self->graph == NULL)
    return;
  switch (id)
    {
    case PROP_DIRECTION:
      if ((int) grove_graph_get_growth (self->graph) == g_value_get_enum (value))
        return;
      grove_graph_set_growth (self->graph, (GroveGraphGrowth) g_value_get_enum (value));
      remember (STATE_DIRECTION, value);
      break;
    case PROP_LINKS:
      if ((int) grove_graph_get_links (self->graph) == g_value_get_enum (value))
        return;
      grove_graph_set_links (self->graph, (GroveGraphLinks) g_value_get_enum (value));
      remember (STATE_LINKS, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  g_object_notify_by_pspec (object, pspec);
}

static gboolean
recall (const char *name, GType type, int *ret_value)
{
  g_autofree char *text = grove_preferences_dup_state_text (grove_preferences_get (), name);
  g_autoptr (GEnumClass) class = g_type_class_ref (type);
  const GEnumValue *value = text != NULL ? g_enum_get_value_by_nick (class, text) : NULL;

  if (value != NULL)
    *ret_value = value->value;
  return value != NULL;
}

/* As it was left. */
static void
recall_all (GroveSupervisionView *self)
{
  g_autofree char *metric =
    grove_preferences_dup_state_text (grove_preferences_get (), STATE_METRIC);
  int value;

  if (recall (STATE_DIRECTION, grove_supervision_direction_get_type (), &value))
    grove_graph_set_growth (self->graph, (GroveGraphGrowth) value);
  if (recall (STATE_LINKS, grove_supervision_links_get_type (), &value))
    grove_graph_set_links (self->graph, (GroveGraphLinks) value);
  for (guint i = 0; i < GROVE_GRAPH_N_METRICS && metric != NULL; i++)
    if (g_str_equal (metric, grove_graph_metric_get_name (i)))
      gtk_drop_down_set_selected (self->metric_drop_down, i);
}

/* Where colours begin, and what the legend says of it. */
static void
on_limits (GroveSupervisionView *self)
{
  GrovePreferences *preferences = grove_preferences_get ();

  grove_graph_metric_set_mailbox_limits (grove_preferences_get_mailbox_warning (preferences),
                                         grove_preferences_get_mailbox_alarm (preferences));
  grove_graph_legend_set_metric (self->legend, grove_graph_get_metric (self->graph));
  grove_graph_recolour (self->graph);
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
  g_clear_object (&self->session);
  /* Not gtk_widget_dispose_template(): it unparents the child behind AdwBin's back. */
  g_clear_object (&self->tree);
  G_OBJECT_CLASS (grove_supervision_view_parent_class)->dispose (object);
}

static void
grove_supervision_view_class_init (GroveSupervisionViewClass *klass)
{
  static const char *const actions[] = { "graph.zoom-in",        "graph.zoom-out",
                                         "graph.zoom-fit",       "graph.next-match",
                                         "graph.previous-match", "graph.find",
                                         "graph.save-picture" };
  GtkWidgetClass          *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  G_OBJECT_CLASS (klass)->dispose = grove_supervision_view_dispose;
  G_OBJECT_CLASS (klass)->get_property = grove_supervision_view_get_property;
  G_OBJECT_CLASS (klass)->set_property = grove_supervision_view_set_property;
  widget_class->map = grove_supervision_view_map;
  widget_class->unmap = grove_supervision_view_unmap;
  widget_class->focus = grove_supervision_view_focus;
  widget_class->grab_focus = grove_supervision_view_grab_focus;

  properties[PROP_DIRECTION] =
    g_param_spec_enum ("direction", NULL, NULL, grove_supervision_direction_get_type (),
                       GROVE_GRAPH_RIGHTWARDS, flags);
  properties[PROP_LINKS] =
    g_param_spec_enum ("links", NULL, NULL, grove_supervision_links_get_type (),
                       GROVE_GRAPH_LINKS_SELECTED, flags);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
  gtk_widget_class_install_property_action (widget_class, "graph.direction", "direction");
  gtk_widget_class_install_property_action (widget_class, "graph.links", "links");

  g_type_ensure (GROVE_TYPE_GRAPH_LEGEND);
  g_type_ensure (GROVE_TYPE_ROOT_CHOOSER);
  g_type_ensure (GROVE_TYPE_SPARE_ROOM);
  g_type_ensure (GROVE_TYPE_REFUSAL_PAGE);
  g_type_ensure (GROVE_TYPE_SPINNER);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/grove/Observer/"
                                                             "grove-supervision-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GroveSupervisionView, stack);
  gtk_widget_class_bind_template_child (widget_class, GroveSupervisionView, refusal_page);
  gtk_widget_class_bind_template_child (widget_class, GroveSupervisionView, overlay);
  gtk_widget_class_bind_template_child (widget_class, GroveSupervisionView, metric_drop_down);
  gtk_widget_class_bind_template_child (widget_class, GroveSupervisionView, legend);
  gtk_widget_class_bind_template_child (widget_class, GroveSupervisionView, search_entry);
  gtk_widget_class_bind_template_child (widget_class, GroveSupervisionView, match_label);
  gtk_widget_class_bind_template_child (widget_class, GroveSupervisionView, roots);
  gtk_widget_class_bind_template_child (widget_class, GroveSupervisionView, links_note);
  gtk_widget_class_bind_template_child (widget_class, GroveSupervisionView, links_label);
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

  self->session = g_object_ref (session);
  self->tree = grove_tree_new (session, TREE_DEPTH);
  self->graph = GROVE_GRAPH (grove_graph_new (session, self->tree));
  gtk_overlay_set_child (self->overlay, GTK_WIDGET (self->graph));
  grove_root_chooser_set_graph (self->roots, self->graph);
  recall_all (self);
  g_signal_connect_object (grove_preferences_get (), "notify::mailbox-warning",
                           G_CALLBACK (on_limits), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (grove_preferences_get (), "notify::mailbox-alarm",
                           G_CALLBACK (on_limits), self, G_CONNECT_SWAPPED);
  on_limits (self);
  g_signal_connect_swapped (self->graph, "changed", G_CALLBACK (update_matches), self);
  g_signal_connect_swapped (self->graph, "changed", G_CALLBACK (update_note), self);
  g_signal_connect_swapped (self->tree, "structure-changed", G_CALLBACK (update_page), self);
  g_signal_connect_swapped (self->tree, "notify::loading", G_CALLBACK (update_page), self);
  g_signal_connect_swapped (self->tree, "notify::refusal", G_CALLBACK (update_page), self);
  update_page (self);
  update_matches (self);
  return GTK_WIDGET (self);
}
