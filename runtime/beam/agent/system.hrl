%% SPDX-License-Identifier: MIT
%%
%% The node as a whole: samples, and the tables of what it has of ports, sockets, allocators and the
%% like.

info() ->
    #{uptime_ns => now_ns(), schedulers => erlang:system_info(schedulers_online),
      max_processes => erlang:system_info(process_limit), word_size => erlang:system_info(wordsize),
      applications => lists:sort([App || App <- maps:values(leaders())])}.

%% Running sums; the bridge makes rates of them.
sample(Costs, Lasting) ->
    {Reductions, _} = erlang:statistics(reductions),
    {Cpu, _} = erlang:statistics(runtime),
    {Collections, _, _} = erlang:statistics(garbage_collection),
    {{input, In}, {output, Out}} = erlang:statistics(io),
    Wall = case erlang:statistics(scheduler_wall_time) of
               undefined -> [];
               List -> [[Active, Total] || {_, Active, Total} <- lists:sublist(lists:sort(List), erlang:system_info(schedulers_online))]
           end,
    Memory = try maps:from_list(erlang:memory()) catch _:_ -> #{} end,
    #{t => now_ns(), processes => erlang:system_info(process_count), max_processes => erlang:system_info(process_limit),
      run_queue => erlang:statistics(run_queue), wall => Wall, cpu_ms => Cpu, reductions => Reductions, collections => Collections,
      bytes_in => In, bytes_out => Out, memory => memory_kinds(Memory),
      cost_ns => atomics:get(Costs, ?COST_NS),
      cost_reductions => atomics:get(Costs, ?COST_REDUCTIONS) + lists:sum([N || P <- Lasting, {_, N} <- [process_info(P, reductions)]]),
      observers => length([N || N <- names(), whereis(N) =/= undefined])}.

%% What the runtime system has of its own is what is left: all of `system` but what has a name.
memory_kinds(#{total := Total, processes := Heaps, binary := Binaries, ets := Tables, code := Code, atom := Atoms}) ->
    #{total => Total, heaps => Heaps, binaries => Binaries, tables => Tables, code => Code, atoms => Atoms,
      rest => max(0, Total - Heaps - Binaries - Tables - Code - Atoms)};
memory_kinds(_) -> #{}.

%% ---- Ports and sockets ---------------------------------------------------------------------------

port_rows() -> lists:append([port_row(Port) || Port <- erlang:ports()]).

port_row(Port) ->
    case erlang:port_info(Port) of
        undefined -> [];
        Info ->
            Get = fun(Key) -> proplists:get_value(Key, Info) end,
            [#{<<"port">> => port(Port), <<"name">> => print_string(Get(name)),
               <<"owner">> => pid(Get(connected)), <<"owner_name">> => name(Get(connected)), <<"bytes_in">> => Get(input),
               <<"bytes_out">> => Get(output), <<"queued">> => port_item(Port, queue_size), <<"memory">> => port_item(Port, memory),
               <<"os_pid">> => port_item(Port, os_pid)}]
    end.

port(Port) -> list_to_binary(erlang:port_to_list(Port)).
port_item(Port, Item) ->
    case erlang:port_info(Port, Item) of
        {_, Value} when is_integer(Value) -> Value;
        _ -> 0
    end.

%% Of inet and of the module socket.
socket_rows() ->
    lists:append([inet_row(Port) || Port <- erlang:ports()] ++ [socket_row(Socket) || Socket <- sockets()]).

sockets() -> try socket:which_sockets() catch _:_ -> [] end.

inet_row(Port) ->
    case erlang:port_info(Port) of
        undefined -> [];
        Info ->
            Name = proplists:get_value(name, Info),
            case lists:member(Name, ["tcp_inet", "udp_inet", "sctp_inet"]) of
                true -> inet_row(Port, hd(string:split(Name, "_")), proplists:get_value(connected, Info));
                false -> []
            end
    end.

inet_row(Port, Kind, Owner) ->
    Counts = case catch inet:getstat(Port, [recv_oct, send_oct, send_pend]) of {ok, L} -> maps:from_list(L); _ -> #{} end,
    State = case catch prim_inet:getstatus(Port) of {ok, Words} -> iolist_to_binary(lists:join($ , [text(W) || W <- Words, is_atom(W)])); _ -> <<>> end,
    [#{<<"socket">> => port(Port), <<"kind">> => list_to_binary(Kind), <<"owner">> => pid(Owner), <<"owner_name">> => name(Owner),
       <<"local">> => address(catch inet:sockname(Port)), <<"peer">> => address(catch inet:peername(Port)), <<"state">> => State,
       <<"bytes_in">> => maps:get(recv_oct, Counts, 0), <<"bytes_out">> => maps:get(send_oct, Counts, 0),
       <<"queued">> => maps:get(send_pend, Counts, 0)}].

socket_row(Socket) ->
    try socket:info(Socket) of
        #{owner := Owner, protocol := Protocol, counters := Counts} = Info ->
            States = [text(S) || S <- maps:get(rstates, Info, []) ++ maps:get(wstates, Info, [])],
            [#{<<"socket">> => print(Socket, 60), <<"kind">> => text(Protocol), <<"owner">> => pid(Owner), <<"owner_name">> => name(Owner),
               <<"local">> => address(catch socket:sockname(Socket)), <<"peer">> => address(catch socket:peername(Socket)),
               <<"state">> => iolist_to_binary(lists:join($ , States)), <<"bytes_in">> => maps:get(read_byte, Counts, 0),
               <<"bytes_out">> => maps:get(write_byte, Counts, 0), <<"queued">> => 0}];
        _ -> []
    catch _:_ -> []
    end.

address({ok, {Address, Number}}) when is_integer(Number) -> ip(Address, Number);
address({ok, {local, Path}}) -> print_path(Path);
address({ok, #{addr := Address, port := Number}}) -> ip(Address, Number);
address({ok, #{path := Path}}) -> print_path(Path);
address(_) -> <<>>.

ip(Address, Number) ->
    case inet:ntoa(Address) of
        {error, _} -> print(Address, 60);
        Text when tuple_size(Address) =:= 8 -> iolist_to_binary([$[, Text, "]:", integer_to_list(Number)]);
        Text -> iolist_to_binary([Text, $:, integer_to_list(Number)])
    end.

print_path(Path) when is_binary(Path) -> print_string(binary_to_list(Path));
print_path(Path) -> print_string(Path).

%% ---- Memory, limits, nodes -----------------------------------------------------------------------

%% What an allocator has of carriers, and of blocks in them that are used.
allocator_rows() ->
    [begin
         Instances = case erlang:system_info({allocator_sizes, Allocator}) of L when is_list(L) -> L; _ -> [] end,
         Kinds = [Kind || {instance, _, Parts} <- Instances, {Name, Kind} <- Parts, lists:member(Name, [mbcs, mbcs_pool, sbcs])],
         Blocks = lists:sum([blocks_size(Kind) || Kind <- Kinds]),
         Carriers = lists:sum([present(lists:keyfind(carriers_size, 1, Kind)) || Kind <- Kinds]),
         #{<<"allocator">> => text(Allocator), <<"blocks">> => Blocks, <<"carriers">> => Carriers, <<"unused">> => max(0, Carriers - Blocks),
           <<"used">> => case Carriers of 0 -> 0.0; _ -> round(Blocks * 1000 / Carriers) / 1000 end, <<"instances">> => length(Instances)}
     end || Allocator <- erlang:system_info(alloc_util_allocators)].

%% {blocks, [{Type, [{size, Now, ...} | _]}]}, and {blocks_size, Now, ...} before.
blocks_size(Kind) ->
    case lists:keyfind(blocks, 1, Kind) of
        {blocks, Types} when is_list(Types) -> lists:sum([present(lists:keyfind(size, 1, Sizes)) || {_, Sizes} <- Types]);
        _ -> present(lists:keyfind(blocks_size, 1, Kind))
    end.

present(Tuple) when is_tuple(Tuple), is_integer(element(2, Tuple)) -> element(2, Tuple);
present(_) -> 0.

limit_rows() ->
    [#{<<"name">> => Name, <<"used">> => Used, <<"limit">> => Limit, <<"share">> => round(Used * 10000 / Limit) / 10000}
     || {Name, Used, Limit} <- [{<<"processes">>, erlang:system_info(process_count), erlang:system_info(process_limit)},
                                {<<"ports">>, erlang:system_info(port_count), erlang:system_info(port_limit)},
                                {<<"atoms">>, erlang:system_info(atom_count), erlang:system_info(atom_limit)},
                                {<<"ets tables">>, length(ets:all()), erlang:system_info(ets_limit)}]].

node_rows() ->
    [#{<<"node">> => text(Node), <<"kind">> => Kind}
     || {Kind, Nodes} <- [{<<"this">>, [node()]}, {<<"visible">>, nodes()}, {<<"hidden">>, nodes(hidden)}], Node <- Nodes,
        not is_bridge(Node)].

%% Ours, and that of another observer: no node one could go to.
is_bridge(Node) -> lists:prefix("grove_beam", atom_to_list(Node)).
