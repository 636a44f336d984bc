/* SPDX-License-Identifier: MIT
 *
 * See agent.h.
 */
#include "runtime/beam/agent.h"

#include "runtime/beam/agent-load.h"
#include "runtime/beam/blob.h"
#include "runtime/beam/must.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALL_MS 10000
#define TURN_MS 25
#define TRIES   8
/* The agent beats every two seconds. */
#define SILENT_MS 10000
/* Of the external term format. */
#define SMALL_TUPLE 104

struct question
{
  uint64_t         id;
  beam_answered    answered;
  void            *user_data;
  struct question *next;
};

struct beam_agent
{
  struct beam_link   *link;
  struct grove_buffer pid;
  struct grove_buffer hello;
  uint64_t            last_id;
  struct question    *questions;
  void (*happened) (struct grove_text kind, struct grove_term what, void *user_data);
  void *happened_data;
};

/* ---- Starting it
 * ---------------------------------------------------------------------------------
 */

static bool
start (struct beam_agent *self, struct beam_trouble *ret_trouble)
{
  struct grove_buffer arguments = { NULL };
  struct grove_term   result;
  bool                answered;

  beam_must (grove_build (&arguments, "[~t, #{}]", beam_link_self (self->link)) == GROVE_OK);
  answered = beam_link_call (self->link, beam_agent_module, "start", grove_buffer_term (&arguments),
                             CALL_MS, &result, ret_trouble);
  grove_buffer_finish (&arguments);
  if (!answered)
    return false;
  if (grove_term_type (result) != GROVE_TERM_PID)
    {
      char text[256];
      bool cut;

      (void) grove_term_print (result, GROVE_SYNTAX_ERLANG, 16, text, sizeof text, &cut);
      beam_trouble_set (ret_trouble, BEAM_REFUSED, "The agent did not start on the node: %s", text);
      return false;
    }
  memcpy (grove_buffer_extend (&self->pid, result.size), result.bytes, result.size);
  return true;
}

/* Waits a second for who the node is. */
static bool
await_hello (struct beam_agent *self, struct beam_trouble *ret_trouble)
{
  struct grove_buffer request = { NULL };

  beam_must (grove_build (&request, "{req, 0, <<\"hello\">>, #{}}") == GROVE_OK);
  (void) beam_link_send (self->link, grove_buffer_term (&self->pid), grove_buffer_term (&request));
  grove_buffer_finish (&request);
  for (int tries = 0; tries < 10; tries++)
    {
      struct grove_term message, hello;
      enum beam_packet  kind;
      struct pollfd     polled = { .fd = beam_link_fd (self->link), .events = POLLIN };

      if (!beam_link_turn (self->link, ret_trouble))
        return false;
      while ((kind = beam_link_receive (self->link, &message)) != BEAM_PACKET_OTHER)
        if (kind == BEAM_PACKET_MESSAGE && grove_match (message, "{rep, 0, ~t}", &hello) &&
            grove_term_type (hello) == GROVE_TERM_MAP)
          {
            memcpy (grove_buffer_extend (&self->hello, hello.size), hello.bytes, hello.size);
            return true;
          }
      (void) poll (&polled, 1, 100);
    }
  beam_trouble_set (ret_trouble, BEAM_SILENT,
                    "The agent started on the node, but does not answer.");
  return false;
}

/* Another bridge that loads the same module may end an agent that has just started. */
static bool
is_alive (struct beam_agent *self)
{
  struct grove_buffer arguments = { NULL };
  struct beam_trouble trouble;
  struct grove_term   result;
  bool                alive;

  beam_must (grove_build (&arguments, "[~t]", grove_buffer_term (&self->pid)) == GROVE_OK);
  alive = beam_link_call (self->link, "erlang", "is_process_alive", grove_buffer_term (&arguments),
                          CALL_MS, &result, &trouble) &&
          grove_match (result, "true");
  grove_buffer_finish (&arguments);
  return alive;
}

static bool
ask_hello (struct beam_agent *self, struct beam_trouble *ret_trouble)
{
  for (int tries = 0; tries < CALL_MS / 1000; tries++)
    if (await_hello (self, ret_trouble))
      return true;
    else if (ret_trouble->kind != BEAM_SILENT || !is_alive (self))
      return false;
  return false;
}

struct beam_agent *
beam_agent_start (struct beam_link    *link,
                  bool                 as_source,
                  struct grove_term   *ret_hello,
                  struct beam_trouble *ret_trouble)
{
  struct beam_agent *self = calloc (1, sizeof *self);

  if (self == NULL)
    abort ();
  self->link = link;
  /* It may be taken away from us by one that leaves, or comes, just now. */
  for (int tries = 0; tries < TRIES && beam_agent_load (link, as_source, ret_trouble); tries++)
    {
      self->pid.size = 0;
      if (start (self, ret_trouble) && ask_hello (self, ret_trouble))
        {
          beam_link_expect (link, SILENT_MS);
          *ret_hello = grove_buffer_term (&self->hello);
          return self;
        }
      (void) poll (NULL, 0, (tries + 1) * TURN_MS);
    }
  grove_buffer_finish (&self->pid);
  grove_buffer_finish (&self->hello);
  free (self);
  return NULL;
}

/* ---- Asking
 * --------------------------------------------------------------------------------------
 */

static void
answer_all (struct beam_agent *self, enum grove_error code, const char *text)
{
  const struct beam_answer answer = { .code = code, .text = text };

  while (self->questions != NULL)
    {
      struct question *question = self->questions;

      self->questions = question->next;
      question->answered (&answer, question->user_data);
      free (question);
    }
}

/* Out of the list, or NULL. */
static struct question *
take (struct beam_agent *self, uint64_t id)
{
  for (struct question **at = &self->questions; *at != NULL; at = &(*at)->next)
    if ((*at)->id == id)
      {
        struct question *question = *at;

        *at = question->next;
        return question;
      }
  return NULL;
}

uint64_t
beam_agent_ask (struct beam_agent *self,
                const char        *method,
                struct grove_term  params,
                beam_answered      answered,
                void              *user_data)
{
  struct grove_buffer request = { NULL };
  struct question    *question = malloc (sizeof *question);

  if (question == NULL)
    abort ();
  *question = (struct question){ ++self->last_id, answered, user_data, self->questions };
  self->questions = question;
  beam_must (grove_build (&request, "{req, ~l, ~s, ~t}", (int64_t) question->id, method, params) ==
             GROVE_OK);
  (void) beam_link_send (self->link, grove_buffer_term (&self->pid), grove_buffer_term (&request));
  grove_buffer_finish (&request);
  return self->last_id;
}

void
beam_agent_forget (struct beam_agent *self, uint64_t id)
{
  const struct beam_answer answer = { .code = GROVE_ERROR_CANCELLED, .text = "it was cancelled" };
  struct question         *question = take (self, id);
  struct grove_buffer      request = { NULL };

  if (question == NULL)
    return;
  beam_must (grove_build (&request, "{stop, ~l}", (int64_t) id) == GROVE_OK);
  (void) beam_link_send (self->link, grove_buffer_term (&self->pid), grove_buffer_term (&request));
  grove_buffer_finish (&request);
  question->answered (&answer, question->user_data);
  free (question);
}

void
beam_agent_stop (struct beam_agent *self)
{
  struct grove_buffer request = { NULL };
  struct beam_trouble trouble;

  if (self == NULL)
    return;
  answer_all (self, GROVE_ERROR_SHUTTING_DOWN, "this observer is leaving the node");
  beam_must (grove_build (&request, "{req, 0, <<\"detach\">>, #{}}") == GROVE_OK);
  (void) beam_link_send (self->link, grove_buffer_term (&self->pid), grove_buffer_term (&request));
  (void) beam_link_turn (self->link, &trouble);
  grove_buffer_finish (&request);
  grove_buffer_finish (&self->pid);
  grove_buffer_finish (&self->hello);
  free (self);
}

/* ---- Hearing
 * -------------------------------------------------------------------------------------
 */

static enum grove_error
code_of (struct grove_text name)
{
  static const struct
  {
    const char      *name;
    enum grove_error code;
  } codes[] = {
    { "no_process", GROVE_ERROR_NO_PROCESS },
    { "invalid", GROVE_ERROR_INVALID_PARAMS },
    { "limit", GROVE_ERROR_LIMIT },
    { "not_reached", GROVE_ERROR_NOT_REACHED },
    { "other_process", GROVE_ERROR_OTHER_PROCESS },
    { "not_supported", GROVE_ERROR_NOT_SUPPORTED },
    { "protected", GROVE_ERROR_PROTECTED },
  };

  for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
    if (strlen (codes[i].name) == name.size && memcmp (codes[i].name, name.bytes, name.size) == 0)
      return codes[i].code;
  return GROVE_ERROR_INTERNAL;
}

/* "<0.12.3>", which needs nothing escaped in JSON. */
static bool
is_pid_text (struct grove_text pid)
{
  for (size_t i = 0; i < pid.size; i++)
    if (strchr ("<.>0123456789", pid.bytes[i]) == NULL || pid.bytes[i] == '\0')
      return false;
  return pid.size < GROVE_SOURCE_PID_SIZE;
}

/* A process of another node. What has to be escaped in JSON is in no node's name one could type. */
static const char *
describe_elsewhere (struct grove_text node,
                    struct grove_text pid,
                    char             *words,
                    size_t            words_size,
                    char             *data,
                    size_t            data_size)
{
  char             text[BEAM_NAME_SIZE];
  struct beam_name name;

  (void) snprintf (text, sizeof text, "%.*s", (int) node.size, node.bytes);
  (void) snprintf (words, words_size, "it is a process of %s, and called %.*s there", text,
                   (int) pid.size, pid.bytes);
  if (!is_pid_text (pid) || node.size >= sizeof text || !beam_name_parse (text, &name))
    return NULL;
  (void) snprintf (data, data_size, "{\"elsewhere\":{\"node\":\"%s\",\"pid\":\"%.*s\"}}", text,
                   (int) pid.size, pid.bytes);
  return data;
}

static void
answer_one (struct beam_agent *self, uint64_t id, const struct beam_answer *answer)
{
  struct question *question = take (self, id);

  if (question == NULL)
    return;
  question->answered (answer, question->user_data);
  free (question);
}

/* An answer that is nested more deeply than any here, or broken: {rep, ID, ... and no more can be
 * told of it. Who asked is not left waiting. */
static void
hear_unreadable (struct beam_agent *self, struct grove_term bytes)
{
  const struct beam_answer answer = {
    .code = GROVE_ERROR_LIMIT,
    .text = "what the node answered cannot be read: it is nested too deeply, or broken",
  };
  const uint8_t    *at = bytes.bytes + 2, *end = bytes.bytes + bytes.size;
  struct grove_term what, id;
  int64_t           number;

  if (bytes.size < 2 || bytes.bytes[0] != SMALL_TUPLE)
    return;
  what.bytes = at;
  if (grove_term_check (at, (size_t) (end - at), &what.size) != GROVE_OK)
    return;
  id.bytes = at + what.size;
  if (grove_term_check (id.bytes, (size_t) (end - id.bytes), &id.size) == GROVE_OK &&
      grove_match (what, "rep") && grove_term_int64 (id, &number))
    answer_one (self, (uint64_t) number, &answer);
}

static void
hear (struct beam_agent *self, struct grove_term message)
{
  struct beam_answer answer = { 0 };
  struct grove_term  what;
  struct grove_text  code, text;
  int64_t            id;
  char               words[1024], data[512];

  if (grove_match (message, "{rep, ~l, ~t}", &id, &answer.result))
    answer.ok = true;
  else if (grove_match (message, "{err, ~l, ~a, ~s}", &id, &code, &text))
    {
      (void) snprintf (words, sizeof words, "%.*s", (int) text.size, text.bytes);
      answer.code = code_of (code);
      answer.text = words;
    }
  else if (grove_match (message, "{err, ~l, elsewhere, {~s, ~s}}", &id, &code, &text))
    {
      answer.code = GROVE_ERROR_NO_PROCESS;
      answer.text = words;
      answer.data = describe_elsewhere (code, text, words, sizeof words, data, sizeof data);
    }
  else
    {
      if (self->happened != NULL && grove_match (message, "{happened, ~a, ~t}", &code, &what))
        self->happened (code, what, self->happened_data);
      return;
    }
  answer_one (self, (uint64_t) id, &answer);
}

void
beam_agent_when_happened (struct beam_agent *self,
                          void (*happened) (struct grove_text kind,
                                            struct grove_term what,
                                            void             *user_data),
                          void *user_data)
{
  self->happened = happened;
  self->happened_data = user_data;
}

bool
beam_agent_turn (struct beam_agent *self, struct beam_trouble *ret_trouble)
{
  const bool        alive = beam_link_turn (self->link, ret_trouble);
  struct grove_term message;
  enum beam_packet  kind;

  while ((kind = beam_link_receive (self->link, &message)) != BEAM_PACKET_OTHER)
    if (kind == BEAM_PACKET_MESSAGE)
      hear (self, message);
    else
      hear_unreadable (self, message);
  if (!alive)
    answer_all (self, GROVE_ERROR_SHUTTING_DOWN, ret_trouble->text);
  return alive;
}
