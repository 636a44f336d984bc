/* SPDX-License-Identifier: MIT
 *
 * See share.h.
 */
#include "runtime/core/share.h"

#include <stdlib.h>

static _Atomic uint64_t shared_bytes;

static struct grove_share *
share_of (struct grove_message *signal)
{
  return (struct grove_share *) (void *) signal->inside;
}

bool
_grove_share_new (struct grove_message *signal, size_t size)
{
  struct grove_shared *whole = malloc (sizeof *whole + size);

  if (whole == NULL)
    return false;
  atomic_init (&whole->n_holders, 1);
  whole->size = size;
  signal->shared = true;
  *share_of (signal) = (struct grove_share){ whole, whole->bytes };
  atomic_fetch_add_explicit (&shared_bytes, sizeof *whole + size, memory_order_relaxed);
  return true;
}

void
_grove_share_join (struct grove_message       *signal,
                   const struct grove_message *holder,
                   struct grove_term           part)
{
  const struct grove_share *share = (const struct grove_share *) (const void *) holder->inside;
  size_t                    offset = (size_t) (part.bytes - share->whole->bytes);

  /* The caller holds it, so that the count is not 0 now. */
  atomic_fetch_add_explicit (&share->whole->n_holders, 1, memory_order_relaxed);
  signal->shared = true;
  *share_of (signal) = (struct grove_share){ share->whole, share->whole->bytes + offset };
}

void
_grove_share_leave (struct grove_message *signal)
{
  struct grove_shared *whole = share_of (signal)->whole;

  /* Release: what this holder read, it has read; acquire: so have all the others. */
  if (atomic_fetch_sub_explicit (&whole->n_holders, 1, memory_order_acq_rel) > 1)
    return;
  atomic_fetch_sub_explicit (&shared_bytes, sizeof *whole + whole->size, memory_order_relaxed);
  free (whole);
}

uint64_t
_grove_share_bytes (void)
{
  return atomic_load_explicit (&shared_bytes, memory_order_relaxed);
}
