/* SPDX-License-Identifier: MIT
 *
 * Orders: how they are invented for a new database, written as JSON, and kept in memory where there
 * is no file. Like the database not compiled as process code: memory is shared behind a lock.
 */
#pragma once

#include "web-shop-database.h"

/* Grows; begins with zeroes; its text is the owner's to free(). */
struct shop_writer
{
  char  *text;
  size_t size, capacity;
};

void shop_write (struct shop_writer *self, const char *bytes, size_t n);
void shop_write_text (struct shop_writer *self, const char *text);
void shop_write_number (struct shop_writer *self, int64_t number);

struct shop_order
{
  char    customer[SHOP_TEXT_MAX + 1];
  char    item[SHOP_TEXT_MAX + 1];
  int64_t quantity;
  int64_t cents;
};

struct shop_order_view
{
  int64_t     id;
  const char *customer, *item; /* UTF-8 */
  int64_t     quantity;
  int64_t     cents;
};

/* As a JSON object. */
void shop_write_order (struct shop_writer *self, const struct shop_order_view *order);

/* Number @n of those that a new database has. */
struct shop_order shop_order_invented (int64_t n);
/* What one of that costs. */
int64_t shop_item_cents (const char *item);

/* From memory; false: there is no such order. */
bool shop_orders_ask (struct shop_writer *out, const struct shop_query *query);
