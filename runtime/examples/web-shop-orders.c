/* SPDX-License-Identifier: MIT
 *
 * Orders; see the header. In memory they are an array, an order's number being its place.
 */
#include "web-shop-orders.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_OF(array) ((int64_t) (sizeof (array) / sizeof (array)[0]))
#define MAX_ORDERS  1000000 /* in memory; then the oldest make room */

/* ---- JSON --------------------------------------------------------------------------------- */

void
shop_write (struct shop_writer *self, const char *bytes, size_t n)
{
  if (self->capacity - self->size < n)
    {
      size_t capacity = self->capacity * 2 > self->size + n ? self->capacity * 2 : self->size + n;

      self->text = realloc (self->text, capacity);
      if (self->text == NULL)
        abort ();
      self->capacity = capacity;
    }
  memcpy (self->text + self->size, bytes, n);
  self->size += n;
}

void
shop_write_text (struct shop_writer *self, const char *text)
{
  shop_write (self, text, strlen (text));
}

void
shop_write_number (struct shop_writer *self, int64_t number)
{
  char     digits[24], *next = digits + sizeof digits;
  uint64_t rest = number < 0 ? -(uint64_t) number : (uint64_t) number;

  do
    *--next = (char) ('0' + rest % 10);
  while ((rest /= 10) > 0);
  if (number < 0)
    *--next = '-';
  shop_write (self, next, (size_t) (digits + sizeof digits - next));
}

/* The bytes between those that JSON wants written otherwise go in one piece. */
static void
write_string (struct shop_writer *self, const char *text)
{
  shop_write_text (self, "\"");
  for (;;)
    {
      size_t n = 0;
      char   escape[8];

      while ((unsigned char) text[n] >= 0x20 && text[n] != '"' && text[n] != '\\')
        n++;
      shop_write (self, text, n);
      if (text[n] == '\0')
        break;
      snprintf (escape, sizeof escape, "\\u%04x", (unsigned) (unsigned char) text[n]);
      shop_write_text (self, escape);
      text += n + 1;
    }
  shop_write_text (self, "\"");
}

void
shop_write_order (struct shop_writer *self, const struct shop_order_view *order)
{
  shop_write_text (self, "{\"id\":");
  shop_write_number (self, order->id);
  shop_write_text (self, ",\"customer\":");
  write_string (self, order->customer);
  shop_write_text (self, ",\"item\":");
  write_string (self, order->item);
  shop_write_text (self, ",\"quantity\":");
  shop_write_number (self, order->quantity);
  shop_write_text (self, ",\"cents\":");
  shop_write_number (self, order->cents);
  shop_write_text (self, "}");
}

/* ---- Inventing ---------------------------------------------------------------------------- */

int64_t
shop_item_cents (const char *item)
{
  return 99 + 100 * (int64_t) (strlen (item) * 7 % 40);
}

struct shop_order
shop_order_invented (int64_t n)
{
  static const char *const customers[] = { "ada", "grace", "barbara", "joe", "robert", "mike" };
  static const char *const items[] = { "teapot",   "lamp",    "kettle",  "notebook",
                                       "umbrella", "bicycle", "blanket", "compass" };
  struct shop_order        order = { .quantity = 1 + n % 5 };

  snprintf (order.customer, sizeof order.customer, "%s", customers[n % N_OF (customers)]);
  snprintf (order.item, sizeof order.item, "%s", items[n * 5 % N_OF (items)]);
  order.cents = order.quantity * shop_item_cents (order.item);
  return order;
}

/* ---- In memory ---------------------------------------------------------------------------- */

static struct
{
  pthread_mutex_t    lock;
  struct shop_order *orders; /* of the numbers first to first + n - 1, each at number % MAX */
  int64_t            first, n;
} memory = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct shop_order *
place_of (int64_t id)
{
  return &memory.orders[id % MAX_ORDERS];
}

static int64_t
add_locked (const struct shop_order *order)
{
  int64_t id = memory.first + memory.n;

  *place_of (id) = *order;
  if (memory.n < MAX_ORDERS)
    memory.n++;
  else
    memory.first++;
  return id;
}

static void
fill_locked (void)
{
  /* Pages that nobody writes to are none. */
  memory.orders = calloc (MAX_ORDERS, sizeof *memory.orders);
  if (memory.orders == NULL)
    abort ();
  memory.first = 1;
  for (int64_t i = 1; i <= SHOP_N_AT_START; i++)
    {
      struct shop_order order = shop_order_invented (i);
      add_locked (&order);
    }
}

static void
write_locked (struct shop_writer *out, int64_t id)
{
  const struct shop_order     *order = place_of (id);
  const struct shop_order_view view = { id, order->customer, order->item, order->quantity,
                                        order->cents };

  shop_write_order (out, &view);
}

static void
write_last_locked (struct shop_writer *out, int64_t n)
{
  int64_t last = memory.first + memory.n - 1;

  shop_write_text (out, "[");
  for (int64_t id = last; id > last - n && id >= memory.first; id--)
    {
      if (id < last)
        shop_write_text (out, ",");
      write_locked (out, id);
    }
  shop_write_text (out, "]");
}

static int64_t
insert_locked (const struct shop_query *query)
{
  struct shop_order order = { .quantity = query->quantity };

  memcpy (order.customer, query->customer, sizeof order.customer);
  memcpy (order.item, query->item, sizeof order.item);
  order.cents = query->quantity * shop_item_cents (query->item);
  return add_locked (&order);
}

bool
shop_orders_ask (struct shop_writer *out, const struct shop_query *query)
{
  bool found = true;

  pthread_mutex_lock (&memory.lock);
  if (memory.orders == NULL)
    fill_locked ();
  if (query->kind == SHOP_QUERY_LIST)
    write_last_locked (out, query->number);
  else if (query->kind == SHOP_QUERY_INSERT)
    write_locked (out, insert_locked (query));
  else if (query->number >= memory.first && query->number < memory.first + memory.n)
    write_locked (out, query->number);
  else
    found = false;
  pthread_mutex_unlock (&memory.lock);
  return found;
}
