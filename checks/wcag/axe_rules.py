"""What axe-core's rules are worth: which criterion each speaks for, and whether its violation alone is a failure.

Looks at: the `axe` record of every state. Says: `failed` for a violation that W3C's criterion leaves no exception for,
`cantTell` for all else that axe reports; an axe "incomplete" is never promoted here, and dropped only by a check that
knows better.
Sources: axe-core 4.14 rule tags; ACT rule mappings (conformance or secondary requirement); fifty-criteria 0.2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from scanner.model import Json, Outcome, PageEvidence, Verdict

CONFIRMS: dict[str, tuple[str, ...]] = {
    "1.1.1": (
        "area-alt",
        "aria-meter-name",
        "aria-progressbar-name",
        "image-alt",
        "input-image-alt",
        "object-alt",
        "role-img-alt",
        "svg-img-alt",
    ),
    "1.3.1": (
        "aria-hidden-body",
        "definition-list",
        "dlitem",
        "list",
        "listitem",
        "td-headers-attr",
        "aria-required-children",
        "aria-required-parent",
    ),
    "1.3.5": ("autocomplete-valid",),
    "1.4.4": ("meta-viewport",),
    "1.4.12": ("avoid-inline-spacing",),
    "2.1.1": ("frame-focusable-content", "server-side-image-map"),
    "2.2.1": ("meta-refresh",),
    "2.2.2": ("blink", "marquee"),
    "2.4.2": ("document-title",),
    "2.4.4": ("area-alt", "link-name"),
    "3.1.1": ("html-has-lang", "html-lang-valid"),
    "3.1.2": ("valid-lang",),
    "4.1.2": (
        "area-alt",
        "aria-command-name",
        "aria-hidden-body",
        "aria-hidden-focus",
        "aria-input-field-name",
        "aria-tab-name",
        "aria-toggle-field-name",
        "aria-tooltip-name",
        "button-name",
        "frame-title",
        "input-button-name",
        "input-image-alt",
        "label",
        "link-name",
        "nested-interactive",
        "select-name",
        "summary-name",
    ),
}
"""Violations of these are failures of the criterion."""

SUSPECTS: dict[str, tuple[str, ...]] = {
    "1.3.1": ("p-as-heading", "table-fake-caption", "td-has-header", "th-has-data-cells"),
    "1.3.4": ("css-orientation-lock",),
    "1.4.1": ("link-in-text-block",),
    "1.4.2": ("no-autoplay-audio",),
    "1.4.3": ("color-contrast",),
    "2.1.1": ("scrollable-region-focusable",),
    "2.4.1": ("bypass",),
    "2.5.3": ("label-content-name-mismatch",),
    "3.1.1": ("html-xml-lang-mismatch",),
    "3.3.2": ("form-field-multiple-labels",),
    "4.1.2": (
        "aria-allowed-attr",
        "aria-braille-equivalent",
        "aria-conditional-attr",
        "aria-deprecated-role",
        "aria-prohibited-attr",
        "aria-required-attr",
        "aria-roles",
        "aria-valid-attr",
        "aria-valid-attr-value",
        "duplicate-id-aria",
        "frame-title-unique",
    ),
}
"""Violations of these need proof by our own engines, or a person: ACT calls them stricter than the criterion, or axe
guesses."""

NOT_USED = {
    "audio-caption": "deprecated in axe-core; checks/wcag/sc_1_2_1_*.py asks more (decision 0032)",
    "video-caption": "never opens the caption file; checks/wcag/sc_1_2_2_*.py does (decision 0032)",
    "aria-roledescription": "deprecated in axe-core",
    "duplicate-id": "4.1.1 by policy: checks/wcag/sc_4_1_1_parsing.py looks itself",
    "duplicate-id-active": "4.1.1 by policy",
    "focus-order-semantics": "best practice, not a criterion",
    "hidden-content": "best practice, not a criterion",
}
"""A and AA tagged or experimental rules that no check claims, with the reason."""


NO_LINK = frozenset({"navigation", "region", "group", "main", "banner", "contentinfo", "complementary", "listitem"})
"""Roles that a browser gives an `a` which is then no link any more; in the tab order 4.1.2 says so itself."""

MOST_ASKED = 12
"""Questions of one rule about one component in one state: who has judged a dozen of a kind has judged them all."""


def axe_outcomes(
    page: PageEvidence,
    criterion: str,
    *,
    proven: Callable[[str, Json], Verdict | None] | None = None,
    without: tuple[str, ...] = (),
) -> Iterator[Outcome]:
    """What axe found for this criterion, in every state.

    `proven(rule, node)` may decide one node where our own engines know better: a verdict, or None to leave axe's.
    `without` names rules that the calling check treats itself.
    """
    confirms, suspects = CONFIRMS.get(criterion, ()), SUSPECTS.get(criterion, ())
    for look, axe in page.seen("axe"):
        for kind in ("violations", "incomplete"):
            for rule in axe.get(kind, ()):
                if rule["rule"] in without or rule["rule"] not in (*confirms, *suspects):
                    continue
                asked: Counter[str] = Counter()
                for node in rule["nodes"]:
                    if rule["rule"] == "link-name" and node.get("role") in NO_LINK:
                        continue
                    verdict = Verdict.FAILED if kind == "violations" and rule["rule"] in confirms else Verdict.CANT_TELL
                    if proven is not None:
                        verdict = proven(rule["rule"], node) or verdict
                    kin = str(node.get("component", ""))
                    asked[kin] += verdict is Verdict.CANT_TELL
                    # The days of a calendar are one question, not forty.
                    if verdict is Verdict.FAILED or (verdict is Verdict.CANT_TELL and asked[kin] <= MOST_ASKED):
                        yield look.outcome(
                            verdict, criterion, f"axe/{rule['rule']}", node, message=_message(node), found=kind
                        )


def _message(node: Json) -> str:
    return "; ".join(dict.fromkeys(check["message"] for check in node.get("checks", ()) if check.get("message")))[:300]
