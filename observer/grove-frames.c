/* SPDX-License-Identifier: MIT
 *
 * Reads frames of a stack.
 */
#include "observer/grove-frames.h"

#include "observer/grove-observer-private.h"

#define FRAMES_MAX 64

void
_grove_frame_clear (GroveFrame *frame)
{
  g_clear_pointer (&frame->function, g_free);
  g_clear_pointer (&frame->file, g_free);
  frame->line = 0;
}

void
_grove_frame_read (GroveFrame *frame, struct json_object *object)
{
  _grove_frame_clear (frame);
  frame->function = g_strdup (_grove_json_text (object, "function"));
  frame->file = g_strdup (_grove_json_text (object, "file"));
  frame->line = CLAMP (_grove_json_int (object, "line", 0), 0, G_MAXINT32);
}

static void
clear (gpointer data)
{
  _grove_frame_clear (data);
}

GArray *
_grove_frames_read (struct json_object *array)
{
  GArray *frames = g_array_new (FALSE, TRUE, sizeof (GroveFrame));
  gsize   n = array != NULL ? json_object_array_length (array) : 0;
  g_array_set_clear_func (frames, clear);
  for (gsize i = 0; i < MIN (n, FRAMES_MAX); i++)
    {
      GroveFrame frame = { NULL, NULL, 0 };
      _grove_frame_read (&frame, json_object_array_get_idx (array, i));
      g_array_append_val (frames, frame);
    }
  return frames;
}
