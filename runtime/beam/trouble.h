/* SPDX-License-Identifier: MIT
 *
 * What is wrong with a node, or the way to it: one sentence for people, in English, and a kind,
 * with which grove-beam ends, so that whoever started it can say it in other words (see
 * grove-beam(1)).
 *
 * Threads: any thread.
 */
#pragma once

/* Exit statuses: they stay what they are. */
enum beam_kind
{
  BEAM_FINE = 0,
  BEAM_TROUBLE = 1, /* none of those below */
  BEAM_USAGE = 2,
  BEAM_NO_HOST = 10,
  BEAM_NO_EPMD = 11,
  BEAM_NO_NODE = 12,
  BEAM_UNREACHED = 13, /* nothing listens where the node should, or nothing gets through */
  BEAM_SILENT = 14,    /* it accepts connections, and does not answer */
  BEAM_NO_COOKIE = 15, /* none is found, or it may not be used */
  BEAM_COOKIE = 16,    /* it does not take ours */
  BEAM_NOT_ALLOWED = 17,
  BEAM_TLS = 18,
  BEAM_CLOSED = 19, /* at once: it may want TLS */
  BEAM_FULL = 20,   /* it has as many observers as there may be */
  BEAM_TOO_OLD = 21,
  BEAM_REFUSED = 22, /* it let us in, but not the agent */
  BEAM_LOST = 30,    /* the connection was there, and the node closed it */
  BEAM_HUNG = 31,    /* the connection is there, and nothing comes */
};

struct beam_trouble
{
  enum beam_kind kind;
  char           text[1024];
};

/* A text that is too long is cut. */
void beam_trouble_set (struct beam_trouble *self, enum beam_kind kind, const char *format, ...)
  __attribute__ ((format (printf, 3, 4)));
