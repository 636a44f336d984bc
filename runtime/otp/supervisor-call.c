/* SPDX-License-Identifier: MIT
 *
 * The callers' side of supervisors: starting one, and the requests to a running one. Runs in the
 * calling process. Requests are calls; a child's specification does not travel in the message but
 * beside it (request.h).
 */
#include "runtime/otp/child-spec.h"
#include "runtime/otp/hash.h"
#include "runtime/otp/request.h"

#include <stdlib.h>
#include <string.h>

/* ---- Starting --------------------------------------------------------------------------- */

static bool
ids_unique (const struct grove_supervisor_spec *spec)
{
  struct grove_hash       ids = { .alloc = grove_alloc, .release = grove_free };
  struct grove_hash_link *links = grove_alloc ((spec->n_children + 1) * sizeof *links);
  bool                    unique = true;

  for (size_t i = 0; i < spec->n_children && unique; i++)
    {
      const char             *id = spec->children[i].id;
      struct grove_hash_link *link;
      uint64_t                key;

      if (!id)
        continue;
      key = _grove_hash_text (id, 0);
      for (link = _grove_hash_first (&ids, key); link; link = _grove_hash_next (link))
        unique = unique && strcmp (spec->children[link - links].id, id) != 0;
      _grove_hash_add (&ids, key, &links[i]);
    }
  _grove_hash_finish (&ids);
  grove_free (links);
  return unique;
}

static bool
spec_valid (const struct grove_supervisor_spec *spec)
{
  if (spec->strategy != GROVE_ONE_FOR_ONE || spec->period_s == 0)
    return false;
  for (size_t i = 0; i < spec->n_children; i++)
    if (!_grove_child_spec_valid (&spec->children[i]))
      return false;
  return ids_unique (spec);
}

static struct grove_packed_supervisor *
pack (const struct grove_supervisor_spec *spec, size_t *ret_size)
{
  size_t                          size = sizeof (struct grove_packed_supervisor);
  struct grove_packed_supervisor *packed;
  uint8_t                        *at;

  for (size_t i = 0; i < spec->n_children; i++)
    size += _grove_child_spec_size (&spec->children[i]);
  packed = grove_alloc (size);
  packed->intensity = spec->intensity;
  packed->period_s = spec->period_s;
  packed->n_children = spec->n_children;
  at = packed->bytes;
  for (size_t i = 0; i < spec->n_children; i++)
    {
      _grove_child_spec_pack (&spec->children[i], at);
      at += _grove_child_spec_size (&spec->children[i]);
    }
  *ret_size = size;
  return packed;
}

enum grove_status
grove_supervisor_start (const struct grove_supervisor_spec *spec,
                        grove_pid                          *ret_pid,
                        struct grove_buffer                *ret_reason)
{
  struct grove_server_options     options = GROVE_SERVER_DEFAULTS;
  struct grove_packed_supervisor *packed;
  enum grove_status               status;

  if (!spec_valid (spec))
    return GROVE_ERR_BADARG;
  packed = pack (spec, &options.arg_size);
  options.name = spec->name;
  options.arg = packed;
  options.link = true;
  status = grove_server_start (&_grove_supervisor_callbacks, &options, ret_pid, ret_reason);
  grove_free (packed);
  return status;
}

/* ---- Requests --------------------------------------------------------------------------- */

static enum grove_status
read_answer (struct grove_term answer, grove_pid *ret_pid)
{
  struct grove_term reason;
  grove_pid         pid = 0;

  if (grove_term_is_atom (answer, "ok"))
    return GROVE_OK;
  if (grove_match (answer, "{ok, ~p}", &pid))
    {
      if (ret_pid)
        *ret_pid = pid;
      return GROVE_OK;
    }
  if (!grove_match (answer, "{error, ~t}", &reason))
    return GROVE_ERR_EXITED;
  if (grove_term_is_atom (reason, "already_present") ||
      grove_match (reason, "{already_started, ~p}", &pid))
    {
      if (ret_pid)
        *ret_pid = pid;
      return GROVE_ERR_NAME_TAKEN;
    }
  if (grove_term_is_atom (reason, "not_found"))
    return GROVE_ERR_NO_NAME;
  if (grove_term_is_atom (reason, "running") || grove_term_is_atom (reason, "restarting"))
    return GROVE_ERR_BUSY;
  return GROVE_ERR_EXITED;
}

enum grove_status
grove_supervisor_start_child (grove_pid                      supervisor,
                              const struct grove_child_spec *spec,
                              grove_pid                     *ret_pid)
{
  struct grove_request *request;
  struct grove_message *reply;
  enum grove_status     status;
  size_t                size;
  uint64_t              key;

  if (!_grove_child_spec_valid (spec))
    return GROVE_ERR_BADARG;
  if (supervisor == grove_self ())
    return GROVE_ERR_CALLING_SELF;

  size = _grove_child_spec_size (spec);
  request = aligned_alloc (16, (sizeof *request + size + 15) & ~(size_t) 15);
  if (!request)
    return GROVE_ERR_SYSTEM_LIMIT;
  request->size = size;
  _grove_child_spec_pack (spec, request->bytes);
  key = _grove_request_add (supervisor, request);
  if (key == 0)
    {
      free (request);
      return GROVE_ERR_NOPROC;
    }

  status = grove_call (supervisor, GROVE_FOREVER, &reply, "{start_child, ~u}", key);
  if (status != GROVE_OK)
    {
      free (_grove_request_take (supervisor, key));
      return status;
    }
  status = read_answer (grove_message_term (reply), ret_pid);
  grove_message_free (reply);
  return status;
}

static enum grove_status
ask (grove_pid supervisor, const char *what, const char *id, grove_pid *ret_pid)
{
  struct grove_message *reply;
  enum grove_status     status;

  if (!id || strlen (id) >= GROVE_CHILD_ID_SIZE)
    return GROVE_ERR_NO_NAME;
  status = grove_call (supervisor, GROVE_FOREVER, &reply, "{~a, ~s}", what, id);
  if (status != GROVE_OK)
    return status;
  status = read_answer (grove_message_term (reply), ret_pid);
  grove_message_free (reply);
  return status;
}

enum grove_status
grove_supervisor_terminate_child (grove_pid supervisor, const char *id)
{
  return ask (supervisor, "terminate_child", id, NULL);
}

enum grove_status
grove_supervisor_restart_child (grove_pid supervisor, const char *id, grove_pid *ret_pid)
{
  return ask (supervisor, "restart_child", id, ret_pid);
}

enum grove_status
grove_supervisor_delete_child (grove_pid supervisor, const char *id)
{
  return ask (supervisor, "delete_child", id, NULL);
}
