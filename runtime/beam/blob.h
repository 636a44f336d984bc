/* SPDX-License-Identifier: MIT
 *
 * The agent's module, made when Grove is built (agent/embed.py).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

extern const char    beam_agent_module[]; /* grove_agent_ and eight digits of its hash */
extern const int     beam_agent_release;  /* of Erlang/OTP, that compiled it */
extern const uint8_t beam_agent_code[];
extern const size_t  beam_agent_code_size;

/* The same as preprocessed source, for nodes that are older: UTF-8. */
extern const uint8_t beam_agent_source[];
extern const size_t  beam_agent_source_size;
