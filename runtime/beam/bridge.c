/* SPDX-License-Identifier: MIT
 *
 * See bridge.h. Whatever becomes of the process, what it leaves behind is its parent's to clear.
 */
#include "runtime/beam/bridge.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct bridge
{
  int                fd;
  struct beam_joined joined;
  char               name[GROVE_PLACE_NAME_SIZE];
};

static struct grove_protocol_server *server;

static void
on_signal (int number)
{
  grove_protocol_server_stop (server);
}

/* A parent that does not read is not waited for. */
static void
tell (const struct bridge *self, enum beam_word word, const char *text)
{
  char         packet[BEAM_PACKET_SIZE];
  const size_t size = strnlen (text, sizeof packet - 2);

  packet[0] = (char) word;
  memcpy (packet + 1, text, size);
  (void) !send (self->fd, packet, size + 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static int
tell_trouble (const struct bridge *self, const struct beam_trouble *trouble)
{
  char text[sizeof trouble->text + 16];

  (void) snprintf (text, sizeof text, "%02d %s", (int) trouble->kind, trouble->text);
  tell (self, BEAM_WORD_TROUBLE, text);
  return (int) trouble->kind;
}

static void
tell_peers (struct grove_term names, void *user_data)
{
  const struct bridge *self = user_data;
  struct grove_cursor  cursor;
  struct grove_term    name;
  struct grove_text    text;
  char                 peers[BEAM_PACKET_SIZE] = "";
  size_t               size = 0;

  if (!grove_cursor_init (&cursor, names))
    return;
  while (grove_cursor_next (&cursor, &name))
    if (grove_term_binary (name, &text) && text.size < sizeof peers - 2 - size)
      size +=
        (size_t) snprintf (peers + size, sizeof peers - size, "%.*s ", (int) text.size, text.bytes);
  tell (self, BEAM_WORD_PEERS, peers);
}

/* Without a goodbye, as what serves one on standard output. */
static void
end_of_link (void *user_data)
{
  const struct bridge *self = user_data;

  _exit (tell_trouble (self, beam_source_trouble (self->joined.source)));
}

static bool
hear_name (struct bridge *self)
{
  ssize_t n;

  do
    n = recv (self->fd, self->name, sizeof self->name - 1, 0);
  while (n < 0 && errno == EINTR);
  if (n <= 0)
    return false;
  self->name[n] = '\0';
  return true;
}

/* From here on a signal ends us in order, and not before all is there that is to be cleared. */
static enum grove_listen
listen_there (const struct bridge                        *self,
              const struct grove_protocol_server_options *options,
              char                                      **ret_error)
{
  struct sigaction  on = { .sa_handler = on_signal };
  enum grove_listen outcome;
  sigset_t          ends, before;

  sigemptyset (&ends);
  sigaddset (&ends, SIGINT);
  sigaddset (&ends, SIGTERM);
  sigaddset (&ends, SIGHUP);
  (void) sigprocmask (SIG_BLOCK, &ends, &before);
  outcome = grove_protocol_server_new (beam_source_get (self->joined.source), self->name, options,
                                       &server, ret_error);
  if (outcome == GROVE_LISTEN_OK)
    {
      (void) sigaction (SIGINT, &on, NULL);
      (void) sigaction (SIGTERM, &on, NULL);
      (void) sigaction (SIGHUP, &on, NULL);
    }
  (void) sigprocmask (SIG_SETMASK, &before, NULL);
  return outcome;
}

static int
serve (struct bridge *self, const struct grove_protocol_server_options *options)
{
  struct beam_source *source = self->joined.source;
  struct beam_trouble trouble = { BEAM_TROUBLE };
  char               *error = NULL;

  tell (self, BEAM_WORD_NAME, beam_source_name (source));
  if (!hear_name (self))
    return BEAM_TROUBLE;
  if (listen_there (self, options, &error) != GROVE_LISTEN_OK)
    {
      beam_trouble_set (&trouble, BEAM_TROUBLE, "%s", error);
      free (error);
      return tell_trouble (self, &trouble);
    }
  beam_source_when_over (source, end_of_link, self);
  tell (self, BEAM_WORD_UP, self->name);
  beam_source_follow_peers (source, tell_peers, self);
  grove_protocol_server_run (server);
  return EXIT_SUCCESS;
}

int
beam_bridge_run (const struct beam_joining *joining, int parent, int fd)
{
  struct bridge       self = { .fd = fd };
  struct beam_trouble trouble = { BEAM_FINE };
  int                 status;

  /* However the parent ends. */
  (void) prctl (PR_SET_PDEATHSIG, SIGTERM);
  if (getppid () != parent)
    return BEAM_TROUBLE;
  if (!beam_join (joining, &self.joined, &trouble))
    return tell_trouble (&self, &trouble);
  status = serve (&self, &joining->serving);
  beam_leave (&self.joined);
  grove_protocol_server_free (server);
  return status;
}
