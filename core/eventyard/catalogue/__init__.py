"""Documents made of what is installed: pages for people, types for programs, AsyncAPI."""

from eventyard.catalogue.entry import Catalogue, CataloguedType, SchemaDocument

__all__ = ["Catalogue", "CataloguedType", "SchemaDocument"]
