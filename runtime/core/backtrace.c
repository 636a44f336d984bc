/* SPDX-License-Identifier: MIT
 *
 * The stack of a process for somebody who looks. The process's scheduler copies the frames, which
 * takes a microsecond; unwinding the copy and finding the names is done by the thread that looks.
 */
#include "runtime/core/backtrace.h"

#include "runtime/core/inspect.h"
#include "runtime/core/memory.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/switch.h"
#include "runtime/core/symbol-reader.h"
#include "runtime/core/symbol.h"

#include <string.h>

struct grove_stack_view
{
  struct grove_trace      trace; /* of a process that was looking itself */
  struct grove_stack_copy copy;  /* of one that did not run */
};

struct grove_stack_view *
_grove_stack_view_new (void)
{
  return _grove_calloc (1, sizeof (struct grove_stack_view));
}

void
_grove_stack_view_free (struct grove_stack_view *view)
{
  free (view);
}

static void
copy_stack (const struct grove_process *process, struct grove_stack_copy *copy)
{
  const void *frames = process->saved != NULL ? process->saved : process->sp;

  copy->has_frames = false;
  if (process->sp == NULL || process->stack == NULL ||
      (process->saved == NULL && process->stack->owner != process) ||
      !_grove_switch_registers (frames, process->sp, &copy->registers))
    return;
  copy->has_frames = true;
  copy->address = (uintptr_t) process->sp;
  copy->size = (size_t) (process->stack->top - (char *) process->sp);
  copy->cut = copy->size > sizeof copy->bytes;
  if (copy->cut)
    copy->size = sizeof copy->bytes;
  _grove_stack_read (copy->bytes, frames, copy->size);
}

void
_grove_inspection_stack (struct grove_inspection *inspection, struct grove_stack_view *view)
{
  struct grove_process *process = _grove_inspection_process (inspection);

  view->trace.n = 0;
  view->copy.has_frames = false;
  if (_grove_process_self () == process)
    _grove_unwind_here (&view->trace);
  else
    copy_stack (process, &view->copy);
}

/* Of a process that runs nothing but code of the runtime, as a supervisor does, a reader is shown
 * the frames from what that code called on: grove_receive(), not what is behind it. */
static size_t
skip_private (const struct grove_trace *trace)
{
  struct grove_frame frame;

  if (trace->n == 0 || _grove_code_kind (trace->pcs[0]) != GROVE_CODE_RUNTIME)
    return 0;
  for (size_t i = 0; i < trace->n; i++)
    {
      _grove_observe_frame (trace->pcs[i], &frame);
      if (strncmp (frame.function, "grove_", strlen ("grove_")) == 0)
        return i;
    }
  return 0;
}

size_t
_grove_trace_frames (const struct grove_trace *trace, struct grove_frame *frames, size_t n)
{
  size_t first = skip_private (trace);
  size_t i;

  for (i = 0; first + i < trace->n && i < n; i++)
    _grove_observe_frame (trace->pcs[first + i], &frames[i]);
  return i;
}

size_t
_grove_stack_view_frames (struct grove_stack_view *view, struct grove_frame *frames, size_t n)
{
  if (view->copy.has_frames)
    {
      _grove_symbols_lock ();
      _grove_symbol_unwind (&view->copy, &view->trace);
      _grove_symbols_unlock ();
      _grove_trace_trim (&view->trace);
    }
  return _grove_trace_frames (&view->trace, frames, n);
}

void
_grove_observe_frame (uintptr_t pc, struct grove_frame *ret_frame)
{
  const struct grove_symbol *symbol = _grove_symbol_find (pc);

  *ret_frame = (struct grove_frame){ pc, symbol->function, symbol->file, symbol->line };
}

void
_grove_observe_where (const struct grove_process_sample *sample, struct grove_frame *ret_frame)
{
  if (sample->where != 0)
    _grove_observe_frame (sample->where - 1, ret_frame);
  else
    *ret_frame = (struct grove_frame){ 0, "", "", 0 };
}
