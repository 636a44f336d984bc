/* SPDX-License-Identifier: MIT
 *
 * Giving memory back on demand. There is no garbage to collect: what a C process has allocated it
 * frees itself. What it no longer needs is what its stack once used, and that is given back.
 *
 * Server thread, except the inspect function.
 */
#include "runtime/export/runtime-source.h"

#include <stdlib.h>

#define PATIENCE_NS UINT64_C (2000000000)

struct gc
{
  struct grove_pending pending;
  grove_pid            pid;
  size_t               freed_bytes; /* filled by the inspection */
};

static void
inspect_trim (struct grove_inspection *view, void *user_data)
{
  struct gc *self = user_data;

  self->freed_bytes = _grove_inspection_trim (view);
}

static bool
gc_poll (struct grove_pending *pending, uint64_t now_ns)
{
  struct gc                  *self = (struct gc *) pending;
  struct grove_process_sample sample;
  struct grove_writer        *writer;
  char                        text[GROVE_PID_TEXT_SIZE];

  if (!pending->inspected)
    {
      if (now_ns < pending->deadline_ns)
        return false;
      _grove_source_fail_not_reached (pending->call, self->pid);
      return true;
    }
  if (pending->status != GROVE_OK || !_grove_observe_process (self->pid, &sample))
    {
      _grove_source_fail_gone (pending->call, self->pid);
      return true;
    }
  grove_pid_print (self->pid, text);
  writer = grove_call_begin (pending->call);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "pid", text);
  grove_writer_member_text (writer, "name", _grove_sample_name (&sample));
  grove_writer_member_int (writer, "freed_bytes", (int64_t) self->freed_bytes);
  grove_writer_member_int (writer, "stack_bytes", (int64_t) sample.stack_bytes);
  grove_writer_member_int (writer, "heap_bytes", (int64_t) sample.heap_bytes);
  grove_writer_member_text (writer, "kept",
                            "what is on its heap it has allocated and not freed: a process in C "
                            "has no garbage to collect");
  grove_writer_end_object (writer);
  grove_call_end (pending->call);
  return true;
}

static void
gc_free (struct grove_pending *pending)
{
  free (pending);
}

void
_grove_source_process_gc (void                      *source,
                          struct grove_call         *call,
                          const char                *pid,
                          const struct grove_expect *expect)
{
  struct grove_process_sample sample;
  struct gc                  *self;

  if (!_grove_source_find_target (call, pid, expect, &sample))
    return;
  self = calloc (1, sizeof *self);
  if (!self)
    abort ();
  self->pid = sample.pid;
  self->pending = (struct grove_pending){
    .source = source,
    .call = call,
    .since_ns = grove_now_ns (),
    .deadline_ns = grove_now_ns () + PATIENCE_NS,
    .poll = gc_poll,
    .free = gc_free,
  };
  _grove_pending_inspect (&self->pending, self->pid, inspect_trim);
}
