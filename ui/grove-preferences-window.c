/* SPDX-License-Identifier: MIT
 *
 * GrovePreferencesWindow: rows bound to preferences. A row of choices knows a value for each; a
 * value that is none of them (somebody set it with another program) shows as the nearest and is
 * left alone.
 */
#include "ui/grove-preferences-window.h"

#include "ui/grove-preferences.h"

#define MAX_CHOICES 8

typedef struct
{
  const char *property;
  const char *words[MAX_CHOICES];   /* in the order of the row; NULL: numbers */
  guint       numbers[MAX_CHOICES]; /* rising, 0 ends */
} Choice;

enum
{
  STYLE,
  COLOURS,
  RATE,
  TERMS,
  UNITS,
  CONFIRM,
  N_CHOICES
};

static const Choice choices[N_CHOICES] = {
  [STYLE] = { "style", .words = { "follow", "light", "dark" } },
  [COLOURS] = { "colour-map", .words = { "standard", "colour-blind" } },
  [RATE] = { "update-interval-ms", .numbers = { 100, 200, 500, 1000, 2000, 5000, 10000 } },
  [TERMS] = { "term-syntax", .words = { "system", "erlang", "elixir" } },
  [UNITS] = { "units", .words = { "iec", "si" } },
  [CONFIRM] = { "confirm", .words = { "risky", "always", "never" } },
};

struct _GrovePreferencesWindow
{
  AdwPreferencesWindow parent_instance;
  AdwComboRow         *style_row, *colours_row, *rate_row, *terms_row, *units_row, *confirm_row;
  GtkSpinButton       *warning_spin, *alarm_spin;
};

G_DEFINE_FINAL_TYPE (GrovePreferencesWindow, grove_preferences_window, ADW_TYPE_PREFERENCES_WINDOW)

static gboolean
to_position (GBinding *binding, const GValue *value, GValue *position, gpointer user_data)
{
  const Choice *choice = user_data;
  guint         nearest = 0;

  for (guint i = 0; choice->words[0] != NULL && i < MAX_CHOICES; i++)
    if (g_strcmp0 (choice->words[i], g_value_get_string (value)) == 0)
      nearest = i;
  for (guint i = 0; choice->words[0] == NULL && i < MAX_CHOICES; i++)
    if (choice->numbers[i] != 0 && choice->numbers[i] <= g_value_get_uint (value))
      nearest = i;
  g_value_set_uint (position, nearest);
  return TRUE;
}

static gboolean
from_position (GBinding *binding, const GValue *position, GValue *value, gpointer user_data)
{
  const Choice *choice = user_data;
  guint         i = g_value_get_uint (position);

  if (i >= MAX_CHOICES)
    return FALSE;
  if (choice->words[0] != NULL)
    g_value_set_string (value, choice->words[i]);
  else
    g_value_set_uint (value, choice->numbers[i]);
  return TRUE;
}

static void
on_reset_clicked (GrovePreferencesWindow *self)
{
  grove_preferences_reset (grove_preferences_get ());
}

static void
grove_preferences_window_class_init (GrovePreferencesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/grove/Observer/"
                                                             "grove-preferences-window.ui");
#define BIND(child)                                                                                \
  gtk_widget_class_bind_template_child (widget_class, GrovePreferencesWindow, child)
  BIND (style_row);
  BIND (colours_row);
  BIND (rate_row);
  BIND (terms_row);
  BIND (units_row);
  BIND (confirm_row);
  BIND (warning_spin);
  BIND (alarm_spin);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_reset_clicked);
}

static void
grove_preferences_window_init (GrovePreferencesWindow *self)
{
  GrovePreferences *preferences = grove_preferences_get ();
  AdwComboRow      *rows[N_CHOICES];

  gtk_widget_init_template (GTK_WIDGET (self));
  rows[STYLE] = self->style_row;
  rows[COLOURS] = self->colours_row;
  rows[RATE] = self->rate_row;
  rows[TERMS] = self->terms_row;
  rows[UNITS] = self->units_row;
  rows[CONFIRM] = self->confirm_row;
  for (guint i = 0; i < N_CHOICES; i++)
    g_object_bind_property_full (preferences, choices[i].property, rows[i], "selected",
                                 G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL, to_position,
                                 from_position, (gpointer) &choices[i], NULL);
  g_object_bind_property (preferences, "mailbox-warning", self->warning_spin, "value",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  g_object_bind_property (preferences, "mailbox-alarm", self->alarm_spin, "value",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}

GtkWindow *
grove_preferences_window_new (GtkWindow *parent)
{
  return g_object_new (GROVE_TYPE_PREFERENCES_WINDOW, "transient-for", parent, NULL);
}
