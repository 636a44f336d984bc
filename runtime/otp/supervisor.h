/* SPDX-License-Identifier: MIT
 *
 * Supervisors: start children in order, restart those that die as their kind of restart says, give
 * up when that happens more often than the restart intensity allows. OTP's semantics; departures
 * are named in otp/DESIGN.md.
 *
 * A supervisor is a server and answers these calls as OTP's does: `which_children` (newest first,
 * [{Id | undefined, Pid | undefined | restarting, worker | supervisor, []}]) and `count_children`
 * ([{specs, N}, {active, N}, {supervisors, N}, {workers, N}]). Ids are atoms there.
 *
 * The functions below that ask a supervisor answer GROVE_ERR_NOPROC too when @supervisor is another
 * kind of process, which then hears nothing; GROVE_ERR_CALLING_SELF when it is the caller; and
 * GROVE_ERR_EXITED when it ends before it has answered.
 */
#pragma once

#include "runtime/otp/server.h"

GROVE_BEGIN_DECLS

enum grove_strategy
{
  GROVE_ONE_FOR_ONE,  /* only the child that ended is restarted */
  GROVE_ONE_FOR_ALL,  /* all others are stopped, in reverse, and all are started again, in order */
  GROVE_REST_FOR_ONE, /* likewise those that were started after it; the earlier ones go on */
  /* Any number of children of one kind, made by grove_supervisor_start_dynamic(); the supervisor's
   * only spec is what they have in common. They are stopped all at once. */
  GROVE_SIMPLE_ONE_FOR_ONE,
};

/* Whether the supervisor ends, with `shutdown`, when significant children have ended by themselves
 * and are not restarted. */
enum grove_auto_shutdown
{
  GROVE_AUTO_SHUTDOWN_NEVER,
  GROVE_AUTO_SHUTDOWN_ANY, /* the first of them */
  GROVE_AUTO_SHUTDOWN_ALL, /* the last of them */
};

enum grove_restart
{
  GROVE_PERMANENT, /* always restarted */
  GROVE_TRANSIENT, /* restarted unless it ended normal, shutdown or {shutdown, _} */
  GROVE_TEMPORARY, /* never restarted; forgotten when it ends */
};

enum grove_child_type
{
  GROVE_WORKER,
  GROVE_SUPERVISOR,
};

/* The longest id of a child and name of an application, with its NUL. */
#define GROVE_CHILD_ID_SIZE 64

#define GROVE_SHUTDOWN_KILL     0 /* no asking */
#define GROVE_SHUTDOWN_INFINITY UINT32_MAX

struct grove_child_spec
{
  /* Unique among its siblings, at most 63 bytes; copied; NULL: one is made for it. */
  const char *id;
  /* Starts the child, linked to the caller, as grove_server_start() does; runs in the supervisor.
   * GROVE_IGNORED: it chose not to run; a temporary one is forgotten, others stay without a
   * process. What it appends to @ret_reason beside GROVE_OK is told to who asked for the child. */
  enum grove_status (*start) (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason);
  const void           *arg; /* copied when arg_size > 0, else it must outlive the supervisor */
  size_t                arg_size;
  enum grove_restart    restart;
  enum grove_child_type type;
  uint32_t              shutdown_ms; /* 0 kill; UINT32_MAX wait for ever; asked with `shutdown` */
  bool                  significant; /* for auto_shutdown; not with GROVE_PERMANENT */
};

/* OTP's for a worker; a supervisor among the children wants GROVE_SHUTDOWN_INFINITY. */
#define GROVE_CHILD_DEFAULTS                                                                       \
  {                                                                                                \
    .restart = GROVE_PERMANENT, .type = GROVE_WORKER, .shutdown_ms = 5000                          \
  }

struct grove_supervisor_spec
{
  const char                    *name; /* registered; may be NULL */
  enum grove_strategy            strategy;
  unsigned                       intensity; /* restarts within @period_s before it gives up */
  unsigned                       period_s;  /* at least 1 */
  enum grove_auto_shutdown       auto_shutdown;
  const struct grove_child_spec *children;
  size_t                         n_children;
  size_t                         max_children; /* GROVE_SIMPLE_ONE_FOR_ONE; 0: no limit */
};

/* OTP's. */
#define GROVE_SUPERVISOR_DEFAULTS                                                                  \
  {                                                                                                \
    .strategy = GROVE_ONE_FOR_ONE, .intensity = 1, .period_s = 5                                   \
  }

/**
 * grove_supervisor_start:
 * @spec: copied, but for what it says of its members
 * @ret_pid: (out): the supervisor, linked to the caller
 * @ret_reason: (optional): why a child failed, or what is wrong with @spec, is appended
 *
 * Returns when every child has started, in their order. What is wrong with a spec is told as OTP
 * does: {supervisor_data, What} for the supervisor's own fields, {start_spec, What} for a child's,
 * {bad_start_spec, []} where GROVE_SIMPLE_ONE_FOR_ONE has not exactly one child.
 *
 * ```c
 * static enum grove_status
 * echo_init (const void *arg, void **state)
 * {
 *   (void) arg;
 *   (void) state;
 *   return GROVE_OK;
 * }
 *
 * static enum grove_next
 * echo_call (struct grove_term request, struct grove_from from, void *state)
 * {
 *   (void) state;
 *   grove_assert (!grove_match (request, "crash"));
 *   grove_reply (from, "~t", request);
 *   return GROVE_CONTINUE;
 * }
 *
 * static enum grove_status
 * echo_start (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
 * {
 *   static const struct grove_server_callbacks echo = {
 *     .module = "echo",
 *     .init = echo_init,
 *     .handle_call = echo_call,
 *   };
 *   struct grove_server_options options = GROVE_SERVER_DEFAULTS;
 *
 *   (void) arg;
 *   options.name = "echo";
 *   options.link = true;
 *   return grove_server_start (&echo, &options, ret_pid, ret_reason);
 * }
 *
 * struct grove_child_spec      child = GROVE_CHILD_DEFAULTS;
 * struct grove_supervisor_spec spec = GROVE_SUPERVISOR_DEFAULTS;
 * struct grove_message        *reply;
 * grove_pid                    supervisor;
 *
 * child.id = "echo";
 * child.start = echo_start;
 * spec.children = &child;
 * spec.n_children = 1;
 * grove_assert (grove_supervisor_start (&spec, &supervisor, NULL) == GROVE_OK);
 * grove_assert (grove_call (grove_whereis ("echo"), GROVE_FOREVER, &reply, "crash")
 *               == GROVE_ERR_EXITED);
 * // It is there again as soon as the supervisor answers.
 * grove_assert (grove_call (supervisor, GROVE_FOREVER, &reply, "count_children") == GROVE_OK);
 * grove_message_free (reply);
 * grove_assert (grove_call (grove_whereis ("echo"), GROVE_FOREVER, &reply, "hi") == GROVE_OK);
 * grove_message_free (reply);
 * ```
 *
 * Threads: owner process only. Blocks: yes, until the last has started. Cost: that of the children.
 * Errors: GROVE_ERR_EXITED (a child failed; those started are stopped in reverse), GROVE_ERR_BADARG
 * (a bad spec), GROVE_ERR_NAME_TAKEN
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_supervisor_start (const struct grove_supervisor_spec *spec,
                        grove_pid                          *ret_pid,
                        struct grove_buffer                *ret_reason) GROVE_NODISCARD;

/**
 * grove_supervisor_start_child:
 * @spec: copied
 * @ret_pid: (out): the child; with GROVE_ERR_NAME_TAKEN who has the id, 0 when it does not run
 * @ret_reason: (optional): why it failed, or what its start told beside success, is appended
 *
 * Adds a child and starts it.
 *
 * Threads: owner process only, any but the supervisor itself. Blocks: yes. Cost: a call.
 * Errors: GROVE_ERR_NAME_TAKEN (the id is in use), GROVE_ERR_EXITED (it failed to start and is not
 * kept), GROVE_ERR_NOPROC, GROVE_ERR_BADARG (a bad spec; one for GROVE_SIMPLE_ONE_FOR_ONE)
 * Returns: GROVE_OK, or GROVE_IGNORED
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_supervisor_start_child (grove_pid                      supervisor,
                              const struct grove_child_spec *spec,
                              grove_pid                     *ret_pid,
                              struct grove_buffer           *ret_reason) GROVE_NODISCARD;

/**
 * grove_supervisor_start_dynamic:
 * @supervisor: one with GROVE_SIMPLE_ONE_FOR_ONE
 * @arg: for the start function, instead of the spec's; copied when @arg_size > 0. It is kept for
 * restarts, and not at all for temporary children
 * @ret_pid: (out): the child
 * @ret_reason: (optional): as for grove_supervisor_start_child()
 *
 * Threads: owner process only, any but the supervisor itself. Blocks: yes. Cost: a call
 * Errors: GROVE_ERR_EXITED (it failed to start), GROVE_ERR_SYSTEM_LIMIT (max_children),
 * GROVE_ERR_NOPROC, GROVE_ERR_BADARG (another strategy, or an @arg of more than 1 GiB)
 * Returns: GROVE_OK, or GROVE_IGNORED
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_supervisor_start_dynamic (grove_pid            supervisor,
                                const void          *arg,
                                size_t               arg_size,
                                grove_pid           *ret_pid,
                                struct grove_buffer *ret_reason) GROVE_NODISCARD;

/**
 * grove_supervisor_terminate_child:
 * @id: of a child
 *
 * Stops the child; its spec stays, unless it is temporary. GROVE_OK also when it was stopped
 * already.
 *
 * Threads: owner process only, any but the supervisor itself. Blocks: yes. Cost: a call.
 * Errors: GROVE_ERR_NO_NAME (no such child), GROVE_ERR_NOPROC, GROVE_ERR_BADARG
 * (GROVE_SIMPLE_ONE_FOR_ONE)
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_supervisor_terminate_child (grove_pid supervisor, const char *id) GROVE_NODISCARD;

/**
 * grove_supervisor_terminate_dynamic:
 * @supervisor: one with GROVE_SIMPLE_ONE_FOR_ONE
 * @child: of that supervisor; GROVE_OK also when it has ended already
 *
 * Stops the child and forgets it.
 *
 * Threads: owner process only, any but the supervisor itself. Blocks: yes. Cost: a call
 * Errors: GROVE_ERR_NO_NAME (a process that is no child of it, or another strategy),
 * GROVE_ERR_NOPROC
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_supervisor_terminate_dynamic (grove_pid supervisor, grove_pid child) GROVE_NODISCARD;

/**
 * grove_supervisor_restart_child:
 * @id: of a child that was terminated, or that ended and was not restarted
 * @ret_pid: (out): the new process
 *
 * Threads: owner process only, any but the supervisor itself. Blocks: yes. Cost: a call.
 * Errors: GROVE_ERR_BUSY (it runs, or is being restarted), GROVE_ERR_EXITED (it failed to start),
 * GROVE_ERR_NO_NAME, GROVE_ERR_NOPROC, GROVE_ERR_BADARG (GROVE_SIMPLE_ONE_FOR_ONE)
 * Returns: GROVE_OK, or GROVE_IGNORED
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_supervisor_restart_child (grove_pid   supervisor,
                                                               const char *id,
                                                               grove_pid  *ret_pid) GROVE_NODISCARD;

/**
 * grove_supervisor_delete_child:
 * @id: of a child that does not run
 *
 * Forgets it.
 *
 * Threads: owner process only, any but the supervisor itself. Blocks: yes. Cost: a call.
 * Errors: as grove_supervisor_restart_child()
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_supervisor_delete_child (grove_pid supervisor, const char *id) GROVE_NODISCARD;

struct grove_child_info
{
  const char           *id;         /* NULL: GROVE_SIMPLE_ONE_FOR_ONE */
  grove_pid             pid;        /* 0: it does not run */
  bool                  restarting; /* its last start failed, and is tried again */
  enum grove_child_type type;
};

/**
 * grove_supervisor_which_children:
 * @visit: (scope call): once a child, newest first; what it is given is gone when it returns
 *
 * Threads: owner process only, any but the supervisor itself. Blocks: yes. Cost: O(children)
 * Errors: GROVE_ERR_NOPROC, GROVE_ERR_EXITED, GROVE_ERR_BADARG
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_supervisor_which_children (grove_pid supervisor,
                                 void (*visit) (const struct grove_child_info *child,
                                                void                          *user_data),
                                 void *user_data) GROVE_NODISCARD;

struct grove_children_count
{
  uint64_t specs;       /* GROVE_SIMPLE_ONE_FOR_ONE: 1 */
  uint64_t active;      /* run */
  uint64_t supervisors; /* whether they run or not */
  uint64_t workers;     /* likewise */
};

/**
 * grove_supervisor_count_children:
 *
 * Threads: owner process only, any but the supervisor itself. Blocks: yes. Cost: O(children)
 * Errors: GROVE_ERR_NOPROC, GROVE_ERR_EXITED, GROVE_ERR_BADARG
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_supervisor_count_children (grove_pid                    supervisor,
                                 struct grove_children_count *ret_count) GROVE_NODISCARD;

GROVE_END_DECLS
