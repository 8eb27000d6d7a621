"""Tables: the mirror of what Agora lists, the operations that create at Agora, and what they come from."""

from companies.models.checklists import Checklist, ChecklistStep, Preset, StepProblem
from companies.models.imports import ColumnTemplate, Import, ImportRow, ImportState
from companies.models.mirror import Company, Project, UapService
from companies.models.operations import Attempt, Operation, OperationKind, OperationState

__all__ = [
    "Attempt",
    "Checklist",
    "ChecklistStep",
    "ColumnTemplate",
    "Company",
    "Import",
    "ImportRow",
    "ImportState",
    "Operation",
    "OperationKind",
    "OperationState",
    "Preset",
    "Project",
    "StepProblem",
    "UapService",
]
