/* SPDX-License-Identifier: MIT
 *
 * What the files of the supervisor share: its state, and starting, stopping and restarting its
 * children. All of it runs in the supervisor's process. Private to otp/.
 */
#pragma once

#include "runtime/otp/children.h"
#include "runtime/otp/supervision.h"

struct grove_supervisor
{
  struct grove_children            children;
  enum grove_strategy              strategy;
  enum grove_auto_shutdown         auto_shutdown;
  unsigned                         intensity, period_s;
  size_t                           max_children;
  const struct grove_packed_child *kind; /* of GROVE_SIMPLE_ONE_FOR_ONE's children */
  uint64_t            *times; /* of the restarts within the period, in seconds, oldest first */
  size_t               n_times, times_capacity;
  struct grove_buffer *buffer; /* for terms of any size; released when the process ends */
};

/* ---- One child (supervisor.c) ----------------------------------------------------------- */

/* GROVE_OK: it runs, and what its start told is in self->buffer. GROVE_IGNORED: it chose not to.
 * GROVE_ERR_EXITED: why is in self->buffer. */
enum grove_status
_grove_supervisor_start_place (struct grove_supervisor *self, struct grove_child *child);
/* Also ends the attempts to start it again. An EXIT that was queued before the link was cut is left
 * to the caller: while everything is stopped it does no harm, and looking for it takes time. */
void _grove_supervisor_stop_place (struct grove_supervisor *self, struct grove_child *child);

/* ---- Restarting (supervisor-restart.c) -------------------------------------------------- */

/* @child, which ran, has ended with @reason, by itself or because somebody else ended it. */
enum grove_next _grove_supervisor_child_ended (struct grove_supervisor *self,
                                               struct grove_child      *child,
                                               struct grove_term        reason);
/* @child's last start failed. */
enum grove_next
_grove_supervisor_try_again (struct grove_supervisor *self, struct grove_child *child);
/* A person asked for it: the process is stopped by its own rule and another put in its place. */
void _grove_supervisor_replace (struct grove_supervisor *self, struct grove_child *child);

/* ---- Requests (supervisor-requests.c) --------------------------------------------------- */

enum grove_next
_grove_supervisor_handle_call (struct grove_term request, struct grove_from from, void *state);
enum grove_next _grove_supervisor_handle_cast (struct grove_term request, void *state);
