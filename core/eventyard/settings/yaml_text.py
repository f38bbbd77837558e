"""Reading YAML, with the one rule that PyYAML leaves out."""

from collections.abc import Hashable
from typing import Any

import yaml

__all__ = ["parse_yaml"]


class _UniqueKeysLoader(yaml.SafeLoader):
    """A safe loader that refuses a key that stands twice; PyYAML would silently take the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    message = f"the key {key.value} stands twice, again in line {key.start_mark.line + 1}"
                    raise ValueError(message)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def parse_yaml(text: str) -> Any:
    """The value of one YAML document; an empty document is an empty table.

    Raises:
        ValueError: ``text`` is no YAML, or a key stands twice in one table.
    """
    try:
        value = yaml.load(text, Loader=_UniqueKeysLoader)  # noqa: S506 - the loader is a safe one
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    return {} if value is None else value
