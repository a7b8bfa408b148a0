"""Charges (docs.stripe.com/api/charges)."""

from sandbox import lists
from sandbox.call import Call, endpoint
from sandbox.errors import invalid
from sandbox.shapes import Json


@endpoint("GET", "/v1/charges/{charge}")
def retrieve(call: Call) -> Json:
    """One charge."""
    return call.get("charge", call.path["charge"])


@endpoint("GET", "/v1/charges")
def index(call: Call) -> Json:
    """Charges, the newest first; ``payment_intent`` narrows to one payment."""
    filters = ("payment_intent", "customer", "transfer_group")
    return lists.answer(call, "charge", "/v1/charges", filters=filters)


@endpoint("POST", "/v1/charges/{charge}")
def update(call: Call) -> Json:
    """Changes the metadata and the description; emits charge.updated."""
    charge = call.get("charge", call.path["charge"])
    others = call.parameters.keys() - {"metadata", "description"}
    if others:
        raise invalid("The sandbox only updates metadata and description.", param=min(others))
    former = {"metadata": charge["metadata"], "description": charge["description"]}
    call.merge_metadata(charge)
    charge["description"] = call.parameters.get("description", charge["description"])
    call.put("charge", charge)
    call.emit("charge.updated", charge, former)
    return charge
