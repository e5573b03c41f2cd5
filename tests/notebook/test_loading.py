from __future__ import annotations

import subprocess
import sys
import warnings
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from binance_nb.errors import BinanceError, UsageError
from binance_nb.notebook import BinanceMagics, current_session, load, unload

HEAVY = ("pandas", "requests", "aiohttp", "ipywidgets", "numpy")


def traces(shell: InteractiveShell) -> dict[str, Any]:
    """All that an extension could leave behind; IPython itself remembers what %config was told."""
    manager = shell.magics_manager
    formatters = shell.display_formatter.formatters if shell.display_formatter else {}
    return {
        "magics": {kind: dict(names) for kind, names in manager.magics.items()},
        "registry": dict(manager.registry),
        "configurables": list(shell.configurables),
        "callbacks": {event: list(callbacks) for event, callbacks in shell.events.callbacks.items()},
        "formatters": {
            kind: (dict(each.type_printers), dict(each.deferred_printers), dict(each.singleton_printers))
            for kind, each in formatters.items()
        },
        "matchers": (list(shell.Completer.custom_matchers), list(shell.Completer.magic_arg_matchers)),
        "variables": dict(shell.user_ns),
        "transformers": (list(shell.input_transformers_cleanup), list(shell.input_transformers_post)),
        "tracebacks": (
            dict(shell.custom_exceptions),
            BinanceError._render_traceback_,
            *("structured_traceback" in vars(formatter) for formatter in (shell.InteractiveTB, shell.SyntaxTB)),
        ),
    }


def test_unloading_undoes_all_that_loading_did(plain_shell: InteractiveShell) -> None:
    """Load, unload, load, unload: each time nothing is left, whatever happened in between."""
    plain_shell.run_line_magic("config", "")  # it loads IPython's own lazy magics, once
    before = traces(plain_shell)

    for _ in range(2):
        load(plain_shell)
        plain_shell.run_line_magic("config", "BinanceMagics.full_tracebacks = True")
        plain_shell.run_line_magic("binance", "status")
        unload(plain_shell)

        after = traces(plain_shell)
        assert [name for name in before if before[name] != after[name]] == []


def test_loading_registers_one_line_magic_its_callbacks_and_the_header(plain_shell: InteractiveShell) -> None:
    """Nothing else is touched."""
    before = traces(plain_shell)
    load(plain_shell)
    after = traces(plain_shell)
    unload(plain_shell)

    changed = {name for name in before if before[name] != after[name]}

    assert changed == {
        "magics",
        "registry",
        "configurables",
        "callbacks",
        "formatters",
        "matchers",
        "tracebacks",
        "transformers",
    }
    assert after["magics"]["line"].keys() - before["magics"]["line"].keys() == {"binance"}
    assert len(after["callbacks"]["post_run_cell"]) == len(before["callbacks"]["post_run_cell"]) + 3


def test_loading_is_quiet_and_light() -> None:
    """No output, and nothing heavy imported, in an interpreter that has seen nothing else."""
    code = f"""
import sys
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config
config = Config()
config.HistoryManager.enabled = False
shell = InteractiveShell(config=config)
seen = set(sys.modules)
shell.run_cell("%load_ext binance_nb").raise_error()
print([name for name in {HEAVY!r} if name in sys.modules and name not in seen])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_the_environment_variable_sets_the_default(
    plain_shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernels of the tour start on the sandbox without a line of code."""
    monkeypatch.setenv("BINANCE_NB_ENVIRONMENT", "sandbox")

    assert BinanceMagics(plain_shell).environment == "sandbox"


def test_without_configuration_lines_go_to_the_keyless_market(
    plain_shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real data, no key, nothing to lose."""
    monkeypatch.delenv("BINANCE_NB_ENVIRONMENT", raising=False)

    assert BinanceMagics(plain_shell).environment == "market"


def test_a_bad_environment_variable_is_reported_and_left_aside(
    plain_shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not keep the extension from loading."""
    monkeypatch.setenv("BINANCE_NB_ENVIRONMENT", "sandbux")
    with pytest.warns(UserWarning, match="sandbux.*Did you mean sandbox"):
        load(plain_shell)

    environment = plain_shell.magics_manager.registry["BinanceMagics"].environment
    unload(plain_shell)

    assert environment == "market"


def test_a_bad_option_is_refused_and_does_not_spoil_the_next_load(
    plain_shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """%config leaves a refused value in the shell's configuration; the good ones beside it still hold."""
    monkeypatch.delenv("BINANCE_NB_ENVIRONMENT", raising=False)
    plain_shell.config["BinanceMagics"] = Config(environment="nowhere", max_wait_seconds=3.0)
    with pytest.warns(UserWarning, match="BinanceMagics.environment is left aside: There is no environment 'nowhere'"):
        load(plain_shell)

    magics = plain_shell.magics_manager.registry["BinanceMagics"]
    unload(plain_shell)

    assert (magics.environment, magics.max_wait_seconds) == ("market", 3.0)


def test_every_option_explains_itself(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    """%config BinanceMagics is their documentation."""
    shell.run_line_magic("config", "BinanceMagics")
    shown = capsys.readouterr().out

    options = list(BinanceMagics.class_own_traits(config=True))

    assert [name for name in options if f"BinanceMagics.{name}" not in shown] == []
    assert [name for name in options if not BinanceMagics.class_traits()[name].help] == []


def test_waiting_longer_holds_for_the_open_session(shell: InteractiveShell) -> None:
    """The option reaches the client at once."""
    session = current_session()
    shell.run_line_magic("config", "BinanceMagics.max_wait_seconds = 42.0")

    assert session.client.max_wait_seconds == 42


def test_the_session_is_reached_from_python(shell: InteractiveShell) -> None:
    """The one that lines use."""
    assert current_session() is shell.magics_manager.registry["BinanceMagics"].session


def test_without_the_extension_there_is_no_current_session(plain_shell: InteractiveShell) -> None:
    """The error says how to get one."""
    with pytest.raises(UsageError) as caught:
        current_session()

    assert caught.value.suggestion == "%load_ext binance_nb"


def test_loading_contacts_nobody(plain_shell: InteractiveShell) -> None:
    """Neither loading nor looking where one stands opens a connection."""
    load(plain_shell)
    with warnings.catch_warnings():
        session = current_session()
        session.status()
    synchronised = session.client.clock.is_synchronised
    unload(plain_shell)

    assert synchronised is False
