/* SPDX-License-Identifier: MIT
 *
 * A client for tests of runtime/export: it connects to a real socket, asks and waits. What it was
 * told last stands in the peer; each answer and notification is held against the schema. And a
 * system to ask: the real runtime with two schedulers.
 */
#pragma once

#include "protocol/client.h"
#include "runtime/grove.h"

#include <json-c/json.h>
#include <stdint.h>

struct peer
{
  int                  fd;
  struct grove_client *client;
  int64_t              answered; /* id of the last reply */
  uint32_t             n_answers;
  json_object         *result, *error, *hello, *notified;
  json_object         *schema; /* what is told is held against it; NULL: not open yet */
  char                *notified_method;
  /* Told of each, may be NULL; `notified` is only the last. */
  void (*on_notification) (const char *method, json_object *params, void *user_data);
  void *on_notification_data;
};

struct lab
{
  void (*start) (void); /* in the first process, before the export */
  void (*check) (struct peer *peer);
  const char *role;        /* NULL: "control" */
  const char *environment; /* NULL: GROVE_OBSERVE is not set */
  bool        hide_payloads, read_only;
};

/* Runs a system called "lab", and @lab's check against it in another thread. */
void lab_run (const struct lab *lab);
/* In the first process: waits for what never comes. */
GROVE_NORETURN void lab_wait (void);

/* To DIRECTORY/NAME.sock. */
void peer_connect (struct peer *peer, const char *directory, const char *name);
/* @more: members besides, with a comma before each. Returns the error's code, 0 for a result. */
int  peer_try_open (struct peer *peer, const char *role, const char *more);
void peer_open (struct peer *peer, const char *role);
void peer_close (struct peer *peer);

void peer_send (struct peer *peer);
/* What there is, at least something. */
void peer_read (struct peer *peer);
/* Whether there is something to read within @ms; -1 waits for it. */
bool peer_wait_ms (struct peer *peer, int ms);

/* Asks, and returns the error's code, 0 for a result; both stand in @peer until the next. */
int ask (struct peer *peer, const char *method, const char *params);
/* With {"pid": pid} and @more, each member with a comma before it. */
int ask_about (struct peer *peer, const char *method, const char *pid, const char *more);
/* The pid of whoever has @name now; free it. */
char *pid_of (struct peer *peer, const char *name);

json_object *member (json_object *object, const char *name);
const char  *text (json_object *object, const char *name);
int64_t      integer (json_object *object, const char *name);
const char  *error_message (struct peer *peer);
