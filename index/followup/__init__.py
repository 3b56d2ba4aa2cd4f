"""Follow-ups made whole by fixed rules, without a language model."""

from index.followup.completing import LONGEST, FollowUp, follow_up

__all__ = ["LONGEST", "FollowUp", "follow_up"]
