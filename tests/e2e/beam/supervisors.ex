# SPDX-License-Identifier: MIT
#
# Scenarios of supervisors: an application `garden` whose top supervisor keeps one of each strategy,
# and one, `doomed`, that is there to lose its own.
defmodule Supervisors do
  use Application

  def supervisors do
    for name <- [:garden, :doomed] do
      :ok = :application.load({:application, name, mod: {Supervisors, name}, vsn: '1.0', applications: [:elixir], registered: []})
      :ok = Application.start(name)
    end

    IO.puts("the garden grows")
  end

  @impl true
  def start(_, :garden) do
    beds = [
      bed(:healer, :one_for_one, [:rose, :tulip, :violet]),
      bed(:all_sup, :one_for_all, [:all_1, :all_2, :all_3]),
      bed(:rest_sup, :rest_for_one, [:rest_1, :rest_2, :rest_3])
    ]

    Supervisor.start_link(beds, strategy: :one_for_one, max_restarts: 50, name: :garden_sup)
  end

  def start(_, :doomed) do
    Supervisor.start_link([Plant.child(:weed)], strategy: :one_for_one, name: :doomed_sup)
  end

  defp bed(name, strategy, plants) do
    options = [strategy: strategy, max_restarts: 3, max_seconds: 600, name: name]
    %{id: name, type: :supervisor, start: {Supervisor, :start_link, [Enum.map(plants, &Plant.child/1), options]}}
  end
end

# What grows there: a counter that begins at 10, and says when it comes and goes.
defmodule Plant do
  use GenServer

  def child(name), do: %{id: name, start: {__MODULE__, :start_link, [name]}}
  def start_link(name), do: GenServer.start_link(__MODULE__, name, name: name)

  @impl true
  def init(name) do
    Process.flag(:trap_exit, true)
    IO.puts("#{name} begins")
    {:ok, %{name: name, count: 10}}
  end

  @impl true
  def handle_info(:increment, plant), do: {:noreply, %{plant | count: plant.count + 1}}

  @impl true
  def terminate(_, plant), do: IO.puts("#{plant.name} ends")
end
