/* SPDX-License-Identifier: MIT
 *
 * The bytes of large signals. What does not fit into the pooled blocks (block.h) lies apart, under
 * a count, and never changes again; several signals may hold it, each the whole or a part. What is
 * small is copied: that costs less than a count that several cores write to.
 */
#pragma once

#include "runtime/core/signal.h"

#include <stddef.h>

/* Bytes up to this many are in the signal itself. */
#define GROVE_SHARE_OVER 456

struct grove_shared
{
  _Atomic uint64_t n_holders;
  size_t           size; /* of bytes */
  uint8_t          bytes[];
};

/* What the bytes of a signal are that is marked `shared`. */
struct grove_share
{
  struct grove_shared *whole;
  uint8_t             *bytes; /* inside of it; grove_message.size of them */
};

/* Gives @signal room for @size bytes apart; it has room for a struct grove_share. False: there is
 * no memory. */
bool _grove_share_new (struct grove_message *signal, size_t size) GROVE_NODISCARD;
/* Makes @signal one more holder of a @part of what @holder holds. */
void _grove_share_join (struct grove_message       *signal,
                        const struct grove_message *holder,
                        struct grove_term           part);
/* @signal, which is marked, is about to be freed. */
void _grove_share_leave (struct grove_message *signal);
/* All that is shared in this runtime, each thing once. Any thread. */
uint64_t _grove_share_bytes (void);
