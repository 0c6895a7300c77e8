"""What people type when they write an order or act on one: parsed here, judged by ``emar/rules/orders``."""

from emar.order_forms.acts import ActForm, VerbalFields
from emar.order_forms.filled import filled_from, filled_new
from emar.order_forms.order import OrderForm
from emar.order_forms.slots import Slots, slots_of

__all__ = ["ActForm", "OrderForm", "Slots", "VerbalFields", "filled_from", "filled_new", "slots_of"]
