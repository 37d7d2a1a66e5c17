"""Command line options. The WebUI runs this before anything else."""


def preload(parser):
    parser.add_argument(
        "--inu-jobs-data",
        metavar="DIR",
        default=None,
        help="folder where Inu Jobs keeps its jobs, input images and thumbnails (default: data in the"
        " extension's own folder)",
    )
    parser.add_argument(
        "--inu-jobs-scheduler-url",
        metavar="URL",
        default=None,
        help="git repository from which the Jobs tab installs Agent Scheduler, a mirror for example (default:"
        " the one for this WebUI)",
    )
