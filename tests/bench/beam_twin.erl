%% SPDX-License-Identifier: MIT
%%
%% The work of bench-runtime on the BEAM: the same rows with the same units and the same numbers of
%% everything. `erl -run beam_twin main ROW` does the work of that row once.
-module(beam_twin).
-export([main/1, print/3, now_ns/0, repeat/2]).

main([Row]) ->
    %% A process of its own, as ours is, not the one that boots.
    {Pid, Monitor} = spawn_monitor(fun() -> row(Row) end),
    receive {'DOWN', Monitor, process, Pid, Reason} ->
        halt(case Reason of normal -> 0; _ -> 1 end, [{flush, true}])
    end.

row("timers-million") -> twin_timer:timers_million();
row("timers-late") -> twin_timer:timers_late();
row("socket-echo") -> twin_socket:socket_echo();
row("crash") -> twin_crash:crash();
row("gen-server-call") -> twin_otp:gen_server_call();
row("supervised-100k") -> twin_otp:supervised_100k();
row("spawn-exit") -> twin_spawn:spawn_exit();
row("parked-million") -> twin_spawn:parked_million();
row("kill-million") -> twin_spawn:kill_million();
row("ping-pong") -> twin_talk:ping_pong();
row("ring" = Name) -> twin_talk:ring(Name);
row("ring-2" = Name) -> twin_talk:ring(Name);
row("fan-in") -> twin_talk:fan_in();
row("high-priority-wake") -> twin_wake:high_priority_wake();
row("skynet") -> twin_scheduling:skynet();
row("two-spinners") -> twin_scheduling:two_spinners();
row("idle-wake") -> twin_scheduling:idle_wake();
row("observe-million") -> twin_observe:million();
row("observe-mailbox") -> twin_observe:mailbox();
row("window-tree") -> twin_window:tree();
row("window-table") -> twin_window:table();
row("window-messages") -> twin_window:messages();
row("window-idle") -> twin_window:idle();
row("receive-marked") -> twin_select:receive_marked().

print(Name, Value, Unit) ->
    io:format("bench ~s ~.3f ~s~n", [Name, float(Value), Unit]).

now_ns() -> erlang:monotonic_time(nanosecond).

repeat(0, _) -> ok;
repeat(N, F) -> F(), repeat(N - 1, F).
