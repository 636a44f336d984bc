/* SPDX-License-Identifier: MIT
 *
 * A small hash from a number that is not 0 to another number: links, monitors. It belongs to one
 * process. Zero-initialised it is empty and owns nothing; one that was used is to be finished.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
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

/* Room for one. A table so small stays when it becomes empty: who watches, or is watched, for the
 * time of one call at a time would else allocate for each. */
#define GROVE_RELATIONS_LEAST 2U

void _grove_relations_finish (struct grove_relations *self);

/* Where @key belongs; it may be further on, unless it is the only one. */
static inline uint32_t
_grove_relations_home (const struct grove_relations *self, uint64_t key)
{
  return (uint32_t) ((key * UINT64_C (0x9e3779b97f4a7c15)) >> 32) & (self->capacity - 1);
}

/* Adds @key, or changes its value. */
void _grove_relations_put_among (struct grove_relations *self, uint64_t key, uint64_t value);
static inline void
_grove_relations_put (struct grove_relations *self, uint64_t key, uint64_t value)
{
  if (self->n > 0 || self->capacity == 0)
    {
      _grove_relations_put_among (self, key, value);
      return;
    }
  self->places[_grove_relations_home (self, key)] = (struct grove_relation){ key, value };
  self->n = 1;
}

/* NULL: not there. The place is good until the next change. */
struct grove_relation *_grove_relations_find (const struct grove_relations *self, uint64_t key);
/* False: it was not there. */
bool _grove_relations_remove (struct grove_relations *self, uint64_t key);
/* The same, and tells its value. */
static inline bool
_grove_relations_take (struct grove_relations *self, uint64_t key, uint64_t *ret_value)
{
  struct grove_relation *place;

  if (self->n == 1 && self->capacity == GROVE_RELATIONS_LEAST)
    {
      place = &self->places[_grove_relations_home (self, key)];
      if (place->key != key || key == 0)
        return false;
      *ret_value = place->value;
      place->key = 0;
      self->n = 0;
      return true;
    }
  place = _grove_relations_find (self, key);
  if (place == NULL)
    return false;
  *ret_value = place->value;
  return _grove_relations_remove (self, key);
}
