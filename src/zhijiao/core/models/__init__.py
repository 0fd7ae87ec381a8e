"""The tables of the core, one subject a file."""

from zhijiao.core.models.audit import AuditEvent, AuditSeal
from zhijiao.core.models.events import Delivery, Event
from zhijiao.core.models.files import StoredFile
from zhijiao.core.models.inbox import Message
from zhijiao.core.models.organisations import Alias, Organisation, Standing
from zhijiao.core.models.people import ApiToken, BindingCode, Claim, ExternalIdentity, Membership, User

__all__ = [
    "Alias",
    "ApiToken",
    "AuditEvent",
    "AuditSeal",
    "BindingCode",
    "Claim",
    "Delivery",
    "Event",
    "ExternalIdentity",
    "Membership",
    "Message",
    "Organisation",
    "Standing",
    "StoredFile",
    "User",
]
