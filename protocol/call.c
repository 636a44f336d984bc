/* SPDX-License-Identifier: MIT
 *
 * Calls. A source that never comes back leaks its call and nothing else.
 *
 * Threads: the server's.
 */
#include "protocol/call.h"

#include "protocol/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct grove_call *
grove_call_new (struct grove_server_session *session, int64_t id, enum grove_role role)
{
  struct grove_call *self = grove_must_zero (sizeof *self);

  self->id = id;
  self->changes = role == GROVE_ROLE_CONTROL;
  self->audit = grove_server_session_command (session);
  grove_writer_init (&self->writer, GROVE_LIMIT_MESSAGE);
  if (grove_server_session_add_call (session, self))
    return self;
  free (self);
  grove_server_session_fail (session, id, GROVE_ERROR_BUSY, "{\"retry_after_ms\":100}",
                             "%d questions are under way already", GROVE_LIMIT_CALLS);
  return NULL;
}

static void
end (struct grove_call *self)
{
  if (self->session != NULL)
    {
      grove_server_session_remove_call (self->session, self);
      if (self->changes)
        grove_server_session_hurry (self->session);
    }
  grove_writer_finish (&self->writer);
  free (self);
}

struct grove_writer *
grove_call_begin (struct grove_call *self)
{
  grove_writer_clear (&self->writer);
  grove_envelope_begin_result (&self->writer, self->id);
  self->begun = true;
  return &self->writer;
}

static void
note_done (const struct grove_call *self)
{
  static const char  name[] = "\"result\":";
  struct grove_host *host = grove_server_session_host (self->session);
  const char        *result;
  char               outcome[96];

  if (self->audit == 0)
    return;
  result = memmem (self->writer.bytes, self->writer.size, name, sizeof name - 1);
  if (result == NULL)
    return;
  result += sizeof name - 1;
  grove_audit_outcome_of (result, self->writer.size - (size_t) (result - self->writer.bytes),
                          outcome, sizeof outcome);
  grove_audit_end (&host->audit, self->audit, host->now_ns, GROVE_AUDIT_DONE, 0, outcome);
}

/* Fails it as the command it was begun as, whatever is under way now. */
static void
fail (struct grove_call *self, enum grove_error code, const char *data_json, const char *message)
{
  uint64_t before = grove_server_session_command (self->session);

  grove_server_session_set_command (self->session, self->audit);
  grove_server_session_fail (self->session, self->id, code, data_json, "%s", message);
  grove_server_session_set_command (self->session, before);
}

void
grove_call_end (struct grove_call *self)
{
  grove_envelope_end_result (&self->writer);
  if (self->session != NULL)
    {
      if (grove_writer_ok (&self->writer) && self->writer.depth == 0 && self->begun)
        {
          note_done (self);
          grove_server_session_send (self->session, &self->writer);
        }
      else if (self->writer.size + 4096 > GROVE_LIMIT_MESSAGE)
        {
          char data[64];

          (void) snprintf (data, sizeof data, "{\"limit\":\"message\",\"value\":%d}",
                           GROVE_LIMIT_MESSAGE);
          fail (self, GROVE_ERROR_LIMIT, data, "the answer is longer than a message may be");
        }
      else
        fail (self, GROVE_ERROR_INTERNAL, NULL, "the source wrote no answer");
    }
  end (self);
}

void
grove_call_fail (struct grove_call *self,
                 enum grove_error   code,
                 const char        *data_json,
                 const char        *message_format,
                 ...)
{
  char    message[512];
  va_list arguments;

  va_start (arguments, message_format);
  (void) vsnprintf (message, sizeof message, message_format, arguments);
  va_end (arguments);
  if (self->session != NULL)
    fail (self, code, data_json, message);
  end (self);
}
