/* SPDX-License-Identifier: MIT
 *
 * A connection: a process that reads requests, one after another, has each answered by a process of
 * its own, and writes the answers. It is where times and limits are kept: whatever the other side
 * sends, or does not send, it gets an answer or is left.
 */
#include "web-shop-http.h"
#include "web-shop.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define READ_SIZE    4096
#define WRITE_NS     (30000 * SHOP_MS)
#define LINGER_NS    (1000 * SHOP_MS)
#define LINGER_BYTES (1024 * 1024)
#define HEAD_SIZE    1024

struct connection
{
  grove_socket     socket;
  char             peer[GROVE_PEER_SIZE];
  struct shop_http http;
  uint64_t         number; /* of its requests */
  char            *in;     /* READ_SIZE bytes */
  size_t           in_from, in_to;
  char             date[40];
  time_t           date_of;
};

/* An answer, whoever has made it. */
struct answer
{
  int               status;
  struct grove_text type;
  struct grove_text extra; /* header lines, each with its end */
  struct grove_text body;
};

/* ---- Writing -------------------------------------------------------------------------------- */

static const char *
date_now (struct connection *self)
{
  const time_t now = time (NULL);
  struct tm    broken;

  if (now != self->date_of)
    {
      strftime (self->date, sizeof self->date, "%a, %d %b %Y %H:%M:%S GMT",
                gmtime_r (&now, &broken));
      self->date_of = now;
    }
  return self->date;
}

/* false: the other side does not take it. */
static bool
write_answer (struct connection *self, const struct answer *answer, bool keep_alive)
{
  const bool   head_only = self->http.parser.method == HTTP_HEAD;
  const bool   is_1_0 = self->http.parser.http_major == 1 && self->http.parser.http_minor == 0;
  const char  *connection = !keep_alive ? "Connection: close\r\n"
                            : is_1_0    ? "Connection: keep-alive\r\n"
                                        : "";
  const size_t body_size = head_only ? 0 : answer->body.size;
  char        *bytes = grove_alloc (HEAD_SIZE + body_size);
  size_t       n;
  bool         ok;

  if (shop_settings.log_requests)
    fprintf (stderr, "%s %s %.*s %d %zu\n", self->peer,
             http_method_str ((enum http_method) self->http.parser.method),
             (int) self->http.target_size, self->http.target ? self->http.target : "",
             answer->status, body_size);
  n = (size_t) snprintf (bytes, HEAD_SIZE,
                         "HTTP/1.1 %d %s\r\nServer: grove-web-shop\r\nDate: %s\r\n"
                         "Content-Type: %.*s\r\nContent-Length: %zu\r\n%.*s%s\r\n",
                         answer->status, shop_http_status_text (answer->status), date_now (self),
                         (int) answer->type.size, answer->type.bytes, answer->body.size,
                         (int) answer->extra.size, answer->extra.bytes, connection);
  grove_assert (n < HEAD_SIZE);
  memcpy (bytes + n, answer->body.bytes, body_size);
  ok = grove_write (self->socket, bytes, n + body_size, WRITE_NS, NULL) == GROVE_OK;
  grove_free (bytes);
  return ok;
}

/* With a few words, for those who get no page. */
static bool
write_status (struct connection *self, int status, bool keep_alive)
{
  char          body[64];
  struct answer answer = { .status = status, .type = { "text/plain", 10 }, .extra = { "", 0 } };

  answer.body.bytes = body;
  answer.body.size =
    (size_t) snprintf (body, sizeof body, "%d %s\n", status, shop_http_status_text (status));
  if (status == 503)
    answer.extra = (struct grove_text){ "Retry-After: 1\r\n", 16 };
  return write_answer (self, &answer, keep_alive);
}

/* The other side may still send: closing now would take our last words away from it. */
static void
linger (struct connection *self)
{
  const uint64_t end_ns = grove_now_ns () + LINGER_NS;
  size_t         total = 0, n;

  if (grove_shutdown (self->socket) != GROVE_OK)
    return;
  while (total < LINGER_BYTES)
    {
      const uint64_t now_ns = grove_now_ns ();

      if (now_ns >= end_ns ||
          grove_read (self->socket, self->in, READ_SIZE, (int64_t) (end_ns - now_ns), &n) !=
            GROVE_OK ||
          n == 0)
        return;
      total += n;
    }
}

/* ---- Answers -------------------------------------------------------------------------------- */

/* Starts the process that answers; 0: there are too many. */
static grove_pid
start_request (struct connection *self)
{
  const struct shop_http *http = &self->http;
  const size_t            target_size = http->target_size;
  const size_t            size = sizeof (struct shop_request) + target_size + 1 + http->body_size;
  struct shop_request    *request = grove_alloc (size);
  grove_pid               pid = 0;
  enum grove_status       status;

  *request = (struct shop_request){
    .connection = grove_self (),
    .number = self->number,
    .body_at = target_size + 1,
    .body_size = http->body_size,
  };
  memcpy (request->peer, self->peer, sizeof request->peer);
  snprintf (request->method, sizeof request->method, "%s",
            http_method_str ((enum http_method) http->parser.method));
  memcpy (request->text, http->target, target_size);
  request->text[target_size] = '\0';
  if (http->body_size > 0)
    memcpy (request->text + target_size + 1, http->body, http->body_size);
  status =
    grove_supervisor_start_dynamic (grove_whereis (SHOP_REQUEST_SUP), request, size, &pid, NULL);
  grove_free (request);
  return status == GROVE_OK ? pid : 0;
}

/* Writes what @message says; false: it is not of this request. */
static bool
take_answer (struct connection *self, struct grove_term message, bool keep_alive, bool *ret_ok)
{
  struct answer answer;
  uint64_t      number;

  if (!grove_match (message, "{response, ~u, ~i, ~s, ~s, ~b}", &number, &answer.status,
                    &answer.type, &answer.extra, &answer.body) ||
      number != self->number)
    return false;
  *ret_ok = write_answer (self, &answer, keep_alive);
  return true;
}

/* Waits for the answer, or for the end of who was to give it. */
static bool
await_answer (struct connection *self, grove_pid pid, grove_ref monitor, bool keep_alive)
{
  const uint64_t        end_ns = grove_now_ns () + (uint64_t) shop_settings.request_ns;
  struct grove_message *message;
  bool                  ok = false, done = false;

  while (!done)
    {
      const uint64_t now_ns = grove_now_ns ();
      const int64_t  left_ns = now_ns < end_ns ? (int64_t) (end_ns - now_ns) : 0;
      grove_ref      down;

      if (grove_receive (left_ns, &message) != GROVE_OK)
        {
          grove_exit_process (pid, "kill");
          return write_status (self, 503, keep_alive);
        }
      done = take_answer (self, grove_message_term (message), keep_alive, &ok);
      if (!done && grove_match (grove_message_term (message), "{'DOWN', ~r, _, _, _}", &down) &&
          down == monitor)
        {
          atomic_fetch_add (&shop_counters.crashed, 1);
          ok = write_status (self, 500, keep_alive);
          done = true;
        }
      grove_message_free (message);
    }
  return ok;
}

/* false: there is no use in another request. */
static bool
answer_request (struct connection *self)
{
  const bool keep_alive = self->http.keep_alive;
  grove_pid  pid;
  grove_ref  monitor;
  bool       ok;

  atomic_fetch_add (&shop_counters.requests, 1);
  self->number++;
  pid = start_request (self);
  if (pid == 0)
    return write_status (self, 503, keep_alive) && keep_alive;
  monitor = grove_monitor (pid);
  ok = await_answer (self, pid, monitor, keep_alive);
  grove_demonitor (monitor, true);
  return ok && keep_alive;
}

/* ---- Reading -------------------------------------------------------------------------------- */

static int64_t
time_for (enum shop_http_stage stage)
{
  return stage == SHOP_HTTP_IDLE     ? shop_settings.idle_ns
         : stage == SHOP_HTTP_HEADER ? shop_settings.header_ns
                                     : shop_settings.body_ns;
}

/* Reads once, in the time that is left for this stage of the request. */
static enum grove_status
read_more (struct connection *self, uint64_t end_ns, size_t *ret_n)
{
  const uint64_t now_ns = grove_now_ns ();

  return grove_read (self->socket, self->in, READ_SIZE,
                     now_ns < end_ns ? (int64_t) (end_ns - now_ns) : 0, ret_n);
}

/* The other side has sent no more in time, or never will. */
static bool
give_up (struct connection *self, bool in_time)
{
  if (self->http.stage != SHOP_HTTP_IDLE)
    write_status (self, in_time ? 400 : 408, false);
  return false;
}

static void
invite_body (struct connection *self)
{
  static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";

  self->http.wants_continue = false;
  /* Who has gone is found out by reading. */
  if (grove_write (self->socket, text, sizeof text - 1, WRITE_NS, NULL) != GROVE_OK)
    return;
}

/* Until a request is complete; false: there will be none, and what was to be said has been said. */
static bool
read_request (struct connection *self)
{
  struct shop_http    *http = &self->http;
  enum shop_http_stage stage = SHOP_HTTP_IDLE;
  uint64_t             end_ns = grove_now_ns () + (uint64_t) time_for (stage);

  for (;;)
    {
      enum grove_status status;
      size_t            n;

      self->in_from += shop_http_feed (http, self->in + self->in_from, self->in_to - self->in_from);
      if (http->stage == SHOP_HTTP_COMPLETE)
        return true;
      if (http->stage == SHOP_HTTP_REFUSED)
        {
          write_status (self, http->status, false);
          return false;
        }
      if (http->stage != stage)
        {
          stage = http->stage;
          end_ns = grove_now_ns () + (uint64_t) time_for (stage);
        }
      if (http->wants_continue)
        invite_body (self);
      status = read_more (self, end_ns, &n);
      if (status != GROVE_OK || n == 0)
        return give_up (self, status != GROVE_ERR_TIMEOUT);
      self->in_from = 0;
      self->in_to = n;
    }
}

/* ---- The process ---------------------------------------------------------------------------- */

/* The acceptor has given the socket before it says so. */
static bool
await_socket (grove_socket socket)
{
  struct grove_message *message;

  if (grove_receive_pattern (5000 * SHOP_MS, &message, "go") != GROVE_OK)
    return false;
  grove_message_free (message);
  return socket != 0;
}

static void
connection (void *arg)
{
  const grove_socket socket = *(const grove_socket *) arg;
  struct connection *self = grove_alloc (sizeof *self);

  if (!await_socket (socket))
    return;
  *self = (struct connection){ .socket = socket, .in = grove_alloc (READ_SIZE) };
  if (grove_socket_peer (socket, self->peer) != GROVE_OK)
    return;
  atomic_fetch_add (&shop_counters.connections, 1);
  shop_http_init (&self->http);
  while (read_request (self) && answer_request (self))
    shop_http_reset (&self->http);
  linger (self);
}

enum grove_status
shop_connection_start (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  char                       label[GROVE_PEER_SIZE + 16];
  char                       peer[GROVE_PEER_SIZE];

  (void) ret_reason;
  if (grove_socket_peer (*(const grove_socket *) arg, peer) == GROVE_OK)
    {
      snprintf (label, sizeof label, "connection %s", peer);
      options.label = label;
    }
  options.initial_call = "connection";
  options.arg = arg;
  options.arg_size = sizeof (grove_socket);
  options.link = true;
  return grove_spawn_opt (connection, &options, ret_pid, NULL);
}
