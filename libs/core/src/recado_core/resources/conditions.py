"""Conditions: the facts about a resource that `kubectl describe` and `kubectl wait` show, and the reasons they carry.

Types follow kstatus: a type in `ABNORMAL` is bad news when True, every other is good when True; Reconciling and Stalled
stand only while they are True.
Each member's text says what it means and, where something can be done, what.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

import msgspec
from msgspec import Meta

ConditionStatus = Literal["True", "False", "Unknown"]


class _Explained(StrEnum):
    """An enumeration whose members carry their documentation: `Reason.BANNED.meaning`."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member


class ConditionType(_Explained):
    READY = "Ready", "Everything works: messages flow, or the company's connections may run."
    ACCEPTED = "Accepted", "The declaration can be carried out as it stands."
    SESSION_RUNNING = "SessionRunning", "The session's pod runs."
    PAIRED = "Paired", "A phone is linked."
    CONNECTED = "Connected", "The session reaches WhatsApp."
    UP_TO_DATE = "UpToDate", "The session runs the version and settings that it should."
    TENANT_PROVISIONED = "TenantProvisioned", "The database knows the company."
    ISOLATED = "Isolated", "Policies keep the company's sessions apart."
    WITHIN_QUOTA = "WithinQuota", "No more connections are declared than the company may have."
    INITIAL_ADMIN = "InitialAdmin", "The company has the first person that it declares; only while it declares one."
    SUSPENDED = "Suspended", "Stopped by a person."
    RESTRICTED = "Restricted", "WhatsApp limits, bans or unlinked the number."
    DELETION_BLOCKED = "DeletionBlocked", "Deleting waits for something that a person must do."
    RECONCILING = "Reconciling", "The operator is still bringing about what was declared."
    STALLED = "Stalled", "Nothing will change until somebody acts."


ABNORMAL = frozenset(
    {
        ConditionType.SUSPENDED,
        ConditionType.RESTRICTED,
        ConditionType.DELETION_BLOCKED,
        ConditionType.RECONCILING,
        ConditionType.STALLED,
    }
)
"""Types that are bad news (or at least not the normal state) when True."""


class Reason(_Explained):
    # Ready, Connected and SessionRunning of a connection
    CONNECTED = "Connected", "The session is linked and reaches WhatsApp."
    AWAITING_PAIRING = "AwaitingPairing", "Scan the QR code, or type the code, that Recado shows under Connections."
    CONNECTING = "Connecting", "The session is on its way to WhatsApp; nothing to do."
    DEGRADED = "Degraded", "Messages flow slowly; if it lasts, read the session's log."
    KEEP_ALIVE_TIMEOUT = "KeepAliveTimeout", "WhatsApp did not answer; the session tries again by itself."
    SERVER_UNAVAILABLE = "ServerUnavailable", "WhatsApp is out of order; the session tries again by itself."
    LEASE_LOST = "LeaseLost", "The session could not reach the database and ended itself; a new one follows."
    STREAM_REPLACED = "StreamReplaced", "Another program uses this linked device: stop it, then reconnect."
    CLIENT_OUTDATED = "ClientOutdated", "WhatsApp refuses this version: upgrade Recado, then reconnect."
    NOT_CONNECTED = "NotConnected", "No session runs; Ready says why."
    POD_RUNNING = "PodRunning", "The pod runs."
    POD_PENDING = "PodPending", "The pod waits for a node; the message is the scheduler's."
    IMAGE_PULL = "ImagePull", "The node cannot get the image: check the catalogue and the pull secrets."
    BACK_OFF = "BackOff", "The session ended and starts again in a moment; nothing to do."
    CRASHING = "Crashing", "The session keeps ending: read the end of its log."
    SETTINGS_REFUSED = "SettingsRefused", "The session refuses its settings; its log names the one."
    TERMINATING = "Terminating", "The old session is on its way out; nothing to do."
    NOT_DESIRED = "NotDesired", "No session should run at present; the other conditions say why."
    MULTIPLE_PODS = "MultiplePods", "More than one pod was found; the fenced ones are being removed."
    POD_NOT_OWNED = "PodNotOwned", "A pod with our labels belongs to nobody: delete it, or label it adoptable."
    NODE_UNREACHABLE = "NodeUnreachable", "The session's node does not answer; it moves as failover.policy says."
    DATABASE_UNAVAILABLE = "DatabaseUnavailable", "The operator cannot reach PostgreSQL; sessions run on."
    RECONCILE_ERROR = "ReconcileError", "The operator met an error and tries again; its log has more."
    PENDING = "Pending", "The operator has not come to it yet; nothing to do."
    DELETING = "Deleting", "The resource is being removed; nothing to do."
    # Accepted
    ACCEPTED = "Accepted", "The declaration is in force."
    VALID = "Valid", "The declaration is in force."
    COMPANY_NOT_FOUND = "CompanyNotFound", "No Company of this name in this namespace: apply one, or correct the name."
    COMPANY_NOT_READY = "CompanyNotReady", "The Company is not in force yet; its conditions say why."
    COMPANY_SUSPENDED = "CompanySuspended", "The Company is suspended: set its spec.suspend to false to go on."
    QUOTA_EXCEEDED = "QuotaExceeded", "Too many connections: delete one, or raise the Company's quotas.connections."
    PHONE_NUMBER_IN_USE = "PhoneNumberInUse", "An older connection has this number: delete one of the two."
    VERSION_NOT_IN_CATALOGUE = "VersionNotInCatalogue", "The operator's catalogue has no such version: choose another."
    DECLARATION_REFUSED = "DeclarationRefused", "The database refuses the declaration; the message says why."
    UNKNOWN_PLAN = "UnknownPlan", "There is no such plan: correct spec.plan."
    NAMESPACE_NOT_DEDICATED = "NamespaceNotDedicated", "The namespace has another Company: use a namespace for each."
    COMPANY_ID_IN_USE = "CompanyIDInUse", "Another Company adopted this companyID: remove one of the two."
    COMPANY_ID_NOT_FOUND = "CompanyIDNotFound", "The database has no such company: correct or remove spec.companyID."
    # Paired
    PAIRED = "Paired", "A phone is linked."
    NOT_PAIRED = "NotPaired", "No phone is linked yet."
    QR_AVAILABLE = "QRAvailable", "A QR code waits to be scanned under Connections in Recado."
    PAIRING_CODE_AVAILABLE = "PairingCodeAvailable", "A code waits to be typed on the phone; Recado shows it."
    PAIRING_EXPIRED = "PairingExpired", "Nobody linked a phone in time: set spec.pairing.request to a new value."
    PHONE_NUMBER_MISMATCH = "PhoneNumberMismatch", "Another number than spec.phoneNumber was linked; it was unlinked."
    PASSKEY_REQUIRED = "PasskeyRequired", "WhatsApp links this account with a passkey only, which Recado cannot do yet."
    # Restricted
    TEMPORARILY_BANNED = "TemporarilyBanned", "WhatsApp banned the number for a time; the message says what comes then."
    BANNED = "Banned", "WhatsApp banned the number: ask for a review in the phone's WhatsApp, then pair again."
    LOCKED = "Locked", "WhatsApp locked the account: do what the phone's WhatsApp asks, then pair again."
    LOGGED_OUT = "LoggedOut", "The phone unlinked this device: set spec.pairing.request to a new value to link again."
    NONE = "None", "WhatsApp does not limit the number."
    RATE_LIMITED = "RateLimited", "WhatsApp limits this number: send fewer messages and wait."
    # UpToDate
    UP_TO_DATE = "UpToDate", "The session runs what it should."
    ROLLOUT_PENDING = "RolloutPending", "A newer version comes with a later wave; nothing to do."
    ROLLOUT_PAUSED = "RolloutPaused", "The roll-out is paused: see its ConfigMap for the reason."
    PINNED = "Pinned", "The version is pinned; change spec.updatePolicy to follow the others."
    NOT_RUNNING = "NotRunning", "No session runs that could be out of date."
    # Suspended
    SUSPENDED = "Suspended", "Set spec.suspend to false to go on."
    NOT_SUSPENDED = "NotSuspended", "Nobody suspended it."
    # Companies
    PROVISIONED = "Provisioned", "The database knows the company."
    POLICIES_APPLIED = "PoliciesApplied", "The company's policies are in force."
    NOT_REQUESTED = "NotRequested", "On one machine no policies are made; nothing to do."
    FORBIDDEN = "Forbidden", "The operator may not write policies: grant it the rights that its chart lists."
    WITHIN_QUOTA = "WithinQuota", "No more connections than allowed."
    CONNECTIONS_EXIST = "ConnectionsExist", "Delete the company's connections first."
    PURGE_NOT_CONFIRMED = "PurgeNotConfirmed", "Annotate it with recado.dev/confirm-purge: <its name> to remove all."
    # InitialAdmin
    CREATED = "Created", "The first person was made and may sign in."
    ALREADY_HAS_PEOPLE = "AlreadyHasPeople", "The company had people, so nobody was made: remove spec.initialAdmin."
    SECRET_NOT_READABLE = "SecretNotReadable", "The operator may not read Secrets: set operator.allowSecretReads."
    SECRET_NOT_FOUND = "SecretNotFound", "No such Secret, or no such key in it: make it, or correct the reference."
    PASSWORD_TOO_SHORT = "PasswordTooShort", "Put a password of 10 characters or more into the Secret."
    PASSWORD_UNUSABLE = "PasswordUnusable", "Nobody could type this password: put another one into the Secret."
    EMAIL_TAKEN = "EmailTaken", "Somebody of another company signs in with this e-mail: choose another one."
    AGENT_QUOTA_EXCEEDED = "AgentQuotaExceeded", "The company may have nobody: raise its quotas.agents."
    # Reconciling and Stalled
    BACK_OFF_EXHAUSTED = "BackOffExhausted", "The session failed too often: correct the cause, then reconnect."
    NEEDS_PAIRING = "NeedsPairing", "A phone must be linked: set spec.pairing.request to a new value."
    NEEDS_HUMAN = "NeedsHuman", "A person must act; the message says how."


class Condition(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    type: Annotated[str, Meta(min_length=1, max_length=64)]
    status: ConditionStatus
    reason: Annotated[str, Meta(min_length=1, max_length=64)]
    message: Annotated[str, Meta(max_length=4096)]
    """Says what to do next when the resource is not as it should be."""
    last_transition_time: datetime
    """When `status` last changed; whole seconds, UTC."""
    observed_generation: Annotated[int, Meta(ge=0)] | None = None


Conditions = Annotated[list[Condition], Meta(max_length=16)]


def condition(conditions: Sequence[Condition], kind: ConditionType) -> Condition | None:
    return next((found for found in conditions if found.type == kind), None)
