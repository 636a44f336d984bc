/* SPDX-License-Identifier: MIT
 *
 * Messages: sending and receiving them. To be included with process.h, which says what "owner
 * process only" means and what misuse is answered with.
 */
#pragma once

#include "runtime/status.h"
#include "runtime/term/term.h"

#include <stdarg.h>
#include <stdbool.h>

GROVE_BEGIN_DECLS

/* A received message. It belongs to the process that received it until freed. */
struct grove_message;

/* What deactivates an alias, besides grove_unalias(). */
enum grove_alias_mode
{
  GROVE_ALIAS_NONE,            /* of a monitor: it is no alias */
  GROVE_ALIAS_EXPLICIT,        /* nothing */
  GROVE_ALIAS_REPLY,           /* the first message; not of a monitor */
  GROVE_ALIAS_DEMONITOR,       /* of a monitor: its end, by DOWN or grove_demonitor() */
  GROVE_ALIAS_REPLY_DEMONITOR, /* of a monitor: that, or the first message, which ends it too */
};

/**
 * grove_send:
 * @to: any pid; sending to a process that is gone succeeds and delivers nothing
 * @format: a build format (term.h)
 *
 * The message is copied. Sending never waits for the receiver, but costs the sender reductions when
 * that one's mailbox is full. grove_send_va() takes a va_list, grove_send_term() a term.
 *
 * ```c
 * struct grove_message *message;
 * struct grove_text     text;
 *
 * grove_assert (grove_send (grove_self (), "{whisper, ~s}", "to myself") == GROVE_OK);
 * grove_assert (grove_receive (GROVE_FOREVER, &message) == GROVE_OK);
 * grove_assert (grove_match (grove_message_term (message), "{whisper, ~s}", &text));
 * grove_assert (text.size == 9);
 * grove_assert (grove_message_sender (message) == grove_self ());
 * grove_message_free (message);
 * ```
 *
 * Threads: owner process only. Blocks: no. Cost: O(size of the message).
 * Errors: GROVE_ERR_SYNTAX for a bad format, GROVE_ERR_SYSTEM_LIMIT when there
 * is no memory for a large one (nothing is sent then); grove_send_term() ends the caller with
 * `system_limit` in that case
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_send (grove_pid to, const char *format, ...);
GROVE_PUBLIC enum grove_status grove_send_va (grove_pid to, const char *format, va_list args);
GROVE_PUBLIC void              grove_send_term (grove_pid to, struct grove_term term);

/**
 * grove_forward:
 * @to: any pid, as for grove_send()
 * @message: one that the caller received, or made with grove_message_new(); it stays the caller's
 * @part: a view into @message
 *
 * Sends on what @message says, or with grove_forward_part() a part of it. What is larger than 456
 * bytes is not copied but shared by all that hold it, so that a megabyte sent to a thousand
 * processes is there once; the last one to free it gives it back. A part keeps the whole. The
 * shared bytes count in the mailbox of each, and in the heap of each that has received them and not
 * freed them.
 *
 * ```c
 * static void
 * measures (void *arg)
 * {
 *   grove_pid             parent = (grove_pid) (uintptr_t) arg;
 *   struct grove_message *message;
 *   struct grove_text     page;
 *
 *   if (grove_receive_pattern (GROVE_FOREVER, &message, "~b", &page) == GROVE_OK)
 *     grove_send (parent, "~u", (uint64_t) page.size);
 * }
 *
 * static const char     page[100000];
 * struct grove_message *message;
 * struct grove_term     part;
 *
 * grove_assert (grove_message_new (&message, "{page, ~b}", page, sizeof page) == GROVE_OK);
 * grove_assert (grove_match (grove_message_term (message), "{page, ~t}", &part));
 * for (int i = 0; i < 10; i++)
 *   {
 *     grove_pid pid = grove_spawn (measures, (void *) (uintptr_t) grove_self ());
 *     grove_assert (grove_forward_part (pid, message, part) == GROVE_OK);
 *   }
 * grove_message_free (message);
 * for (int i = 0; i < 10; i++)
 *   {
 *     grove_assert (grove_receive_pattern (GROVE_FOREVER, &message, "100000") == GROVE_OK);
 *     grove_message_free (message);
 *   }
 * ```
 *
 * Threads: owner process only. Blocks: no. Cost: O(1), or that of a copy of at most 456 bytes.
 * Errors: GROVE_ERR_BADARG when @part is no view into @message, or that is NULL (nothing is sent);
 * grove_forward() ends the caller with `badarg` then
 * Returns: grove_forward_part(): GROVE_OK or the error
 * Since: 0.1
 */
GROVE_PUBLIC void              grove_forward (grove_pid to, const struct grove_message *message);
GROVE_PUBLIC enum grove_status grove_forward_part (grove_pid                   to,
                                                   const struct grove_message *message,
                                                   struct grove_term part) GROVE_NODISCARD;

/**
 * grove_message_new:
 * @ret_message: (out) (transfer full): as if the caller had received it from itself; free with
 * grove_message_free()
 * @format: a build format (term.h)
 *
 * A message to be sent several times with grove_forward().
 *
 * Threads: owner process only. Blocks: no. Cost: O(size of the message).
 * Errors: GROVE_ERR_SYNTAX for a bad format, GROVE_ERR_SYSTEM_LIMIT when there is no memory for it,
 * GROVE_ERR_BADARG (@ret_message is NULL); @ret_message is then untouched
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_message_new (struct grove_message **ret_message, const char *format, ...) GROVE_NODISCARD;

/**
 * grove_send_name:
 * @name: whoever is registered so when it is called
 * @format: a build format (term.h)
 *
 * As grove_send(), to a name.
 *
 * ```c
 * struct grove_message *message;
 *
 * grove_assert (grove_register ("me", grove_self ()) == GROVE_OK);
 * grove_assert (grove_whereis ("me") == grove_self ());
 * grove_assert (grove_send_name ("me", "hello") == GROVE_OK);
 * grove_assert (grove_receive (0, &message) == GROVE_OK);
 * grove_message_free (message);
 * grove_assert (grove_unregister ("me") == GROVE_OK);
 * grove_assert (grove_send_name ("me", "hello") == GROVE_ERR_NO_NAME);
 * ```
 *
 * Threads: owner process only. Blocks: no. Cost: O(size of the message), and a lock.
 * Errors: GROVE_ERR_NO_NAME when nobody is, GROVE_ERR_SYNTAX; nothing is sent then
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_send_name (const char *name, const char *format, ...);

/**
 * grove_send_alias:
 * @to: the process that made @alias
 * @alias: of grove_alias()
 * @term: copied
 *
 * For replies: delivered only while @alias is active there, else dropped.
 *
 * Threads: owner process only. Blocks: no. Cost: O(size of the message).
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_send_alias (grove_pid to, grove_ref alias, struct grove_term term);

/**
 * grove_receive:
 * @timeout_ns: 0 looks once; GROVE_FOREVER waits
 * @ret_message: (out) (transfer full): free with grove_message_free()
 *
 * Takes the oldest message.
 *
 * ```c
 * struct grove_message *message;
 *
 * grove_assert (grove_receive (2000000, &message) == GROVE_ERR_TIMEOUT); // two milliseconds
 * ```
 *
 * Threads: owner process only. Blocks: yes, gives up the scheduler's thread. Cost: O(1).
 * Errors: GROVE_ERR_TIMEOUT, GROVE_ERR_BADARG (negative, or NULL); @ret_message is then untouched
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_receive (int64_t timeout_ns, struct grove_message **ret_message) GROVE_NODISCARD;

/* Whether a message is wanted. It is pure: it must not send, receive or allocate. Who receives,
 * waits for anything or flushes a monitor in it ends with `badarg`. */
typedef bool (*grove_match_func) (struct grove_term term, void *user_data);

/**
 * grove_receive_match:
 * @match: (scope call) (nullable): NULL accepts all
 * @user_data: for @match
 * @timeout_ns: as for grove_receive()
 * @ret_message: (out) (transfer full): free with grove_message_free()
 *
 * Takes the oldest message that @match accepts; the others keep their order.
 *
 * ```c
 * static bool
 * is_even (struct grove_term term, void *user_data)
 * {
 *   int64_t number;
 *
 *   (void) user_data;
 *   return grove_term_int64 (term, &number) && number % 2 == 0;
 * }
 *
 * struct grove_message *message;
 *
 * grove_send (grove_self (), "1");
 * grove_send (grove_self (), "2");
 * grove_assert (grove_receive_match (is_even, NULL, 0, &message) == GROVE_OK);
 * grove_assert (grove_match (grove_message_term (message), "2"));
 * grove_message_free (message);
 * ```
 *
 * Threads: owner process only. Blocks: yes, gives up the scheduler's thread.
 * Cost: O(messages); while it waits each one is looked at once
 * Errors: as grove_receive()
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_receive_match (grove_match_func       match,
                     void                  *user_data,
                     int64_t                timeout_ns,
                     struct grove_message **ret_message) GROVE_NODISCARD;

/**
 * grove_receive_pattern:
 * @timeout_ns: as for grove_receive()
 * @ret_message: (out) (transfer full): free with grove_message_free() after the last use of what
 * was bound, which points into it
 * @format: a match format (term.h), and the pointers it binds to
 *
 * Takes the oldest message of that shape; the others keep their order.
 *
 * ```c
 * struct grove_message *message;
 * struct grove_text     item;
 * int                   n;
 *
 * grove_send (grove_self (), "{noise, 1}");
 * grove_send (grove_self (), "{order, ~i, ~s}", 3, "apples");
 * grove_assert (grove_receive_pattern (0, &message, "{order, ~i, ~s}", &n, &item) == GROVE_OK);
 * grove_assert (n == 3 && item.size == 6); // the text lies in the message
 * grove_message_free (message);
 * ```
 *
 * Threads: owner process only. Blocks: yes, gives up the scheduler's thread.
 * Cost: as grove_receive_match()
 * Errors: as grove_receive(), and GROVE_ERR_SYNTAX for a format that is none; nothing is bound then
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_receive_pattern (int64_t                timeout_ns,
                                                      struct grove_message **ret_message,
                                                      const char            *format,
                                                      ...) GROVE_NODISCARD;

/**
 * grove_message_term:
 * @message: (nullable): one that the caller received
 *
 * Threads: any thread. Blocks: no. Cost: O(1), not pre-empted.
 * Errors: none
 * Returns: what it says, borrowed from the message; no bytes for NULL
 * Since: 0.1
 */
GROVE_PUBLIC struct grove_term grove_message_term (const struct grove_message *message);

/**
 * grove_message_sender:
 * @message: (nullable): one that the caller received
 *
 * Threads: any thread. Blocks: no. Cost: O(1), not pre-empted.
 * Errors: none
 * Returns: who sent it; 0: no process
 * Since: 0.1
 */
GROVE_PUBLIC grove_pid grove_message_sender (const struct grove_message *message);

/**
 * grove_message_free:
 * @message: (nullable) (transfer full): one that the caller received; not another's, not twice
 *
 * What a process has not freed is freed when it ends.
 *
 * Threads: owner process only. Blocks: no. Cost: O(1), not pre-empted.
 * Errors: none
 * Since: 0.1
 */
GROVE_PUBLIC void grove_message_free (struct grove_message *message);

/**
 * grove_alias:
 *
 * A reference that lets replies in (grove_send_alias()) until grove_unalias(); later ones are
 * dropped before the mailbox. The messages that were there when it was made cannot carry it, so
 * waiting for it with grove_receive_alias() starts behind them and stays fast with a full mailbox.
 *
 * ```c
 * static void
 * answers (void *arg)
 * {
 *   struct grove_message *request;
 *   struct grove_buffer   reply = { NULL };
 *   grove_pid             from;
 *   grove_ref             alias;
 *
 *   (void) arg;
 *   grove_assert (grove_receive_pattern (GROVE_FOREVER, &request, "{ask, ~p, ~r}", &from, &alias)
 *                 == GROVE_OK);
 *   grove_assert (grove_build (&reply, "{answer, 42}") == GROVE_OK);
 *   grove_send_alias (from, alias, grove_buffer_term (&reply));
 *   grove_buffer_finish (&reply);
 *   grove_message_free (request);
 * }
 *
 * grove_pid             server = grove_spawn (answers, NULL);
 * grove_ref             alias = grove_alias ();
 * grove_ref             monitor = grove_monitor (server);
 * struct grove_message *reply;
 *
 * grove_send (server, "{ask, ~p, ~r}", grove_self (), alias);
 * grove_assert (grove_receive_alias (alias, monitor, GROVE_FOREVER, &reply) == GROVE_OK);
 * grove_assert (grove_match (grove_message_term (reply), "{answer, 42}"));
 * grove_message_free (reply);
 * grove_unalias (alias); // what comes from now on is dropped
 * grove_demonitor (monitor, true);
 * ```
 *
 * Threads: owner process only. Blocks: no. Cost: O(1).
 * Errors: none
 * Returns: the alias, active
 * Since: 0.1
 */
GROVE_PUBLIC grove_ref grove_alias (void);

/**
 * grove_alias_opt:
 * @mode: GROVE_ALIAS_EXPLICIT, as grove_alias() makes them, or GROVE_ALIAS_REPLY: one message comes
 * in, those behind it are dropped
 * @ret_alias: (out): the alias, active
 *
 * An alias that ends by itself.
 *
 * Threads: owner process only. Blocks: no. Cost: O(1).
 * Errors: GROVE_ERR_BADARG for any other mode
 * Returns: GROVE_OK or the error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_alias_opt (enum grove_alias_mode mode, grove_ref *ret_alias) GROVE_NODISCARD;

/**
 * grove_unalias:
 * @alias: one that is not the caller's has no effect
 *
 * Lets nothing more in with it.
 *
 * Threads: owner process only. Blocks: no. Cost: O(the caller's aliases).
 * Errors: none
 * Returns: whether it was active
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_unalias (grove_ref alias);

/**
 * grove_receive_alias:
 * @alias: of grove_alias()
 * @monitor: (optional): of grove_monitor(); 0: none
 * @timeout_ns: as for grove_receive()
 * @ret_message: (out) (transfer full): free with grove_message_free()
 *
 * Takes the next message that was sent to @alias, or the DOWN message of @monitor.
 *
 * Threads: owner process only. Blocks: yes, gives up the scheduler's thread.
 * Cost: O(messages that came after the alias was made)
 * Errors: as grove_receive(), and GROVE_ERR_BADARG for the alias 0
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_receive_alias (grove_ref              alias,
                     grove_ref              monitor,
                     int64_t                timeout_ns,
                     struct grove_message **ret_message) GROVE_NODISCARD;

GROVE_END_DECLS
