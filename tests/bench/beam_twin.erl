%% SPDX-License-Identifier: MIT
%%
%% The work of bench-runtime.c on the BEAM: the same names, the same units, the same numbers of
%% everything, the best of as many rounds.
-module(beam_twin).
-export([main/0]).

-define(ROUNDS, 3).

main() ->
    print("spawn-exit", best_of(fun spawn_exit/0), "ns"),
    print("ping-pong", best_of(fun ping_pong/0), "ns"),
    print("ring", best_of(fun ring/0), "ns"),
    print("fan-in", 1.0e3 / best_of(fun fan_in/0), "M/s"),
    high_priority_wake(),
    parked_million(),
    halt(0, [{flush, true}]).

print(Name, Value, Unit) ->
    io:format("bench ~s ~.3f ~s~n", [Name, float(Value), Unit]).

best_of(Measure) ->
    lists:min([in_fresh_process(Measure) || _ <- lists:seq(1, ?ROUNDS)]).

%% So that no round inherits a heap that another has grown.
in_fresh_process(Measure) ->
    Self = self(),
    {Pid, Monitor} = spawn_monitor(fun() -> Self ! {self(), Measure()} end),
    receive {Pid, Result} -> receive {'DOWN', Monitor, _, _, _} -> Result end end.

now_ns() -> erlang:monotonic_time(nanosecond).

%% ---- Spawning ----

-define(N_SPAWNS, 1000000).

spawn_exit() ->
    Self = self(),
    Started = now_ns(),
    %% A list of the pids, for with a heap that stays small the BEAM collects garbage so often, each
    %% time over all of the mailbox, that it never ends.
    [spawn(fun() -> Self ! x end) || _ <- lists:seq(1, ?N_SPAWNS)],
    repeat(?N_SPAWNS, fun() -> receive x -> ok end end),
    (now_ns() - Started) / ?N_SPAWNS.

repeat(0, _) -> ok;
repeat(N, F) -> F(), repeat(N - 1, F).

parked_million() ->
    Self = self(),
    erlang:garbage_collect(),
    Before = resident_bytes(),
    Started = now_ns(),
    Pids = [spawn(fun() -> Self ! parked, receive stop -> ok end end)
            || _ <- lists:seq(1, ?N_SPAWNS)],
    repeat(?N_SPAWNS, fun() -> receive parked -> ok end end),
    print("parked-million", (now_ns() - Started) / 1.0e9, "s"),
    print("parked-million-bytes", (resident_bytes() - Before) / ?N_SPAWNS, "bytes"),
    [P ! stop || P <- Pids].

resident_bytes() ->
    {ok, Text} = file:read_file("/proc/self/statm"),
    [_, Pages | _] = string:lexemes(Text, " "),
    binary_to_integer(Pages) * 4096.

%% ---- Talking ----

-define(N_PINGS, 1000000).

ping_pong() ->
    Pid = spawn(fun pongs/0),
    Started = now_ns(),
    pings(Pid, ?N_PINGS),
    Result = (now_ns() - Started) / ?N_PINGS,
    Pid ! stop,
    Result.

pings(_, 0) -> ok;
pings(Pid, N) ->
    Pid ! {self(), ping},
    receive pong -> pings(Pid, N - 1) end.

pongs() ->
    receive
        {From, ping} -> From ! pong, pongs();
        stop -> ok
    end.

-define(RING_SIZE, 503).
-define(N_HOPS, 2000000).

ring() ->
    Self = self(),
    Closer = spawn(fun() -> receive {next, Next} -> ring_member(Next, Self) end end),
    Head = lists:foldl(fun(_, Next) -> spawn(fun() -> ring_member(Next, Self) end) end,
                       Closer, lists:seq(2, ?RING_SIZE)),
    Closer ! {next, Head},
    Started = now_ns(),
    Head ! ?N_HOPS,
    receive done -> ok end,
    Result = (now_ns() - Started) / ?N_HOPS,
    Head ! stop,
    Result.

ring_member(Next, First) ->
    receive
        0 -> First ! done, ring_member(Next, First);
        stop -> Next ! stop;
        N -> Next ! N - 1, ring_member(Next, First)
    end.

-define(N_SENDERS, 4).
-define(N_EACH, 500000).

fan_in() ->
    Self = self(),
    Started = now_ns(),
    repeat(?N_SENDERS, fun() -> spawn(fun() -> sends_many(Self, ?N_EACH) end) end),
    fan_in_receive(?N_SENDERS * ?N_EACH),
    (now_ns() - Started) / (?N_SENDERS * ?N_EACH).

sends_many(_, 0) -> ok;
sends_many(To, N) -> To ! {msg, N}, sends_many(To, N - 1).

fan_in_receive(0) -> ok;
fan_in_receive(N) -> receive {msg, _} -> fan_in_receive(N - 1) end.

%% ---- Waking under load ----

-define(N_WAKES, 2000).

high_priority_wake() ->
    Self = self(),
    Spinners = [spawn_opt(fun spins/0, [{priority, low}])
                || _ <- lists:seq(1, 2 * erlang:system_info(schedulers))],
    timer:sleep(100),
    Us = [begin
              Started = now_ns(),
              spawn_opt(fun() -> Self ! {t, now_ns()} end, [{priority, high}]),
              receive {t, At} -> (At - Started) / 1.0e3 end
          end || _ <- lists:seq(1, ?N_WAKES)],
    Sorted = lists:sort(Us),
    print("high-priority-wake-p50", lists:nth(?N_WAKES div 2 + 1, Sorted), "us"),
    print("high-priority-wake-p99", lists:nth(?N_WAKES * 99 div 100 + 1, Sorted), "us"),
    [exit(P, kill) || P <- Spinners].

spins() -> spins().
