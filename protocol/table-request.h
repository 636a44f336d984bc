/* SPDX-License-Identifier: MIT
 *
 * What the params of table.open and table.set ask for, checked.
 *
 * Threads: the server's.
 */
#pragma once

#include "protocol/rows.h"

struct json_object;

#define GROVE_TABLE_COLUMNS 64
#define GROVE_TABLE_HISTORY 4

struct grove_table_request
{
  const struct grove_table   *table;
  struct grove_table_query    query;
  uint32_t                    columns[GROVE_TABLE_COLUMNS];
  struct grove_shared_filter *filter;
  uint32_t                    history[GROVE_TABLE_HISTORY]; /* columns, all of them in `columns` */
  size_t                      n_history;
};

/* Reads what belongs to the whole life of a subscription; @self has its table. */
bool grove_table_request_open (struct grove_table_request *self,
                               struct json_object         *params,
                               char                       *error,
                               size_t                      error_size);
/* Reads the members that are there into @self. False: @error says what is wrong; @self is to be
 * closed. */
bool grove_table_request_read (struct grove_table_request *self,
                               struct json_object         *params,
                               char                       *error,
                               size_t                      error_size);
void grove_table_request_close (struct grove_table_request *self);
