/* SPDX-License-Identifier: MIT
 *
 * GroveTarget: a process a command is meant for, as the person saw it: the name and the time of its
 * start go with the command, so that another process in its place is not hit.
 */
#pragma once

#include "observer/grove-process-item.h"
#include "observer/grove-tree.h"

G_BEGIN_DECLS

typedef struct
{
  char    *pid;
  char    *name;       /* "" when it has none */
  gint64   started_ns; /* 0 not known */
  gboolean system;
  gboolean supervisor;  /* or an application's root */
  char    *application; /* whose root it is; NULL none */
  gboolean known;       /* what it is was seen; else only its pid is */
} GroveTarget;

GroveTarget *grove_target_new (const char *pid, const char *name);
GroveTarget *grove_target_new_from_row (const GroveProcessRow *row);
GroveTarget *grove_target_copy (const GroveTarget *self);
void         grove_target_free (GroveTarget *self);
/* Whether what a process was started with says that it is a supervisor or an application: for where
 * no tree is loaded to ask. */
gboolean grove_target_is_supervisor_call (const char *initial_call);
/* From a tree in which it may stand: what it is there. */
void grove_target_learn (GroveTarget *self, GroveTree *tree);
/* "counter <0.91.0>", or the pid alone. */
char *grove_target_describe (const GroveTarget *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GroveTarget, grove_target_free)

G_END_DECLS
