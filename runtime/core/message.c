/* SPDX-License-Identifier: MIT
 *
 * Sending messages. A format is built in the message itself, so that sending is one block and one
 * push.
 */
#include "runtime/core/block.h"
#include "runtime/core/process.h"
#include "runtime/core/scheduler.h"

#include <string.h>

/* Most messages fit; a longer one is built again in a block that is large enough. */
#define FIRST_GUESS 128

static void
deliver (grove_pid to, struct grove_message *message)
{
  struct grove_scheduler *scheduler = _grove_scheduler_self;

  _grove_signal_send (to, message);
  if (scheduler != NULL)
    GROVE_ADD (scheduler->n_sent, 1);
  else
    atomic_fetch_add_explicit (&_grove_runtime.n_sent_outside, 1, memory_order_relaxed);
}

static enum grove_status
build_message (struct grove_message **ret_message, const char *format, va_list args)
{
  struct grove_message *message =
    _grove_signal_new (GROVE_SIGNAL_MESSAGE, FIRST_GUESS - sizeof *message, 0);
  va_list again;
  size_t  size;

  va_copy (again, args);
  size = grove_build_into (message->bytes, FIRST_GUESS - sizeof *message, format, args);
  if (size > FIRST_GUESS - sizeof *message && size <= UINT32_MAX)
    {
      _grove_block_free (message);
      message = _grove_signal_new (GROVE_SIGNAL_MESSAGE, size, 0);
      grove_build_into (message->bytes, size, format, again);
    }
  va_end (again);
  if (size == 0 || size > UINT32_MAX)
    {
      _grove_block_free (message);
      return GROVE_ERR_SYNTAX;
    }
  message->size = (uint32_t) size;
  *ret_message = message;
  return GROVE_OK;
}

enum grove_status
grove_send_va (grove_pid to, const char *format, va_list args)
{
  struct grove_message *message;
  enum grove_status     status;

  _grove_process_require ();
  status = build_message (&message, format, args);
  if (status == GROVE_OK)
    deliver (to, message);
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

static struct grove_message *
copy_message (struct grove_term term, grove_ref alias)
{
  struct grove_message *message = _grove_signal_new (GROVE_SIGNAL_MESSAGE, term.size, alias);

  memcpy (message->bytes, term.bytes, term.size);
  return message;
}

void
grove_send_term (grove_pid to, struct grove_term term)
{
  _grove_process_require ();
  deliver (to, copy_message (term, 0));
  _grove_charge (1);
}

enum grove_status
grove_send_name (const char *name, const char *format, ...)
{
  grove_pid         to = grove_whereis (name);
  enum grove_status status;
  va_list           args;

  if (to == 0)
    return GROVE_ERR_NO_NAME;
  va_start (args, format);
  status = grove_send_va (to, format, args);
  va_end (args);
  return status;
}

void
grove_send_alias (grove_pid to, grove_ref alias, struct grove_term term)
{
  _grove_process_require ();
  deliver (to, copy_message (term, alias));
  _grove_charge (1);
}

/* From a thread that is no process; observe.h. */
enum grove_status
_grove_message_inject (grove_pid to, struct grove_term term)
{
  if (term.size > UINT32_MAX)
    return GROVE_ERR_TOO_LARGE;
  deliver (to, copy_message (term, 0));
  return GROVE_OK;
}
