/* SPDX-License-Identifier: MIT
 *
 * From traces to the frames a reader sees, of a process that runs or was copied; observe.h has what
 * readers call.
 */
#pragma once

#include "runtime/core/observe.h"
#include "runtime/core/unwind.h"

/* Names the frames of @trace; how many. May take milliseconds; any thread but a scheduler's. */
size_t _grove_trace_frames (const struct grove_trace *trace, struct grove_frame *frames, size_t n);
