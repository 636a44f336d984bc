/* SPDX-License-Identifier: MIT
 *
 * Applications: the roots of the supervision forest. An application is a process (its master) that
 * starts one top supervisor and belongs to nobody; when the top supervisor ends, so does it, and
 * whoever started it is told, so that a log can say `Application NAME exited: REASON`. Every
 * process spawned below the master is of its group; those that are left when the tree has ended are
 * killed.
 */
#pragma once

#include "runtime/otp/supervisor.h"

GROVE_BEGIN_DECLS

/* What the end of an application that nobody stopped means. */
enum grove_application_type
{
  GROVE_APPLICATION_TEMPORARY, /* nothing, but that exited() is told */
  GROVE_APPLICATION_TRANSIENT, /* the runtime stops, unless the reason was `normal` */
  GROVE_APPLICATION_PERMANENT, /* the runtime stops */
};

struct grove_application_spec
{
  const char                 *name; /* 1 to 63 bytes; copied */
  enum grove_application_type type;
  /* The applications that must run before it can start, then NULL; may be NULL. Static storage. */
  const char *const *needs;
  /* Starts the top supervisor; runs in the master. */
  enum grove_status (*start) (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason);
  const void *arg; /* must outlive the application */
  /* It has ended, or failed to start; `stopped` when grove_application_stop() was called. Runs in
   * the master, at its end: it must not receive or spawn. May be NULL. */
  void (*exited) (const char *name, const char *reason);
  /* Called in order when the top supervisor has started, then NULL; both may be NULL. Anything but
   * GROVE_OK is a start that failed. Runs in the master. Static storage. */
  const char *const *phases;
  enum grove_status (*start_phase) (const char *phase, const void *arg);
  /* Before the top supervisor is stopped, or when it has ended by itself; and after that. Run in
   * the master, unless that was killed. May be NULL. */
  void (*prep_stop) (const void *arg);
  void (*stop) (const void *arg);
};

/**
 * grove_application_start:
 * @spec: copied, but for what it says of its members
 * @ret_master: (out): the master; with GROVE_ERR_NAME_TAKEN the one that runs
 *
 * Returns when the top supervisor has started.
 *
 * Threads: owner process only. Blocks: yes. Cost: that of its tree.
 * Errors: GROVE_ERR_NAME_TAKEN, GROVE_ERR_EXITED (the top supervisor or a phase failed),
 * GROVE_ERR_NO_NAME (one that it needs does not run), GROVE_ERR_BADARG
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_application_start (const struct grove_application_spec *spec,
                                                        grove_pid *ret_master) GROVE_NODISCARD;

/**
 * grove_application_load:
 * @spec: static storage, with all that it points to
 *
 * Makes it known by its name, so that who observes the system can start it, also again when it was
 * stopped. It is not started.
 *
 * Threads: any thread. Blocks: no. Cost: O(those that are loaded).
 * Errors: GROVE_ERR_NAME_TAKEN (one of that name is), GROVE_ERR_BADARG
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_application_load (const struct grove_application_spec *spec) GROVE_NODISCARD;

/**
 * grove_application_unload:
 *
 * Forgets what grove_application_load() was told; one that runs goes on.
 *
 * Threads: any thread. Blocks: no. Cost: O(those that are loaded).
 * Errors: GROVE_ERR_NO_NAME
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_application_unload (const char *name) GROVE_NODISCARD;

/**
 * grove_application_stop:
 * @name: of an application the caller is no part of
 *
 * Stops its tree in reverse order, and waits for it.
 *
 * Threads: owner process only. Blocks: yes. Cost: that of its tree.
 * Errors: GROVE_ERR_NO_NAME, GROVE_ERR_CALLING_SELF (by its master: one of its functions)
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_application_stop (const char *name) GROVE_NODISCARD;

/**
 * grove_application_start_all:
 * @specs: @n of them, in any order; each as for grove_application_start()
 *
 * Starts them so that each comes after those it needs. One that runs already is left alone. When
 * one fails, those that were started here are stopped again, in reverse.
 *
 * Threads: owner process only. Blocks: yes. Cost: that of their trees.
 * Errors: GROVE_ERR_BADARG (they need each other, or a bad spec), and what
 * grove_application_start() answers
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_application_start_all (const struct grove_application_spec *const *specs,
                             size_t                                      n) GROVE_NODISCARD;

/**
 * grove_application_stop_all:
 *
 * Stops all applications, the last one started first, and waits for each; but not the one that the
 * caller is part of.
 *
 * Threads: owner process only. Blocks: yes. Cost: that of their trees.
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_application_stop_all (void);

GROVE_END_DECLS
