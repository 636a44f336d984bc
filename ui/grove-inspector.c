/* SPDX-License-Identifier: MIT
 *
 * GroveInspector: all there is to know of one process. What changes fast (mailbox, reductions,
 * state) comes from a GroveProcessWatch of this one process, the rest from GroveProcessDetail each
 * second.
 */
#include "ui/grove-inspector.h"

#include <string.h>

#include "observer/grove-format.h"
#include "observer/grove-process-detail.h"
#include "observer/grove-process-watch.h"
#include "ui/grove-chart.h"
#include "ui/grove-fact-rows.h"
#include "ui/grove-link-rows.h"

#include <glib/gi18n.h>

#define INTERVAL_MS 250
/* A minute of the chart. */
#define CHART_LENGTH (60 * 1000 / INTERVAL_MS)

enum
{
  LINKS,
  MONITORS,
  MONITORED_BY,
  SUSPENDING,
  N_LINK_LISTS
};

struct _GroveInspector
{
  AdwBin               parent_instance;
  GroveSession        *session;
  char                *pid;
  GroveProcessDetail  *detail;
  GroveProcessWatch   *watch;
  GroveProcessItem    *item; /* of the watch */
  GroveProcessActions *actions;
  GroveSeries         *series;
  guint                chart_source;
  gboolean             showing; /* controls are being set from data, not by the person */
  GroveLinkRows       *link_rows[N_LINK_LISTS];
  GroveFactRows       *fact_rows;

  GtkStack       *stack;
  GtkLabel       *title_label, *pid_label, *state_label, *obituary_label, *mailbox_label;
  GtkWidget      *obituary, *successor_button;
  GtkWidget      *restart_button, *suspend_button, *exit_button, *kill_button, *send_button;
  GtkWidget      *suspend_content;
  GtkWidget      *mailbox_card, *facts, *bonds;
  GroveChart     *chart;
  GtkWidget      *supervisor_row, *application_row, *current_row, *restarts_row;
  GtkLabel       *supervisor_label, *application_label, *initial_label, *current_label;
  GtkLabel       *reductions_label;
  GtkLabel       *memory_label, *scheduler_label, *age_label;
  GtkLabel       *restarts_label, *trap_label;
  AdwComboRow    *priority_row;
  AdwExpanderRow *links_row, *monitors_row, *monitored_row, *suspending_row;
};

enum
{
  PROP_0,
  PROP_PID,
  PROP_GONE,
  N_PROPS
};

enum
{
  NAVIGATE,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint       signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveInspector, grove_inspector, ADW_TYPE_BIN)

#define SUSPEND_TOOLTIP N_ ("Let it stand still until it is resumed, or you leave (F8)")
#define RESUME_TOOLTIP  N_ ("Let it run again (Shift+F8)")

static const char *const priorities[] = { "low", "normal", "high", "max" };

static void
take_label (GtkLabel *label, char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
  g_free (text);
}

static const GroveProcessRow *
get_row (GroveInspector *self)
{
  const GroveProcessRow *row = self->item != NULL ? grove_process_item_get_row (self->item) : NULL;

  /* Of a process that had ended before it was watched there are no last values. */
  return row != NULL && row->state == GROVE_PROCESS_GONE && row->started_ns == 0 ? NULL : row;
}

static gboolean
is_loaded (GroveInspector *self)
{
  return self->detail != NULL && grove_process_detail_is_loaded (self->detail);
}

static void
navigate (GroveInspector *self, const char *pid)
{
  if (pid != NULL && pid[0] != '\0')
    {
      /* The handler may set this inspector to another process, and free what @pid is part of. */
      g_autofree char *copy = g_strdup (pid);

      g_signal_emit (self, signals[NAVIGATE], 0, copy);
    }
}

/* ---- Showing ------------------------------------------------------------------------------------
 */

static const char *
get_state_class (GroveProcessState state)
{
  switch (state)
    {
    case GROVE_PROCESS_RUNNABLE:
    case GROVE_PROCESS_RUNNING:
      return "running";
    case GROVE_PROCESS_SUSPENDED:
      return "suspended";
    case GROVE_PROCESS_EXITING:
    case GROVE_PROCESS_GONE:
      return "ending";
    case GROVE_PROCESS_WAITING:
    default:
      return "waiting";
    }
}

/* One button for both: what can be done to it now. */
static void
show_suspended (GroveInspector *self, gboolean suspended)
{
  const char *action = suspended ? "win.resume" : "win.suspend";

  if (g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (self->suspend_button)), action) ==
      0)
    return;
  adw_button_content_set_label (ADW_BUTTON_CONTENT (self->suspend_content),
                                suspended ? _ ("Resume") : _ ("Suspend"));
  adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (self->suspend_content),
                                    suspended ? "media-playback-start-symbolic"
                                              : "media-playback-pause-symbolic");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->suspend_button), action);
  if (self->actions != NULL)
    grove_process_actions_set_control (self->actions, self->suspend_button,
                                       action + strlen ("win."),
                                       _ (suspended ? RESUME_TOOLTIP : SUSPEND_TOOLTIP));
}

static void
show_state (GroveInspector *self)
{
  const GroveProcessRow *row = get_row (self);
  const char            *classes[3] = { "state-pill", NULL, NULL };

  if (grove_inspector_is_gone (self))
    {
      classes[1] = "ending";
      gtk_label_set_text (self->state_label, _ ("Ended"));
    }
  else if (row != NULL)
    {
      classes[1] = get_state_class (row->state);
      gtk_label_set_text (self->state_label, grove_process_state_get_label (row->state));
    }
  show_suspended (self, row != NULL && row->state == GROVE_PROCESS_SUSPENDED);
  gtk_widget_set_visible (GTK_WIDGET (self->state_label), classes[1] != NULL);
  gtk_widget_set_css_classes (GTK_WIDGET (self->state_label), classes);
}

static void
show_priority (GroveInspector *self, const char *priority)
{
  for (guint i = 0; i < G_N_ELEMENTS (priorities); i++)
    if (g_str_equal (priorities[i], priority))
      {
        self->showing = TRUE;
        adw_combo_row_set_selected (self->priority_row, i);
        self->showing = FALSE;
      }
}

static void
show_title (GroveInspector *self)
{
  const GroveProcessRow *row = get_row (self);
  const char            *title = "";

  if (is_loaded (self))
    {
      title = grove_process_detail_get_text (self->detail, "name");
      if (title[0] == '\0')
        title = grove_process_detail_get_text (self->detail, "label");
      if (title[0] == '\0')
        title = grove_process_detail_get_text (self->detail, "initial_call");
    }
  if (title[0] == '\0' && row != NULL)
    title = row->name[0] != '\0' ? row->name : row->initial;
  if (title[0] == '\0')
    title = self->pid;
  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->pid_label, self->pid);
}

static void
show_fast (GroveInspector *self)
{
  const GroveProcessRow *row = get_row (self);
  g_autofree char       *rate = NULL;

  if (row == NULL)
    return;
  rate = grove_format_count ((gint64) (row->reductions_per_s + 0.5));
  take_label (self->mailbox_label, grove_format_count (row->messages));
  take_label (self->reductions_label, g_strdup_printf (_ ("%s /s"), rate));
  take_label (self->memory_label, grove_format_bytes (row->memory));
  /* What it did last outlives it; a system may not say it. */
  if (row->current[0] != '\0')
    gtk_label_set_text (self->current_label, row->current);
  gtk_widget_set_visible (self->current_row, gtk_label_get_text (self->current_label)[0] != '\0');
  if (row->restarts > 0)
    take_label (self->restarts_label, grove_format_count (row->restarts));
  gtk_widget_set_visible (self->restarts_row, row->restarts > 0);
  if (!grove_inspector_is_gone (self))
    show_priority (self, row->priority);
  show_title (self);
  show_state (self);
  gtk_stack_set_visible_child_name (self->stack, "process");
}

static void
show_link (GtkWidget *row, GtkLabel *label, GroveProcessLink link)
{
  gtk_widget_set_visible (row, link.pid != NULL);
  if (link.pid != NULL)
    gtk_label_set_text (label, link.name != NULL && link.name[0] != '\0' ? link.name : link.pid);
}

static void
show_obituary (GroveInspector *self)
{
  gboolean    gone = grove_inspector_is_gone (self);
  const char *reason = gone ? grove_process_detail_get_exit_reason (self->detail) : NULL;
  const char *successor = gone ? grove_process_detail_get_successor (self->detail) : NULL;

  gboolean known = is_loaded (self) || get_row (self) != NULL;

  gtk_widget_set_visible (self->obituary, gone);
  gtk_widget_set_visible (self->successor_button, successor != NULL);
  gtk_widget_set_visible (self->mailbox_card, known);
  gtk_widget_set_visible (self->facts, known);
  gtk_widget_set_visible (self->bonds, known);
  if (!gone)
    return;
  if (reason == NULL)
    take_label (self->obituary_label,
                g_strdup (known ? _ ("It ended. Below is the last that was known.")
                                : _ ("It had ended.")));
  else
    take_label (self->obituary_label,
                g_strdup_printf (known ? _ ("It ended with the reason %s. Below is the last that "
                                            "was known.")
                                       : _ ("It had ended with the reason %s."),
                                 reason));
}

static void
show_detail (GroveInspector *self)
{
  GroveProcessDetail *detail = self->detail;
  gint64              started;

  if (!is_loaded (self))
    {
      if (grove_process_detail_is_gone (detail))
        {
          gtk_stack_set_visible_child_name (self->stack, "process");
          show_title (self);
          show_state (self);
          show_obituary (self);
        }
      return;
    }
  gtk_stack_set_visible_child_name (self->stack, "process");
  show_title (self);
  show_state (self);
  show_obituary (self);
  show_link (self->supervisor_row, self->supervisor_label,
             grove_process_detail_get_supervisor (detail));
  show_link (self->application_row, self->application_label,
             grove_process_detail_get_application (detail));
  gtk_label_set_text (self->initial_label, grove_process_detail_get_text (detail, "initial_call"));
  if (get_row (self) == NULL)
    {
      take_label (self->mailbox_label,
                  grove_format_count (grove_process_detail_get_int (detail, "messages")));
      take_label (self->memory_label,
                  grove_format_bytes (grove_process_detail_get_int (detail, "memory_bytes")));
      take_label (self->reductions_label,
                  grove_format_count (grove_process_detail_get_int (detail, "reductions")));
      show_priority (self, grove_process_detail_get_text (detail, "priority"));
    }
  grove_fact_rows_fill (self->fact_rows, self->session, detail);
  take_label (self->scheduler_label,
              grove_format_count (grove_process_detail_get_int (detail, "scheduler")));
  started = grove_process_detail_get_int (detail, "started_ns");
  if (!grove_process_detail_is_gone (detail))
    take_label (self->age_label,
                grove_format_duration (grove_process_detail_get_int (detail, "now_ns") - started));
  gtk_label_set_text (self->trap_label, grove_process_detail_get_boolean (detail, "trap_exit")
                                          ? _ ("yes")
                                          : _ ("no"));
  for (guint i = 0; i < N_LINK_LISTS; i++)
    grove_link_rows_fill (self->link_rows[i], self->detail);
}

static void
on_detail_changed (GroveInspector *self)
{
  show_detail (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_GONE]);
  if (self->actions != NULL)
    grove_process_actions_update (self->actions, grove_inspector_is_gone (self));
}

/* ---- The chart ----------------------------------------------------------------------------------
 */

/* The history the observer already has starts the chart, so that it need not begin empty. */
static void
seed_series (GroveInspector *self)
{
  guint          n = 0;
  const guint32 *history = grove_process_item_get_history (self->item, &n);

  grove_chart_seed_series (self->series, history, n, CHART_LENGTH / GROVE_HISTORY_LENGTH);
}

static gboolean
on_chart_tick (gpointer user_data)
{
  GroveInspector        *self = user_data;
  const GroveProcessRow *row = get_row (self);

  if (row == NULL || row->state == GROVE_PROCESS_GONE || grove_inspector_is_gone (self) ||
      grove_session_get_paused (self->session) ||
      grove_session_get_state (self->session) != GROVE_SESSION_LIVE)
    return G_SOURCE_CONTINUE;
  if (grove_series_get_n (self->series) == 0)
    seed_series (self);
  grove_series_push (self->series, (double) row->messages);
  grove_chart_set_series (self->chart, self->series);
  return G_SOURCE_CONTINUE;
}

/* ---- What it follows ----------------------------------------------------------------------------
 */

static void
on_watch_changed (GroveInspector *self)
{
  GroveProcessItem *item = self->pid != NULL && self->watch != NULL
                             ? grove_process_watch_get (self->watch, self->pid)
                             : NULL;

  if (g_set_object (&self->item, item) || item != NULL)
    show_fast (self);
}

static void
set_active (GroveInspector *self, gboolean active)
{
  if (self->watch != NULL)
    grove_process_watch_set_active (self->watch, active);
  if (active && self->chart_source == 0 && self->session != NULL)
    self->chart_source = g_timeout_add (INTERVAL_MS, on_chart_tick, self);
  else if (!active)
    g_clear_handle_id (&self->chart_source, g_source_remove);
}

static void
drop_detail (GroveInspector *self)
{
  if (self->detail == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->detail, self);
  grove_process_detail_set_active (self->detail, FALSE);
  g_clear_object (&self->detail);
}

static void
forget_process (GroveInspector *self)
{
  drop_detail (self);
  g_clear_object (&self->item);
  grove_series_clear (self->series);
  grove_chart_set_series (self->chart, self->series);
  for (guint i = 0; i < N_LINK_LISTS; i++)
    grove_link_rows_clear (self->link_rows[i]);
  gtk_widget_set_visible (self->obituary, FALSE);
  gtk_widget_set_visible (self->mailbox_card, TRUE);
  gtk_widget_set_visible (self->facts, TRUE);
  gtk_widget_set_visible (self->bonds, TRUE);
  gtk_label_set_text (self->current_label, "");
  if (self->session != NULL)
    grove_fact_rows_follow (self->fact_rows, self->session, self->pid);
}

void
grove_inspector_set_pid (GroveInspector *self, const char *pid)
{
  g_return_if_fail (GROVE_IS_INSPECTOR (self));
  if (pid != NULL && pid[0] == '\0')
    pid = NULL;
  if (g_strcmp0 (self->pid, pid) == 0)
    return;
  g_free (self->pid);
  self->pid = g_strdup (pid);
  forget_process (self);
  if (self->session != NULL)
    {
      const char *pids[1] = { self->pid };

      grove_process_watch_set_pids (self->watch, pids, self->pid != NULL ? 1 : 0);
      if (self->pid != NULL)
        {
          self->detail = grove_process_detail_new (self->session, self->pid);
          g_signal_connect_swapped (self->detail, "changed", G_CALLBACK (on_detail_changed), self);
          /* Once a second, and unseen too: commands want to know what is selected, and that it
           * lives. */
          grove_process_detail_set_active (self->detail, TRUE);
        }
      set_active (self, gtk_widget_get_mapped (GTK_WIDGET (self)));
    }
  if (self->pid == NULL)
    gtk_stack_set_visible_child_name (self->stack, "empty");
  else
    on_watch_changed (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PID]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_GONE]);
}

/* ---- What a person does in it -------------------------------------------------------------------
 */

static void
on_supervisor_row_activated (GroveInspector *self)
{
  if (is_loaded (self))
    navigate (self, grove_process_detail_get_supervisor (self->detail).pid);
}

static void
on_application_row_activated (GroveInspector *self)
{
  if (is_loaded (self))
    navigate (self, grove_process_detail_get_application (self->detail).pid);
}

static void
on_successor_clicked (GroveInspector *self)
{
  if (self->detail != NULL)
    navigate (self, grove_process_detail_get_successor (self->detail));
}

static void
on_priority_selected (GroveInspector *self)
{
  guint                  selected = adw_combo_row_get_selected (self->priority_row);
  const GroveProcessRow *row = get_row (self);

  if (self->showing || selected >= G_N_ELEMENTS (priorities) ||
      (row != NULL && g_str_equal (row->priority, priorities[selected])))
    return;
  gtk_widget_activate_action (GTK_WIDGET (self), "win.priority", "s", priorities[selected]);
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
on_map (GroveInspector *self)
{
  set_active (self, TRUE);
}

static void
on_unmap (GroveInspector *self)
{
  set_active (self, FALSE);
}

static void
grove_inspector_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GroveInspector *self = GROVE_INSPECTOR (object);

  switch (id)
    {
    case PROP_PID:
      g_value_set_string (value, self->pid);
      break;
    case PROP_GONE:
      g_value_set_boolean (value, grove_inspector_is_gone (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
grove_inspector_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_PID)
    grove_inspector_set_pid (GROVE_INSPECTOR (object), g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
grove_inspector_dispose (GObject *object)
{
  GroveInspector *self = GROVE_INSPECTOR (object);

  g_clear_handle_id (&self->chart_source, g_source_remove);
  drop_detail (self);
  if (self->watch != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->watch, self);
      grove_process_watch_set_active (self->watch, FALSE);
    }
  g_clear_pointer (&self->fact_rows, grove_fact_rows_free);
  g_clear_object (&self->watch);
  g_clear_object (&self->item);
  g_clear_object (&self->actions);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_inspector_parent_class)->dispose (object);
}

static void
grove_inspector_finalize (GObject *object)
{
  GroveInspector *self = GROVE_INSPECTOR (object);

  for (guint i = 0; i < N_LINK_LISTS; i++)
    grove_link_rows_free (self->link_rows[i]);
  grove_series_free (self->series);
  g_free (self->pid);
  G_OBJECT_CLASS (grove_inspector_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, GroveInspector, child)
  BIND (stack);
  BIND (title_label);
  BIND (pid_label);
  BIND (state_label);
  BIND (obituary);
  BIND (obituary_label);
  BIND (successor_button);
  BIND (mailbox_label);
  BIND (restart_button);
  BIND (exit_button);
  BIND (kill_button);
  BIND (send_button);
  BIND (suspend_button);
  BIND (suspend_content);
  BIND (mailbox_card);
  BIND (facts);
  BIND (bonds);
  BIND (chart);
  BIND (supervisor_row);
  BIND (supervisor_label);
  BIND (application_row);
  BIND (application_label);
  BIND (initial_label);
  BIND (current_row);
  BIND (current_label);
  BIND (reductions_label);
  BIND (memory_label);
  BIND (priority_row);
  BIND (scheduler_label);
  BIND (age_label);
  BIND (restarts_row);
  BIND (restarts_label);
  BIND (trap_label);
  BIND (links_row);
  BIND (monitors_row);
  BIND (monitored_row);
  BIND (suspending_row);
#undef BIND
}

static void
grove_inspector_class_init (GroveInspectorClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = grove_inspector_get_property;
  object_class->set_property = grove_inspector_set_property;
  object_class->dispose = grove_inspector_dispose;
  object_class->finalize = grove_inspector_finalize;
  properties[PROP_PID] =
    g_param_spec_string ("pid", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_GONE] =
    g_param_spec_boolean ("gone", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[NAVIGATE] = g_signal_new ("navigate", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (GROVE_TYPE_CHART);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-inspector.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_supervisor_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_application_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_successor_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_priority_selected);
}

static void
on_link_chosen (const char *pid, gpointer user_data)
{
  navigate (user_data, pid);
}

static void
grove_inspector_init (GroveInspector *self)
{
  self->showing = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->showing = FALSE;
  self->series = grove_series_new (CHART_LENGTH);
  grove_chart_set_title (self->chart, _ ("Messages in the mailbox over the last minute"));
  grove_chart_set_least_top (self->chart, 8);
  self->link_rows[LINKS] =
    grove_link_rows_new (self->links_row, "links", "n_links", on_link_chosen, self);
  self->link_rows[MONITORS] =
    grove_link_rows_new (self->monitors_row, "monitors", "n_monitors", on_link_chosen, self);
  self->link_rows[MONITORED_BY] = grove_link_rows_new (self->monitored_row, "monitored_by",
                                                       "n_monitored_by", on_link_chosen, self);
  self->link_rows[SUSPENDING] =
    grove_link_rows_new (self->suspending_row, "suspending", "n_suspending", on_link_chosen, self);
  self->fact_rows = grove_fact_rows_new (GTK_LIST_BOX (self->facts));
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (on_unmap), NULL);
}

GtkWidget *
grove_inspector_new (GroveSession *session)
{
  GtkWidget *self = g_object_new (GROVE_TYPE_INSPECTOR, NULL);

  grove_inspector_set_session (GROVE_INSPECTOR (self), session);
  return self;
}

void
grove_inspector_set_session (GroveInspector *self, GroveSession *session)
{
  g_return_if_fail (GROVE_IS_INSPECTOR (self));
  g_return_if_fail (self->session == NULL);
  self->session = g_object_ref (session);
  self->watch = grove_process_watch_new (session, INTERVAL_MS);
  g_signal_connect_swapped (self->watch, "changed", G_CALLBACK (on_watch_changed), self);
}

gboolean
grove_inspector_is_gone (GroveInspector *self)
{
  g_return_val_if_fail (GROVE_IS_INSPECTOR (self), FALSE);
  return self->detail != NULL && grove_process_detail_is_gone (self->detail);
}

gboolean
grove_inspector_is_filled (GroveInspector *self)
{
  g_return_val_if_fail (GROVE_IS_INSPECTOR (self), FALSE);
  return is_loaded (self) && get_row (self) != NULL && grove_series_get_n (self->series) > 8;
}

GroveTarget *
grove_inspector_dup_target (GroveInspector *self)
{
  const GroveProcessRow *row;
  GroveTarget           *target;

  g_return_val_if_fail (GROVE_IS_INSPECTOR (self), NULL);
  if (self->pid == NULL)
    return NULL;
  row = get_row (self);
  if (row != NULL)
    return grove_target_new_from_row (row);
  target =
    grove_target_new (self->pid,
                      is_loaded (self) ? grove_process_detail_get_text (self->detail, "name") : "");
  if (is_loaded (self))
    {
      target->started_ns = grove_process_detail_get_int (self->detail, "started_ns");
      target->known = TRUE;
      target->system = grove_process_detail_get_boolean (self->detail, "system");
      target->supervisor = grove_target_is_supervisor_call (
        grove_process_detail_get_text (self->detail, "initial_call"));
    }
  return target;
}

void
grove_inspector_set_actions (GroveInspector *self, GroveProcessActions *actions)
{
  g_return_if_fail (GROVE_IS_INSPECTOR (self));
  g_set_object (&self->actions, actions);
  grove_process_actions_add_control (actions, self->restart_button, "restart",
                                     _ ("Let its supervisor stop and start it again"));
  grove_process_actions_add_control (actions, self->suspend_button, "suspend", _ (SUSPEND_TOOLTIP));
  grove_process_actions_add_control (actions, self->send_button, "send",
                                     _ ("Put a message into its mailbox (Ctrl+M)"));
  grove_process_actions_add_control (actions, self->exit_button, "exit",
                                     _ ("Tell it to exit, with a reason"));
  grove_process_actions_add_control (actions, self->kill_button, "kill",
                                     _ ("End it at once (Delete)"));
  grove_process_actions_add_control (actions, GTK_WIDGET (self->priority_row), "priority",
                                     _ ("How it competes for the schedulers"));
}
