/* SPDX-License-Identifier: MIT
 *
 * A database worker: a server that has a connection to the database and answers one request at a
 * time, and the pool of them.
 *
 *   {list, N}   {order, Id}   {insert, Customer, Item, Quantity}   {sleep, Ms}
 *     {ok, Json} | not_found | {unavailable, Why}
 *   crash
 */
#include "web-shop.h"

#include <stdio.h>
#include <string.h>

struct worker
{
  struct shop_database *database;
  uint64_t              n_queries;
  char                  last[16];
};

static enum grove_status
worker_init (const void *arg, void **state)
{
  struct worker *self = grove_alloc (sizeof *self);

  (void) arg;
  *self = (struct worker){
    .database = shop_database_new (shop_settings.in_memory ? NULL : shop_settings.database),
  };
  grove_defer (shop_database_release, self->database);
  *state = self;
  return GROVE_OK;
}

static bool
copy_text (char to[SHOP_TEXT_MAX + 1], struct grove_text text)
{
  if (text.size > SHOP_TEXT_MAX)
    return false;
  memcpy (to, text.bytes, text.size);
  to[text.size] = '\0';
  return true;
}

static bool
read_query (struct grove_term request, struct shop_query *query)
{
  struct grove_text customer, item;

  query->kind = SHOP_QUERY_LIST;
  if (grove_match (request, "{list, ~l}", &query->number))
    return true;
  query->kind = SHOP_QUERY_ORDER;
  if (grove_match (request, "{order, ~l}", &query->number))
    return true;
  query->kind = SHOP_QUERY_SLEEP;
  if (grove_match (request, "{sleep, ~l}", &query->number))
    return true;
  query->kind = SHOP_QUERY_INSERT;
  return grove_match (request, "{insert, ~b, ~b, ~l}", &customer, &item, &query->quantity) &&
         copy_text (query->customer, customer) && copy_text (query->item, item);
}

static enum grove_next
worker_call (struct grove_term request, struct grove_from from, void *state)
{
  static const char *const kinds[] = { "list", "order", "insert", "sleep" };
  struct worker           *self = state;
  struct shop_query        query = { 0 };
  struct shop_answer       answer;

  if (grove_term_is_atom (request, "crash"))
    shop_write_to_null ();
  grove_assert (read_query (request, &query));
  snprintf (self->last, sizeof self->last, "%s", kinds[query.kind]);
  self->n_queries++;
  if (shop_database_ask (self->database, &query, &answer) != GROVE_OK)
    grove_reply (from, "{unavailable, ~s}", "too much work at a time");
  else if (answer.outcome == SHOP_DONE)
    grove_reply (from, "{ok, ~b}", answer.text, answer.size);
  else if (answer.outcome == SHOP_NOT_FOUND)
    grove_reply (from, "not_found");
  else
    grove_reply (from, "{unavailable, ~b}", answer.text, answer.size);
  return GROVE_CONTINUE;
}

static void
worker_describe (const void *state, struct grove_buffer *out)
{
  const struct worker *self = state;

  grove_assert (grove_build (out, "#{database => ~s, queries => ~u, last => ~s}",
                             shop_settings.in_memory ? "memory" : shop_settings.database,
                             self->n_queries, self->last) == GROVE_OK);
}

static const struct grove_server_callbacks worker = {
  .module = "db_worker",
  .init = worker_init,
  .handle_call = worker_call,
  .describe = worker_describe,
};

static enum grove_status
worker_start (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  (void) arg;
  options.label = "db worker";
  options.link = true;
  return grove_server_start (&worker, &options, ret_pid, ret_reason);
}

enum grove_status
shop_pool_start (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_pool_spec spec = GROVE_POOL_DEFAULTS;

  (void) arg;
  spec.name = SHOP_POOL;
  spec.size = SHOP_N_WORKERS;
  spec.start = worker_start;
  /* Anybody may crash them, by /crash-db: that is what it is for. */
  spec.intensity = 10000;
  spec.period_s = 1;
  return grove_pool_start (&spec, ret_pid, ret_reason);
}
