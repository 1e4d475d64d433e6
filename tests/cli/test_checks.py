from __future__ import annotations

import pytest

from project.cli.checks import check_settings
from project.errors import UserError


def test_what_a_librarys_class_is_built_with_is_for_it_to_check() -> None:
    check_settings({"da": {"kinds": {"x": {"arguments": {"p": 1.0, "size": [3]}}}}}, nullable=())
    with pytest.raises(UserError, match=r"network\.dropout=1\.0 is not allowed"):
        check_settings({"network": {"dropout": 1.0}}, nullable=())
