/* SPDX-License-Identifier: MIT
 *
 * Starting and stopping applications: what it will mean, what came of it, in words that all
 * surfaces use.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-rows.h"

G_BEGIN_DECLS

typedef enum
{
  GROVE_APPLICATION_COMMAND_START, /* and before it what it needs */
  GROVE_APPLICATION_COMMAND_STOP,
} GroveApplicationCommand;

/* Returns: "application.start" and the like, static. Since: 0.1 */
const char *grove_application_command_get_method (GroveApplicationCommand command);

/**
 * grove_application_command_get_obstacle:
 * @row: (nullable): of the table `applications`
 *
 * Returns: (transfer full) (nullable): why it cannot be done to that application; NULL: it can
 * Since: 0.1
 */
char *grove_application_command_get_obstacle (GroveSession           *session,
                                              GroveApplicationCommand command,
                                              GroveRow               *row);

/**
 * grove_application_command_describe:
 * @rows: the table `applications`, as far as it was read
 * @name: of the application
 *
 * Returns: (transfer full): what it will mean, in sentences: how many processes end, who needs it,
 *   what is started before it
 * Since: 0.1
 */
char *grove_application_command_describe (GroveApplicationCommand command,
                                          GroveRows              *rows,
                                          const char             *name);

/**
 * grove_application_command_run_async:
 * @callback: called once, also when the connection ends first
 *
 * Since: 0.1
 */
void grove_application_command_run_async (GroveSession           *session,
                                          GroveApplicationCommand command,
                                          const char             *name,
                                          GAsyncReadyCallback     callback,
                                          gpointer                user_data);

/**
 * grove_application_command_run_finish:
 * @error: its message is a whole sentence for the toast
 *
 * Returns: (transfer full): what came of it, a sentence; NULL on an error
 * Since: 0.1
 */
char *
grove_application_command_run_finish (GroveSession *session, GAsyncResult *result, GError **error);

G_END_DECLS
