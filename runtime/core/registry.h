/* SPDX-License-Identifier: MIT
 *
 * Registered names, inside the core.
 */
#pragma once

#include "runtime/core/control.h"

/* Frees the name of a process that is ending, if it has one. By its owner. */
void _grove_registry_forget (struct grove_process *process);
void _grove_registry_finish (void);
/* Whether anybody could be registered so; NULL too may be asked about. */
bool _grove_registry_valid_name (const char *name);
