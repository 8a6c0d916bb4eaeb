"""Who asks, for programs."""

from collections.abc import Callable

from tests.factories.members import Visitor


def test_a_member_is_told_who_they_are_here(
    visitor: Callable[..., Visitor], cooperative_id: int
) -> None:
    amina = visitor("water_master", "manager", name="Amina")

    me = amina.get("/api/v1/me").json

    assert me == {
        "member_id": str(amina.member_id),
        "name": "Amina",
        "cooperative_id": cooperative_id,
        "cooperative": "Al-Nur",
        "roles": ["manager", "water_master"],
        "locale": "ar_EG",
        "timezone": "Africa/Cairo",
    }
