%% SPDX-License-Identifier: MIT
%%
%% A node in every kind of trouble: a mailbox of a million messages, a server whose state is 100 MB, and
%% names, texts and atoms in all alphabets; and what fills it to its limit of processes on demand.
-module(crowd).
-export([main/0, fill/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).

main() ->
    Million = spawn(fun() -> receive never -> ok end end),
    register(million, Million),
    lists:foreach(fun(N) -> Million ! {letter, N} end, lists:seq(1, 1000000)),
    {ok, _} = gen_server:start({local, large}, ?MODULE, [], []),
    Greek = spawn(fun() -> put('ключ', <<"значение"/utf8>>), receive never -> ok end end),
    register('größe_λ_日本', Greek),
    Greek ! {<<"héllo 🌳"/utf8>>, 'ключ с пробелом', "строка"},
    io:format("ready~n").

init([]) -> {ok, #{rows => [{N, lists:duplicate(8, N)} || N <- lists:seq(1, 625000)]}}.
handle_call(_, _, State) -> {reply, ok, State}.
handle_cast(_, State) -> {noreply, State}.
handle_info(_, State) -> {noreply, State}.

%% So that no process can be started any more, for as long as there is no file called drain; those that
%% end meanwhile make no room.
fill() ->
    process_flag(priority, high),
    fill([]).

fill(Pids) ->
    try spawn(fun() -> receive never -> ok end end) of
        Pid -> fill([Pid | Pids])
    catch
        error:system_limit -> hold(Pids)
    end.

hold(Pids) ->
    receive after 20 -> ok end,
    case prim_file:read_file_info("drain") of
        {ok, _} -> [exit(Pid, kill) || Pid <- Pids];
        _ -> fill(Pids)
    end.
