/* SPDX-License-Identifier: MIT
 *
 * See cluster.h. One loop over the signals and what the bridges tell; then whatever is due.
 */
#include "runtime/beam/cluster.h"

#include "runtime/beam/member.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How long those that were asked to end are waited for. */
#define END_MS 5000

struct cluster
{
  const struct beam_joining *joining;
  bool                       follow;
  struct beam_member        *members[BEAM_CLUSTER_MAX];
  size_t                     n;
  int                        signal_fd;
  bool                       ends;
  bool                       said_full;
};

static uint64_t
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (uint64_t) now.tv_sec * UINT64_C (1000000000) + (uint64_t) now.tv_nsec;
}

static struct beam_member *
find (const struct cluster *self, const char *node)
{
  for (size_t i = 0; i < self->n; i++)
    if (beam_member_is (self->members[i], node))
      return self->members[i];
  return NULL;
}

static void
drop (struct cluster *self, struct beam_member *member)
{
  size_t i = 0;

  while (self->members[i] != member)
    i++;
  memmove (self->members + i, self->members + i + 1, (--self->n - i) * sizeof *self->members);
  beam_member_free (member);
}

/* ---- Who belongs to it --------------------------------------------------------------------------
 */

static void
add (struct cluster *self, const struct beam_name *name, bool named)
{
  if (find (self, name->node) != NULL)
    return;
  if (self->n < BEAM_CLUSTER_MAX)
    self->members[self->n++] = beam_member_new (name, named);
  else if (!self->said_full)
    {
      (void) fprintf (stderr,
                      "No more than %d nodes are served: %s is not, nor others of its cluster.\n",
                      BEAM_CLUSTER_MAX, name->node);
      self->said_full = true;
    }
}

static void
add_peers (struct cluster *self, const char *peers)
{
  for (const char *at = peers; *at != '\0'; at += strspn (at, " "))
    {
      const size_t     size = strcspn (at, " ");
      char             text[BEAM_NAME_SIZE];
      struct beam_name name;

      (void) snprintf (text, sizeof text, "%.*s", (int) size, at);
      if (size < sizeof text && beam_name_parse (text, &name))
        add (self, &name, false);
      at += size;
    }
}

/* A node that nobody named is one of us for as long as it is reached, or another has it. */
static void
drop_strangers (struct cluster *self)
{
  for (size_t i = self->n; i-- > 0;)
    {
      struct beam_member *member = self->members[i];
      bool                known = member->named || member->stage != BEAM_MEMBER_WAITING;

      for (size_t j = 0; j < self->n && !known; j++)
        known =
          self->members[j]->stage == BEAM_MEMBER_UP && beam_member_knows (self->members[j], member);
      if (!known)
        drop (self, member);
    }
}

static void
join_groups (size_t *groups, size_t n, size_t a, size_t b)
{
  const size_t from = groups[a] > groups[b] ? groups[a] : groups[b];
  const size_t to = groups[a] > groups[b] ? groups[b] : groups[a];

  for (size_t i = 0; i < n; i++)
    if (groups[i] == from)
      groups[i] = to;
}

/* Those that were last connected are one cluster, called by the first of them. */
static void
tell_all (struct cluster *self)
{
  size_t groups[BEAM_CLUSTER_MAX];

  drop_strangers (self);
  for (size_t i = 0; i < self->n; i++)
    groups[i] = i;
  for (size_t i = 0; i < self->n; i++)
    for (size_t j = 0; j < self->n; j++)
      if (groups[i] != groups[j] && beam_member_knows (self->members[i], self->members[j]))
        join_groups (groups, self->n, i, j);
  for (size_t i = 0; i < self->n; i++)
    {
      const struct beam_member *first = self->members[groups[i]];

      (void) snprintf (self->members[i]->cluster, sizeof self->members[i]->cluster, "%s",
                       first->own[0] != '\0' ? first->own : first->name.node);
      beam_member_annotate (self->members[i]);
    }
}

/* ---- What they tell -----------------------------------------------------------------------------
 */

/* Nobody reads control characters of others' on a terminal. */
static void
clean (char *text)
{
  for (; *text != '\0'; text++)
    if ((unsigned char) *text < ' ' || *text == 127)
      *text = '?';
}

static void
take_trouble (struct beam_member *member, const char *text)
{
  char *end;
  long  kind = strtol (text, &end, 10);

  if (kind <= 0 || kind > 255 || *end != ' ')
    return;
  beam_trouble_set (&member->trouble, (enum beam_kind) kind, "%s", end + 1);
  clean (member->trouble.text);
}

/* The same node may be reached by several names; it is served once. */
static void
take_name (struct cluster *self, struct beam_member *member, const char *own)
{
  struct beam_name name;

  if (member->stage != BEAM_MEMBER_JOINING || !beam_name_parse (own, &name))
    return;
  for (size_t i = 0; i < self->n; i++)
    {
      struct beam_member *other = self->members[i];

      if (other == member || strcmp (other->own, own) != 0)
        continue;
      other->named = other->named || member->named;
      beam_member_leave (member);
      return;
    }
  (void) snprintf (member->own, sizeof member->own, "%s", name.node);
  beam_member_let_listen (member);
}

static void
take_peers (struct cluster *self, struct beam_member *member, const char *peers)
{
  free (member->peers);
  member->peers = strdup (peers);
  if (member->peers == NULL)
    abort ();
  clean (member->peers);
  if (self->follow)
    add_peers (self, member->peers);
  tell_all (self);
}

static void
take_up (struct cluster *self, struct beam_member *member)
{
  beam_member_is_up (member);
  (void) printf ("%s is served as %s\n", member->own, member->shown);
  (void) fflush (stdout);
  tell_all (self);
}

static void
hear (struct cluster *self, struct beam_member *member)
{
  char    packet[BEAM_PACKET_SIZE];
  ssize_t n;

  while (member->fd >= 0 && (n = recv (member->fd, packet, sizeof packet - 1, 0)) > 0)
    {
      packet[n] = '\0';
      switch ((enum beam_word) packet[0])
        {
        case BEAM_WORD_NAME:
          take_name (self, member, packet + 1);
          break;
        case BEAM_WORD_UP:
          take_up (self, member);
          break;
        case BEAM_WORD_PEERS:
          take_peers (self, member, packet + 1);
          break;
        case BEAM_WORD_TROUBLE:
          take_trouble (member, packet + 1);
          break;
        default:
          break;
        }
    }
}

/* People hear once that a node is not there, and not of each attempt; but of what they can mend. */
static void
say_trouble (struct beam_member *member)
{
  const enum beam_kind kind = member->trouble.kind;

  if (member->stage != BEAM_MEMBER_WAITING || member->said == kind ||
      (member->said != BEAM_FINE && !beam_member_stays_troubled (member)))
    return;
  member->said = kind;
  (void) fprintf (stderr, "%s\n", member->trouble.text);
}

static struct beam_member *
find_by_pid (const struct cluster *self, pid_t pid)
{
  for (size_t i = 0; i < self->n; i++)
    if (self->members[i]->pid == pid)
      return self->members[i];
  return NULL;
}

static void
reap (struct cluster *self)
{
  pid_t pid;
  int   status;

  while ((pid = waitpid (-1, &status, WNOHANG)) > 0)
    {
      struct beam_member *member = find_by_pid (self, pid);

      if (member == NULL)
        continue;
      /* Its last words may be there still. */
      hear (self, member);
      beam_member_ended (member, status);
      say_trouble (member);
      if (member->stage == BEAM_MEMBER_LEAVING)
        drop (self, member);
    }
  tell_all (self);
}

/* ---- The loop -----------------------------------------------------------------------------------
 */

static void
take_signals (struct cluster *self)
{
  struct signalfd_siginfo info;

  while (read (self->signal_fd, &info, sizeof info) == (ssize_t) sizeof info)
    if (info.ssi_signo == SIGCHLD)
      reap (self);
    else
      self->ends = true;
}

static void
start_due (struct cluster *self)
{
  const uint64_t now = now_ns ();

  for (size_t i = 0; i < self->n; i++)
    if (self->members[i]->stage == BEAM_MEMBER_WAITING && self->members[i]->due_ns <= now)
      {
        beam_member_start (self->members[i], self->joining);
        say_trouble (self->members[i]);
      }
}

static int
wait_ms (const struct cluster *self)
{
  const uint64_t now = now_ns ();
  uint64_t       left_ns = UINT64_C (60000000000);

  for (size_t i = 0; i < self->n; i++)
    {
      const struct beam_member *member = self->members[i];

      if (member->stage != BEAM_MEMBER_WAITING)
        continue;
      if (member->due_ns <= now)
        return 0;
      if (member->due_ns - now < left_ns)
        left_ns = member->due_ns - now;
    }
  return (int) (left_ns / 1000000) + 1;
}

static void
turn (struct cluster *self, int timeout_ms)
{
  struct pollfd       polled[1 + BEAM_CLUSTER_MAX];
  struct beam_member *whose[BEAM_CLUSTER_MAX];
  size_t              n = 0;

  polled[n++] = (struct pollfd){ .fd = self->signal_fd, .events = POLLIN };
  for (size_t i = 0; i < self->n; i++)
    {
      whose[i] = self->members[i];
      polled[n++] = (struct pollfd){ .fd = whose[i]->fd, .events = POLLIN };
    }
  if (poll (polled, n, timeout_ms) <= 0)
    return;
  /* What is heard may drop those that wait, which have nothing to tell. The signals come last: with
   * them others go. */
  for (size_t i = 1; i < n; i++)
    if ((polled[i].revents & POLLIN) != 0)
      hear (self, whose[i - 1]);
  if (polled[0].revents != 0)
    take_signals (self);
}

/* Each goes in its own time, but not for ever. */
static void
end_all (struct cluster *self)
{
  const uint64_t end_ns = now_ns () + UINT64_C (1000000) * END_MS;

  for (size_t i = self->n; i-- > 0;)
    if (self->members[i]->pid != 0)
      beam_member_leave (self->members[i]);
    else
      drop (self, self->members[i]);
  while (self->n > 0 && now_ns () < end_ns)
    turn (self, (int) ((end_ns - now_ns ()) / 1000000) + 1);
  while (self->n > 0)
    {
      (void) kill (self->members[0]->pid, SIGKILL);
      (void) waitpid (self->members[0]->pid, NULL, 0);
      drop (self, self->members[0]);
    }
}

/* Whether there is a place for sockets, which would fail for all alike. */
static bool
has_place (const struct cluster *self)
{
  struct grove_place *place = NULL;
  char               *error = NULL;
  enum grove_listen   outcome = grove_place_claim (self->members[0]->shown, &place, &error);

  grove_place_free (place);
  if (outcome == GROVE_LISTEN_FAILED)
    (void) fprintf (stderr, "%s\n", error);
  free (error);
  return outcome != GROVE_LISTEN_FAILED;
}

int
beam_cluster_serve (const struct beam_joining *joining,
                    const struct beam_name    *names,
                    size_t                     n,
                    bool                       follow)
{
  struct cluster self = { .joining = joining, .follow = follow };
  sigset_t       handled;

  for (size_t i = 0; i < n; i++)
    add (&self, &names[i], true);
  sigemptyset (&handled);
  sigaddset (&handled, SIGINT);
  sigaddset (&handled, SIGTERM);
  sigaddset (&handled, SIGHUP);
  sigaddset (&handled, SIGCHLD);
  (void) sigprocmask (SIG_BLOCK, &handled, NULL);
  self.signal_fd = signalfd (-1, &handled, SFD_NONBLOCK | SFD_CLOEXEC);
  if (self.signal_fd < 0 || !has_place (&self))
    return BEAM_TROUBLE;
  while (!self.ends)
    {
      start_due (&self);
      turn (&self, wait_ms (&self));
    }
  end_all (&self);
  close (self.signal_fd);
  return EXIT_SUCCESS;
}
