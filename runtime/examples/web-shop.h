/* SPDX-License-Identifier: MIT
 *
 * The web shop: what its parts know of each other. A connection is a process that reads requests
 * (web-shop-http.c) and has each answered by a process of its own (web-shop-pages.c), which borrows
 * a database worker from a pool (web-shop-worker.c):
 *
 *   web_shop_sup -> db           the pool: ten workers, each with a connection to the database
 *                -> request_sup  -> a process for each request (temporary)
 *                -> connection_sup -> a process for each connection (temporary)
 *                -> listener     owns the socket that people connect to
 *                -> acceptor
 */
#pragma once

#include "runtime/grove.h"
#include "web-shop-database.h"

#include <stdatomic.h>

#define SHOP_MS INT64_C (1000000) /* in nanoseconds */

#define SHOP_POOL           "db"
#define SHOP_N_WORKERS      10
#define SHOP_REQUEST_SUP    "request_sup"
#define SHOP_CONNECTION_SUP "connection_sup"

/* What is answered beyond these is said where they are looked at. */
#define SHOP_MAX_CONNECTIONS 10000
#define SHOP_MAX_REQUESTS    2000 /* at a time */

/* Set before the runtime runs, and read by all. */
struct shop_settings
{
  const char *name;      /* for observers */
  const char *directory; /* of the observers' socket; NULL: the usual one */
  const char *host;
  uint16_t    port; /* 0: any; once it is known, that one */
  const char *database;
  bool        in_memory; /* the orders are kept in memory instead */
  bool        observe;
  bool        log_requests;
  long        n_schedulers;
  int64_t     idle_ns;    /* a connection without a request */
  int64_t     header_ns;  /* from the first byte of a request to the end of its header */
  int64_t     body_ns;    /* from there to its end */
  int64_t     request_ns; /* until its process has answered */
  int64_t     pool_ns;    /* until a worker is free */
};

extern struct shop_settings shop_settings;

/* Since the program started; written by whoever it happens to, read by /status. */
struct shop_counters
{
  _Atomic uint64_t connections;
  _Atomic uint64_t requests;
  _Atomic uint64_t crashed; /* requests whose process ended without an answer */
};

extern struct shop_counters shop_counters;

/* Crashes as a mistake in C does. Hidden from the sanitizers, which would take it for one. */
void shop_write_to_null (void);

/* ---- A request on its way to its process ------------------------------------------------- */

/* In one block, because it is copied: @text has the target and its NUL, then the body. */
struct shop_request
{
  grove_pid connection;
  uint64_t  number;                /* of the requests of that connection */
  char      peer[GROVE_PEER_SIZE]; /* who asks */
  char      method[16];
  size_t    body_at;
  size_t    body_size;
  char      text[];
};

/* Its answer is a message to the connection:
 * {response, Number, Status, Type, Extra, Body}: Extra are further header lines. */

/* ---- The start functions of the children ------------------------------------------------- */

/* For GROVE_SIMPLE_ONE_FOR_ONE: @arg is a struct shop_request. */
enum grove_status
shop_request_start (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason);
/* Likewise: @arg is a grove_socket, which is the connection's when it gets the message `go`. */
enum grove_status
shop_connection_start (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason);
enum grove_status
shop_listener_start (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason);
enum grove_status
shop_acceptor_start (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason);
enum grove_status
shop_pool_start (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason);
