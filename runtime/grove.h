/* SPDX-License-Identifier: MIT
 *
 * The one header a program on the Grove runtime includes. The parts, in the order one learns them:
 * processes and messages (core/), values (term/), servers, supervisors and applications (otp/), and
 * being observed (export/).
 */
#pragma once

#include "runtime/core/dictionary.h"
#include "runtime/core/info.h"
#include "runtime/core/link.h"
#include "runtime/core/log.h"
#include "runtime/core/message.h"
#include "runtime/core/process.h"
#include "runtime/core/runtime.h"
#include "runtime/core/suspend.h"
#include "runtime/core/timer.h"
#include "runtime/core/trace.h"
#include "runtime/export/export.h"
#include "runtime/io/blocking.h"
#include "runtime/io/socket.h"
#include "runtime/otp/application.h"
#include "runtime/otp/pool.h"
#include "runtime/otp/server.h"
#include "runtime/otp/supervisor.h"
#include "runtime/otp/sys.h"
#include "runtime/otp/task.h"
#include "runtime/shell/shell.h"
#include "runtime/status.h"
#include "runtime/term/term.h"
