"""How tests are dealt out to several processes.

pytest-xdist's own `xdist_group` groups nothing under this pytest, whose node ids cannot be changed.
"""

from xdist.scheduler import LoadScopeScheduling


class ByModule(LoadScopeScheduling):
    """A module goes to one process as a whole, the largest first; slow pages go one by one at last."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return nodeid if "/browser/" in module else module
