/* SPDX-License-Identifier: MIT
 *
 * Where a process is. Its scheduler copies the frames, which takes a microsecond; they are unwound
 * and named here, on the server's thread, which alone waits for debugging information to be read.
 *
 * Server thread, except the inspect function.
 */
#include "runtime/export/runtime-source.h"

#include <stdlib.h>

#define PATIENCE_NS UINT64_C (2000000000)

struct stack
{
  struct grove_pending     pending;
  grove_pid                pid;
  uint32_t                 limit;
  struct grove_stack_view *view; /* filled by the inspection */
};

static void
inspect_stack (struct grove_inspection *inspection, void *user_data)
{
  struct stack *self = user_data;

  _grove_inspection_stack (inspection, self->view);
}

static void
write_frame (struct grove_writer *writer, const struct grove_frame *frame)
{
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "function", frame->function);
  grove_writer_member_text (writer, "file", frame->file);
  grove_writer_member_int (writer, "line", frame->line);
  grove_writer_end_object (writer);
}

static void
answer (struct stack *self, const struct grove_process_sample *sample)
{
  struct grove_frame   frames[GROVE_MAX_FRAMES], current;
  const size_t         n = _grove_stack_view_frames (self->view, frames, GROVE_MAX_FRAMES);
  struct grove_writer *writer = grove_call_begin (self->pending.call);
  char                 text[GROVE_PID_TEXT_SIZE];

  grove_pid_print (self->pid, text);
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "pid", text);
  grove_writer_member_text (writer, "name", _grove_sample_name (sample));
  grove_writer_member_text (writer, "status", _grove_status_name (sample->status));
  /* One that waits without frames still is somewhere. */
  _grove_observe_where (sample, &current);
  grove_writer_name (writer, "current");
  write_frame (writer, n > 0 ? &frames[0] : &current);
  grove_writer_name (writer, "frames");
  grove_writer_begin_array (writer);
  for (size_t i = 0; i < n && i < self->limit; i++)
    write_frame (writer, &frames[i]);
  grove_writer_end_array (writer);
  grove_writer_member_bool (writer, "truncated", n > self->limit || n == GROVE_MAX_FRAMES);
  grove_writer_end_object (writer);
  grove_call_end (self->pending.call);
}

static bool
stack_poll (struct grove_pending *pending, uint64_t now_ns)
{
  struct stack               *self = (struct stack *) pending;
  struct grove_process_sample sample;

  if (!pending->inspected)
    {
      if (now_ns < pending->deadline_ns)
        return false;
      _grove_source_fail_not_reached (pending->call, self->pid);
    }
  else if (pending->status != GROVE_OK || !_grove_observe_process (self->pid, &sample))
    _grove_source_fail_gone (pending->call, self->pid);
  else
    answer (self, &sample);
  return true;
}

static void
stack_free (struct grove_pending *pending)
{
  struct stack *self = (struct stack *) pending;

  _grove_stack_view_free (self->view);
  free (self);
}

void
_grove_source_process_stack (void *source, struct grove_call *call, const char *pid, uint32_t limit)
{
  struct grove_process_sample sample;
  struct stack               *self;

  if (!_grove_source_find (call, pid, &sample))
    return;

  self = calloc (1, sizeof *self);
  if (!self)
    abort ();
  self->pid = sample.pid;
  self->limit = limit;
  self->view = _grove_stack_view_new ();
  self->pending = (struct grove_pending){
    .source = source,
    .call = call,
    .since_ns = grove_now_ns (),
    .deadline_ns = grove_now_ns () + PATIENCE_NS,
    .poll = stack_poll,
    .free = stack_free,
  };
  _grove_pending_inspect (&self->pending, self->pid, inspect_stack);
}
