/* SPDX-License-Identifier: MIT
 *
 * See join.h.
 */
#include "runtime/beam/join.h"

bool
beam_join (const struct beam_joining *joining,
           struct beam_joined        *ret_joined,
           struct beam_trouble       *ret_trouble)
{
  struct beam_link  *link = beam_link_connect (&joining->link, ret_trouble);
  struct beam_agent *agent;
  struct grove_term  hello;

  if (link == NULL)
    return false;
  agent = beam_agent_start (link, joining->as_source, &hello, ret_trouble);
  if (agent == NULL)
    {
      beam_link_close (link);
      return false;
    }
  *ret_joined = (struct beam_joined){ link, beam_source_new (link, agent, hello) };
  return true;
}

void
beam_leave (struct beam_joined *self)
{
  beam_source_free (self->source);
  beam_link_close (self->link);
}
