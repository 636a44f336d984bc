/* SPDX-License-Identifier: MIT
 *
 * What stands in for the export in builds without JSON: programs link and run, and are told that
 * nobody can observe them.
 */
#include "runtime/export/export.h"

#include <errno.h>
#include <string.h>

enum grove_status
grove_export_start (const struct grove_export_options *options, char **ret_error)
{
  (void) options;
  if (ret_error != NULL)
    *ret_error = strdup ("this runtime was built without the part that observers need");
  errno = ENOSYS;
  return GROVE_ERR_IO;
}

void
grove_export_stop (void)
{
}
