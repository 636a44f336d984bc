%% SPDX-License-Identifier: MIT
%%
%% A system whose processes crash when they are told to: under supervisors that start them again, that
%% leave them, that give up, and under none; one that keeps letters; and tables of all kinds.
-module(wreck).
-behaviour(application).
-export([main/0, start/2, stop/1, init/1, handle_call/3, handle_cast/2, handle_info/2]).
-export([start_server/2, start_sup/2, crash/2, plain/0, spawn_many/1, log_many/1, letters/2]).

main() ->
    ok = application:load({application, wreck, [{mod, {wreck, []}}, {vsn, "1.0"}, {registered, []}, {applications, [kernel, stdlib]}]}),
    ok = application:start(wreck),
    io:format("ready~n").

start(_, _) -> supervisor:start_link({local, wreck_sup}, ?MODULE, top).
stop(_) -> ok.

start_server(Name, State) -> gen_server:start_link({local, Name}, ?MODULE, {server, State}, []).
start_sup(Name, Kind) -> supervisor:start_link({local, Name}, ?MODULE, Kind).

init(top) ->
    Server = fun(Name, Restart) -> #{id => Name, restart => Restart, start => {?MODULE, start_server, [Name, #{name => Name}]}} end,
    Sup = fun(Name, Kind) -> #{id => Name, type => supervisor, start => {?MODULE, start_sup, [Name, Kind]}} end,
    {ok, {#{strategy => one_for_one, intensity => 1000, period => 1},
        [Server(often, permanent), Server(once, temporary), Sup(pool, pool), Sup(doomed, doomed), Server(keeper, permanent)]}};
init(pool) ->
    {ok, {#{strategy => simple_one_for_one, intensity => 1000, period => 1}, [#{id => member, start => {?MODULE, start_server, []}}]}};
init(doomed) ->
    {ok, {#{strategy => one_for_one, intensity => 0, period => 5},
        [#{id => fragile, start => {?MODULE, start_server, [fragile, #{}]}}]}};
init({server, State = #{name := keeper}}) ->
    ets:new(shelf, [named_table, ordered_set, protected]),
    ets:insert(shelf, [{N, list_to_binary(["item ", integer_to_list(N)])} || N <- lists:seq(1, 5000)]),
    ets:new(secrets, [named_table, private]),
    ets:insert(ets:new(bag_of_pairs, [bag, public]), [{a, 1}, {a, 2}, {b, 3}]),
    {ok, Listening} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}]),
    {ok, State#{socket => Listening}};
init({server, State}) -> {ok, State}.

handle_call({divide, N}, _, State) -> {reply, 1 / N, State}.
handle_cast({leave, Why}, _) -> exit(Why).
handle_info(_, State) -> {noreply, State}.

%% Of a named server.
crash(Name, call) -> catch gen_server:call(Name, {divide, 0});
crash(Name, Why) -> gen_server:cast(Name, {leave, Why}).

plain() -> spawn(fun() -> put(colour, red), error({no_such, thing}) end).

spawn_many(N) -> [spawn(fun() -> ok end) || _ <- lists:seq(1, N)], ok.

log_many(N) -> [logger:error("line ~b of many", [I]) || I <- lists:seq(1, N)], ok.

%% A process with so many letters of so many bytes, which it does not read.
letters(N, Bytes) ->
    Pid = spawn(fun() -> receive never -> ok end end),
    register(letterbox, Pid),
    Text = lists:duplicate(Bytes div 16, $x),
    [Pid ! {letter, I, Text} || I <- lists:seq(1, N)],
    ok.
