/* SPDX-License-Identifier: MIT
 *
 * Finding and reading a file of source that a system has named.
 *
 * Threads: grove_source_file_find() is for a thread of its own, since it waits for disks; the rest
 * is for the main thread.
 */
#pragma once

#include "observer/grove-session.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full) (array zero-terminated=1): folders in which the sources of that system may be,
 * the likeliest first. NULL: of no system. */
char **grove_source_file_get_folders (GroveSession *session);
/* A person said that they are in @folder; it is remembered. */
void grove_source_file_add_folder (const char *folder);

/**
 * grove_source_file_find:
 * @file: as the system says it
 * @ret_path: (out) (transfer full): where it was found
 * @error: (out): G_IO_ERROR, NOT_FOUND when it is nowhere
 *
 * Returns: (transfer full) (nullable): what is in it, made valid UTF-8
 * Blocks: on disks
 */
char *grove_source_file_find (const char        *file,
                              const char *const *folders,
                              char             **ret_path,
                              GError           **error);

G_END_DECLS
