/* SPDX-License-Identifier: MIT
 *
 * What is known of each socket: a table whose places are never anything else, so that a number of a
 * socket that is closed finds a place of another generation. Any process may come to any socket;
 * everything that more than one may touch is atomic.
 *
 * `word` guards the descriptor: who makes a system call with it is counted there, and the last to
 * leave a closed one closes it, so that no call ever meets a descriptor that is another's by now.
 */
#pragma once

#include "runtime/core/hold.h"
#include "runtime/io/socket.h"

#include <stdalign.h>

/* Also the bits in `ready`. */
enum grove_direction
{
  GROVE_DIRECTION_READ = 1,
  GROVE_DIRECTION_WRITE = 2,
};

struct grove_waiter
{
  _Atomic (grove_pid) pid;      /* 0: nobody waits, or is about to; by compare and exchange */
  _Atomic (grove_ref) question; /* whoever sets it to 0 answers it */
};

struct grove_socket_place
{
  alignas (64) struct grove_hold hold; /* first; the owner's */
  _Atomic uint64_t    word;            /* generation above, CLOSED, the number of users below */
  _Atomic uint32_t    ready;  /* what has been announced since it was last found not to be */
  _Atomic uint32_t    poller; /* the number of the scheduler that looks after it */
  _Atomic (grove_pid) owner;  /* 0: on its way to another */
  struct grove_waiter reader, writer;
  uint32_t            index;
  uint32_t            next_free;
  int                 fd;        /* set once, like the rest, for as long as it is open */
  bool                is_socket; /* SIGPIPE can be avoided by a flag */
  char               *path;      /* to be removed; or NULL */
};

/* A place for @fd, of which the caller is owner, and its number. GROVE_ERR_SYSTEM_LIMIT;
 * GROVE_ERR_IO. */
enum grove_status
_grove_socket_new (int fd, bool is_socket, const char *path, grove_socket *ret_socket);

/* The place, to be left again; NULL: there is no such socket, and errno is EBADF. */
struct grove_socket_place *_grove_socket_enter (grove_socket socket);
void                       _grove_socket_leave (struct grove_socket_place *self);

/* Nobody enters it again; the caller has. It must have been removed from the holds. */
void _grove_socket_close (struct grove_socket_place *self);

/* Waits until @direction is announced, from which the caller has just heard that it is not
 * possible. GROVE_OK: it may be, or the socket is closed; GROVE_ERR_TIMEOUT; GROVE_ERR_BUSY;
 * GROVE_ERR_IO.
 * @deadline_ns: UINT64_MAX: never. */
enum grove_status
_grove_socket_wait (grove_socket socket, enum grove_direction direction, uint64_t deadline_ns);

/* The deadline that a timeout comes to; no clock is read for those that need none. */
uint64_t _grove_socket_deadline (int64_t timeout_ns);
