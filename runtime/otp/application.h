/* SPDX-License-Identifier: MIT
 *
 * Applications: the roots of the supervision forest. An application is a process (its master) that
 * starts one top supervisor and belongs to nobody; when the top supervisor ends, so does it, and
 * whoever started it is told, so that a log can say `Application NAME exited: REASON`. Every
 * process spawned below the master is of its group; those that are left when the tree has ended are
 * killed.
 */
#pragma once

#include "runtime/otp/supervisor.h"

GROVE_BEGIN_DECLS

struct grove_application_spec
{
  const char *name; /* 1 to 63 bytes; copied */
  /* Starts the top supervisor; runs in the master. */
  enum grove_status (*start) (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason);
  const void *arg; /* must outlive the application */
  /* It has ended, or failed to start; `stopped` when grove_application_stop() was called. Runs in
   * the master, at its end: it must not receive or spawn. May be NULL. */
  void (*exited) (const char *name, const char *reason);
};

/**
 * grove_application_start:
 * @spec: copied, but for what it says of its members
 * @ret_master: (out): the master; with GROVE_ERR_NAME_TAKEN the one that runs
 *
 * Returns when the top supervisor has started.
 *
 * Threads: owner process only. Blocks: yes. Cost: that of its tree.
 * Errors: GROVE_ERR_NAME_TAKEN, GROVE_ERR_EXITED (the top supervisor failed to start),
 * GROVE_ERR_BADARG
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_application_start (const struct grove_application_spec *spec,
                                                        grove_pid *ret_master) GROVE_NODISCARD;

/**
 * grove_application_stop:
 * @name: of an application the caller is no part of
 *
 * Stops its tree in reverse order, and waits for it.
 *
 * Threads: owner process only. Blocks: yes. Cost: that of its tree.
 * Errors: GROVE_ERR_NO_NAME
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_application_stop (const char *name) GROVE_NODISCARD;

GROVE_END_DECLS
