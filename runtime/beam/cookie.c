/* SPDX-License-Identifier: MIT
 *
 * See cookie.h.
 */
#include "runtime/beam/cookie.h"

#include "runtime/beam/must.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_PLACES 3

enum found
{
  FOUND,
  NOT_THERE,
  UNUSABLE, /* there, and the error says what is wrong with it */
};

static

  enum found
  read_open (int                  fd,
             const char          *path,
             char                 cookie[BEAM_COOKIE_SIZE],
             struct beam_trouble *ret_trouble)
{
  struct stat about;
  ssize_t     size;

  if (fstat (fd, &about) != 0 || !S_ISREG (about.st_mode))
    {
      beam_trouble_set (ret_trouble, BEAM_NO_COOKIE, "%s is not a file.", path);
      return UNUSABLE;
    }
  if ((about.st_mode & 077) != 0)
    {
      beam_trouble_set (ret_trouble, BEAM_NO_COOKIE,
                        "Others can read the cookie in %s; only its owner may: chmod 400 %s", path,
                        path);
      return UNUSABLE;
    }
  size = read (fd, cookie, BEAM_COOKIE_SIZE);
  if (size < 0)
    {
      beam_trouble_set (ret_trouble, BEAM_NO_COOKIE, "%s cannot be read: %s.", path,
                        strerror (errno));
      return UNUSABLE;
    }
  if (size == BEAM_COOKIE_SIZE)
    {
      beam_trouble_set (ret_trouble, BEAM_NO_COOKIE, "The cookie in %s is longer than %d bytes.",
                        path, BEAM_COOKIE_SIZE - 1);
      return UNUSABLE;
    }
  cookie[size] = '\0';
  cookie[strcspn (cookie, "\r\n")] = '\0';
  if (cookie[0] == '\0')
    {
      beam_trouble_set (ret_trouble, BEAM_NO_COOKIE, "%s is empty; it should hold the cookie.",
                        path);
      return UNUSABLE;
    }
  return FOUND;
}

static

  enum found
  read_file (const char *path, char cookie[BEAM_COOKIE_SIZE], struct beam_trouble *ret_trouble)
{
  const int  fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  enum found found;

  if (fd < 0)
    {
      if (errno == ENOENT || errno == ENOTDIR)
        return NOT_THERE;
      beam_trouble_set (ret_trouble, BEAM_NO_COOKIE, "%s cannot be read: %s.", path,
                        strerror (errno));
      return UNUSABLE;
    }
  found = read_open (fd, path, cookie, ret_trouble);
  close (fd);
  return found;
}

/* The observer's, then where OTP looks, in its order; an empty text where there is no such place.
 */
static void
find_places (const char *node, char places[N_PLACES][PATH_MAX])
{
  const char *home = getenv ("HOME"), *config = getenv ("XDG_CONFIG_HOME");
  char        usual[PATH_MAX - 512];

  for (unsigned i = 0; i < N_PLACES; i++)
    places[i][0] = '\0';
  if (home != NULL && home[0] == '/')
    {
      (void) snprintf (places[1], PATH_MAX, "%s/.erlang.cookie", home);
      (void) snprintf (usual, sizeof usual, "%s/.config", home);
    }
  else
    usual[0] = '\0';
  if (config == NULL || config[0] != '/')
    config = usual;
  if (config[0] == '\0')
    return;
  (void) snprintf (places[0], PATH_MAX, "%s/grove/cookies/%s", config, node);
  (void) snprintf (places[2], PATH_MAX, "%s/erlang/.erlang.cookie", config);
}

bool
beam_cookie_read (const char          *node,
                  const char          *path,
                  char                 cookie[BEAM_COOKIE_SIZE],
                  struct beam_trouble *ret_trouble)
{
  char places[N_PLACES][PATH_MAX];

  if (path != NULL)
    {
      const enum found found = read_file (path, cookie, ret_trouble);

      if (found == NOT_THERE)
        beam_trouble_set (ret_trouble, BEAM_NO_COOKIE, "There is no file %s.", path);
      return found == FOUND;
    }
  find_places (node, places);
  for (unsigned i = 0; i < N_PLACES; i++)
    if (places[i][0] != '\0')
      {
        const enum found found = read_file (places[i], cookie, ret_trouble);

        if (found != NOT_THERE)
          return found == FOUND;
      }
  beam_trouble_set (ret_trouble, BEAM_NO_COOKIE,
                    "There is no cookie in %s or %s. Where the node has another, name a file "
                    "that holds it: --cookie-file FILE",
                    places[1], places[2]);
  return false;
}

bool
beam_cookie_take (int fd, char cookie[BEAM_COOKIE_SIZE], struct beam_trouble *ret_trouble)
{
  size_t size = 0;

  /* Byte by byte: what follows is the protocol's. */
  for (;;)
    {
      const ssize_t n = size < BEAM_COOKIE_SIZE ? read (fd, cookie + size, 1) : 0;

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          beam_trouble_set (ret_trouble, BEAM_NO_COOKIE,
                            "The first line of the input should be the cookie, of at most %d "
                            "bytes.",
                            BEAM_COOKIE_SIZE - 1);
          return false;
        }
      if (cookie[size] == '\n')
        break;
      size++;
    }
  cookie[size] = '\0';
  cookie[strcspn (cookie, "\r")] = '\0';
  if (cookie[0] != '\0')
    return true;
  beam_trouble_set (ret_trouble, BEAM_NO_COOKIE, "The cookie on the input is empty.");
  return false;
}
