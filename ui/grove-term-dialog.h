/* SPDX-License-Identifier: MIT
 *
 * GroveTermDialog: asks for a term that a command needs: the reason a process is told to exit with,
 * the message it is sent. It stays, with what was wrong, when the term is refused.
 *
 * Threads: main thread only.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_TERM_DIALOG (grove_term_dialog_get_type ())
G_DECLARE_FINAL_TYPE (GroveTermDialog, grove_term_dialog, GROVE, TERM_DIALOG, AdwWindow)

typedef struct
{
  const char *title;
  const char *prompt;  /* of the field */
  const char *text;    /* in the field at first */
  const char *example; /* what may be written there, and what it does */
  const char *empty;   /* what is said when nothing is */
  const char *button;  /* with a mnemonic */
  gboolean    destructive;
} GroveTermQuestion;

/* Signal: chosen (const char *term). @question: not kept; @who: whom it is for, plain text. */
GroveTermDialog      *
grove_term_dialog_new (GtkWindow *parent, const GroveTermQuestion *question, const char *who);
void grove_term_dialog_set_error (GroveTermDialog *self, const char *error);
void grove_term_dialog_set_busy (GroveTermDialog *self, gboolean busy);

G_END_DECLS
