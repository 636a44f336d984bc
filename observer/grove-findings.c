/* SPDX-License-Identifier: MIT
 *
 * GroveFindings: asks the system, tells the diagnosis, and keeps what it concludes as a list. What
 * is asked is in grove-findings-look.c.
 */
#include "observer/grove-findings-private.h"

#define LOOK_INTERVAL_MS 1000

enum
{
  PROP_0,
  PROP_ACTIVE,
  PROP_MAILBOX_LIMIT,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

enum
{
  LOOKED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GroveFindings,
                               grove_findings,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* ---- The list ---------------------------------------------------------------------------------
 */

static GroveFinding *
find_by_key (GPtrArray *findings, const char *key)
{
  for (guint i = 0; i < findings->len; i++)
    if (g_str_equal (grove_finding_get_key (findings->pdata[i]), key))
      return findings->pdata[i];
  return NULL;
}

/* The same trouble stays the same object. */
static void
keep_objects (GroveFindings *self, GPtrArray *findings)
{
  for (guint i = 0; i < findings->len; i++)
    {
      GroveFinding *fresh = findings->pdata[i];
      GroveFinding *known = find_by_key (self->findings, grove_finding_get_key (fresh));
      if (known == NULL)
        continue;
      grove_finding_take (known, fresh);
      findings->pdata[i] = g_object_ref (known);
      g_object_unref (fresh);
    }
}

static void
replace (GroveFindings *self, GPtrArray *findings)
{
  guint n_before = self->findings->len, n_now = findings->len, head = 0, tail = 0;
  keep_objects (self, findings);
  while (head < MIN (n_before, n_now) && self->findings->pdata[head] == findings->pdata[head])
    head++;
  while (tail < MIN (n_before, n_now) - head &&
         self->findings->pdata[n_before - 1 - tail] == findings->pdata[n_now - 1 - tail])
    tail++;
  GPtrArray *before = self->findings;
  self->findings = findings;
  if (head + tail < MAX (n_before, n_now))
    g_list_model_items_changed (G_LIST_MODEL (self), head, n_before - head - tail,
                                n_now - head - tail);
  g_ptr_array_unref (before);
}

static GType
get_item_type (GListModel *model)
{
  return GROVE_TYPE_FINDING;
}

static guint
get_n_items (GListModel *model)
{
  return GROVE_FINDINGS (model)->findings->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GroveFindings *self = GROVE_FINDINGS (model);
  return position < self->findings->len ? g_object_ref (self->findings->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- Looking ----------------------------------------------------------------------------------
 */

static gboolean
look (gpointer user_data)
{
  GroveFindings *self = g_object_ref (user_data);
  if (grove_session_get_sample (self->session) != NULL)
    {
      gint64 now_ns = grove_session_now_ns (self->session);
      if (self->begun_ns == 0)
        self->begun_ns = now_ns;
      self->looked_ns = now_ns;
      _grove_findings_look (self, now_ns);
      replace (self, _grove_diagnosis_conclude (self->diagnosis, now_ns));
      g_signal_emit (self, signals[LOOKED], 0);
    }
  g_object_unref (self);
  return G_SOURCE_CONTINUE;
}

/* What was seen before a pause, or a loss, says nothing of how long it lasts. */
static void
begin_anew (GroveFindings *self)
{
  self->begun_ns = 0;
  _grove_diagnosis_clear (self->diagnosis);
}

static void
update_timer (GroveFindings *self)
{
  gboolean run = self->active && _grove_session_is_flowing (self->session);
  if (run && self->timer == 0)
    {
      begin_anew (self);
      self->timer = g_timeout_add (LOOK_INTERVAL_MS, look, self);
    }
  else if (!run)
    {
      g_clear_handle_id (&self->timer, g_source_remove);
      _grove_findings_close (self);
    }
}

static void
sampled (GroveFindings *self)
{
  if (self->timer != 0)
    _grove_diagnosis_see_system (self->diagnosis, grove_session_get_sample (self->session));
}

static void
was_reset (GroveFindings *self)
{
  begin_anew (self);
  replace (self, g_ptr_array_new_with_free_func (g_object_unref));
}

void
grove_findings_set_active (GroveFindings *self, gboolean active)
{
  g_return_if_fail (GROVE_IS_FINDINGS (self));
  active = !!active;
  if (self->active == active || self->session == NULL)
    return;
  self->active = active;
  update_timer (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE]);
}

guint
grove_findings_count (GroveFindings *self, const char *view)
{
  guint n = 0;
  g_return_val_if_fail (GROVE_IS_FINDINGS (self), 0);
  for (guint i = 0; i < self->findings->len; i++)
    {
      GroveFindingKind kind = grove_finding_get_kind (self->findings->pdata[i]);
      if (view == NULL || g_str_equal (grove_finding_kind_get_view (kind), view))
        n++;
    }
  return n;
}

gint64
grove_findings_get_watched_ns (GroveFindings *self)
{
  g_return_val_if_fail (GROVE_IS_FINDINGS (self), 0);
  return self->begun_ns != 0 ? self->looked_ns - self->begun_ns : 0;
}

gboolean
grove_findings_get_budget (GroveFindings *self, GroveRestartBudget *ret_budget)
{
  GroveSeenSupervisor supervisor;
  g_return_val_if_fail (GROVE_IS_FINDINGS (self), FALSE);
  if (!_grove_diagnosis_get_budget (self->diagnosis, self->looked_ns, &supervisor))
    return FALSE;
  *ret_budget = (GroveRestartBudget){ supervisor.pid, supervisor.name, supervisor.intensity,
                                      supervisor.period_s, supervisor.recent_restarts };
  return TRUE;
}

/* ---- The object -------------------------------------------------------------------------------
 */

static void
grove_findings_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  GroveFindings *self = GROVE_FINDINGS (object);
  switch (prop_id)
    {
    case PROP_ACTIVE:
      g_value_set_boolean (value, self->active);
      break;
    case PROP_MAILBOX_LIMIT:
      g_value_set_int64 (value, self->mailbox_limit);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
set_mailbox_limit (GroveFindings *self, gint64 limit)
{
  if (self->mailbox_limit == limit)
    return;
  self->mailbox_limit = limit;
  _grove_diagnosis_set_mailbox_limit (self->diagnosis, limit);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAILBOX_LIMIT]);
}

static void
grove_findings_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  GroveFindings *self = GROVE_FINDINGS (object);
  switch (prop_id)
    {
    case PROP_ACTIVE:
      grove_findings_set_active (self, g_value_get_boolean (value));
      break;
    case PROP_MAILBOX_LIMIT:
      set_mailbox_limit (self, g_value_get_int64 (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
grove_findings_dispose (GObject *object)
{
  GroveFindings *self = GROVE_FINDINGS (object);
  if (self->session != NULL)
    {
      g_clear_handle_id (&self->timer, g_source_remove);
      g_signal_handlers_disconnect_by_data (self->session, self);
      _grove_findings_finish (self);
      g_clear_object (&self->session);
    }
  G_OBJECT_CLASS (grove_findings_parent_class)->dispose (object);
}

static void
grove_findings_finalize (GObject *object)
{
  GroveFindings *self = GROVE_FINDINGS (object);
  g_ptr_array_unref (self->findings);
  _grove_diagnosis_free (self->diagnosis);
  G_OBJECT_CLASS (grove_findings_parent_class)->finalize (object);
}

static void
grove_findings_class_init (GroveFindingsClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  object_class->get_property = grove_findings_get_property;
  object_class->set_property = grove_findings_set_property;
  object_class->dispose = grove_findings_dispose;
  object_class->finalize = grove_findings_finalize;

  properties[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE, flags);
  properties[PROP_MAILBOX_LIMIT] =
    g_param_spec_int64 ("mailbox-limit", NULL, NULL, 1, G_MAXINT32, GROVE_MAILBOX_LIMIT, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[LOOKED] = g_signal_new ("looked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}

static void
grove_findings_init (GroveFindings *self)
{
  self->findings = g_ptr_array_new_with_free_func (g_object_unref);
  self->diagnosis = _grove_diagnosis_new ();
  self->mailbox_limit = GROVE_MAILBOX_LIMIT;
}

GroveFindings *
grove_findings_new (GroveSession *session)
{
  g_return_val_if_fail (GROVE_IS_SESSION (session), NULL);
  GroveFindings *self = g_object_new (GROVE_TYPE_FINDINGS, NULL);
  self->session = g_object_ref (session);
  _grove_findings_init (self);
  g_signal_connect_swapped (session, "notify::state", G_CALLBACK (update_timer), self);
  g_signal_connect_swapped (session, "notify::paused", G_CALLBACK (update_timer), self);
  g_signal_connect_swapped (session, "sample", G_CALLBACK (sampled), self);
  g_signal_connect_swapped (session, "reset", G_CALLBACK (was_reset), self);
  return self;
}
