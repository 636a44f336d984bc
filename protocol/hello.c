/* SPDX-License-Identifier: MIT
 *
 * The server's first words: who it is, what it can do, and why it cannot do the rest.
 *
 * Threads: the server's.
 */
#include "protocol/dispatch.h"
#include "protocol/methods.h"

/* Of a method that the server can do by itself nothing is said. */
static bool
is_capability (const struct grove_method *method)
{
  return method->source != GROVE_NO_SOURCE;
}

/* Whether it is offered here; else *ret_why is why not. */
static bool
offers (const struct grove_host *host, const struct grove_method *method, const char **ret_why)
{
  if (!grove_host_can (host, method->name, ret_why))
    return false;
  *ret_why = GROVE_PAYLOADS_HIDDEN;
  return !method->payloads || !host->hide_payloads;
}

void
grove_hello_write_capabilities (struct grove_writer *writer, const struct grove_host *host)
{
  const char *why;

  grove_writer_name (writer, "capabilities");
  grove_writer_begin_array (writer);
  for (size_t i = 0; i < GROVE_N_METHODS; i++)
    if (is_capability (&grove_methods[i]) && offers (host, &grove_methods[i], &why))
      grove_writer_text (writer, grove_methods[i].name);
  grove_writer_end_array (writer);
  grove_writer_name (writer, "absent");
  grove_writer_begin_object (writer);
  for (size_t i = 0; i < GROVE_N_METHODS; i++)
    if (is_capability (&grove_methods[i]) && !offers (host, &grove_methods[i], &why))
      grove_writer_member_text (writer, grove_methods[i].name, why);
  for (const char *const *name = grove_reserved_names; *name != NULL; name++)
    if (!grove_host_can (host, *name, &why))
      grove_writer_member_text (writer, *name, why);
  grove_writer_end_object (writer);
}

static void
write_tables (struct grove_writer *writer, const struct grove_host *host)
{
  static const char *const  types[] = { "int", "real", "text", "bool" };
  const struct grove_table *table;

  grove_writer_name (writer, "tables");
  grove_writer_begin_object (writer);
  for (size_t t = 0; (table = grove_host_table (host, t)) != NULL; t++)
    {
      grove_writer_name (writer, table->name);
      grove_writer_begin_array (writer);
      for (size_t i = 0; i < table->n_columns; i++)
        {
          grove_writer_begin_object (writer);
          grove_writer_member_text (writer, "name", table->columns[i].name);
          grove_writer_member_text (writer, "type", types[table->columns[i].type]);
          grove_writer_member_text (writer, "unit", table->columns[i].unit);
          grove_writer_end_object (writer);
        }
      grove_writer_end_array (writer);
    }
  grove_writer_end_object (writer);
}

void
grove_dispatch_hello (struct grove_server_session *session)
{
  const struct grove_host   *host = grove_server_session_host (session);
  const struct grove_source *source = host->source;
  struct grove_writer       *writer = grove_server_session_scratch (session);

  grove_envelope_begin_notification (writer, "hello");
  grove_writer_name (writer, "protocol");
  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "major", GROVE_PROTOCOL_MAJOR);
  grove_writer_member_int (writer, "minor", GROVE_PROTOCOL_MINOR);
  grove_writer_end_object (writer);
  grove_writer_name (writer, "server");
  grove_writer_begin_object (writer);
  grove_writer_member_text (writer, "name", source->ops->name (source->self));
  grove_writer_member_text (writer, "version", source->ops->version);
  grove_writer_member_text (writer, "kind", source->ops->kind);
  grove_writer_end_object (writer);
  grove_writer_member_text (writer, "instance", source->ops->instance (source->self));
  grove_writer_member_bool (writer, "read_only", host->read_only);
  grove_hello_write_capabilities (writer, host);
  grove_writer_name (writer, "limits");
  grove_writer_begin_object (writer);
  grove_writer_member_int (writer, "line", GROVE_LIMIT_LINE);
  grove_writer_member_int (writer, "message", GROVE_LIMIT_MESSAGE);
  grove_writer_member_int (writer, "depth", GROVE_LIMIT_DEPTH);
  grove_writer_member_int (writer, "string", GROVE_LIMIT_STRING);
  grove_writer_end_object (writer);
  grove_writer_member_int (writer, "now_ns", (int64_t) source->ops->now_ns (source->self));
  grove_writer_member_int (writer, "now_utc_ms", (int64_t) host->now_utc_ms);
  write_tables (writer, host);
  grove_envelope_end_notification (writer);
  grove_server_session_send (session, writer);
}
