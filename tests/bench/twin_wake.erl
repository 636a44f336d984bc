%% SPDX-License-Identifier: MIT
%%
%% Waking under load: the twin of bench-wake.c.
-module(twin_wake).
-export([high_priority_wake/0]).
-import(beam_twin, [print/3, now_ns/0]).

-define(N_WAKES, 2000).

%% Microseconds from the spawn of a process of high priority to its first instruction, while two low
%% ones for each core do nothing but compute.
high_priority_wake() ->
    Self = self(),
    [spawn_opt(fun spins/0, [{priority, low}])
     || _ <- lists:seq(1, 2 * erlang:system_info(logical_processors_online))],
    timer:sleep(100),
    Us = [begin
              Started = now_ns(),
              spawn_opt(fun() -> Self ! {t, now_ns()} end, [{priority, high}]),
              receive {t, At} -> (At - Started) / 1.0e3 end
          end || _ <- lists:seq(1, ?N_WAKES)],
    Sorted = lists:sort(Us),
    print("high-priority-wake-p50", lists:nth(?N_WAKES div 2 + 1, Sorted), "us"),
    print("high-priority-wake-p99", lists:nth(?N_WAKES * 99 div 100 + 1, Sorted), "us").

spins() -> spins().
