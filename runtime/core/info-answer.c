/* SPDX-License-Identifier: MIT
 *
 * The answer to what a process is asked about itself: terms, in the shapes that process_info has in
 * Erlang. It is written where the process holds still: by its scheduler, or by itself.
 */
#include "runtime/core/info-private.h"

#include "runtime/core/bonds.h"
#include "runtime/core/dictionary-private.h"
#include "runtime/core/observe.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/suspend-private.h"
#include "runtime/term/etf.h"

#include <string.h>

#define WORD_BYTES 8 /* of the sizes */

struct answer
{
  struct grove_buffer         out;
  struct grove_process       *process;
  struct grove_process_sample sample;
  bool                        counts; /* the messages are in it too, so that both must agree */
  bool                        too_large;
};

/* ---- Parts ----------------------------------------------------------------------------------- */

static void
put_atom (struct answer *self, const char *name)
{
  /* What somebody else named may be no atom. */
  if (grove_build (&self->out, "~a", name) != GROVE_OK)
    (void) grove_build (&self->out, "undefined");
}

static void
put_number (struct answer *self, uint64_t number)
{
  uint8_t bytes[ETF_MAX_INT64_SIZE];
  size_t  size = _grove_etf_put_uint64 (bytes, number);

  memcpy (grove_buffer_extend (&self->out, size), bytes, size);
}

static void
put_pid (struct answer *self, grove_pid pid)
{
  if (pid == 0)
    put_atom (self, "undefined");
  else
    etf_put_pid (grove_buffer_extend (&self->out, ETF_PID_SIZE), pid);
}

/* Whether there is room for so much; the first time there is not, nothing more is written. */
static bool
has_room (struct answer *self, size_t size)
{
  if (size > ETF_MAX_SIZE || self->out.size > ETF_MAX_SIZE - size)
    self->too_large = true;
  return !self->too_large;
}

static void
put_term (struct answer *self, struct grove_term term)
{
  if (has_room (self, term.size))
    memcpy (grove_buffer_extend (&self->out, term.size), term.bytes, term.size);
}

static void
put_tuple (struct answer *self, uint8_t arity)
{
  uint8_t *head = grove_buffer_extend (&self->out, 2);

  head[0] = ETF_SMALL_TUPLE;
  head[1] = arity;
}

/* Where the head of a list is; end_list() fills in how long it has become. */
static size_t
begin_list (struct answer *self)
{
  size_t place = self->out.size;

  grove_buffer_extend (&self->out, 5);
  return place;
}

static void
end_list (struct answer *self, size_t place, uint32_t n)
{
  if (n == 0)
    {
      self->out.size = place;
      *grove_buffer_extend (&self->out, 1) = ETF_NIL;
      return;
    }
  self->out.bytes[place] = ETF_LIST;
  etf_put32 (self->out.bytes + place + 1, n);
  *grove_buffer_extend (&self->out, 1) = ETF_NIL;
}

/* ---- Items ----------------------------------------------------------------------------------- */

static void
put_initial_call (struct answer *self)
{
  const char *name = self->sample.initial;

  put_tuple (self, 3);
  put_atom (self, name[0] != '\0' ? name : "undefined");
  put_atom (self, "undefined");
  put_atom (self, "undefined");
}

static void
put_current_function (struct answer *self)
{
  /* It is behind a call. */
  if (self->sample.where != 0)
    put_number (self, self->sample.where - 1);
  else
    put_atom (self, "undefined");
}

static void
put_suspending (struct answer *self)
{
  const struct grove_bonds      *bonds = self->process->bonds;
  const struct grove_suspension *suspension = bonds != NULL ? bonds->suspension : NULL;
  size_t                         place = begin_list (self);
  uint32_t                       n = 0;

  for (uint32_t i = 0; suspension != NULL && i < suspension->targets.capacity; i++)
    if (suspension->targets.places[i].key != 0)
      {
        put_tuple (self, 3);
        put_pid (self, suspension->targets.places[i].key);
        put_number (self, suspension->targets.places[i].value);
        put_number (self, 0);
        n++;
      }
  end_list (self, place, n);
}

static void
put_status (struct answer *self)
{
  static const char *const names[] = {
    [GROVE_STATUS_RUNNABLE] = "runnable", [GROVE_STATUS_RUNNING] = "running",
    [GROVE_STATUS_WAITING] = "waiting",   [GROVE_STATUS_SUSPENDED] = "suspended",
    [GROVE_STATUS_EXITING] = "exiting",
  };

  put_atom (self, names[self->sample.status]);
}

static void
put_message_queue_len (struct answer *self)
{
  uint64_t n = self->sample.n_messages;

  if (self->counts)
    {
      n = 0;
      for (const struct grove_message *m = self->process->mailbox_first; m != NULL; m = m->next)
        n++;
    }
  put_number (self, n);
}

static void
put_messages (struct answer *self)
{
  size_t   place = begin_list (self);
  uint32_t n = 0;

  for (const struct grove_message *m = self->process->mailbox_first; m != NULL; m = m->next, n++)
    {
      put_term (self, _grove_signal_term (m));
      if (self->too_large)
        return;
    }
  end_list (self, place, n);
}

static void
put_links (struct answer *self)
{
  const struct grove_bonds *bonds = self->process->bonds;
  size_t                    place = begin_list (self);
  uint32_t                  n = 0;

  for (uint32_t i = 0; bonds != NULL && i < bonds->links.capacity; i++)
    if (bonds->links.places[i].key != 0 && bonds->links.places[i].value == 0)
      {
        put_pid (self, bonds->links.places[i].key);
        n++;
      }
  end_list (self, place, n);
}

static void
put_monitors (struct answer *self)
{
  const struct grove_bonds *bonds = self->process->bonds;
  size_t                    place = begin_list (self);
  uint32_t                  n = 0;

  for (uint32_t i = 0; bonds != NULL && i < bonds->monitors.capacity; i++)
    {
      const struct grove_relation *monitor = &bonds->monitors.places[i];
      const char                  *name;
      if (monitor->key == 0)
        continue;
      put_tuple (self, 2);
      put_atom (self, "process");
      name = _grove_monitor_name (self->process, monitor->key);
      if (name != NULL)
        {
          put_tuple (self, 2);
          put_atom (self, name);
          put_atom (self, ETF_NODE);
        }
      else
        put_pid (self, monitor->value);
      n++;
    }
  end_list (self, place, n);
}

static void
put_monitored_by (struct answer *self)
{
  const struct grove_bonds *bonds = self->process->bonds;
  size_t                    place = begin_list (self);
  uint32_t                  n = 0;

  for (uint32_t i = 0; bonds != NULL && i < bonds->monitored_by.capacity; i++)
    if (bonds->monitored_by.places[i].key != 0)
      {
        put_pid (self, bonds->monitored_by.places[i].value);
        n++;
      }
  end_list (self, place, n);
}

static void
put_dictionary (struct answer *self)
{
  const struct grove_dictionary_entry *entry = NULL;
  size_t                               place = begin_list (self);
  uint32_t                             n = 0;

  while ((entry = _grove_dictionary_next (self->process, entry)) != NULL)
    {
      struct grove_term key, value;
      _grove_dictionary_pair (entry, &key, &value);
      put_tuple (self, 2);
      put_term (self, key);
      put_term (self, value);
      if (self->too_large)
        return;
      n++;
    }
  end_list (self, place, n);
}

static void
put_trap_exit (struct answer *self)
{
  put_atom (self, self->sample.trap_exit ? "true" : "false");
}

static void
put_priority (struct answer *self)
{
  static const char *const names[] = {
    [GROVE_PRIORITY_LOW] = "low",
    [GROVE_PRIORITY_NORMAL] = "normal",
    [GROVE_PRIORITY_HIGH] = "high",
    [GROVE_PRIORITY_MAX] = "max",
  };

  put_atom (self, names[self->sample.priority]);
}

static void
put_group_leader (struct answer *self)
{
  put_pid (self, self->sample.group);
}

static void
put_parent (struct answer *self)
{
  put_pid (self, self->sample.parent);
}

static void
put_heap_size (struct answer *self)
{
  put_number (self, (self->sample.heap_bytes + WORD_BYTES - 1) / WORD_BYTES);
}

static void
put_stack_size (struct answer *self)
{
  put_number (self, (self->sample.stack_bytes + WORD_BYTES - 1) / WORD_BYTES);
}

static void
put_reductions (struct answer *self)
{
  uint64_t reductions = self->sample.reductions;

  /* In its slice: what it has used of it. */
  if (_grove_scheduler_self->current == self->process)
    reductions += (uint64_t) ((int64_t) _grove_runtime.budget - _grove_reductions_left);
  put_number (self, reductions);
}

static void
put_memory (struct answer *self)
{
  put_number (self, self->sample.memory_bytes);
}

static void
put_registered_name (struct answer *self)
{
  if (self->sample.name[0] != '\0')
    put_atom (self, self->sample.name);
  else
    end_list (self, begin_list (self), 0);
}

static void
put_message_queue_data (struct answer *self)
{
  put_atom (self, "off_heap");
}

static void
put_max_heap_size (struct answer *self)
{
  const struct grove_bonds *bonds = self->process->bonds;
  uint64_t                  bytes = bonds != NULL ? bonds->max_heap_bytes : 0;

  (void) grove_build (&self->out, "#{kill => true, size => ~u}", bytes / WORD_BYTES);
}

/* ---- All ------------------------------------------------------------------------------------- */

static const struct
{
  const char *name;
  void (*put) (struct answer *self);
} items[] = {
  [GROVE_INFO_CURRENT_FUNCTION] = { "current_function", put_current_function },
  [GROVE_INFO_INITIAL_CALL] = { "initial_call", put_initial_call },
  [GROVE_INFO_STATUS] = { "status", put_status },
  [GROVE_INFO_MESSAGE_QUEUE_LEN] = { "message_queue_len", put_message_queue_len },
  [GROVE_INFO_LINKS] = { "links", put_links },
  [GROVE_INFO_DICTIONARY] = { "dictionary", put_dictionary },
  [GROVE_INFO_TRAP_EXIT] = { "trap_exit", put_trap_exit },
  [GROVE_INFO_PRIORITY] = { "priority", put_priority },
  [GROVE_INFO_GROUP_LEADER] = { "group_leader", put_group_leader },
  [GROVE_INFO_TOTAL_HEAP_SIZE] = { "total_heap_size", put_heap_size },
  [GROVE_INFO_HEAP_SIZE] = { "heap_size", put_heap_size },
  [GROVE_INFO_STACK_SIZE] = { "stack_size", put_stack_size },
  [GROVE_INFO_REDUCTIONS] = { "reductions", put_reductions },
  [GROVE_INFO_SUSPENDING] = { "suspending", put_suspending },
  [GROVE_INFO_MESSAGES] = { "messages", put_messages },
  [GROVE_INFO_MEMORY] = { "memory", put_memory },
  [GROVE_INFO_MONITORS] = { "monitors", put_monitors },
  [GROVE_INFO_MONITORED_BY] = { "monitored_by", put_monitored_by },
  [GROVE_INFO_REGISTERED_NAME] = { "registered_name", put_registered_name },
  [GROVE_INFO_MESSAGE_QUEUE_DATA] = { "message_queue_data", put_message_queue_data },
  [GROVE_INFO_MAX_HEAP_SIZE] = { "max_heap_size", put_max_heap_size },
  [GROVE_INFO_PARENT] = { "parent", put_parent },
};

_Static_assert(sizeof items / sizeof items[0] == GROVE_INFO_N_ITEMS, "each item is there");

bool
_grove_info_item (struct grove_term name, uint8_t *ret_item)
{
  for (uint8_t i = 0; i < GROVE_INFO_N_ITEMS; i++)
    if (grove_term_is_atom (name, items[i].name))
      {
        *ret_item = i;
        return true;
      }
  return false;
}

static void
put_item (struct answer *self, uint8_t item)
{
  put_tuple (self, 2);
  put_atom (self, items[item].name);
  items[item].put (self);
}

static void
put_list (struct answer *self, const uint8_t *wanted, size_t n)
{
  size_t place = begin_list (self);

  for (size_t i = 0; i < n && !self->too_large; i++)
    put_item (self, wanted[i]);
  end_list (self, place, (uint32_t) n);
}

static void
put_full (struct answer *self)
{
  size_t   place = begin_list (self);
  uint32_t n = 0;

  if (self->sample.name[0] != '\0')
    {
      put_item (self, GROVE_INFO_REGISTERED_NAME);
      n++;
    }
  for (uint8_t i = 0; i < GROVE_INFO_N_STARRED && !self->too_large; i++, n++)
    put_item (self, i);
  end_list (self, place, n);
}

static void
put_single (struct answer *self, uint8_t item)
{
  /* The one irregular thing in Erlang's. */
  if (item == GROVE_INFO_REGISTERED_NAME && self->sample.name[0] == '\0')
    put_registered_name (self);
  else
    put_item (self, item);
}

struct grove_message *
_grove_info_answer (struct grove_process *process,
                    const uint8_t        *request,
                    size_t                size,
                    grove_ref             question)
{
  struct answer         self = { .process = process };
  struct grove_message *reply;

  (void) _grove_observe_process (_grove_process_pid (process), &self.sample);
  for (size_t i = 1; i < size; i++)
    self.counts |= request[i] == GROVE_INFO_MESSAGES;
  if (request[0] == GROVE_INFO_FULL)
    put_full (&self);
  else if (request[0] == GROVE_INFO_LIST)
    put_list (&self, request + 1, size - 1);
  else
    put_single (&self, request[1]);
  reply =
    _grove_signal_try_new (GROVE_SIGNAL_INFO_REPLY, self.too_large ? 0 : self.out.size, question);
  if (reply == NULL)
    reply = _grove_signal_new (GROVE_SIGNAL_INFO_REPLY, 0, question);
  if (reply->size > 0)
    memcpy (_grove_signal_bytes (reply), self.out.bytes, reply->size);
  reply->sender = _grove_process_pid (process);
  grove_buffer_finish (&self.out);
  return reply;
}

void
_grove_info_handle (struct grove_process *process, const struct grove_message *signal)
{
  struct grove_term request = _grove_signal_term (signal);

  _grove_signal_send (signal->sender,
                      _grove_info_answer (process, request.bytes, request.size, signal->tag));
}
