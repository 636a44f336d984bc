/* SPDX-License-Identifier: MIT
 *
 * Commands: what a person does to a process, and what came of it in words. Every surface (graph,
 * table, tree, inspector, keyboard) goes through here, so each says the same.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-session.h"

G_BEGIN_DECLS

typedef enum
{
  GROVE_COMMAND_KILL,
  GROVE_COMMAND_EXIT,         /* argument: the reason, as term text */
  GROVE_COMMAND_RESTART,      /* through its supervisor */
  GROVE_COMMAND_SET_PRIORITY, /* argument: low normal high max */
  GROVE_COMMAND_SUSPEND,      /* until it is resumed, or the session ends */
  GROVE_COMMAND_RESUME,
  GROVE_COMMAND_SEND, /* argument: the message, as term text */
} GroveCommand;

/* Returns: "process.kill" and the like, static. Since: 0.1 */
const char *grove_command_get_method (GroveCommand command); /* "process.kill" */

typedef struct
{
  GroveCommand command;
  char        *pid;
  char        *summary;    /* what happened, one sentence of plain text (escape it for markup) */
  char        *successor;  /* the pid that took its place, or NULL */
  gint64       elapsed_us; /* from the call to the answer */
  gboolean     had_effect; /* FALSE: it is as it was */
} GroveCommandOutcome;

/* @self: (nullable) (transfer full). Since: 0.1 */
void grove_command_outcome_free (GroveCommandOutcome *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GroveCommandOutcome, grove_command_outcome_free)

/**
 * grove_command_run_async:
 * @name: (nullable): what the person saw it called, so that another process in its place is not hit
 * @started_ns: likewise; 0: not known
 * @argument: (nullable): see GroveCommand; copied
 * @callback: called once, also when the connection ends first
 *
 * Since: 0.1
 */
void grove_command_run_async (GroveSession       *session,
                              GroveCommand        command,
                              const char         *pid,
                              const char         *name,
                              gint64              started_ns,
                              const char         *argument,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data);

/**
 * grove_command_run_finish:
 * @error: its message is a whole sentence for the toast
 *
 * Returns: (transfer full): NULL on an error
 * Since: 0.1
 */
GroveCommandOutcome *
grove_command_run_finish (GroveSession *session, GAsyncResult *result, GError **error);

G_END_DECLS
