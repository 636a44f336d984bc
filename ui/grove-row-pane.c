/* SPDX-License-Identifier: MIT
 *
 * GroveRowPane: a title, commands, and sections of facts. What a crash has is asked for when it is
 * shown; until then, and of all other rows, the columns are the facts.
 */
#include "ui/grove-row-pane.h"

#include "observer/grove-application-command.h"
#include "observer/grove-crash.h"
#include "observer/grove-format.h"
#include "ui/grove-row-cell.h"
#include "ui/grove-term-view.h"

#include <glib/gi18n.h>

struct _GroveRowPane
{
  AdwBin        parent_instance;
  GroveSession *session;
  char         *key; /* of what is shown, with its table before it; NULL: nothing */
  GroveCrash   *crash;

  GtkLabel  *title_label;
  GtkWidget *process_button, *successor_button, *supervisor_button;
  GtkWidget *application_button;
  GtkWidget *scrolled, *body;
};

enum
{
  CLOSED,
  NAVIGATE,
  OPEN_SUPERVISOR,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveRowPane, grove_row_pane, ADW_TYPE_BIN)

/* ---- Pieces -------------------------------------------------------------------------------------
 */

static void
clear_body (GroveRowPane *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->body)) != NULL)
    gtk_box_remove (GTK_BOX (self->body), child);
}

static GtkWidget *
new_label (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

static GtkWidget *
new_value (const char *text, gboolean mono)
{
  GtkWidget *label = new_label (text, mono ? "mono" : NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  return label;
}

static void
on_navigate (GroveTermView *view, const char *pid, GroveRowPane *self)
{
  g_signal_emit (self, signals[NAVIGATE], 0, pid);
}

static void
on_link_clicked (GtkButton *button, GroveRowPane *self)
{
  const char *pid = g_object_get_data (G_OBJECT (button), "grove-pid");

  if (pid != NULL)
    g_signal_emit (self, signals[NAVIGATE], 0, pid);
}

static gboolean
on_activate_link (GtkLabel *label, const char *pid, GroveRowPane *self)
{
  g_signal_emit (self, signals[NAVIGATE], 0, pid);
  return TRUE;
}

/* Processes one can walk to, in one label: it wraps, and its links are reached by the keyboard. */
static GtkWidget *
new_links (GroveRowPane *self, const GroveProcessLink *links, guint n)
{
  g_autoptr (GString) markup = g_string_new (NULL);
  GtkWidget *label = new_value ("", FALSE);

  for (guint i = 0; i < n; i++)
    {
      const char      *name = links[i].name != NULL ? links[i].name : "";
      g_autofree char *link =
        g_markup_printf_escaped ("<a href=\"%s\" title=\"%s\">%s</a>", links[i].pid, links[i].pid,
                                 name[0] != '\0' ? name : links[i].pid);

      g_string_append_printf (markup, "%s%s", i > 0 ? ", " : "", link);
    }
  gtk_label_set_selectable (GTK_LABEL (label), FALSE);
  gtk_label_set_markup (GTK_LABEL (label), markup->str);
  g_signal_connect_object (label, "activate-link", G_CALLBACK (on_activate_link), self, 0);
  return label;
}

static GtkWidget *
new_grid (void)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 16);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 5);
  return grid;
}

static void
add_fact (GtkWidget *grid, int *row, const char *title, GtkWidget *value)
{
  GtkWidget *label = new_label (title, "dim-label");

  gtk_accessible_update_relation (GTK_ACCESSIBLE (value), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  label, NULL, -1);
  gtk_grid_attach (GTK_GRID (grid), label, 0, *row, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), value, 1, (*row)++, 1, 1);
}

static void
add_text_fact (GtkWidget *grid, int *row, const char *title, char *text, gboolean mono)
{
  if (text[0] != '\0')
    add_fact (grid, row, title, new_value (text, mono));
  g_free (text);
}

static void
add_heading (GroveRowPane *self, const char *title)
{
  gtk_box_append (GTK_BOX (self->body), new_label (title, "heading"));
}

/* ---- Any row ------------------------------------------------------------------------------------
 */

static void
show_columns (GroveRowPane *self, const GroveRowColumn *columns, guint n_columns, GroveRow *row)
{
  GtkWidget *grid = new_grid ();
  int        line = 0;

  for (guint i = 0; i < n_columns; i++)
    {
      gboolean whole = columns[i].kind == GROVE_CELL_TEXT || columns[i].kind == GROVE_CELL_TERM;
      gboolean mono = columns[i].kind >= GROVE_CELL_PID && columns[i].kind <= GROVE_CELL_FUNCTION;

      add_text_fact (grid, &line, columns[i].title,
                     whole ? grove_row_dup_raw (row, i) : grove_row_say (row, i), mono);
    }
  gtk_box_append (GTK_BOX (self->body), grid);
}

/* ---- A crash ------------------------------------------------------------------------------------
 */

static void
add_term (GroveRowPane *self, const char *title, GroveTerm *term)
{
  GtkWidget *view;

  if (term == NULL)
    return;
  view = grove_term_view_new ();
  grove_term_view_set_title (GROVE_TERM_VIEW (view), title);
  grove_term_view_set_term (GROVE_TERM_VIEW (view), term);
  g_signal_connect_object (view, "navigate", G_CALLBACK (on_navigate), self, 0);
  add_heading (self, title);
  gtk_box_append (GTK_BOX (self->body), view);
}

static void
add_what_followed (GroveRowPane *self)
{
  GroveProcessLink supervisor = grove_crash_get_after (self->crash, "supervisor");
  GroveProcessLink successor = grove_crash_get_after (self->crash, "successor");
  const char      *outcome = grove_crash_get_text (self->crash, "after.outcome");
  const char      *said = grove_row_translate_word ("outcome", outcome);
  gint64           after_ns = grove_crash_get_int (self->crash, "after.after_ns");
  gint64           restarts = grove_crash_get_int (self->crash, "after.restarts");
  g_autofree char *after = grove_format_duration (after_ns);
  GString         *text = g_string_new (said != NULL ? said : outcome);
  GtkWidget       *grid = new_grid (), *value;
  int              line = 0;

  if (text->len == 0)
    g_string_append (text, _ ("Not known any more"));
  else if (after_ns > 0)
    g_string_append_printf (text, _ (", after %s"), after);
  value = new_value (text->str, FALSE);
  if (grove_row_cell_get_tone ("outcome", outcome)[0] != '\0')
    gtk_widget_add_css_class (value, grove_row_cell_get_tone ("outcome", outcome));
  gtk_widget_add_css_class (value, "row-word");
  add_fact (grid, &line, _ ("What followed"), value);
  if (supervisor.pid != NULL)
    add_fact (grid, &line, _ ("Decided by"), new_links (self, &supervisor, 1));
  if (successor.pid != NULL)
    add_fact (grid, &line, _ ("In its place"), new_links (self, &successor, 1));
  if (restarts > 0)
    add_text_fact (grid, &line, _ ("Restarts of this child"), grove_format_count (restarts), FALSE);
  gtk_box_append (GTK_BOX (self->body), grid);
  g_string_free (text, TRUE);
}

static void
add_frames (GroveRowPane *self)
{
  guint                  n;
  const GroveCrashFrame *frames = grove_crash_get_frames (self->crash, &n);
  GtkWidget             *grid = new_grid ();

  add_heading (self, _ ("Backtrace"));
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *place =
        frames[i].file[0] == '\0' ? g_strdup ("")
        : frames[i].line > 0
          ? g_strdup_printf ("%s:%" G_GINT64_FORMAT, frames[i].file, frames[i].line)
          : g_strdup (frames[i].file);
      GtkWidget *name =
        new_label (frames[i].function[0] != '\0' ? frames[i].function : "?", "mono");

      gtk_label_set_selectable (GTK_LABEL (name), TRUE);
      gtk_grid_attach (GTK_GRID (grid), name, 0, (int) i, 1, 1);
      gtk_grid_attach (GTK_GRID (grid), new_value (place, TRUE), 1, (int) i, 1, 1);
    }
  if (n == 0)
    gtk_box_append (GTK_BOX (self->body),
                    new_label (_ ("The system did not say where it was."), "dim-label"));
  gtk_box_append (GTK_BOX (self->body), grid);
  if (grove_crash_get_boolean (self->crash, "frames_cut"))
    gtk_box_append (GTK_BOX (self->body), new_label (_ ("There were more frames."), "dim-label"));
}

static void
add_links (GroveRowPane *self, GtkWidget *grid, int *line, const char *title, const char *member)
{
  guint                   n;
  const GroveProcessLink *links = grove_crash_get_links (self->crash, member, &n);

  if (n > 0)
    add_fact (grid, line, title, new_links (self, links, n));
}

static void
add_dictionary (GroveRowPane *self)
{
  guint            n;
  const GrovePair *pairs = grove_crash_get_pairs (self->crash, &n);
  gint64           total = grove_crash_get_int (self->crash, "n_dictionary");
  GtkWidget       *grid;
  int              line = 0;

  if (n == 0)
    return;
  add_heading (self, _ ("Dictionary"));
  grid = new_grid ();
  for (guint i = 0; i < n; i++)
    add_text_fact (grid, &line, pairs[i].key, g_strdup (pairs[i].value), TRUE);
  gtk_box_append (GTK_BOX (self->body), grid);
  if (total > (gint64) n)
    {
      g_autofree char *more =
        g_strdup_printf (ngettext ("%d more pair was not kept.", "%d more pairs were not kept.",
                                   (gulong) (total - n)),
                         (int) (total - n));

      gtk_box_append (GTK_BOX (self->body), new_label (more, "dim-label"));
    }
}

static void
add_circumstances (GroveRowPane *self)
{
  GtkWidget  *grid = new_grid ();
  GroveCrash *crash = self->crash;
  gint64      at_ns = grove_crash_get_int (crash, "at_ns");
  gint64      started_ns = grove_crash_get_int (crash, "started_ns");
  int         line = 0;

  add_heading (self, _ ("Circumstances"));
  add_text_fact (grid, &line, _ ("Time"),
                 grove_format_moment (grove_session_get_utc_us (self->session, at_ns)), FALSE);
  add_text_fact (grid, &line, _ ("Process"), g_strdup (grove_crash_get_text (crash, "pid")), TRUE);
  add_text_fact (grid, &line, _ ("Application"), g_strdup (grove_crash_get_text (crash, "app")),
                 FALSE);
  add_text_fact (grid, &line, _ ("Initial call"),
                 g_strdup (grove_crash_get_text (crash, "initial_call")), TRUE);
  if (started_ns > 0)
    add_text_fact (grid, &line, _ ("Lived"), grove_format_duration (at_ns - started_ns), FALSE);
  add_links (self, grid, &line, _ ("Ancestors"), "ancestors");
  add_links (self, grid, &line, _ ("Links"), "links");
  add_text_fact (grid, &line, _ ("Messages waiting"),
                 grove_format_count (grove_crash_get_int (crash, "messages")), FALSE);
  add_text_fact (grid, &line, _ ("Heap"),
                 grove_format_bytes (grove_crash_get_int (crash, "heap_bytes")), FALSE);
  add_text_fact (grid, &line, _ ("Reductions"),
                 grove_format_count (grove_crash_get_int (crash, "reductions")), FALSE);
  gtk_box_append (GTK_BOX (self->body), grid);
}

static void
add_message (GroveRowPane *self)
{
  const char *from = grove_crash_get_text (self->crash, "message.from");

  if (grove_crash_get_boolean (self->crash, "hidden"))
    {
      add_heading (self, _ ("Last Message"));
      gtk_box_append (GTK_BOX (self->body),
                      new_label (_ ("This system does not show what messages hold."), "dim-label"));
      return;
    }
  if (grove_crash_get_state (self->crash) != NULL)
    add_term (self, _ ("State"), grove_crash_get_state (self->crash));
  add_term (self, _ ("Last Message"), grove_crash_get_message (self->crash));
  if (grove_crash_get_message (self->crash) != NULL && from[0] != '\0')
    {
      const GroveProcessLink sender = { (char *) from, NULL };
      GtkWidget             *grid = new_grid ();
      int                    line = 0;

      add_fact (grid, &line, _ ("From"), new_links (self, &sender, 1));
      gtk_box_append (GTK_BOX (self->body), grid);
    }
}

static void
set_link (GtkWidget *button, const char *pid, const char *why_not)
{
  g_autofree char *tooltip = NULL;

  if (pid != NULL && pid[0] != '\0')
    tooltip = g_strdup_printf (_ ("Show %s"), pid);
  g_object_set_data_full (G_OBJECT (button), "grove-pid", tooltip != NULL ? g_strdup (pid) : NULL,
                          g_free);
  gtk_widget_set_sensitive (button, tooltip != NULL);
  gtk_widget_set_tooltip_text (button, tooltip != NULL ? tooltip : why_not);
}

static void
on_crash_changed (GroveRowPane *self)
{
  const char *error = grove_crash_get_error (self->crash);

  if (error != NULL && !grove_crash_is_loaded (self->crash))
    {
      GtkWidget *label = new_value (error, FALSE);

      gtk_widget_add_css_class (label, "dim-label");
      gtk_box_append (GTK_BOX (self->body), label);
      return;
    }
  if (!grove_crash_is_loaded (self->crash))
    return;
  set_link (self->successor_button, grove_crash_get_after (self->crash, "successor").pid,
            _ ("Nothing was started in its place"));
  set_link (self->supervisor_button, grove_crash_get_after (self->crash, "supervisor").pid,
            _ ("It had no supervisor, or one that ended too"));
  clear_body (self);
  add_term (self, _ ("Reason"), grove_crash_get_reason (self->crash));
  add_what_followed (self);
  add_frames (self);
  add_message (self);
  add_circumstances (self);
  add_dictionary (self);
}

static void
drop_crash (GroveRowPane *self)
{
  if (self->crash == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->crash, self);
  grove_crash_set_active (self->crash, FALSE);
  g_clear_object (&self->crash);
}

static void
follow_crash (GroveRowPane *self, gint64 seq)
{
  self->crash = grove_crash_new (self->session, seq);
  g_signal_connect_swapped (self->crash, "changed", G_CALLBACK (on_crash_changed), self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    grove_crash_set_active (self->crash, TRUE);
}

/* ---- An application -----------------------------------------------------------------------------
 */

/* One button: what does not run can be started, what does can be stopped. */
static void
update_application (GroveRowPane *self, gboolean application, GroveRow *row)
{
  const gboolean runs = !application || !g_str_equal (grove_row_get_text (row, "status"), "loaded");
  g_autofree char *obstacle = NULL;
  g_autofree char *tooltip = NULL;

  gtk_widget_set_visible (self->application_button, application);
  if (!application)
    return;
  obstacle = grove_application_command_get_obstacle (self->session,
                                                     runs ? GROVE_APPLICATION_COMMAND_STOP
                                                          : GROVE_APPLICATION_COMMAND_START,
                                                     row);
  tooltip = g_strdup_printf (runs ? _ ("Stop %s and all its processes")
                                  : _ ("Start %s, and before it what it needs"),
                             grove_row_get_key (row));
  gtk_button_set_label (GTK_BUTTON (self->application_button), runs ? _ ("S_top…") : _ ("S_tart…"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->application_button), NULL);
  gtk_widget_set_tooltip_text (self->application_button, obstacle != NULL ? obstacle : tooltip);
  if (obstacle != NULL)
    {
      gtk_widget_set_sensitive (self->application_button, FALSE);
      return;
    }
  gtk_widget_set_sensitive (self->application_button, TRUE);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->application_button), "s",
                                    grove_row_get_key (row));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->application_button),
                                  runs ? "win.stop-application" : "win.start-application");
}

/* ---- The pane -----------------------------------------------------------------------------------
 */

/* What the row is about, in a few words. (transfer full) */
static char *
make_title (const char *table, GroveRow *row)
{
  const char *name = grove_row_get_text (row, "name");
  const char *pid = grove_row_get_text (row, "pid");

  if (g_str_equal (table, "crashes"))
    return g_strdup_printf (_ ("Crash of %s"), name[0] != '\0' ? name : pid);
  if (name[0] != '\0')
    return g_strdup (name);
  if (pid[0] != '\0')
    return g_strdup (pid);
  return g_strdup (grove_row_get_key (row));
}

void
grove_row_pane_show (GroveRowPane         *self,
                     GroveSession         *session,
                     const char           *table,
                     const GroveRowColumn *columns,
                     guint                 n_columns,
                     GroveRow             *row)
{
  g_autofree char *key = NULL;
  g_autofree char *title = NULL;
  gboolean         crash = g_str_equal (table, "crashes");

  g_return_if_fail (GROVE_IS_ROW_PANE (self));
  if (row == NULL || grove_row_get_key (row) == NULL)
    {
      drop_crash (self);
      clear_body (self);
      g_clear_pointer (&self->key, g_free);
      return;
    }
  key = g_strdup_printf ("%s/%s", table, grove_row_get_key (row));
  if (crash && g_strcmp0 (key, self->key) == 0)
    return; /* it follows its crash by itself */
  g_set_object (&self->session, session);
  drop_crash (self);
  clear_body (self);
  title = make_title (table, row);
  gtk_label_set_text (self->title_label, title);
  set_link (self->process_button, grove_row_get_text (row, "pid"), _ ("It is about no process"));
  gtk_widget_set_visible (self->process_button, TRUE);
  gtk_widget_set_visible (self->successor_button, crash);
  gtk_widget_set_visible (self->supervisor_button, crash);
  update_application (self, g_str_equal (table, "applications"), row);
  set_link (self->successor_button, NULL, _ ("Nothing was started in its place"));
  set_link (self->supervisor_button, NULL, _ ("It had no supervisor, or one that ended too"));
  show_columns (self, columns, n_columns, row);
  if (g_strcmp0 (key, self->key) != 0)
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (
                                GTK_SCROLLED_WINDOW (self->scrolled)),
                              0);
  g_free (self->key);
  self->key = g_steal_pointer (&key);
  if (crash)
    follow_crash (self, grove_row_get_int (row, "seq"));
}

gboolean
grove_row_pane_is_filled (GroveRowPane *self)
{
  g_return_val_if_fail (GROVE_IS_ROW_PANE (self), FALSE);
  return self->key != NULL && (self->crash == NULL || grove_crash_is_loaded (self->crash));
}

static void
on_supervisor_clicked (GroveRowPane *self)
{
  const char *pid = g_object_get_data (G_OBJECT (self->supervisor_button), "grove-pid");

  if (pid != NULL)
    g_signal_emit (self, signals[OPEN_SUPERVISOR], 0, pid);
}

static void
on_close_clicked (GroveRowPane *self)
{
  g_signal_emit (self, signals[CLOSED], 0);
}

static void
on_map (GroveRowPane *self)
{
  if (self->crash != NULL)
    grove_crash_set_active (self->crash, TRUE);
}

static void
on_unmap (GroveRowPane *self)
{
  if (self->crash != NULL)
    grove_crash_set_active (self->crash, FALSE);
}

static void
grove_row_pane_dispose (GObject *object)
{
  GroveRowPane *self = GROVE_ROW_PANE (object);

  drop_crash (self);
  G_OBJECT_CLASS (grove_row_pane_parent_class)->dispose (object);
  g_clear_object (&self->session);
  g_clear_pointer (&self->key, g_free);
}

static void
grove_row_pane_class_init (GroveRowPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType           type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_row_pane_dispose;
  signals[CLOSED] =
    g_signal_new ("closed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[NAVIGATE] = g_signal_new ("navigate", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[OPEN_SUPERVISOR] = g_signal_new ("open-supervisor", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-row-pane.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, GroveRowPane, child)
  BIND (title_label);
  BIND (process_button);
  BIND (successor_button);
  BIND (supervisor_button);
  BIND (application_button);
  BIND (scrolled);
  BIND (body);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_link_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_supervisor_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_close_clicked);
}

static void
grove_row_pane_init (GroveRowPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (on_unmap), NULL);
}
