"""Tables: the mirror of what Agora lists, and the operations that create at Agora."""

from companies.models.mirror import Company, Project, UapService
from companies.models.operations import Attempt, Operation, OperationKind, OperationState

__all__ = ["Attempt", "Company", "Operation", "OperationKind", "OperationState", "Project", "UapService"]
