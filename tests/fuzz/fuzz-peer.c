/* SPDX-License-Identifier: MIT
 *
 * See fuzz-peer.h.
 */
#include "tests/fuzz/fuzz-peer.h"

#include "protocol/scan.h"

#include <glib.h>
#include <json-c/json.h>
#include <string.h>

#define FIRST_REQUEST 1000000

static void
on_reply (int64_t id, struct json_object *result, struct json_object *error, void *user_data)
{
  struct fuzz_peer *self = user_data;

  if (id >= FIRST_REQUEST && id < FIRST_REQUEST + self->n_requests)
    self->n_answers[id - FIRST_REQUEST]++;
}

static void
on_notification (const char *method, struct json_object *params, void *user_data)
{
  static const char *const acks[][2] = {
    { "table.update", "table.ack" },
    { "tree.update", "tree.ack" },
    { "system.sample", "system.ack" },
    { "process.sample", "process.ack" },
  };
  struct fuzz_peer   *self = user_data;
  struct json_object *sub, *seq;
  size_t              i = 0;

  if (!json_object_object_get_ex (params, "sub", &sub) ||
      !json_object_object_get_ex (params, "seq", &seq))
    return;
  while (i < self->n_updates && self->updates[i].sub != json_object_get_int64 (sub))
    i++;
  if (i == FUZZ_N_SUBS)
    return;
  if (i == self->n_updates)
    self->updates[self->n_updates++] = (struct fuzz_update){ .sub = json_object_get_int64 (sub) };
  FUZZ_REQUIRE (json_object_get_int64 (seq) == self->updates[i].seq + 1);
  self->updates[i].seq = json_object_get_int64 (seq);
  for (size_t n = 0; n < G_N_ELEMENTS (acks); n++)
    if (strcmp (method, acks[n][0]) == 0)
      self->updates[i].ack = acks[n][1];
}

static void
on_broken (const char *reason, void *user_data)
{
  abort ();
}

void
fuzz_peer_read (struct fuzz_peer *self)
{
  size_t      size;
  const char *bytes = grove_server_session_output (self->session, &size);

  FUZZ_REQUIRE (size <= GROVE_LIMIT_HARD + GROVE_LIMIT_MESSAGE);
  if (self->stalled || size == 0)
    return;
  grove_client_feed (self->client, bytes, size);
  grove_server_session_consume (self->session, size);
}

static void
feed (struct fuzz_peer *self, const char *line, size_t size)
{
  grove_server_session_feed (self->session, line, size);
  grove_server_session_feed (self->session, "\n", 1);
}

void
fuzz_peer_open (struct fuzz_peer *self, struct grove_host *host)
{
  static const struct grove_client_handler handler = { on_reply, on_notification, on_broken };
  static const char                        opening[] =
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"session.open\",\"params\":{\"major\":1,"
    "\"client\":{\"name\":\"f\",\"version\":\"1\"},\"role\":\"control\"}}";

  self->session = grove_server_session_new (host);
  self->client = grove_client_new (&handler, self);
  feed (self, opening, sizeof opening - 1);
  fuzz_peer_read (self);
}

/* ---- What a line does ------------------------------------------------------------------------
 */

static bool
is_method (const char *text, size_t size)
{
  for (size_t i = 0; i < size; i++)
    if (!g_ascii_isalpha (text[i]) && strchr ("._$/", text[i]) == NULL)
      return false;
  return size > 0;
}

static void
request (struct fuzz_peer *self, const char *line, size_t size)
{
  const struct grove_scan_limits limits = { .depth = 8, .string = 4096 };
  struct grove_scan_error        error;
  const char                    *space = memchr (line, ' ', size);
  size_t                         n = space != NULL ? (size_t) (space - line) : size;
  const char                    *params = space != NULL ? space + 1 : "{}";
  size_t                         params_size = space != NULL ? size - n - 1 : 2;
  g_autoptr (GString) text = NULL;

  /* What would make no whole request comes as a line of its own. */
  if (!is_method (line, n) || n > 64 || params_size > 32768 || self->n_requests == FUZZ_N_LINES ||
      !grove_scan (params, params_size, &limits, &error))
    return;
  text = g_string_new (NULL);
  g_string_printf (text, "{\"jsonrpc\":\"2.0\",\"id\":%" G_GINT64_FORMAT ",\"method\":\"%.*s\"",
                   FIRST_REQUEST + self->n_requests, (int) n, line);
  g_string_append (text, ",\"params\":");
  g_string_append_len (text, params, (gssize) params_size);
  g_string_append_c (text, '}');
  self->n_requests++;
  feed (self, text->str, text->len);
}

static void
cancel (struct fuzz_peer *self, unsigned number)
{
  g_autofree char *line =
    g_strdup_printf ("{\"jsonrpc\":\"2.0\",\"method\":\"$/cancel\",\"params\":{\"id\":%u}}",
                     FIRST_REQUEST + number);

  feed (self, line, strlen (line));
}

static void
acknowledge (struct fuzz_peer *self)
{
  for (size_t i = 0; i < self->n_updates; i++)
    {
      const struct fuzz_update *update = &self->updates[i];
      g_autofree char          *line = NULL;

      if (update->ack == NULL || !grove_server_session_wants_input (self->session))
        continue;
      line = g_strdup_printf ("{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"params\":{\"sub\":%" //
                              G_GINT64_FORMAT ",\"seq\":%" G_GINT64_FORMAT "}}",
                              update->ack, update->sub, update->seq);
      feed (self, line, strlen (line));
    }
}

unsigned
fuzz_number (const char *text, size_t size)
{
  unsigned number = 0;

  for (size_t i = 0; i < size && i < 6 && g_ascii_isdigit (text[i]); i++)
    number = number * 10 + (unsigned) (text[i] - '0');
  return number;
}
bool
fuzz_peer_act (struct fuzz_peer *self, const char *line, size_t size)
{
  const bool reads = grove_server_session_wants_input (self->session);

  switch (line[0])
    {
    case '?':
      if (reads)
        request (self, line + 1, size - 1);
      return true;
    case '@':
      self->foreign = true;
      if (reads)
        feed (self, line + 1, size - 1);
      return true;
    case 'A':
      acknowledge (self);
      return true;
    case 'C':
      if (reads)
        cancel (self, fuzz_number (line + 1, size - 1));
      return true;
    case 'W':
      self->stalled = !self->stalled;
      return true;
    default:
      return false;
    }
}

void
fuzz_peer_turn (struct fuzz_peer *self, const struct grove_host *host)
{
  if (grove_server_session_due_ns (self->session) <= host->now_ns)
    grove_server_session_tick (self->session);
  fuzz_peer_read (self);
}

void
fuzz_peer_check_answered (const struct fuzz_peer *self)
{
  if (self->foreign || grove_server_session_is_closing (self->session))
    return;
  for (int64_t n = 0; n < self->n_requests; n++)
    FUZZ_REQUIRE (self->n_answers[n] == 1);
}

void
fuzz_peer_close (struct fuzz_peer *self)
{
  grove_server_session_free (self->session);
  grove_client_free (self->client);
}

void
fuzz_each_line (const uint8_t *bytes,
                size_t         size,
                void (*act) (void *user_data, const char *line, size_t size),
                void *user_data)
{
  const char *at = (const char *) bytes, *end = at + size;

  for (unsigned n_lines = 0; at < end && n_lines < FUZZ_N_LINES; n_lines++)
    {
      const char *newline = memchr (at, '\n', (size_t) (end - at));
      const char *line_end = newline != NULL ? newline : end;

      if (line_end > at)
        act (user_data, at, (size_t) (line_end - at));
      at = line_end + 1;
    }
}
