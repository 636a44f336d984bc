/* SPDX-License-Identifier: MIT
 *
 * How mailboxes are compared.
 */
#include "ui/grove-mailbox-order.h"

#include <string.h>

/* A card passes the one above it when it holds a quarter more, this part of a full bar at least,
 * and this many messages: two about as full as each other do not change places back and forth. */
#define PASS_PART  32
#define PASS_LEAST 5

gint64
grove_mailbox_choose_scale (gint64 peak)
{
  gint64 scale = 10;

  while (scale < peak && scale < G_MAXINT64 / 10)
    {
      if (scale * 2 >= peak)
        return scale * 2;
      if (scale * 5 >= peak)
        return scale * 5;
      scale *= 10;
    }
  return scale;
}

void
grove_mailbox_order (const gint64 *fills, guint *order, guint n, gint64 scale)
{
  gint64 least = MAX (PASS_LEAST, scale / PASS_PART);

  for (guint i = 1; i < n; i++)
    {
      guint moved = order[i];
      guint to = 0;

      /* To above the topmost that holds clearly less; those between hold less than it too. */
      while (to < i && fills[moved] - fills[order[to]] < MAX (least, fills[order[to]] / 4))
        to++;
      memmove (order + to + 1, order + to, (i - to) * sizeof *order);
      order[to] = moved;
    }
}
