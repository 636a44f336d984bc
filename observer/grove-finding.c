/* SPDX-License-Identifier: MIT
 *
 * A finding is plain data that knows its place among others.
 */
#include "observer/grove-finding.h"

#include <glib/gi18n-lib.h>

struct _GroveFinding
{
  GObject          parent_instance;
  GroveFindingKind kind;
  GroveSeverity    severity;
  char            *key;
  char            *pid;
  gint64           since_ns;
  char            *title;
  char            *evidence;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GroveFinding, grove_finding, G_TYPE_OBJECT)

static const struct
{
  const char *name, *title, *view;
} kinds[GROVE_N_FINDINGS] = {
  [GROVE_FINDING_MAILBOX] = { "mailbox", N_ ("Mailboxes that grow"), "mailboxes" },
  [GROVE_FINDING_WAIT] = { "wait", N_ ("Waiting with messages in the mailbox"), "mailboxes" },
  [GROVE_FINDING_RESTARTS] = { "restarts", N_ ("Supervisors that restart too often"),
                               "supervision" },
  [GROVE_FINDING_CRASH] = { "crash", N_ ("Crashes of the last minute"), "supervision" },
  [GROVE_FINDING_SCHEDULER] = { "scheduler", N_ ("Processes that keep a scheduler to themselves"),
                                "processes" },
  [GROVE_FINDING_MEMORY] = { "memory", N_ ("Memory that grows"), "processes" },
  [GROVE_FINDING_NAME] = { "name", N_ ("Names that vanished"), "supervision" },
  [GROVE_FINDING_LIMIT] = { "limit", N_ ("Limits that are near"), "processes" },
  [GROVE_FINDING_CALLS] = { "calls", N_ ("Servers that wait for each other"), "supervision" },
};

const char *
grove_finding_kind_get_name (GroveFindingKind kind)
{
  g_return_val_if_fail (kind < GROVE_N_FINDINGS, "");
  return kinds[kind].name;
}

const char *
grove_finding_kind_get_title (GroveFindingKind kind)
{
  g_return_val_if_fail (kind < GROVE_N_FINDINGS, "");
  return _ (kinds[kind].title);
}

const char *
grove_finding_kind_get_view (GroveFindingKind kind)
{
  g_return_val_if_fail (kind < GROVE_N_FINDINGS, "");
  return kinds[kind].view;
}

const char *
grove_severity_get_name (GroveSeverity severity)
{
  return severity == GROVE_SEVERITY_ALARM ? "alarm" : "warning";
}

static void
grove_finding_finalize (GObject *object)
{
  GroveFinding *self = GROVE_FINDING (object);
  g_free (self->key);
  g_free (self->pid);
  g_free (self->title);
  g_free (self->evidence);
  G_OBJECT_CLASS (grove_finding_parent_class)->finalize (object);
}

static void
grove_finding_class_init (GroveFindingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = grove_finding_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_finding_init (GroveFinding *self)
{
}

GroveFinding *
grove_finding_new (GroveFindingKind kind,
                   GroveSeverity    severity,
                   const char      *key,
                   const char      *pid,
                   gint64           since_ns,
                   char            *title,
                   char            *evidence)
{
  GroveFinding *self = g_object_new (GROVE_TYPE_FINDING, NULL);
  self->kind = kind;
  self->severity = severity;
  self->key = g_strdup (key);
  self->pid = g_strdup (pid);
  self->since_ns = since_ns;
  self->title = title;
  self->evidence = evidence;
  return self;
}

GroveFindingKind
grove_finding_get_kind (GroveFinding *self)
{
  g_return_val_if_fail (GROVE_IS_FINDING (self), GROVE_FINDING_MAILBOX);
  return self->kind;
}

GroveSeverity
grove_finding_get_severity (GroveFinding *self)
{
  g_return_val_if_fail (GROVE_IS_FINDING (self), GROVE_SEVERITY_WARNING);
  return self->severity;
}

const char *
grove_finding_get_key (GroveFinding *self)
{
  g_return_val_if_fail (GROVE_IS_FINDING (self), NULL);
  return self->key;
}

const char *
grove_finding_get_pid (GroveFinding *self)
{
  g_return_val_if_fail (GROVE_IS_FINDING (self), NULL);
  return self->pid;
}

gint64
grove_finding_get_since_ns (GroveFinding *self)
{
  g_return_val_if_fail (GROVE_IS_FINDING (self), 0);
  return self->since_ns;
}

const char *
grove_finding_get_title (GroveFinding *self)
{
  g_return_val_if_fail (GROVE_IS_FINDING (self), NULL);
  return self->title;
}

const char *
grove_finding_get_evidence (GroveFinding *self)
{
  g_return_val_if_fail (GROVE_IS_FINDING (self), NULL);
  return self->evidence;
}

static gboolean
take_text (char **field, const char *text)
{
  if (g_strcmp0 (*field, text) == 0)
    return FALSE;
  g_free (*field);
  *field = g_strdup (text);
  return TRUE;
}

void
grove_finding_take (GroveFinding *self, GroveFinding *other)
{
  g_return_if_fail (GROVE_IS_FINDING (self));
  g_return_if_fail (GROVE_IS_FINDING (other));
  gboolean changed = self->severity != other->severity || self->since_ns != other->since_ns;
  self->severity = other->severity;
  self->since_ns = other->since_ns;
  changed |= take_text (&self->pid, other->pid);
  changed |= take_text (&self->title, other->title);
  changed |= take_text (&self->evidence, other->evidence);
  if (changed)
    g_signal_emit (self, signals[CHANGED], 0);
}

gint
grove_finding_compare (gconstpointer a, gconstpointer b)
{
  const GroveFinding *x = *(GroveFinding *const *) a, *y = *(GroveFinding *const *) b;
  if (x->severity != y->severity)
    return x->severity > y->severity ? -1 : 1;
  if (x->since_ns != y->since_ns)
    return x->since_ns < y->since_ns ? -1 : 1;
  return g_strcmp0 (x->key, y->key);
}
