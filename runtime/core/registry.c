/* SPDX-License-Identifier: MIT
 *
 * Names of processes. One lock guards the table and which block has which name; a process that ends
 * says so in its block before it takes the lock, so that nobody registers one that will not forget.
 */
#include "runtime/core/registry.h"

#include "runtime/core/event.h"
#include "runtime/core/intern.h"
#include "runtime/core/lock.h"
#include "runtime/core/memory.h"
#include "runtime/core/process-table.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/trace-private.h"

#include <string.h>

#define MAX_NAME 255

struct entry
{
  struct entry *next;
  const char   *name; /* interned, so equal names are one pointer */
  grove_pid     pid;
};

static struct
{
  struct grove_lock lock;
  struct entry    **buckets; /* a power of two, or none */
  uint32_t          n_buckets;
  uint32_t          n;
} registry = { .lock = GROVE_LOCK_INIT (GROVE_RANK_REGISTRY) };

static uint32_t
bucket_of (const char *name)
{
  return (uint32_t) (((uintptr_t) name * UINT64_C (0x9e3779b97f4a7c15)) >> 32) &
         (registry.n_buckets - 1);
}

/* The link that holds the entry, or where it would be. */
static struct entry **
find_locked (const char *name)
{
  struct entry **link = &registry.buckets[bucket_of (name)];

  while (*link != NULL && (*link)->name != name)
    link = &(*link)->next;
  return link;
}

static void
grow_locked (void)
{
  uint32_t       n_old = registry.n_buckets;
  struct entry **old = registry.buckets;

  registry.n_buckets = n_old == 0 ? 64 : n_old * 2;
  registry.buckets = _grove_calloc (registry.n_buckets, sizeof (struct entry *));
  for (uint32_t i = 0; i < n_old; i++)
    for (struct entry *entry = old[i]; entry != NULL;)
      {
        struct entry *next = entry->next;
        uint32_t      bucket = bucket_of (entry->name);
        entry->next = registry.buckets[bucket];
        registry.buckets[bucket] = entry;
        entry = next;
      }
  free (old);
}

static void
remove_locked (struct entry **link)
{
  struct entry *entry = *link;

  *link = entry->next;
  registry.n--;
  free (entry);
}

void
_grove_registry_forget (struct grove_process *process)
{
  const char *name;

  /* Sequentially consistent, after the store of the state: either this sees the name, or who gives
   * the name sees that the process is ending. Most have none, and take no lock. */
  if (atomic_load (&process->name) == NULL)
    return;
  _grove_lock (&registry.lock);
  name = GROVE_GET (process->name);
  if (name != NULL)
    {
      struct entry **link = find_locked (name);
      if (*link != NULL)
        remove_locked (link);
      GROVE_SET (process->name, NULL);
    }
  _grove_unlock (&registry.lock);
  if (name != NULL && GROVE_TRACED (process, GROVE_TRACE_PROCS))
    _grove_trace_text (process, "unregister", name);
}

void
_grove_registry_finish (void)
{
  for (uint32_t i = 0; i < registry.n_buckets; i++)
    while (registry.buckets[i] != NULL)
      remove_locked (&registry.buckets[i]);
  free (registry.buckets);
  registry.buckets = NULL;
  registry.n_buckets = 0;
}

/* ---- Public ---------------------------------------------------------------------------------- */

static bool
valid_utf8 (const char *text)
{
  const uint8_t *c = (const uint8_t *) text;

  while (*c != 0)
    {
      unsigned n = *c < 0x80 ? 0 : *c >= 0xc2 && *c < 0xe0 ? 1 : *c >= 0xe0 && *c < 0xf0 ? 2 : 3;
      uint8_t  first = *c;
      if (first >= 0xf5 || (first >= 0x80 && first < 0xc2))
        return false;
      c++;
      if ((first == 0xe0 && *c < 0xa0) || (first == 0xed && *c >= 0xa0) ||
          (first == 0xf0 && *c < 0x90) || (first == 0xf4 && *c >= 0x90))
        return false;
      for (; n > 0; n--, c++)
        if ((*c & 0xc0) != 0x80)
          return false;
    }
  return true;
}

bool
_grove_registry_valid_name (const char *name)
{
  return name != NULL && name[0] != '\0' && strlen (name) <= MAX_NAME && valid_utf8 (name);
}

static bool
lives (struct grove_process *process, grove_pid pid)
{
  uint32_t state = atomic_load (&process->state);

  return state != GROVE_STATE_FREE && state != GROVE_STATE_EXITING &&
         atomic_load (&process->generation) == (uint32_t) (pid >> 32);
}

static enum grove_status
register_locked (const char *name, grove_pid pid, struct grove_process *process)
{
  struct entry **link;
  struct entry  *entry;

  if (registry.n >= registry.n_buckets)
    grow_locked ();
  link = find_locked (name);
  if (*link != NULL)
    return GROVE_ERR_NAME_TAKEN;
  if (!lives (process, pid))
    return GROVE_ERR_NOPROC;
  if (GROVE_GET (process->name) != NULL)
    return GROVE_ERR_NAME_TAKEN;
  /* See _grove_registry_forget(). */
  atomic_store (&process->name, name);
  if (!lives (process, pid))
    {
      atomic_store (&process->name, NULL);
      return GROVE_ERR_NOPROC;
    }
  entry = _grove_malloc (sizeof *entry);
  *entry = (struct entry){ .name = name, .pid = pid };
  *link = entry;
  registry.n++;
  _grove_event (GROVE_EVENT_REGISTER, pid, _grove_event_text (name), 0);
  return GROVE_OK;
}

enum grove_status
grove_register (const char *name, grove_pid pid)
{
  struct grove_process *process = _grove_table_block (pid);
  enum grove_status     status;

  if (!_grove_registry_valid_name (name) || strcmp (name, "undefined") == 0)
    return GROVE_ERR_BADARG;
  if (process == NULL)
    return GROVE_ERR_NOPROC;
  name = _grove_intern (name);
  if (name == NULL)
    return GROVE_ERR_SYSTEM_LIMIT;
  _grove_lock (&registry.lock);
  status = register_locked (name, pid, process);
  _grove_unlock (&registry.lock);
  if (status == GROVE_OK)
    _grove_trace_name (pid, "register", name);
  return status;
}

enum grove_status
grove_unregister (const char *name)
{
  enum grove_status status = GROVE_ERR_NO_NAME;
  grove_pid         pid = 0;

  name = _grove_intern_find (name);
  if (name == NULL)
    return status;
  _grove_lock (&registry.lock);
  if (registry.n > 0)
    {
      struct entry **link = find_locked (name);
      if (*link != NULL)
        {
          GROVE_SET (_grove_table_block ((*link)->pid)->name, NULL);
          _grove_event (GROVE_EVENT_UNREGISTER, (*link)->pid, _grove_event_text (name), 0);
          pid = (*link)->pid;
          remove_locked (link);
          status = GROVE_OK;
        }
    }
  _grove_unlock (&registry.lock);
  if (status == GROVE_OK)
    _grove_trace_name (pid, "unregister", name);
  return status;
}

grove_pid
grove_whereis (const char *name)
{
  grove_pid pid = 0;

  name = _grove_intern_find (name);
  if (name == NULL)
    return 0;
  _grove_lock (&registry.lock);
  if (registry.n > 0)
    {
      struct entry *entry = *find_locked (name);
      pid = entry != NULL ? entry->pid : 0;
    }
  _grove_unlock (&registry.lock);
  return pid;
}
