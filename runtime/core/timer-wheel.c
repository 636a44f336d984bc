/* SPDX-License-Identifier: MIT
 *
 * See timer-wheel.h. A timer's level is that of the highest digit, to the base of 64, in which its
 * tick differs from that of the wheel; the digit there is its slot. While the wheel's tick moves
 * without reaching a slot's beginning, no digit above changes, so all stay where they belong.
 */
#include "runtime/core/timer-wheel.h"

#define DIGIT_BITS 6

_Static_assert(GROVE_WHEEL_SLOTS == 1 << DIGIT_BITS, "a slot is a digit");
_Static_assert(GROVE_WHEEL_LEVELS *DIGIT_BITS + GROVE_WHEEL_TICK_SHIFT >= 64, "no deadline is out");

/* Rounded up: nothing is due before its time. */
static uint64_t
tick_of (uint64_t deadline_ns)
{
  uint64_t tick = deadline_ns >> GROVE_WHEEL_TICK_SHIFT;

  return tick + ((deadline_ns & ((1U << GROVE_WHEEL_TICK_SHIFT) - 1)) != 0);
}

static void
init_list (struct grove_wheel_timer *head)
{
  head->next = head->previous = head;
  head->deadline_ns = UINT64_MAX;
}

static bool
is_empty (const struct grove_wheel_timer *head)
{
  return head->next == head;
}

static void
append (struct grove_wheel_timer *head, struct grove_wheel_timer *timer)
{
  timer->next = head;
  timer->previous = head->previous;
  head->previous->next = timer;
  head->previous = timer;
}

/* Moves all of @from behind those of @to. */
static void
splice (struct grove_wheel_timer *to, struct grove_wheel_timer *from)
{
  from->next->previous = to->previous;
  to->previous->next = from->next;
  from->previous->next = to;
  to->previous = from->previous;
  init_list (from);
}

static struct grove_wheel_timer *
pop (struct grove_wheel_timer *head)
{
  struct grove_wheel_timer *timer = head->next;

  _grove_wheel_remove (timer);
  return timer;
}

void
_grove_wheel_init (struct grove_wheel *self, uint64_t now_ns)
{
  self->tick = now_ns >> GROVE_WHEEL_TICK_SHIFT;
  init_list (&self->due);
  init_list (&self->falling);
  for (unsigned level = 0; level < GROVE_WHEEL_LEVELS; level++)
    {
      self->occupied[level] = 0;
      for (unsigned slot = 0; slot < GROVE_WHEEL_SLOTS; slot++)
        init_list (&self->slots[level][slot]);
    }
}

static void
place (struct grove_wheel *self, struct grove_wheel_timer *timer)
{
  uint64_t                  tick = tick_of (timer->deadline_ns);
  unsigned                  level, slot;
  struct grove_wheel_timer *head;

  if (tick <= self->tick)
    {
      append (&self->due, timer);
      return;
    }
  level = (63 - (unsigned) __builtin_clzll (tick ^ self->tick)) / DIGIT_BITS;
  slot = tick >> (level * DIGIT_BITS) & (GROVE_WHEEL_SLOTS - 1);
  head = &self->slots[level][slot];
  if (is_empty (head) || timer->deadline_ns < head->deadline_ns)
    head->deadline_ns = timer->deadline_ns;
  self->occupied[level] |= UINT64_C (1) << slot;
  append (head, timer);
}

void
_grove_wheel_add (struct grove_wheel *self, struct grove_wheel_timer *timer, uint64_t deadline_ns)
{
  timer->deadline_ns = deadline_ns;
  place (self, timer);
}

/* The first slot that is not empty; false: all are. The bits of those that have been emptied are
 * cleared on the way. */
static bool
first_slot (struct grove_wheel *self, unsigned *ret_level, unsigned *ret_slot)
{
  for (unsigned level = 0; level < GROVE_WHEEL_LEVELS; level++)
    while (self->occupied[level] != 0)
      {
        unsigned slot = (unsigned) __builtin_ctzll (self->occupied[level]);
        if (!is_empty (&self->slots[level][slot]))
          {
            *ret_level = level;
            *ret_slot = slot;
            return true;
          }
        self->occupied[level] &= self->occupied[level] - 1;
      }
  return false;
}

/* The first tick of a slot. */
static uint64_t
beginning (const struct grove_wheel *self, unsigned level, unsigned slot)
{
  uint64_t above = ~(uint64_t) 0 << (level * DIGIT_BITS) << DIGIT_BITS;

  return (self->tick & above) | (uint64_t) slot << (level * DIGIT_BITS);
}

/* Goes to the next slot that begins by @tick; false: there is none, and the wheel is at @tick. */
static bool
turn (struct grove_wheel *self, uint64_t tick)
{
  unsigned level, slot;

  if (!first_slot (self, &level, &slot) || beginning (self, level, slot) > tick)
    {
      if (self->tick < tick)
        self->tick = tick;
      return false;
    }
  self->tick = beginning (self, level, slot);
  self->occupied[level] &= ~(UINT64_C (1) << slot);
  splice (level == 0 ? &self->due : &self->falling, &self->slots[level][slot]);
  return true;
}

struct grove_wheel_timer *
_grove_wheel_take (struct grove_wheel *self, uint64_t now_ns, unsigned *budget)
{
  uint64_t tick = now_ns >> GROVE_WHEEL_TICK_SHIFT;

  for (;;)
    {
      if (!is_empty (&self->due))
        return pop (&self->due);
      if (!is_empty (&self->falling))
        {
          if (*budget == 0)
            return NULL;
          --*budget;
          place (self, pop (&self->falling));
        }
      else if (!turn (self, tick))
        return NULL;
    }
}

uint64_t
_grove_wheel_next (struct grove_wheel *self)
{
  unsigned level, slot;
  uint64_t tick;

  if (!is_empty (&self->due) || !is_empty (&self->falling))
    return 0;
  if (!first_slot (self, &level, &slot))
    return UINT64_MAX;
  tick = tick_of (self->slots[level][slot].deadline_ns);
  return tick > UINT64_MAX >> GROVE_WHEEL_TICK_SHIFT ? UINT64_MAX : tick << GROVE_WHEEL_TICK_SHIFT;
}
