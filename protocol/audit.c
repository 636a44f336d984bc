/* SPDX-License-Identifier: MIT
 *
 * The ring of commands; see audit.h.
 *
 * Threads: the server's.
 */
#include "protocol/audit.h"

#include "protocol/memory.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

void
grove_audit_finish (struct grove_audit *self)
{
  free (self->entries);
  self->entries = NULL;
}

static struct grove_audit_entry *
entry_at (const struct grove_audit *self, uint64_t seq)
{
  return &self->entries[seq % GROVE_LIMIT_AUDIT];
}

static uint64_t
first (const struct grove_audit *self)
{
  return self->last > GROVE_LIMIT_AUDIT ? self->last - GROVE_LIMIT_AUDIT + 1 : 1;
}

/* As compact JSON, if it fits; else only whom it was about. */
static void
keep_params (struct grove_audit_entry *entry, struct json_object *params, bool hide_payloads)
{
  struct json_object *kept = json_object_new_object ();
  const char         *text;

  if (params != NULL)
    {
      json_object_object_foreach (params, name, value)
      {
        if (!hide_payloads || strcmp (name, "message") != 0)
          json_object_object_add (kept, name, json_object_get (value));
      }
    }
  text = json_object_to_json_string_ext (kept, JSON_C_TO_STRING_PLAIN);
  if (strlen (text) >= sizeof entry->params)
    {
      struct json_object *pid = NULL;

      if (json_object_object_get_ex (kept, "pid", &pid))
        json_object_get (pid);
      json_object_put (kept);
      kept = json_object_new_object ();
      if (pid != NULL)
        json_object_object_add (kept, "pid", pid);
      text = json_object_to_json_string_ext (kept, JSON_C_TO_STRING_PLAIN);
    }
  if (strlen (text) < sizeof entry->params)
    strcpy (entry->params, text);
  json_object_put (kept);
}

uint64_t
grove_audit_begin (struct grove_audit *self,
                   uint64_t            now_ns,
                   int64_t             session,
                   const char         *client,
                   const char         *method,
                   struct json_object *params,
                   bool                hide_payloads)
{
  struct grove_audit_entry *entry;

  if (self->entries == NULL)
    self->entries = grove_must_zero (GROVE_LIMIT_AUDIT * sizeof *self->entries);
  entry = entry_at (self, ++self->last);
  *entry = (struct grove_audit_entry){
    .seq = self->last,
    .at_ns = now_ns,
    .session = session,
    .method = method,
  };
  (void) snprintf (entry->client, sizeof entry->client, "%s", client);
  keep_params (entry, params, hide_payloads);
  return entry->seq;
}

void
grove_audit_end (struct grove_audit      *self,
                 uint64_t                 seq,
                 uint64_t                 now_ns,
                 enum grove_audit_outcome outcome,
                 int                      code,
                 const char              *result)
{
  struct grove_audit_entry *entry = self->entries != NULL && seq != 0 ? entry_at (self, seq) : NULL;

  if (entry == NULL || entry->seq != seq || entry->outcome != GROVE_AUDIT_UNDER_WAY)
    return;
  entry->ended_ns = now_ns;
  entry->outcome = outcome;
  entry->code = code;
  (void) snprintf (entry->result, sizeof entry->result, "%s", result != NULL ? result : "");
}

void
grove_audit_outcome_of (const char *result_json, size_t size, char *ret_text, size_t capacity)
{
  static const char beginning[] = "{\"outcome\":\"";
  const size_t      skip = sizeof beginning - 1;
  size_t            n = 0;

  if (size > skip && memcmp (result_json, beginning, skip) == 0)
    while (n + 1 < capacity && skip + n < size && result_json[skip + n] != '"' &&
           result_json[skip + n] != '\\')
      {
        ret_text[n] = result_json[skip + n];
        n++;
      }
  ret_text[n] = '\0';
}

static void
write_entry (const struct grove_audit_entry *entry, struct grove_writer *writer)
{
  static const char *const outcomes[] = { "under way", "done", "failed", "unknown" };

  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "seq", (int64_t) entry->seq);
  grove_writer_member_int (writer, "at_ns", (int64_t) entry->at_ns);
  grove_writer_member_int (writer, "session", entry->session);
  grove_writer_member_text (writer, "client", entry->client);
  grove_writer_member_text (writer, "method", entry->method);
  if (entry->params[0] != '\0')
    {
      grove_writer_name (writer, "params");
      grove_writer_raw (writer, entry->params, strlen (entry->params));
    }
  grove_writer_member_text (writer, "outcome", outcomes[entry->outcome]);
  grove_writer_member_int (writer, "code", entry->code);
  grove_writer_member_text (writer, "result", entry->result);
  if (entry->ended_ns > 0)
    grove_writer_member_int (writer, "after_ns", (int64_t) (entry->ended_ns - entry->at_ns));
  grove_writer_end_object (writer);
}

void
grove_audit_write (const struct grove_audit *self,
                   uint64_t                  after,
                   size_t                    limit,
                   struct grove_writer      *writer)
{
  const uint64_t oldest = first (self);
  const uint64_t start = after + 1 > oldest ? after + 1 : oldest;

  grove_writer_name (writer, "entries");
  grove_writer_begin_array (writer);
  for (uint64_t seq = start; seq <= self->last && seq < start + limit; seq++)
    write_entry (entry_at (self, seq), writer);
  grove_writer_end_array (writer);
  grove_writer_member_int (writer, "lost", (int64_t) (oldest > after + 1 ? oldest - after - 1 : 0));
  grove_writer_member_int (writer, "last", (int64_t) self->last);
}
