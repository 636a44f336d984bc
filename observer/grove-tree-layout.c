/* SPDX-License-Identifier: MIT
 *
 * The tidy layout of A. van der Ploeg, "Drawing non-layered tidy trees in linear time" (2014),
 * turned to run from left to right and without recursion: the nodes come breadth first, so walking
 * them backwards visits children before parents, and forwards parents before children.
 *
 * "Near" and "far" are the two ends along x (the depth), "before" and "after" along y (the
 * siblings). Each node has a preliminary place, relative to the sum of the shifts of its ancestors.
 * The outline of a subtree is followed through its children and, past its last, through threads:
 * borrowed links to the next node of the outline, kept in nodes without children.
 *
 * Spreading the slack of one side between siblings favours that side a little. The average of a
 * layout and of the mirrored layout of the mirrored forest favours neither, and is as free of
 * overlaps as the two are, since both keep the same order: so that is what is returned.
 */
#include "observer/grove-tree-layout.h"

#define NONE G_MAXUINT

typedef struct
{
  double far;   /* right edge and the gap that follows */
  double place; /* the upper edge, relative to the shifts above it */
  double shift; /* of the whole subtree */
  double spread,
    spread_at; /* slack handed out between siblings, turned into shifts on the way down */
  double first_shifts, last_shifts; /* sums of the shifts down to the extremes */
  guint  first_thread, last_thread;
  guint  first_extreme, last_extreme; /* the farthest node on either outline */
} Work;

/* How far the outline of the siblings so far reaches, and which of them reaches there: the farther
 * one looks, the earlier the sibling. */
typedef struct
{
  double far;
  guint  index;
} Reach;

typedef struct
{
  const GroveLayoutNode  *nodes;
  const GroveLayoutStyle *style;
  Work                   *work;
  Reach                  *reach;
  gboolean                mirrored;
} Layout;

/* A family: the children of one node, or the roots. */
typedef struct
{
  guint    first, n;
  gboolean roots;
} Family;

static inline guint
family_member (const Layout *self, const Family *family, guint index)
{
  return self->mirrored ? family->first + family->n - 1 - index : family->first + index;
}

static inline guint
next_on_first_outline (const Layout *self, guint node)
{
  const GroveLayoutNode *at = &self->nodes[node];

  if (at->n_children == 0)
    return self->work[node].first_thread;
  return self->mirrored ? at->first_child + at->n_children - 1 : at->first_child;
}

static inline guint
next_on_last_outline (const Layout *self, guint node)
{
  const GroveLayoutNode *at = &self->nodes[node];

  if (at->n_children == 0)
    return self->work[node].last_thread;
  return self->mirrored ? at->first_child : at->first_child + at->n_children - 1;
}

static void
move_subtree (Layout *self, const Family *family, guint index, guint against, double distance)
{
  Work *moved = &self->work[family_member (self, family, index)];

  moved->shift += distance;
  moved->first_shifts += distance;
  moved->last_shifts += distance;

  /* Those between the two that touch share the room that this opens. */
  if (against + 1 < index)
    {
      const double share = distance / (index - against);

      self->work[family_member (self, family, against + 1)].spread += share;
      moved->spread -= share;
      moved->spread_at -= distance - share;
    }
}

static void
set_first_thread (Layout *self, const Family *family, guint index, guint to, double shifts)
{
  Work  *first = &self->work[family_member (self, family, 0)];
  Work  *joined = &self->work[family_member (self, family, index)];
  Work  *end = &self->work[first->first_extreme];
  double difference = shifts - self->work[to].shift - first->first_shifts;

  end->first_thread = to;
  end->shift += difference;
  end->place -= difference;
  first->first_extreme = joined->first_extreme;
  first->first_shifts = joined->first_shifts;
}

static void
set_last_thread (Layout *self, const Family *family, guint index, guint to, double shifts)
{
  Work  *joined = &self->work[family_member (self, family, index)];
  Work  *before = &self->work[family_member (self, family, index - 1)];
  Work  *end = &self->work[joined->last_extreme];
  double difference = shifts - self->work[to].shift - joined->last_shifts;

  end->last_thread = to;
  end->shift += difference;
  end->place -= difference;
  joined->last_extreme = before->last_extreme;
  joined->last_shifts = before->last_shifts;
}

/* Moves the subtree at @index clear of all the siblings before it. */
static void
separate (Layout *self, const Family *family, guint index, guint n_reach)
{
  guint    upper = family_member (self, family, index - 1);
  guint    lower = family_member (self, family, index);
  double   upper_shifts = self->work[upper].shift;
  double   lower_shifts = self->work[lower].shift;
  guint    at = n_reach - 1;
  gboolean siblings = TRUE;

  while (upper != NONE && lower != NONE)
    {
      double gap, distance, upper_far, lower_far;

      while (at > 0 && self->work[upper].far > self->reach[at].far)
        at--;

      gap = family->roots ? self->style->root_gap
            : siblings    ? self->style->sibling_gap
                          : self->style->cousin_gap;
      distance = upper_shifts + self->work[upper].place + self->nodes[upper].height + gap -
                 lower_shifts - self->work[lower].place;
      /* The siblings themselves touch, even when that draws them together. */
      if (distance > 0 || siblings)
        {
          lower_shifts += distance;
          move_subtree (self, family, index, self->reach[at].index, distance);
        }
      siblings = FALSE;

      upper_far = self->work[upper].far;
      lower_far = self->work[lower].far;
      if (upper_far <= lower_far)
        {
          upper = next_on_last_outline (self, upper);
          if (upper != NONE)
            upper_shifts += self->work[upper].shift;
        }
      if (upper_far >= lower_far)
        {
          lower = next_on_first_outline (self, lower);
          if (lower != NONE)
            lower_shifts += self->work[lower].shift;
        }
    }

  if (upper == NONE && lower != NONE)
    set_first_thread (self, family, index, lower, lower_shifts);
  else if (upper != NONE && lower == NONE)
    set_last_thread (self, family, index, upper, upper_shifts);
}

static void
arrange_family (Layout *self, const Family *family)
{
  guint n_reach = 0;
  Work *first = &self->work[family_member (self, family, 0)];

  self->reach[n_reach++] = (Reach){ self->work[first->first_extreme].far, 0 };
  for (guint i = 1; i < family->n; i++)
    {
      const Work  *child = &self->work[family_member (self, family, i)];
      const double far = self->work[child->last_extreme].far;

      separate (self, family, i, n_reach);
      while (n_reach > 0 && far >= self->reach[n_reach - 1].far)
        n_reach--;
      self->reach[n_reach++] = (Reach){ far, i };
    }
}

static void
join_family (Layout *self, guint parent, const Family *family)
{
  const guint first = family_member (self, family, 0);
  const guint last = family_member (self, family, family->n - 1);
  Work       *work = &self->work[parent];

  work->place = (self->work[first].place + self->work[first].shift + self->nodes[first].height / 2 +
                 self->work[last].place + self->work[last].shift + self->nodes[last].height / 2 -
                 self->nodes[parent].height) /
                2;
  work->first_extreme = self->work[first].first_extreme;
  work->first_shifts = self->work[first].first_shifts;
  work->last_extreme = self->work[last].last_extreme;
  work->last_shifts = self->work[last].last_shifts;
}

/* Turns the shares of slack into shifts, once no more can come. */
static void
spread_family (Layout *self, const Family *family)
{
  double step = 0, sum = 0;

  for (guint i = 0; i < family->n; i++)
    {
      Work *child = &self->work[family_member (self, family, i)];

      step += child->spread;
      sum += step + child->spread_at;
      child->shift += sum;
    }
}

/* The upper edges, relative to nothing in particular, are left in "place". */
static void
lay_out (Layout *self, guint n, guint n_roots)
{
  const Family roots = { 0, n_roots, TRUE };

  for (guint i = 0; i < n; i++)
    {
      self->work[i].place = self->work[i].shift = 0;
      self->work[i].spread = self->work[i].spread_at = 0;
      self->work[i].first_shifts = self->work[i].last_shifts = 0;
      self->work[i].first_thread = self->work[i].last_thread = NONE;
      self->work[i].first_extreme = self->work[i].last_extreme = i;
    }

  for (guint i = n; i-- > 0;)
    if (self->nodes[i].n_children > 0)
      {
        const Family family = { self->nodes[i].first_child, self->nodes[i].n_children, FALSE };

        arrange_family (self, &family);
        join_family (self, i, &family);
      }
  arrange_family (self, &roots);

  spread_family (self, &roots);
  for (guint i = 0; i < n; i++)
    {
      const GroveLayoutNode *node = &self->nodes[i];

      if (node->n_children > 0)
        {
          const Family family = { node->first_child, node->n_children, FALSE };
          spread_family (self, &family);
        }
      if (node->parent != NONE)
        self->work[i].shift += self->work[node->parent].shift;
      self->work[i].place += self->work[i].shift;
    }
}

static guint
largest_family (const GroveLayoutNode *nodes, guint n, guint n_roots)
{
  guint largest = n_roots;

  for (guint i = 0; i < n; i++)
    largest = MAX (largest, nodes[i].n_children);
  return largest;
}

void
grove_tree_layout (GroveLayoutNode        *nodes,
                   guint                   n,
                   const GroveLayoutStyle *style,
                   double                 *ret_width,
                   double                 *ret_height)
{
  g_autofree Work  *work = g_new (Work, n);
  g_autofree Reach *reach = NULL;
  guint             n_roots = 0;
  double            width = 0, top = G_MAXDOUBLE, bottom = -G_MAXDOUBLE;
  Layout            self = { nodes, style, work, NULL, FALSE };

  while (n_roots < n && nodes[n_roots].parent == NONE)
    n_roots++;
  reach = g_new (Reach, largest_family (nodes, n, n_roots) + 1);
  self.reach = reach;

  for (guint i = 0; i < n; i++)
    {
      const guint parent = nodes[i].parent;

      g_return_if_fail (parent == NONE ? i < n_roots : parent < i);
      nodes[i].x = parent == NONE ? 0 : work[parent].far;
      work[i].far = nodes[i].x + nodes[i].width + style->level_gap;
      width = MAX (width, nodes[i].x + nodes[i].width);
    }

  if (n > 0)
    {
      lay_out (&self, n, n_roots);
      for (guint i = 0; i < n; i++)
        nodes[i].y = work[i].place + nodes[i].height / 2;
      self.mirrored = TRUE;
      lay_out (&self, n, n_roots);
      for (guint i = 0; i < n; i++)
        {
          nodes[i].y = (nodes[i].y - work[i].place - nodes[i].height / 2) / 2;
          top = MIN (top, nodes[i].y - nodes[i].height / 2);
          bottom = MAX (bottom, nodes[i].y + nodes[i].height / 2);
        }
      for (guint i = 0; i < n; i++)
        nodes[i].y -= top;
    }

  if (ret_width != NULL)
    *ret_width = width;
  if (ret_height != NULL)
    *ret_height = n > 0 ? bottom - top : 0;
}
