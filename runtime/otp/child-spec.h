/* SPDX-License-Identifier: MIT
 *
 * Specifications on their way to a supervisor: each flat, in one block, because a sender's stack
 * may be moved away while it waits, and its memory may be gone before the supervisor reads it.
 * Private to otp/.
 */
#pragma once

#include "runtime/otp/supervisor.h"

/* No argument is meant to be that large; it keeps sums from overflowing. */
#define GROVE_MAX_CHILD_ARG ((size_t) 1 << 30)

struct grove_packed_child
{
  size_t size; /* of it all, a multiple of 16 */
  enum grove_status (*start) (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason);
  const void           *arg; /* when arg_size is 0 */
  size_t                arg_size;
  size_t                id_size; /* with its NUL; 0: one is to be made */
  enum grove_restart    restart;
  enum grove_child_type type;
  uint32_t              shutdown_ms;
  bool                  significant;
  _Alignas(16) uint8_t bytes[]; /* the argument, then the id */
};

struct grove_packed_supervisor
{
  enum grove_strategy      strategy;
  enum grove_auto_shutdown auto_shutdown;
  unsigned                 intensity;
  unsigned                 period_s;
  size_t                   max_children;
  size_t                   n_children;
  _Alignas(16) uint8_t bytes[]; /* the children */
};

extern const struct grove_server_callbacks _grove_supervisor_callbacks;

/* An id is written as an atom, so it must be one. */
bool _grove_child_id_valid (const char *id);
/* What OTP's check says is appended to @ret_error when the answer is GROVE_ERR_BADARG. */
enum grove_status
_grove_child_spec_check (const struct grove_child_spec *spec, struct grove_buffer *ret_error);
/* Whether its significance goes with its kind of restart and its supervisor's auto_shutdown. */
enum grove_status _grove_child_spec_check_significant (bool                     significant,
                                                       enum grove_restart       restart,
                                                       enum grove_auto_shutdown auto_shutdown,
                                                       struct grove_buffer     *ret_error);
size_t            _grove_child_spec_size (const struct grove_child_spec *spec);
/* @block: _grove_child_spec_size() bytes, aligned to 16 */
void _grove_child_spec_pack (const struct grove_child_spec *spec, void *block);

static inline const void *
_grove_packed_child_arg (const struct grove_packed_child *self)
{
  return self->arg_size > 0 ? self->bytes : self->arg;
}

/* NULL: one is to be made. */
static inline const char *
_grove_packed_child_id (const struct grove_packed_child *self)
{
  return self->id_size > 0 ? (const char *) self->bytes + self->arg_size : NULL;
}
