/* SPDX-License-Identifier: MIT
 *
 * A whole source in memory: an array of processes, which also are a forest, and every function of
 * grove_source over them. Tests change it and look at what the wire says. With `deferred` it keeps
 * every question until test_source_answer() (or its descriptor is served), and answers the last
 * first.
 *
 * Threads: the server's; tests change it while the server is not running.
 */
#pragma once

#include "protocol/query.h"
#include "protocol/source.h"

#include <glib.h>

struct test_process
{
  guint64              number;
  char                 name[32];
  char                 app[16];
  const char          *status;
  gint64               messages;
  double               rate;
  gint64               memory;
  gboolean             system;
  const char          *priority;
  guint64              started_ns;
  guint                restarts;
  guint64              replaces; /* number of the one whose place it took */
  struct test_process *parent;
  GPtrArray           *children; /* of struct test_process, in order */
  guint64              revision;
};

struct test_source
{
  struct grove_source source;
  GPtrArray          *processes; /* of struct test_process, by number */
  GPtrArray          *roots;
  guint64             roots_revision;
  guint64             last_number;
  guint64             now_ns;
  gboolean            deferred;
  GPtrArray          *waiting;
  int                 fd;
  guint               n_leases; /* not ended */
  guint               n_ticks, n_queries, n_cancelled, n_effects, n_children_asked;
  guint               max_waiting; /* questions at once */
};

extern const struct grove_table test_table;
enum
{
  TEST_PID,
  TEST_NAME,
  TEST_STATUS,
  TEST_MESSAGES,
  TEST_RATE,
  TEST_MEMORY,
  TEST_APP,
  TEST_SYSTEM,
  TEST_N_COLUMNS,
};

struct test_source *test_source_new (void);
void                test_source_free (struct test_source *self);
/* Finishes everything deferred, the last first. */
void test_source_answer (struct test_source *self);

/* @parent NULL: a root. @index: among its siblings. */
struct test_process *test_source_spawn (struct test_source  *self,
                                        struct test_process *parent,
                                        guint                index,
                                        const char          *name);
/* With all below it. */
void test_source_kill (struct test_source *self, struct test_process *process);
/* Another in its place. */
struct test_process *test_source_restart (struct test_source *self, struct test_process *process);
void test_source_move (struct test_source *self, struct test_process *process, guint index);
void test_source_touch (struct test_source *self, struct test_process *process);
struct test_process *test_source_find (struct test_source *self, const char *pid);
void test_source_pid (const struct test_process *process, char pid[GROVE_SOURCE_PID_SIZE]);
/* How queries read a row; a row is a struct test_process pointer. */
void test_source_value (const void *row, uint32_t column, void *user_data, struct grove_value *ret);
int  test_source_compare (const void *a, const void *b);
