/* SPDX-License-Identifier: MIT
 *
 * Helpers for tests with a real observed system: start and stop programs that export themselves, in
 * a runtime directory of the test's own, and speak the protocol with them line by line over the
 * real socket. Blocking, with deadlines: what does not come in time fails the test.
 */
#pragma once

#include <gio/gio.h>
#include <json-c/json.h>

G_BEGIN_DECLS

/* Gives this program, and all it starts, an empty XDG_RUNTIME_DIR, removed when it ends. To be
 * called first in main(). */
void grove_test_runtime_directory_init (void);
/* Where the systems' sockets are. */
const char *grove_test_socket_directory (void);
char       *grove_test_socket_path (const char *name);

/* ---- Programs ---------------------------------------------------------------------------------
 */

typedef struct _GroveTestSystem GroveTestSystem;

/* Starts @argv and waits until the system @name answers on its socket. It ends with the test
 * program at the latest. */
GroveTestSystem *grove_test_system_start (const char *name, const char *const *argv);
GPid             grove_test_system_get_pid (GroveTestSystem *self);
gboolean         grove_test_system_is_running (GroveTestSystem *self);
/* What it has written to standard output and standard error. */
char *grove_test_system_read_output (GroveTestSystem *self);
/* Types into its standard input, which is otherwise silent, and open until it ends. */
void grove_test_system_type (GroveTestSystem *self, const char *text);
/* Sends @signal and waits for its end. Returns the wait status; frees. */
int grove_test_system_end (GroveTestSystem *self, int signal);
/* Ends it as Ctrl-C does; it must end well and take the socket of @name away. */
void grove_test_system_stop (GroveTestSystem *self, const char *name);

/* Runs a program to its end. @environment: NULL inherits. Returns the exit code, 128 + n for a
 * signal. */
int
grove_test_run (const char *const *argv, char **environment, char **ret_output, char **ret_errors);

/* ---- The wire ---------------------------------------------------------------------------------
 */

typedef struct _GroveTestWire GroveTestWire;

GroveTestWire *grove_test_wire_connect (const char *socket_path);
/* Speaks over a descriptor that is connected already; owns it. */
GroveTestWire *grove_test_wire_new (int fd);
void           grove_test_wire_free (GroveTestWire *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GroveTestWire, grove_test_wire_free)

/* Sends bytes as they are. */
void grove_test_wire_send_bytes (GroveTestWire *self, const void *bytes, gsize size);
/* Sends one line, adding the LF. */
void grove_test_wire_send (GroveTestWire *self, const char *line);
/* The next message; NULL when the other side closed. (transfer full) */
struct json_object *grove_test_wire_read (GroveTestWire *self);
/* Reads on to the next notification @method and gives its params. (transfer full) */
struct json_object *grove_test_wire_await (GroveTestWire *self, const char *method);

/* Reads the greeting and opens the session. Returns the greeting's params. (transfer full) */
struct json_object *grove_test_wire_open (GroveTestWire *self, const char *role);
/* All of it with the system @name. */
GroveTestWire *grove_test_wire_connect_to (const char *name, const char *role);
/* One call; @params_format makes the JSON of its params. The result, or *ret_error if the call
 * failed (with NULL there a failure fails the test). Notifications on the way are passed over.
 * (transfer full) */
struct json_object *grove_test_wire_call (GroveTestWire       *self,
                                          const char          *method,
                                          struct json_object **ret_error,
                                          const char          *params_format,
                                          ...) G_GNUC_PRINTF (4, 5);
/* The code with which a call failed; it must. */
int
grove_test_wire_call_error (GroveTestWire *self, const char *method, const char *params_format, ...)
  G_GNUC_PRINTF (3, 4);

/* The pid of the process of that name; NULL when there is none. */
char *grove_test_wire_find_pid (GroveTestWire *self, const char *name);

/* A member of an object, which must be there and of the right type. */
const char         *grove_test_json_string (struct json_object *object, const char *name);
gint64              grove_test_json_int (struct json_object *object, const char *name);
struct json_object *grove_test_json_object (struct json_object *object, const char *name);

G_END_DECLS
