/* SPDX-License-Identifier: MIT
 *
 * Reading lines from standard input and writing to standard output without holding a scheduler; see
 * the header. The descriptors may be shared with other programs, so they stay as they are
 * (blocking) and are only used when poll() says that they would not block.
 */
#include "runtime/shell/terminal.h"

#include "runtime/core/control.h"
#include "runtime/core/process-private.h"
#include "runtime/core/scheduler.h"
#include "runtime/io/socket-table.h"
#include "runtime/io/write-quietly.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WRITE_SIZE 512 /* at most what a pipe takes whole when it takes anything */

static struct
{
  _Atomic (grove_pid) owner;
  /* The rest: the owner's. */
  grove_pid    left;     /* the last owner, when it did not leave; of the runtime with this: */
  uint32_t     creation; /* */
  grove_socket in, out;  /* 0: it never blocks, like a file */
  bool         editing;
  bool         end; /* of the input */
  size_t       n, taken;
  char         input[4096];
  /* A line that is not complete, without editing. */
  size_t line_size;
  bool   line_too_long;
  char   line[GROVE_LINE_SIZE + 1];
} terminal;

/* ---- Having it ------------------------------------------------------------------------------- */

static void
give_back (void *data)
{
  if (terminal.editing)
    _grove_edit_close ();
  atomic_store (&terminal.owner, 0);
}

/* A duplicate, so that closing it closes nothing of the program's. 0: it cannot be waited for. */
static grove_socket
watch (int fd)
{
  int          duplicate = dup (fd);
  grove_socket socket = 0;

  if (duplicate >= 0 && _grove_socket_new (duplicate, false, NULL, &socket) != GROVE_OK)
    {
      close (duplicate);
      return 0;
    }
  return socket;
}

bool
_grove_terminal_claim (grove_pid *ret_before)
{
  grove_pid nobody = 0;

  if (!atomic_compare_exchange_strong (&terminal.owner, &nobody, grove_self ()))
    return false;
  grove_defer (give_back, NULL);
  *ret_before = terminal.creation == grove_term_creation () ? terminal.left : 0;
  terminal.left = grove_self ();
  terminal.creation = grove_term_creation ();
  terminal.in = watch (STDIN_FILENO);
  terminal.out = watch (STDOUT_FILENO);
  terminal.editing = _grove_terminal_interactive () && _grove_edit_open ();
  return true;
}

bool
_grove_terminal_taken (void)
{
  return atomic_load (&terminal.owner) != 0;
}

void
_grove_terminal_leave (void)
{
  terminal.left = 0;
}

bool
_grove_terminal_interactive (void)
{
  return isatty (STDIN_FILENO) && isatty (STDOUT_FILENO);
}

/* ---- Waiting --------------------------------------------------------------------------------- */

/* Until @fd would not block, as far as that can be known. */
static bool
wait_for (grove_socket socket, int fd, enum grove_direction direction)
{
  struct pollfd ready = { .fd = fd,
                          .events = direction == GROVE_DIRECTION_READ ? POLLIN : POLLOUT };

  GROVE_SET (_grove_process_require ()->where, (uintptr_t) __builtin_return_address (0));
  while (socket != 0)
    {
      struct grove_socket_place *place = _grove_socket_enter (socket);

      if (place == NULL)
        return false;
      /* Before looking, so that what is announced from here on ends the wait. */
      atomic_fetch_and (&place->ready, ~(uint32_t) direction);
      _grove_socket_leave (place);
      if (poll (&ready, 1, 0) != 0)
        break;
      if (_grove_socket_wait (socket, direction, UINT64_MAX) != GROVE_OK)
        return false;
    }
  return true;
}

static bool
fill (void)
{
  ssize_t n;

  if (terminal.end)
    return false;
  do
    {
      if (!wait_for (terminal.in, STDIN_FILENO, GROVE_DIRECTION_READ))
        return false;
      n = read (STDIN_FILENO, terminal.input, sizeof terminal.input);
    }
  while (n < 0 && (errno == EINTR || errno == EAGAIN));
  terminal.end = n <= 0;
  terminal.n = n > 0 ? (size_t) n : 0;
  terminal.taken = 0;
  return n > 0;
}

int
_grove_terminal_byte (void)
{
  if (terminal.taken == terminal.n && !fill ())
    return -1;
  return (unsigned char) terminal.input[terminal.taken++];
}

/* ---- Lines ----------------------------------------------------------------------------------- */

static enum terminal_line
take_line (char *line, size_t *ret_size)
{
  enum terminal_line result = terminal.line_too_long ? TERMINAL_LINE_TOO_LONG : TERMINAL_LINE;

  memcpy (line, terminal.line, terminal.line_size);
  line[terminal.line_size] = '\0';
  *ret_size = terminal.line_size;
  terminal.line_size = 0;
  terminal.line_too_long = false;
  return result;
}

static enum terminal_line
read_plain_line (char *line, size_t *ret_size)
{
  int byte;

  while ((byte = _grove_terminal_byte ()) >= 0)
    {
      if (byte == '\n')
        return take_line (line, ret_size);
      if (terminal.line_size == GROVE_LINE_SIZE)
        terminal.line_too_long = true;
      else
        terminal.line[terminal.line_size++] = (char) byte;
    }
  /* The last line may lack its end. */
  return terminal.line_size > 0 ? take_line (line, ret_size) : TERMINAL_END;
}

enum terminal_line
_grove_terminal_read_line (char *line, size_t *ret_size, const struct completer *completer)
{
  static const char prompt[] = "grove> ";

  if (terminal.editing)
    return _grove_edit_line (prompt, line, ret_size, completer);
  if (_grove_terminal_interactive ())
    _grove_terminal_write (prompt, sizeof prompt - 1);
  return read_plain_line (line, ret_size);
}

/* ---- Writing --------------------------------------------------------------------------------- */

bool
_grove_terminal_write (const char *text, size_t size)
{
  while (size > 0)
    {
      ssize_t n;

      if (!wait_for (terminal.out, STDOUT_FILENO, GROVE_DIRECTION_WRITE))
        return false;
      n = _grove_write_quietly (STDOUT_FILENO, text, size < WRITE_SIZE ? size : WRITE_SIZE);
      if (n < 0 && errno != EINTR && errno != EAGAIN)
        return false;
      if (n > 0)
        {
          text += n;
          size -= (size_t) n;
        }
    }
  return true;
}
