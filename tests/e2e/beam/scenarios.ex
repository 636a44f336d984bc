# SPDX-License-Identifier: MIT
#
# The node of the scenarios: what people do with Grove, on a real Erlang and Elixir system. A process
# called conductor is told by hand what to begin, as `echo_worker` or `{counters, 1000}`: a function of
# one of the families, run by a process of its own.
defmodule Scenarios do
  @families [Processes, :scheduling, :servers, Supervisors, :web]

  def main do
    Process.register(spawn(__MODULE__, :conduct, []), :conductor)
    IO.puts("ready")
  end

  def conduct do
    receive do
      {scene, argument} -> play(scene, [argument])
      scene -> play(scene, [])
    end

    conduct()
  end

  defp play(scene, arguments) do
    known? = &(Code.ensure_loaded?(&1) and function_exported?(&1, scene, length(arguments)))

    case Enum.find(@families, known?) do
      nil -> IO.puts("no scene is called #{scene}")
      family -> spawn(family, scene, arguments)
    end
  end
end
