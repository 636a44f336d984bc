/* SPDX-License-Identifier: MIT
 *
 * The bytes between us and a node, plain or through TLS, as libei's user supplied socket. During
 * the handshake a call waits; afterwards none does: packets are taken out of a buffer that already
 * holds them whole, what is written is queued, and the loop that owns the descriptor moves both.
 *
 * Threads: one, that of the link.
 */
#pragma once

#include <stdio.h>

#include <ei.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

struct beam_transport;

/* How far a handshake came. */
enum beam_stage
{
  BEAM_STAGE_NONE,
  BEAM_STAGE_CONNECTED,  /* TCP */
  BEAM_STAGE_SECURED,    /* TLS, if it is wanted */
  BEAM_STAGE_STATUS,     /* the node said what it makes of our name */
  BEAM_STAGE_CHALLENGED, /* it asked for proof that we know the cookie */
  BEAM_STAGE_DONE,
};

/* What libei hands from ei_connect_xinit_ussi() to the transport, and what became of it. Longer
 * lived than the attempt to connect. */
struct beam_setup
{
  const char *host;
  int         port;
  SSL_CTX    *tls; /* NULL: none */
  int         timeout_ms;

  struct beam_transport *transport; /* once it is connected; libei's to close */
  enum beam_stage        stage;
  char                   status[64]; /* "ok", "nok", "alive", "not_allowed" */
  char                   tls_error[256];
  bool                   closed; /* by the node, during the handshake */
  int                    error;  /* an errno of the handshake, 0 for none */
  unsigned char          seen[2048];
  size_t                 n_seen;
};

extern ei_socket_callbacks beam_transport_callbacks;

/* From what was seen of a handshake that failed: sets stage and status. */
void beam_setup_look_back (struct beam_setup *self);

/* Takes in what is there, up to some megabytes. False: the node closed it, or it broke;
 * beam_transport_error() is then an errno, 0 when it was closed. */
bool beam_transport_read (struct beam_transport *self);
/* Sends what is queued and goes. False: it broke. */
bool   beam_transport_write (struct beam_transport *self);
int    beam_transport_error (const struct beam_transport *self);
bool   beam_transport_wants_write (const struct beam_transport *self);
size_t beam_transport_queued (const struct beam_transport *self);
/**
 * beam_transport_take:
 * @ret_packet: (out): without its length; borrowed until something is read
 *
 * Returns: false when no whole packet is there. One larger than is allowed ends the connection:
 * beam_transport_error() is EMSGSIZE then.
 */
bool beam_transport_take (struct beam_transport *self,
                          const unsigned char  **ret_packet,
                          size_t                *ret_size);
/* Whether there is something of a packet that is not empty. */
bool beam_transport_has_more_than_ticks (const struct beam_transport *self);
/* Sends an empty packet: we are there. */
void beam_transport_tick (struct beam_transport *self);
