"""Agent Scheduler's side of the page. It is copied into ``extensions/`` of the sandbox's data folder, as
its database lands in the folder it is loaded from."""

from datetime import datetime, timedelta
from uuid import uuid4

from agent_scheduler.api import regsiter_apis
from agent_scheduler.db import init as init_db
from agent_scheduler.db import task_manager
from agent_scheduler.task_runner import get_instance
from modules import script_callbacks, scripts, shared

task_runner = None
DAYS = {"1 day": 1, "3 days": 3, "7 days": 7, "14 days": 14, "30 days": 30, "90 days": 90, "Keep forever": 0}

init_db()


class Script(scripts.Script):
    def __init__(self):
        script_callbacks.on_app_started(lambda block, _: self.bind(block))
        self.generate_button = None
        self.enqueue = None

    def title(self):
        return "Agent Scheduler"

    def show(self, is_img2img):
        return scripts.AlwaysVisible

    def after_component(self, component, **_kwargs):
        if component.elem_id != f"{self.tabname}_generate":
            return
        self.generate_button = component
        target = f"{self.tabname}_actions_column"
        if getattr(shared.opts, "compact_prompt_box", False):
            target = f"{self.tabname}_generate_box"
        parent = component.parent
        while parent is not None and parent.elem_id != target:
            parent = parent.parent
        if parent is None:
            return
        import gradio as gr

        with gr.Row(elem_id=f"{self.tabname}_enqueue_wrapper") as row:
            self.enqueue = gr.Button("Enqueue", elem_id=f"{self.tabname}_enqueue", variant="primary")
        component.parent.children.pop()
        parent.add(row)

    def bind(self, block):
        if self.generate_button is None or block is None or self.enqueue is None:
            return
        import host_page

        inputs = host_page.click_inputs(block, self.generate_button, host_page.GENERATE_OUTPUTS)
        js = "submit_enqueue_img2img" if self.is_img2img else "submit_enqueue"
        with block:
            self.enqueue.click(fn=self.register, _js=js, inputs=inputs, outputs=None, show_progress=False)

    def register(self, task_id, *args):
        task_id = task_id if str(task_id).startswith("task(") else str(uuid4())
        checkpoint = shared.sd_model.sd_checkpoint_info.title
        task_runner.register_ui_task(task_id, self.is_img2img, task_id, *args, checkpoint=checkpoint)
        task_runner.execute_pending_tasks_threading()


def rows_of(status):
    return [
        [t.id, t.name or "", t.api_task_id or "", t.type, t.status]
        for t in task_manager.get_tasks(status=status, limit=50)
    ]


def on_ui_tab(**_kwargs):
    import gradio as gr

    ended = ["done", "failed", "interrupted"]
    headers = ["id", "name", "api_task_id", "type", "status"]
    with gr.Blocks(analytics_enabled=False) as tab:
        with gr.Row(elem_id="agent_scheduler_pending_tasks_actions"):
            pause = gr.Button("Pause", elem_id="agent_scheduler_action_pause", variant="stop")
            resume = gr.Button("Resume", elem_id="agent_scheduler_action_resume", variant="primary")
            refresh = gr.Button("Refresh", elem_id="agent_scheduler_action_reload")
            clear = gr.Button("Clear", elem_id="agent_scheduler_action_clear_queue", variant="stop")
            clear_history = gr.Button("Clear history", elem_id="agent_scheduler_action_clear_history")
        status = gr.HTML(elem_id="agent_scheduler_status")
        pending = gr.Dataframe(headers=headers, label="Queue", interactive=False)
        history = gr.Dataframe(headers=headers, label="History", interactive=False)

        def show():
            paused = "paused" if shared.opts.queue_paused else "running"
            waiting = task_manager.count_tasks(status="pending")
            return f"<p>Queue {paused}, {waiting} waiting</p>", rows_of("pending"), rows_of(ended)

        def set_paused(value):
            shared.opts.queue_paused = value
            if not value:
                task_runner.execute_pending_tasks_threading()
            return show()

        outputs = [status, pending, history]
        pause.click(lambda: set_paused(True), None, outputs)
        resume.click(lambda: set_paused(False), None, outputs)
        refresh.click(show, None, outputs)
        clear.click(lambda: (task_manager.delete_tasks(status="pending"), show())[1], None, outputs)
        clear_history.click(lambda: (task_manager.delete_tasks(), show())[1], None, outputs)
        tab.load(show, None, outputs)
    return [(tab, "Agent Scheduler", "agent_scheduler")]


def on_ui_settings():
    section = ("agent_scheduler", "Agent Scheduler")
    actions = ["Do nothing", "Shut down", "Restart", "Sleep", "Hibernate", "Stop webui"]

    def radio(**kwargs):
        import gradio as gr

        return gr.Radio(**kwargs)

    def add(key, default, label, component=None, args=None):
        info = shared.OptionInfo(default, label, component, args, section=section)
        shared.opts.add_option(key, info)

    add("queue_paused", False, "Disable queue auto-processing", None, {"interactive": True})
    add("queue_button_placement", "Under Generate button", "Queue button placement")
    add("queue_ui_placement", "As a tab", "Task queue UI placement")
    add(
        "queue_history_retention_days", "30 days", "Auto delete queue history", radio, {"choices": list(DAYS)}
    )
    add("queue_automatic_requeue_failed_task", False, "Auto requeue failed tasks")
    add("queue_completion_action", "Do nothing", "Action after queue completion", radio, {"choices": actions})


def remove_old_tasks():
    days = DAYS.get(getattr(shared.opts, "queue_history_retention_days", None), 30)
    if days > 0:
        task_manager.delete_tasks(before=datetime.now() - timedelta(days=days))


def on_app_started(block, app):
    global task_runner

    task_runner = get_instance(block)
    task_runner.execute_pending_tasks_threading()
    if app is not None:
        regsiter_apis(app, task_runner)
    task_runner.on_task_cleared(remove_old_tasks)


script_callbacks.on_ui_tabs(on_ui_tab)
script_callbacks.on_ui_settings(on_ui_settings)
script_callbacks.on_app_started(on_app_started)
