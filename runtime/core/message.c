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
#include "runtime/core/trace-private.h"
#include "runtime/term/flat.h"

#include <string.h>

#define SCRATCH_SIZE 256

_Static_assert(SCRATCH_SIZE <= GROVE_SHARE_OVER, "what is built in place lies inside its signal");
_Static_assert(SCRATCH_SIZE <= GROVE_SHARE_OVER, "what is flat lies in the message itself");

/* Sending to a process that has many messages waiting costs more, so that those who fill a mailbox
 * leave time to who empties it: a reduction for each of so many, up to a limit. */
#define MESSAGES_A_REDUCTION 128
#define MAX_SEND_REDUCTIONS  32

static void
deliver (grove_pid to, struct grove_message *message)
{
  struct grove_process *self = _grove_scheduler_self->current;
  uint64_t              n;

  if (GROVE_TRACED (self, GROVE_TRACE_SEND))
    _grove_trace_send (self, to, grove_message_term (message));
  n = _grove_signal_send_message (to, message) / MESSAGES_A_REDUCTION;
  if (__builtin_expect (n >= GROVE_LONG_QUEUE / MESSAGES_A_REDUCTION, 0))
    _grove_queue_long (to, n * MESSAGES_A_REDUCTION);
  GROVE_ADD (_grove_scheduler_self->n_sent, 1);
  _grove_charge (1 + (int32_t) (n < MAX_SEND_REDUCTIONS ? n : MAX_SEND_REDUCTIONS));
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

/* What a message begins with, which is no term yet; at most half of a scratch. */
static uint8_t *
put_head (uint8_t *bytes, struct grove_term head)
{
  if (head.size > 0)
    memcpy (bytes, head.bytes, head.size);
  return bytes + head.size;
}

/* One whose size is known only when it is built: in a scratch, for most are small. A mailbox that
 * fills is all the smaller when a block is no larger than it must be. */
static __attribute__ ((noinline)) enum grove_status
build_unbounded (struct grove_message **ret_message,
                 struct grove_term      head,
                 const char            *format,
                 va_list                args)
{
  uint8_t  scratch[SCRATCH_SIZE];
  uint8_t *bytes = put_head (scratch, head);
  va_list  again;
  size_t   size;
  bool     built;

  va_copy (again, args);
  size = grove_build_into (bytes, sizeof scratch - head.size, format, args);
  built = size > 0;
  size += head.size;
  if (built && size <= sizeof scratch)
    *ret_message = copy_message ((struct grove_term){ scratch, size }, 0);
  else if (built && size <= UINT32_MAX)
    {
      *ret_message = _grove_signal_try_new (GROVE_SIGNAL_MESSAGE, size, 0);
      if (*ret_message != NULL)
        grove_build_into (put_head (_grove_signal_bytes (*ret_message), head), size - head.size,
                          format, again);
    }
  va_end (again);
  if (!built || size > UINT32_MAX)
    return GROVE_ERR_SYNTAX;
  return *ret_message != NULL ? GROVE_OK : GROVE_ERR_SYSTEM_LIMIT;
}

static inline enum grove_status
build_behind (struct grove_message **ret_message,
              struct grove_term      head,
              const char            *format,
              va_list                args)
{
  const struct format *compiled = _grove_format_get (format);
  enum grove_status    status = GROVE_OK;

  if (compiled->flat_bound <= SCRATCH_SIZE - head.size)
    {
      struct grove_message *message =
        _grove_signal_new (GROVE_SIGNAL_MESSAGE, head.size + compiled->flat_bound, 0);
      struct format_args again;
      va_copy (again.list, args);
      message->size =
        (uint32_t) (head.size +
                    _grove_flat_write (compiled, put_head (message->inside, head), &again));
      va_end (again.list);
      *ret_message = message;
    }
  else
    status = build_unbounded (ret_message, head, format, args);
  _grove_format_release (compiled);
  return status;
}

enum grove_status
_grove_message_build (struct grove_message **ret_message, const char *format, va_list args)
{
  return build_behind (ret_message, (struct grove_term){ NULL, 0 }, format, args);
}

enum grove_status
grove_send_va (grove_pid to, const char *format, va_list args)
{
  struct grove_message *message;
  enum grove_status     status;

  _grove_process_require ();
  status = _grove_message_build (&message, format, args);
  if (status == GROVE_OK)
    deliver (to, message);
  else
    _grove_charge (1);
  return status;
}

enum grove_status
grove_send (grove_pid to, const char *format, ...)
{
  enum grove_status status;
  va_list           args;

  va_start (args, format);
  status = grove_send_va (to, format, args);
  va_end (args);
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
_grove_send_behind_va (grove_pid to, struct grove_term head, const char *format, va_list args)
{
  struct grove_message *message;
  enum grove_status     status = build_behind (&message, head, format, args);

  if (status == GROVE_OK)
    deliver (to, message);
  return status;
}

enum grove_status
_grove_send_alias_va (grove_pid to, grove_ref alias, const char *format, va_list args)
{
  struct grove_message *message;
  enum grove_status     status = _grove_message_build (&message, format, args);

  if (status == GROVE_OK)
    {
      message->tag = alias;
      deliver (to, message);
    }
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
