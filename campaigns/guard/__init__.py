"""Against those who test stolen cards on our forms, without a riddle for those who give.

counting (what comes under which key) → judging (how much is wrong) → standing (the site's step, and people's say) →
gate (this form: go on, wait, work) with tickets; outcomes brings back what banks said. docs/fundraising.md tells it whole.
"""

from campaigns.guard.counting import Attempt, forget, hours
from campaigns.guard.gate import Passage, admit, is_too_small, raised_minimum, remember
from campaigns.guard.outcomes import heard, told
from campaigns.guard.standing import calm, current, force, keep_up, learn, step_of

__all__ = [
    "Attempt",
    "Passage",
    "admit",
    "calm",
    "current",
    "force",
    "forget",
    "heard",
    "hours",
    "is_too_small",
    "keep_up",
    "learn",
    "raised_minimum",
    "remember",
    "step_of",
    "told",
]
