"""What happens around them: event time, abnormal changes, inference over episodes, local projections."""
