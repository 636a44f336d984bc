/* SPDX-License-Identifier: MIT
 *
 * GroveEventsPanel: a handful of rows over the newest of the table `log`. A crash is told by the
 * process and by its supervisor; the supervisor's line about it is left out.
 */
#include "ui/grove-events-panel.h"

#include "observer/grove-format.h"
#include "observer/grove-rows.h"
#include "ui/grove-fixed-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define INTERVAL_MS 1000
#define N_SHOWN     6
#define N_READ      20
#define AGE_CHARS   10 /* "59 min ago" */
#define SECOND_NS   G_GINT64_CONSTANT (1000000000)

struct _GroveEventsPanel
{
  AdwBin        parent_instance;
  GroveSession *session;
  GroveRows    *table;
  GPtrArray    *slots; /* GroveRow, held so that the table keeps them */
  GtkListBox   *list;
  GtkLabel     *nothing; /* what it says without rows */
  GtkWidget    *rows[N_SHOWN], *icons[N_SHOWN], *ages[N_SHOWN];
  char         *keys[N_SHOWN]; /* of what the rows show, NULL: nothing yet */
  char         *pids[N_SHOWN];
  gint64        at_ns[N_SHOWN]; /* 0: the row shows nothing */
};

G_DEFINE_FINAL_TYPE (GroveEventsPanel, grove_events_panel, ADW_TYPE_BIN)

/* ---- What a line is -----------------------------------------------------------------------------
 */

static gboolean
is (GroveRow *row, const char *column, const char *word)
{
  return strcmp (grove_row_get_text (row, column), word) == 0;
}

/* Whether a crash that is told says what this line of a supervisor says. */
static gboolean
is_told (GroveEventsPanel *self, GroveRow *row)
{
  if (!is (row, "source", "supervisor") || !is (row, "level", "error"))
    return FALSE;
  for (guint i = 0; i < self->slots->len; i++)
    {
      GroveRow   *other = g_ptr_array_index (self->slots, i);
      const char *pid = grove_row_get_text (other, "pid");

      if (is (other, "source", "crash") && pid[0] != '\0' &&
          strstr (grove_row_get_text (row, "text"), pid) != NULL)
        return TRUE;
    }
  return FALSE;
}

/* (transfer full): without what the icon and the name say already. */
static char *
say (GroveRow *row)
{
  const char *text = grove_row_get_text (row, "text");
  const char *name = grove_row_get_text (row, "name");
  const char *rest = NULL;

  if (is (row, "source", "crash"))
    rest = strstr (text, " crashed");
  else if (is (row, "source", "supervisor") && g_str_has_prefix (text, "Supervisor: "))
    rest = text + strlen ("Supervisor");
  return rest != NULL && name[0] != '\0' ? g_strconcat (name, rest, NULL) : g_strdup (text);
}

static const char *
icon_of (GroveRow *row, const char **ret_class)
{
  *ret_class = "dim-label";
  if (is (row, "source", "crash"))
    {
      *ret_class = "error";
      return "grove-kill-symbolic";
    }
  if (is (row, "level", "error"))
    {
      *ret_class = "error";
      return "dialog-error-symbolic";
    }
  if (is (row, "level", "warning"))
    {
      *ret_class = "warning";
      return "dialog-warning-symbolic";
    }
  if (is (row, "source", "supervisor"))
    return "grove-restart-symbolic";
  if (is (row, "source", "application"))
    return "grove-supervision-symbolic";
  return "dialog-information-symbolic";
}

/* ---- Rows ---------------------------------------------------------------------------------------
 */

static gint64
get_moment (GroveRow *row)
{
  return MAX (grove_row_get_int (row, "at_ns"), 1);
}

/* A line of the log stays as it was written. */
static gboolean
is_shown (GroveEventsPanel *self, guint index, GroveRow *row)
{
  return self->at_ns[index] == get_moment (row) &&
         g_strcmp0 (self->keys[index], grove_row_get_key (row)) == 0;
}

static void
show_row (GroveEventsPanel *self, guint index, GroveRow *row)
{
  static const char *const classes[] = { "dim-label", "error", "warning" };
  const char *class, *icon = icon_of (row, &class);
  g_autofree char *text = say (row);
  const char      *level = grove_row_translate_word ("level", grove_row_get_text (row, "level"));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->rows[index]), text);
  gtk_widget_set_tooltip_text (self->rows[index], grove_row_get_text (row, "text"));
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icons[index]), icon);
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    gtk_widget_remove_css_class (self->icons[index], classes[i]);
  gtk_widget_add_css_class (self->icons[index], class);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->icons[index]),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, level != NULL ? level : "", -1);
  g_free (self->pids[index]);
  self->pids[index] = g_strdup (grove_row_get_text (row, "pid"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self->rows[index]),
                                    self->pids[index][0] != '\0');
  g_free (self->keys[index]);
  self->keys[index] = g_strdup (grove_row_get_key (row));
  self->at_ns[index] = get_moment (row);
}

static void
show (GroveEventsPanel *self)
{
  guint n = 0;

  for (guint i = 0; i < self->slots->len && n < N_SHOWN; i++)
    {
      GroveRow *row = g_ptr_array_index (self->slots, i);

      if (grove_row_get_key (row) == NULL || is_told (self, row))
        continue;
      if (!is_shown (self, n, row))
        show_row (self, n, row);
      n++;
    }
  for (guint i = 0; i < N_SHOWN; i++)
    {
      if (i >= n)
        self->at_ns[i] = 0;
      gtk_widget_set_visible (self->rows[i], i < n);
    }
  grove_events_panel_tick (self);
}

static void
on_refusal (GroveEventsPanel *self)
{
  const char *refusal = grove_table_get_refusal (GROVE_TABLE (self->table));

  gtk_label_set_text (self->nothing, refusal != NULL ? refusal : _ ("Nothing has been logged"));
}

static void
hold_slots (GroveEventsPanel *self)
{
  guint n = MIN (g_list_model_get_n_items (G_LIST_MODEL (self->table)), N_READ);

  g_ptr_array_set_size (self->slots, 0);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->slots, g_list_model_get_item (G_LIST_MODEL (self->table), i));
  show (self);
}

static void
on_row_activated (GroveEventsPanel *self, GtkListBoxRow *activated)
{
  for (guint i = 0; i < N_SHOWN; i++)
    if (self->rows[i] == GTK_WIDGET (activated) && self->pids[i] != NULL)
      gtk_widget_activate_action (GTK_WIDGET (self), "win.show-process", "s", self->pids[i]);
}

void
grove_events_panel_tick (GroveEventsPanel *self)
{
  g_return_if_fail (GROVE_IS_EVENTS_PANEL (self));
  for (guint i = 0; i < N_SHOWN; i++)
    if (self->at_ns[i] != 0)
      {
        gint64 age_ns = MAX (grove_session_now_ns (self->session) - self->at_ns[i], SECOND_NS);
        gint64 unit_ns = age_ns < 60 * SECOND_NS     ? SECOND_NS
                         : age_ns < 3600 * SECOND_NS ? 60 * SECOND_NS
                                                     : 3600 * SECOND_NS;
        gint64 n = age_ns / unit_ns;
        g_autofree char *text = unit_ns == SECOND_NS ? g_strdup_printf (_ ("%d s ago"), (int) n)
                                : unit_ns == 60 * SECOND_NS
                                  ? g_strdup_printf (_ ("%d min ago"), (int) n)
                                  : g_strdup_printf (_ ("%d h ago"), (int) MIN (n, 999999));

        gtk_inscription_set_text (GTK_INSCRIPTION (self->ages[i]), text);
      }
}

/* ---- The object ---------------------------------------------------------------------------------
 */

static void
on_map (GroveEventsPanel *self)
{
  if (self->table != NULL)
    grove_table_set_active (GROVE_TABLE (self->table), TRUE);
}

static void
on_unmap (GroveEventsPanel *self)
{
  if (self->table != NULL)
    grove_table_set_active (GROVE_TABLE (self->table), FALSE);
}

static void
grove_events_panel_dispose (GObject *object)
{
  GroveEventsPanel *self = GROVE_EVENTS_PANEL (object);

  if (self->table != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->table, self);
      grove_table_set_active (GROVE_TABLE (self->table), FALSE);
    }
  g_ptr_array_set_size (self->slots, 0);
  g_clear_object (&self->table);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_events_panel_parent_class)->dispose (object);
}

static void
grove_events_panel_finalize (GObject *object)
{
  GroveEventsPanel *self = GROVE_EVENTS_PANEL (object);

  g_ptr_array_unref (self->slots);
  for (guint i = 0; i < N_SHOWN; i++)
    {
      g_free (self->keys[i]);
      g_free (self->pids[i]);
    }
  G_OBJECT_CLASS (grove_events_panel_parent_class)->finalize (object);
}

static void
grove_events_panel_class_init (GroveEventsPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_events_panel_dispose;
  G_OBJECT_CLASS (klass)->finalize = grove_events_panel_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-events-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, GroveEventsPanel, list);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
add_row (GroveEventsPanel *self, guint index)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new ();
  GtkWidget *age = grove_fixed_text_new (AGE_CHARS, 1);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  gtk_widget_add_css_class (age, "caption");
  gtk_widget_add_css_class (age, "dim-label");
  gtk_widget_add_css_class (age, "tnum");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), age);
  gtk_widget_set_visible (row, FALSE);
  gtk_list_box_append (self->list, row);
  self->rows[index] = row;
  self->icons[index] = icon;
  self->ages[index] = age;
}

static void
grove_events_panel_init (GroveEventsPanel *self)
{
  GtkWidget *nothing = gtk_label_new (_ ("Nothing has been logged"));

  self->nothing = GTK_LABEL (nothing);
  gtk_label_set_wrap (self->nothing, TRUE);
  gtk_label_set_justify (self->nothing, GTK_JUSTIFY_CENTER);

  self->slots = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_SHOWN; i++)
    add_row (self, i);
  gtk_widget_add_css_class (nothing, "dim-label");
  gtk_widget_set_margin_top (nothing, 16);
  gtk_widget_set_margin_bottom (nothing, 16);
  gtk_list_box_set_placeholder (self->list, nothing);
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (on_unmap), NULL);
}

void
grove_events_panel_set_session (GroveEventsPanel *self, GroveSession *session)
{
  g_return_if_fail (GROVE_IS_EVENTS_PANEL (self));
  g_return_if_fail (self->session == NULL);
  self->session = g_object_ref (session);
  self->table = grove_rows_new (session, "log", NULL, INTERVAL_MS);
  grove_table_set_viewport (GROVE_TABLE (self->table), 0, N_READ);
  g_signal_connect_swapped (self->table, "items-changed", G_CALLBACK (hold_slots), self);
  g_signal_connect_swapped (self->table, "refilled", G_CALLBACK (show), self);
  g_signal_connect_swapped (self->table, "notify::refusal", G_CALLBACK (on_refusal), self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    on_map (self);
}
