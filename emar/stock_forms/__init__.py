"""What the pages of controlled stock ask for; the rules and actions judge it."""

from emar.stock_forms.acts import (
    AmountForm,
    ApproveForm,
    CountInForm,
    DestroyForm,
    HandBackForm,
    LineForm,
    MoveForm,
    PlaceForm,
    ReceiveForm,
    SendBackForm,
    WasteForm,
)
from emar.stock_forms.counts import BeginForm, DropForm, ResolveForm, ToldForm, counted_in, typed_in

__all__ = [
    "AmountForm", "ApproveForm", "BeginForm", "CountInForm", "DestroyForm", "DropForm", "HandBackForm", "LineForm", "MoveForm",
    "PlaceForm", "ReceiveForm", "ResolveForm", "SendBackForm", "ToldForm", "WasteForm", "counted_in", "typed_in",
]  # fmt: skip
