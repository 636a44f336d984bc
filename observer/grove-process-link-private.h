/* SPDX-License-Identifier: MIT
 *
 * Reading processes that others name: {"pid", "name"} and lists of them (grove-process-detail.c).
 */
#pragma once

#include "observer/grove-observer-private.h"
#include "observer/grove-process-detail.h"

G_BEGIN_DECLS

/* Its members are NULL when @object is none. */
GroveProcessLink _grove_process_link_read (struct json_object *object);
void             _grove_process_link_clear (gpointer link); /* for a GArray */
/* At most 100, in the place of what @list had. */
void _grove_process_links_read (GArray *list, struct json_object *array);

G_END_DECLS
