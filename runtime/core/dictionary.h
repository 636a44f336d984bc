/* SPDX-License-Identifier: MIT
 *
 * The process dictionary: values that a process keeps under keys of its own, for what all of its
 * functions want to know and none wants to hand on. It lies in the process's heap: nobody else can
 * change it, it counts for the heap's limit, and it is gone with the process. Others see it through
 * grove_process_info() and in the observer. To be included with process.h, which says what "owner
 * process only" means.
 */
#pragma once

#include "runtime/status.h"
#include "runtime/term/term.h"

#include <stdbool.h>

GROVE_BEGIN_DECLS

/**
 * grove_put:
 * @key: an atom's name
 * @format: a build format (term.h), and its values
 *
 * Keeps a value, instead of the one that was there under @key. grove_put_term() takes terms, which
 * are copied; any term can be a key, and is the same key if grove_term_equal() says so.
 *
 * ```c
 * struct grove_term value;
 * int               n;
 *
 * grove_assert (grove_put ("request", "{order, ~i}", 17) == GROVE_OK);
 * grove_assert (grove_get ("request", &value));
 * grove_assert (grove_match (value, "{order, ~i}", &n) && n == 17);
 * grove_assert (grove_erase ("request"));
 * grove_assert (!grove_get ("request", &value));
 * ```
 *
 * Threads: owner process only. Blocks: no. Cost: O(size of both).
 * Errors: GROVE_ERR_BADARG (@key is no atom's name, or NULL), GROVE_ERR_SYNTAX,
 * GROVE_ERR_TOO_LARGE; nothing is changed then. Passing the heap's limit ends the process with
 * `heap_limit`
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_put (const char *key, const char *format, ...);
GROVE_PUBLIC enum grove_status grove_put_term (struct grove_term key, struct grove_term value);

/**
 * grove_get:
 * @key: an atom's name; for grove_get_term() any term
 * @ret_value: (out) (optional): borrowed, until the key is put again or erased; untouched when
 * false
 *
 * Threads: owner process only. Blocks: no. Cost: O(size of the key).
 * Errors: none
 * Returns: whether there is a value
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_get (const char *key, struct grove_term *ret_value);
GROVE_PUBLIC bool grove_get_term (struct grove_term key, struct grove_term *ret_value);

/**
 * grove_erase:
 * @key: an atom's name; for grove_erase_term() any term
 *
 * Threads: owner process only. Blocks: no. Cost: O(size of the key).
 * Errors: none
 * Returns: whether there was a value
 * Since: 0.1
 */
GROVE_PUBLIC bool grove_erase (const char *key);
GROVE_PUBLIC bool grove_erase_term (struct grove_term key);

GROVE_END_DECLS
