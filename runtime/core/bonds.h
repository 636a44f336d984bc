/* SPDX-License-Identifier: MIT
 *
 * What the signals of links, monitors and aliases do to a process; link.c, monitor.c, alias.c. All
 * by the process's owner.
 */
#pragma once

#include "runtime/core/control.h"

/* Makes them if there are none. */
struct grove_bonds *_grove_bonds (struct grove_process *process);
void                _grove_bonds_free (struct grove_process *process);

/* Adds or takes away one end of a link; false: nothing changed. */
bool _grove_link_add (struct grove_process *process, grove_pid peer);
bool _grove_link_remove (struct grove_process *process, grove_pid peer);
void _grove_link_handle (struct grove_process *process, const struct grove_message *signal);
/* Tells every linked process, every watcher and everybody watched that @process has ended. */
void _grove_links_end (struct grove_process *process, struct grove_term reason);
void _grove_monitors_end (struct grove_process *process, struct grove_term reason);

void _grove_monitor_add (struct grove_process *process, grove_ref monitor, grove_pid target);
void _grove_monitored_by_add (struct grove_process *process, grove_ref monitor, grove_pid watcher);
void _grove_monitor_handle (struct grove_process *process, const struct grove_message *signal);
/* False: nobody waits for this DOWN any more. */
bool _grove_monitor_take (struct grove_process *process, grove_ref monitor);

bool _grove_alias_active (const struct grove_process *process, grove_ref alias);
/* @link, which held @message, is about to hold the message behind it. */
void _grove_alias_unmark (struct grove_process  *process,
                          struct grove_message  *message,
                          struct grove_message **link);
void _grove_aliases_free (struct grove_process *process);
