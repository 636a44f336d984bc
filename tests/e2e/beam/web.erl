%% SPDX-License-Identifier: MIT
%%
%% Scenarios of a web system: an application with an acceptor, a process for each connection, one for
%% each request's code, and a pool of ten workers with a connection to SQLite each.
-module(web).
-behaviour(application).
-behaviour(gen_server).
-export([web/0, start/2, stop/1, init/1, handle_call/3, handle_cast/2, handle_info/2]).
-export([start_listener/0, listen/1, start_connection/1, connection/1, start_request/3, request/3, start_pool/0, start_worker/1]).

-define(WORKERS, 10).

web() ->
    ok = application:load({application, web, [{mod, {web, []}}, {vsn, "1.0"}, {registered, []}, {applications, [kernel, stdlib]}]}),
    ok = application:start(web),
    receive never -> ok end.

start(_, _) -> supervisor:start_link({local, web_sup}, ?MODULE, web_sup).
stop(_) -> ok.

init(web_sup) ->
    Supervisor = fun(Name) ->
        #{id => Name, type => supervisor, start => {supervisor, start_link, [{local, Name}, ?MODULE, Name]}}
    end,
    {ok, {#{strategy => rest_for_one, intensity => 10, period => 60},
          [#{id => pool, start => {?MODULE, start_pool, []}},
           Supervisor(worker_sup), Supervisor(request_sup), Supervisor(connection_sup),
           #{id => listener, start => {?MODULE, start_listener, []}}]}};
init(worker_sup) ->
    {ok, {#{strategy => one_for_one, intensity => 100, period => 60},
          [#{id => N, start => {?MODULE, start_worker, [N]}} || N <- lists:seq(1, ?WORKERS)]}};
init(request_sup) -> {ok, {#{strategy => simple_one_for_one}, [#{id => request, restart => temporary, start => {?MODULE, start_request, []}}]}};
init(connection_sup) -> {ok, {#{strategy => simple_one_for_one}, [#{id => connection, restart => temporary, start => {?MODULE, start_connection, []}}]}};
init(pool) -> {ok, #{free => [], line => queue:new(), out => #{}}};
init({worker, N}) ->
    Name = list_to_atom("database_" ++ integer_to_list(N)),
    await_end(whereis(Name)),
    {ok, _} = sqlite3:open(Name, [{file, "orders.db"}]),
    N =:= 1 andalso sqlite3:sql_exec(Name, "create table if not exists orders (id integer primary key, item text)"),
    N =:= 1 andalso sqlite3:sql_exec(Name, "insert or ignore into orders values (1, 'tea')"),
    gen_server:cast(pool, {free, self()}),
    {ok, Name}.

%% The connection of the worker before this one may be closing still.
await_end(undefined) -> ok;
await_end(Pid) ->
    Monitor = erlang:monitor(process, Pid),
    receive {'DOWN', Monitor, process, Pid, _} -> ok end.

%% ---- Connections ----

start_listener() -> proc_lib:start_link(?MODULE, listen, [self()]).

listen(Parent) ->
    register(listener, self()),
    {ok, Socket} = gen_tcp:listen(0, [binary, {packet, http_bin}, {active, false}, {reuseaddr, true}, {ip, {127, 0, 0, 1}}]),
    {ok, Port} = inet:port(Socket),
    proc_lib:init_ack(Parent, {ok, self()}),
    io:format("listening on ~b~n", [Port]),
    accept(Socket).

accept(Socket) ->
    {ok, Connection} = gen_tcp:accept(Socket),
    {ok, Pid} = supervisor:start_child(connection_sup, [Connection]),
    ok = gen_tcp:controlling_process(Connection, Pid),
    Pid ! go,
    accept(Socket).

start_connection(Socket) -> {ok, proc_lib:spawn_link(?MODULE, connection, [Socket])}.

connection(Socket) ->
    receive go -> serve(Socket) end.

serve(Socket) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, {http_request, 'GET', {abs_path, Path}, _}} ->
            headers(Socket),
            {Status, Body} = run(Path),
            ok = gen_tcp:send(Socket, ["HTTP/1.1 ", Status, "\r\nContent-Length: ", integer_to_list(iolist_size(Body)), "\r\n\r\n", Body]),
            serve(Socket);
        _ -> gen_tcp:close(Socket)
    end.

headers(Socket) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, http_eoh} -> ok;
        {ok, {http_header, _, _, _, _}} -> headers(Socket)
    end.

%% The code of a request is another process's: what ends that does not end the connection.
run(Path) ->
    Tag = make_ref(),
    {ok, Pid} = supervisor:start_child(request_sup, [self(), Tag, Path]),
    Monitor = erlang:monitor(process, Pid),
    receive
        {Tag, Answer} -> erlang:demonitor(Monitor, [flush]), Answer;
        {'DOWN', Monitor, process, Pid, _} -> {"500 Internal Server Error", "the request failed\n"}
    end.

%% ---- Requests ----

start_request(Client, Tag, Path) -> {ok, proc_lib:spawn_link(?MODULE, request, [Client, Tag, Path])}.

request(Client, Tag, <<"/order/", Id/binary>>) ->
    Client ! {Tag, with_worker(fun(Worker) -> {"200 OK", [gen_server:call(Worker, {item, binary_to_integer(Id)}), "\n"]} end)};
request(Client, Tag, <<"/hold">>) ->
    receive release -> Client ! {Tag, {"200 OK", "released\n"}} end;
request(Client, Tag, <<"/hold-worker">>) ->
    Client ! {Tag, with_worker(fun(_) -> receive release -> {"200 OK", "released\n"} end end)};
request(_, _, <<"/crash">>) -> error(told_to);
request(Client, Tag, _) -> Client ! {Tag, {"404 Not Found", "no such page\n"}}.

with_worker(Use) ->
    {ok, Worker} = gen_server:call(pool, check_out, infinity),
    try Use(Worker) after gen_server:cast(pool, {check_in, Worker}) end.

%% ---- The pool ----

start_pool() -> gen_server:start_link({local, pool}, ?MODULE, pool, []).
start_worker(N) -> gen_server:start_link({local, list_to_atom("worker_" ++ integer_to_list(N))}, ?MODULE, {worker, N}, []).

handle_call(check_out, From, #{free := [], line := Line} = Pool) -> {noreply, Pool#{line := queue:in(From, Line)}};
handle_call(check_out, {Client, _}, #{free := [Worker | Free], out := Out} = Pool) ->
    {reply, {ok, Worker}, Pool#{free := Free, out := Out#{erlang:monitor(process, Client) => Worker}}};
handle_call({item, Id}, _, Database) ->
    case sqlite3:sql_exec(Database, "select item from orders where id = ?", [Id]) of
        [{columns, _}, {rows, [{Item}]}] -> {reply, Item, Database};
        [{columns, _}, {rows, []}] -> {reply, <<"nothing">>, Database}
    end.

handle_cast({free, Worker}, Pool) ->
    erlang:monitor(process, Worker),
    {noreply, give(Worker, Pool)};
handle_cast({check_in, Worker}, #{out := Out} = Pool) ->
    case [Monitor || {Monitor, W} <- maps:to_list(Out), W =:= Worker] of
        [Monitor] ->
            erlang:demonitor(Monitor, [flush]),
            {noreply, give(Worker, Pool#{out := maps:remove(Monitor, Out)})};
        [] -> {noreply, Pool}
    end.

%% A client that went without giving back, or a worker that ended: its successor comes by itself.
handle_info({'DOWN', Monitor, process, Pid, _}, #{free := Free, out := Out} = Pool) ->
    case maps:take(Monitor, Out) of
        {Worker, Rest} -> {noreply, give(Worker, Pool#{out := Rest})};
        error -> {noreply, Pool#{free := lists:delete(Pid, Free), out := maps:filter(fun(_, W) -> W =/= Pid end, Out)}}
    end.

give(Worker, #{free := Free, line := Line, out := Out} = Pool) ->
    case {is_process_alive(Worker), queue:out(Line)} of
        {false, _} -> Pool;
        {true, {empty, _}} -> Pool#{free := Free ++ [Worker]};
        {true, {{value, {Client, _} = From}, Rest}} ->
            gen_server:reply(From, {ok, Worker}),
            Pool#{line := Rest, out := Out#{erlang:monitor(process, Client) => Worker}}
    end.
