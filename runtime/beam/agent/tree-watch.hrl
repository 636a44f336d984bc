%% SPDX-License-Identifier: MIT
%%
%% The watcher: one process while somebody looks at the forest. It tells which nodes' children must be
%% asked for again, and the numbers of their processes that changed.
%%
%% Nothing is traced and nobody is monitored but the manager: a supervisor that does anything does
%% reductions, and their count is read in place. One that did any is looked into, by a message that it
%% answers when it can; what it does for that is always the same few reductions, and so is not taken for a
%% change. What a tree that rests costs is a number read for each supervisor, and at times one for each
%% process in sight.
%%
%%   manager -> watcher  {watch, Id, Params}: answered when there is something to tell
%%   lister  -> watcher  {listed, From, Node, Children, Look}, {below, Node, [{Pid, Look}]}

-define(TURN_MS, 200).
-define(ROOTS_MS, 1000).
-define(NUMBERS_MS, 1000).
%% Watching takes one part in so many of a core at most.
-define(SHARE, 50).
-define(QUIET_MS, 300).
%% An answer comes so often though there is nothing to tell; without a question in so long it ends.
-define(HOLD_MS, 5000).
-define(UNWATCHED_MS, 30000).
%% Reductions a supervisor may differ from one look to the next by collecting garbage, and from others: that
%% is learnt of each, and stays below what starting or ending a child takes.
-define(SLACK, 6).
-define(OWN_MOST, 40).

%% Of a supervisor: `seen` are the reductions it had when it was last looked into (fixed: nobody can be;
%% {unknown, Ms}: then), `flags` what was seen there, and `told` as it was when its children were listed.
%% `own` is what it does more than others when it is looked into, `excess` what it had done when it was asked
%% last. `limit` children are shown, `ids` and `counts` are theirs by id: who it is, and
%% how often another took its place.
-record(seen, {above, seen = fixed, own = 0, excess = 0, asked = false, flags = none, told = none, hash = none, revision = 0, limit = 0,
               ids = #{}, counts = #{}, members = [], numbers = #{}}).
-record(watch, {bridge, nodes = #{}, tail = ?SLACK, roots = [], changed = #{}, question = none, columns = [], due = 0,
                listed = 0, looked = 0, asked = 0, read = #{}, out = #{}}).

%% @Stuck: who answers nobody.
start_watcher(Bridge, Stuck) ->
    Manager = self(),
    Restarts = get(restarts),
    spawn_opt(fun() -> put(stuck, Stuck), share_restarts(Restarts), watcher(Manager, Bridge) end,
        [monitor, {max_heap_size, #{size => ?WORKER_WORDS, kill => true, error_logger => false}}]).

watcher(Manager, Bridge) ->
    erlang:monitor(process, Manager),
    erlang:send_after(?TURN_MS, self(), turn),
    watch(#watch{bridge = Bridge, tail = usual_tail(whereis(kernel_sup)), asked = now_ms()}).

%% Since the node was started: the clock itself is below zero.
now_ms() -> now_ns() div 1000000.

%% What a supervisor does after it was looked into: learnt on one that has nothing else to do.
usual_tail(Pid) -> lists:min([tail_of(Pid) || _ <- [1, 2, 3]]).
tail_of(Pid) ->
    try look_at(Pid, 0, 0) of
        #{reductions := Before} when is_integer(Before) ->
            receive after 1 -> ok end,
            {reductions, After} = process_info(Pid, reductions),
            After - Before;
        _ -> ?SLACK
    catch throw:_ -> ?SLACK
    end.

watch(S) ->
    receive
        {watch, Id, Params} -> watch(question(Id, Params, answer(S)));
        {listed, {From, Tag}, Node, Children, Look} ->
            {Reply, S1} = listed(Node, Children, Look, S),
            From ! {Tag, Reply},
            watch(S1#watch{listed = now_ms()});
        {numbers, Node, Members, Columns, Numbers} -> watch(numbers_read(Node, Members, Columns, Numbers, S));
        {below, Above, Looks} -> watch(below(Above, Looks, S));
        {{grove_look, Pid}, Reply} -> watch(looked(Pid, Reply, S));
        turn ->
            Began = erlang:monotonic_time(microsecond),
            S1 = turn(S),
            put(asks, none),
            Took = erlang:monotonic_time(microsecond) - Began,
            erlang:send_after(max(?TURN_MS, Took * ?SHARE div 1000), self(), turn),
            watch(S1);
        {'DOWN', _, process, _, _} -> ok;
        unwatched -> ok;
        _ -> watch(S)
    end.

turn(S = #watch{asked = Asked, question = Question}) ->
    Question =:= none andalso now_ms() - Asked > ?UNWATCHED_MS andalso (self() ! unwatched),
    tell_if_any(numbers(look_around(roots(S)))).

%% Called by who lists. Without a watcher the list is good all the same, and is asked for again.
tell_watcher(Watcher, {listed, Node, Children, Look}) ->
    Monitor = erlang:monitor(process, Watcher),
    Watcher ! {listed, {self(), Monitor}, Node, Children, Look},
    receive
        {Monitor, Reply} -> erlang:demonitor(Monitor, [flush]), Reply;
        {'DOWN', Monitor, process, _, _} -> {0, #{}, #{}}
    after ?ASK_MS -> erlang:demonitor(Monitor, [flush]), {0, #{}, #{}}
    end.

%% ---- What is known -------------------------------------------------------------------------------

new_revision() -> erlang:unique_integer([monotonic, positive]).

%% {revision, what is to be said of the children, the flags of those that are supervisors}
listed(root, Apps, _, S) ->
    Masters = [Master || {_, Master} <- Apps],
    Node = (node_seen(root, S))#seen{revision = new_revision(), members = Masters, numbers = #{}},
    Nodes = lists:foldl(fun(Master, All) -> case All of #{Master := _} -> All; _ -> All#{Master => #seen{above = root}} end end,
                        (S#watch.nodes)#{root => Node}, Masters),
    {{Node#seen.revision, #{}, #{}}, S#watch{nodes = Nodes, roots = Masters}};
listed(Pid, Children, #{reductions := Reductions, hash := Hash, limit := Limit} = Look, S) ->
    Old = node_seen(Pid, S),
    Members = [Child || {_, Child} <- Children],
    {Ids, Counts, Places} = places(Children, Look, Old),
    Numbers = case Members =:= Old#seen.members of true -> Old#seen.numbers; false -> #{} end,
    Node = Old#seen{seen = seen_at(Pid, Reductions, S), flags = Look, told = Look, hash = Hash, limit = Limit, ids = Ids, counts = Counts,
                    members = Members, numbers = Numbers, revision = new_revision()},
    Gone = Old#seen.members -- Members,
    Nodes = maps:without(Gone, S#watch.nodes),
    S1 = S#watch{nodes = Nodes#{Pid => Node}, changed = maps:remove(Pid, S#watch.changed)},
    Known = maps:from_list([{Child, flags_of(Flags)} || Child <- Members, #{Child := #seen{flags = Flags}} <- [Nodes], Flags =/= none]),
    {{Node#seen.revision, Places, Known}, case Old#seen.flags =:= none orelse differs(Look, Old#seen.flags) of true -> told_above(Pid, S1); false -> S1 end}.

%% A master starts nothing but its one child.
seen_at(Pid, none, S) -> case lists:member(Pid, S#watch.roots) of true -> fixed; false -> {unknown, now_ms()} end;
seen_at(_, Reductions, _) -> Reductions.

node_seen(Pid, #watch{nodes = Nodes}) -> maps:get(Pid, Nodes, #seen{above = none}).

%% Who took whose place. Children without ids are told apart by their number alone: as many that are new
%% as are gone, and as often as the supervisor says it restarted one.
places(Children, #{dynamic := true} = Look, #seen{ids = Before, counts = Counts, told = Flags}) ->
    Now = maps:from_list([{Child, Child} || {_, Child} <- Children]),
    Gone = lists:sort(maps:keys(maps:without(maps:keys(Now), Before))),
    New = lists:sort(maps:keys(maps:without(maps:keys(Before), Now))),
    Counted = case Gone =/= [] andalso length(Gone) =:= length(New) andalso length(New) =:= new_restarts(Look, Flags) of
                  true -> maps:from_list([{Child, {Old, note_restart(Old, Child, 1 + restarts(Old, Counts))}} || {Old, Child} <- lists:zip(Gone, New)]);
                  false -> #{}
              end,
    Kept = maps:merge(maps:with(maps:keys(Now), Counts), Counted),
    {Now, Kept, Kept};
places(Children, Look, #seen{ids = Before, counts = Counts, told = Flags}) ->
    Replaced = [{Id, Old, Child} || {Id, Child} <- Children, #{Id := Old} <- [Before], Old =/= Child],
    Times = case Replaced of [_] -> max(1, new_restarts(Look, Flags)); _ -> 1 end,
    Now = lists:foldl(fun({Id, Old, Child}, All) -> All#{Id => {Old, note_restart(Old, Child, Times + restarts(Id, All))}} end, Counts, Replaced),
    {maps:merge(Before, maps:from_list(Children)), Now,
     maps:from_list([{Child, Place} || {Id, Child} <- Children, #{Id := Place} <- [Now]])}.

restarts(Key, Counts) -> case Counts of #{Key := {_, N}} -> N; _ -> 0 end.

%% The latest come first in the list, and the oldest are dropped from it.
new_restarts(#{restarts := Now}, #{restarts := Before}) -> new_restarts(Now, Before, 0);
new_restarts(_, _) -> 0.
new_restarts([], _, N) -> N;
new_restarts([_ | Older] = Now, Before, N) ->
    case lists:prefix(Now, Before) of
        true -> N;
        false -> new_restarts(Older, Before, N + 1)
    end.

below(Above, Looks, S = #watch{nodes = Nodes}) ->
    Add = fun({Pid, Look}, All) ->
                  case All of
                      #{Pid := _} -> All;
                      _ -> All#{Pid => #seen{above = Above, flags = Look, seen = seen_at(Pid, maps:get(reductions, Look), S)}}
                  end
          end,
    S#watch{nodes = lists:foldl(Add, Nodes, Looks)}.

%% Nobody shows its children any more.
forget(Pid, S = #watch{nodes = Nodes}) ->
    case Nodes of
        #{Pid := #seen{members = Members} = Node} ->
            Closed = [M || M <- Members, #{M := #seen{limit = 0}} <- [Nodes]],
            Rest = maps:without(Closed, Nodes),
            S#watch{nodes = Rest#{Pid := Node#seen{limit = 0, members = [], numbers = #{}, hash = none}}};
        _ -> S
    end.

%% ---- What changes --------------------------------------------------------------------------------

roots(S = #watch{looked = Looked, roots = Roots, nodes = Nodes}) ->
    Now = now_ms(),
    case Now - Looked >= ?ROOTS_MS andalso is_map_key(root, Nodes) of
        true ->
            case lists:sort([Master || {_, Master} <- masters()]) =:= lists:sort(Roots) of
                true -> S#watch{looked = Now};
                false -> changed(root, S#watch{looked = Now})
            end;
        false -> S
    end.

look_around(S = #watch{nodes = Nodes, tail = Tail}) ->
    maps:fold(fun(Pid, #seen{seen = Seen, own = Own, asked = false}, S1) when is_integer(Seen) -> look_around(Pid, Seen + Tail + Own + ?SLACK, S1);
                 (Pid, #seen{seen = {unknown, Then}}, S1) ->
                      case now_ms() - Then > ?ASK_MS of true -> changed(Pid, S1); false -> S1 end;
                 (Pid, #seen{asked = true}, S1) ->
                      case is_process_alive(Pid) of true -> S1; false -> gone(Pid, S1) end;
                 (_, _, S1) -> S1
              end, S, Nodes).

look_around(Pid, Most, S = #watch{nodes = Nodes}) ->
    put(asks, Pid),
    case not is_map_key(Pid, get(stuck)) andalso process_info(Pid, reductions) of
        false -> S;
        {reductions, Now} when Now =< Most -> S;
        {reductions, Now} ->
            #{Pid := #seen{limit = Limit, own = Own} = Node} = Nodes,
            %% As sys:replace_state/2 asks, without waiting for the answer.
            Pid ! {system, {self(), {grove_look, Pid}}, {replace_state, looking({page, 0, Limit}, false)}},
            S#watch{nodes = Nodes#{Pid := Node#seen{asked = true, excess = Now - Most + Own}}};
        undefined -> gone(Pid, S)
    end.

looked(Pid, Reply, S = #watch{nodes = Nodes}) ->
    case {Nodes, Reply} of
        {#{Pid := Node}, {error, {callback_failed, _, {exit, {grove, #{reductions := Reductions, hash := Hash} = Look}}}}} ->
            #seen{hash = OldHash, flags = Flags, told = Told, limit = Limit, own = Own, excess = Excess} = Node,
            Same = Hash =:= OldHash andalso not differs(Look, Flags) andalso Excess =< ?OWN_MOST,
            S1 = S#watch{nodes = Nodes#{Pid := Node#seen{asked = false, seen = Reductions, flags = Look,
                                                         own = case Same of true -> max(Own, Excess); false -> Own end}}},
            S2 = case Limit > 0 andalso (Hash =/= OldHash orelse differs(Look, Told)) of true -> changed(Pid, S1); false -> S1 end,
            case differs(Look, Flags) of true -> told_above(Pid, S2); false -> S2 end;
        {#{Pid := Node}, _} -> S#watch{nodes = Nodes#{Pid := Node#seen{asked = false, seen = {unknown, now_ms()}}}};
        _ -> S
    end.

differs(_, none) -> true;
differs(#{running := N, restarts := R, strategy := T}, #{running := N, restarts := R, strategy := T}) -> false;
differs(_, _) -> true.

%% What is said of it where it is shown itself.
told_above(Pid, S = #watch{nodes = Nodes}) ->
    case Nodes of
        #{Pid := #seen{above = Above}} when is_map_key(Above, Nodes) -> changed(Above, S);
        _ -> S
    end.

gone(Pid, S = #watch{nodes = Nodes}) ->
    S1 = told_above(Pid, S),
    changed(Pid, S1#watch{nodes = maps:remove(Pid, Nodes)}).

changed(Pid, S = #watch{nodes = Nodes, changed = Changed}) ->
    Revision = new_revision(),
    Known = case Nodes of
                #{Pid := #seen{seen = {unknown, _}} = Node} -> Nodes#{Pid := Node#seen{seen = {unknown, now_ms()}}};
                _ -> Nodes
            end,
    S#watch{nodes = Known, changed = Changed#{Pid => Revision}}.

%% ---- Numbers -------------------------------------------------------------------------------------

%% Not while the forest is being listed: each list would be read once more.
numbers(S = #watch{columns = []}) -> S;
numbers(S = #watch{due = Due, listed = Listed}) ->
    Now = now_ms(),
    case Now >= Due andalso Now - Listed >= ?QUIET_MS of
        true ->
            Began = erlang:monotonic_time(microsecond),
            S1 = lists:foldl(fun read_column/2, S, S#watch.columns),
            Took = erlang:monotonic_time(microsecond) - Began,
            S1#watch{due = Now + max(?NUMBERS_MS, Took * ?SHARE div 1000)};
        false -> S
    end.

%% Only what differs is told, and then counts as told.
read_column({Name, _} = Column, S = #watch{nodes = Nodes, read = Read, out = Out}) ->
    Now = erlang:monotonic_time(),
    put(passed, erlang:convert_time_unit(Now - maps:get(Column, Read, Now), native, microsecond)),
    {Nodes1, Told} = maps:fold(fun(Key, Node, Sofar) -> read_node(Key, Node, Column, number_item(Name), Sofar) end,
                               {Nodes, maps:get(Column, Out, [])}, Nodes),
    S#watch{nodes = Nodes1, read = Read#{Column => Now}, out = Out#{Column => Told}}.

%% What was read as they were listed, and told with the list.
numbers_read(Pid, Members, Columns, Read, S = #watch{nodes = Nodes}) ->
    case Nodes of
        #{Pid := #seen{members = Members, numbers = Old} = Node} when Columns =/= [] ->
            Numbers = maps:from_list(lists:zip(Columns, transposed(Read))),
            S#watch{nodes = Nodes#{Pid := Node#seen{numbers = maps:merge(Numbers, Old)}}};
        _ -> S
    end.

transposed([[] | _]) -> [];
transposed([]) -> [];
transposed(Rows) -> [[hd(Row) || Row <- Rows] | transposed([tl(Row) || Row <- Rows])].

read_node(_, #seen{members = []}, _, _, Sofar) -> Sofar;
read_node(Key, #seen{members = Members, numbers = Numbers} = Node, Column, How, {Nodes, Told}) ->
    Old = maps:get(Column, Numbers, none),
    case read_members(Members, Old, How) of
        same -> {Nodes, Told};
        New -> {Nodes#{Key := Node#seen{numbers = Numbers#{Column => New}}}, tell_numbers(Members, Old, New, Told)}
    end.

read_members(Members, none, How) -> [number(Pid, none, How) || Pid <- Members];
read_members([], [], _) -> same;
read_members([Pid | Pids], [Old | Olds], How) ->
    New = number(Pid, Old, How),
    case read_members(Pids, Olds, How) of
        same when New =:= Old -> same;
        same -> [New | Olds];
        News -> [New | News]
    end.

tell_numbers([Pid | Pids], none, [New | News], Told) -> tell_numbers(Pids, none, News, told(Pid, none, New, Told));
tell_numbers([Pid | Pids], [Old | Olds], [New | News], Told) -> tell_numbers(Pids, Olds, News, told(Pid, Old, New, Told));
tell_numbers([], _, [], Told) -> Told.

told(_, Same, Same, Told) -> Told;
told(_, _, gone, Told) -> Told;
told(_, {_, Same}, {_, Same}, Told) -> Told;
told(Pid, _, New, Told) -> [<<(handle(Pid))/binary, (told_number(New))/float>> | Told].

told_number({_, Rate}) -> Rate;
told_number(gone) -> 0;
told_number(Number) -> Number.

%% As the bridge has it of the pid's text.
handle(root) -> <<0:64>>;
handle(Pid) ->
    External = term_to_binary(Pid),
    <<Number:32, Serial:32, _:32>> = binary:part(External, byte_size(External), -12),
    <<Serial:32, Number:32>>.

number_item(<<"messages">>) -> message_queue_len;
number_item(<<"reductions">>) -> reductions;
number_item(<<"reductions/s">>) -> rate;
number_item(<<"memory">>) -> garbage_collection_info;
number_item(<<"heap">>) -> heap_size;
number_item(<<"stack">>) -> stack_size;
number_item(_) -> none.

%% @Old: what this said the last time, which was `passed` microseconds ago; none: never.
number(Pid, Old, {Name, Generation}) when is_integer(Generation) -> number(Pid, Old, number_item(Name));
number(Pid, Old, Item) ->
    case get(stuck) of
        #{Pid := _} -> gone;
        _ -> put(asks, Pid), number_of(Pid, Old, Item)
    end.

number_of(Pid, Old, rate) ->
    case {process_info(Pid, reductions), Old} of
        {{_, Now}, {Now, 0}} -> Old;
        {{_, Now}, {Before, _}} -> {Now, (Now - Before) * 1000000 div max(1, get(passed))};
        {{_, Now}, _} -> {Now, 0};
        {undefined, _} -> gone
    end;
number_of(Pid, _, Item) ->
    case process_info(Pid, Item) of
        {garbage_collection_info, Gc} -> memory_of(Gc);
        {message_queue_len, N} -> N;
        {reductions, N} -> N;
        {_, Words} -> Words * erlang:system_info(wordsize);
        undefined -> gone
    end.

%% ---- Telling -------------------------------------------------------------------------------------

%% @Params: the columns whose numbers are wanted, each with a number of its own: another means that
%% nothing is known of it any more; and the pids of those whose children are not shown any more.
question(Id, #{<<"columns">> := Names, <<"forget">> := Forget}, S) ->
    Columns = wanted_columns(#{<<"columns">> => Names}),
    S1 = lists:foldl(fun forget/2, S, [Pid || Text <- binary:split(Forget, <<" ">>, [global, trim_all]), Pid <- known(Text)]),
    New = lists:any(fun(C) -> not lists:member(C, S1#watch.columns) end, Columns),
    Keep = fun(_, Node) -> Node#seen{numbers = maps:with(Columns, Node#seen.numbers)} end,
    Nodes = case Columns =:= S1#watch.columns of true -> S1#watch.nodes; false -> maps:map(Keep, S1#watch.nodes) end,
    tell_if_any(S1#watch{question = Id, columns = Columns, nodes = Nodes, asked = now_ms(), out = maps:with(Columns, S1#watch.out),
                         due = case New of true -> 0; false -> S1#watch.due end}).

%% {name, generation}, of those that there are numbers of.
wanted_columns(#{<<"columns">> := Names}) ->
    [Column || {Name, _} = Column <- pairs(binary:split(Names, <<" ">>, [global, trim_all])), number_item(Name) =/= none].

pairs([Name, Generation | Rest]) -> [{Name, binary_to_integer(Generation)} | pairs(Rest)];
pairs([]) -> [].

tell_if_any(S = #watch{question = none}) -> S;
tell_if_any(S = #watch{changed = Changed, out = Out, asked = Asked}) ->
    case Changed =/= #{} orelse lists:any(fun(Told) -> Told =/= [] end, maps:values(Out)) orelse now_ms() - Asked > ?HOLD_MS of
        true -> answer(S);
        false -> S
    end.

answer(S = #watch{question = none}) -> S;
answer(S = #watch{question = Id, changed = Changed, out = Out, bridge = Bridge}) ->
    Result = #{changed => << <<(handle(Pid))/binary, Revision:64>> || {Pid, Revision} <- maps:to_list(Changed) >>,
               numbers => [#{column => Name, generation => Generation, values => iolist_to_binary(Told)}
                           || {{Name, Generation}, Told} <- maps:to_list(Out), Told =/= []]},
    erlang:send(Bridge, {rep, Id, Result}, [noconnect]),
    S#watch{question = none, changed = #{}, out = #{}, asked = now_ms()}.
