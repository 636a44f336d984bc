/* SPDX-License-Identifier: MIT
 *
 * For bench-observers.c and bench-window.c: the systems that are observed, each in a process of the
 * operating system of its own, and a plain client of the protocol.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* ---- The systems (observed-system.c) ----------------------------------------------------------
 */

#define OBSERVED_PROCESSES 1000000
#define OBSERVED_MESSAGES  100000
#define OBSERVED_CHILDREN  100000
#define OBSERVED_MORTALS   256

struct observed;

enum observed_kind
{
  OBSERVED_MILLION, /* waiting processes, of which some are sent to now and then; and busy pairs */
  OBSERVED_MAILBOX, /* one who is slow to take its messages, and one who takes them as they come */
  OBSERVED_TREE,    /* supervisors with children */
  OBSERVED_FOREST,  /* the same, each called something else, so that none is drawn as one of many */
  OBSERVED_MORTALS_KIND, /* a few that do nothing but end when they are told to */
};

/* Started and waited for, until all its processes are there. Aborts when it cannot be. */
struct observed *observed_start (enum observed_kind kind);
void             observed_end (struct observed *self);
const char      *observed_socket (const struct observed *self);
enum observed_pace
{
  OBSERVED_RESTS,   /* at first */
  OBSERVED_WORKS,   /* as much as the machine can */
  OBSERVED_STROLLS, /* as a system does that has machine to spare */
};
void observed_set_pace (struct observed *self, enum observed_pace pace);
/* What they did so far: round trips, or messages received. */
uint64_t observed_work (const struct observed *self);
/* The slow one of OBSERVED_MAILBOX. */
uint64_t observed_target (const struct observed *self);
/* One of OBSERVED_FOREST or OBSERVED_MORTALS_KIND ends soon. */
void observed_end_process (struct observed *self, uint64_t pid);
/* When the last that was told to did, by CLOCK_MONOTONIC; 0 while it has not yet. */
uint64_t observed_ended_ns (const struct observed *self);
/* Processor time of the whole, and of the one thread that serves observers. */
uint64_t observed_cpu_ns (const struct observed *self);
uint64_t observed_export_cpu_ns (const struct observed *self);
double   observed_resident_mb (const struct observed *self);

/* ---- A client (observed-client.c) -------------------------------------------------------------
 */

struct client;

/* Connected, with an open session. */
struct client *client_new (const struct observed *system);
void           client_free (struct client *self);
int            client_fd (const struct client *self);
/* Sends a request; returns its id. */
int64_t client_ask (struct client *self, const char *method, const char *params, ...)
  __attribute__ ((format (printf, 3, 4)));
/* A notification that acknowledges the update in @line. */
void client_acknowledge (struct client *self, const char *method, const char *line);
/* The next line, borrowed until the next call; waits for it when @wait, else NULL: none is there.
 */
const char *client_next (struct client *self, bool wait, size_t *ret_size);
/* Waits for the answer to @id, passing over what else comes. */
const char *client_answer (struct client *self, int64_t id);
/* The number behind "NAME": in @line; aborts when there is none. */
int64_t client_number (const char *line, const char *name);
bool    client_is (const char *line, const char *method);
