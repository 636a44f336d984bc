/* SPDX-License-Identifier: MIT
 *
 * Aliases: references that let messages in while they are active. What is in the mailbox when one
 * is made cannot have been sent to it; where that ends is marked, so that waiting for a reply does
 * not look at a full mailbox. A mark is the address of a link of the mailbox, and moves when the
 * message that has this link is taken out.
 */
#include "runtime/core/bonds.h"
#include "runtime/core/memory.h"
#include "runtime/core/scheduler.h"

/* Only the newest have a mark, to bound what taking a message costs. */
#define MAX_MARKS 8

bool
_grove_alias_active (const struct grove_process *process, grove_ref alias)
{
  if (process->bonds == NULL)
    return false;
  for (struct grove_alias *a = process->bonds->aliases; a != NULL; a = a->next)
    if (a->ref == alias)
      return true;
  return false;
}

void
_grove_alias_unmark (struct grove_process  *process,
                     struct grove_message  *message,
                     struct grove_message **link)
{
  struct grove_alias *alias = process->bonds->aliases;

  for (unsigned i = 0; i < MAX_MARKS && alias != NULL; i++, alias = alias->next)
    if (alias->mark == &message->next)
      alias->mark = link;
}

void
_grove_aliases_free (struct grove_process *process)
{
  struct grove_alias *alias = process->bonds->aliases;

  while (alias != NULL)
    {
      struct grove_alias *next = alias->next;
      free (alias);
      alias = next;
    }
  process->bonds->aliases = NULL;
}

/* ---- Public ---------------------------------------------------------------------------------- */

grove_ref
grove_alias (void)
{
  struct grove_process *self = _grove_process_require ();
  struct grove_bonds   *bonds = _grove_bonds (self);
  struct grove_alias   *alias = _grove_malloc (sizeof *alias);
  struct grove_alias   *old = bonds->aliases;
  grove_ref             ref = grove_make_ref ();

  *alias = (struct grove_alias){ .next = old, .ref = ref, .mark = self->mailbox_last };
  bonds->aliases = alias;
  for (unsigned i = 1; i < MAX_MARKS && old != NULL; i++)
    old = old->next;
  if (old != NULL)
    old->mark = NULL;
  _grove_charge (1);
  return ref;
}

void
grove_unalias (grove_ref alias)
{
  struct grove_process *self = _grove_process_require ();
  struct grove_alias  **link = self->bonds != NULL ? &self->bonds->aliases : NULL;

  while (link != NULL && *link != NULL && (*link)->ref != alias)
    link = &(*link)->next;
  if (link != NULL && *link != NULL)
    {
      struct grove_alias *found = *link;
      *link = found->next;
      free (found);
    }
  _grove_charge (1);
}
