/* SPDX-License-Identifier: MIT
 *
 * The entries of an expander that lists processes: linked, monitored, monitoring. Entries are made
 * anew only when other processes are listed, so that one can aim at them. Plain C, one owner.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-process-detail.h"

#include <adwaita.h>

G_BEGIN_DECLS

typedef struct grove_link_rows GroveLinkRows;

typedef void (*GroveLinkChosenFunc) (const char *pid, gpointer user_data);

/* @expander: borrowed, must outlive it. @member, @count_member: of `process.get`, static. @chosen:
 * NULL where its rows lead nowhere. */
GroveLinkRows *grove_link_rows_new (AdwExpanderRow     *expander,
                                    const char         *member,
                                    const char         *count_member,
                                    GroveLinkChosenFunc chosen,
                                    gpointer            user_data);
void           grove_link_rows_free (GroveLinkRows *self);
void           grove_link_rows_fill (GroveLinkRows *self, GroveProcessDetail *detail);
/* Another process is shown: what is listed is not its. */
void grove_link_rows_clear (GroveLinkRows *self);

G_END_DECLS
