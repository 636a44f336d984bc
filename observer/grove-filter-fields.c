/* SPDX-License-Identifier: MIT
 *
 * The columns of a table as a query sees them. A system says in its greeting what its tables have,
 * and of which type; what is known beyond that is here: other names, and what values there are.
 */
#include "observer/grove-filter-private.h"

#include "observer/grove-observer-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FIELDS_MAX 128 /* of one table, with their other names */

struct GroveFilterFields
{
  struct json_object *columns; /* counted: names lie in it */
  guint               n;
  GroveField          fields[FIELDS_MAX];
};

/* The table `processes` of this version, for who has no greeting at hand. Those that are asked for
 * most come first: it is the order they are offered in. */
static const struct
{
  const char *name, *type, *unit;
} processes[] = {
  { "pid", "text", "" },
  { "name", "text", "" },
  { "status", "text", "" },
  { "messages", "int", "" },
  { "memory", "int", "bytes" },
  { "reductions/s", "real", "1/s" },
  { "app", "text", "" },
  { "priority", "text", "" },
  { "heap", "int", "bytes" },
  { "stack", "int", "bytes" },
  { "reductions", "int", "" },
  { "messages_in/s", "real", "1/s" },
  { "mailbox_bytes", "int", "bytes" },
  { "initial", "text", "" },
  { "supervisor", "text", "" },
  { "restarts", "int", "" },
  { "age", "int", "ns" },
  { "started_ns", "int", "ns" },
  { "scheduler", "int", "" },
  { "links", "int", "" },
  { "trap_exit", "bool", "" },
  { "system", "bool", "" },
  { "current", "text", "" },
};

static const struct
{
  const char *name, *column;
} aliases[] = {
  { "state", "status" },     { "mailbox", "messages" }, { "reds", "reductions/s" },
  { "in", "messages_in/s" }, { "lived", "lived_ns" },   { "after", "after_ns" },
  { "period", "period_ns" },
};

static const char *const statuses[] = { "running",   "runnable", "waiting",
                                        "suspended", "exiting",  NULL };
static const char *const child_statuses[] = { "running", "runnable",   "waiting",    "suspended",
                                              "exiting", "restarting", "terminated", NULL };
static const char *const application_statuses[] = { "starting", "running", "stopping", "loaded",
                                                    NULL };
static const char *const priorities[] = { "low", "normal", "high", "max", NULL };
static const char *const event_kinds[] = {
  "spawn",         "exit",       "link",       "unlink",     "register",
  "unregister",    "crash",      "suspend",    "resume",     "overrun",
  "long_schedule", "large_heap", "long_queue", "trace_lost", NULL,
};
static const char *const child_kinds[] = { "application", "supervisor", "worker", NULL };
static const char *const timer_kinds[] = { "once", "interval", NULL };
static const char *const levels[] = { "debug", "info", "notice", "warning", "error", NULL };
static const char *const sources[] = { "program", "crash", "supervisor", "application", NULL };
static const char *const roles[] = { "observe", "control", NULL };
static const char *const restart_types[] = { "permanent", "transient", "temporary", NULL };
static const char *const outcomes[] = { "pending", "restarted", "left", "gave_up", "none", NULL };

/* What a column can hold; a later version may have more, but in `processes` a wrong word is
 * likelier. */
static const struct
{
  const char        *table; /* NULL: any */
  const char        *column;
  const char *const *choices;
} choices[] = {
  { "processes", "status", statuses },
  { "processes", "priority", priorities },
  { "names", "status", statuses },
  { "applications", "status", application_statuses },
  { "applications", "type", restart_types },
  { "children", "status", child_statuses },
  { "children", "kind", child_kinds },
  { "children", "restart_type", restart_types },
  { "events", "kind", event_kinds },
  { "timers", "kind", timer_kinds },
  { "crashes", "outcome", outcomes },
  { "log", "level", levels },
  { "log", "source", sources },
  { "sessions", "role", roles },
};

static GroveFieldType
type_of (const char *name, const char *type, const char *unit)
{
  if (strcmp (type, "real") == 0)
    return GROVE_FIELD_RATE;
  if (strcmp (type, "bool") == 0)
    return GROVE_FIELD_BOOLEAN;
  if (strcmp (type, "int") == 0 && strcmp (unit, "bytes") == 0)
    return GROVE_FIELD_BYTES;
  if (strcmp (type, "int") == 0 && strcmp (unit, "ns") == 0)
    return GROVE_FIELD_TIME;
  if (strcmp (type, "int") == 0)
    return GROVE_FIELD_COUNT;
  static const char *const pids[] = { "pid", "supervisor", "successor", "peer", "top", NULL };
  return g_strv_contains (pids, name) ? GROVE_FIELD_PID : GROVE_FIELD_TEXT;
}

static void
add (GroveFilterFields *self, const char *table, const char *name, GroveFieldType type)
{
  if (self->n == FIELDS_MAX || name[0] == '\0')
    return;
  GroveField *field = &self->fields[self->n++];
  *field = (GroveField){ .name = name, .column = name, .type = type };
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    if (strcmp (choices[i].table, table) == 0 && strcmp (choices[i].column, name) == 0)
      {
        field->choices = choices[i].choices;
        field->only_choices = strcmp (table, "processes") == 0;
      }
}

/* One that says no type has columns of the first version, whose types are known. */
static void
add_declared (GroveFilterFields *self, const char *table, struct json_object *column)
{
  const char *name = _grove_json_text (column, "name");
  const char *type = _grove_json_text (column, "type");
  const char *unit = _grove_json_text (column, "unit");
  for (guint i = 0; i < G_N_ELEMENTS (processes) && type[0] == '\0'; i++)
    if (strcmp (table, "processes") == 0 && strcmp (processes[i].name, name) == 0)
      {
        type = processes[i].type;
        unit = processes[i].unit;
      }
  add (self, table, name, type_of (name, type, unit));
}

static void
add_aliases (GroveFilterFields *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (aliases); i++)
    {
      const GroveField *field =
        _grove_filter_fields_find (self, aliases[i].column, strlen (aliases[i].column));
      if (field != NULL && self->n < FIELDS_MAX &&
          _grove_filter_fields_find (self, aliases[i].name, strlen (aliases[i].name)) == NULL)
        {
          self->fields[self->n] = *field;
          self->fields[self->n++].name = aliases[i].name;
        }
    }
}

GroveFilterFields *
_grove_filter_fields_new (const GroveFilterScope *scope)
{
  GroveFilterFields *self = g_new0 (GroveFilterFields, 1);
  const char        *table = scope != NULL ? scope->table : "processes";
  if (scope != NULL && scope->columns != NULL)
    {
      self->columns = json_object_get (scope->columns);
      for (gsize i = 0; i < json_object_array_length (scope->columns); i++)
        add_declared (self, table, json_object_array_get_idx (scope->columns, i));
    }
  else
    for (guint i = 0; i < G_N_ELEMENTS (processes); i++)
      add (self, table, processes[i].name,
           type_of (processes[i].name, processes[i].type, processes[i].unit));
  add_aliases (self);
  return self;
}

void
_grove_filter_fields_free (GroveFilterFields *self)
{
  json_object_put (self->columns);
  g_free (self);
}

const GroveField *
_grove_filter_fields_find (const GroveFilterFields *self, const char *name, gsize length)
{
  for (guint i = 0; i < self->n; i++)
    if (strlen (self->fields[i].name) == length &&
        g_ascii_strncasecmp (self->fields[i].name, name, length) == 0)
      return &self->fields[i];
  return NULL;
}

const GroveField *
_grove_filter_fields_get (const GroveFilterFields *self, guint index)
{
  return index < self->n ? &self->fields[index] : NULL;
}

const char *
_grove_filter_fields_get_bare (const GroveFilterFields *self, guint index)
{
  static const char *const columns[] = { "name", "initial", "id", "text", "reason", "client" };
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (_grove_filter_fields_find (self, columns[i], strlen (columns[i])) != NULL && index-- == 0)
      return columns[i];
  return NULL;
}

char *
_grove_filter_fields_name_some (const GroveFilterFields *self)
{
  static const char *const best[] = { "name",   "app",  "status", "messages",
                                      "memory", "kind", "level",  "reason" };
  GString                 *text = g_string_new (NULL);
  const char              *last = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (best); i++)
    if (_grove_filter_fields_find (self, best[i], strlen (best[i])) != NULL)
      {
        if (last != NULL)
          g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", last);
        last = best[i];
      }
  if (last == NULL && self->n > 0)
    last = self->fields[0].name;
  if (last != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? _ (" or ") : "", last);
  return g_string_free (text, FALSE);
}
