%% SPDX-License-Identifier: MIT
%%
%% Timers: the twin of bench-timer.c.
-module(twin_timer).
-export([timers_million/0, timers_late/0]).
-import(beam_twin, [print/3, now_ns/0]).

-define(N_TIMERS, 1000000).

timers_million() ->
    Self = self(),
    Started = now_ns(),
    Timers = [erlang:send_after(60000 + I * 7919 rem 3600000, Self, {timeout, I})
              || I <- lists:seq(0, ?N_TIMERS - 1)],
    Set = now_ns(),
    lists:foreach(fun(T) -> true = is_integer(erlang:cancel_timer(T)) end, Timers),
    Cancelled = now_ns(),
    print("timers-million", (Cancelled - Started) / 1.0e9, "s"),
    print("timers-million-set", (Set - Started) / ?N_TIMERS, "ns"),
    print("timers-million-cancel", (Cancelled - Set) / ?N_TIMERS, "ns").

-define(N_LATE, 500).

%% Counted from the end of the milliseconds that were asked for.
measure(P50, P99) ->
    Us = [begin
              Due = now_ns() + 2000000,
              erlang:send_after(2, self(), now),
              receive now -> ok end,
              (now_ns() - Due) / 1.0e3
          end || _ <- lists:seq(1, ?N_LATE)],
    Sorted = lists:sort(Us),
    print(P50, lists:nth(?N_LATE div 2 + 1, Sorted), "us"),
    print(P99, lists:nth(?N_LATE * 99 div 100 + 1, Sorted), "us").

timers_late() ->
    measure("timer-late-idle-p50", "timer-late-idle-p99"),
    [spawn_opt(fun spins/0, [{priority, low}])
     || _ <- lists:seq(1, 2 * erlang:system_info(schedulers))],
    measure("timer-late-busy-p50", "timer-late-busy-p99").

spins() -> spins().
