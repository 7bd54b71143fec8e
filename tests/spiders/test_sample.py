"""The sample: every clause filled and named, whole processes, one page per template, a tenth at random, repeatable."""

from __future__ import annotations

import math

from spiders.sample import Candidate, Clause, Reason, build

HOST = "https://www.voorbeeldmeer.nl"


def page(path: str, title: str = "", template: str = "tekst", **more: object) -> Candidate:
    return Candidate(HOST + path, title or path, template, **more)  # type: ignore[arg-type]


def estate() -> list[Candidate]:
    return [
        page("/", "Gemeente Voorbeeldmeer", "home"),
        page("/inloggen", "Inloggen bij Mijn Voorbeeldmeer", "login", features=frozenset({"login", "form"})),
        page("/sitemap", "Sitemap"), page("/contact", "Contact", "contact", from_home=True), page("/help", "Hulp"),
        page("/privacy", "Privacyverklaring"), page("/zoeken", "Zoeken", "zoek", features=frozenset({"search", "form"})),
        page("/toegankelijkheid", "Toegankelijkheid"), page("/melding-doorgeven", "Melding doorgeven", "formulier"),
        page("/paspoort-aanvragen", "Paspoort aanvragen", "product"), page("/afval/grofvuil", "Grofvuil ophalen", "product"),
        page("/balie/stap-1", "Balie", "stap"), page("/balie/stap-2", "Balie", "stap"),
        page("/balie/stap-3", "Balie", "stap"), page("/kaart", "Kaart", "kaart", features=frozenset({"map"})),
        *(page(f"/nieuws/{n}", f"Bericht {n}", "nieuws", depth=2) for n in range(60)),
        page("/nieuws/film", "Film", "nieuws", depth=3, features=frozenset({"video"})),
        *(page(f"/beleid-{n}.pdf", "Beleid", "", document=True, content_type="application/pdf") for n in range(5)),
        page("/brief.docx", "Brief", "", document=True, content_type="application/msword"),
    ]


STEPS = [f"{HOST}/balie/stap-{n}" for n in (1, 2, 3)]


def sample(seed: int = 1):  # type: ignore[no-untyped-def]
    return build(estate(), HOST + "/", processes=[STEPS], relevant=[HOST + "/nieuws/7"], seed=seed)


def test_every_clause_is_filled_and_named() -> None:
    found = {entry.reason: entry for entry in sample().entries}
    expected = {
        Reason.HOME: "/", Reason.LOGIN: "/inloggen", Reason.SITEMAP: "/sitemap", Reason.CONTACT: "/contact",
        Reason.HELP: "/help", Reason.LEGAL: "/privacy", Reason.SEARCH: "/zoeken", Reason.STATEMENT: "/toegankelijkheid",
        Reason.FEEDBACK: "/melding-doorgeven", Reason.RELEVANT: "/nieuws/7",
    }
    assert {reason: found[reason].url for reason in expected} == {reason: HOST + path for reason, path in expected.items()}
    assert {entry.clause for entry in sample().entries} == set(Clause)
    assert sample().missing == ()
    services = {entry.url for entry in sample().entries if Reason.SERVICE in (entry.reason, *entry.also)}
    assert {HOST + "/paspoort-aanvragen", HOST + "/afval/grofvuil"} <= services


def test_whole_processes_every_template_and_two_documents() -> None:
    entries = sample().entries
    urls = [entry.url for entry in entries]
    assert set(STEPS) <= set(urls) and len(urls) == len(set(urls))
    by_url = {one.url: one for one in estate()}
    assert {by_url[url].template for url in urls} >= {one.template for one in estate()}
    documents = [by_url[entry.url] for entry in entries if entry.clause is Clause.DOCUMENT]
    assert len(documents) >= 2 and {one.content_type for one in documents} == {"application/pdf", "application/msword"}
    assert all(Reason.STEP in (entry.reason, *entry.also) for entry in entries if entry.url in STEPS)
    assert any("video" in by_url[url].features for url in urls)


def test_a_tenth_at_random_on_top_and_repeatable() -> None:
    one = sample()
    structured = [entry for entry in one.entries if entry.clause not in (Clause.RANDOM, Clause.PROCESS)]
    assert len(one.random) == math.ceil(len(structured) / 10) > 0
    assert sample() == one
    assert {entry.url for entry in sample(2).random} != {entry.url for entry in one.random}
    assert [e for e in sample(2).entries if e.clause is Clause.COMMON] == [e for e in one.entries if e.clause is Clause.COMMON]
    shuffled = build(list(reversed(estate())), HOST + "/", processes=[STEPS], relevant=[HOST + "/nieuws/7"], seed=1)
    assert shuffled == one


def test_what_is_not_there_is_said() -> None:
    bare = build([page("/"), page("/a")], HOST + "/")
    assert set(bare.missing) == {Reason.LOGIN, Reason.SITEMAP, Reason.CONTACT, Reason.HELP, Reason.LEGAL, Reason.SEARCH,
                                 Reason.STATEMENT, Reason.FEEDBACK, Reason.DOCUMENT}
    assert [entry.url for entry in bare.entries] == [HOST + "/", HOST + "/a"]
    assert build([], HOST + "/").entries == ()


def test_a_random_step_brings_its_whole_process() -> None:
    steps = [f"{HOST}/s{n}" for n in range(3)]
    candidates = [page("/"), *(page(f"/s{n}") for n in range(3))]
    found = build(candidates, HOST + "/", processes=[steps], seed=3)
    assert {entry.url for entry in found.entries} == {one.url for one in candidates}


def test_few_documents_of_one_kind_are_still_two() -> None:
    documents = [page(f"/d{n}.pdf", document=True, content_type="application/pdf") for n in range(4)]
    found = build([page("/"), *documents], HOST + "/")
    assert len([entry for entry in found.entries if entry.clause is Clause.DOCUMENT]) == 2
