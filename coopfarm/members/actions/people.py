"""What is done about members. No function here commits."""

from sqlalchemy.orm import Session

from coopfarm.members.models import Member, MemberRole


def give_role(session: Session, member: Member, role: str) -> None:
    session.add(MemberRole(cooperative_id=member.cooperative_id, member_id=member.id, role=role))
