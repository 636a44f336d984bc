/* SPDX-License-Identifier: MIT
 *
 * A session. What it keeps is bounded: one line (frame), what was fed while it would not read (at
 * most one feed), the output (the hard limit), its subscriptions and its calls (counted).
 *
 * Threads: the server's.
 */
#include "protocol/session.h"

#include "protocol/call.h"
#include "protocol/dispatch.h"
#include "protocol/memory.h"
#include "protocol/subscription.h"

#include <stdarg.h>
#include <stdio.h>

#define SNIFF_SIZE 8

struct bytes
{
  char  *bytes;
  size_t start, size, capacity; /* what counts is [start, size) */
};

struct grove_server_session
{
  struct grove_host           *host;
  struct grove_server_session *next, *previous; /* grove_host.sessions */
  bool                         open, closing;
  enum grove_role              role;
  unsigned                     n_bad;
  struct grove_session_facts   facts; /* what is kept for that table alone */

  struct grove_term_style style;
  uint64_t                command; /* grove_server_session_command() */

  char   sniffed[SNIFF_SIZE]; /* the first bytes, until they are known not to be another protocol */
  size_t n_sniffed;
  bool   sniffing;

  struct grove_frame  frame;
  struct bytes        pending; /* fed, but not read yet */
  struct bytes        output;
  struct grove_writer scratch;

  struct grove_subscription *subscriptions[GROVE_LIMIT_SUBSCRIPTIONS];
  size_t                     n_subscriptions;
  int64_t                    last_subscription;
  struct grove_call         *calls;
  size_t                     n_calls;
  struct grove_source_lease *lease; /* NULL: it never suspended anything */
};

static size_t
bytes_left (const struct bytes *self)
{
  return self->size - self->start;
}

static void
bytes_add (struct bytes *self, const char *bytes, size_t size)
{
  if (self->start > 0 && self->size + size > self->capacity)
    {
      memmove (self->bytes, self->bytes + self->start, bytes_left (self));
      self->size -= self->start;
      self->start = 0;
    }
  if (self->size + size > self->capacity)
    {
      size_t capacity = self->capacity == 0 ? 1024 : self->capacity;

      while (capacity < self->size + size)
        capacity *= 2;
      self->bytes = grove_must_resize (self->bytes, capacity, 1);
      self->capacity = capacity;
    }
  memcpy (self->bytes + self->size, bytes, size);
  self->size += size;
}

static void
bytes_take (struct bytes *self, size_t n)
{
  self->start += n;
  if (self->start < self->size)
    return;
  self->start = self->size = 0;
  /* A burst does not keep its memory for the rest of the session. */
  if (self->capacity > 65536)
    {
      free (self->bytes);
      self->bytes = NULL;
      self->capacity = 0;
    }
}

struct grove_server_session *
grove_server_session_new (struct grove_host *host)
{
  struct grove_server_session *self = grove_must_zero (sizeof *self);

  self->host = host;
  self->next = host->sessions;
  if (self->next != NULL)
    self->next->previous = self;
  host->sessions = self;
  self->sniffing = true;
  self->style.elixir = host->source->elixir;
  grove_frame_init (&self->frame, GROVE_LIMIT_LINE_BEFORE_OPEN);
  grove_writer_init (&self->scratch, GROVE_LIMIT_MESSAGE);
  grove_dispatch_hello (self);
  return self;
}

/* A call has one way out, its end; here it only learns that nobody waits any more. */
static void
abandon_calls (struct grove_server_session *self)
{
  const struct grove_source *source = self->host->source;

  while (self->calls != NULL)
    {
      struct grove_call *call = self->calls;

      grove_server_session_remove_call (self, call);
      call->session = NULL;
      grove_audit_end (&self->host->audit, call->audit, self->host->now_ns, GROVE_AUDIT_UNKNOWN, 0,
                       "the session ended before it was answered");
      if (source->ops->cancel != NULL)
        source->ops->cancel (source->self, call);
    }
}

struct grove_source_lease *
grove_server_session_lease (struct grove_server_session *self)
{
  const struct grove_source *source = self->host->source;

  if (self->lease == NULL)
    self->lease = source->ops->lease_new (source->self);
  return self->lease;
}

static void
end_lease (struct grove_server_session *self)
{
  const struct grove_source *source = self->host->source;

  if (self->lease != NULL)
    source->ops->lease_end (source->self, self->lease);
  self->lease = NULL;
}

void
grove_server_session_free (struct grove_server_session *self)
{
  if (self == NULL)
    return;
  while (self->n_subscriptions > 0)
    grove_server_session_unsubscribe (self, self->subscriptions[self->n_subscriptions - 1]);
  abandon_calls (self);
  end_lease (self);
  if (self->previous != NULL)
    self->previous->next = self->next;
  else
    self->host->sessions = self->next;
  if (self->next != NULL)
    self->next->previous = self->previous;
  grove_frame_finish (&self->frame);
  grove_writer_finish (&self->scratch);
  free (self->pending.bytes);
  free (self->output.bytes);
  free (self);
}

struct grove_host *
grove_server_session_host (struct grove_server_session *self)
{
  return self->host;
}

bool
grove_server_session_is_open (const struct grove_server_session *self)
{
  return self->open;
}

bool
grove_server_session_is_closing (const struct grove_server_session *self)
{
  return self->closing;
}

enum grove_role
grove_server_session_role (const struct grove_server_session *self)
{
  return self->role;
}

struct grove_term_style *
grove_server_session_style (struct grove_server_session *self)
{
  return &self->style;
}

int64_t
grove_server_session_open (struct grove_server_session *self,
                           enum grove_role              role,
                           const char                  *client,
                           const char                  *version)
{
  const struct grove_source *source = self->host->source;

  self->open = true;
  self->role = role;
  self->frame.limit = GROVE_LIMIT_LINE;
  self->facts.number = ++self->host->n_sessions;
  self->facts.opened_ns = source->ops->now_ns (source->self);
  (void) snprintf (self->facts.client, sizeof self->facts.client, "%s", client);
  (void) snprintf (self->facts.version, sizeof self->facts.version, "%s", version);
  return self->facts.number;
}

void
grove_server_session_set_os_pid (struct grove_server_session *self, int64_t os_pid)
{
  self->facts.os_pid = os_pid;
}

void
grove_server_session_facts (struct grove_server_session *self, struct grove_session_facts *ret)
{
  const struct grove_source *source = self->host->source;

  *ret = self->facts;
  ret->role = self->role;
  ret->queued = bytes_left (&self->output);
  ret->n_calls = self->n_calls;
  ret->n_subscriptions = self->n_subscriptions;
  ret->n_suspends = self->lease != NULL && source->ops->lease_count != NULL
                      ? source->ops->lease_count (source->self, self->lease)
                      : 0;
}

struct grove_server_session *
grove_server_session_next (const struct grove_server_session *self)
{
  return self->next;
}

void
grove_server_session_close (struct grove_server_session *self)
{
  self->closing = true;
  end_lease (self);
}

bool
grove_server_session_has_room (const struct grove_server_session *self)
{
  return !self->closing && bytes_left (&self->output) <= GROVE_LIMIT_SOFT;
}

bool
grove_server_session_wants_input (const struct grove_server_session *self)
{
  return grove_server_session_has_room (self) && bytes_left (&self->pending) == 0;
}

const char *
grove_server_session_output (const struct grove_server_session *self, size_t *ret_size)
{
  *ret_size = bytes_left (&self->output);
  /* Once it is drained there are no bytes to point into. */
  return *ret_size > 0 ? self->output.bytes + self->output.start : "";
}

struct grove_writer *
grove_server_session_scratch (struct grove_server_session *self)
{
  grove_writer_clear (&self->scratch);
  return &self->scratch;
}

struct grove_writer *
grove_server_session_scratch_current (struct grove_server_session *self)
{
  return &self->scratch;
}

/* The peer does not read. The line it is in the middle of is finished, the rest it will not get. */
static void
give_up (struct grove_server_session *self)
{
  const char *start = self->output.bytes + self->output.start;
  const char *end = memchr (start, '\n', bytes_left (&self->output));

  if (end != NULL)
    self->output.size = (size_t) (end + 1 - self->output.bytes);
  grove_server_session_goodbye (self, "slow", "What was sent was not read in time.");
}

void
grove_server_session_send (struct grove_server_session *self, const struct grove_writer *message)
{
  if (self->closing)
    return;
  if (bytes_left (&self->output) + message->size + 1 > GROVE_LIMIT_HARD)
    {
      give_up (self);
      return;
    }
  bytes_add (&self->output, message->bytes, message->size);
  bytes_add (&self->output, "\n", 1);
  self->facts.bytes_out += message->size + 1;
}

void
grove_server_session_write_goodbye (struct grove_writer *writer,
                                    const char          *reason,
                                    const char          *message)
{
  grove_envelope_begin_notification (writer, "goodbye");
  grove_writer_member_text (writer, "reason", reason);
  grove_writer_member_text (writer, "message", message);
  grove_envelope_end_notification (writer);
}

void
grove_server_session_goodbye (struct grove_server_session *self,
                              const char                  *reason,
                              const char                  *message)
{
  struct grove_writer writer;

  if (self->closing)
    return;
  self->closing = true;
  end_lease (self);
  grove_writer_init (&writer, 0);
  grove_server_session_write_goodbye (&writer, reason, message);
  bytes_add (&self->output, writer.bytes, writer.size);
  bytes_add (&self->output, "\n", 1);
  grove_writer_finish (&writer);
}

void
grove_server_session_shut_down (struct grove_server_session *self)
{
  for (struct grove_call *call = self->calls; call != NULL; call = call->next)
    grove_server_session_fail (self, call->id, GROVE_ERROR_SHUTTING_DOWN, NULL,
                               "the system is shutting down");
  abandon_calls (self);
  grove_server_session_goodbye (self, "shutdown", "The system is shutting down.");
}

struct grove_writer *
grove_server_session_begin_reply (struct grove_server_session *self, int64_t id)
{
  struct grove_writer *writer = grove_server_session_scratch (self);

  grove_envelope_begin_result (writer, id);
  return writer;
}

void
grove_server_session_end_reply (struct grove_server_session *self)
{
  grove_envelope_end_result (&self->scratch);
  grove_server_session_send (self, &self->scratch);
}

void
grove_server_session_fail (struct grove_server_session *self,
                           int64_t                      id,
                           enum grove_error             code,
                           const char                  *data_json,
                           const char                  *format,
                           ...)
{
  struct grove_writer *writer = grove_server_session_scratch (self);
  char                 message[512];
  va_list              arguments;

  va_start (arguments, format);
  (void) vsnprintf (message, sizeof message, format, arguments);
  va_end (arguments);
  grove_audit_end (&self->host->audit, self->command, self->host->now_ns, GROVE_AUDIT_FAILED, code,
                   message);
  grove_envelope_error (writer, true, id, code, data_json, message);
  grove_server_session_send (self, writer);
}

/* Answers a line that is no request, and closes after too many. */
static void
answer_bad_line (struct grove_server_session *self, const struct grove_envelope_error *error)
{
  struct grove_writer *writer = grove_server_session_scratch (self);
  char                 data[96];

  (void) snprintf (data, sizeof data, "{\"limit\":\"%s\",\"value\":%lld}",
                   error->limit != NULL ? error->limit : "", (long long) error->value);
  grove_envelope_error (writer, error->has_id, error->id, error->code,
                        error->limit != NULL ? data : NULL, error->message);
  grove_server_session_send (self, writer);
  if (++self->n_bad >= GROVE_LIMIT_BAD_LINES)
    grove_server_session_goodbye (self, "errors", "Too many lines were no requests.");
}

static void
answer_long_line (struct grove_server_session *self, size_t size)
{
  struct grove_envelope_error error = { .code = GROVE_ERROR_LIMIT, .limit = "line" };

  error.value = (int64_t) self->frame.limit;
  (void) snprintf (error.message, sizeof error.message,
                   "the line had %zu bytes; at most %zu are read", size, self->frame.limit);
  answer_bad_line (self, &error);
}

static void
read_line (struct grove_server_session *self, const char *line, size_t size)
{
  const struct grove_scan_limits limits = { .depth = GROVE_LIMIT_DEPTH,
                                            .string = GROVE_LIMIT_STRING };
  struct grove_envelope_error    error;
  struct grove_request           request;

  if (!grove_request_parse (line, size, &limits, &request, &error))
    {
      answer_bad_line (self, &error);
      return;
    }
  self->facts.n_requests += request.has_id;
  if (!grove_dispatch (self, &request))
    {
      error.has_id = false;
      error.code = GROVE_ERROR_INVALID_REQUEST;
      (void) snprintf (error.message, sizeof error.message, "a request has an \"id\"");
      answer_bad_line (self, &error);
    }
  grove_request_finish (&request);
}

/* Returns how many bytes were read; less than @size when it stopped wanting input. */
static size_t
read_bytes (struct grove_server_session *self, const char *bytes, size_t size)
{
  const char *at = bytes;
  size_t      left = size;

  while (left > 0 && grove_server_session_has_room (self))
    {
      const char *line = NULL;
      size_t      line_size = 0;

      switch (grove_frame_next (&self->frame, &at, &left, &line, &line_size))
        {
        case GROVE_FRAME_LINE:
          read_line (self, line, line_size);
          break;
        case GROVE_FRAME_TOO_LONG:
          answer_long_line (self, line_size);
          break;
        case GROVE_FRAME_MORE:
        default:
          break;
        }
    }
  return size - left;
}

static void
read_pending (struct grove_server_session *self)
{
  size_t n = bytes_left (&self->pending);

  if (n > 0)
    bytes_take (&self->pending, read_bytes (self, self->pending.bytes + self->pending.start, n));
}

enum sniff
{
  SNIFF_OURS,
  SNIFF_UNDECIDED,
  SNIFF_FOREIGN,
};

/* What browsers and TLS clients begin with. */
static enum sniff
sniff (const char *bytes, size_t size)
{
  static const char *const foreign[] = {
    "GET ",    "POST ",    "PUT ",   "HEAD ", "OPTIONS ",
    "DELETE ", "CONNECT ", "PATCH ", "PRI ",  "\x16\x03",
  };

  for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
    {
      size_t n = strlen (foreign[i]);

      if (n > SNIFF_SIZE)
        n = SNIFF_SIZE;
      if (memcmp (bytes, foreign[i], size < n ? size : n) == 0)
        return size < n ? SNIFF_UNDECIDED : SNIFF_FOREIGN;
    }
  return SNIFF_OURS;
}

/* Holds the first bytes back until they are known to be ours. Returns how many it took. */
static size_t
sniff_bytes (struct grove_server_session *self, const char *bytes, size_t size)
{
  size_t taken = 0;

  while (self->sniffing && taken < size)
    {
      self->sniffed[self->n_sniffed++] = bytes[taken++];
      switch (sniff (self->sniffed, self->n_sniffed))
        {
        case SNIFF_FOREIGN:
          /* Without an answer: not even the hello that waits. */
          bytes_take (&self->output, bytes_left (&self->output));
          self->closing = true;
          self->sniffing = false;
          break;
        case SNIFF_OURS:
          self->sniffing = false;
          bytes_add (&self->pending, self->sniffed, self->n_sniffed);
          break;
        case SNIFF_UNDECIDED:
        default:
          break;
        }
    }
  return taken;
}

void
grove_server_session_feed (struct grove_server_session *self, const char *bytes, size_t size)
{
  size_t taken = 0;

  if (self->closing || size == 0)
    return;
  self->facts.bytes_in += size;
  if (self->sniffing)
    taken = sniff_bytes (self, bytes, size);
  read_pending (self);
  if (bytes_left (&self->pending) == 0)
    taken += read_bytes (self, bytes + taken, size - taken);
  if (taken < size && !self->closing)
    bytes_add (&self->pending, bytes + taken, size - taken);
}

void
grove_server_session_consume (struct grove_server_session *self, size_t n)
{
  bytes_take (&self->output, n);
  if (!grove_server_session_has_room (self))
    return;
  for (size_t i = 0; i < self->n_subscriptions; i++)
    grove_subscription_feed (self->subscriptions[i]);
  read_pending (self);
}

uint64_t
grove_server_session_due_ns (const struct grove_server_session *self)
{
  uint64_t due_ns = GROVE_NEVER;

  if (self->closing)
    return GROVE_NEVER;
  for (size_t i = 0; i < self->n_subscriptions; i++)
    if (!self->subscriptions[i]->paused && self->subscriptions[i]->due_ns < due_ns)
      due_ns = self->subscriptions[i]->due_ns;
  return due_ns;
}

void
grove_server_session_tick (struct grove_server_session *self)
{
  for (size_t i = 0; i < self->n_subscriptions && !self->closing; i++)
    grove_subscription_run (self->subscriptions[i]);
}

bool
grove_server_session_subscribe (struct grove_server_session *self,
                                struct grove_subscription   *subscription)
{
  if (self->n_subscriptions == GROVE_LIMIT_SUBSCRIPTIONS)
    return false;
  subscription->session = self;
  subscription->id = ++self->last_subscription;
  self->subscriptions[self->n_subscriptions++] = subscription;
  return true;
}

struct grove_subscription *
grove_server_session_find_subscription (struct grove_server_session *self,
                                        const char                  *kind,
                                        int64_t                      id)
{
  for (size_t i = 0; i < self->n_subscriptions; i++)
    if (self->subscriptions[i]->id == id && strcmp (self->subscriptions[i]->ops->kind, kind) == 0)
      return self->subscriptions[i];
  return NULL;
}

void
grove_server_session_unsubscribe (struct grove_server_session *self,
                                  struct grove_subscription   *subscription)
{
  size_t i = 0;

  while (i < self->n_subscriptions && self->subscriptions[i] != subscription)
    i++;
  if (i == self->n_subscriptions)
    return;
  self->n_subscriptions--;
  memmove (&self->subscriptions[i], &self->subscriptions[i + 1],
           (self->n_subscriptions - i) * sizeof self->subscriptions[0]);
  subscription->ops->free (subscription);
}

void
grove_server_session_hurry (struct grove_server_session *self)
{
  /* A sample from before the command would not show it. */
  self->host->sampled_ns = 0;
  for (size_t i = 0; i < self->n_subscriptions; i++)
    if (strcmp (self->subscriptions[i]->ops->kind, "system") != 0)
      grove_subscription_hurry (self->subscriptions[i]);
}

bool
grove_server_session_add_call (struct grove_server_session *self, struct grove_call *call)
{
  if (self->n_calls == GROVE_LIMIT_CALLS)
    return false;
  call->session = self;
  call->previous = NULL;
  call->next = self->calls;
  if (self->calls != NULL)
    self->calls->previous = call;
  self->calls = call;
  self->n_calls++;
  return true;
}

void
grove_server_session_remove_call (struct grove_server_session *self, struct grove_call *call)
{
  if (call->previous != NULL)
    call->previous->next = call->next;
  else
    self->calls = call->next;
  if (call->next != NULL)
    call->next->previous = call->previous;
  call->previous = call->next = NULL;
  self->n_calls--;
}

void
grove_server_session_cancel (struct grove_server_session *self, int64_t id)
{
  const struct grove_source *source = self->host->source;
  struct grove_call         *call = self->calls;

  while (call != NULL && call->id != id)
    call = call->next;
  if (call == NULL)
    return;
  grove_server_session_remove_call (self, call);
  call->session = NULL;
  grove_audit_end (&self->host->audit, call->audit, self->host->now_ns, GROVE_AUDIT_UNKNOWN,
                   GROVE_ERROR_CANCELLED, "cancelled");
  grove_server_session_fail (self, id, GROVE_ERROR_CANCELLED, NULL,
                             "cancelled: a command may have had its effect all the same");
  if (source->ops->cancel != NULL)
    source->ops->cancel (source->self, call);
}

uint64_t
grove_server_session_command (const struct grove_server_session *self)
{
  return self->command;
}

void
grove_server_session_set_command (struct grove_server_session *self, uint64_t seq)
{
  self->command = seq;
}
