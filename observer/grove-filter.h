/* SPDX-License-Identifier: MIT
 *
 * The typed query, the same in the windows and on the command line:
 * `messages>100 app:shop status:waiting name~conn not system:true or memory>=1M`.
 *
 * Words: COLUMN:VALUE or COLUMN=VALUE (equal), COLUMN!=VALUE, < <= > >=, COLUMN~TEXT (contains),
 * COLUMN!~TEXT (does not), COLUMN^TEXT (begins with), COLUMN:A,B,C (any of them), a bare word (a
 * part of the name and of what stands beside it, or the pid). -WORD, !WORD and `not WORD` turn a
 * word round. Spaces mean and; `or` parts groups. A value may stand in quotation marks, in which \
 * precedes a quotation mark that is meant.
 *
 * Numbers may end in k M G T: 1,024 for bytes, where KiB and the like are understood too, else
 * 1,000. Times take ns us ms s m h d. `state` means status, `mailbox` messages, `reds`
 * reductions/s.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GROVE_FILTER_ERROR (grove_filter_error_quark ())
GQuark grove_filter_error_quark (void);

struct json_object;

/* Which table is asked, and what it has; NULL for all of it: the table `processes` of this version.
 */
typedef struct
{
  const char         *table;
  struct json_object *columns; /* as in the system's greeting: {name, type, unit} each */
} GroveFilterScope;

/**
 * grove_filter_parse:
 * @scope: (nullable)
 * @text: as a person types it
 * @ret_json: (out) (transfer full): for the wire; NULL when the text is empty (no filter)
 * @ret_position: (out) (optional): the byte where it went wrong
 * @error: says what is wrong, where, and what is allowed
 *
 * Threads: any thread.
 * Returns: FALSE on an error; @ret_json is then untouched
 * Since: 0.1
 */
gboolean grove_filter_parse (const GroveFilterScope *scope,
                             const char             *text,
                             struct json_object    **ret_json,
                             gsize                  *ret_position,
                             GError                **error);

/**
 * grove_filter_complete:
 * @scope: (nullable)
 * @text: as far as it is typed
 * @ret_start: (out): the byte from which on a completion takes the place of what is typed
 *
 * What may come next: columns with the operator they are mostly asked with, the values of those
 * that have few, and the words between conditions.
 *
 * Threads: any thread.
 * Returns: (transfer full): NULL-terminated, in the order to offer them in; maybe none
 * Since: 0.1
 */
char **grove_filter_complete (const GroveFilterScope *scope, const char *text, gsize *ret_start);

/**
 * grove_filter_complete_column:
 * @scope: (nullable)
 * @text: as far as it is typed
 * @ret_start: (out): the byte where the value begins
 *
 * For who knows values of columns: whether one is being typed, of which column.
 *
 * Threads: any thread.
 * Returns: (transfer full) (nullable): as the protocol names it; NULL: no value of a text is typed
 * Since: 0.1
 */
char *
grove_filter_complete_column (const GroveFilterScope *scope, const char *text, gsize *ret_start);

/* Returns: (transfer full): the names a filter may use, NULL-terminated. Since: 0.1 */
char **grove_filter_get_fields (const GroveFilterScope *scope);

G_END_DECLS
