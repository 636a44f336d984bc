/* SPDX-License-Identifier: MIT
 *
 * See address.h.
 */
#include "runtime/io/address.h"

#include "runtime/io/blocking-private.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#define MAX_HOST 255

/* What the thread that looks up works on. Nothing in it needs freeing. */
struct lookup
{
  char                   host[MAX_HOST + 1]; /* "": none */
  uint16_t               port;
  int                    flags;
  int                    result;
  int                    error; /* errno with EAI_SYSTEM */
  struct grove_addresses addresses;
};

static void
look_up (void *data)
{
  struct lookup   *lookup = data;
  struct addrinfo  hints = { .ai_flags = lookup->flags | AI_NUMERICSERV,
                             .ai_socktype = SOCK_STREAM };
  struct addrinfo *found = NULL;
  char             port[8];

  snprintf (port, sizeof port, "%u", lookup->port);
  lookup->result =
    getaddrinfo (lookup->host[0] != '\0' ? lookup->host : NULL, port, &hints, &found);
  lookup->error = errno;
  lookup->addresses.n = 0;
  if (lookup->result != 0)
    return;
  for (struct addrinfo *info = found; info != NULL; info = info->ai_next)
    {
      unsigned n = lookup->addresses.n;
      if (n == GROVE_MAX_ADDRESSES || info->ai_addrlen > sizeof lookup->addresses.items[n].address)
        continue;
      memcpy (&lookup->addresses.items[n].address, info->ai_addr, info->ai_addrlen);
      lookup->addresses.items[n].size = info->ai_addrlen;
      lookup->addresses.n++;
    }
  freeaddrinfo (found);
}

static int
errno_of (const struct lookup *lookup)
{
  switch (lookup->result)
    {
    case EAI_SYSTEM:
      return lookup->error;
    case EAI_MEMORY:
      return ENOMEM;
    case EAI_AGAIN:
      return EAGAIN;
    default:
      return EHOSTUNREACH;
    }
}

static enum grove_status
resolve_path (const char *path, struct grove_addresses *ret_addresses)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  size_t             size = strlen (path);

  if (size == 0 || size >= sizeof address.sun_path)
    return GROVE_ERR_BADARG;
  memcpy (address.sun_path, path, size + 1);
  ret_addresses->n = 1;
  memcpy (&ret_addresses->items[0].address, &address, sizeof address);
  ret_addresses->items[0].size = sizeof address;
  return GROVE_OK;
}

enum grove_status
_grove_address_resolve (const struct grove_address *address,
                        bool                        listening,
                        int64_t                     timeout_ns,
                        struct grove_addresses     *ret_addresses)
{
  struct lookup     lookup = { .port = address->port };
  enum grove_status status = GROVE_OK;

  if (address->path != NULL)
    return resolve_path (address->path, ret_addresses);
  if (address->host != NULL)
    {
      size_t size = strnlen (address->host, MAX_HOST + 1);
      if (size == 0 || size > MAX_HOST)
        return GROVE_ERR_BADARG;
      memcpy (lookup.host, address->host, size);
    }
  if (!listening && address->port == 0)
    return GROVE_ERR_BADARG;
  /* Numbers, and no host, need nobody to be asked. */
  lookup.flags = AI_NUMERICHOST | (listening ? AI_PASSIVE : 0);
  look_up (&lookup);
  if (lookup.result == EAI_NONAME && address->host != NULL)
    {
      lookup.flags = 0;
      status = _grove_blocking_run (look_up, &lookup, sizeof lookup, NULL, timeout_ns);
    }
  if (status != GROVE_OK)
    return status;
  if (lookup.result != 0 || lookup.addresses.n == 0)
    {
      errno = errno_of (&lookup);
      return GROVE_ERR_IO;
    }
  *ret_addresses = lookup.addresses;
  return GROVE_OK;
}
