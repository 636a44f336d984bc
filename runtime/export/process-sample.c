/* SPDX-License-Identifier: MIT
 *
 * What one process is doing at this moment, for process.watch: a copy of its counters, which costs
 * it nothing.
 *
 * Server thread only.
 */
#include "runtime/export/runtime-source.h"

#include <string.h>

bool
_grove_source_process_sample (void                        *source,
                              const char                  *pid_text,
                              struct grove_writer         *writer,
                              struct grove_process_counts *ret_counts)
{
  const uint64_t              now_ns = grove_now_ns ();
  struct grove_process_sample sample;
  struct grove_frame          current;
  grove_pid                   pid;

  grove_writer_member_int (writer, "t", (int64_t) now_ns);
  if (!grove_pid_parse (pid_text, strlen (pid_text), &pid))
    return false;
  if (!_grove_observe_process (pid, &sample))
    {
      grove_writer_name (writer, "exited");
      (void) _grove_write_end (writer, pid);
      return false;
    }
  _grove_observe_where (&sample, &current);
  grove_writer_member_text (writer, "name", _grove_sample_name (&sample));
  grove_writer_member_text (writer, "status", _grove_status_name (sample.status));
  grove_writer_member_text (writer, "priority", _grove_priority_name (sample.priority));
  grove_writer_member_int (writer, "scheduler", sample.scheduler);
  grove_writer_member_int (writer, "messages", (int64_t) sample.n_messages);
  grove_writer_member_int (writer, "received", (int64_t) sample.n_received);
  grove_writer_member_int (writer, "mailbox_bytes", (int64_t) sample.mailbox_bytes);
  grove_writer_member_int (writer, "heap_bytes", (int64_t) sample.heap_bytes);
  grove_writer_member_int (writer, "stack_bytes", (int64_t) sample.stack_bytes);
  grove_writer_member_int (writer, "memory_bytes", (int64_t) sample.memory_bytes);
  grove_writer_member_int (writer, "reductions", (int64_t) sample.reductions);
  grove_writer_member_int (writer, "links", sample.n_links);
  grove_writer_member_bool (writer, "trap_exit", sample.trap_exit);
  grove_writer_member_text (writer, "current", current.function);
  *ret_counts = (struct grove_process_counts){
    .at_ns = now_ns,
    .reductions = sample.reductions,
    .received = sample.n_received,
  };
  return true;
}
