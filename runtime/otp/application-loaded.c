/* SPDX-License-Identifier: MIT
 *
 * Applications that can be started by their names: their specifications, kept until they are
 * unloaded, and starting one after those it needs.
 *
 * One lock guards the list; nothing is called under it.
 */
#include "runtime/otp/application-private.h"

#include "runtime/otp/supervision.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct loaded
{
  const struct grove_application_spec *spec;
  struct loaded                       *next; /* in the order in which they were loaded */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct loaded  *first; /* under the lock */

/* ---- The list --------------------------------------------------------------------------- */

static struct loaded **
find_locked (const char *name)
{
  struct loaded **at = &first;

  while (*at && strcmp ((*at)->spec->name, name) != 0)
    at = &(*at)->next;
  return at;
}

enum grove_status
grove_application_load (const struct grove_application_spec *spec)
{
  struct loaded *self, **at;

  if (!spec || !_grove_application_is_valid (spec))
    return GROVE_ERR_BADARG;
  self = calloc (1, sizeof *self);
  if (!self)
    abort ();
  self->spec = spec;
  pthread_mutex_lock (&lock);
  at = find_locked (spec->name);
  if (!*at)
    {
      *at = self;
      self = NULL;
    }
  pthread_mutex_unlock (&lock);
  if (!self)
    return GROVE_OK;
  free (self);
  return GROVE_ERR_NAME_TAKEN;
}

enum grove_status
grove_application_unload (const char *name)
{
  struct loaded *self, **at;

  if (!name)
    return GROVE_ERR_NO_NAME;
  pthread_mutex_lock (&lock);
  at = find_locked (name);
  self = *at;
  if (self)
    *at = self->next;
  pthread_mutex_unlock (&lock);
  free (self);
  return self ? GROVE_OK : GROVE_ERR_NO_NAME;
}

size_t
_grove_application_loaded (const struct grove_application_spec **specs, size_t n)
{
  size_t total = 0;

  pthread_mutex_lock (&lock);
  for (const struct loaded *one = first; one; one = one->next, total++)
    if (total < n)
      specs[total] = one->spec;
  pthread_mutex_unlock (&lock);
  return total;
}

const struct grove_application_spec *
_grove_application_find_loaded (const char *name)
{
  const struct loaded *self;

  pthread_mutex_lock (&lock);
  self = *find_locked (name);
  pthread_mutex_unlock (&lock);
  return self ? self->spec : NULL;
}

/* ---- Starting one after those it needs ---------------------------------------------------- */

static enum grove_status
fail (struct grove_application_start *result, const char *name, const char *reason)
{
  strcpy (result->failed, name);
  if (result->reason.size == 0)
    (void) !grove_build (&result->reason, "~a", reason);
  return GROVE_ERR_EXITED;
}

/* @left: how deep it may go on, since they may need each other. */
static enum grove_status
start (const char                        *name,
       const enum grove_application_type *type,
       struct grove_application_start    *result,
       unsigned                           left)
{
  const struct grove_application_spec *loaded = _grove_application_find_loaded (name);
  struct grove_application_spec        spec;
  enum grove_status                    status = GROVE_OK;

  result->master = _grove_supervision_application (name);
  if (result->master != 0)
    return GROVE_OK;
  if (!loaded)
    return fail (result, name, "not_loaded");
  if (left == 0 || result->n_started == GROVE_APPLICATIONS_AT_ONCE)
    return fail (result, name, left == 0 ? "needs_itself" : "system_limit");
  spec = *loaded;
  for (const char *const *need = spec.needs; need && *need && status == GROVE_OK; need++)
    status = start (*need, NULL, result, left - 1);
  if (status != GROVE_OK)
    return status;
  if (type)
    spec.type = *type;
  result->master = 0;
  status = _grove_application_start (&spec, &result->master, &result->reason);
  if (status == GROVE_OK)
    strcpy (result->started[result->n_started++], spec.name);
  else if (status != GROVE_ERR_NAME_TAKEN) /* somebody else was quicker */
    return fail (result, name, grove_status_text (status));
  return GROVE_OK;
}

enum grove_status
_grove_application_start_loaded (const char                        *name,
                                 const enum grove_application_type *type,
                                 struct grove_application_start    *result)
{
  const enum grove_status status = start (name, type, result, GROVE_APPLICATIONS_AT_ONCE);

  if (status == GROVE_OK)
    return GROVE_OK;
  while (result->n_started > 0)
    (void) !grove_application_stop (result->started[--result->n_started]);
  result->master = 0;
  return status;
}
