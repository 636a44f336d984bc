/* SPDX-License-Identifier: MIT
 *
 * The application `warehouse`: orders are fetched by a pool of ten workers behind a dispatcher,
 * taken from shelves, and counted.
 *
 *   warehouse_sup -> stock_sup   -> shelf_sup -> 40 shelves
 *                                -> stock_dispatcher
 *                                -> stock_pool_sup -> stock_worker_1 .. 10
 *                 -> counter_sup -> the counters
 *                 -> packing_sup (shop-packing.c)
 */
#include "shop-packing.h"
#include "shop.h"

#include <stdio.h>
#include <string.h>

#define N_WORKERS   10
#define N_SHELVES   40
#define MAX_WAITING 200

/* ---- Counters --------------------------------------------------------------------------- */

static enum grove_status
counter_init (const void *arg, void **state)
{
  *state = memset (grove_alloc (sizeof (int64_t)), 0, sizeof (int64_t));
  return GROVE_OK;
}

static enum grove_next
counter_call (struct grove_term request, struct grove_from from, void *state)
{
  const int64_t *value = state;

  if (grove_term_is_atom (request, "value"))
    grove_reply (from, "~l", *value);
  else
    grove_reply (from, "{error, unknown_request}");
  return GROVE_CONTINUE;
}

static enum grove_next
counter_cast (struct grove_term request, void *state)
{
  int64_t *value = state;
  int64_t  n;

  if (grove_match (request, "{add, ~l}", &n))
    *value += n;
  else if (grove_term_is_atom (request, "reset"))
    *value = 0;
  return GROVE_CONTINUE;
}

static void
counter_describe (const void *state, struct grove_buffer *out)
{
  (void) !grove_build (out, "~l", *(const int64_t *) state);
}

static const struct grove_server_callbacks counter_callbacks = {
  .module = "counter",
  .init = counter_init,
  .handle_call = counter_call,
  .handle_cast = counter_cast,
  .describe = counter_describe,
};

static enum grove_status
counter_sup (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  static const char *const names[] = {
    "counter_visits",  "counter_lookups",  "counter_orders",
    "counter_parcels", "counter_payments", "counter_errors",
  };
  enum
  {
    N = sizeof names / sizeof names[0]
  };
  struct shop_child       counters[N];
  struct grove_child_spec specs[N];

  for (int i = 0; i < N; i++)
    {
      counters[i] = (struct shop_child) SHOP_SERVER (counter_callbacks, .number = i);
      snprintf (counters[i].name, sizeof counters[i].name, "%s", names[i]);
      specs[i] = shop_worker (&counters[i]);
    }
  return shop_supervise ("counter_sup", specs, N, ret_pid, ret_reason);
}

/* ---- Shelves ---------------------------------------------------------------------------- */

static enum grove_status
shelf_init (const void *arg, void **state)
{
  const struct shop_child *child = arg;
  int                     *n_left = grove_alloc (sizeof *n_left);

  *n_left = 100 + child->number;
  *state = n_left;
  return GROVE_OK;
}

static enum grove_next
shelf_cast (struct grove_term request, void *state)
{
  int *n_left = state;
  int  n;

  if (grove_match (request, "{take, ~i}", &n))
    *n_left = *n_left > n ? *n_left - n : 100;
  return GROVE_CONTINUE;
}

static void
shelf_describe (const void *state, struct grove_buffer *out)
{
  (void) !grove_build (out, "#{left => ~i}", *(const int *) state);
}

static const struct grove_server_callbacks shelf_callbacks = {
  .module = "shelf",
  .init = shelf_init,
  .handle_cast = shelf_cast,
  .describe = shelf_describe,
};

static void
shelf_name (int number, char name[SHOP_NAME_SIZE])
{
  snprintf (name, SHOP_NAME_SIZE, "shelf_%c%d", 'A' + number / 10, number % 10);
}

static enum grove_status
shelf_sup (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct shop_child       *shelves = grove_alloc (N_SHELVES * sizeof *shelves);
  struct grove_child_spec *specs = grove_alloc (N_SHELVES * sizeof *specs);
  enum grove_status        status;

  for (int i = 0; i < N_SHELVES; i++)
    {
      shelves[i] = (struct shop_child) SHOP_SERVER (shelf_callbacks, .number = i);
      shelf_name (i, shelves[i].name);
      specs[i] = shop_worker (&shelves[i]);
    }
  status = shop_supervise ("shelf_sup", specs, N_SHELVES, ret_pid, ret_reason);
  grove_free (shelves);
  grove_free (specs);
  return status;
}

/* ---- Workers ---------------------------------------------------------------------------- */

static enum grove_status
stock_worker_init (const void *arg, void **state)
{
  const struct shop_child *child = arg;
  struct shop_random      *random = grove_alloc (sizeof *random);

  *random = shop_random_init ("stock_worker", child->number);
  *state = random;
  grove_cast (grove_whereis ("stock_dispatcher"), "{ready, ~p}", grove_self ());
  return GROVE_OK;
}

/* Fetches what was ordered, which takes a walk, and answers the customer itself. */
static enum grove_next
stock_worker_cast (struct grove_term request, void *state)
{
  struct shop_random *random = state;
  struct grove_from   from;
  struct grove_text   item, customer;
  char                shelf[SHOP_NAME_SIZE];
  int                 n;

  if (grove_term_is_atom (request, "who_is_there"))
    {
      grove_cast (grove_whereis ("stock_dispatcher"), "{ready, ~p}", grove_self ());
      return GROVE_CONTINUE;
    }
  if (!grove_match (request, "{fetch, {~p, ~r}, ~s, ~s, ~i}", &from.pid, &from.alias, &customer,
                    &item, &n))
    return GROVE_CONTINUE;

  grove_sleep_ms ((uint64_t) shop_random_range (random, 60, 450));
  shop_work (20);
  shelf_name (shop_random_range (random, 0, N_SHELVES - 1), shelf);
  grove_cast (grove_whereis (shelf), "{take, ~i}", n);
  grove_cast (grove_whereis ("invoicer"), "{invoice, ~b, ~b, ~i}", customer.bytes, customer.size,
              item.bytes, item.size, n);
  grove_reply (from, "{ok, ~i}", n);
  grove_cast (grove_whereis ("stock_dispatcher"), "{ready, ~p}", grove_self ());
  return GROVE_CONTINUE;
}

static const struct grove_server_callbacks stock_worker_callbacks = {
  .module = "stock_worker",
  .init = stock_worker_init,
  .handle_cast = stock_worker_cast,
};

static void
stock_worker_name (int number, char name[SHOP_NAME_SIZE])
{
  snprintf (name, SHOP_NAME_SIZE, "stock_worker_%d", number);
}

static enum grove_status
stock_pool_sup (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct shop_child       workers[N_WORKERS];
  struct grove_child_spec specs[N_WORKERS];

  for (int i = 0; i < N_WORKERS; i++)
    {
      workers[i] = (struct shop_child) SHOP_SERVER (stock_worker_callbacks, .number = i + 1);
      stock_worker_name (i + 1, workers[i].name);
      specs[i] = shop_worker (&workers[i]);
    }
  return shop_supervise ("stock_pool_sup", specs, N_WORKERS, ret_pid, ret_reason);
}

/* ---- The dispatcher --------------------------------------------------------------------- */

struct waiting
{
  struct waiting   *next;
  struct grove_from from;
  int               n;
  char              customer[24], item[24];
};

struct dispatcher
{
  grove_pid       idle[N_WORKERS]; /* who has waited longest is first */
  size_t          n_idle;
  grove_pid       watched[N_WORKERS]; /* monitored */
  struct waiting *first, **last;
  size_t          n_waiting;
};

static enum grove_status
dispatcher_init (const void *arg, void **state)
{
  struct dispatcher *self = grove_alloc (sizeof *self);
  char               name[SHOP_NAME_SIZE];

  *self = (struct dispatcher){ 0 };
  self->last = &self->first;
  *state = self;
  /* After a crash the workers are there already. */
  for (int i = 1; i <= N_WORKERS; i++)
    {
      stock_worker_name (i, name);
      grove_cast (grove_whereis (name), "who_is_there");
    }
  return GROVE_OK;
}

static void
remove_idle (struct dispatcher *self, size_t index)
{
  self->n_idle--;
  memmove (&self->idle[index], &self->idle[index + 1],
           (self->n_idle - index) * sizeof self->idle[0]);
}

static void
dispatch (struct dispatcher *self)
{
  while (self->first && self->n_idle > 0)
    {
      struct waiting *order = self->first;

      self->first = order->next;
      if (!self->first)
        self->last = &self->first;
      self->n_waiting--;
      grove_cast (self->idle[0], "{fetch, {~p, ~r}, ~s, ~s, ~i}", order->from.pid,
                  order->from.alias, order->customer, order->item, order->n);
      remove_idle (self, 0);
      grove_free (order);
    }
}

static enum grove_next
dispatcher_call (struct grove_term request, struct grove_from from, void *state)
{
  struct dispatcher *self = state;
  struct grove_text  customer, item;
  struct waiting    *order;
  int                n;

  if (!grove_match (request, "{order, ~s, ~s, ~i}", &customer, &item, &n))
    grove_reply (from, "{error, unknown_request}");
  else if (self->n_waiting >= MAX_WAITING)
    grove_reply (from, "{error, busy}");
  else
    {
      order = grove_alloc (sizeof *order);
      *order = (struct waiting){ .from = from, .n = n };
      snprintf (order->customer, sizeof order->customer, "%.*s", (int) customer.size,
                customer.bytes);
      snprintf (order->item, sizeof order->item, "%.*s", (int) item.size, item.bytes);
      *self->last = order;
      self->last = &order->next;
      self->n_waiting++;
      dispatch (self);
    }
  return GROVE_CONTINUE;
}

static bool
replace_pid (grove_pid *pids, size_t n, grove_pid old, grove_pid pid)
{
  for (size_t i = 0; i < n; i++)
    if (pids[i] == old)
      {
        pids[i] = pid;
        return true;
      }
  return false;
}

static enum grove_next
dispatcher_cast (struct grove_term request, void *state)
{
  struct dispatcher *self = state;
  grove_pid          pid;

  if (!grove_match (request, "{ready, ~p}", &pid))
    return GROVE_CONTINUE;
  if (!replace_pid (self->watched, N_WORKERS, pid, pid) &&
      replace_pid (self->watched, N_WORKERS, 0, pid))
    grove_monitor (pid);
  if (!replace_pid (self->idle, self->n_idle, pid, pid) && self->n_idle < N_WORKERS)
    self->idle[self->n_idle++] = pid;
  dispatch (self);
  return GROVE_CONTINUE;
}

static enum grove_next
dispatcher_info (struct grove_term message, void *state)
{
  struct dispatcher *self = state;
  grove_pid          pid;

  if (!grove_match (message, "{'DOWN', _, process, ~p, _}", &pid))
    return GROVE_CONTINUE;
  replace_pid (self->watched, N_WORKERS, pid, 0);
  for (size_t i = 0; i < self->n_idle; i++)
    if (self->idle[i] == pid)
      remove_idle (self, i--);
  return GROVE_CONTINUE;
}

static void
dispatcher_describe (const void *state, struct grove_buffer *out)
{
  const struct dispatcher *self = state;
  const struct waiting    *first = self->first;

  if (first)
    (void) !grove_build (out, "#{idle => ~i, waiting => ~i, next => {~s, ~s, ~i}}",
                         (int) self->n_idle, (int) self->n_waiting, first->customer, first->item,
                         first->n);
  else
    (void) !grove_build (out, "#{idle => ~i, waiting => 0}", (int) self->n_idle);
}

static const struct grove_server_callbacks dispatcher_callbacks = {
  .module = "stock_dispatcher",
  .init = dispatcher_init,
  .handle_call = dispatcher_call,
  .handle_cast = dispatcher_cast,
  .handle_info = dispatcher_info,
  .describe = dispatcher_describe,
};

/* ---- The tree --------------------------------------------------------------------------- */

static enum grove_status
stock_sup (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct shop_child dispatcher = SHOP_SERVER (dispatcher_callbacks, .name = "stock_dispatcher");
  struct grove_child_spec specs[] = {
    shop_supervisor ("shelf_sup", shelf_sup),
    shop_worker (&dispatcher),
    shop_supervisor ("stock_pool_sup", stock_pool_sup),
  };

  dispatcher.priority = GROVE_PRIORITY_HIGH;
  return shop_supervise ("stock_sup", specs, 3, ret_pid, ret_reason);
}

enum grove_status
shop_warehouse_start (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason)
{
  struct grove_child_spec specs[] = {
    shop_supervisor ("counter_sup", counter_sup),
    shop_supervisor ("stock_sup", stock_sup),
    shop_supervisor ("packing_sup", shop_packing_sup),
  };

  return shop_supervise ("warehouse_sup", specs, 3, ret_top, ret_reason);
}
