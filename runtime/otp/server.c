/* SPDX-License-Identifier: MIT
 *
 * The loop of a server, its synchronous start, and calls. Everything here runs in the process it is
 * about; the only thing shared is what travels in messages:
 *
 *   {'$gen_call', {Pid, Alias}, Request}   the answer is sent to the alias, so a late one is
 * dropped
 *   {'$gen_cast', Request}
 *   ok | {name_taken, Holder}              from a starting server to its starter's alias
 *
 * A server waits without frames: grove_hibernate() runs serve() on a fresh stack when there is a
 * message, serve() takes all there are and hibernates again. What must live longer than one message
 * is therefore in the process's heap. Terms are built there too, never with malloc(): sending may
 * switch, a process that is killed while switched out takes its heap with it, and nothing else.
 */
#include "runtime/otp/server.h"

#include "runtime/core/process-private.h"
#include "runtime/otp/stop.h"

#include <string.h>

#define NOINLINE __attribute__ ((noinline))

/* What is handed to the new process, in one block that is copied into its heap. */
struct start
{
  const struct grove_server_callbacks *callbacks;
  const void                          *arg; /* when arg_size is 0 */
  size_t                               arg_size;
  size_t                               name_size; /* with its NUL; 0: no name */
  grove_pid                            starter;
  grove_ref                            ack;
  bool                                 link;
  _Alignas(16) uint8_t bytes[]; /* the argument, then the name */
};

/* The behaviour of the process, kept in its heap. */
struct server
{
  const struct grove_server_callbacks *callbacks;
  void                                *state;
  grove_pid                            parent; /* 0: started without a link */
  struct grove_term                    reason; /* given for the GROVE_STOP to come; empty: none */
};

/* ---- Building without malloc ------------------------------------------------------------ */

struct scratch
{
  uint8_t           small[224];
  uint8_t          *large; /* in the process's heap, NULL while @small is enough */
  struct grove_term term;
};

static bool
scratch_build_va (struct scratch *self, const char *format, va_list args)
{
  va_list again;
  size_t  size;

  self->large = NULL;
  va_copy (again, args);
  size = grove_build_into (self->small, sizeof self->small, format, args);
  if (size > sizeof self->small)
    {
      self->large = grove_alloc (size);
      size = grove_build_into (self->large, size, format, again);
    }
  va_end (again);
  self->term = (struct grove_term){ self->large ? self->large : self->small, size };
  return size > 0;
}

static void
scratch_build (struct scratch *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  grove_assert (scratch_build_va (self, format, args));
  va_end (args);
}

static void
scratch_finish (struct scratch *self)
{
  grove_free (self->large);
}

static struct grove_term
keep_term (struct grove_term term)
{
  uint8_t *bytes = grove_alloc (term.size);

  memcpy (bytes, term.bytes, term.size);
  return (struct grove_term){ bytes, term.size };
}

/* ---- The loop --------------------------------------------------------------------------- */

static GROVE_NORETURN void
stop (struct server *server, struct grove_term reason)
{
  if (server->callbacks->terminate)
    server->callbacks->terminate (reason, server->state);
  grove_exit_term (reason);
}

static GROVE_NORETURN void
stop_as_asked (struct server *server)
{
  struct scratch normal;

  if (server->reason.size == 0)
    {
      scratch_build (&normal, "normal");
      server->reason = keep_term (normal.term);
    }
  stop (server, server->reason);
}

static enum grove_next
handle (struct server *server, struct grove_term term)
{
  const struct grove_server_callbacks *callbacks = server->callbacks;
  struct grove_from                    from;
  struct grove_term                    inner;
  grove_pid                            pid;

  if (grove_match (term, "{'$gen_call', {~p, ~r}, ~t}", &from.pid, &from.alias, &inner))
    {
      if (!callbacks->handle_call)
        grove_exit ("{bad_call, ~t}", inner);
      return callbacks->handle_call (inner, from, server->state);
    }
  if (grove_match (term, "{'$gen_cast', ~t}", &inner))
    {
      if (!callbacks->handle_cast)
        grove_exit ("{bad_cast, ~t}", inner);
      return callbacks->handle_cast (inner, server->state);
    }
  if (server->parent && grove_match (term, "{'EXIT', ~p, ~t}", &pid, &inner) &&
      pid == server->parent)
    stop (server, inner);

  return callbacks->handle_info ? callbacks->handle_info (term, server->state) : GROVE_CONTINUE;
}

static void
serve (void *arg)
{
  struct server        *server = arg;
  struct grove_message *message;

  while (grove_receive (0, &message) == GROVE_OK)
    {
      if (handle (server, grove_message_term (message)) == GROVE_STOP)
        stop_as_asked (server);
      grove_message_free (message);
    }
  grove_hibernate (serve, server);
}

/* ---- Starting --------------------------------------------------------------------------- */

/* Ends without the starter's link hearing of it: it is told by its monitor, and returns an error.
 */
static GROVE_NORETURN void
give_up (const struct start *start, struct grove_term reason)
{
  if (start->link)
    grove_unlink (start->starter);
  grove_exit_term (reason);
}

static void
take_name (const struct start *start)
{
  const char    *name = (const char *) start->bytes + start->arg_size;
  struct scratch text;

  for (;;)
    {
      enum grove_status status = grove_register (name, grove_self ());
      grove_pid         holder;

      if (status == GROVE_OK)
        return;
      if (status != GROVE_ERR_NAME_TAKEN)
        {
          scratch_build (&text, "{bad_name, ~s}", name);
          give_up (start, text.term);
        }
      /* The holder may have ended in between; then the name is free now. */
      holder = grove_whereis (name);
      if (holder == 0)
        {
          grove_yield ();
          continue;
        }
      scratch_build (&text, "{name_taken, ~p}", holder);
      grove_send_alias (start->starter, start->ack, text.term);
      scratch_build (&text, "normal");
      give_up (start, text.term);
    }
}

static GROVE_NORETURN void
fail_init (const struct start *start, struct server *server, enum grove_status status)
{
  struct scratch text;

  if (server->reason.size > 0)
    give_up (start, server->reason);
  scratch_build (&text, "{init, ~a}", grove_status_text (status));
  give_up (start, text.term);
}

static void
server_main (void *arg)
{
  const struct start *start = arg;
  struct server      *server = grove_alloc (sizeof *server);
  struct scratch      ok;
  enum grove_status   status;

  *server = (struct server){ .callbacks = start->callbacks };
  server->parent = start->link ? start->starter : 0;
  _grove_process_set_behaviour (server);

  if (start->name_size > 0)
    take_name (start);
  status = start->callbacks->init (start->arg_size > 0 ? start->bytes : start->arg, &server->state);
  if (status != GROVE_OK)
    fail_init (start, server, status);

  scratch_build (&ok, "ok");
  grove_send_alias (start->starter, start->ack, ok.term);
  serve (server);
}

static enum grove_status
spawn_server (const struct grove_server_callbacks *callbacks,
              const struct grove_server_options   *options,
              grove_ref                            ack,
              grove_pid                           *ret_pid,
              grove_ref                           *ret_monitor)
{
  struct grove_spawn_options spawn = GROVE_SPAWN_DEFAULTS;
  size_t                     name_size = options->name ? strlen (options->name) + 1 : 0;
  size_t                     size = sizeof (struct start) + options->arg_size + name_size;
  struct start              *start = grove_alloc (size);
  enum grove_status          status;

  *start = (struct start){
    .callbacks = callbacks,
    .arg = options->arg,
    .arg_size = options->arg_size,
    .name_size = name_size,
    .starter = grove_self (),
    .ack = ack,
    .link = options->link,
  };
  if (options->arg_size > 0)
    memcpy (start->bytes, options->arg, options->arg_size);
  if (name_size > 0)
    memcpy (start->bytes + options->arg_size, options->name, name_size);

  spawn.label = options->label;
  spawn.initial_call = callbacks->module;
  spawn.arg = start;
  spawn.arg_size = size;
  spawn.priority = options->priority;
  spawn.link = options->link;
  spawn.monitor = true;
  status = grove_spawn_opt (server_main, &spawn, ret_pid, ret_monitor);
  grove_free (start);
  return status;
}

enum grove_status
grove_server_start (const struct grove_server_callbacks *callbacks,
                    const struct grove_server_options   *options,
                    grove_pid                           *ret_pid,
                    struct grove_buffer                 *ret_reason)
{
  grove_ref             ack = grove_alias ();
  grove_ref             monitor;
  grove_pid             pid, holder;
  struct grove_message *message;
  struct grove_term     term, reason;
  enum grove_status     status;

  status = spawn_server (callbacks, options, ack, &pid, &monitor);
  if (status != GROVE_OK)
    {
      grove_unalias (ack);
      return status;
    }

  status = grove_receive_alias (ack, monitor, GROVE_FOREVER, &message);
  grove_unalias (ack);
  if (status != GROVE_OK)
    return status;
  grove_demonitor (monitor, true);

  term = grove_message_term (message);
  if (grove_term_is_atom (term, "ok"))
    {
      *ret_pid = pid;
    }
  else if (grove_match (term, "{name_taken, ~p}", &holder))
    {
      *ret_pid = holder;
      status = GROVE_ERR_NAME_TAKEN;
    }
  else
    {
      status = GROVE_ERR_EXITED;
      /* The caller's mailbox is as it was, also when it traps exits. */
      if (options->link)
        {
          grove_unlink (pid);
          _grove_forget_exit (pid);
        }
      if (ret_reason && grove_match (term, "{'DOWN', _, process, _, ~t}", &reason))
        memcpy (grove_buffer_extend (ret_reason, reason.size), reason.bytes, reason.size);
    }
  grove_message_free (message);
  return status;
}

/* ---- Talking to one --------------------------------------------------------------------- */

/* Apart, so that the frame of a process that waits for its answer does not hold the scratch. */
static NOINLINE enum grove_status
send_call (grove_pid server, grove_ref alias, const char *format, va_list args)
{
  struct scratch    request;
  enum grove_status status = GROVE_ERR_SYNTAX;

  if (scratch_build_va (&request, format, args))
    status = grove_send (server, "{'$gen_call', {~p, ~r}, ~t}", grove_self (), alias, request.term);
  scratch_finish (&request);
  return status;
}

static enum grove_status
call_va (grove_pid              server,
         int64_t                timeout_ns,
         struct grove_message **ret_reply,
         const char            *format,
         va_list                args)
{
  grove_ref             alias = grove_alias ();
  grove_ref             monitor = grove_monitor (server);
  struct grove_message *message;
  struct grove_term     reason;
  grove_ref             down;
  enum grove_status     status;

  status = send_call (server, alias, format, args);
  if (status == GROVE_OK)
    status = grove_receive_alias (alias, monitor, timeout_ns, &message);
  grove_unalias (alias);
  grove_demonitor (monitor, true);
  /* The answer may have come between the end of the wait and that of the alias. */
  if (status == GROVE_ERR_TIMEOUT)
    status = grove_receive_alias (alias, 0, 0, &message);
  if (status != GROVE_OK)
    return status;

  if (grove_match (grove_message_term (message), "{'DOWN', ~r, process, _, ~t}", &down, &reason) &&
      down == monitor)
    {
      status = grove_term_is_atom (reason, "noproc") ? GROVE_ERR_NOPROC : GROVE_ERR_EXITED;
      grove_message_free (message);
      return status;
    }
  *ret_reply = message;
  return GROVE_OK;
}

enum grove_status
grove_call (
  grove_pid server, int64_t timeout_ns, struct grove_message **ret_reply, const char *format, ...)
{
  va_list           args;
  enum grove_status status;

  if (server == 0)
    return GROVE_ERR_NOPROC;
  if (server == grove_self ())
    return GROVE_ERR_CALLING_SELF;
  if (timeout_ns < 0)
    return GROVE_ERR_BADARG;

  va_start (args, format);
  status = call_va (server, timeout_ns, ret_reply, format, args);
  va_end (args);
  return status;
}

void
grove_cast (grove_pid server, const char *format, ...)
{
  struct scratch request;
  va_list        args;
  bool           built;

  if (server == 0)
    return;
  va_start (args, format);
  built = scratch_build_va (&request, format, args);
  va_end (args);
  if (!built)
    grove_exit ("{badarg, ~s}", format);
  grove_send (server, "{'$gen_cast', ~t}", request.term);
  scratch_finish (&request);
}

void
grove_reply (struct grove_from from, const char *format, ...)
{
  struct scratch reply;
  va_list        args;
  bool           built;

  va_start (args, format);
  built = scratch_build_va (&reply, format, args);
  va_end (args);
  if (!built)
    grove_exit ("{badarg, ~s}", format);
  grove_send_alias (from.pid, from.alias, reply.term);
  scratch_finish (&reply);
}

void
grove_server_stop_reason (const char *format, ...)
{
  struct server *server = _grove_process_behaviour ();
  struct scratch reason;
  va_list        args;
  bool           built;

  va_start (args, format);
  built = scratch_build_va (&reason, format, args);
  va_end (args);
  if (!server || !built)
    grove_exit ("{badarg, ~s}", format);
  server->reason = keep_term (reason.term);
  scratch_finish (&reason);
}
