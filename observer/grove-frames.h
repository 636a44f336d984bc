/* SPDX-License-Identifier: MIT
 *
 * Frames of a stack, as processes and crashes have them. Private to observer/ but for the type.
 *
 * Threads: main thread only.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char  *function; /* "" not known */
  char  *file;     /* of its source, "" not known */
  gint64 line;     /* 0 not known */
} GroveFrame;

struct json_object;
/* (transfer full) (element-type GroveFrame): empty when @array is none. */
GArray *_grove_frames_read (struct json_object *array);
/* Of one object; what it had is freed. */
void _grove_frame_read (GroveFrame *frame, struct json_object *object);
void _grove_frame_clear (GroveFrame *frame);

G_END_DECLS
