/* SPDX-License-Identifier: MIT
 *
 * What the strict scan lets through, json-c must parse to the end, and what json-c then writes the
 * scan must let through again.
 */
#include "protocol/scan.h"
#include "tests/fuzz/fuzz.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  const struct grove_scan_limits limits = { .depth = 16, .string = 8192 };
  const struct grove_scan_limits again = { .depth = 16, .string = 65536 };
  struct grove_scan_error        error;
  struct json_tokener           *tokener;
  struct json_object            *json;
  const char                    *text;
  size_t                         text_size;

  if (size > 65536)
    return 0;
  if (!grove_scan ((const char *) bytes, size, &limits, &error))
    {
      if (error.what == NULL || error.at > size)
        abort ();
      return 0;
    }
  tokener = json_tokener_new_ex (80);
  json_tokener_set_flags (tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
  json = json_tokener_parse_ex (tokener, (const char *) bytes, (int) size);
  if (json == NULL || json_object_get_type (json) != json_type_object)
    abort ();
  text = json_object_to_json_string_length (json, JSON_C_TO_STRING_PLAIN, &text_size);
  if (!grove_scan (text, text_size, &again, &error))
    abort ();
  json_object_put (json);
  json_tokener_free (tokener);
  return 0;
}
