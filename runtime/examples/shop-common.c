/* SPDX-License-Identifier: MIT
 *
 * What the three applications of the shop share; see the header.
 */
#include "shop.h"

#include <stdio.h>
#include <string.h>

/* ---- Children --------------------------------------------------------------------------- */

static enum grove_status
start_process (const struct shop_child *child, grove_pid *ret_pid)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  enum grove_status          status;

  options.label = child->label[0] ? child->label : NULL;
  options.initial_call = child->initial;
  options.arg = child;
  options.arg_size = sizeof *child;
  options.priority = child->priority;
  options.link = true;
  status = grove_spawn_opt (child->entry, &options, ret_pid, NULL);
  if (status != GROVE_OK || !child->name[0])
    return status;

  status = grove_register (child->name, *ret_pid);
  if (status != GROVE_OK)
    {
      grove_unlink (*ret_pid);
      grove_exit_process (*ret_pid, "kill");
    }
  return status;
}

enum grove_status
shop_child_start (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  const struct shop_child    *child = arg;
  struct grove_server_options options = GROVE_SERVER_DEFAULTS;

  if (!child->callbacks)
    return start_process (child, ret_pid);
  options.name = child->name[0] ? child->name : NULL;
  options.label = child->label[0] ? child->label : NULL;
  options.arg = child;
  options.arg_size = sizeof *child;
  options.priority = child->priority;
  options.link = true;
  return grove_server_start (child->callbacks, &options, ret_pid, ret_reason);
}

struct grove_child_spec
shop_worker (const struct shop_child *child)
{
  return (struct grove_child_spec){
    .id = child->name[0] ? child->name : child->label,
    .start = shop_child_start,
    .arg = child,
    .arg_size = sizeof *child,
    .restart = GROVE_PERMANENT,
    .type = GROVE_WORKER,
    .shutdown_ms = 2000,
  };
}

struct grove_child_spec
shop_supervisor (const char *id, shop_start start)
{
  return (struct grove_child_spec){
    .id = id,
    .start = start,
    .restart = GROVE_PERMANENT,
    .type = GROVE_SUPERVISOR,
    .shutdown_ms = GROVE_SHUTDOWN_INFINITY,
  };
}

enum grove_status
shop_supervise (const char                    *name,
                const struct grove_child_spec *children,
                size_t                         n_children,
                grove_pid                     *ret_pid,
                struct grove_buffer           *ret_reason)
{
  const struct grove_supervisor_spec spec = {
    .name = name,
    .strategy = GROVE_ONE_FOR_ONE,
    .intensity = 10,
    .period_s = 10,
    .children = children,
    .n_children = n_children,
  };

  return grove_supervisor_start (&spec, ret_pid, ret_reason);
}

/* ---- Chance ----------------------------------------------------------------------------- */

static const char *const items[] = {
  "teapot", "lamp",   "kettle", "notebook", "umbrella", "bicycle",   "blanket", "compass",
  "mirror", "guitar", "basket", "candle",   "ladder",   "telescope", "hammock", "clock",
};

static const char *const customers[] = {
  "ada",     "grace",  "alan",    "barbara", "edsger", "joe",  "robert", "mike",
  "niklaus", "donald", "frances", "radia",   "leslie", "john", "lynn",   "dennis",
};

#define N_OF(array) (sizeof (array) / sizeof (array)[0])

struct shop_random
shop_random_init (const char *seed, int number)
{
  struct shop_random self = { UINT64_C (0x9E3779B97F4A7C15) * (uint64_t) (number + 1) };

  for (; *seed; seed++)
    self.state = (self.state ^ (uint8_t) *seed) * UINT64_C (0x100000001b3);
  return self;
}

int
shop_random_range (struct shop_random *self, int low, int high)
{
  uint64_t z = self->state += UINT64_C (0x9E3779B97F4A7C15);

  z = (z ^ (z >> 30)) * UINT64_C (0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C (0x94D049BB133111EB);
  z ^= z >> 31;
  return low + (int) (z % (uint64_t) (high - low + 1));
}

const char *
shop_random_item (struct shop_random *self)
{
  return items[shop_random_range (self, 0, N_OF (items) - 1)];
}

const char *
shop_random_customer (struct shop_random *self)
{
  return customers[shop_random_range (self, 0, N_OF (customers) - 1)];
}

/* ---- Passing time ----------------------------------------------------------------------- */

void
shop_wait_ms (int ms)
{
  const uint64_t        end_ns = grove_now_ns () + (uint64_t) ms * 1000000;
  struct grove_message *message;

  for (;;)
    {
      const uint64_t now_ns = grove_now_ns ();

      if (now_ns >= end_ns || grove_receive ((int64_t) (end_ns - now_ns), &message) != GROVE_OK)
        return;
      grove_message_free (message);
    }
}

unsigned
shop_work (unsigned thousands)
{
  unsigned value = 1;

  for (unsigned i = 0; i < thousands * 1000; i++)
    value = value * 1664525u + 1013904223u;
  return value;
}

void
shop_count (const char *counter)
{
  grove_cast (grove_whereis (counter), "{add, 1}");
}
