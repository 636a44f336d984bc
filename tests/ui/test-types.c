/* SPDX-License-Identifier: MIT
 *
 * Every type of the windows is made, its properties start at their defaults, keep what they are
 * given and notify once; then it is let go of, and must be gone.
 */
#include "tests/support/grove-ui-test.h"
#include "ui/grove-application.h"
#include "ui/grove-chart.h"
#include "ui/grove-connect-page.h"
#include "ui/grove-inspector-window.h"
#include "ui/grove-mailbox-bar.h"
#include "ui/grove-mailbox-card.h"
#include "ui/grove-mailboxes-view.h"
#include "ui/grove-message-list.h"
#include "ui/grove-overview.h"
#include "ui/grove-process-cell.h"
#include "ui/grove-process-list.h"
#include "ui/grove-process-tree-list.h"
#include "ui/grove-process-view.h"
#include "ui/grove-scheduler-bars.h"
#include "ui/grove-screenshot.h"
#include "ui/grove-sparkline.h"
#include "ui/grove-spinner.h"
#include "ui/grove-state-dot.h"
#include "ui/grove-status-bar.h"
#include "ui/grove-system-menu.h"
#include "ui/grove-term-dialog.h"
#include "ui/grove-term-view.h"
#include "ui/grove-window.h"

static void
count_notify (GObject *object, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

/* Another value than the default, for the kinds of properties there are. */
static gboolean
choose_other (GParamSpec *pspec, GValue *value)
{
  g_value_init (value, pspec->value_type);
  if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    g_value_set_boolean (value, !G_PARAM_SPEC_BOOLEAN (pspec)->default_value);
  else if (G_IS_PARAM_SPEC_UINT64 (pspec))
    g_value_set_uint64 (value, 4321);
  else if (G_IS_PARAM_SPEC_DOUBLE (pspec))
    g_value_set_double (value, 0.5);
  else if (G_IS_PARAM_SPEC_STRING (pspec))
    g_value_set_string (value, "<0.77.0>");
  else
    return FALSE;
  return TRUE;
}

static void
check_property (GObject *object, GParamSpec *pspec)
{
  g_auto (GValue) initial = G_VALUE_INIT, other = G_VALUE_INIT, read = G_VALUE_INIT;
  g_autofree char *signal = g_strdup_printf ("notify::%s", pspec->name);
  guint            n = 0;
  gulong           handler;

  g_value_init (&initial, pspec->value_type);
  g_object_get_property (object, pspec->name, &initial);
  g_assert_true (g_param_value_defaults (pspec, &initial));
  if ((pspec->flags & G_PARAM_WRITABLE) == 0)
    return;
  g_assert_true (choose_other (pspec, &other));
  handler = g_signal_connect (object, signal, G_CALLBACK (count_notify), &n);
  g_object_set_property (object, pspec->name, &other);
  g_assert_cmpuint (n, ==, 1);
  g_object_set_property (object, pspec->name, &other);
  g_assert_cmpuint (n, ==, 1);
  g_value_init (&read, pspec->value_type);
  g_object_get_property (object, pspec->name, &read);
  g_assert_cmpint (g_param_values_cmp (pspec, &other, &read), ==, 0);
  g_object_set_property (object, pspec->name, &initial);
  g_assert_cmpuint (n, ==, 2);
  g_signal_handler_disconnect (object, handler);
}

static void
check_type (gconstpointer data)
{
  GType                   type = GPOINTER_TO_SIZE (data);
  GObject                *object = g_object_new (type, NULL);
  gpointer                weak = object;
  guint                   n = 0;
  g_autofree GParamSpec **pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n);

  if (g_object_is_floating (object))
    g_object_ref_sink (object);
  for (guint i = 0; i < n; i++)
    if (pspecs[i]->owner_type == type)
      check_property (object, pspecs[i]);

  g_object_add_weak_pointer (object, &weak);
  /* A window belongs to GTK, which lets go of it; all else is this test's. */
  if (GTK_IS_WINDOW (object))
    gtk_window_destroy (GTK_WINDOW (object));
  else
    {
      g_object_run_dispose (object);
      g_object_unref (object);
    }
  GROVE_WAIT (weak == NULL, GROVE_PATIENCE_MS);
}

int
main (int argc, char **argv)
{
  const GType types[] = {
    GROVE_TYPE_CHART,
    GROVE_TYPE_CONNECT_PAGE,
    GROVE_TYPE_INSPECTOR,
    GROVE_TYPE_INSPECTOR_WINDOW,
    GROVE_TYPE_MAILBOXES_VIEW,
    GROVE_TYPE_MAILBOX_BAR,
    GROVE_TYPE_MAILBOX_CARD,
    GROVE_TYPE_MESSAGE_LIST,
    GROVE_TYPE_OVERVIEW,
    GROVE_TYPE_PROCESS_ACTIONS,
    GROVE_TYPE_PROCESS_CELL,
    GROVE_TYPE_PROCESS_LIST,
    GROVE_TYPE_PROCESS_SELECTION,
    GROVE_TYPE_PROCESS_TREE_LIST,
    GROVE_TYPE_PROCESS_VIEW,
    GROVE_TYPE_SCHEDULER_BARS,
    GROVE_TYPE_SCREENSHOT,
    GROVE_TYPE_SPARKLINE,
    GROVE_TYPE_SPINNER,
    GROVE_TYPE_STATE_DOT,
    GROVE_TYPE_TERM_DIALOG,
    GROVE_TYPE_TERM_VIEW,
    GROVE_TYPE_STATUS_BAR,
    GROVE_TYPE_SYSTEM_MENU,
    GROVE_TYPE_WINDOW,
  };

  grove_ui_test_init (&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ui/types/%s", g_type_name (types[i]));

      g_test_add_data_func (path, GSIZE_TO_POINTER (types[i]), check_type);
    }
  return g_test_run ();
}
