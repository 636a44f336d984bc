/* SPDX-License-Identifier: MIT
 *
 * What a file in PEM holds, by the lines that begin its parts. What is in the parts is for who uses
 * them to judge.
 */
#include "observer/grove-pem.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE_MAX_BYTES (4 * 1024 * 1024)

static gboolean
complain (GError **error, const char *format, const char *name)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, format, name);
#pragma GCC diagnostic pop
  return FALSE;
}

/* All of it, with a zero behind; NULL and why. (transfer full) */
static char *
read_file (const char *path, const char *name, gsize *ret_size, GError **error)
{
  struct stat status;
  /* A pipe that nobody writes to would be waited for. */
  int   fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  char *bytes = NULL;
  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
    complain (error, _ ("There is no file “%s”."), name);
  else if (fd < 0 && errno == EACCES)
    complain (error, _ ("You may not read “%s”."), name);
  else if (fd < 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("“%s” cannot be read: %s."), name,
                 g_strerror (errno));
  else if (fstat (fd, &status) != 0 || !S_ISREG (status.st_mode))
    complain (error, _ ("“%s” is no file."), name);
  else if (status.st_size > SIZE_MAX_BYTES)
    complain (error, _ ("“%s” is too large to be certificates or keys."), name);
  else
    {
      gssize n, size = 0;
      bytes = g_malloc ((gsize) status.st_size + 1);
      while (size < status.st_size &&
             (n = read (fd, bytes + size, (gsize) (status.st_size - size))) > 0)
        size += n;
      bytes[size] = '\0';
      *ret_size = (gsize) size;
    }
  if (fd >= 0)
    close (fd);
  return bytes;
}

/* Whether a part begins whose name ends so: "RSA PRIVATE KEY" is a PRIVATE KEY. */
static gboolean
has_part (const char *bytes, gsize size, const char *name)
{
  static const char dashes[] = "-----BEGIN ";
  const char       *end = bytes + size;
  for (const char *line = bytes; line != NULL && line < end;)
    {
      const char      *next = memchr (line, '\n', (gsize) (end - line));
      gsize            length = (gsize) ((next != NULL ? next : end) - line);
      g_autofree char *text = g_strchomp (g_strndup (line, MIN (length, 100)));
      if (g_str_has_prefix (text, dashes) && g_str_has_suffix (text, "-----"))
        {
          text[strlen (text) - strlen ("-----")] = '\0';
          if (g_str_has_suffix (text, name))
            return TRUE;
        }
      line = next != NULL ? next + 1 : NULL;
    }
  return FALSE;
}

static gboolean
check (const char *bytes, gsize size, GrovePemParts parts, const char *name, GError **error)
{
  gboolean certificate = has_part (bytes, size, " CERTIFICATE");
  gboolean key = has_part (bytes, size, " PRIVATE KEY");
  if (!certificate && !key && size > 0 && bytes[0] == 0x30)
    return complain (error,
                     _ ("“%s” is in DER. PEM is needed: “openssl x509 -inform der -in FILE” makes "
                        "it."),
                     name);
  if (!certificate && !key)
    return complain (error, _ ("“%s” is not in PEM: no line of it begins with “-----BEGIN”."),
                     name);
  if ((parts & GROVE_PEM_CERTIFICATE) && !certificate)
    return complain (error, _ ("There is no certificate in “%s”, only a key."), name);
  if ((parts & GROVE_PEM_KEY) && !key)
    return complain (error,
                     _ ("There is no private key in “%s”. If it is in a file of its own, choose "
                        "that too."),
                     name);
  if ((parts & GROVE_PEM_KEY) && (has_part (bytes, size, " ENCRYPTED PRIVATE KEY") ||
                                  strstr (bytes, "Proc-Type: 4,ENCRYPTED") != NULL))
    return complain (error,
                     _ ("The key in “%s” is locked with a passphrase, which cannot be asked for. "
                        "One that is not is needed."),
                     name);
  return TRUE;
}

gboolean
grove_pem_check (const char *path, GrovePemParts parts, GError **error)
{
  g_autofree char *name = g_filename_display_basename (path);
  gsize            size = 0;
  g_autofree char *bytes = read_file (path, name, &size, error);
  return bytes != NULL && check (bytes, size, parts, name, error);
}
