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

processes_table(Params, Rates, Skip) ->
    Apps = leaders(),
    Sort = [{Column, Order =:= <<"desc">>} || [Column, Order] <- maps:get(<<"sort">>, Params)],
    Filter = maps:get(<<"filter">>, Params, none),
    First = maps:get(<<"offset">>, Params) + maps:get(<<"limit">>, Params),
    Needs = lists:usort([C || {C, _} <- Sort] ++ columns_of(Filter)),
    deep(Needs) andalso erlang:system_info(process_count) > 20000 andalso
        throw({limit, <<"of so many processes only those in sight are asked for their current function; sort and filter by something else">>}),
    Scan = #{apps => Apps, rates => Rates, items => items(Needs), sort => Sort, filter => Filter, first => First,
             needs_rate => lists:member(<<"reductions/s">>, Needs), skip => Skip, header => pid_header(), deep => deep(Needs)},
    {All, Pids} = case maps:get(<<"keys">>, Params, none) of
                      none -> P = processes(), {length(P), P};
                      Keys -> {erlang:system_info(process_count), [Pid || Key <- Keys, Pid <- known(Key)]}
                  end,
    {Kept, Matched} = case single(Sort, Filter) of
                          {Item, Descending} when Skip =:= #{} -> scan_one(Pids, Item, Descending, First, [], 0, none, 0);
                          _ -> scan(Pids, Scan, ?SLICE, [], 0, none, 0)
                      end,
    Window = window(lists:sort(Kept), maps:get(<<"offset">>, Params), maps:get(<<"limit">>, Params)),
    process_flag(priority, normal),
    Rows = [Row || {_, Pid} <- Window, Row <- row(Pid, maps:get(<<"columns">>, Params), Scan)],
    #{total => All, matched => Matched, now => now_ns(), rows => Rows, stuck => [pid(P) || P <- maps:keys(Skip)]}.

known(Key) ->
    try [list_to_pid(binary_to_list(Key))] catch error:_ -> [] end.

window(List, Offset, Limit) -> lists:sublist(drop(Offset, List), Limit).
drop(0, List) -> List;
drop(_, []) -> [];
drop(N, [_ | List]) -> drop(N - 1, List).

%% Which application a process belongs to is told by its group leader: the application's master.
leaders() -> maps:from_list([{Pid, text(App)} || {{application_master, App}, Pid} <- ets:tab2list(ac_tab)]).

deep(Columns) -> lists:member(<<"current">>, Columns).

columns_of(none) -> [];
columns_of([<<"not">>, F]) -> columns_of(F);
columns_of([Op | Fs]) when Op =:= <<"and">>; Op =:= <<"or">> -> lists:append([columns_of(F) || F <- Fs]);
columns_of([_, Column | _]) -> [Column].

%% What must be read of every process for these columns, in the order values() takes them.
items(Columns) ->
    case lists:member(<<"memory">>, Columns) of
        true -> [garbage_collection_info | ?IN_PLACE];
        false -> ?IN_PLACE
    end ++ case deep(Columns) of true -> [current_function]; false -> [] end.

scan([], _, _, Kept, _, _, Matched) -> {Kept, Matched};
scan(Pids, Scan, 0, Kept, N, Limit, Matched) ->
    erlang:yield(),
    scan(Pids, Scan, ?SLICE, Kept, N, Limit, Matched);
scan([Pid | Pids], Scan = #{items := Items, skip := Skip}, Left, Kept, N, Limit, Matched) ->
    put(asks, Pid),
    case is_map_key(Pid, Skip) orelse process_info(Pid, Items) of
        Info when is_list(Info), Pid =/= self() ->
            Values = values(Pid, Info, Scan),
            case accepts(maps:get(filter, Scan), Values) of
                true ->
                    Key = {sort_key(maps:get(sort, Scan), Values), Pid},
                    {Kept1, N1, Limit1} = keep(Key, Kept, N, Limit, maps:get(first, Scan)),
                    scan(Pids, Scan, Left - 1, Kept1, N1, Limit1, Matched + 1);
                false -> scan(Pids, Scan, Left - 1, Kept, N, Limit, Matched)
            end;
        _ -> scan(Pids, Scan, Left - 1, Kept, N, Limit, Matched)
    end.

%% Where all are ranked by one number that is read in place, nothing else is read: that is most scans,
%% and most of what they cost.
single([{<<"messages">>, Descending}], none) -> {message_queue_len, Descending};
single([{<<"reductions">>, Descending}], none) -> {reductions, Descending};
single([{<<"memory">>, Descending}], none) -> {garbage_collection_info, Descending};
single(_, _) -> none.

scan_one([], _, _, _, Kept, _, _, Matched) -> {Kept, Matched};
scan_one([Pid | Pids], Item, Descending, First, Kept, N, Limit, Matched) ->
    put(asks, Pid),
    case process_info(Pid, Item) of
        {_, Found} when Pid =/= self() ->
            Value = case Found of [_ | _] -> memory_of(Found); _ -> Found end,
            Key = case Descending of true -> -Value; false -> Value end,
            case Limit of
                {Worst, _} when Key > Worst -> scan_one(Pids, Item, Descending, First, Kept, N, Limit, Matched + 1);
                _ ->
                    {Kept1, N1, Limit1} = keep({Key, Pid}, Kept, N, Limit, First),
                    scan_one(Pids, Item, Descending, First, Kept1, N1, Limit1, Matched + 1)
            end;
        _ -> scan_one(Pids, Item, Descending, First, Kept, N, Limit, Matched)
    end.

%% At most twice as many as can be in the window, then cut to those.
keep(Key, Kept, N, Limit, _) when Limit =/= none, Key >= Limit -> {Kept, N, Limit};
keep(Key, Kept, N, Limit, First) when N < 2 * First -> {[Key | Kept], N + 1, Limit};
keep(_, Kept, N, Limit, 0) -> {Kept, N, Limit};
keep(Key, Kept, _, _, First) ->
    Best = lists:sublist(lists:sort([Key | Kept]), First),
    {Best, First, lists:last(Best)}.

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

values(Pid, Info, Scan = #{items := [garbage_collection_info | _]}) ->
    [{_, Gc} | Rest] = Info,
    (values_in_place(Pid, Rest, Scan))#{memory => memory_of(Gc)};
values(Pid, Info, Scan) -> values_in_place(Pid, Info, Scan).

values_in_place(Pid, [{_, Name}, {_, Status}, {_, Messages}, {_, Reductions}, {_, Initial}, {_, Leader},
                      {_, Priority}, {_, Traps}, {_, Heap}, {_, Stack} | More], #{needs_rate := Rated} = Scan) ->
    #{pid => Pid, name => Name, status => Status, messages => Messages, reductions => Reductions,
      initial => Initial, leader => Leader, priority => Priority, trap_exit => Traps, heap => Heap, stack => Stack,
      rate => case Rated of true -> rate(Pid, Reductions, Scan); false -> 0 end,
      current => case More of [{current_function, Current}] -> Current; [] -> undefined end,
      apps => maps:get(apps, Scan)}.

value(Column, Values) ->
    case Column of
        <<"pid">> -> maps:get(pid, Values);
        <<"name">> -> case maps:get(name, Values) of [] -> <<>>; Name -> text(Name) end;
        <<"status">> -> status(maps:get(status, Values));
        <<"messages">> -> maps:get(messages, Values);
        <<"reductions">> -> maps:get(reductions, Values);
        <<"reductions/s">> -> maps:get(rate, Values);
        <<"memory">> -> maps:get(memory, Values, 0);
        <<"heap">> -> maps:get(heap, Values) * erlang:system_info(wordsize);
        <<"stack">> -> maps:get(stack, Values) * erlang:system_info(wordsize);
        <<"priority">> -> text(maps:get(priority, Values));
        <<"initial">> -> mfa(maps:get(initial, Values));
        <<"current">> -> mfa(maps:get(current, Values));
        <<"app">> -> maps:get(maps:get(leader, Values), maps:get(apps, Values), <<>>);
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

%% ---- Rates --------------------------------------------------------------------------------------
%% A word for each place of the process table: <<Tag:6, EighthsOfASecond:14, Reductions:38>>, which is a
%% small integer. Its place is that of the process in its table, the tag what else its number has.

new_rates() -> atomics:new(places(), [{signed, false}]).
places() -> power_of_two(1, erlang:system_info(process_limit)).
power_of_two(N, Limit) when N >= Limit -> N;
power_of_two(N, Limit) -> power_of_two(2 * N, Limit).

pid_header() -> byte_size(term_to_binary(self())) - 12.

rate(Pid, Reductions, #{rates := Rates, header := Header}) ->
    <<_:Header/binary, Number:32, Serial:32, _:32>> = term_to_binary(Pid),
    #{size := Size} = atomics:info(Rates),
    Data = (Serial bsl 15) bor Number,
    Place = Data band (Size - 1) + 1,
    Tag = (Data div Size) band 63,
    Time = (now_ns() div 125000000) band 16#3FFF,
    Low = Reductions band 16#3FFFFFFFFF,
    Old = atomics:get(Rates, Place),
    OldTag = Old bsr 52,
    Passed = (Time - (Old bsr 38)) band 16#3FFF,
    Known = Old =/= 0 andalso OldTag =:= Tag andalso Passed < 480,
    (not Known orelse Passed >= 8) andalso atomics:put(Rates, Place, (Tag bsl 52) bor (Time bsl 38) bor Low),
    case Known andalso Passed > 0 of
        true -> round(((Low - Old) band 16#3FFFFFFFFF) * 80 / Passed) / 10;
        false -> 0.0
    end.

%% ---- The rows in sight --------------------------------------------------------------------------

%% First what is read in place: a process that must answer runs, and would be shown as running.
row(Pid, Columns, Scan) ->
    put(asks, Pid),
    Items = items([<<"memory">>]),
    case process_info(Pid, Items) of
        undefined -> [];
        InPlace ->
            Info = InPlace ++ [Current || deep(Columns), {_, _} = Current <- [process_info(Pid, current_function)]],
            Values = values(Pid, Info, Scan#{items => Items, needs_rate => lists:member(<<"reductions/s">>, Columns)}),
            Named = named(Pid, Columns, Values),
            [[case Column of <<"pid">> -> pid(Pid); _ -> value(Column, Named) end || Column <- Columns]]
    end.

%% What proc_lib noted at the start, and a label (OTP 27): in the dictionary, which is not copied out of
%% a process that is large.
named(Pid, Columns, Values = #{initial := {Module, _, _}, memory := Memory}) when Memory < 4194304 ->
    Wanted = (Module =:= proc_lib andalso lists:member(<<"initial">>, Columns)) orelse
             (maps:get(name, Values) =:= [] andalso lists:member(<<"name">>, Columns)),
    case Wanted andalso process_info(Pid, dictionary) of
        {dictionary, Entries} ->
            Initial = proplists:get_value('$initial_call', Entries, maps:get(initial, Values)),
            Label = proplists:get_value('$process_label', Entries, undefined),
            Values#{initial => Initial,
                    name => case {maps:get(name, Values), Label} of {[], undefined} -> []; {[], L} -> print(L, 80); {N, _} -> N end};
        _ -> Values
    end;
named(_, _, Values) -> Values.

%% ---- Filters ------------------------------------------------------------------------------------

accepts(none, _) -> true;
accepts([<<"and">> | Filters], Values) -> lists:all(fun(F) -> accepts(F, Values) end, Filters);
accepts([<<"or">> | Filters], Values) -> lists:any(fun(F) -> accepts(F, Values) end, Filters);
accepts([<<"not">>, Filter], Values) -> not accepts(Filter, Values);
accepts([Op, <<"pid">> | Given], Values) -> compare(Op, pid(maps:get(pid, Values)), Given);
accepts([Op, Column | Given], Values) -> compare(Op, value(Column, Values), Given).

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

rows_of(<<"names">>, _) -> lists:append([name_row(Name) || Name <- registered()]);
rows_of(<<"applications">>, _) -> application_rows();
rows_of(<<"ets">>, _) -> ets_rows();
rows_of(<<"ports">>, _) -> port_rows();
rows_of(<<"sockets">>, _) -> socket_rows();
rows_of(<<"allocators">>, _) -> allocator_rows();
rows_of(<<"limits">>, _) -> limit_rows();
rows_of(<<"nodes">>, _) -> node_rows().

name_row(Name) ->
    put(asks, none),
    case whereis(Name) of
        Pid when is_pid(Pid) ->
            case process_info(Pid, [status, message_queue_len, initial_call, garbage_collection_info, group_leader]) of
                [{_, Status}, {_, Messages}, {_, Initial}, {_, Gc}, {_, Leader}] ->
                    [#{<<"name">> => text(Name), <<"pid">> => pid(Pid), <<"status">> => status(Status),
                       <<"messages">> => Messages, <<"initial">> => mfa(Initial), <<"memory">> => memory_of(Gc),
                       <<"app">> => maps:get(Leader, leaders(), <<>>)}];
                _ -> []
            end;
        _ -> []
    end.

application_rows() ->
    Masters = maps:from_list([{App, Pid} || {{application_master, App}, Pid} <- ets:tab2list(ac_tab), is_pid(Pid)]),
    Counts = lists:foldl(fun count_leader/2, #{}, processes()),
    [#{<<"name">> => text(App), <<"pid">> => pid(Master), <<"status">> => <<"running">>,
       <<"processes">> => maps:get(Master, Counts, 0), <<"version">> => version_of(App)}
     || {App, Master} <- maps:to_list(Masters)].

count_leader(Pid, Counts) ->
    case process_info(Pid, group_leader) of
        {group_leader, Leader} -> maps:update_with(Leader, fun(N) -> N + 1 end, 1, Counts);
        _ -> Counts
    end.

version_of(App) ->
    case application:get_key(App, vsn) of
        {ok, Version} -> print_string(Version);
        _ -> <<>>
    end.
print_string(Text) -> try unicode:characters_to_binary(Text) catch _:_ -> print(Text, 60) end.
