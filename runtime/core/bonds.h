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
/* Whether what is in a used place of the links is a link, and not one that is being undone. */
bool _grove_relation_is_link (const struct grove_relation *place);

/* question.h */
void _grove_question_handle (struct grove_process *process, const struct grove_message *signal);
/* The answer is @signal itself. False: nobody waits for it any more. */
bool _grove_question_handle_reply (struct grove_process *process, struct grove_message *signal);

void _grove_monitor_add (struct grove_process *process, grove_ref monitor, grove_pid target);
void _grove_monitored_by_add (struct grove_process *process, grove_ref monitor, grove_pid watcher);
void _grove_monitored_by_remove (struct grove_process *process, grove_ref monitor);
/* What @down becomes: itself, or another message, which is then new. NULL: nobody waits for it. */
struct grove_message      *
_grove_monitor_down (struct grove_process *process, struct grove_message *down);
bool _grove_monitor_options_valid (const struct grove_monitor_options *options);
/* Keeps what @options say about @monitor, which was added. @name: who is watched; NULL: a pid is.
 */
void _grove_monitor_note (struct grove_process               *process,
                          grove_ref                           monitor,
                          const char                         *name,
                          const struct grove_monitor_options *options);
/* The name that is watched; NULL: a pid is. */
const char *_grove_monitor_name (const struct grove_process *process, grove_ref monitor);
/* Takes a monitor down from this end: the one watched is told. False: it was not there. */
bool _grove_monitor_drop (struct grove_process *process, grove_ref monitor);
void _grove_monitor_notes_free (struct grove_process *process);

void _grove_alias_add (struct grove_process *process, grove_ref ref, enum grove_alias_mode mode);
/* Whether a message to @alias may come in. One that lets a single one in is spent then. */
bool _grove_alias_accept (struct grove_process *process, grove_ref alias);
/* @monitor ends, which may be an alias that ends with it. It lets nothing more in; its last message
 * is about to come. */
void _grove_alias_spend (struct grove_process *process, grove_ref monitor);
/* Likewise; it lets nothing more in, and is forgotten unless its last message is there. */
void _grove_alias_drop (struct grove_process *process, grove_ref monitor);
/* @link, which held @message, is about to hold the message behind it. */
void _grove_alias_unmark (struct grove_process  *process,
                          struct grove_message  *message,
                          struct grove_message **link);
void _grove_aliases_free (struct grove_process *process);
