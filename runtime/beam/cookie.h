/* SPDX-License-Identifier: MIT
 *
 * The cookie that lets one into a cluster: read from a file only its owner can read, or handed to
 * us on our input, never from the command line or the environment, where others could see it.
 *
 * Threads: any thread.
 */
#pragma once

#include "runtime/beam/trouble.h"

#include <stdbool.h>
#include <stddef.h>

#define BEAM_COOKIE_SIZE 512

/**
 * beam_cookie_read:
 * @node: whose cookie it is
 * @path: (nullable): NULL looks where the observer keeps those it was told to keep,
 *   $XDG_CONFIG_HOME/grove/cookies/NODE, and then where Erlang does: $HOME/.erlang.cookie, and
 *   $XDG_CONFIG_HOME/erlang/.erlang.cookie
 * @cookie: (out): at most BEAM_COOKIE_SIZE bytes with its end
 * @ret_trouble: (out): one sentence for people when it fails
 *
 * Others must not be able to read or write the file (mode 400 or 600).
 */
bool beam_cookie_read (const char          *node,
                       const char          *path,
                       char                 cookie[BEAM_COOKIE_SIZE],
                       struct beam_trouble *ret_trouble);

/**
 * beam_cookie_take:
 *
 * Reads the cookie, one line, from @fd, and nothing that comes after it.
 *
 * Blocks: until the line is there
 */
bool beam_cookie_take (int fd, char cookie[BEAM_COOKIE_SIZE], struct beam_trouble *ret_trouble);
