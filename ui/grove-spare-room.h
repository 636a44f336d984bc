/* SPDX-License-Identifier: MIT
 *
 * GroveSpareRoom: shows its child where there is room for the whole of it, and nothing where there
 * is not. AdwSqueezer does that too, but asks for another size while it is given one, after which
 * GTK 4.8 may paint a frame without what is around it, and says so in a warning.
 *
 * Threads: main thread only.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GROVE_TYPE_SPARE_ROOM (grove_spare_room_get_type ())
G_DECLARE_FINAL_TYPE (GroveSpareRoom, grove_spare_room, GROVE, SPARE_ROOM, GtkWidget)

G_END_DECLS
