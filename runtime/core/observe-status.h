/* SPDX-License-Identifier: MIT
 *
 * What an observer reads of a process's state, for those who copy one and those who copy many.
 */
#pragma once

#include "runtime/core/control.h"
#include "runtime/core/observe.h"

static inline enum grove_process_status
_grove_status_of (uint32_t state, bool suspended)
{
  switch ((enum grove_state) state)
    {
    case GROVE_STATE_RUNNING:
      return GROVE_STATUS_RUNNING;
    case GROVE_STATE_WAITING:
      return suspended ? GROVE_STATUS_SUSPENDED : GROVE_STATUS_WAITING;
    case GROVE_STATE_SUSPENDED:
      return GROVE_STATUS_SUSPENDED;
    case GROVE_STATE_EXITING:
    case GROVE_STATE_FREE:
      return GROVE_STATUS_EXITING;
    case GROVE_STATE_RUNNABLE:
      break;
    }
  return GROVE_STATUS_RUNNABLE;
}
