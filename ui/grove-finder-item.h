/* SPDX-License-Identifier: MIT
 *
 * GroveFinderItem: one thing that the command palette can find, and how well what was typed fits
 * it. No widget.
 *
 * Threads: main thread only.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* In the order in which kinds stand when they fit alike. */
typedef enum
{
  GROVE_FINDER_VIEW,
  GROVE_FINDER_PROCESS,
  GROVE_FINDER_APPLICATION,
  GROVE_FINDER_PROCESS_COMMAND,
  GROVE_FINDER_COMMAND,
  GROVE_FINDER_SYSTEM,
  GROVE_FINDER_SETTING,
  GROVE_FINDER_N_KINDS,
} GroveFinderKind;
/* For people: "Command". Not to be freed. */
const char *grove_finder_kind_get_label (GroveFinderKind kind);

typedef struct
{
  GroveFinderKind kind;
  char           *title;
  char           *detail;   /* beside it, smaller; NULL none */
  char           *keywords; /* that are found too; NULL none */
  char           *icon;
  char           *action; /* "win.kill" */
  GVariant       *target; /* NULL none */
  char           *accel;  /* "Ctrl+P", NULL none */
  char           *reason; /* why it cannot be done now; NULL it can */
  gboolean        is_set; /* a setting that is as it says */
} GroveFinderItem;

/* @target: sunk if floating, may be NULL. (transfer full) */
GroveFinderItem *grove_finder_item_new (
  GroveFinderKind kind, const char *title, const char *icon, const char *action, GVariant *target);
void grove_finder_item_free (GroveFinderItem *self);
/* Whether two show the same. */
gboolean grove_finder_item_equal (const GroveFinderItem *a, const GroveFinderItem *b);

/**
 * grove_finder_item_match:
 * @typed: as a person types it; words may come in any order, case does not matter
 *
 * Returns: 0 when a word is not found; else the more, the better: the beginning of the title comes
 *   before the beginning of a word, that before the middle of one, that before what stands beside
 */
guint grove_finder_item_match (const GroveFinderItem *self, const char *typed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GroveFinderItem, grove_finder_item_free)

G_END_DECLS
