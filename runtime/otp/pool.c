/* SPDX-License-Identifier: MIT
 *
 * A pool's tree, and its clients' side; see pool.h. When the manager ends, or the workers end too
 * often, both begin anew: what a client still has is then nobody's business any more.
 */
#include "runtime/core/process-private.h"
#include "runtime/otp/pool-private.h"

#include <stdio.h>
#include <string.h>

/* The start argument of the workers: the user's, and whom to tell. */
struct worker_start
{
  enum grove_status (*start) (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason);
  const void *arg; /* when arg_size is 0 */
  size_t      arg_size;
  char        manager[GROVE_POOL_NAME_SIZE];
  _Alignas(16) uint8_t bytes[];
};

/* ---- The tree --------------------------------------------------------------------------- */

/* Runs in the supervisor of the workers. */
static enum grove_status
start_worker (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  const struct worker_start *self = arg;
  enum grove_status          status;

  status = self->start (self->arg_size > 0 ? self->bytes : self->arg, ret_pid, ret_reason);
  if (status == GROVE_OK)
    grove_cast (grove_whereis (self->manager), "{worker, ~p}", *ret_pid);
  return status;
}

struct pool_start
{
  struct grove_pool_limits limits;
  char                     manager[GROVE_POOL_NAME_SIZE];
  uint32_t                 shutdown_ms;
  unsigned                 intensity, period_s;
  size_t                   worker_size; /* of the struct worker_start that follows */
  _Alignas(16) uint8_t bytes[];
};

static enum grove_status
start_workers (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  const struct pool_start      *self = arg;
  const struct grove_child_spec kind = {
    .start = start_worker,
    .arg = self->bytes,
    .arg_size = self->worker_size,
    .shutdown_ms = self->shutdown_ms,
  };
  const struct grove_supervisor_spec spec = {
    .name = self->limits.workers,
    .strategy = GROVE_SIMPLE_ONE_FOR_ONE,
    .intensity = self->intensity,
    .period_s = self->period_s,
    .children = &kind,
    .n_children = 1,
  };

  return grove_supervisor_start (&spec, ret_pid, ret_reason);
}

static enum grove_status
start_manager (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  const struct pool_start    *self = arg;
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  options.name = self->manager;
  options.arg = &self->limits;
  options.arg_size = sizeof self->limits;
  options.link = true;
  return grove_server_start (&_grove_pool_manager, &options, ret_pid, ret_reason);
}

static struct pool_start *
pack (const struct grove_pool_spec *spec, size_t *ret_size)
{
  size_t               worker_size = sizeof (struct worker_start) + spec->arg_size;
  size_t               size = sizeof (struct pool_start) + worker_size;
  struct pool_start   *packed = grove_alloc (size);
  struct worker_start *worker = (struct worker_start *) (void *) packed->bytes;

  *packed = (struct pool_start){
    .limits = { .size = spec->size, .max_overflow = spec->max_overflow },
    .shutdown_ms = spec->shutdown_ms,
    .intensity = spec->intensity,
    .period_s = spec->period_s,
    .worker_size = worker_size,
  };
  snprintf (packed->limits.workers, sizeof packed->limits.workers, "%s_workers", spec->name);
  strcpy (packed->manager, spec->name);
  *worker = (struct worker_start){
    .start = spec->start,
    .arg = spec->arg,
    .arg_size = spec->arg_size,
  };
  strcpy (worker->manager, spec->name);
  if (spec->arg_size > 0)
    memcpy (worker->bytes, spec->arg, spec->arg_size);
  *ret_size = size;
  return packed;
}

static bool
is_valid (const struct grove_pool_spec *spec)
{
  return spec && spec->name && spec->name[0] && strlen (spec->name) < GROVE_POOL_NAME_SIZE &&
         spec->start && spec->size > 0 && spec->size <= GROVE_POOL_MAX &&
         spec->max_overflow <= GROVE_POOL_MAX && spec->period_s > 0 &&
         (spec->arg_size == 0 || spec->arg) && spec->arg_size < (size_t) 1 << 29;
}

enum grove_status
grove_pool_start (const struct grove_pool_spec *spec,
                  grove_pid                    *ret_pid,
                  struct grove_buffer          *ret_reason)
{
  struct pool_start *packed;
  size_t             size;
  char               name[GROVE_CHILD_ID_SIZE];
  enum grove_status  status;

  _grove_process_demand ();
  if (!is_valid (spec) || !ret_pid)
    return GROVE_ERR_BADARG;
  packed = pack (spec, &size);
  snprintf (name, sizeof name, "%s_sup", spec->name);
  {
    const struct grove_child_spec children[] = {
      {
        .id = "workers",
        .start = start_workers,
        .arg = packed,
        .arg_size = size,
        .type = GROVE_SUPERVISOR,
        .shutdown_ms = GROVE_SHUTDOWN_INFINITY,
      },
      {
        .id = "manager",
        .start = start_manager,
        .arg = packed,
        .arg_size = size,
        .shutdown_ms = 5000,
      },
    };
    const struct grove_supervisor_spec tree = {
      .name = name,
      .strategy = GROVE_ONE_FOR_ALL,
      .intensity = 1,
      .period_s = spec->period_s,
      .children = children,
      .n_children = sizeof children / sizeof children[0],
    };

    status = grove_supervisor_start (&tree, ret_pid, ret_reason);
  }
  grove_free (packed);
  return status;
}

/* ---- Clients ---------------------------------------------------------------------------- */

enum grove_status
grove_pool_checkout (const char *pool, int64_t timeout_ns, grove_pid *ret_worker)
{
  grove_pid             manager = pool ? grove_whereis (pool) : 0;
  struct grove_message *reply;
  grove_ref             request;
  enum grove_status     status;

  _grove_process_demand ();
  if (!pool || timeout_ns < 0 || !ret_worker)
    return GROVE_ERR_BADARG;
  if (manager == 0)
    return GROVE_ERR_NO_NAME;
  status = grove_server_send_request (manager, &request, "{checkout, ~a}",
                                      timeout_ns > 0 ? "true" : "false");
  if (status != GROVE_OK)
    return status;
  status =
    grove_server_receive_response (request, timeout_ns > 0 ? timeout_ns : GROVE_FOREVER, &reply);
  if (status == GROVE_ERR_TIMEOUT)
    grove_cast (manager, "{cancel, ~r}", request);
  if (status != GROVE_OK)
    return status == GROVE_ERR_NOPROC ? GROVE_ERR_EXITED : status;
  if (!grove_match (grove_message_term (reply), "{ok, ~p}", ret_worker))
    status = GROVE_ERR_TIMEOUT;
  grove_message_free (reply);
  return status;
}

void
grove_pool_checkin (const char *pool, grove_pid worker)
{
  _grove_process_demand ();
  if (worker != 0)
    grove_cast (pool ? grove_whereis (pool) : 0, "{checkin, ~p}", worker);
}

enum grove_status
grove_pool_transaction (const char *pool,
                        int64_t     timeout_ns,
                        void (*work) (grove_pid worker, void *arg),
                        void *arg)
{
  grove_pid         worker;
  enum grove_status status;

  _grove_process_demand ();
  if (!work)
    return GROVE_ERR_BADARG;
  status = grove_pool_checkout (pool, timeout_ns, &worker);
  if (status != GROVE_OK)
    return status;
  work (worker, arg);
  grove_pool_checkin (pool, worker);
  return GROVE_OK;
}

enum grove_status
grove_pool_status (const char *pool, struct grove_pool_status *ret_status)
{
  grove_pid                manager = pool ? grove_whereis (pool) : 0;
  struct grove_message    *reply;
  struct grove_pool_status got;
  enum grove_status        status;

  _grove_process_demand ();
  if (!pool || !ret_status)
    return GROVE_ERR_BADARG;
  if (manager == 0)
    return GROVE_ERR_NO_NAME;
  status = grove_call (manager, GROVE_FOREVER, &reply, "status");
  if (status != GROVE_OK)
    return status == GROVE_ERR_NOPROC ? GROVE_ERR_EXITED : status;
  if (grove_match (grove_message_term (reply), "{~u, ~u, ~u, ~u}", &got.free, &got.lent,
                   &got.overflow, &got.waiting))
    *ret_status = got;
  else
    status = GROVE_ERR_NO_NAME; /* somebody has the name who is no pool */
  grove_message_free (reply);
  return status;
}
