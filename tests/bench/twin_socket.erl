%% SPDX-License-Identifier: MIT
%%
%% Sockets over loopback: the twin of bench-socket.c.
-module(twin_socket).
-export([socket_echo/0]).
-import(beam_twin, [print/3, now_ns/0]).

-define(SIZE, 64).
-define(N_ALONE, 20000).
-define(N_MANY, 64).
-define(N_EACH, 2000).
-define(OPTIONS, [binary, {packet, raw}, {active, false}, {nodelay, true}]).

socket_echo() ->
    Self = self(),
    spawn(fun() ->
              {ok, Listener} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}, {backlog, 4096} | ?OPTIONS]),
              {ok, Port} = inet:port(Listener),
              Self ! {port, Port},
              serves(Listener)
          end),
    Port = receive {port, P} -> P end,
    Socket = connect(Port),
    Us = [begin
              Started = now_ns(),
              round_trip(Socket),
              (now_ns() - Started) / 1.0e3
          end || _ <- lists:seq(1, ?N_ALONE)],
    Sorted = lists:sort(Us),
    print("socket-echo-p50", lists:nth(?N_ALONE div 2 + 1, Sorted), "us"),
    print("socket-echo-p99", lists:nth(?N_ALONE * 99 div 100 + 1, Sorted), "us"),
    Clients = [spawn(fun() -> client(Self, Port) end) || _ <- lists:seq(1, ?N_MANY)],
    [receive connected -> ok end || _ <- Clients],
    Began = now_ns(),
    [C ! go || C <- Clients],
    [receive done -> ok end || _ <- Clients],
    print("socket-echo-64", ?N_MANY * ?N_EACH / (now_ns() - Began) * 1.0e3, "M/s").

connect(Port) ->
    {ok, Socket} = gen_tcp:connect({127, 0, 0, 1}, Port, ?OPTIONS),
    Socket.

client(Parent, Port) ->
    Socket = connect(Port),
    Parent ! connected,
    receive go -> ok end,
    beam_twin:repeat(?N_EACH, fun() -> round_trip(Socket) end),
    Parent ! done.

round_trip(Socket) ->
    ok = gen_tcp:send(Socket, <<0:(?SIZE * 8)>>),
    {ok, _} = gen_tcp:recv(Socket, ?SIZE).

serves(Listener) ->
    {ok, Socket} = gen_tcp:accept(Listener),
    Pid = spawn(fun() -> receive go -> echoes(Socket) end end),
    ok = gen_tcp:controlling_process(Socket, Pid),
    Pid ! go,
    serves(Listener).

echoes(Socket) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, Bytes} -> ok = gen_tcp:send(Socket, Bytes), echoes(Socket);
        {error, closed} -> ok
    end.
