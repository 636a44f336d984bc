%% SPDX-License-Identifier: MIT
%%
%% Servers and supervisors: the twin of bench-otp.c, on OTP's own gen_server and supervisor.
-module(twin_otp).
-export([gen_server_call/0, supervised_100k/0]).
-export([start_adder/0, init/1, handle_call/3, handle_cast/2]).
-import(beam_twin, [print/3, now_ns/0]).

-define(N_CALLS, 1000000).
-define(N_CHILDREN, 100000).

%% One client calls one server; request and reply are tuples with a number.
gen_server_call() ->
    {ok, Server} = gen_server:start(?MODULE, adder, []),
    Started = now_ns(),
    calls(Server, 0),
    print("gen-server-call", (now_ns() - Started) / ?N_CALLS, "ns").

calls(_, ?N_CALLS) -> ok;
calls(Server, I) ->
    {ok, _} = gen_server:call(Server, {add, I}, infinity),
    calls(Server, I + 1).

%% That many servers started by a supervisor, each asked for by a call, and stopped with it.
supervised_100k() ->
    logger:set_primary_config(level, none),
    process_flag(trap_exit, true),
    Started = now_ns(),
    {ok, Supervisor} = supervisor:start_link(?MODULE, supervisor),
    children(Supervisor, ?N_CHILDREN),
    exit(Supervisor, shutdown),
    receive {'EXIT', Supervisor, shutdown} -> ok end,
    print("supervised-100k", (now_ns() - Started) / 1.0e6, "ms").

children(_, 0) -> ok;
children(Supervisor, N) ->
    {ok, _} = supervisor:start_child(Supervisor, []),
    children(Supervisor, N - 1).

start_adder() -> gen_server:start_link(?MODULE, adder, []).

init(adder) -> {ok, 0};
init(supervisor) ->
    {ok, {#{strategy => simple_one_for_one},
          [#{id => adder, start => {?MODULE, start_adder, []}, restart => temporary,
             shutdown => 60000}]}}.

handle_call({add, I}, _From, N) -> {reply, {ok, N + I}, N + I}.

handle_cast(_, N) -> {noreply, N}.
