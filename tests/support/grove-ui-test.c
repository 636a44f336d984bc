/* SPDX-License-Identifier: MIT
 *
 * Waiting, finding and pictures. The hands are in grove-ui-test-input.c.
 */
#include "tests/support/grove-ui-test.h"

#include <string.h>
#ifdef __SANITIZE_ADDRESS__
#  include <link.h>
#  include <sanitizer/lsan_interface.h>
#endif

#define FRAME_TIMEOUT_US  (20 * G_TIME_SPAN_SECOND)
#define EVENTS_TIMEOUT_US (200 * G_TIME_SPAN_MILLISECOND)

/* When a program has more than 2,048 quarks GLib makes their table anew and lets the first go,
 * since others may be reading it. That one was made before main(), with nothing on the stack that a
 * suppression could name. */
#ifdef __SANITIZE_ADDRESS__
/* gcc does not install the header that has these. */
int    __sanitizer_get_ownership (const volatile void *p);
size_t __sanitizer_get_allocated_size (const volatile void *p);

#  define QUARK_BLOCK (2048 * sizeof (char *))

static int
find_quarks (struct dl_phdr_info *info, size_t size, void *user_data)
{
  if (strstr (info->dlpi_name, "libglib-2.0.so") == NULL)
    return 0;
  for (guint i = 0; i < info->dlpi_phnum; i++)
    {
      const ElfW (Phdr) *part = &info->dlpi_phdr[i];
      const char *const **words = (gpointer) (info->dlpi_addr + part->p_vaddr);

      if (part->p_type != PT_LOAD || !(part->p_flags & PF_W))
        continue;
      for (gsize k = 0; k < part->p_memsz / sizeof *words; k++)
        if (__sanitizer_get_ownership (words[k]) &&
            __sanitizer_get_allocated_size (words[k]) == QUARK_BLOCK &&
            words[k][1] == g_quark_to_string (1))
          __lsan_ignore_object (words[k]);
    }
  return 1;
}
#endif

static void
keep_quarks (void)
{
#ifdef __SANITIZE_ADDRESS__
  dl_iterate_phdr (find_quarks, NULL);
#endif
}

void
grove_ui_test_init (int *argc, char ***argv)
{
  keep_quarks ();
  g_test_init (argc, argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE,
                "gtk-overlay-scrolling", FALSE, "gtk-cursor-blink", FALSE, "gtk-font-name",
                "Cantarell 11", NULL);
}

GtkApplication *
grove_ui_test_application_new (void)
{
  GtkApplication *application =
    GTK_APPLICATION (adw_application_new ("org.grove.Test", G_APPLICATION_NON_UNIQUE));
  g_autoptr (GError) error = NULL;

  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  return application;
}

static gboolean
on_heartbeat (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
grove_ui_test_iterate (void)
{
  static guint heartbeat;

  if (heartbeat == 0)
    heartbeat = g_timeout_add (5, on_heartbeat, NULL);
  g_main_context_iteration (NULL, TRUE);
}

/* A picture of each window into the build directory, so that one can see what the test saw. */
static void
save_failure_pictures (void)
{
  GListModel *windows = gtk_window_get_toplevels ();
  guint       n = g_list_model_get_n_items (windows);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
      g_autofree char *program = g_path_get_basename (g_get_prgname ());
      g_autofree char *file = g_strdup_printf ("failure-%s-%u.png", program, i);
      g_autofree char *path = g_test_build_filename (G_TEST_BUILT, file, NULL);

      if (grove_ui_test_save_png (window, path, 1))
        g_test_message ("what was on the screen: %s", path);
    }
}

void
grove_ui_test_timed_out (const char *file, int line, const char *condition, int ms)
{
  g_autofree char *message = g_strdup_printf ("not within %d ms: %s", ms, condition);

  save_failure_pictures ();
  g_assertion_message (G_LOG_DOMAIN, file, line, g_test_get_path (), message);
  g_assert_not_reached ();
}

static void
on_painted (GdkFrameClock *clock, gboolean *painted)
{
  *painted = TRUE;
}

/* A click may close the very window it was made in, and a frame of a window that is gone never
 * comes: so this waits for a frame or for the widget to go from the screen. */
void
grove_ui_test_settle (GtkWidget *widget)
{
  const gint64   started = g_get_monotonic_time ();
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  gboolean       painted = FALSE;
  gulong         handler;

  g_object_ref (widget);
  if (clock != NULL)
    g_object_ref (clock);
  /* What is animated never runs out of events. */
  while (g_main_context_iteration (NULL, FALSE) &&
         g_get_monotonic_time () < started + EVENTS_TIMEOUT_US)
    ;
  if (clock == NULL || !gtk_widget_get_mapped (widget))
    {
      g_clear_object (&clock);
      g_object_unref (widget);
      return;
    }
  handler = g_signal_connect (clock, "after-paint", G_CALLBACK (on_painted), &painted);
  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_FLUSH_EVENTS);
  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
  while (!painted && gtk_widget_get_mapped (widget) &&
         g_get_monotonic_time () < started + FRAME_TIMEOUT_US)
    grove_ui_test_iterate ();
  /* The clock of a window that closed has let go of its handlers. */
  if (g_signal_handler_is_connected (clock, handler))
    g_signal_handler_disconnect (clock, handler);
  g_object_unref (clock);
  g_object_unref (widget);
}

/* ---- Finding --------------------------------------------------------------------------------- */

const char *
grove_ui_test_get_text (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    return gtk_label_get_text (GTK_LABEL (widget));
  if (GTK_IS_INSCRIPTION (widget))
    return gtk_inscription_get_text (GTK_INSCRIPTION (widget));
  if (GTK_IS_BUTTON (widget))
    return gtk_button_get_label (GTK_BUTTON (widget));
  if (GTK_IS_EDITABLE (widget))
    return gtk_editable_get_text (GTK_EDITABLE (widget));
  return NULL;
}

GtkWidget *
grove_ui_test_find_if (GtkWidget *root, GroveUiTestAccept accept, gpointer user_data)
{
  if (gtk_widget_get_mapped (root) && accept (root, user_data))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = grove_ui_test_find_if (child, accept, user_data);

      if (found != NULL)
        return found;
    }
  return NULL;
}

typedef struct
{
  GType       type;
  const char *text;
  const char *css_class;
} Wanted;

static gboolean
accept_wanted (GtkWidget *widget, gpointer user_data)
{
  const Wanted *wanted = user_data;

  return g_type_is_a (G_OBJECT_TYPE (widget), wanted->type) &&
         (wanted->text == NULL || g_strcmp0 (grove_ui_test_get_text (widget), wanted->text) == 0) &&
         (wanted->css_class == NULL || gtk_widget_has_css_class (widget, wanted->css_class));
}

GtkWidget *
grove_ui_test_find (GtkWidget *root, GType type, const char *text, const char *css_class)
{
  Wanted wanted = { type, text, css_class };

  return grove_ui_test_find_if (root, accept_wanted, &wanted);
}

GtkWidget *
grove_ui_test_find_anywhere (GType type, const char *text, const char *css_class)
{
  GListModel *windows = gtk_window_get_toplevels ();
  guint       n = g_list_model_get_n_items (windows);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);
      GtkWidget *found = grove_ui_test_find (window, type, text, css_class);

      if (found != NULL)
        return found;
    }
  return NULL;
}

GtkWindow *
grove_ui_test_find_window (GType type)
{
  return (GtkWindow *) grove_ui_test_find_anywhere (type, NULL, NULL);
}

/* ---- Pictures ---------------------------------------------------------------------------------
 */

typedef struct
{
  GtkWidget     *widget;
  GskRenderNode *node;
} Capture;

/* A widget's paintable is empty while a redraw is pending: the one moment it is sure to be full is
 * right after a frame. */
static void
on_frame_painted (GdkFrameClock *clock, Capture *capture)
{
  g_autoptr (GdkPaintable) paintable = NULL;
  GtkSnapshot *snapshot;

  if (capture->node != NULL)
    return;
  paintable = gtk_widget_paintable_new (capture->widget);
  snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (capture->widget),
                          gtk_widget_get_height (capture->widget));
  capture->node = gtk_snapshot_free_to_node (snapshot);
}

cairo_surface_t *
grove_ui_test_capture (GtkWidget *widget, double scale)
{
  Capture          capture = { widget, NULL };
  gint64           deadline = g_get_monotonic_time () + FRAME_TIMEOUT_US;
  GdkFrameClock   *clock = gtk_widget_get_frame_clock (widget);
  cairo_surface_t *surface;
  cairo_t         *cr;
  gulong           handler;

  if (clock == NULL || !gtk_widget_get_mapped (widget))
    return NULL;
  handler = g_signal_connect_after (clock, "after-paint", G_CALLBACK (on_frame_painted), &capture);
  gtk_widget_queue_draw (widget);
  while (capture.node == NULL && g_get_monotonic_time () < deadline)
    grove_ui_test_iterate ();
  g_signal_handler_disconnect (clock, handler);
  if (capture.node == NULL)
    return NULL;

  surface =
    cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) (gtk_widget_get_width (widget) * scale),
                                (int) (gtk_widget_get_height (widget) * scale));
  cairo_surface_set_device_scale (surface, scale, scale);
  cr = cairo_create (surface);
  gsk_render_node_draw (capture.node, cr);
  cairo_destroy (cr);
  gsk_render_node_unref (capture.node);
  return surface;
}

gboolean
grove_ui_test_save_png (GtkWidget *widget, const char *path, double scale)
{
  cairo_surface_t *surface = grove_ui_test_capture (widget, scale);
  gboolean         saved;

  if (surface == NULL)
    return FALSE;
  saved = cairo_surface_write_to_png (surface, path) == CAIRO_STATUS_SUCCESS;
  cairo_surface_destroy (surface);
  return saved;
}

double
grove_ui_test_difference (cairo_surface_t *a, cairo_surface_t *b, guint tolerance)
{
  int    width = cairo_image_surface_get_width (a);
  int    height = cairo_image_surface_get_height (a);
  gint64 n_different = 0;

  if (width != cairo_image_surface_get_width (b) || height != cairo_image_surface_get_height (b))
    return 1;
  cairo_surface_flush (a);
  cairo_surface_flush (b);
  for (int y = 0; y < height; y++)
    {
      const guint8 *p =
        cairo_image_surface_get_data (a) + (gsize) y * cairo_image_surface_get_stride (a);
      const guint8 *q =
        cairo_image_surface_get_data (b) + (gsize) y * cairo_image_surface_get_stride (b);

      for (int x = 0; x < width; x++)
        for (int channel = 0; channel < 4; channel++)
          if ((guint) ABS (p[4 * x + channel] - q[4 * x + channel]) > tolerance)
            {
              n_different++;
              break;
            }
    }
  return (double) n_different / ((double) width * height);
}
