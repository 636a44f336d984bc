/* SPDX-License-Identifier: MIT
 *
 * The packing room: a conveyor that brings parcels in waves, faster than the packer packs them, so
 * that the packer's mailbox fills to some hundreds and drains again every half minute. The next
 * wave waits until the packer has caught up: however slow the machine is, nothing grows without
 * end.
 *
 *   packing_sup -> label_printer, packer, conveyor, courier_1 .. 4
 *
 * Parcels go out with couriers, who look at what has piled up only between two tours.
 */
#include "shop-packing.h"

#include <stdio.h>

#define WAVE_PARCELS 640
#define PARCEL_MS    18 /* between two of a wave */
#define PACKING_MS   38
#define PAUSE_MS     2500
#define N_COURIERS   4
#define LOADING_MS   25

/* ---- The printer ------------------------------------------------------------------------ */

static enum grove_status
printer_init (const void *arg, void **state)
{
  int64_t *n_printed = grove_alloc (sizeof *n_printed);

  *n_printed = 0;
  *state = n_printed;
  return GROVE_OK;
}

static enum grove_next
printer_call (struct grove_term request, struct grove_from from, void *state)
{
  int64_t          *n_printed = state;
  struct grove_text customer;

  if (grove_match (request, "{print, ~s}", &customer))
    grove_reply (from, "{ok, ~l}", ++*n_printed);
  else
    grove_reply (from, "{error, unknown_request}");
  return GROVE_CONTINUE;
}

static void
printer_describe (const void *state, struct grove_buffer *out)
{
  (void) !grove_build (out, "#{printed => ~l}", *(const int64_t *) state);
}

static const struct grove_server_callbacks printer_callbacks = {
  .module = "label_printer",
  .init = printer_init,
  .handle_call = printer_call,
  .describe = printer_describe,
};

/* ---- The couriers ----------------------------------------------------------------------- */

/* Out on a tour it does not look at its mailbox; back, it loads all that has come. */
static void
courier (void *arg)
{
  const struct shop_child *child = arg;
  struct shop_random       random = shop_random_init ("courier", child->number);
  struct grove_message    *message;

  for (;;)
    {
      grove_sleep_ms ((uint64_t) shop_random_range (&random, 1500, 3000) *
                      (unsigned) child->number);
      while (grove_receive (0, &message) == GROVE_OK)
        {
          grove_message_free (message);
          grove_sleep_ms (LOADING_MS);
        }
    }
}

static void
hand_over (struct grove_text customer, int64_t number)
{
  char      name[SHOP_NAME_SIZE];
  grove_pid to;

  snprintf (name, sizeof name, "courier_%d", (int) (number % N_COURIERS) + 1);
  to = grove_whereis (name);
  if (to)
    grove_send (to, "{deliver, ~l, ~b}", number, customer.bytes, customer.size);
}

/* ---- The packer ------------------------------------------------------------------------- */

static void
pack (struct grove_text customer)
{
  struct grove_message *reply;
  int64_t               number = 0;

  if (grove_call (grove_whereis ("label_printer"), 1000 * SHOP_MS, &reply, "{print, ~b}",
                  customer.bytes, customer.size) == GROVE_OK)
    {
      (void) grove_match (grove_message_term (reply), "{ok, ~l}", &number);
      grove_message_free (reply);
    }
  grove_sleep_ms (PACKING_MS);
  shop_work (3);
  hand_over (customer, number);
  shop_count ("counter_parcels");
}

static void
packer (void *arg)
{
  bool caught_up = false;

  for (;;)
    {
      struct grove_message *message;
      struct grove_text     customer;

      if (grove_receive (caught_up ? GROVE_FOREVER : 0, &message) != GROVE_OK)
        {
          caught_up = true;
          /* A conveyor that is just being restarted begins with a wave anyway. */
          if (grove_whereis ("conveyor"))
            grove_send (grove_whereis ("conveyor"), "caught_up");
          continue;
        }
      caught_up = false;
      if (grove_match (grove_message_term (message), "{parcel, _, ~s, _}", &customer))
        pack (customer);
      grove_message_free (message);
    }
}

/* ---- The conveyor ----------------------------------------------------------------------- */

static void
bring (struct shop_random *random, int *number, int ms)
{
  grove_pid to = grove_whereis ("packer");

  if (to)
    grove_send (to, "{parcel, ~i, ~s, [~s, ~s]}", ++*number, shop_random_customer (random),
                shop_random_item (random), shop_random_item (random));
  shop_wait_ms (ms);
}

static void
conveyor (void *arg)
{
  struct shop_random random = shop_random_init ("conveyor", 0);
  int                number = 0;

  for (;;)
    {
      struct grove_message *message;

      for (int i = 0; i < WAVE_PARCELS; i++)
        bring (&random, &number, PARCEL_MS);
      /* Not for ever: the packer this word was to come from may have been killed. */
      if (grove_receive_pattern (60000 * SHOP_MS, &message, "caught_up") == GROVE_OK)
        grove_message_free (message);
      shop_wait_ms (PAUSE_MS);
    }
}

enum grove_status
shop_packing_sup (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct shop_child       printer = SHOP_SERVER (printer_callbacks, .name = "label_printer");
  struct shop_child       packing = SHOP_PROCESS (packer, .name = "packer");
  struct shop_child       belt = SHOP_PROCESS (conveyor, .name = "conveyor");
  struct shop_child       couriers[N_COURIERS];
  struct grove_child_spec specs[3 + N_COURIERS] = {
    shop_worker (&printer),
    shop_worker (&packing),
    shop_worker (&belt),
  };

  for (int i = 0; i < N_COURIERS; i++)
    {
      couriers[i] = (struct shop_child) SHOP_PROCESS (courier, .number = i + 1);
      snprintf (couriers[i].name, sizeof couriers[i].name, "courier_%d", i + 1);
      specs[3 + i] = shop_worker (&couriers[i]);
    }
  return shop_supervise ("packing_sup", specs, 3 + N_COURIERS, ret_pid, ret_reason);
}
