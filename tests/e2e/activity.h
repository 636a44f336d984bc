/* SPDX-License-Identifier: MIT
 *
 * Finding one's way in the view of what happened: with the keyboard to it, with the mouse to a
 * table, typing a filter, and to the row that comes.
 */
#pragma once

#include "observer/grove-row.h"
#include "tests/e2e/window.h"
#include "ui/grove-activity-view.h"

G_BEGIN_DECLS

/* Ctrl+5, and a click on that table at the side. */
GroveActivityView *activity_open (WindowFixture *fixture, const char *title);
/* Ctrl+F, and types. */
void activity_filter (WindowFixture *fixture, const char *filter);
/* Whether a row is on the screen whose @column has @text in it. */
gboolean activity_has_row (WindowFixture *fixture, const char *column, const char *text);
/* Waits until a row is on the screen whose @column has @text in it; a cell of it. */
GtkWidget *activity_await_row (WindowFixture *fixture, const char *column, const char *text);
/* The row that a cell shows. */
GroveRow *activity_get_row (GtkWidget *cell);
/* Clicks on a row, and waits until its details are there. */
void activity_select (WindowFixture *fixture, GtkWidget *cell);
/* Whether the details below the rows read @text, or more. */
gboolean activity_details_read (WindowFixture *fixture, const char *text);

G_END_DECLS
