/* SPDX-License-Identifier: MIT
 *
 * grove_source: the one interface between the protocol server and whatever is being watched. The
 * runtime, a BEAM node and a recording implement it; the server, and so the observer, cannot tell
 * which one it is, except by the functions that are there.
 *
 * Threads: everything here is called on the server's thread, and must return without blocking. A
 * source that has to wait (for a scheduler, a remote node) keeps the grove_call and finishes it
 * later, from grove_source.dispatch(), which the server calls when the descriptor get_fd() gave is
 * readable. Every call is finished exactly once, with grove_call_end() or grove_call_fail(); when a
 * session ends first, cancel() is called and the source still finishes the call, whose result is
 * then dropped.
 *
 * A function that is NULL is a capability the source does not have; `absent` says why, in words.
 *
 * Process identifiers are text exactly as the system prints them, at most GROVE_SOURCE_PID_SIZE - 1
 * bytes. Strings in arguments live until the function returns.
 */
#pragma once

#include "protocol/writer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GROVE_SOURCE_PID_SIZE 64

/* Error codes of the protocol (PROTOCOL.md, "Errors"). */
enum grove_error
{
  GROVE_ERROR_PARSE = -32700,
  GROVE_ERROR_INVALID_REQUEST = -32600,
  GROVE_ERROR_UNKNOWN_METHOD = -32601,
  GROVE_ERROR_INVALID_PARAMS = -32602,
  GROVE_ERROR_INTERNAL = -32603,
  GROVE_ERROR_NOT_OPEN = -32000,
  GROVE_ERROR_FORBIDDEN = -32002,
  GROVE_ERROR_NO_PROCESS = -32003,
  GROVE_ERROR_NO_SUBSCRIPTION = -32004,
  GROVE_ERROR_LIMIT = -32005,
  GROVE_ERROR_BUSY = -32006,
  GROVE_ERROR_NOT_REACHED = -32007,
  GROVE_ERROR_OTHER_PROCESS = -32008,
  GROVE_ERROR_NOT_SUPPORTED = -32009,
  GROVE_ERROR_PROTECTED = -32011,
  GROVE_ERROR_SHUTTING_DOWN = -32012,
  GROVE_ERROR_CANCELLED = -32800,
};

/* One question under way; opaque to the source. */
struct grove_call;

/**
 * grove_call_begin:
 *
 * The writer stands where the `result` goes: write exactly one JSON value, then grove_call_end().
 *
 * Returns: borrowed, until grove_call_end()
 * Since: 0.1
 */
struct grove_writer *grove_call_begin (struct grove_call *call);

/* @call: (transfer full). Since: 0.1 */
void grove_call_end (struct grove_call *call);

/**
 * grove_call_fail:
 * @call: (transfer full)
 * @data_json: (nullable): a JSON object for `error.data`, e.g. {"exited":{...}}; copied
 * @message_format: one sentence for people
 *
 * Since: 0.1
 */
void grove_call_fail (struct grove_call *call,
                      enum grove_error   code,
                      const char        *data_json,
                      const char        *message_format,
                      ...) __attribute__ ((format (printf, 4, 5)));

/* What a control call demands of its target; members not given are empty (NULL, 0). */
struct grove_expect
{
  const char *name; /* its name or label */
  uint64_t    started_ns;
};

/* How a client wants terms: see PROTOCOL.md, "Names and values". */
struct grove_term_style
{
  bool     elixir;    /* the syntax of texts; else Erlang's */
  bool     tree;      /* with a tree that can be folded, beside the text */
  bool     costly;    /* messages that can only be copied all together, too */
  uint32_t max_bytes; /* of each text */
};

enum grove_column_type
{
  GROVE_COLUMN_INT,
  GROVE_COLUMN_REAL,
  GROVE_COLUMN_TEXT,
  GROVE_COLUMN_BOOL,
};

struct grove_column
{
  const char            *name; /* as on the wire: "messages", "reductions/s" */
  enum grove_column_type type;
  const char            *unit; /* "bytes", "ns", "1/s" or "" */
};

/* A table a source offers. The first column is the row's key. */
struct grove_table
{
  const char                *name; /* "processes" */
  const struct grove_column *columns;
  size_t                     n_columns;
  bool numbered; /* its key counts rows, of which the oldest go; such a table can be followed */
  bool of;       /* it belongs to a process: grove_table_query.of */
};

struct grove_filter; /* query.h */

struct grove_sort_key
{
  uint32_t column;
  bool     descending;
};
#define GROVE_SORT_KEYS 4

/* A window into a sorted, filtered table. The order is total: a source ends it with the key column.
 */
struct grove_table_query
{
  uint32_t              table;   /* index into grove_source_ops.tables */
  const uint32_t       *columns; /* what each row holds, in this order; [0] is always column 0 */
  size_t                n_columns;
  struct grove_sort_key sort[GROVE_SORT_KEYS];
  size_t                n_sort;
  const struct grove_filter *filter; /* NULL: all */
  uint64_t                   offset;
  uint32_t                   limit;
  char                       of[GROVE_SOURCE_PID_SIZE]; /* "" unless the table has `of` */
  bool                       hide_payloads;             /* contents of messages are "" */
  /* Not a window, but the first `limit` rows whose numbers are above `after`, in their order;
   * GROVE_AFTER_NEWEST: none. Sorted by nothing. */
  bool     follows;
  uint64_t after;
  /* Not "": the row of this key is to be the anchor_row-th of the window, wherever that is, if it
   * is among the rows at all. A source that cannot do that goes by `offset`. */
  char     anchor[GROVE_SOURCE_PID_SIZE];
  uint32_t anchor_row;
  /* Not NULL: the rows of these keys, as far as they are still there, in this order; no filter, no
   * window. */
  const char *const *keys;
  size_t             n_keys;
};
#define GROVE_AFTER_NEWEST UINT64_MAX

/* Where a source puts the window's rows, in order. */
struct grove_rows;

/**
 * grove_rows_begin:
 * @key: of the row, copied
 *
 * Begins a row: write one JSON value a column, first the key again, then grove_rows_end().
 *
 * Returns: a writer inside the row's array, borrowed
 * Since: 0.1
 */
struct grove_writer *grove_rows_begin (struct grove_rows *rows, const char *key);
void                 grove_rows_end (struct grove_rows *rows);
/**
 * grove_rows_lost:
 * @n: rows that there were, or are, and that are not told of
 * @position: of a table that is followed: the number up to which it was now; @n are those between
 *   `after` and this one
 *
 * Before grove_rows_done(), if there is anything to say.
 *
 * Since: 0.1
 */
void grove_rows_lost (struct grove_rows *rows, uint64_t n, uint64_t position);
/**
 * grove_rows_anchored:
 * @offset: of the window's first row
 *
 * Before grove_rows_done(): the query's anchor is in its place.
 *
 * Since: 0.1
 */
void grove_rows_anchored (struct grove_rows *rows, uint64_t offset);
/* False: whoever asked is gone or asks something else; the answer, which must still be given, may
 * as well be empty. Since: 0.1 */
bool grove_rows_wanted (const struct grove_rows *rows);
/**
 * grove_rows_done:
 * @rows: (transfer full)
 * @total: rows of the table
 * @matched: those the filter accepts
 * @sampled_ns: when the sample was taken, on the source's clock
 *
 * Finishes a table query; grove_rows_fail() does so without an answer: GROVE_ERROR_NO_PROCESS when
 * `of` has no such rows.
 *
 * Since: 0.1
 */
void
grove_rows_done (struct grove_rows *rows, uint64_t total, uint64_t matched, uint64_t sampled_ns);
void grove_rows_fail (struct grove_rows *rows, enum grove_error code, const char *message);

/* What one session holds of the source besides its questions: the processes it suspends. */
struct grove_source_lease;

/* A node of the supervision forest. */
struct grove_tree_node
{
  uint64_t    handle; /* what tree_metrics() is given for it */
  char        pid[GROVE_SOURCE_PID_SIZE];
  char        replaces[GROVE_SOURCE_PID_SIZE]; /* "" or the process whose place it took */
  const char *kind;                            /* "application" "supervisor" "worker" "process" */
  char        name[96]; /* what a person calls it: name, else label, else id */
  uint32_t    n_children;
  const char *status;
  const char *strategy; /* "" when it is no supervisor */
  uint32_t    restarts;
  uint32_t    intensity, period_s, recent_restarts; /* supervisors; 0 else */
};
struct grove_nodes;

/* @node: copied. In order. Since: 0.1 */
void grove_nodes_add (struct grove_nodes *nodes, const struct grove_tree_node *node);

/**
 * grove_nodes_done:
 * @nodes: (transfer full)
 * @total: children in all, of which at most the asked number were added
 * @revision: as grove_source_ops.tree_revision() gives it
 *
 * Finishes a question for children.
 *
 * Since: 0.1
 */
void grove_nodes_done (struct grove_nodes *nodes, uint64_t total, uint64_t revision);

/* @nodes: (transfer full). There is no such node (any more). Since: 0.1 */
void grove_nodes_gone (struct grove_nodes *nodes);

/* @nodes: (transfer full). It cannot be told now: what was told before stays, and it is asked
 * again. Since: 0.1 */
void grove_nodes_unknown (struct grove_nodes *nodes);

/* What rates are computed of; running sums. */
struct grove_process_counts
{
  uint64_t at_ns; /* on the source's clock */
  uint64_t reductions;
  uint64_t received; /* messages put into its mailbox */
};

enum grove_supervisor_action
{
  GROVE_SUPERVISOR_START_CHILD,
  GROVE_SUPERVISOR_TERMINATE_CHILD,
  GROVE_SUPERVISOR_RESTART_CHILD,
  GROVE_SUPERVISOR_DELETE_CHILD,
};

struct grove_source_ops
{
  const char *kind;    /* "grove" "beam" "recording" */
  const char *version; /* of the source */

  const struct grove_table *tables;
  size_t                    n_tables;

  /* The system's name; static for the life of the source. */
  const char *(*name) (void *self);
  /* Names this run of the system among all runs: any text up to 32 characters. */
  const char *(*instance) (void *self);
  uint64_t (*now_ns) (void *self);
  /* How long the system has said nothing to a source that is not in it. NULL: it is. */
  uint64_t (*silent_ns) (void *self);
  /* Writes one JSON value: why @method (e.g. "process.restart") is absent. NULL: a general phrase.
   */
  const char *(*absent) (void *self, const char *method);

  /* Readable when dispatch() has something to do; -1: never. */
  int (*get_fd) (void *self);
  void (*dispatch) (void *self);
  /* The session that asked @call is gone. NULL: nothing to do. */
  void (*cancel) (void *self, struct grove_call *call);

  /* All subscriptions share one sample: begin_tick() is called once before the queries of a tick,
   * and what they read may be kept until the next. NULL: nothing to do. */
  void (*begin_tick) (void *self);

  void (*system_info) (void *self, struct grove_call *call);
  /* Writes the members of one `system.sample` (all but sub and seq) into an object already begun.
   */
  void (*system_sample) (void *self, struct grove_writer *writer);

  /* @query and all it points to live until the rows are done or failed. */
  void (*table_query) (void *self, const struct grove_table_query *query, struct grove_rows *rows);

  /* The children of @pid in order (NULL: the roots), at most @limit. */
  void (*tree_children) (void *self, const char *pid, uint32_t limit, struct grove_nodes *nodes);
  /* Changes whenever what tree_children() says of @pid may have changed; 0: no such node. Cheap.
   * NULL: not known, ask each time. */
  uint64_t (*tree_revision) (void *self, const char *pid);
  /* Values of @column of the table "processes", which holds numbers, of @n processes by the handles
   * that their nodes had; NAN where gone. Asked for none before the children are: a source that has
   * to fetch them then knows what will be wanted. */
  void (*tree_metrics) (
    void *self, uint32_t column, const uint64_t *handles, size_t n, double *values);

  void (*process_get) (void *self, struct grove_call *call, const char *pid);
  void (*process_messages) (void                          *self,
                            struct grove_call             *call,
                            const char                    *pid,
                            uint64_t                       offset,
                            uint32_t                       limit,
                            const struct grove_term_style *style);
  void (*process_dictionary) (void                          *self,
                              struct grove_call             *call,
                              const char                    *pid,
                              uint64_t                       offset,
                              uint32_t                       limit,
                              const struct grove_term_style *style);
  /* What the server in it says its state is; it may take as long as @timeout_ms. */
  void (*process_state) (void                          *self,
                         struct grove_call             *call,
                         const char                    *pid,
                         const struct grove_term_style *style,
                         uint32_t                       timeout_ms);
  /* Writes the members of a `process.sample` (all but sub, seq, pid and the rates) into an object
   * already begun, at once. False: there is no such process (any more); what is known of its end
   * was written. */
  bool (*process_sample) (void                        *self,
                          const char                  *pid,
                          struct grove_writer         *writer,
                          struct grove_process_counts *ret_counts);
  /* The frames, innermost first, at most @limit. */
  void (*process_stack) (void *self, struct grove_call *call, const char *pid, uint32_t limit);
  /* @reason: NULL kills; else term text as a person types it. */
  void (*process_exit) (void                      *self,
                        struct grove_call         *call,
                        const char                *pid,
                        const struct grove_expect *expect,
                        const char                *reason,
                        uint32_t                   wait_ms);
  void (*process_restart) (void                      *self,
                           struct grove_call         *call,
                           const char                *pid,
                           const struct grove_expect *expect,
                           uint32_t                   wait_ms);
  void (*process_set_priority) (void                      *self,
                                struct grove_call         *call,
                                const char                *pid,
                                const struct grove_expect *expect,
                                const char                *priority);
  /* Gives back what memory it can do without, and says how much that was. */
  void (*process_gc) (void                      *self,
                      struct grove_call         *call,
                      const char                *pid,
                      const struct grove_expect *expect);
  /* @message: term text as a person types it. */
  void (*process_send) (void                      *self,
                        struct grove_call         *call,
                        const char                *pid,
                        const struct grove_expect *expect,
                        const char                *message);

  /* @hide_payloads: nothing of messages or the dictionary. */
  void (*crash_get) (void *self, struct grove_call *call, uint64_t seq, bool hide_payloads);

  /* What supervisor @pid is, and of its children in start order at most @limit from @offset on. */
  void (*supervisor_info) (
    void *self, struct grove_call *call, const char *pid, uint64_t offset, uint32_t limit);
  /* @child: an id, or a pid where children have no ids; NULL where none is needed. */
  void (*supervisor_act) (void                        *self,
                          struct grove_call           *call,
                          const char                  *pid,
                          const struct grove_expect   *expect,
                          enum grove_supervisor_action action,
                          const char                  *child,
                          uint32_t                     wait_ms);

  /* Starts application @name, and before it those it needs. @type: NULL: as the source thinks. */
  void (*application_start) (
    void *self, struct grove_call *call, const char *name, const char *type, uint32_t wait_ms);
  void (*application_stop) (void              *self,
                            struct grove_call *call,
                            const char        *name,
                            uint32_t           wait_ms);

  /* One a session, from the first time it needs it until it ends, however that comes; all that it
   * still suspends then runs again, calls under way included. Needed for process_suspend(). */
  struct grove_source_lease *(*lease_new) (void *self);
  void (*lease_end) (void *self, struct grove_source_lease *lease);
  /* How many processes @lease suspends. NULL: not known. */
  uint32_t (*lease_count) (void *self, struct grove_source_lease *lease);
  /* @lease suspends it, or does not: twice is once. Answered when it stands still. */
  void (*process_suspend) (void                      *self,
                           struct grove_call         *call,
                           struct grove_source_lease *lease,
                           const char                *pid,
                           const struct grove_expect *expect);
  void (*process_resume) (void                      *self,
                          struct grove_call         *call,
                          struct grove_source_lease *lease,
                          const char                *pid,
                          const struct grove_expect *expect);
};

struct grove_source
{
  const struct grove_source_ops *ops;
  void                          *self;
  bool elixir; /* terms are in Elixir's syntax for who does not say which he wants */
};
