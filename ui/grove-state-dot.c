/* SPDX-License-Identifier: MIT
 *
 * GroveStateDot: eight pixels that say how a process, or a connection, is.
 */
#include "ui/grove-state-dot.h"

#define SIZE 8

struct _GroveStateDot
{
  GtkWidget         parent_instance;
  GroveProcessState state;
};

G_DEFINE_FINAL_TYPE (GroveStateDot, grove_state_dot, GTK_TYPE_WIDGET)

static void
grove_state_dot_measure (GtkWidget     *widget,
                         GtkOrientation orientation,
                         int            for_size,
                         int           *minimum,
                         int           *natural,
                         int           *minimum_baseline,
                         int           *natural_baseline)
{
  *minimum = *natural = SIZE;
  *minimum_baseline = *natural_baseline = -1;
}

static void
grove_state_dot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  GroveStateDot      *self = GROVE_STATE_DOT (widget);
  const GrovePalette *palette = grove_palette_get (widget);
  float               x = (gtk_widget_get_width (widget) - SIZE) / 2;
  float               y = (gtk_widget_get_height (widget) - SIZE) / 2;

  grove_snapshot_append_round_rect (snapshot, grove_palette_get_state (palette, self->state), x, y,
                                    SIZE, SIZE, SIZE / 2.0f);
}

static void
grove_state_dot_class_init (GroveStateDotClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = grove_state_dot_measure;
  widget_class->snapshot = grove_state_dot_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
grove_state_dot_init (GroveStateDot *self)
{
  self->state = GROVE_PROCESS_WAITING;
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

GtkWidget *
grove_state_dot_new (void)
{
  return g_object_new (GROVE_TYPE_STATE_DOT, NULL);
}

void
grove_state_dot_set_state (GroveStateDot *self, GroveProcessState state)
{
  g_return_if_fail (GROVE_IS_STATE_DOT (self));
  if (self->state == state)
    return;
  self->state = state;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
grove_state_dot_set_connection (GroveStateDot *self, GroveSession *session)
{
  guint silent_ms = 0;

  g_object_get (session, "silent-ms", &silent_ms, NULL);
  switch (grove_session_get_state (session))
    {
    case GROVE_SESSION_LIVE:
      grove_state_dot_set_state (self, silent_ms > 0 ? GROVE_PROCESS_WAITING
                                       : grove_session_get_paused (session)
                                         ? GROVE_PROCESS_SUSPENDED
                                         : GROVE_PROCESS_RUNNING);
      break;
    case GROVE_SESSION_LOST:
    case GROVE_SESSION_REFUSED:
      grove_state_dot_set_state (self, GROVE_PROCESS_GONE);
      break;
    case GROVE_SESSION_IDLE:
    case GROVE_SESSION_CONNECTING:
    default:
      grove_state_dot_set_state (self, GROVE_PROCESS_WAITING);
      break;
    }
}
