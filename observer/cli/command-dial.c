/* SPDX-License-Identifier: MIT
 *
 * grove dial-stdio: standard input and output become the two ends of a connection to a system of
 * this machine. It is what ssh and kubectl run on the other side, so it knows nothing of what it
 * carries: bytes go through as they are, the end of one direction is passed on and leaves the other
 * open, and it ends with the system, or when nobody reads what the system says.
 */
#include "observer/cli/cli.h"

#include "observer/grove-session-private.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER_SIZE 65536

/* One direction. */
typedef struct
{
  int      from, to;
  gboolean ended; /* nothing more comes */
  gsize    size, at;
  char     bytes[BUFFER_SIZE];
} Flow;

static gboolean
is_again (int error)
{
  return error == EAGAIN || error == EINTR;
}

/* FALSE: what reads it is gone. */
static gboolean
drain (Flow *self)
{
  /* No more than fits into a pipe that has any room, so that writing never blocks. */
  gssize n = write (self->to, self->bytes + self->at, MIN (self->size - self->at, PIPE_BUF));
  if (n < 0)
    return is_again (errno);
  self->at += (gsize) n;
  if (self->at == self->size)
    self->at = self->size = 0;
  return TRUE;
}

static void
fill (Flow *self)
{
  gssize n = read (self->from, self->bytes, sizeof self->bytes);
  if (n > 0)
    self->size = (gsize) n;
  else if (n == 0 || !is_again (errno))
    self->ended = TRUE;
}

static gboolean
is_empty (const Flow *self)
{
  return self->at == self->size;
}

/* A descriptor is polled for what can be done with it; -1 is passed over. */
static void
look_for (struct pollfd *from, struct pollfd *to, const Flow *flow)
{
  *from =
    (struct pollfd){ .fd = is_empty (flow) && !flow->ended ? flow->from : -1, .events = POLLIN };
  /* Also without anything to write it is seen that nobody reads any more. */
  *to = (struct pollfd){ .fd = flow->to, .events = is_empty (flow) ? 0 : POLLOUT };
}

/* Blocks until the system is gone, or whoever reads standard output is. */
static void
carry (Flow *up, Flow *down)
{
  gboolean told = FALSE;
  for (;;)
    {
      struct pollfd polls[4];
      look_for (&polls[0], &polls[1], up);
      look_for (&polls[2], &polls[3], down);
      /* The socket stands in both directions; its end is heard of from reading it. */
      if (is_empty (up))
        polls[1].fd = -1;
      if (poll (polls, 4, -1) < 0 && errno != EINTR)
        return;
      if (polls[0].revents != 0)
        fill (up);
      if (polls[2].revents != 0)
        fill (down);
      if ((polls[3].revents & (POLLERR | POLLNVAL)) != 0)
        return;
      if (!is_empty (up) && !drain (up))
        {
          /* The system is gone; what it said is still to be read. */
          up->ended = TRUE;
          up->size = up->at = 0;
        }
      if (!is_empty (down) && !drain (down))
        return;
      if (up->ended && is_empty (up) && !told)
        {
          shutdown (up->to, SHUT_WR);
          told = TRUE;
        }
      if (down->ended && is_empty (down))
        return;
    }
}

/* The address as it may be dialled: a socket of this machine. */
static GroveAddress *
choose (Cli *cli, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *target = cli_choose_system (cli, error);
  if (target == NULL)
    return NULL;
  g_autoptr (GroveAddress) address = grove_address_parse (target, &problem);
  if (address == NULL)
    g_set_error_literal (error, CLI_ERROR, CLI_USAGE, problem->message);
  else if (address->path == NULL)
    g_set_error (error, CLI_ERROR, CLI_USAGE,
                 "“%s” is not a system of this machine\nGive a name, or the path of a socket.",
                 target);
  else
    return g_steal_pointer (&address);
  return NULL;
}

static int
dial (Cli *cli, GError **error)
{
  g_autoptr (GroveAddress) address = choose (cli, error);
  if (address == NULL)
    return -1;
  int fd = _grove_session_connect_to (address->path);
  if (fd >= 0)
    return fd;
  g_autofree char *title = NULL, *detail = NULL;
  int              number = errno;
  _grove_trouble_describe (_grove_session_trouble_of_errno (number, address->path), address->name,
                           address->path, g_strerror (number), &title, &detail);
  g_set_error (error, CLI_ERROR, CLI_UNREACHABLE, "%s\n%s", title, detail);
  return -1;
}

int
cli_run_dial_stdio (Cli *cli, int argc, char **argv)
{
  static Flow up, down;
  g_autoptr (GError) error = NULL;
  if (!cli_take_system (cli, argc, argv))
    return CLI_USAGE;
  int fd = dial (cli, &error);
  if (fd < 0)
    return cli_complain (cli, error);
  signal (SIGPIPE, SIG_IGN);
  up.from = STDIN_FILENO;
  up.to = fd;
  down.from = fd;
  down.to = STDOUT_FILENO;
  carry (&up, &down);
  close (fd);
  return CLI_OK;
}
