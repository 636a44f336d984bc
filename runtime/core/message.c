/* SPDX-License-Identifier: MIT
 *
 * Sending messages. A format is built in the message itself, so that sending is one block and one
 * push.
 */
#include "runtime/core/event.h"
#include "runtime/core/mailbox.h"
#include "runtime/core/process-private.h"
#include "runtime/core/process.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/share.h"
#include "runtime/core/short-way.h"
#include "runtime/core/trace-private.h"
#include "runtime/term/envelope.h"
#include "runtime/term/flat.h"

#include <string.h>

#define SCRATCH_SIZE 256

_Static_assert(SCRATCH_SIZE <= GROVE_SHARE_OVER, "what is built in place lies inside its signal");
_Static_assert(SCRATCH_SIZE <= GROVE_SHARE_OVER, "what is flat lies in the message itself");

/* Sending to a process that has many messages waiting costs more, so that those who fill a mailbox
 * leave time to who empties it: a reduction for each of so many, up to a limit. */
#define MESSAGES_A_REDUCTION 128
#define MAX_SEND_REDUCTIONS  32

/* In line in all that sends: see short-way.h. */
static inline __attribute__ ((always_inline)) void
deliver_from (struct grove_scheduler *scheduler,
              struct grove_process   *self,
              grove_pid               to,
              struct grove_message   *message)
{
  struct grove_process *process = _grove_table_block (to);
  uint64_t              n = 0;

  if (GROVE_TRACED (self, GROVE_TRACE_SEND))
    _grove_trace_send (self, to, grove_message_term (message));
  message->generation = (uint32_t) (to >> 32);
  if (__builtin_expect (process == NULL || GROVE_GET (process->generation) != message->generation,
                        0))
    _grove_block_free (message);
  else
    {
      uint64_t removed;
      if (_grove_is_near (scheduler, process))
        _grove_deliver_near (scheduler, process, message);
      else
        _grove_signal_send_far (process, message);
      /* First what left, then what came: the owner may be taking what comes in between. */
      removed = atomic_load_explicit (&process->removed, memory_order_acquire);
      n = ((GROVE_GET (process->pushed) - removed) >> GROVE_COUNT_SHIFT) / MESSAGES_A_REDUCTION;
    }
  if (__builtin_expect (n >= GROVE_LONG_QUEUE / MESSAGES_A_REDUCTION, 0))
    _grove_queue_long (to, n * MESSAGES_A_REDUCTION);
  GROVE_ADD (scheduler->n_sent, 1);
  _grove_charge (1 + (int32_t) (n < MAX_SEND_REDUCTIONS ? n : MAX_SEND_REDUCTIONS));
}

static void
deliver (grove_pid to, struct grove_message *message)
{
  deliver_from (_grove_scheduler_self, _grove_scheduler_self->current, to, message);
}

/* What is no term, or too long for a message, must not reach anybody. */
static void
require_term (struct grove_term term)
{
  if (__builtin_expect (term.size - 1 >= UINT32_MAX, 0))
    _grove_badarg ();
}

/* NULL: there is no memory for a large one. */
static struct grove_message *
copy_message (struct grove_term term, grove_ref alias)
{
  struct grove_message *message = _grove_signal_try_new (GROVE_SIGNAL_MESSAGE, term.size, alias);

  if (message != NULL)
    memcpy (_grove_signal_bytes (message), term.bytes, term.size);
  return message;
}

/* For those that have no other way to say that there is no memory. */
static struct grove_message *
copy_message_or_end (struct grove_term term, grove_ref alias)
{
  struct grove_message *message = copy_message (term, alias);

  if (message == NULL)
    grove_exit ("system_limit");
  return message;
}

/* What a message begins with, which is no term yet, when it is a call; at most half of a scratch.
 */
static inline uint8_t *
put_head (uint8_t *bytes, grove_pid self, const grove_ref *call)
{
  if (call == NULL)
    return bytes;
  _grove_envelope_write (bytes, self, *call);
  return bytes + GROVE_ENVELOPE_SIZE;
}

/* One whose size is known only when it is built: in a scratch, for most are small. A mailbox that
 * fills is all the smaller when a block is no larger than it must be. */
static __attribute__ ((noinline)) enum grove_status
build_unbounded (struct grove_message **ret_message,
                 const grove_ref       *call,
                 const char            *format,
                 struct format_args    *args)
{
  uint8_t   scratch[SCRATCH_SIZE];
  grove_pid self = _grove_process_pid (_grove_scheduler_self->current);
  size_t    head = call != NULL ? GROVE_ENVELOPE_SIZE : 0;
  size_t    size =
    grove_build_into (put_head (scratch, self, call), sizeof scratch - head, format, args->list);
  bool built = size > 0;

  size += head;
  if (built && size <= sizeof scratch)
    *ret_message = copy_message ((struct grove_term){ scratch, size }, 0);
  else if (built && size <= UINT32_MAX)
    {
      *ret_message = _grove_signal_try_new (GROVE_SIGNAL_MESSAGE, size, 0);
      if (*ret_message != NULL)
        grove_build_into (put_head (_grove_signal_bytes (*ret_message), self, call), size - head,
                          format, args->list);
    }
  if (!built || size > UINT32_MAX)
    return GROVE_ERR_SYNTAX;
  return *ret_message != NULL ? GROVE_OK : GROVE_ERR_SYSTEM_LIMIT;
}

/* A message of @self's, built where it is to stay. @call: not NULL, a call to be answered to that.
 * Takes from @args. */
static inline __attribute__ ((always_inline)) enum grove_status
build (struct grove_scheduler *scheduler,
       struct grove_process   *self,
       const grove_ref        *call,
       const char             *format,
       struct format_args     *args,
       struct grove_message  **ret_message)
{
  const struct format *compiled = _grove_format_get (format);
  size_t               head = call != NULL ? GROVE_ENVELOPE_SIZE : 0;
  enum grove_status    status = GROVE_OK;

  if (__builtin_expect (compiled->flat_bound <= SCRATCH_SIZE - head, 1))
    {
      struct grove_message *message =
        _grove_message_begin (scheduler, self, head + compiled->flat_bound, 0);
      uint8_t *bytes = put_head (message->inside, _grove_process_pid (self), call);
      message->size = (uint32_t) (head + _grove_flat_write (compiled, bytes, args));
      *ret_message = message;
    }
  else
    status = build_unbounded (ret_message, call, format, args);
  _grove_format_release (compiled);
  return status;
}

enum grove_status
_grove_message_build (struct grove_message **ret_message, const char *format, va_list list)
{
  struct format_args args;
  enum grove_status  status;

  va_copy (args.list, list);
  status =
    build (_grove_scheduler_self, _grove_scheduler_self->current, NULL, format, &args, ret_message);
  va_end (args.list);
  return status;
}

/* Builds and sends. @alias: of @to's; 0: to itself. */
static inline __attribute__ ((always_inline)) enum grove_status
send (grove_pid           to,
      grove_ref           alias,
      const grove_ref    *call,
      const char         *format,
      struct format_args *args)
{
  struct grove_scheduler *scheduler = _grove_scheduler_self;
  struct grove_process   *self = scheduler->current;
  struct grove_message   *message;
  enum grove_status       status = build (scheduler, self, call, format, args, &message);

  if (__builtin_expect (status != GROVE_OK, 0))
    {
      _grove_charge (1);
      return status;
    }
  message->tag = alias;
  deliver_from (scheduler, self, to, message);
  return GROVE_OK;
}

enum grove_status
grove_send_va (grove_pid to, const char *format, va_list list)
{
  struct format_args args;
  enum grove_status  status;

  _grove_process_require ();
  va_copy (args.list, list);
  status = send (to, 0, NULL, format, &args);
  va_end (args.list);
  return status;
}

enum grove_status
grove_send (grove_pid to, const char *format, ...)
{
  struct format_args args;
  enum grove_status  status;

  _grove_process_require ();
  va_start (args.list, format);
  status = send (to, 0, NULL, format, &args);
  va_end (args.list);
  return status;
}

void
grove_send_term (grove_pid to, struct grove_term term)
{
  _grove_process_require ();
  require_term (term);
  deliver (to, copy_message_or_end (term, 0));
}

enum grove_status
grove_send_name (const char *name, const char *format, ...)
{
  grove_pid         to = grove_whereis (name);
  enum grove_status status;
  va_list           args;

  _grove_process_require ();
  if (to == 0)
    return GROVE_ERR_NO_NAME;
  va_start (args, format);
  status = grove_send_va (to, format, args);
  va_end (args);
  return status;
}

enum grove_status
_grove_send_call_va (grove_pid to, grove_ref alias, const char *format, va_list list)
{
  struct format_args args;
  enum grove_status  status;

  va_copy (args.list, list);
  status = send (to, 0, &alias, format, &args);
  va_end (args.list);
  return status;
}

enum grove_status
_grove_send_alias_va (grove_pid to, grove_ref alias, const char *format, va_list list)
{
  struct format_args args;
  enum grove_status  status;

  va_copy (args.list, list);
  status = send (to, alias, NULL, format, &args);
  va_end (args.list);
  return status;
}

void
grove_send_alias (grove_pid to, grove_ref alias, struct grove_term term)
{
  _grove_process_require ();
  require_term (term);
  deliver (to, copy_message_or_end (term, alias));
}

/* ---- Sharing --------------------------------------------------------------------------------- */

enum grove_status
grove_message_new (struct grove_message **ret_message, const char *format, ...)
{
  struct grove_process *self = _grove_process_require ();
  struct grove_message *message;
  enum grove_status     status;
  va_list               args;

  if (ret_message == NULL)
    return GROVE_ERR_BADARG;
  va_start (args, format);
  status = _grove_message_build (&message, format, args);
  va_end (args);
  if (status == GROVE_OK)
    {
      _grove_mailbox_hold (self, message);
      *ret_message = message;
    }
  _grove_charge (1);
  return status;
}

void
grove_forward (grove_pid to, const struct grove_message *message)
{
  _grove_process_require ();
  if (message == NULL)
    _grove_badarg ();
  (void) !grove_forward_part (to, message, _grove_signal_term (message));
}

enum grove_status
grove_forward_part (grove_pid to, const struct grove_message *message, struct grove_term part)
{
  struct grove_process *self = _grove_process_require ();
  struct grove_term     whole = grove_message_term (message);
  struct grove_message *copy;

  if (message == NULL || part.size == 0 || part.bytes < whole.bytes || part.size > whole.size ||
      (size_t) (part.bytes - whole.bytes) > whole.size - part.size)
    return GROVE_ERR_BADARG;
  copy = _grove_signal_copy (message, part);
  copy->sender = _grove_process_pid (self);
  copy->tag = 0;
  copy->reason_offset = 0;
  deliver (to, copy);
  return GROVE_OK;
}

/* ---- From outside ---------------------------------------------------------------------------- */

/* From a thread that is no process; observe.h. */
enum grove_status
_grove_message_inject (grove_pid to, struct grove_term term)
{
  struct grove_message *message;

  if (term.size == 0)
    return GROVE_ERR_BADARG;
  if (term.size > UINT32_MAX)
    return GROVE_ERR_TOO_LARGE;
  message = copy_message (term, 0);
  if (message == NULL)
    return GROVE_ERR_SYSTEM_LIMIT;
  _grove_signal_send (to, message);
  atomic_fetch_add_explicit (&_grove_runtime.n_sent_outside, 1, memory_order_relaxed);
  return GROVE_OK;
}
