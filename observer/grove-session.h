/* SPDX-License-Identifier: MIT
 *
 * GroveSession: one observed system, seen from the observer. It holds the connection (and mends
 * it), what the system said of itself, its last sample, and what all views share: the one
 * selection, the one filter, the one pause. Views bind to its properties; they never see JSON.
 *
 * Threads: main thread only. It owns no process of the system: pids are text, and may be dead.
 */
#pragma once

#include "observer/grove-series.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define GROVE_PROTOCOL_ERROR (grove_protocol_error_quark ())
GQuark grove_protocol_error_quark (void); /* codes are those of PROTOCOL.md, and these: */
#define GROVE_PROTOCOL_ERROR_LOST   1     /* the connection ended before the answer */
#define GROVE_PROTOCOL_ERROR_BROKEN 2     /* the peer does not speak the protocol */

typedef enum
{
  GROVE_SESSION_IDLE,       /* no system chosen */
  GROVE_SESSION_CONNECTING, /* can be cancelled with grove_session_close() */
  GROVE_SESSION_LIVE,
  GROVE_SESSION_LOST,    /* it was live; what it showed stays; reconnecting by itself */
  GROVE_SESSION_REFUSED, /* cannot connect; see error-title, error-detail; "retry" by the user */
} GroveSessionState;
#define GROVE_TYPE_SESSION_STATE (grove_session_state_get_type ())
GType grove_session_state_get_type (void);

#define GROVE_TYPE_SESSION (grove_session_get_type ())
G_DECLARE_FINAL_TYPE (GroveSession, grove_session, GROVE, SESSION, GObject)

/* Properties (all notify):
 *   state            GroveSessionState, read
 *   target           string, read: as given to open()
 *   system-name      string, read: "shop", never NULL once a target is given
 *   error-title      string, read: one line of what went wrong, NULL when nothing did
 *   error-detail     string, read: what to do about it
 *   read-only        boolean, read: the role is observe
 *   round-trip-us    int64, read: last ping, -1 not known
 *   silent-ms        uint, read: for so long the system has said nothing at all, though it is asked
 *                    all the time: what is shown is how it was; 0: it answers
 *   update-rate      double, read: updates received a second, over the last second
 *   byte-rate        double, read: bytes received a second
 *   slowed-ms        uint, read: so far apart the system lets some updates come, since observing it
 *                    would cost too much otherwise; 0: all come as often as asked for
 *   cost             double, read: fraction of a core observing costs the system, -1 not known
 *   paused           boolean, read/write: views stand still; the system does not
 *   selected         string, read/write: the pid selected in all views, NULL none
 *   filter           string, read/write: the typed filter of all views, "" none
 *   min-interval-ms  uint, read/write: updates come no more often, whatever a view asks for; 0 as
 *                    often as it asks. The system's samples come as ever: charts lean on it
 *   syntax           string, read/write: "erlang" or "elixir", how terms come from now on; "system"
 *                    as that writes them: a node that runs Elixir in Elixir's
 * Signals:
 *   sample           a new GroveSample came: see grove_session_get_sample()
 *   reset            a new run of the system was reached: all pids are of the past
 *   gone (const char *pid, const char *successor) the selected process ended; successor may be NULL
 *   elsewhere (const char *node, const char *pid) what was to be selected is a process of another
 *                    node of the cluster
 *   undone (const char *method, const char *pid, const char *why) a command did not reach the
 * system
 */
GroveSession *grove_session_new (void);

/**
 * grove_session_open:
 * @target: where the system is, as grove_address_parse() reads it: a name, a socket's path,
 *   beam:node@host, ssh:[user@]host/name, exec:command; copied
 *
 * Connects. What comes of it is told by the property `state`.
 *
 * Blocks: no
 * Since: 0.1
 */
void grove_session_open (GroveSession *self, const char *target);

/* Ends it, cancels connecting and reconnecting; state becomes IDLE. Since: 0.1 */
void grove_session_close (GroveSession *self);

/* Emits "elsewhere". Since: 0.1 */
void grove_session_go_elsewhere (GroveSession *self, const char *node, const char *pid);

/* Whether it was refused for want of the right cookie, which grove-cookies.h takes. Since: 0.1 */
gboolean grove_session_wants_cookie (GroveSession *self);

/* Tries again now: to reach it, or, when it is live, for what it refused to tell. Since: 0.1 */
void grove_session_retry (GroveSession *self);

GroveSessionState grove_session_get_state (GroveSession *self);
const char       *grove_session_get_system_name (GroveSession *self);
const char       *grove_session_get_target (GroveSession *self);
/* Names the run of the system that was reached last; NULL before the first. */
const char *grove_session_get_instance (GroveSession *self);
gboolean    grove_session_get_paused (GroveSession *self);
void        grove_session_set_paused (GroveSession *self, gboolean paused);
const char *grove_session_get_selected (GroveSession *self);
void        grove_session_set_selected (GroveSession *self, const char *pid);
const char *grove_session_get_filter (GroveSession *self);
void        grove_session_set_filter (GroveSession *self, const char *filter);

guint       grove_session_get_min_interval_ms (GroveSession *self);
void        grove_session_set_min_interval_ms (GroveSession *self, guint interval_ms);
const char *grove_session_get_syntax (GroveSession *self);
void        grove_session_set_syntax (GroveSession *self, const char *syntax);

/**
 * grove_session_can:
 * @method: "process.kill" and the like
 * @ret_reason: (out) (optional): why not, for people; borrowed
 *
 * Returns: whether the method may be called now
 * Since: 0.1
 */
gboolean grove_session_can (GroveSession *self, const char *method, const char **ret_reason);

/* Returns: whether the system, as it last greeted us, has that column of the table `processes`;
 * an earlier version may not. Since: 0.1 */
gboolean grove_session_has_column (GroveSession *self, const char *column);

typedef struct
{
  gint64 t_ns;
  gint64 n_processes, max_processes, run_queue;
  guint  n_schedulers;
  double scheduler_utilisation[256]; /* 0..1 */
  gint64 memory_total, memory_heaps, memory_stacks, memory_mailboxes, memory_control;
  /* Of a BEAM; what is not told apart is 0. */
  gint64 memory_binaries, memory_tables, memory_code, memory_atoms, memory_rest;
  double reductions_per_s, messages_per_s, spawns_per_s, exits_per_s;
  double bytes_per_s; /* read and written */
  gint64 n_spawns, n_exits, n_crashes, n_restarts;
  /* Not every system counts them: without, they are 0. */
  gboolean counts_messages, counts_spawns, counts_bytes;
  double   observing_cpu;
  gint64   n_sessions;
} GroveSample;

/* Returns: (nullable): borrowed, until the next; NULL before the first. Since: 0.1 */
const GroveSample *grove_session_get_sample (GroveSession *self);

typedef enum
{
  GROVE_METRIC_PROCESSES,
  GROVE_METRIC_MESSAGES_PER_S,
  GROVE_METRIC_MEMORY,
  GROVE_METRIC_RUN_QUEUE,
  GROVE_METRIC_REDUCTIONS_PER_S,
  GROVE_METRIC_UTILISATION,
  GROVE_METRIC_BYTES_PER_S,
  GROVE_N_METRICS,
} GroveMetric;

/* Returns: a minute of it, two samples a second; borrowed. Since: 0.1 */
GroveSeries *grove_session_get_series (GroveSession *self, GroveMetric metric);

/* Returns: the process id of the program that is observed, where it runs on this machine; 0 not
 * known. Since: 0.1 */
int grove_session_get_os_pid (GroveSession *self);

/* Returns: the source's clock now, estimated from the last sample; for ages. Since: 0.1 */
gint64 grove_session_now_ns (GroveSession *self);

/* Returns: when @t_ns of the source's clock was, as g_get_real_time(), by the greeting of the
 * system; -1 not known. Since: 0.1 */
gint64 grove_session_get_utc_us (GroveSession *self, gint64 t_ns);

G_END_DECLS
