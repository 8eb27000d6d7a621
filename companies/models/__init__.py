"""Tables: the mirror of what Agora lists, what the team says of it, the operations that create, what they come from."""

from companies.models.care import CareAbout, CareChange, CareEvent, CareStep, Tag
from companies.models.changes import ChangedField, MirrorChange, Note
from companies.models.checklists import Checklist, ChecklistStep, Preset, StepProblem
from companies.models.imports import ColumnTemplate, Import, ImportRow, ImportState
from companies.models.mirror import Company, Project, UapService
from companies.models.operations import Attempt, Operation, OperationKind, OperationState
from companies.models.views import ColumnChoice, Density, SavedView

__all__ = [
    "Attempt",
    "CareAbout",
    "CareChange",
    "CareEvent",
    "CareStep",
    "ChangedField",
    "Checklist",
    "ChecklistStep",
    "ColumnChoice",
    "ColumnTemplate",
    "Company",
    "Density",
    "Import",
    "ImportRow",
    "ImportState",
    "MirrorChange",
    "Note",
    "Operation",
    "OperationKind",
    "OperationState",
    "Preset",
    "Project",
    "SavedView",
    "StepProblem",
    "Tag",
    "UapService",
]
