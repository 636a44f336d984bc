%% SPDX-License-Identifier: MIT
%%
%% Says to the agent on its own node what no bridge of ours would: every request with params of every
%% wrong type. What a process may lose here is that of `victim`.
-module(hostile).
-export([main/0, attack/1, facts/0, deep/1]).

main() ->
    register(victim, spawn(fun victim/0)),
    io:put_chars("ready\n").

victim() -> receive nothing -> ok end.

methods() ->
    [<<"hello">>, <<"sample">>, <<"info">>, <<"table">>, <<"children">>, <<"tree_watch">>, <<"process">>, <<"watch">>,
     <<"messages">>, <<"dictionary">>, <<"state">>, <<"stack">>, <<"exit">>, <<"restart">>, <<"priority">>, <<"gc">>,
     <<"send">>, <<"supervise">>, <<"supervisor">>, <<"suspend">>, <<"resume">>, <<"events">>, <<"nothing">>, <<>>].

keys() ->
    [<<"pid">>, <<"offset">>, <<"limit">>, <<"columns">>, <<"sort">>, <<"filter">>, <<"keys">>, <<"name">>, <<"of">>,
     <<"costly">>, <<"timeout_ms">>, <<"wait_ms">>, <<"reason">>, <<"message">>, <<"priority">>, <<"action">>,
     <<"child">>, <<"expect_name">>, <<"forget">>, <<"hide">>].

values() ->
    [0, -1, 1 bsl 62, 1 bsl 200, -(1 bsl 200), 1.5, true, null, <<>>, <<255, 0, 254>>, binary:copy(<<"x">>, 70000),
     <<"processes">>, <<"children">>, <<"objects">>, <<"ets">>, <<"messages">>, <<"<0.0.0">>, <<"<9.9.9>">>,
     list_to_binary(pid_to_list(whereis(victim))), [], [a | b], [<<"pid">>], [<<"messages">>, <<"memory">>], [[<<"messages">>, <<"desc">>]],
     [<<"and">>], [<<"eq">>, <<"pid">>], [<<"gt">>, <<"messages">>, 0], [[]], {}, {1, 2}, #{}, #{<<"pid">> => 1}, self(), make_ref(),
     fun() -> ok end, <<"(">>, <<"<<1:0>>">>, <<"fun(X) -> X end">>, <<"#Ref<0.1.2.3>">>, <<"low">>, <<"max">>, <<"restart_child">>].

%% The answers go to the bridge, which never asked.
attack(N) ->
    rand:seed(exsss, {7, 7, 7}),
    [begin
         whereis(grove_agent1) ! {req, -I, any(methods()), maps:from_list([{any(keys()), any(values())} || _ <- lists:seq(1, rand:uniform(6))])},
         %% At the speed of an observer that never waits for more than some at once.
         I rem 20 =:= 0 andalso wait_for_workers()
     end || I <- lists:seq(1, N)],
    ok.

any(List) -> lists:nth(rand:uniform(length(List)), List).

wait_for_workers() ->
    {message_queue_len, Waiting} = process_info(whereis(grove_agent1), message_queue_len),
    {monitors, Workers} = process_info(whereis(grove_agent1), monitors),
    (Waiting > 0 orelse length(Workers) > 100) andalso
        begin timer:sleep(10), wait_for_workers() end.

facts() -> {erlang:system_info(atom_count), erlang:system_info(process_count), length(erlang:ports()), length(ets:all())}.

%% Lists in lists.
deep(N) -> lists:foldl(fun(_, Inner) -> [Inner] end, [], lists:seq(1, N)).
