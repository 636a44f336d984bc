/* SPDX-License-Identifier: MIT
 *
 * A session from the inside, shared by the files it is made of: the object (grove-session.c), how
 * it connects (grove-session-link.c) and stays (grove-session-pulse.c), what it samples
 * (grove-session-sample.c), what became of the selected process (grove-session-selection.c), and
 * the words for what went wrong (grove-trouble.c).
 */
#pragma once

#include "observer/grove-address.h"
#include "observer/grove-child.h"
#include "observer/grove-observer-private.h"

G_BEGIN_DECLS

typedef enum
{
  GROVE_TROUBLE_NONE,
  GROVE_TROUBLE_BAD_ADDRESS,
  GROVE_TROUBLE_NO_COMMAND, /* it could not be run */
  GROVE_TROUBLE_COMMAND,    /* it ended before there was a session */
  GROVE_TROUBLE_NO_SYSTEM,  /* no such socket */
  GROVE_TROUBLE_STALE,      /* a socket nobody listens on */
  GROVE_TROUBLE_PERMISSION, /* the file system said no */
  GROVE_TROUBLE_NO_SOCKET,  /* the path is something else */
  GROVE_TROUBLE_REJECTED,   /* closed without a word */
  GROVE_TROUBLE_FULL,       /* as many observers as it allows */
  GROVE_TROUBLE_SILENT,     /* connected, but no greeting */
  GROVE_TROUBLE_NOT_GROVE,  /* what came is no greeting of ours */
  GROVE_TROUBLE_VERSION,
  GROVE_TROUBLE_NOT_OPENED,   /* it refused the session */
  GROVE_TROUBLE_OTHER,        /* the operating system's own words */
  GROVE_TROUBLE_LOST,         /* from here on: it was live */
  GROVE_TROUBLE_COMMAND_LOST, /* likewise, with what the command said */
  GROVE_TROUBLE_HUNG,         /* it does not answer any more */
  GROVE_TROUBLE_SHUTDOWN,
  GROVE_TROUBLE_SLOW,
  GROVE_TROUBLE_ERRORS,
  GROVE_TROUBLE_LIMIT,
  GROVE_TROUBLE_GOODBYE, /* for another reason */
  GROVE_TROUBLE_BROKEN,
} GroveTrouble;

/* Plain text, not markup. @fact: what is special about this case (a path, a version, a sentence).
 * Both are transfer full. */
void _grove_trouble_describe (GroveTrouble trouble,
                              const char  *system_name,
                              const char  *place, /* the socket's path, or the command */
                              const char  *fact,
                              char       **ret_title,
                              char       **ret_detail);

/* What is wrong with an Erlang node, or the way to it: how grove-beam ended (grove-beam(1)). */
typedef enum
{
  GROVE_NODE_TROUBLE_NO_HOST = 10,
  GROVE_NODE_TROUBLE_NO_EPMD = 11,
  GROVE_NODE_TROUBLE_NO_NODE = 12,
  GROVE_NODE_TROUBLE_UNREACHED = 13,
  GROVE_NODE_TROUBLE_SILENT = 14,
  GROVE_NODE_TROUBLE_NO_COOKIE = 15,
  GROVE_NODE_TROUBLE_COOKIE = 16,
  GROVE_NODE_TROUBLE_NOT_ALLOWED = 17,
  GROVE_NODE_TROUBLE_TLS = 18,
  GROVE_NODE_TROUBLE_CLOSED = 19,
  GROVE_NODE_TROUBLE_FULL = 20,
  GROVE_NODE_TROUBLE_TOO_OLD = 21,
  GROVE_NODE_TROUBLE_REFUSED = 22,
  GROVE_NODE_TROUBLE_LOST = 30,
  GROVE_NODE_TROUBLE_HUNG = 31,
} GroveNodeTrouble;

/* @said: its own words. FALSE: the status is none of them. */
gboolean _grove_node_trouble_describe (
  int status, const char *node, const char *said, char **ret_title, char **ret_detail);
/* Whether trying again cannot help before somebody has changed something. */
gboolean _grove_node_trouble_stays (int status);

typedef enum
{
  GROVE_STAGE_NONE,    /* no connection */
  GROVE_STAGE_HELLO,   /* connected, waiting to be greeted */
  GROVE_STAGE_OPENING, /* session.open is under way */
  GROVE_STAGE_OPEN,
} GroveStage;

struct _GroveSession
{
  GObject parent_instance;

  GroveSessionState state;
  char             *target;
  char             *system_name;
  GroveAddress     *address; /* NULL: the target is none, or there is none */
  char             *error_title;
  char             *error_detail;

  /* How it introduces itself: set before it is opened. */
  const char *client;
  const char *syntax; /* interned; NULL: whatever */
  gboolean    only_observe;

  /* The link. */
  GroveStage       stage;
  GroveConnection *connection;
  GroveChild      *child; /* the command at the other end, NULL: none */
  char            *node_said;
  int              node_trouble; /* how the command ended, 0: no trouble, or not of a node */
  gboolean         was_live;     /* with this target: trouble means LOST, not REFUSED */
  guint            attempt_source;
  guint            deadline_source;
  guint            tick_source;
  guint            backoff_ms;
  gint64           attempt_started_us;
  GroveTrouble     goodbye; /* what it said before it closed */
  char            *goodbye_message;

  /* What it said of itself. */
  struct json_object *hello; /* all of its last greeting, NULL before */
  char               *instance;
  gboolean            server_read_only;
  gboolean            observing; /* our role */
  GHashTable         *capabilities;
  GHashTable         *absent;  /* method -> why */
  GroveColumnSet      columns; /* of the table `processes` */
  char               *reason;  /* the last that grove_session_can() lent */
  gint64              clock_offset_ns;
  gint64              first_seen_ns;

  /* Figures of the link. */
  gint64  ping_sent_us; /* 0: none is under way */
  guint64 ping_n_bytes; /* received when it was sent */
  gint64  round_trip_us;
  guint   silent_ms;
  guint   n_updates;
  guint64 last_n_bytes;
  gint64  last_tick_us;
  double  update_rate;
  double  byte_rate;
  guint   slowed_ms;

  /* What all views share. */
  gboolean paused;
  char    *selected;
  char    *filter;
  guint    min_interval_ms;

  GPtrArray *subscriptions; /* GroveSubscription, borrowed */
  GQueue     refused_calls; /* made while not connected */
  guint      refused_source;

  GroveSubscription *watch;
  gboolean           has_sample;
  GroveSample        sample;
  double             cost;
  GroveSeries       *series[GROVE_N_METRICS];
  GroveHistory      *history;

  GroveSubscription *follow; /* the selected process */
  gboolean           follow_gone;
};

enum
{
  GROVE_SESSION_PROP_0,
  GROVE_SESSION_PROP_STATE,
  GROVE_SESSION_PROP_TARGET,
  GROVE_SESSION_PROP_SYSTEM_NAME,
  GROVE_SESSION_PROP_ERROR_TITLE,
  GROVE_SESSION_PROP_ERROR_DETAIL,
  GROVE_SESSION_PROP_READ_ONLY,
  GROVE_SESSION_PROP_ROUND_TRIP_US,
  GROVE_SESSION_PROP_SILENT_MS,
  GROVE_SESSION_PROP_UPDATE_RATE,
  GROVE_SESSION_PROP_BYTE_RATE,
  GROVE_SESSION_PROP_SLOWED_MS,
  GROVE_SESSION_PROP_COST,
  GROVE_SESSION_PROP_PAUSED,
  GROVE_SESSION_PROP_SELECTED,
  GROVE_SESSION_PROP_FILTER,
  GROVE_SESSION_PROP_MIN_INTERVAL_MS,
  GROVE_SESSION_PROP_SYNTAX,
  GROVE_SESSION_N_PROPS
};

/* grove-session.c */
void _grove_session_notify_prop (GroveSession *self, guint prop);
void _grove_session_set_state (GroveSession *self, GroveSessionState state);
void _grove_session_set_error (GroveSession *self, const char *title, const char *detail);
void _grove_session_set_system_name (GroveSession *self, const char *name);
void _grove_session_sync (GroveSession *self); /* opens and closes subscriptions */
void _grove_session_emit_sample (GroveSession *self);
void _grove_session_emit_reset (GroveSession *self);
void _grove_session_emit_gone (GroveSession *self, const char *pid, const char *successor);

/* grove-session-link.c */
void _grove_session_link_start (GroveSession *self); /* now */
void _grove_session_link_stop (GroveSession *self);
/* Ends it, or has it mended, and says what is wrong. @fact: what is special about this case. */
void _grove_session_trouble (GroveSession *self, GroveTrouble what, const char *fact);
/* A descriptor connected to the socket, non-blocking; -1 and errno. */
int          _grove_session_connect_to (const char *path);
GroveTrouble _grove_session_trouble_of_errno (int error, const char *path);

/* grove-session-pulse.c */
void _grove_session_pulse_start (GroveSession *self);
void _grove_session_pulse_stop (GroveSession *self); /* nothing is known of it any more */

/* grove-session-wishes.c */
/* To the requests that can have one. */
void _grove_session_add_syntax (GroveSession *self, const char *method, struct json_object *params);

/* grove-session-sample.c */
void _grove_session_sample_init (GroveSession *self);
void _grove_session_sample_clear (GroveSession *self);
void _grove_session_sample_finish (GroveSession *self);

/* grove-session-selection.c */
void _grove_session_selection_changed (GroveSession *self);
void _grove_session_selection_finish (GroveSession *self);

G_END_DECLS
