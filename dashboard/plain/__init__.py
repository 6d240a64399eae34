"""Pages without Dash, in plain HTML: signing in, the own password, refusals, the public look-up and its slips. They
work without a script."""

from dashboard.plain import frame as _frame
from dashboard.plain import look_up as _look_up
from dashboard.plain import signing_in as _signing_in
from dashboard.plain import trail as _trail
from dashboard.plain.frame import frame
from dashboard.plain.look_up import look_up
from dashboard.plain.provider import rules as provider_rules
from dashboard.plain.refusals import wire as refuse
from dashboard.plain.signing_in import signing_in
from dashboard.plain.taking import rules as taking_rules
from dashboard.plain.taking import taking
from dashboard.plain.trail import taken_out

__all__ = [
    "RULES", "frame", "look_up", "provider_rules", "refuse", "signing_in", "taken_out", "taking", "taking_rules",
]  # fmt: skip

RULES = _frame.RULES | _signing_in.RULES | _trail.RULES | _look_up.RULES
