"""Products and prices (docs.stripe.com/api/products, docs.stripe.com/api/prices)."""

from sandbox import identifiers, lists
from sandbox.call import Call, endpoint
from sandbox.errors import invalid
from sandbox.line_items import price_object
from sandbox.money import check_currency
from sandbox.parameters import missing_parameter
from sandbox.schema import skeleton
from sandbox.shapes import Json


@endpoint("POST", "/v1/products")
def create(call: Call) -> Json:
    """A product; emits product.created."""
    given = call.parameters
    if "name" not in given:
        raise missing_parameter("name")
    now = call.sandbox.clock.now()
    product = {
        **skeleton("product"),
        "id": given.get("id") or identifiers.new("product"),
        "active": given.get("active", True),
        "created": now,
        "description": given.get("description"),
        "metadata": given.get("metadata") or {},
        "name": given["name"],
        "updated": now,
    }
    call.put("product", product)
    call.emit("product.created", product)
    return product


@endpoint("GET", "/v1/products/{product}")
def retrieve(call: Call) -> Json:
    """One product."""
    return call.get("product", call.path["product"])


@endpoint("POST", "/v1/products/{product}")
def update(call: Call) -> Json:
    """Changes a product; emits product.updated."""
    product = call.get("product", call.path["product"])
    former = {"metadata": product["metadata"], "updated": product["updated"]}
    for name in ("active", "description", "name"):
        product[name] = call.parameters.get(name, product[name])
    call.merge_metadata(product)
    product["updated"] = call.sandbox.clock.now()
    call.put("product", product)
    call.emit("product.updated", product, former)
    return product


@endpoint("DELETE", "/v1/products/{product}")
def delete(call: Call) -> Json:
    """Deletes a product without prices; emits product.deleted."""
    product = call.get("product", call.path["product"])
    if call.sandbox.store.having(call.account, "price", "product", product["id"]):
        raise invalid("This product cannot be deleted because it has one or more prices.")
    call.sandbox.store.delete(call.account, "product", product["id"])
    call.emit("product.deleted", product)
    return {"id": product["id"], "object": "product", "deleted": True}


@endpoint("GET", "/v1/products")
def index(call: Call) -> Json:
    """Products, the newest first."""
    return lists.answer(call, "product", "/v1/products", filters=("active",))


@endpoint("POST", "/v1/prices")
def create_price(call: Call) -> Json:
    """A price of a product; emits price.created."""
    given = call.parameters
    for name in ("currency", "unit_amount", "product"):
        if name not in given:
            raise missing_parameter(name)
    call.get("product", given["product"], param="product")
    currency = check_currency(given["currency"], param="currency")
    price = price_object(call, given["product"], currency, given["unit_amount"])
    price["metadata"] = given.get("metadata") or {}
    if "recurring" in given:
        recurring = {**skeleton("recurring"), "interval_count": 1, "usage_type": "licensed"}
        price.update(type="recurring", recurring={**recurring, **given["recurring"]})
    call.put("price", price)
    call.emit("price.created", price)
    return price


@endpoint("GET", "/v1/prices/{price}")
def retrieve_price(call: Call) -> Json:
    """One price."""
    return call.get("price", call.path["price"])


@endpoint("POST", "/v1/prices/{price}")
def update_price(call: Call) -> Json:
    """Changes a price; emits price.updated."""
    price = call.get("price", call.path["price"])
    former = {"metadata": price["metadata"]}
    for name in ("active", "nickname"):
        price[name] = call.parameters.get(name, price[name])
    call.merge_metadata(price)
    call.put("price", price)
    call.emit("price.updated", price, former)
    return price


@endpoint("GET", "/v1/prices")
def index_prices(call: Call) -> Json:
    """Prices, the newest first."""
    filters = ("product", "active", "currency", "type")
    return lists.answer(call, "price", "/v1/prices", filters=filters)
