# SPDX-License-Identifier: MIT
#
# What an Elixir system has that an Erlang one has not, for tests of grove-beam: modules as names, a
# Registry with keys, a DynamicSupervisor, a PartitionSupervisor, Tasks and Agents.
defmodule Orchard.Tree do
  use GenServer

  def start_link(key) do
    GenServer.start_link(__MODULE__, key, name: {:via, Registry, {Orchard.Registry, key}})
  end

  def init(key), do: {:ok, key}
end

defmodule Orchard.Ledger do
  use Agent

  def start_link(_), do: Agent.start_link(fn -> %{apples: 3} end, name: __MODULE__)
end

# With all that Elixir writes in a way of its own.
defmodule Orchard.Crate do
  defstruct [:id, :picked, :label, tags: MapSet.new([:ripe]), rows: 1..9//2]
end

defmodule Orchard.Store do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  def init(_) do
    {:ok, _} = :timer.send_interval(3_600_000, :tick)
    :ets.new(:crates, [:named_table])
    :ets.insert(:crates, {"crate", %Orchard.Crate{id: 1, picked: ~D[2026-09-30]}})
    crate = %Orchard.Crate{id: 2, picked: ~U[2026-09-30 12:00:00Z], label: ~r/^a+$/i}
    {:ok, %{crate: crate, note: String.duplicate("long ", 40_000), last: :end}}
  end

  def handle_info(:tick, state), do: {:noreply, state}
end

defmodule Orchard.Basket do
  use Agent, restart: :temporary

  def start_link(_), do: Agent.start_link(fn -> [] end)
end

defmodule Orchard do
  use Application

  def start(_, _) do
    children = [
      {Registry, keys: :unique, name: Orchard.Registry},
      Orchard.Ledger,
      Orchard.Store,
      {DynamicSupervisor, name: Orchard.Trees},
      {Task.Supervisor, name: Orchard.Pickers},
      {PartitionSupervisor, child_spec: DynamicSupervisor, name: Orchard.Rows, partitions: 2}
    ]

    Supervisor.start_link(children, strategy: :rest_for_one, name: Orchard.Supervisor)
  end

  def pick, do: Process.sleep(:infinity)

  def main do
    :ok =
      :application.load(
        {:application, :orchard,
         [mod: {Orchard, []}, vsn: '0.3', registered: [], applications: [:kernel, :stdlib, :elixir]]}
      )

    :ok = :application.start(:orchard)
    {:ok, _} = DynamicSupervisor.start_child(Orchard.Trees, {Orchard.Tree, "apple"})
    {:ok, _} = DynamicSupervisor.start_child(Orchard.Trees, {Orchard.Tree, {:pear, 7}})
    {:ok, _} = DynamicSupervisor.start_child(Orchard.Trees, Orchard.Basket)
    {:ok, _} = Task.Supervisor.start_child(Orchard.Pickers, Orchard, :pick, [])
    spawn(fn ->
      Process.register(self(), Orchard.Letters)
      Process.sleep(:infinity)
    end)

    IO.puts("ready")
  end
end
