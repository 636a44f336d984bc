/* SPDX-License-Identifier: MIT
 *
 * The packing room of the warehouse.
 */
#pragma once

#include "shop.h"

enum grove_status
shop_packing_sup (const void *arg, grove_pid *ret_pid, struct grove_buffer *ret_reason);
