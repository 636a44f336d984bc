/* SPDX-License-Identifier: MIT
 *
 * Applications: the roots of the supervision forest. An application is a process (its master) that
 * starts one top supervisor and belongs to nobody; when the top supervisor ends, so does it, and the
 * log says `Application NAME exited: REASON`.
 */
#pragma once

#include "runtime/otp/supervisor.h"

struct grove_application_spec
{
  const char *name;
  /* Starts the top supervisor; runs in the master. */
  enum grove_status (*start) (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason);
  const void *arg; /* must outlive the application */
};

/* Returns when the top supervisor has started. Errors: GROVE_ERR_NAME_TAKEN, GROVE_ERR_EXITED */
GROVE_PUBLIC enum grove_status grove_application_start (const struct grove_application_spec *spec,
                                                        grove_pid *ret_master) GROVE_NODISCARD;
/* Stops its tree in reverse order and waits. Errors: GROVE_ERR_NO_NAME */
GROVE_PUBLIC enum grove_status grove_application_stop (const char *name);
