"""The questions as data, in the order of thought; scaffold.asking puts them to the user."""

from __future__ import annotations

from scaffold.questions.interview import BY_KEY, QUESTIONS, Context, Question, Replies, settled

__all__ = ["BY_KEY", "QUESTIONS", "Context", "Question", "Replies", "settled"]
