"""``python -m eventyard_codex URL`` prints what makes Codex report to the server at that address."""

import argparse
import json

from eventyard_codex.hooks_file import hooks_file, notify_command

__all__ = ["main"]


def main() -> None:
    """Print the content of Codex's hooks.json, or a line of its config.toml."""
    parser = argparse.ArgumentParser(prog="python -m eventyard_codex", description=main.__doc__)
    parser.add_argument("url", nargs="?", default="http://localhost:8765", help="address of the server [%(default)s]")
    parser.add_argument("--notify", action="store_true", help="print the setting notify for config.toml instead")
    parser.add_argument("--token", action="store_true", help="send a token, taken from EVENTYARD_TOKEN")
    arguments = parser.parse_args()
    if arguments.notify:
        # A list of texts is the same in TOML as in JSON.
        print(f"notify = {json.dumps(notify_command(arguments.url, needs_token=arguments.token))}")
    else:
        print(json.dumps(hooks_file(arguments.url, needs_token=arguments.token), indent=2))


if __name__ == "__main__":
    main()
