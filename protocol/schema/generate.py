#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Turns grove-1.json into C: the methods with their parameters and handlers, for the dispatcher, the tables, the
limits, and the schema itself, which server.describe sends. The JSON file is the one truth; nothing here is edited."""

import hashlib
import json
import sys

TYPES = ["int", "text", "bool", "choice", "pid", "sub", "texts", "sort", "filter", "object"]
MAX_INTEGER = 2**53 - 1
# What answers and notifications are made of, besides the schema's own "types", [T], {T} and T|null.
VALUES = ["int", "bytes", "ns", "ms", "s", "real", "text", "bool", "pid", "object", "row"]


def quote(text):
    return json.dumps(text, ensure_ascii=True)


def symbol(name):
    return name.replace("$/", "").replace(".", "_").replace("/", "_").upper()


class Generator:
    def __init__(self, schema):
        self.schema = schema
        self.lines = []
        self.n = 0

    def choices(self, values):
        name = f"choices_{self.n}"
        self.n += 1
        items = ", ".join(quote(v) for v in values)
        self.lines.append(f"static const char *const {name}[] = {{ {items}, NULL }};")
        return name

    def params(self, params):
        """Writes an array of parameters, after those it refers to; returns its name and size."""
        if not params:
            return "NULL", 0
        rows = []
        for p in params:
            if p["type"] not in TYPES:
                raise SystemExit(f"grove-1.json: no such type: {p['type']}")
            members, n_members = self.params(p.get("members", []))
            choices = self.choices(p["choices"]) if "choices" in p else "NULL"
            low = p.get("minimum", 1 if p["type"] in ("sub", "pid") else 0)
            high = p.get("maximum", MAX_INTEGER if p["type"] == "sub" else 63 if p["type"] == "pid" else 0)
            rows.append(
                f"  {{ .name = {quote(p['name'])}, .type = GROVE_PARAM_{p['type'].upper()},"
                f" .optional = {str(p.get('optional', False)).lower()},"
                f" .nullable = {str(p.get('nullable', False)).lower()},"
                f" .minimum = INT64_C ({low}), .maximum = INT64_C ({high}),"
                f" .choices = {choices}, .members = {members}, .n_members = {n_members} }},"
            )
        name = f"params_{self.n}"
        self.n += 1
        self.lines.append(f"static const struct grove_param {name}[] = {{")
        self.lines += rows
        self.lines.append("};")
        return name, len(params)

    def methods(self):
        rows = []
        for m in self.schema["methods"] + self.schema["acknowledgements"]:
            params, n = self.params(m["params"])
            role = {"": "OPENING", "o": "OBSERVE", "o + payloads": "OBSERVE", "c": "CONTROL"}[m.get("role", "o")]
            audited = str(m.get("audited", m.get("role") == "c")).lower()
            payloads = str("payloads" in m.get("role", "o")).lower()
            source = f"offsetof (struct grove_source_ops, {m['source']})" if "source" in m else "GROVE_NO_SOURCE"
            is_ack = str(m in self.schema["acknowledgements"]).lower()
            rows.append(
                f"  {{ .name = {quote(m['name'])}, .role = GROVE_ROLE_{role},"
                f" .audited = {audited}, .payloads = {payloads}, .source = {source},"
                f" .is_notification = {is_ack}, .params = {params}, .n_params = {n} }},"
            )
        self.lines.append("const struct grove_method grove_methods[GROVE_N_METHODS] = {")
        self.lines += rows
        self.lines.append("};")

    def tables(self):
        rows = []
        for name, columns in self.schema["tables"].items():
            self.lines.append(f"static const struct grove_column columns_{name}[] = {{")
            self.lines += [
                f"  {{ {quote(c['name'])}, GROVE_COLUMN_{c['type'].upper()}, {quote(c['unit'])} }}," for c in columns
            ]
            self.lines.append("};")
            numbered = str(name in self.schema["numbered"]).lower()
            of = str(name in self.schema["of"]).lower()
            rows.append(
                f"  {{ .name = {quote(name)}, .columns = columns_{name}, .n_columns = {len(columns)},"
                f" .numbered = {numbered}, .of = {of} }},"
            )
        self.lines.append("const struct grove_table grove_schema_tables[GROVE_N_TABLES] = {")
        self.lines += rows
        self.lines.append("};")


def check_members(schema, where, members):
    """That each member of an answer is of a type there is."""
    for name, text in members.items():
        kind = text.removesuffix("|null")
        while kind[:1] in ("[", "{"):
            kind = kind[1:-1]
        if kind not in VALUES and kind not in schema["types"]:
            raise SystemExit(f"grove-1.json: {where}: {name} is of no type: {text}")


def check(schema):
    """What the build relies on, and what nobody should have to ask."""
    for m in schema["methods"]:
        if not all(m.get(k) for k in ("since", "summary", "cost")):
            raise SystemExit(f"grove-1.json: {m['name']} says not all of since, summary and cost")
        check_members(schema, m["name"], m["result"])
    for n in schema["notifications"]:
        check_members(schema, n["name"], n["params"])
    for name, members in schema["types"].items():
        check_members(schema, name, members)


def words(schema):
    """For fuzzers: each word of the protocol, as it stands in JSON."""
    found = {"jsonrpc", "2.0", "id", "method", "params", "asc", "desc", "<0.1.0>"}
    found |= {"and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "in", "prefix", "contains"}

    def params(ps):
        for p in ps:
            found.add(p["name"])
            found.update(p.get("choices", []))
            params(p.get("members", []))

    for m in schema["methods"] + schema["acknowledgements"]:
        found.add(m["name"])
        params(m["params"])
    for table, columns in schema["tables"].items():
        found.add(table)
        found.update(c["name"] for c in columns)
    lines = ["# Made from grove-1.json by generate.py."]
    return lines + ['"\\"' + w + '\\""' for w in sorted(found)]


def handlers(schema):
    """The handler of each method; acknowledgements are handled together."""
    names = [m["name"] for m in schema["methods"]]
    lines = ["/* Made from grove-1.json by generate.py. */", "#pragma once", "", "#include <stdint.h>", ""]
    lines += ["struct grove_server_session;", "struct json_object;", ""]
    arguments = "(struct grove_server_session *session, int64_t id, struct json_object *params)"
    lines += [f"void grove_handle_{symbol(n).lower()} {arguments};" for n in names]
    lines += ["", "#define GROVE_HANDLERS \\"]
    lines += [f"  [GROVE_METHOD_{symbol(n)}] = grove_handle_{symbol(n).lower()}, \\" for n in names]
    return lines + ["", ""]


def main():
    source, header_path, code_path, handlers_path, words_path = sys.argv[1:6]
    with open(source, encoding="utf-8") as file:
        schema = json.load(file)
    check(schema)
    compact = json.dumps(schema, separators=(",", ":"), ensure_ascii=True)
    names = [m["name"] for m in schema["methods"] + schema["acknowledgements"]]

    header = ["/* Made from grove-1.json by generate.py. */", "#pragma once", ""]
    header += ["enum grove_method_id", "{"]
    header += [f"  GROVE_METHOD_{symbol(n)}," for n in names]
    header += ["  GROVE_N_METHODS", "};", ""]
    header += [f"#define GROVE_LIMIT_{symbol(k)} {v}" for k, v in schema["limits"].items()]
    for table, columns in schema["tables"].items():
        prefix = f"GROVE_COLUMN_{symbol(table)}"
        header += ["", f"enum grove_{table}_column", "{"]
        header += [f"  {prefix}_{symbol(c['name'])}," for c in columns]
        header += [f"  GROVE_N_COLUMNS_{symbol(table)},", "};"]
    header += ["", "enum grove_table_id", "{"]
    header += [f"  GROVE_TABLE_{symbol(t)}," for t in schema["tables"]]
    header += ["  GROVE_N_TABLES", "};", ""]
    header += [f"#define GROVE_PROTOCOL_MAJOR {schema['major']}", f"#define GROVE_PROTOCOL_MINOR {schema['minor']}"]
    with open(header_path, "w", encoding="ascii") as file:
        file.write("\n".join(header) + "\n")

    with open(words_path, "w", encoding="ascii") as file:
        file.write("\n".join(words(schema)) + "\n")
    with open(handlers_path, "w", encoding="ascii") as file:
        file.write("\n".join(handlers(schema)))

    generator = Generator(schema)
    generator.methods()
    generator.tables()
    code = ["/* Made from grove-1.json by generate.py. */", '#include "protocol/schema.h"', '#include "protocol/source.h"', ""]
    code += generator.lines
    code.append("const char *const grove_reserved_names[] = {")
    code += [f"  {quote(n)}," for n in schema["reserved"]] + ["  NULL", "};"]
    # Compilers promise 4,095 bytes a literal; an array of characters has no such limit.
    data = compact.encode("ascii") + b"\0"
    code.append("const char grove_schema_json[] = {")
    code += ["  " + ",".join(str(b) for b in data[i : i + 32]) + "," for i in range(0, len(data), 32)]
    code.append("};")
    code.append(f"const char grove_schema_hash[] = {quote(hashlib.sha256(compact.encode('ascii')).hexdigest())};")
    with open(code_path, "w", encoding="ascii") as file:
        file.write("\n".join(code) + "\n")


main()
