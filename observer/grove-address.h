/* SPDX-License-Identifier: MIT
 *
 * GroveAddress: where a system is, as a person writes it. The one place that reads it, for the
 * windows and for the command line:
 *
 *   shop                    a name in the directory of this user's systems
 *   ./run/shop.sock         the path of a socket: it has a slash
 *   ssh:[user@]host/shop    that name on another machine, through `ssh HOST grove dial-stdio shop`
 *   ssh:[user@]host         the only system that runs there
 *   beam:node@host          an Erlang or Elixir node, through `grove-beam node@host`
 *   beam:node@host?tls&...  likewise, with what is special about the way there: tls, port=PORT,
 *                           ca=FILE, cert=FILE, key=FILE (for TLS), cookie-file=FILE; joined with
 *                           &, values escaped as in URIs
 *   exec:COMMAND...         whatever speaks the protocol on its standard input and output
 *
 * Threads: any thread.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GROVE_ADDRESS_ERROR (grove_address_error_quark ())
GQuark grove_address_error_quark (void);

typedef struct
{
  char  *text; /* as it was written */
  char  *name; /* what to call the system until it has said its name */
  char  *path; /* of a socket; NULL: a command is run */
  char **argv; /* of the command; NULL: a socket is connected to */
  char  *node; /* of Erlang, that the command leads to; NULL: none */
} GroveAddress;

/**
 * grove_address_parse:
 * @text: copied
 * @error: its first line says what is wrong, the others what is allowed
 *
 * The environment variables GROVE_SSH and GROVE_BEAM are the programs that `ssh:` and `beam:` run,
 * with their options, as a shell would part them; else they are ssh and grove-beam.
 *
 * Returns: (transfer full): NULL on an error
 * Since: 0.1
 */
GroveAddress *grove_address_parse (const char *text, GError **error);

/* @self: (nullable) (transfer full). Since: 0.1 */
void grove_address_free (GroveAddress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GroveAddress, grove_address_free)

/* Returns: (transfer full) (nullable): the target of another node of the cluster that @target is
 * in: the one that is served with it, else a way with what is special about that there, but for
 * its port. NULL when @node is no node's name. Since: 0.1 */
char *grove_address_dup_sibling (const char *target, const char *node);

/* Returns: (transfer full): where the sockets of this user's systems are. Since: 0.1 */
char *grove_address_get_directory (void);

/* Returns: whether a system may be called that: it is the name of a file. Since: 0.1 */
gboolean grove_address_name_is_valid (const char *name);

/* Private to observer/: the words of the program that joins Erlang nodes. */
gboolean _grove_address_add_bridge (GPtrArray *argv, GError **error);

G_END_DECLS
