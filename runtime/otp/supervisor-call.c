/* SPDX-License-Identifier: MIT
 *
 * The callers' side of supervisors: starting one, and the requests to a running one. Runs in the
 * calling process. Requests are calls; a child's specification does not travel in the message but
 * beside it (request.h).
 */
#include "runtime/core/process-private.h"
#include "runtime/otp/child-spec.h"
#include "runtime/otp/hash.h"
#include "runtime/otp/request.h"
#include "runtime/otp/supervision.h"

#include <stdlib.h>
#include <string.h>

/* ---- Starting --------------------------------------------------------------------------- */

/* The first id that comes twice; NULL: none. */
static const char *
find_duplicate (const struct grove_supervisor_spec *spec)
{
  struct grove_hash       ids = { .alloc = grove_alloc, .release = grove_free };
  struct grove_hash_link *links = grove_alloc ((spec->n_children + 1) * sizeof *links);
  const char             *duplicate = NULL;

  for (size_t i = 0; i < spec->n_children && !duplicate; i++)
    {
      const char             *id = spec->children[i].id;
      struct grove_hash_link *link;
      uint64_t                key;

      if (!id)
        continue;
      key = _grove_hash_text (id, 0);
      for (link = _grove_hash_first (&ids, key); link; link = _grove_hash_next (link))
        if (strcmp (spec->children[link - links].id, id) == 0)
          duplicate = id;
      _grove_hash_add (&ids, key, &links[i]);
    }
  _grove_hash_finish (&ids);
  grove_free (links);
  return duplicate;
}

/* What is wrong with the supervisor's own fields. */
static enum grove_status
check_own (const struct grove_supervisor_spec *spec, struct grove_buffer *ret_error)
{
  const char *what = NULL;
  int         value = 0;

  if ((unsigned) spec->strategy > GROVE_SIMPLE_ONE_FOR_ONE)
    {
      what = "invalid_strategy";
      value = (int) spec->strategy;
    }
  else if (spec->period_s == 0)
    {
      what = "invalid_period";
    }
  else if ((unsigned) spec->auto_shutdown > GROVE_AUTO_SHUTDOWN_ALL)
    {
      what = "invalid_auto_shutdown";
      value = (int) spec->auto_shutdown;
    }
  if (!what)
    return GROVE_OK;
  (void) !grove_build (ret_error, "{supervisor_data, {~a, ~i}}", what, value);
  return GROVE_ERR_BADARG;
}

static enum grove_status
check_children (const struct grove_supervisor_spec *spec, struct grove_buffer *ret_error)
{
  struct grove_buffer what = { NULL };
  enum grove_status   status = GROVE_OK;
  const char         *duplicate;

  for (size_t i = 0; i < spec->n_children && status == GROVE_OK; i++)
    {
      const struct grove_child_spec *child = &spec->children[i];

      status = _grove_child_spec_check (child, &what);
      if (status == GROVE_OK)
        status = _grove_child_spec_check_significant (child->significant, child->restart,
                                                      spec->auto_shutdown, &what);
    }
  duplicate = status == GROVE_OK ? find_duplicate (spec) : NULL;
  if (duplicate)
    {
      (void) !grove_build (&what, "{duplicate_child_name, ~a}", duplicate);
      status = GROVE_ERR_BADARG;
    }
  if (status != GROVE_OK)
    (void) !grove_build (ret_error, "{start_spec, ~t}", grove_buffer_term (&what));
  grove_buffer_finish (&what);
  return status;
}

static enum grove_status
check (const struct grove_supervisor_spec *spec, struct grove_buffer *ret_error)
{
  if (check_own (spec, ret_error) != GROVE_OK)
    return GROVE_ERR_BADARG;
  if (spec->strategy == GROVE_SIMPLE_ONE_FOR_ONE && spec->n_children != 1)
    {
      (void) !grove_build (ret_error, "{bad_start_spec, []}");
      return GROVE_ERR_BADARG;
    }
  return check_children (spec, ret_error);
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
  packed->strategy = spec->strategy;
  packed->auto_shutdown = spec->auto_shutdown;
  packed->intensity = spec->intensity;
  packed->period_s = spec->period_s;
  packed->max_children = spec->max_children;
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
  struct grove_buffer             error = { NULL };
  enum grove_status               status;

  _grove_process_demand ();
  if (spec == NULL || ret_pid == NULL || (spec->n_children > 0 && spec->children == NULL))
    return GROVE_ERR_BADARG;
  status = check (spec, ret_reason ? ret_reason : &error);
  grove_buffer_finish (&error);
  if (status != GROVE_OK)
    return status;
  packed = pack (spec, &options.arg_size);
  options.name = spec->name;
  options.arg = packed;
  options.link = true;
  status = grove_server_start (&_grove_supervisor_callbacks, &options, ret_pid, ret_reason);
  grove_free (packed);
  return status;
}

/* ---- Requests --------------------------------------------------------------------------- */

static void
append (struct grove_buffer *out, struct grove_term term)
{
  if (out)
    memcpy (grove_buffer_extend (out, term.size), term.bytes, term.size);
}

static const struct
{
  const char       *error;
  enum grove_status status;
} answers[] = {
  { "not_found", GROVE_ERR_NO_NAME },         { "running", GROVE_ERR_BUSY },
  { "restarting", GROVE_ERR_BUSY },           { "max_children", GROVE_ERR_SYSTEM_LIMIT },
  { "simple_one_for_one", GROVE_ERR_BADARG }, { "not_simple_one_for_one", GROVE_ERR_BADARG },
};

static enum grove_status
read_error (struct grove_term reason, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  grove_pid pid = 0;

  if (grove_term_is_atom (reason, "already_present") ||
      grove_match (reason, "{already_started, ~p}", &pid))
    {
      if (ret_pid)
        *ret_pid = pid;
      return GROVE_ERR_NAME_TAKEN;
    }
  append (ret_reason, reason);
  for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
    if (grove_term_is_atom (reason, answers[i].error))
      return answers[i].status;
  if (grove_match (reason, "{bad_combination, _}"))
    return GROVE_ERR_BADARG;
  return GROVE_ERR_EXITED;
}

static enum grove_status
read_answer (struct grove_term answer, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct grove_term term;
  grove_pid         pid = 0;

  if (grove_term_is_atom (answer, "ok"))
    return GROVE_OK;
  if (grove_match (answer, "{error, ~t}", &term))
    return read_error (term, ret_pid, ret_reason);
  if (grove_match (answer, "{ok, undefined}"))
    {
      if (ret_pid)
        *ret_pid = 0;
      return GROVE_IGNORED;
    }
  if (grove_match (answer, "{ok, ~p, ~t}", &pid, &term))
    append (ret_reason, term);
  else if (!grove_match (answer, "{ok, ~p}", &pid))
    return GROVE_ERR_EXITED;
  if (ret_pid)
    *ret_pid = pid;
  return GROVE_OK;
}

/* Nobody else is asked: a server that does not know such requests would end, and what is no server
 * would not answer. */
static enum grove_status
check_supervisor (grove_pid pid)
{
  struct grove_supervision_node node;
  grove_pid                     parent;
  size_t                        n, n_all;

  if (pid == grove_self ())
    return GROVE_ERR_CALLING_SELF;
  if (pid == 0 || !_grove_supervision_children (pid, 0, NULL, 0, &n, &n_all))
    return GROVE_ERR_NOPROC;
  if (_grove_supervision_find (pid, &parent, &node) && node.kind == GROVE_NODE_APPLICATION)
    return GROVE_ERR_NOPROC;
  return GROVE_OK;
}

/* Lays @spec beside the supervisor, and asks with its number. */
static enum grove_status
ask_with_spec (grove_pid                      supervisor,
               const char                    *what,
               const struct grove_child_spec *spec,
               grove_pid                     *ret_pid,
               struct grove_buffer           *ret_reason)
{
  struct grove_request *request;
  struct grove_message *reply;
  enum grove_status     status;
  uint64_t              key;

  status = check_supervisor (supervisor);
  if (status != GROVE_OK)
    return status;
  request = _grove_request_new (_grove_child_spec_size (spec));
  if (!request)
    return GROVE_ERR_SYSTEM_LIMIT;
  _grove_child_spec_pack (spec, request->bytes);
  key = _grove_request_add (supervisor, request);
  if (key == 0)
    {
      free (request);
      return GROVE_ERR_NOPROC;
    }

  status = grove_call (supervisor, GROVE_FOREVER, &reply, "{~a, ~u}", what, key);
  if (status != GROVE_OK)
    {
      free (_grove_request_take (supervisor, key));
      return status;
    }
  status = read_answer (grove_message_term (reply), ret_pid, ret_reason);
  grove_message_free (reply);
  return status;
}

enum grove_status
grove_supervisor_start_child (grove_pid                      supervisor,
                              const struct grove_child_spec *spec,
                              grove_pid                     *ret_pid,
                              struct grove_buffer           *ret_reason)
{
  struct grove_buffer error = { NULL };
  enum grove_status   status;

  _grove_process_demand ();
  if (spec == NULL || ret_pid == NULL)
    return GROVE_ERR_BADARG;
  status = _grove_child_spec_check (spec, ret_reason ? ret_reason : &error);
  grove_buffer_finish (&error);
  if (status != GROVE_OK)
    return status;
  return ask_with_spec (supervisor, "start_child", spec, ret_pid, ret_reason);
}

enum grove_status
grove_supervisor_start_dynamic (grove_pid            supervisor,
                                const void          *arg,
                                size_t               arg_size,
                                grove_pid           *ret_pid,
                                struct grove_buffer *ret_reason)
{
  const struct grove_child_spec spec = { .arg = arg, .arg_size = arg_size };

  _grove_process_demand ();
  if (ret_pid == NULL || arg_size > GROVE_MAX_CHILD_ARG || (arg_size > 0 && !arg))
    return GROVE_ERR_BADARG;
  return ask_with_spec (supervisor, "start_dynamic", &spec, ret_pid, ret_reason);
}

static enum grove_status
ask (grove_pid supervisor, const char *what, const char *id, grove_pid *ret_pid)
{
  struct grove_message *reply;
  enum grove_status     status;

  if (!id || !_grove_child_id_valid (id))
    return GROVE_ERR_NO_NAME;
  status = check_supervisor (supervisor);
  if (status == GROVE_OK)
    status = grove_call (supervisor, GROVE_FOREVER, &reply, "{~a, ~a}", what, id);
  if (status != GROVE_OK)
    return status;
  status = read_answer (grove_message_term (reply), ret_pid, NULL);
  grove_message_free (reply);
  return status;
}

enum grove_status
grove_supervisor_terminate_child (grove_pid supervisor, const char *id)
{
  _grove_process_demand ();
  return ask (supervisor, "terminate_child", id, NULL);
}

enum grove_status
grove_supervisor_terminate_dynamic (grove_pid supervisor, grove_pid child)
{
  struct grove_message *reply;
  struct grove_term     error;
  enum grove_status     status;

  _grove_process_demand ();
  if (child == 0)
    return GROVE_ERR_NO_NAME;
  status = check_supervisor (supervisor);
  if (status == GROVE_OK)
    status = grove_call (supervisor, GROVE_FOREVER, &reply, "{terminate_child, ~p}", child);
  if (status != GROVE_OK)
    return status;
  if (grove_match (grove_message_term (reply), "{error, ~t}", &error))
    status = read_error (error, NULL, NULL);
  grove_message_free (reply);
  return status;
}

enum grove_status
grove_supervisor_restart_child (grove_pid supervisor, const char *id, grove_pid *ret_pid)
{
  _grove_process_demand ();
  if (ret_pid == NULL)
    return GROVE_ERR_BADARG;
  return ask (supervisor, "restart_child", id, ret_pid);
}

enum grove_status
grove_supervisor_delete_child (grove_pid supervisor, const char *id)
{
  _grove_process_demand ();
  return ask (supervisor, "delete_child", id, NULL);
}

/* ---- Asking for all of them ------------------------------------------------------------- */

static void
visit_child (struct grove_term item,
             void (*visit) (const struct grove_child_info *child, void *user_data),
             void *user_data)
{
  struct grove_child_info child = { .pid = 0 };
  struct grove_term       id, pid, type;
  struct grove_text       text;
  char                    id_text[GROVE_CHILD_ID_SIZE];

  if (!grove_match (item, "{~t, ~t, ~t, _}", &id, &pid, &type) || !grove_term_atom (id, &text) ||
      text.size >= sizeof id_text)
    return;
  memcpy (id_text, text.bytes, text.size);
  id_text[text.size] = '\0';
  child.id = grove_term_is_atom (id, "undefined") ? NULL : id_text;
  child.restarting = grove_term_is_atom (pid, "restarting");
  child.type = grove_term_is_atom (type, "supervisor") ? GROVE_SUPERVISOR : GROVE_WORKER;
  (void) grove_match (pid, "~p", &child.pid);
  visit (&child, user_data);
}

enum grove_status
grove_supervisor_which_children (grove_pid supervisor,
                                 void (*visit) (const struct grove_child_info *child,
                                                void                          *user_data),
                                 void *user_data)
{
  struct grove_message *reply;
  struct grove_cursor   cursor;
  struct grove_term     item;
  enum grove_status     status;

  _grove_process_demand ();
  if (visit == NULL)
    return GROVE_ERR_BADARG;
  status = check_supervisor (supervisor);
  if (status == GROVE_OK)
    status = grove_call (supervisor, GROVE_FOREVER, &reply, "which_children");
  if (status != GROVE_OK)
    return status;
  if (grove_term_type (grove_message_term (reply)) != GROVE_TERM_LIST)
    status = GROVE_ERR_EXITED;
  else if (grove_cursor_init (&cursor, grove_message_term (reply)))
    while (grove_cursor_next (&cursor, &item))
      visit_child (item, visit, user_data);
  grove_message_free (reply);
  return status;
}

enum grove_status
grove_supervisor_count_children (grove_pid supervisor, struct grove_children_count *ret_count)
{
  struct grove_message *reply;
  enum grove_status     status;

  _grove_process_demand ();
  if (ret_count == NULL)
    return GROVE_ERR_BADARG;
  status = check_supervisor (supervisor);
  if (status == GROVE_OK)
    status = grove_call (supervisor, GROVE_FOREVER, &reply, "count_children");
  if (status != GROVE_OK)
    return status;
  if (!grove_match (grove_message_term (reply),
                    "[{specs, ~u}, {active, ~u}, {supervisors, ~u}, {workers, ~u}]",
                    &ret_count->specs, &ret_count->active, &ret_count->supervisors,
                    &ret_count->workers))
    status = GROVE_ERR_EXITED;
  grove_message_free (reply);
  return status;
}
