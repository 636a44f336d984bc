/* SPDX-License-Identifier: MIT
 *
 * A client of a server's session for fuzzers: what it is sent must be within its bounds and make
 * sense, and each of its well-formed requests is answered once. It acts by lines of the input; the
 * first character says what one does: ?METHOD PARAMS  a request, with the next id        @LINE that
 * line, as it is CNUMBER         the request of that number is cancelled A               all
 * updates are acknowledged       W      it stops reading, or reads again
 */
#pragma once

#include "protocol/client.h"
#include "protocol/session.h"

#include <stdlib.h>

#define FUZZ_REQUIRE(condition)                                                                    \
  do                                                                                               \
    if (!(condition))                                                                              \
      abort ();                                                                                    \
  while (0)

#define FUZZ_N_LINES 400
#define FUZZ_N_SUBS  64

struct fuzz_update
{
  const char *ack; /* the method */
  int64_t     sub, seq;
};

struct fuzz_peer
{
  struct grove_server_session *session;
  struct grove_client         *client;
  bool                         stalled;
  struct fuzz_update           updates[FUZZ_N_SUBS]; /* the last of each subscription */
  size_t                       n_updates;
  int64_t                      n_requests;
  bool                         foreign; /* it also sent ids of its own */
  uint8_t                      n_answers[FUZZ_N_LINES];
};

void fuzz_peer_open (struct fuzz_peer *self, struct grove_host *host);
void fuzz_peer_close (struct fuzz_peer *self);

/* False: that line is nothing to it. */
bool fuzz_peer_act (struct fuzz_peer *self, const char *line, size_t size);
/* Its session does what is due, and it reads. */
void fuzz_peer_turn (struct fuzz_peer *self, const struct grove_host *host);
/* It reads what is there. */
void fuzz_peer_read (struct fuzz_peer *self);
/* Nothing waits any more: each request has its answer. */
void fuzz_peer_check_answered (const struct fuzz_peer *self);

unsigned fuzz_number (const char *text, size_t size);
/* Up to FUZZ_N_LINES that are not empty. */
void fuzz_each_line (const uint8_t *bytes,
                     size_t         size,
                     void (*act) (void *user_data, const char *line, size_t size),
                     void *user_data);
