# SPDX-License-Identifier: MIT
#
# Scenarios of processes and their mailboxes. What would be over before one has looked waits for a
# message that says to go on.
defmodule Processes do
  def spawn_and_die do
    Process.register(self(), :greeter)

    receive do
      :greet -> IO.puts("hello, world")
    end
  end

  # ---- A worker that answers ----

  def echo_worker do
    Process.register(self(), :echo_sender)
    worker = spawn_link(__MODULE__, :echo, [])
    Process.register(worker, :echo_worker)
    exchange(worker)
  end

  defp exchange(worker) do
    receive do
      :go -> for ping <- [:ping_1, :ping_2], do: send(worker, {self(), ping})
    end

    IO.puts("sent both")

    for _ <- 1..2 do
      receive do
        reply -> IO.puts("reply: #{inspect(reply)}")
      end
    end

    exchange(worker)
  end

  def echo do
    receive do
      {sender, ping} ->
        IO.puts("the worker got #{ping}")
        send(sender, {:ok, :pong})
    end

    echo()
  end

  # ---- One that takes its time ----

  def slow_worker({name, ms}) do
    worker = spawn_link(__MODULE__, :slow, [ms])
    Process.register(worker, name)
    for _ <- 1..5, do: send(worker, {self(), :ping})

    for n <- 1..5 do
      receive do
        {:ok, :pong} -> IO.puts("#{name} replied #{n}")
      end
    end

    Process.sleep(:infinity)
  end

  def slow(ms) do
    receive do
      {sender, :ping} ->
        Process.sleep(ms)
        send(sender, {:ok, :pong})
    end

    slow(ms)
  end

  # ---- One for each message ----

  def dispatcher do
    Process.register(spawn_link(__MODULE__, :dispatch, []), :dispatcher)
    for job <- 1..3, do: send(:dispatcher, {self(), job})

    done =
      for _ <- 1..3 do
        receive do
          {:done, job} -> job
        end
      end

    IO.puts("done: #{inspect(Enum.sort(done), charlists: :as_lists)}")
  end

  def dispatch do
    receive do
      {client, job} -> Process.register(spawn(__MODULE__, :work, [client, job]), :"worker_#{job}")
    end

    dispatch()
  end

  def work(client, job) do
    receive do
      :finish -> send(client, {:done, job})
    end
  end

  # ---- To nobody ----

  def dead_letter do
    Process.register(self(), :dead_letter_sender)
    {pid, monitor} = spawn_monitor(fn -> :ok end)

    receive do
      {:DOWN, ^monitor, :process, ^pid, _} -> :ok
    end

    IO.puts("sending to #{inspect(pid)}: #{inspect(send(pid, :letter))}, alive: #{Process.alive?(pid)}")
    Process.sleep(:infinity)
  end

  # ---- On another node ----

  def cluster(node) do
    Process.register(self(), :near)
    Node.spawn_link(node, __MODULE__, :far, [self()])
    Process.sleep(:infinity)
  end

  def far(near) do
    Process.register(self(), :far)
    send(near, {:greetings, self()})
    Process.sleep(:infinity)
  end

  # ---- To be looked at ----

  def process_info do
    Process.register(self(), :patient)
    Process.flag(:trap_exit, true)
    Process.put(:mood, :calm)
    spawn_link(Process, :sleep, [:infinity])
    for n <- 1..2, do: send(self(), {:letter, n})

    receive do
      :never -> :ok
    end
  end

  def selective_receive do
    Process.register(self(), :picky)

    receive do
      :ticket -> IO.puts("the ticket came")
    end

    Process.sleep(:infinity)
  end
end
