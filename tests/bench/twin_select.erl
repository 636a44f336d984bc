%% SPDX-License-Identifier: MIT
%%
%% Selective receive: the twin of bench-select.c.
-module(twin_select).
-export([receive_marked/0]).
-import(beam_twin, [print/3, now_ns/0]).

-define(N_FOREIGN, 500000).
-define(N_CALLS, 100000).

%% Calls to a server by one whose mailbox holds 500,000 other messages: an alias is made, sent along,
%% waited for and taken back. The compiler marks the mailbox where the alias is made, as the receive
%% matches it in every clause; and the foreign messages are off the heap, so that no collection of
%% garbage copies them.
receive_marked() ->
    process_flag(message_queue_data, off_heap),
    Server = spawn(fun serves/0),
    Self = self(),
    [Self ! {foreign, I} || I <- lists:seq(1, ?N_FOREIGN)],
    Started = now_ns(),
    calls(Server, Self, ?N_CALLS),
    print("receive-marked", (now_ns() - Started) / ?N_CALLS, "ns").

calls(_, _, 0) -> ok;
calls(Server, Self, N) ->
    Alias = erlang:alias(),
    Server ! {call, Self, Alias},
    receive {Alias, ok} -> ok end,
    erlang:unalias(Alias),
    calls(Server, Self, N - 1).

serves() ->
    receive {call, _From, Alias} -> Alias ! {Alias, ok}, serves() end.
