/* SPDX-License-Identifier: MIT
 *
 * GroveSave: one file being saved. It asks where, hands what its owner writes to a temporary file
 * beside that place, off the main loop, renames it when all of it is there, and says in a toast
 * what came of it. A file that could not be written whole is not left behind, and what stood in
 * its place stays.
 *
 * A save holds itself until it is over. The owner writes while it is told to: grove_save_write()
 * any number of times, then grove_save_finish() or grove_save_fail().
 *
 * Threads: main thread only.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef struct
{
  const char *name;   /* "CSV", for the list of file types; translated */
  const char *suffix; /* "csv" */
} GroveSaveFormat;

#define GROVE_TYPE_SAVE (grove_save_get_type ())
G_DECLARE_FINAL_TYPE (GroveSave, grove_save, GROVE, SAVE, GObject)

/* The place is chosen: @suffix, a format's own, says what to write. It may write at once or later.
 */
typedef void (*GroveSaveFunc) (GroveSave *save, const char *suffix, gpointer user_data);

/* Signals: drained, all that was written so far is on the disk (write more); finished (gboolean
 * saved), the last thing that is heard of it. */

/**
 * grove_save_ask:
 * @parent: (nullable)
 * @toasts: where what came of it is said; it may go meanwhile
 * @title: of the dialog, "Save Processes"
 * @name: that is suggested, without a suffix
 * @formats: (array length=n_formats): copied; the first is suggested
 * @func: (scope notified): when a place was chosen; not if none was
 *
 * Since: 0.1
 */
void grove_save_ask (GtkWindow             *parent,
                     AdwToastOverlay       *toasts,
                     const char            *title,
                     const char            *name,
                     const GroveSaveFormat *formats,
                     guint                  n_formats,
                     GroveSaveFunc          func,
                     gpointer               user_data,
                     GDestroyNotify         destroy);

/**
 * grove_save_new:
 * @toasts: (nullable)
 * @file: where to
 *
 * For who knows the place already. Nothing is opened before something is written or it is finished.
 *
 * Returns: (transfer none): it holds itself until it is over
 * Since: 0.1
 */
GroveSave *grove_save_new (AdwToastOverlay *toasts, GFile *file);

/* Never waits; what was written to one that is over is dropped. */
void grove_save_write (GroveSave *self, GBytes *bytes);
/* Bytes written that are not on the disk yet: who makes much waits for "drained". */
gsize grove_save_get_pending (GroveSave *self);
/* There is nothing more. @what: (nullable): "1,204 processes", for the toast. */
void grove_save_finish (GroveSave *self, const char *what);
/* It cannot be gone on with; no file is made. A cancellation is not complained about. */
void grove_save_fail (GroveSave *self, const GError *error);
/* How far a long one is, 0..1; after a moment it is shown, with a button to cancel. */
void grove_save_set_progress (GroveSave *self, double part);
/* Cancelled when the person cancelled, or writing failed: to be looked at by who takes long. */
GCancellable *grove_save_get_cancellable (GroveSave *self);
/* What to tell a person of an error of a file: "there is no space left on the disk". (transfer
 * full) */
char *grove_save_explain (const GError *error);

G_END_DECLS
