/* SPDX-License-Identifier: MIT
 *
 * GroveFinder: a field and a list. Processes are found by the system itself, which may have a
 * million; they come a moment later and are sorted in among the rest. The keyboard stays in the
 * field: arrows move in the list, Enter does what is selected.
 */
#include "ui/grove-finder.h"

#include "observer/grove-format.h"
#include "observer/grove-process-table.h"
#include "observer/grove-rows.h"
#include "ui/grove-finder-item.h"

#include <glib/gi18n.h>

#define WIDTH           600
#define MARGIN          24
#define INTERVAL_MS     500
#define MAX_PROCESSES   12
#define MAX_APPS        6
#define MAX_ROWS        60
#define MAX_TYPED       200 /* bytes */
#define PAGE            8
#define MIN_SCORE_WORDS 1

struct _GroveFinder
{
  GtkPopover         parent_instance;
  GroveSession      *session;
  GroveProcessTable *table;
  GroveRows         *applications;
  GroveFinderCollect collect;
  gpointer           user_data;

  GtkWidget         *box;
  GtkEditable       *entry;
  GtkScrolledWindow *scroller;
  GtkListBox        *list;
  GtkLabel          *note;

  GPtrArray *commands; /* of the time it was opened */
  GPtrArray *slots;    /* GroveProcessItem, GroveRow: held so that the tables keep them */
  GPtrArray *shown;    /* GroveFinderItem, one a row, in their order */
  gboolean   moved;    /* the selection was moved by hand */
  GtkWidget *focus;    /* weak: where it was */
  guint      update_source;
};

G_DEFINE_FINAL_TYPE (GroveFinder, grove_finder, GTK_TYPE_POPOVER)

typedef struct
{
  GroveFinderItem *item;
  guint            score;
} Found;

/* ---- What is found ------------------------------------------------------------------------------
 */

static const char *
get_typed (GroveFinder *self)
{
  return gtk_editable_get_text (self->entry);
}

/* As a typed filter: each word as it stands, whatever is in it. NULL: there are none. */
static char *
dup_filter (GroveFinder *self)
{
  g_auto (GStrv) words = g_strsplit_set (get_typed (self), " \t", -1);
  GString *filter = g_string_new (NULL);

  for (char **word = words; *word != NULL && filter->len < MAX_TYPED; word++)
    {
      if (**word == '\0')
        continue;
      g_string_append (filter, filter->len > 0 ? " \"" : "\"");
      for (const char *at = *word; *at != '\0'; at++)
        {
          if (*at == '"' || *at == '\\')
            g_string_append_c (filter, '\\');
          g_string_append_c (filter, *at);
        }
      g_string_append_c (filter, '"');
    }
  return g_string_free (filter, filter->len == 0);
}

static GroveFinderItem *
new_process_item (const GroveProcessRow *row)
{
  const char      *title = row->name[0] != '\0' ? row->name : row->initial;
  g_autofree char *messages = grove_format_plural (row->messages, "message", "messages");
  GroveFinderItem *item =
    grove_finder_item_new (GROVE_FINDER_PROCESS, title[0] != '\0' ? title : row->pid,
                           "grove-processes-symbolic", "win.show-process",
                           g_variant_new_string (row->pid));

  item->detail = g_strdup_printf ("%s · %s · %s", row->pid,
                                  grove_process_state_get_label (row->state), messages);
  return item;
}

static void
add_processes (GroveFinder *self, GArray *found)
{
  guint n = MIN (g_list_model_get_n_items (G_LIST_MODEL (self->table)), MAX_PROCESSES);

  for (guint i = 0; i < n; i++)
    {
      GroveProcessItem      *slot = g_list_model_get_item (G_LIST_MODEL (self->table), i);
      const GroveProcessRow *row = grove_process_item_get_row (slot);
      Found                  one;

      g_ptr_array_add (self->slots, slot);
      if (row == NULL)
        continue;
      one.item = new_process_item (row);
      one.score = grove_finder_item_match (one.item, get_typed (self));
      /* The system looks beside the name too, at what is not shown here. */
      one.score = MAX (one.score, MIN_SCORE_WORDS);
      g_array_append_val (found, one);
    }
}

/* To its tree; a library has none, and what does not run is there to be started. */
static GroveFinderItem *
new_application_item (GroveRow *row)
{
  const char    *name = grove_row_get_text (row, "name");
  const char    *pid = grove_row_get_text (row, "pid"), *top = grove_row_get_text (row, "top");
  const char    *status = grove_row_get_text (row, "status");
  const char    *said = grove_row_translate_word ("status", status);
  const gboolean loaded = g_str_equal (status, "loaded");
  const char    *action = loaded           ? "win.start-application"
                          : pid[0] == '\0' ? "win.show-activity"
                                           : "win.show-process";
  const char *target = loaded ? name : pid[0] == '\0' ? "applications" : top[0] != '\0' ? top : pid;
  g_autofree char *title = loaded ? g_strdup_printf (_ ("Start %s…"), name) : g_strdup (name);
  g_autofree char *processes =
    grove_format_plural (grove_row_get_int (row, "processes"), "process", "processes");
  GroveFinderItem *item =
    grove_finder_item_new (GROVE_FINDER_APPLICATION, title, "grove-supervision-symbolic", action,
                           g_variant_new_string (target));

  if (pid[0] == '\0')
    item->detail = g_strdup (said != NULL ? said : status);
  else
    item->detail = g_strdup_printf ("%s · %s · %s", pid, said != NULL ? said : status, processes);
  return item;
}

static void
add_applications (GroveFinder *self, GArray *found)
{
  guint n = MIN (g_list_model_get_n_items (G_LIST_MODEL (self->applications)), MAX_APPS);

  for (guint i = 0; i < n; i++)
    {
      GroveRow *row = g_list_model_get_item (G_LIST_MODEL (self->applications), i);
      Found     one;

      g_ptr_array_add (self->slots, row);
      if (grove_row_get_key (row) == NULL)
        continue;
      one.item = new_application_item (row);
      one.score = MAX (grove_finder_item_match (one.item, get_typed (self)), MIN_SCORE_WORDS);
      g_array_append_val (found, one);
    }
}

static GroveFinderItem *
copy_item (const GroveFinderItem *item)
{
  GroveFinderItem *copy =
    grove_finder_item_new (item->kind, item->title, item->icon, item->action, item->target);

  copy->detail = g_strdup (item->detail);
  copy->accel = g_strdup (item->accel);
  copy->reason = g_strdup (item->reason);
  copy->is_set = item->is_set;
  return copy;
}

static void
add_commands (GroveFinder *self, GArray *found)
{
  const char *typed = get_typed (self);
  gboolean    any = typed[strspn (typed, " \t")] != '\0';

  for (guint i = 0; i < self->commands->len; i++)
    {
      const GroveFinderItem *item = g_ptr_array_index (self->commands, i);
      Found                  one = { NULL, any ? grove_finder_item_match (item, typed) : 1 };

      /* Nothing typed: what can be done now, and no preferences. */
      if (one.score == 0 || (!any && (item->reason != NULL || item->kind == GROVE_FINDER_SETTING)))
        continue;
      one.item = copy_item (item);
      g_array_append_val (found, one);
    }
}

static int
compare_found (gconstpointer a, gconstpointer b)
{
  const Found *x = a, *y = b;

  /* What cannot be done now stands last. */
  if ((x->item->reason != NULL) != (y->item->reason != NULL))
    return x->item->reason != NULL ? 1 : -1;
  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  if (x->item->kind != y->item->kind)
    return (int) x->item->kind - (int) y->item->kind;
  return 0;
}

/* ---- Rows ---------------------------------------------------------------------------------------
 */

static GtkWidget *
new_label (const char *text, float xalign, gboolean dim)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (dim)
    {
      gtk_widget_add_css_class (label, "caption");
      gtk_widget_add_css_class (label, "dim-label");
    }
  return label;
}

static GtkWidget *
new_row (const GroveFinderItem *item)
{
  GtkWidget  *row = gtk_list_box_row_new ();
  GtkWidget  *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget  *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
  const char *detail = item->reason != NULL ? item->reason : item->detail;
  const char *kind = grove_finder_kind_get_label (item->kind);

  gtk_widget_set_hexpand (texts, TRUE);
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (
                                   item->is_set ? "object-select-symbolic" : item->icon));
  gtk_box_append (GTK_BOX (texts), new_label (item->title, 0, FALSE));
  if (detail != NULL)
    gtk_box_append (GTK_BOX (texts), new_label (detail, 0, TRUE));
  gtk_box_append (GTK_BOX (box), texts);
  if (item->accel != NULL)
    {
      GtkWidget *accel = new_label (item->accel, 1, TRUE);

      gtk_widget_add_css_class (accel, "accel");
      gtk_widget_set_valign (accel, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (box), accel);
    }
  gtk_box_append (GTK_BOX (box), new_label (kind, 1, TRUE));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_sensitive (row, item->reason == NULL);
  if (item->reason != NULL)
    gtk_widget_set_tooltip_text (row, item->reason);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, item->title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  detail != NULL ? detail : kind, -1);
  return row;
}

static GtkListBoxRow *
get_row (GroveFinder *self, int index)
{
  return gtk_list_box_get_row_at_index (self->list, index);
}

static const GroveFinderItem *
get_selected (GroveFinder *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);
  int            index = row != NULL ? gtk_list_box_row_get_index (row) : -1;

  return index >= 0 && (guint) index < self->shown->len
           ? g_ptr_array_index (self->shown, (guint) index)
           : NULL;
}

/* Selects without taking the keyboard out of the field, and scrolls there. */
static void
select_row (GroveFinder *self, int index)
{
  GtkListBoxRow  *row = get_row (self, index);
  GtkAdjustment  *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  graphene_rect_t bounds;

  gtk_list_box_select_row (self->list, row);
  if (row == NULL ||
      !gtk_widget_compute_bounds (GTK_WIDGET (row), GTK_WIDGET (self->list), &bounds))
    return;
  gtk_adjustment_clamp_page (adjustment, bounds.origin.y, bounds.origin.y + bounds.size.height);
}

/* The first from @index on, in steps of @step, that can be done; -1. */
static int
find_sensitive (GroveFinder *self, int index, int step)
{
  for (; index >= 0 && (guint) index < self->shown->len; index += step)
    if (((GroveFinderItem *) g_ptr_array_index (self->shown, (guint) index))->reason == NULL)
      return index;
  return -1;
}

static gboolean
is_shown (GroveFinder *self, const GArray *found)
{
  if (found->len != self->shown->len)
    return FALSE;
  for (guint i = 0; i < found->len; i++)
    if (!grove_finder_item_equal (g_array_index (found, Found, i).item,
                                  g_ptr_array_index (self->shown, i)))
      return FALSE;
  return TRUE;
}

static int
find_item (GroveFinder *self, const GroveFinderItem *item)
{
  for (guint i = 0; item != NULL && i < self->shown->len; i++)
    {
      const GroveFinderItem *other = g_ptr_array_index (self->shown, i);

      if (other->kind == item->kind && g_str_equal (other->action, item->action) &&
          (other->target == item->target || (other->target != NULL && item->target != NULL &&
                                             g_variant_equal (other->target, item->target))))
        return (int) i;
    }
  return -1;
}

static void
show_note (GroveFinder *self)
{
  const char *text = NULL;
  const char *refusal = grove_table_get_refusal (GROVE_TABLE (self->table));
  gboolean    loading = FALSE;

  g_object_get (self->table, "loading", &loading, NULL);
  if (grove_session_get_state (self->session) == GROVE_SESSION_LIVE &&
      grove_session_get_paused (self->session) && get_typed (self)[0] != '\0')
    text = _ ("The views are held still: processes are found when they go on (Ctrl+P).");
  else if (refusal != NULL && get_typed (self)[0] != '\0')
    text = refusal;
  else if (self->shown->len == 0)
    text = loading && grove_session_get_state (self->session) == GROVE_SESSION_LIVE
             ? _ ("Searching…")
             : _ ("Nothing is called that.");
  gtk_widget_set_visible (GTK_WIDGET (self->note), text != NULL);
  gtk_label_set_text (self->note, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->scroller), self->shown->len > 0);
}

/* Takes the items. */
static void
show_found (GroveFinder *self, GArray *found)
{
  GtkListBoxRow *row;
  g_autoptr (GPtrArray) before = g_steal_pointer (&self->shown);
  const GroveFinderItem *selected;
  int                    index = -1;

  self->shown = before;
  selected = self->moved ? get_selected (self) : NULL;
  self->shown = g_ptr_array_new_with_free_func ((GDestroyNotify) grove_finder_item_free);
  while ((row = get_row (self, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < found->len; i++)
    {
      GroveFinderItem *item = g_array_index (found, Found, i).item;

      g_ptr_array_add (self->shown, item);
      gtk_list_box_append (self->list, new_row (item));
    }
  if (selected != NULL)
    index = find_item (self, selected);
  select_row (self, index >= 0 ? index : find_sensitive (self, 0, 1));
}

static void
update (GroveFinder *self)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (Found));

  if (self->commands == NULL)
    return;
  add_commands (self, found);
  if (get_typed (self)[0] != '\0' && grove_session_get_state (self->session) == GROVE_SESSION_LIVE)
    {
      g_ptr_array_set_size (self->slots, 0);
      add_processes (self, found);
      add_applications (self, found);
    }
  g_array_sort (found, compare_found);
  for (guint i = MAX_ROWS; i < found->len; i++)
    grove_finder_item_free (g_array_index (found, Found, i).item);
  if (found->len > MAX_ROWS)
    g_array_set_size (found, MAX_ROWS);
  if (is_shown (self, found))
    for (guint i = 0; i < found->len; i++)
      grove_finder_item_free (g_array_index (found, Found, i).item);
  else
    show_found (self, found);
  show_note (self);
  /* As tall as what it shows: by itself it only grows. */
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_popover_present (GTK_POPOVER (self));
}

static gboolean
update_when_idle (gpointer user_data)
{
  GroveFinder *self = user_data;

  self->update_source = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
on_table_changed (GroveFinder *self)
{
  if (self->update_source == 0 && self->commands != NULL)
    self->update_source = g_idle_add (update_when_idle, self);
}

static void
set_active (GroveFinder *self, gboolean active)
{
  grove_process_table_set_active (self->table, active);
  grove_table_set_active (GROVE_TABLE (self->applications), active);
}

static void
on_typed (GroveFinder *self)
{
  g_autofree char *filter = dup_filter (self);

  if (self->commands == NULL)
    return;
  self->moved = FALSE;
  if (filter != NULL)
    {
      grove_process_table_set_filter (self->table, filter);
      grove_table_set_filter (GROVE_TABLE (self->applications), filter);
    }
  set_active (self, filter != NULL);
  update (self);
}

/* ---- Choosing -----------------------------------------------------------------------------------
 */

typedef struct
{
  GtkWidget *window; /* weak */
  char      *action;
  GVariant  *target;
} Choice;

/* After the popover has gone and the focus is back: what is chosen may take it. */
static gboolean
do_choice (gpointer user_data)
{
  Choice *choice = user_data;

  if (choice->window != NULL)
    gtk_widget_activate_action_variant (choice->window, choice->action, choice->target);
  return G_SOURCE_REMOVE;
}

static void
choice_free (gpointer user_data)
{
  Choice *choice = user_data;

  g_clear_weak_pointer (&choice->window);
  g_free (choice->action);
  g_clear_pointer (&choice->target, g_variant_unref);
  g_free (choice);
}

static void
choose (GroveFinder *self, const GroveFinderItem *item)
{
  Choice *choice;

  if (item == NULL || item->reason != NULL)
    return;
  choice = g_new0 (Choice, 1);
  g_set_weak_pointer (&choice->window, GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self))));
  choice->action = g_strdup (item->action);
  choice->target = item->target != NULL ? g_variant_ref (item->target) : NULL;
  gtk_popover_popdown (GTK_POPOVER (self));
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, do_choice, choice, choice_free);
}

static void
on_activate (GroveFinder *self)
{
  choose (self, get_selected (self));
}

static void
on_row_activated (GroveFinder *self, GtkListBoxRow *row)
{
  choose (self, g_ptr_array_index (self->shown, (guint) gtk_list_box_row_get_index (row)));
}

static gboolean
on_key (GroveFinder *self, guint key, guint code, GdkModifierType modifiers)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);
  int            index = row != NULL ? gtk_list_box_row_get_index (row) : -1;
  int            last = (int) self->shown->len - 1;
  int            to;

  switch (key)
    {
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      to = find_sensitive (self, index + 1, 1);
      break;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      to = find_sensitive (self, index - 1, -1);
      break;
    case GDK_KEY_Page_Down:
      to = find_sensitive (self, MIN (index + PAGE, last), -1);
      break;
    case GDK_KEY_Page_Up:
      to = find_sensitive (self, MAX (index - PAGE, 0), 1);
      break;
    default:
      return GDK_EVENT_PROPAGATE;
    }
  if (to >= 0)
    {
      self->moved = TRUE;
      select_row (self, to);
    }
  return GDK_EVENT_STOP;
}

/* ---- The object ---------------------------------------------------------------------------------
 */

void
grove_finder_open (GroveFinder *self, int below)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  GtkRoot   *root = gtk_widget_get_root (parent);
  int        width = gtk_widget_get_width (parent);

  g_return_if_fail (GROVE_IS_FINDER (self));
  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    return;
  g_clear_weak_pointer (&self->focus);
  if (root != NULL)
    g_set_weak_pointer (&self->focus, gtk_root_get_focus (root));
  g_clear_pointer (&self->commands, g_ptr_array_unref);
  self->commands = self->collect (self->user_data);
  self->moved = FALSE;
  gtk_widget_set_size_request (self->box, MAX (MIN (WIDTH, width - 2 * MARGIN), 1), -1);
  gtk_popover_set_pointing_to (GTK_POPOVER (self), &(GdkRectangle){ width / 2, below, 1, 1 });
  gtk_editable_set_text (self->entry, "");
  update (self);
  gtk_popover_popup (GTK_POPOVER (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
on_closed (GroveFinder *self)
{
  set_active (self, FALSE);
  g_ptr_array_set_size (self->slots, 0);
  g_clear_handle_id (&self->update_source, g_source_remove);
  g_clear_pointer (&self->commands, g_ptr_array_unref);
  if (self->focus != NULL && gtk_widget_get_root (self->focus) != NULL)
    gtk_widget_grab_focus (self->focus);
  g_clear_weak_pointer (&self->focus);
}

static void
grove_finder_dispose (GObject *object)
{
  GroveFinder *self = GROVE_FINDER (object);

  g_clear_handle_id (&self->update_source, g_source_remove);
  if (self->table != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->table, self);
      g_signal_handlers_disconnect_by_data (self->applications, self);
    }
  g_clear_weak_pointer (&self->focus);
  g_clear_pointer (&self->commands, g_ptr_array_unref);
  g_clear_pointer (&self->slots, g_ptr_array_unref);
  g_clear_object (&self->table);
  g_clear_object (&self->applications);
  gtk_widget_dispose_template (GTK_WIDGET (self), GROVE_TYPE_FINDER);
  G_OBJECT_CLASS (grove_finder_parent_class)->dispose (object);
  g_clear_pointer (&self->shown, g_ptr_array_unref);
  g_clear_object (&self->session);
}

static void
grove_finder_class_init (GroveFinderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = grove_finder_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/grove/Observer/grove-finder.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, GroveFinder, child)
  BIND (box);
  BIND (entry);
  BIND (scroller);
  BIND (list);
  BIND (note);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_typed);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, gtk_popover_popdown);
}

static void
grove_finder_init (GroveFinder *self)
{
  GtkEventController *keys;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->slots = g_ptr_array_new_with_free_func (g_object_unref);
  self->shown = g_ptr_array_new_with_free_func ((GDestroyNotify) grove_finder_item_free);
  keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect (self, "closed", G_CALLBACK (on_closed), NULL);
}

GtkWidget *
grove_finder_new (GroveSession *session, GroveFinderCollect collect, gpointer user_data)
{
  GroveFinder *self = g_object_new (GROVE_TYPE_FINDER, NULL);

  self->session = g_object_ref (session);
  self->collect = collect;
  self->user_data = user_data;
  self->table = grove_process_table_new (session, INTERVAL_MS);
  grove_process_table_set_sort (self->table, "messages", TRUE);
  grove_process_table_set_viewport (self->table, 0, MAX_PROCESSES);
  g_signal_connect_swapped (self->table, "refilled", G_CALLBACK (on_table_changed), self);
  g_signal_connect_swapped (self->table, "items-changed", G_CALLBACK (on_table_changed), self);
  g_signal_connect_swapped (self->table, "notify::refusal", G_CALLBACK (show_note), self);
  self->applications = grove_rows_new (session, "applications", NULL, INTERVAL_MS);
  grove_table_set_viewport (GROVE_TABLE (self->applications), 0, MAX_APPS);
  g_signal_connect_swapped (self->applications, "refilled", G_CALLBACK (on_table_changed), self);
  g_signal_connect_swapped (self->applications, "items-changed", G_CALLBACK (on_table_changed),
                            self);
  return GTK_WIDGET (self);
}
