/* SPDX-License-Identifier: MIT
 *
 * See agent-load.h.
 */
#include "runtime/beam/agent-load.h"

#include "runtime/beam/blob.h"
#include "runtime/beam/must.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TURN_MS    25
#define PURGE_MS   100
#define CALL_MS    10000
#define COMPILE_MS 60000
/* Before it there are neither atomics nor a logger. */
#define OLDEST_RELEASE 22
/* The agent brings 1,300, what it calls when that is loaded first, and what is sent, as many more.
 */
#define ATOMS_NEEDED 5000

/* Arguments are ours to give back. */
static bool
call (struct beam_link    *link,
      const char          *module,
      const char          *function,
      struct grove_buffer *arguments,
      int                  timeout_ms,
      struct grove_term   *ret_result,
      struct beam_trouble *ret_trouble)
{
  const bool answered = beam_link_call (link, module, function, grove_buffer_term (arguments),
                                        timeout_ms, ret_result, ret_trouble);

  grove_buffer_finish (arguments);
  return answered;
}

/* A list of characters, of which there are fewer than 65,536. */
static void
add_string (struct grove_buffer *out, const char *text)
{
  const size_t size = strlen (text);

  *grove_buffer_extend (out, 1) = 107;
  *grove_buffer_extend (out, 1) = (uint8_t) (size >> 8);
  *grove_buffer_extend (out, 1) = (uint8_t) size;
  memcpy (grove_buffer_extend (out, size), text, size);
}

/* Whether the node has our very module already. */
static bool
ask_whether_loaded (struct beam_link *link, bool *ret_loaded, struct beam_trouble *ret_trouble)
{
  struct grove_buffer arguments = { NULL };
  struct grove_term   result;
  bool                answered;

  beam_must (grove_build (&arguments, "[~a, version, 0]", beam_agent_module) == GROVE_OK);
  answered = call (link, "erlang", "function_exported", &arguments, CALL_MS, &result, ret_trouble);
  *ret_loaded = answered && grove_match (result, "true");
  return answered;
}

static bool
ask_release (struct beam_link *link, long *ret_release, struct beam_trouble *ret_trouble)
{
  struct grove_buffer arguments = { NULL };
  struct grove_term   result, digit;
  struct grove_cursor cursor;
  int64_t             byte;

  *ret_release = 0;
  beam_must (grove_build (&arguments, "[otp_release]") == GROVE_OK);
  if (!call (link, "erlang", "system_info", &arguments, CALL_MS, &result, ret_trouble))
    return false;
  if (grove_cursor_init (&cursor, result))
    while (grove_cursor_next (&cursor, &digit) && grove_term_int64 (digit, &byte) && byte >= '0' &&
           byte <= '9' && *ret_release < 1000)
      *ret_release = *ret_release * 10 + (byte - '0');
  return true;
}

/* What the node says instead of {module, _}. */
static bool
refused (struct grove_term result, struct beam_trouble *ret_trouble)
{
  char text[256];
  bool cut;

  (void) grove_term_print (result, GROVE_SYNTAX_ERLANG, 16, text, sizeof text, &cut);
  beam_trouble_set (ret_trouble, BEAM_REFUSED, "The node refused the agent's module: %s", text);
  return false;
}

/* What is made when the table of atoms is full ends the node: loading the agent makes some, so does
 * what it is asked for. */
static bool
has_room (struct beam_link *link, struct beam_trouble *ret_trouble)
{
  static const char *const items[] = { "atom_limit", "atom_count" };
  int64_t                  numbers[2] = { 0, 0 };

  for (size_t i = 0; i < 2; i++)
    {
      struct grove_buffer arguments = { NULL };
      struct grove_term   result;

      beam_must (grove_build (&arguments, "[~a]", items[i]) == GROVE_OK);
      if (!call (link, "erlang", "system_info", &arguments, CALL_MS, &result, ret_trouble))
        return false;
      /* Neither is told before OTP 20. */
      if (!grove_term_int64 (result, &numbers[i]) || numbers[i] < 0)
        return true;
    }
  if (numbers[0] - numbers[1] >= ATOMS_NEEDED)
    return true;
  beam_trouble_set (ret_trouble, BEAM_REFUSED,
                    "The node has %lld of the %lld atoms it may have. The agent needs some of its "
                    "own, and a node that has none left ends, so it was not loaded. Start the node "
                    "with a higher limit (+t), or find out what makes so many.",
                    (long long) numbers[1], (long long) numbers[0]);
  return false;
}

static bool
load_code (struct beam_link *link, struct beam_trouble *ret_trouble)
{
  char file[128];

  (void) snprintf (file, sizeof file, "%s.beam", beam_agent_module);
  for (int tries = 0;; tries++)
    {
      struct grove_buffer arguments = { NULL }, name = { NULL };
      struct grove_term   result;

      add_string (&name, file);
      beam_must (grove_build (&arguments, "[~a, ~t, ~b]", beam_agent_module,
                              grove_buffer_term (&name), beam_agent_code,
                              beam_agent_code_size) == GROVE_OK);
      grove_buffer_finish (&name);
      if (!call (link, "code", "load_binary", &arguments, CALL_MS, &result, ret_trouble))
        return false;
      if (grove_match (result, "{module, _}"))
        return true;
      /* Another agent has left just now, and its code is not purged yet. */
      if (!grove_match (result, "{error, not_purged}") || tries == CALL_MS / PURGE_MS)
        return refused (result, ret_trouble);
      (void) poll (NULL, 0, PURGE_MS);
    }
}

/* ---- As source ---------------------------------------------------------------------------------
 */

/* Run by the node: reads the forms in Source one by one, and has its compiler make a module of
 * them. */
static const char compile_text[] =
  "Forms = fun Read(Text, Line, Read_before) ->"
  "  case erl_scan:tokens([], Text, Line) of"
  "    {done, {ok, Tokens, Next}, Rest} ->"
  "      {ok, Form} = erl_parse:parse_form(Tokens), Read(Rest, Next, [Form | Read_before]);"
  "    _ -> lists:reverse(Read_before)"
  "  end end,"
  "case compile:forms(Forms(unicode:characters_to_list(Source), 1, []), [return_errors]) of"
  "  {ok, Module, Code} -> code:load_binary(Module, atom_to_list(Module) ++ \".beam\", Code);"
  "  {ok, Module, Code, _} -> code:load_binary(Module, atom_to_list(Module) ++ \".beam\", Code);"
  "  Failed -> Failed "
  "end.";

static bool
ask_for_compiler (struct beam_link *link, bool *ret_there, struct beam_trouble *ret_trouble)
{
  struct grove_buffer arguments = { NULL };
  struct grove_term   result;

  beam_must (grove_build (&arguments, "[compile]") == GROVE_OK);
  if (!call (link, "code", "which", &arguments, CALL_MS, &result, ret_trouble))
    return false;
  *ret_there = !grove_match (result, "non_existing");
  return true;
}

/* The expressions of compile_text, which the node parses. */
static bool
parse (struct beam_link    *link,
       struct grove_buffer *ret_expressions,
       struct beam_trouble *ret_trouble)
{
  struct grove_buffer arguments = { NULL }, text = { NULL };
  struct grove_term   result, inner;

  add_string (&text, compile_text);
  beam_must (grove_build (&arguments, "[~t]", grove_buffer_term (&text)) == GROVE_OK);
  grove_buffer_finish (&text);
  if (!call (link, "erl_scan", "string", &arguments, CALL_MS, &result, ret_trouble))
    return false;
  if (!grove_match (result, "{ok, ~t, _}", &inner))
    return refused (result, ret_trouble);
  beam_must (grove_build (&arguments, "[~t]", inner) == GROVE_OK);
  if (!call (link, "erl_parse", "parse_exprs", &arguments, CALL_MS, &result, ret_trouble))
    return false;
  if (!grove_match (result, "{ok, ~t}", &inner))
    return refused (result, ret_trouble);
  memcpy (grove_buffer_extend (ret_expressions, inner.size), inner.bytes, inner.size);
  return true;
}

static bool
load_source (struct beam_link *link, struct beam_trouble *ret_trouble)
{
  struct grove_buffer arguments = { NULL }, expressions = { NULL };
  struct grove_term   result, value;
  bool                parsed = parse (link, &expressions, ret_trouble);

  if (parsed)
    beam_must (grove_build (&arguments, "[~t, [{'Source', ~b}]]", grove_buffer_term (&expressions),
                            beam_agent_source, beam_agent_source_size) == GROVE_OK);
  grove_buffer_finish (&expressions);
  if (!parsed || !call (link, "erl_eval", "exprs", &arguments, COMPILE_MS, &result, ret_trouble))
    return false;
  if (!grove_match (result, "{value, ~t, _}", &value))
    return refused (result, ret_trouble);
  return grove_match (value, "{module, _}") || refused (value, ret_trouble);
}

bool
beam_agent_load (struct beam_link *link, bool as_source, struct beam_trouble *ret_trouble)
{
  bool has_compiler = true, loaded;
  long release;

  /* Before anything is loaded: a node that must refuse says so in its log. */
  if (!ask_release (link, &release, ret_trouble) ||
      !ask_whether_loaded (link, &loaded, ret_trouble))
    return false;
  if (loaded)
    return true;
  /* Bridges that come at once must not load it one over the other: each waits for another time, and
   * looks again. */
  (void) poll (NULL, 0, (int) getpid () % 9 * TURN_MS);
  if (!ask_whether_loaded (link, &loaded, ret_trouble))
    return false;
  if (loaded)
    return true;
  if (!has_room (link, ret_trouble))
    return false;
  if (release >= beam_agent_release && !as_source)
    return load_code (link, ret_trouble);
  if (release >= OLDEST_RELEASE && !ask_for_compiler (link, &has_compiler, ret_trouble))
    return false;
  if (release >= OLDEST_RELEASE && has_compiler)
    return load_source (link, ret_trouble);
  if (release < OLDEST_RELEASE)
    beam_trouble_set (ret_trouble, BEAM_TOO_OLD,
                      "The node runs Erlang/OTP %ld; grove-beam needs %d or later.", release,
                      OLDEST_RELEASE);
  else
    beam_trouble_set (ret_trouble, BEAM_TOO_OLD,
                      "The node runs Erlang/OTP %ld, this grove-beam was built for %d and later, "
                      "and the node has no compiler (the application compiler) to build the agent "
                      "itself.",
                      release, beam_agent_release);
  return false;
}
