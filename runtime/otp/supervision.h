/* SPDX-License-Identifier: MIT
 *
 * The supervision forest as published for observers: which supervisor has which children, how often
 * each was restarted. Supervisors write it when a child starts or ends; export/ reads it by copy.
 * One lock guards it, held for a copy of one node's children at most; cost follows changes, never
 * the number of processes. Private to runtime/.
 */
#pragma once

#include "runtime/otp/supervisor.h"

enum grove_node_kind
{
  GROVE_NODE_APPLICATION,
  GROVE_NODE_SUPERVISOR,
  GROVE_NODE_WORKER,
};

/* Of an application, and of a child that does not run. */
enum grove_node_state
{
  GROVE_NODE_RUNS, /* or was terminated, when there is no pid */
  GROVE_NODE_STARTING,
  GROVE_NODE_STOPPING,
  GROVE_NODE_RESTARTING, /* its start failed, and is tried again */
};

struct grove_supervision_node
{
  grove_pid             pid;      /* 0: not running (terminated, or being restarted) */
  grove_pid             replaces; /* the process that stood in its place before; 0: none */
  enum grove_node_kind  kind;
  char                  id[GROVE_CHILD_ID_SIZE]; /* the child's; an application's name */
  const char           *strategy;                /* "one_for_one" for supervisors, else "" */
  enum grove_node_state state;
  enum grove_restart    restart; /* of an application: what its end means, as OTP's types */
  uint32_t              shutdown_ms;
  bool                  significant;
  uint32_t              restarts;      /* of this child, since its supervisor started */
  uint64_t              tree_restarts; /* an application: of all below it */
  uint64_t              place;         /* rises in start order; set by the forest */
  uint32_t              n_children;
  uint32_t              intensity, period_s; /* supervisors */
  uint32_t              recent_restarts; /* supervisors: within the period, as of the last one */
};

/* ---- Writing: by the process that @supervisor (or the application master) is -------------------
 */

/* false: there is an application of that name. It is starting until it is said to run. @needs: as
 * in its specification. */
bool _grove_supervision_add_root (grove_pid          master,
                                  const char        *application,
                                  enum grove_restart type,
                                  const char *const *needs);
void _grove_supervision_set_state (grove_pid master, enum grove_node_state state);
void _grove_supervision_remove_root (grove_pid master);
/* A node that can have children appears. */
void _grove_supervision_open (grove_pid supervisor, const struct grove_supervision_node *self);
void _grove_supervision_close (grove_pid supervisor);
/* Appends a child, or replaces the one of that id in its place (restart). */
void _grove_supervision_put (grove_pid supervisor, const struct grove_supervision_node *child);
void _grove_supervision_remove (grove_pid supervisor, const char *id);
void _grove_supervision_restarted (grove_pid supervisor, uint32_t recent_restarts);

/* ---- Reading: any thread ----------------------------------------------------------------------
 */

/* Rises with every change of the forest. */
uint64_t _grove_supervision_revision (void);
/* Rises with every change of that node's children, and of how many children they have themselves;
 * 0: @parent is no supervisor, or nothing ever changed. @parent 0: the roots. */
uint64_t _grove_supervision_revision_of (grove_pid parent);
/* Copies the children of @parent (0: the roots) in start order from @offset, at most @n; *ret_total
 * counts all. false: no such supervisor. */
bool _grove_supervision_children (grove_pid                      parent,
                                  size_t                         offset,
                                  struct grove_supervision_node *nodes,
                                  size_t                         n,
                                  size_t                        *ret_n,
                                  size_t                        *ret_total);
/* The same from the first behind @place on (0: from the first), which is found at once when @place
 * is the last of what was copied before: who reads many reads them in parts, and holds up nobody.
 */
bool _grove_supervision_children_after (grove_pid                      parent,
                                        uint64_t                       place,
                                        struct grove_supervision_node *nodes,
                                        size_t                         n,
                                        size_t                        *ret_n,
                                        size_t                        *ret_total);
/* The child that is @pid: its node and its parent (0 for an application), both optional. O(1).
 * false: nobody supervises it. */
bool _grove_supervision_find (grove_pid                      pid,
                              grove_pid                     *ret_parent,
                              struct grove_supervision_node *ret_node);
/* After @pid died: the process that took its place, 0 when none has (yet), or it was long ago; see
 * aftermath.h. */
grove_pid _grove_supervision_successor (grove_pid pid);

/* Restarts of all children there ever were, since the runtime started. */
uint64_t _grove_supervision_restarts (void);
/* The master of the application of that name; 0: none. */
grove_pid _grove_supervision_application (const char *name);

/* What that application said it needs, then NULL; may be NULL. */
const char *const *_grove_supervision_needs (grove_pid master);

/* Asks the supervisor of @pid to terminate that child (by its shutdown rule) and to start it again
 * in its place: sends it a request. It does not count against the intensity, but in @restarts. Any
 * thread. Errors: GROVE_ERR_NOPROC (nobody supervises it), GROVE_ERR_BADARG (it is temporary, or
 * the top supervisor of an application: neither is ever restarted) */
enum grove_status _grove_supervision_restart (grove_pid pid);
