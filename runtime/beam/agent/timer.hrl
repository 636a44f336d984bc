%% SPDX-License-Identifier: MIT
%%
%% The timers of OTP's module `timer`. The BEAM's own, of erlang:send_after/3 and receive, are listed by
%% nobody; nor is what a message of theirs holds.

-define(TIMERS, 1000).

%% Until OTP 24 all is in a table that can be read; since then in one that is the server's alone, which is
%% looked at inside the server, and holds of each only a reference: what it does is in a timer of the BEAM.
timer_rows() ->
    case {whereis(timer_server), ets:info(timer_tab, size)} of
        {undefined, _} -> [];
        {Server, undefined} -> lists:append([kept_timer(Entry) || Entry <- kept_timers(Server)]);
        {_, Size} when Size > ?TIMERS -> [told_timer(Entry) || Entry <- some_of(ets:select(timer_tab, [{'_', [], ['$_']}], ?TIMERS))];
        _ -> [told_timer(Entry) || Entry <- ets:tab2list(timer_tab)]
    end.

some_of({Entries, _}) -> Entries;
some_of('$end_of_table') -> [].

told_timer({{DueUs, Ref}, Kind, {M, F, A}}) ->
    {Interval, Pid} = case Kind of {repeat, Us, P} -> {Us * 1000, P}; _ -> {0, target_of({M, F, A})} end,
    timer_row(Ref, case Interval of 0 -> <<"once">>; _ -> <<"interval">> end, Pid, since_start(DueUs * 1000), Interval, told({M, F, A})).

%% The time of OTP's timers is the monotonic one.
since_start(Ns) -> max(0, Ns - erlang:convert_time_unit(erlang:system_info(start_time), native, nanosecond)).

target_of({timer, send, [Pid, _]}) -> Pid;
target_of({erlang, exit, [Pid, _]}) -> Pid;
target_of(_) -> none.

told({timer, send, [_, Message]}) -> inspect(Message, 200);
told({M, F, A}) -> iolist_to_binary([mfa({M, F, length(A)}), " ", inspect(A, 200)]).

%% Which timers there are: sys keeps the server's state as it was.
kept_timers(Server) ->
    put(asks, Server),
    Look = fun(Table) ->
               exit({grove, try ets:select(Table, [{'_', [], ['$_']}], ?TIMERS) of {Entries, _} -> Entries; _ -> [] catch _:_ -> [] end})
           end,
    try sys:replace_state(Server, Look, 2000) of
        _ -> []
    catch
        error:{callback_failed, _, {exit, {grove, Entries}}} -> Entries;
        exit:{timeout, _} -> throw({not_reached, <<"timer_server, which keeps the timers, did not answer within 2 s">>});
        exit:_ -> []
    end.

kept_timer({Ref}) -> kept_timer({Ref, Ref});
%% In OTP 25 all are the server's own.
kept_timer({Ref, Timer}) when is_reference(Ref), is_reference(Timer) ->
    Kind = case Ref of Timer -> <<"once">>; _ -> <<"interval">> end,
    case erlang:read_timer(Timer) of
        Left when is_integer(Left) -> [timer_row(Ref, Kind, none, now_ns() + Left * 1000000, 0, <<>>)];
        false -> []
    end;
%% A process for each that repeats, which watches whom it is for. When it is due next is known by a reference
%% on its stack.
kept_timer({Ref, Loop, _}) when is_reference(Ref), is_pid(Loop) ->
    case process_info(Loop, [monitors, backtrace]) of
        [{_, Monitors}, {_, Stack}] ->
            Whom = [Pid || {process, Pid} <- Monitors, is_pid(Pid), Pid =/= whereis(timer_server)] ++ [none],
            [timer_row(Ref, <<"interval">>, hd(Whom), next_due(Stack), 0, <<>>)];
        undefined -> []
    end;
kept_timer(_) -> [].

next_due(Stack) ->
    Texts = case re:run(Stack, "#Ref<[0-9.]+>", [global, {capture, first, list}]) of {match, Found} -> Found; nomatch -> [] end,
    case [Left || [Text] <- lists:usort(Texts), Left <- [left_of(Text)], is_integer(Left)] of
        [Left | _] -> now_ns() + Left * 1000000;
        [] -> now_ns()
    end.

left_of(Text) -> try erlang:read_timer(list_to_ref(Text)) catch _:_ -> false end.

timer_row(Ref, Kind, Pid, Due, Period, Text) ->
    Known = case Pid of Name when is_atom(Name), Name =/= none -> whereis(Name); _ -> Pid end,
    #{<<"ref">> => print(Ref, 60), <<"kind">> => Kind, <<"pid">> => pid(Known),
      <<"name">> => case Known of P when is_pid(P), node(P) =:= node() -> name(P); _ -> <<>> end,
      <<"due_ns">> => Due, <<"period_ns">> => Period, <<"message">> => Text}.
