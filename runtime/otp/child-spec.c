/* SPDX-License-Identifier: MIT
 *
 * Checking specifications of children and making them flat; see the header.
 */
#include "runtime/otp/child-spec.h"

#include <string.h>

/* No argument is meant to be that large; it keeps the sums below from overflowing. */
#define MAX_ARG_SIZE ((size_t) 1 << 30)

bool
_grove_child_spec_valid (const struct grove_child_spec *spec)
{
  if (!spec->start || (spec->arg_size > 0 && !spec->arg) || spec->arg_size > MAX_ARG_SIZE)
    return false;
  if (spec->id && (spec->id[0] == '\0' || strlen (spec->id) >= GROVE_CHILD_ID_SIZE))
    return false;
  if ((unsigned) spec->restart > GROVE_TEMPORARY || (unsigned) spec->type > GROVE_SUPERVISOR)
    return false;
  return true;
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
  };
  if (spec->arg_size > 0)
    memcpy (packed->bytes, spec->arg, spec->arg_size);
  if (packed->id_size > 0)
    memcpy (packed->bytes + spec->arg_size, spec->id, packed->id_size);
}
