/* SPDX-License-Identifier: MIT
 *
 * Asking epmd, Erlang's port mapper, which nodes a machine has and where they listen. libei can
 * only look up one, and does not tell why that failed.
 *
 * Threads: any thread.
 */
#pragma once

#include "runtime/beam/name.h"

#include <sys/socket.h>

enum beam_epmd
{
  BEAM_EPMD_OK,
  BEAM_EPMD_NO_HOST, /* no such host */
  BEAM_EPMD_SILENT,  /* nothing answers where epmd should be */
  BEAM_EPMD_NO_NODE, /* it does not know such a node */
};

/* Where epmd listens: 4369, or what $ERL_EPMD_PORT says. */
int beam_epmd_own_port (void);

/**
 * beam_epmd_find:
 * @timeout_ms: for each of its steps
 * @ret_port: (out): where the node listens
 *
 * Blocks: up to @timeout_ms a step
 */
enum beam_epmd beam_epmd_find (const struct beam_name *name, int timeout_ms, int *ret_port);

/**
 * beam_epmd_list:
 * @found: called for each node
 *
 * Blocks: up to @timeout_ms a step
 */
enum beam_epmd beam_epmd_list (const char *host,
                               int         timeout_ms,
                               void (*found) (const char *alive, int port, void *user_data),
                               void *user_data);

/* Whether it is this machine's own name. */
bool beam_is_here (const char *host);

/* Connects to @host, whichever of its addresses answers; -1 with errno set, EADDRNOTAVAIL when
 * there is no such host. Not blocking afterwards. */
int beam_connect (const char *host, int port, int timeout_ms);

/* 0 when @fd is ready for @events within @timeout_ms, else an errno. */
int beam_wait (int fd, short events, int timeout_ms);
