"""The table of roles and rights in docs/administrator.md: `python -m tests.house.rights_page` writes it."""

from __future__ import annotations

from monitor.rights import RIGHTS, Right, Role
from monitor.text import _, use_language
from monitor.words import RIGHT_WORDS, ROLE_WORDS
from tests.house.tree import TOP

PAGE = TOP / "docs" / "administrator.md"
BEGINS, ENDS = "<!-- roles and rights: made by tests.house.rights_page -->\n", "<!-- end of roles and rights -->"


def table() -> str:
    """The table, with the roles in both languages."""
    with use_language("zh_CN"):
        chinese = [_(ROLE_WORDS[role]) for role in Role]
    heads = [f"`{role.value}` {word}" for role, word in zip(Role, chinese, strict=True)]
    rows = [["right", "to", *heads], ["---", "---", *([":-:"] * len(Role))]]
    rows += [
        [f"`{right.value}`", RIGHT_WORDS[right], *("●" if right in RIGHTS[role] else "" for role in Role)]
        for right in Right
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def written() -> str:
    """The table as it stands on the page."""
    return PAGE.read_text("utf-8").partition(BEGINS)[2].partition(ENDS)[0]


def main() -> None:
    """Puts the table in its place."""
    text = PAGE.read_text("utf-8")
    PAGE.write_text(text.replace(f"{BEGINS}{written()}{ENDS}", f"{BEGINS}{table()}{ENDS}"), "utf-8")


if __name__ == "__main__":
    main()
