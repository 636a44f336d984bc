/* SPDX-License-Identifier: MIT
 *
 * The loop of a server. Everything here runs in the process it is about; the only thing shared is
 * what travels in messages:
 *
 *   {'$gen_call', {Pid, Alias}, Request}   the answer is sent to the alias, so a late one is
 * dropped
 *   {'$gen_cast', Request}
 *   {system, {Pid, Alias}, Request}        sys.h
 *
 * A server waits without frames: grove_hibernate() runs the loop on a fresh stack when there is a
 * message, the loop takes all there are and hibernates again; unless the next one comes at once
 * (_grove_linger()). What must live longer than one message is therefore in the process's heap.
 */
#include "runtime/core/process-private.h"
#include "runtime/otp/server-private.h"
#include "runtime/term/envelope.h"

/* ---- Ending ----------------------------------------------------------------------------- */

void
_grove_server_end (struct grove_server *self, struct grove_term reason)
{
  _grove_process_set_last_words (NULL);
  if (self->callbacks->terminate)
    self->callbacks->terminate (reason, self->state);
  grove_exit_term (reason);
}

/* A callback ended the process: terminate() runs all the same, above the callback's frames. */
void
_grove_server_crashed (void *server, struct grove_term reason)
{
  struct grove_server *self = server;

  if (self->callbacks->terminate)
    self->callbacks->terminate (reason, self->state);
}

static GROVE_NORETURN void
end_as_asked (struct grove_server *self)
{
  struct grove_scratch normal;

  if (self->reason.size == 0)
    {
      _grove_scratch_build (&normal, "normal");
      self->reason = _grove_keep_term (normal.term);
    }
  _grove_server_end (self, self->reason);
}

/* What a callback answered. */
static void
settle (struct grove_server *self, enum grove_next next)
{
  struct grove_scratch reason;

  switch (next)
    {
    case GROVE_CONTINUE:
      return;
    case GROVE_STOP:
      end_as_asked (self);
    }
  _grove_scratch_build (&reason, "{bad_return_value, ~i}", (int) next);
  _grove_server_end (self, _grove_keep_term (reason.term));
}

/* ---- One message ------------------------------------------------------------------------ */

static enum grove_next
handle (struct grove_server *self, struct grove_term term)
{
  const struct grove_server_callbacks *callbacks = self->callbacks;
  struct grove_from                    from;
  struct grove_term                    inner;
  grove_pid                            pid;

  if (_grove_envelope_read (term, &from.pid, &from.alias, &inner) ||
      grove_match (term, "{'$gen_call', {~p, ~r}, ~t}", &from.pid, &from.alias, &inner))
    {
      if (!callbacks->handle_call)
        grove_exit ("{bad_call, ~t}", inner);
      return callbacks->handle_call (inner, from, self->state);
    }
  if (grove_match (term, "{'$gen_cast', ~t}", &inner))
    {
      if (!callbacks->handle_cast)
        grove_exit ("{bad_cast, ~t}", inner);
      return callbacks->handle_cast (inner, self->state);
    }
  if (self->parent && grove_match (term, "{'EXIT', ~p, ~t}", &pid, &inner) && pid == self->parent)
    _grove_server_end (self, inner);
  if (_grove_sys_handle (self, term))
    return GROVE_CONTINUE;
  return callbacks->handle_info ? callbacks->handle_info (term, self->state) : GROVE_CONTINUE;
}

static void
handle_message (struct grove_server *self, struct grove_message *message)
{
  struct grove_term term = grove_message_term (message);

  if (self->sys)
    _grove_sys_saw_in (self, term);
  settle (self, handle (self, term));
  grove_message_free (message);
}

/* ---- The loop --------------------------------------------------------------------------- */

static void
run_continuation (struct grove_server *self)
{
  struct grove_term term = self->continuation;

  self->continuation = (struct grove_term){ NULL, 0 };
  if (!self->callbacks->handle_continue)
    grove_exit ("{bad_continue, ~t}", term);
  settle (self, self->callbacks->handle_continue (term, self->state));
  _grove_drop_term (&term);
}

static bool
wanted (struct grove_term term, void *user_data)
{
  return _grove_sys_wanted (user_data, term);
}

static void
handle_timeout (struct grove_server *self)
{
  static const uint8_t timeout[] = { 119, 7, 't', 'i', 'm', 'e', 'o', 'u', 't' };
  enum grove_next      next = GROVE_CONTINUE;

  if (self->callbacks->handle_info)
    next =
      self->callbacks->handle_info ((struct grove_term){ timeout, sizeof timeout }, self->state);
  settle (self, next);
}

/* The current function of every server that waits, so this is a name that people read. */
__attribute__ ((noinline)) static void
server_loop (void *server)
{
  struct grove_server  *self = server;
  struct grove_message *message;

  for (;;)
    {
      int64_t idle_ns = self->idle_ns;

      if (self->suspended)
        {
          if (grove_receive_match (wanted, self, GROVE_FOREVER, &message) == GROVE_OK)
            handle_message (self, message);
          continue;
        }
      if (self->continuation.size > 0)
        {
          run_continuation (self);
          continue;
        }
      self->idle_ns = -1;
      if (idle_ns < 0 && _grove_nothing_came () && !_grove_linger (server_loop, self))
        grove_hibernate (server_loop, self);
      if (grove_receive (idle_ns > 0 ? idle_ns : 0, &message) == GROVE_OK)
        handle_message (self, message);
      else if (idle_ns >= 0)
        handle_timeout (self);
    }
}

void
_grove_server_serve (void *server)
{
  server_loop (server);
}

/* ---- What a callback may say ------------------------------------------------------------ */

/* The server that runs a callback; @format and @args made a term that it keeps. */
static struct grove_term
keep_va (const char *format, va_list args)
{
  struct grove_scratch scratch;
  struct grove_term    kept;

  if (!_grove_process_behaviour () || !_grove_scratch_build_va (&scratch, format, args))
    grove_exit ("{badarg, ~s}", format);
  kept = _grove_keep_term (scratch.term);
  _grove_scratch_finish (&scratch);
  return kept;
}

void
grove_server_stop_reason (const char *format, ...)
{
  struct grove_server *self;
  struct grove_term    term;
  va_list              args;

  _grove_process_demand ();
  self = _grove_process_behaviour ();
  va_start (args, format);
  term = keep_va (format, args);
  va_end (args);
  _grove_drop_term (&self->reason);
  self->reason = term;
}

void
grove_server_continue (const char *format, ...)
{
  struct grove_server *self;
  struct grove_term    term;
  va_list              args;

  _grove_process_demand ();
  self = _grove_process_behaviour ();
  va_start (args, format);
  term = keep_va (format, args);
  va_end (args);
  _grove_drop_term (&self->continuation);
  self->continuation = term;
}

void
grove_server_idle_timeout (int64_t timeout_ns)
{
  struct grove_server *self;

  _grove_process_demand ();
  self = _grove_process_behaviour ();
  if (!self || timeout_ns < 0)
    grove_exit ("{badarg, ~l}", timeout_ns);
  self->idle_ns = timeout_ns == GROVE_FOREVER ? -1 : timeout_ns;
}
