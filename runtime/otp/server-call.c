/* SPDX-License-Identifier: MIT
 *
 * Talking to servers, in the calling process. A call is one reference, which watches the server and
 * lets the answer in: whichever comes first switches it off, so that a late answer is dropped
 * before it reaches the mailbox.
 */
#include "runtime/core/process-private.h"
#include "runtime/core/signal.h"
#include "runtime/otp/server-private.h"

#define NOINLINE __attribute__ ((noinline))

/* ---- Requests --------------------------------------------------------------------------- */

static NOINLINE enum grove_status
send_system (grove_pid server, grove_ref tag, const char *format, va_list args)
{
  struct grove_scratch request;
  enum grove_status    status;

  if (!_grove_scratch_build_va (&request, format, args))
    return GROVE_ERR_SYNTAX;
  status = grove_send (server, "{system, {~p, ~r}, ~t}", grove_self (), tag, request.term);
  _grove_scratch_finish (&request);
  return status;
}

/* Nothing is left of it afterwards, whether it was answered or not. */
static void
abandon (grove_ref tag)
{
  grove_unalias (tag);
  grove_demonitor (tag, true);
}

static inline enum grove_status
begin (grove_pid               server,
       enum grove_request_kind kind,
       const char             *format,
       va_list                 args,
       grove_ref              *ret_request)
{
  enum grove_status status;

  if (server == 0)
    return GROVE_ERR_NOPROC;
  if (server == grove_self ())
    return GROVE_ERR_CALLING_SELF;
  *ret_request = _grove_monitor_request (server);
  if (kind == GROVE_REQUEST_SYSTEM)
    status = send_system (server, *ret_request, format, args);
  else
    status = _grove_send_call_va (server, *ret_request, format, args);
  if (status != GROVE_OK)
    abandon (*ret_request);
  return status;
}

/* What @message, which came for @request, is: its answer, or that there will be none. */
static enum grove_status
read_response (grove_ref request, const struct grove_message *message)
{
  struct grove_term reason;
  grove_ref         down;

  /* Only the end of a process, or of a link, is written with a reason. */
  if (message->reason_offset == 0 ||
      !grove_match (grove_message_term (message), "{'DOWN', ~r, process, _, ~t}", &down, &reason) ||
      down != request)
    return GROVE_OK;
  return grove_term_is_atom (reason, "noproc") ? GROVE_ERR_NOPROC : GROVE_ERR_EXITED;
}

/* @message came for @request. */
static enum grove_status
take_response (grove_ref request, struct grove_message *message, struct grove_message **ret_reply)
{
  enum grove_status status = read_response (request, message);

  if (status == GROVE_OK)
    *ret_reply = message;
  else
    grove_message_free (message);
  return status;
}

static enum grove_status
await (grove_ref request, int64_t timeout_ns, struct grove_message **ret_reply)
{
  struct grove_message *message;
  enum grove_status     status = grove_receive_alias (request, request, timeout_ns, &message);

  return status == GROVE_OK ? take_response (request, message, ret_reply) : status;
}

/* What has come by the end of the wait is taken all the same; what comes later never arrives. */
static NOINLINE enum grove_status
give_up (grove_ref request, struct grove_message **ret_reply)
{
  grove_unalias (request);
  grove_demonitor (request, false);
  return await (request, 0, ret_reply);
}

/* In line, and with nothing in between when it is an answer: a process that was waiting returns
 * through few functions. */
static inline __attribute__ ((always_inline)) enum grove_status
finish (grove_ref request, int64_t timeout_ns, struct grove_message **ret_reply)
{
  struct grove_message *message;
  enum grove_status     status = grove_receive_alias (request, request, timeout_ns, &message);

  if (status == GROVE_ERR_TIMEOUT)
    return give_up (request, ret_reply);
  if (status != GROVE_OK)
    return status;
  if (message->reason_offset != 0)
    return take_response (request, message, ret_reply);
  *ret_reply = message;
  return GROVE_OK;
}

static inline __attribute__ ((always_inline)) enum grove_status
call (grove_pid               server,
      enum grove_request_kind kind,
      int64_t                 timeout_ns,
      struct grove_message  **ret_reply,
      const char             *format,
      va_list                 args)
{
  grove_ref         request;
  enum grove_status status;

  if (timeout_ns < 0)
    return GROVE_ERR_BADARG;
  status = begin (server, kind, format, args, &request);
  return status == GROVE_OK ? finish (request, timeout_ns, ret_reply) : status;
}

enum grove_status
_grove_call_va (grove_pid               server,
                enum grove_request_kind kind,
                int64_t                 timeout_ns,
                struct grove_message  **ret_reply,
                const char             *format,
                va_list                 args)
{
  return call (server, kind, timeout_ns, ret_reply, format, args);
}

enum grove_status
grove_call (
  grove_pid server, int64_t timeout_ns, struct grove_message **ret_reply, const char *format, ...)
{
  va_list           args;
  enum grove_status status;

  _grove_process_demand ();
  if (ret_reply == NULL)
    return GROVE_ERR_BADARG;
  va_start (args, format);
  status = call (server, GROVE_REQUEST_CALL, timeout_ns, ret_reply, format, args);
  va_end (args);
  return status;
}

/* ---- Without waiting at once ------------------------------------------------------------ */

enum grove_status
grove_server_send_request (grove_pid server, grove_ref *ret_request, const char *format, ...)
{
  va_list           args;
  enum grove_status status;

  _grove_process_demand ();
  if (ret_request == NULL)
    return GROVE_ERR_BADARG;
  va_start (args, format);
  status = begin (server, GROVE_REQUEST_CALL, format, args, ret_request);
  va_end (args);
  return status;
}

enum grove_status
grove_server_wait_response (grove_ref request, int64_t timeout_ns, struct grove_message **ret_reply)
{
  _grove_process_demand ();
  if (request == 0 || timeout_ns < 0 || ret_reply == NULL)
    return GROVE_ERR_BADARG;
  return await (request, timeout_ns, ret_reply);
}

enum grove_status
grove_server_receive_response (grove_ref              request,
                               int64_t                timeout_ns,
                               struct grove_message **ret_reply)
{
  _grove_process_demand ();
  if (request == 0 || timeout_ns < 0 || ret_reply == NULL)
    return GROVE_ERR_BADARG;
  return finish (request, timeout_ns, ret_reply);
}

bool
grove_server_check_response (grove_ref                   request,
                             const struct grove_message *message,
                             enum grove_status          *ret_status)
{
  _grove_process_demand ();
  if (request == 0 || message == NULL || ret_status == NULL || message->tag != request)
    return false;
  *ret_status = read_response (request, message);
  return true;
}

/* ---- Casts and answers ------------------------------------------------------------------ */

void
grove_cast (grove_pid server, const char *format, ...)
{
  struct grove_scratch request;
  va_list              args;
  bool                 built;

  _grove_process_demand ();
  if (server == 0)
    return;
  va_start (args, format);
  built = _grove_scratch_build_va (&request, format, args);
  va_end (args);
  if (!built)
    grove_exit ("{badarg, ~s}", format);
  grove_send (server, "{'$gen_cast', ~t}", request.term);
  _grove_scratch_finish (&request);
}

/* Of a server that somebody watches. */
static NOINLINE bool
reply_seen (struct grove_server *self, struct grove_from from, const char *format, va_list args)
{
  struct grove_scratch reply;

  if (!_grove_scratch_build_va (&reply, format, args))
    return false;
  grove_send_alias (from.pid, from.alias, reply.term);
  _grove_sys_saw_out (self, reply.term, from.pid);
  _grove_scratch_finish (&reply);
  return true;
}

void
grove_reply (struct grove_from from, const char *format, ...)
{
  struct grove_server *self;
  enum grove_status    status = GROVE_OK;
  va_list              args;

  _grove_process_demand ();
  self = _grove_process_behaviour ();
  va_start (args, format);
  if (!self || !self->sys)
    status = _grove_send_alias_va (from.pid, from.alias, format, args);
  else if (!reply_seen (self, from, format, args))
    status = GROVE_ERR_SYNTAX;
  va_end (args);
  if (status == GROVE_ERR_SYSTEM_LIMIT)
    grove_exit ("system_limit");
  if (status != GROVE_OK)
    grove_exit ("{badarg, ~s}", format);
}

/* ---- Stopping --------------------------------------------------------------------------- */

/* @watch: a monitor that is an alias too. */
static enum grove_status
await_end (grove_pid server, grove_ref watch, struct grove_term asked, int64_t timeout_ns)
{
  struct grove_message *message;
  struct grove_term     reason;
  enum grove_status     status;

  grove_send (server, "{system, {~p, ~r}, {terminate, ~t}}", grove_self (), watch, asked);
  status = grove_receive_alias (watch, watch, timeout_ns, &message);
  if (status != GROVE_OK)
    return status;
  if (!grove_match (grove_message_term (message), "{'DOWN', _, process, _, ~t}", &reason))
    status = GROVE_ERR_EXITED;
  else if (grove_term_is_atom (reason, "noproc"))
    status = GROVE_ERR_NOPROC;
  else if (!grove_term_equal (reason, asked))
    status = GROVE_ERR_EXITED;
  grove_message_free (message);
  return status;
}

enum grove_status
grove_server_stop (grove_pid server, int64_t timeout_ns, const char *reason_format, ...)
{
  const struct grove_monitor_options options = { .alias = GROVE_ALIAS_EXPLICIT };
  struct grove_scratch               reason;
  grove_ref                          watch;
  enum grove_status                  status;
  va_list                            args;
  bool                               built;

  _grove_process_demand ();
  if (server == 0)
    return GROVE_ERR_NOPROC;
  if (server == grove_self ())
    return GROVE_ERR_CALLING_SELF;
  if (timeout_ns < 0)
    return GROVE_ERR_BADARG;
  va_start (args, reason_format);
  built = _grove_scratch_build_va (&reason, reason_format, args);
  va_end (args);
  if (!built)
    return GROVE_ERR_SYNTAX;
  status = grove_monitor_opt (server, &options, &watch);
  if (status == GROVE_OK)
    {
      status = await_end (server, watch, reason.term, timeout_ns);
      abandon (watch);
    }
  _grove_scratch_finish (&reason);
  return status;
}
