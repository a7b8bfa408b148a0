"""Operations that the published subset of Stripe's description lacks.

Stripe's command-line tool and the product use them. Sources: docs.stripe.com/api/transfers,
/api/payment_intents/cancel, /api/payment_intents/capture, /api/products/delete,
/api/accounts/delete; ``payment_pages`` is what Stripe's own hosted page calls and its
command-line tool imitates.
"""

from sandbox.shapes import Json

_TEXT: Json = {"type": "string", "maxLength": 5000}
_INTEGER: Json = {"type": "integer"}
_METADATA: Json = {"type": "object", "additionalProperties": {"type": "string"}}
_EXPAND: Json = {"type": "array", "items": _TEXT}


def _reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _operation(answer: Json, properties: Json, required: tuple[str, ...] = ()) -> Json:
    form: Json = {
        "type": "object",
        "additionalProperties": False,
        "properties": {**properties, "expand": _EXPAND},
        "required": list(required),
    }
    return {
        "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": form}}},
        "responses": {"200": {"content": {"application/json": {"schema": answer}}}},
    }


def _deleted(kind: str) -> Json:
    return {
        "type": "object",
        "required": ["deleted", "id", "object"],
        "properties": {
            "deleted": {"type": "boolean", "enum": [True]},
            "id": _TEXT,
            "object": {"type": "string", "enum": [kind]},
        },
    }


_INTENT = _reference("payment_intent")
_ADDRESS: Json = {
    "type": "object",
    "additionalProperties": False,
    "properties": dict.fromkeys(
        ("city", "country", "line1", "line2", "postal_code", "state"), _TEXT
    ),
}

EXTRA_OPERATIONS: Json = {
    "/v1/payment_intents/{intent}/cancel": {
        "post": _operation(
            _INTENT,
            {
                "cancellation_reason": {
                    "type": "string",
                    "enum": ["abandoned", "duplicate", "fraudulent", "requested_by_customer"],
                }
            },
        )
    },
    "/v1/payment_intents/{intent}/capture": {
        "post": _operation(
            _INTENT,
            {"amount_to_capture": _INTEGER, "metadata": _METADATA, "statement_descriptor": _TEXT},
        )
    },
    "/v1/transfers": {
        "post": _operation(
            _reference("transfer"),
            {
                "amount": _INTEGER,
                "currency": _TEXT,
                "description": _TEXT,
                "destination": _TEXT,
                "metadata": _METADATA,
                "source_transaction": _TEXT,
                "transfer_group": _TEXT,
            },
            ("currency", "destination"),
        )
    },
    "/v1/transfers/{transfer}/reversals": {
        "post": _operation(
            _reference("transfer_reversal"),
            {"amount": _INTEGER, "description": _TEXT, "metadata": _METADATA},
        )
    },
    "/v1/products/{product}": {
        "get": {
            "responses": {
                "200": {"content": {"application/json": {"schema": _reference("product")}}}
            }
        },
        "post": _operation(
            _reference("product"),
            {
                "active": {"type": "boolean"},
                "description": _TEXT,
                "metadata": _METADATA,
                "name": _TEXT,
            },
        ),
        "delete": _operation(_deleted("product"), {}),
    },
    "/v1/prices/{price}": {
        "get": {
            "responses": {"200": {"content": {"application/json": {"schema": _reference("price")}}}}
        },
        "post": _operation(
            _reference("price"),
            {"active": {"type": "boolean"}, "metadata": _METADATA, "nickname": _TEXT},
        ),
    },
    "/v1/payment_methods/{payment_method}": {
        "get": {
            "responses": {
                "200": {"content": {"application/json": {"schema": _reference("payment_method")}}}
            }
        },
    },
    "/v1/accounts/{account}": {"delete": _operation(_deleted("account"), {})},
    "/v1/payment_pages/{session}": {"get": {"responses": {}}},
    "/v1/payment_pages/{session}/confirm": {
        "post": {
            **_operation(
                {},
                {
                    "expected_amount": _INTEGER,
                    "payment_method": _TEXT,
                    "billing_details": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {"address": _ADDRESS, "email": _TEXT, "name": _TEXT},
                    },
                },
                ("payment_method",),
            ),
            "responses": {},
        }
    },
}
