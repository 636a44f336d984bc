/* SPDX-License-Identifier: MIT
 *
 * What a node says to grove-beam, behind the handshake: packets of its distribution, what its agent
 * answers and tells, against the bridge's own source and server, whose client it must make sense
 * to. Whatever comes, each question is answered once at the latest when the link ends.
 *
 * The input is lines, those of fuzz-peer.h and:
 *   <METHOD TERM    the agent answers the oldest question of that method
 *   !METHOD REST    it refuses it: {err, ID, REST}
 *   >TERM           a message, as it is              =BYTES  a packet, in hexadecimal digits
 *   HTERM           what it said of itself when it came (first)
 *   +NUMBER         so many milliseconds pass for the server
 */
#include "runtime/beam/agent-load.h"
#include "runtime/beam/blob.h"
#include "runtime/beam/source-private.h"
#include "tests/fuzz/fuzz-peer.h"
#include "tests/fuzz/fuzz.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#define MS       UINT64_C (1000000)
#define TEXT_MAX 65536

struct question
{
  uint64_t id;
  char    *method;
};

struct world
{
  GPtrArray          *packets; /* GByteArray: to be received */
  GByteArray         *packet;  /* the last that was */
  GQueue              questions;
  struct beam_source *source;
  struct grove_host   host;
  struct fuzz_peer    peer;
  bool                over;
};

static struct world world;

/* ---- The link --------------------------------------------------------------------------------
 */

const char beam_agent_module[] = "grove_agent";

bool
beam_agent_load (struct beam_link *link, bool as_source, struct beam_trouble *ret_trouble)
{
  return true;
}

static struct grove_term
a_pid (void)
{
  static struct grove_buffer pid;

  if (pid.size == 0)
    FUZZ_REQUIRE (grove_term_parse ("<0.9.0>", 7, &pid, NULL, NULL) == GROVE_OK);
  return grove_buffer_term (&pid);
}

bool
beam_link_call (struct beam_link    *self,
                const char          *module,
                const char          *function,
                struct grove_term    arguments,
                int                  timeout_ms,
                struct grove_term   *ret_result,
                struct beam_trouble *ret_trouble)
{
  *ret_result = a_pid ();
  return true;
}

struct grove_term
beam_link_self (const struct beam_link *self)
{
  return a_pid ();
}

int
beam_link_fd (const struct beam_link *self)
{
  return -1;
}

void
beam_link_expect (struct beam_link *self, int silent_ms)
{
}

uint64_t
beam_link_silent_ns (const struct beam_link *self)
{
  return 0;
}

bool
beam_link_turn (struct beam_link *self, struct beam_trouble *ret_trouble)
{
  if (world.over)
    beam_trouble_set (ret_trouble, BEAM_LOST, "It is over.");
  return !world.over;
}

/* What the agent is asked is asked in order. */
bool
beam_link_send (struct beam_link *self, struct grove_term to, struct grove_term message)
{
  struct grove_text method;
  struct grove_term params;
  int64_t           id;

  FUZZ_REQUIRE (grove_term_check (message.bytes, message.size, NULL) == GROVE_OK);
  if (grove_match (message, "{req, ~l, ~s, ~t}", &id, &method, &params) && id != 0)
    {
      struct question *question = g_new (struct question, 1);

      FUZZ_REQUIRE (grove_term_type (params) == GROVE_TERM_MAP);
      *question = (struct question){ (uint64_t) id, g_strndup (method.bytes, method.size) };
      g_queue_push_tail (&world.questions, question);
    }
  return true;
}

enum beam_packet
beam_link_receive (struct beam_link *self, struct grove_term *ret_term)
{
  while (world.packets->len > 0)
    {
      enum beam_packet kind;

      g_clear_pointer (&world.packet, g_byte_array_unref);
      world.packet = g_ptr_array_steal_index (world.packets, 0);
      kind = beam_packet_read (world.packet->data, world.packet->len, ret_term);
      if (kind != BEAM_PACKET_OTHER)
        return kind;
    }
  return BEAM_PACKET_OTHER;
}

/* ---- What a line does ------------------------------------------------------------------------
 */

/* As a node sends it; a text that is no term is no message. */
static void
send_text (const char *text, size_t size)
{
  static const uint8_t head[] = { 112, 131, 104, 2, 97, 2, 97, 0, 131 }; /* {2, 0} */
  struct grove_buffer  term = { NULL };

  if (size < TEXT_MAX && grove_term_parse (text, size, &term, NULL, NULL) == GROVE_OK)
    {
      GByteArray *packet = g_byte_array_new ();

      g_byte_array_append (packet, head, sizeof head);
      g_byte_array_append (packet, term.bytes, (guint) term.size);
      g_ptr_array_add (world.packets, packet);
    }
  grove_buffer_finish (&term);
}

static void
send_bytes (const char *digits, size_t size)
{
  GByteArray *packet = g_byte_array_new ();

  for (size_t i = 0; i + 1 < size && g_ascii_isxdigit (digits[i]); i += 2)
    {
      const uint8_t byte =
        (uint8_t) (g_ascii_xdigit_value (digits[i]) << 4 | g_ascii_xdigit_value (digits[i + 1]));

      g_byte_array_append (packet, &byte, 1);
    }
  if (packet->len > 0)
    g_ptr_array_add (world.packets, packet);
  else
    g_byte_array_unref (packet);
}

static void
question_free (struct question *question)
{
  g_free (question->method);
  g_free (question);
}

/* "METHOD REST" to the oldest question of that method. */
static void
answer (const char *kind, const char *line, size_t size)
{
  const char *space = memchr (line, ' ', size);
  size_t      n = space != NULL ? (size_t) (space - line) : size;

  for (GList *i = world.questions.head; i != NULL && space != NULL; i = i->next)
    {
      struct question *question = i->data;
      g_autofree char *text = NULL;

      if (strlen (question->method) != n || memcmp (question->method, line, n) != 0)
        continue;
      text = g_strdup_printf ("{%s, %" G_GUINT64_FORMAT ", %.*s}", kind, question->id,
                              (int) (size - n - 1), space + 1);
      send_text (text, strlen (text));
      g_queue_delete_link (&world.questions, i);
      question_free (question);
      return;
    }
}

static void
act (void *data, const char *line, size_t size)
{
  struct beam_trouble trouble;

  if (!fuzz_peer_act (&world.peer, line, size))
    switch (line[0])
      {
      case '<':
        answer ("rep", line + 1, size - 1);
        break;
      case '!':
        answer ("err", line + 1, size - 1);
        break;
      case '>':
        send_text (line + 1, size - 1);
        break;
      case '=':
        send_bytes (line + 1, size - 1);
        break;
      case '+':
        world.host.now_ns += fuzz_number (line + 1, size - 1) * MS;
        world.host.now_utc_ms += fuzz_number (line + 1, size - 1);
        break;
      default:
        break;
      }
  FUZZ_REQUIRE (beam_agent_turn (world.source->agent, &trouble));
  fuzz_peer_turn (&world.peer, &world.host);
}

/* ---- The whole -------------------------------------------------------------------------------
 */

/* The agent's first answer: the input's, or one that says nothing. */
static struct beam_agent *
start (const uint8_t *bytes, size_t size, struct grove_term *ret_hello)
{
  const char         *newline = memchr (bytes, '\n', size);
  const size_t        n = newline != NULL ? (size_t) (newline - (const char *) bytes) : size;
  struct beam_trouble trouble;
  g_autofree char    *text = NULL;

  if (n > 0 && bytes[0] == 'H')
    text = g_strdup_printf ("{rep, 0, %.*s}", (int) n - 1, (const char *) bytes + 1);
  if (text != NULL && strstr (text, "#{") != NULL && strlen (text) < TEXT_MAX)
    send_text (text, strlen (text));
  send_text ("{rep, 0, #{}}", 13);
  return beam_agent_start (NULL, false, ret_hello, &trouble);
}

static void
begin (const uint8_t *bytes, size_t size)
{
  struct grove_term  hello;
  struct beam_agent *agent;

  memset (&world, 0, sizeof world);
  g_queue_init (&world.questions);
  world.packets = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  agent = start (bytes, size, &hello);
  FUZZ_REQUIRE (agent != NULL);
  world.source = beam_source_new (NULL, agent, hello);
  grove_host_init (&world.host, beam_source_get (world.source));
  world.host.now_ns = UINT64_C (1000000000);
  fuzz_peer_open (&world.peer, &world.host);
}

static void
finish (void)
{
  struct beam_trouble trouble;

  /* Nothing waits for ever. */
  world.peer.stalled = false;
  world.over = true;
  FUZZ_REQUIRE (!beam_agent_turn (world.source->agent, &trouble));
  for (int round = 0; round < 3; round++)
    fuzz_peer_read (&world.peer);
  fuzz_peer_check_answered (&world.peer);
  fuzz_peer_close (&world.peer);
  beam_source_free (world.source);
  grove_host_finish (&world.host);
  g_queue_clear_full (&world.questions, (GDestroyNotify) question_free);
  g_clear_pointer (&world.packet, g_byte_array_unref);
  g_ptr_array_unref (world.packets);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  begin (bytes, size);
  fuzz_each_line (bytes, size, act, NULL);
  finish ();
  return 0;
}
