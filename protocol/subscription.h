/* SPDX-License-Identifier: MIT
 *
 * What all subscriptions share: credit, numbering and time. At most two updates are unacknowledged;
 * without credit nothing is computed, and the tick is made up for when credit returns. Ticks fall
 * on multiples of the interval, so that subscriptions of one interval, or of multiples of one,
 * share a sample.
 *
 * Threads: the server's.
 */
#pragma once

#include "protocol/session.h"

#define GROVE_CREDIT 2

struct grove_subscription_ops
{
  const char *kind; /* "table", "tree", "system" */
  /* Computes, and sends if there is anything to say; it has credit. */
  void (*tick) (struct grove_subscription *self);
  void (*free) (struct grove_subscription *self);
};

struct grove_subscription
{
  const struct grove_subscription_ops *ops;
  struct grove_server_session         *session;
  int64_t                              id;
  int64_t                              seq, acked; /* sent, acknowledged */
  uint64_t                             interval_ns;
  uint64_t                             due_ns;      /* GROVE_NEVER: something has to happen first */
  uint64_t                             computed_ns; /* 0: never */
  uint64_t                             skipped;     /* ticks passed over since the last update */
  bool                                 starved;     /* a tick is owed as soon as it has credit */
  bool                                 busy; /* the source is still answering the last tick */
  bool                                 paused;
};

void grove_subscription_init (struct grove_subscription           *self,
                              const struct grove_subscription_ops *ops,
                              int64_t                              interval_ms);
void grove_subscription_set_interval (struct grove_subscription *self, int64_t interval_ms);
/* The first tick is being computed now, outside grove_subscription_run(). */
void grove_subscription_start (struct grove_subscription *self);
/* The next turn of the loop computes. */
void grove_subscription_wake (struct grove_subscription *self);
/* Something was done that should be seen without waiting for the tick. */
void grove_subscription_hurry (struct grove_subscription *self);
/* If it is due: computes, or notes that it could not. */
void grove_subscription_run (struct grove_subscription *self);
void grove_subscription_acknowledge (struct grove_subscription *self, int64_t seq);
/* Output has room again, or credit came. */
void grove_subscription_feed (struct grove_subscription *self);
bool grove_subscription_has_credit (const struct grove_subscription *self);

/* A writer behind `sub` and `seq` of an update; write more members, then send. */
struct grove_writer *grove_subscription_begin (struct grove_subscription *self, const char *method);
/* False when it did not fit into a message; nothing was sent. */
bool grove_subscription_send (struct grove_subscription *self);

/* Answers @id that the session has too many subscriptions. */
void grove_subscription_refuse (struct grove_server_session *session, int64_t id);

/* Each takes params that were checked against the schema, and answers @id. */
void grove_table_set (struct grove_server_session *session,
                      struct grove_subscription   *subscription,
                      int64_t                      id,
                      struct json_object          *params);
void grove_tree_set (struct grove_server_session *session,
                     struct grove_subscription   *subscription,
                     int64_t                      id,
                     struct json_object          *params);
void grove_tree_fold (struct grove_server_session *session,
                      struct grove_subscription   *subscription,
                      int64_t                      id,
                      const char                  *pid,
                      bool                         expand);
