/* SPDX-License-Identifier: MIT
 *
 * See slab.h. What is known of the slabs of a region lies in its first slab, found from the address
 * of any object, so that an object has no header.
 */
#include "runtime/core/slab.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>

#define SLAB_SIZE    ((size_t) 16 * 1024)
#define REGION_SLABS 256
#define REGION_SIZE  (SLAB_SIZE * REGION_SLABS)

/* So many slabs without objects keep their pages: 4 MiB. */
#define MAX_SPARE 256

struct grove_slab
{
  struct grove_slab *next; /* in one of the lists of grove_slabs */
  struct grove_slab *previous;
  void              *free;      /* objects given back, each beginning with the next */
  uint16_t           size;      /* of an object, in steps; 0: spare or clean */
  uint16_t           n_used;    /* objects taken */
  uint16_t           n_begun;   /* objects ever taken since it got this size */
  uint16_t           n_objects; /* that it has room for */
  bool               spare;
};

struct grove_slab_region
{
  struct grove_slab_region *next;
  struct grove_slab_region *previous;
  uint32_t                  n_used; /* slabs with objects */
  struct grove_slab         slabs[REGION_SLABS];
};

_Static_assert(sizeof (struct grove_slab_region) <= SLAB_SIZE, "it lies in the first slab");

static struct grove_slab_region *
region_of (const void *inside)
{
  return (struct grove_slab_region *) ((uintptr_t) inside & ~(uintptr_t) (REGION_SIZE - 1));
}

static char *
memory_of (const struct grove_slab *slab)
{
  struct grove_slab_region *region = region_of (slab);

  return (char *) region + (size_t) (slab - region->slabs) * SLAB_SIZE;
}

static void
add_bytes (struct grove_slabs *self, uint64_t change)
{
  atomic_store_explicit (&self->bytes,
                         atomic_load_explicit (&self->bytes, memory_order_relaxed) + change,
                         memory_order_relaxed);
}

static void
link_slab (struct grove_slab **list, struct grove_slab *slab)
{
  slab->previous = NULL;
  slab->next = *list;
  if (*list != NULL)
    (*list)->previous = slab;
  *list = slab;
}

static void
unlink_slab (struct grove_slab **list, struct grove_slab *slab)
{
  if (slab->previous != NULL)
    slab->previous->next = slab->next;
  else
    *list = slab->next;
  if (slab->next != NULL)
    slab->next->previous = slab->previous;
}

/* ---- Regions --------------------------------------------------------------------------------- */

/* False: there is no memory. */
static bool
add_region (struct grove_slabs *self)
{
  struct grove_slab_region *region;
  char                     *memory = mmap (NULL, 2 * REGION_SIZE, PROT_READ | PROT_WRITE,
                                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  size_t                    before;

  if (memory == MAP_FAILED)
    return false;
  before = (size_t) (-(uintptr_t) memory & (REGION_SIZE - 1));
  if (before > 0)
    munmap (memory, before);
  munmap (memory + before + REGION_SIZE, REGION_SIZE - before);
  region = (struct grove_slab_region *) (memory + before);
  /* It is only advice. */
  if (self->huge && self->regions != NULL)
    madvise (region, REGION_SIZE, MADV_HUGEPAGE);
  region->next = self->regions;
  if (self->regions != NULL)
    self->regions->previous = region;
  self->regions = region;
  add_bytes (self, SLAB_SIZE);
  /* The first is taken first, so that what is filled in order lies in order. */
  for (unsigned i = REGION_SLABS - 1; i > 0; i--)
    link_slab (&self->clean, &region->slabs[i]);
  return true;
}

static void
drop_region (struct grove_slabs *self, struct grove_slab_region *region)
{
  for (unsigned i = 1; i < REGION_SLABS; i++)
    {
      struct grove_slab *slab = &region->slabs[i];
      unlink_slab (slab->spare ? &self->spare : &self->clean, slab);
      self->n_spare -= slab->spare;
      if (slab->spare)
        add_bytes (self, (uint64_t) 0 - SLAB_SIZE);
    }
  if (region->previous != NULL)
    region->previous->next = region->next;
  else
    self->regions = region->next;
  if (region->next != NULL)
    region->next->previous = region->previous;
  add_bytes (self, (uint64_t) 0 - SLAB_SIZE);
  munmap (region, REGION_SIZE);
}

/* Gives back the pages of all spare slabs of a region, those that lie together at once. */
static void
clean_region (struct grove_slabs *self, struct grove_slab_region *region)
{
  unsigned i = 1;

  while (i < REGION_SLABS)
    {
      unsigned first = i;

      for (; i < REGION_SLABS && region->slabs[i].spare; i++)
        {
          struct grove_slab *slab = &region->slabs[i];
          unlink_slab (&self->spare, slab);
          slab->spare = false;
          link_slab (&self->clean, slab);
        }
      if (i > first)
        {
          size_t size = (i - first) * SLAB_SIZE;
          madvise (memory_of (&region->slabs[first]), size, MADV_DONTNEED);
          self->n_spare -= i - first;
          add_bytes (self, (uint64_t) 0 - size);
        }
      i++;
    }
}

/* ---- Slabs ----------------------------------------------------------------------------------- */

static struct grove_slab *
new_slab (struct grove_slabs *self, unsigned size)
{
  struct grove_slab *slab = self->spare;

  if (slab != NULL)
    {
      unlink_slab (&self->spare, slab);
      slab->spare = false;
      self->n_spare--;
    }
  else
    {
      if (self->clean == NULL && !add_region (self))
        return NULL;
      slab = self->clean;
      unlink_slab (&self->clean, slab);
      add_bytes (self, SLAB_SIZE);
    }
  slab->free = NULL;
  slab->size = (uint16_t) size;
  slab->n_objects = (uint16_t) (SLAB_SIZE / ((size_t) size * GROVE_SLAB_STEP));
  slab->n_used = 0;
  slab->n_begun = 0;
  region_of (slab)->n_used++;
  link_slab (&self->partial[size - 1], slab);
  return slab;
}

static void
slab_emptied (struct grove_slabs *self, struct grove_slab *slab)
{
  struct grove_slab_region *region = region_of (slab);

  unlink_slab (&self->partial[slab->size - 1], slab);
  slab->size = 0;
  slab->spare = true;
  link_slab (&self->spare, slab);
  self->n_spare++;
  region->n_used--;
  if (self->n_spare <= MAX_SPARE)
    return;
  if (region->n_used == 0)
    drop_region (self, region);
  else
    clean_region (self, region);
}

static struct grove_slab *
slab_for (struct grove_slabs *self, size_t size)
{
  unsigned steps = (unsigned) ((size + GROVE_SLAB_STEP - 1) / GROVE_SLAB_STEP);

  return self->partial[steps - 1] != NULL ? self->partial[steps - 1] : new_slab (self, steps);
}

/* @n were taken. */
static void
count_taken (struct grove_slabs *self, struct grove_slab *slab, unsigned n)
{
  slab->n_used = (uint16_t) (slab->n_used + n);
  if (slab->n_used == slab->n_objects)
    unlink_slab (&self->partial[slab->size - 1], slab);
}

void *
_grove_slab_take (struct grove_slabs *self, size_t size)
{
  struct grove_slab *slab = slab_for (self, size);
  void              *object;

  if (slab == NULL)
    return NULL;
  object = slab->free;
  if (object != NULL)
    slab->free = *(void **) object;
  else
    object = memory_of (slab) + (size_t) slab->n_begun++ * slab->size * GROVE_SLAB_STEP;
  count_taken (self, slab, 1);
  return object;
}

void *
_grove_slab_take_some (struct grove_slabs *self, size_t size, unsigned n, unsigned *ret_n)
{
  struct grove_slab *slab = slab_for (self, size);
  void              *chain;
  void             **last = &chain;
  unsigned           n_taken = 0;

  *ret_n = 0;
  if (slab == NULL)
    return NULL;
  chain = slab->free;
  if (chain != NULL)
    {
      for (; n_taken < n && *last != NULL; n_taken++)
        last = (void **) *last;
      slab->free = *last;
    }
  else
    {
      size_t step = (size_t) slab->size * GROVE_SLAB_STEP;
      char  *object = memory_of (slab) + slab->n_begun * step;
      n_taken = slab->n_objects - slab->n_begun;
      if (n_taken > n)
        n_taken = n;
      slab->n_begun = (uint16_t) (slab->n_begun + n_taken);
      for (unsigned i = 0; i < n_taken; i++, object += step)
        {
          *last = object;
          last = (void **) object;
        }
    }
  *last = NULL;
  count_taken (self, slab, n_taken);
  *ret_n = n_taken;
  return chain;
}

static struct grove_slab *
slab_of (const void *object)
{
  struct grove_slab_region *region = region_of (object);

  return &region->slabs[(size_t) ((const char *) object - (const char *) region) / SLAB_SIZE];
}

void
_grove_slab_give (struct grove_slabs *self, void *object)
{
  *(void **) object = NULL;
  _grove_slab_give_chain (self, object);
}

void
_grove_slab_give_chain (struct grove_slabs *self, void *chain)
{
  while (chain != NULL)
    {
      struct grove_slab *slab = slab_of (chain);
      const char        *memory = memory_of (slab);
      void              *free = slab->free;
      unsigned           n = 0;

      /* What was taken together comes back together. */
      do
        {
          void *next = *(void **) chain;
          *(void **) chain = free;
          free = chain;
          chain = next;
          n++;
        }
      while ((uintptr_t) chain - (uintptr_t) memory < SLAB_SIZE);
      if (slab->n_used == slab->n_objects)
        link_slab (&self->partial[slab->size - 1], slab);
      slab->free = free;
      slab->n_used = (uint16_t) (slab->n_used - n);
      if (slab->n_used == 0)
        slab_emptied (self, slab);
    }
}

void
_grove_slabs_finish (struct grove_slabs *self)
{
  while (self->regions != NULL)
    {
      struct grove_slab_region *region = self->regions;
      self->regions = region->next;
      munmap (region, REGION_SIZE);
    }
  *self = (struct grove_slabs){ .huge = self->huge };
}
