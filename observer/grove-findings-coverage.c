/* SPDX-License-Identifier: MIT
 *
 * What was looked for and what was not, and why: for each kind of finding, in words.
 */
#include "observer/grove-findings-private.h"

#include "observer/grove-format.h"

#include <glib/gi18n-lib.h>

/* How long it takes to tell. */
static const gint64 needs_s[GROVE_N_FINDINGS] = {
  [GROVE_FINDING_MAILBOX] = 11, [GROVE_FINDING_WAIT] = 11, [GROVE_FINDING_SCHEDULER] = 11,
  [GROVE_FINDING_MEMORY] = 21,  [GROVE_FINDING_NAME] = 4,  [GROVE_FINDING_CALLS] = 4,
};

/* The window it is looked for in; the figures are always there. */
static gboolean
find_probe (GroveFindingKind kind, GroveProbeIndex *ret_index)
{
  switch (kind)
    {
    case GROVE_FINDING_MAILBOX:
    case GROVE_FINDING_WAIT:
      *ret_index = GROVE_PROBE_MAILBOXES;
      return TRUE;
    case GROVE_FINDING_CRASH:
    case GROVE_FINDING_RESTARTS:
      *ret_index = GROVE_PROBE_CRASHES;
      return TRUE;
    case GROVE_FINDING_NAME:
      *ret_index = GROVE_PROBE_NAMES;
      return TRUE;
    case GROVE_FINDING_CALLS:
      *ret_index = GROVE_PROBE_CALLS;
      return TRUE;
    case GROVE_FINDING_SCHEDULER:
    case GROVE_FINDING_MEMORY:
    case GROVE_FINDING_LIMIT:
    case GROVE_N_FINDINGS:
    default:
      return FALSE;
    }
}

/* Why not at all, NULL: it can be. (transfer full) */
static char *
say_hindrance (GroveFindings *self, GroveFindingKind kind)
{
  GroveProbeIndex index;
  const char     *reason = NULL;
  if (grove_session_get_state (self->session) != GROVE_SESSION_LIVE)
    return g_strdup (_ ("There is no connection."));
  if (find_probe (kind, &index))
    {
      if (!_grove_findings_can_look (self, index))
        return g_strdup (_ ("The system does not say what it takes."));
      reason = _grove_probe_get_refusal (self->probes[index]);
      if (reason != NULL)
        return g_strdup (reason);
    }
  if (kind == GROVE_FINDING_RESTARTS &&
      !grove_session_can (self->session, "supervisor.info", &reason))
    return g_strdup (reason);
  if (kind == GROVE_FINDING_CALLS && !grove_session_can (self->session, "process.get", &reason))
    return g_strdup (reason);
  return NULL;
}

/* What it takes in time, NULL: that has passed. (transfer full) */
static char *
say_delay (GroveFindings *self, GroveFindingKind kind)
{
  GroveProbeIndex index;
  gint64          needs_ns = needs_s[kind] * G_USEC_PER_SEC * 1000;
  gint64          watched_ns = grove_findings_get_watched_ns (self);
  if (find_probe (kind, &index))
    needs_ns = MAX (needs_ns,
                    needs_s[kind] > 0 ? 4 * _grove_probe_get_interval_ns (self->probes[index]) : 0);
  if (watched_ns >= needs_ns && watched_ns > 0)
    return NULL;
  g_autofree char *needs = grove_format_duration (MAX (needs_ns, 1000000000));
  g_autofree char *watched = grove_format_duration (watched_ns / 1000000000 * 1000000000);
  if (watched_ns < 1000000000)
    return g_strdup_printf (_ ("It takes %s to tell."), needs);
  return g_strdup_printf (_ ("It takes %s to tell; %s have passed."), needs, watched);
}

/* What is left out of the window. (transfer full) */
static char *
say_rest (GroveFindings *self, GroveFindingKind kind)
{
  GroveProbeIndex index;
  if (kind == GROVE_FINDING_MEMORY)
    return g_strdup (_ ("Of single processes only the largest are followed."));
  if (kind == GROVE_FINDING_LIMIT)
    return g_strdup (_ ("Only the room for processes; not the limits of single heaps."));
  if (!find_probe (kind, &index) || kind == GROVE_FINDING_CRASH || kind == GROVE_FINDING_RESTARTS)
    return NULL;
  guint            n = _grove_probe_get_n (self->probes[index]);
  guint64          matched = _grove_probe_get_matched (self->probes[index]);
  g_autofree char *some = grove_format_count (n);
  g_autofree char *all = grove_format_count ((gint64) matched);
  if (matched <= n)
    return NULL;
  if (kind == GROVE_FINDING_NAME)
    return g_strdup_printf (_ ("Only the first %s of %s names."), some, all);
  if (kind == GROVE_FINDING_CALLS)
    return g_strdup_printf (_ ("Only %s of %s processes that wait in a call."), some, all);
  return g_strdup_printf (_ ("Only the fullest %s of %s mailboxes with messages."), some, all);
}

gboolean
grove_findings_is_checked (GroveFindings *self, GroveFindingKind kind, char **ret_note)
{
  g_return_val_if_fail (GROVE_IS_FINDINGS (self), FALSE);
  g_return_val_if_fail (kind < GROVE_N_FINDINGS, FALSE);
  g_autofree char *why_not = NULL;
  if (self->session == NULL || (why_not = say_hindrance (self, kind)) != NULL ||
      (why_not = say_delay (self, kind)) != NULL)
    {
      *ret_note = g_steal_pointer (&why_not);
      return FALSE;
    }
  *ret_note = say_rest (self, kind);
  return TRUE;
}
