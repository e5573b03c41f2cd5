"""The call checker finds every broken rule of a call, in order, and nothing wrong with a right one."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binance_nb.catalog import ENDPOINTS, Endpoint, Kind, Parameter
from binance_nb.catalog.checks import Problem, ProblemKind, problems

NAMES = sorted(ENDPOINTS)
NOW = "1700000000000"
DAY_MS = 86_400_000

LIMIT_ORDER = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.01",
    "price": "60000",
    "timestamp": NOW,
}
KLINES = {"symbol": "BTCUSDT", "interval": "1h"}


def found(endpoint: str, sent: Mapping[str, str]) -> list[Problem]:
    """All problems of a call."""
    return list(problems(ENDPOINTS[endpoint], sent))


def kinds(endpoint: str, sent: Mapping[str, str]) -> list[ProblemKind]:
    """What kinds of problem a call has."""
    return [problem.kind for problem in found(endpoint, sent)]


def a_value(parameter: Parameter) -> str:
    """A value that keeps the rules of one parameter."""
    match parameter.kind:
        case Kind.ARRAY_STRING:
            return '["BTCUSDT"]'
        case Kind.BOOLEAN:
            return "true"
        case Kind.INT | Kind.LONG | Kind.DECIMAL:
            return NOW if parameter.is_time else str(parameter.minimum or 1)
    return parameter.values[0] if parameter.values else str(parameter.default or "BTCUSDT")


def completed(endpoint: Endpoint, chosen: dict[str, str]) -> dict[str, str]:
    """A call with what was chosen and what that makes necessary, as the declarations say it."""
    sent = {parameter.name: a_value(parameter) for parameter in endpoint.parameters if parameter.required} | chosen
    for group in endpoint.one_of:
        if not any(name in sent for name in group):
            sent[group[0]] = a_value(endpoint.by_name[group[0]])
    for rule in endpoint.required_by:
        needs = rule.cases.get(sent.get(rule.decider, ""))
        for name in (*needs.all, *(group[0] for group in needs.any)) if needs else ():
            sent.setdefault(name, a_value(endpoint.by_name[name]))
    for name in tuple(sent):
        parameter = endpoint.by_name[name]
        for other in (*parameter.requires, *parameter.requires_inferred):
            sent.setdefault(other, a_value(endpoint.by_name[other]))
        for other, values in parameter.needs_value.items():
            sent[other] = values[0]
    return sent


def choices(endpoint: Endpoint, wanted: Parameter) -> Iterator[dict[str, str]]:
    """Every way to set the stage for one parameter: types, members of groups, combinations."""
    deciders = [[{rule.decider: value} for value in rule.cases] for rule in endpoint.required_by]
    groups = [[{name: a_value(endpoint.by_name[name])} for name in group] for group in endpoint.one_of]
    sets = [{name: a_value(endpoint.by_name[name]) for name in members} for members in endpoint.combinations]
    for picked in itertools.product(*deciders, *groups, sets or [{}]):
        stage = {name: value for part in picked for name, value in part.items()}
        yield stage | {wanted.name: stage.get(wanted.name, a_value(wanted))}


def every_case() -> Iterator[tuple[str, dict[str, str]]]:
    """Every endpoint, once for each value of each parameter that decides about others."""
    for name, endpoint in ENDPOINTS.items():
        yield name, {}
        for rule in endpoint.required_by:
            yield from ((name, {rule.decider: value}) for value in rule.cases)


CASES = [pytest.param(name, chosen, id="-".join((name, *chosen, *chosen.values()))) for name, chosen in every_case()]


@pytest.mark.parametrize(("name", "chosen"), CASES)
def test_a_minimal_call_has_no_problem(name: str, chosen: dict[str, str]) -> None:
    """What the declarations make mandatory is enough, for every type of order and of every leg."""
    sent = completed(ENDPOINTS[name], chosen)

    assert [] == found(name, sent)


@pytest.mark.parametrize(("name", "chosen"), CASES)
def test_everything_mandatory_is_missed(name: str, chosen: dict[str, str]) -> None:
    """Leaving out one thing that the call needs gives that problem and no other."""
    endpoint = ENDPOINTS[name]
    whole = completed(endpoint, chosen)
    decided = [
        (rule.decider, rule.cases[whole[rule.decider]]) for rule in endpoint.required_by if rule.decider in whole
    ]
    for parameter in endpoint.parameters:
        sent = {key: value for key, value in whole.items() if key != parameter.name}
        expected = [
            Problem(ProblemKind.MISSING, parameter.name, others=(decider,), allowed=(whole[decider],))
            for decider, needs in decided
            if parameter.name in needs.all
        ]
        if parameter.required:
            expected = [Problem(ProblemKind.MISSING, parameter.name, allowed=parameter.values)]
        groups = (*endpoint.one_of, *(group for _, needs in decided for group in needs.any))
        expected += [
            Problem(ProblemKind.MISSING_ONE_OF, group[0], others=group)
            for group in groups
            if parameter.name == group[0]
        ]

        if parameter.name in whole and expected:
            assert expected == found(name, sent)


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_can_be_sent(name: str) -> None:
    """No parameter is shut out by the rules of the others."""
    endpoint = ENDPOINTS[name]

    for parameter in endpoint.parameters:
        calls = (completed(endpoint, stage) for stage in choices(endpoint, parameter))
        assert any(not found(name, sent) for sent in calls), parameter.name


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_refuses_an_empty_text(name: str) -> None:
    """An empty value is a problem of its own, whatever the type."""
    for parameter in ENDPOINTS[name].parameters:
        assert Problem(ProblemKind.EMPTY, parameter.name, "") in found(name, {parameter.name: ""})


@pytest.mark.parametrize("name", NAMES)
def test_conflicts_are_mutual_and_told_once(name: str) -> None:
    """Two parameters that exclude each other give one problem, told by the one that comes first."""
    endpoint = ENDPOINTS[name]
    order = list(endpoint.by_name)
    for parameter in endpoint.parameters:
        for other in parameter.conflicts:
            pair = {parameter.name: a_value(parameter), other: a_value(endpoint.by_name[other])}
            first, second = sorted(pair, key=order.index)
            clashes = [problem for problem in found(name, pair) if problem.kind is ProblemKind.CONFLICT]

            assert [Problem(ProblemKind.CONFLICT, first, pair[first], others=(second,))] == clashes


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_name_is_told_with_the_known_ones(name: str) -> None:
    """A name that the call does not have is a problem, and so is one that differs in capitals only."""
    sent = completed(ENDPOINTS[name], {}) | {"Symbol": "BTCUSDT"}

    assert [Problem(ProblemKind.UNKNOWN, "Symbol", "BTCUSDT", allowed=tuple(ENDPOINTS[name].by_name))] == found(
        name, sent
    )


@pytest.mark.parametrize(
    "text",
    ["abc", "1e-05", "1E5", "1.", ".5", "+1", " 1", "1\n", "0x10", "1,000", "1_000", "NaN", "Infinity", "-", "١٢"],
)
@pytest.mark.parametrize(
    ("name", "parameter"), [("klines", "limit"), ("new_order", "quantity"), ("get_order", "orderId")]
)
def test_only_plain_digits_are_a_number(name: str, parameter: str, text: str) -> None:
    """A number is written in plain decimal digits: no exponent, no sign but minus, no other script."""
    sent = completed(ENDPOINTS[name], {parameter: text})

    assert [Problem(ProblemKind.MALFORMED, parameter, text)] == found(name, sent)


def test_a_point_belongs_to_decimals_only() -> None:
    """A whole number takes no fraction, a decimal one does."""
    assert kinds("klines", {**KLINES, "limit": "5.0"}) == [ProblemKind.MALFORMED]
    assert kinds("new_order", {**LIMIT_ORDER, "quantity": "0.00000001"}) == []


@pytest.mark.parametrize(("text", "expected"), [(str(2**63 - 1), []), (str(2**63), [ProblemKind.OVERFLOW])])
def test_a_whole_number_fits_64_bits(text: str, expected: list[ProblemKind]) -> None:
    """The largest long passes, the next overflows."""
    assert expected == kinds("get_order", {"symbol": "BTCUSDT", "orderId": text, "timestamp": NOW})


@pytest.mark.parametrize(
    ("text", "is_right"), [("true", True), ("FALSE", True), ("True", False), ("1", False), ("yes", False)]
)
def test_a_boolean_is_true_or_false(text: str, is_right: bool) -> None:
    """Two spellings of each are read, and nothing else."""
    wrong = [Problem(ProblemKind.MALFORMED, "omitZeroBalances", text, allowed=("true", "false"))]

    assert ([] if is_right else wrong) == found("account", {"omitZeroBalances": text, "timestamp": NOW})


@pytest.mark.parametrize(
    "text", ["BTCUSDT", '["BTCUSDT"', "[]", "{}", "null", "[1]", '[""]', '[["BTCUSDT"]]', "['BTCUSDT']", "[" * 100_000]
)
def test_a_list_is_json_of_texts(text: str) -> None:
    """Anything but a JSON array with at least one text is malformed, brackets without end included."""
    assert [Problem(ProblemKind.MALFORMED, "symbols", text)] == found("ticker_price", {"symbols": text})


def test_a_list_names_each_thing_once_and_not_too_many() -> None:
    """A repeated entry is named, and so is a list beyond its longest."""
    twice = found("ticker", {"symbols": '["BTCUSDT","ETHUSDT","BTCUSDT"]'})
    hundred, more = (json.dumps([f"S{number}" for number in range(count)]) for count in (100, 101))

    assert [Problem(ProblemKind.REPEATED, "symbols", "BTCUSDT")] == twice
    assert [] == found("ticker", {"symbols": hundred})
    assert [Problem(ProblemKind.TOO_MANY, "symbols", "101", allowed=("100",))] == found("ticker", {"symbols": more})


@pytest.mark.parametrize(
    ("text", "culprit"), [("SPOT", None), ('["SPOT","MARGIN"]', None), ("MOON", "MOON"), ('["SPOT","MOON"]', "MOON")]
)
def test_one_value_or_a_list_of_them(text: str, culprit: str | None) -> None:
    """Permissions are written as one or as a list, and a wrong one is named by itself."""
    allowed = ENDPOINTS["exchange_info"].by_name["permissions"].values
    wrong = [Problem(ProblemKind.NOT_A_CHOICE, "permissions", culprit, allowed=allowed)]

    assert (wrong if culprit else []) == found("exchange_info", {"permissions": text})


@pytest.mark.parametrize("text", ["1H", "1min", "60", "1h "])
def test_a_misspelt_choice_comes_with_the_right_ones(text: str) -> None:
    """Choices are told apart by capitals, and the problem lists them."""
    (problem,) = found("klines", {**KLINES, "interval": text})

    assert problem.kind is ProblemKind.NOT_A_CHOICE
    assert (problem.value, problem.allowed[0], problem.allowed[-1]) == (text, "1s", "1M")


def test_a_misspelt_type_decides_nothing() -> None:
    """Where the type is no type, the parameters beside it are not blamed."""
    sent = {**LIMIT_ORDER, "type": "LIMTI", "stopPrice": "59000", "icebergQty": "0.001"}

    assert kinds("new_order", sent) == [ProblemKind.NOT_A_CHOICE]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("klines", "1000", []),
        ("klines", "1001", [Problem(ProblemKind.TOO_HIGH, "limit", "1001", allowed=("1000",))]),
        ("klines", "0", [Problem(ProblemKind.TOO_LOW, "limit", "0", allowed=("1",))]),
        ("klines", "-1", [Problem(ProblemKind.TOO_LOW, "limit", "-1", allowed=("1",))]),
        ("depth", "5001", []),
        ("depth", "0", [Problem(ProblemKind.TOO_LOW, "limit", "0", allowed=("1",))]),
    ],
)
def test_limit_is_bounded_or_lowered(name: str, text: str, expected: list[Problem]) -> None:
    """A limit over its maximum is refused, except where the exchange lowers it."""
    assert expected == found(name, completed(ENDPOINTS[name], {"limit": text}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("60000", []),
        ("5000.123", []),
        ("5000.1234", [Problem(ProblemKind.TOO_PRECISE, "recvWindow", "5000.1234", allowed=("3",))]),
        ("60000.001", [Problem(ProblemKind.TOO_HIGH, "recvWindow", "60000.001", allowed=("60000",))]),
        ("-0.001", [Problem(ProblemKind.TOO_LOW, "recvWindow", "-0.001", allowed=("0",))]),
    ],
)
def test_the_window_has_three_decimals_and_an_end(text: str, expected: list[Problem]) -> None:
    """The window takes up to three decimals and at most a minute."""
    assert expected == found("account", {"timestamp": NOW, "recvWindow": text})


def test_bounds_are_inclusive_unless_they_say_above() -> None:
    """The lowest strategy type passes; an amended quantity has to be above zero."""
    amend = {"symbol": "BTCUSDT", "orderId": "7", "timestamp": NOW}

    assert kinds("new_order", {**LIMIT_ORDER, "strategyType": "1000000"}) == []
    assert kinds("new_order", {**LIMIT_ORDER, "strategyType": "999999"}) == [ProblemKind.TOO_LOW]
    assert [] == found("amend_keep_priority", {**amend, "newQty": "0.00000001"})
    assert [Problem(ProblemKind.TOO_LOW, "newQty", "0.0", allowed=("above 0",))] == found(
        "amend_keep_priority", {**amend, "newQty": "0.0"}
    )


@pytest.mark.parametrize("text", ["0", "5", "+02:00", "-12:00", "+14:00", "14", "-0:30", "5:45"])
def test_time_zones_reach_from_minus_12_to_plus_14(text: str) -> None:
    """Hours and minutes within the range pass, with or without a plus."""
    assert [] == found("klines", {**KLINES, "timeZone": text})


@pytest.mark.parametrize("text", ["-12:01", "+14:01", "15", "-13", "2:60", "2:5", "UTC", "+", "+٢:00", "02:00:00"])
def test_other_time_zones_are_refused(text: str) -> None:
    """What lies outside, or is no offset, is malformed."""
    (problem,) = found("klines", {**KLINES, "timeZone": text})

    assert problem.kind is ProblemKind.MALFORMED


def test_a_parameter_goes_only_with_its_type() -> None:
    """What belongs to another type of order is not needed, and the types that take it are told."""
    stops = ("STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT")
    sent = {**LIMIT_ORDER, "stopPrice": "59000"}

    assert [Problem(ProblemKind.NOT_NEEDED, "stopPrice", "59000", others=("type",), allowed=stops)] == found(
        "new_order", sent
    )
    assert [] == found("new_order", {**sent, "type": "STOP_LOSS_LIMIT"})


def test_a_price_of_a_leg_without_a_type_is_not_needed() -> None:
    """Where the deciding type may be left out, what it decides about has to stay out too."""
    otoco = completed(ENDPOINTS["order_list_otoco"], {})

    assert "pendingBelowType" not in otoco
    assert kinds("order_list_otoco", {**otoco, "pendingBelowPrice": "1"}) == [ProblemKind.NOT_NEEDED]


def test_a_peg_takes_the_place_of_a_price() -> None:
    """A pegged LIMIT order needs no price."""
    unpriced = {name: text for name, text in LIMIT_ORDER.items() if name != "price"}

    assert kinds("new_order", unpriced) == [ProblemKind.MISSING]
    assert kinds("new_order", {**unpriced, "pegPriceType": "PRIMARY_PEG"}) == []


def test_some_parameters_need_another_beside_them() -> None:
    """A peg's offset needs its type and the peg."""
    missing = [problem.others for problem in found("new_order", {**LIMIT_ORDER, "pegOffsetValue": "1"})]

    assert missing == [("pegOffsetType",), ("pegPriceType",)]


def test_an_iceberg_needs_to_stay() -> None:
    """An iceberg asks for GTC, except for a LIMIT_MAKER, which has no time in force."""
    sent = {**LIMIT_ORDER, "icebergQty": "0.001"}
    maker = {name: text for name, text in sent.items() if name != "timeInForce"} | {"type": "LIMIT_MAKER"}
    wrong = Problem(ProblemKind.NEEDS_VALUE, "icebergQty", "0.001", others=("timeInForce",), allowed=("GTC",))

    assert [] == found("new_order", sent)
    assert [wrong] == found("new_order", {**sent, "timeInForce": "IOC"})
    assert [] == found("new_order", maker)


@pytest.mark.parametrize("name", [name for name in NAMES if ENDPOINTS[name].combinations])
def test_only_listed_combinations_travel(name: str) -> None:
    """Of all subsets of the parameters in question exactly the listed ones are allowed."""
    endpoint = ENDPOINTS[name]
    domain = endpoint.combination_of
    for size in range(1, len(domain) + 1):
        for members in itertools.combinations(domain, size):
            sent = {member: a_value(endpoint.by_name[member]) for member in members}
            told = [problem.others for problem in found(name, sent) if problem.kind is ProblemKind.COMBINATION]

            assert ([] if frozenset(members) in endpoint.combinations else [members]) == told


@pytest.mark.parametrize("unit", [1, 1000])
def test_a_long_span_is_refused_in_either_unit(unit: int) -> None:
    """Start and end may lie a day apart and not a unit more, in milliseconds and in microseconds."""
    start = int(NOW) * unit
    day = {"symbol": "BTCUSDT", "timestamp": NOW, "startTime": str(start), "endTime": str(start + DAY_MS * unit)}
    more = str(start + DAY_MS * unit + 1)

    assert [] == found("my_trades", day)
    assert [Problem(ProblemKind.SPAN, "endTime", more, others=("startTime",), allowed=("24",))] == found(
        "my_trades", {**day, "endTime": more}
    )
    assert [] == found("klines", {**KLINES, "startTime": "0", "endTime": str(start)})


@pytest.mark.parametrize(
    ("start", "end", "is_right"),
    [
        (NOW, NOW, True),
        (NOW, "1699999999999", False),
        ("1700000000000900", "1700000000000100", False),
        (NOW, "1700000000000001", True),
        ("1700000000000001", NOW, False),
    ],
)
def test_the_start_does_not_lie_after_the_end(start: str, end: str, is_right: bool) -> None:
    """Order is judged to the microsecond, also between two units."""
    wrong = [Problem(ProblemKind.ORDER, "startTime", start, others=("endTime",))]

    assert ([] if is_right else wrong) == found("klines", {**KLINES, "startTime": start, "endTime": end})


def test_problems_come_from_the_single_to_the_whole() -> None:
    """First each parameter alone, then what is missing, then what does not go together, then what does not exist."""
    sent = {"type": "MARKET", "symbol": "", "side": "BUY", "stopPrice": "1e3", "typo": "x", "timestamp": NOW}

    assert kinds("new_order", sent) == [
        ProblemKind.EMPTY,
        ProblemKind.MALFORMED,
        ProblemKind.MISSING_ONE_OF,
        ProblemKind.NOT_NEEDED,
        ProblemKind.UNKNOWN,
    ]


@settings(deadline=None, max_examples=300)
@given(data=st.data(), name=st.sampled_from(NAMES))
def test_any_texts_are_judged(data: st.DataObject, name: str) -> None:
    """No text makes the checker fail, and what it blames was sent or is declared."""
    endpoint = ENDPOINTS[name]
    declared = st.sampled_from([*endpoint.by_name, "signature"])
    likely = st.sampled_from(["0", "-0", NOW, "LIMIT", "MARKET", "GTC", "[", '["A"]', "+14:00", "9" * 20, "\ud800"])
    sent = data.draw(st.dictionaries(declared | st.text(), likely | st.text(), max_size=8))
    told = found(name, sent)

    assert {problem.parameter for problem in told} <= sent.keys() | endpoint.by_name.keys()
    assert len(set(told)) == len(told)
