/* SPDX-License-Identifier: MIT
 *
 * What all sessions of one server share: the source, the moment, the sample, and how far intervals
 * are stretched to keep observing cheap. Whoever drives the sessions (the server's loop, a test)
 * sets the moment before each call into them; nothing here reads a clock.
 *
 * Threads: the server's.
 */
#pragma once

#include "protocol/audit.h"
#include "protocol/source.h"

/* A sample this young is shared instead of taking another. */
#define GROVE_SAMPLE_SHARED_NS UINT64_C (10000000)
#define GROVE_NEVER            UINT64_MAX

/* Why what is behind `hide_payloads` is not told. */
#define GROVE_PAYLOADS_HIDDEN                                                                      \
  "this system does not show what is in its messages, states and dictionaries"

struct grove_history;
struct grove_server_session;

struct grove_host
{
  const struct grove_source *source;
  bool                       read_only;
  bool                       hide_payloads;
  uint64_t                   now_ns;     /* CLOCK_MONOTONIC */
  uint64_t                   now_utc_ms; /* the same moment */
  uint64_t                   sampled_ns; /* 0: never */
  double                     stretch;    /* at least 1: intervals are this many times longer */
  int64_t                    n_sessions; /* so far; numbers them */
  struct grove_history      *history;    /* NULL: nobody asked for any yet */
  struct grove_audit         audit;
  /* Those there are, grove_server_session_next(); NULL: none. */
  struct grove_server_session *sessions;
};

void grove_host_init (struct grove_host *self, const struct grove_source *source);
/* All sessions must be gone. */
void grove_host_finish (struct grove_host *self);

/* Before the queries of a tick: one sample for all of them. */
void grove_host_sample (struct grove_host *self);

/* The table of that name, or NULL; *ret_index (may be NULL) is for grove_table_query.table: in the
 * source's array, or behind it for a table of the server's own. */
const struct grove_table *
grove_host_find_table (const struct grove_host *self, const char *name, uint32_t *ret_index);

/* All tables there are: NULL from the first @index that is too high. */
const struct grove_table *grove_host_table (const struct grove_host *self, size_t index);

/* Answers @query, at once or later. */
void grove_host_query (const struct grove_host        *self,
                       const struct grove_table_query *query,
                       struct grove_rows              *rows);

/* The column of that name in @table, or -1. */
int grove_table_find_column (const struct grove_table *table, const char *name);

/* True when the source can do @method. False: *ret_why is why not, in words. */
bool grove_host_can (const struct grove_host *self, const char *method, const char **ret_why);
