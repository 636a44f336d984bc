/* SPDX-License-Identifier: MIT
 *
 * Headings in a list of systems: over those that are one cluster.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-discovery.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @list: of rows that are made for systems, each with grove_cluster_heading_mark(). */
void grove_cluster_heading_install (GtkListBox *list);
void grove_cluster_heading_mark (GtkWidget *row, GroveSystem *system);

G_END_DECLS
