"""Disputes (docs.stripe.com/api/disputes)."""

from sandbox import disputes, lists
from sandbox.call import Call, endpoint
from sandbox.shapes import Json


@endpoint("GET", "/v1/disputes/{dispute}")
def retrieve(call: Call) -> Json:
    """One dispute."""
    return call.get("dispute", call.path["dispute"])


@endpoint("GET", "/v1/disputes")
def index(call: Call) -> Json:
    """Disputes, the newest first."""
    return lists.answer(call, "dispute", "/v1/disputes", filters=("charge", "payment_intent"))


@endpoint("POST", "/v1/disputes/{dispute}")
def update(call: Call) -> Json:
    """Adds evidence or metadata; ``submit=true`` puts the dispute under review."""
    dispute = call.get("dispute", call.path["dispute"])
    former = {"evidence_details": dict(dispute["evidence_details"]), "status": dispute["status"]}
    call.merge_metadata(dispute)
    evidence = call.parameters.get("evidence")
    if evidence:
        dispute["evidence"] = {**dispute["evidence"], **evidence}
        dispute["evidence_details"]["has_evidence"] = True
        if call.parameters.get("submit", True):
            dispute["evidence_details"]["submission_count"] += 1
            dispute["status"] = dispute["status"].replace("needs_response", "under_review")
    call.put("dispute", dispute)
    call.emit("charge.dispute.updated", dispute, former)
    return dispute


@endpoint("POST", "/v1/disputes/{dispute}/close")
def close(call: Call) -> Json:
    """Accepts the loss."""
    dispute = call.get("dispute", call.path["dispute"])
    return disputes.close(call.sandbox, call.account, dispute, "lost")
