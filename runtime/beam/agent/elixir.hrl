%% SPDX-License-Identifier: MIT
%%
%% What Elixir calls things: names in its Registry, Tasks and Agents, and ids of children.

%% Registries on the node: {Name, [tables by process]}. What registers processes there is a partition
%% under a name that says so; the tables of all partitions are in the one that has the registry's name.
registries() ->
    case code:is_loaded('Elixir.Registry') of
        false -> [];
        _ -> [{Name, tables_of(Name)} || Name <- lists:sublist(lists:usort(lists:append([registry_of(N) || N <- registered()])), 64)]
    end.

registry_of(Partition) ->
    case binary:split(atom_to_binary(Partition, utf8), <<".PIDPartition">>) of
        [Registry, <<"0">>] -> try [binary_to_existing_atom(Registry, utf8)] catch error:_ -> [] end;
        _ -> []
    end.

tables_of(Registry) ->
    try ets:match(Registry, {'_', '_', {'_', '$1'}}) of
        Found -> [Table || [Table] <- Found]
    catch error:_ -> []
    end.

%% {Registry, key}, as Elixir's :via has it.
registry_name(_, []) -> none;
registry_name(Pid, [{Registry, Tables} | Rest]) ->
    case lists:append([catch_lookup(Table, Pid) || Table <- Tables]) of
        [Entry | _] when tuple_size(Entry) >= 2 ->
            iolist_to_binary([${, text(Registry), ", ", inspect(element(2, Entry), 100), $}]);
        _ -> registry_name(Pid, Rest)
    end.

catch_lookup(Table, Pid) -> try ets:lookup(Table, Pid) catch error:_ -> [] end.

%% In Elixir's syntax where there is Elixir. Nothing that a user wrote runs for it.
inspect(Term, Max) ->
    case code:is_loaded('Elixir.Kernel') of
        false -> print(Term, Max);
        _ ->
            try 'Elixir.Kernel':inspect(Term, [{limit, 30}, {printable_limit, Max}, {structs, false}, {width, 10000}]) of
                Text when byte_size(Text) =< 4 * Max -> Text;
                _ -> print(Term, Max)
            catch _:_ -> print(Term, Max)
            end
    end.

%% How a child is called by its supervisor: also what it is asked for by.
id_text(Id) when is_atom(Id) -> text(Id);
id_text(Id) when is_binary(Id), byte_size(Id) =< 60 -> case unicode:characters_to_binary(Id) of Id -> Id; _ -> inspect(Id, 60) end;
id_text(Id) -> inspect(Id, 60).

%% What an unnamed process runs. Tasks and Agents tell the function they were given, not their own.
running_name(Pid) ->
    case process_info(Pid, [initial_call, dictionary]) of
        [{_, First}, {_, Entries}] ->
            case proplists:get_value('$initial_call', Entries, First) of
                {supervisor, Module, _} -> text(Module);
                {_, init, _} = Initial -> mfa(Initial);
                Initial -> iolist_to_binary([what_runs(Pid, First, Entries), mfa(Initial)])
            end;
        _ -> <<>>
    end.

what_runs(Pid, {proc_lib, init_p, _}, Entries) ->
    case code:is_loaded('Elixir.Task') =/= false andalso proplists:is_defined('$callers', Entries) of
        true -> <<"Task ">>;
        false ->
            %% A server that has not begun with init/1.
            case code:is_loaded('Elixir.Agent') =/= false andalso behaviour(Pid) of
                gen_server -> <<"Agent ">>;
                _ -> <<>>
            end
    end;
what_runs(_, _, _) -> <<>>.
