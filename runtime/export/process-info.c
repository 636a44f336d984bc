/* SPDX-License-Identifier: MIT
 *
 * All items of one process. The counters are copied; lists that belong to the process (links,
 * monitors) are read by an inspection on its scheduler, which copies what was asked for and no
 * more.
 *
 * Server thread, except the inspect function.
 */
#include "runtime/export/runtime-source.h"

#include <stdlib.h>

#define LIST_MAX    100
#define PATIENCE_NS UINT64_C (2000000000)

struct get
{
  struct grove_pending pending;
  grove_pid            pid;
  /* filled by the inspection */
  grove_pid links[LIST_MAX], monitors[LIST_MAX], monitored_by[LIST_MAX], suspending[LIST_MAX];
  size_t    n_links, n_monitors, n_monitored_by, n_suspending, n_dictionary;
  uint64_t  max_heap_bytes;
};

static void
inspect_lists (struct grove_inspection *view, void *user_data)
{
  struct get *self = user_data;

  self->n_links = _grove_inspection_links (view, self->links, LIST_MAX);
  self->n_monitors = _grove_inspection_monitors (view, self->monitors, LIST_MAX);
  self->n_monitored_by = _grove_inspection_monitored_by (view, self->monitored_by, LIST_MAX);
  self->n_suspending = _grove_inspection_suspending (view, self->suspending, LIST_MAX);
  self->n_dictionary = _grove_inspection_dictionary_size (view);
  self->max_heap_bytes = _grove_inspection_max_heap (view);
}

static void
write_list (
  struct grove_writer *writer, const char *name, const char *count, const grove_pid *pids, size_t n)
{
  grove_writer_name (writer, name);
  grove_writer_begin_array (writer);
  for (size_t i = 0; i < n && i < LIST_MAX; i++)
    _grove_write_process (writer, pids[i]);
  grove_writer_end_array (writer);
  grove_writer_member_int (writer, count, (int64_t) n);
}

static void
write_supervision (struct grove_writer *writer, grove_pid pid)
{
  struct grove_supervision_node child, supervisor;
  grove_pid                     parent, grandparent;
  bool supervised = _grove_supervision_find (pid, &parent, &child) && parent;

  grove_writer_name (writer, "supervisor");
  if (supervised)
    {
      struct grove_process_sample sample;
      const bool                  alive = _grove_observe_process (parent, &sample);
      char                        text[GROVE_PID_TEXT_SIZE];

      grove_pid_print (parent, text);
      grove_writer_begin_object (writer);
      grove_writer_member_text (writer, "pid", text);
      grove_writer_member_text (writer, "name", alive ? _grove_sample_name (&sample) : "");
      if (_grove_supervision_find (parent, &grandparent, &supervisor))
        {
          grove_writer_member_text (writer, "strategy", supervisor.strategy);
          grove_writer_member_int (writer, "intensity", supervisor.intensity);
          grove_writer_member_int (writer, "period_s", supervisor.period_s);
          grove_writer_member_int (writer, "recent_restarts", supervisor.recent_restarts);
        }
      grove_writer_end_object (writer);
    }
  else
    grove_writer_null (writer);

  grove_writer_name (writer, "child");
  if (supervised)
    {
      static const char *const kinds[] = { "application", "supervisor", "worker" };

      grove_writer_begin_object (writer);
      grove_writer_member_text (writer, "id", child.id);
      grove_writer_member_int (writer, "restarts", child.restarts);
      grove_writer_member_text (writer, "kind", kinds[child.kind]);
      grove_writer_member_text (writer, "restart_type", _grove_restart_name (child.restart));
      grove_writer_end_object (writer);
    }
  else
    grove_writer_null (writer);
}

static void
write_items (struct grove_writer *writer, const struct grove_process_sample *sample)
{
  struct grove_frame current;
  char               text[GROVE_PID_TEXT_SIZE];

  grove_pid_print (sample->pid, text);
  grove_writer_member_text (writer, "pid", text);
  grove_writer_member_text (writer, "name", sample->name);
  grove_writer_member_text (writer, "label", sample->label);
  grove_writer_member_text (writer, "initial_call", sample->initial);
  grove_writer_member_text (writer, "status", _grove_status_name (sample->status));
  grove_writer_member_text (writer, "priority", _grove_priority_name (sample->priority));
  grove_writer_member_bool (writer, "trap_exit", sample->trap_exit);
  grove_writer_member_bool (writer, "system", sample->system);
  grove_writer_member_int (writer, "scheduler", sample->scheduler);
  grove_writer_member_int (writer, "started_ns", (int64_t) sample->started_ns);
  grove_writer_member_int (writer, "now_ns", (int64_t) grove_now_ns ());
  grove_writer_member_int (writer, "messages", (int64_t) sample->n_messages);
  grove_writer_member_int (writer, "received", (int64_t) sample->n_received);
  grove_writer_member_int (writer, "mailbox_bytes", (int64_t) sample->mailbox_bytes);
  grove_writer_member_int (writer, "heap_bytes", (int64_t) sample->heap_bytes);
  grove_writer_member_int (writer, "stack_bytes", (int64_t) sample->stack_bytes);
  grove_writer_member_int (writer, "memory_bytes", (int64_t) sample->memory_bytes);
  grove_writer_member_int (writer, "reductions", (int64_t) sample->reductions);
  _grove_observe_where (sample, &current);
  grove_writer_name (writer, "current");
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "function", current.function);
  grove_writer_member_text (writer, "file", current.file);
  grove_writer_member_int (writer, "line", current.line);
  grove_writer_end_object (writer);
  grove_writer_name (writer, "group_leader");
  _grove_write_process (writer, sample->group);
  grove_writer_name (writer, "parent");
  _grove_write_process (writer, sample->parent);
  grove_writer_name (writer, "application");
  _grove_write_process (writer, sample->group);
}

/* What a process is made of, each part once: together they are its memory, but for the pid, which
 * others keep. */
static void
write_sizes (struct grove_writer *writer, const struct grove_process_sample *sample)
{
  grove_writer_name (writer, "sizes");
  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "stack", (int64_t) sample->stack_bytes);
  grove_writer_member_int (writer, "heap", (int64_t) sample->heap_bytes);
  grove_writer_member_int (writer, "mailbox", (int64_t) sample->mailbox_bytes);
  grove_writer_member_int (writer, "control_block",
                           (int64_t) (sample->memory_bytes - sample->stack_bytes -
                                      sample->heap_bytes - sample->mailbox_bytes));
  grove_writer_member_int (writer, "pid", sizeof sample->pid);
  grove_writer_end_object (writer);
}

/* What process_info knows on a BEAM, and there is none of here. */
static void
write_absent (struct grove_writer *writer)
{
  grove_writer_name (writer, "absent");
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "error_handler",
                            "a call of a function that is not there does not link in C, so nothing "
                            "is called instead");
  grove_writer_member_text (writer, "garbage_collection",
                            "a process in C frees what it has allocated: there is no collector");
  grove_writer_end_object (writer);
}

static bool
get_poll (struct grove_pending *pending, uint64_t now_ns)
{
  struct get                 *self = (struct get *) pending;
  struct grove_process_sample sample;
  struct grove_writer        *writer;

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

  writer = grove_call_begin (pending->call);
  grove_writer_begin_object (writer);
  write_items (writer, &sample);
  write_supervision (writer, self->pid);
  write_list (writer, "links", "n_links", self->links, self->n_links);
  write_list (writer, "monitors", "n_monitors", self->monitors, self->n_monitors);
  write_list (writer, "monitored_by", "n_monitored_by", self->monitored_by, self->n_monitored_by);
  write_list (writer, "suspending", "n_suspending", self->suspending, self->n_suspending);
  grove_writer_member_int (writer, "n_dictionary", (int64_t) self->n_dictionary);
  grove_writer_member_int (writer, "max_heap_bytes", (int64_t) self->max_heap_bytes);
  write_sizes (writer, &sample);
  write_absent (writer);
  grove_writer_end_object (writer);
  grove_call_end (pending->call);
  return true;
}

static void
get_free (struct grove_pending *pending)
{
  free (pending);
}

void
_grove_source_process_get (void *source, struct grove_call *call, const char *pid)
{
  struct grove_process_sample sample;
  struct get                 *self;

  if (!_grove_source_find (call, pid, &sample))
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
    .poll = get_poll,
    .free = get_free,
  };
  _grove_pending_inspect (&self->pending, self->pid, inspect_lists);
}
