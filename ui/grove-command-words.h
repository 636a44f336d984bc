/* SPDX-License-Identifier: MIT
 *
 * The commands on processes in words: what stands on their buttons, what is asked before one is
 * done, what will follow from it, and what was done. All texts are translated; those that are
 * returned are (transfer full).
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-command.h"
#include "ui/grove-target.h"
#include "ui/grove-term-dialog.h"

G_BEGIN_DECLS

typedef struct
{
  const char  *action;
  GroveCommand command;
  const char  *button;                 /* not translated yet, as those below */
  const char  *follows, *follows_each; /* what it means for one, and for each of many */
} GroveCommandWords;

/* Of the action of that name, without `win.`; NULL: it is no command on a process. */
const GroveCommandWords *grove_command_words_find (const char *action);
/* Whether processes end by it. */
gboolean grove_command_words_is_destructive (const GroveCommandWords *self);
/* What is asked of whom the command needs a term from; NULL: it needs none. */
const GroveTermQuestion *grove_command_words_get_term (const GroveCommandWords *self);
/* The question that is asked first; the commands that are never asked for have none. */
char *grove_command_words_say_question (GroveCommand command, guint n);
/* @targets (element-type GroveTarget): who they are, and what will happen to them. */
char *grove_command_words_say_consequences (const GroveCommandWords *self, GPtrArray *targets);
/* "Killed 3 of 4 processes". */
char *grove_command_words_say_done (GroveCommand command, guint n, guint total);

G_END_DECLS
