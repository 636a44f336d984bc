/* SPDX-License-Identifier: MIT
 *
 * Receiving. One receive walks the mailbox from its beginning once: the place it has got to
 * survives waiting, so that being woken looks at what is new only.
 */
#include "runtime/core/mailbox.h"

#include "runtime/core/block.h"
#include "runtime/core/bonds.h"
#include "runtime/core/inspect.h"
#include "runtime/core/process-private.h"
#include "runtime/core/short-way.h"
#include "runtime/core/trace-private.h"
#include "runtime/term/etf.h"

/* Frees a message that the process held. */
static void
let_go (struct grove_process *process, struct grove_message *message)
{
  if (__builtin_expect (message->shared, 0))
    GROVE_ADD (process->heap_bytes, (uint64_t) 0 - message->size);
  _grove_block_put (_grove_scheduler_self, message);
}

/* Takes out what @link holds. */
static inline struct grove_message *
take (struct grove_process *process, struct grove_message **link)
{
  struct grove_message *message = *link;

  if (process->bonds != NULL && process->bonds->aliases != NULL)
    _grove_alias_unmark (process, message, link);
  if (process->bonds != NULL && __builtin_expect (process->bonds->places != NULL, 0))
    _grove_inspect_unmark (process, message, link);
  *link = message->next;
  if (message->next == NULL)
    process->mailbox_last = link;
  GROVE_ADD (process->removed, _grove_message_count (message));
  return message;
}

inline void
_grove_mailbox_hold (struct grove_process *process, struct grove_message *message)
{
  message->previous = NULL;
  message->next = process->held;
  if (process->held != NULL)
    process->held->previous = message;
  process->held = message;
  if (__builtin_expect (message->shared, 0))
    GROVE_ADD (process->heap_bytes, message->size);
}

void
_grove_mailbox_flush (struct grove_process *process, grove_ref monitor)
{
  for (struct grove_message **link = &process->mailbox_first; *link != NULL; link = &(*link)->next)
    if ((*link)->tag == monitor && (*link)->reason_offset != 0)
      {
        _grove_block_free (take (process, link));
        return;
      }
}

bool
_grove_mailbox_free (struct grove_process *process, int32_t *left)
{
  while (process->mailbox_first != NULL)
    {
      struct grove_message *message = process->mailbox_first;
      if (--*left < 0)
        return false;
      process->mailbox_first = message->next;
      GROVE_ADD (process->removed, _grove_message_count (message));
      _grove_block_free (message);
    }
  process->mailbox_last = &process->mailbox_first;
  while (process->held != NULL)
    {
      struct grove_message *message = process->held;
      if (--*left < 0)
        return false;
      process->held = message->next;
      let_go (process, message);
    }
  return true;
}

/* ---- Receiving ------------------------------------------------------------------------------- */

/* Which messages a receive accepts: those of @match, or of a format, or with one of two tags. */
struct filter
{
  grove_match_func match;
  void            *user_data;
  const char      *format;
  va_list         *args;
  grove_ref        tags[2];
};

static bool
matches_format (const struct filter *filter, struct grove_term term)
{
  va_list args;
  bool    matches;

  va_copy (args, *filter->args);
  matches = grove_match_va (term, filter->format, args);
  va_end (args);
  return matches;
}

static inline __attribute__ ((always_inline)) bool
accepts (const struct filter *filter, const struct grove_message *message)
{
  if (filter->match != NULL)
    return filter->match (_grove_signal_term (message), filter->user_data);
  if (filter->format != NULL)
    return matches_format (filter, _grove_signal_term (message));
  return message->tag == filter->tags[0] ||
         (filter->tags[1] != 0 && message->tag == filter->tags[1]);
}

/* Goes on from *@link, and leaves it at the match or at the end. A long way costs reductions, but
 * the process is not pre-empted on it: @match is code of the process, and the mailbox must hold
 * still. */
static inline __attribute__ ((always_inline)) bool
scan (struct grove_process *process, const struct filter *filter, struct grove_message ***link)
{
  struct grove_message **place = *link;

  process->no_preempt += GROVE_NO_PREEMPT_CALLBACK;
  while (*place != NULL && !accepts (filter, *place))
    {
      place = &(*place)->next;
      _grove_reductions_left--;
    }
  process->no_preempt -= GROVE_NO_PREEMPT_CALLBACK;
  *link = place;
  return *place != NULL;
}

/* In line for those who look for something, and once for all others, who have @filter NULL. */
static inline __attribute__ ((always_inline)) enum grove_status
receive_from (struct grove_process  *self,
              struct grove_message **link,
              const struct filter   *filter,
              int64_t                timeout_ns,
              struct grove_message **ret_message)
{
  /* What lives across the waiting lies in the frames of every process that waits: little, and the
   * scheduler is not remembered. */
  self->timed_out = false;
  for (;;)
    {
      /* One that is ending gets no more: what else comes is answered when the in-queue is closed.
       */
      if (!_grove_scheduler_self->deferring && !_grove_signal_handle_all (self))
        _grove_end_self ();
      if (filter == NULL ? *link != NULL : scan (self, filter, &link))
        break;
      if (filter != NULL && filter->format != NULL && !_grove_format_matches (filter->format))
        {
          _grove_timers_remove (&_grove_scheduler_self->timers, self);
          return GROVE_ERR_SYNTAX;
        }
      /* The time is up only while it waits, so that there was a scan after. */
      if (self->timed_out || timeout_ns == 0 || _grove_scheduler_self->deferring)
        {
          if (GROVE_TRACED (self, GROVE_TRACE_RECEIVE))
            _grove_trace_receive (self, NULL);
          _grove_charge (1);
          return GROVE_ERR_TIMEOUT;
        }
      if (timeout_ns != GROVE_FOREVER)
        {
          uint64_t now = grove_now_ns ();
          if ((uint64_t) timeout_ns < UINT64_MAX - now)
            _grove_timers_add (&_grove_scheduler_self->timers, self, now + (uint64_t) timeout_ns);
          timeout_ns = GROVE_FOREVER;
        }
      /* It was suspended in @match, where it could not stop. */
      if (filter != NULL && __builtin_expect (GROVE_GET (self->suspended), 0))
        continue;
      _grove_wait (GROVE_WAIT_MESSAGE);
    }
  if (__builtin_expect (self->timer != GROVE_NO_TIMEOUT, 0))
    _grove_timers_remove (&_grove_scheduler_self->timers, self);
  *ret_message = take (self, link);
  _grove_mailbox_hold (self, *ret_message);
  _grove_charge (1);
  return GROVE_OK;
}

bool
_grove_nothing_came (void)
{
  struct grove_process *self = _grove_scheduler_self->current;

  return self->mailbox_first == NULL && _grove_signal_nothing (self);
}

/* ---- Public ---------------------------------------------------------------------------------- */

/* From within a receive, by the function that says what is wanted, it would take away what the
 * outer one looks at; and nobody may wait who must not be pre-empted. */
static inline bool
may_receive (int64_t timeout_ns, struct grove_message **ret_message)
{
  bool within = _grove_scheduler_self->current->no_preempt >= GROVE_NO_PREEMPT_CALLBACK;

  if (__builtin_expect (!within & (timeout_ns >= 0) & (ret_message != NULL), 1))
    return true;
  if (within)
    _grove_badarg ();
  return false;
}

/* @where: behind the process's call. @function: the public one. */
static inline __attribute__ ((always_inline)) enum grove_status
receive (const struct filter   *filter,
         int64_t                timeout_ns,
         struct grove_message **ret_message,
         void                  *where,
         const char            *function)
{
  struct grove_process *self = _grove_process_require_in (function);

  if (!may_receive (timeout_ns, ret_message))
    return GROVE_ERR_BADARG;
  GROVE_SET (self->where, (uintptr_t) where);
  return receive_from (self, &self->mailbox_first, filter, timeout_ns, ret_message);
}

/* What comes first, when there is nothing yet. In place of its caller, so that it returns to the
 * process: what waits has one frame of the runtime. */
static __attribute__ ((noinline)) enum grove_status
receive_first (struct grove_process *self, int64_t timeout_ns, struct grove_message **ret_message)
{
  return receive_from (self, &self->mailbox_first, NULL, timeout_ns, ret_message);
}

enum grove_status
grove_receive (int64_t timeout_ns, struct grove_message **ret_message)
{
  struct grove_process *self = _grove_process_require ();

  if (!may_receive (timeout_ns, ret_message))
    return GROVE_ERR_BADARG;
  GROVE_SET (self->where, (uintptr_t) __builtin_return_address (0));
  if (self->mailbox_first == NULL || !_grove_signal_nothing (self) ||
      _grove_scheduler_self->deferring)
    return receive_first (self, timeout_ns, ret_message);
  *ret_message = take (self, &self->mailbox_first);
  _grove_mailbox_hold (self, *ret_message);
  _grove_charge (1);
  return GROVE_OK;
}

enum grove_status
grove_receive_match (grove_match_func       match,
                     void                  *user_data,
                     int64_t                timeout_ns,
                     struct grove_message **ret_message)
{
  struct filter filter = { .match = match, .user_data = user_data };

  return receive (&filter, timeout_ns, ret_message, __builtin_return_address (0), __func__);
}

enum grove_status
grove_receive_pattern (int64_t                timeout_ns,
                       struct grove_message **ret_message,
                       const char            *format,
                       ...)
{
  enum grove_status status;
  va_list           args;
  struct filter     filter = { .format = format != NULL ? format : "", .args = &args };

  va_start (args, format);
  status = receive (&filter, timeout_ns, ret_message, __builtin_return_address (0), __func__);
  va_end (args);
  return status;
}

enum grove_status
grove_receive_alias (grove_ref              alias,
                     grove_ref              monitor,
                     int64_t                timeout_ns,
                     struct grove_message **ret_message)
{
  struct grove_process  *self = _grove_process_require ();
  struct filter          filter = { .tags = { alias, monitor } };
  struct grove_message **link = &self->mailbox_first;
  bool                   watching;

  if (!may_receive (timeout_ns, ret_message) || alias == 0)
    return GROVE_ERR_BADARG;
  GROVE_SET (self->where, (uintptr_t) __builtin_return_address (0));
  /* A DOWN that has come may lie before the mark, unless the alias is as old as the monitor. */
  watching =
    monitor == 0 || monitor == alias ||
    (self->bonds != NULL && _grove_relations_find (&self->bonds->monitors, monitor) != NULL);
  if (watching && self->bonds != NULL)
    for (struct grove_alias *a = self->bonds->aliases; a != NULL; a = a->next)
      if (a->ref == alias && a->mark != NULL)
        link = a->mark;
  return receive_from (self, link, &filter, timeout_ns, ret_message);
}

struct grove_term
grove_message_term (const struct grove_message *message)
{
  if (message == NULL)
    return (struct grove_term){ NULL, 0 };
  return _grove_signal_term (message);
}

grove_pid
grove_message_sender (const struct grove_message *message)
{
  return message != NULL ? message->sender : 0;
}

void
grove_message_free (struct grove_message *message)
{
  struct grove_process *self = _grove_process_require ();

  if (message == NULL)
    return;
  if (message->previous != NULL)
    message->previous->next = message->next;
  else if (self->held == message)
    self->held = message->next;
  else
    _grove_badarg (); /* another's, or freed before */
  if (message->next != NULL)
    message->next->previous = message->previous;
  let_go (self, message);
}
