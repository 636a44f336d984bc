# SPDX-License-Identifier: MIT

defmodule Ailing do
  @moduledoc "A system in Elixir whose processes crash when they are told to."
  require Logger

  defmodule Server do
    use GenServer
    def start_link(name), do: GenServer.start_link(__MODULE__, name, name: name)
    def init(name), do: {:ok, %{name: name}}
    def handle_cast(:crash, _), do: raise("out of order")
  end

  defmodule Child do
    use GenServer
    def start_link(number), do: GenServer.start_link(__MODULE__, number)
    def init(number), do: {:ok, number}
    def handle_cast(:crash, _), do: raise("out of order")
  end

  def main do
    children = [
      {Server, Ailing.Server},
      {Task.Supervisor, name: Ailing.Tasks},
      {DynamicSupervisor, name: Ailing.Children, strategy: :one_for_one, max_restarts: 1000}
    ]

    {:ok, top} = Supervisor.start_link(children, strategy: :one_for_one, max_restarts: 1000, name: Ailing.Top)
    Process.unlink(top)
    IO.puts("ready")
  end

  def crash_server, do: GenServer.cast(Ailing.Server, :crash)

  def crash_task do
    {:ok, pid} = Task.Supervisor.start_child(Ailing.Tasks, fn -> raise "no luck" end)
    pid
  end

  def crash_child do
    {:ok, pid} = DynamicSupervisor.start_child(Ailing.Children, {Child, 7})
    GenServer.cast(pid, :crash)
    pid
  end

  def say(text), do: Logger.warning(text)
end
