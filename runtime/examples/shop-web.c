/* SPDX-License-Identifier: MIT
 *
 * The application `shop`: who comes in. An acceptor lets in visitors, each a connection that stays
 * for some seconds, looks at things and may order; the catalog answers, in shards; sessions
 * remember.
 *
 *   shop_sup -> web_sup     -> acceptor, conn_sup -> the connections (temporary)
 *            -> catalog_sup -> catalog_index, catalog_shard_1 .. 8
 *            -> session_sup -> session_sweeper, 100 sessions
 */
#include "shop.h"

#include <stdio.h>
#include <string.h>

#define N_SHARDS        8
#define N_SESSIONS      100
#define MAX_CONNECTIONS 90

/* ---- Catalog ---------------------------------------------------------------------------- */

struct shard
{
  int      number;
  uint64_t n_lookups;
  char    *pages; /* what is known of the items */
};

static enum grove_status
shard_init (const void *arg, void **state)
{
  const struct shop_child *child = arg;
  const size_t             size = 16384 * (size_t) (1 + child->number % 4);
  struct shard            *self = grove_alloc (sizeof *self);

  *self = (struct shard){ .number = child->number, .pages = grove_alloc (size) };
  memset (self->pages, child->number, size);
  *state = self;
  return GROVE_OK;
}

static enum grove_next
shard_call (struct grove_term request, struct grove_from from, void *state)
{
  struct shard     *self = state;
  struct grove_text item;

  if (grove_match (request, "{price, ~s}", &item))
    {
      self->n_lookups++;
      shop_work (2);
      grove_reply (from, "{ok, ~i}", (int) (5 + item.size * 7 + (size_t) self->number));
    }
  else if (grove_term_is_atom (request, "lookups"))
    grove_reply (from, "~u", self->n_lookups);
  else
    grove_reply (from, "{error, unknown_request}");
  return GROVE_CONTINUE;
}

static void
shard_describe (const void *state, struct grove_buffer *out)
{
  const struct shard *self = state;

  (void) !grove_build (out, "#{number => ~i, lookups => ~l}", self->number,
                       (int64_t) self->n_lookups);
}

static const struct grove_server_callbacks shard_callbacks = {
  .module = "catalog_shard",
  .init = shard_init,
  .handle_call = shard_call,
  .describe = shard_describe,
};

static grove_pid
random_shard (struct shop_random *random)
{
  char name[SHOP_NAME_SIZE];

  snprintf (name, sizeof name, "catalog_shard_%d", shop_random_range (random, 1, N_SHARDS));
  return grove_whereis (name);
}

/* Asks every shard in turn, so that one sees calls even when nobody visits. */
static void
catalog_index (void *arg)
{
  for (;;)
    for (int i = 1; i <= N_SHARDS; i++)
      {
        struct grove_message *reply;
        char                  name[SHOP_NAME_SIZE];

        snprintf (name, sizeof name, "catalog_shard_%d", i);
        if (grove_call (grove_whereis (name), 1000 * SHOP_MS, &reply, "lookups") == GROVE_OK)
          grove_message_free (reply);
        shop_wait_ms (200);
      }
}

static enum grove_status
catalog_sup (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct shop_child       index = SHOP_PROCESS (catalog_index, .name = "catalog_index");
  struct shop_child       shards[N_SHARDS];
  struct grove_child_spec specs[1 + N_SHARDS];

  specs[0] = shop_worker (&index);
  for (int i = 0; i < N_SHARDS; i++)
    {
      shards[i] = (struct shop_child) SHOP_SERVER (shard_callbacks, .number = i + 1);
      snprintf (shards[i].name, sizeof shards[i].name, "catalog_shard_%d", i + 1);
      specs[1 + i] = shop_worker (&shards[i]);
    }
  return shop_supervise ("catalog_sup", specs, 1 + N_SHARDS, ret_pid, ret_reason);
}

/* ---- Sessions --------------------------------------------------------------------------- */

struct session
{
  uint64_t n_touched;
  char    *basket;
  size_t   basket_size;
};

static enum grove_status
session_init (const void *arg, void **state)
{
  struct session *self = grove_alloc (sizeof *self);

  *self = (struct session){ 0 };
  *state = self;
  return GROVE_OK;
}

static enum grove_next
session_cast (struct grove_term request, void *state)
{
  struct session *self = state;

  if (grove_match (request, "{touch, _}"))
    {
      self->n_touched++;
      if (self->basket_size < 8192)
        {
          self->basket_size += 256;
          self->basket = grove_realloc (self->basket, self->basket_size);
          memset (self->basket + self->basket_size - 256, 0, 256);
        }
    }
  else if (grove_term_is_atom (request, "expire"))
    {
      grove_free (self->basket);
      self->basket = NULL;
      self->basket_size = 0;
    }
  return GROVE_CONTINUE;
}

static void
session_describe (const void *state, struct grove_buffer *out)
{
  const struct session *self = state;

  (void) !grove_build (out, "#{touched => ~l, basket_bytes => ~l}", (int64_t) self->n_touched,
                       (int64_t) self->basket_size);
}

static const struct grove_server_callbacks session_callbacks = {
  .module = "session",
  .init = session_init,
  .handle_cast = session_cast,
  .describe = session_describe,
};

static grove_pid
session_pid (int number)
{
  char name[SHOP_NAME_SIZE];

  snprintf (name, sizeof name, "session_%d", number);
  return grove_whereis (name);
}

static void
session_sweeper (void *arg)
{
  for (int i = 1;; i = i % N_SESSIONS + 1)
    {
      grove_cast (session_pid (i), "expire");
      shop_wait_ms (300);
    }
}

static enum grove_status
session_sup (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct shop_child        sweeper = SHOP_PROCESS (session_sweeper, .name = "session_sweeper");
  struct shop_child       *sessions = grove_alloc (N_SESSIONS * sizeof *sessions);
  struct grove_child_spec *specs = grove_alloc ((1 + N_SESSIONS) * sizeof *specs);
  enum grove_status        status;

  specs[0] = shop_worker (&sweeper);
  for (int i = 0; i < N_SESSIONS; i++)
    {
      sessions[i] = (struct shop_child) SHOP_SERVER (session_callbacks, .number = i + 1);
      snprintf (sessions[i].name, sizeof sessions[i].name, "session_%d", i + 1);
      specs[1 + i] = shop_worker (&sessions[i]);
    }
  status = shop_supervise ("session_sup", specs, 1 + N_SESSIONS, ret_pid, ret_reason);
  grove_free (sessions);
  grove_free (specs);
  return status;
}

/* ---- Connections ------------------------------------------------------------------------ */

static void
look (struct shop_random *random)
{
  struct grove_message *reply;

  if (grove_call (random_shard (random), 1000 * SHOP_MS, &reply, "{price, ~s}",
                  shop_random_item (random)) == GROVE_OK)
    grove_message_free (reply);
  shop_count ("counter_lookups");
}

static void
order (struct shop_random *random)
{
  struct grove_message *reply;
  enum grove_status     status;

  status = grove_call (grove_whereis ("stock_dispatcher"), 5000 * SHOP_MS, &reply,
                       "{order, ~s, ~s, ~i}", shop_random_customer (random),
                       shop_random_item (random), shop_random_range (random, 1, 5));
  if (status == GROVE_OK)
    {
      grove_message_free (reply);
      shop_count ("counter_orders");
    }
  else
    {
      shop_count ("counter_errors");
    }
}

/* A visitor: stays 1 to 20 s, looks at something every now and then, orders now and then. */
static void
connection (void *arg)
{
  const struct shop_child *child = arg;
  struct shop_random       random = shop_random_init ("connection", child->number);
  const uint64_t           end_ns =
    grove_now_ns () + (uint64_t) shop_random_range (&random, 1000, 20000) * 1000000;
  const int session = shop_random_range (&random, 1, N_SESSIONS);

  shop_count ("counter_visits");
  while (grove_now_ns () < end_ns)
    {
      look (&random);
      grove_cast (session_pid (session), "{touch, ~p}", grove_self ());
      if (shop_random_range (&random, 1, 5) == 1)
        order (&random);
      shop_wait_ms (shop_random_range (&random, 200, 1600));
    }
  if (shop_random_range (&random, 1, 40) == 1)
    grove_exit ("{connection_reset, ~s}", child->label);
}

static void
let_in (int number, struct shop_random *random, int *n_open)
{
  struct shop_child       child = SHOP_PROCESS (connection, .number = number);
  struct grove_child_spec spec = shop_worker (&child);
  char                    id[SHOP_NAME_SIZE];
  grove_pid               pid;

  snprintf (id, sizeof id, "conn_%d", number);
  /* Of a bounded set: labels are kept for as long as the runtime lives. */
  snprintf (child.label, sizeof child.label, "conn 10.0.0.%d", shop_random_range (random, 2, 254));
  spec.id = id;
  spec.restart = GROVE_TEMPORARY;
  if (grove_supervisor_start_child (grove_whereis ("conn_sup"), &spec, &pid, NULL) == GROVE_OK)
    {
      grove_monitor (pid);
      ++*n_open;
    }
}

/* Until the next visitor comes: hears meanwhile of those who left. */
static void
wait_for_visitor (int ms, int *n_open)
{
  const uint64_t        end_ns = grove_now_ns () + (uint64_t) ms * 1000000;
  struct grove_message *message;

  for (;;)
    {
      const uint64_t now_ns = grove_now_ns ();

      if (now_ns >= end_ns || grove_receive ((int64_t) (end_ns - now_ns), &message) != GROVE_OK)
        return;
      if (grove_match (grove_message_term (message), "{'DOWN', _, process, _, _}"))
        --*n_open;
      grove_message_free (message);
    }
}

/* Lets somebody in about five times a second, and knows by monitors how many are inside. */
static void
acceptor (void *arg)
{
  /* There are ten numbers a second and fewer visitors, so an acceptor that takes over from one that
   * was killed does not meet the numbers of those who are still inside. */
  const int          first = (int) (grove_now_ns () / 100000000 % 1000000);
  struct shop_random random = shop_random_init ("acceptor", first);
  int                n_open = 0;

  for (int number = first;; number++)
    {
      wait_for_visitor (shop_random_range (&random, 120, 280), &n_open);
      if (n_open < MAX_CONNECTIONS)
        let_in (number, &random, &n_open);
    }
}

static enum grove_status
conn_sup (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  return shop_supervise ("conn_sup", NULL, 0, ret_pid, ret_reason);
}

static enum grove_status
web_sup (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct shop_child       child = SHOP_PROCESS (acceptor, .name = "acceptor");
  struct grove_child_spec specs[] = { shop_supervisor ("conn_sup", conn_sup),
                                      shop_worker (&child) };

  return shop_supervise ("web_sup", specs, 2, ret_pid, ret_reason);
}

enum grove_status
shop_web_start (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason)
{
  struct grove_child_spec specs[] = {
    shop_supervisor ("catalog_sup", catalog_sup),
    shop_supervisor ("session_sup", session_sup),
    shop_supervisor ("web_sup", web_sup),
  };

  return shop_supervise ("shop_sup", specs, 3, ret_top, ret_reason);
}
