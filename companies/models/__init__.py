"""Tables: the mirror of what Agora lists, and the operations that create at Agora."""

from companies.models.imports import ColumnTemplate, Import, ImportRow, ImportState
from companies.models.mirror import Company, Project, UapService
from companies.models.operations import Attempt, Operation, OperationKind, OperationState

__all__ = [
    "Attempt",
    "ColumnTemplate",
    "Company",
    "Import",
    "ImportRow",
    "ImportState",
    "Operation",
    "OperationKind",
    "OperationState",
    "Project",
    "UapService",
]
