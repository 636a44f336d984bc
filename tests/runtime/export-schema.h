/* SPDX-License-Identifier: MIT
 *
 * That what a server answers is what its own schema says: each member there, of its type, and no
 * other.
 */
#pragma once

#include <json-c/json.h>

/* Each ends the test when it is not so. @schema: as server.describe gives it. */
void schema_check_result (json_object *schema, const char *method, json_object *result);
void schema_check_notification (json_object *schema, const char *method, json_object *params);
