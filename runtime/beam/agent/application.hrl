%% SPDX-License-Identifier: MIT
%%
%% Applications: which there are, and starting and stopping them. Most of it stands in a table of the
%% node; what only the application controller knows it is asked for, but not while it waits for one that
%% stops: it answers nobody then, and each question would lie in its mailbox.

-define(CONTROLLER_MS, 1000).

%% Without these there is no node, or nothing it could run.
-define(NEEDED_BY_ALL, [kernel, stdlib]).

%% Which application a process belongs to is told by its group leader: the application's master.
leaders() -> maps:from_list([{Master, text(App)} || {App, Master} <- masters()]).

%% The master it waits for is the one process that it monitors.
stopping() ->
    Controller = whereis(application_controller),
    put(asks, Controller),
    case process_info(Controller, monitors) of
        {monitors, Monitors} -> [Pid || {process, Pid} <- Monitors];
        undefined -> []
    end.

%% What runs, libraries too, of which type, and what is starting; or that nobody knows just now.
controller() ->
    case stopping() of
        [] ->
            try gen_server:call(application_controller, info, ?CONTROLLER_MS) of
                Info ->
                    Get = fun(Key) -> proplists:get_value(Key, Info, []) end,
                    #{running => [App || {App, _} <- Get(running)], types => maps:from_list(Get(started)),
                      starting => [element(1, Start) || Start <- Get(starting)]}
            catch exit:_ -> unknown
            end;
        _ -> unknown
    end.

needs(App) ->
    case application:get_key(App, applications) of
        {ok, Needs} -> Needs;
        undefined -> []
    end.

needed_by(App, Running) -> lists:sort([Other || Other <- Running, lists:member(App, needs(Other))]).

%% ---- The table ----------------------------------------------------------------------------------

application_rows(Params) ->
    Masters = maps:from_list(masters()),
    Stopping = stopping(),
    Known = controller(),
    Running = case Known of #{running := Apps} -> Apps; unknown -> maps:keys(Masters) end,
    Counts = case wants(<<"processes">>, Params) of
                 true -> lists:foldl(fun count_leader/2, #{}, processes());
                 false -> #{}
             end,
    [#{<<"name">> => text(App), <<"pid">> => pid(maps:get(App, Masters, none)),
       <<"status">> => application_status(App, maps:get(App, Masters, none), Stopping, Known),
       <<"type">> => case Known of #{types := #{App := Type}} -> text(Type); _ -> <<>> end,
       <<"version">> => print_string(Version), <<"processes">> => maps:get(maps:get(App, Masters, none), Counts, 0),
       <<"needs">> => names_of(needs(App)), <<"needed_by">> => names_of(needed_by(App, Running)),
       <<"system">> => lists:member(App, ?NEEDED_BY_ALL)}
     || {App, _, Version} <- application:loaded_applications()].

names_of(Apps) -> iolist_to_binary(lists:join(<<" ">>, [text(App) || App <- Apps])).

%% One that starts has a master already.
application_status(App, Master, Stopping, Known) ->
    Stops = lists:member(Master, Stopping),
    Starts = is_map(Known) andalso lists:member(App, maps:get(starting, Known)),
    Runs = is_pid(Master) orelse is_map(Known) andalso lists:member(App, maps:get(running, Known)),
    if
        Stops -> <<"stopping">>;
        Starts -> <<"starting">>;
        Runs -> <<"running">>;
        Known =:= unknown -> <<>>;
        true -> <<"loaded">>
    end.

wants(Column, Params) ->
    lists:member(Column, maps:get(<<"columns">>, Params)) orelse
        lists:any(fun([Sorted, _]) -> Sorted =:= Column end, maps:get(<<"sort">>, Params)) orelse
        lists:member(Column, columns_of(maps:get(<<"filter">>, Params, none))).

count_leader(Pid, Counts) ->
    case process_info(Pid, group_leader) of
        {group_leader, Leader} -> maps:update_with(Leader, fun(N) -> N + 1 end, 1, Counts);
        _ -> Counts
    end.

%% ---- Acting -------------------------------------------------------------------------------------

%% A name becomes an atom only where there is an application of that name.
known_application(Params) ->
    Name = maps:get(<<"name">>, Params),
    File = unicode:characters_to_list(Name) ++ ".app",
    Loaded = [App || {App, _, _} <- application:loaded_applications(), text(App) =:= Name],
    case Loaded of
        [App | _] -> App;
        [] ->
            filename:basename(File) =:= File andalso is_list(code:where_is_file(File)) orelse
                throw({invalid, <<"no application of that name is loaded, and there is none where the node looks for code">>}),
            binary_to_atom(Name, utf8)
    end.

start_application(Params) ->
    App = known_application(Params),
    WaitMs = integer(Params, <<"wait_ms">>, 10000),
    Type = case Params of #{<<"type">> := Text} -> binary_to_existing_atom(Text, utf8); _ -> temporary end,
    case within(fun() -> application:ensure_all_started(App, Type) end, WaitMs) of
        {ok, []} -> started(<<"running">>, App, []);
        {ok, Started} -> started(<<"started">>, App, Started);
        {error, {Failed, Reason}} -> (started(<<"failed">>, App, []))#{failed => text(Failed), reason => show(Reason)};
        {error, Reason} -> (started(<<"failed">>, App, []))#{failed => text(App), reason => show(Reason)};
        timeout -> throw({not_reached, iolist_to_binary([text(App), " has not started within ", integer_to_list(WaitMs), " ms; ", what_holds_it_up()])})
    end.

started(Outcome, App, Started) ->
    #{outcome => Outcome, name => text(App), pid => pid(proplists:get_value(App, masters(), none)), started => [text(One) || One <- Started]}.

stop_application(Params) ->
    App = known_application(Params),
    WaitMs = integer(Params, <<"wait_ms">>, 10000),
    lists:member(App, ?NEEDED_BY_ALL) andalso
        throw({protected, iolist_to_binary([text(App), " is what the node itself runs on: without it the node ends"])}),
    Needed = case controller() of #{running := Running} -> needed_by(App, Running); unknown -> [] end,
    Master = proplists:get_value(App, masters(), none),
    Processes = case is_pid(Master) of
                    true -> maps:get(Master, lists:foldl(fun count_leader/2, #{}, processes()), 0);
                    false -> 0
                end,
    case within(fun() -> application:stop(App) end, WaitMs) of
        ok -> #{outcome => <<"stopped">>, name => text(App), processes => Processes, needed_by => [text(One) || One <- Needed]};
        {error, _} -> #{outcome => <<"not_running">>, name => text(App), processes => 0, needed_by => []};
        timeout -> throw({not_reached, iolist_to_binary([text(App), " has not stopped within ", integer_to_list(WaitMs), " ms; ", what_holds_it_up()])})
    end.

%% Who waits is ended with us, and when the time is up; what the controller has begun goes on.
within(Ask, WaitMs) ->
    Self = self(),
    Pid = spawn_link(fun() -> Self ! {self(), try Ask() catch _:Why -> {error, Why} end} end),
    receive {Pid, Answer} -> Answer
    after WaitMs -> unlink(Pid), exit(Pid, kill), timeout
    end.

what_holds_it_up() ->
    Stopping = stopping(),
    case {[text(App) || {App, Master} <- masters(), lists:member(Master, Stopping)], controller()} of
        {[Name | _], _} -> ["the node waits for ", Name, " to stop, and starts and stops nothing else meanwhile"];
        {[], #{starting := [App | _]}} -> [text(App), " is still starting, and may go on; nothing is started after it"];
        {[], unknown} -> "the node's application controller does not answer";
        {[], _} -> "it may still do it"
    end.
