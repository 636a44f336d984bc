/* SPDX-License-Identifier: MIT
 *
 * SIGSEGV, SIGBUS, SIGFPE, SIGILL, and SIGABRT by abort(), in process code end that process. The
 * handler decides by the frames it finds whether that can be survived, notes what a report will
 * say, and changes the interrupted context so that it goes on, in ordinary context, by leaving the
 * process. All else is the scheduler's.
 *
 * What cannot be survived is said on stderr; then the handlers that were there before have it, as
 * the instruction is executed again.
 */
#include "runtime/core/fault.h"

#include "runtime/core/bonds.h"
#include "runtime/core/crash.h"
#include "runtime/core/lock.h"
#include "runtime/core/memory.h"
#include "runtime/core/scheduler.h"
#include "runtime/core/symbol.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

/* The handlers' stack: sanitizers and the unwinder want much of it. */
#define HANDLER_STACK ((size_t) 256 * 1024)
#define HANDLER_GUARD ((size_t) 16 * 1024)

static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

#define N_SIGNALS (sizeof signals / sizeof signals[0])

static struct sigaction replaced[N_SIGNALS];
static bool             code_known;

const char *
_grove_fault_name (int signal)
{
  switch (signal)
    {
    case SIGSEGV:
      return "sigsegv";
    case SIGBUS:
      return "sigbus";
    case SIGFPE:
      return "sigfpe";
    case SIGILL:
      return "sigill";
    case SIGABRT:
      return "sigabrt";
    default:
      return "signal";
    }
}

/* ---- The machine ----------------------------------------------------------------------------- */

#if defined(__x86_64__)

static uintptr_t
context_pc (const ucontext_t *context)
{
  return (uintptr_t) context->uc_mcontext.gregs[REG_RIP];
}

static uintptr_t
context_sp (const ucontext_t *context)
{
  return (uintptr_t) context->uc_mcontext.gregs[REG_RSP];
}

/* Goes on at @function, as if it had been called with its stack ending at @top. */
static void
context_go_on (ucontext_t *context, void (*function) (void), uintptr_t top)
{
  context->uc_mcontext.gregs[REG_RIP] = (greg_t) (uintptr_t) function;
  context->uc_mcontext.gregs[REG_RSP] = (greg_t) ((top & ~(uintptr_t) 15) - 8);
  context->uc_mcontext.gregs[REG_RBP] = 0;
  context->uc_mcontext.gregs[REG_EFL] &= ~(greg_t) 0x400; /* the direction of string instructions */
  memset ((void *) ((top & ~(uintptr_t) 15) - 8), 0, 8);
}

/* Nothing was executed at pc, so this is as it was at the call. */
static void
context_return (ucontext_t *context)
{
  uintptr_t sp = context_sp (context);
  uintptr_t from;

  memcpy (&from, (const void *) sp, sizeof from);
  if (_grove_code_kind (from - 1) == GROVE_CODE_NONE)
    return;
  context->uc_mcontext.gregs[REG_RIP] = (greg_t) (from - 1);
  context->uc_mcontext.gregs[REG_RSP] += (greg_t) sizeof from;
}

#elif defined(__aarch64__)

static uintptr_t
context_pc (const ucontext_t *context)
{
  return context->uc_mcontext.pc;
}

static uintptr_t
context_sp (const ucontext_t *context)
{
  return context->uc_mcontext.sp;
}

static void
context_go_on (ucontext_t *context, void (*function) (void), uintptr_t top)
{
  context->uc_mcontext.pc = (uintptr_t) function;
  context->uc_mcontext.sp = top & ~(uintptr_t) 15;
  context->uc_mcontext.regs[29] = 0;
  context->uc_mcontext.regs[30] = 0;
}

static void
context_return (ucontext_t *context)
{
  uintptr_t from = context->uc_mcontext.regs[30];

  if (_grove_code_kind (from - 1) != GROVE_CODE_NONE)
    context->uc_mcontext.pc = from - 4;
}

#else

/* No fault is survived on other machines. */
#  define NO_CONTEXT 1

static uintptr_t
context_pc (const ucontext_t *context)
{
  (void) context;
  return 0;
}

static uintptr_t
context_sp (const ucontext_t *context)
{
  (void) context;
  return 0;
}

static void
context_go_on (ucontext_t *context, void (*function) (void), uintptr_t top)
{
  (void) context;
  (void) function;
  (void) top;
}

static void
context_return (ucontext_t *context)
{
  (void) context;
}

#endif

/* ---- Fatal ----------------------------------------------------------------------------------- */

static const struct sigaction *
replaced_action (int signal)
{
  for (unsigned i = 0; i < N_SIGNALS; i++)
    if (signals[i] == signal)
      return &replaced[i];
  return NULL;
}

/* Leaves the signal to whoever would have had it without the runtime. */
static void
pass_on (int signal, siginfo_t *info, void *context)
{
  const struct sigaction *action = replaced_action (signal);

  if ((action->sa_flags & SA_SIGINFO) != 0)
    action->sa_sigaction (signal, info, context);
  else if (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN)
    action->sa_handler (signal);
  else if (action->sa_handler == SIG_DFL || info->si_code > 0)
    {
      /* It happens again when the handler returns; what was sent has to be sent again. */
      sigaction (signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
      if (info->si_code <= 0)
        raise (signal);
    }
}

static void
say_fatal (struct grove_process *process,
           int                   signal,
           uintptr_t             address,
           uintptr_t             pc,
           uintptr_t             culprit,
           const char           *why)
{
  char        function[96], file[128], within[96], text[768];
  char        pid[GROVE_PID_TEXT_SIZE] = "none";
  const char *label = NULL;
  int         size;

  if (process != NULL)
    {
      grove_pid_print (_grove_process_pid (process), pid);
      label = GROVE_GET (process->name);
      if (label == NULL)
        label = GROVE_GET (process->label);
      if (label == NULL)
        label = GROVE_GET (process->initial);
    }
  within[0] = '\0';
  if (culprit != 0)
    _grove_code_name (culprit, within, sizeof within, file, sizeof file);
  _grove_code_name (pc, function, sizeof function, file, sizeof file);
  size =
    snprintf (text, sizeof text,
              "grove: fatal %s at address 0x%zx, pc 0x%zx in %s (%s), process %s%s%s%s: %s%s%s%s\n",
              _grove_fault_name (signal), (size_t) address, (size_t) pc,
              function[0] != '\0' ? function : "?", file[0] != '\0' ? file : "no known code", pid,
              label != NULL ? " (" : "", label != NULL ? label : "", label != NULL ? ")" : "", why,
              within[0] != '\0' ? " (called: " : "", within, within[0] != '\0' ? ")" : "");
  if (size > 0 && write (STDERR_FILENO, text,
                         (size_t) size < sizeof text ? (size_t) size : sizeof text - 1) < 0)
    return;
}

/* ---- Going on -------------------------------------------------------------------------------- */

/* What the interrupted process goes on with, on what was its stack. */
static void
leave_process (void)
{
  _grove_leave (GROVE_LEAVE_FAULT);
  abort ();
}

/* What a deferred release goes on with, on the handlers' stack. */
static void
leave_release (void)
{
  struct grove_scheduler *self = _grove_scheduler_self;

  _grove_crash_add_fault (self->current, &self->fault->fault);
  longjmp (self->escape, 1);
}

/* The guard's upper half is where a process that has overflowed its stack may finish what it cannot
 * be ended in. */
static char *
guard_reserve (const struct grove_stack *stack)
{
  return stack->memory + GROVE_STACK_GUARD / 2;
}

static bool
set_reserve (const struct grove_stack *stack, int protection)
{
  return mprotect (guard_reserve (stack), GROVE_STACK_GUARD / 2, protection) == 0;
}

/* ---- Deciding -------------------------------------------------------------------------------- */

/* What the handler knows. */
struct incident
{
  struct grove_scheduler *scheduler;
  struct grove_process   *process;
  int                     signal;
  uintptr_t               address;
  ucontext_t             *context;
  struct grove_stack     *stack; /* NULL: a deferred release runs, on the scheduler's */
  bool                    in_guard;
  uintptr_t               pc; /* as it was */
  uintptr_t               culprit;
};

/* A sanitizer may have blocked all signals around the handler; then the next fault would be the
 * last. */
static void
unblock (void)
{
  sigset_t faults;

  sigemptyset (&faults);
  for (unsigned i = 0; i < N_SIGNALS; i++)
    sigaddset (&faults, signals[i]);
  pthread_sigmask (SIG_UNBLOCK, &faults, NULL);
}

/* The frames, into the scheduler's last fault, and what they allow. What is on the stack may be
 * anything: reading it ends at the latest where nothing is. */
static enum grove_verdict
examine (struct incident *incident, uintptr_t low, uintptr_t high)
{
  struct grove_fault_area    *area = incident->scheduler->fault;
  volatile enum grove_verdict verdict;

  verdict = _grove_code_kind (incident->pc) <= GROVE_CODE_PROCESS ? GROVE_VERDICT_PROCESS
                                                                  : GROVE_VERDICT_LIBRARY;
  unblock ();
  area->probing = 1;
  if (sigsetjmp (area->probe, 0) == 0)
    {
      if (_grove_code_kind (incident->pc) == GROVE_CODE_NONE)
        context_return (incident->context);
      verdict =
        _grove_unwind_interrupted (context_pc (incident->context), context_sp (incident->context),
                                   low, high, &area->fault.trace, &incident->culprit);
    }
  area->probing = 0;
  return verdict;
}

static enum grove_verdict
examine_stack (struct incident *incident)
{
  const struct grove_stack *stack = incident->stack;
  uintptr_t                 sp = context_sp (incident->context);

  /* It may have left its stack for one of its own making. */
  if (stack == NULL || sp < (uintptr_t) stack->memory || sp > (uintptr_t) stack->top)
    return examine (incident, 0, 0);
  return examine (incident, (uintptr_t) stack->memory, (uintptr_t) stack->top);
}

/* NULL: it can be survived, by going on as @incident's context says now. */
static const char *
survive (struct incident *incident)
{
  struct grove_scheduler *self = incident->scheduler;
  struct grove_fault     *fault = &self->fault->fault;
  uintptr_t               top = (uintptr_t) self->fault->memory + HANDLER_GUARD + HANDLER_STACK;
  enum grove_verdict      verdict;

#ifdef NO_CONTEXT
  return "faults are not survived on this machine";
#endif
  if (incident->process == NULL)
    return "the scheduler itself was running";
  if (!code_known)
    return "the runtime's code cannot be told from the program's in this build";
  if (incident->process->no_preempt % GROVE_NO_PREEMPT_CALLBACK != 0 || _grove_lock_held ())
    return "the process holds a lock of the runtime";
  *fault = (struct grove_fault){ .signal = incident->signal,
                                 .overflow = incident->in_guard,
                                 .address = incident->address };
  verdict = examine_stack (incident);
  if (incident->in_guard && verdict >= GROVE_VERDICT_RUNTIME && verdict != GROVE_VERDICT_UNKNOWN)
    {
      if (self->overflowed || incident->address < (uintptr_t) guard_reserve (incident->stack) ||
          !set_reserve (incident->stack, PROT_READ | PROT_WRITE))
        return "the stack overflowed in code that cannot be left, and what is kept for that too";
      self->overflowed = true;
      _grove_reductions_left = -1; /* the next thing its own code does is to leave */
      return NULL;
    }
  switch (verdict)
    {
    case GROVE_VERDICT_RUNTIME:
      return "the runtime's own code was running";
    case GROVE_VERDICT_LIBRARY:
      return "a library was running that may hold locks";
    case GROVE_VERDICT_PROCESS:
    case GROVE_VERDICT_UNKNOWN:
      if (incident->signal == SIGABRT)
        return "it was sent, not caused by abort()";
      break;
    case GROVE_VERDICT_ABORT:
      break;
    }
  if (incident->stack == NULL)
    context_go_on (incident->context, leave_release, top);
  else
    {
      _grove_stack_abandon (incident->stack);
      context_go_on (incident->context, leave_process, (uintptr_t) incident->stack->top);
    }
  return NULL;
}

static void
on_fault (int signal, siginfo_t *info, void *data)
{
  struct grove_scheduler *self = _grove_scheduler_self;
  struct incident         incident = { .scheduler = self, .signal = signal, .context = data };
  ucontext_t              before;
  const char             *why;
  int                     saved_errno = errno;
  bool                    own_abort = signal == SIGABRT && info->si_code == SI_TKILL;

  if (self == NULL || self->fault == NULL || (info->si_code <= 0 && !own_abort) ||
      (own_abort && info->si_pid != getpid ()))
    {
      pass_on (signal, info, data);
      errno = saved_errno;
      return;
    }
  if (self->fault->probing != 0)
    siglongjmp (self->fault->probe, 1);
  incident.process = self->current;
  incident.pc = context_pc (incident.context);
  incident.address = own_abort ? incident.pc : (uintptr_t) info->si_addr;
  if (incident.process != NULL && !self->deferring)
    incident.stack = incident.process->stack;
  if (incident.stack != NULL && signal == SIGSEGV)
    incident.in_guard = incident.address - (uintptr_t) incident.stack->memory < GROVE_STACK_GUARD;
  before = *incident.context;
  why = survive (&incident);
  if (why != NULL)
    {
      /* As it was, so that a core shows it. */
      memcpy (&incident.context->uc_mcontext, &before.uc_mcontext, sizeof before.uc_mcontext);
      say_fatal (incident.process, signal, incident.address, incident.pc, incident.culprit, why);
      pass_on (signal, info, data);
    }
  errno = saved_errno;
}

void
_grove_fault_trace_here (struct grove_scheduler *self, struct grove_trace *ret_trace)
{
  /* The process may have written over its frames, and then asked to end. */
  self->fault->probing = 1;
  if (sigsetjmp (self->fault->probe, 0) == 0)
    _grove_unwind_here (ret_trace);
  else
    unblock ();
  self->fault->probing = 0;
}

/* ---- By the scheduler ------------------------------------------------------------------------ */

/* As the process, on a fresh stack: names of functions may have to be waited for. */
static void
end_faulted (void *arg)
{
  struct grove_fault *fault = arg;
  struct grove_buffer reason = { NULL };
  struct grove_buffer stack = { NULL };

  _grove_symbols_await (&fault->trace);
  _grove_symbols_build (&stack, &fault->trace);
  if (fault->overflow)
    (void) !grove_build (&reason, "{stack_overflow, ~t}", grove_buffer_term (&stack));
  else
    (void) !grove_build (&reason, "{{signal, ~a, ~l}, ~t}", _grove_fault_name (fault->signal),
                         (int64_t) fault->address, grove_buffer_term (&stack));
  grove_buffer_finish (&stack);
  _grove_end_with (&reason, &fault->trace);
}

void
_grove_fault_settle (struct grove_scheduler *self, struct grove_process *process)
{
  struct grove_fault *fault = _grove_malloc (sizeof *fault);

  *fault = self->fault->fault;
  /* It may have failed again in what it says at its end. */
  free (_grove_bonds (process)->fault);
  process->bonds->fault = fault;
  _grove_timers_remove (&self->timers, process);
  _grove_stack_release (&self->stacks, process);
  process->no_preempt = 0;
  GROVE_SET (process->where, fault->trace.n > 0 ? fault->trace.pcs[0] + 1 : 0);
  process->entry = end_faulted;
  process->arg = fault;
  _grove_process_make_runnable (process);
}

void
_grove_fault_overflowed (struct grove_scheduler *self, struct grove_process *process)
{
  uintptr_t in = GROVE_IN_WAITING;

  self->overflowed = false;
  /* What is parked there has to be left before the next process runs there. */
  set_reserve (process->stack, PROT_NONE);
  if (self->leave == GROVE_LEAVE_END)
    return;
  if (self->leave == GROVE_LEAVE_WAIT)
    atomic_compare_exchange_strong (&process->inqueue, &in, GROVE_IN_EMPTY);
  self->leave = GROVE_LEAVE_FAULT;
}

/* ---- Installing ------------------------------------------------------------------------------ */

bool
_grove_fault_area_init (struct grove_scheduler *self)
{
  char *memory = mmap (NULL, HANDLER_GUARD + HANDLER_STACK, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

  if (memory == MAP_FAILED)
    return false;
  if (mprotect (memory, HANDLER_GUARD, PROT_NONE) != 0)
    {
      munmap (memory, HANDLER_GUARD + HANDLER_STACK);
      return false;
    }
  self->fault = _grove_calloc (1, sizeof *self->fault);
  self->fault->memory = memory;
  return true;
}

void
_grove_fault_area_finish (struct grove_scheduler *self)
{
  if (self->fault == NULL)
    return;
  munmap (self->fault->memory, HANDLER_GUARD + HANDLER_STACK);
  free (self->fault);
  self->fault = NULL;
}

void
_grove_fault_thread_begin (struct grove_scheduler *self)
{
  const stack_t stack = { .ss_sp = self->fault->memory + HANDLER_GUARD, .ss_size = HANDLER_STACK };

  sigaltstack (&stack, &self->fault->replaced);
}

void
_grove_fault_thread_end (struct grove_scheduler *self)
{
  sigaltstack (&self->fault->replaced, NULL);
}

void
_grove_faults_install (void)
{
  struct sigaction action = { .sa_sigaction = on_fault,
                              .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };

  _grove_code_prepare ();
  _grove_unwind_prepare ();
  code_known = _grove_code_known ();
  sigemptyset (&action.sa_mask);
  for (unsigned i = 0; i < N_SIGNALS; i++)
    sigaction (signals[i], &action, &replaced[i]);
}

void
_grove_faults_restore (void)
{
  for (unsigned i = 0; i < N_SIGNALS; i++)
    sigaction (signals[i], &replaced[i], NULL);
}
