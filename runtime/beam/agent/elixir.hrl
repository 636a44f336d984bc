%% SPDX-License-Identifier: MIT
%%
%% What Elixir calls things: names in its Registry, Tasks and Agents, and ids of children.

%% Registries on the node: {name, [tables by process]} of each. What registers processes there is a partition
%% under a name that says so.
registries() ->
    case get(registries) of
        undefined ->
            Found = case code:is_loaded('Elixir.Registry') of
                        false -> [];
                        _ -> [{Name, tables_of(Name)} || Name <- lists:sublist(lists:usort(lists:append([registry_of(N) || N <- registered()])), 64)]
                    end,
            put(registries, Found),
            Found;
        Known -> Known
    end.

registry_of(Partition) ->
    case binary:split(atom_to_binary(Partition, utf8), <<".PIDPartition">>) of
        [Registry, <<"0">>] -> try [binary_to_existing_atom(Registry, utf8)] catch error:_ -> [] end;
        _ -> []
    end.

%% Where they stand in its rows depends on how many partitions there are: {server, table} in any of them.
tables_of(Registry) -> lists:usort(lists:append([tables_in(Row) || Key <- lists:seq(-1, 63), Row <- rows_in(Registry, Key)])).

rows_in(Table, Key) -> try ets:lookup(Table, Key) catch error:_ -> [] end.

tables_in({Server, Table}) when is_pid(Server) -> [Table];
tables_in(Tuple) when is_tuple(Tuple) -> lists:append([tables_in(Item) || Item <- tuple_to_list(Tuple), is_tuple(Item)]);
tables_in(_) -> [].

%% Its key, as it would be written in Elixir.
registry_key(Pid, Registries) ->
    case registry_entry(Pid, Registries) of
        none -> none;
        {_, Key} -> inspect(Key, 60)
    end.

%% As Elixir's own log calls it: {Registry, key}.
registered_via(Pid) ->
    case registry_entry(Pid, registries()) of
        none -> <<>>;
        Entry -> inspect(Entry, 80)
    end.

registry_entry(_, []) -> none;
registry_entry(Pid, [{Registry, Tables} | Rest]) ->
    case lists:append([rows_in(Table, Pid) || Table <- Tables]) of
        [Entry | _] when tuple_size(Entry) >= 2 -> {Registry, element(2, Entry)};
        _ -> registry_entry(Pid, Rest)
    end.

%% In Elixir's syntax where there is Elixir. Nothing that a user wrote runs for it: structs of others than
%% Elixir are shown with all their fields.
-define(OWN_STRUCTS, ['Elixir.Date', 'Elixir.Time', 'Elixir.NaiveDateTime', 'Elixir.DateTime', 'Elixir.Range', 'Elixir.MapSet', 'Elixir.Regex']).
inspect(Term, Max) ->
    case code:is_loaded('Elixir.Kernel') of
        false -> print(Term, Max);
        _ ->
            try 'Elixir.Kernel':inspect(Term, [{limit, 30}, {printable_limit, Max}, {inspect_fun, fun inspect_plainly/2}, {width, 10000}]) of
                Text when byte_size(Text) =< 4 * Max -> Text;
                _ -> print(Term, Max)
            catch _:_ -> print(Term, Max)
            end
    end.

inspect_plainly(#{'__struct__' := Name} = Struct, Options) when is_atom(Name) ->
    case lists:member(Name, ?OWN_STRUCTS) of
        true -> 'Elixir.Inspect':inspect(Struct, Options);
        false -> 'Elixir.Inspect.Any':inspect(Struct, Options)
    end;
inspect_plainly(Term, Options) -> 'Elixir.Inspect':inspect(Term, Options).

%% How a child is called by its supervisor: also what it is asked for by.
id_text(Id) when is_atom(Id) -> text(Id);
id_text(Id) when is_integer(Id) -> integer_to_binary(Id);
id_text(Id) when is_binary(Id), byte_size(Id) =< 60 -> case unicode:characters_to_binary(Id) of Id -> Id; _ -> inspect(Id, 60) end;
id_text(Id) -> inspect(Id, 60).

%% What an unnamed process runs. Tasks and Agents tell the function they were given, not their own.
running_name(Pid) ->
    case process_info(Pid, [initial_call, dictionary]) of
        [{_, First}, {_, Entries}] ->
            case proplists:get_value('$initial_call', Entries, First) of
                {supervisor, Module, _} -> text(Module);
                {Module, init, _} -> text(Module);
                Initial -> iolist_to_binary([what_runs(Pid, First, Entries), mfa(outer(Initial))])
            end;
        _ -> <<>>
    end.

%% What proc_lib has begun tells that from OTP 27 on.
what_runs(_, {'Elixir.Task.Supervised', _, _}, _) -> <<"Task ">>;
what_runs(Pid, {proc_lib, init_p, _}, Entries) ->
    case code:is_loaded('Elixir.Task.Supervised') =/= false andalso proplists:is_defined('$callers', Entries) of
        true -> <<"Task ">>;
        false ->
            %% A server that has not begun with init/1.
            case code:is_loaded('Elixir.Agent.Server') =/= false andalso behaviour(Pid) of
                gen_server -> <<"Agent ">>;
                _ -> <<>>
            end
    end;
what_runs(_, _, _) -> <<>>.

%% The function that a fun is written in: -start_link/1-fun-0- is in start_link/1.
outer({Module, Function, Arity}) ->
    case binary:split(atom_to_binary(Function, utf8), [<<"-">>, <<"/">>], [global]) of
        [<<>>, Name, In, <<"fun">> | _] -> try {Module, binary_to_existing_atom(Name, utf8), binary_to_integer(In)} catch error:_ -> {Module, Function, Arity} end;
        _ -> {Module, Function, Arity}
    end;
outer(Other) -> Other.
