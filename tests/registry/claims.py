"""Rows of ``companion.claims``: their behaviour is asserted in tests/test_claims.py."""

from tests.registry._row import Row

TESTS = {
    "Claim": "test_bundle_holds_text_and_html",
    "ClaimError": "test_wrong_values_raise",
    "claim": "test_values_within_the_tolerance_hold",
}

ROWS = [
    Row(name=f"claims.{name}", proof="behaviour", test=f"tests/test_claims.py::{test}")
    for name, test in TESTS.items()
]
