/* SPDX-License-Identifier: MIT
 *
 * One answer about the children of a node: what grove_nodes_add(), _done() and _gone() of source.h
 * work on. Each child is encoded as it is added, so that nothing of the source's is kept.
 *
 * Threads: the server's.
 */
#pragma once

#include "protocol/source.h"

struct grove_node_entry
{
  char     pid[GROVE_SOURCE_PID_SIZE];
  char     replaces[GROVE_SOURCE_PID_SIZE];
  uint64_t handle;
  uint32_t n_children;
  size_t   at, size; /* NODE in `writer.bytes`, without its closing brace */
};

struct grove_nodes
{
  void (*finished) (struct grove_nodes *self, void *owner);
  void *owner; /* NULL: let go */
  bool  working;

  uint32_t                 limit;
  struct grove_node_entry *entries;
  size_t                   n, capacity;
  struct grove_writer      writer;
  uint64_t                 revision;
  bool                     gone, unknown;
};

struct grove_nodes *grove_nodes_new (void);
/* Frees it, now or when the source is done with it. */
void grove_nodes_release (struct grove_nodes *self);
/* Asks @source for the children of @pid; @finished is called once, maybe before this returns. */
void grove_nodes_ask (struct grove_nodes        *self,
                      const struct grove_source *source,
                      const char                *pid,
                      uint32_t                   limit,
                      void (*finished) (struct grove_nodes *, void *),
                      void *owner);
