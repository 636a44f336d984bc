/* SPDX-License-Identifier: MIT
 *
 * GroveInspector: all there is to know of one process, in sections. What changes fast (mailbox,
 * reductions, state) comes from a GroveProcessWatch of this one process, the rest from
 * GroveProcessDetail each second; what has a price is asked for by the section that shows it.
 */
#include "ui/grove-inspector.h"

#include "observer/grove-process-watch.h"
#include "ui/grove-anatomy-section.h"
#include "ui/grove-bonds-section.h"
#include "ui/grove-charts-section.h"
#include "ui/grove-columns.h"
#include "ui/grove-crash-section.h"
#include "ui/grove-dictionary-section.h"
#include "ui/grove-facts-section.h"
#include "ui/grove-messages-section.h"
#include "ui/grove-stack-section.h"
#include "ui/grove-state-section.h"
#include "ui/grove-supervisor-section.h"

#include <glib/gi18n.h>
#include <string.h>

#define INTERVAL_MS 250

enum
{
  CRASH,
  CHARTS,
  FACTS,
  SUPERVISOR,
  MESSAGES,
  STATE,
  DICTIONARY,
  STACK,
  BONDS,
  ANATOMY,
  N_SECTIONS
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
  GroveSection        *sections[N_SECTIONS]; /* those below */

  GtkStack  *stack;
  GtkLabel  *title_label, *pid_label, *state_label, *refusal_label, *obituary_label;
  GtkWidget *obituary, *successor_button, *node_button;
  GtkWidget *restart_button, *suspend_button, *exit_button, *kill_button, *send_button;
  GtkWidget *suspend_content, *inside;

  GroveCrashSection      *crash_section;
  GroveChartsSection     *charts_section;
  GroveFactsSection      *facts_section;
  GroveSupervisorSection *supervisor_section;
  GroveMessagesSection   *messages_section;
  GroveStateSection      *state_section;
  GroveDictionarySection *dictionary_section;
  GroveStackSection      *stack_section;
  GroveBondsSection      *bonds_section;
  GroveAnatomySection    *anatomy_section;
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

static gboolean
is_elsewhere (GroveInspector *self)
{
  const char *node, *pid;

  return self->detail != NULL && grove_process_detail_get_elsewhere (self->detail, &node, &pid);
}

static void
show_state (GroveInspector *self)
{
  const GroveProcessRow *row = get_row (self);
  const char            *classes[3] = { "state-pill", NULL, NULL };

  if (is_elsewhere (self))
    {
      classes[1] = "waiting";
      gtk_label_set_text (self->state_label, _ ("Elsewhere"));
    }
  else if (grove_inspector_is_gone (self))
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

  if (row == NULL)
    return;
  for (int i = 0; i < N_SECTIONS; i++)
    grove_section_live (self->sections[i], row);
  show_title (self);
  show_state (self);
  gtk_stack_set_visible_child_name (self->stack, "process");
}

/* Of what had ended before it was looked at, only its crash is known. */
static void
show_sections (GroveInspector *self, gboolean known)
{
  gtk_widget_set_visible (GTK_WIDGET (self->charts_section), known);
  gtk_widget_set_visible (GTK_WIDGET (self->facts_section), known);
  gtk_widget_set_visible (self->inside, known);
}

/* It has not ended: it is one of another node. */
static gboolean
show_elsewhere (GroveInspector *self)
{
  const char      *node, *pid;
  gboolean         elsewhere = grove_process_detail_get_elsewhere (self->detail, &node, &pid);
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->node_button, elsewhere);
  if (!elsewhere)
    return FALSE;
  text =
    g_strdup_printf (_ ("It is the process %s of %s, another node of the cluster."), pid, node);
  grove_section_take_label (self->obituary_label, g_steal_pointer (&text));
  return TRUE;
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
  show_sections (self, known);
  if (!gone || show_elsewhere (self))
    return;
  if (reason == NULL)
    grove_section_take_label (self->obituary_label,
                              g_strdup (known ? _ ("It ended. Below is the last that was known.")
                                              : _ ("It had ended.")));
  else
    grove_section_take_label (self->obituary_label,
                              g_strdup_printf (known ? _ ("It ended with the reason %s. Below is "
                                                          "the last that "
                                                          "was known.")
                                                     : _ ("It had ended with the reason %s."),
                                               reason));
}

static void
show_detail (GroveInspector *self)
{
  if (!is_loaded (self) && !grove_process_detail_is_gone (self->detail))
    return;
  gtk_stack_set_visible_child_name (self->stack, "process");
  show_title (self);
  show_state (self);
  show_obituary (self);
  if (is_loaded (self))
    for (int i = 0; i < N_SECTIONS; i++)
      grove_section_fill (self->sections[i], self->detail);
}

static void
on_detail_changed (GroveInspector *self)
{
  show_detail (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_GONE]);
  if (self->actions != NULL)
    grove_process_actions_update (self->actions, grove_inspector_is_gone (self));
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

/* What changes all the time is not told; the rest may be. */
static void
on_refusal (GroveInspector *self)
{
  const char *refusal = grove_process_watch_get_refusal (self->watch);

  grove_section_take_label (self->refusal_label, g_strdup (refusal != NULL ? refusal : ""));
  gtk_widget_set_visible (GTK_WIDGET (self->refusal_label), refusal != NULL);
  if (refusal == NULL || self->pid == NULL)
    return;
  show_title (self);
  show_state (self);
  show_sections (self, is_loaded (self) || get_row (self) != NULL);
  gtk_stack_set_visible_child_name (self->stack, "process");
}

static void
set_active (GroveInspector *self, gboolean active)
{
  if (self->watch != NULL)
    grove_process_watch_set_active (self->watch, active);
  for (int i = 0; i < N_SECTIONS; i++)
    grove_section_set_seen (self->sections[i], active);
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
  gtk_widget_set_visible (self->obituary, FALSE);
  show_sections (self, TRUE);
  if (self->session != NULL)
    for (int i = 0; i < N_SECTIONS; i++)
      grove_section_follow (self->sections[i], self->session, self->pid);
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
on_node_clicked (GroveInspector *self)
{
  const char *node, *pid;

  if (self->detail != NULL && grove_process_detail_get_elsewhere (self->detail, &node, &pid))
    grove_session_go_elsewhere (self->session, node, pid);
}

static void
on_successor_clicked (GroveInspector *self)
{
  if (self->detail != NULL)
    navigate (self, grove_process_detail_get_successor (self->detail));
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

  drop_detail (self);
  if (self->watch != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->watch, self);
      grove_process_watch_set_active (self->watch, FALSE);
    }
  g_clear_object (&self->watch);
  g_clear_object (&self->item);
  g_clear_object (&self->actions);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_inspector_parent_class)->dispose (object);
}

static void
grove_inspector_finalize (GObject *object)
{
  g_free (GROVE_INSPECTOR (object)->pid);
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
  BIND (refusal_label);
  BIND (obituary);
  BIND (obituary_label);
  BIND (successor_button);
  BIND (node_button);
  BIND (restart_button);
  BIND (exit_button);
  BIND (kill_button);
  BIND (send_button);
  BIND (suspend_button);
  BIND (suspend_content);
  BIND (inside);
  BIND (crash_section);
  BIND (charts_section);
  BIND (facts_section);
  BIND (supervisor_section);
  BIND (messages_section);
  BIND (state_section);
  BIND (dictionary_section);
  BIND (stack_section);
  BIND (bonds_section);
  BIND (anatomy_section);
#undef BIND
}

static void
ensure_types (void)
{
  g_type_ensure (GROVE_TYPE_COLUMNS);
  g_type_ensure (GROVE_TYPE_CRASH_SECTION);
  g_type_ensure (GROVE_TYPE_CHARTS_SECTION);
  g_type_ensure (GROVE_TYPE_FACTS_SECTION);
  g_type_ensure (GROVE_TYPE_SUPERVISOR_SECTION);
  g_type_ensure (GROVE_TYPE_MESSAGES_SECTION);
  g_type_ensure (GROVE_TYPE_STATE_SECTION);
  g_type_ensure (GROVE_TYPE_DICTIONARY_SECTION);
  g_type_ensure (GROVE_TYPE_STACK_SECTION);
  g_type_ensure (GROVE_TYPE_BONDS_SECTION);
  g_type_ensure (GROVE_TYPE_ANATOMY_SECTION);
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

  ensure_types ();
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-inspector.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_successor_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_node_clicked);
}

static void
grove_inspector_init (GroveInspector *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->sections[CRASH] = GROVE_SECTION (self->crash_section);
  self->sections[CHARTS] = GROVE_SECTION (self->charts_section);
  self->sections[FACTS] = GROVE_SECTION (self->facts_section);
  self->sections[SUPERVISOR] = GROVE_SECTION (self->supervisor_section);
  self->sections[MESSAGES] = GROVE_SECTION (self->messages_section);
  self->sections[STATE] = GROVE_SECTION (self->state_section);
  self->sections[DICTIONARY] = GROVE_SECTION (self->dictionary_section);
  self->sections[STACK] = GROVE_SECTION (self->stack_section);
  self->sections[BONDS] = GROVE_SECTION (self->bonds_section);
  self->sections[ANATOMY] = GROVE_SECTION (self->anatomy_section);
  for (int i = 0; i < N_SECTIONS; i++)
    g_signal_connect_swapped (self->sections[i], "navigate", G_CALLBACK (navigate), self);
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
  g_signal_connect_swapped (self->watch, "notify::refusal", G_CALLBACK (on_refusal), self);
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
  return is_loaded (self) && get_row (self) != NULL &&
         grove_charts_section_is_filled (self->charts_section);
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
  grove_facts_section_set_actions (self->facts_section, actions);
}
