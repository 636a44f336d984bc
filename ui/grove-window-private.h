/* SPDX-License-Identifier: MIT
 *
 * What grove-window.c and grove-window-actions.c share.
 */
#pragma once

#include "observer/grove-discovery.h"
#include "observer/grove-findings.h"
#include "observer/grove-node-list.h"
#include "ui/grove-activity-view.h"
#include "ui/grove-application-actions.h"
#include "ui/grove-connect-page.h"
#include "ui/grove-finder.h"
#include "ui/grove-loss-bar.h"
#include "ui/grove-mailboxes-view.h"
#include "ui/grove-overview.h"
#include "ui/grove-process-view.h"
#include "ui/grove-state-dot.h"
#include "ui/grove-status-bar.h"
#include "ui/grove-system-menu.h"
#include "ui/grove-window.h"

struct _GroveWindow
{
  AdwApplicationWindow     parent_instance;
  GroveSession            *session;
  GroveDiscovery          *discovery;
  GroveNodeList           *nodes;       /* of this machine */
  char                    *awaited_pid; /* to be shown once the node it is of is reached */
  GroveProcessActions     *actions;
  GroveApplicationActions *application_actions;
  gboolean                 noted;    /* among the recent systems */
  GHashTable              *seen;     /* names of views that showed something of this system */
  GroveFindings           *findings; /* NULL once disposed */

  GroveConnectPage   *connect_page;
  GroveOverview      *overview;
  GtkWidget          *supervision_view;
  GroveProcessView   *process_view;
  GroveMailboxesView *mailboxes_view;
  GroveActivityView  *activity_view;
  GroveInspector     *inspector;
  GroveStatusBar     *status_bar;

  AdwToastOverlay *toasts;
  GtkStack        *main_stack;
  AdwViewStack    *stack;
  AdwFlap         *flap;
  GtkWidget       *header;
  GtkWidget       *system_button, *pause_button, *inspector_button;
  GtkMenuButton   *menu_button;
  GroveFinder     *finder; /* a child of toasts */
  GroveStateDot   *system_dot;
  GtkLabel        *system_label;
  GtkWidget       *switcher_title, *switcher_bar;
  GroveLossBar    *loss_bar;
  GtkWidget       *unseen_page;
  GtkWidget       *bottom_box;
};

/* Adds the window's own actions; once, after its session stands. */
void _grove_window_actions_init (GroveWindow *self);
/* Enables them as the state of the session allows. */
void _grove_window_actions_update (GroveWindow *self);
/* Makes the findings, and shows in the switcher how many are to be looked at where; lets go. */
void _grove_window_badges_init (GroveWindow *self);
void _grove_window_badges_finish (GroveWindow *self);
/* (transfer full) (element-type GroveTarget): what the commands act on. */
GPtrArray *_grove_window_dup_targets (GroveWindow *self);
/* Makes the command palette, once; opens it; lets go of it. */
void _grove_window_finder_init (GroveWindow *self);
void _grove_window_finder_open (GroveWindow *self);
void _grove_window_finder_finish (GroveWindow *self);
/* Goes to other nodes of a cluster when the session says so; after its session stands. */
void _grove_window_nodes_init (GroveWindow *self);
void _grove_window_nodes_finish (GroveWindow *self);
/* What is remembered from one run to the next: when it is closed, and when it is made. */
void _grove_window_remember (GroveWindow *self);
void _grove_window_recall (GroveWindow *self);
