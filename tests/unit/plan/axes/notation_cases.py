"""Texts in the notation of the X/Y/Z plot, with what WebUI 1.10.1 makes of them.

The first ones are the examples of its wiki (Features, "X/Y/Z plot"), the others come from what its regular
expressions allow. tests/contract/test_notation.py asks the WebUI itself about each.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

#: as whole numbers; None where the WebUI fails
INTEGERS: dict[str, list[int] | None] = {
    "1-5": [1, 2, 3, 4, 5],
    "1-5 (+2)": [1, 3, 5],
    "10-5 (-3)": [10, 7],
    "1-10 [5]": [1, 3, 5, 7, 10],
    "1,2, 3 ,4": [1, 2, 3, 4],
    "20": [20],
    "": [],
    " , ,": [],
    "-1,-1": [-1, -1],
    "-5--3": [-5, -4, -3],
    "+1-+3": [1, 2, 3],
    "10-5": [],
    "5, 10-20 (+5), 1-10 [4]": [5, 10, 15, 20, 1, 4, 7, 10],
    "1-10[1]": [1],
    "1-10 [0]": [],
    "10-1 [4]": [10, 7, 4, 1],
    '"1","2-3"': [1, 2, 3],
    "1\n2": [1, 2],
    "1-3 (2)": None,
    "1-3 ( +2)": None,
    "1-3 (+0)": None,
    "1-3 (+0.5)": None,
    "1.5": None,
    "a": None,
    "+ 5": None,
}
#: as fractions
FLOATS: dict[str, list[float] | None] = {
    "1-3 (+0.5)": [1.0, 1.5, 2.0, 2.5, 3.0],
    "0.0-1.0 [6]": [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0],
    "1-5": [1.0, 2.0, 3.0, 4.0, 5.0],
    # only whole numbers end before the last: a fraction's last step may go beyond it
    "10-5 (-3)": [10.0, 7.0, 4.0],
    "0.3-0.6 (+0.1)": [0.3, 0.4, 0.5, 0.6000000000000001],
    "0.1-0.5 (+0.1)": [0.1, 0.2, 0.30000000000000004, 0.4, 0.5],
    "0.3-0.6 [4]": [0.3, 0.39999999999999997, 0.5, 0.6],
    "1-2 [4]": [1.0, 1.3333333333333333, 1.6666666666666665, 2.0],
    "0.3, 0.5,.7": [0.3, 0.5, 0.7],
    "5.-7": [5.0, 6.0, 7.0],
    "1e1-2e1 [2]": [10.0, 20.0],
    "-1": [-1.0],
    "0.5-0.2": [0.5],
    "": [],
    "1-2 [2.5]": None,
    "1--2": None,
    "1-2 (+0)": None,
    "x": None,
}
#: as a list of texts
TEXTS: dict[str, list[str]] = {
    "darkness, light, green, heat": ["darkness", "light", "green", "heat"],
    'darkness,"light, green",heat': ["darkness", "light, green", "heat"],
    # the wiki calls that one wrong, which it was before the WebUI left out the space
    'darkness, "light, green", heat': ["darkness", "light, green", "heat"],
    "an apple, a watermelon, a gun": ["an apple", "a watermelon", "a gun"],
    'say ""hello"", "say ""hello"""': ['say ""hello""', 'say "hello"'],
    "a,,b": ["a", "", "b"],
    "": [],
    "Euler a\nDDIM": ["Euler a", "DDIM"],
}


def random_texts(count: int, seed: int = 1) -> Iterator[str]:
    """Lines of items of every shape, right and wrong."""
    chance = Random(seed)
    for _ in range(count):
        yield ",".join(_item(chance) for _ in range(chance.randint(1, 3)))


def _item(chance: Random) -> str:
    def number() -> str:
        return chance.choice(
            [
                str(chance.randint(-40, 40)),
                f"{chance.uniform(-9, 9):.{chance.randint(1, 3)}f}",
                f"{chance.choice(['', '+', '-'])}{chance.choice(['5.', '.5', '007', '1e1', '1_0', ' 3'])}",
            ]
        )

    space = chance.choice(["", " "])
    span = f"{space}{number()}{space}-{space}{number()}"
    sign = chance.choice(["+", "-", "", " +"])
    return chance.choice(
        [
            number(),
            span,
            f"{span}{space}({sign}{number().lstrip('+-')}{space})",
            f"{span}{space}[{chance.choice(['', ' '])}{chance.randint(0, 12)}{space}]",
            f'"{span}"',
            "".join(chance.choices("0123456789-+()[]. e:_\"'x", k=chance.randint(0, 9))),
        ]
    )
