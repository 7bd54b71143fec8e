"""20,000 findings over 5,000 pages: writes all reports and tells time and memory. Run as a program, so that the memory is its own.

python -m tests.reports.many FOLDER
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from reports import machine, supplier, tickets, web_team
from reports.material import Material, Row
from scanner.findings import Event, Finding, Life, Severity
from scanner.frameworks import criteria
from scanner.model import Place
from scanner.reporting import side_by_side
from tests.reports.made_up import KAARTEN, MEERWEB, NOW, OWNERS, example, finding, material, night_of

FINDINGS, PAGES = 20_000, 5_000
LIVES = (Life.OPEN, Life.OPEN, Life.OPEN, Life.NEW, Life.NOT_RETESTED, Life.REOPENED, Life.ACCEPTED, Life.FIXED)


def address(number: int) -> str:
    """One of the pages."""
    return f"https://www.voorbeeldmeer.example/onderwerpen/{number % 70}/pagina-{number}/"


def made_up(seed: int = 5) -> Material:
    """A very bad site."""
    chance = random.Random(seed)
    numbers = [about.number for about in criteria()]
    rules = [f"rule-{n}" for n in range(120)] + ["reflow-text-cut", "reflow-two-directions"]

    def one(number: int) -> Finding:
        pages = tuple(address(chance.randrange(PAGES)) for _ in range(chance.choice((1, 1, 1, 2, 3, 8, 40))))
        life = chance.choice(LIVES)
        places = tuple(
            example(
                url,
                place=Place(
                    f"main > div:nth-child({number}) > a",
                    f'<a class="card-{number}" href="/x/{number}">Lees meer over {number}</a>' * 3,
                    "",
                    (10.0, 20.0, 90.0, 20.0),
                    "main",
                    "div.card>a",
                ),
                picture="",
                values={"ratio": 2.3, "text": f"Lees meer {number}"},
            )
            for url in pages[:3]
        )
        return finding(
            number,
            rule=chance.choice(rules),
            criterion=chance.choice(numbers),
            severity=chance.choice(list(Severity)),
            life=life,
            owner=OWNERS[chance.choice(("meerweb", "meerweb", "kaartenmakers", "redactie", ""))],
            pages=pages,
            share=len(pages) / PAGES,
            examples=places,
            fixed_on=NOW if life is Life.FIXED else None,
            history=(Event(NOW, "opened", 3), Event(NOW, "spread", 4, "", {"pages": len(pages)})),
        )

    found = tuple(one(number) for number in range(1, FINDINGS + 1))
    rows = tuple(
        Row(address(n), "visited" if n < PAGES else "timed out", "" if n < PAGES else "no answer in time", address(0))
        for n in range(PAGES + 1000)
    )
    return material(found, night=night_of(found), rows=rows, ledger={"visited": PAGES, "timed out": 1000})


def most_memory() -> float:
    """Megabytes at most so far. Not from getrusage, which counts what the process was started from as well."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024


def timed(name: str, job: Callable[[], object]) -> tuple[str, float, float]:
    """Does it; its name, the seconds of the processor, and the megabytes at most of the process that did it."""
    began = time.process_time()
    job()
    return name, time.process_time() - began, most_memory()


def main(folder: Path) -> dict[str, float]:
    """Writes everything in both languages, as scanner.reporting does. Seconds of the processor per part and in all, and
    of the clock; megabytes of the largest process."""
    one = made_up()
    jobs = [
        *(("web team", partial(web_team.write, one, folder / "main", lang, frozenset())) for lang in ("nl", "en")),
        ("machines", partial(machine.write, one, folder / "main", "nl")),
        ("machines", partial(tickets.write, one.findings, folder / "main", "nl")),
    ]
    start = time.perf_counter()
    for terms in (MEERWEB, KAARTEN):
        own = supplier.for_supplier([one], terms)
        assert own is not None
        for lang in ("nl", "en"):
            jobs.append(("suppliers", partial(supplier.write, own, folder / terms.id, lang, None, frozenset())))
    took: dict[str, float] = {"megabytes": 0.0}
    for name, seconds, megabytes in side_by_side([partial(timed, name, job) for name, job in jobs]):
        took[name] = took.get(name, 0.0) + seconds
        took["megabytes"] = max(took["megabytes"], megabytes)
    took["cpu"] = sum(value for name, value in took.items() if name != "megabytes")
    took["wall"] = time.perf_counter() - start
    return took


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
