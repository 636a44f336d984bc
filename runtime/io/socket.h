/* SPDX-License-Identifier: MIT
 *
 * Sockets, pipes and whatever else can be polled, as processes use them: who waits for one is
 * parked, and its scheduler goes on with others. TCP over IPv4 and IPv6, and Unix sockets.
 *
 * A socket belongs to the process that made it, and is closed when that process ends, before
 * anybody hears of the end. It can be given to another. Only its owner closes it or gives it away;
 * any process may read and write, one of each kind at a time.
 *
 * A socket is a number that is never that of another later, so that one that is closed does no
 * harm: it answers GROVE_ERR_IO with errno EBADF. With GROVE_ERR_IO errno always tells why. All
 * functions: owner process only, and none waits in a deferred release. SIGPIPE is never raised.
 */
#pragma once

#include "runtime/core/process.h"

GROVE_BEGIN_DECLS

/* 0 is none. */
typedef uint64_t grove_socket;

/* Where to listen or connect to: a path, or a host and a port. */
struct grove_address
{
  const char *path; /* a Unix socket, at most 107 bytes; NULL: the others count */
  const char
          *host; /* a name or numbers; NULL: connecting: this machine, listening: all addresses */
  uint16_t port; /* listening: 0: any that is free, see grove_socket_port() */
};

/**
 * grove_listen:
 * @address: see the struct; borrowed
 * @ret_socket: (out): for grove_accept()
 *
 * With a path, the socket's file is made, and removed when the socket is closed.
 *
 * Threads: owner process only. Blocks: only to look up the name of a host. Cost: some system calls.
 * Errors: GROVE_ERR_IO (EADDRINUSE, EACCES, EHOSTUNREACH: no such host...), GROVE_ERR_BADARG,
 * GROVE_ERR_SYSTEM_LIMIT (there are 1,048,576 sockets)
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_listen (const struct grove_address *address, grove_socket *ret_socket) GROVE_NODISCARD;

/**
 * grove_accept:
 * @listener: of grove_listen()
 * @timeout_ns: 0 looks once; GROVE_FOREVER waits
 * @ret_socket: (out): belongs to the caller; with TCP small packets are not held back (TCP_NODELAY)
 *
 * Threads: owner process only. Blocks: yes. Cost: two system calls, and two more when it waits.
 * Errors: GROVE_ERR_TIMEOUT, GROVE_ERR_BUSY (another process waits for it), GROVE_ERR_IO (EMFILE:
 * the connection stays for a later call), GROVE_ERR_BADARG, GROVE_ERR_SYSTEM_LIMIT
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_accept (grove_socket listener, int64_t timeout_ns, grove_socket *ret_socket) GROVE_NODISCARD;

/**
 * grove_connect:
 * @address: see the struct; borrowed
 * @timeout_ns: for all of it, the looking up of a name included
 * @ret_socket: (out): belongs to the caller
 *
 * The addresses of a host are tried one after another.
 *
 * ```c
 * struct grove_address address = { .host = "127.0.0.1" };
 * grove_socket         listener, client, server;
 * char                 buffer[16];
 * size_t               n;
 *
 * grove_assert (grove_listen (&address, &listener) == GROVE_OK);
 * grove_assert (grove_socket_port (listener, &address.port) == GROVE_OK);
 * grove_assert (grove_connect (&address, GROVE_FOREVER, &client) == GROVE_OK);
 * grove_assert (grove_accept (listener, GROVE_FOREVER, &server) == GROVE_OK);
 * grove_assert (grove_write (client, "hello", 5, GROVE_FOREVER, NULL) == GROVE_OK);
 * grove_assert (grove_read (server, buffer, sizeof buffer, GROVE_FOREVER, &n) == GROVE_OK);
 * grove_assert (n == 5);
 * grove_assert (grove_close (client) == GROVE_OK);
 * grove_assert (grove_read (server, buffer, sizeof buffer, GROVE_FOREVER, &n) == GROVE_OK);
 * grove_assert (n == 0);
 * grove_assert (grove_close (server) == GROVE_OK);
 * grove_assert (grove_close (listener) == GROVE_OK);
 * ```
 *
 * Threads: owner process only. Blocks: yes. Cost: some system calls.
 * Errors: GROVE_ERR_TIMEOUT, GROVE_ERR_IO (ECONNREFUSED, EHOSTUNREACH: no such host...),
 * GROVE_ERR_BADARG, GROVE_ERR_SYSTEM_LIMIT
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_connect (const struct grove_address *address,
                                              int64_t                     timeout_ns,
                                              grove_socket *ret_socket) GROVE_NODISCARD;

/**
 * grove_read:
 * @buffer: (out): may lie on the stack
 * @size: of @buffer, more than 0
 * @timeout_ns: 0 looks once; GROVE_FOREVER waits
 * @ret_n: (out): how many bytes there were, at least 1; 0: the other side has closed
 *
 * Takes what is there, or waits for it.
 *
 * Threads: owner process only. Blocks: yes. Cost: a system call, and another when it waits.
 * Errors: GROVE_ERR_TIMEOUT, GROVE_ERR_BUSY (another process waits to read), GROVE_ERR_IO
 * (ECONNRESET...), GROVE_ERR_BADARG; *ret_n is then untouched
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_read (grove_socket socket, void *buffer, size_t size, int64_t timeout_ns, size_t *ret_n)
  GROVE_NODISCARD;

/**
 * grove_write:
 * @bytes: borrowed; may lie on the stack
 * @timeout_ns: for all of it; GROVE_FOREVER waits
 * @ret_n: (out) (optional): how many were written, in case of an error too
 *
 * Writes all of it, and waits where the other side does not take it. What two processes write at
 * the same time may be mixed where one has to wait.
 *
 * Threads: owner process only. Blocks: yes. Cost: a system call, and two each time it waits.
 * Errors: GROVE_ERR_TIMEOUT, GROVE_ERR_BUSY (another process waits to write), GROVE_ERR_IO (EPIPE,
 * ECONNRESET...), GROVE_ERR_BADARG
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_write (grove_socket socket, const void *bytes, size_t size, int64_t timeout_ns, size_t *ret_n)
  GROVE_NODISCARD;

/**
 * grove_shutdown:
 *
 * Tells the other side that no more is written; it can still be read from.
 *
 * Threads: owner process only. Blocks: no. Cost: a system call.
 * Errors: GROVE_ERR_IO (ENOTSOCK: a pipe...)
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_shutdown (grove_socket socket);

/**
 * grove_close:
 *
 * Who waits for it is woken, and finds it closed.
 *
 * Threads: owner process only. Blocks: no. Cost: two system calls.
 * Errors: GROVE_ERR_BUSY (another process's), GROVE_ERR_IO (EBADF)
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status grove_close (grove_socket socket);

/**
 * grove_socket_give:
 * @to: whoever owns it from now on; when that process has ended it is closed
 *
 * The new owner has it before any message the caller sends afterwards.
 *
 * Threads: owner process only. Blocks: no. Cost: a signal.
 * Errors: GROVE_ERR_BUSY (another process's, or already on its way), GROVE_ERR_IO (EBADF)
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_socket_give (grove_socket socket, grove_pid to) GROVE_NODISCARD;

/**
 * grove_socket_adopt:
 * @fd: (transfer full): a socket, pipe, terminal, eventfd...; it is made not to block
 * @ret_socket: (out): belongs to the caller, and @fd to it
 *
 * Threads: owner process only. Blocks: no. Cost: two system calls.
 * Errors: GROVE_ERR_IO (EBADF; EPERM: it cannot be polled, like a regular file), GROVE_ERR_BADARG,
 * GROVE_ERR_SYSTEM_LIMIT; @fd is still the caller's then
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_socket_adopt (int fd, grove_socket *ret_socket) GROVE_NODISCARD;

/**
 * grove_socket_port:
 * @ret_port: (out): the port on this side
 *
 * Threads: owner process only. Blocks: no. Cost: a system call.
 * Errors: GROVE_ERR_IO (EBADF; ENOTSOCK, EAFNOSUPPORT: it has none), GROVE_ERR_BADARG
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_socket_port (grove_socket socket, uint16_t *ret_port) GROVE_NODISCARD;

/* What grove_socket_peer() writes at most, with its NUL. */
#define GROVE_PEER_SIZE 56

/**
 * grove_socket_peer:
 * @text: (out): who is on the other side: "127.0.0.1:4711", "[::1]:4711"; untouched when there is
 * an error
 *
 * Threads: owner process only. Blocks: no. Cost: a system call.
 * Errors: GROVE_ERR_IO (EBADF; ENOTCONN; ENOTSOCK, EAFNOSUPPORT: there are no addresses),
 * GROVE_ERR_BADARG
 * Returns: GROVE_OK or an error
 * Since: 0.1
 */
GROVE_PUBLIC enum grove_status
grove_socket_peer (grove_socket socket, char text[GROVE_PEER_SIZE]) GROVE_NODISCARD;

GROVE_END_DECLS
