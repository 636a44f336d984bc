/* SPDX-License-Identifier: MIT
 *
 * The English of every status.
 */
#include "runtime/status.h"

const char *
grove_status_text (enum grove_status status)
{
  switch (status)
    {
    case GROVE_OK:
      return "done";
    case GROVE_IGNORED:
      return "it chose not to run";
    case GROVE_ERR_TIMEOUT:
      return "the time was up first";
    case GROVE_ERR_NOPROC:
      return "no such process";
    case GROVE_ERR_BADARG:
      return "an argument is not allowed";
    case GROVE_ERR_SYSTEM_LIMIT:
      return "a limit of the system is reached";
    case GROVE_ERR_NAME_TAKEN:
      return "the name is taken";
    case GROVE_ERR_NO_NAME:
      return "nobody has that name";
    case GROVE_ERR_CALLING_SELF:
      return "a process called itself";
    case GROVE_ERR_NO_MATCH:
      return "the term has another shape";
    case GROVE_ERR_SYNTAX:
      return "the syntax is wrong";
    case GROVE_ERR_TOO_LARGE:
      return "too large";
    case GROVE_ERR_EXITED:
      return "the other process ended first";
    case GROVE_ERR_IO:
      return "the operating system refused";
    case GROVE_ERR_BUSY:
      return "somebody else holds it";
    }
  return "unknown";
}
