/* SPDX-License-Identifier: MIT
 *
 * See place.h.
 *
 * Threads: any one thread at a time has a place.
 */
#include "protocol/place.h"

#include "protocol/memory.h"
#include "protocol/socket.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct grove_place
{
  struct grove_socket socket;
};

void
grove_place_name (const char *wanted, char ret_name[GROVE_PLACE_NAME_SIZE])
{
  static const char allowed[] = GROVE_SOCKET_NAME_BYTES;
  uint32_t          hash = 2166136261u;
  size_t            n = 0;

  if (grove_socket_name_is_good (wanted))
    {
      strcpy (ret_name, wanted);
      return;
    }
  for (const char *byte = wanted; *byte != '\0'; byte++)
    {
      const bool fits = strchr (allowed, *byte) != NULL && (n > 0 || *byte != '.');

      hash = (hash ^ (unsigned char) *byte) * 16777619u;
      if (n < GROVE_PLACE_NAME_SIZE - 10)
        ret_name[n++] = fits ? *byte : '-';
    }
  (void) snprintf (ret_name + n, GROVE_PLACE_NAME_SIZE - n, "-%08x", hash);
}

void
grove_place_annotate (const char *name, const char *note)
{
  const size_t size = strlen (note);
  char         directory[4096], *path;
  int          fd;

  if (!grove_socket_directory (directory, sizeof directory) || !grove_socket_name_is_good (name))
    return;
  if (asprintf (&path, "%s/%s.lock", directory, name) < 0)
    abort ();
  fd = open (path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd >= 0)
    {
      if (pwrite (fd, note, size, 0) == (ssize_t) size)
        (void) !ftruncate (fd, (off_t) size);
      close (fd);
    }
  free (path);
}

enum grove_listen
grove_place_claim (const char *name, struct grove_place **ret_place, char **ret_error)
{
  struct grove_place *self = grove_must_zero (sizeof *self);
  enum grove_listen   outcome = grove_socket_claim (&self->socket, NULL, name, ret_error);

  if (outcome == GROVE_LISTEN_OK)
    *ret_place = self;
  else
    free (self);
  return outcome;
}

void
grove_place_free (struct grove_place *self)
{
  if (self == NULL)
    return;
  grove_socket_close (&self->socket);
  free (self);
}
