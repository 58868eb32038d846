"""A panel shows its levels in a notebook, in their units and by their sessions."""

from __future__ import annotations

import coupling as cp

TWO = {"title": "Two", "focus": "BTC", "instruments": ["BTC", "JGB10Y"], "data": {"source": "simulated"}}


def test_a_panel_shows_its_levels() -> None:
    panel = cp.load_panel(TWO)
    text = panel._repr_html_()
    assert f"{panel.levels['BTC'].iloc[-1]:,.2f}" in text
    assert str(panel.sessions.of(panel.levels.index[-1])) in text
    assert "SIMULATED market" in text
    assert 'alt="Levels"' in text
    assert "last_known" not in text
