""" "Reload UI" while a task runs."""

from __future__ import annotations

from inu_jobs.ports import Finished, Produced, Reattached, Started

from ..inside import Inside


def reload__before(host: Inside) -> None:
    host.quiet()
    task = host.hand(host.payload("slow 60", n_iter=2))
    host.generating(task)
    host.kept.update(task=task, runner=host.runner)
    host.state.request_restart()


def reload__after(host: Inside) -> None:
    host.until(lambda: host.runner is not None and host.runner is not host.kept["runner"])
    end = host.finished(host.kept["task"])
    # Agent Scheduler calls that done, or failed where the reload took the models away first
    assert end.state in ("done", "interrupted") and end.stopped
    made = [image for event in host.of(Produced, host.kept["task"]) for image in event.images]
    assert len(made) < 2
    assert host.adapter.status().attached
    told = [event for event in host.events if isinstance(event, Reattached)]
    assert len(told) == 1 and told[0].reloaded is not None
    task = host.hand(host.payload())

    def ended() -> list[Finished]:
        # a runner that starts puts back what is running, which may be before the old one wrote the end
        if host.progress.current_task == host.kept["task"]:
            host.state.interrupt()
        if not host.runner.is_executing_task:
            host.adapter.kick()
        return host.of(Finished, task)

    assert host.until(ended)[0].state == "done"
    assert len(host.of(Started, task)) == 1
