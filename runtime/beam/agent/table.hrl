%% SPDX-License-Identifier: MIT
%%
%% Tables: sorted, filtered and cut to a window on the node. Processes are scanned in two stages: what
%% can be read in place is read of all, what a process must answer itself only of those in the window.

%% As process_info() has them; none of these wakes the process that is asked.
-define(IN_PLACE, [registered_name, status, message_queue_len, reductions, initial_call, group_leader,
                   priority, trap_exit, heap_size, stack_size]).
-define(SLICE, 1000).
-define(SLOW_MS, 1000).

table(#{<<"name">> := <<"processes">>} = Params, Rates) -> guarded(fun(Skip) -> processes_table(Params, Rates, Skip) end, #{});
table(#{<<"name">> := <<"names">>} = Params, _) -> guarded(fun(Skip) -> plain_table(Params, name_rows(Skip)) end, #{});
table(#{<<"name">> := <<"objects">>} = Params, _) -> objects(Params);
table(#{<<"name">> := <<"children">>} = Params, _) -> child_table(Params);
table(#{<<"name">> := Name} = Params, _) -> plain_table(Params, rows_of(Name, Params)).

%% A process in native code answers nobody, and there is no way to ask with a time limit: so another
%% process asks, and is replaced when it hangs. Who made it hang is passed over then.
guarded(Scan, Skip) ->
    Self = self(),
    %% What is thrown is an answer, and nothing for the node's log.
    Run = fun() -> try Self ! {self(), Scan(Skip), element(2, process_info(self(), reductions))} catch throw:Refused -> exit(Refused) end end,
    {Pid, Monitor} = spawn_opt(Run,
        [monitor, {priority, low}, {max_heap_size, #{size => ?WORKER_WORDS, kill => true, error_logger => false}}]),
    wait_for_scan(Pid, Monitor, Scan, Skip, none).

wait_for_scan(Pid, Monitor, Scan, Skip, Before) ->
    receive
        {Pid, Result, Reductions} ->
            erlang:demonitor(Monitor, [flush]),
            put(scanned, Reductions),
            Result;
        {'DOWN', Monitor, process, Pid, {Code, Text}} when is_atom(Code), is_binary(Text) -> throw({Code, Text});
        {'DOWN', Monitor, process, Pid, killed} -> throw({limit, <<"the answer would have taken more than 256 MB on the node">>});
        {'DOWN', Monitor, process, Pid, Why} -> throw({internal, print(Why, 600)})
    after ?SLOW_MS ->
        Now = {asks_now(Pid), process_info(Pid, reductions)},
        case Now of
            {Asked, _} when Now =:= Before, is_pid(Asked) ->
                exit(Pid, kill),
                erlang:demonitor(Monitor, [flush]),
                guarded(Scan, Skip#{Asked => true});
            _ -> wait_for_scan(Pid, Monitor, Scan, Skip, Now)
        end
    end.

%% ---- Processes ----------------------------------------------------------------------------------

%% A process must answer itself what function it is in, and what proc_lib noted of how it began: so many
%% are asked in a scan, of which filter and order leave open whether they are wanted.
-define(ASKED, 20000).
-define(ASKED_OF_MORE, 2000).

processes_table(Params, Rates, Skip) ->
    Sort = [{Column, Order =:= <<"desc">>} || [Column, Order] <- maps:get(<<"sort">>, Params)],
    Filter = maps:get(<<"filter">>, Params, none),
    Sorted = [C || {C, _} <- Sort],
    Needs = lists:usort(Sorted ++ columns_of(Filter)),
    Scan = #{apps => leaders(), rates => Rates, items => items(Needs), sort => Sort, filter => Filter,
             needs_rate => lists:member(<<"reductions/s">>, Needs), skip => Skip, header => pid_header(),
             asks => [C || C <- Needs, asked_for(C)], sort_asks => lists:any(fun asked_for/1, Sorted),
             asked_at_most => most_asked(Needs)},
    Ranking = case single(Sort, Filter) of
                  {Item, Column, Descending} when Skip =:= #{} -> fun(Pids, Rank) -> scan_one(Pids, Item, Column, Descending, Rank, 0) end;
                  _ -> fun(Pids, Rank) -> put(asked, 0), scan(Pids, Scan, ?SLICE, Rank, 0) end
              end,
    {Window, Matched} = ranked(Ranking, candidates(Params, Filter), maps:get(<<"offset">>, Params), maps:get(<<"limit">>, Params)),
    process_flag(priority, normal),
    Rows = [Row || {_, Pid} <- Window, Row <- row(Pid, maps:get(<<"columns">>, Params), Scan)],
    #{total => total(Params, Filter, Matched), matched => Matched, now => now_ns(), rows => Rows, stuck => [pid(P) || P <- maps:keys(Skip)]}.

%% Who looks is not counted, nor who ended meanwhile.
total(Params, none, Matched) when not is_map_key(<<"keys">>, Params) -> Matched;
total(_, _, Matched) -> max(Matched, erlang:system_info(process_count) - 1).

%% Of which one is sought by its pid no other is looked at.
candidates(#{<<"keys">> := Keys}, _) -> [Pid || Key <- Keys, Pid <- known(Key)];
candidates(_, [<<"eq">>, <<"pid">>, Text]) -> known(Text);
candidates(_, _) -> processes().

asked_for(Column) -> Column =:= <<"current">> orelse Column =:= <<"initial">>.

most_asked(Needs) ->
    case lists:member(<<"current">>, Needs) andalso erlang:system_info(process_count) > ?ASKED of
        true -> ?ASKED_OF_MORE;
        false -> ?ASKED
    end.

known(Key) ->
    try [Pid || Pid <- [list_to_pid(binary_to_list(Key))], node(Pid) =:= node()] catch error:_ -> [] end.

columns_of(none) -> [];
columns_of([<<"not">>, F]) -> columns_of(F);
columns_of([Op | Fs]) when Op =:= <<"and">>; Op =:= <<"or">> -> lists:append([columns_of(F) || F <- Fs]);
columns_of([_, Column | _]) -> [Column].

%% What must be read of every process for these columns; nothing that it would have to answer itself.
items(Columns) -> lists:usort([status | [Item || Column <- Columns, Item <- item(Column)]]).

item(<<"name">>) -> [registered_name];
item(<<"messages">>) -> [message_queue_len];
item(<<"reductions">>) -> [reductions];
item(<<"reductions/s">>) -> [reductions];
item(<<"memory">>) -> [garbage_collection_info];
item(<<"binaries">>) -> [garbage_collection_info];
item(<<"heap">>) -> [heap_size];
item(<<"stack">>) -> [stack_size];
item(<<"priority">>) -> [priority];
item(<<"initial">>) -> [initial_call];
item(<<"app">>) -> [group_leader];
item(<<"trap_exit">>) -> [trap_exit];
item(_) -> [].

scan([], _, _, Rank, Matched) -> {Rank, Matched};
scan(Pids, Scan, 0, Rank, Matched) ->
    erlang:yield(),
    scan(Pids, Scan, ?SLICE, Rank, Matched);
scan([Pid | Pids], Scan = #{items := Items, skip := Skip}, Left, Rank, Matched) ->
    put(asks, Pid),
    case is_map_key(Pid, Skip) orelse process_info(Pid, Items) of
        Info when is_list(Info), Pid =/= self() ->
            case accepted(values(Pid, Info, Scan), Scan) of
                false -> scan(Pids, Scan, Left - 1, Rank, Matched);
                Values -> scan(Pids, Scan, Left - 1, keep(sort_key(maps:get(sort, Scan), Values), Pid, Rank), Matched + 1)
            end;
        _ -> scan(Pids, Scan, Left - 1, Rank, Matched)
    end.

%% The values, with what the process was asked for where that matters; false: it is not wanted.
accepted(Values, #{filter := Filter, sort_asks := SortAsks} = Scan) ->
    case verdict(Filter, Values) of
        false -> false;
        true when not SortAsks -> Values;
        _ ->
            More = ask(Values, Scan),
            case verdict(Filter, More) of true -> More; _ -> false end
    end.

ask(#{pid := Pid} = Values, #{asks := Columns, rates := {_, Known}} = Scan) ->
    case {lists:member(<<"current">>, Columns), ets:lookup(Known, Pid)} of
        {false, [{_, Begun}]} -> Values#{begun => Begun};
        {Current, _} -> ask(Values, Scan, Current)
    end.

ask(#{pid := Pid} = Values, #{asks := Columns, asked_at_most := Most, rates := {_, Known}}, AsksCurrent) ->
    Asked = get(asked),
    put(asked, Asked + 1),
    case {Asked < Most, AsksCurrent} of
        {true, Current} ->
            Begun = fun(P, V) -> begun(P, V, Known) end,
            lists:foldl(fun(Found, V) -> Found(Pid, V) end, Values,
                        [fun current/2 || Current] ++ [Begun || lists:member(<<"initial">>, Columns)]);
        {false, true} ->
            throw({limit, <<"Of so many processes only some are asked for their current function: filter by something else too, as in messages>0">>});
        {false, false} -> Values#{begun => maps:get(initial_call, Values)}
    end.

current(Pid, Values) ->
    case process_info(Pid, current_function) of
        {_, Current} -> Values#{current_function => Current};
        undefined -> Values
    end.

%% It never changes: who was asked once is not asked again, as long as not too many are remembered.
-define(REMEMBERED, 100000).

begun(Pid, #{initial_call := {proc_lib, _, _} = First} = Values, Known) ->
    Memory = case process_info(Pid, garbage_collection_info) of {_, Gc} -> memory_of(Gc); undefined -> 0 end,
    Begun = begun_with(Pid, First, Memory, #{}),
    ets:info(Known, size) < ?REMEMBERED orelse ets:delete_all_objects(Known),
    ets:insert(Known, {Pid, Begun}),
    Values#{begun => Begun};
begun(_, Values, _) -> Values.

%% Where all are ranked by one number that is read in place, nothing else is read: that is most scans,
%% and most of what they cost.
single([{Column, Descending}], none) ->
    case Column of
        <<"messages">> -> {message_queue_len, Column, Descending};
        <<"reductions">> -> {reductions, Column, Descending};
        <<"memory">> -> {garbage_collection_info, Column, Descending};
        <<"binaries">> -> {garbage_collection_info, Column, Descending};
        _ -> none
    end;
single(_, _) -> none.

scan_one([], _, _, _, Rank, Matched) -> {Rank, Matched};
scan_one([Pid | Pids], Item, Column, Descending, Rank, Matched) ->
    put(asks, Pid),
    case process_info(Pid, Item) of
        {_, Found} when Pid =/= self() ->
            Value = case Column of <<"memory">> -> memory_of(Found); <<"binaries">> -> binaries_of(Found); _ -> Found end,
            Key = case Descending of true -> -Value; false -> Value end,
            scan_one(Pids, Item, Column, Descending, keep(Key, Pid, Rank), Matched + 1);
        _ -> scan_one(Pids, Item, Column, Descending, Rank, Matched)
    end.

%% Values that sort upwards in the order that is wanted.
sort_key([{Column, Descending}], Values) -> turned(value(Column, Values), Descending);
sort_key(Sort, Values) -> [turned(value(Column, Values), Descending) || {Column, Descending} <- Sort].

turned(Value, false) -> Value;
turned(Value, true) when is_number(Value) -> -Value;
turned(Value, true) when is_binary(Value) -> [255 - Byte || <<Byte>> <= Value] ++ [256];
turned(true, true) -> 0;
turned(false, true) -> 1;
turned(Value, true) -> Value.

%% ---- Values of a process -------------------------------------------------------------------------

%% By process_info()'s names.
values(Pid, Info, #{apps := Apps, needs_rate := Rated} = Scan) ->
    Values = maps:from_list([{pid, Pid}, {apps, Apps} | Info]),
    case Rated of
        true -> Values#{rate => rate(Pid, maps:get(reductions, Values), Scan)};
        false -> Values
    end.

value(Column, Values) ->
    case Column of
        <<"pid">> -> maps:get(pid, Values);
        <<"name">> -> case maps:get(registered_name, Values) of [] -> unregistered(maps:get(pid, Values)); Name -> text(Name) end;
        <<"status">> -> status(maps:get(status, Values));
        <<"messages">> -> maps:get(message_queue_len, Values);
        <<"reductions">> -> maps:get(reductions, Values);
        <<"reductions/s">> -> maps:get(rate, Values);
        <<"memory">> -> memory_of(maps:get(garbage_collection_info, Values));
        <<"binaries">> -> binaries_of(maps:get(garbage_collection_info, Values));
        <<"heap">> -> maps:get(heap_size, Values) * erlang:system_info(wordsize);
        <<"stack">> -> maps:get(stack_size, Values) * erlang:system_info(wordsize);
        <<"priority">> -> text(maps:get(priority, Values));
        <<"initial">> -> mfa(maps:get(begun, Values, maps:get(initial_call, Values)));
        <<"current">> -> mfa(maps:get(current_function, Values, undefined));
        <<"app">> -> maps:get(maps:get(group_leader, Values), maps:get(apps, Values), <<>>);
        <<"trap_exit">> -> maps:get(trap_exit, Values)
    end.

%% In the protocol's words.
status(garbage_collecting) -> <<"running">>;
status(Status) -> text(Status).

%% The words garbage_collection_info has are those of total_heap_size, and it needs no answer from the
%% process; what is missing to `memory` is the control block and the queue's own.
memory_of(Gc) -> memory_of(Gc, 0).
memory_of([{old_heap_block_size, N} | Rest], Words) -> memory_of(Rest, Words + N);
memory_of([{heap_block_size, N} | Rest], Words) -> memory_of(Rest, Words + N);
memory_of([{mbuf_size, N} | Rest], Words) -> memory_of(Rest, Words + N);
memory_of([_ | Rest], Words) -> memory_of(Rest, Words);
memory_of([], Words) -> Words * erlang:system_info(wordsize) + 800.

%% What it refers to of binaries that are kept outside all heaps, as of its last collection and since.
binaries_of(Gc) ->
    (proplists:get_value(bin_vheap_size, Gc, 0) + proplists:get_value(bin_old_vheap_size, Gc, 0)) * erlang:system_info(wordsize).

%% ---- Rates --------------------------------------------------------------------------------------
%% Two words for each place of the process table, both small integers: where it stood at least a second
%% ago, <<Tag:6, EighthsOfASecond:14, Reductions:38>>, and its rate then, in tenths and one more, 0 none.
%% Its place is that of the process in its table, the tag what else its number has. Whoever asks again
%% within the second (another table, or the same for its order and for its rows) is told the same.

%% Beside them what processes said they began with.
new_rates() -> {atomics:new(2 * places(), [{signed, false}]), ets:new(grove_begun, [public])}.
places() -> power_of_two(1, erlang:system_info(process_limit)).
power_of_two(N, Limit) when N >= Limit -> N;
power_of_two(N, Limit) -> power_of_two(2 * N, Limit).

pid_header() -> byte_size(term_to_binary(self())) - 12.

rate(Pid, Reductions, #{rates := {Rates, _}, header := Header}) ->
    <<_:Header/binary, Number:32, Serial:32, _:32>> = term_to_binary(Pid),
    #{size := Size} = atomics:info(Rates),
    Data = (Serial bsl 15) bor Number,
    Places = Size div 2,
    Place = 2 * (Data band (Places - 1)) + 1,
    Tag = (Data div Places) band 63,
    Time = (now_ns() div 125000000) band 16#3FFF,
    Low = Reductions band 16#3FFFFFFFFF,
    Old = atomics:get(Rates, Place),
    Passed = (Time - (Old bsr 38)) band 16#3FFF,
    case Old =/= 0 andalso Old bsr 52 =:= Tag andalso Passed < 480 of
        true -> known_rate(Rates, Place, Passed, ((Low - Old) band 16#3FFFFFFFFF) * 80, (Tag bsl 52) bor (Time bsl 38) bor Low);
        false ->
            atomics:put(Rates, Place, (Tag bsl 52) bor (Time bsl 38) bor Low),
            atomics:put(Rates, Place + 1, 0),
            0.0
    end.

known_rate(Rates, Place, Passed, Done, New) when Passed >= 8 ->
    Tenths = round(Done / Passed),
    atomics:put(Rates, Place, New),
    atomics:put(Rates, Place + 1, Tenths + 1),
    Tenths / 10;
known_rate(Rates, Place, Passed, Done, _) ->
    case atomics:get(Rates, Place + 1) of
        0 when Passed > 0 -> round(Done / Passed) / 10;
        0 -> 0.0;
        Known -> (Known - 1) / 10
    end.

%% ---- The rows in sight --------------------------------------------------------------------------

%% First what is read in place: a process that must answer runs, and would be shown as running.
row(Pid, Columns, Scan) ->
    put(asks, Pid),
    case process_info(Pid, [garbage_collection_info | ?IN_PLACE]) of
        undefined -> [];
        Info ->
            Values = values(Pid, Info, Scan#{needs_rate => lists:member(<<"reductions/s">>, Columns)}),
            Asked = case lists:member(<<"current">>, Columns) of true -> current(Pid, Values); false -> Values end,
            Named = named(Pid, Columns, Asked),
            [[case Column of <<"pid">> -> pid(Pid); _ -> value(Column, Named) end || Column <- Columns]]
    end.

%% What proc_lib noted at the start, and a label (OTP 27): in the dictionary, which is not copied out of
%% a process that is large.
named(Pid, Columns, Values = #{initial_call := {Module, _, _}, registered_name := Name, garbage_collection_info := Gc}) ->
    Wanted = (Module =:= proc_lib andalso lists:member(<<"initial">>, Columns)) orelse (Name =:= [] andalso lists:member(<<"name">>, Columns)),
    case Wanted andalso memory_of(Gc) < 4194304 andalso process_info(Pid, dictionary) of
        {dictionary, Entries} ->
            Begun = proplists:get_value('$initial_call', Entries, maps:get(initial_call, Values)),
            Values#{begun => Begun, registered_name => case Name of [] -> unregistered_name(Pid, Entries); _ -> Name end};
        _ -> Values
    end.

%% What a process without a name is called by: its label, else its name in a Registry. For a filter only
%% this is looked up.
unregistered_name(Pid, Entries) ->
    case proplists:get_value('$process_label', Entries, undefined) of
        undefined -> registered_via(Pid);
        Label -> print(Label, 80)
    end.

unregistered(Pid) ->
    case erlang:system_info(process_count) =< ?ASKED of
        true -> registered_via(Pid);
        false -> <<>>
    end.

%% ---- Filters ------------------------------------------------------------------------------------

%% Whether a process is wanted, or `unknown` before it has been asked.
verdict(none, _) -> true;
verdict([<<"and">> | Filters], Values) -> all_of(Filters, Values, true);
verdict([<<"or">> | Filters], Values) -> any_of(Filters, Values, false);
verdict([<<"not">>, Filter], Values) ->
    case verdict(Filter, Values) of unknown -> unknown; Wanted -> not Wanted end;
verdict([_, <<"current">> | _], Values) when not is_map_key(current_function, Values) -> unknown;
verdict([_, <<"initial">> | _], #{initial_call := {proc_lib, _, _}} = Values) when not is_map_key(begun, Values) -> unknown;
verdict([Op, <<"pid">> | Given], Values) -> compare(Op, pid(maps:get(pid, Values)), Given);
verdict([Op, Column | Given], Values) -> compare(Op, value(Column, Values), Given).

all_of([], _, Wanted) -> Wanted;
all_of([Filter | Filters], Values, Wanted) ->
    case verdict(Filter, Values) of
        false -> false;
        true -> all_of(Filters, Values, Wanted);
        unknown -> all_of(Filters, Values, unknown)
    end.

any_of([], _, Wanted) -> Wanted;
any_of([Filter | Filters], Values, Wanted) ->
    case verdict(Filter, Values) of
        true -> true;
        false -> any_of(Filters, Values, Wanted);
        unknown -> any_of(Filters, Values, unknown)
    end.

compare(<<"eq">>, Value, [Given]) -> Value == Given;
compare(<<"ne">>, Value, [Given]) -> Value /= Given;
compare(<<"lt">>, Value, [Given]) -> Value < Given;
compare(<<"le">>, Value, [Given]) -> Value =< Given;
compare(<<"gt">>, Value, [Given]) -> Value > Given;
compare(<<"ge">>, Value, [Given]) -> Value >= Given;
compare(<<"in">>, Value, Given) -> lists:any(fun(G) -> Value == G end, Given);
compare(<<"prefix">>, Value, [Given]) -> string:prefix(Value, Given) =/= nomatch;
compare(<<"contains">>, Value, [Given]) -> binary:match(string:lowercase(Value), Given) =/= nomatch.

%% ---- Tables that are small -----------------------------------------------------------------------
%% Rows are maps of columns by name; the key is the first of the columns asked for.

plain_table(Params, Rows) ->
    Sort = [{Column, Order =:= <<"desc">>} || [Column, Order] <- maps:get(<<"sort">>, Params)],
    Filter = maps:get(<<"filter">>, Params, none),
    [Key | _] = Columns = maps:get(<<"columns">>, Params),
    Matching = [Row || Row <- Rows, plain_accepts(Filter, Row), wanted(Params, maps:get(Key, Row))],
    Sorted = lists:sort([{[turned(maps:get(C, Row), D) || {C, D} <- Sort], maps:get(Key, Row), Row} || Row <- Matching]),
    #{total => length(Rows), matched => length(Matching), now => now_ns(), stuck => [],
      rows => [[maps:get(C, Row) || C <- Columns]
               || {_, _, Row} <- window(Sorted, maps:get(<<"offset">>, Params), maps:get(<<"limit">>, Params))]}.

wanted(#{<<"keys">> := Keys}, Key) when is_integer(Key) -> lists:member(integer_to_binary(Key), Keys);
wanted(#{<<"keys">> := Keys}, Key) -> lists:member(Key, Keys);
wanted(_, _) -> true.

plain_accepts(none, _) -> true;
plain_accepts([<<"and">> | Filters], Row) -> lists:all(fun(F) -> plain_accepts(F, Row) end, Filters);
plain_accepts([<<"or">> | Filters], Row) -> lists:any(fun(F) -> plain_accepts(F, Row) end, Filters);
plain_accepts([<<"not">>, Filter], Row) -> not plain_accepts(Filter, Row);
plain_accepts([Op, Column | Given], Row) -> compare(Op, maps:get(Column, Row), Given).

rows_of(<<"applications">>, Params) -> application_rows(Params);
rows_of(<<"ets">>, _) -> ets_rows();
rows_of(<<"ports">>, _) -> port_rows();
rows_of(<<"sockets">>, _) -> socket_rows();
rows_of(<<"allocators">>, _) -> allocator_rows();
rows_of(<<"limits">>, _) -> limit_rows();
rows_of(<<"timers">>, _) -> timer_rows();
rows_of(<<"nodes">>, _) -> node_rows().

name_rows(Skip) ->
    Apps = leaders(),
    lists:append([name_row(Name, Apps, Skip) || Name <- registered()]).

name_row(Name, Apps, Skip) ->
    case whereis(Name) of
        Pid when is_pid(Pid) ->
            put(asks, Pid),
            case process_info(Pid, [status, message_queue_len, initial_call, garbage_collection_info, group_leader]) of
                [{_, Status}, {_, Messages}, {_, Initial}, {_, Gc}, {_, Leader}] ->
                    Memory = memory_of(Gc),
                    [#{<<"name">> => text(Name), <<"pid">> => pid(Pid), <<"status">> => status(Status),
                       <<"messages">> => Messages, <<"initial">> => mfa(begun_with(Pid, Initial, Memory, Skip)), <<"memory">> => Memory,
                       <<"app">> => maps:get(Leader, Apps, <<>>)}];
                _ -> []
            end;
        _ -> []
    end.

%% What proc_lib noted, of a process whose dictionary is copied in no time.
begun_with(Pid, {proc_lib, _, _} = Initial, Memory, Skip) when Memory < 4194304, not is_map_key(Pid, Skip) ->
    case process_info(Pid, dictionary) of
        {dictionary, Entries} -> proplists:get_value('$initial_call', Entries, Initial);
        _ -> Initial
    end;
begun_with(_, Initial, _, _) -> Initial.

print_string(Text) -> try unicode:characters_to_binary(Text) catch _:_ -> print(Text, 60) end.
