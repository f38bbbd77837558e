"""Secrets stay out of what is shown."""

import pytest
from eventyard.settings import Settings, masked
from eventyard.settings.secrets import MASK


def test_the_token_is_masked_when_it_is_set() -> None:
    assert masked("token", "geheim") == MASK
    assert masked("token", "") == ""


def test_other_settings_are_shown() -> None:
    assert masked("host", "localhost") == "localhost"


@pytest.mark.parametrize("name", ["token", "api_key", "password", "client_secret", "Authorization", "key"])
def test_settings_of_plugins_that_are_named_like_a_secret_are_masked(name: str) -> None:
    assert masked(f"plugin.webhook.{name}", "geheim") == MASK
    assert masked("plugin.webhook.targets", [{"url": "x", name: "geheim"}]) == [{"url": "x", name: MASK}]


@pytest.mark.parametrize("name", ["keys_kept", "monkey", "url"])
def test_settings_of_plugins_with_another_name_are_shown(name: str) -> None:
    assert masked(f"plugin.webhook.{name}", "open") == "open"


def test_the_representation_of_settings_has_no_secret() -> None:
    settings = Settings(token="geheim", plugin={"webhook": {"token": "geheim"}})
    assert "geheim" not in repr(settings)
