/* SPDX-License-Identifier: MIT
 *
 * Memory for many objects of a few sizes that goes back to the system when they are gone. Objects
 * of one size lie together in slabs of 16 KiB, slabs in regions of 4 MiB. An object costs its size
 * and nothing more; a slab without objects is kept for the next ones up to a limit, and then its
 * pages, or a whole region, are given back. Nothing here is locked: one thread at a time.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GROVE_SLAB_STEP    16
#define GROVE_SLAB_LARGEST 1024 /* what is larger is malloc()'s */
#define GROVE_SLAB_SIZES   (GROVE_SLAB_LARGEST / GROVE_SLAB_STEP)

struct grove_slab;
struct grove_slab_region;

/* Zero-initialised it is empty and owns nothing. */
struct grove_slabs
{
  struct grove_slab        *partial[GROVE_SLAB_SIZES]; /* with objects, and room for more */
  struct grove_slab        *spare;                     /* without objects; the pages are there */
  struct grove_slab        *clean;                     /* without objects or pages */
  struct grove_slab_region *regions;
  uint32_t                  n_spare;
  /* Regions behind the first may lie in huge pages: of what comes and goes by the million, most of
   * the time goes into faults of small ones. */
  bool             huge;
  _Atomic uint64_t bytes; /* of slabs that have pages; read by any thread */
};

/* Room for @size bytes, 1 to GROVE_SLAB_LARGEST, aligned to 16. NULL: there is no memory. */
void *_grove_slab_take (struct grove_slabs *self, size_t size);
void  _grove_slab_give (struct grove_slabs *self, void *object);
/* Several, each beginning with the next: at least one, at most @n, or none and NULL; and any of the
 * same allocator. */
void *_grove_slab_take_some (struct grove_slabs *self, size_t size, unsigned n, unsigned *ret_n);
void  _grove_slab_give_chain (struct grove_slabs *self, void *chain);
/* Gives all back, whether objects are left or not. */
void _grove_slabs_finish (struct grove_slabs *self);
