/* SPDX-License-Identifier: MIT
 *
 * The typed filter: `messages>100 app:shop status:waiting name~conn -system:true or memory>=1M`.
 * Words: FIELD:VALUE or FIELD=VALUE (equal), FIELD!=VALUE, < <= > >=, FIELD~TEXT (contains),
 * FIELD^TEXT (begins with), a bare word (the name or the initial call contains it, or it is the
 * pid), -WORD (not). Spaces mean and; `or` between words; values may be quoted; numbers may end in
 * k M G (1,024 for bytes, else 1,000). `state` means status, `mailbox` messages, `reds`
 * reductions/s.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GROVE_FILTER_ERROR (grove_filter_error_quark ())
GQuark grove_filter_error_quark (void);

struct json_object;

/**
 * grove_filter_parse:
 * @text: as a person types it
 * @ret_json: (out) (transfer full): for the wire; NULL when the text is empty (no filter)
 * @ret_position: (out) (optional): the byte where it went wrong
 * @error: says what is wrong, where, and what is allowed
 *
 * Threads: any thread.
 * Returns: FALSE on an error; @ret_json is then untouched
 * Since: 0.1
 */
gboolean grove_filter_parse (const char          *text,
                             struct json_object **ret_json,
                             gsize               *ret_position,
                             GError             **error);

/* Returns: the names a filter may use; NULL-terminated, static. Since: 0.1 */
const char *const *grove_filter_get_fields (void);

G_END_DECLS
