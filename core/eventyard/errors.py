"""The exceptions that Eventyard raises for mistakes that a person can mend.

::

    EventyardError
    ├── SettingsError        a setting is unknown, of the wrong type or out of range
    ├── PluginError          a plugin cannot be loaded or breaks the plugin contract
    │   └── OwnershipError   two distributions claim the same thing
    ├── SchemaError          a schema is no valid schema, or leaves our schema profile
    ├── MalformedBody        a request body that is no event at all
    │   ├── BodyTooLarge
    │   └── UnsupportedMediaType
    ├── JournalError         events could not be kept, or not be read
    │   └── JournalBusy      too many events wait to be kept; the sender may try again soon
    ├── DeadLetterError      dead letters cannot be read or changed
    └── AddressInUse         the port is taken

Everything else that escapes is a defect of Eventyard and keeps its traceback.
"""

__all__ = [
    "AddressInUse",
    "BodyTooLarge",
    "DeadLetterError",
    "EventyardError",
    "JournalBusy",
    "JournalError",
    "MalformedBody",
    "OwnershipError",
    "PluginError",
    "SchemaError",
    "SettingsError",
    "UnsupportedMediaType",
]


class EventyardError(Exception):
    """A mistake with a message for the person who can mend it: shown without a traceback."""


class SettingsError(EventyardError):
    """A setting is unknown, of the wrong type, out of range, or does not fit the others."""


class PluginError(EventyardError):
    """A plugin cannot be loaded or breaks the plugin contract."""


class OwnershipError(PluginError):
    """Two distributions claim the same event type, namespace or schema ``$id``."""


class SchemaError(EventyardError):
    """A schema is no valid JSON Schema 2020-12, or uses what our schema profile leaves out."""


class MalformedBody(EventyardError):
    """A request body from which no event can be read."""


class BodyTooLarge(MalformedBody):
    """A request body over the configured number of bytes."""


class UnsupportedMediaType(MalformedBody):
    """A request body of a media type that carries no events."""


class JournalError(EventyardError):
    """Events could not be kept, so they are not accepted; or what is kept could not be read."""


class JournalBusy(JournalError):
    """More events wait to be kept than may wait; the sender may try again soon."""


class DeadLetterError(EventyardError):
    """The dead letters cannot be read or changed at the moment."""


class TokenFileError(EventyardError):
    """The file with the tokens cannot be read or changed, or a token cannot be made."""


class RateLimited(EventyardError):
    """A client has sent more than it may, and has to wait.

    Attributes:
        seconds: For how long.
    """

    def __init__(self, client: str, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"{client} has sent more than it may; it may go on in {seconds:.1f} seconds")


class AddressInUse(EventyardError):
    """The address that the server should listen on is taken."""
