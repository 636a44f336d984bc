/* SPDX-License-Identifier: MIT
 *
 * A ring of the last lines behind a lock, which is held while one line is copied. Everything that
 * takes time, formatting and printing, happens before or after.
 */
#include "runtime/core/log-private.h"

#include "runtime/core/lock.h"
#include "runtime/core/scheduler.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_BYTES 480
#define TERM_DEPTH 32

struct line
{
  uint64_t              seq; /* 0: none yet */
  uint64_t              at_ns;
  enum grove_log_level  level;
  enum grove_log_source source;
  grove_pid             pid;
  const char           *name;
  const char           *what;      /* static: "Process PID (NAME) WHAT: " comes before the rest */
  uint16_t              text_size; /* what is behind it is a term */
  uint16_t              term_size;
  uint8_t               bytes[LINE_BYTES];
};

static struct grove_lock ring_lock = GROVE_LOCK_INIT (GROVE_RANK_LOG);
static struct line       ring[GROVE_LOG_LINES]; /* these under the lock */
static uint64_t          n_lines;

/* ---- Text ------------------------------------------------------------------------------------ */

/* Never in the middle of a character. */
static size_t
cut (const char *text, size_t size)
{
  while (size > 0 && ((uint8_t) text[size] & 0xc0) == 0x80)
    size--;
  return size;
}

static void
keep_on_one_line (char *text, size_t size)
{
  for (size_t i = 0; i < size; i++)
    if ((uint8_t) text[i] < 0x20 || text[i] == 0x7f)
      text[i] = ' ';
}

/* A term that does not fit as it is becomes the beginning of what it is printed as. */
static void
add_term (struct line *line, struct grove_term term)
{
  size_t room = LINE_BYTES - line->text_size;
  char  *text = (char *) line->bytes + line->text_size;

  if (term.bytes == NULL)
    return;
  if (term.size <= room)
    {
      memcpy (text, term.bytes, term.size);
      line->term_size = (uint16_t) term.size;
      return;
    }
  line->text_size +=
    (uint16_t) grove_term_print (term, GROVE_SYNTAX_ERLANG, TERM_DEPTH, text, room, NULL);
}

static void
add_text (struct line *line, const char *format, va_list arguments)
{
  char *text = (char *) line->bytes;
  int   size = vsnprintf (text, LINE_BYTES, format, arguments);

  if (size < 0)
    return;
  line->text_size =
    (uint16_t) ((size_t) size < LINE_BYTES ? (size_t) size : cut (text, LINE_BYTES - 1));
  keep_on_one_line (text, line->text_size);
}

/* Returns how many bytes. */
static size_t
present_what (const struct line *line, char *text, size_t capacity)
{
  const bool named = line->name != NULL;
  char       pid[GROVE_PID_TEXT_SIZE];

  if (line->what == NULL)
    return 0;
  grove_pid_print (line->pid, pid);
  /* A name has 255 bytes at most: there is room. */
  return (size_t) snprintf (text, capacity, "Process %s%s%s%s %s: ", pid, named ? " (" : "",
                            named ? line->name : "", named ? ")" : "", line->what);
}

/* @text: GROVE_LOG_TEXT bytes. */
static void
present (const struct line *line, char *text)
{
  size_t size = present_what (line, text, GROVE_LOG_TEXT);

  memcpy (text + size, line->bytes, line->text_size);
  size += line->text_size;
  text[size] = '\0';
  if (line->term_size > 0)
    (void) grove_term_print ((struct grove_term){ line->bytes + line->text_size, line->term_size },
                             GROVE_SYNTAX_ERLANG, TERM_DEPTH, text + size, GROVE_LOG_TEXT - size,
                             NULL);
  keep_on_one_line (text, strlen (text));
}

_Static_assert(GROVE_LOG_TEXT > LINE_BYTES + 255 + GROVE_PID_TEXT_SIZE + 64,
               "whatever comes before a line has room");

/* ---- Writing --------------------------------------------------------------------------------- */

const char *
_grove_log_level_name (enum grove_log_level level)
{
  static const char *const names[] = { "", "debug", "info", "notice", "warning", "error" };

  return level >= GROVE_LOG_DEBUG && level <= GROVE_LOG_ERROR ? names[level] : "";
}

static void
print (const struct line *line)
{
  char            text[GROVE_LOG_TEXT], whole[GROVE_LOG_TEXT + 128], pid[GROVE_PID_TEXT_SIZE] = "";
  struct timespec now;
  struct tm       parts;
  int             size;

  present (line, text);
  if (line->pid != 0)
    grove_pid_print (line->pid, pid);
  clock_gettime (CLOCK_REALTIME, &now);
  gmtime_r (&now.tv_sec, &parts);
  size =
    snprintf (whole, sizeof whole, "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ %s %s%s%s\n",
              parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
              parts.tm_sec, now.tv_nsec / 1000000, _grove_log_level_name (line->level),
              line->name != NULL ? line->name : pid, line->pid != 0 ? ": " : "", text);
  (void) !write (STDERR_FILENO, whole, (size_t) size < sizeof whole ? (size_t) size : sizeof whole);
}

static void
begin (struct line *line, const struct grove_log_about *about)
{
  line->at_ns = grove_now_ns ();
  line->level = about->level;
  line->source = about->source;
  line->pid = about->pid;
  line->name = about->name;
  line->what = NULL;
  line->text_size = 0;
  line->term_size = 0;
}

static void
put (struct line *line)
{
  _grove_lock (&ring_lock);
  line->seq = ++n_lines;
  memcpy (&ring[line->seq % GROVE_LOG_LINES], line,
          offsetof (struct line, bytes) + line->text_size + line->term_size);
  _grove_unlock (&ring_lock);
  if (_grove_runtime.log_stderr != 0 && line->level >= _grove_runtime.log_stderr)
    print (line);
}

static void
add (const struct grove_log_about *about, const char *format, va_list arguments)
{
  struct line line;

  if (about->level < GROVE_LOG_DEBUG || about->level > GROVE_LOG_ERROR)
    return;
  begin (&line, about);
  add_text (&line, format, arguments);
  add_term (&line, about->term);
  put (&line);
}

void
_grove_log_process (const struct grove_log_about *about, const char *what)
{
  struct line line;

  begin (&line, about);
  line.what = what;
  add_term (&line, about->term);
  put (&line);
}

/* The process that runs here, if one does. */
static struct grove_log_about
about_self (enum grove_log_level level, enum grove_log_source source)
{
  struct grove_process *self =
    _grove_scheduler_self != NULL ? _grove_scheduler_self->current : NULL;
  struct grove_log_about about = { .level = level, .source = source };

  if (self == NULL)
    return about;
  about.pid = _grove_process_pid (self);
  about.name = GROVE_GET (self->name);
  if (about.name == NULL)
    about.name = GROVE_GET (self->label);
  return about;
}

void
_grove_log_self (enum grove_log_level  level,
                 enum grove_log_source source,
                 struct grove_term     term,
                 const char           *format,
                 ...)
{
  struct grove_log_about about = about_self (level, source);
  va_list                arguments;

  about.term = term;
  va_start (arguments, format);
  add (&about, format, arguments);
  va_end (arguments);
}

void
grove_log (enum grove_log_level level, const char *format, ...)
{
  const struct grove_log_about about = about_self (level, GROVE_LOG_PROGRAM);
  va_list                      arguments;

  va_start (arguments, format);
  add (&about, format, arguments);
  va_end (arguments);
}

void
_grove_log_clear (void)
{
  _grove_lock (&ring_lock);
  memset (ring, 0, sizeof ring);
  n_lines = 0;
  _grove_unlock (&ring_lock);
}

/* ---- Reading --------------------------------------------------------------------------------- */

uint64_t
_grove_observe_log (void)
{
  uint64_t n;

  _grove_lock (&ring_lock);
  n = n_lines;
  _grove_unlock (&ring_lock);
  return n;
}

bool
_grove_observe_log_line (uint64_t seq, struct grove_log_line *ret_line)
{
  struct line line;

  _grove_lock (&ring_lock);
  line = ring[seq % GROVE_LOG_LINES];
  _grove_unlock (&ring_lock);
  if (seq == 0 || line.seq != seq)
    return false;
  *ret_line = (struct grove_log_line){
    .seq = seq,
    .at_ns = line.at_ns,
    .level = line.level,
    .source = line.source,
    .pid = line.pid,
  };
  /* What the runtime calls a process lives as long as the runtime. */
  ret_line->name = line.name != NULL ? line.name : "";
  present (&line, ret_line->text);
  return true;
}
