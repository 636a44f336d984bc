/* SPDX-License-Identifier: MIT
 *
 * What the files of the BEAM source share.
 *
 * Threads: the server's.
 */
#pragma once

#include "runtime/beam/happened.h"
#include "runtime/beam/source.h"

/* Of what is not asked for with a style: Erlang's text, a kilobyte. */
extern const struct grove_term_style beam_plain_style;

/* Running sums of a sample: the node's, and what of them is due to who observes it. */
struct beam_costs
{
  int64_t t, cpu_ms, reductions, ours, handler_ns;
};

struct beam_watched
{
  char                 pid[GROVE_SOURCE_PID_SIZE];
  struct grove_buffer  sample; /* the last, a map; empty before the first */
  uint64_t             used_ns;
  bool                 asking;
  struct beam_source  *source;
  struct beam_watched *next;
};

struct beam_source
{
  struct grove_source base;
  char                name[BEAM_NAME_SIZE];
  char                instance[33];
  uint32_t          creation; /* of the node: pids of an earlier one of that name are not its own */
  struct beam_link *link;
  struct beam_agent  *agent;
  struct grove_buffer hello;
  struct beam_trouble trouble; /* once the link is over */
  void (*over) (void *user_data);
  void *over_data;
  void (*told_peers) (struct grove_term names, void *user_data);
  void   *peers_data;
  int64_t offset_ns; /* the node's clock less ours */

  /* The system over time: the last sample and the one before. */
  struct grove_buffer sample, before;
  struct beam_costs   costs, costs_then, costs_since; /* now, some seconds ago, and before that */
  uint64_t            sampled_ns;
  bool                sampling;

  struct beam_happened *happened;
  uint64_t              events_ns; /* when the agent was last asked for events */

  struct beam_watched  *watched;
  struct beam_tree     *tree;
  struct grove_pending *pending; /* calls under way */
};

/* Our clock, CLOCK_MONOTONIC. */
uint64_t beam_now_ns (void);

/* The node's clock is at @node_ns, it says. */
void beam_source_set_clock (struct beam_source *self, int64_t node_ns);

/* A map of params is begun and ended around these; keys are plain ASCII. */
struct beam_params
{
  struct grove_buffer bytes;
  uint32_t            n;
};
void beam_params_begin (struct beam_params *self);
void beam_params_text (struct beam_params *self, const char *key, const char *text);
void beam_params_int (struct beam_params *self, const char *key, int64_t value);
void beam_params_term (struct beam_params *self, const char *key, struct grove_term term);
struct grove_term beam_params_end (struct beam_params *self);
void              beam_params_finish (struct beam_params *self);

/* Asks, and answers @call with what comes. @style: of the terms in it. @params: ended; finished. */
void beam_source_pass (struct beam_source            *self,
                       struct grove_call             *call,
                       const char                    *method,
                       struct beam_params            *params,
                       const struct grove_term_style *style);

/* table.c */
extern const struct grove_table beam_tables[];
extern const size_t             beam_n_tables;
void beam_table_query (void *self, const struct grove_table_query *query, struct grove_rows *rows);

/* sample.c */
void beam_system_info (void *self, struct grove_call *call);
void beam_system_sample (void *self, struct grove_writer *writer);
bool beam_process_sample (void                        *self,
                          const char                  *pid,
                          struct grove_writer         *writer,
                          struct grove_process_counts *ret_counts);
void beam_watched_free (struct beam_source *self);
/* So that the first who asks has something to see. */
void beam_sample_ask (struct beam_source *self);

/* tree.c */
struct beam_tree *beam_tree_new (void);
void              beam_tree_free (struct beam_tree *self);
void beam_tree_children (void *self, const char *pid, uint32_t limit, struct grove_nodes *nodes);
uint64_t beam_tree_revision (void *self, const char *pid);
void
beam_tree_metrics (void *self, uint32_t column, const uint64_t *handles, size_t n, double *values);
