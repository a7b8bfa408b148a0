"""What a Checkout Session sells: inline prices and stored ones.

Source: docs.stripe.com/api/checkout/sessions/create#create_checkout_session-line_items.
"""

from sandbox import identifiers
from sandbox.call import Call
from sandbox.errors import invalid
from sandbox.money import check_currency, check_digits
from sandbox.parameters import missing_parameter
from sandbox.schema import skeleton
from sandbox.shapes import Json


def build(call: Call, wanted: list[Json]) -> list[Json]:
    """The line items of a session, all in one currency; raises ``StripeError``."""
    lines = [_line(call, entry, f"line_items[{place}]") for place, entry in enumerate(wanted)]
    currencies = {line["currency"] for line in lines}
    if len(currencies) > 1:
        raise invalid("All line items must have the same currency.", param="line_items")
    return lines


def _line(call: Call, entry: Json, path: str) -> Json:
    if ("price" in entry) == ("price_data" in entry):
        raise invalid(f"You must specify either `price` or `price_data` in {path}.", param=path)
    quantity = entry.get("quantity", 1)
    if "quantity" not in entry:
        raise invalid(
            f"Quantity is required. Add `quantity` to `{path}`.",
            param=f"{path}[quantity]",
            code="parameter_missing",
        )
    if quantity < 1:
        raise invalid(
            "This value must be greater than or equal to 1.",
            param=f"{path}[quantity]",
            code="parameter_invalid_integer",
        )
    if "price" in entry:
        price = call.get("price", entry["price"], param=f"{path}[price]")
        name = (call.sandbox.store.get(call.account, "product", price["product"]) or {}).get("name")
    else:
        price, name = _inline(call, entry["price_data"], f"{path}[price_data]")
    amount = price["unit_amount"] * quantity
    return {
        **skeleton("item"),
        "id": identifiers.new("item"),
        "amount_subtotal": amount,
        "amount_total": amount,
        "currency": price["currency"],
        "description": name,
        "metadata": {},
        "price": call.sandbox.renderer.plain(price),
        "quantity": quantity,
    }


def _inline(call: Call, given: Json, path: str) -> tuple[Json, str]:
    currency = check_currency(given["currency"], param=f"{path}[currency]")
    if "recurring" in given:
        raise invalid(
            "You specified `payment` mode but passed a recurring price.", param=f"{path}[recurring]"
        )
    if "unit_amount" not in given:
        raise missing_parameter(f"{path}[unit_amount]")
    amount = given["unit_amount"]
    if amount < 0:
        raise invalid(
            "Invalid non-negative integer",
            param=f"{path}[unit_amount]",
            code="parameter_invalid_integer",
        )
    check_digits(amount, currency, param=f"{path}[unit_amount]")
    if ("product" in given) == ("product_data" in given):
        raise invalid(f"You must specify either `product` or `product_data` in {path}.", param=path)
    if "product" in given:
        product = call.get("product", given["product"], param=f"{path}[product]")
        name, product_id = product["name"], product["id"]
    else:
        name, product_id = given["product_data"]["name"], identifiers.new("product")
    price = price_object(call, product_id, currency, amount)
    price["active"] = False
    return price, name


def price_object(call: Call, product: str, currency: str, amount: int) -> Json:
    """A one-time price; ``amount`` in minor units."""
    return {
        **skeleton("price"),
        "id": identifiers.new("price"),
        "active": True,
        "billing_scheme": "per_unit",
        "created": call.sandbox.clock.now(),
        "currency": currency,
        "metadata": {},
        "product": product,
        "tax_behavior": "unspecified",
        "type": "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }
