"""Command line options. The WebUI runs this before anything else."""


def preload(parser):
    parser.add_argument(
        "--inu-jobs-data",
        metavar="DIR",
        default=None,
        help="folder where Inu Jobs keeps its jobs, input images and thumbnails (default: data in the"
        " extension's own folder)",
    )
