/* SPDX-License-Identifier: MIT
 *
 * The names under which systems are found on a machine, for who holds one without a server of its
 * own, and what there is to know of them before they are spoken to.
 */
#pragma once

#include "protocol/server.h"

/**
 * grove_place_name:
 * @wanted: what it is called elsewhere: the name of an Erlang node
 * @ret_name: (out): what it can be called in grove_socket_directory()
 *
 * The same where that is possible; else like it, and another for each other name.
 *
 * Threads: any thread.
 * Since: 0.1
 */
#define GROVE_PLACE_NAME_SIZE 65
void grove_place_name (const char *wanted, char ret_name[GROVE_PLACE_NAME_SIZE]);

/**
 * grove_place_annotate:
 * @note: lines for who looks for systems; none but these count:
 *   `cluster NAME`: it belongs to those that have the same
 *   `trouble KIND TEXT`: it is not there just now; why, as a number and a sentence
 *
 * Writes what there is to know of a name that is held, into its lock.
 *
 * Threads: any thread.
 * Since: 0.1
 */
void grove_place_annotate (const char *name, const char *note);

struct grove_place;

/**
 * grove_place_claim:
 * @ret_place: (out) (transfer full): free with grove_place_free()
 * @ret_error: (out) (nullable) (transfer full): see grove_protocol_server_new()
 *
 * As grove_protocol_server_new(), but for the socket: for who has a name to hold and nothing to
 * offer yet. A socket that was left behind there is removed.
 *
 * Since: 0.1
 */
enum grove_listen
grove_place_claim (const char *name, struct grove_place **ret_place, char **ret_error);

/* Lets the name go. @self: (nullable) (transfer full). Since: 0.1 */
void grove_place_free (struct grove_place *self);
