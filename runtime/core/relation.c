/* SPDX-License-Identifier: MIT
 *
 * See relation.h. Removing closes the gap by moving later ones back, so there are no tombstones and
 * a table that shrank is as fast as one that never grew.
 */
#include "runtime/core/relation.h"

#include "runtime/core/memory.h"

static uint32_t
place_of (const struct grove_relations *self, uint64_t key)
{
  uint32_t i = _grove_relations_home (self, key);

  while (self->places[i].key != 0 && self->places[i].key != key)
    i = (i + 1) & (self->capacity - 1);
  return i;
}

static void
grow (struct grove_relations *self)
{
  struct grove_relations old = *self;

  self->capacity = old.capacity == 0 ? GROVE_RELATIONS_LEAST : old.capacity * 2;
  self->places = _grove_calloc (self->capacity, sizeof *self->places);
  for (uint32_t i = 0; i < old.capacity; i++)
    if (old.places[i].key != 0)
      self->places[place_of (self, old.places[i].key)] = old.places[i];
  free (old.places);
}

void
_grove_relations_finish (struct grove_relations *self)
{
  free (self->places);
  *self = (struct grove_relations){ 0 };
}

void
_grove_relations_put_among (struct grove_relations *self, uint64_t key, uint64_t value)
{
  struct grove_relation *place = _grove_relations_find (self, key);

  if (place != NULL)
    {
      place->value = value;
      return;
    }
  if ((self->n + 1) * 4 > self->capacity * 3)
    grow (self);
  self->places[place_of (self, key)] = (struct grove_relation){ key, value };
  self->n++;
}

struct grove_relation *
_grove_relations_find (const struct grove_relations *self, uint64_t key)
{
  struct grove_relation *place;

  if (self->n == 0 || key == 0)
    return NULL;
  place = &self->places[place_of (self, key)];
  return place->key == key ? place : NULL;
}

bool
_grove_relations_remove (struct grove_relations *self, uint64_t key)
{
  struct grove_relation *place = _grove_relations_find (self, key);
  uint32_t               mask = self->capacity - 1;
  uint32_t               gap;

  if (place == NULL)
    return false;
  gap = (uint32_t) (place - self->places);
  for (uint32_t i = (gap + 1) & mask; self->places[i].key != 0; i = (i + 1) & mask)
    {
      /* One that sits behind the gap may fill it unless that is before its home. */
      uint32_t home = _grove_relations_home (self, self->places[i].key);
      if (((i - home) & mask) >= ((i - gap) & mask))
        {
          self->places[gap] = self->places[i];
          gap = i;
        }
    }
  self->places[gap].key = 0;
  if (--self->n == 0 && self->capacity > GROVE_RELATIONS_LEAST)
    _grove_relations_finish (self);
  return true;
}
