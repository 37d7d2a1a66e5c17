"""GitPython's errors."""


class GitError(Exception):
    pass


class InvalidGitRepositoryError(GitError):
    pass


class CommandError(GitError):
    def __init__(self, command, status=None, stderr=None, stdout=None):
        self.command = command
        self.status = status
        self.stderr = f"\n  stderr: '{stderr}'" if stderr else ""
        self.stdout = f"\n  stdout: '{stdout}'" if stdout else ""

    def __str__(self):
        return f"Cmd('git') failed due to: {self.status}\n  cmdline: {' '.join(self.command)}{self.stderr}"


class GitCommandNotFound(CommandError):
    pass


class GitCommandError(CommandError):
    pass
