/* SPDX-License-Identifier: MIT
 *
 * Scenarios through the real window on a real Erlang and Elixir node. The node runs scenarios.ex
 * and is $GROVE_TEST_NODE (see node.py); what is so is asked over a second bridge.
 */
#pragma once

#include "tests/e2e/scenario.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name;
  void (*test) (WindowFixture *fixture);
} PlayScene;

/* For main(). Each scene is a test /e2e/NAME/SCENE, with a window of its own on the node. */
int play_main (int argc, char **argv, const char *name, const PlayScene *scenes, gsize n_scenes);

/* Tells the conductor what to begin, unless @name, which comes of it, is there. Returns its pid.
 * (transfer full) */
char *play_scene (WindowFixture *fixture, const char *scene, const char *name);
/* Waits until somebody else than @old has that name. (transfer full) */
char *play_await_other (WindowFixture *fixture, const char *name, const char *old);
/* How many of the restarts it allows that supervisor has used, as the node says. */
gint64 play_count_recent_restarts (WindowFixture *fixture, const char *supervisor);

G_END_DECLS
