/* SPDX-License-Identifier: MIT
 *
 * Applications that can be started by their names. Private to runtime/.
 */
#pragma once

#include "runtime/otp/application.h"

/* What the end of one of that type means, as a child's would. */
enum grove_restart _grove_application_restart (enum grove_application_type type);
bool               _grove_application_is_valid (const struct grove_application_spec *spec);
/* As grove_application_start(), of a valid @spec; @ret_reason: empty before; why it failed, if it
 * said. */
enum grove_status _grove_application_start (const struct grove_application_spec *spec,
                                            grove_pid                           *ret_master,
                                            struct grove_buffer                 *ret_reason);

/* Those that are loaded, at most @n; how many there are. Any thread. */
size_t _grove_application_loaded (const struct grove_application_spec **specs, size_t n);
/* The one of that name. Any thread. NULL: there is none. */
const struct grove_application_spec *_grove_application_find_loaded (const char *name);

/* More than these are not started at once. */
#define GROVE_APPLICATIONS_AT_ONCE 64

/* What came of it; all zero before. */
struct grove_application_start
{
  grove_pid           master; /* 0: it does not run */
  size_t              n_started;
  char                started[GROVE_APPLICATIONS_AT_ONCE][GROVE_CHILD_ID_SIZE];
  char                failed[GROVE_CHILD_ID_SIZE];
  struct grove_buffer reason; /* why that one did */
};

/* Starts a loaded application, with @type instead of its own unless that is NULL, and before it
 * those it needs; when one fails, those are stopped again. Owner process only. Errors:
 * GROVE_ERR_EXITED (@failed, @reason). */
enum grove_status _grove_application_start_loaded (const char                        *name,
                                                   const enum grove_application_type *type,
                                                   struct grove_application_start    *result);
