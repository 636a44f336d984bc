/* SPDX-License-Identifier: MIT
 *
 * GroveActivityPage: one table of the Activity view: its rows, its filter, and, where rows are
 * numbered, following the newest or holding still while newer ones are counted.
 *
 * Threads: main thread only.
 */
#pragma once

#include "observer/grove-session.h"
#include "ui/grove-row-list.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define GROVE_TYPE_ACTIVITY_PAGE (grove_activity_page_get_type ())
G_DECLARE_FINAL_TYPE (GroveActivityPage, grove_activity_page, GROVE, ACTIVITY_PAGE, AdwBin)

/* Properties: following boolean rw (of one that cannot follow always TRUE). Signals: changed, what
 * is said of it beside the list; selected, another row is. */

/* @table: "audit" is what was done, "objects/KEY" the table `objects` of KEY. @title: translated.
 */
GtkWidget    *grove_activity_page_new (GroveSession *session, const char *table, const char *title);
const char   *grove_activity_page_get_table (GroveActivityPage *self);
const char   *grove_activity_page_get_title (GroveActivityPage *self);
GroveRowList *grove_activity_page_get_list (GroveActivityPage *self);
/* The field of its filter, to stand where the view has room for it. */
GtkWidget *grove_activity_page_get_filter (GroveActivityPage *self);
void       grove_activity_page_find (GroveActivityPage *self);

gboolean grove_activity_page_can_follow (GroveActivityPage *self);
gboolean grove_activity_page_is_following (GroveActivityPage *self);
void     grove_activity_page_set_following (GroveActivityPage *self, gboolean following);
/* Rows that came since it stood still. */
guint64 grove_activity_page_get_n_new (GroveActivityPage *self);

/* (transfer full): "31 of 1,204 · 3,796 older ones are not kept any more". */
char *grove_activity_page_describe (GroveActivityPage *self);
/* (nullable): the row selected last, if it is loaded; borrowed. */
GroveRow             *grove_activity_page_get_selected (GroveActivityPage *self);
const GroveRowColumn *grove_activity_page_get_columns (GroveActivityPage *self, guint *ret_n);
/* It has rows, or says why not. */
gboolean grove_activity_page_is_filled (GroveActivityPage *self);
/* What is listed, to be saved: (nullable): of a table that the system has. */
GroveRows  *grove_activity_page_get_rows (GroveActivityPage *self);
GListModel *grove_activity_page_get_model (GroveActivityPage *self);

G_END_DECLS
