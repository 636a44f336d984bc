/* SPDX-License-Identifier: MIT
 *
 * The colours that painted widgets use.
 */
#include "ui/grove-palette.h"

#include "ui/grove-preferences.h"

#include <adwaita.h>
#include <math.h>

static GrovePalette palette;
static gboolean     palette_valid;

static void
invalidate (void)
{
  palette_valid = FALSE;
}

static void
queue_draw (GtkWidget *widget)
{
  gtk_widget_queue_draw (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    queue_draw (child);
}

/* The toolkit draws anew when the style changes; of our preferences it does not know. */
static void
on_preference_changed (void)
{
  GListModel *windows = gtk_window_get_toplevels ();
  guint       n = g_list_model_get_n_items (windows);

  invalidate ();
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      queue_draw (window);
    }
}

static GdkRGBA
look_up (GtkStyleContext *context, const char *name, const char *fallback)
{
  GdkRGBA colour;

  if (gtk_style_context_lookup_color (context, name, &colour) ||
      gtk_style_context_lookup_color (context, fallback, &colour))
    return colour;
  /* Without any style sheet the text colour is the only one there is. */
  gtk_style_context_get_color (context, &colour);
  return colour;
}

static GroveColour
to_colour (GdkRGBA rgba)
{
  return (GroveColour){ rgba.red, rgba.green, rgba.blue, rgba.alpha };
}

static void
fill_colours (GroveColours *colours, GdkRGBA card, gboolean dark, double strength)
{
  *colours = (GroveColours){
    .accent = to_colour (palette.accent),
    .success = to_colour (palette.success),
    .warning = to_colour (palette.warning),
    .error = to_colour (palette.error),
    .purple = to_colour (palette.purple),
    .orange = to_colour (palette.orange),
    .teal = to_colour (palette.teal),
    .fg = to_colour (palette.fg),
    .window = to_colour (palette.window),
    .view = to_colour (palette.view),
    .popover = to_colour (palette.popover),
    .dark = dark,
  };
  grove_colours_derive (colours, to_colour (card), strength);
}

static void
fill (GtkStyleContext *context, gboolean dark, gboolean high_contrast)
{
  palette.accent = look_up (context, "grove_accent", "accent_bg_color");
  palette.success = look_up (context, "grove_success", "success_bg_color");
  palette.warning = look_up (context, "grove_warning", "warning_bg_color");
  palette.error = look_up (context, "grove_error", "error_bg_color");
  palette.purple = look_up (context, "grove_purple", "purple_3");
  palette.orange = look_up (context, "grove_orange", "orange_3");
  palette.teal = look_up (context, "grove_teal", "success_bg_color");
  palette.fg = look_up (context, "window_fg_color", "theme_fg_color");
  palette.window = look_up (context, "window_bg_color", "theme_bg_color");
  palette.view = look_up (context, "view_bg_color", "theme_base_color");
  palette.popover = look_up (context, "popover_bg_color", "theme_bg_color");
  palette.dark = dark;
  fill_colours (&palette.colours, look_up (context, "card_bg_color", "theme_base_color"), dark,
                high_contrast ? 1.8 : 1.0);
  grove_colours_set_map (&palette.colours,
                         grove_colour_map_from_name (
                           grove_preferences_get_colour_map (grove_preferences_get ())));
  for (guint i = 0; i < GROVE_COLOUR_STEPS; i++)
    palette.steps[i] = grove_rgba_from_colour (palette.colours.steps[i]);
  palette.card = grove_rgba_from_colour (palette.colours.card);
  palette.dim = grove_rgba_from_colour (palette.colours.dim);
  palette.idle = grove_rgba_from_colour (palette.colours.idle);
  palette.track = grove_rgba_from_colour (palette.colours.track);
  palette.grid = grove_rgba_from_colour (palette.colours.grid);
  palette.border = grove_rgba_from_colour (palette.colours.border);
  palette.line = grove_rgba_from_colour (palette.colours.line);
}

const GrovePalette *
grove_palette_get (GtkWidget *widget)
{
  static gboolean  watching;
  AdwStyleManager *manager = adw_style_manager_get_default ();

  if (!watching)
    {
      watching = TRUE;
      g_signal_connect (manager, "notify::dark", G_CALLBACK (invalidate), NULL);
      g_signal_connect (manager, "notify::high-contrast", G_CALLBACK (invalidate), NULL);
      g_signal_connect (grove_preferences_get (), "notify::mailbox-warning",
                        G_CALLBACK (on_preference_changed), NULL);
      g_signal_connect (grove_preferences_get (), "notify::mailbox-alarm",
                        G_CALLBACK (on_preference_changed), NULL);
      g_signal_connect (grove_preferences_get (), "notify::colour-map",
                        G_CALLBACK (on_preference_changed), NULL);
    }
  if (!palette_valid || palette.dark != adw_style_manager_get_dark (manager))
    {
      fill (gtk_widget_get_style_context (widget), adw_style_manager_get_dark (manager),
            adw_style_manager_get_high_contrast (manager));
      palette_valid = TRUE;
    }
  return &palette;
}

const GdkRGBA *
grove_palette_get_mailbox (const GrovePalette *self, gint64 n_messages)
{
  GrovePreferences *preferences = grove_preferences_get ();

  if (n_messages >= grove_preferences_get_mailbox_alarm (preferences))
    return &self->steps[5];
  if (n_messages >= grove_preferences_get_mailbox_warning (preferences))
    return &self->steps[3];
  return &self->steps[1];
}

const GdkRGBA *
grove_palette_get_state (const GrovePalette *self, GroveProcessState state)
{
  switch (state)
    {
    case GROVE_PROCESS_RUNNABLE:
    case GROVE_PROCESS_RUNNING:
      return &self->success;
    case GROVE_PROCESS_SUSPENDED:
      return &self->warning;
    case GROVE_PROCESS_EXITING:
    case GROVE_PROCESS_GONE:
      return &self->error;
    case GROVE_PROCESS_WAITING:
    default:
      return &self->idle;
    }
}

double
grove_palette_get_mailbox_level (gint64 n_messages)
{
  if (n_messages <= 0)
    return 0.0;
  return MIN (log1p ((double) n_messages) / log (65537.0), 1.0);
}

void
grove_snapshot_append_round_rect (GtkSnapshot   *snapshot,
                                  const GdkRGBA *colour,
                                  float          x,
                                  float          y,
                                  float          width,
                                  float          height,
                                  float          radius)
{
  GskRoundedRect rect;

  if (width <= 0 || height <= 0)
    return;
  gsk_rounded_rect_init_from_rect (&rect, &GRAPHENE_RECT_INIT (x, y, width, height),
                                   MIN (radius, MIN (width, height) / 2));
  gtk_snapshot_push_rounded_clip (snapshot, &rect);
  gtk_snapshot_append_color (snapshot, colour, &rect.bounds);
  gtk_snapshot_pop (snapshot);
}
