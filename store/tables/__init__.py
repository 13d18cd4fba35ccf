"""Every table of the service. Times are aware UTC; every growing table carries its district first."""

from store.tables.asides import Batch, Campaign, Commitment, Escalation, Extension, Handover, Pause, Reminder, Support
from store.tables.base import HOME, Base
from store.tables.bindings import Claim, Invitation, Scene
from store.tables.items import Correction, Event, Item, ItemWord, Total
from store.tables.outbox import Audit, Beat, Push
from store.tables.people import (
    Department,
    Enterprise,
    EnterpriseContact,
    Erasure,
    Identity,
    Leave,
    Particulars,
    Person,
    Visit,
)
from store.tables.reports import DayCounter, Fragment, Inbox, Listing, Media, Question, Report
from store.tables.sending import Call, ChannelUse, ChatWindow, LiveCard, Permit, Receipt, Token

__all__ = [
    "HOME",
    "Audit",
    "Base",
    "Batch",
    "Beat",
    "Call",
    "Campaign",
    "ChannelUse",
    "ChatWindow",
    "Claim",
    "Commitment",
    "Correction",
    "DayCounter",
    "Department",
    "Enterprise",
    "EnterpriseContact",
    "Erasure",
    "Escalation",
    "Event",
    "Extension",
    "Fragment",
    "Handover",
    "Identity",
    "Inbox",
    "Invitation",
    "Item",
    "ItemWord",
    "Leave",
    "Listing",
    "LiveCard",
    "Media",
    "Particulars",
    "Pause",
    "Permit",
    "Person",
    "Push",
    "Question",
    "Receipt",
    "Reminder",
    "Report",
    "Scene",
    "Support",
    "Token",
    "Total",
    "Visit",
]
