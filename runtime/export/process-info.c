/* SPDX-License-Identifier: MIT
 *
 * What can be asked of one process: all its items, and the messages in its mailbox. The counters
 * are copied; lists that belong to the process (links, monitors, messages) are read by an
 * inspection on its scheduler, which copies what was asked for and no more.
 *
 * Server thread, except the two inspect functions.
 */
#include "runtime/export/runtime-source.h"

#include <stdlib.h>
#include <string.h>

#define LIST_MAX    100
#define PATIENCE_NS UINT64_C (2000000000)
#define PRINT_DEPTH 12
/* Of all texts of one answer: with escapes they still fit into a message. */
#define TEXTS_MAX ((size_t) 400000)

/* ---- process.get -------------------------------------------------------------------------------
 */

struct get
{
  struct grove_pending pending;
  grove_pid            pid;
  /* filled by the inspection */
  grove_pid links[LIST_MAX], monitors[LIST_MAX], monitored_by[LIST_MAX];
  size_t    n_links, n_monitors, n_monitored_by;
};

static void
inspect_lists (struct grove_inspection *view, void *user_data)
{
  struct get *self = user_data;

  self->n_links = _grove_inspection_links (view, self->links, LIST_MAX);
  self->n_monitors = _grove_inspection_monitors (view, self->monitors, LIST_MAX);
  self->n_monitored_by = _grove_inspection_monitored_by (view, self->monitored_by, LIST_MAX);
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
      grove_writer_end_object (writer);
    }
  else
    grove_writer_null (writer);
}

static void
write_items (struct grove_writer *writer, const struct grove_process_sample *sample)
{
  char text[GROVE_PID_TEXT_SIZE];

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
  grove_writer_name (writer, "parent");
  _grove_write_process (writer, sample->parent);
  grove_writer_name (writer, "application");
  _grove_write_process (writer, sample->group);
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

/* ---- process.messages --------------------------------------------------------------------------
 */

struct shown_message
{
  grove_pid sender;
  int64_t   age_ns;
  uint64_t  size;
  size_t    text, length; /* in struct messages.text */
  bool      truncated;
};

struct messages
{
  struct grove_pending pending;
  grove_pid            pid;
  uint64_t             offset;
  uint32_t             limit, max_bytes;
  /* filled by the inspection */
  uint64_t              total;
  uint32_t              n;
  struct shown_message *shown;
  char                 *text;
  size_t                text_size;
};

static void
inspect_messages (struct grove_inspection *view, void *user_data)
{
  struct messages            *self = user_data;
  struct grove_process_sample sample;
  struct grove_message_view   message;
  const uint64_t              now_ns = grove_now_ns ();
  size_t                      used = 0;

  if (_grove_observe_process (self->pid, &sample))
    self->total = sample.n_messages;
  /* Beyond the end: nothing to walk to, through a mailbox that may be long. */
  if (self->offset >= self->total)
    return;

  while (self->n < self->limit && used + self->max_bytes + 1 <= self->text_size &&
         _grove_inspection_message (view, self->offset + self->n, &message))
    {
      struct shown_message *shown = &self->shown[self->n++];

      shown->sender = message.sender;
      shown->age_ns = message.sent_ns ? (int64_t) (now_ns - message.sent_ns) : -1;
      shown->size = message.term.size;
      shown->text = used;
      shown->length = grove_term_print (message.term, GROVE_SYNTAX_ERLANG, PRINT_DEPTH,
                                        self->text + used, self->max_bytes + 1, &shown->truncated);
      used += shown->length + 1;
    }
}

static bool
messages_poll (struct grove_pending *pending, uint64_t now_ns)
{
  struct messages     *self = (struct messages *) pending;
  struct grove_writer *writer;
  char                 text[GROVE_PID_TEXT_SIZE];

  if (!pending->inspected)
    {
      if (now_ns < pending->deadline_ns)
        return false;
      _grove_source_fail_not_reached (pending->call, self->pid);
      return true;
    }
  if (pending->status != GROVE_OK)
    {
      _grove_source_fail_gone (pending->call, self->pid);
      return true;
    }

  writer = grove_call_begin (pending->call);
  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "total", (int64_t) self->total);
  grove_writer_member_int (writer, "offset", (int64_t) self->offset);
  grove_writer_name (writer, "messages");
  grove_writer_begin_array (writer);
  for (uint32_t i = 0; i < self->n; i++)
    {
      const struct shown_message *shown = &self->shown[i];

      grove_writer_begin_object (writer);
      grove_writer_member_int (writer, "index", (int64_t) (self->offset + i));
      if (shown->sender)
        grove_pid_print (shown->sender, text);
      grove_writer_member_text (writer, "from", shown->sender ? text : "");
      grove_writer_member_int (writer, "age_ns", shown->age_ns);
      grove_writer_member_int (writer, "size", (int64_t) shown->size);
      grove_writer_name (writer, "term");
      grove_writer_begin_object (writer);
      grove_writer_name (writer, "text");
      grove_writer_text_size (writer, self->text + shown->text, shown->length);
      grove_writer_member_int (writer, "size", (int64_t) shown->size);
      grove_writer_member_bool (writer, "truncated", shown->truncated);
      grove_writer_end_object (writer);
      grove_writer_end_object (writer);
    }
  grove_writer_end_array (writer);
  grove_writer_end_object (writer);
  grove_call_end (pending->call);
  return true;
}

static void
messages_free (struct grove_pending *pending)
{
  struct messages *self = (struct messages *) pending;

  free (self->shown);
  free (self->text);
  free (self);
}

void
_grove_source_process_messages (void              *source,
                                struct grove_call *call,
                                const char        *pid,
                                uint64_t           offset,
                                uint32_t           limit,
                                uint32_t           max_bytes)
{
  struct grove_process_sample sample;
  struct messages            *self;

  if (!_grove_source_find (call, pid, &sample))
    return;

  self = calloc (1, sizeof *self);
  if (!self)
    abort ();
  self->pid = sample.pid;
  self->offset = offset;
  self->limit = limit;
  self->max_bytes = max_bytes;
  self->shown = calloc (limit ? limit : 1, sizeof *self->shown);
  self->text_size = (size_t) limit * (max_bytes + 1);
  if (self->text_size > TEXTS_MAX)
    self->text_size = TEXTS_MAX;
  self->text = malloc (self->text_size);
  if (!self->shown || !self->text)
    abort ();
  self->pending = (struct grove_pending){
    .source = source,
    .call = call,
    .since_ns = grove_now_ns (),
    .deadline_ns = grove_now_ns () + PATIENCE_NS,
    .poll = messages_poll,
    .free = messages_free,
  };
  _grove_pending_inspect (&self->pending, self->pid, inspect_messages);
}
