/* SPDX-License-Identifier: MIT
 *
 * See constant.h. Objects that came later, by dlopen(), may go again, and another may come to where
 * they were: only the program itself and the object this is in count.
 */
#include "runtime/term/constant.h"

#include <link.h>
#include <pthread.h>
#include <stdint.h>

#define MAX_RANGES 16

static struct
{
  uintptr_t begin, end;
} ranges[MAX_RANGES];
static unsigned n_ranges;

static bool
contains (const struct dl_phdr_info *object, uintptr_t address)
{
  for (unsigned i = 0; i < object->dlpi_phnum; i++)
    if (object->dlpi_phdr[i].p_type == PT_LOAD &&
        address - object->dlpi_addr - object->dlpi_phdr[i].p_vaddr < object->dlpi_phdr[i].p_memsz)
      return true;
  return false;
}

static int
add_object (struct dl_phdr_info *object, size_t size, void *user_data)
{
  bool *is_first = user_data;

  (void) size;
  /* The first is the program. */
  if (*is_first || contains (object, (uintptr_t) add_object))
    for (unsigned i = 0; i < object->dlpi_phnum && n_ranges < MAX_RANGES; i++)
      {
        const ElfW (Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) != 0)
          continue;
        ranges[n_ranges].begin = object->dlpi_addr + segment->p_vaddr;
        ranges[n_ranges++].end = object->dlpi_addr + segment->p_vaddr + segment->p_memsz;
      }
  *is_first = false;
  return 0;
}

static void
init (void)
{
  bool is_first = true;

  dl_iterate_phdr (add_object, &is_first);
}

bool
_grove_is_constant (const void *address)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;

  pthread_once (&once, init);
  for (unsigned i = 0; i < n_ranges; i++)
    if ((uintptr_t) address >= ranges[i].begin && (uintptr_t) address < ranges[i].end)
      return true;
  return false;
}
