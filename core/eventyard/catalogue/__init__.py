"""Documents made of what is installed: pages for people, types for programs, AsyncAPI."""

from eventyard.catalogue.asyncapi import asyncapi_document
from eventyard.catalogue.entry import Catalogue, CataloguedType, SchemaDocument
from eventyard.catalogue.markdown import markdown_page
from eventyard.catalogue.page import content_security_policy, html_page
from eventyard.catalogue.python_types import python_module
from eventyard.catalogue.typescript import typescript_declarations

__all__ = [
    "Catalogue",
    "CataloguedType",
    "SchemaDocument",
    "asyncapi_document",
    "content_security_policy",
    "html_page",
    "markdown_page",
    "python_module",
    "typescript_declarations",
]
