/* SPDX-License-Identifier: MIT
 *
 * The manager of a pool: a server that lends workers to clients, first come, first served. It
 * watches both. Workers are started again by their supervisor, which tells of each one that runs:
 *
 *   call {checkout, true | false}   {ok, Worker}, at once or later; `full` when it is not to wait
 *   call status                     {Free, Lent, Overflow, Waiting}
 *   cast {checkin, Worker}
 *   cast {cancel, Ref}              the call of that reference waits no more
 *   cast {worker, Worker}           one has started
 */
#include "runtime/core/observe.h"
#include "runtime/otp/hash.h"
#include "runtime/otp/pool-private.h"

struct client;

struct worker
{
  struct grove_hash_link by_pid;
  struct grove_hash_link by_monitor;
  struct worker         *next, *previous; /* among the free ones */
  grove_pid              pid;
  grove_ref              monitor;
  struct client         *client; /* who has it; NULL: nobody */
  bool ending; /* is in neither hand nor list any more; that it has ended will be told */
};

struct client
{
  struct grove_hash_link by_monitor;
  struct grove_hash_link by_request;
  struct client         *next, *previous; /* in the line */
  struct grove_from      from;
  grove_ref              monitor;
  struct worker         *worker; /* what it has; NULL: it waits */
};

struct manager
{
  struct grove_hash workers;         /* by pid */
  struct grove_hash worker_monitors; /* by reference */
  struct grove_hash client_monitors; /* by reference */
  struct grove_hash requests;        /* clients, by the reference of their call */
  struct worker    *first_free, *last_free;
  struct client    *first_waiting, *last_waiting;
  size_t            n_workers, n_free, n_lent, n_waiting;
  size_t            size, max_overflow;
  grove_pid         supervisor; /* of the workers */
};

#define HASH                                                                                       \
  {                                                                                                \
    .alloc = grove_alloc, .release = grove_free                                                    \
  }

/* ---- The line, and the free ones -------------------------------------------------------- */

static void
put_free (struct manager *self, struct worker *worker)
{
  worker->next = NULL;
  worker->previous = self->last_free;
  if (self->last_free)
    self->last_free->next = worker;
  else
    self->first_free = worker;
  self->last_free = worker;
  self->n_free++;
}

static void
take_free (struct manager *self, struct worker *worker)
{
  if (worker->previous)
    worker->previous->next = worker->next;
  else
    self->first_free = worker->next;
  if (worker->next)
    worker->next->previous = worker->previous;
  else
    self->last_free = worker->previous;
  self->n_free--;
}

static void
join_line (struct manager *self, struct client *client)
{
  client->next = NULL;
  client->previous = self->last_waiting;
  if (self->last_waiting)
    self->last_waiting->next = client;
  else
    self->first_waiting = client;
  self->last_waiting = client;
  self->n_waiting++;
}

static void
leave_line (struct manager *self, struct client *client)
{
  if (client->previous)
    client->previous->next = client->next;
  else
    self->first_waiting = client->next;
  if (client->next)
    client->next->previous = client->previous;
  else
    self->last_waiting = client->previous;
  self->n_waiting--;
}

/* ---- Clients ---------------------------------------------------------------------------- */

static struct client *
add_client (struct manager *self, struct grove_from from)
{
  struct client *client = grove_alloc (sizeof *client);

  *client = (struct client){ .from = from, .monitor = grove_monitor (from.pid) };
  _grove_hash_add (&self->client_monitors, client->monitor, &client->by_monitor);
  _grove_hash_add (&self->requests, from.alias, &client->by_request);
  return client;
}

/* It is in no line, and has no worker any more. */
static void
drop_client (struct manager *self, struct client *client)
{
  grove_demonitor (client->monitor, true);
  _grove_hash_remove (&self->client_monitors, &client->by_monitor);
  _grove_hash_remove (&self->requests, &client->by_request);
  grove_free (client);
}

static void
lend (struct manager *self, struct worker *worker, struct client *client)
{
  self->n_lent++;
  worker->client = client;
  client->worker = worker;
  grove_reply (client->from, "{ok, ~p}", worker->pid);
}

/* ---- Workers ---------------------------------------------------------------------------- */

/* There are more than there need be: its supervisor is asked to stop it, and not waited for. */
static void
dismiss (struct manager *self, struct worker *worker)
{
  struct grove_message *reply;
  grove_ref             request;

  grove_demonitor (worker->monitor, true);
  if (grove_server_send_request (self->supervisor, &request, "{terminate_child, ~p}",
                                 worker->pid) == GROVE_OK &&
      grove_server_receive_response (request, 0, &reply) == GROVE_OK)
    grove_message_free (reply);
  _grove_hash_remove (&self->workers, &worker->by_pid);
  _grove_hash_remove (&self->worker_monitors, &worker->by_monitor);
  self->n_workers--;
  grove_free (worker);
}

/* False: it is ending. Its client may have heard of that before the manager does, and nobody is
 * lent what is as good as dead. */
static bool
runs (struct worker *worker)
{
  struct grove_process_sample sample;

  worker->ending =
    !_grove_observe_process (worker->pid, &sample) || sample.status == GROVE_STATUS_EXITING;
  return !worker->ending;
}

/* @worker, which nobody has, goes to the next in line. */
static void
offer (struct manager *self, struct worker *worker, bool is_new)
{
  struct client *client = self->first_waiting;

  if (!runs (worker))
    return;
  if (client)
    {
      leave_line (self, client);
      lend (self, worker, client);
    }
  else if (self->n_workers > self->size && !is_new)
    dismiss (self, worker);
  else
    /* One too many may only seem so: a worker has ended and been replaced, and the news of the
     * second was faster than that of the first. The next that is given back is looked at again. */
    put_free (self, worker);
}

static struct worker *
find_worker (struct manager *self, grove_pid pid)
{
  struct grove_hash_link *link = _grove_hash_first (&self->workers, pid);

  return link ? GROVE_HASH_OWNER (link, struct worker, by_pid) : NULL;
}

static void
add_worker (struct manager *self, grove_pid pid)
{
  struct worker *worker;

  /* It is told of twice: by who started it, and by its supervisor. */
  if (pid == 0 || find_worker (self, pid))
    return;
  worker = grove_alloc (sizeof *worker);
  *worker = (struct worker){ .pid = pid, .monitor = grove_monitor (pid) };
  _grove_hash_add (&self->workers, pid, &worker->by_pid);
  _grove_hash_add (&self->worker_monitors, worker->monitor, &worker->by_monitor);
  self->n_workers++;
  offer (self, worker, true);
}

/* Its client is done with it, or has ended. */
static void
give_back (struct manager *self, struct worker *worker)
{
  struct client *client = worker->client;

  worker->client = NULL;
  self->n_lent--;
  drop_client (self, client);
  offer (self, worker, false);
}

static void
worker_ended (struct manager *self, struct worker *worker)
{
  if (worker->client)
    {
      self->n_lent--;
      drop_client (self, worker->client);
    }
  else if (!worker->ending)
    take_free (self, worker);
  _grove_hash_remove (&self->workers, &worker->by_pid);
  _grove_hash_remove (&self->worker_monitors, &worker->by_monitor);
  self->n_workers--;
  grove_free (worker);
}

static void
client_ended (struct manager *self, struct client *client)
{
  if (client->worker)
    {
      give_back (self, client->worker);
      return;
    }
  leave_line (self, client);
  drop_client (self, client);
}

/* ---- Callbacks -------------------------------------------------------------------------- */

static enum grove_status
init (const void *arg, void **state)
{
  const struct grove_pool_limits *limits = arg;
  struct manager                 *self = grove_alloc (sizeof *self);

  *self = (struct manager){
    .workers = HASH,
    .worker_monitors = HASH,
    .client_monitors = HASH,
    .requests = HASH,
    .size = limits->size,
    .max_overflow = limits->max_overflow,
    .supervisor = grove_whereis (limits->workers),
  };
  *state = self;
  while (self->n_workers < self->size)
    {
      struct grove_buffer reason = { NULL };
      grove_pid           pid = 0;
      enum grove_status   status =
        grove_supervisor_start_dynamic (self->supervisor, NULL, 0, &pid, &reason);

      if (status != GROVE_OK && reason.size > 0)
        grove_server_stop_reason ("~t", grove_buffer_term (&reason));
      grove_buffer_finish (&reason);
      if (status != GROVE_OK)
        return GROVE_ERR_EXITED;
      add_worker (self, pid);
    }
  return GROVE_OK;
}

/* One that nobody has any more, not even the list; NULL: none runs. */
static struct worker *
take_running (struct manager *self)
{
  struct worker *worker;

  while ((worker = self->first_free))
    {
      take_free (self, worker);
      if (runs (worker))
        return worker;
    }
  return NULL;
}

static void
check_out (struct manager *self, struct grove_from from, bool wait)
{
  struct worker *worker = take_running (self);
  grove_pid      pid;

  if (!worker && self->n_workers >= self->size &&
      self->n_workers < self->size + self->max_overflow &&
      grove_supervisor_start_dynamic (self->supervisor, NULL, 0, &pid, NULL) == GROVE_OK)
    {
      /* Before the one that asked is in the line: those who waited longer come first. */
      if (wait || !self->first_waiting)
        {
          join_line (self, add_client (self, from));
          add_worker (self, pid);
          return;
        }
      add_worker (self, pid);
    }
  if (worker)
    lend (self, worker, add_client (self, from));
  else if (wait)
    join_line (self, add_client (self, from));
  else
    grove_reply (from, "full");
}

static enum grove_next
handle_call (struct grove_term request, struct grove_from from, void *state)
{
  struct manager *self = state;

  if (grove_match (request, "{checkout, true}"))
    check_out (self, from, true);
  else if (grove_match (request, "{checkout, false}"))
    check_out (self, from, false);
  else if (grove_term_is_atom (request, "status"))
    grove_reply (from, "{~u, ~u, ~u, ~u}", (uint64_t) self->n_free, (uint64_t) self->n_lent,
                 (uint64_t) (self->n_workers > self->size ? self->n_workers - self->size : 0),
                 (uint64_t) self->n_waiting);
  else
    grove_reply (from, "{error, unknown_request}");
  return GROVE_CONTINUE;
}

static enum grove_next
handle_cast (struct grove_term request, void *state)
{
  struct manager         *self = state;
  struct grove_hash_link *link;
  grove_ref               ref;
  grove_pid               pid;

  if (grove_match (request, "{checkin, ~p}", &pid))
    {
      struct worker *worker = find_worker (self, pid);
      if (worker && worker->client)
        give_back (self, worker);
    }
  else if (grove_match (request, "{cancel, ~r}", &ref))
    {
      link = _grove_hash_first (&self->requests, ref);
      if (link)
        client_ended (self, GROVE_HASH_OWNER (link, struct client, by_request));
    }
  else if (grove_match (request, "{worker, ~p}", &pid))
    add_worker (self, pid);
  return GROVE_CONTINUE;
}

static enum grove_next
handle_info (struct grove_term message, void *state)
{
  struct manager         *self = state;
  struct grove_hash_link *link;
  grove_ref               ref;

  if (!grove_match (message, "{'DOWN', ~r, process, _, _}", &ref))
    return GROVE_CONTINUE;
  link = _grove_hash_first (&self->worker_monitors, ref);
  if (link)
    worker_ended (self, GROVE_HASH_OWNER (link, struct worker, by_monitor));
  link = _grove_hash_first (&self->client_monitors, ref);
  if (link)
    client_ended (self, GROVE_HASH_OWNER (link, struct client, by_monitor));
  return GROVE_CONTINUE;
}

static void
describe (const void *state, struct grove_buffer *out)
{
  const struct manager *self = state;

  (void) !grove_build (out, "{pool, [{size, ~u}, {workers, ~u}, {free, ~u}, {waiting, ~u}]}",
                       (uint64_t) self->size, (uint64_t) self->n_workers, (uint64_t) self->n_free,
                       (uint64_t) self->n_waiting);
}

const struct grove_server_callbacks _grove_pool_manager = {
  .module = "pool_manager",
  .init = init,
  .handle_call = handle_call,
  .handle_cast = handle_cast,
  .handle_info = handle_info,
  .describe = describe,
};
