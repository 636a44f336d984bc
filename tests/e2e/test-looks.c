/* SPDX-License-Identifier: MIT
 *
 * That what the window shows can be read and reached: the contrast of every text on its ground, as
 * it is painted, and what the Tab key leads to.
 */
#include "tests/e2e/window.h"

#include <math.h>
#include <string.h>

/* The contrast that text must have for people who see little (WCAG 2, 1.4.3), or who asked for more
 * (1.4.6); large and bold text may have less. */
#define ENOUGH            4.5
#define ENOUGH_LARGE      3.0
#define ENOUGH_HIGH       7.0
#define ENOUGH_HIGH_LARGE 4.5
/* Thin strokes are only as dark as they are meant to be when they are wide enough. */
#define SCALE 3

static const char *const views[] = { "overview", "supervision", "processes", "mailboxes",
                                     "activity" };

static gboolean
show_view (WindowFixture *fixture, const char *name)
{
  GtkWidget *view = grove_window_get_view (fixture->window, name);

  if (view == NULL)
    return FALSE;
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.view", "s", name);
  GROVE_WAIT (gtk_widget_get_mapped (view), WINDOW_PATIENCE_MS);
  return TRUE;
}

/* ---- Contrast ----------------------------------------------------------------------------------
 */

static double
get_luminance (guint32 pixel)
{
  double channels[3];

  for (int i = 0; i < 3; i++)
    {
      double value = (pixel >> (16 - 8 * i) & 0xff) / 255.0;

      channels[i] = value <= 0.04045 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
    }
  return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2];
}

static double
get_contrast (double a, double b)
{
  return (MAX (a, b) + 0.05) / (MIN (a, b) + 0.05);
}

static guint32
get_pixel (cairo_surface_t *picture, int x, int y)
{
  const guchar *row =
    cairo_image_surface_get_data (picture) + y * cairo_image_surface_get_stride (picture);
  guint32 pixel;

  memcpy (&pixel, row + 4 * x, sizeof pixel);
  return pixel & 0xffffff;
}

/* What is painted most often in @area is the ground; what differs most from it is the text. */
static double
measure (cairo_surface_t *picture, const graphene_rect_t *area)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (NULL, NULL);
  int     left = MAX ((int) (area->origin.x * SCALE), 0);
  int     top = MAX ((int) (area->origin.y * SCALE), 0);
  int     right = MIN ((int) ((area->origin.x + area->size.width) * SCALE),
                       cairo_image_surface_get_width (picture));
  int     bottom = MIN ((int) ((area->origin.y + area->size.height) * SCALE),
                        cairo_image_surface_get_height (picture));
  guint32 ground = 0;
  guint   most = 0;
  double  best = 1, ground_luminance;

  for (int y = top; y < bottom; y++)
    for (int x = left; x < right; x++)
      {
        guint32 pixel = get_pixel (picture, x, y);
        guint   n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, GUINT_TO_POINTER (pixel))) + 1;

        g_hash_table_insert (counts, GUINT_TO_POINTER (pixel), GUINT_TO_POINTER (n));
        if (n > most)
          {
            most = n;
            ground = pixel;
          }
      }
  ground_luminance = get_luminance (ground);
  for (int y = top; y < bottom; y++)
    for (int x = left; x < right; x++)
      best = MAX (best, get_contrast (ground_luminance, get_luminance (get_pixel (picture, x, y))));
  return best;
}

/* 18 points, or 14 and bold. */
static gboolean
is_large (GtkWidget *widget)
{
  PangoContext               *context = gtk_widget_get_pango_context (widget);
  const PangoFontDescription *font = pango_context_get_font_description (context);
  double points = (double) pango_font_description_get_size (font) / PANGO_SCALE;

  if (pango_font_description_get_size_is_absolute (font))
    points *= 0.75;
  return points >= 18 ||
         (points >= 14 && pango_font_description_get_weight (font) >= PANGO_WEIGHT_BOLD);
}

/* Whether none of it is cut off, as in a list that is scrolled: of a part one cannot tell. */
static gboolean
is_whole (GtkWidget *widget)
{
  for (GtkWidget *ancestor = gtk_widget_get_parent (widget); ancestor != NULL;
       ancestor = gtk_widget_get_parent (ancestor))
    {
      graphene_rect_t area;

      if (gtk_widget_get_overflow (ancestor) != GTK_OVERFLOW_HIDDEN)
        continue;
      if (!gtk_widget_compute_bounds (widget, ancestor, &area) || area.origin.x < 0 ||
          area.origin.y < 0 || area.origin.x + area.size.width > gtk_widget_get_width (ancestor) ||
          area.origin.y + area.size.height > gtk_widget_get_height (ancestor))
        return FALSE;
    }
  return TRUE;
}

typedef struct
{
  GtkWidget       *root;
  cairo_surface_t *picture;
  const char      *where;
  gboolean         high;
  guint            n_measured, n_faint;
} Reader;

static void
read_text (Reader *self, GtkWidget *widget)
{
  const char     *text = grove_ui_test_get_text (widget);
  gboolean        large = is_large (widget);
  graphene_rect_t area;
  double          contrast, enough;

  if (text == NULL || text[0] == '\0' || !gtk_widget_is_sensitive (widget) ||
      !gtk_widget_compute_bounds (widget, self->root, &area) || area.size.width < 4 ||
      area.size.height < 8 || !is_whole (widget))
    return;
  contrast = measure (self->picture, &area);
  if (contrast < 1.05)
    return; /* scrolled out of sight, or behind something */
  enough = self->high ? (large ? ENOUGH_HIGH_LARGE : ENOUGH_HIGH) : (large ? ENOUGH_LARGE : ENOUGH);
  self->n_measured++;
  if (contrast >= enough)
    return;
  self->n_faint++;
  g_test_message ("%s: \"%s\" (%s in %s) has a contrast of %.2f", self->where, text,
                  G_OBJECT_TYPE_NAME (widget), G_OBJECT_TYPE_NAME (gtk_widget_get_parent (widget)),
                  contrast);
}

static void
read_texts (Reader *self, GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget) || gtk_widget_get_opacity (widget) < 1)
    return;
  if (GTK_IS_LABEL (widget) || GTK_IS_INSCRIPTION (widget))
    read_text (self, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    read_texts (self, child);
}

static guint
count_texts (GtkWidget *widget)
{
  guint n = 0;

  if (!gtk_widget_get_mapped (widget))
    return 0;
  if (GTK_IS_LABEL (widget) || GTK_IS_INSCRIPTION (widget))
    n += grove_ui_test_get_text (widget) != NULL && grove_ui_test_get_text (widget)[0] != 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_texts (child);
  return n;
}

static void
test_contrast (WindowFixture *fixture, gconstpointer data)
{
  gboolean dark = GPOINTER_TO_INT (data);
  Reader   reader = { .high =
                        adw_style_manager_get_high_contrast (adw_style_manager_get_default ()) };

  g_test_summary ("Every text in every view can be read by people who see little");
  window_fixture_start_shop (fixture);
  window_fixture_open (fixture, SHOP);
  reader.root = GTK_WIDGET (fixture->window);
  GROVE_WAIT (grove_session_get_state (fixture->session) == GROVE_SESSION_LIVE, WINDOW_PATIENCE_MS);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                           : ADW_COLOR_SCHEME_FORCE_LIGHT);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-process", "s", "<0.5.0>");
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.inspector", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (views); i++)
    {
      if (!show_view (fixture, views[i]))
        continue;
      GROVE_WAIT (count_texts (grove_window_get_view (fixture->window, views[i])) > 3,
                  WINDOW_PATIENCE_MS);
      if (g_str_equal (views[i], "processes"))
        GROVE_WAIT (window_count_rows (fixture) > 3, WINDOW_PATIENCE_MS);
      grove_ui_test_settle (reader.root);
      reader.where = views[i];
      reader.picture = grove_ui_test_capture (reader.root, SCALE);
      g_assert_nonnull (reader.picture);
      read_texts (&reader, reader.root);
      cairo_surface_destroy (reader.picture);
    }
  g_test_message ("%u texts measured", reader.n_measured);
  g_assert_cmpuint (reader.n_measured, >, 100);
  g_assert_cmpuint (reader.n_faint, ==, 0);
}

/* ---- Keyboard ----------------------------------------------------------------------------------
 */

#define TABS_MAX 200

/* What one acts upon. Of what belongs to GTK, and has its own way by arrow keys, the whole is
 * enough. */
static gboolean
is_control (GtkWidget *widget)
{
  if (GTK_IS_COLUMN_VIEW (widget))
    return TRUE;
  return (GTK_IS_BUTTON (widget) || GTK_IS_TEXT (widget) || GTK_IS_DROP_DOWN (widget) ||
          GTK_IS_SWITCH (widget)) &&
         gtk_widget_is_sensitive (widget) && gtk_widget_get_focusable (widget);
}

static gboolean
was_reached (GHashTable *reached, GtkWidget *control)
{
  GHashTableIter iter;
  gpointer       widget;

  g_hash_table_iter_init (&iter, reached);
  while (g_hash_table_iter_next (&iter, &widget, NULL))
    if (widget == control || gtk_widget_is_ancestor (widget, control) ||
        gtk_widget_is_ancestor (control, widget))
      return TRUE;
  return FALSE;
}

static void
check_reached (GHashTable *reached, GtkWidget *widget, const char *where)
{
  if (!gtk_widget_get_mapped (widget) || GTK_IS_WINDOW_CONTROLS (widget) ||
      !gtk_widget_get_can_focus (widget))
    return;
  if (is_control (widget) && !was_reached (reached, widget))
    g_error ("Tab does not lead to the %s \"%s\" (%s) in %s", G_OBJECT_TYPE_NAME (widget),
             grove_ui_test_get_text (widget) != NULL ? grove_ui_test_get_text (widget) : "",
             gtk_widget_get_tooltip_text (widget), where);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_reached (reached, child, where);
}

static void
test_tab (WindowFixture *fixture, gconstpointer data)
{
  GtkWidget *window = GTK_WIDGET (fixture->window);

  g_test_summary ("The Tab key leads to every control of every view, and round again");
  for (gsize i = 0; i < G_N_ELEMENTS (views); i++)
    {
      g_autoptr (GHashTable) reached = g_hash_table_new (NULL, NULL);
      GtkWidget *view;
      gboolean   round = FALSE;

      if (!show_view (fixture, views[i]))
        continue;
      view = grove_window_get_view (fixture->window, views[i]);
      GROVE_WAIT (count_texts (view) > 3, WINDOW_PATIENCE_MS);
      if (g_str_equal (views[i], "processes"))
        GROVE_WAIT (window_count_rows (fixture) > 3, WINDOW_PATIENCE_MS);
      /* Still, so that nothing comes or goes under the keys. */
      g_action_group_change_action_state (G_ACTION_GROUP (fixture->window), "pause",
                                          g_variant_new_boolean (TRUE));
      grove_ui_test_settle (window);
      gtk_window_set_focus (GTK_WINDOW (window), NULL);
      for (guint n = 0; n < TABS_MAX && !round; n++)
        {
          GtkWidget *focus;

          grove_ui_test_key (window, GDK_KEY_Tab, 0);
          focus = gtk_window_get_focus (GTK_WINDOW (window));
          g_assert_nonnull (focus);
          round = n > 0 && g_hash_table_contains (reached, focus);
          g_hash_table_add (reached, focus);
        }
      g_assert_true (round);
      check_reached (reached, window, views[i]);
      g_action_group_change_action_state (G_ACTION_GROUP (fixture->window), "pause",
                                          g_variant_new_boolean (FALSE));
    }
}

int
main (int argc, char **argv)
{
  window_tests_init (&argc, &argv);
  window_test_add_bare ("/e2e/looks/contrast/light", test_contrast, GINT_TO_POINTER (FALSE));
  window_test_add_bare ("/e2e/looks/contrast/dark", test_contrast, GINT_TO_POINTER (TRUE));
  window_test_add ("/e2e/looks/tab", test_tab);
  return window_tests_run ();
}
