/* SPDX-License-Identifier: MIT
 *
 * The master of an application: a server that traps exits, is linked to the top supervisor and is
 * the group of every process spawned below it. It is the root of a tree in the supervision forest
 * for as long as it lives, however it ends.
 */
#include "runtime/otp/application-private.h"

#include "runtime/core/log-private.h"
#include "runtime/core/observe.h"
#include "runtime/core/process-private.h"
#include "runtime/core/runtime.h"
#include "runtime/otp/child-spec.h"
#include "runtime/otp/stop.h"
#include "runtime/otp/supervision.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REASON_SIZE 512

struct packed_application
{
  enum grove_application_type type;
  enum grove_status (*start) (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason);
  const void *arg;
  void (*exited) (const char *name, const char *reason);
  const char *const *needs;
  const char *const *phases;
  enum grove_status (*start_phase) (const char *phase, const void *arg);
  void (*prep_stop) (const void *arg);
  void (*stop) (const void *arg);
  char name[GROVE_CHILD_ID_SIZE];
};

/* Not in the process's heap: needed at the very end of the process, and released there. */
struct master
{
  struct packed_application spec;
  struct grove_buffer       reason;
  grove_pid                 self;
  grove_pid                 top;
  bool                      told; /* exited() was called, or need not be */
};

/* ---- The end ---------------------------------------------------------------------------- */

static void
tell (struct master *self, const char *reason)
{
  if (!self->told)
    _grove_log_self (GROVE_LOG_NOTICE, GROVE_LOG_APPLICATION, (struct grove_term){ NULL, 0 },
                     "Application %s exited: %s", self->spec.name, reason);
  if (!self->told && self->spec.exited)
    self->spec.exited (self->spec.name, reason);
  self->told = true;
}

static void
tell_term (struct master *self, struct grove_term reason)
{
  char text[REASON_SIZE];

  grove_term_print (reason, GROVE_SYNTAX_ERLANG, 16, text, sizeof text, NULL);
  tell (self, text);
}

/* It ended, and nobody had asked for it. */
static void
consider_runtime (const struct master *self, bool normal)
{
  if (self->spec.type == GROVE_APPLICATION_PERMANENT ||
      (self->spec.type == GROVE_APPLICATION_TRANSIENT && !normal))
    grove_stop ();
}

/* A master traps exits and tells why it ends before it does; if it did not, it was killed. When the
 * whole runtime stops nobody needs to hear of each application. */
static void
master_ended (void *data)
{
  struct master *self = data;

  _grove_supervision_remove_root (self->self);
  if (_grove_observe_running () && !self->told)
    {
      tell (self, "killed");
      consider_runtime (self, false);
    }
  grove_buffer_finish (&self->reason);
  free (self);
}

struct group
{
  grove_pid master;
  size_t    n;
  grove_pid pids[64];
};

static bool
collect (const struct grove_process_sample *sample, uint32_t slot, void *user_data)
{
  struct group *group = user_data;

  if (sample->group == group->master && sample->pid != group->master &&
      sample->status != GROVE_STATUS_EXITING)
    group->pids[group->n++] = sample->pid;
  return group->n < sizeof group->pids / sizeof group->pids[0];
}

/* Processes of the application that no supervisor stopped; those may be spawning others, so it
 * looks again until there is none. */
static void
kill_group (grove_pid master)
{
  struct group *group = grove_alloc (sizeof *group);

  do
    {
      *group = (struct group){ .master = master };
      _grove_observe_scan (collect, group);
      for (size_t i = 0; i < group->n; i++)
        _grove_stop_process (group->pids[i], GROVE_SHUTDOWN_KILL);
    }
  while (group->n > 0);
  grove_free (group);
}

/* ---- The master ------------------------------------------------------------------------- */

static void
call (void (*function) (const void *arg), const struct master *self)
{
  if (function)
    function (self->spec.arg);
}

/* Stops what runs, in the order OTP does. */
static void
take_down (struct master *self)
{
  _grove_supervision_set_state (self->self, GROVE_NODE_STOPPING);
  call (self->spec.prep_stop, self);
  _grove_stop_process (self->top, GROVE_SHUTDOWN_INFINITY);
  call (self->spec.stop, self);
  kill_group (self->self);
}

static enum grove_status
run_phases (struct master *self)
{
  const char *const *phase = self->spec.phases;

  for (; phase && *phase; phase++)
    {
      enum grove_status status = self->spec.start_phase (*phase, self->spec.arg);
      char              reason[REASON_SIZE];

      if (status == GROVE_OK)
        continue;
      grove_server_stop_reason ("{start_phase, ~a, ~a}", *phase, grove_status_text (status));
      snprintf (reason, sizeof reason, "{start_phase,%s}", *phase);
      take_down (self);
      tell (self, reason);
      return GROVE_ERR_EXITED;
    }
  return GROVE_OK;
}

static enum grove_status
start_top (struct master *self)
{
  struct grove_supervision_node node = {
    .kind = GROVE_NODE_SUPERVISOR,
    .restart = GROVE_TEMPORARY,
    .shutdown_ms = GROVE_SHUTDOWN_INFINITY,
  };
  enum grove_status status;

  status = self->spec.start (self->spec.arg, &self->top, &self->reason);
  if (status != GROVE_OK)
    {
      if (self->reason.size == 0 &&
          grove_build (&self->reason, "~a", grove_status_text (status)) != GROVE_OK)
        return status;
      grove_server_stop_reason ("~t", grove_buffer_term (&self->reason));
      kill_group (self->self);
      tell_term (self, grove_buffer_term (&self->reason));
      return GROVE_ERR_EXITED;
    }
  node.pid = self->top;
  memcpy (node.id, self->spec.name, sizeof node.id);
  _grove_supervision_put (self->self, &node);
  status = run_phases (self);
  if (status == GROVE_OK)
    _grove_supervision_set_state (self->self, GROVE_NODE_RUNS);
  return status;
}

enum grove_restart
_grove_application_restart (enum grove_application_type type)
{
  switch (type)
    {
    case GROVE_APPLICATION_TRANSIENT:
      return GROVE_TRANSIENT;
    case GROVE_APPLICATION_PERMANENT:
      return GROVE_PERMANENT;
    case GROVE_APPLICATION_TEMPORARY:
      break;
    }
  return GROVE_TEMPORARY;
}

static enum grove_status
init (const void *arg, void **state)
{
  const struct packed_application *spec = arg;
  struct master                   *self;

  /* First, for it may switch: a process that is killed there has nothing yet that would be lost. */
  grove_trap_exit (true);
  self = calloc (1, sizeof *self);
  if (!self)
    abort ();
  *state = self;
  self->spec = *spec;
  self->self = grove_self ();
  _grove_process_set_group (self->self);

  if (!_grove_supervision_add_root (self->self, spec->name, _grove_application_restart (spec->type),
                                    spec->needs))
    {
      grove_server_stop_reason ("{name_taken, ~p}", _grove_supervision_application (spec->name));
      free (self);
      return GROVE_ERR_NAME_TAKEN;
    }
  grove_defer (master_ended, self);
  return start_top (self);
}

static enum grove_next
handle_cast (struct grove_term request, void *state)
{
  struct master *self = state;

  if (!grove_term_is_atom (request, "stop"))
    return GROVE_CONTINUE;
  take_down (self);
  tell (self, "stopped");
  grove_server_stop_reason ("shutdown");
  return GROVE_STOP;
}

static enum grove_next
handle_info (struct grove_term message, void *state)
{
  struct master    *self = state;
  struct grove_term reason;
  grove_pid         pid;

  if (!grove_match (message, "{'EXIT', ~p, ~t}", &pid, &reason) || pid != self->top)
    return GROVE_CONTINUE;
  _grove_supervision_set_state (self->self, GROVE_NODE_STOPPING);
  call (self->spec.prep_stop, self);
  call (self->spec.stop, self);
  kill_group (self->self);
  tell_term (self, reason);
  consider_runtime (self, grove_term_is_atom (reason, "normal"));
  grove_server_stop_reason ("~t", reason);
  return GROVE_STOP;
}

static const struct grove_server_callbacks callbacks = {
  .module = "application_master",
  .init = init,
  .handle_cast = handle_cast,
  .handle_info = handle_info,
};

/* ---- Callers ---------------------------------------------------------------------------- */

bool
_grove_application_is_valid (const struct grove_application_spec *spec)
{
  return spec->start && spec->name && _grove_child_id_valid (spec->name) &&
         (unsigned) spec->type <= GROVE_APPLICATION_PERMANENT &&
         (!spec->phases || !spec->phases[0] || spec->start_phase);
}

static bool
needs_met (const struct grove_application_spec *spec)
{
  for (const char *const *need = spec->needs; need && *need; need++)
    if (_grove_supervision_application (*need) == 0)
      return false;
  return true;
}

enum grove_status
_grove_application_start (const struct grove_application_spec *spec,
                          grove_pid                           *ret_master,
                          struct grove_buffer                 *ret_reason)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;
  struct packed_application  *packed;
  enum grove_status           status;

  if (!needs_met (spec))
    return GROVE_ERR_NO_NAME;
  packed = grove_alloc (sizeof *packed);
  *packed = (struct packed_application){
    .start = spec->start,
    .arg = spec->arg,
    .exited = spec->exited,
    .type = spec->type,
    .needs = spec->needs,
    .phases = spec->phases,
    .start_phase = spec->start_phase,
    .prep_stop = spec->prep_stop,
    .stop = spec->stop,
  };
  strcpy (packed->name, spec->name);

  options.label = packed->name;
  options.arg = packed;
  options.arg_size = sizeof *packed;
  status = grove_server_start (&callbacks, &options, ret_master, ret_reason);
  if (status == GROVE_ERR_EXITED &&
      grove_match (grove_buffer_term (ret_reason), "{name_taken, ~p}", ret_master))
    status = GROVE_ERR_NAME_TAKEN;
  grove_free (packed);
  return status;
}

enum grove_status
grove_application_start (const struct grove_application_spec *spec, grove_pid *ret_master)
{
  struct grove_buffer reason = { 0 };
  enum grove_status   status;

  _grove_process_demand ();
  if (!spec || !ret_master || !_grove_application_is_valid (spec))
    return GROVE_ERR_BADARG;
  status = _grove_application_start (spec, ret_master, &reason);
  grove_buffer_finish (&reason);
  return status;
}

enum grove_status
grove_application_stop (const char *name)
{
  grove_pid             master;
  grove_ref             mark, monitor;
  struct grove_message *message;

  _grove_process_demand ();
  master = name != NULL ? _grove_supervision_application (name) : 0;
  if (master == 0)
    return GROVE_ERR_NO_NAME;
  if (master == grove_self ())
    return GROVE_ERR_CALLING_SELF;
  mark = grove_alias ();
  monitor = grove_monitor (master);
  grove_cast (master, "stop");
  if (grove_receive_alias (mark, monitor, GROVE_FOREVER, &message) == GROVE_OK)
    grove_message_free (message);
  grove_unalias (mark);
  return GROVE_OK;
}

/* Of those that did not start: whether what they lack is among them. */
static bool
needs_each_other (const struct grove_application_spec *const *specs, const bool *done, size_t n)
{
  for (size_t i = 0; i < n; i++)
    for (const char *const *need = done[i] ? NULL : specs[i]->needs; need && *need; need++)
      for (size_t j = 0; j < n; j++)
        if (!done[j] && strcmp (specs[j]->name, *need) == 0)
          return true;
  return false;
}

enum grove_status
grove_application_start_all (const struct grove_application_spec *const *specs, size_t n)
{
  size_t           *started;
  bool             *done;
  size_t            n_started = 0, n_done = 0, before = SIZE_MAX;
  enum grove_status status = GROVE_OK;

  _grove_process_demand ();
  if ((!specs && n > 0) || n >= SIZE_MAX / sizeof *started)
    return GROVE_ERR_BADARG;
  started = grove_alloc ((n + 1) * sizeof *started);
  done = grove_alloc (n + 1);
  memset (done, 0, n);
  /* Each round starts those whose needs the one before has met. */
  while (status == GROVE_OK && n_done < n && n_done != before)
    {
      before = n_done;
      for (size_t i = 0; i < n && status == GROVE_OK; i++)
        {
          grove_pid master;

          if (done[i])
            continue;
          status = grove_application_start (specs[i], &master);
          if (status == GROVE_OK)
            started[n_started++] = i;
          done[i] = status == GROVE_OK || status == GROVE_ERR_NAME_TAKEN;
          n_done += done[i];
          if (status == GROVE_ERR_NAME_TAKEN || status == GROVE_ERR_NO_NAME)
            status = GROVE_OK;
        }
    }
  if (status == GROVE_OK && n_done < n)
    status = needs_each_other (specs, done, n) ? GROVE_ERR_BADARG : GROVE_ERR_NO_NAME;
  while (status != GROVE_OK && n_started > 0)
    (void) !grove_application_stop (specs[started[--n_started]]->name);
  grove_free (done);
  grove_free (started);
  return status;
}

void
grove_application_stop_all (void)
{
  struct grove_supervision_node node;
  size_t                        n_left = SIZE_MAX, n, total;

  _grove_process_demand ();
  /* From the last one back; what starts meanwhile is not waited for. */
  while (n_left > 0 && _grove_supervision_children (0, 0, &node, 1, &n, &total))
    {
      n_left = n_left < total ? n_left : total;
      if (n_left == 0 || !_grove_supervision_children (0, n_left - 1, &node, 1, &n, &total))
        break;
      n_left--;
      if (n == 1 && node.pid != _grove_process_group ())
        (void) !grove_application_stop (node.id);
    }
}
