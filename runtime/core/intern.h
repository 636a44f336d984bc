/* SPDX-License-Identifier: MIT
 *
 * Strings that live as long as the runtime, so that observers may read them at any time: names and
 * labels of processes. There may be a million different ones. The half of them may be labels, so
 * that a program that labels each of its processes differently still finds room for names.
 */
#pragma once

/* NULL: there are too many. Any thread. */
const char *_grove_intern (const char *text);
/* The same for labels: NULL when half of the room is taken. */
const char *_grove_intern_label (const char *text);
/* The same, but NULL when nobody has interned it. */
const char *_grove_intern_find (const char *text);
void        _grove_intern_finish (void);
