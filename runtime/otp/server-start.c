/* SPDX-License-Identifier: MIT
 *
 * The synchronous start of a server. The new process takes its name, runs init(), and acknowledges
 * to an alias of its starter, who also watches it:
 *
 *   ok | ignore | {name_taken, Holder}
 */
#include "runtime/core/dictionary.h"
#include "runtime/core/observe.h"
#include "runtime/core/process-private.h"
#include "runtime/otp/server-private.h"
#include "runtime/otp/stop.h"

#include <string.h>

static const uint8_t no_ancestors[] = { 106 };

/* What is handed to the new process, in one block that is copied into its heap. */
struct start
{
  const struct grove_server_callbacks *callbacks;
  const void                          *arg; /* when arg_size is 0 */
  size_t                               arg_size;
  size_t                               name_size; /* with its NUL; 0: no name */
  size_t    ancestors_size;                       /* of a list: the starter, its starter, ... */
  grove_pid starter;
  grove_ref ack;
  bool      link;
  _Alignas(16) uint8_t bytes[]; /* the argument, the name, the ancestors */
};

/* ---- Where it comes from ---------------------------------------------------------------- */

/* Those of a process that the caller starts: itself, by its name if it has one, then its own. */
static void
build_ancestors (struct grove_scratch *ret_ancestors)
{
  struct grove_process_sample sample;
  struct grove_term           own;

  if (!grove_get ("$ancestors", &own) || grove_term_type (own) != GROVE_TERM_LIST)
    own = (struct grove_term){ no_ancestors, sizeof no_ancestors };
  if (_grove_observe_process (grove_self (), &sample) && sample.name[0] != '\0')
    _grove_scratch_build (ret_ancestors, "[~a | ~t]", sample.name, own);
  else
    _grove_scratch_build (ret_ancestors, "[~p | ~t]", grove_self (), own);
}

/* For those who look at the process, alive or crashed: as proc_lib leaves it in every dictionary.
 */
static void
put_origin (const struct start *start)
{
  struct grove_term ancestors = {
    start->bytes + start->arg_size + start->name_size,
    start->ancestors_size,
  };

  grove_put ("$ancestors", "~t", ancestors);
  if (start->callbacks->module)
    grove_put ("$initial_call", "{~a, init, 1}", start->callbacks->module);
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

/* Tells the starter, and ends normally. */
static GROVE_NORETURN void
decline (const struct start *start, const char *format, ...)
{
  struct grove_scratch text;
  va_list              args;

  va_start (args, format);
  grove_assert (_grove_scratch_build_va (&text, format, args));
  va_end (args);
  grove_send_alias (start->starter, start->ack, text.term);
  _grove_scratch_build (&text, "normal");
  give_up (start, text.term);
}

static void
take_name (const struct start *start)
{
  const char          *name = (const char *) start->bytes + start->arg_size;
  struct grove_scratch text;

  for (;;)
    {
      enum grove_status status = grove_register (name, grove_self ());
      grove_pid         holder;

      if (status == GROVE_OK)
        return;
      if (status != GROVE_ERR_NAME_TAKEN)
        {
          _grove_scratch_build (&text, "{bad_name, ~s}", name);
          give_up (start, text.term);
        }
      /* The holder may have ended in between; then the name is free now. */
      holder = grove_whereis (name);
      if (holder == 0)
        {
          grove_yield ();
          continue;
        }
      decline (start, "{name_taken, ~p}", holder);
    }
}

static GROVE_NORETURN void
fail_init (const struct start *start, struct grove_server *server, enum grove_status status)
{
  struct grove_scratch text;

  if (server->reason.size > 0)
    give_up (start, server->reason);
  _grove_scratch_build (&text, "{init, ~a}", grove_status_text (status));
  give_up (start, text.term);
}

static void
server_main (void *arg)
{
  const struct start  *start = arg;
  struct grove_server *server = grove_alloc (sizeof *server);
  struct grove_scratch ok;
  enum grove_status    status;

  *server = (struct grove_server){ .callbacks = start->callbacks, .idle_ns = -1 };
  server->parent = start->link ? start->starter : 0;
  _grove_process_set_behaviour (server);
  put_origin (start);

  if (start->name_size > 0)
    take_name (start);
  status = start->callbacks->init (start->arg_size > 0 ? start->bytes : start->arg, &server->state);
  if (status == GROVE_IGNORED)
    decline (start, "ignore");
  if (status != GROVE_OK)
    fail_init (start, server, status);

  _grove_process_set_last_words (_grove_server_crashed);
  _grove_scratch_build (&ok, "ok");
  grove_send_alias (start->starter, start->ack, ok.term);
  _grove_server_serve (server);
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
  struct grove_scratch       ancestors;
  size_t                     size;
  struct start              *start;
  enum grove_status          status;

  build_ancestors (&ancestors);
  size = sizeof *start + options->arg_size + name_size + ancestors.term.size;
  start = grove_alloc (size);
  *start = (struct start){
    .callbacks = callbacks,
    .arg = options->arg,
    .arg_size = options->arg_size,
    .name_size = name_size,
    .ancestors_size = ancestors.term.size,
    .starter = grove_self (),
    .ack = ack,
    .link = options->link,
  };
  if (options->arg_size > 0)
    memcpy (start->bytes, options->arg, options->arg_size);
  if (name_size > 0)
    memcpy (start->bytes + options->arg_size, options->name, name_size);
  memcpy (start->bytes + options->arg_size + name_size, ancestors.term.bytes, ancestors.term.size);
  _grove_scratch_finish (&ancestors);

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

/* The caller's mailbox is as it was, also when it traps exits. */
static void
forget (grove_pid pid, bool link)
{
  if (!link)
    return;
  grove_unlink (pid);
  _grove_forget_exit (pid);
}

/* It did not come to an end of its init in time. */
static void
kill_late (grove_pid pid, grove_ref mark, grove_ref monitor, bool link)
{
  struct grove_message *message;

  if (link)
    grove_unlink (pid);
  grove_exit_process (pid, "kill");
  while (grove_receive_alias (mark, monitor, GROVE_FOREVER, &message) == GROVE_OK)
    {
      /* It may have got ready all the same. */
      bool down = grove_match (grove_message_term (message), "{'DOWN', _, _, _, _}");
      grove_message_free (message);
      if (down)
        break;
    }
  forget (pid, link);
}

/* What came of it, as @message says. */
static enum grove_status
read_outcome (struct grove_term term, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_term reason;
  grove_pid         holder;

  if (grove_term_is_atom (term, "ok"))
    return GROVE_OK;
  if (grove_term_is_atom (term, "ignore"))
    {
      *ret_pid = 0;
      return GROVE_IGNORED;
    }
  if (grove_match (term, "{name_taken, ~p}", &holder))
    {
      *ret_pid = holder;
      return GROVE_ERR_NAME_TAKEN;
    }
  if (ret_reason && grove_match (term, "{'DOWN', _, process, _, ~t}", &reason))
    memcpy (grove_buffer_extend (ret_reason, reason.size), reason.bytes, reason.size);
  return GROVE_ERR_EXITED;
}

enum grove_status
grove_server_start (const struct grove_server_callbacks *callbacks,
                    const struct grove_server_options   *options,
                    grove_pid                           *ret_pid,
                    struct grove_buffer                 *ret_reason)
{
  int64_t               wait_ns;
  grove_ref             ack;
  grove_ref             monitor;
  grove_pid             pid;
  struct grove_message *message;
  enum grove_status     status;

  _grove_process_demand ();
  if (callbacks == NULL || callbacks->init == NULL || options == NULL || ret_pid == NULL ||
      options->start_timeout_ns < 0 || (options->arg_size > 0 && options->arg == NULL))
    return GROVE_ERR_BADARG;
  if (options->arg_size > SIZE_MAX / 2)
    return GROVE_ERR_SYSTEM_LIMIT;
  wait_ns = options->start_timeout_ns ? options->start_timeout_ns : GROVE_FOREVER;
  ack = grove_alias ();
  status = spawn_server (callbacks, options, ack, &pid, &monitor);
  if (status != GROVE_OK)
    {
      grove_unalias (ack);
      return status;
    }

  status = grove_receive_alias (ack, monitor, wait_ns, &message);
  if (status == GROVE_OK)
    {
      *ret_pid = pid;
      status = read_outcome (grove_message_term (message), ret_pid, ret_reason);
      grove_message_free (message);
    }
  else
    {
      kill_late (pid, ack, monitor, options->link);
      grove_unalias (ack);
      return status;
    }
  /* One that declined has gone, and its name with it, before its starter goes on. */
  if (status == GROVE_IGNORED &&
      grove_receive_alias (ack, monitor, GROVE_FOREVER, &message) == GROVE_OK)
    grove_message_free (message);
  grove_unalias (ack);
  grove_demonitor (monitor, true);
  if (status != GROVE_OK)
    forget (pid, options->link);
  return status;
}
