/* SPDX-License-Identifier: MIT
 *
 * GroveSection: what all sections have.
 */
#include "ui/grove-section.h"

enum
{
  NAVIGATE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  gboolean seen;
} GroveSectionPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GroveSection, grove_section, ADW_TYPE_BIN)

void
grove_section_set_seen (GroveSection *self, gboolean seen)
{
  GroveSectionPrivate *private = grove_section_get_instance_private (self);

  g_return_if_fail (GROVE_IS_SECTION (self));
  if (private->seen == seen)
    return;
  private->seen = seen;
  if (GROVE_SECTION_GET_CLASS (self)->set_seen != NULL)
    GROVE_SECTION_GET_CLASS (self)->set_seen (self, seen);
}

gboolean
grove_section_is_seen (GroveSection *self)
{
  GroveSectionPrivate *private = grove_section_get_instance_private (self);

  return private->seen;
}

void
grove_section_follow (GroveSection *self, GroveSession *session, const char *pid)
{
  g_return_if_fail (GROVE_IS_SECTION (self));
  if (GROVE_SECTION_GET_CLASS (self)->follow != NULL)
    GROVE_SECTION_GET_CLASS (self)->follow (self, session, pid);
}

void
grove_section_fill (GroveSection *self, GroveProcessDetail *detail)
{
  g_return_if_fail (GROVE_IS_SECTION (self));
  if (GROVE_SECTION_GET_CLASS (self)->fill != NULL)
    GROVE_SECTION_GET_CLASS (self)->fill (self, detail);
}

void
grove_section_live (GroveSection *self, const GroveProcessRow *row)
{
  g_return_if_fail (GROVE_IS_SECTION (self));
  if (GROVE_SECTION_GET_CLASS (self)->live != NULL)
    GROVE_SECTION_GET_CLASS (self)->live (self, row);
}

void
grove_section_navigate (GroveSection *self, const char *pid)
{
  g_return_if_fail (GROVE_IS_SECTION (self));
  if (pid != NULL && pid[0] != '\0')
    {
      /* The handler may show another process here, and free what @pid is part of. */
      g_autofree char *copy = g_strdup (pid);

      g_signal_emit (self, signals[NAVIGATE], 0, copy);
    }
}

void
grove_section_hand_on (GroveSection *self, gpointer instance)
{
  g_signal_connect_object (instance, "navigate", G_CALLBACK (grove_section_navigate), self,
                           G_CONNECT_SWAPPED);
}

void
grove_section_take_label (GtkLabel *label, char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
  g_free (text);
}

static void
grove_section_class_init (GroveSectionClass *klass)
{
  signals[NAVIGATE] = g_signal_new ("navigate", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
grove_section_init (GroveSection *self)
{
}
