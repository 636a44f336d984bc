/* SPDX-License-Identifier: MIT
 *
 * The pages: what the process of a request runs. It may crash, here on purpose: its connection
 * watches it, answers for it then, and nobody else hears of it.
 */
#include "web-shop.h"

#include <errno.h>
#include <http_parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JSON       "application/json"
#define HTML       "text/html; charset=utf-8"
#define PLAIN      "text/plain; charset=utf-8"
#define RETRY      "Retry-After: 1\r\n"
#define CALL_NS    (30000 * SHOP_MS)
#define VALUE_SIZE (SHOP_TEXT_MAX + 2) /* so that one that is too long is seen to be */

/* A request that is being answered: a view into its block. */
struct visit
{
  const struct shop_request *request;
  struct grove_text          path, query;
};

typedef void (*page) (const struct visit *visit);

static void
respond_bytes (const struct visit *visit,
               int                 status,
               const char         *type,
               const char         *extra,
               const char         *body,
               size_t              body_size)
{
  grove_assert (grove_send (visit->request->connection, "{response, ~u, ~i, ~s, ~s, ~b}",
                            visit->request->number, status, type, extra, body,
                            body_size) == GROVE_OK);
}

static void
respond (
  const struct visit *visit, int status, const char *type, const char *extra, const char *body)
{
  respond_bytes (visit, status, type, extra, body, strlen (body));
}

/* ---- Values in a query or a form ---------------------------------------------------------- */

static int
hex_value (char digit)
{
  return digit >= '0' && digit <= '9'   ? digit - '0'
         : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
         : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                        : -1;
}

/* How many bytes the character has that begins there; 0: it is none, or a control character. */
static size_t
character_size (const char *text)
{
  const unsigned char *bytes = (const unsigned char *) text;
  const unsigned char  first = bytes[0];
  const size_t         size = first < 0x80   ? 1
                              : first < 0xc2 ? 0
                              : first < 0xe0 ? 2
                              : first < 0xf0 ? 3
                              : first < 0xf5 ? 4
                                             : 0;

  if (first < 0x20 || first == 0x7f)
    return 0;
  for (size_t i = 1; i < size; i++)
    if ((bytes[i] & 0xc0) != 0x80)
      return 0;
  /* Written longer than it is, half of a pair, or beyond the last. */
  if ((first == 0xe0 && bytes[1] < 0xa0) || (first == 0xed && bytes[1] > 0x9f) ||
      (first == 0xf0 && bytes[1] < 0x90) || (first == 0xf4 && bytes[1] > 0x8f))
    return 0;
  return size;
}

static bool
is_text (const char *text)
{
  while (*text)
    {
      const size_t size = character_size (text);

      if (size == 0)
        return false;
      text += size;
    }
  return true;
}

/* Writes what "a+b%20c" stands for; false: it stands for nothing. */
static bool
decode (struct grove_text from, char *to, size_t size)
{
  size_t n = 0;

  for (size_t i = 0; i < from.size && n + 1 < size; i++)
    {
      char byte = from.bytes[i] == '+' ? ' ' : from.bytes[i];

      if (byte == '%')
        {
          int high = i + 2 < from.size ? hex_value (from.bytes[i + 1]) : -1;
          int low = i + 2 < from.size ? hex_value (from.bytes[i + 2]) : -1;

          if (high < 0 || low < 0)
            return false;
          byte = (char) (high * 16 + low);
          i += 2;
        }
      if (byte == '\0')
        return false;
      to[n++] = byte;
    }
  to[n] = '\0';
  return true;
}

enum found
{
  FOUND,
  ABSENT,
  MALFORMED,
};

/* The value of @name in "name=value&other=value". */
static enum found
find_value (struct grove_text form, const char *name, char value[VALUE_SIZE])
{
  const size_t name_size = strlen (name);
  const char  *next = form.bytes, *end = form.bytes + form.size;

  while (next < end)
    {
      const char *stop = memchr (next, '&', (size_t) (end - next));
      size_t      size = (size_t) ((stop ? stop : end) - next);

      if (size > name_size && memcmp (next, name, name_size) == 0 && next[name_size] == '=')
        {
          struct grove_text raw = { next + name_size + 1, size - name_size - 1 };
          return decode (raw, value, VALUE_SIZE) && is_text (value) ? FOUND : MALFORMED;
        }
      next += size + 1;
    }
  return ABSENT;
}

static bool
parse_number (const char *text, int64_t low, int64_t high, int64_t *ret_value)
{
  char     *end;
  long long value;

  if (text[0] < '0' || text[0] > '9')
    return false;
  errno = 0;
  value = strtoll (text, &end, 10);
  if (errno || *end || value < low || value > high)
    return false;
  *ret_value = value;
  return true;
}

/* False: it has been answered that @name is no number in its range. */
static bool
number_or_refuse (const struct visit *visit,
                  struct grove_text   form,
                  const char         *name,
                  int64_t             low,
                  int64_t             high,
                  int64_t            *value)
{
  char       text[VALUE_SIZE];
  char       body[128];
  enum found found = find_value (form, name, text);

  if (found == ABSENT || (found == FOUND && parse_number (text, low, high, value)))
    return true;
  snprintf (body, sizeof body, "%s wants a number from %lld to %lld\n", name, (long long) low,
            (long long) high);
  respond (visit, 400, PLAIN, "", body);
  return false;
}

/* ---- The database --------------------------------------------------------------------------- */

static void
respond_with_reply (const struct visit *visit, int status, struct grove_term reply)
{
  struct grove_text text;

  if (grove_match (reply, "{ok, ~b}", &text))
    respond_bytes (visit, status, JSON, "", text.bytes, text.size);
  else if (grove_match (reply, "{unavailable, ~b}", &text))
    respond_bytes (visit, 503, PLAIN, RETRY, text.bytes, text.size);
  else
    respond (visit, 404, PLAIN, "", "there is no such order\n");
}

/* What a worker is asked; nothing outside the process's heap, which may be killed while it waits.
 */
struct question
{
  const char *format; /* of the number, if it has one; NULL: an order */
  int64_t     number;
  const char *customer, *item;
};

static enum grove_status
ask_worker (grove_pid worker, const struct question *question, struct grove_message **ret_reply)
{
  if (question->format)
    return grove_call (worker, CALL_NS, ret_reply, question->format, question->number);
  return grove_call (worker, CALL_NS, ret_reply, "{insert, ~s, ~s, ~l}", question->customer,
                     question->item, question->number);
}

/* Asks a worker of the pool, if one is free in time. */
static void
respond_from_database (const struct visit *visit, int status, struct question question)
{
  struct grove_message *reply;
  enum grove_status     called;
  grove_pid             worker;

  if (grove_pool_checkout (SHOP_POOL, shop_settings.pool_ns, &worker) != GROVE_OK)
    {
      respond (visit, 503, PLAIN, RETRY, "no database worker is free\n");
      return;
    }
  called = ask_worker (worker, &question, &reply);
  if (called != GROVE_OK)
    {
      /* Not given back: nobody shall get one that has ended, or that is stuck. Others replace it.
       */
      grove_exit_process (worker, "kill");
      respond (visit, 500, PLAIN, "", "the database worker ended meanwhile\n");
      return;
    }
  grove_pool_checkin (SHOP_POOL, worker);
  respond_with_reply (visit, status, grove_message_term (reply));
  grove_message_free (reply);
}

/* ---- Pages ---------------------------------------------------------------------------------- */

static void
page_front (const struct visit *visit)
{
  respond (visit, 200, HTML, "",
           "<!DOCTYPE html>\n<html lang=\"en\"><head><title>The web shop</title></head><body>\n"
           "<h1>The web shop</h1>\n<ul>\n"
           "<li><a href=\"/orders\">The last orders</a></li>\n"
           "<li><a href=\"/order/1\">The first order</a></li>\n"
           "<li><a href=\"/slow\">A slow page</a></li>\n"
           "<li><a href=\"/boom\">A page that crashes</a></li>\n"
           "<li><a href=\"/crash-db\">A page that crashes a database worker</a></li>\n"
           "<li><a href=\"/status\">How it goes</a></li>\n"
           "</ul>\n</body></html>\n");
}

static void
page_orders (const struct visit *visit)
{
  int64_t limit = 10;

  if (number_or_refuse (visit, visit->query, "limit", 1, SHOP_LIMIT_MAX, &limit))
    respond_from_database (visit, 200, (struct question){ "{list, ~l}", limit, NULL, NULL });
}

static void
page_new_order (const struct visit *visit)
{
  const struct shop_request *request = visit->request;
  const struct grove_text    form = { request->text + request->body_at, request->body_size };
  char                       customer[VALUE_SIZE], item[VALUE_SIZE];
  int64_t                    quantity = 1;

  if (find_value (form, "customer", customer) != FOUND || !customer[0] ||
      strlen (customer) > SHOP_TEXT_MAX || find_value (form, "item", item) != FOUND || !item[0] ||
      strlen (item) > SHOP_TEXT_MAX)
    respond (visit, 400, PLAIN, "", "an order is customer=NAME&item=NAME&quantity=N\n");
  else if (number_or_refuse (visit, form, "quantity", 1, 1000, &quantity))
    respond_from_database (visit, 201, (struct question){ NULL, quantity, customer, item });
}

static void
page_order (const struct visit *visit)
{
  const size_t prefix = strlen ("/order/");
  char         text[24];
  int64_t      id;

  snprintf (text, sizeof text, "%.*s", (int) (visit->path.size - prefix),
            visit->path.bytes + prefix);
  if (visit->path.size - prefix < sizeof text && parse_number (text, 1, INT64_MAX, &id))
    respond_from_database (visit, 200, (struct question){ "{order, ~l}", id, NULL, NULL });
  else
    respond (visit, 404, PLAIN, "", "there is no such order\n");
}

static void
page_slow (const struct visit *visit)
{
  int64_t ms = 1000;

  if (number_or_refuse (visit, visit->query, "ms", 0, SHOP_SLEEP_MAX, &ms))
    respond_from_database (visit, 200, (struct question){ "{sleep, ~l}", ms, NULL, NULL });
}

/* Nobody has set it; the compiler does not know that, or it would leave the writing out. */
static int *volatile nowhere;

__attribute__ ((noinline, no_sanitize ("undefined"), no_sanitize_thread)) void
shop_write_to_null (void)
{
  *nowhere = 1;
}

static void
page_boom (const struct visit *visit)
{
  (void) visit;
  shop_write_to_null ();
}

static void
page_crash_db (const struct visit *visit)
{
  respond_from_database (visit, 200, (struct question){ .format = "crash" });
}

static void
page_status (const struct visit *visit)
{
  struct grove_pool_status pool = { 0 };
  char                     body[512];

  if (grove_pool_status (SHOP_POOL, &pool) != GROVE_OK)
    {
      respond (visit, 503, PLAIN, RETRY, "there is no pool\n");
      return;
    }
  snprintf (body, sizeof body,
            "{\"pool\":{\"free\":%llu,\"lent\":%llu,\"overflow\":%llu,\"waiting\":%llu},"
            "\"connections\":%llu,\"requests\":%llu,\"crashed\":%llu}",
            (unsigned long long) pool.free, (unsigned long long) pool.lent,
            (unsigned long long) pool.overflow, (unsigned long long) pool.waiting,
            (unsigned long long) shop_counters.connections,
            (unsigned long long) shop_counters.requests,
            (unsigned long long) shop_counters.crashed);
  respond (visit, 200, JSON, "", body);
}

/* ---- Finding the page ----------------------------------------------------------------------- */

struct route
{
  const char *path; /* the whole of it, or what it begins with, when it ends in a slash */
  page        get;
  page        post;
};

static const struct route routes[] = {
  { "/orders", page_orders, page_new_order },
  { "/order/", page_order, NULL },
  { "/slow", page_slow, NULL },
  { "/boom", page_boom, NULL },
  { "/crash-db", page_crash_db, NULL },
  { "/status", page_status, NULL },
};
static const struct route front = { "/", page_front, NULL };

static const struct route *
find_route (struct grove_text path)
{
  if (path.size == 1 && path.bytes[0] == '/')
    return &front;
  for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
    {
      const size_t size = strlen (routes[i].path);
      const bool   begins = path.size >= size && memcmp (path.bytes, routes[i].path, size) == 0;

      if (begins && (path.size == size || routes[i].path[size - 1] == '/'))
        return &routes[i];
    }
  return NULL;
}

/* false: the target is no address. */
static bool
split_target (const struct shop_request *request, struct visit *visit)
{
  struct http_parser_url url;

  http_parser_url_init (&url);
  if (http_parser_parse_url (request->text, strlen (request->text), 0, &url) != 0 ||
      (url.field_set & 1 << UF_PATH) == 0 || request->text[url.field_data[UF_PATH].off] != '/')
    return false;
  visit->path =
    (struct grove_text){ request->text + url.field_data[UF_PATH].off, url.field_data[UF_PATH].len };
  visit->query = (struct grove_text){ "", 0 };
  if (url.field_set & 1 << UF_QUERY)
    visit->query = (struct grove_text){ request->text + url.field_data[UF_QUERY].off,
                                        url.field_data[UF_QUERY].len };
  return true;
}

static void
request (void *arg)
{
  struct visit        visit = { .request = arg };
  const char         *method = visit.request->method;
  const bool          get = strcmp (method, "GET") == 0 || strcmp (method, "HEAD") == 0;
  const bool          post = strcmp (method, "POST") == 0;
  const struct route *route;

  if (!split_target (visit.request, &visit))
    respond (&visit, 400, PLAIN, "", "this is no address of a page\n");
  else if ((route = find_route (visit.path)) == NULL)
    respond (&visit, 404, PLAIN, "", "there is no such page\n");
  else if (get)
    route->get (&visit);
  else if (post && route->post)
    route->post (&visit);
  else
    respond (&visit, 405, PLAIN,
             route->post ? "Allow: GET, HEAD, POST\r\n" : "Allow: GET, HEAD\r\n",
             "this cannot be done with this page\n");
}

enum grove_status
shop_request_start (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  const struct shop_request *block = arg;
  const size_t               size = sizeof *block + block->body_at + block->body_size;
  struct grove_spawn_options options = GROVE_SPAWN_DEFAULTS;
  const struct grove_text    path = { block->text, strcspn (block->text, "?") };
  const struct route        *route = find_route (path);
  char                       label[48 + GROVE_PEER_SIZE];

  (void) ret_reason;
  /* Not what people ask for, which anybody may invent: labels are kept for long. */
  snprintf (label, sizeof label, "%s %s %s", block->method, route ? route->path : "?", block->peer);
  options.label = label;
  options.initial_call = "request";
  options.arg = block;
  options.arg_size = size;
  options.link = true;
  return grove_spawn_opt (request, &options, ret_pid, NULL);
}
