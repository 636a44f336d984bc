/* SPDX-License-Identifier: MIT
 *
 * Where columns stand.
 */
#include "ui/grove-row-columns.h"

/* Those not named are hidden at first; the one with a ! takes the room that is left. */
static const struct
{
  const char *table, *columns;
} known[] = {
  { "crashes", "at_ns,name,pid,reason!,function,outcome" },
  { "events", "at_ns,kind,name,pid,peer,function,detail!" },
  { "log", "at_ns,level,name,text!,source" },
  { "audit", "at_ns,command,name,pid,answer,result!,client" },
  { "names", "name!,pid,status,messages,memory,app,initial,started_ns" },
  { "applications",
    "name!,status,type,version,processes,memory,restarts,started_ns,needed_by,pid" },
  { "timers", "due_ns,name,pid,kind,period_ns,message!" },
  { "sessions", "session,client!,version,role,os_pid,opened_ns,requests,subscriptions,bytes_out" },
  /* Of an Erlang node. */
  { "ets", "name!,objects,memory,owner_name,owner,type,protection" },
  { "objects", "index,key,object!,size" },
  { "sockets", "socket,kind,local!,peer,state,owner_name,bytes_in,bytes_out,queued" },
  { "ports", "port,name!,owner_name,owner,bytes_in,bytes_out,queued,memory" },
};

static const int widths[] = {
  [GROVE_CELL_TEXT] = 150,     [GROVE_CELL_PID] = 112,      [GROVE_CELL_TERM] = 280,
  [GROVE_CELL_FUNCTION] = 150, [GROVE_CELL_WORD] = 136,     [GROVE_CELL_BOOLEAN] = 84,
  [GROVE_CELL_COUNT] = 104,    [GROVE_CELL_NUMBER] = 76,    [GROVE_CELL_RATE] = 104,
  [GROVE_CELL_BYTES] = 104,    [GROVE_CELL_DURATION] = 104, [GROVE_CELL_AT] = 118,
  [GROVE_CELL_SINCE] = 112,    [GROVE_CELL_DUE] = 104,
};

static const char *
find_order (const char *table)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (known[i].table, table))
      return known[i].columns;
  return NULL;
}

static guint
find (const GroveRowColumn *columns, guint n, const char *name)
{
  for (guint i = 0; i < n; i++)
    if (g_str_equal (columns[i].name, name))
      return i;
  return G_MAXUINT;
}

static void
add (GArray *places, const GroveRowColumn *columns, guint index, gboolean shown, gboolean expand)
{
  const GroveRowPlace place = { index, widths[columns[index].kind], shown, expand };

  for (guint i = 0; i < places->len; i++)
    if (g_array_index (places, GroveRowPlace, i).index == index)
      return;
  g_array_append_val (places, place);
}

GArray *
grove_row_columns_arrange (const char *table, const GroveRowColumn *columns, guint n)
{
  GArray          *places = g_array_new (FALSE, FALSE, sizeof (GroveRowPlace));
  g_autofree char *name = g_strndup (table, strcspn (table, "/"));
  const char      *order = find_order (name);

  if (order != NULL)
    {
      g_auto (GStrv) names = g_strsplit (order, ",", -1);

      for (guint i = 0; names[i] != NULL; i++)
        {
          gboolean expand = g_str_has_suffix (names[i], "!");
          guint    index;

          if (expand)
            names[i][strlen (names[i]) - 1] = '\0';
          index = find (columns, n, names[i]);
          if (index != G_MAXUINT)
            add (places, columns, index, TRUE, expand);
        }
    }
  for (guint i = 0; i < n; i++)
    add (places, columns, i, order == NULL, order == NULL && i == 0);
  return places;
}
