/* SPDX-License-Identifier: MIT
 *
 * The table `events`, over what the feed has gathered.
 *
 * Server thread only.
 */
#include "protocol/answer.h"
#include "protocol/schema.h"
#include "runtime/export/event-feed.h"
#include "runtime/export/runtime-source.h"

#include <inttypes.h>
#include <stdio.h>

struct reading
{
  struct grove_runtime_source *source;
  struct grove_event_feed     *feed;
  uint64_t                     first; /* of the kept ones, the number of the first row */
  char                         text[6][64];
  unsigned                     next;
};

static const char *const kinds[GROVE_N_EVENTS] = {
  [GROVE_EVENT_SPAWN] = "spawn",
  [GROVE_EVENT_EXIT] = "exit",
  [GROVE_EVENT_LINK] = "link",
  [GROVE_EVENT_UNLINK] = "unlink",
  [GROVE_EVENT_REGISTER] = "register",
  [GROVE_EVENT_UNREGISTER] = "unregister",
  [GROVE_EVENT_CRASH] = "crash",
  [GROVE_EVENT_SUSPEND] = "suspend",
  [GROVE_EVENT_RESUME] = "resume",
  [GROVE_EVENT_OVERRUN] = "overrun",
  [GROVE_EVENT_LONG_SCHEDULE] = "long_schedule",
  [GROVE_EVENT_LARGE_HEAP] = "large_heap",
  [GROVE_EVENT_LONG_QUEUE] = "long_queue",
  [GROVE_EVENT_TRACE_LOST] = "trace_lost",
};

static char *
room (struct reading *reading)
{
  return reading->text[reading->next++ % 6];
}

static const char *
pid_text (struct reading *reading, grove_pid pid)
{
  char *text = room (reading);

  if (!pid)
    return "";
  grove_pid_print (pid, text);
  return text;
}

static grove_pid
peer_of (const struct grove_kept_event *event)
{
  switch (event->kind)
    {
    case GROVE_EVENT_SPAWN:
    case GROVE_EVENT_LINK:
    case GROVE_EVENT_UNLINK:
    case GROVE_EVENT_SUSPEND:
    case GROVE_EVENT_RESUME:
    case GROVE_EVENT_TRACE_LOST:
      return event->a;
    case GROVE_EVENT_EXIT:
    case GROVE_EVENT_REGISTER:
    case GROVE_EVENT_UNREGISTER:
    case GROVE_EVENT_CRASH:
    case GROVE_EVENT_OVERRUN:
    case GROVE_EVENT_LONG_SCHEDULE:
    case GROVE_EVENT_LARGE_HEAP:
    case GROVE_EVENT_LONG_QUEUE:
    case GROVE_N_EVENTS:
      break;
    }
  return 0;
}

static bool
is_measured (const struct grove_kept_event *event)
{
  return event->kind == GROVE_EVENT_OVERRUN || event->kind == GROVE_EVENT_LONG_SCHEDULE ||
         event->kind == GROVE_EVENT_LARGE_HEAP || event->kind == GROVE_EVENT_LONG_QUEUE;
}

static const char *
function_of (const struct grove_kept_event *event)
{
  struct grove_frame frame;

  if (event->kind == GROVE_EVENT_SPAWN && event->b)
    return (const char *) (uintptr_t) event->b;
  if ((event->kind != GROVE_EVENT_OVERRUN && event->kind != GROVE_EVENT_LONG_SCHEDULE) || !event->b)
    return "";
  /* Text of frames lives as long as the program. */
  _grove_observe_frame ((uintptr_t) event->b - 1, &frame);
  return frame.function;
}

static const char *
exit_text (uint64_t how)
{
  switch ((enum grove_event_exit) how)
    {
    case GROVE_EVENT_EXIT_NORMAL:
      return "normal";
    case GROVE_EVENT_EXIT_SHUTDOWN:
      return "shutdown";
    case GROVE_EVENT_EXIT_KILLED:
      return "killed";
    case GROVE_EVENT_EXIT_CRASH:
      break;
    }
  return "crash";
}

static const char *
detail_of (struct reading *reading, const struct grove_kept_event *event)
{
  char *text;

  switch (event->kind)
    {
    case GROVE_EVENT_EXIT:
      return exit_text (event->b);
    case GROVE_EVENT_CRASH:
      return _grove_source_crash_reason (reading->source, event->pid);
    case GROVE_EVENT_SUSPEND:
    case GROVE_EVENT_RESUME:
      return event->a ? "" : "from outside";
    case GROVE_EVENT_OVERRUN:
    case GROVE_EVENT_LONG_SCHEDULE:
      text = room (reading);
      snprintf (text, sizeof reading->text[0], "held its scheduler for %" PRIu64 " ms%s",
                event->a / 1000000, event->kind == GROVE_EVENT_OVERRUN ? " so far" : "");
      return text;
    case GROVE_EVENT_LARGE_HEAP:
      text = room (reading);
      snprintf (text, sizeof reading->text[0], "its heap has %" PRIu64 " KiB", event->a / 1024);
      return text;
    case GROVE_EVENT_LONG_QUEUE:
      text = room (reading);
      snprintf (text, sizeof reading->text[0], "%" PRIu64 " messages wait%s", event->a,
                event->b ? "" : ", few again");
      return text;
    case GROVE_EVENT_SPAWN:
    case GROVE_EVENT_LINK:
    case GROVE_EVENT_UNLINK:
    case GROVE_EVENT_REGISTER:
    case GROVE_EVENT_UNREGISTER:
    case GROVE_EVENT_TRACE_LOST:
    case GROVE_N_EVENTS:
      break;
    }
  return "";
}

static void
event_value (const void *row, uint32_t column, void *user_data, struct grove_value *ret)
{
  const struct grove_kept_event *event = row;
  struct reading                *reading = user_data;

  ret->type = grove_schema_tables[GROVE_TABLE_EVENTS].columns[column].type;
  switch ((enum grove_events_column) column)
    {
    case GROVE_COLUMN_EVENTS_SEQ:
      ret->u.integer = (int64_t) event->seq;
      break;
    case GROVE_COLUMN_EVENTS_AT_NS:
      ret->u.integer = (int64_t) event->at_ns;
      break;
    case GROVE_COLUMN_EVENTS_KIND:
      ret->u.text = event->kind < GROVE_N_EVENTS ? kinds[event->kind] : "";
      break;
    case GROVE_COLUMN_EVENTS_PID:
      ret->u.text = pid_text (reading, event->pid);
      break;
    case GROVE_COLUMN_EVENTS_NAME:
      ret->u.text = event->name ? event->name : "";
      break;
    case GROVE_COLUMN_EVENTS_PEER:
      ret->u.text = pid_text (reading, peer_of (event));
      break;
    case GROVE_COLUMN_EVENTS_FUNCTION:
      ret->u.text = function_of (event);
      break;
    case GROVE_COLUMN_EVENTS_VALUE:
      ret->u.integer = is_measured (event) ? (int64_t) event->a : 0;
      break;
    case GROVE_COLUMN_EVENTS_DETAIL:
      ret->u.text = detail_of (reading, event);
      break;
    case GROVE_COLUMN_EVENTS_SCHEDULER:
    case GROVE_N_COLUMNS_EVENTS:
    default:
      ret->u.integer = event->scheduler;
      break;
    }
}

static const struct grove_kept_event *
event_at (const struct reading *reading, size_t i)
{
  return &reading->feed->events[(reading->first + i) % GROVE_KEPT_EVENTS];
}

static const void *
numbered_row (size_t i, void *user_data)
{
  return event_at (user_data, i);
}

static uint64_t
numbered_number (size_t i, void *user_data)
{
  return event_at (user_data, i)->seq;
}

void
_grove_source_event_table (struct grove_runtime_source    *self,
                           const struct grove_table_query *query,
                           struct grove_rows              *rows)
{
  struct grove_event_feed *feed = _grove_source_events (self);
  struct reading           reading = { .source = self, .feed = feed };
  struct grove_numbered    numbered = {
       .last = feed->last,
       .row = numbered_row,
       .number = numbered_number,
       .value = event_value,
       .user_data = &reading,
  };

  numbered.n = feed->n < GROVE_KEPT_EVENTS ? (size_t) feed->n : GROVE_KEPT_EVENTS;
  reading.first = feed->n - numbered.n;
  grove_answer_numbered (rows, query, &numbered, grove_now_ns ());
}
