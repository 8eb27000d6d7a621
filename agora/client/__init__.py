"""The client of Agora's reseller API: the eight calls, lists and bills read whole, creates confirmed."""

from .bills import DailyBill
from .listing import Listing
from .reseller import ResellerClient

__all__ = ["DailyBill", "Listing", "ResellerClient"]
