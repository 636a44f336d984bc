/* SPDX-License-Identifier: MIT
 *
 * GroveScreenshot: pictures of each view with live data. A GtkWidgetPaintable is empty while a
 * redraw is pending, so each is taken in the frame clock's "after-paint", from the nodes just
 * painted.
 */
#include "ui/grove-screenshot.h"

#include "ui/grove-process-view.h"
#include "ui/grove-window.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdio.h>

#define TIMEOUT_S 30
#define POLL_MS   100
/* A view stays this long once it is filled, and a scheme once it is set, so that charts have begun
 * and nothing moves any more. */
#define SETTLE_MS        1500
#define SCHEME_SETTLE_MS 400
/* Samples (two a second) before the first picture: charts with a history, not with two points. */
#define MIN_SAMPLES 28

typedef struct
{
  const char *name; /* of the file */
  const char *view;
  gboolean    tree, inspector;
} Shot;

static const Shot shots[] = {
  /* First, so that the rows have some of their history to show while samples are awaited. */
  { "processes", "processes", FALSE, FALSE },     { "overview", "overview", FALSE, FALSE },
  { "supervision", "supervision", FALSE, FALSE }, { "processes-tree", "processes", TRUE, FALSE },
  { "mailboxes", "mailboxes", FALSE, FALSE },     { "activity", "activity", FALSE, FALSE },
  { "inspector", "processes", FALSE, TRUE },
};

struct _GroveScreenshot
{
  GObject         parent_instance;
  GtkApplication *application;
  GroveWindow    *window;
  char           *folder;
  int             width, height;
  gboolean        light, dark;
  guint           shot;
  gboolean        taking_dark;
  gint64          started_us, settled_us; /* 0: not filled yet */
  guint           poll_source;
  gulong          paint_handler;
};

enum
{
  FINISHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveScreenshot, grove_screenshot, G_TYPE_OBJECT)

gboolean
grove_screenshot_save_widget (GtkWidget *widget, const char *path, GError **error)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  int          width = gtk_widget_get_width (widget);
  int          height = gtk_widget_get_height (widget);
  g_autoptr (GskRenderNode) node = NULL;
  cairo_surface_t *surface;
  cairo_status_t   status;
  cairo_t         *cr;

  gdk_paintable_snapshot (GDK_PAINTABLE (paintable), snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("nothing is painted yet"));
      return FALSE;
    }
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cr = cairo_create (surface);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  status = cairo_surface_write_to_png (surface, path);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("cannot write %s: %s"), path,
               cairo_status_to_string (status));
  return FALSE;
}

static void
finish (GroveScreenshot *self, gboolean success)
{
  g_clear_handle_id (&self->poll_source, g_source_remove);
  if (self->paint_handler != 0)
    g_clear_signal_handler (&self->paint_handler,
                            gtk_widget_get_frame_clock (GTK_WIDGET (self->window)));
  g_signal_emit (self, signals[FINISHED], 0, success);
}

static void
set_scheme (gboolean dark)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                           : ADW_COLOR_SCHEME_FORCE_LIGHT);
}

/* The inspector's picture needs something to inspect: what stands first in the table. */
static void
select_first (GroveScreenshot *self)
{
  GroveProcessView  *view = GROVE_PROCESS_VIEW (grove_window_get_view (self->window, "processes"));
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (grove_process_view_get_selection (view));

  if (grove_session_get_selected (grove_window_get_session (self->window)) == NULL)
    gtk_selection_model_select_item (selection, 0, TRUE);
}

static void
show_shot (GroveScreenshot *self)
{
  const Shot *shot = &shots[self->shot];

  grove_window_show_view (self->window, shot->view);
  grove_window_set_inspector_visible (self->window, shot->inspector);
  if (g_str_equal (shot->view, "processes"))
    grove_process_view_set_shape (GROVE_PROCESS_VIEW (
                                    grove_window_get_view (self->window, "processes")),
                                  shot->tree ? GROVE_SHAPE_TREE : GROVE_SHAPE_FLAT);
  self->taking_dark = !self->light;
  set_scheme (self->taking_dark);
  self->started_us = g_get_monotonic_time ();
  self->settled_us = 0;
}

static void
on_after_paint (GdkFrameClock *clock, GroveScreenshot *self)
{
  g_autofree char *name =
    g_strdup_printf ("%s-%s.png", shots[self->shot].name, self->taking_dark ? "dark" : "light");
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_clear_signal_handler (&self->paint_handler, clock);
  if (!grove_screenshot_save_widget (GTK_WIDGET (self->window), path, &error))
    {
      fprintf (stderr, "grove-observer: %s\n", error->message);
      finish (self, FALSE);
      return;
    }
  printf ("%s\n", path);
  fflush (stdout);
  if (!self->taking_dark && self->dark)
    {
      self->taking_dark = TRUE;
      set_scheme (TRUE);
      self->settled_us = g_get_monotonic_time () + (SCHEME_SETTLE_MS - SETTLE_MS) * 1000;
    }
  else if (++self->shot < G_N_ELEMENTS (shots))
    show_shot (self);
  else
    finish (self, TRUE);
}

static gboolean
is_ready (GroveScreenshot *self)
{
  const Shot   *shot = &shots[self->shot];
  GroveSession *session = grove_window_get_session (self->window);

  if (grove_session_get_state (session) != GROVE_SESSION_LIVE ||
      grove_series_get_n (grove_session_get_series (session, GROVE_METRIC_PROCESSES)) <
        MIN_SAMPLES ||
      !grove_window_is_filled (self->window, shot->view))
    return FALSE;
  if (!shot->inspector)
    return TRUE;
  select_first (self);
  return grove_window_is_filled (self->window, "inspector");
}

static void
complain (GroveScreenshot *self)
{
  GroveSession    *session = grove_window_get_session (self->window);
  g_autofree char *title = NULL;

  g_object_get (session, "error-title", &title, NULL);
  if (title != NULL)
    fprintf (stderr, "grove-observer: no pictures: %s\n", title);
  else
    fprintf (stderr,
             "grove-observer: no pictures: nothing to see in the view %s after %d seconds\n",
             shots[self->shot].name, TIMEOUT_S);
}

static gboolean
on_poll (gpointer user_data)
{
  GroveScreenshot *self = user_data;
  gint64           now = g_get_monotonic_time ();

  if (self->paint_handler != 0)
    return G_SOURCE_CONTINUE;
  if (self->settled_us == 0 && is_ready (self))
    self->settled_us = now;
  if (self->settled_us != 0 && now - self->settled_us >= SETTLE_MS * 1000)
    {
      self->paint_handler =
        g_signal_connect_after (gtk_widget_get_frame_clock (GTK_WIDGET (self->window)),
                                "after-paint", G_CALLBACK (on_after_paint), self);
      gtk_widget_queue_draw (GTK_WIDGET (self->window));
    }
  else if (now - self->started_us > TIMEOUT_S * G_USEC_PER_SEC)
    {
      complain (self);
      self->poll_source = 0;
      finish (self, FALSE);
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

static void
grove_screenshot_finalize (GObject *object)
{
  GroveScreenshot *self = GROVE_SCREENSHOT (object);

  g_clear_handle_id (&self->poll_source, g_source_remove);
  g_free (self->folder);
  G_OBJECT_CLASS (grove_screenshot_parent_class)->finalize (object);
}

static void
grove_screenshot_class_init (GroveScreenshotClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grove_screenshot_finalize;
  signals[FINISHED] = g_signal_new ("finished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
}

static void
grove_screenshot_init (GroveScreenshot *self)
{
  self->light = self->dark = TRUE;
}

GroveScreenshot *
grove_screenshot_new (GtkApplication *application, const char *folder, int width, int height)
{
  GroveScreenshot *self = g_object_new (GROVE_TYPE_SCREENSHOT, NULL);

  self->application = application;
  self->folder = g_strdup (folder);
  self->width = width;
  self->height = height;
  return self;
}

void
grove_screenshot_set_schemes (GroveScreenshot *self, gboolean light, gboolean dark)
{
  g_return_if_fail (GROVE_IS_SCREENSHOT (self));
  g_return_if_fail (light || dark);
  self->light = light;
  self->dark = dark;
}

void
grove_screenshot_start (GroveScreenshot *self, const char *target)
{
  GtkSettings *settings = gtk_settings_get_default ();

  g_return_if_fail (GROVE_IS_SCREENSHOT (self));
  g_object_set (settings, "gtk-enable-animations", FALSE, "gtk-cursor-blink", FALSE, NULL);
  self->window = GROVE_WINDOW (grove_window_new (self->application));
  gtk_window_unmaximize (GTK_WINDOW (self->window));
  gtk_window_set_default_size (GTK_WINDOW (self->window), self->width, self->height);
  gtk_window_present (GTK_WINDOW (self->window));
  if (g_mkdir_with_parents (self->folder, 0755) != 0)
    {
      fprintf (stderr, "grove-observer: cannot make the folder %s\n", self->folder);
      finish (self, FALSE);
      return;
    }
  /* Pictures show what is there, not what was looked for last. */
  grove_session_set_filter (grove_window_get_session (self->window), "");
  grove_window_open (self->window, target);
  show_shot (self);
  self->poll_source = g_timeout_add (POLL_MS, on_poll, self);
}
