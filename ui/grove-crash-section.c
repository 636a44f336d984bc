/* SPDX-License-Identifier: MIT
 *
 * GroveCrashSection: reads the table of crashes, which the system keeps short, for the one of this
 * process and, from successor back to crash, for those of the processes before it.
 */
#include "ui/grove-crash-section.h"

#include "observer/grove-crash.h"
#include "observer/grove-format.h"
#include "observer/grove-rows.h"
#include "ui/grove-frame-list.h"
#include "ui/grove-term-view.h"

#include <glib/gi18n.h>

#define INTERVAL_MS 1000
/* What a system keeps at most. */
#define CRASHES_MAX 256
#define BEFORE_MAX  10

struct _GroveCrashSection
{
  GroveSection  parent_instance;
  GroveSession *session;
  char         *pid;
  GroveRows    *crashes; /* NULL: nobody is shown */
  GPtrArray    *held;    /* GroveRow, all that there are */
  GroveCrash   *crash;   /* of the process itself, NULL: none is known */
  gint64        n_restarts;
  char         *shown; /* what the history's rows stand for */

  GtkWidget      *crash_group, *history_group;
  GtkListBox     *history_list;
  GtkLabel       *when_label, *message_heading, *after_label;
  GtkWidget      *frames_heading;
  GroveTermView  *reason_view, *message_view;
  GroveFrameList *frame_list;
};

G_DEFINE_FINAL_TYPE (GroveCrashSection, grove_crash_section, GROVE_TYPE_SECTION)

/* What shows nothing takes no room. */
static void
update_visible (GroveCrashSection *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), gtk_widget_get_visible (self->crash_group) ||
                                               gtk_widget_get_visible (self->history_group));
}

/* ---- Its own ------------------------------------------------------------------------------------
 */

static char *
describe_process (const char *pid, const char *name)
{
  return name != NULL && name[0] != '\0' ? g_strdup_printf ("%s %s", name, pid) : g_strdup (pid);
}

static char *
describe_after (GroveCrash *crash)
{
  GroveProcessLink successor = grove_crash_get_after (crash, "successor");
  GroveProcessLink supervisor = grove_crash_get_after (crash, "supervisor");
  const char      *outcome = grove_crash_get_text (crash, "after.outcome");
  g_autofree char *after = grove_format_duration (grove_crash_get_int (crash, "after.after_ns"));
  g_autofree char *who = supervisor.pid != NULL ? describe_process (supervisor.pid, supervisor.name)
                                                : g_strdup (_ ("its supervisor"));

  if (successor.pid != NULL)
    {
      g_autofree char *next = describe_process (successor.pid, successor.name);

      /* TRANSLATORS: supervisor, process, how long after the crash */
      return g_strdup_printf (_ ("%s started %s in its place after %s."), who, next, after);
    }
  if (g_str_equal (outcome, "left"))
    return g_strdup_printf (_ ("%s does not start such a child again."), who);
  if (g_str_equal (outcome, "gave_up"))
    return g_strdup_printf (_ ("%s gave up: it had restarted too often."), who);
  if (g_str_equal (outcome, "pending"))
    return g_strdup_printf (_ ("%s tries to start another."), who);
  if (g_str_equal (outcome, "none"))
    return g_strdup (_ ("Nobody was to start another."));
  return g_strdup ("");
}

static void
show_message (GroveCrashSection *self)
{
  GroveTerm  *message = grove_crash_get_message (self->crash);
  const char *from = grove_crash_get_text (self->crash, "message.from");
  gboolean    hidden = grove_crash_get_boolean (self->crash, "hidden");

  gtk_widget_set_visible (GTK_WIDGET (self->message_heading), message != NULL || hidden);
  gtk_widget_set_visible (GTK_WIDGET (self->message_view), message != NULL);
  if (hidden)
    gtk_label_set_text (self->message_heading, _ ("The system keeps its last message to itself"));
  else if (from[0] != '\0')
    grove_section_take_label (self->message_heading,
                              g_strdup_printf (_ ("Last message, from %s"), from));
  else
    gtk_label_set_text (self->message_heading, _ ("Last message"));
  grove_term_view_set_term (self->message_view, message);
}

static void
on_crash (GroveCrashSection *self)
{
  guint             n = 0;
  const GroveFrame *frames = grove_crash_get_frames (self->crash, &n);
  g_autofree char  *lived = NULL, *ago = NULL;

  gtk_widget_set_visible (self->crash_group, grove_crash_is_loaded (self->crash));
  update_visible (self);
  if (!grove_crash_is_loaded (self->crash))
    return;
  lived = grove_format_duration (grove_crash_get_int (self->crash, "at_ns") -
                                 grove_crash_get_int (self->crash, "started_ns"));
  ago = grove_format_duration (grove_session_now_ns (self->session) -
                               grove_crash_get_int (self->crash, "at_ns"));
  /* Not every system notes when a process was started. */
  grove_section_take_label (self->when_label,
                            grove_crash_get_int (self->crash, "started_ns") > 0
                              ? g_strdup_printf (_ ("%s ago, after it had run for %s"), ago, lived)
                              : g_strdup_printf (_ ("%s ago"), ago));
  grove_term_view_set_term (self->reason_view, grove_crash_get_reason (self->crash));
  gtk_widget_set_visible (self->frames_heading, n > 0);
  grove_frame_list_set_frames (self->frame_list, self->session, frames, n,
                               grove_crash_get_boolean (self->crash, "frames_cut")
                                 ? _ ("There were more frames further out.")
                                 : NULL);
  show_message (self);
  grove_section_take_label (self->after_label, describe_after (self->crash));
}

static void
set_crash (GroveCrashSection *self, GroveRow *row)
{
  gint64 seq = grove_row_get_int (row, "seq");

  if (self->crash != NULL && grove_crash_get_seq (self->crash) == seq)
    return;
  if (self->crash != NULL)
    g_signal_handlers_disconnect_by_data (self->crash, self);
  g_clear_object (&self->crash);
  self->crash = grove_crash_new (self->session, seq);
  g_signal_connect_swapped (self->crash, "changed", G_CALLBACK (on_crash), self);
  grove_crash_set_active (self->crash, TRUE);
}

/* ---- Those before it ----------------------------------------------------------------------------
 */

static GroveRow *
find (GroveCrashSection *self, const char *column, const char *pid)
{
  for (guint i = 0; i < self->held->len; i++)
    if (g_str_equal (grove_row_get_text (self->held->pdata[i], column), pid))
      return self->held->pdata[i];
  return NULL;
}

static GtkWidget *
new_history_row (GroveCrashSection *self, GroveRow *crash)
{
  GtkWidget       *row = adw_action_row_new ();
  const char      *pid = grove_row_get_text (crash, "pid");
  g_autofree char *reason = g_markup_escape_text (grove_row_get_text (crash, "reason"), -1);
  g_autofree char *ago = grove_format_duration (grove_session_now_ns (self->session) -
                                                grove_row_get_int (crash, "at_ns"));
  g_autofree char *lived = grove_format_duration (grove_row_get_int (crash, "lived_ns"));
  /* TRANSLATORS: pid, how long ago it crashed, how long it had run */
  g_autofree char *text = grove_row_get_int (crash, "lived_ns") > 0
                            ? g_strdup_printf (_ ("%s · %s ago · ran for %s"), pid, ago, lived)
                            /* TRANSLATORS: pid, how long ago it crashed */
                            : g_strdup_printf (_ ("%s · %s ago"), pid, ago);
  g_autofree char *subtitle = g_markup_escape_text (text, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), reason);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 2);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "grove-pid", g_strdup (pid), g_free);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             g_object_new (GTK_TYPE_IMAGE, "icon-name", "go-next-symbolic",
                                           "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                           NULL));
  return row;
}

/* How many restarts there were is known; how many of the crashes are kept is another number. */
static void
describe_history (GroveCrashSection *self, guint n)
{
  /* Of what had ended before it was looked at, only its crashes are known. */
  g_autofree char *restarts =
    grove_format_plural (MAX (self->n_restarts, (gint64) n), "restart", "restarts");
  g_autofree char *text =
    self->n_restarts > n
      ? g_strdup_printf (ngettext ("%s in all; the system keeps %u of the crashes",
                                   "%s in all; the system keeps %u of the crashes", n),
                         restarts, n)
      : g_strdup (restarts);

  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->history_group), text);
}

static void
show_history (GroveCrashSection *self)
{
  g_autoptr (GPtrArray) before = g_ptr_array_new ();
  GString       *shown = g_string_new (NULL);
  const char    *pid = self->pid;
  GroveRow      *crash;
  GtkListBoxRow *row;

  while (before->len < BEFORE_MAX && (crash = find (self, "successor", pid)) != NULL)
    {
      g_ptr_array_add (before, crash);
      pid = grove_row_get_text (crash, "pid");
      g_string_append_printf (shown, "%s\n", grove_row_get_key (crash));
    }
  gtk_widget_set_visible (self->history_group, before->len > 0 || self->n_restarts > 0);
  update_visible (self);
  describe_history (self, before->len);
  if (g_strcmp0 (self->shown, shown->str) != 0)
    {
      while ((row = gtk_list_box_get_row_at_index (self->history_list, 0)) != NULL)
        gtk_list_box_remove (self->history_list, GTK_WIDGET (row));
      for (guint i = 0; i < before->len; i++)
        gtk_list_box_append (self->history_list, new_history_row (self, before->pdata[i]));
      gtk_widget_set_visible (GTK_WIDGET (self->history_list), before->len > 0);
    }
  g_free (self->shown);
  self->shown = g_string_free (shown, FALSE);
}

static void
on_activated (GroveCrashSection *self, GtkListBoxRow *row)
{
  grove_section_navigate (GROVE_SECTION (self), g_object_get_data (G_OBJECT (row), "grove-pid"));
}

static void
on_crashes (GroveCrashSection *self)
{
  guint     n = g_list_model_get_n_items (G_LIST_MODEL (self->crashes));
  GroveRow *own;
  /* Slots live as long as they are held. */
  g_autoptr (GPtrArray) before = self->held;

  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < MIN (n, CRASHES_MAX); i++)
    g_ptr_array_add (self->held, g_list_model_get_item (G_LIST_MODEL (self->crashes), i));
  own = find (self, "pid", self->pid);
  if (own != NULL)
    set_crash (self, own);
  show_history (self);
}

/* ---- Whom it follows ----------------------------------------------------------------------------
 */

static void
drop (GroveCrashSection *self)
{
  g_ptr_array_set_size (self->held, 0);
  if (self->crashes != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->crashes, self);
      grove_table_set_active (GROVE_TABLE (self->crashes), FALSE);
    }
  g_clear_object (&self->crashes);
  if (self->crash != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->crash, self);
      grove_crash_set_active (self->crash, FALSE);
    }
  g_clear_object (&self->crash);
}

static void
follow (GroveSection *section, GroveSession *session, const char *pid)
{
  GroveCrashSection *self = GROVE_CRASH_SECTION (section);

  drop (self);
  g_set_object (&self->session, session);
  g_free (self->pid);
  self->pid = g_strdup (pid);
  self->n_restarts = 0;
  g_clear_pointer (&self->shown, g_free);
  gtk_widget_set_visible (self->crash_group, FALSE);
  gtk_widget_set_visible (self->history_group, FALSE);
  update_visible (self);
  if (pid == NULL)
    return;
  self->crashes = grove_rows_new (session, "crashes", NULL, INTERVAL_MS);
  g_signal_connect_swapped (self->crashes, "items-changed", G_CALLBACK (on_crashes), self);
  g_signal_connect_swapped (self->crashes, "refilled", G_CALLBACK (on_crashes), self);
  grove_table_set_viewport (GROVE_TABLE (self->crashes), 0, CRASHES_MAX);
  grove_table_set_active (GROVE_TABLE (self->crashes), grove_section_is_seen (section));
}

static void
fill (GroveSection *section, GroveProcessDetail *detail)
{
  GroveCrashSection *self = GROVE_CRASH_SECTION (section);

  self->n_restarts = grove_process_detail_get_int (detail, "child.restarts");
  if (self->crashes != NULL)
    show_history (self);
  if (self->crash != NULL)
    on_crash (self);
}

gboolean
grove_crash_section_has_crash (GroveCrashSection *self)
{
  g_return_val_if_fail (GROVE_IS_CRASH_SECTION (self), FALSE);
  return self->crash != NULL && grove_crash_is_loaded (self->crash);
}

static void
set_seen (GroveSection *section, gboolean seen)
{
  GroveCrashSection *self = GROVE_CRASH_SECTION (section);

  if (self->crashes != NULL)
    grove_table_set_active (GROVE_TABLE (self->crashes), seen);
}

static void
grove_crash_section_dispose (GObject *object)
{
  GroveCrashSection *self = GROVE_CRASH_SECTION (object);

  drop (self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_crash_section_parent_class)->dispose (object);
}

static void
grove_crash_section_finalize (GObject *object)
{
  GroveCrashSection *self = GROVE_CRASH_SECTION (object);

  g_ptr_array_unref (self->held);
  g_free (self->pid);
  g_free (self->shown);
  G_OBJECT_CLASS (grove_crash_section_parent_class)->finalize (object);
}

static void
grove_crash_section_class_init (GroveCrashSectionClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_crash_section_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_crash_section_finalize;
  GROVE_SECTION_CLASS (klass)->set_seen = set_seen;
  GROVE_SECTION_CLASS (klass)->follow = follow;
  GROVE_SECTION_CLASS (klass)->fill = fill;
  g_type_ensure (GROVE_TYPE_TERM_VIEW);
  g_type_ensure (GROVE_TYPE_FRAME_LIST);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-crash-section.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, GroveCrashSection, child)
  BIND (crash_group);
  BIND (history_group);
  BIND (history_list);
  BIND (when_label);
  BIND (message_heading);
  BIND (after_label);
  BIND (frames_heading);
  BIND (reason_view);
  BIND (message_view);
  BIND (frame_list);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
}

static void
grove_crash_section_init (GroveCrashSection *self)
{
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  update_visible (self);
  grove_term_view_set_title (self->reason_view, _ ("Reason of the crash"));
  grove_term_view_set_title (self->message_view, _ ("Last message"));
  grove_section_hand_on (GROVE_SECTION (self), self->reason_view);
  grove_section_hand_on (GROVE_SECTION (self), self->message_view);
}
