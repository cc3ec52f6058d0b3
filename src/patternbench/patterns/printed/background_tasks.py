"""Section 5.5, background tasks, as the guide prints them.

Mocked: `email_client` and `webhook_processor`, which the guide uses and does not define; whoever uses this module sets
its own in their place. Nothing else was added.

Defects kept: the session of a request, and with it a connection, is held until the background task has ended; a task
that computes holds the loop; the first task that fails takes those behind it along; a kill loses all of them; anybody
may call the webhook.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: ARG001, ARG002
# mypy: disable-error-code="type-arg, return-value"

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, BackgroundTasks

from patternbench.patterns.printed.dependencies import DbSession
from patternbench.patterns.printed.pydantic_models import UserCreate, UserResponse
from patternbench.patterns.printed.services import UserService

router = APIRouter()


class _Unset:
    """Added; whatever it is asked to do, nobody has set who does it."""

    async def send(self, **message: Any) -> None:
        raise LookupError(f"set {__name__}.email_client first")

    async def process(self, payload: dict) -> None:
        raise LookupError(f"set {__name__}.webhook_processor first")


email_client: Any = _Unset()
webhook_processor: Any = _Unset()


async def send_email(email: str, subject: str, body: str) -> None:
    """Send email in background."""
    # Email sending logic
    await email_client.send(to=email, subject=subject, body=body)


async def process_webhook(payload: dict) -> None:
    """Process webhook payload."""
    # Heavy processing
    await webhook_processor.process(payload)


@router.post("/users", response_model=UserResponse)
async def create_user(
    user_in: UserCreate,
    db: DbSession,
    background_tasks: BackgroundTasks,
) -> UserResponse:
    """Create user and send welcome email."""
    service = UserService(db)
    user = await service.create(user_in)

    # Add background task
    background_tasks.add_task(
        send_email,
        email=user.email,
        subject="Welcome!",
        body="Thanks for signing up!",
    )

    return user


@router.post("/webhooks/{provider}")
async def receive_webhook(
    provider: str,
    payload: dict,
    background_tasks: BackgroundTasks,
) -> dict:
    """Receive webhook and process in background."""
    background_tasks.add_task(process_webhook, payload)
    return {"status": "accepted"}
