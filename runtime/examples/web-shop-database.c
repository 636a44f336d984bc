/* SPDX-License-Identifier: MIT
 *
 * The orders in a file of SQLite's; see the header. A database is counted: its process has it, and
 * so does each piece of work, from before it is handed over until it has run or has been dropped.
 * Nothing here is pre-empted, so that the process cannot be killed between the two. What a piece of
 * work writes is the database's too, so that nothing is lost with a process that is killed.
 */
#include "web-shop-database.h"
#include "web-shop-orders.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BUSY_MS  1000 /* how long a locked file is waited for */
#define SLICE_MS 20

struct shop_database
{
  atomic_uint        n_users;
  const char        *path;
  sqlite3           *handle; /* NULL: not open */
  sqlite3_stmt      *list, *one, *insert;
  struct shop_writer out;
};

struct job
{
  struct shop_database *database;
  struct shop_query     query;
  enum shop_outcome     outcome;
  bool                  ran;
};

static atomic_bool hurried;
static atomic_bool complained; /* the last to open a file could not */

/* ---- Opening and closing ------------------------------------------------------------------ */

static void
close_file (struct shop_database *self)
{
  sqlite3_finalize (self->list);
  sqlite3_finalize (self->one);
  sqlite3_finalize (self->insert);
  sqlite3_close (self->handle);
  self->list = self->one = self->insert = NULL;
  self->handle = NULL;
}

static void
unref (struct shop_database *self)
{
  if (atomic_fetch_sub (&self->n_users, 1) > 1)
    return;
  close_file (self);
  free (self->out.text);
  free (self);
}

/* Says once what is wrong with the file, until it has been right again. */
static void
complain (struct shop_database *self, const char *why)
{
  if (!atomic_exchange (&complained, true))
    fprintf (stderr, "grove-web-shop: the database %s: %s\n", self->path, why);
}

static int
fill (struct shop_database *self)
{
  sqlite3_stmt *insert = NULL;
  int           result =
    sqlite3_prepare_v2 (self->handle,
                        "INSERT INTO orders (customer, item, quantity, cents) VALUES (?, ?, ?, ?)",
                        -1, &insert, NULL);

  for (int64_t i = 1; result == SQLITE_OK && i <= SHOP_N_AT_START; i++)
    {
      struct shop_order order = shop_order_invented (i);

      sqlite3_bind_text (insert, 1, order.customer, -1, SQLITE_TRANSIENT);
      sqlite3_bind_text (insert, 2, order.item, -1, SQLITE_TRANSIENT);
      sqlite3_bind_int64 (insert, 3, order.quantity);
      sqlite3_bind_int64 (insert, 4, order.cents);
      result = sqlite3_step (insert) == SQLITE_DONE ? sqlite3_reset (insert)
                                                    : sqlite3_errcode (self->handle);
    }
  sqlite3_finalize (insert);
  return result;
}

static int
version_of (struct shop_database *self, int *ret_version)
{
  sqlite3_stmt *statement = NULL;
  int result = sqlite3_prepare_v2 (self->handle, "PRAGMA user_version", -1, &statement, NULL);

  if (result == SQLITE_OK)
    {
      result = sqlite3_step (statement);
      if (result == SQLITE_ROW)
        {
          *ret_version = sqlite3_column_int (statement, 0);
          result = SQLITE_OK;
        }
    }
  sqlite3_finalize (statement);
  return result;
}

/* Ten come at the same time: the first makes it, the others find it made. */
static int
make (struct shop_database *self)
{
  int version = 0, result;

  result = version_of (self, &version);
  if (result != SQLITE_OK || version == 1)
    return result;
  result =
    sqlite3_exec (self->handle, "PRAGMA journal_mode=WAL; BEGIN IMMEDIATE", NULL, NULL, NULL);
  if (result != SQLITE_OK)
    return result;
  result = version_of (self, &version);
  if (result == SQLITE_OK && version != 1)
    {
      result =
        sqlite3_exec (self->handle,
                      "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT NOT NULL,"
                      " item TEXT NOT NULL, quantity INTEGER NOT NULL, cents INTEGER NOT NULL)",
                      NULL, NULL, NULL);
      if (result == SQLITE_OK)
        result = fill (self);
      if (result == SQLITE_OK)
        result = sqlite3_exec (self->handle, "PRAGMA user_version=1", NULL, NULL, NULL);
    }
  if (result == SQLITE_OK)
    return sqlite3_exec (self->handle, "COMMIT", NULL, NULL, NULL);
  sqlite3_exec (self->handle, "ROLLBACK", NULL, NULL, NULL);
  return result;
}

static int
prepare (struct shop_database *self)
{
#define COLUMNS "SELECT id, customer, item, quantity, cents FROM orders "
  const struct
  {
    const char    *sql;
    sqlite3_stmt **statement;
  } statements[] = {
    { COLUMNS "ORDER BY id DESC LIMIT ?", &self->list },
    { COLUMNS "WHERE id = ?", &self->one },
    { "INSERT INTO orders (customer, item, quantity, cents) VALUES (?, ?, ?, ?)", &self->insert },
  };

  for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
    {
      int result = sqlite3_prepare_v3 (self->handle, statements[i].sql, -1,
                                       SQLITE_PREPARE_PERSISTENT, statements[i].statement, NULL);
      if (result != SQLITE_OK)
        return result;
    }
  return SQLITE_OK;
}

static bool
open_file (struct shop_database *self)
{
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  int       result = sqlite3_open_v2 (self->path, &self->handle, flags, NULL);

  if (result == SQLITE_OK)
    {
      sqlite3_busy_timeout (self->handle, BUSY_MS);
      result = make (self);
    }
  if (result == SQLITE_OK)
    result = sqlite3_exec (self->handle, "PRAGMA synchronous=NORMAL", NULL, NULL, NULL);
  if (result == SQLITE_OK)
    result = prepare (self);
  return result == SQLITE_OK;
}

/* ---- Questions ---------------------------------------------------------------------------- */

/* What the statement gives, as one object or as a list of them. */
static int
write_rows (struct shop_database *self, sqlite3_stmt *statement, bool list)
{
  int result, n = 0;

  if (list)
    shop_write_text (&self->out, "[");
  while ((result = sqlite3_step (statement)) == SQLITE_ROW)
    {
      struct shop_order_view order = {
        .id = sqlite3_column_int64 (statement, 0),
        .customer = (const char *) sqlite3_column_text (statement, 1),
        .item = (const char *) sqlite3_column_text (statement, 2),
        .quantity = sqlite3_column_int64 (statement, 3),
        .cents = sqlite3_column_int64 (statement, 4),
      };

      if (n++ > 0)
        shop_write_text (&self->out, ",");
      shop_write_order (&self->out, &order);
    }
  if (list)
    shop_write_text (&self->out, "]");
  return result;
}

static int
insert (struct shop_database *self, const struct shop_query *query)
{
  struct shop_order_view order = {
    .customer = query->customer,
    .item = query->item,
    .quantity = query->quantity,
    .cents = query->quantity * shop_item_cents (query->item),
  };
  int result;

  sqlite3_bind_text (self->insert, 1, order.customer, -1, SQLITE_STATIC);
  sqlite3_bind_text (self->insert, 2, order.item, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (self->insert, 3, order.quantity);
  sqlite3_bind_int64 (self->insert, 4, order.cents);
  result = sqlite3_step (self->insert);
  order.id = sqlite3_last_insert_rowid (self->handle);
  if (result == SQLITE_DONE)
    shop_write_order (&self->out, &order);
  sqlite3_reset (self->insert);
  sqlite3_clear_bindings (self->insert);
  return result;
}

static int
answer_query (struct shop_database *self, const struct shop_query *query)
{
  sqlite3_stmt *statement = query->kind == SHOP_QUERY_LIST ? self->list : self->one;
  int           result;

  if (query->kind == SHOP_QUERY_INSERT)
    return insert (self, query);
  sqlite3_bind_int64 (statement, 1, query->number);
  result = write_rows (self, statement, query->kind == SHOP_QUERY_LIST);
  sqlite3_reset (statement);
  return result;
}

static enum shop_outcome
ask_file (struct shop_database *self, const struct shop_query *query)
{
  char why[200];

  if (self->handle != NULL || open_file (self))
    {
      if (answer_query (self, query) == SQLITE_DONE)
        {
          atomic_store (&complained, false);
          return self->out.size > 0 ? SHOP_DONE : SHOP_NOT_FOUND;
        }
    }
  snprintf (why, sizeof why, "%s", self->handle ? sqlite3_errmsg (self->handle) : "no memory");
  complain (self, why);
  close_file (self);
  self->out.size = 0;
  shop_write_text (&self->out, why);
  return SHOP_UNAVAILABLE;
}

/* In slices, so that the program can be ended meanwhile. */
static void
sleep_ms (int64_t ms)
{
  for (; ms > 0 && !atomic_load (&hurried); ms -= SLICE_MS)
    {
      int64_t         slice = ms < SLICE_MS ? ms : SLICE_MS;
      struct timespec time = { 0, slice * 1000000 };

      nanosleep (&time, NULL);
    }
}

static enum shop_outcome
answer (struct shop_database *self, const struct shop_query *query)
{
  self->out.size = 0;
  if (query->kind == SHOP_QUERY_SLEEP)
    {
      sleep_ms (query->number);
      shop_write_text (&self->out, "{\"slept_ms\":");
      shop_write_number (&self->out, query->number);
      shop_write_text (&self->out, "}");
      return SHOP_DONE;
    }
  if (self->path == NULL)
    return shop_orders_ask (&self->out, query) ? SHOP_DONE : SHOP_NOT_FOUND;
  return ask_file (self, query);
}

/* ---- On other threads --------------------------------------------------------------------- */

static void
job_work (void *data)
{
  struct job *job = data;

  job->outcome = answer (job->database, &job->query);
  job->ran = true;
  unref (job->database);
}

static void
job_drop (void *data)
{
  struct job *job = data;

  if (!job->ran)
    unref (job->database);
}

/* ---- Shown -------------------------------------------------------------------------------- */

struct shop_database *
shop_database_new (const char *path)
{
  struct shop_database *self = calloc (1, sizeof *self);

  if (self == NULL)
    abort ();
  atomic_init (&self->n_users, 1);
  self->path = path;
  return self;
}

void
shop_database_release (void *database)
{
  unref (database);
}

enum grove_status
shop_database_ask (struct shop_database    *self,
                   const struct shop_query *query,
                   struct shop_answer      *ret_answer)
{
  struct job        job = { .database = self, .query = *query };
  enum grove_status status = GROVE_OK;

  if (self->path == NULL && query->kind != SHOP_QUERY_SLEEP)
    {
      job.outcome = answer (self, query);
    }
  else
    {
      atomic_fetch_add (&self->n_users, 1);
      status = grove_blocking (job_work, &job, sizeof job, job_drop, GROVE_FOREVER);
      if (status != GROVE_OK)
        unref (self);
    }
  if (status == GROVE_OK)
    *ret_answer = (struct shop_answer){ job.outcome, self->out.text, self->out.size };
  return status;
}

void
shop_database_hurry (void)
{
  atomic_store (&hurried, true);
}
