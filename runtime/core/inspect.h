/* SPDX-License-Identifier: MIT
 *
 * Inspections as signals; what they show is in observe.h.
 */
#pragma once

#include "runtime/core/control.h"
#include "runtime/core/observe.h"

struct grove_inspect_request
{
  grove_inspect_func inspect;
  grove_inspect_done done;
  void              *user_data;
};

void _grove_inspect_handle (struct grove_process *process, const struct grove_message *signal);
void _grove_inspect_refuse (const struct grove_message *signal);
