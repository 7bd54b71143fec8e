// Runs in: base
(S) => {
  // Ways past what comes first on the page: a main landmark, headings, links to further down; and what comes first.
  if (window !== top) return { skips: [] };
  const hash = (link) => /#.*|$/.exec(S.url(link))[0];
  const target = (link) => {
    const id = decodeURIComponent(hash(link).slice(1));
    return document.getElementById(id) || document.getElementsByName(id)[0] || null;
  };
  const { follows } = S;
  const stops = S.all('a[href],button,input,select,textarea,summary,[tabindex]')
    .filter((el) => el.tabIndex >= 0 && S.focusable(el))
    .slice(0, 400);
  const skips = [];
  stops.slice(0, 60).forEach((el, i) => {
    if (
      el.localName !== 'a' ||
      skips.length >= 12 ||
      !/^#[^\/!]/.test(el.getAttribute('href') || '') ||
      el.getAttribute('role')
    )
      return;
    let to = null;
    try {
      to = target(el);
    } catch {
      /* not a decodable address */
    }
    skips.push(
      S.place(el, {
        index: i,
        name: S.name(el).slice(0, 100),
        hash: hash(el).slice(0, 100),
        exists: Boolean(to),
        further: Boolean(to && follows(el, to)),
        to: to ? S.selector(to) : '',
        shown: Boolean(to && to.checkVisibility()),
        scripted: el.hasAttribute('onclick') || el.hasAttribute('data-toggle') || el.hasAttribute('data-bs-toggle'),
      }),
    );
  });
  const mains = S.all('main,[role=main]').filter((el) => S.role(el) === 'main' && el.checkVisibility());
  const headings = S.all('h1,h2,h3,h4,h5,h6,[role=heading]').filter(
    (el) => S.role(el) === 'heading' && S.name(el) && el.checkVisibility() && !S.hiddenFromAT(el),
  );
  const aside = (el) =>
    Boolean(
      S.closest(
        el,
        (at) =>
          at.matches(
            'nav,aside,footer,[role=navigation],[role=complementary],[role=contentinfo],[role=banner],[role=search]',
          ) ||
          (at.localName === 'header' && !at.closest('main,article,section')),
      ),
    );
  // Stretches of text in reading order, to be compared with another page of the site.
  const blocks = [];
  for (const node of S.textNodes(document.body, 1500)) {
    const el =
      S.closest(node.parentElement, (at) => !getComputedStyle(at).display.startsWith('inline')) || node.parentElement;
    const last = blocks[blocks.length - 1];
    if (last && last.el === el) last.text += ' ' + node.data;
    else if (blocks.length < 250) blocks.push({ el, text: node.data });
  }
  const fold = (text) => text.replace(/\s+/g, ' ').trim().slice(0, 160);
  return {
    skips,
    stops: stops.length,
    mains: mains.slice(0, 5).map((el) => S.place(el, { words: S.text(el, 4000).split(' ').filter(Boolean).length })),
    contentHeadings: headings.filter((el) => !aside(el)).length,
    headings: headings.length,
    headingTexts: headings
      .filter((el) => !aside(el))
      .slice(0, 60)
      .map((el) => `${S.level(el)} ${fold(S.text(el, 200) || S.name(el))}`),
    blocks: blocks.map(({ el, text }) => ({
      text: fold(text),
      stops: stops.filter((s) => el.contains(s)).length,
      selector: S.selector(el),
    })),
    toggles: stops.filter((el) => el.matches('summary,[aria-expanded],[aria-controls]')).length,
  };
};
