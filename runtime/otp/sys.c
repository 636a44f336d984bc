/* SPDX-License-Identifier: MIT
 *
 * System messages, answered in the server's process; see sys.h. What somebody watches a server by
 * lies in its heap, and nothing of it is there until somebody asks.
 */
#include "runtime/otp/sys-private.h"

#include "runtime/core/observe.h"
#include "runtime/otp/request.h"
#include "runtime/otp/server-private.h"

#include <stdlib.h>
#include <string.h>

struct hook
{
  struct hook   *next;
  grove_sys_hook run;
  void          *arg;
  char           id[GROVE_SYS_ID_SIZE];
};

struct grove_sys
{
  bool               counting;
  uint64_t           since_ns, since_reductions, n_in, n_out;
  struct grove_term *log; /* a ring */
  size_t             log_size, log_first, log_n;
  struct hook       *hooks; /* in the order they were installed */
  /* For terms of any size; not in the process's heap but released with it, because whoever answers
   * may be killed while it does. */
  struct grove_buffer *buffer;
};

static void
finish_buffer (void *data)
{
  struct grove_buffer *buffer = data;

  grove_buffer_finish (buffer);
  free (buffer);
}

static struct grove_sys *
sys_of (struct grove_server *self)
{
  if (!self->sys)
    {
      self->sys = grove_alloc (sizeof *self->sys);
      *self->sys = (struct grove_sys){ .buffer = calloc (1, sizeof (struct grove_buffer)) };
      if (!self->sys->buffer)
        abort ();
      grove_defer (finish_buffer, self->sys->buffer);
    }
  return self->sys;
}

/* ---- The state -------------------------------------------------------------------------- */

/* The state, in the buffer; false: there is none to be told. */
static bool
describe (struct grove_server *self, struct grove_term *ret_state)
{
  struct grove_buffer *out = sys_of (self)->buffer;

  out->size = 0;
  if (self->callbacks->describe)
    self->callbacks->describe (self->state, out);
  *ret_state = grove_buffer_term (out);
  return out->size > 0 && grove_term_check (out->bytes, out->size, NULL) == GROVE_OK;
}

static void
answer_state (struct grove_server *self, struct grove_from from)
{
  struct grove_term state;

  if (describe (self, &state))
    grove_reply (from, "{ok, ~t}", state);
  else
    grove_reply (from, "{error, undescribed}");
}

static void
answer_status (struct grove_server *self, struct grove_from from)
{
  struct grove_scratch parent, undescribed;
  struct grove_term    state;
  const char          *held = self->suspended ? "suspended" : "running";
  const char          *module = self->callbacks->module;

  _grove_scratch_build (&undescribed, "undescribed");
  if (self->parent)
    _grove_scratch_build (&parent, "~p", self->parent);
  else
    _grove_scratch_build (&parent, "none");
  if (!describe (self, &state))
    state = undescribed.term;
  grove_reply (from, "{status, ~p, {module, ~a}, [~a, ~t, ~t]}", grove_self (),
               module ? module : "undefined", held, parent.term, state);
}

static void
answer_replace (struct grove_server *self, struct grove_from from, uint64_t key)
{
  struct grove_request     *request = _grove_request_take (grove_self (), key);
  struct grove_sys_replace *what;
  bool                      replaced;

  if (!request)
    {
      grove_reply (from, "{error, not_found}");
      return;
    }
  /* In the process's heap: it may be killed while it runs @replace. */
  what = grove_alloc (request->size);
  memcpy (what, request->bytes, request->size);
  free (request);
  replaced = what->replace (&self->state, what->arg_size > 0 ? what->bytes : what->arg);
  grove_free (what);
  if (replaced)
    grove_reply (from, "ok");
  else
    grove_reply (from, "{error, callback_failed}");
}

/* ---- Statistics ------------------------------------------------------------------------- */

static uint64_t
own_reductions (void)
{
  struct grove_process_sample sample;

  return _grove_observe_process (grove_self (), &sample) ? sample.reductions : 0;
}

static void
answer_statistics (struct grove_server *self, struct grove_from from, struct grove_term what)
{
  struct grove_sys *sys = sys_of (self);

  if (grove_term_is_atom (what, "get"))
    {
      if (sys->counting)
        grove_reply (from, "{ok, {~u, ~u, ~u, ~u}}", grove_now_ns () - sys->since_ns,
                     own_reductions () - sys->since_reductions, sys->n_in, sys->n_out);
      else
        grove_reply (from, "{ok, no_statistics}");
      return;
    }
  sys->counting = grove_term_is_atom (what, "true");
  sys->since_ns = grove_now_ns ();
  sys->since_reductions = own_reductions ();
  sys->n_in = sys->n_out = 0;
  grove_reply (from, "ok");
}

/* ---- The log ---------------------------------------------------------------------------- */

static void
clear_log (struct grove_sys *sys)
{
  for (size_t i = 0; i < sys->log_n; i++)
    _grove_drop_term (&sys->log[(sys->log_first + i) % sys->log_size]);
  grove_free (sys->log);
  sys->log = NULL;
  sys->log_size = sys->log_first = sys->log_n = 0;
}

/* Keeps the newest of what there is. */
static void
set_log (struct grove_sys *sys, size_t n)
{
  struct grove_term *log = n > 0 ? grove_alloc (n * sizeof *log) : NULL;
  size_t             kept = sys->log_n < n ? sys->log_n : n;
  size_t             dropped = sys->log_n - kept;

  for (size_t i = 0; i < kept; i++)
    {
      struct grove_term *from = &sys->log[(sys->log_first + dropped + i) % sys->log_size];
      log[i] = *from;
      *from = (struct grove_term){ NULL, 0 };
    }
  clear_log (sys);
  sys->log = log;
  sys->log_size = n;
  sys->log_n = kept;
}

static void
log_event (struct grove_sys *sys, struct grove_term term, grove_pid to)
{
  static const uint8_t too_large[] = { 119, 9, 't', 'o', 'o', '_', 'l', 'a', 'r', 'g', 'e' };
  struct grove_scratch event;

  if (sys->log_n == sys->log_size)
    {
      _grove_drop_term (&sys->log[sys->log_first]);
      sys->log_first = (sys->log_first + 1) % sys->log_size;
      sys->log_n--;
    }
  if (term.size > GROVE_SYS_LOG_TERM)
    term = (struct grove_term){ too_large, sizeof too_large };
  if (to)
    _grove_scratch_build (&event, "{out, ~t, ~p}", term, to);
  else
    _grove_scratch_build (&event, "{in, ~t}", term);
  sys->log[(sys->log_first + sys->log_n++) % sys->log_size] = _grove_keep_term (event.term);
  _grove_scratch_finish (&event);
}

static void
answer_log (struct grove_server *self, struct grove_from from)
{
  struct grove_sys    *sys = sys_of (self);
  struct grove_buffer *out = sys->buffer;
  const uint32_t       n = (uint32_t) sys->log_n;
  const uint8_t        head[] = { 108, (uint8_t) (n >> 24), (uint8_t) (n >> 16), (uint8_t) (n >> 8),
                                  (uint8_t) n };

  out->size = 0;
  if (n > 0)
    memcpy (grove_buffer_extend (out, sizeof head), head, sizeof head);
  for (size_t i = 0; i < n; i++)
    {
      struct grove_term event = sys->log[(sys->log_first + i) % sys->log_size];
      memcpy (grove_buffer_extend (out, event.size), event.bytes, event.size);
    }
  *grove_buffer_extend (out, 1) = 106;
  grove_reply (from, "{ok, ~t}", grove_buffer_term (out));
}

/* ---- Hooks ------------------------------------------------------------------------------ */

static struct hook **
find_hook (struct grove_sys *sys, const char *id, grove_sys_hook run)
{
  struct hook **at = &sys->hooks;

  while (*at && (id[0] ? strcmp ((*at)->id, id) != 0 : (*at)->id[0] || (*at)->run != run))
    at = &(*at)->next;
  return at;
}

static void
remove_hook (struct hook **at)
{
  struct hook *hook = *at;

  *at = hook->next;
  grove_free (hook);
}

static void
answer_hook (struct grove_server *self, struct grove_from from, uint64_t key, bool install)
{
  struct grove_request           *request = _grove_request_take (grove_self (), key);
  const struct grove_sys_install *what;
  struct hook                   **at;

  if (!request)
    {
      grove_reply (from, "{error, not_found}");
      return;
    }
  what = (const struct grove_sys_install *) (const void *) request->bytes;
  at = find_hook (sys_of (self), what->id, what->hook);
  if (install && !*at)
    {
      *at = grove_alloc (sizeof **at);
      **at = (struct hook){ .run = what->hook, .arg = what->arg };
      memcpy ((*at)->id, what->id, sizeof (*at)->id);
    }
  else if (!install && *at)
    {
      remove_hook (at);
    }
  free (request);
  grove_reply (from, "ok");
}

static void
run_hooks (struct grove_sys *sys, struct grove_term term, grove_pid to)
{
  const struct grove_sys_event event = { .server = grove_self (), .to = to, .term = term };
  struct hook                **at = &sys->hooks;

  while (*at)
    if ((*at)->run (&event, (*at)->arg))
      at = &(*at)->next;
    else
      remove_hook (at);
}

/* ---- What the server tells -------------------------------------------------------------- */

static bool
is_system (struct grove_term message)
{
  return grove_match (message, "{system, {~p, ~r}, _}", NULL, NULL);
}

void
_grove_sys_saw_in (struct grove_server *self, struct grove_term message)
{
  struct grove_sys *sys = self->sys;

  if (is_system (message))
    return;
  sys->n_in++;
  if (sys->log_size > 0)
    log_event (sys, message, 0);
  run_hooks (sys, message, 0);
}

void
_grove_sys_saw_out (struct grove_server *self, struct grove_term reply, grove_pid to)
{
  struct grove_sys *sys = self->sys;

  if (self->answering_system)
    return;
  sys->n_out++;
  if (sys->log_size > 0)
    log_event (sys, reply, to);
  run_hooks (sys, reply, to);
}

/* ---- Dispatch --------------------------------------------------------------------------- */

bool
_grove_sys_wanted (const struct grove_server *self, struct grove_term message)
{
  grove_pid pid;

  return is_system (message) ||
         (self->parent && grove_match (message, "{'EXIT', ~p, _}", &pid) && pid == self->parent);
}

static void
hold (struct grove_server *self, struct grove_from from, bool suspended)
{
  self->suspended = suspended;
  grove_reply (from, "ok");
}

static bool
answer_debug (struct grove_server *self, struct grove_from from, struct grove_term request)
{
  struct grove_term what;
  uint64_t          n;

  if (grove_match (request, "{statistics, ~t}", &what))
    answer_statistics (self, from, what);
  else if (grove_match (request, "{log, get}"))
    answer_log (self, from);
  else if (grove_match (request, "{log, ~u}", &n) && n <= GROVE_SYS_LOG_MAX)
    {
      set_log (sys_of (self), n);
      grove_reply (from, "ok");
    }
  else if (grove_match (request, "{install, ~u}", &n))
    answer_hook (self, from, n, true);
  else if (grove_match (request, "{remove, ~u}", &n))
    answer_hook (self, from, n, false);
  else
    return false;
  return true;
}

static void
answer (struct grove_server *self, struct grove_from from, struct grove_term request)
{
  struct grove_term what;
  uint64_t          key;

  if (grove_term_is_atom (request, "suspend"))
    hold (self, from, true);
  else if (grove_term_is_atom (request, "resume"))
    hold (self, from, false);
  else if (grove_term_is_atom (request, "get_state"))
    answer_state (self, from);
  else if (grove_term_is_atom (request, "get_status"))
    answer_status (self, from);
  else if (grove_match (request, "{replace_state, ~u}", &key))
    answer_replace (self, from, key);
  else if (grove_match (request, "{terminate, ~t}", &what))
    _grove_server_end (self, what);
  else if (!grove_match (request, "{debug, ~t}", &what) || !answer_debug (self, from, what))
    grove_reply (from, "{error, {unknown_system_msg, ~t}}", request);
}

bool
_grove_sys_handle (struct grove_server *self, struct grove_term message)
{
  struct grove_term request;
  struct grove_from from;

  if (!grove_match (message, "{system, {~p, ~r}, ~t}", &from.pid, &from.alias, &request))
    return false;
  self->answering_system = true;
  answer (self, from, request);
  self->answering_system = false;
  return true;
}
