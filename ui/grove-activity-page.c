/* SPDX-License-Identifier: MIT
 *
 * GroveActivityPage: one table of the Activity view. Of a numbered table the newest rows come
 * first. Who scrolls away from them, or takes "Follow" off, holds it: only numbers up to the newest
 * that was shown are asked for then, so that nothing moves, and a second table of one row counts
 * what came since.
 */
#include "ui/grove-activity-page.h"

#include "observer/grove-audit.h"
#include "observer/grove-format.h"
#include "ui/grove-query-entry.h"
#include "ui/grove-refusal-page.h"
#include "ui/grove-spinner.h"

#include <glib/gi18n.h>

#define INTERVAL_MS       250
#define SLOW_INTERVAL_MS  1000
#define CLOCK_INTERVAL_MS 1000

struct _GroveActivityPage
{
  AdwBin        parent_instance;
  GroveSession *session;
  char         *table;
  char         *title;
  GroveRows    *rows; /* NULL: what was done */
  GroveRows    *news; /* never shown: counted while it is held */
  GroveAudit   *audit;
  GroveRowList *list;
  GtkWidget    *filter; /* GroveQueryEntry, or a GtkSearchEntry */
  gboolean      following;
  gboolean      held_by_scrolling;
  guint         clock_source;

  GtkOverlay       *overlay;
  GtkStack         *stack;
  GroveRefusalPage *refusal_page;
  GtkWidget        *none_page, *all_button;
  GtkLabel         *error_label;
};

enum
{
  PROP_0,
  PROP_FOLLOWING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  CHANGED,
  SELECTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveActivityPage, grove_activity_page, ADW_TYPE_BIN)

/* What is said where there are no rows. */
static const struct
{
  const char *table, *title, *description;
} empty[] = {
  { "crashes", N_ ("No Crashes"),
    N_ ("No process has crashed since the system started. Crashes are kept by the system, also "
        "those nobody looks at.") },
  { "events", N_ ("No Events"),
    N_ ("Processes that start, end, link and register appear here as they do.") },
  { "log", N_ ("Nothing in the Log"),
    N_ ("What the system has to say, and what programs write to its log, appears here.") },
  { "audit", N_ ("Nothing Was Done"),
    N_ ("What you and others do to the system through Grove appears here, with what came of it.") },
  { "timers", N_ ("No Timers"),
    N_ ("No message is known that is to be sent at a later time. Of an Erlang or Elixir node only "
        "the timers of the module “timer” can be listed: the BEAM tells of no others.") },
  { "applications", N_ ("No Applications"), N_ ("No application runs.") },
  { "names", N_ ("No Names"), N_ ("No process has registered a name.") },
};

/* ---- What is shown ------------------------------------------------------------------------------
 */

static const char *
get_typed (GroveActivityPage *self)
{
  if (GROVE_IS_QUERY_ENTRY (self->filter))
    return grove_query_entry_get_text (GROVE_QUERY_ENTRY (self->filter));
  return gtk_editable_get_text (GTK_EDITABLE (self->filter));
}

static gboolean
is_loading (GroveActivityPage *self)
{
  gboolean loading = FALSE;

  if (self->audit != NULL)
    return grove_audit_is_loading (self->audit);
  g_object_get (self->rows, "loading", &loading, NULL);
  return loading;
}

static void
say_none (GroveActivityPage *self, const char *title, const char *description, gboolean filtered)
{
  g_autofree char *markup = g_markup_escape_text (description, -1);

  g_object_set (self->none_page, "title", title, "description", markup, NULL);
  gtk_widget_set_visible (self->all_button, filtered);
}

static void
update_none (GroveActivityPage *self)
{
  const char *error = self->audit != NULL ? grove_audit_get_error (self->audit) : NULL;

  if (self->rows != NULL && !grove_rows_is_available (self->rows))
    say_none (self, _ ("Not There"), _ ("This system has no such table."), FALSE);
  else if (error != NULL)
    say_none (self, _ ("Not to Be Read"), error, FALSE);
  else if (get_typed (self)[0] != '\0')
    say_none (self, _ ("Nothing Matches"), _ ("No row of this table fits the filter."), TRUE);
  else
    {
      for (gsize i = 0; i < G_N_ELEMENTS (empty); i++)
        if (g_str_equal (empty[i].table, self->table))
          {
            say_none (self, _ (empty[i].title), _ (empty[i].description), FALSE);
            return;
          }
      say_none (self, _ ("Nothing There"), _ ("This table has no rows now."), FALSE);
    }
}

static void
update (GroveActivityPage *self)
{
  gboolean    missing = self->rows != NULL && !grove_rows_is_available (self->rows);
  const char *refusal =
    self->rows != NULL ? grove_table_get_refusal (GROVE_TABLE (self->rows)) : NULL;
  const char *page = "list";

  grove_refusal_page_set_refusal (self->refusal_page, refusal);
  if (refusal != NULL)
    page = "refused";
  else if (g_list_model_get_n_items (grove_activity_page_get_model (self)) == 0)
    page = !missing && is_loading (self) ? "loading" : "none";
  if (g_str_equal (page, "none"))
    update_none (self);
  gtk_stack_set_visible_child_name (self->stack, page);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Some rows of a list of what was done may be there although the rest may not be read. */
static void
on_audit_error (GroveActivityPage *self)
{
  const char *error = grove_audit_get_error (self->audit);

  gtk_label_set_text (self->error_label, error != NULL ? error : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label),
                          error != NULL &&
                            g_list_model_get_n_items (G_LIST_MODEL (self->audit)) > 0);
  update (self);
}

static void
on_columns_changed (GroveActivityPage *self)
{
  guint                 n;
  const GroveRowColumn *columns = grove_activity_page_get_columns (self, &n);

  grove_row_list_set_columns (self->list, columns, n);
  update (self);
}

char *
grove_activity_page_describe (GroveActivityPage *self)
{
  guint64          shown = g_list_model_get_n_items (grove_activity_page_get_model (self));
  guint64          total = 0, lost = 0;
  g_autofree char *some = NULL;
  g_autofree char *all = NULL;
  GString         *text = g_string_new (NULL);

  g_return_val_if_fail (GROVE_IS_ACTIVITY_PAGE (self), g_string_free (text, FALSE));
  if (self->audit != NULL)
    {
      total = grove_audit_get_total (self->audit);
      lost = grove_audit_get_lost (self->audit);
    }
  else
    {
      shown = grove_table_get_matched (GROVE_TABLE (self->rows));
      total = grove_table_get_total (GROVE_TABLE (self->rows));
      g_object_get (self->rows, "lost", &lost, NULL);
    }
  some = grove_format_count ((gint64) shown);
  all = grove_format_count ((gint64) total);
  if (shown != total)
    g_string_append_printf (text, _ ("%s of %s"), some, all);
  else
    g_string_append (text, all);
  if (lost > 0)
    {
      g_autofree char *gone = grove_format_count ((gint64) lost);
      gulong           n = (gulong) MIN (lost, G_MAXULONG);

      g_string_append (text, " · ");
      if (self->rows != NULL && !grove_rows_is_numbered (self->rows))
        g_string_append_printf (text,
                                ngettext ("%s more is not listed", "%s more are not listed", n),
                                gone);
      else
        g_string_append_printf (text,
                                ngettext ("%s older is not kept any more",
                                          "%s older are not kept any more", n),
                                gone);
    }
  return g_string_free (text, FALSE);
}

/* ---- Following and holding ----------------------------------------------------------------------
 */

gboolean
grove_activity_page_can_follow (GroveActivityPage *self)
{
  g_return_val_if_fail (GROVE_IS_ACTIVITY_PAGE (self), FALSE);
  return self->rows != NULL && grove_rows_is_numbered (self->rows);
}

gboolean
grove_activity_page_is_following (GroveActivityPage *self)
{
  g_return_val_if_fail (GROVE_IS_ACTIVITY_PAGE (self), TRUE);
  return self->following;
}

guint64
grove_activity_page_get_n_new (GroveActivityPage *self)
{
  g_return_val_if_fail (GROVE_IS_ACTIVITY_PAGE (self), 0);
  return self->following || self->news == NULL ? 0
                                               : grove_table_get_matched (GROVE_TABLE (self->news));
}

/* The newest number there is: of the rows on the screen, or of those that were. */
static gint64
find_newest (GroveActivityPage *self)
{
  gint64 newest = -1;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rows)) && i < 512; i++)
    {
      GroveRow *row = grove_rows_peek (self->rows, i);

      if (row != NULL)
        newest = MAX (newest, grove_row_get_int (row, "seq"));
    }
  return newest;
}

static void
update_news (GroveActivityPage *self)
{
  if (self->news != NULL)
    grove_table_set_active (GROVE_TABLE (self->news),
                            !self->following && gtk_widget_get_mapped (GTK_WIDGET (self)));
}

void
grove_activity_page_set_following (GroveActivityPage *self, gboolean following)
{
  gint64 newest;

  g_return_if_fail (GROVE_IS_ACTIVITY_PAGE (self));
  following = !!following || !grove_activity_page_can_follow (self);
  if (self->following == following)
    return;
  newest = following ? -1 : find_newest (self);
  if (!following && newest < 0)
    return; /* there is nothing yet to hold */
  self->following = following;
  self->held_by_scrolling = FALSE;
  grove_rows_set_range (self->rows, -1, newest);
  grove_rows_set_range (self->news, newest, -1);
  update_news (self);
  if (following)
    {
      grove_row_list_release (self->list);
      grove_row_list_scroll_to_top (self->list);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLLOWING]);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Who scrolls away reads; who comes back wants to see what is new. */
static void
on_scrolled (GroveActivityPage *self)
{
  gboolean top = grove_row_list_is_at_top (self->list);

  if (!grove_activity_page_can_follow (self) || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (!top && self->following)
    {
      grove_activity_page_set_following (self, FALSE);
      self->held_by_scrolling = !self->following;
    }
  else if (top && self->held_by_scrolling)
    grove_activity_page_set_following (self, TRUE);
}

/* Numbers begin anew. */
static void
on_reset (GroveActivityPage *self)
{
  if (!self->following)
    {
      self->following = TRUE;
      self->held_by_scrolling = FALSE;
      update_news (self);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLLOWING]);
    }
  update (self);
}

/* ---- The filter ---------------------------------------------------------------------------------
 */

static void
on_typed (GroveActivityPage *self)
{
  const char *typed = get_typed (self);

  if (self->audit != NULL)
    grove_audit_set_filter (self->audit, typed);
  else
    {
      grove_table_set_filter (GROVE_TABLE (self->rows), typed);
      grove_table_set_filter (GROVE_TABLE (self->news), typed);
    }
  update (self);
}

static void
on_filter_error (GroveActivityPage *self)
{
  g_autofree char *error = NULL;

  g_object_get (self->rows, "filter-error", &error, NULL);
  grove_query_entry_set_refusal (GROVE_QUERY_ENTRY (self->filter), error);
}

static void
on_all_clicked (GroveActivityPage *self)
{
  if (GROVE_IS_QUERY_ENTRY (self->filter))
    grove_query_entry_set_text (GROVE_QUERY_ENTRY (self->filter), "");
  else
    gtk_editable_set_text (GTK_EDITABLE (self->filter), "");
  on_typed (self);
}

static void
focus_rows (GroveActivityPage *self)
{
  gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_DOWN);
}

void
grove_activity_page_find (GroveActivityPage *self)
{
  g_return_if_fail (GROVE_IS_ACTIVITY_PAGE (self));
  gtk_widget_grab_focus (
    GROVE_IS_QUERY_ENTRY (self->filter)
      ? GTK_WIDGET (grove_query_entry_get_entry (GROVE_QUERY_ENTRY (self->filter)))
      : self->filter);
}

static void
name_filter (GtkWidget *entry, const char *title, const char *tooltip)
{
  g_autofree char *label = g_strdup_printf (_ ("Filter: %s"), title);

  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_set_tooltip_text (entry, tooltip);
  g_object_set (entry, "placeholder-text", _ ("Filter"), NULL);
}

static void
make_query (GroveActivityPage *self)
{
  self->filter = g_object_ref_sink (grove_query_entry_new ());
  grove_query_entry_set_up (GROVE_QUERY_ENTRY (self->filter), GROVE_TABLE (self->rows),
                            self->overlay);
  name_filter (GTK_WIDGET (grove_query_entry_get_entry (GROVE_QUERY_ENTRY (self->filter))),
               self->title,
               _ ("Words that must be there, or COLUMN and VALUE: level:error name~conn -kind:link "
                  "(Ctrl+F)"));
  g_signal_connect_object (self->filter, "typed", G_CALLBACK (on_typed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->filter, "entered", G_CALLBACK (focus_rows), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->filter, "left", G_CALLBACK (focus_rows), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->rows, "notify::filter-error", G_CALLBACK (on_filter_error), self,
                           G_CONNECT_SWAPPED);
}

static void
make_search (GroveActivityPage *self)
{
  self->filter = g_object_ref_sink (gtk_search_entry_new ());
  name_filter (self->filter, self->title, _ ("Words that must be there (Ctrl+F)"));
  g_signal_connect_object (self->filter, "search-changed", G_CALLBACK (on_typed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->filter, "stop-search", G_CALLBACK (on_all_clicked), self,
                           G_CONNECT_SWAPPED);
}

/* ---- What one may ask ---------------------------------------------------------------------------
 */

const char *
grove_activity_page_get_table (GroveActivityPage *self)
{
  g_return_val_if_fail (GROVE_IS_ACTIVITY_PAGE (self), NULL);
  return self->table;
}

const char *
grove_activity_page_get_title (GroveActivityPage *self)
{
  g_return_val_if_fail (GROVE_IS_ACTIVITY_PAGE (self), NULL);
  return self->title;
}

GroveRowList *
grove_activity_page_get_list (GroveActivityPage *self)
{
  g_return_val_if_fail (GROVE_IS_ACTIVITY_PAGE (self), NULL);
  return self->list;
}

GtkWidget *
grove_activity_page_get_filter (GroveActivityPage *self)
{
  g_return_val_if_fail (GROVE_IS_ACTIVITY_PAGE (self), NULL);
  return self->filter;
}

GroveRows *
grove_activity_page_get_rows (GroveActivityPage *self)
{
  g_return_val_if_fail (GROVE_IS_ACTIVITY_PAGE (self), NULL);
  return self->rows;
}

GListModel *
grove_activity_page_get_model (GroveActivityPage *self)
{
  g_return_val_if_fail (GROVE_IS_ACTIVITY_PAGE (self), NULL);
  return self->audit != NULL ? G_LIST_MODEL (self->audit) : G_LIST_MODEL (self->rows);
}

GroveRow *
grove_activity_page_get_selected (GroveActivityPage *self)
{
  g_return_val_if_fail (GROVE_IS_ACTIVITY_PAGE (self), NULL);
  return grove_row_list_find (self->list, grove_process_selection_get_current (
                                            grove_row_list_get_selection (self->list)));
}

const GroveRowColumn *
grove_activity_page_get_columns (GroveActivityPage *self, guint *ret_n)
{
  g_return_val_if_fail (GROVE_IS_ACTIVITY_PAGE (self), NULL);
  return self->audit != NULL ? grove_audit_get_columns (self->audit, ret_n)
                             : grove_rows_get_columns (self->rows, ret_n);
}

gboolean
grove_activity_page_is_filled (GroveActivityPage *self)
{
  g_return_val_if_fail (GROVE_IS_ACTIVITY_PAGE (self), FALSE);
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "loading") != 0;
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static gboolean
on_clock (gpointer user_data)
{
  GroveActivityPage *self = user_data;

  if (!grove_session_get_paused (self->session))
    grove_row_list_refresh (self->list);
  return G_SOURCE_CONTINUE;
}

static void
on_map (GroveActivityPage *self)
{
  if (self->audit != NULL)
    grove_audit_set_active (self->audit, TRUE);
  else
    grove_table_set_active (GROVE_TABLE (self->rows), TRUE);
  update_news (self);
  if (self->clock_source == 0)
    self->clock_source = g_timeout_add (CLOCK_INTERVAL_MS, on_clock, self);
}

static void
on_unmap (GroveActivityPage *self)
{
  g_clear_handle_id (&self->clock_source, g_source_remove);
  if (self->audit != NULL)
    grove_audit_set_active (self->audit, FALSE);
  if (self->rows != NULL)
    grove_table_set_active (GROVE_TABLE (self->rows), FALSE);
  update_news (self);
}

static void
on_current_changed (GroveActivityPage *self)
{
  g_signal_emit (self, signals[SELECTED], 0);
}

static void
grove_activity_page_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_FOLLOWING)
    g_value_set_boolean (value, GROVE_ACTIVITY_PAGE (object)->following);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
grove_activity_page_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  if (prop_id == PROP_FOLLOWING)
    grove_activity_page_set_following (GROVE_ACTIVITY_PAGE (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
drop (GroveActivityPage *self, gpointer model)
{
  if (model == NULL)
    return;
  g_signal_handlers_disconnect_by_data (model, self);
  g_object_set (model, "active", FALSE, NULL);
}

static void
grove_activity_page_dispose (GObject *object)
{
  GroveActivityPage *self = GROVE_ACTIVITY_PAGE (object);

  g_clear_handle_id (&self->clock_source, g_source_remove);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  drop (self, self->rows);
  drop (self, self->news);
  drop (self, self->audit);
  G_OBJECT_CLASS (grove_activity_page_parent_class)->dispose (object);
  g_clear_object (&self->filter);
  g_clear_object (&self->rows);
  g_clear_object (&self->news);
  g_clear_object (&self->audit);
  g_clear_object (&self->session);
}

static void
grove_activity_page_finalize (GObject *object)
{
  GroveActivityPage *self = GROVE_ACTIVITY_PAGE (object);

  g_free (self->table);
  g_free (self->title);
  G_OBJECT_CLASS (grove_activity_page_parent_class)->finalize (object);
}

static void
grove_activity_page_class_init (GroveActivityPageClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = grove_activity_page_get_property;
  object_class->set_property = grove_activity_page_set_property;
  object_class->dispose = grove_activity_page_dispose;
  object_class->finalize = grove_activity_page_finalize;
  properties[PROP_FOLLOWING] =
    g_param_spec_boolean ("following", NULL, NULL, TRUE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[SELECTED] = g_signal_new ("selected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (GROVE_TYPE_REFUSAL_PAGE);
  g_type_ensure (GROVE_TYPE_SPINNER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-activity-page.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, GroveActivityPage, child)
  BIND (overlay);
  BIND (stack);
  BIND (refusal_page);
  BIND (none_page);
  BIND (all_button);
  BIND (error_label);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_all_clicked);
}

static void
grove_activity_page_init (GroveActivityPage *self)
{
  self->following = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
follow_rows (GroveActivityPage *self)
{
  gboolean lively = g_str_equal (self->table, "events") || g_str_equal (self->table, "log") ||
                    g_str_equal (self->table, "crashes");
  /* "objects/shelf": the table of that name, of shelf. */
  const char      *of = strchr (self->table, '/');
  g_autofree char *name = of != NULL ? g_strndup (self->table, (gsize) (of - self->table)) : NULL;

  if (of == NULL)
    name = g_strdup (self->table);
  else
    of++;
  self->rows = grove_rows_new (self->session, name, of, lively ? INTERVAL_MS : SLOW_INTERVAL_MS);
  self->news = grove_rows_new (self->session, name, of, SLOW_INTERVAL_MS);
  grove_table_set_viewport (GROVE_TABLE (self->news), 0, 1);
  g_signal_connect_swapped (self->rows, "columns-changed", G_CALLBACK (on_columns_changed), self);
  g_signal_connect_swapped (self->rows, "notify::available", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->rows, "notify::loading", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->rows, "notify::refusal", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->rows, "notify::matched", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->rows, "notify::total", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->rows, "notify::lost", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->news, "notify::matched", G_CALLBACK (update), self);
  make_query (self);
}

static void
follow_audit (GroveActivityPage *self)
{
  self->audit = grove_audit_new (self->session);
  g_signal_connect_swapped (self->audit, "items-changed", G_CALLBACK (on_audit_error), self);
  g_signal_connect_swapped (self->audit, "notify::loading", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->audit, "notify::total", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->audit, "notify::error", G_CALLBACK (on_audit_error), self);
  make_search (self);
}

GtkWidget *
grove_activity_page_new (GroveSession *session, const char *table, const char *title)
{
  GroveActivityPage *self = g_object_new (GROVE_TYPE_ACTIVITY_PAGE, NULL);

  self->session = g_object_ref (session);
  self->table = g_strdup (table);
  self->title = g_strdup (title);
  if (g_str_equal (table, "audit"))
    follow_audit (self);
  else
    follow_rows (self);
  self->list =
    GROVE_ROW_LIST (grove_row_list_new (grove_activity_page_get_model (self), table, title));
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->list), "list");
  g_signal_connect_object (self->list, "scrolled", G_CALLBACK (on_scrolled), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (grove_row_list_get_selection (self->list), "current-changed",
                           G_CALLBACK (on_current_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (session, "reset", G_CALLBACK (on_reset), self);
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (on_unmap), NULL);
  on_columns_changed (self);
  return GTK_WIDGET (self);
}
