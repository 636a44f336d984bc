/* SPDX-License-Identifier: MIT
 *
 * See oracle-say.h.
 */
#include "oracle-say.h"

#include <stdio.h>
#include <string.h>

/* ---- Printing -------------------------------------------------------------------------------- */

/* Prints @text with each <1.2.3> as <0.0.0>. */
static void
print_without_pids (const char *text)
{
  while (*text != '\0')
    {
      const char *end = text + 1;
      if (*text == '<')
        end += strspn (end, "0123456789.");
      if (*end == '>' && end > text + 1)
        {
          printf ("<0.0.0>");
          text = end + 1;
        }
      else
        putchar (*text++);
    }
}

void
say (const char *fact, const char *format, ...)
{
  struct grove_buffer value = { NULL };
  char                text[1024];
  va_list             args;

  va_start (args, format);
  grove_assert (grove_build_va (&value, format, args) == GROVE_OK);
  va_end (args);
  grove_term_print (grove_buffer_term (&value), GROVE_SYNTAX_ERLANG, 16, text, sizeof text, NULL);
  grove_buffer_finish (&value);
  printf ("%s: ", fact);
  print_without_pids (text);
  putchar ('\n');
}

/* What a call gave, as Erlang has it: {ok, Value} or {error, Reason}. */
struct grove_term
outcome (enum grove_status status, const char *value)
{
  static struct grove_buffer buffer;
  const char                *reason = status == GROVE_ERR_NOPROC       ? "noproc"
                                      : status == GROVE_ERR_BADARG     ? "badarg"
                                      : status == GROVE_ERR_NAME_TAKEN ? "name_taken"
                                      : status == GROVE_ERR_NO_NAME    ? "no_name"
                                                                       : "other";

  buffer.size = 0;
  if (status == GROVE_OK)
    grove_assert (grove_build (&buffer, "{ok, ~a}", value) == GROVE_OK);
  else
    grove_assert (grove_build (&buffer, "{error, ~a}", reason) == GROVE_OK);
  return grove_buffer_term (&buffer);
}

const char *
boolean (bool value)
{
  return value ? "true" : "false";
}

/* ---- Messages -------------------------------------------------------------------------------- */

/* {Reason, Stack} becomes {Reason, 'STACK'}. */
void
put_reason (struct grove_buffer *out, struct grove_term reason)
{
  struct grove_term inner;

  if (grove_match (reason, "{~t, [{_, _, _} | _]}", &inner))
    grove_assert (grove_build (out, "{~t, 'STACK'}", inner) == GROVE_OK);
  else
    grove_assert (grove_build (out, "~t", reason) == GROVE_OK);
}

void
put_message (struct grove_buffer *out, struct grove_term term)
{
  struct grove_buffer inner = { NULL };
  struct grove_term   reason;

  if (grove_match (term, "{'EXIT', ~p, ~t}", NULL, &reason))
    {
      put_reason (&inner, reason);
      grove_assert (grove_build (out, "{'EXIT', pid, ~t}", grove_buffer_term (&inner)) == GROVE_OK);
    }
  else if (grove_match (term, "{'DOWN', _, process, _, ~t}", &reason))
    {
      put_reason (&inner, reason);
      grove_assert (grove_build (out, "{'DOWN', ~t}", grove_buffer_term (&inner)) == GROVE_OK);
    }
  else
    grove_assert (grove_build (out, "~t", term) == GROVE_OK);
  grove_buffer_finish (&inner);
}

void
put_all (struct grove_buffer *out)
{
  struct grove_buffer   first = { NULL }, others = { NULL };
  struct grove_message *message;

  if (grove_receive (0, &message) != GROVE_OK)
    {
      grove_assert (grove_build (out, "[]") == GROVE_OK);
      return;
    }
  put_message (&first, grove_message_term (message));
  grove_message_free (message);
  put_all (&others);
  grove_assert (grove_build (out, "[~t | ~t]", grove_buffer_term (&first),
                             grove_buffer_term (&others)) == GROVE_OK);
  grove_buffer_finish (&first);
  grove_buffer_finish (&others);
}

/* All messages there are, in order; good until the next call. */
struct grove_term
collect (void)
{
  static struct grove_buffer buffer;

  buffer.size = 0;
  put_all (&buffer);
  return grove_buffer_term (&buffer);
}

/* Waits until all have been told of the end of @pid, and then takes the messages. */
struct grove_term
collect_after (grove_pid pid)
{
  struct grove_process_figures figures;

  while (grove_process_figures (pid, &figures) == GROVE_OK)
    grove_yield ();
  return collect ();
}

/* The reason in the DOWN of @monitor; good until the next call. */
struct grove_term
down_reason (grove_ref monitor)
{
  static struct grove_buffer buffer;
  struct grove_message      *message;
  struct grove_term          reason;
  grove_ref                  of = 0;

  buffer.size = 0;
  grove_assert (grove_receive_pattern (30 * SECOND_NS, &message, "{'DOWN', ~r, process, _, ~t}",
                                       &of, &reason) == GROVE_OK);
  grove_assert (of == monitor);
  put_reason (&buffer, reason);
  grove_message_free (message);
  return grove_buffer_term (&buffer);
}

/* Takes a message that is there, or comes. */
void
await (const char *atom)
{
  struct grove_message *message;

  grove_assert (grove_receive (30 * SECOND_NS, &message) == GROVE_OK);
  grove_assert (grove_term_is_atom (grove_message_term (message), atom));
  grove_message_free (message);
}

grove_pid
await_pid (void)
{
  struct grove_message *message;
  grove_pid             pid;

  grove_assert (grove_receive_pattern (30 * SECOND_NS, &message, "{pid, ~p}", &pid) == GROVE_OK);
  grove_message_free (message);
  return pid;
}
