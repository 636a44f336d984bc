/* SPDX-License-Identifier: MIT
 *
 * A line of text that changes again and again, in room of its own.
 */
#include "ui/grove-fixed-text.h"

GtkWidget *
grove_fixed_text_new (guint n_chars, float xalign)
{
  GtkWidget *self = gtk_inscription_new (NULL);

  gtk_inscription_set_min_chars (GTK_INSCRIPTION (self), n_chars);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (self), n_chars);
  gtk_inscription_set_xalign (GTK_INSCRIPTION (self), xalign);
  gtk_inscription_set_yalign (GTK_INSCRIPTION (self), 0.5f);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (self),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  return self;
}

void
grove_fixed_text_take (GtkInscription *self, char *text)
{
  gtk_inscription_set_text (self, text);
  g_free (text);
}
