/* SPDX-License-Identifier: MIT
 *
 * What is in a process's mailbox and dictionary. An inspection on its scheduler copies what was
 * asked for and no more; what is written of it is written here.
 *
 * Server thread, except the two inspect functions.
 */
#include "runtime/export/runtime-source.h"
#include "runtime/export/terms.h"

#include <stdlib.h>
#include <string.h>

#define PATIENCE_NS UINT64_C (2000000000)
/* Of all texts of one answer: with escapes they still fit into a message. */
#define TEXTS_MAX ((size_t) 400000)

struct shown
{
  grove_pid                sender; /* of a message */
  int64_t                  age_ns;
  struct grove_stored_term key; /* of a pair */
  struct grove_stored_term term;
};

struct page
{
  struct grove_pending    pending;
  grove_pid               pid;
  struct grove_term_style style;
  uint64_t                offset;
  uint32_t                limit;
  grove_inspect_func      inspect;
  void (*write) (struct page *self, struct grove_writer *writer);
  uint64_t place; /* in the mailbox, how far it has got */
  /* filled by the inspection */
  bool                    again; /* it has not got to the page yet */
  uint64_t                total; /* messages; pairs: no fewer than these */
  uint32_t                n;
  struct shown           *shown;
  struct grove_term_store store;
};

static bool
page_poll (struct grove_pending *pending, uint64_t now_ns)
{
  struct page         *self = (struct page *) pending;
  struct grove_writer *writer;

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
  if (self->again && now_ns >= pending->deadline_ns)
    {
      _grove_source_fail_not_reached (pending->call, self->pid);
      return true;
    }
  if (self->again)
    {
      _grove_pending_inspect_again (pending, self->pid, self->inspect);
      return false;
    }
  writer = grove_call_begin (pending->call);
  grove_writer_begin_object (writer);
  self->write (self, writer);
  grove_writer_end_object (writer);
  grove_call_end (pending->call);
  return true;
}

static void
page_free (struct grove_pending *pending)
{
  struct page *self = (struct page *) pending;

  free (self->shown);
  _grove_term_store_finish (&self->store);
  free (self);
}

static void
page_ask (struct grove_runtime_source   *source,
          struct grove_call             *call,
          const char                    *pid,
          uint64_t                       offset,
          uint32_t                       limit,
          const struct grove_term_style *style,
          grove_inspect_func             inspect,
          void (*write) (struct page *self, struct grove_writer *writer))
{
  struct grove_process_sample sample;
  struct page                *self;

  if (!_grove_source_find (call, pid, &sample))
    return;
  self = calloc (1, sizeof *self);
  if (!self)
    abort ();
  self->pid = sample.pid;
  self->style = *style;
  self->offset = offset;
  self->limit = limit;
  self->inspect = inspect;
  self->write = write;
  self->shown = calloc (limit ? limit : 1, sizeof *self->shown);
  if (!self->shown)
    abort ();
  _grove_term_store_init (&self->store, limit, style);
  self->pending = (struct grove_pending){
    .source = source,
    .call = call,
    .since_ns = grove_now_ns (),
    .deadline_ns = grove_now_ns () + PATIENCE_NS,
    .poll = page_poll,
    .free = page_free,
  };
  _grove_pending_inspect (&self->pending, self->pid, inspect);
}

/* Whether one more, of @n texts, surely fits into the answer. */
static bool
has_room (const struct page *self, const struct grove_writer *writer, size_t n_texts, unsigned n)
{
  return n_texts + (size_t) n * self->style.max_bytes <= TEXTS_MAX &&
         writer->size < GROVE_TERMS_END;
}

/* ---- process.messages --------------------------------------------------------------------------
 */

static void
inspect_messages (struct grove_inspection *view, void *user_data)
{
  struct page                *self = user_data;
  struct grove_process_sample sample;
  struct grove_message_view   message;
  const uint64_t              now_ns = grove_now_ns ();

  if (_grove_observe_process (self->pid, &sample))
    self->total = sample.n_messages;
  /* Beyond the end: nothing to walk to, through a mailbox that may be long. */
  self->again = false;
  if (self->offset >= self->total)
    return;
  /* A long way is gone in steps, between which the process and others on its scheduler run. */
  if (!_grove_inspection_seek (view, &self->place, self->offset))
    {
      self->again = true;
      return;
    }

  while (self->n < self->limit &&
         _grove_inspection_message (view, self->offset + self->n, &message))
    {
      struct shown *shown = &self->shown[self->n];

      if (!_grove_term_store_take (&self->store, message.term, &self->style, &shown->term))
        return;
      shown->sender = message.sender;
      shown->age_ns = message.sent_ns ? (int64_t) (now_ns - message.sent_ns) : -1;
      self->n++;
    }
}

static void
write_messages (struct page *self, struct grove_writer *writer)
{
  size_t n_texts = 0;
  char   text[GROVE_PID_TEXT_SIZE];

  grove_writer_member_int (writer, "total", (int64_t) self->total);
  grove_writer_member_int (writer, "offset", (int64_t) self->offset);
  grove_writer_name (writer, "messages");
  grove_writer_begin_array (writer);
  for (uint32_t i = 0; i < self->n && has_room (self, writer, n_texts, 1); i++)
    {
      const struct shown *shown = &self->shown[i];
      const size_t        before = writer->size;

      grove_writer_begin_object (writer);
      grove_writer_member_int (writer, "index", (int64_t) (self->offset + i));
      if (shown->sender)
        grove_pid_print (shown->sender, text);
      grove_writer_member_text (writer, "from", shown->sender ? text : "");
      grove_writer_member_int (writer, "age_ns", shown->age_ns);
      grove_writer_member_int (writer, "size", (int64_t) shown->term.size);
      grove_writer_name (writer, "term");
      _grove_write_stored_term (writer, &self->store, &shown->term, &self->style);
      grove_writer_end_object (writer);
      n_texts += writer->size - before;
    }
  grove_writer_end_array (writer);
}

void
_grove_source_process_messages (void                          *source,
                                struct grove_call             *call,
                                const char                    *pid,
                                uint64_t                       offset,
                                uint32_t                       limit,
                                const struct grove_term_style *style)
{
  page_ask (source, call, pid, offset, limit, style, inspect_messages, write_messages);
}

/* ---- process.dictionary ------------------------------------------------------------------------
 */

static void
inspect_dictionary (struct grove_inspection *view, void *user_data)
{
  struct page      *self = user_data;
  struct grove_term key, value;

  while (_grove_inspection_dictionary (view, self->offset + self->n, &key, &value))
    {
      struct shown *shown = &self->shown[self->n];

      self->total = self->offset + self->n + 1;
      if (self->n == self->limit ||
          !_grove_term_store_take (&self->store, key, &self->style, &shown->key) ||
          !_grove_term_store_take (&self->store, value, &self->style, &shown->term))
        return;
      self->n++;
    }
}

static void
write_dictionary (struct page *self, struct grove_writer *writer)
{
  size_t   n_texts = 0;
  uint32_t n = 0;

  grove_writer_member_int (writer, "offset", (int64_t) self->offset);
  grove_writer_name (writer, "pairs");
  grove_writer_begin_array (writer);
  for (; n < self->n && has_room (self, writer, n_texts, 2); n++)
    {
      const size_t before = writer->size;

      grove_writer_begin_object (writer);
      grove_writer_name (writer, "key");
      _grove_write_stored_term (writer, &self->store, &self->shown[n].key, &self->style);
      grove_writer_name (writer, "value");
      _grove_write_stored_term (writer, &self->store, &self->shown[n].term, &self->style);
      grove_writer_end_object (writer);
      n_texts += writer->size - before;
    }
  grove_writer_end_array (writer);
  grove_writer_member_bool (writer, "more", self->offset + n < self->total);
}

void
_grove_source_process_dictionary (void                          *source,
                                  struct grove_call             *call,
                                  const char                    *pid,
                                  uint64_t                       offset,
                                  uint32_t                       limit,
                                  const struct grove_term_style *style)
{
  page_ask (source, call, pid, offset, limit, style, inspect_dictionary, write_dictionary);
}
