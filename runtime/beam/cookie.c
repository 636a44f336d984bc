/* SPDX-License-Identifier: MIT
 *
 * See cookie.h.
 */
#include "runtime/beam/cookie.h"

#include "runtime/beam/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum found
{
  FOUND,
  NOT_THERE,
  UNUSABLE, /* there, and the error says what is wrong with it */
};

static enum found
read_open (int fd, const char *path, char cookie[BEAM_COOKIE_SIZE], char **ret_error)
{
  struct stat about;
  ssize_t     size;

  if (fstat (fd, &about) != 0 || !S_ISREG (about.st_mode))
    {
      *ret_error = beam_text ("%s is not a file.", path);
      return UNUSABLE;
    }
  if ((about.st_mode & 077) != 0)
    {
      *ret_error = beam_text ("Others can read the cookie in %s; only its owner may: chmod 400 %s",
                              path, path);
      return UNUSABLE;
    }
  size = read (fd, cookie, BEAM_COOKIE_SIZE);
  if (size < 0)
    {
      *ret_error = beam_text ("%s cannot be read: %s.", path, strerror (errno));
      return UNUSABLE;
    }
  if (size == BEAM_COOKIE_SIZE)
    {
      *ret_error =
        beam_text ("The cookie in %s is longer than %d bytes.", path, BEAM_COOKIE_SIZE - 1);
      return UNUSABLE;
    }
  cookie[size] = '\0';
  cookie[strcspn (cookie, "\r\n")] = '\0';
  if (cookie[0] == '\0')
    {
      *ret_error = beam_text ("%s is empty; it should hold the cookie.", path);
      return UNUSABLE;
    }
  return FOUND;
}

static enum found
read_file (const char *path, char cookie[BEAM_COOKIE_SIZE], char **ret_error)
{
  const int  fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  enum found found;

  if (fd < 0)
    {
      if (errno == ENOENT || errno == ENOTDIR)
        return NOT_THERE;
      *ret_error = beam_text ("%s cannot be read: %s.", path, strerror (errno));
      return UNUSABLE;
    }
  found = read_open (fd, path, cookie, ret_error);
  close (fd);
  return found;
}

/* Where OTP looks, in its order; an empty text where there is no such place. */
static void
find_places (char places[2][PATH_MAX])
{
  const char *home = getenv ("HOME"), *config = getenv ("XDG_CONFIG_HOME");

  places[0][0] = places[1][0] = '\0';
  if (home != NULL && home[0] == '/')
    (void) snprintf (places[0], PATH_MAX, "%s/.erlang.cookie", home);
  if (config != NULL && config[0] == '/')
    (void) snprintf (places[1], PATH_MAX, "%s/erlang/.erlang.cookie", config);
  else if (home != NULL && home[0] == '/')
    (void) snprintf (places[1], PATH_MAX, "%s/.config/erlang/.erlang.cookie", home);
}

bool
beam_cookie_read (const char *path, char cookie[BEAM_COOKIE_SIZE], char **ret_error)
{
  char places[2][PATH_MAX];

  if (path != NULL)
    {
      const enum found found = read_file (path, cookie, ret_error);

      if (found == NOT_THERE)
        *ret_error = beam_text ("There is no file %s.", path);
      return found == FOUND;
    }
  find_places (places);
  for (unsigned i = 0; i < 2; i++)
    if (places[i][0] != '\0')
      {
        const enum found found = read_file (places[i], cookie, ret_error);

        if (found != NOT_THERE)
          return found == FOUND;
      }
  *ret_error = beam_text ("There is no cookie in %s or %s. Where the node has another, name a file "
                          "that holds it: --cookie-file FILE",
                          places[0], places[1]);
  return false;
}
