/* SPDX-License-Identifier: MIT
 *
 * See member.h.
 */
#include "runtime/beam/member.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECOND UINT64_C (1000000000)
/* What may pass by itself is tried again soon, what people must mend is tried seldom: each attempt
 * with a wrong cookie is an error in the node's log. */
#define SOON_FIRST_NS   (SECOND / 2)
#define SOON_LAST_NS    (15 * SECOND)
#define SELDOM_FIRST_NS (30 * SECOND)
#define SELDOM_LAST_NS  (300 * SECOND)
/* Who was up for so long begins anew. */
#define STEADY_NS (30 * SECOND)

struct beam_member *
beam_member_new (const struct beam_name *name, bool named)
{
  struct beam_member *self = calloc (1, sizeof *self);

  if (self == NULL)
    abort ();
  self->name = *name;
  self->named = named;
  self->fd = -1;
  grove_place_name (name->node, self->shown);
  (void) snprintf (self->cluster, sizeof self->cluster, "%s", name->node);
  return self;
}

/* With it goes what a bridge left there that could not clear up. Another program may have it. */
static void
take_place (struct beam_member *self)
{
  if (self->place != NULL)
    return;
  (void) grove_place_claim (self->shown, &self->place, NULL);
  free (self->note);
  self->note = NULL;
}

static void
let_place_go (struct beam_member *self)
{
  grove_place_free (self->place);
  self->place = NULL;
}

void
beam_member_free (struct beam_member *self)
{
  let_place_go (self);
  if (self->fd >= 0)
    close (self->fd);
  free (self->peers);
  free (self->note);
  free (self);
}

bool
beam_member_is (const struct beam_member *self, const char *node)
{
  return strcmp (self->name.node, node) == 0 || strcmp (self->own, node) == 0;
}

/* One of a text's words, which have a space behind them. */
static bool
has_word (const char *text, const char *word)
{
  const size_t size = strlen (word);

  for (const char *at = text; size > 0 && (at = strstr (at, word)) != NULL; at++)
    if ((at == text || at[-1] == ' ') && at[size] == ' ')
      return true;
  return false;
}

bool
beam_member_knows (const struct beam_member *self, const struct beam_member *other)
{
  return self->peers != NULL &&
         (has_word (self->peers, other->name.node) || has_word (self->peers, other->own));
}

/* ---- Its bridge ---------------------------------------------------------------------------------
 */

static uint64_t
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (uint64_t) now.tv_sec * SECOND + (uint64_t) now.tv_nsec;
}

/* Locks of places are held by whoever has them open, and the ways to others are not its own. */
static void
close_all_but (int fd)
{
  (void) close_range (STDERR_FILENO + 1, (unsigned) fd - 1, 0);
  (void) close_range ((unsigned) fd + 1, ~0U, 0);
}

static _Noreturn void
be_bridge (const struct beam_member *self, const struct beam_joining *joining, int parent, int fd)
{
  struct beam_joining own = *joining;
  sigset_t            none;

  sigemptyset (&none);
  (void) sigprocmask (SIG_SETMASK, &none, NULL);
  close_all_but (fd);
  own.link.name = self->name;
  exit (beam_bridge_run (&own, parent, fd));
}

bool
beam_member_stays_troubled (const struct beam_member *self)
{
  const enum beam_kind kind = self->trouble.kind;

  return kind == BEAM_NO_COOKIE || kind == BEAM_COOKIE || kind == BEAM_TLS ||
         kind == BEAM_NOT_ALLOWED || kind == BEAM_TOO_OLD;
}

static void
wait_until_due (struct beam_member *self)
{
  const bool     stays = beam_member_stays_troubled (self);
  const uint64_t first_ns = stays ? SELDOM_FIRST_NS : SOON_FIRST_NS;
  const uint64_t last_ns = stays ? SELDOM_LAST_NS : SOON_LAST_NS;

  self->stage = BEAM_MEMBER_WAITING;
  self->backoff_ns = self->backoff_ns < first_ns ? first_ns : self->backoff_ns * 2;
  if (self->backoff_ns > last_ns)
    self->backoff_ns = last_ns;
  self->due_ns = now_ns () + self->backoff_ns;
}

void
beam_member_start (struct beam_member *self, const struct beam_joining *joining)
{
  const pid_t parent = getpid ();
  int         ends[2];

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0)
    {
      self->pid = fork ();
      if (self->pid == 0)
        be_bridge (self, joining, parent, ends[1]);
      close (ends[1]);
      self->fd = ends[0];
    }
  if (self->fd < 0 || self->pid < 0)
    {
      self->pid = 0;
      if (self->fd >= 0)
        close (self->fd);
      self->fd = -1;
      beam_trouble_set (&self->trouble, BEAM_TROUBLE, "No process can be started for %s: %m.",
                        self->name.node);
      wait_until_due (self);
      return;
    }
  (void) fcntl (self->fd, F_SETFL, O_NONBLOCK);
  self->trouble.kind = BEAM_FINE;
  self->stage = BEAM_MEMBER_JOINING;
}

void
beam_member_let_listen (struct beam_member *self)
{
  let_place_go (self);
  grove_place_name (self->own, self->shown);
  (void) !send (self->fd, self->shown, strlen (self->shown), MSG_NOSIGNAL);
}

void
beam_member_leave (struct beam_member *self)
{
  self->stage = BEAM_MEMBER_LEAVING;
  if (self->pid != 0)
    (void) kill (self->pid, SIGTERM);
}

void
beam_member_is_up (struct beam_member *self)
{
  if (self->stage != BEAM_MEMBER_JOINING)
    return;
  free (self->note);
  self->note = NULL;
  self->stage = BEAM_MEMBER_UP;
  self->said = BEAM_FINE;
  self->up_ns = now_ns ();
}

void
beam_member_ended (struct beam_member *self, int status)
{
  self->pid = 0;
  close (self->fd);
  self->fd = -1;
  take_place (self);
  if (self->stage == BEAM_MEMBER_LEAVING)
    return;
  if (self->trouble.kind == BEAM_FINE && WIFSIGNALED (status))
    beam_trouble_set (&self->trouble, BEAM_TROUBLE, "The bridge to %s was ended by signal %d.",
                      self->name.node, WTERMSIG (status));
  else if (self->trouble.kind == BEAM_FINE)
    beam_trouble_set (&self->trouble, BEAM_TROUBLE, "The bridge to %s ended.", self->name.node);
  if (self->stage == BEAM_MEMBER_UP && now_ns () - self->up_ns >= STEADY_NS)
    self->backoff_ns = 0;
  wait_until_due (self);
}

/* ---- What is seen of it -------------------------------------------------------------------------
 */

void
beam_member_annotate (struct beam_member *self)
{
  const bool waits = self->place != NULL && self->stage == BEAM_MEMBER_WAITING;
  char      *note;
  int        size;

  if (!waits && self->stage != BEAM_MEMBER_UP)
    return;
  if (waits)
    size = asprintf (&note, "cluster %s\ntrouble %d %s\n", self->cluster, (int) self->trouble.kind,
                     self->trouble.text);
  else
    size = asprintf (&note, "cluster %s\n", self->cluster);
  if (size < 0)
    abort ();
  if (self->note == NULL || strcmp (note, self->note) != 0)
    grove_place_annotate (self->shown, note);
  free (self->note);
  self->note = note;
}
