/* SPDX-License-Identifier: MIT
 *
 * What the observer's files share and nobody else sees: reading JSON that is not to be trusted, the
 * calls and subscriptions of a session, the histories of mailboxes. Main thread only.
 */
#pragma once

#include "observer/grove-application-command.h"
#include "observer/grove-command.h"
#include "observer/grove-connection.h"
#include "observer/grove-mailbox.h"
#include "observer/grove-process-item.h"
#include "observer/grove-session.h"
#include "observer/grove-term.h"

#include <json-c/json.h>

G_BEGIN_DECLS

/* The codes of PROTOCOL.md that the observer tells apart. */
#define GROVE_CODE_INVALID_PARAMS (-32602)
#define GROVE_CODE_NOT_OPEN       (-32000)
#define GROVE_CODE_FORBIDDEN      (-32002)
#define GROVE_CODE_NO_PROCESS     (-32003)
#define GROVE_CODE_LIMIT          (-32005)
#define GROVE_CODE_BUSY           (-32006)
#define GROVE_CODE_NOT_REACHED    (-32007)
#define GROVE_CODE_OTHER_PROCESS  (-32008)
#define GROVE_CODE_NOT_SUPPORTED  (-32009)
#define GROVE_CODE_PROTECTED      (-32011)
#define GROVE_CODE_SHUTTING_DOWN  (-32012)

/* JSON (grove-json.c). Every reader gives the fallback when the member is absent or of another
 * type, and never a NULL text. */
const char *_grove_json_text (struct json_object *object, const char *member);
gint64      _grove_json_int (struct json_object *object, const char *member, gint64 fallback);
double      _grove_json_real (struct json_object *object, const char *member, double fallback);
/* A number beyond all measure counts as one that can still be shown to the last digit. */
double              _grove_json_bound (double value);
gboolean            _grove_json_boolean (struct json_object *object, const char *member);
struct json_object *_grove_json_object (struct json_object *object, const char *member);
/* The object that holds "child.restarts", of which @member then is the last word. */
struct json_object *_grove_json_descend (struct json_object *object, const char **member);
struct json_object *_grove_json_array (struct json_object *object, const char *member);
/* TRUE if the member is there and is an integer of at least @min. */
gboolean
_grove_json_get_int (struct json_object *object, const char *member, gint64 min, gint64 *ret_value);
/* Copies at most @size - 1 bytes and cuts on the border of a character. */
void _grove_copy_text (char *dest, gsize size, const char *text);
/* A pid must be whole to be of use: FALSE if it is no text, is empty or does not fit. */
gboolean _grove_copy_pid (char *dest, gsize size, struct json_object *value);

/* Of an error's `data.exited`: why the process ended, as text, and the pid that took its place. A
 * bare text and an object with it are both understood. NULL when not known; transfer full. */
char *_grove_exited_reason (struct json_object *exited);
char *_grove_exited_successor (struct json_object *exited);

/* A term as the protocol sends it (grove-term.c); transfer full, NULL if it is none. */
GroveTerm *_grove_term_read (struct json_object *object);
/* Likewise; what came as text only, and whole, is made a tree of where it can be read. */
GroveTerm *_grove_term_read_text (struct json_object *object);
/* (transfer full) (element-type GroveTermNode) (nullable): the nodes of a printed term, each with
 * its kind, text, number and tail (grove-term-parse.c); their texts are in @texts. */
GArray *_grove_term_parse (const char *text, GStringChunk *texts);

/* (transfer full) (element-type GrovePair): of a dictionary (grove-dictionary.c). */
GArray *_grove_pairs_read (struct json_object *array, guint n_max);

/* A message as `process.messages` has it (grove-mailbox.c); NULL if it is none. */
GroveMailboxMessage *_grove_mailbox_message_read (struct json_object *object);

/* Rows of the table `processes` (grove-process-row.c). */
/* The columns a row is made from: a bit for each that the system has. */
typedef guint32 GroveColumnSet;
/* What a greeting offers of those we know; without a word about it, what all versions have. */
GroveColumnSet _grove_columns_offered (struct json_object *hello);
/* In the order they are asked for; transfer full. */
struct json_object *_grove_columns_names (GroveColumnSet set);
/* Those of these names that we know, and the key. */
GroveColumnSet _grove_columns_named (const char *const *names, guint n);
gboolean       _grove_columns_have (GroveColumnSet set, const char *column);
/* FALSE if @values is no row as those columns make it. */
gboolean
_grove_process_row_parse (GroveColumnSet set, struct json_object *values, GroveProcessRow *ret_row);
gboolean _grove_column_is_known (const char *column); /* to us */

/* Items (grove-process-item.c). */
/* Back to "nothing is known": the slot shows no process. */
void _grove_process_item_clear (GroveProcessItem *self);
/* As grove_process_item_set_row(); @appeared_us counts when it shows another process than before.
 */
gboolean _grove_process_item_show (GroveProcessItem      *self,
                                   const GroveProcessRow *row,
                                   const guint32         *history,
                                   guint                  n_history,
                                   gint64                 history_end_s,
                                   gint64                 appeared_us);
/* Ended: what is shown stays, the state becomes GONE. @pid is used if nothing was known. */
void _grove_process_item_set_gone (GroveProcessItem *self, const char *pid);

/* Mailbox histories, one store a session (grove-history.c). */
typedef struct grove_history GroveHistory;
GroveHistory                *_grove_history_new (void);
void                         _grove_history_free (GroveHistory *self);
void                         _grove_history_clear (GroveHistory *self);
/* It holds so many now, in that second of the system's clock. */
void _grove_history_push (GroveHistory *self, const char *pid, gint64 messages, gint64 second);
/* The system says what it held: @n points, a second apart, the last of them of @second. */
void _grove_history_take (
  GroveHistory *self, const char *pid, const guint32 *points, guint n, gint64 second);
/* Borrowed, NULL: none; the last is of @ret_second. */
const guint32 *
_grove_history_get (GroveHistory *self, const char *pid, guint *ret_n, gint64 *ret_second);

/* How a session introduces itself, before it is opened; @name is static. Without samples it does
 * not watch the system's figures. */
void _grove_session_introduce (GroveSession *self,
                               const char   *name,
                               gboolean      only_observe,
                               gboolean      samples);
/* The greeting of the system it is or was connected to; borrowed, NULL before the first. */
struct json_object *_grove_session_get_hello (GroveSession *self);
/* What its greeting says of the table `processes`: {name, type, unit} each; borrowed, NULL:
 * nothing. */
struct json_object *_grove_session_get_offered (GroveSession *self);

/* A command did not even reach the system, or it cannot be known whether it did. */
void _grove_session_emit_undone (GroveSession *self,
                                 const char   *method,
                                 const char   *pid,
                                 const char   *why);
/* Why something cannot be looked at, for people (grove-trouble.c); transfer full. */
char *_grove_trouble_of_inspection (const GError *error);
/* Why the system does not tell what was subscribed to, and what to do; transfer full. */
char *_grove_trouble_of_subscription (const GError *error, const char *system_name);

/* Calls of a session. */
/* Takes @params (NULL: none). @func is called once, later, unless the call is dropped first with
 * _grove_session_drop_calls(). Not connected is an error like any other. */
void _grove_session_call (GroveSession       *self,
                          const char         *method,
                          struct json_object *params,
                          GroveReplyFunc      func,
                          gpointer            owner,
                          gpointer            user_data);
void _grove_session_drop_calls (GroveSession *self, gpointer owner);
/* The peer sent what the protocol does not allow; ends the connection with that as the reason. */
void          _grove_session_break (GroveSession *self, const char *reason);
GroveHistory *_grove_session_get_history (GroveSession *self);
/* What the system connected to has; the next connection may have others. */
GroveColumnSet _grove_session_get_columns (GroveSession *self);
/* The monotonic time at which the process appeared here; 0 if it was there before we were. */
gint64 _grove_session_appeared_us (GroveSession *self, const GroveProcessRow *row);

/* Commands for who waits for the answer himself (grove-command.c): what is sent, and what came of
 * it in the words that all surfaces use. Both are transfer full; @name and @argument may be NULL.
 */
struct json_object *_grove_command_params (GroveCommand command,
                                           const char  *pid,
                                           const char  *name,
                                           gint64       started_ns,
                                           const char  *argument,
                                           gint64       wait_ms);
char               *_grove_command_say (GroveCommand      command,
                                        const char       *pid,
                                        const char       *name,
                                        const char       *argument,
                                        const GroveReply *reply,
                                        gboolean         *ret_had_effect);

/* The same of applications (grove-application-command.c). @type: (nullable). */
struct json_object       *
_grove_application_command_params (const char *name, const char *type, gint64 wait_ms);
char *_grove_application_command_say (GroveApplicationCommand command,
                                      const char             *name,
                                      const GroveReply       *reply,
                                      gboolean               *ret_had_effect);

/* Subscriptions (grove-subscription.c): opened whenever they are wanted, the session is live
 * and not paused; opened again after a reconnection; each update acknowledged. */
typedef struct grove_subscription GroveSubscription;
typedef struct
{
  const char *open_method;  /* "table.open" */
  const char *set_method;   /* "table.set", NULL: none */
  const char *close_method; /* "table.close" */
  const char *ack_method;   /* "table.ack" */
  const char *update;       /* "table.update" */
  /* Whether the system that greeted has it at all; else it is not asked. NULL: yes. */
  gboolean (*is_offered) (gpointer owner);
  /* Transfer full. */
  struct json_object *(*open_params) (gpointer owner);
  /* NULL: not of interest. */
  void (*opened) (gpointer owner, struct json_object *result);
  /* FALSE: malformed, @ret_reason says what; the session is broken then. */
  gboolean (*updated) (gpointer owner, struct json_object *params, const char **ret_reason);
  /* The server refused to open or set. NULL: not of interest. */
  void (*failed) (gpointer owner, const GError *error);
  /* _grove_subscription_get_refusal() gives another text. NULL: not of interest. */
  void (*refusal_changed) (gpointer owner);
  /* It comes as often as it was asked for, whatever is wished of the session. */
  gboolean fixed_pace;
  /* A set was answered. NULL: not of interest. */
  void (*was_set) (gpointer owner, struct json_object *result);
} GroveSubscriptionKind;

GroveSubscription *
_grove_subscription_new (GroveSession *session, const GroveSubscriptionKind *kind, gpointer owner);
/* Closes it; nothing is called back any more. */
void     _grove_subscription_free (GroveSubscription *self);
void     _grove_subscription_set_wanted (GroveSubscription *self, gboolean wanted);
gboolean _grove_subscription_is_open (GroveSubscription *self);
/* Why the system does not let it be opened, and what to do, for people; NULL: it does, or has not
 * been asked. Borrowed. */
const char *_grove_subscription_get_refusal (GroveSubscription *self);
/* If it was refused. */
void _grove_subscription_ask_again (GroveSubscription *self);
/* Takes @params and adds `sub`. Only while open. */
void _grove_subscription_set (GroveSubscription *self, struct json_object *params);
/* Another call that carries `sub`, whose answer is of no interest ("tree.expand"). */
void
_grove_subscription_send (GroveSubscription *self, const char *method, struct json_object *params);

/* Between the session and its subscriptions. */
void     _grove_session_add_subscription (GroveSession *self, GroveSubscription *subscription);
void     _grove_session_remove_subscription (GroveSession *self, GroveSubscription *subscription);
gboolean _grove_session_is_flowing (GroveSession *self); /* live and not paused */
void     _grove_session_notify (GroveSession *self, const char *method, struct json_object *params);
void     _grove_subscription_sync (GroveSubscription *self);
guint    _grove_subscription_get_slowed_ms (GroveSubscription *self); /* 0: it is not */
void     _grove_subscription_pace (GroveSubscription *self); /* its interval may be another now */
void     _grove_subscription_lost (GroveSubscription *self);
/* TRUE if it was for this one. */
gboolean _grove_subscription_receive (GroveSubscription  *self,
                                      const char         *method,
                                      gint64              sub,
                                      struct json_object *params);

G_END_DECLS
