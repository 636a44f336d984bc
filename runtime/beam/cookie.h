/* SPDX-License-Identifier: MIT
 *
 * The cookie that lets one into a cluster: read from a file only its owner can read, never from the
 * command line, where everybody on the machine could see it.
 *
 * Threads: any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define BEAM_COOKIE_SIZE 512

/**
 * beam_cookie_read:
 * @path: (nullable): NULL looks where Erlang does: $HOME/.erlang.cookie, then
 *   $XDG_CONFIG_HOME/erlang/.erlang.cookie
 * @cookie: (out): at most BEAM_COOKIE_SIZE bytes with its end
 * @ret_error: (out) (transfer full): one sentence for people when it fails; free()
 *
 * Others must not be able to read or write the file (mode 400 or 600).
 */
bool beam_cookie_read (const char *path, char cookie[BEAM_COOKIE_SIZE], char **ret_error);
