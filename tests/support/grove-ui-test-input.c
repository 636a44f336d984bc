/* SPDX-License-Identifier: MIT
 *
 * A person's hands: XTest events go to the X server and come back to GDK, through the same gestures
 * and shortcuts as a real mouse's and keyboard's. GTK 4 has no way to make events of its own.
 */
#include "tests/support/grove-ui-test.h"

#include <X11/XKBlib.h>
#include <X11/extensions/XTest.h>
#include <X11/keysym.h>
#include <gdk/x11/gdkx.h>

#define MOVE_STEPS 4
#define MOVE_STEP  3 /* pixels */
#define WHEEL_UP   4
#define WHEEL_DOWN 5

/* gdkx.h declares these deprecated for programs that could do without X; this one is about X. */
G_GNUC_BEGIN_IGNORE_DEPRECATIONS

static Display *
x_display (void)
{
  GdkDisplay *display = gdk_display_get_default ();

  if (!GDK_IS_X11_DISPLAY (display))
    g_error ("this test must run under tests/support/display");
  return gdk_x11_display_get_xdisplay (display);
}

/* Where a place in a widget is on the screen, also for widgets in popovers and dialogs. */
static void
to_screen (GtkWidget *widget, double x, double y, int *ret_x, int *ret_y)
{
  GtkNative       *native = gtk_widget_get_native (widget);
  graphene_point_t point;
  double           surface_x, surface_y;
  Window           child;

  g_assert_nonnull (native);
  if (!gtk_widget_compute_point (widget, GTK_WIDGET (native),
                                 &GRAPHENE_POINT_INIT ((float) x, (float) y), &point))
    g_error ("a widget outside any window cannot be pointed at");
  gtk_native_get_surface_transform (native, &surface_x, &surface_y);
  XTranslateCoordinates (x_display (), gdk_x11_surface_get_xid (gtk_native_get_surface (native)),
                         DefaultRootWindow (x_display ()), (int) (point.x + surface_x),
                         (int) (point.y + surface_y), ret_x, ret_y, &child);
}

/* The server has handled what was sent, and so has the window. */
static void
let_arrive (GtkWidget *widget)
{
  XSync (x_display (), False);
  g_object_ref (widget);
  grove_ui_test_settle (widget);
  g_object_unref (widget);
}

void
grove_ui_test_move (GtkWidget *widget, double x, double y)
{
  int screen_x, screen_y;

  to_screen (widget, x, y, &screen_x, &screen_y);
  for (int step = MOVE_STEPS - 1; step >= 0; step--)
    {
      XTestFakeMotionEvent (x_display (), -1, screen_x - step * MOVE_STEP, screen_y, CurrentTime);
      let_arrive (widget);
    }
}

void
grove_ui_test_press (GtkWidget *widget, int button)
{
  XTestFakeButtonEvent (x_display (), (unsigned) button, True, CurrentTime);
  let_arrive (widget);
}

void
grove_ui_test_release (GtkWidget *widget, int button)
{
  XTestFakeButtonEvent (x_display (), (unsigned) button, False, CurrentTime);
  let_arrive (widget);
}

void
grove_ui_test_click_at (GtkWidget *widget, double x, double y, int button)
{
  g_object_ref (widget);
  grove_ui_test_move (widget, x, y);
  grove_ui_test_press (widget, button);
  grove_ui_test_release (widget, button);
  g_object_unref (widget);
}

void
grove_ui_test_click (GtkWidget *widget, int button)
{
  grove_ui_test_click_at (widget, gtk_widget_get_width (widget) / 2.0,
                          gtk_widget_get_height (widget) / 2.0, button);
}

void
grove_ui_test_scroll (GtkWidget *widget, int clicks)
{
  int button = clicks > 0 ? WHEEL_DOWN : WHEEL_UP;

  for (int i = 0; i < ABS (clicks); i++)
    {
      grove_ui_test_press (widget, button);
      grove_ui_test_release (widget, button);
    }
}

static void
press_key (KeySym keysym, Bool down)
{
  KeyCode code = XKeysymToKeycode (x_display (), keysym);

  if (code == 0)
    g_error ("the keyboard has no key for %s", XKeysymToString (keysym));
  XTestFakeKeyEvent (x_display (), code, down, CurrentTime);
}

void
grove_ui_test_send_key (guint keyval, GdkModifierType modifiers)
{
  static const struct
  {
    GdkModifierType mask;
    KeySym          keysym;
  } keys[] = {
    { GDK_CONTROL_MASK, XK_Control_L },
    { GDK_ALT_MASK, XK_Alt_L },
    { GDK_SHIFT_MASK, XK_Shift_L },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (modifiers & keys[i].mask)
      press_key (keys[i].keysym, True);
  press_key (keyval, True);
  press_key (keyval, False);
  for (guint i = G_N_ELEMENTS (keys); i-- > 0;)
    if (modifiers & keys[i].mask)
      press_key (keys[i].keysym, False);
  XSync (x_display (), False);
}

void
grove_ui_test_key (GtkWidget *window, guint keyval, GdkModifierType modifiers)
{
  grove_ui_test_send_key (keyval, modifiers);
  let_arrive (window);
}

void
grove_ui_test_type (GtkWidget *window, const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    {
      KeySym   keysym = (KeySym) (unsigned char) *c; /* Latin 1 is its own keysym */
      KeyCode  code = XKeysymToKeycode (x_display (), keysym);
      gboolean shifted = XkbKeycodeToKeysym (x_display (), code, 0, 0) != keysym;

      grove_ui_test_key (window, (guint) keysym, shifted ? GDK_SHIFT_MASK : 0);
    }
}

G_GNUC_END_IGNORE_DEPRECATIONS
