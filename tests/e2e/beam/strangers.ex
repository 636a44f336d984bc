# SPDX-License-Identifier: MIT
#
# A node with systems that nobody here wrote, each started as its users do: inets' httpd, mnesia, OTP's
# ssh daemon (its key is in the directory that the node runs in), Elixir's Registry and Logger.
defmodule Strangers do
  use Application
  require Logger

  def main do
    {:ok, _} = Application.ensure_all_started(:logger)
    IO.puts("httpd listens on #{httpd()}")
    mnesia()
    IO.puts("sshd listens on #{sshd()}")
    :ok = :application.load({:application, :strangers, mod: {__MODULE__, []}, vsn: '1.0', applications: [:elixir], registered: []})
    :ok = Application.start(:strangers)
    spawn(__MODULE__, :speak, [])
    IO.puts("ready")
    Process.sleep(:infinity)
  end

  defp httpd do
    :ok = :inets.start()
    here = String.to_charlist(File.cwd!())
    File.write!("page.txt", "a page\n")

    {:ok, server} =
      :inets.start(:httpd, port: 0, bind_address: {127, 0, 0, 1}, server_name: 'here', server_root: here, document_root: here)

    :httpd.info(server)[:port]
  end

  defp mnesia do
    :ok = :mnesia.start()
    {:atomic, :ok} = :mnesia.create_table(:stock, attributes: [:item, :count])
    :ok = :mnesia.dirty_write({:stock, :tea, 10})
  end

  # Two who want the same: the first keeps it until it is told, the second waits.
  def take(name) do
    Process.register(self(), name)

    :mnesia.transaction(fn ->
      [{:stock, :tea, count}] = :mnesia.read(:stock, :tea, :write)

      if name == :first do
        receive do
          :done -> :ok
        end
      end

      :mnesia.write({:stock, :tea, count - 1})
    end)

    IO.puts("#{name} has its tea")
  end

  defp sshd do
    {:ok, _} = Application.ensure_all_started(:ssh)
    here = String.to_charlist(File.cwd!())
    {:ok, daemon} = :ssh.daemon({127, 0, 0, 1}, 0, system_dir: here, user_dir: here, no_auth_needed: true)
    {:ok, info} = :ssh.daemon_info(daemon)
    info[:port]
  end

  @impl true
  def start(_, _) do
    children = [
      {Registry, keys: :unique, name: Strangers.Names},
      {DynamicSupervisor, name: Strangers.Guests}
    ]

    {:ok, top} = Supervisor.start_link(children, strategy: :one_for_one, name: Strangers.Supervisor)
    for guest <- ["ann", "bob"], do: invite(guest)
    {:ok, top}
  end

  defp invite(guest) do
    name = {:via, Registry, {Strangers.Names, guest}}
    child = %{id: Agent, start: {Agent, :start_link, [fn -> %{guest: guest} end, [name: name]]}}
    {:ok, _} = DynamicSupervisor.start_child(Strangers.Guests, child)
  end

  def speak do
    Process.register(self(), :speaker)

    hear()
  end

  defp hear do
    receive do
      text -> Logger.error("it is said: #{text}")
    end

    hear()
  end
end
