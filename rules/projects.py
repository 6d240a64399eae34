"""How a project stands beyond its days: phase, current stage, first and last day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rules.cases import SHUT, CaseStandings
from rules.derived import approved
from rules.log import I8, I32, NO_DAY, Bools
from rules.scene import Scene
from rules.vocabulary import CaseState, EndReason, Phase, Stage

_FAR = np.int32(65535)


@dataclass
class ProjectFacts:
    """One row a project of the chunk."""

    phase: I8
    stage: I8  # Stage; PARALLEL (0) where none of the four was reached
    first_day: I32  # first day on which a case's clock opened; NO_DAY
    last_day: I32  # the last close of a finished project, the day a source ended it; NO_DAY while unfinished
    present: Bools  # coded by as_of, or with a case's clock opened before
    running: Bools  # a case whose holder counts runs


def any_by(keys: int, key: npt.NDArray[Any], which: Bools) -> Bools:
    """Whether any chosen row has each key."""
    out = np.zeros(keys, np.bool_)
    out[key[which]] = True
    return out


def most_by(keys: int, key: npt.NDArray[Any], value: npt.NDArray[Any], none: int) -> I32:
    """The largest value of the rows of each key (rows in the order of keys), ``none`` without any or below it."""
    out = np.full(keys, none, np.int32)
    if len(key):
        first = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
        out[key[first]] = np.maximum(np.maximum.reduceat(value, first), none)
    return out


def facts(scene: Scene, standing: CaseStandings) -> ProjectFacts:
    """Phase and stage of each project from its cases, as of now.

    finished: every case is closed and one of the acceptance stage was approved, or the source says so;
    dropped: terminated by the source; running, stopped, waiting_owner, not_started in this order.
    """
    projects, project, stage, counts = scene.projects, scene.project, scene.stage, scene.counts
    ended_on, as_of = scene.ended_on, scene.as_of
    was_approved = np.zeros(scene.cases, np.bool_)
    was_approved[scene.case[approved(scene.status)]] = True
    was_approved &= ~scene.opening.unjudged
    closed = SHUT[standing.state]
    all_closed = ~any_by(projects, project, ~closed) & any_by(projects, project, closed)
    accepted_end = any_by(projects, project, was_approved & (stage == Stage.ACCEPTANCE))
    ended = (ended_on != NO_DAY) & (ended_on <= as_of)
    finished = (all_closed & accepted_end) | ended
    running = any_by(projects, project, counts & (standing.state == CaseState.RUNNING))
    paused = counts & ((standing.state == CaseState.CORRECTION) | (standing.state == CaseState.PROCEDURE))
    opened = scene.begun != NO_DAY
    accepted_on = np.where(opened, scene.begun, scene.opening.accepted)
    phase = np.select(
        [
            ended & (scene.end_reason == EndReason.TERMINATED),
            finished,
            running,
            any_by(projects, project, paused),
            any_by(projects, project, opened | closed),
        ],
        [Phase.DROPPED, Phase.FINISHED, Phase.RUNNING, Phase.STOPPED, Phase.WAITING_OWNER],
        Phase.NOT_STARTED,
    ).astype(np.int8)
    at = most_by(projects, project, np.where(standing.open, stage, 0), 0)
    was = most_by(projects, project, np.where(opened, stage, 0), 0)
    first = -most_by(projects, project, np.where(accepted_on != NO_DAY, -accepted_on, -_FAR), -65535)
    present = (scene.coded_on <= as_of) | (first <= as_of)
    first[first == _FAR] = NO_DAY
    last = most_by(projects, project, np.where(closed, standing.closed_on, NO_DAY), NO_DAY)
    last_day = np.where(ended, ended_on, np.where(finished, last, NO_DAY)).astype(np.int32)
    return ProjectFacts(phase, np.where(at > 0, at, was).astype(np.int8), first, last_day, present, running & ~finished)
