/* SPDX-License-Identifier: MIT
 *
 * Saving the supervision graph as a picture.
 */
#include "ui/grove-graph-export.h"

#include "observer/grove-picture.h"
#include "ui/grove-palette.h"

#include <glib/gi18n.h>

static const struct
{
  const char        *suffix;
  GrovePictureFormat format;
} formats[] = {
  { "svg", GROVE_PICTURE_SVG },
  { "png", GROVE_PICTURE_PNG },
  { "pdf", GROVE_PICTURE_PDF },
};

/* What the thread needs, all of it its own. */
typedef struct
{
  GroveSave         *save;
  GroveGraphScene   *scene;
  GArray            *arcs; /* GroveGraphArc */
  GroveGraphMetric   metric;
  GroveColours       colours;
  GrovePictureFormat format;
  GrovePictureFacts  facts;
} Job;

static void
job_free (Job *self)
{
  g_object_unref (self->save);
  grove_graph_scene_free (self->scene);
  g_array_unref (self->arcs);
  g_free (self);
}

static void
draw (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job    *job = data;
  GError *error = NULL;
  GBytes *bytes = grove_picture_draw (job->scene, job->metric, &job->colours, job->format,
                                      (const GroveGraphArc *) (gconstpointer) job->arcs->data,
                                      job->arcs->len, &job->facts, &error);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
on_drawn (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), &error);
  g_autofree char *what = NULL;

  if (bytes == NULL)
    {
      grove_save_fail (job->save, error);
      return;
    }
  what = job->facts.scale < 1
           ? g_strdup_printf (_ ("the picture, at %.0f %% of its size"), job->facts.scale * 100)
           : g_strdup (_ ("the picture"));
  grove_save_write (job->save, bytes);
  grove_save_finish (job->save, what);
}

void
grove_graph_export (GroveGraph *graph, GroveSave *save, const char *suffix)
{
  Job *job = g_new0 (Job, 1);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_drawn, NULL);

  job->save = g_object_ref (save);
  job->scene = grove_graph_dup_scene (graph);
  job->arcs = grove_graph_dup_arcs (graph);
  job->metric = grove_graph_get_metric (graph);
  job->colours = grove_palette_get (GTK_WIDGET (graph))->colours;
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_strcmp0 (suffix, formats[i].suffix) == 0)
      job->format = formats[i].format;
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_task_run_in_thread (task, draw);
}

static void
on_chosen (GroveSave *save, const char *suffix, gpointer user_data)
{
  grove_graph_export (user_data, save, suffix);
}

void
grove_graph_export_ask (GroveGraph *graph, const char *name)
{
  const GroveSaveFormat kinds[] = { { _ ("SVG Drawing"), "svg" },
                                    { _ ("PNG Picture"), "png" },
                                    { _ ("PDF Document"), "pdf" } };
  GtkWidget            *widget = GTK_WIDGET (graph);
  GtkRoot              *root = gtk_widget_get_root (widget);
  GtkWidget            *toasts = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);

  grove_save_ask (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                  toasts != NULL ? ADW_TOAST_OVERLAY (toasts) : NULL, _ ("Save Picture"), name,
                  kinds, G_N_ELEMENTS (kinds), on_chosen, g_object_ref (graph), g_object_unref);
}
