/* SPDX-License-Identifier: MIT
 *
 * The shop: a demonstration of a living system. Three applications, `shop` (the web side),
 * `warehouse` and `billing`, each in its own file, that know each other by registered names only.
 * This header has what they share: how a child is described, and chance.
 */
#pragma once

#include "runtime/grove.h"

#define SHOP_MS INT64_C (1000000) /* in nanoseconds */

/* ---- The three applications -------------------------------------------------------------------
 */

enum grove_status
shop_web_start (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason);
enum grove_status
shop_warehouse_start (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason);
enum grove_status
shop_billing_start (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason);

/* The application `shell`: who sits at the terminal. */
enum grove_status shop_shell_start (void);

/* ---- Children ---------------------------------------------------------------------------------
 */

#define SHOP_NAME_SIZE 48

/* What a child is: a server when it has callbacks, else a process that runs @entry. It is copied
 * along with the child's specification; init() and @entry get it as their argument. */
struct shop_child
{
  const struct grove_server_callbacks *callbacks;
  grove_entry                          entry;
  const char                          *initial;               /* of @entry, as text */
  char                                 name[SHOP_NAME_SIZE];  /* registered; "" for none */
  char                                 label[SHOP_NAME_SIZE]; /* for those without a name */
  int                                  number;
  enum grove_priority                  priority;
};

#define SHOP_SERVER(function_table, ...)                                                           \
  {                                                                                                \
    .callbacks = &(function_table), .priority = GROVE_PRIORITY_NORMAL, __VA_ARGS__                 \
  }
#define SHOP_PROCESS(function, ...)                                                                \
  {                                                                                                \
    .entry = (function), .initial = #function, .priority = GROVE_PRIORITY_NORMAL, __VA_ARGS__      \
  }

/* A permanent child; @child must live until the supervisor has been started. Its id is its name. */
struct grove_child_spec shop_worker (const struct shop_child *child);
typedef enum grove_status (*shop_start) (const void          *arg,
                                         grove_pid           *ret_pid,
                                         struct grove_buffer *ret_reason);
struct grove_child_spec shop_supervisor (const char *id, shop_start start);

/* One for one, 10 restarts in 10 s: generous enough for somebody who kills things to see what
 * happens. */
enum grove_status shop_supervise (const char                    *name,
                                  const struct grove_child_spec *children,
                                  size_t                         n_children,
                                  grove_pid                     *ret_pid,
                                  struct grove_buffer           *ret_reason);

/* The start function of every shop_child. */
enum grove_status
shop_child_start (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason);

/* ---- Chance -----------------------------------------------------------------------------------
 */

struct shop_random
{
  uint64_t state;
};
/* The same sequence for the same @seed and @number. */
struct shop_random shop_random_init (const char *seed, int number);
/* A number from @low to @high, both included. */
int         shop_random_range (struct shop_random *self, int low, int high);
const char *shop_random_item (struct shop_random *self);
const char *shop_random_customer (struct shop_random *self);

/* ---- Passing time -----------------------------------------------------------------------------
 */

/* Waits so long, letting go of every message that comes meanwhile. */
void shop_wait_ms (int ms);
/* Computes something for about as many thousand reductions. */
unsigned shop_work (unsigned thousands);
/* Casts `{add, 1}` to the counter of that name. */
void shop_count (const char *counter);
