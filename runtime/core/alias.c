/* SPDX-License-Identifier: MIT
 *
 * Aliases: references that let messages in while they are active. What is in the mailbox when one
 * is made cannot have been sent to it; where that ends is marked, so that waiting for a reply does
 * not look at a full mailbox. A mark is the address of a link of the mailbox, and moves when the
 * message that has this link is taken out. An alias that lets no more in because its message has
 * come is kept with its mark until that message is taken.
 */
#include "runtime/core/bonds.h"
#include "runtime/core/memory.h"
#include "runtime/core/scheduler.h"

/* Only the newest have a mark, to bound what taking a message costs. */
#define MAX_MARKS 8

/* The link that holds it; NULL: it is not there. */
static struct grove_alias **
find (const struct grove_process *process, grove_ref ref)
{
  if (process->bonds == NULL)
    return NULL;
  for (struct grove_alias **link = &process->bonds->aliases; *link != NULL; link = &(*link)->next)
    if ((*link)->ref == ref)
      return link;
  return NULL;
}

static void
remove_at (struct grove_process *process, struct grove_alias **link)
{
  struct grove_alias *alias = *link;

  *link = alias->next;
#ifndef GROVE_OWN_STACKS
  if (process->bonds->spare_alias == NULL)
    {
      process->bonds->spare_alias = alias;
      return;
    }
#endif
  free (alias);
}

bool
_grove_alias_accept (struct grove_process *process, grove_ref ref)
{
  struct grove_alias **link = find (process, ref);

  if (link == NULL || (*link)->spent)
    return false;
  if ((*link)->mode == GROVE_ALIAS_REPLY)
    (*link)->spent = true;
  else if ((*link)->mode == GROVE_ALIAS_REPLY_DEMONITOR)
    {
      /* So that the end of the monitor finds nothing to do here. */
      (*link)->spent = true;
      (void) _grove_monitor_drop (process, ref);
    }
  return true;
}

static bool
ends_with_monitor (const struct grove_alias *alias)
{
  return alias->mode == GROVE_ALIAS_DEMONITOR || alias->mode == GROVE_ALIAS_REPLY_DEMONITOR;
}

void
_grove_alias_spend (struct grove_process *process, grove_ref monitor)
{
  struct grove_alias **link = find (process, monitor);

  if (link != NULL && ends_with_monitor (*link))
    (*link)->spent = true;
}

void
_grove_alias_drop (struct grove_process *process, grove_ref monitor)
{
  struct grove_alias **link = find (process, monitor);

  if (link != NULL && ends_with_monitor (*link) && !(*link)->spent)
    remove_at (process, link);
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
  if (message->tag != 0)
    {
      struct grove_alias **its = find (process, message->tag);
      if (its != NULL && (*its)->spent)
        remove_at (process, its);
    }
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
  free (process->bonds->spare_alias);
  process->bonds->aliases = process->bonds->spare_alias = NULL;
}

void
_grove_alias_add (struct grove_process *process, grove_ref ref, enum grove_alias_mode mode)
{
  struct grove_bonds *bonds = _grove_bonds (process);
  struct grove_alias *alias = bonds->spare_alias;
  struct grove_alias *old = bonds->aliases;

  if (alias != NULL)
    bonds->spare_alias = NULL;
  else
    alias = _grove_malloc (sizeof *alias);
  *alias =
    (struct grove_alias){ .next = old, .ref = ref, .mode = mode, .mark = process->mailbox_last };
  bonds->aliases = alias;
  for (unsigned i = 1; i < MAX_MARKS && old != NULL; i++)
    old = old->next;
  if (old != NULL)
    old->mark = NULL;
}

/* ---- Public ---------------------------------------------------------------------------------- */

grove_ref
grove_alias (void)
{
  struct grove_process *self = _grove_process_require ();
  grove_ref             ref = grove_make_ref ();

  _grove_alias_add (self, ref, GROVE_ALIAS_EXPLICIT);
  _grove_charge (1);
  return ref;
}

enum grove_status
grove_alias_opt (enum grove_alias_mode mode, grove_ref *ret_alias)
{
  struct grove_process *self = _grove_process_require ();

  if ((mode != GROVE_ALIAS_EXPLICIT && mode != GROVE_ALIAS_REPLY) || ret_alias == NULL)
    return GROVE_ERR_BADARG;
  *ret_alias = grove_make_ref ();
  _grove_alias_add (self, *ret_alias, mode);
  _grove_charge (1);
  return GROVE_OK;
}

bool
grove_unalias (grove_ref alias)
{
  struct grove_process *self = _grove_process_require ();
  struct grove_alias  **link = find (self, alias);
  bool                  active = link != NULL && !(*link)->spent;

  if (link != NULL)
    remove_at (self, link);
  _grove_charge (1);
  return active;
}
