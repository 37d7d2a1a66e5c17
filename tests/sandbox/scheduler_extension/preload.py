def preload(parser):
    parser.add_argument("--agent-scheduler-sqlite-file", default="task_scheduler.sqlite3")
