/* SPDX-License-Identifier: MIT
 *
 * See request.h. One short list under one lock, a leaf: otp/ is compiled without reduction
 * counting, so a process is never switched out while it holds it.
 */
#include "runtime/otp/request.h"

#include "runtime/core/observe.h"
#include "runtime/core/runtime-private.h"

#include <pthread.h>
#include <stdlib.h>

/* As many may lie there before those are looked for whose receiver has ended. */
#define SWEEP_FROM 32

static struct
{
  pthread_mutex_t       lock;
  struct grove_request *first;
  uint64_t              last_key;
  size_t                n, sweep_at;
} box = { .lock = PTHREAD_MUTEX_INITIALIZER, .sweep_at = SWEEP_FROM };

static void
drop_locked (struct grove_request **at)
{
  struct grove_request *request = *at;

  *at = request->next;
  box.n--;
  free (request);
}

static void
sweep_locked (void)
{
  struct grove_process_sample sample;

  for (struct grove_request **at = &box.first; *at;)
    if (_grove_observe_process ((*at)->to, &sample))
      at = &(*at)->next;
    else
      drop_locked (at);
  box.sweep_at = box.n * 2 > SWEEP_FROM ? box.n * 2 : SWEEP_FROM;
}

static void
clear (void)
{
  pthread_mutex_lock (&box.lock);
  while (box.first)
    drop_locked (&box.first);
  pthread_mutex_unlock (&box.lock);
}

struct grove_request *
_grove_request_new (size_t size)
{
  struct grove_request *request = aligned_alloc (16, (sizeof *request + size + 15) & ~(size_t) 15);

  if (request)
    request->size = size;
  return request;
}

uint64_t
_grove_request_add (grove_pid to, struct grove_request *request)
{
  struct grove_process_sample sample;
  uint64_t                    key;

  if (!_grove_observe_process (to, &sample))
    return 0;
  _grove_runtime_at_stop (clear);
  request->to = to;
  pthread_mutex_lock (&box.lock);
  if (box.n >= box.sweep_at)
    sweep_locked ();
  key = request->key = ++box.last_key;
  request->next = box.first;
  box.first = request;
  box.n++;
  pthread_mutex_unlock (&box.lock);
  return key;
}

struct grove_request *
_grove_request_take (grove_pid to, uint64_t key)
{
  struct grove_request **at = &box.first;
  struct grove_request  *request;

  pthread_mutex_lock (&box.lock);
  while (*at && ((*at)->key != key || (*at)->to != to))
    at = &(*at)->next;
  request = *at;
  if (request)
    {
      *at = request->next;
      box.n--;
    }
  pthread_mutex_unlock (&box.lock);
  return request;
}
