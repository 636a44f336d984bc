%% SPDX-License-Identifier: MIT
%%
%% The web shop on the BEAM: the twin of runtime/examples/web-shop*.c with --memory. The same
%% processes do the same: an acceptor; a connection under a simple_one_for_one supervisor, which has
%% each request answered by a process under another such supervisor and watches it; a pool of ten
%% gen_servers whose manager lends them in turn and watches who has one. Orders are an ets table;
%% a worker looks ten up and writes them as JSON.
%% `erl -run twin_shop main` prints where it listens and runs until its standard input ends.
-module(twin_shop).
-behaviour(gen_server).
-export([main/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).
-export([start_connection/1, connection/1, start_request/1, request/1, start_worker/0, start_manager/0]).

-define(N_ORDERS, 5000).
-define(N_WORKERS, 10).

main() ->
    orders = ets:new(orders, [named_table, public, ordered_set, {read_concurrency, true}]),
    [ets:insert(orders, invented(N)) || N <- lists:seq(1, ?N_ORDERS)],
    {ok, _} = supervisor:start_link({local, worker_sup}, ?MODULE, {sup, start_worker, []}),
    {ok, _} = gen_server:start_link({local, manager}, ?MODULE, manager, []),
    {ok, _} = supervisor:start_link({local, request_sup}, ?MODULE, {sup, start_request, []}),
    {ok, _} = supervisor:start_link({local, connection_sup}, ?MODULE, {sup, start_connection, []}),
    {ok, Listener} = gen_tcp:listen(0, [binary, {ip, {127, 0, 0, 1}}, {packet, raw}, {active, false},
                                        {nodelay, true}, {backlog, 4096}, {reuseaddr, true}]),
    {ok, Port} = inet:port(Listener),
    spawn_link(fun() -> accepts(Listener) end),
    io:format("listening on http://127.0.0.1:~b/~n", [Port]),
    _ = io:get_line(""),
    halt(0).

invented(N) ->
    Customers = {<<"ada">>, <<"grace">>, <<"barbara">>, <<"joe">>, <<"robert">>, <<"mike">>},
    Items = {<<"teapot">>, <<"lamp">>, <<"kettle">>, <<"notebook">>, <<"umbrella">>, <<"bicycle">>,
             <<"blanket">>, <<"compass">>},
    Item = element(N * 5 rem 8 + 1, Items),
    Quantity = 1 + N rem 5,
    {N, element(N rem 6 + 1, Customers), Item, Quantity, Quantity * (99 + 100 * (byte_size(Item) * 7 rem 40))}.

accepts(Listener) ->
    {ok, Socket} = gen_tcp:accept(Listener),
    {ok, Pid} = supervisor:start_child(connection_sup, [Socket]),
    ok = gen_tcp:controlling_process(Socket, Pid),
    Pid ! go,
    accepts(Listener).

%% ---- Connections ---------------------------------------------------------------------------------

start_connection(Socket) -> {ok, proc_lib:spawn_link(?MODULE, connection, [Socket])}.

connection(Socket) ->
    receive go -> reads(Socket, <<>>) end.

reads(Socket, Bytes) ->
    case erlang:decode_packet(http_bin, Bytes, []) of
        {more, _} -> more(Socket, Bytes);
        {ok, {http_request, Method, {abs_path, Target}, _}, Rest} -> headers(Socket, Method, Target, Rest, Bytes)
    end.

headers(Socket, Method, Target, Rest, Bytes) ->
    case erlang:decode_packet(httph_bin, Rest, []) of
        {more, _} -> more(Socket, Bytes);
        {ok, {http_header, _, _, _, _}, Next} -> headers(Socket, Method, Target, Next, Bytes);
        {ok, http_eoh, Next} -> answers(Socket, Method, Target), reads(Socket, Next)
    end.

more(Socket, Bytes) ->
    case gen_tcp:recv(Socket, 0, 60000) of
        {ok, Got} -> reads(Socket, <<Bytes/binary, Got/binary>>);
        {error, _} -> exit(normal)
    end.

answers(Socket, Method, Target) ->
    Ref = make_ref(),
    {ok, Pid} = supervisor:start_child(request_sup, [{self(), Ref, Method, Target}]),
    Monitor = monitor(process, Pid),
    {Status, Type, Body} =
        receive
            {response, Ref, S, T, B} -> demonitor(Monitor, [flush]), {S, T, B};
            {'DOWN', Monitor, _, _, _} -> {<<"500 Internal Server Error">>, <<"text/plain">>, <<"500\n">>}
        after 40000 -> exit(Pid, kill), {<<"503 Service Unavailable">>, <<"text/plain">>, <<"503\n">>}
        end,
    ok = gen_tcp:send(Socket, [<<"HTTP/1.1 ">>, Status, <<"\r\nServer: twin\r\nDate: ">>, date_now(),
                               <<"\r\nContent-Type: ">>, Type, <<"\r\nContent-Length: ">>,
                               integer_to_binary(iolist_size(Body)), <<"\r\n\r\n">>, Body]).

%% Once a second, as ours.
date_now() ->
    Now = erlang:system_time(second),
    case get(date) of
        {Now, Text} -> Text;
        _ ->
            {{Y, Mo, D} = Date, {H, Mi, S}} = calendar:system_time_to_universal_time(Now, second),
            Day = element(calendar:day_of_the_week(Date), {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}),
            Month = element(Mo, {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}),
            Text = iolist_to_binary(io_lib:format("~s, ~2..0b ~s ~b ~2..0b:~2..0b:~2..0b GMT",
                                                  [Day, D, Month, Y, H, Mi, S])),
            put(date, {Now, Text}),
            Text
    end.

%% ---- Requests ------------------------------------------------------------------------------------

start_request(Request) -> {ok, proc_lib:spawn_link(?MODULE, request, [Request])}.

request({Connection, Ref, 'GET', <<"/orders", Query/binary>>}) ->
    Limit = case Query of <<"?limit=", N/binary>> -> binary_to_integer(N); <<>> -> 10 end,
    Worker = gen_server:call(manager, checkout, 2000),
    {ok, Json} = gen_server:call(Worker, {list, Limit}, 30000),
    gen_server:cast(manager, {checkin, Worker}),
    Connection ! {response, Ref, <<"200 OK">>, <<"application/json">>, Json};
request({Connection, Ref, _, _}) ->
    Connection ! {response, Ref, <<"404 Not Found">>, <<"text/plain">>, <<"there is no such page\n">>}.

%% ---- The pool ------------------------------------------------------------------------------------

start_worker() -> gen_server:start_link(?MODULE, worker, []).
start_manager() -> gen_server:start_link({local, manager}, ?MODULE, manager, []).

init({sup, Start, Args}) ->
    {ok, {#{strategy => simple_one_for_one, intensity => 1, period => 5},
          [#{id => child, start => {?MODULE, Start, Args}, restart => temporary, shutdown => 1000}]}};
init(worker) -> {ok, worker};
init(manager) ->
    Workers = [element(2, supervisor:start_child(worker_sup, [])) || _ <- lists:seq(1, ?N_WORKERS)],
    [monitor(process, Worker) || Worker <- Workers],
    {ok, {manager, queue:from_list(Workers), queue:new(), #{}}}.

handle_call({list, Limit}, _, worker) ->
    {reply, {ok, iolist_to_binary([$[, last_orders(ets:last(orders), Limit, <<>>), $]])}, worker};
handle_call(checkout, {Client, _} = From, {manager, Free, Waiting, Lent}) ->
    case queue:out(Free) of
        {{value, Worker}, Rest} ->
            {reply, Worker, {manager, Rest, Waiting, Lent#{Worker => monitor(process, Client)}}};
        {empty, _} ->
            {noreply, {manager, Free, queue:in({From, monitor(process, Client)}, Waiting), Lent}}
    end.

handle_cast({checkin, Worker}, {manager, Free, Waiting, Lent}) ->
    {Monitor, Others} = maps:take(Worker, Lent),
    demonitor(Monitor, [flush]),
    case queue:out(Waiting) of
        {{value, {From, Next}}, Rest} ->
            gen_server:reply(From, Worker),
            {noreply, {manager, Free, Rest, Others#{Worker => Next}}};
        {empty, _} ->
            {noreply, {manager, queue:in(Worker, Free), Waiting, Others}}
    end.

%% Nobody crashes here: this is about those who do not.
handle_info(_, State) -> {noreply, State}.

last_orders('$end_of_table', _, _) -> [];
last_orders(_, 0, _) -> [];
last_orders(Id, N, Before) ->
    [{_, Customer, Item, Quantity, Cents}] = ets:lookup(orders, Id),
    [Before, <<"{\"id\":">>, integer_to_binary(Id), <<",\"customer\":">>, string(Customer), <<",\"item\":">>,
     string(Item), <<",\"quantity\":">>, integer_to_binary(Quantity), <<",\"cents\":">>,
     integer_to_binary(Cents), $} | last_orders(ets:prev(orders, Id), N - 1, <<",">>)].

%% What JSON wants written otherwise is; here as there, each byte is looked at.
string(Text) ->
    case plain(Text) of
        true -> [$", Text, $"];
        false -> [$", [escape(Byte) || <<Byte>> <= Text], $"]
    end.

plain(<<Byte, Rest/binary>>) when Byte >= 16#20, Byte =/= $", Byte =/= $\\ -> plain(Rest);
plain(Rest) -> Rest =:= <<>>.

escape(Byte) when Byte >= 16#20, Byte =/= $", Byte =/= $\\ -> Byte;
escape(Byte) -> io_lib:format("\\u~4.16.0b", [Byte]).
