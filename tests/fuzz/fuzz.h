/* SPDX-License-Identifier: MIT
 *
 * What every fuzzer defines: the entry that libFuzzer, or fuzz-driver.c, calls with each input.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size);
