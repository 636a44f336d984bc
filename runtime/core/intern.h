/* SPDX-License-Identifier: MIT
 *
 * Strings that live as long as the runtime, so that observers may read them at any time: names and
 * labels of processes. There may be a million different ones; labels beyond that are not kept, and
 * names cannot be registered.
 */
#pragma once

/* NULL: there are too many. Any thread. */
const char *_grove_intern (const char *text);
/* The same, but NULL when nobody has interned it. */
const char *_grove_intern_find (const char *text);
void        _grove_intern_finish (void);
