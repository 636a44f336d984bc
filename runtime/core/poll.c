/* SPDX-License-Identifier: MIT
 *
 * See poll.h.
 */
#include "runtime/core/poll.h"

#include "runtime/core/process.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MAX_EVENTS 128
#define DATA_WAKE  UINT64_MAX

static _Atomic (grove_poll_func) poll_func;

void
_grove_poll_set_func (grove_poll_func func)
{
  atomic_store (&poll_func, func);
}

void
_grove_poll_init (struct grove_poll *self)
{
  self->epoll = self->wake = -1;
  atomic_store (&self->n, 0);
}

void
_grove_poll_finish (struct grove_poll *self)
{
  if (self->epoll >= 0)
    {
      close (self->epoll);
      close (self->wake);
    }
  _grove_poll_init (self);
}

static bool
add (int epoll, int fd, uint32_t events, uint64_t data)
{
  struct epoll_event event = { .events = events | EPOLLET, .data.u64 = data };

  return epoll_ctl (epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool
open_both (struct grove_poll *self)
{
  int saved_errno;

  self->epoll = epoll_create1 (EPOLL_CLOEXEC);
  self->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  /* Nobody reads it: each write is an edge. */
  if (self->epoll >= 0 && self->wake >= 0 && add (self->epoll, self->wake, EPOLLIN, DATA_WAKE))
    return true;
  saved_errno = errno;
  if (self->epoll >= 0)
    close (self->epoll);
  if (self->wake >= 0)
    close (self->wake);
  self->epoll = self->wake = -1;
  errno = saved_errno;
  return false;
}

bool
_grove_poll_add (struct grove_poll *self, int fd, uint64_t data)
{
  if (self->epoll < 0 && !open_both (self))
    return false;
  if (!add (self->epoll, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP, data))
    return false;
  atomic_fetch_add (&self->n, 1);
  return true;
}

void
_grove_poll_remove (struct grove_poll *self, int fd)
{
  int saved_errno = errno;

  if (epoll_ctl (self->epoll, EPOLL_CTL_DEL, fd, NULL) == 0)
    atomic_fetch_sub (&self->n, 1);
  errno = saved_errno;
}

/* epoll_pwait2() where there is one; before Linux 5.11 the wait is rounded up to milliseconds. */
static int
fetch (int epoll, struct epoll_event *events, uint64_t deadline_ns)
{
  static _Atomic bool no_pwait2;
  struct timespec     span = { 0, 0 };
  uint64_t            left = 0;

  if (deadline_ns != 0 && deadline_ns != UINT64_MAX)
    {
      uint64_t now = grove_now_ns ();
      left = deadline_ns > now ? deadline_ns - now : 0;
    }
#ifdef SYS_epoll_pwait2
  if (deadline_ns != 0 && !atomic_load_explicit (&no_pwait2, memory_order_relaxed))
    {
      int n;
      span.tv_sec = (time_t) (left / 1000000000);
      span.tv_nsec = (long) (left % 1000000000);
      n = (int) syscall (SYS_epoll_pwait2, epoll, events, MAX_EVENTS,
                         deadline_ns == UINT64_MAX ? NULL : &span, NULL, (size_t) 0);
      if (n >= 0 || errno != ENOSYS)
        return n;
      atomic_store (&no_pwait2, true);
    }
#endif
  left = (left + 999999) / 1000000;
  return epoll_wait (epoll, events, MAX_EVENTS,
                     deadline_ns == UINT64_MAX ? -1 : (int) (left < 3600000 ? left : 3600000));
}

bool
_grove_poll_wait (struct grove_poll *self, uint64_t deadline_ns)
{
  struct epoll_event events[MAX_EVENTS];
  grove_poll_func    func = atomic_load (&poll_func);
  int                n = fetch (self->epoll, events, deadline_ns);

  for (int i = 0; i < n; i++)
    if (events[i].data.u64 != DATA_WAKE)
      func (events[i].data.u64, events[i].events);
  return n > 0;
}

void
_grove_poll_wake (struct grove_poll *self)
{
  uint64_t one = 1;

  (void) !write (self->wake, &one, sizeof one);
}
