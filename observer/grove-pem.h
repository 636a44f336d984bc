/* SPDX-License-Identifier: MIT
 *
 * Files of certificates and keys: whether one that a person chose holds what it is chosen for,
 * before anything is tried with it.
 *
 * Threads: any thread.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  GROVE_PEM_CERTIFICATE = 1 << 0,
  GROVE_PEM_KEY = 1 << 1,
} GrovePemParts;

/**
 * grove_pem_check:
 * @parts: what must be in it
 * @error: a sentence that says what is wrong with it, and what to do
 *
 * Blocks: for reading a file of at most 4 MiB; nothing but a regular file is read
 * Since: 0.1
 */
gboolean grove_pem_check (const char *path, GrovePemParts parts, GError **error);

G_END_DECLS
