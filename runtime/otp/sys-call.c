/* SPDX-License-Identifier: MIT
 *
 * The callers' side of sys.h: each function is one call with a system message.
 */
#include "runtime/core/process-private.h"
#include "runtime/otp/child-spec.h"
#include "runtime/otp/request.h"
#include "runtime/otp/server-private.h"
#include "runtime/otp/sys-private.h"

#include <stdlib.h>
#include <string.h>

static enum grove_status
ask (
  grove_pid server, int64_t timeout_ns, struct grove_message **ret_reply, const char *format, ...)
{
  enum grove_status status;
  va_list           args;

  va_start (args, format);
  status = _grove_call_va (server, GROVE_REQUEST_SYSTEM, timeout_ns, ret_reply, format, args);
  va_end (args);
  return status;
}

/* For requests that are answered with `ok`. @reply: where ask() has left it; it is read only now,
 * because the compiler may evaluate arguments in any order. */
static enum grove_status
read_ok (enum grove_status status, struct grove_message **reply)
{
  if (status != GROVE_OK)
    return status;
  if (!grove_term_is_atom (grove_message_term (*reply), "ok"))
    status = GROVE_ERR_NO_MATCH;
  grove_message_free (*reply);
  return status;
}

/* @shape: binds the part that is wanted; NULL: all of it. */
static enum grove_status
read_term (enum grove_status      status,
           struct grove_message **reply,
           const char            *shape,
           struct grove_buffer   *out)
{
  struct grove_term term;

  if (status != GROVE_OK)
    return status;
  term = grove_message_term (*reply);
  if (!shape || grove_match (term, shape, &term))
    memcpy (grove_buffer_extend (out, term.size), term.bytes, term.size);
  else
    status = GROVE_ERR_NO_MATCH;
  grove_message_free (*reply);
  return status;
}

enum grove_status
grove_sys_suspend (grove_pid server, int64_t timeout_ns)
{
  struct grove_message *reply = NULL;

  _grove_process_demand ();
  return read_ok (ask (server, timeout_ns, &reply, "suspend"), &reply);
}

enum grove_status
grove_sys_resume (grove_pid server, int64_t timeout_ns)
{
  struct grove_message *reply = NULL;

  _grove_process_demand ();
  return read_ok (ask (server, timeout_ns, &reply, "resume"), &reply);
}

enum grove_status
grove_sys_get_state (grove_pid server, int64_t timeout_ns, struct grove_buffer *out)
{
  struct grove_message *reply = NULL;

  _grove_process_demand ();
  if (!out)
    return GROVE_ERR_BADARG;
  return read_term (ask (server, timeout_ns, &reply, "get_state"), &reply, "{ok, ~t}", out);
}

enum grove_status
grove_sys_get_status (grove_pid server, int64_t timeout_ns, struct grove_buffer *out)
{
  struct grove_message *reply = NULL;

  _grove_process_demand ();
  if (!out)
    return GROVE_ERR_BADARG;
  return read_term (ask (server, timeout_ns, &reply, "get_status"), &reply, NULL, out);
}

/* ---- With an address beside ------------------------------------------------------------- */

static enum grove_status
ask_beside (grove_pid server, int64_t timeout_ns, struct grove_request *request, const char *format)
{
  struct grove_message *reply = NULL;
  uint64_t              key = _grove_request_add (server, request);
  enum grove_status     status;

  if (key == 0)
    {
      free (request);
      return GROVE_ERR_NOPROC;
    }
  status = read_ok (ask (server, timeout_ns, &reply, format, key), &reply);
  free (_grove_request_take (server, key));
  return status;
}

enum grove_status
grove_sys_replace_state (grove_pid              server,
                         int64_t                timeout_ns,
                         grove_sys_replace_func replace,
                         const void            *arg,
                         size_t                 arg_size)
{
  struct grove_request     *request;
  struct grove_sys_replace *what;

  _grove_process_demand ();
  if (!replace || timeout_ns < 0 || arg_size > GROVE_SYS_ARG_SIZE || (arg_size > 0 && !arg))
    return GROVE_ERR_BADARG;
  request = _grove_request_new (sizeof *what + arg_size);
  if (!request)
    return GROVE_ERR_SYSTEM_LIMIT;
  what = (struct grove_sys_replace *) (void *) request->bytes;
  *what = (struct grove_sys_replace){ .replace = replace, .arg = arg, .arg_size = arg_size };
  if (arg_size > 0)
    memcpy (what->bytes, arg, arg_size);
  return ask_beside (server, timeout_ns, request, "{replace_state, ~u}");
}

static enum grove_status
ask_hook (grove_pid      server,
          int64_t        timeout_ns,
          const char    *id,
          grove_sys_hook hook,
          void          *arg,
          const char    *format)
{
  struct grove_request     *request;
  struct grove_sys_install *what;

  if (timeout_ns < 0 || (id && !_grove_child_id_valid (id)))
    return GROVE_ERR_BADARG;
  request = _grove_request_new (sizeof *what);
  if (!request)
    return GROVE_ERR_SYSTEM_LIMIT;
  what = (struct grove_sys_install *) (void *) request->bytes;
  *what = (struct grove_sys_install){ .hook = hook, .arg = arg };
  if (id)
    strcpy (what->id, id);
  return ask_beside (server, timeout_ns, request, format);
}

enum grove_status
grove_sys_install (
  grove_pid server, int64_t timeout_ns, const char *id, grove_sys_hook hook, void *arg)
{
  _grove_process_demand ();
  if (!hook)
    return GROVE_ERR_BADARG;
  return ask_hook (server, timeout_ns, id, hook, arg, "{debug, {install, ~u}}");
}

enum grove_status
grove_sys_remove (grove_pid server, int64_t timeout_ns, const char *id, grove_sys_hook hook)
{
  _grove_process_demand ();
  if (!id && !hook)
    return GROVE_ERR_BADARG;
  return ask_hook (server, timeout_ns, id, hook, NULL, "{debug, {remove, ~u}}");
}

/* ---- Watching --------------------------------------------------------------------------- */

enum grove_status
grove_sys_set_statistics (grove_pid server, int64_t timeout_ns, bool on)
{
  struct grove_message *reply = NULL;

  _grove_process_demand ();
  return read_ok (ask (server, timeout_ns, &reply, "{debug, {statistics, ~a}}",
                       on ? "true" : "false"),
                  &reply);
}

enum grove_status
grove_sys_get_statistics (grove_pid                    server,
                          int64_t                      timeout_ns,
                          struct grove_sys_statistics *ret_statistics)
{
  struct grove_sys_statistics got;
  struct grove_message       *reply = NULL;
  enum grove_status           status;

  _grove_process_demand ();
  if (!ret_statistics)
    return GROVE_ERR_BADARG;
  status = ask (server, timeout_ns, &reply, "{debug, {statistics, get}}");
  if (status != GROVE_OK)
    return status;
  if (grove_match (grove_message_term (reply), "{ok, {~u, ~u, ~u, ~u}}", &got.elapsed_ns,
                   &got.reductions, &got.messages_in, &got.messages_out))
    *ret_statistics = got;
  else
    status = GROVE_ERR_NO_MATCH;
  grove_message_free (reply);
  return status;
}

enum grove_status
grove_sys_set_log (grove_pid server, int64_t timeout_ns, unsigned n)
{
  struct grove_message *reply = NULL;

  _grove_process_demand ();
  if (n > GROVE_SYS_LOG_MAX)
    return GROVE_ERR_BADARG;
  return read_ok (ask (server, timeout_ns, &reply, "{debug, {log, ~u}}", (uint64_t) n), &reply);
}

enum grove_status
grove_sys_get_log (grove_pid server, int64_t timeout_ns, struct grove_buffer *out)
{
  struct grove_message *reply = NULL;

  _grove_process_demand ();
  if (!out)
    return GROVE_ERR_BADARG;
  return read_term (ask (server, timeout_ns, &reply, "{debug, {log, get}}"), &reply, "{ok, ~t}",
                    out);
}
