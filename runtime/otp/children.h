/* SPDX-License-Identifier: MIT
 *
 * The children of one supervisor: a list in start order, found by id and by pid. It belongs to the
 * supervisor's process and lies in its heap; what others may see of it is published to the
 * supervision forest. Private to otp/; owner process only.
 */
#pragma once

#include "runtime/otp/child-spec.h"
#include "runtime/otp/hash.h"

struct grove_child
{
  struct grove_hash_link           by_id;
  struct grove_hash_link           by_pid;          /* while pid is set */
  struct grove_child              *previous, *next; /* grove_children.first */
  grove_pid                        pid;             /* 0: it does not run */
  grove_pid                        last_pid;        /* who ran here before, or runs */
  uint32_t                         restarts;
  bool                             restarting; /* its last start failed and will be tried again */
  uint8_t                          failures; /* starts that failed since it last ran, up to a few */
  char                             id[GROVE_CHILD_ID_SIZE];
  const struct grove_packed_child *spec;
  bool                             spec_shared; /* it is the supervisor's, not the child's */
};

struct grove_children
{
  struct grove_hash   ids, pids;
  struct grove_child *first, *last;
  size_t              n;
  uint64_t            next_id; /* for children without one */
};

#define GROVE_CHILDREN_INIT                                                                        \
  {                                                                                                \
    .ids = { .alloc = grove_alloc, .release = grove_free }, .pids = {                              \
      .alloc = grove_alloc,                                                                        \
      .release = grove_free                                                                        \
    }                                                                                              \
  }

struct grove_child *_grove_children_find_id (const struct grove_children *self, const char *id);
struct grove_child *_grove_children_find_pid (const struct grove_children *self, grove_pid pid);
/* At the end; not published before it has started. */
struct grove_child *
_grove_children_add (struct grove_children *self, const struct grove_packed_child *packed);
/* The same for one more of @kind, with the argument of @given, or that of @kind where it has none.
 */
struct grove_child *_grove_children_add_dynamic (struct grove_children           *self,
                                                 const struct grove_packed_child *kind,
                                                 const struct grove_packed_child *given);
/* It will not be started again: its argument need not be kept. @kind: NULL, or what it is one of.
 */
void _grove_child_forget_arg (struct grove_child *child, const struct grove_packed_child *kind);
/* Frees it, and takes its place out of the forest. */
void _grove_children_remove (struct grove_children *self, struct grove_child *child);
void
_grove_children_set_pid (struct grove_children *self, struct grove_child *child, grove_pid pid);

/* @replaces: the process that stood there before the one that stands there now, or did last. */
void _grove_child_publish (const struct grove_child *child, grove_pid replaces);
