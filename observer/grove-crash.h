/* SPDX-License-Identifier: MIT
 *
 * GroveCrash: all there is to say of one crash (`crash.get`): where it happened, what the process
 * had in hand, who stood above it, and what followed. Asked for once, and again each second while
 * its supervisor has not decided yet. It stays what it was when the system does not keep it any
 * more.
 *
 * Main thread only.
 */
#pragma once

#include "observer/grove-dictionary.h"
#include "observer/grove-frames.h"
#include "observer/grove-process-detail.h"
#include "observer/grove-term.h"

G_BEGIN_DECLS

typedef GroveFrame GroveCrashFrame;

#define GROVE_TYPE_CRASH (grove_crash_get_type ())
G_DECLARE_FINAL_TYPE (GroveCrash, grove_crash, GROVE, CRASH, GObject)

/**
 * grove_crash_new:
 * @seq: its number in the table `crashes`
 *
 * Signal: changed.
 *
 * Returns: (transfer full): not active
 * Since: 0.1
 */
GroveCrash *grove_crash_new (GroveSession *session, gint64 seq);

/* Asks while active, and the session is live and not paused. Since: 0.1 */
void     grove_crash_set_active (GroveCrash *self, gboolean active);
gint64   grove_crash_get_seq (GroveCrash *self);
gboolean grove_crash_is_loaded (GroveCrash *self);
/* Returns: (nullable): why there is nothing to say, for people; borrowed. Since: 0.1 */
const char *grove_crash_get_error (GroveCrash *self);

/**
 * grove_crash_get_text:
 * @member: of `crash.get`, as PROTOCOL.md names it; "after.outcome" is the member `outcome` of the
 * member `after`
 *
 * grove_crash_get_int() and grove_crash_get_boolean() read the other types.
 *
 * Returns: borrowed until the next "changed"; "" (0, FALSE) when it is absent
 * Since: 0.1
 */
const char *grove_crash_get_text (GroveCrash *self, const char *member);
gint64      grove_crash_get_int (GroveCrash *self, const char *member);
gboolean    grove_crash_get_boolean (GroveCrash *self, const char *member);

/* Returns: (nullable): the reason; the last message it had taken and not freed. Borrowed until the
 * next "changed". Since: 0.1 */
GroveTerm *grove_crash_get_reason (GroveCrash *self);
GroveTerm *grove_crash_get_message (GroveCrash *self);
/* (nullable): that a server had, where the system tells it. Since: 0.1 */
GroveTerm *grove_crash_get_state (GroveCrash *self);
/* Returns: (array length=ret_n): innermost first; borrowed likewise. Since: 0.1 */
const GroveCrashFrame *grove_crash_get_frames (GroveCrash *self, guint *ret_n);
/* Returns: (array length=ret_n): the first few; borrowed likewise. Since: 0.1 */
const GrovePair *grove_crash_get_pairs (GroveCrash *self, guint *ret_n);
/* @member: "ancestors" (the parent first) or "links". Since: 0.1 */
const GroveProcessLink *grove_crash_get_links (GroveCrash *self, const char *member, guint *ret_n);
/* @member: "supervisor" or "successor". Returns: its members are NULL when there is none. Since:
 * 0.1
 */
GroveProcessLink grove_crash_get_after (GroveCrash *self, const char *member);

G_END_DECLS
