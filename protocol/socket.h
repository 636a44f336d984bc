/* SPDX-License-Identifier: MIT
 *
 * The place in the file system where a system can be found: DIRECTORY/NAME.sock, held by a lock on
 * DIRECTORY/NAME.lock for as long as the system lives. The lock, not the socket, tells a live
 * system from what a crash left behind.
 *
 * Threads: any one thread at a time.
 */
#pragma once

#include "protocol/server.h"

struct grove_socket
{
  int   listen_fd; /* not blocking */
  int   lock_fd;
  char *socket_path, *lock_path;
};

/* A name's bytes. */
#define GROVE_SOCKET_NAME_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@-"
bool grove_socket_name_is_good (const char *name);

/* @directory: NULL for grove_socket_directory(). @ret_error: see grove_protocol_server_new(). */
enum grove_listen grove_socket_listen (struct grove_socket *self,
                                       const char          *directory,
                                       const char          *name,
                                       char               **ret_error);
/* Likewise, but for the socket: for who has a name to hold and nothing to offer yet. A socket that
 * was left behind there is removed. */
enum grove_listen grove_socket_claim (struct grove_socket *self,
                                      const char          *directory,
                                      const char          *name,
                                      char               **ret_error);
/* Removes socket and lock. */
void grove_socket_close (struct grove_socket *self);
/* The next peer that is the same user or root, or -1. @ret_again: others may be waiting. */
int grove_socket_accept (struct grove_socket *self, bool *ret_again);
