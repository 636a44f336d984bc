/* SPDX-License-Identifier: MIT
 *
 * The application `billing`: orders become invoices, invoices are charged to cards and booked.
 *
 *   billing_sup -> ledger_sup  -> ledger, closing_clock, audit_sup -> auditor_1 .. 12
 *               -> payment_sup -> fraud_check, gateway_sup -> card_gateway, gift_gateway
 *               -> invoice_sup -> mailer, newsletter, invoicer, report_builder,
 *                                 reminder_sup -> reminders (temporary)
 *
 * The card gateway crashes every 8 to 12 seconds on a card that is refused. The ledger's heap grows
 * with every booking and is cut back when the books are closed.
 */
#include "shop.h"

#include <stdio.h>
#include <string.h>

#define N_AUDITORS   12
#define PAGE_BYTES   8192
#define MAX_PAGES    512
#define KEPT_PAGES   96
#define MAX_REMINDED 25
#define MAILING_MS   45
#define SUBSCRIBERS  90

/* ---- The ledger ------------------------------------------------------------------------- */

struct page
{
  struct page *next;
  int64_t      amount;
  char         receipt[PAGE_BYTES];
};

struct ledger
{
  struct page *newest;
  int          n_pages;
  int64_t      balance;
};

static enum grove_status
ledger_init (const void *arg, void **state)
{
  struct ledger *self = grove_alloc (sizeof *self);

  *self = (struct ledger){ 0 };
  *state = self;
  return GROVE_OK;
}

static void
ledger_book (struct ledger *self, int64_t amount)
{
  struct page *page = grove_alloc (sizeof *page);

  page->next = self->newest;
  page->amount = amount;
  memset (page->receipt, (int) amount, sizeof page->receipt);
  self->newest = page;
  self->n_pages++;
  self->balance += amount;
}

/* Keeps the newest pages. */
static void
ledger_close (struct ledger *self)
{
  struct page **at = &self->newest;

  for (int i = 0; i < KEPT_PAGES && *at; i++)
    at = &(*at)->next;
  while (*at)
    {
      struct page *page = *at;

      *at = page->next;
      grove_free (page);
      self->n_pages--;
    }
}

static enum grove_next
ledger_cast (struct grove_term request, void *state)
{
  struct ledger *self = state;
  int64_t        amount;

  if (grove_match (request, "{book, ~l}", &amount))
    ledger_book (self, amount);
  else if (grove_term_is_atom (request, "tick") && self->n_pages >= MAX_PAGES)
    ledger_close (self);
  return GROVE_CONTINUE;
}

static enum grove_next
ledger_call (struct grove_term request, struct grove_from from, void *state)
{
  const struct ledger *self = state;

  if (grove_term_is_atom (request, "balance"))
    grove_reply (from, "{ok, ~l, ~i}", self->balance, self->n_pages);
  else
    grove_reply (from, "{error, unknown_request}");
  return GROVE_CONTINUE;
}

static void
ledger_describe (const void *state, struct grove_buffer *out)
{
  const struct ledger *self = state;

  (void) !grove_build (out, "#{balance => ~l, pages => ~i}", self->balance, self->n_pages);
}

static const struct grove_server_callbacks ledger_callbacks = {
  .module = "ledger",
  .init = ledger_init,
  .handle_call = ledger_call,
  .handle_cast = ledger_cast,
  .describe = ledger_describe,
};

/* Of the highest priority: the books are closed on time, whatever else goes on. */
static void
closing_clock (void *arg)
{
  for (;;)
    {
      shop_wait_ms (1000);
      grove_cast (grove_whereis ("ledger"), "tick");
    }
}

static void
auditor (void *arg)
{
  const struct shop_child *child = arg;
  struct shop_random       random = shop_random_init ("auditor", child->number);
  struct grove_message    *reply;

  for (;;)
    {
      shop_wait_ms (shop_random_range (&random, 2000, 6000));
      if (grove_call (grove_whereis ("ledger"), 1000 * SHOP_MS, &reply, "balance") != GROVE_OK)
        continue;
      grove_message_free (reply);
      shop_work ((unsigned) (20 * child->number));
    }
}

static enum grove_status
audit_sup (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct shop_child       auditors[N_AUDITORS];
  struct grove_child_spec specs[N_AUDITORS];

  for (int i = 0; i < N_AUDITORS; i++)
    {
      auditors[i] = (struct shop_child) SHOP_PROCESS (auditor, .number = i + 1);
      snprintf (auditors[i].name, sizeof auditors[i].name, "auditor_%d", i + 1);
      specs[i] = shop_worker (&auditors[i]);
    }
  return shop_supervise ("audit_sup", specs, N_AUDITORS, ret_pid, ret_reason);
}

static enum grove_status
ledger_sup (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct shop_child       books = SHOP_SERVER (ledger_callbacks, .name = "ledger");
  struct shop_child       clock = SHOP_PROCESS (closing_clock, .name = "closing_clock");
  struct grove_child_spec specs[] = {
    shop_worker (&books),
    shop_worker (&clock),
    shop_supervisor ("audit_sup", audit_sup),
  };

  clock.priority = GROVE_PRIORITY_MAX;
  return shop_supervise ("ledger_sup", specs, 3, ret_pid, ret_reason);
}

/* ---- Payments --------------------------------------------------------------------------- */

struct gateway
{
  struct shop_random random;
  uint64_t           refuse_ns; /* the first card after that is refused; 0: never */
};

static enum grove_status
gateway_init (const void *arg, void **state)
{
  const struct shop_child *child = arg;
  struct gateway          *self = grove_alloc (sizeof *self);
  const uint64_t           now_ns = grove_now_ns ();

  *self = (struct gateway){ .random = shop_random_init (child->name, (int) (now_ns >> 24)) };
  if (child->number)
    self->refuse_ns = now_ns + (uint64_t) shop_random_range (&self->random, 8000, 11500) * 1000000;
  *state = self;
  return GROVE_OK;
}

static enum grove_next
gateway_cast (struct grove_term request, void *state)
{
  struct gateway   *self = state;
  struct grove_text customer;
  int64_t           amount;

  if (!grove_match (request, "{charge, ~s, ~l}", &customer, &amount))
    return GROVE_CONTINUE;
  grove_sleep_ms ((uint64_t) shop_random_range (&self->random, 5, 40));
  if (self->refuse_ns && grove_now_ns () > self->refuse_ns)
    grove_exit ("{card_declined, [{customer, ~b}, {amount, ~l}, {code, ~i}]}", customer.bytes,
                customer.size, amount, shop_random_range (&self->random, 51, 65));
  grove_cast (grove_whereis ("ledger"), "{book, ~l}", amount);
  shop_count ("counter_payments");
  return GROVE_CONTINUE;
}

static void
gateway_describe (const void *state, struct grove_buffer *out)
{
  const struct gateway *self = state;

  (void) !grove_build (out, "#{refuses_cards => ~a}", self->refuse_ns ? "true" : "false");
}

static const struct grove_server_callbacks gateway_callbacks = {
  .module = "payment_gateway",
  .init = gateway_init,
  .handle_cast = gateway_cast,
  .describe = gateway_describe,
};

static enum grove_status
fraud_init (const void *arg, void **state)
{
  *state = memset (grove_alloc (262144), 0, 262144);
  return GROVE_OK;
}

static enum grove_next
fraud_call (struct grove_term request, struct grove_from from, void *state)
{
  struct grove_text customer;
  int64_t           amount;

  if (grove_match (request, "{check, ~s, ~l}", &customer, &amount))
    {
      shop_work (40);
      grove_reply (from, "~a", amount > 400 ? "look_closely" : "fine");
    }
  else
    grove_reply (from, "{error, unknown_request}");
  return GROVE_CONTINUE;
}

static const struct grove_server_callbacks fraud_callbacks = {
  .module = "fraud_check",
  .init = fraud_init,
  .handle_call = fraud_call,
};

static enum grove_status
gateway_sup (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct shop_child card = SHOP_SERVER (gateway_callbacks, .name = "card_gateway", .number = 1);
  struct shop_child gift = SHOP_SERVER (gateway_callbacks, .name = "gift_gateway");
  struct grove_child_spec specs[] = { shop_worker (&card), shop_worker (&gift) };

  return shop_supervise ("gateway_sup", specs, 2, ret_pid, ret_reason);
}

static enum grove_status
payment_sup (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct shop_child       fraud = SHOP_SERVER (fraud_callbacks, .name = "fraud_check");
  struct grove_child_spec specs[] = {
    shop_worker (&fraud),
    shop_supervisor ("gateway_sup", gateway_sup),
  };

  return shop_supervise ("payment_sup", specs, 2, ret_pid, ret_reason);
}

/* ---- Invoices --------------------------------------------------------------------------- */

static enum grove_status
mailer_init (const void *arg, void **state)
{
  *state = NULL;
  return GROVE_OK;
}

static enum grove_next
mailer_cast (struct grove_term request, void *state)
{
  struct grove_text customer;

  if (grove_match (request, "{mail, ~s, _}", &customer))
    grove_sleep_ms (MAILING_MS);
  return GROVE_CONTINUE;
}

static const struct grove_server_callbacks mailer_callbacks = {
  .module = "mailer",
  .init = mailer_init,
  .handle_cast = mailer_cast,
};

/* Now and then a letter to all, which the mailer needs some seconds for. */
static void
newsletter (void *arg)
{
  struct shop_random random = shop_random_init ("newsletter", 0);

  for (int issue = 1;; issue++)
    {
      shop_wait_ms (shop_random_range (&random, 6000, 15000));
      for (int i = 0; i < SUBSCRIBERS; i++)
        grove_cast (grove_whereis ("mailer"), "{mail, ~s, {newsletter, ~i}}",
                    shop_random_customer (&random), issue);
    }
}

/* Waits for a customer who lets it come to that, writes once, and is done. */
static void
reminder (void *arg)
{
  const struct shop_child *child = arg;
  struct shop_random       random = shop_random_init ("reminder", child->number);

  shop_wait_ms (shop_random_range (&random, 8000, 30000));
  grove_cast (grove_whereis ("mailer"), "{mail, ~s, ~i}", shop_random_customer (&random),
              child->number);
}

struct invoicer
{
  struct shop_random random;
  int                number;
  int                n_reminders;
};

static enum grove_status
invoicer_init (const void *arg, void **state)
{
  struct invoicer *self = grove_alloc (sizeof *self);

  /* Numbers grow slower than the clock, so that an invoicer that was restarted does not repeat
   * them. */
  *self = (struct invoicer){ .number = (int) (grove_now_ns () / 100000000 % 1000000) };
  self->random = shop_random_init ("invoicer", self->number);
  *state = self;
  return GROVE_OK;
}

static void
remind_later (struct invoicer *self)
{
  struct shop_child       child = SHOP_PROCESS (reminder, .number = self->number);
  struct grove_child_spec spec;
  char                    id[SHOP_NAME_SIZE];
  grove_pid               pid;

  if (self->n_reminders >= MAX_REMINDED)
    return;
  /* Of a bounded set: labels are kept for as long as the runtime lives. */
  snprintf (child.label, sizeof child.label, "reminder for %s",
            shop_random_customer (&self->random));
  snprintf (id, sizeof id, "reminder_%d", self->number);
  spec = shop_worker (&child);
  spec.id = id;
  spec.restart = GROVE_TEMPORARY;
  if (grove_supervisor_start_child (grove_whereis ("reminder_sup"), &spec, &pid, NULL) != GROVE_OK)
    return;
  grove_monitor (pid);
  self->n_reminders++;
}

static enum grove_next
invoicer_cast (struct grove_term request, void *state)
{
  struct invoicer      *self = state;
  struct grove_message *reply;
  struct grove_text     customer, item;
  int64_t               amount;
  const char           *gateway;
  int                   n;

  if (!grove_match (request, "{invoice, ~s, ~s, ~i}", &customer, &item, &n))
    return GROVE_CONTINUE;
  self->number++;
  amount = (int64_t) n * shop_random_range (&self->random, 5, 120);
  if (grove_call (grove_whereis ("fraud_check"), 1000 * SHOP_MS, &reply, "{check, ~b, ~l}",
                  customer.bytes, customer.size, amount) == GROVE_OK)
    grove_message_free (reply);
  gateway = shop_random_range (&self->random, 1, 8) == 1 ? "gift_gateway" : "card_gateway";
  grove_cast (grove_whereis (gateway), "{charge, ~b, ~l}", customer.bytes, customer.size, amount);
  grove_cast (grove_whereis ("mailer"), "{mail, ~b, ~i}", customer.bytes, customer.size,
              self->number);
  if (shop_random_range (&self->random, 1, 6) == 1)
    remind_later (self);
  return GROVE_CONTINUE;
}

static enum grove_next
invoicer_info (struct grove_term message, void *state)
{
  struct invoicer *self = state;

  if (grove_match (message, "{'DOWN', _, process, _, _}"))
    self->n_reminders--;
  return GROVE_CONTINUE;
}

static void
invoicer_describe (const void *state, struct grove_buffer *out)
{
  const struct invoicer *self = state;

  (void) !grove_build (out, "#{next_number => ~i, reminders => ~i}", self->number,
                       self->n_reminders);
}

static const struct grove_server_callbacks invoicer_callbacks = {
  .module = "invoicer",
  .init = invoicer_init,
  .handle_cast = invoicer_cast,
  .handle_info = invoicer_info,
  .describe = invoicer_describe,
};

/* Computes when nobody else wants to. */
static void
report_builder (void *arg)
{
  unsigned total = 0;

  for (;;)
    {
      total += shop_work (2000);
      shop_wait_ms (1200 + (int) (total % 400));
    }
}

static enum grove_status
reminder_sup (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  return shop_supervise ("reminder_sup", NULL, 0, ret_pid, ret_reason);
}

static enum grove_status
invoice_sup (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason)
{
  struct shop_child       mail = SHOP_SERVER (mailer_callbacks, .name = "mailer");
  struct shop_child       invoices = SHOP_SERVER (invoicer_callbacks, .name = "invoicer");
  struct shop_child       reports = SHOP_PROCESS (report_builder, .name = "report_builder");
  struct shop_child       letters = SHOP_PROCESS (newsletter, .name = "newsletter");
  struct grove_child_spec specs[] = {
    shop_worker (&mail),     shop_worker (&letters), shop_supervisor ("reminder_sup", reminder_sup),
    shop_worker (&invoices), shop_worker (&reports),
  };

  reports.priority = GROVE_PRIORITY_LOW;
  return shop_supervise ("invoice_sup", specs, 5, ret_pid, ret_reason);
}

enum grove_status
shop_billing_start (const void *arg, grove_pid *ret_top, struct grove_buffer *ret_reason)
{
  struct grove_child_spec specs[] = {
    shop_supervisor ("ledger_sup", ledger_sup),
    shop_supervisor ("payment_sup", payment_sup),
    shop_supervisor ("invoice_sup", invoice_sup),
  };

  return shop_supervise ("billing_sup", specs, 3, ret_top, ret_reason);
}
