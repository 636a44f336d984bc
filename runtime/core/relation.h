/* SPDX-License-Identifier: MIT
 *
 * A small hash from a number that is not 0 to another number: links, monitors. It belongs to one
 * process. Zero-initialised it is empty and owns nothing; one that was used is to be finished.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct grove_relation
{
  uint64_t key; /* 0: a free place */
  uint64_t value;
};

struct grove_relations
{
  struct grove_relation *places;   /* open addressing, linear probing */
  uint32_t               capacity; /* a power of two, or 0 */
  uint32_t               n;
};

void _grove_relations_finish (struct grove_relations *self);
/* Adds @key, or changes its value. */
void _grove_relations_put (struct grove_relations *self, uint64_t key, uint64_t value);
/* NULL: not there. The place is good until the next change. */
struct grove_relation *_grove_relations_find (const struct grove_relations *self, uint64_t key);
/* False: it was not there. */
bool _grove_relations_remove (struct grove_relations *self, uint64_t key);
