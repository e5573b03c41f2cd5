"""The catalog says of every endpoint what the independent copy of the documentation says, field by field."""

from __future__ import annotations

from typing import Any

import pytest

from binance_nb.catalog import ENDPOINTS, ENUMS, Endpoint, Kind, Parameter
from binance_nb.catalog.endpoint import RequiredBy
from binance_nb.catalog.weights import ByLimit, BySymbols, Fixed, IfSent

NAMES = sorted(ENDPOINTS)


def parameter_as_spec(parameter: Parameter) -> dict[str, Any]:
    """Write a parameter in the words of the spec data."""
    said: dict[str, Any] = {"name": parameter.name, "type": parameter.kind.value, "required": parameter.required}
    optional: dict[str, Any] = {
        "default": parameter.default,
        "min": parameter.minimum,
        "max": parameter.maximum,
        "exclusive_min": parameter.above,
        "max_items": parameter.max_items,
        "decimals": parameter.decimals,
        "unit": parameter.unit,
        "enum_ref": parameter.enum,
        "pattern": parameter.pattern,
    }
    said |= {key: value for key, value in optional.items() if value is not None}
    tables: dict[str, Any] = {
        "default_by": parameter.default_by,
        "only_with": parameter.only_with,
        "requires_value": parameter.needs_value,
        "requires_value_unless": parameter.needs_value_unless,
    }
    said |= {key: {k: list(v) if isinstance(v, tuple) else v for k, v in t.items()} for key, t in tables.items() if t}
    lists = {
        "enum": parameter.choices,
        "conflicts_with": parameter.conflicts,
        "requires": parameter.requires,
        "requires_inferred": parameter.requires_inferred,
    }
    return said | {key: list(value) for key, value in lists.items() if value}


def spec_parameter(entry: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the spec says about the documentation rather than about the exchange."""
    remarks = {
        "encoding",
        "default_documented",
        "enum_documented",
        "required_documented",
        "inferred",
        "requires_value_source",
        "over_max",
    }
    said = {key: value for key, value in entry.items() if key not in remarks}
    said["requires_inferred"] = entry.get("requires_inferred", [])
    if entry["type"] == "ENUM_OR_ARRAY" or entry.get("enum_ref") == "rolling_window_size":
        said.pop("enum", None)  # the whole enum: the catalog points at it
    return {key: sorted(value) if key == "conflicts_with" else value for key, value in said.items() if value != []}


def weight_as_spec(endpoint: Endpoint) -> object:
    """Write a weight rule in the words of the spec data."""
    match endpoint.weight:
        case Fixed(weight):
            return weight
        case ByLimit(parameter, default, clamp, tiers):
            tier_lists = [list(tier) for tier in tiers]
            return {"by": "limit", "param": parameter, "default": default, "clamp": clamp, "tiers": tier_lists}
        case IfSent(base, parameter, weight):
            return {"base": base, "if_param": {parameter: weight}}
        case BySymbols(one, omitted, each, cap, tiers):
            rule: dict[str, object] = {"by": "symbols_count", "symbol_given": one, "omitted": omitted}
            if each is not None:
                rule |= {"per_symbol": each, "cap": cap}
            if tiers:
                rule["tiers"] = [list(tier) for tier in tiers]
            return rule


def required_as_spec(rules: tuple[RequiredBy, ...]) -> dict[str, Any]:
    """Write the conditional requirements in the words of the spec data."""
    said: dict[str, Any] = {}
    for rule in rules:
        said[rule.decider] = {}
        for value, needs in rule.cases.items():
            case: dict[str, Any] = {}
            if needs.all:
                case["all"] = list(needs.all)
            if needs.any:
                case["any"] = [list(group) for group in needs.any]
            if needs.inferred:
                case["inferred"] = list(needs.inferred)
            said[rule.decider][value] = case
        if rule.waived:
            said.setdefault("_waived_if_present", {}).update({k: list(v) for k, v in rule.waived.items()})
    return said


@pytest.fixture(scope="module")
def entries(spec_data: Any) -> dict[str, dict[str, Any]]:
    """The spec's endpoints by name."""
    return {entry["name"]: entry for entry in spec_data("rest_endpoints.json")}


def test_names_are_those_of_the_documentation(entries: dict[str, dict[str, Any]]) -> None:
    """All 48 endpoints are declared, and no other."""
    assert sorted(entries) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_plain_facts_agree(name: str, entries: dict[str, dict[str, Any]]) -> None:
    """Method, path, security, group, flags, counts and shape are the documented ones."""
    endpoint, entry = ENDPOINTS[name], entries[name]
    said = {
        "title": endpoint.title,
        "method": endpoint.method,
        "path": endpoint.path,
        "security": endpoint.security.value,
        "signed": endpoint.is_signed,
        "group": endpoint.group,
        "unfilled_order_count": endpoint.unfilled_orders,
        "open_orders_added": endpoint.open_orders,
        "deprecated": endpoint.is_deprecated,
        "idempotent_query": endpoint.method == "GET",
        "mutates": endpoint.changes_state,
        "market_data_host": endpoint.is_on_data_host,
        "ws_api_method": endpoint.ws_method,
        "response_shape": endpoint.answers,
        "data_source": list(endpoint.sources),
        "one_of_required": [list(group) for group in endpoint.one_of],
        "max_time_span_ms": endpoint.max_span_ms,
        "replaced_by": endpoint.replaced_by,
    }

    assert {key: entry.get(key) for key in said} == said


@pytest.mark.parametrize("name", NAMES)
def test_parameters_agree(name: str, entries: dict[str, dict[str, Any]]) -> None:
    """Every parameter has the documented type, bounds, choices, default and company, in the documented order."""
    declared = [parameter_as_spec(parameter) for parameter in ENDPOINTS[name].parameters]
    for said in declared:
        if "conflicts_with" in said:
            said["conflicts_with"].sort()

    assert [spec_parameter(entry) for entry in entries[name]["params"]] == declared


@pytest.mark.parametrize("name", NAMES)
def test_remarks_on_parameters_agree(name: str, entries: dict[str, dict[str, Any]]) -> None:
    """Arrays, clamping and what the documentation leaves to be inferred are marked alike."""
    for entry in entries[name]["params"]:
        parameter = ENDPOINTS[name].by_name[entry["name"]]

        assert parameter.kind.is_array == ("encoding" in entry)
        assert parameter.clamps == (entry.get("over_max") == "clamp")
        assert parameter.inferred == entry.get("inferred", False)


@pytest.mark.parametrize("name", NAMES)
def test_requirements_agree(name: str, entries: dict[str, dict[str, Any]]) -> None:
    """What a type makes mandatory, what may travel together and how prices must lie are the documented rules."""
    endpoint, entry = ENDPOINTS[name], entries[name]
    combinations = entry.get("allowed_combinations", {"domain": [], "allowed": []})
    prices = [{k: v for k, v in r.items() if k in ("side", "rule")} for r in entry.get("price_rules", [])]
    legs = [(tuple(r.get("above", ())), tuple(r.get("below", ()))) for r in entry.get("price_rules", [])]

    assert entry["conditional_required"] == required_as_spec(endpoint.required_by)
    assert tuple(combinations["domain"]) == endpoint.combination_of
    assert {frozenset(allowed) for allowed in combinations["allowed"]} == set(endpoint.combinations)
    assert prices == [{"side": rule.side, "rule": rule.rule} for rule in endpoint.price_rules]
    assert legs == [(rule.above, rule.below) for rule in endpoint.price_rules]


@pytest.mark.parametrize("name", NAMES)
def test_paging_and_outcomes_agree(name: str, entries: dict[str, dict[str, Any]]) -> None:
    """How a long answer is walked, and what a cancel-replace can come to, are the documented ways."""
    endpoint, entry = ENDPOINTS[name], entries[name]
    paging = endpoint.paging
    walked = paging and {
        "param": paging.parameter,
        "response_field": paging.field,
        "direction": "ascending",
        "inclusive": paging.includes_start,
        "omitted": paging.omitted,
    }
    documented = entry.get("paging")
    outcomes = [
        {
            "cancelReplaceMode": row.mode,
            "orderRateLimitExceededMode": row.over_limit_mode,
            "within_unfilled_limit": row.is_within_limit,
            "cancelResult": row.cancel,
            "newOrderResult": row.new_order,
            "http_status": row.http_status,
        }
        for row in endpoint.outcomes
    ]

    assert (documented and {key: documented[key] for key in documented if key != "inclusive_source"}) == walked
    assert entry.get("outcome_matrix", []) == outcomes


@pytest.mark.parametrize("name", NAMES)
def test_weights_agree(name: str, entries: dict[str, dict[str, Any]], spec_check: Any) -> None:
    """A weight rule is the documented one and prices every documented sample, and many more, as the checker does."""
    import json

    endpoint, entry = ENDPOINTS[name], entries[name]
    samples: list[dict[str, Any]] = [example["params"] for example in entry.get("weight_examples", [])]
    samples += [{"limit": limit} for limit in (1, 99, 100, 101, 499, 500, 501, 1000, 1001, 4999, 5000, 6000)]
    samples += [{"symbol": "BTCUSDT"}, {"symbol": "BTCUSDT", "orderId": 7}]
    samples += [{"symbols": [f"S{i}" for i in range(count)]} for count in (1, 2, 19, 20, 21, 99, 100, 101)]

    assert entry["weight"] == weight_as_spec(endpoint)
    for sample in samples:
        try:
            expected = spec_check.endpoint_weight(entry["weight"], sample)
        except ValueError:
            continue  # the call is not allowed at all
        sent = {
            key: json.dumps(value) if isinstance(value, list | bool) else str(value) for key, value in sample.items()
        }

        assert expected == endpoint.weight.price(sent), sample


def test_success_is_free_where_the_documentation_says_so(spec_data: Any) -> None:
    """Placing and cancelling cost no weight when they work."""
    documented = spec_data("general.json")["rate_limits"]["zero_weight_when_successful"]["endpoints"]

    assert sorted(documented) == sorted(name for name, e in ENDPOINTS.items() if e.is_free_on_success)


def test_enums_agree(spec_data: Any) -> None:
    """Every enum has the documented values in the documented order."""
    documented = spec_data("enums.json")["enums"]

    assert {name: entry["values"] for name, entry in documented.items()} == {
        name: list(enum.values) for name, enum in ENUMS.items()
    }
    for name, entry in documented.items():
        for group in ("open", "final", "unused", "algo", "peggable", "signed", "deprecated", "default_filter"):
            assert tuple(entry.get(group, ())) == ENUMS[name].groups.get(group, ())
        if "ms" in entry:
            assert entry["ms"] == ENUMS[name].milliseconds


def test_columns_cover_every_documented_reply(spec_data: Any) -> None:
    """Every field of every documented reply row is a declared column, or a part, or a scalar for the attributes."""
    missing: list[str] = []
    for name, endpoint in ENDPOINTS.items():
        for example in spec_data(f"rest_examples/{name}.json")["examples"]:
            if example["status"] != 200:
                continue
            body = example["body"]
            rows = body.get(endpoint.rows.at, []) if endpoint.rows.at else body
            rows = rows if isinstance(rows, list) else [rows]
            known = {column.field for column in (*endpoint.rows.columns, *endpoint.rows.extra)}
            known |= {part.at for part in endpoint.rows.parts.values()}
            for row in rows:
                if isinstance(row, dict) and endpoint.rows.columns:
                    missing += [f"{name}.{key}" for key in row if key not in known]

    assert sorted(set(missing) - {"cancel_open_orders." + key for key in _LIST_KEYS}) == _FILTER_KEYS


# cancel_open_orders mixes order lists among its orders; filters carry each its own fields. Both are kept as they come.
_LIST_KEYS = (
    "contingencyType",
    "listStatusType",
    "listOrderStatus",
    "listClientOrderId",
    "transactionTime",
    "orders",
    "orderReports",
)
_FILTER_KEYS = ["my_filters.maxNumOrderLists"]


def test_every_parameter_says_what_it_means() -> None:
    """Help and docstrings have a meaning to show for every parameter and endpoint."""
    silent = [f"{e.name}.{p.name}" for e in ENDPOINTS.values() for p in e.parameters if not p.about]

    assert [] == silent
    assert all(endpoint.about.endswith(".") for endpoint in ENDPOINTS.values())


def test_kinds_name_the_wire_types() -> None:
    """The eight wire types are those of the documentation."""
    assert {kind.value for kind in Kind} == {
        "STRING",
        "ENUM",
        "INT",
        "LONG",
        "DECIMAL",
        "BOOLEAN",
        "ARRAY_STRING",
        "ENUM_OR_ARRAY",
    }
