/* SPDX-License-Identifier: MIT
 *
 * What a process holds for rooms above the core, and can let go of or pass on before it ends: a
 * socket, a piece of work under way. What is left is released when it ends, behind what it
 * deferred and before anybody hears. The list belongs to the process; what is on its way to another
 * is with a signal, and released if that one is gone.
 */
#pragma once

#include "runtime/core/control.h"

struct grove_hold
{
  struct grove_hold *next, **link; /* link: NULL: nobody's */
  /* By whoever ends the process, on the scheduler's stack; it must not wait. */
  void (*release) (struct grove_hold *self);
  /* It has come to @owner; may be NULL. */
  void (*arrived) (struct grove_hold *self, grove_pid owner);
};

/* By the calling process. */
void _grove_hold_add (struct grove_hold *hold);
void _grove_hold_remove (struct grove_hold *hold);
/* Removes it and sends it to @to. */
void _grove_hold_give (struct grove_hold *hold, grove_pid to);

/* By the owner of @process. */
void _grove_hold_handle (struct grove_process *process, const struct grove_message *signal);
/* Releases one; false: there is none. */
bool _grove_hold_release_one (struct grove_process *process);
/* The process a signal was for is gone. Any thread. */
void _grove_hold_refuse (const struct grove_message *signal);
