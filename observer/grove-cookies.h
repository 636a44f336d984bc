/* SPDX-License-Identifier: MIT
 *
 * The cookies of Erlang nodes that a person typed. They stay in the memory of this program, unless
 * one is to be kept: then it is a file only its owner can read, where grove-beam looks for it. They
 * reach grove-beam on its input, never on a command line or in the environment.
 *
 * Threads: main thread only.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether it can be one: a line of 1 to 255 characters that are no control characters. Since: 0.1
 */
gboolean grove_cookie_is_valid (const char *cookie);

/* @cookie: (nullable): NULL forgets it. A valid one. Since: 0.1 */
void grove_cookie_set (const char *node, const char *cookie);

/* Returns: (nullable): valid until the next grove_cookie_set(). Since: 0.1 */
const char *grove_cookie_get (const char *node);

/* Nodes of a cluster have the same cookie, as a rule: what was typed for the node @target leads to
 * serves for that of @sibling too, unless that has one of its own. Since: 0.1 */
void grove_cookie_share (const char *target, const char *sibling);

/**
 * grove_cookie_keep:
 * @node: as a GroveAddress has it
 * @cookie: (nullable): NULL removes the file
 *
 * For later runs too, and for grove(1).
 *
 * Blocks: for a small file
 * Since: 0.1
 */
gboolean grove_cookie_keep (const char *node, const char *cookie, GError **error);

/* Blocks: for a small file. Since: 0.1 */
gboolean grove_cookie_is_kept (const char *node);

G_END_DECLS
