/* SPDX-License-Identifier: MIT
 *
 * GroveFrameList: the frames of a stack, innermost first: function, file and line. A frame leads to
 * its line of the source, where that is at hand.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-frames.h"
#include "observer/grove-session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_FRAME_LIST (grove_frame_list_get_type ())
G_DECLARE_FINAL_TYPE (GroveFrameList, grove_frame_list, GROVE, FRAME_LIST, AdwBin)

GtkWidget *grove_frame_list_new (void);
/* @session: of the system they are of, which says where its sources may be. @note: one line below
 * them, NULL none. */
void grove_frame_list_set_frames (
  GroveFrameList *self, GroveSession *session, const GroveFrame *frames, guint n, const char *note);

G_END_DECLS
