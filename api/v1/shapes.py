"""Core values as JSON: codes for programs, labels beside them for people."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from core.access.actor import Actor
from core.blueprint.world import World
from core.cases.because import why
from core.cases.decide import fields_of
from core.cases.detail import Detail, Evidence, line_label
from core.cases.outcome import Outcome
from core.cases.public import PublicView
from core.cases.queries import CaseLine
from core.cases.rated import by_rating
from core.rules.case import Case, Demand, Entry, Task
from core.rules.demands import LABELS
from core.rules.forms import Field, json_schema
from core.rules.masking import mask_address, mask_all, mask_name, mask_text
from core.rules.permissions import ROLES
from core.rules.workflow import Transition
from core.words import _, pick


def actor(value: Actor) -> dict[str, Any]:
    """Who, role, unit, scope, permissions."""
    return {
        "id": value.person,
        "username": value.username,
        "name": value.name,
        "roles": list(value.roles),
        "role_labels": [str(ROLES[r].label) for r in value.roles if r in ROLES],
        "unit": value.unit,
        "unit_name": value.unit_name,
        "area": value.area,
        "scope": str(value.scope),
        "permissions": sorted(value.permissions),
        "locale": value.locale,
    }


def outcome(world: World, value: Outcome) -> dict[str, Any]:
    """Where the case stands after an action."""
    stage = world.blueprint.workflow.stages[value.stage]
    return {
        "number": value.number,
        "stage": value.stage,
        "stage_label": pick(stage.label),
        "stage_kind": value.stage_kind,
        "holder": value.holder,
        "holder_name": world.units.name(value.holder),
        "due_at": value.due_at,
        "version": value.version,
    } | ({"part": asdict(value.part)} if value.part else {})


def _labels(world: World, value: Case | CaseLine) -> dict[str, Any]:
    blueprint = world.blueprint
    category = blueprint.categories.get(value.category)
    stage = blueprint.workflow.stages.get(value.stage)
    return {
        "category_label": pick(category.label) if category else value.category,
        "kind_label": pick(blueprint.kinds.get(value.kind, value.kind)),
        "inlet_label": pick(blueprint.inlets.get(value.inlet, value.inlet)),
        "urgency_label": pick(blueprint.urgencies.get(value.urgency, value.urgency)),
        "stage_label": pick(stage.label) if stage else value.stage,
        "area_name": world.area_name(value.area),
        "holder_name": world.units.name(value.holder),
    }


_LINE = (
    "number", "version", "title", "category", "kind", "inlet", "urgency", "area", "address",
    "stage", "stage_kind", "holder", "received_at", "due_at", "replied_at", "closed_at", "late",
    "reopened", "score",
)  # fmt: skip


def line(world: World, value: Case | CaseLine) -> dict[str, Any]:
    """A case in a list, where nobody needs the house."""
    shown = {name: getattr(value, name) for name in _LINE} | _labels(world, value)
    return shown | {"address": mask_address(value.address)}


_MORE = (
    "address", "lat", "lon", "plate", "anonymous", "confidential", "form", "units", "accused",
    "reply", "source", "source_ref", "difficulty", "chased",
)  # fmt: skip


def detail(found: Detail) -> dict[str, Any]:
    """A case with all around it; identities masked."""
    case, world = found.file.case, found.world
    who, told = found.resident, by_rating(found)
    return {
        **line(world, case),
        **{name: getattr(case, name) for name in _MORE},
        "body": found.body,
        "on_behalf": "" if case.confidential else mask_name(case.on_behalf),
        "routed_because": why(world, case.because, case.area),
        "routing": case.because,
        "resident": {"name": who.name, "phone": who.phone, "masked": who.masked} if who else None,
        "tasks": [_task(world, t) for t in found.file.tasks],
        "paused": found.file.paused,
        "demands": [demand(world, d) for d in found.file.demands],
        "clocks": [
            {
                "id": c.id,
                "kind": c.kind,
                "subject": c.subject,
                "term": c.term,
                "started_at": c.started_at,
                "due_at": c.due_at,
                "paused_at": c.paused_at,
                "stopped_at": c.stopped_at,
                "next_fire_at": c.next_fire_at,
            }
            for c in found.file.clocks
        ],
        "timeline": [_entry(world, e) for e in found.timeline],
        "files": [evidence(f) for f in found.files],
        "ratings": [
            {
                "at": r.at,
                "party": r.party,
                "score": r.score,
                "reasons": r.reasons,
                "text": r.text,
                "written_down": told.get(r.seq, ""),
            }
            for r in found.ratings
        ],
        "actions": [t.id for t in found.actions],
    }


def _task(world: World, t: Task) -> dict[str, Any]:
    return {
        "id": t.id,
        "unit": t.unit,
        "unit_name": world.units.name(t.unit),
        "lead": t.lead,
        "state": t.state,
        "opened_at": t.opened_at,
        "due_at": t.due_at,
        "signed_at": t.signed_at,
        "done_at": t.done_at,
        "late": t.late,
        "note": mask_text(t.note),
        "result": mask_text(t.result),
    }


def demand(world: World, d: Demand) -> dict[str, Any]:
    """What was asked, as the interface says it."""
    kind = world.blueprint.demands.get(d.kind)
    return {
        "id": d.id,
        "kind": d.kind,
        "label": pick(kind.label) if kind else d.kind,
        "state": d.state,
        "state_label": str(LABELS[d.state]),
        "unit": d.unit,
        "unit_name": world.units.name(d.unit),
        "text": mask_text(d.text),
        "asker": d.asker_name,
        "asker_unit": d.asker_unit,
        "opened_at": d.opened_at,
        "due_at": d.due_at,
        "answer": mask_text(d.answer),
        "answered_by": d.answered_by,
        "answered_at": d.answered_at,
        "ended_at": d.ended_at,
        "pressed": d.pressed,
        "late": d.late,
        "data": mask_all(d.data),
    }


def _entry(world: World, e: Entry) -> dict[str, Any]:
    return {
        "seq": e.seq,
        "at": e.at,
        "action": e.action,
        "label": line_label(world, e.action),
        "actor": e.actor_name if e.actor_id else _(e.actor_name),
        "unit": e.actor_unit,
        "from_stage": e.from_stage,
        "to_stage": e.to_stage,
        "data": mask_all(e.data),
        "public": e.public,
        "hash": e.hash,
    }


def evidence(f: Evidence, base: str = "/api/v1/files") -> dict[str, Any]:
    """A file; `url` wants the same rights as the case."""
    return {
        "id": f.id,
        "name": f.name,
        "mime": f.mime,
        "size": f.size,
        "by_resident": f.by_resident,
        "uploaded_at": f.uploaded_at,
        "url": f"{base}/{f.id}",
    }


def actions(
    rows: Iterable[Transition], form: Callable[[Transition], Iterable[Field]]
) -> list[dict[str, Any]]:
    """What may be done now; `fields` is JSON Schema (draft 2020-12)."""
    return [
        {
            "id": t.id,
            "label": pick(t.label),
            "fields": json_schema(form(t)),
            "usual": t.usual,
            "note": pick(t.note),
        }
        for t in rows
    ]


def public(view: PublicView) -> dict[str, Any]:
    """The resident's page: stages like a parcel's, the unit, no official's name."""
    case, base = view.case, f"/api/v1/public/cases/{view.case.number}/files"
    return {
        "number": case.number,
        "title": case.title,
        "body": case.body,
        "stage": case.stage,
        "stage_label": view.stage_label,
        "stage_kind": case.stage_kind,
        "unit": view.unit,
        "received_at": case.received_at,
        "due_at": case.due_at if case.replied_at is None else None,
        "reply": case.reply,
        "replied_at": case.replied_at,
        "closed_at": case.closed_at,
        "score": case.score,
        "steps": [{"id": s.id, "label": s.label, "state": s.state, "at": s.at} for s in view.steps],
        "timeline": [
            {"at": entry.at, "label": entry.label, "unit": entry.unit, "text": entry.text}
            for entry in view.lines
        ],
        "files": [evidence(f, base) for f in view.files],
        "ratings": [
            {"at": r.at, "score": r.score, "reasons": r.reasons, "text": r.text}
            for r in view.ratings
        ],
        "actions": actions(view.actions, lambda t: fields_of(view.world, t, case)),
        "version": case.version,
    }
