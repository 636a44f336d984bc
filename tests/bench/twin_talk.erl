%% SPDX-License-Identifier: MIT
%%
%% Processes that talk: the twin of bench-talk.c.
-module(twin_talk).
-export([ping_pong/0, ring/1, fan_in/0]).
-import(beam_twin, [print/3, now_ns/0, repeat/2]).

%% {Pid, ping} to another, which answers with pong. Nanoseconds a round trip.
-define(N_PINGS, 1000000).

ping_pong() ->
    Pid = spawn(fun pongs/0),
    Started = now_ns(),
    pings(Pid, self(), ?N_PINGS),
    print("ping-pong", (now_ns() - Started) / ?N_PINGS, "ns").

pings(_, _, 0) -> ok;
pings(Pid, Self, N) ->
    Pid ! {Self, ping},
    receive pong -> pings(Pid, Self, N - 1) end.

pongs() ->
    receive {From, ping} -> From ! pong, pongs() end.

%% A number goes round 503 processes and is counted down at each. Nanoseconds a hop.
-define(RING_SIZE, 503).
-define(N_HOPS, 2000000).

ring(Name) ->
    Self = self(),
    Closer = spawn(fun() -> receive {next, Next} -> ring_member(Next, Self) end end),
    Head = lists:foldl(fun(_, Next) -> spawn(fun() -> ring_member(Next, Self) end) end,
                       Closer, lists:seq(2, ?RING_SIZE)),
    Closer ! {next, Head},
    Started = now_ns(),
    Head ! ?N_HOPS,
    receive done -> ok end,
    print(Name, (now_ns() - Started) / ?N_HOPS, "ns").

ring_member(Next, First) ->
    receive
        0 -> First ! done, ring_member(Next, First);
        N -> Next ! N - 1, ring_member(Next, First)
    end.

%% Four send {msg, Pid, Integer} to one, which looks at each. Millions of messages a second.
-define(N_SENDERS, 4).
-define(N_EACH, 500000).

fan_in() ->
    Self = self(),
    Started = now_ns(),
    repeat(?N_SENDERS, fun() -> spawn(fun() -> sends_many(Self, self(), ?N_EACH) end) end),
    fan_in_receive(?N_SENDERS * ?N_EACH),
    print("fan-in", ?N_SENDERS * ?N_EACH * 1.0e3 / (now_ns() - Started), "M/s").

sends_many(_, _, 0) -> ok;
sends_many(To, Self, N) -> To ! {msg, Self, N}, sends_many(To, Self, N - 1).

fan_in_receive(0) -> ok;
fan_in_receive(N) ->
    receive {msg, From, I} when is_pid(From), is_integer(I) -> fan_in_receive(N - 1) end.
