/* SPDX-License-Identifier: MIT
 *
 * What every function of the runtime answers, and the macros its public headers share.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define GROVE_PUBLIC    __attribute__ ((visibility ("default")))
#define GROVE_NODISCARD __attribute__ ((warn_unused_result))
#define GROVE_NORETURN  __attribute__ ((noreturn))

/* Programs in C++ may include these headers too. */
#ifdef __cplusplus
#  define GROVE_BEGIN_DECLS                                                                        \
    extern "C"                                                                                     \
    {
#  define GROVE_END_DECLS }
#else
#  define GROVE_BEGIN_DECLS
#  define GROVE_END_DECLS
#endif

GROVE_BEGIN_DECLS

/* A timeout that never comes. */
#define GROVE_FOREVER INT64_MAX

enum grove_status
{
  GROVE_OK = 0,
  GROVE_IGNORED = 1,           /* what was to be started chose not to run: no error */
  GROVE_ERR_TIMEOUT = -1,      /* the time was up first */
  GROVE_ERR_NOPROC = -2,       /* no such process: it has ended, or never was */
  GROVE_ERR_BADARG = -3,       /* an argument outside what is allowed */
  GROVE_ERR_SYSTEM_LIMIT = -4, /* no room for another process, name or timer */
  GROVE_ERR_NAME_TAKEN = -5,   /* the name, or the process, is registered already */
  GROVE_ERR_NO_NAME = -6,      /* nobody is registered under that name */
  GROVE_ERR_CALLING_SELF = -7, /* a server called itself */
  GROVE_ERR_NO_MATCH = -8,     /* the term does not have that shape */
  GROVE_ERR_SYNTAX = -9,       /* a format or a typed term that cannot be read */
  GROVE_ERR_TOO_LARGE = -10,   /* beyond a stated limit */
  GROVE_ERR_EXITED = -11,      /* the other process ended before it answered */
  GROVE_ERR_IO = -12,          /* the operating system said no; errno tells why */
  GROVE_ERR_BUSY = -13,        /* somebody else holds it */
};

/**
 * grove_status_text:
 * @status: any value
 *
 * ```c
 * grove_assert (strcmp (grove_status_text (GROVE_ERR_NO_NAME), "nobody has that name") == 0);
 * ```
 *
 * Threads: any thread. Blocks: no. Cost: O(1).
 * Errors: none
 * Returns: a short English phrase, static, never NULL
 * Since: 0.1
 */
GROVE_PUBLIC const char *grove_status_text (enum grove_status status);

GROVE_END_DECLS
