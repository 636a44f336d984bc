/* SPDX-License-Identifier: MIT
 *
 * The protocol server of one source: a listening Unix socket, a poll loop, sessions. It runs in the
 * thread that calls grove_protocol_server_run().
 */
#pragma once

#include "protocol/source.h"

struct grove_protocol_server;

struct grove_protocol_server_options
{
  const char *directory;     /* NULL: grove_socket_directory() */
  bool        read_only;     /* the role `control` is refused with -32002 */
  bool        hide_payloads; /* what messages, states and dictionaries hold is -32002 */
  uint32_t    opening_ms;    /* for opening a session once connected; 0: 10 s */
};

/**
 * grove_socket_directory:
 * @path: (out): $XDG_RUNTIME_DIR/grove, or /tmp/grove-UID; at most @size bytes
 *
 * Creates nothing.
 *
 * Threads: any thread.
 * Returns: false when it does not fit
 * Since: 0.1
 */
bool grove_socket_directory (char *path, size_t size);

enum grove_listen
{
  GROVE_LISTEN_OK,
  GROVE_LISTEN_BUSY,     /* a live system has that name */
  GROVE_LISTEN_BAD_NAME, /* 1 to 64 of [A-Za-z0-9._@-], not starting with a dot */
  GROVE_LISTEN_FAILED,   /* the operating system said no */
};

/**
 * grove_protocol_server_new:
 * @source: longer lived than the server
 * @name: of the system
 * @options: (nullable): not kept
 * @ret_server: (out) (transfer full): free with grove_protocol_server_free()
 * @ret_error: (out) (transfer full): one sentence for people; free()
 *
 * Binds DIRECTORY/NAME.sock: the directory 0700 and the caller's, the socket 0600. A lock on
 * DIRECTORY/NAME.lock tells a live system from a socket a crash left behind, which is removed.
 *
 * Since: 0.1
 */
enum grove_listen grove_protocol_server_new (const struct grove_source                  *source,
                                             const char                                 *name,
                                             const struct grove_protocol_server_options *options,
                                             struct grove_protocol_server              **ret_server,
                                             char                                      **ret_error);

/**
 * grove_protocol_server_new_on:
 * @fd: (transfer full): a connected socket, the only session's; others cannot come
 * @options: (nullable): not kept; its directory is not used
 *
 * For a server that somebody runs as a command, and speaks with through its standard input and
 * output. It also stops when that session ends.
 *
 * Returns: (transfer full): free with grove_protocol_server_free()
 * Since: 0.1
 */
struct grove_protocol_server *
grove_protocol_server_new_on (const struct grove_source                  *source,
                              int                                         fd,
                              const struct grove_protocol_server_options *options);

/**
 * grove_protocol_server_run:
 *
 * Serves until grove_protocol_server_stop(); then says goodbye to every session.
 *
 * Blocks: yes; the source is called on this thread
 * Since: 0.1
 */
void grove_protocol_server_run (struct grove_protocol_server *self);

/**
 * grove_protocol_server_stop:
 *
 * Asks it to stop, and does not wait.
 *
 * Threads: any thread; async-signal-safe.
 * Since: 0.1
 */
void grove_protocol_server_stop (struct grove_protocol_server *self);

/* Removes the socket and its lock. Not while it runs. Since: 0.1 */
void grove_protocol_server_free (struct grove_protocol_server *self);

/**
 * grove_protocol_server_cpu_ns:
 *
 * Returns: CPU time the serving thread has used; grove_protocol_server_sessions() how many are open
 * Threads: any thread.
 * Since: 0.1
 */
uint64_t grove_protocol_server_cpu_ns (const struct grove_protocol_server *self);
unsigned grove_protocol_server_sessions (const struct grove_protocol_server *self);
