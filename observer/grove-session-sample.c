/* SPDX-License-Identifier: MIT
 *
 * The system's own figures, twice a second: the last sample and a minute of each metric.
 */
#include "observer/grove-session-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define SAMPLE_INTERVAL_MS 500
#define SERIES_LENGTH      (60 * 1000 / SAMPLE_INTERVAL_MS)

static struct json_object *
open_params (gpointer owner)
{
  struct json_object *params = json_object_new_object ();
  json_object_object_add (params, "interval_ms", json_object_new_int (SAMPLE_INTERVAL_MS));
  return params;
}

/* A quantity is not negative and is a number; what is not given counts as zero. */
static double
quantity (struct json_object *object, const char *member)
{
  double value = _grove_json_real (object, member, 0);
  return isfinite (value) && value > 0 ? _grove_json_bound (value) : 0;
}

static gint64
count (struct json_object *object, const char *member)
{
  return MAX (_grove_json_int (object, member, 0), 0);
}

static gboolean
read_schedulers (struct json_object *params, GroveSample *sample)
{
  struct json_object *schedulers = _grove_json_array (params, "schedulers");
  gsize               n = schedulers != NULL ? json_object_array_length (schedulers) : 0;
  sample->n_schedulers = (guint) MIN (n, G_N_ELEMENTS (sample->scheduler_utilisation));
  for (guint i = 0; i < sample->n_schedulers; i++)
    {
      struct json_object *value = json_object_array_get_idx (schedulers, i);
      if (!json_object_is_type (value, json_type_double) &&
          !json_object_is_type (value, json_type_int))
        return FALSE;
      sample->scheduler_utilisation[i] = CLAMP (json_object_get_double (value), 0, 1);
    }
  return TRUE;
}

static double
mean_utilisation (const GroveSample *sample)
{
  double sum = 0;
  for (guint i = 0; i < sample->n_schedulers; i++)
    sum += sample->scheduler_utilisation[i];
  return sample->n_schedulers > 0 ? sum / sample->n_schedulers : 0;
}

static gboolean
read_sample (struct json_object *params, GroveSample *sample)
{
  memset (sample, 0, sizeof *sample);
  if (!_grove_json_get_int (params, "t", 0, &sample->t_ns) ||
      !_grove_json_get_int (params, "processes", 0, &sample->n_processes))
    return FALSE;
  struct json_object *memory = _grove_json_object (params, "memory");
  struct json_object *observing = _grove_json_object (params, "observing");
  sample->max_processes = count (params, "max_processes");
  sample->run_queue = count (params, "run_queue");
  sample->memory_total = count (memory, "total");
  sample->memory_heaps = count (memory, "heaps");
  sample->memory_stacks = count (memory, "stacks");
  sample->memory_mailboxes = count (memory, "mailboxes");
  sample->memory_control = count (memory, "control");
  sample->memory_binaries = count (memory, "binaries");
  sample->memory_tables = count (memory, "tables");
  sample->memory_code = count (memory, "code");
  sample->memory_atoms = count (memory, "atoms");
  sample->memory_rest = count (memory, "rest");
  sample->reductions_per_s = quantity (params, "reductions/s");
  sample->messages_per_s = quantity (params, "messages/s");
  sample->spawns_per_s = quantity (params, "spawns/s");
  sample->exits_per_s = quantity (params, "exits/s");
  sample->bytes_per_s = quantity (params, "bytes_in/s") + quantity (params, "bytes_out/s");
  sample->counts_bytes = json_object_object_get_ex (params, "bytes_in/s", NULL);
  sample->counts_messages = json_object_object_get_ex (params, "messages/s", NULL);
  sample->counts_spawns = json_object_object_get_ex (params, "spawns", NULL);
  sample->n_spawns = count (params, "spawns");
  sample->n_exits = count (params, "exits");
  sample->n_crashes = count (params, "crashes");
  sample->n_restarts = count (params, "restarts");
  sample->observing_cpu = observing != NULL ? quantity (observing, "cpu") : -1;
  sample->n_sessions = count (observing, "sessions");
  return read_schedulers (params, sample);
}

static gboolean
updated (gpointer owner, struct json_object *params, const char **ret_reason)
{
  GroveSession *self = owner;
  GroveSample   sample;
  if (!read_sample (params, &sample))
    {
      *ret_reason = _ ("It sent a sample that makes no sense.");
      return FALSE;
    }
  self->sample = sample;
  self->has_sample = TRUE;
  self->clock_offset_ns = sample.t_ns - g_get_monotonic_time () * 1000;
  grove_series_push (self->series[GROVE_METRIC_PROCESSES], (double) sample.n_processes);
  grove_series_push (self->series[GROVE_METRIC_MESSAGES_PER_S], sample.messages_per_s);
  grove_series_push (self->series[GROVE_METRIC_MEMORY], (double) sample.memory_total);
  grove_series_push (self->series[GROVE_METRIC_RUN_QUEUE], (double) sample.run_queue);
  grove_series_push (self->series[GROVE_METRIC_REDUCTIONS_PER_S], sample.reductions_per_s);
  grove_series_push (self->series[GROVE_METRIC_UTILISATION], mean_utilisation (&sample));
  grove_series_push (self->series[GROVE_METRIC_BYTES_PER_S], sample.bytes_per_s);
  if (self->cost != sample.observing_cpu)
    {
      self->cost = sample.observing_cpu;
      _grove_session_notify_prop (self, GROVE_SESSION_PROP_COST);
    }
  _grove_session_emit_sample (self);
  return TRUE;
}

void
_grove_session_sample_init (GroveSession *self)
{
  static const GroveSubscriptionKind kind = {
    .open_method = "system.watch",
    .close_method = "system.unwatch",
    .ack_method = "system.ack",
    .update = "system.sample",
    .open_params = open_params,
    .updated = updated,
    .fixed_pace = TRUE,
  };
  for (guint i = 0; i < GROVE_N_METRICS; i++)
    self->series[i] = grove_series_new (SERIES_LENGTH);
  self->cost = -1;
  self->watch = _grove_subscription_new (self, &kind, self);
  _grove_subscription_set_wanted (self->watch, TRUE);
}

void
_grove_session_sample_clear (GroveSession *self)
{
  for (guint i = 0; i < GROVE_N_METRICS; i++)
    grove_series_clear (self->series[i]);
  self->has_sample = FALSE;
  if (self->cost != -1)
    {
      self->cost = -1;
      _grove_session_notify_prop (self, GROVE_SESSION_PROP_COST);
    }
}

void
_grove_session_sample_finish (GroveSession *self)
{
  for (guint i = 0; i < GROVE_N_METRICS; i++)
    g_clear_pointer (&self->series[i], grove_series_free);
}

const GroveSample *
grove_session_get_sample (GroveSession *self)
{
  g_return_val_if_fail (GROVE_IS_SESSION (self), NULL);
  return self->has_sample ? &self->sample : NULL;
}

GroveSeries *
grove_session_get_series (GroveSession *self, GroveMetric metric)
{
  g_return_val_if_fail (GROVE_IS_SESSION (self), NULL);
  g_return_val_if_fail (metric < GROVE_N_METRICS, NULL);
  return self->series[metric];
}
