/* SPDX-License-Identifier: MIT
 *
 * The table `sessions`, read from the sessions there are.
 *
 * Threads: the server's.
 */
#include "protocol/sessions.h"

#include "protocol/answer.h"
#include "protocol/session.h"

#include <inttypes.h>
#include <stdio.h>

static void
session_value (const void *row, uint32_t column, void *user_data, struct grove_value *ret)
{
  const struct grove_session_facts *facts = row;

  ret->type = grove_schema_tables[GROVE_TABLE_SESSIONS].columns[column].type;
  switch ((enum grove_sessions_column) column)
    {
    case GROVE_COLUMN_SESSIONS_SESSION:
      ret->u.integer = facts->number;
      break;
    case GROVE_COLUMN_SESSIONS_CLIENT:
      ret->u.text = facts->client;
      break;
    case GROVE_COLUMN_SESSIONS_VERSION:
      ret->u.text = facts->version;
      break;
    case GROVE_COLUMN_SESSIONS_ROLE:
      ret->u.text = facts->role == GROVE_ROLE_CONTROL ? "control" : "observe";
      break;
    case GROVE_COLUMN_SESSIONS_OS_PID:
      ret->u.integer = facts->os_pid;
      break;
    case GROVE_COLUMN_SESSIONS_OPENED_NS:
      ret->u.integer = (int64_t) facts->opened_ns;
      break;
    case GROVE_COLUMN_SESSIONS_BYTES_IN:
      ret->u.integer = (int64_t) facts->bytes_in;
      break;
    case GROVE_COLUMN_SESSIONS_BYTES_OUT:
      ret->u.integer = (int64_t) facts->bytes_out;
      break;
    case GROVE_COLUMN_SESSIONS_QUEUED:
      ret->u.integer = (int64_t) facts->queued;
      break;
    case GROVE_COLUMN_SESSIONS_REQUESTS:
      ret->u.integer = (int64_t) facts->n_requests;
      break;
    case GROVE_COLUMN_SESSIONS_CALLS:
      ret->u.integer = (int64_t) facts->n_calls;
      break;
    case GROVE_COLUMN_SESSIONS_SUBSCRIPTIONS:
      ret->u.integer = (int64_t) facts->n_subscriptions;
      break;
    case GROVE_COLUMN_SESSIONS_SUSPENDS:
    case GROVE_N_COLUMNS_SESSIONS:
    default:
      ret->u.integer = facts->n_suspends;
      break;
    }
}

static int
compare_sessions (const void *a, const void *b)
{
  const struct grove_session_facts *fa = a, *fb = b;

  return fa->number < fb->number ? -1 : fa->number > fb->number;
}

void
grove_sessions_query (const struct grove_host        *host,
                      const struct grove_table_query *query,
                      struct grove_rows              *rows)
{
  struct grove_selection    *selection;
  struct grove_session_facts facts;
  const void               **window;
  size_t                     n;

  selection = grove_selection_new (query, sizeof facts, session_value, compare_sessions, NULL);
  for (struct grove_server_session *session = host->sessions; session != NULL;
       session = grove_server_session_next (session))
    if (grove_server_session_is_open (session))
      {
        grove_server_session_facts (session, &facts);
        grove_selection_offer (selection, &facts);
      }
  n = grove_selection_window (selection, &window);
  for (size_t i = 0; i < n; i++)
    {
      char key[24];

      (void) snprintf (key, sizeof key, "%" PRId64,
                       ((const struct grove_session_facts *) window[i])->number);
      grove_answer_row (rows, query, key, window[i], session_value, NULL);
    }
  grove_selection_tell_anchor (selection, rows);
  grove_rows_done (rows, grove_selection_total (selection), grove_selection_matched (selection),
                   host->source->ops->now_ns (host->source->self));
  grove_selection_free (selection);
}
