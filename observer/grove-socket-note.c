/* SPDX-License-Identifier: MIT
 *
 * Reading a note: a few lines, of which those that are not known count for nothing.
 */
#include "observer/grove-socket-note.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define NOTE_MAX 2048

/* At most NOTE_MAX bytes of a plain file; transfer full. */
static char *
read_file (const char *path)
{
  char    bytes[NOTE_MAX];
  int     fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  ssize_t n = fd >= 0 ? read (fd, bytes, sizeof bytes) : 0;
  if (fd >= 0)
    close (fd);
  return g_utf8_make_valid (bytes, MAX (n, 0));
}

static void
take_trouble (GroveSocketNote *note, const char *text)
{
  char  *end;
  gint64 kind = g_ascii_strtoll (text, &end, 10);
  if (kind <= 0 || kind > 255 || *end != ' ' || note->trouble != 0)
    return;
  note->trouble = (int) kind;
  note->said = g_strdup (end + 1);
}

void
_grove_socket_note_read (const char *socket_path, GroveSocketNote *ret_note)
{
  *ret_note = (GroveSocketNote){ NULL };
  if (!g_str_has_suffix (socket_path, ".sock"))
    return;
  g_autofree char *stem = g_strndup (socket_path, strlen (socket_path) - strlen (".sock"));
  g_autofree char *path = g_strconcat (stem, ".lock", NULL);
  g_autofree char *text = read_file (path);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (g_str_has_prefix (*line, "cluster ") && ret_note->cluster == NULL)
      ret_note->cluster = g_strdup (*line + strlen ("cluster "));
    else if (g_str_has_prefix (*line, "trouble "))
      take_trouble (ret_note, *line + strlen ("trouble "));
}

void
_grove_socket_note_clear (GroveSocketNote *self)
{
  g_clear_pointer (&self->cluster, g_free);
  g_clear_pointer (&self->said, g_free);
}
