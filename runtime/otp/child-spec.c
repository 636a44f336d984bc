/* SPDX-License-Identifier: MIT
 *
 * Checking specifications of children and making them flat; see the header.
 */
#include "runtime/otp/child-spec.h"

#include <stdarg.h>
#include <string.h>

static enum grove_status
wrong (struct grove_buffer *ret_error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  (void) !grove_build_va (ret_error, format, args);
  va_end (args);
  return GROVE_ERR_BADARG;
}

bool
_grove_child_id_valid (const char *id)
{
  struct grove_buffer atom = { NULL };
  size_t              size = strlen (id);
  bool                good = false;

  if (size > 0 && size < GROVE_CHILD_ID_SIZE)
    good = grove_build (&atom, "~a", id) == GROVE_OK;
  grove_buffer_finish (&atom);
  return good;
}

enum grove_status
_grove_child_spec_check (const struct grove_child_spec *spec, struct grove_buffer *ret_error)
{
  if (!spec->start)
    return wrong (ret_error, "missing_start");
  if (spec->id && !_grove_child_id_valid (spec->id))
    return wrong (ret_error, "{invalid_child_id, ~s}", spec->id);
  if ((spec->arg_size > 0 && !spec->arg) || spec->arg_size > GROVE_MAX_CHILD_ARG)
    return wrong (ret_error, "{invalid_arg_size, ~u}", (uint64_t) spec->arg_size);
  if ((unsigned) spec->restart > GROVE_TEMPORARY)
    return wrong (ret_error, "{invalid_restart_type, ~i}", (int) spec->restart);
  if ((unsigned) spec->type > GROVE_SUPERVISOR)
    return wrong (ret_error, "{invalid_child_type, ~i}", (int) spec->type);
  return GROVE_OK;
}

enum grove_status
_grove_child_spec_check_significant (bool                     significant,
                                     enum grove_restart       restart,
                                     enum grove_auto_shutdown auto_shutdown,
                                     struct grove_buffer     *ret_error)
{
  if (significant && restart == GROVE_PERMANENT)
    return wrong (ret_error, "{bad_combination, [{restart, permanent}, {significant, true}]}");
  if (significant && auto_shutdown == GROVE_AUTO_SHUTDOWN_NEVER)
    return wrong (ret_error, "{bad_combination, [{auto_shutdown, never}, {significant, true}]}");
  return GROVE_OK;
}

static size_t
id_size (const struct grove_child_spec *spec)
{
  return spec->id ? strlen (spec->id) + 1 : 0;
}

size_t
_grove_child_spec_size (const struct grove_child_spec *spec)
{
  size_t size = sizeof (struct grove_packed_child) + spec->arg_size + id_size (spec);

  return (size + 15) & ~(size_t) 15;
}

void
_grove_child_spec_pack (const struct grove_child_spec *spec, void *block)
{
  struct grove_packed_child *packed = block;

  *packed = (struct grove_packed_child){
    .size = _grove_child_spec_size (spec),
    .start = spec->start,
    .arg = spec->arg,
    .arg_size = spec->arg_size,
    .id_size = id_size (spec),
    .restart = spec->restart,
    .type = spec->type,
    .shutdown_ms = spec->shutdown_ms,
    .significant = spec->significant,
  };
  if (spec->arg_size > 0)
    memcpy (packed->bytes, spec->arg, spec->arg_size);
  if (packed->id_size > 0)
    memcpy (packed->bytes + spec->arg_size, spec->id, packed->id_size);
}
