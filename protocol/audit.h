/* SPDX-License-Identifier: MIT
 *
 * Who did what: each command of each session with what came of it, those that were refused too, in
 * a ring that outlives the sessions. What was done long ago is forgotten, and how much is known.
 *
 * Threads: the server's.
 */
#pragma once

#include "protocol/schema-names.h"
#include "protocol/source.h"

struct json_object;

enum grove_audit_outcome
{
  GROVE_AUDIT_UNDER_WAY,
  GROVE_AUDIT_DONE,
  GROVE_AUDIT_FAILED,  /* or refused: the code says which */
  GROVE_AUDIT_UNKNOWN, /* nobody waited for it any more */
};

struct grove_audit_entry
{
  uint64_t                 seq; /* from 1 */
  uint64_t                 at_ns, ended_ns;
  int64_t                  session; /* 0: one that was not opened */
  char                     client[64];
  const char              *method;
  char                     params[256]; /* an object, or "": longer */
  enum grove_audit_outcome outcome;
  int                      code;
  char                     result[160]; /* what came of it, or why not */
};

struct grove_audit
{
  struct grove_audit_entry *entries; /* NULL: nothing yet */
  uint64_t                  last;    /* 0: nothing yet */
};

void grove_audit_finish (struct grove_audit *self);

/* Returns: its number, to end it with. @hide_payloads: messages are left out. */
uint64_t grove_audit_begin (struct grove_audit *self,
                            uint64_t            now_ns,
                            int64_t             session,
                            const char         *client,
                            const char         *method,
                            struct json_object *params,
                            bool                hide_payloads);
/* @seq: 0 and one that is forgotten do no harm; what has ended stays as it was. @result may be
 * NULL. */
void grove_audit_end (struct grove_audit      *self,
                      uint64_t                 seq,
                      uint64_t                 now_ns,
                      enum grove_audit_outcome outcome,
                      int                      code,
                      const char              *result);
/* What an answer begins with, when it is `"outcome":"..."`; else "". */
void grove_audit_outcome_of (const char *result_json, size_t size, char *ret_text, size_t capacity);

/* The members of the answer to audit.tail: at most @limit entries behind @after, oldest first. */
void grove_audit_write (const struct grove_audit *self,
                        uint64_t                  after,
                        size_t                    limit,
                        struct grove_writer      *writer);
