%% SPDX-License-Identifier: MIT
%%
%% What is spread over the cores, and how fast one that sleeps is woken: the twin of
%% bench-scheduling.c.
-module(twin_scheduling).
-export([skynet/0, two_spinners/0, idle_wake/0]).
-import(beam_twin, [print/3, now_ns/0, repeat/2]).

%% A tree of ten children each, of a million leaves; the leaves' numbers are summed. Milliseconds.
-define(N_LEAVES, 1000000).
-define(N_BELOW, 10).

skynet() ->
    Self = self(),
    Started = now_ns(),
    spawn(fun() -> skynet_node(Self, 0, ?N_LEAVES) end),
    receive {sum, _, Sum} -> Sum = ?N_LEAVES * (?N_LEAVES - 1) div 2 end,
    print("skynet", (now_ns() - Started) / 1.0e6, "ms").

skynet_node(Parent, Number, 1) ->
    Parent ! {sum, self(), Number};
skynet_node(Parent, Number, Leaves) ->
    Self = self(),
    Below = Leaves div ?N_BELOW,
    [spawn(fun() -> skynet_node(Self, Number + I * Below, Below) end)
     || I <- lists:seq(0, ?N_BELOW - 1)],
    Parent ! {sum, Self, skynet_sum(?N_BELOW, 0)}.

skynet_sum(0, Sum) -> Sum;
skynet_sum(N, Sum) -> receive {sum, From, Part} when is_pid(From) -> skynet_sum(N - 1, Sum + Part) end.

%% How long two that compute take beside one.
-define(N_STEPS, 100000000).

two_spinners() ->
    One = ns_of(1),
    print("two-spinners", ns_of(2) / One, "times").

ns_of(N) ->
    Self = self(),
    Started = now_ns(),
    repeat(N, fun() -> spawn(fun() -> computes(?N_STEPS), Self ! done end) end),
    repeat(N, fun() -> receive done -> ok end end),
    now_ns() - Started.

computes(0) -> ok;
computes(N) -> computes(N - 1).

%% A message to one that waits on another scheduler, when all sleep. Microseconds from the send to the
%% receiver's first instruction.
-define(N_WAKES, 500).

idle_wake() ->
    %% Not on the scheduler of the one that is woken.
    {Pid, Monitor} = spawn_opt(fun measure_idle_wake/0, [monitor, {scheduler, 1}]),
    receive {'DOWN', Monitor, process, Pid, normal} -> ok end.

measure_idle_wake() ->
    Self = self(),
    Pid = spawn_opt(fun() -> tells_time(Self) end, [{scheduler, erlang:system_info(schedulers)}]),
    Us = [begin
              timer:sleep(2),
              Started = now_ns(),
              Pid ! question,
              receive {t, At} -> (At - Started) / 1.0e3 end
          end || _ <- lists:seq(1, ?N_WAKES)],
    Sorted = lists:sort(Us),
    print("idle-wake-p50", lists:nth(?N_WAKES div 2 + 1, Sorted), "us"),
    print("idle-wake-p99", lists:nth(?N_WAKES * 99 div 100 + 1, Sorted), "us").

tells_time(First) ->
    receive question -> First ! {t, now_ns()}, tells_time(First) end.
