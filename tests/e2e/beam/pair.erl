%% SPDX-License-Identifier: MIT
%%
%% Two nodes of a cluster: this one, and another it starts, which ends with it. The file `pids` has a process
%% of the other as it is called here, and as it is called there.
-module(pair).
-export([main/0]).

main() ->
    [_, Host] = string:split(atom_to_list(node()), "@"),
    {ok, _, Other} = peer:start_link(#{name => other, host => Host, longnames => true, connection => standard_io,
                                       args => ["-kernel", "inet_dist_use_interface", "{127,0,0,1}"]}),
    true = net_kernel:connect_node(Other),
    Far = spawn(Other, timer, sleep, [infinity]),
    There = rpc:call(Other, erlang, pid_to_list, [Far]),
    ok = file:write_file("pids", io_lib:format("~s~n~s~n", [pid_to_list(Far), There])),
    io:format("ready~n"),
    receive never -> ok end.
