/* SPDX-License-Identifier: MIT
 *
 * GroveStackSection: the frames of a GroveProcessStack. A server that waits for its next message
 * has none; then it says where it waits.
 */
#include "ui/grove-stack-section.h"

#include "observer/grove-format.h"
#include "observer/grove-process-stack.h"
#include "ui/grove-frame-list.h"

#include <glib/gi18n.h>

struct _GroveStackSection
{
  GroveFoldedSection parent_instance;
  GroveSession      *session;
  GroveProcessStack *stack; /* NULL: nobody is shown */
  GroveFrameList    *list;
};

G_DEFINE_FINAL_TYPE (GroveStackSection, grove_stack_section, GROVE_TYPE_FOLDED_SECTION)

static void
on_changed (GroveStackSection *self)
{
  guint             n = 0;
  const GroveFrame *frames = grove_process_stack_get_frames (self->stack, &n);
  const char       *note = grove_process_stack_get_error (self->stack);

  if (note == NULL && n == 0)
    {
      const GroveFrame *current = grove_process_stack_get_current (self->stack);

      note = _ ("It has no frames: it waits for its next message. This is where.");
      frames = current;
      n = current->function[0] != '\0' ? 1 : 0;
    }
  else if (note == NULL && grove_process_stack_is_truncated (self->stack))
    note = _ ("There are more frames further out.");
  grove_frame_list_set_frames (self->list, self->session, frames, n, note);
}

static void
set_active (GroveFoldedSection *section, gboolean active)
{
  GroveStackSection *self = GROVE_STACK_SECTION (section);

  if (self->stack != NULL)
    grove_process_stack_set_active (self->stack, active);
}

static void
drop_stack (GroveStackSection *self)
{
  if (self->stack != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->stack, self);
      grove_process_stack_set_active (self->stack, FALSE);
    }
  g_clear_object (&self->stack);
}

static void
follow (GroveSection *section, GroveSession *session, const char *pid)
{
  GroveStackSection *self = GROVE_STACK_SECTION (section);

  drop_stack (self);
  g_set_object (&self->session, session);
  grove_frame_list_set_frames (self->list, session, NULL, 0, NULL);
  grove_folded_section_set_subtitle (GROVE_FOLDED_SECTION (self), "");
  if (pid == NULL)
    return;
  self->stack = grove_process_stack_new (session, pid);
  g_signal_connect_swapped (self->stack, "changed", G_CALLBACK (on_changed), self);
  grove_process_stack_set_active (self->stack,
                                  grove_folded_section_is_active (GROVE_FOLDED_SECTION (self)));
}

static void
fill (GroveSection *section, GroveProcessDetail *detail)
{
  GroveStackSection *self = GROVE_STACK_SECTION (section);
  const char        *obstacle = NULL;
  gboolean           can = grove_session_can (self->session, "process.stack", &obstacle);
  gboolean           has = self->stack != NULL && grove_process_stack_is_loaded (self->stack);
  gboolean           gone = grove_process_detail_is_gone (detail);
  g_autofree char *size = grove_format_bytes (grove_process_detail_get_int (detail, "stack_bytes"));

  grove_folded_section_set_enabled (GROVE_FOLDED_SECTION (self), has || (can && !gone));
  if (has || (can && !gone))
    grove_folded_section_set_subtitle (GROVE_FOLDED_SECTION (self), size);
  else
    grove_folded_section_set_subtitle (GROVE_FOLDED_SECTION (self),
                                       gone ? _ ("It was not read before the process ended")
                                            : obstacle);
}

static void
grove_stack_section_dispose (GObject *object)
{
  GroveStackSection *self = GROVE_STACK_SECTION (object);

  drop_stack (self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (grove_stack_section_parent_class)->dispose (object);
}

static void
grove_stack_section_class_init (GroveStackSectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = grove_stack_section_dispose;
  GROVE_SECTION_CLASS (klass)->follow = follow;
  GROVE_SECTION_CLASS (klass)->fill = fill;
  GROVE_FOLDED_SECTION_CLASS (klass)->set_active = set_active;
}

static void
grove_stack_section_init (GroveStackSection *self)
{
  self->list = GROVE_FRAME_LIST (grove_frame_list_new ());
  grove_folded_section_set_up (GROVE_FOLDED_SECTION (self), _ ("Call stack"),
                               GTK_WIDGET (self->list));
}
