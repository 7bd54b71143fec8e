"""Runs W3C's ACT test cases through the checks and prints what was found, missed and falsely alarmed.

usage: python tests/act/run_act.py [--rule ID …] [--sc N.N.N …] [--show] [--light] [--tabs N] [--json OUT]

For developing checks. The yardstick of record is tests/act/test_act.py, which goes through the public command.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.act.scoring import CASES, Score, cases, served  # noqa: E402
from tests.looking import look_at_all  # noqa: E402


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rule", nargs="*", default=[])
    parser.add_argument("--sc", nargs="*", default=[])
    parser.add_argument("--show", action="store_true", help="print every case with the outcomes on its criteria")
    parser.add_argument("--light", action="store_true")
    parser.add_argument("--tabs", type=int, default=1)
    args = parser.parse_args()
    if not CASES.exists():
        sys.exit(f"no cases at {CASES}")
    chosen = [
        c
        for c in cases()
        if (not args.rule or c["rule"] in args.rule) and (not args.sc or set(args.sc) & {*c["sc"], *c["sc_secondary"]})
    ]
    began = time.monotonic()
    with served() as base:
        results = asyncio.run(look_at_all([base + c["path"] for c in chosen], deep=not args.light, tabs=args.tabs))
    per_rule: dict[str, Score] = defaultdict(Score)
    total = Score()
    for case, (visit, outcomes) in zip(chosen, results, strict=True):
        said = {(o.criterion, str(o.verdict)) for o in outcomes}
        mark = per_rule[case["rule"] + " " + case["rule_name"][:60]].add(case, said)
        total.add(case, said)
        criteria = case["sc"] or case["sc_secondary"]
        if args.show or mark in ("MISS", "FALSE ALARM"):
            print(
                f"{mark:12} {case['expected']:12} {case['group']:11} {'/'.join(criteria):12} {case['id']} {case['title']} [{visit.state}] {visit.seconds:.1f}s"
            )
            for o in outcomes:
                if o.criterion in criteria and (args.show or o.verdict == "failed"):
                    print(
                        f"      {o.criterion} {o.verdict} {o.rule} {o.place.selector if o.place else ''} {dict(o.values)}"[
                            :230
                        ]
                    )
    print()
    for name, score in sorted(per_rule.items()):
        print(f"{score.line()}  {name}")
    print(f"{total.line()}  TOTAL of {len(chosen)} cases in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
