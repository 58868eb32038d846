"""A library that waits is loaded at its first question, and nothing of its stand-in stays."""

from __future__ import annotations

import subprocess
import sys

import pytest

from coupling.machine.late import waiting

PROGRAM = """
import sys
import coupling
coupling.run, coupling.RollingCorrelation
loaded = {"numpy.f2py", "numpy.testing", "scipy.spatial", "scipy.stats"} & set(sys.modules)
assert not loaded, loaded
import numpy, scipy
assert not {"f2py", "testing"} & set(vars(numpy)), "a stand-in stayed"
numpy.testing.assert_array_equal([1], [1])
import numpy.f2py, scipy.spatial.distance, scipy.optimize
assert numpy.f2py is sys.modules["numpy.f2py"] and numpy.f2py.__file__ and numpy.testing.__file__
assert scipy.spatial is sys.modules["scipy.spatial"] and scipy.spatial.distance.__file__
found = scipy.optimize.shgo(lambda x: (x[0] - 1) ** 2 + x[1] ** 2, [(-2, 2), (-2, 2)])  # by scipy.spatial.Delaunay
assert abs(found.x - [1, 0]).max() < 1e-6, found
assert scipy.optimize.shgo(lambda x: x[0] ** 2 + x[1] ** 2, [(-1, 2), (-1, 2)], sampling_method="sobol").success
"""


@pytest.mark.processes
def test_what_the_doors_load_does_without_it_and_works_where_somebody_asks() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)


def test_the_stand_in_passes_on_what_is_asked_of_it_and_stays_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    import xml.sax

    monkeypatch.delitem(sys.modules, "xml.sax")
    monkeypatch.setattr(xml, "sax", xml.sax)  # what is taken out is put back afterwards
    with waiting("xml.sax"):
        stand_in = sys.modules["xml.sax"]
        assert xml.sax is stand_in
        assert "parse" not in vars(stand_in)
        assert callable(stand_in.parse)  # asked while the stand-in is there
        assert sys.modules["xml.sax"] is not stand_in
        assert xml.sax is sys.modules["xml.sax"]
    monkeypatch.delitem(sys.modules, "xml.sax")
    with waiting("xml.sax"):
        pass
    assert "xml.sax" not in sys.modules
    assert "sax" not in vars(xml)


def test_what_is_loaded_stays() -> None:
    import json.decoder

    with waiting("json.decoder"):
        assert sys.modules["json.decoder"] is json.decoder
    assert json.decoder.JSONDecoder
