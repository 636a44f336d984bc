/* SPDX-License-Identifier: MIT
 *
 * One of the nodes that are served together: its bridge, how that goes, when it is tried again, and
 * what those who look for systems see of it while it is not there.
 *
 * Threads: one.
 */
#pragma once

#include "protocol/place.h"
#include "runtime/beam/bridge.h"

#include <sys/types.h>

enum beam_membership
{
  BEAM_MEMBER_WAITING, /* until it is tried again */
  BEAM_MEMBER_JOINING,
  BEAM_MEMBER_UP,
  BEAM_MEMBER_LEAVING, /* it is no member any more once its bridge has ended */
};

struct beam_member
{
  struct beam_name     name;                /* as it is reached */
  char                 own[BEAM_NAME_SIZE]; /* what it calls itself, else "" */
  char                 shown[GROVE_PLACE_NAME_SIZE];
  bool                 named; /* by a person, not by another node */
  enum beam_membership stage;
  pid_t                pid; /* of its bridge; 0: there is none */
  int                  fd;  /* to it; -1: none */
  uint64_t             due_ns, up_ns;
  uint64_t             backoff_ns;
  struct beam_trouble  trouble;                 /* why it waits */
  enum beam_kind       said;                    /* what its people have been told of last */
  char                *peers;                   /* those it was last connected to, or NULL */
  char                 cluster[BEAM_NAME_SIZE]; /* the first of those it belongs to */
  char                *note;                    /* what is written of it, or NULL */
  struct grove_place  *place; /* its name's, held while it is not there, or NULL */
};

/* Returns: (transfer full): to be tried at once */
struct beam_member *beam_member_new (const struct beam_name *name, bool named);
/* Its bridge has ended. @self: (transfer full) */
void beam_member_free (struct beam_member *self);

/* Whether it is that node. */
bool beam_member_is (const struct beam_member *self, const char *node);
/* Whether it was last connected to that node. */
bool beam_member_knows (const struct beam_member *self, const struct beam_member *other);

/* Whether what is wrong with it is so until somebody mends it. */
bool beam_member_stays_troubled (const struct beam_member *self);

/* Starts its bridge. In the new process: does not return. */
void beam_member_start (struct beam_member *self, const struct beam_joining *joining);

/* Lets its bridge listen. */
void beam_member_let_listen (struct beam_member *self);

/* Has its bridge end, after which it is no member any more. */
void beam_member_leave (struct beam_member *self);

/* Its bridge serves. */
void beam_member_is_up (struct beam_member *self);

/* Its bridge has ended, by @status of waitpid(). */
void beam_member_ended (struct beam_member *self, int status);

/* Writes down what is to be known of it, if that has changed. */
void beam_member_annotate (struct beam_member *self);
